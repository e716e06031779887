"""Find out the address at which visitors see the site, also behind a proxy or below a path prefix.

Absolute addresses (Atom, OpenSearch, citations) are made of the scheme, host and path prefix of a
request. These come from TRACUU_PUBLIC_URL if it is set, else from the headers of
TRACUU_TRUSTED_PROXIES proxies, else from the header `Host` of the client.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix

from indexer import SettingError, int_setting, setting

_HOST = re.compile(
    r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?"
)
"""Matches `uri-host [ ":" port ]` of RFC 9110, section 7.2, with the characters that host names
have; group 1 is the port."""

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def init_app(app: Flask) -> None:
    """Make every request of `app` one to the address at which visitors see the site; answer 400 to
    an invalid header Host, and to a query string with other bytes than UTF-8.

    Raises SettingError if TRACUU_PUBLIC_URL is not the address of a site, or
    TRACUU_TRUSTED_PROXIES is not a number that is allowed.
    """
    url = str(setting("public_url"))
    application: Application = app.wsgi_app
    if url not in ("", "off"):
        application = _PublicAddress(application, url)
    proxies = int_setting("trusted_proxies")
    if proxies:
        application = ProxyFix(
            application,
            x_for=proxies, x_proto=proxies, x_host=proxies, x_port=proxies, x_prefix=proxies,
        )  # fmt: skip
    app.wsgi_app = application  # type: ignore[assignment, method-assign]

    @app.before_request
    def check_address() -> None:
        if not is_host(request.environ.get("HTTP_HOST"), request.environ["SERVER_PROTOCOL"]):
            raise BadRequest
        try:
            request.query_string.decode()  # escapes may stand for any bytes; Werkzeug replaces them
        except UnicodeDecodeError:
            raise BadRequest from None


def is_host(value: str | None, protocol: str) -> bool:
    """Return True if `value` is a valid header Host, or None (absent) in a request of HTTP/1.0.

    A header that was sent twice arrives as two values with a comma between them; it is not valid.
    `protocol` is "HTTP/1.0" or "HTTP/1.1".
    """
    if value is None:
        return protocol == "HTTP/1.0"
    found = _HOST.fullmatch(value)
    return bool(found and (found[1] is None or 0 < int(found[1]) < 1 << 16))


class _PublicAddress:
    """WSGI middleware that makes every request one to the public address of the site, `url`.

    A proxy may pass on the path prefix of that address or leave it out. A response to a request for
    another host gets `Cache-Control: no-store`, because a cache would keep it under that host. The
    constructor raises SettingError if `url` is not the address of a site.
    """

    def __init__(self, application: Application, url: str) -> None:
        try:
            parts = urlsplit(url)
            valid = parts.scheme in ("http", "https") and is_host(parts.netloc, "HTTP/1.1")
            valid = valid and not (parts.query or parts.fragment)
        except ValueError:
            valid = False
        if not valid:
            raise SettingError(
                f"TRACUU_PUBLIC_URL={url!r} is not the address of a site.",
                "Set it to one, as https://tim.example.vn/ or https://example.vn/tim/.",
            )
        self._application = application
        self._scheme, self._host, self._prefix = parts.scheme, parts.netloc, parts.path.rstrip("/")

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST")
        start = start_response
        if is_host(host, environ["SERVER_PROTOCOL"]):
            if host is not None and host.lower() != self._host.lower():
                start = _without_caching(start_response)
            environ["HTTP_HOST"] = self._host
        environ["wsgi.url_scheme"] = self._scheme
        environ["SCRIPT_NAME"] = self._prefix
        path = environ.get("PATH_INFO", "")
        if self._prefix and (path + "/").startswith(self._prefix + "/"):
            environ["PATH_INFO"] = path[len(self._prefix) :] or "/"
        return self._application(environ, start)


def _without_caching(start_response: Callable[..., Any]) -> Callable[..., Any]:
    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        others = [(name, value) for name, value in headers if name.lower() != "cache-control"]
        return start_response(status, [*others, ("Cache-Control", "no-store")], *error)

    return start
