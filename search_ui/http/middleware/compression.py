"""Compress text responses with gzip for clients that accept it."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache

from flask import Flask, Response, request

TEXTUAL = ("text/", "application/json", "application/x-suggestions+json")
LEAST = 600
"""Least size, in bytes, of a response that is compressed; a smaller one fits one packet anyway."""

_LEVEL = 1
"""zlib level: half the time of level 5 for 10% more bytes."""

_GZIP_FORMAT = 31  # zlib's number for a gzip header around the stream


def init_app(app: Flask) -> None:
    """Make `app` compress its text responses of LEAST bytes or more for clients that accept gzip;
    streams and static files always, and original files of documents never.

    The pages have no secrets such as tokens, so the BREACH attack on compressed responses does not
    apply.
    """

    @app.after_request
    def shrink(response: Response) -> Response:
        if not _is_text(response) or _is_file(response):
            return response
        response.vary.add("Accept-Encoding")
        if response.status_code in (204, 206, 304) or "Content-Encoding" in response.headers:
            return response
        if not request.accept_encodings["gzip"]:
            return response
        if request.endpoint == "static":
            response.direct_passthrough = False
            response.set_data(_packed(response.get_data()))
        elif response.is_streamed:
            response.response = _packed_stream(response.iter_encoded())
        elif len(body := response.get_data()) >= LEAST:
            response.set_data(gzip.compress(body, _LEVEL, mtime=0))
        else:
            return response
        response.headers["Content-Encoding"] = "gzip"
        tag, _ = response.get_etag()
        if tag:  # other bytes for the same content: only a weak validator holds
            response.set_etag(tag, weak=True)
        return response


def _is_file(response: Response) -> bool:
    """Return True if a response sends a file unchanged, of which clients may ask for ranges; False
    for the files in static/."""
    return response.direct_passthrough and request.endpoint != "static"


def _is_text(response: Response) -> bool:
    kind = response.mimetype or ""
    return kind.startswith(TEXTUAL) or kind.endswith("xml")


@lru_cache(maxsize=64)
def _packed(body: bytes) -> bytes:
    """Return the body of a static file in gzip format, at the highest level; the latest 64 are
    cached."""
    return gzip.compress(body, 9, mtime=0)


def _packed_stream(parts: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(_LEVEL, wbits=_GZIP_FORMAT)
    for part in parts:
        if packed := packer.compress(part):
            yield packed
    yield packer.flush()
