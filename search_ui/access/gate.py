"""Ask for a login before a request is answered, where the settings say so.

Statistics and metrics are only for the administrator: who has a login of TRACUU_ADMIN_PASSWORD_FILE
or asks from TRACUU_ADMIN_ADDRESSES. With TRACUU_PASSWORD_FILE or TRACUU_LOGIN_HEADER, the whole
archive is only for those who log in. Logins are HTTP Basic (RFC 7617), which needs no page, cookie
or script. No request to this site changes anything, so forged requests from other sites (CSRF) gain
nothing. Use HTTPS, because the password is in every request.
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

from flask import Flask, Response, request
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized

from indexer import SettingError, int_setting, setting
from search_ui.access.passwords import hash_password, is_password, read_logins

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
    """The logins of a file, name → hash of the password. Safe to use from many threads.

    A password that was right is remembered for ten minutes (as a keyed hash, in memory), because
    verifying one takes a tenth of a second.
    """

    def __init__(self, logins: Mapping[str, str]) -> None:
        self._logins = logins
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
        hashed = self._logins.get(name)
        right = is_password(password, hashed or self._nobody) and hashed is not None
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


class _Gate:
    def __init__(self) -> None:
        self.admins = _logins("admin_password_file")
        self.visitors = _logins("password_file")
        self.addresses = _networks(str(setting("admin_addresses")))
        header = str(setting("login_header"))
        self.header = "" if header == "off" else header
        if self.header and not int_setting("trusted_proxies"):
            raise SettingError(
                "TRACUU_LOGIN_HEADER is set, but no proxy is trusted: anyone could send it.",
                "Set TRACUU_TRUSTED_PROXIES to the number of proxies, too.",
            )
        self.failures = Failures()

    @property
    def is_private(self) -> bool:
        """True if all of the archive is only for those who log in."""
        return self.visitors is not None or bool(self.header)

    def check(self) -> None:
        """Check the current request; return if it may be answered.

        Raises Unauthorized (401) if a login is missing or wrong, Forbidden (403) if none would
        help, TooManyRequests (429) after too many wrong passwords.
        """
        if request.endpoint in ADMIN_ENDPOINTS:
            if not self._is_admin():
                raise Forbidden if self.admins is None else Unauthorized
            if request.endpoint in _FIGURES:
                return
        # An address of the administrator alone opens no documents of a private archive.
        if (
            self.is_private
            and request.endpoint not in _OPEN_ENDPOINTS
            and not self._is_visitor()
            and not (self.admins and self._has_login(self.admins))
        ):
            raise Unauthorized

    def _is_admin(self) -> bool:
        if self.admins is not None and self._has_login(self.admins):
            return True
        if not int_setting("trusted_proxies") and any(map(request.environ.get, _FORWARDED)):
            return False  # the address is that of a proxy
        try:
            address = ipaddress.ip_address(request.remote_addr or "")
        except ValueError:
            return False
        return any(address in network for network in self.addresses)

    def _is_visitor(self) -> bool:
        if self.header and request.headers.get(self.header, "").strip():
            return True
        return self.visitors is not None and self._has_login(self.visitors)

    def _has_login(self, logins: Logins) -> bool:
        given = request.authorization
        if given is None or given.type != "basic":
            return False
        address = request.remote_addr or ""
        if wait := self.failures.seconds_to_wait(address):
            raise TooManyRequests(retry_after=int(wait) + 1)
        if logins.accept(given.username or "", given.password or ""):
            return True
        self.failures.note(address)
        return False


def init_app(app: Flask) -> None:
    """Check every request of `app` before it is answered.

    Raises SettingError if a setting or a file of logins cannot be used.
    """
    gate = _Gate()
    app.before_request(gate.check)

    @app.after_request
    def protect(response: Response) -> Response:
        if response.status_code == 401:
            response.headers["WWW-Authenticate"] = 'Basic realm="Tra Cuu", charset="UTF-8"'
        if gate.is_private and request.endpoint not in _OPEN_ENDPOINTS:
            # A cache that several visitors share must not keep what one of them saw.
            response.cache_control.public = False
            response.cache_control.private = True
            response.vary.add("Authorization")
        return response


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
