"""Bytes of many documents, each compressed by itself, where some are dictionary to both sides."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

MAX_RAW = 1 << 28
"""Bytes before compression: more than the longest document takes."""
_SAMPLES = 64


def sample_dictionary(every: Sequence[bytes], size: int) -> bytes:
    """What compression may take for dictionary, of this size: beginnings of some from all over."""
    some = every[:: max(len(every) // _SAMPLES, 1)]
    part = size // max(len(some), 1)
    return b"".join(one[:part] for one in some)


def compress(raw: bytes, dictionary: bytes) -> bytes:
    """Bytes as they are compressed, where these are dictionary."""
    compressor = _compressor(dictionary).copy()
    compressed: bytes = compressor.compress(raw) + compressor.flush()
    return compressed


@lru_cache(maxsize=1)
def _compressor(dictionary: bytes) -> Any:
    """What has learnt `dictionary`, to be copied: cheaper than to learn it for every document."""
    if not dictionary:
        return zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS, 8, zdict=dictionary)


def decompress(compressed: bytes, dictionary: bytes) -> bytes:
    """Undo `compress`. Raises zlib.error, and ValueError where bytes are missing or too many."""
    decompressor = zlib.decompressobj(-zlib.MAX_WBITS, zdict=dictionary)
    raw = decompressor.decompress(compressed, MAX_RAW + 1)
    if not decompressor.eof or len(raw) > MAX_RAW:
        raise ValueError("compressed bytes are cut short or too long")
    return raw
