"""Requests to the cluster: addresses, logins, fail-over, and one clear error for each failure.

The only module that imports opensearch-py. A request goes to one of the nodes; if that one does not
answer, to the next. What the cluster says is "unavailable" is asked again for a few seconds, for
a lost node is replaced in that time.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from indexer.errors import EngineUnavailable, RequestError, SettingError, UnusableIndex
from indexer.runtime.settings import SETTINGS, int_setting, setting

try:
    from opensearchpy import OpenSearch
    from opensearchpy import exceptions as failures
except ImportError as missing:
    raise SettingError(
        "TRACUU_ENGINE=opensearch needs opensearch-py.", "Run `pip install 'tracuu[opensearch]'`."
    ) from missing

T = TypeVar("T")

LEAST_VERSION = (2, 19)
"""Older clusters have not been tried."""
_RETRIED = frozenset((429, 502, 503, 504))
_LOST = frozenset(
    f"{name}_exception"
    for name in (
        "already_closed",
        "connect_transport",
        "illegal_index_shard_state",
        "index_shard_closed",
        "no_shard_available_action",
        "node_closed",
        "node_disconnected",
        "node_not_connected",
        "receive_timeout_transport",
        "search_context_missing",
        "send_request_transport",
        "shard_not_found",
    )
)
"""Kinds of errors, of status 404 or 500, with which the cluster reports that it lost a node or a
shard during a request. It repeats most requests on another copy itself, but not the fetch phase of
a search, whose hits only the node that found them knows."""
_TRIES = 8
"""Times that an unavailable cluster is asked; with the pauses between them, for about 8 seconds."""
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 2.0

logging.getLogger("opensearch").setLevel(logging.ERROR)  # each failed try would be a warning


class NotFound(UnusableIndex):
    """The cluster has no such index or document, perhaps no longer."""


class Conflict(UnusableIndex):
    """Another process changed the same document first, or made the same index."""


class Cluster:
    """The connection to the cluster that the settings `opensearch_…` name; `name` is that of the
    archive in it. Threads and forked processes may share it.

    The constructor sends no request. It raises SettingError if an address is none, or a file with
    a password, token or certificate cannot be read.
    """

    def __init__(self) -> None:
        self.name = str(setting("opensearch_index"))
        self._urls = [url.strip() for url in str(setting("opensearch_url")).split(",")]
        for url in self._urls:
            if not url.startswith(("http://", "https://")):
                raise SettingError(
                    f"TRACUU_OPENSEARCH_URL={url!r} is no address.", "Use https://host:9200."
                )
        self._timeout = int_setting("opensearch_timeout")
        options: dict[str, Any] = {}
        if login := _login():
            options["headers"] = {"Authorization": login}
        if (certificates := str(setting("opensearch_ca_file"))) != "off":
            if not Path(certificates).is_file():
                raise SettingError(
                    f"TRACUU_OPENSEARCH_CA_FILE: there is no file {certificates}.",
                    "Name the file with the certificate of the authority.",
                )
            options["ca_certs"] = certificates
        self._options = options
        self._timed_tries = min(2, len(self._urls))
        self._connected = os.getpid(), self._connect()

    def _connect(self) -> OpenSearch:
        return OpenSearch(
            self._urls,
            timeout=self._timeout,
            max_retries=len(self._urls),
            retry_on_status=(502, 504),
            dead_timeout=2,
            timeout_cutoff=2,
            pool_maxsize=32,
            **self._options,
        )

    @property
    def _client(self) -> OpenSearch:
        """The connections of this process.

        A forked process makes its own: on those of its parent, which stay open, it would read the
        answers to the parent's requests and to those of its siblings.
        """
        process, client = self._connected
        if process != os.getpid():
            client = self._connect()
            self._connected = os.getpid(), client
        return client

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        timeout: float | None = None,
        tries: int = _TRIES,
        **params: object,
    ) -> Any:
        """Send a request and return the JSON of its answer. A request may be carried out twice.

        Raises NotFound if the cluster has no such index or document, Conflict if another request
        was first, RequestError if a query has too many clauses, EngineUnavailable if the cluster
        does not answer, or cannot after `tries` tries, UnusableIndex for any other refusal.

        Parameters
        ----------
        method, path : those of HTTP ("GET", "/_alias/archive"); the path begins with "/".
        body : a value that becomes JSON, or bytes that are sent as they are; None for no body.
        timeout : seconds to wait for the answer to one try. By default, two tries that are not
            answered take the `opensearch_timeout` together.
        tries : how often to ask while the cluster says that it cannot answer now.
        params : parameters of the URL.
        """
        patience = timeout or self._timeout / self._timed_tries
        options = {**params, "request_timeout": patience}

        def send() -> Any:
            return self._client.transport.perform_request(
                method, path, params=dict(options), body=body
            )

        return self._retried(send, tries)

    def ask_many(self, path: str, lines: Iterable[object], timeout: float | None = None) -> Any:
        """Send a POST request whose body has one JSON value a line; return the JSON of its answer.

        `path` is that of `_msearch` or `_bulk`; `timeout` and the errors are as in `ask`.
        """
        text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
        return self.ask("POST", path, text.encode("utf-8", "replace"), timeout=timeout)

    def search(self, lines: Sequence[object]) -> list[dict[str, Any]]:
        """Run the searches of an `_msearch` request; return their answers, in the same order.

        `lines` are a header and a body for each search, in turn. A request of which one search
        fails is repeated whole. Raises as `ask` does.
        """

        def send() -> list[dict[str, Any]]:
            answers: list[dict[str, Any]] = self.ask_many("/_msearch", lines)["responses"]
            for answer in answers:
                if "error" in answer:
                    raise failures.TransportError(answer["status"], "", answer)
            return answers

        return self._retried(send, _TRIES)

    def documents(self, index: str, keys: Sequence[str]) -> list[dict[str, Any]]:
        """Return what an index has under each `_id` of `keys`, in their order: a dict with
        `"found"` and, if that is true, `"_source"`. Raises as `ask` does."""

        def send() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = self.ask("POST", f"/{index}/_mget", {"ids": list(keys)})[
                "docs"
            ]
            for entry in found:
                if "error" in entry:
                    missing = entry["error"].get("type") == "index_not_found_exception"
                    raise failures.TransportError(404 if missing else 503, "", entry)
            return found

        return self._retried(send, _TRIES)

    def _retried(self, send: Callable[[], T], tries: int) -> T:
        """Return what `send` returns, which is called again, after a pause, while it raises an
        error that may pass; raise the error that says so plainly after the last one."""
        timed_out = 0
        for number in range(tries):
            try:
                return send()
            except failures.TransportError as error:
                again = _may_pass(error)
                if isinstance(error, failures.ConnectionTimeout):
                    timed_out += 1
                    again = timed_out < self._timed_tries
                if not again or number == tries - 1:
                    raise self._explained(error) from error
            except failures.OpenSearchException as error:  # an answer that is no JSON
                raise EngineUnavailable(
                    f"The cluster answered what cannot be read ({error}).", "Try again."
                ) from error
            _pause(number)
        raise AssertionError("a try returns or raises")

    @cached_property
    def version(self) -> str:
        """The version of the cluster. Raises UnusableIndex if it is none that can be used."""
        found = self.ask("GET", "/")
        about = found.get("version", {})
        number = str(about.get("number", "0"))
        if about.get("distribution") != "opensearch":
            raise UnusableIndex(
                f"{self._urls[0]} is no OpenSearch.", "Set TRACUU_OPENSEARCH_URL to one."
            )
        parts = tuple(int(part) for part in number.split(".")[:2] if part.isdecimal())
        if parts < LEAST_VERSION:
            wanted = ".".join(map(str, LEAST_VERSION))
            raise UnusableIndex(
                f"The cluster has OpenSearch {number}; {wanted} or newer is needed.", "Upgrade it."
            )
        return number

    def health(
        self, index: str | None = None, *, wait_seconds: int = 5, **params: object
    ) -> dict[str, Any]:
        """Return the answer of `_cluster/health`, for the cluster or, if it is given, for an index.

        `params` are parameters of the URL. The cluster waits for what they ask for (such as
        `wait_for_status`) at most `wait_seconds`; if it has not come by then, the state without it
        is returned. Raises as `ask` does, after one try.
        """
        path = "/_cluster/health" + (f"/{index}" if index else "")
        params["timeout"] = f"{wait_seconds}s"
        options = {**params, "request_timeout": wait_seconds + self._timeout}
        try:
            return dict(self._client.transport.perform_request("GET", path, params=options))
        except failures.TransportError as error:
            if (
                isinstance(error.info, dict)
                and "status" in error.info
                and "error" not in error.info
            ):
                return dict(error.info)  # what was waited for did not come
            raise self._explained(error) from error

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _explained(self, error: failures.TransportError) -> Exception:
        """Return the error, with a remedy, that `ask` raises for one of opensearch-py."""
        where = ", ".join(self._urls)
        if isinstance(error, failures.ConnectionTimeout):
            return EngineUnavailable(
                f"The cluster did not answer within {self._timeout} seconds.",
                "Try again; look at its load.",
            )
        if isinstance(error, failures.SSLError):
            return UnusableIndex(
                f"No secure connection to {where}: {_last_line(error)}.",
                "Set TRACUU_OPENSEARCH_CA_FILE to the certificate of its authority.",
            )
        if isinstance(error, failures.ConnectionError):
            return EngineUnavailable(
                f"No node of the cluster answers at {where}.",
                "Start it, or set TRACUU_OPENSEARCH_URL.",
            )
        kind, reason = _reason(error)
        if error.status_code == 401 or "security_exception" in kind:
            return UnusableIndex(
                "The cluster refuses this login.",
                "Check TRACUU_OPENSEARCH_USER and _PASSWORD_FILE, or _TOKEN_FILE, and its roles.",
            )
        if _is_blocked(error):
            return UnusableIndex(
                f"The cluster takes no changes: {reason}.",
                "Free disk space on its nodes; it then allows changes by itself.",
            )
        if "too_many_clauses" in kind or "too_many_nested_clauses" in kind:
            return RequestError(
                "The query has more words and forms than the cluster allows.",
                "Shorten it, or raise indices.query.bool.max_clause_count of the nodes.",
            )
        if error.status_code == 404:
            return NotFound(f"The cluster does not find it: {reason}.", "Try again.")
        if error.status_code == 409 or "resource_already_exists" in kind:
            return Conflict(f"Another process was first: {reason}.", "Try again.")
        if error.status_code in _RETRIED:
            return EngineUnavailable(
                f"A part of the index is not available in the cluster ({reason or kind}).",
                "Start the lost nodes; look at _cluster/health.",
            )
        return UnusableIndex(
            f"The cluster answered {error.status_code}: {reason or kind}.",
            "Look at the log of its nodes.",
        )


_SETTINGS = tuple(each.name for each in SETTINGS if each.name.startswith("opensearch_"))


def connection() -> Cluster:
    """Return the connection of this process to the cluster that the settings name; the same one as
    long as the settings are the same. Raises as `Cluster` does."""
    return _connected(tuple(map(setting, _SETTINGS)))


@lru_cache(maxsize=4)
def _connected(values: tuple[str | int, ...]) -> Cluster:
    """Return a connection; `values` are those of the settings, which it reads."""
    return Cluster()


def _pause(number: int) -> None:
    """Wait before the next try, longer after each."""
    pause = min(_FIRST_PAUSE * 2**number, _LONGEST_PAUSE)
    time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311  (no secret)


def _may_pass(error: failures.TransportError) -> bool:
    """True if the same request may be answered in a moment."""
    if _is_blocked(error):
        return False
    return error.status_code in _RETRIED or not _LOST.isdisjoint(_reason(error)[0].split())


def _is_blocked(error: failures.TransportError) -> bool:
    """True if the cluster takes no changes until somebody acts, or disks have space again.

    A node that has just started, or has no cluster manager for the moment, answers with a block
    as well, of status 503.
    """
    return error.status_code != 503 and _reason(error)[0] == "cluster_block_exception"


def _causes(found: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield an error of the cluster and all that led to it."""
    yield found
    below = [found.get("caused_by"), *found.get("root_cause", [])]
    below += [shard.get("reason") for shard in found.get("failed_shards", [])]
    for cause in below:
        if isinstance(cause, dict):
            yield from _causes(cause)


