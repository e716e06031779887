"""Compute the labels of numbered paragraphs ("Điều 5."), which word processors do not store as
text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from indexer.analysis.roman import to_roman

_PLACE = re.compile(r"%(\d)")
DEPTHS = 10
"""Greatest number of levels of a list; OpenDocument has 10, Word 9."""


class Level(NamedTuple):
    """How the paragraphs of one level of a list are numbered.

    Attributes
    ----------
    template : the label; "%1" stands for the number of the outermost level, "%2" for that of the
        next ("%1.%2)").
    numerals : "1", "a", "A", "i" or "I", as in OpenDocument (`style:num-format`).
    start : the number of the first paragraph.
    """

    template: str
    numerals: str = "1"
    start: int = 1


class ListCounter:
    """Counts the paragraphs of numbered lists and writes their labels."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, int]] = Counter()

    def label(
        self, key: str, levels: Mapping[int, Level], depth: int, number: int | None = None
    ) -> str:
        """Count a numbered paragraph; return its label if it has a word ("Điều 5."), else "".

        Must be called once for each numbered paragraph, in order. Bare numbers and bullets are left
        out because they are structure, as in HTML.

        Parameters
        ----------
        key : identifies the list; lists that continue each other have the same.
        levels : depth from 0 → level of the list; others have no label.
        depth : depth of the paragraph in the list, from 0.
        number : the number of the paragraph where it does not follow from the one before it.
        """
        level = levels.get(depth)
        if number is not None:
            self._counts[key, depth] = number - (level.start if level else 1)
        self._counts[key, depth] += 1
        for deeper in range(depth + 1, DEPTHS):
            del self._counts[key, deeper]
        if level is None or not any(map(str.isalpha, _PLACE.sub("", level.template))):
            return ""
        return _PLACE.sub(lambda m: self._number(key, levels, int(m[1]) - 1), level.template)

    def _number(self, key: str, levels: Mapping[int, Level], depth: int) -> str:
        level = levels.get(depth, Level(""))
        number = max(self._counts[key, depth], 1) + level.start - 1
        if level.numerals in ("I", "i") and 0 < number < 4000:
            return to_roman(number) if level.numerals == "I" else to_roman(number).lower()
        if level.numerals in ("A", "a"):
            return chr(ord(level.numerals) + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return str(number)
