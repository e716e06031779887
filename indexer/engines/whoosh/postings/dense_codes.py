"""Encode integers as bytes, small ones in fewer bytes.

These are end-tagged dense codes (Brisaboa et al. 2003, "An efficient compression code for text
databases"). Each byte holds seven bits, the most significant first; the last byte of a number has
its top bit set. No code is wasted: the 128 numbers of one byte are followed by the 128² numbers of
two bytes, and so on. Used for the texts of documents (`doc_store`).
"""

from __future__ import annotations

import numpy as np

from indexer.engines.whoosh.postings.elias_fano import Bits, Ints

_END_TAG = 128
_MAX_BYTES = 5
"""Size of the longest code in bytes."""
_BASES = np.concatenate([[0, 0], np.cumsum([128**size for size in range(1, _MAX_BYTES)])])
"""Size in bytes, 1 to _MAX_BYTES, as index -> the least number whose code has that size."""


def encode_dense(numbers: Ints) -> tuple[Bits, Ints]:
    """Return the codes of all numbers, `(bytes,)` uint8, and where each code ends, `(n,)` int64.

    The ends are indexes of bytes, one past the last. `numbers (n,)` int64 are from 0 to about 3.5 *
    10¹⁰, the greatest number whose code has _MAX_BYTES bytes; this is not checked.
    """
    sizes = np.searchsorted(_BASES[2:], numbers, side="right") + 1
    ends = np.cumsum(sizes)
    raw: Bits = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
    rest = numbers - _BASES[sizes]
    for back in range(1, int(sizes.max(initial=0)) + 1):
        has = np.flatnonzero(sizes >= back)
        raw[ends[has] - back] = rest[has] >> 7 * (back - 1) & 127
    raw[ends - 1] |= _END_TAG
    return raw, ends


def decode_dense(raw: bytes) -> Ints:
    """Return the numbers that `encode_dense` encoded, `(n,)` int64.

    Raises ValueError if the last code is incomplete or one has more than _MAX_BYTES bytes.
    """
    data = np.frombuffer(raw, np.uint8)
    (ends,) = (data >= _END_TAG).nonzero()
    sizes = ends.copy()
    sizes[1:] -= ends[:-1]
    sizes[:1] += 1
    longest = int(sizes.max(initial=0))
    if longest > _MAX_BYTES or (data[-1:] < _END_TAG).any():
        raise ValueError("numbers are cut short")
    numbers = (data[ends] & 127).astype(np.int64)
    for back in range(1, longest):
        (has,) = (sizes > back).nonzero()
        # Plus one for each further byte: numbers of fewer bytes come before.
        numbers[has] += data[ends[has] - back] + np.int64(1) << 7 * back
    return numbers
