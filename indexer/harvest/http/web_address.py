"""Normalise web addresses (RFC 3986, 6.2.2), and tell which of them are of one site.

A *normal address* is one that `normal_address` returned.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from indexer.errors import HarvestError

MAX_LENGTH = 4_000  # characters; servers refuse longer ones (nginx and Apache: 8 KB a line)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SAFE = "/:@!$&'()*+,;=~-._%"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?")
_IPV6 = re.compile(r"[0-9a-f:.]+")


def normal_address(text: str, base: str = "") -> str:
    """Return an http or https address in ASCII, without fragment, resolved against `base`.

    Letters outside ASCII are percent-encoded as UTF-8, lone surrogates (undecodable bytes, PEP 383)
    as the bytes that they stand for; host names are encoded by IDNA. Escapes stay escaped, so bytes
    that are not UTF-8 reach the server as they are. Raises HarvestError if `text` has control
    characters (which could add lines to a request), another scheme, a name or password, no valid
    host or port, or more than MAX_LENGTH characters, also once it is resolved and encoded.
    """
    text = text.strip(" \t\r\n\f")
    if _CONTROL.search(text) or len(text) > MAX_LENGTH:
        raise _unusable(text, "has control characters or is too long")
    try:
        parts = urlsplit(urljoin(base, text))
        port, host = parts.port, _host(parts.hostname or "")
    except ValueError:
        raise _unusable(text, "is not a valid address") from None
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise _unusable(text, "is neither http nor https")
    if "@" in parts.netloc:
        raise _unusable(text, "has a name or password in it")
    if not host:
        raise _unusable(text, "names no valid host")
    place = host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    address = urlunsplit(
        (scheme, place, _escaped(parts.path, "") or "/", _escaped(parts.query, "?"), "")
    )
    if len(address) > MAX_LENGTH:
        raise _unusable(text, "is too long")
    return address


def is_same_site(one: str, other: str) -> bool:
    """Return True if two normal addresses have the same host and port; http and https may
    differ."""
    return _site(one) == _site(other)


def origin(address: str) -> str:
    """Return scheme, host and port of a normal address: "https://example.org:8080"."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def host_and_port(address: str) -> tuple[str, int]:
    """Return the host (an IPv6 address without brackets) and the port of a normal address."""
    parts = urlsplit(address)
    return parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme]


def request_target(address: str) -> str:
    """Return path and query of a normal address, as the first line of a request has them."""
    parts = urlsplit(address)
    return urlunsplit(("", "", parts.path, parts.query, ""))


def _site(address: str) -> tuple[str, int | None]:
    parts = urlsplit(address)
    return parts.hostname or "", parts.port  # a default port is not written


def _host(name: str) -> str:
    """Return a host name in ASCII, encoded by IDNA, an IPv6 address in brackets; "" if it is not
    valid. `name` is in lower case."""
    if ":" in name:
        return f"[{name}]" if _IPV6.fullmatch(name) else ""
    try:
        name = name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return name if _HOST_NAME.fullmatch(name) else ""


def _escaped(text: str, more: str) -> str:
    text = quote(_STRAY_PERCENT.sub("%25", text), safe=_SAFE + more, errors="surrogateescape")
    return _ESCAPE.sub(lambda match: match[0].upper(), text)


def _unusable(text: str, why: str) -> HarvestError:
    return HarvestError(
        f"{text[:200]!r} {why}.", "Give an address that begins with https:// or http://.",
        kind="address",
    )  # fmt: skip
