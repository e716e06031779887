"""Raw deflate (RFC 1951) with a preset dictionary, for many short records that are compressed one
by one.

The dictionary is a sample of the records; it lets even the first bytes of a record refer to text
that other records have. Used for the texts and the other stored fields of documents.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

MAX_RAW = 1 << 28
"""Greatest size of a record before compression, in bytes; no document comes near it. `decompress`
takes a larger one for damage, so that a changed file cannot fill the memory."""
_SAMPLES = 64
"""Least number of records, spread evenly over all, whose beginnings make up a dictionary; all
records if there are fewer."""

_FIRST_BYTES = 128
"""Bytes that `decompress_until` decompresses at first; most titles are shorter."""


def sample_dictionary(every: Sequence[bytes], size: int) -> bytes:
    """Return a dictionary of at most `size` bytes for records like `every`.

    It joins the beginnings, of equal length, of fewer than 2 * _SAMPLES records; b"" if there are
    no records.
    """
    some = every[:: max(len(every) // _SAMPLES, 1)]
    part = size // max(len(some), 1)
    return b"".join(one[:part] for one in some)


def compress(raw: bytes, dictionary: bytes) -> bytes:
    """Return one record as raw deflate. `decompress` needs the same dictionary; b"" for none."""
    compressor = _compressor(dictionary).copy()
    compressed: bytes = compressor.compress(raw) + compressor.flush()
    return compressed


@lru_cache(maxsize=1)
def _compressor(dictionary: bytes) -> Any:
    """Return a compressor that has read the dictionary; callers copy it.

    Copying is cheaper than reading the dictionary again for every record.
    """
    if not dictionary:
        return zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS, 8, zdict=dictionary)


def decompress(compressed: bytes, dictionary: bytes) -> bytes:
    """Return the record that `compress` compressed with this dictionary.

    Raises zlib.error if the bytes are not a deflate stream, ValueError if the stream is incomplete
    or the record longer than MAX_RAW.
    """
    decompressor = zlib.decompressobj(-zlib.MAX_WBITS, zdict=dictionary)
    raw = decompressor.decompress(compressed, MAX_RAW + 1)
    if not decompressor.eof or len(raw) > MAX_RAW:
        raise ValueError("compressed bytes are cut short or too long")
    return raw


def decompress_until(compressed: bytes, dictionary: bytes, end: re.Pattern[bytes]) -> bytes:
    """Return the beginning of a record, up to the end of the first match of a pattern.

    No more than _FIRST_BYTES, or twice as much as is returned, is decompressed. Raises zlib.error
    if the bytes are not a deflate stream, ValueError if the pattern does not match.
    """
    decompressor = _decompressor(dictionary).copy()
    raw: bytes = decompressor.decompress(compressed, _FIRST_BYTES)
    while not (found := end.search(raw)):
        more = decompressor.decompress(decompressor.unconsumed_tail, len(raw))
        if not more or len(raw) > MAX_RAW:
            raise ValueError("compressed bytes are cut short or too long")
        raw += more
    return raw[: found.end()]


@lru_cache(maxsize=8)
def _decompressor(dictionary: bytes) -> Any:
    """Return a decompressor with the dictionary; callers copy it, which is cheaper."""
    return zlib.decompressobj(-zlib.MAX_WBITS, zdict=dictionary)
