"""Numbers as bytes, the small ones in fewer: end-tagged dense codes (Brisaboa et al. 2003, "An
efficient compression code for text databases").

Seven bits a byte, the highest first; the last byte of a number has its top bit set. Every row of
bytes means something: the 128 numbers of one byte are followed by the 128² of two, and so on.
"""

from __future__ import annotations

import numpy as np

from indexer.engines.whoosh.postings.elias_fano import Bits, Ints

_LAST = 128
_MOST = 5
"""Bytes of the longest number."""
_BASES = np.concatenate([[0, 0], np.cumsum([128**size for size in range(1, _MOST)])])
"""Size in bytes -> the first number of that size."""


def encode_dense(numbers: Ints) -> tuple[Bits, Ints]:
    """The bytes of numbers, and where each ends."""
    sizes = np.searchsorted(_BASES[2:], numbers, side="right") + 1
    ends = np.cumsum(sizes)
    raw: Bits = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
    left = numbers - _BASES[sizes]
    for back in range(1, int(sizes.max(initial=0)) + 1):
        has = np.flatnonzero(sizes >= back)
        raw[ends[has] - back] = left[has] >> 7 * (back - 1) & 127
    raw[ends - 1] |= _LAST
    return raw, ends


def decode_dense(raw: bytes) -> Ints:
    """Undo `encode_dense`. Raises ValueError on damage."""
    found = np.frombuffer(raw, np.uint8)
    (ends,) = (found >= _LAST).nonzero()
    sizes = ends.copy()
    sizes[1:] -= ends[:-1]
    sizes[:1] += 1
    most = int(sizes.max(initial=0))
    if most > _MOST or (found[-1:] < _LAST).any():
        raise ValueError("numbers are cut short")
    numbers = (found[ends] & 127).astype(np.int64)
    for back in range(1, most):
        (has,) = (sizes > back).nonzero()
        # One more, for the numbers of fewer bytes come before.
        numbers[has] += found[ends[has] - back] + np.int64(1) << 7 * back
    return numbers
