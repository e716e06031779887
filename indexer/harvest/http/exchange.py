"""Send one HTTP request and read its answer, within limits of size and time.

Redirects are not followed and nothing is repeated; `fetcher.py` does both.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer
from urllib.parse import urlsplit

from indexer.errors import HarvestError
from indexer.harvest.http.network import Network
from indexer.harvest.http.unpacking import unpack
from indexer.harvest.http.web_address import host_and_port, request_target

_CHUNK = 64 * 1024
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_UNREAD = re.compile(
    r"(?:image|audio|video|font)/|text/(?:css|javascript)|application/(?:javascript|zip|x-rar)"
)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as received, without Transfer-Encoding; the body is still in its Content-Encoding.

    Attributes
    ----------
    address : the address that was requested.
    status, reason : status code and its text.
    http_version : 10 for HTTP/1.0, 11 for HTTP/1.1.
    headers : (name, value) pairs in their order; values are decoded as Latin-1.
    body : the body; b"" unless the status is 200.
    """

    address: str
    status: int
    reason: str
    http_version: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """Return the value of the first header of this name, in any case ("ETag", "etag"); "" if
        there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    @property
    def media_type(self) -> str:
        """The media type without parameters, in lower case: `text/html`."""
        return self.header("Content-Type").partition(";")[0].strip().lower()

    def content(self, limit: int) -> bytes:
        """Return the body, decoded from its Content-Encoding.

        Raises HarvestError if the encoding is unknown, or the body is damaged or has more than
        `limit` bytes.
        """
        encodings = [v for k, v in self.headers if k.lower() == "content-encoding"]
        return unpack(self.body, ",".join(encodings), limit)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of an answer.

    Attributes
    ----------
    size : greatest size of its body as received, in bytes.
    read_timeout : greatest time between two pieces of it, in seconds.
    response_timeout : greatest time for all of it, in seconds.
    """

    size: int
    read_timeout: float
    response_timeout: float


def exchange(
    address: str,
    headers: Mapping[str, str],
    network: Network,
    bounds: Bounds,
    count: Callable[[int], None],
) -> Response:
    """Return the answer to a GET request.

    Raises HarvestError if there is no answer within `bounds`, or one of a type without text (kind
    `type`); after the kinds `connection` and `timeout` the request may be repeated.

    Parameters
    ----------
    address : the address, as `normal_address` writes it.
    headers : further headers, in ASCII.
    network : makes the connection.
    count : called with the number of bytes of each piece of the body that has been read.
    """
    host, port = host_and_port(address)
    expired = False

    def expire() -> None:
        nonlocal expired
        expired = True
        with suppress(OSError):
            carrier.shutdown(socket.SHUT_RDWR)

    try:
        connection = network.connection(urlsplit(address).scheme, host, port)
    except OSError as error:
        raise _failure(address, error) from None
    carrier = connection.sock  # the connection forgets it once the header has been read
    timer = Timer(bounds.response_timeout, expire)
    timer.daemon = True
    timer.start()
    try:
        carrier.settimeout(bounds.read_timeout)
        connection.putrequest(
            "GET", request_target(address), skip_host=True, skip_accept_encoding=True
        )
        fixed = {"Host": urlsplit(address).netloc, "Connection": "close"}
        for name, value in {**fixed, **headers}.items():
            connection.putheader(name, value)
        connection.endheaders()
        with connection.getresponse() as answer:
            body = _body(address, answer, bounds.size, count)
    except (OSError, http.client.HTTPException) as error:
        raise _failure(address, TimeoutError() if expired else error) from None
    finally:
        timer.cancel()
        connection.close()
        carrier.close()
    if expired:
        raise _failure(address, TimeoutError())
    fields = [(name, _FOLD.sub(" ", value)) for name, value in answer.getheaders()]
    return Response(address, answer.status, answer.reason, answer.version, tuple(fields), body)


def _body(
    address: str, answer: http.client.HTTPResponse, limit: int, count: Callable[[int], None]
) -> bytes:
    if answer.status != 200:
        return b""
    if unread := _UNREAD.match((answer.getheader("Content-Type") or "").strip().lower()):
        raise HarvestError(
            f"{address} is {unread[0]} and holds no text.", "Nothing needs to be done.", kind="type"
        )
    declared = answer.length  # None where it is chunked or ends with the connection
    pieces: list[bytes] = []
    size = 0
    while size <= limit and (declared is None or declared <= limit):
        left = _CHUNK if declared is None else min(_CHUNK, declared - size)
        piece = answer.read1(left) if left else b""
        if not piece:
            if declared is not None and size < declared:
                raise http.client.IncompleteRead(b"", declared - size)
            return b"".join(pieces)
        pieces.append(piece)
        size += len(piece)
        count(len(piece))
    raise HarvestError(
        f"{address} has more than {limit:,} bytes.", "Raise --max-size to fetch it.", kind="size"
    )


def _failure(address: str, error: Exception) -> HarvestError:
    if isinstance(error, TimeoutError):
        return HarvestError(f"{address} does not answer in time.", "Try later.", kind="timeout")
    if isinstance(error, ssl.SSLError):
        why = getattr(error, "verify_message", "") or error.reason or "TLS failed"
        return HarvestError(
            f"{address}: no safe connection ({why}).",
            "Ask the site to mend its certificate, or name its authority in SSL_CERT_FILE.",
            kind="tls",
        )
    if isinstance(error, http.client.IncompleteRead):
        return HarvestError(f"{address} was cut short.", "Try again later.", kind="connection")
    said = getattr(error, "strerror", None) or type(error).__name__
    return HarvestError(f"{address}: {said}.", "Try again later.", kind="connection")
