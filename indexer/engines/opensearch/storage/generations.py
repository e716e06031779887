"""The generations in the cluster: one index for each, and two aliases that say which are in use.

    <name>                        alias: the generation that is served
    <name>-former                 alias: the one that was served before, for `tracuu rollback`
    <name>-<time>-<random>        index: the documents of a generation
    <name>-<time>-<random>-files  index: its vocabulary and its table of documents (`artifacts`)
    <name>-lock                   index of one document: who is rebuilding or updating

Both aliases change in one request, which the cluster carries out wholly or not at all; readers of
the former generation finish on it. An index without an alias is one that is being built, or the
rest of a build that was killed; whoever holds the lock removes it. What is not searched (counts,
profiles, artifacts) is in `_meta` of the index, written when it is complete.

In all functions, `cluster` is the connection to the cluster, which names the archive, and the
errors of `Cluster.ask` pass: EngineUnavailable if the cluster does not answer, UnusableIndex if it
refuses.
"""

from __future__ import annotations

import os
import platform
import re
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from indexer.engines.opensearch.client import Cluster, Conflict, NotFound
from indexer.engines.opensearch.storage.artifacts import Artifact, files_index
from indexer.engines.opensearch.storage.mapping import FORMAT
from indexer.errors import EngineUnavailable, IndexBusy, IndexDamaged, IndexMissing, UnusableIndex
from indexer.models import Status
from indexer.profile.archive_profile import ArchiveProfile, Profiles, stated

