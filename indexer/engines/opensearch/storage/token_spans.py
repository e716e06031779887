"""Spans of syllables as a string of code points: for each, the gap before it and its length.

Most numbers are small, so most become one byte in UTF-8. The span of a syllable is `[start, end)`
in code points of its text; spans ascend and do not overlap.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

import numpy as np

Ints = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

_ZERO = ord("0")
"""Code point of the number 0."""
_SURROGATES = range(0xD800, 0xE000)
"""Code points that UTF-8 has no bytes for; numbers skip them."""
_MOST = 0x10FFFF - len(_SURROGATES) - _ZERO
"""Greatest number that can be written."""


def encode_spans(texts: Ints, starts: Ints, ends: Ints, count: int) -> list[str | None]:
    """Return the spans of each of `count` texts; None if those of a text cannot be written.

    `texts`, `starts` and `ends` are `(tokens,)` int64: the index of the text of each syllable,
    ascending, and its span.
    """
    before = np.concatenate((np.zeros(1, np.int64), ends))[:-1]
    before[np.diff(texts, prepend=-1) != 0] = 0
    numbers = np.stack((starts - before, ends - starts), axis=1)
    fits: Mask = np.all((numbers >= 0) & (numbers <= _MOST), axis=1)
    points = numbers + _ZERO
    points[points >= _SURROGATES.start] += len(_SURROGATES)
    bounds = texts.searchsorted(np.arange(count + 1)).tolist()
    return [
        "".join(map(chr, points[first:last].ravel().tolist())) if fits[first:last].all() else None
        for first, last in pairwise(bounds)
    ]


def decode_spans(written: str) -> tuple[list[int], list[int]]:
    """Return the starts and the ends of the spans of one text, in order: what `encode_spans` was
    given for the text for which it returned `written`."""
    shift = _ZERO + len(_SURROGATES)
    numbers = [
        point - (_ZERO if point < _SURROGATES.start else shift) for point in map(ord, written)
    ]
    bounds = list(accumulate(numbers))
    return bounds[::2], bounds[1::2]