def _reason(error: failures.TransportError) -> tuple[str, str]:
    """Return the kind of an error that the cluster answered, with its causes, and its reason."""
    info = error.info if isinstance(error.info, dict) else {}
    found = info.get("error", {})
    if not isinstance(found, dict):
        return "", str(found)
    causes = list(_causes(found))
    kinds = [str(cause.get("type", "")) for cause in causes]
    reasons = [str(cause.get("reason") or "") for cause in causes]
    if "cluster_block_exception" in kinds:
        return "cluster_block_exception", reasons[kinds.index("cluster_block_exception")]
    reason = next(filter(None, reversed(reasons)), "")  # the last cause says most
    return " ".join(kinds), (reason.splitlines() or [""])[0][:200]


def _last_line(error: failures.TransportError) -> str:
    return str(error.info or error).strip().splitlines()[-1].rstrip(".)")[:200]


def _login() -> str | None:
    """Return the value of the header Authorization, by a password or a token; None if the settings
    have neither. Raises SettingError if a file of theirs cannot be read or has no token."""
    if password := _secret("opensearch_password_file"):
        # Not left to opensearch-py, which knows no letters beyond Latin-1.
        pair = f"{setting('opensearch_user')}:{password}".encode()
        return f"Basic {base64.b64encode(pair).decode('ascii')}"
    token = _secret("opensearch_token_file")
    if token and not (token.isascii() and token.isprintable()):
        raise SettingError(
            "TRACUU_OPENSEARCH_TOKEN_FILE holds no token: it has other signs than ASCII, or lines.",
            "Let it have one token and nothing else.",
        )
    return f"Bearer {token}" if token else None


def _secret(name: str) -> str | None:
    """Return the content of the file that a setting names; None if it is off."""
    path = str(setting(name))
    if path == "off":
        return None
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise SettingError(
            f"TRACUU_{name.upper()}: {path} cannot be read.", "Name a readable file."
        ) from error
