"""Number the gaps between neighbouring pieces (syllables as written), so that each distinct gap is
analysed once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from indexer.analysis.batch.code_points import Ints, Points
from indexer.analysis.normalize import ONE_TO_ONE
from indexer.analysis.syllables import signs_of

_Bools = np.ndarray[Any, np.dtype[np.bool_]]

EMPTY, SPACE = 0, 1
"""Numbers of two gaps in every GapNumbers: the empty one, also used before the first piece of a
text, and a single space."""

# The code points of gaps of at most this many characters, 16 bits each, and their length fit into
# one int64.
_SHORT = 3


class GapNumbers(dict[str, int]):
    """Gap as written → its number; a new gap gets the next number when it is looked up. Not
    thread-safe."""

    def __init__(self) -> None:
        super().__init__({"": EMPTY, " ": SPACE})

    def __missing__(self, gap: str) -> int:
        number = self[gap] = len(self)
        return number

    def numbers(self, text: str, points: Points, begins: Ints, ends: Ints) -> Ints:
        """Return the number of each of some gaps of a text, `(gaps,)` int64.

        Parameters
        ----------
        points : `(characters,)` uint32, the code points of `text`, all in the Basic Multilingual
            Plane.
        begins, ends : `(gaps,)` int64, the spans of the gaps in `text`, in code points; none is
            empty.
        """
        lengths = ends - begins
        keys = lengths << 16 * _SHORT
        for at in range(_SHORT):
            has = np.flatnonzero(lengths > at)
            keys[has] |= points[begins[has] + at].astype(np.int64) << 16 * at
        long = np.flatnonzero(lengths > _SHORT)
        keys[long] = -1 - np.arange(len(long))
        _, firsts, inverse = np.unique(keys, return_index=True, return_inverse=True)
        spans = zip(begins[firsts].tolist(), ends[firsts].tolist(), strict=True)
        return np.array([self[text[begin:end]] for begin, end in spans], np.int64)[inverse]

    def signs(self) -> SignTable:
        """Return the table of the signs in all gaps numbered so far."""
        plain = [gap.translate(ONE_TO_ONE) for gap in self]
        signs = [signs_of(gap) if len(gap) > 1 else (False, False, False) for gap in plain]
        dotted, stops, breaks = np.array(signs, np.bool_).T
        return SignTable(dotted, stops, breaks, np.array([gap == " " for gap in plain], np.bool_))


class SignTable(NamedTuple):
    """The signs of gaps that decide if a sentence ends there: `(gaps,)` bool, by number of the gap.

    `dotted`, `stops` and `breaks` are as in `syllables.Signs`, but False for a gap of less than two
    characters, in which no sentence ends; `single_space` is True if the gap is one space, of any
    kind that `normalize` makes a space.
    """

    dotted: _Bools
    stops: _Bools
    breaks: _Bools
    single_space: _Bools