REBUILD_HINT = "Run `tracuu rebuild` to build it again."
_RENEW_SECONDS = 10.0
_STALE_SECONDS = 90.0
"""A lock that was not renewed for so long is that of a process that is gone."""
_SWITCH_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Meta:
    """What is known of a complete generation.

    Attributes
    ----------
    documents, built_at : number of documents, and time in ISO 8601 UTC, as in `Status`.
    length : sum of the lengths of the documents in syllables, those of titles counted TITLE_WEIGHT
        times.
    groups : number of groups of copies, each of 2 or more documents.
    artifacts : name → stored file.
    profiles : source folder → what its `archive.toml` says.
    """

    documents: int
    built_at: str
    length: int
    groups: int
    artifacts: Mapping[str, Artifact]
    profiles: Profiles = field(default_factory=dict)

    def to_record(self) -> dict[str, Any]:
        """Return a JSON-ready dict; inverse of `from_record`."""
        return {
            "format": FORMAT,
            "documents": self.documents,
            "built_at": self.built_at,
            "length": self.length,
            "groups": self.groups,
            "artifacts": {name: list(stored) for name, stored in self.artifacts.items()},
            "profiles": [[k, v.to_record()] for k, v in stated(self.profiles).items()],
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Meta:
        """Return the object that `to_record` made into `record`.

        Raises KeyError, TypeError or ValueError if a key is missing or a value is not what
        `to_record` writes.
        """
        return cls(
            int(record["documents"]),
            str(record["built_at"]),
            int(record["length"]),
            int(record["groups"]),
            {name: Artifact(*stored) for name, stored in record["artifacts"].items()},
            {folder: ArchiveProfile.from_record(found) for folder, found in record["profiles"]},
        )


def new_name(cluster: Cluster) -> str:
    """Return a name for a new generation that no other has: name of the archive, time in UTC and
    eight random hexadecimal digits, joined by hyphens."""
    return f"{cluster.name}-{datetime.now(UTC):%Y%m%dt%H%M%Sz}-{secrets.token_hex(4)}"


def now() -> str:
    """Return the present time in ISO 8601 UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def current(cluster: Cluster) -> str:
    """Return the name of the generation that is served.

    Raises IndexMissing if none is, IndexDamaged if the alias names several, EngineUnavailable.
    """
    found = _aliased(cluster, cluster.name)
    if found is None:
        raise IndexMissing(
            f"The cluster has no archive {cluster.name!r}.", "Run `tracuu rebuild` to build it."
        )
    return found


def served(cluster: Cluster) -> str | None:
    """Return the name of the generation that is served; None if there is none.

    Raises IndexDamaged if the alias names several, EngineUnavailable.
    """
    return _aliased(cluster, cluster.name)


def former(cluster: Cluster) -> str | None:
    """Return the name of the generation that was served before; None if there is none.

    Raises as `served` does.
    """
    return _aliased(cluster, f"{cluster.name}-former")


def _aliased(cluster: Cluster, alias: str) -> str | None:
    try:
        found = list(cluster.ask("GET", f"/_alias/{alias}"))
    except NotFound:
        return None
    if len(found) > 1:
        raise IndexDamaged(
            f"The alias {alias} names {len(found)} indices.",
            "Remove it from all but the newest (_aliases).",
        )
    return str(found[0]) if found else None


def read_meta(cluster: Cluster, generation: str) -> Meta:
    """Return what is known of a complete generation.

    Raises IndexDamaged if it is gone, incomplete or of another format, EngineUnavailable.
    """
    try:
        found = cluster.ask("GET", f"/{generation}/_mapping")
    except NotFound:
        raise IndexDamaged(f"The cluster lost {generation}.", REBUILD_HINT) from None
    record = found[generation]["mappings"].get("_meta", {})
    if record.get("format") != FORMAT:
        raise IndexDamaged(
            f"{generation} is of format {record.get('format')}, wanted is {FORMAT}.", REBUILD_HINT
        )
    try:
        return Meta.from_record(record)
    except (KeyError, TypeError, ValueError) as error:
        raise IndexDamaged(f"{generation} is not complete ({error!r}).", REBUILD_HINT) from error


def status_of(generation: str, meta: Meta) -> Status:
    """Return the status of the generation with this name, given its `Meta`."""
    return Status(generation, meta.documents, meta.built_at)


def count_documents(cluster: Cluster, generation: str) -> int:
    """Return the number of documents of a generation that can be searched.

    Raises EngineUnavailable if a part of it does not answer.
    """
    found = cluster.ask(
        "POST",
        f"/{generation}/_search",
        {"size": 0, "track_total_hits": True},
        allow_partial_search_results="false",
    )
    return int(found["hits"]["total"]["value"])


def switch(cluster: Cluster, generation: str, before: str | None) -> None:
    """Serve `generation`, and make `before`, the one that was served until now, the former one;
    None if none was.

    The aliases name nothing else then. The cluster changes both or none; it is no error if it has
    done so already, and lost the answer.
    """
    names = cluster.name, f"{cluster.name}-former"
    held = [(_aliased(cluster, alias), alias) for alias in names]
    wanted = [(generation, names[0])] + ([(before, names[1])] if before else [])
    actions: list[dict[str, Any]] = [
        {"remove": {"index": index, "alias": alias, "must_exist": False}}
        for index, alias in held
        if index
    ]
    actions += [{"add": {"index": index, "alias": alias}} for index, alias in wanted]
    cluster.ask("POST", "/_aliases", {"actions": actions}, timeout=_SWITCH_SECONDS)


def remove_unused(cluster: Cluster) -> list[str]:
    """Remove generations that no alias names and no rebuild in parts fills.

    Returns the names of the indices that were removed, those of files too. Only whoever holds the
    lock may call it.
    """
    shared = shared_build(cluster) or {}
    found_in_use = served(cluster), former(cluster), shared.get("generation")
    kept = {name for name in found_in_use if name}
    pattern = re.compile(re.escape(cluster.name) + r"-[0-9]{8}t[0-9]{6}z-[0-9a-f]{8}(-files)?")
    found = cluster.ask("GET", f"/{cluster.name}-*/_settings", flat_settings="true")
    unused = [
        name
        for name in found
        if pattern.fullmatch(name) and name.removesuffix("-files") not in kept
    ]
    for name in unused:
        with suppress(NotFound):
            cluster.ask("DELETE", f"/{name}")
    return unused


def create_lock_index(cluster: Cluster) -> None:
    """Create the index that has the lock; it is no error if it exists."""
    settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
    body = {"settings": settings, "mappings": {"dynamic": False}}
    with suppress(Conflict):
        cluster.ask("PUT", f"/{cluster.name}-lock", body)


def shared_build(cluster: Cluster) -> dict[str, Any] | None:
    """Return the rebuild in parts that is under way: its `generation`, the number of `parts`, and
    what is `done`: number of a part → what it stored. None without one."""
    with suppress(NotFound):
        found = cluster.ask("GET", f"/{cluster.name}-lock/_doc/parts")
        return dict(found["_source"])
    return None


def forget_shared_build(cluster: Cluster) -> None:
    """Give up a rebuild in parts, if there is one; `remove_unused` then removes what it made."""
    with suppress(NotFound):
        cluster.ask("DELETE", f"/{cluster.name}-lock/_doc/parts", refresh="true")


class Lock:
    """The lock of an archive: a document in the cluster that its holder renews."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._token = secrets.token_hex(8)
        self._path = f"/{cluster.name}-lock/_doc/lock"
        self._stop = threading.Event()
        self._lost = False
        self._thread = threading.Thread(target=self._renew, daemon=True)

    def take(self) -> None:
        """Take the lock, and renew it until `release`. Raises IndexBusy if another has it."""
        create_lock_index(self._cluster)
        try:
            self._cluster.ask("PUT", self._path, self._body(), op_type="create", refresh="true")
        except Conflict:
            self._take_over()
        self._thread.start()

    def _take_over(self) -> None:
        try:
            found = self._cluster.ask("GET", self._path)
        except NotFound:
            raise self._busy() from None
        held = found["_source"]
        if held["token"] != self._token and _is_alive(held):
            raise self._busy(held)
        try:
            self._replace(found)
        except Conflict:
            raise self._busy() from None

    def _busy(self, held: Mapping[str, Any] | None = None) -> IndexBusy:
        where = f" (process {held['pid']} on {held['host']})" if held else ""
        return IndexBusy(
            f"Another rebuild or update of {self._cluster.name!r} is at work{where}.",
            "Wait until it has ended.",
        )

    def check(self) -> None:
        """Raise IndexBusy if another process has taken the lock meanwhile, because it was not
        renewed in time.

        Also raises NotFound if the lock was removed, EngineUnavailable if the cluster does not
        answer.
        """
        held = self._cluster.ask("GET", self._path)["_source"]
        if self._lost or held["token"] != self._token:
            raise self._busy(held)

    def release(self) -> None:
        """Give the lock back. Raises nothing: one that stays is void after _STALE_SECONDS."""
        self._stop.set()
        self._thread.join()
        with suppress(UnusableIndex, NotFound, Conflict):
            if self._cluster.ask("GET", self._path)["_source"]["token"] == self._token:
                self._cluster.ask("DELETE", self._path, refresh="true")

    def _renew(self) -> None:
        while not self._stop.wait(_RENEW_SECONDS):
            with suppress(EngineUnavailable, NotFound):
                found = self._cluster.ask("GET", self._path)
                if found["_source"]["token"] != self._token:
                    self._lost = True
                    return
                with suppress(Conflict):
                    self._replace(found)

    def _replace(self, found: Mapping[str, Any]) -> None:
        """Write the lock over `found`. Raises Conflict if it was written by another since."""
        self._cluster.ask(
            "PUT",
            self._path,
            self._body(),
            if_seq_no=found["_seq_no"],
            if_primary_term=found["_primary_term"],
        )

    def _body(self) -> dict[str, Any]:
        return {
            "token": self._token,
            "host": platform.node(),
            "boot": _boot(),
            "pid": os.getpid(),
            "renewed": time.time(),
        }


def _is_alive(held: Mapping[str, Any]) -> bool:
    """True if the process that took a lock is still at work, as far as this machine can tell.

    On this machine, its process must exist; on another, it must have renewed the lock within
    _STALE_SECONDS. `held` is the lock as it is stored.
    """
    if held["boot"] == _boot() and held["host"] == platform.node():
        return Path(f"/proc/{held['pid']}").exists() or not Path("/proc/self").exists()
    return bool(time.time() - float(held["renewed"]) < _STALE_SECONDS)


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


@contextmanager
def locked(cluster: Cluster) -> Iterator[Lock]:
    """Context manager that holds the lock of the archive, and gives it. Raises IndexBusy if another
    process holds it."""
    lock = Lock(cluster)
    lock.take()
    try:
        yield lock
    finally:
        lock.release()


def prepare_to_serve(cluster: Cluster, generation: str, replicas: int) -> None:
    """Set the number of replicas of a generation and of its files, and wait until the replicas of
    the generation are there (`wait_for_copies`)."""
    for index in (generation, files_index(generation)):
        cluster.ask("PUT", f"/{index}/_settings", {"index": {"number_of_replicas": replicas}})
    wait_for_copies(cluster, generation)


def wait_for_copies(cluster: Cluster, generation: str, seconds: int = 600) -> None:
    """Wait until all copies of a generation that the cluster has nodes for are there, at most for
    `seconds`; return without them after that.

    Raises EngineUnavailable if a part has no copy at all.
    """
    nodes = int(cluster.health()["number_of_data_nodes"])
    settings = cluster.ask("GET", f"/{generation}/_settings", flat_settings="true")
    replicas = int(settings[generation]["settings"]["index.number_of_replicas"])
    wanted = "green" if nodes > replicas else "yellow"
    found = cluster.health(generation, wait_seconds=seconds, wait_for_status=wanted)
    if found["status"] == "red":
        raise EngineUnavailable(
            f"A part of {generation} has no copy that runs.", "Start the lost nodes."
        )
