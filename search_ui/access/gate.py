"""Ask for a login before a request is answered, where the settings say so.

Statistics and metrics are only for the administrator: whoever has a login in
TRACUU_ADMIN_PASSWORD_FILE or asks from one of TRACUU_ADMIN_ADDRESSES. With TRACUU_PASSWORD_FILE or
TRACUU_LOGIN_HEADER, the archive is only for visitors who log in; with TRACUU_GUESTS besides, others
see its public documents. The groups of a login (`g.groups`) decide which documents it sees:
`http.site` chooses the archive by them.

Logins are HTTP Basic (RFC 7617), which needs no page, cookie or script, or come from a trusted
proxy in a header. No request to this site changes anything, so forged requests from other sites
(CSRF) gain nothing. Use HTTPS, because the password is in every request.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
import threading
from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic

from flask import Flask, Response, g, request
from werkzeug.exceptions import Forbidden, NotFound, TooManyRequests, Unauthorized

from indexer import AccessRule, SettingError, int_setting, setting
from search_ui.access.passwords import Login, hash_password, is_password, read_logins
from search_ui.access.session import LOG_IN, LOG_OUT

_FIGURES = frozenset({"keeper.statistics", "machines.figures"})
ADMIN_ENDPOINTS = _FIGURES | {"machines.export_all_csv", "machines.export_all_lines"}
"""Endpoints that only the administrator may see; the figures tell nothing about the documents."""
_OPEN_ENDPOINTS = frozenset({"machines.health", "static"})
"""Endpoints that need no login, because they tell nothing about the documents."""

MAX_FAILURES = 10
"""Number of wrong passwords that one IP address may send within `_FAILURE_SECONDS`."""
_FAILURE_SECONDS = 300.0
_MAX_ADDRESSES = 10_000
_REMEMBERED_SECONDS = 600.0
_MAX_REMEMBERED = 1024
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Logins:
    """The logins of a file. Safe to use from many threads.

    A password that was right is remembered for ten minutes (as a keyed hash, in memory), because
    verifying one takes a tenth of a second. `logins` is the result of `read_logins`; `groups` maps
    the name of each login to its groups.
    """

    def __init__(self, logins: Mapping[str, Login]) -> None:
        self._logins = logins
        self.groups = {name: login.groups for name, login in logins.items()}
        self._key = os.urandom(32)
        self._nobody = hash_password(os.urandom(16).hex())
        self._remembered: OrderedDict[bytes, float] = OrderedDict()
        self._lock = threading.Lock()

    def accept(self, name: str, password: str) -> bool:
        """Return True if the password is that of this name.

        An unknown name takes as long as a wrong password, so that nobody can find out names.
        """
        text = f"{len(name)}:{name}:{password}".encode("utf-8", "surrogatepass")
        digest = hmac.new(self._key, text, hashlib.sha256).digest()
        with self._lock:
            until = self._remembered.get(digest, 0.0)
        if monotonic() < until:
            return True
        login = self._logins.get(name)
        right = is_password(password, login.hashed if login else self._nobody) and bool(login)
        if right:
            with self._lock:
                self._remembered[digest] = monotonic() + _REMEMBERED_SECONDS
                while len(self._remembered) > _MAX_REMEMBERED:
                    self._remembered.popitem(last=False)
        return right


class Failures:
    """Counts the latest wrong passwords by IP address. Safe to use from many threads."""

    def __init__(self) -> None:
        self._times: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def seconds_to_wait(self, address: str) -> float:
        """Return the seconds that an IP address has to wait before it may send another password;
        0.0 if it need not wait."""
        with self._lock:
            times = self._times.get(address)
            if times is None or len(times) < MAX_FAILURES:
                return 0.0
            return max(0.0, times[0] + _FAILURE_SECONDS - monotonic())

    def note(self, address: str) -> None:
        """Record a wrong password from an IP address."""
        with self._lock:
            times = self._times.setdefault(address, deque(maxlen=MAX_FAILURES))
            times.append(monotonic())
            self._times.move_to_end(address)
            while len(self._times) > _MAX_ADDRESSES:
                self._times.popitem(last=False)


class Gate:
    """Refuses requests that may not be answered, and says to which groups the visitors of the
    others belong.

    The constructor raises SettingError if a setting or a file of logins cannot be used.
    """

    def __init__(self) -> None:
        self._admins = _logins("admin_password_file")
        self._visitors = _logins("password_file")
        self._addresses = _networks(str(setting("admin_addresses")))
        self._header, self._group_header = _header("login_header"), _header("group_header")
        if self._header and not int_setting("trusted_proxies"):
            raise SettingError(
                "TRACUU_LOGIN_HEADER is set, but no proxy is trusted: anyone could send it.",
                "Set TRACUU_TRUSTED_PROXIES to the number of proxies, too.",
            )
        if self._group_header and not self._header:
            raise SettingError(
                "TRACUU_GROUP_HEADER is set, but no header that names the visitor.",
                "Set TRACUU_LOGIN_HEADER, too.",
            )
        self._is_private = not int_setting("guests") and bool(self._visitors or self._header)
        self._failures = Failures()

    @property
    def has_logins(self) -> bool:
        """True if visitors may log in at LOG_IN by a password: with TRACUU_PASSWORD_FILE, or if a
        login of an administrator belongs to a group."""
        return bool(self._visitors) or any(self._admins.groups.values() if self._admins else ())

    @property
    def has_readers(self) -> bool:
        """True if not all visitors get the same answers, so that shared caches must keep none."""
        return self.has_logins or bool(self._header)

    def unknown_groups(self, access: AccessRule | None) -> list[str]:
        """Return the groups that logins name and the archive does not have, each once, in the order
        of the files. `access` is the rule of access of the archive; None has no groups."""
        every = [self._visitors, self._admins]
        named = [
            group
            for logins in every
            if logins
            for groups in logins.groups.values()
            for group in groups
        ]
        unknown = (group for group in named if not (access and access.group_among((group,))))
        return list(dict.fromkeys(unknown))

    def check(self) -> None:
        """Check the current request, and set `g.login` and `g.groups`; raise an error unless it may
        be answered.

        `g.login` is the name of the visitor, "" if nobody logged in; `g.groups` are the groups that
        the visitor belongs to, () for none. Raises Unauthorized (401) if a login is missing or
        wrong, Forbidden (403) if only an address of the administrator would do, NotFound (404) for
        the pages to log in and out where there are no logins, TooManyRequests (429) after too many
        wrong passwords.
        """
        g.login, g.groups = "", ()
        if request.endpoint in ADMIN_ENDPOINTS:
            if not self._is_admin():
                raise Forbidden if self._admins is None else Unauthorized
            if request.endpoint in _FIGURES:
                return
        if request.endpoint in _OPEN_ENDPOINTS:
            return
        if request.endpoint in (LOG_IN, LOG_OUT) and not self.has_logins:
            raise NotFound
        if request.endpoint == LOG_OUT:
            return
        # An address of the administrator alone opens no documents of a private archive.
        must_log_in = self._is_private or request.endpoint == LOG_IN
        if not self._log_in() and (must_log_in or (self.has_logins and _has_password())):
            raise Unauthorized

    def _log_in(self) -> bool:
        """Set `g.login` and `g.groups` from the header of a trusted proxy or from the password of
        the request; return False, and set nothing, if it has no accepted login."""
        if self._header and (name := _text(self._header).strip()):
            named = _text(self._group_header).split(",")
            g.login, g.groups = name, tuple(group for group in named if group.strip())
            return True
        if not self._is_private and not self.has_logins:
            return False
        files = [logins for logins in (self._visitors, self._admins) if logins]
        found = self._accepting(files)
        if found is None:
            return False
        g.login = (request.authorization and request.authorization.username) or ""
        g.groups = found.groups[g.login]
        return True

    def _is_admin(self) -> bool:
        if self._admins is not None and self._accepting([self._admins]):
            return True
        if not int_setting("trusted_proxies") and any(map(request.environ.get, _FORWARDED)):
            return False  # the address is that of a proxy
        try:
            address = ipaddress.ip_address(request.remote_addr or "")
        except ValueError:
            return False
        return any(address in network for network in self._addresses)

    def _accepting(self, files: Sequence[Logins]) -> Logins | None:
        """Return the first of the files of logins that accepts the name and password of the
        request; None if the request has none, or if no file accepts them.

        The latter is counted as a wrong password of the IP address. Raises TooManyRequests after
        too many of them.
        """
        given = request.authorization
        if given is None or not _has_password():
            return None
        address = request.remote_addr or ""
        if wait := self._failures.seconds_to_wait(address):
            raise TooManyRequests(retry_after=int(wait) + 1)
        for logins in files:
            if logins.accept(given.username or "", given.password or ""):
                return logins
        self._failures.note(address)
        return None


def init_app(app: Flask) -> Gate:
    """Check every request of `app` before it is answered; return the gate, which is also
    `app.extensions["tracuu.gate"]`.

    Templates get `login`, the name of the visitor, and `can_log_in`. Where not all visitors get the
    same answers, no shared cache may keep one; answers to members of groups are kept by no cache.

    Raises SettingError if a setting or a file of logins cannot be used.
    """
    gate = Gate()
    app.extensions["tracuu.gate"] = gate
    app.before_request(gate.check)

    @app.context_processor
    def offer() -> dict[str, object]:
        return {"login": g.get("login", ""), "can_log_in": gate.has_logins}

    @app.after_request
    def protect(response: Response) -> Response:
        if response.status_code == 401:
            response.headers["WWW-Authenticate"] = 'Basic realm="Tra Cuu", charset="UTF-8"'
        if gate.has_readers and request.endpoint not in _OPEN_ENDPOINTS:
            # A cache that several visitors share must not keep what one of them saw; nor must that
            # of a browser, which others may use after him, keep what not everyone may see.
            response.cache_control.public = False
            response.cache_control.private = True
            response.vary.add("Authorization")
            if g.get("groups"):
                response.cache_control.no_store = True
        return response

    return gate


def _has_password() -> bool:
    given = request.authorization
    return given is not None and given.type == "basic"


def _header(name: str) -> str:
    value = str(setting(name))
    return "" if value == "off" else value


def _text(header: str) -> str:
    """Return the value of a header of the request, as UTF-8 if it is; "" without one.

    WSGI gives headers as Latin-1 (PEP 3333).
    """
    value = request.headers.get(header, "") if header else ""
    try:
        return value.encode("latin-1").decode("utf-8")
    except ValueError:
        return value


def _logins(name: str) -> Logins | None:
    path = str(setting(name))
    return (
        None if path in ("", "off") else Logins(read_logins(Path(path), f"TRACUU_{name.upper()}"))
    )


def _networks(text: str) -> Sequence[_Network]:
    """Return the networks of a list in CIDR notation with commas; () for "off".

    Raises SettingError if one of them is no network.
    """
    if text == "off":
        return ()
    try:
        return [ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise SettingError(
            f"TRACUU_ADMIN_ADDRESSES={text!r}: {error}.", "Write it as 127.0.0.0/8,10.1.2.0/24."
        ) from None
