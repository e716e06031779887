"""Bytes of many documents, each compressed by itself, where some are known to both sides."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

MAX_RAW = 1 << 28
"""Bytes before compression: more than the longest document takes."""
_EXAMPLES = 64


def examples(every: Sequence[bytes], size: int) -> bytes:
    """What compression may take for known, of this size: beginnings of some from all over."""
    some = every[:: max(len(every) // _EXAMPLES, 1)]
    part = size // max(len(some), 1)
    return b"".join(one[:part] for one in some)


def compress(raw: bytes, known: bytes) -> bytes:
    """Bytes as they are kept, where these are known."""
    packer = _packer(known).copy()
    kept: bytes = packer.compress(raw) + packer.flush()
    return kept


@lru_cache(maxsize=1)
def _packer(known: bytes) -> Any:
    """What has learnt `known`, to be copied: cheaper than to learn it for every document."""
    if not known:
        return zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS, 8, zdict=known)


def decompress(kept: bytes, known: bytes) -> bytes:
    """Undo `compress`. Raises zlib.error, and ValueError where bytes are missing or too many."""
    packer = zlib.decompressobj(-zlib.MAX_WBITS, zdict=known)
    raw = packer.decompress(kept, MAX_RAW + 1)
    if not packer.eof or len(raw) > MAX_RAW:
        raise ValueError("compressed bytes are cut short or too long")
    return raw
