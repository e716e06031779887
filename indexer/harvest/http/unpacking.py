"""Unpack compressed bytes within a limit on their unpacked size."""

from __future__ import annotations

import zlib

from indexer.errors import HarvestError

GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 64 * 1024
_MAX_MEMBERS = 10_000
"""Greatest number of members of a gzip file. For each one, the rest of a chunk is copied, so many
tiny members would take long."""


def unpack(body: bytes, encoding: str, limit: int) -> bytes:
    """Decode a body from its Content-Encoding: gzip, deflate, identity, or several with commas.

    Raises HarvestError if the encoding is another, or if the bytes are damaged or cut short, or
    unpack to more than `limit` bytes.
    """
    for name in reversed([part.strip().lower() for part in encoding.split(",")]):
        if name in ("gzip", "x-gzip"):
            body = gunzip(body, limit)
        elif name == "deflate":  # zlib by RFC 9110, raw from some servers
            wrapped = body[:1] and body[0] & 0x0F == 8
            body = _unpack(body, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS, limit)
        elif name not in ("", "identity"):
            raise HarvestError(
                f"has the unknown encoding {name[:40]!r}.",
                "Only gzip was asked for.",
                kind="encoding",
            )
    return body


def gunzip(body: bytes, limit: int) -> bytes:
    """Unpack gzip data of one or more members. Raises HarvestError as `unpack` does."""
    return _unpack(body, zlib.MAX_WBITS + 16, limit)


def _unpack(body: bytes, window: int, limit: int) -> bytes:
    pieces: list[bytes] = []
    size = members = 0
    decoder = zlib.decompressobj(window)
    try:
        for start in range(0, len(body), _CHUNK):
            data = body[start : start + _CHUNK]
            while data:
                if decoder.eof:
                    if not data.strip(b"\0"):  # padding after the last member
                        break
                    members += 1
                    decoder = zlib.decompressobj(window)
                piece = decoder.decompress(data, limit - size + 1)
                size += len(piece)
                if size > limit or members > _MAX_MEMBERS:
                    raise HarvestError(
                        f"unpacks to more than {limit:,} bytes.",
                        "Raise --max-size if it is no attack.",
                        kind="size",
                    )
                pieces.append(piece)
                data = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
    except zlib.error:
        raise HarvestError(
            "is compressed and damaged.", "Try again later.", kind="encoding"
        ) from None
    if body and not decoder.eof:
        raise HarvestError("is compressed and cut short.", "Try again later.", kind="connection")
    return b"".join(pieces)
