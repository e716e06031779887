"""The symbols of texts, ready to be laid side by side."""

from __future__ import annotations

import numpy as np

from indexer.engines.whoosh.arrays import Array
from indexer.engines.whoosh.lists import Ints, Mask
from indexer.engines.whoosh.terms import Strings

_CODEC = "utf-32-le"


class Symbols:
    """Strings by number from 1 on; number 0 is written as nothing.

    Held as code points, so that a text is gathered at once and a position in it is one in them.
    """

    def __init__(self, strings: Strings) -> None:
        lengths = np.concatenate(([0], strings.lengths()))
        points = np.frombuffer(strings.joined().encode(_CODEC, "surrogatepass"), "<u4")
        # A space stands before each, to be taken along where one is wanted.
        self._begins: Ints = np.cumsum(lengths + 1) - lengths
        self._points: Array = np.full(len(points) + len(lengths), ord(" "), "<u4")
        before = np.repeat(np.arange(1, len(lengths) + 1), lengths)
        self._points[np.arange(len(points)) + before] = points
        self.lengths: Ints = lengths

    def laid(self, numbers: Ints, spaced: Mask) -> tuple[str, Ints]:
        """These symbols one after another, a space before each that is `spaced`, and where each
        ends."""
        sizes = self.lengths[numbers]
        sizes += spaced
        ends = sizes.cumsum()
        shifts = self._begins[numbers]
        shifts -= ends
        shifts += sizes
        shifts -= spaced
        at = shifts.repeat(sizes)
        at += np.arange(len(at))
        return self._points.take(at).tobytes().decode(_CODEC, "surrogatepass"), ends
