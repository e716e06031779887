"""Collect where the pieces of text of a PDF page are drawn, and how large."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from indexer.documents.text.note_marks import is_note_mark

LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
"""Code point of a ligature, "ﬃ", which some programs write for its letters → these letters."""
LEAST_ROWS = 5
"""Least number of lines with text on both sides of the gutter between two columns of prose."""
_EM = 0.45
"""Mean width of a character of running text, in ems."""
_SMALL = 0.85
"""Greatest size of the letters of the mark of a note, as a share of those of the text; browsers
print <sup> at 0.83."""
_RAISED_LEAST, _RAISED = 0.1, 0.6
"""Least and greatest distance of a raised mark above the line, in ems of the text."""
EDGE = 2
"""Number of lines at the top of a page, and at the bottom, among which running lines are."""
_TAIL = 24
"""Number of characters before a mark by which it is found again."""


def squeezed(text: str) -> str:
    """Return a text without spaces, by which lines are compared: pypdf adds spaces between pieces
    that it does not pass on."""
    return "".join(text.split())


class DrawnLine(NamedTuple):
    """A line of a page: its distance from the bottom and the size of most of its letters, both in
    points, and its text."""

    y: float
    size: float
    text: str


class Drawing:
    """Collects where the pieces of text of a page are drawn, to tell quickly if it may have columns
    that interleave; only then is the layout mode of pypdf needed, which is slow.

    `note` is the parameter `visitor_text` of `extract_text`, which calls it for each piece. `lines`
    are the lines of the page, in the order in which they are drawn. `marks` are the marks of notes
    that stand directly after a word, each with the end of the line before it.
    """

    def __init__(self, width: float) -> None:
        """`width` is the width of the page in points."""
        self._width = width
        self._last: tuple[float, float] | None = None
        self._jumps: Counter[int] = Counter()
        self.lines: list[DrawnLine] = []
        self.marks: list[tuple[str, str]] = []
        self._em = 1.0

    def note(self, text: str, cm: Any, tm: Any, _font: Any, size: float) -> None:
        """Note where a piece of text is drawn.

        `cm` and `tm` are the current transformation matrix and the text matrix, six numbers each,
        `size` is the size of the font before them (ISO 32000-1, 9.4.4).
        """
        if not text.strip():
            return
        text = text.translate(LIGATURES)
        x = float(tm[4] * cm[0] + tm[5] * cm[2] + cm[4])
        y = float(tm[4] * cm[1] + tm[5] * cm[3] + cm[5])
        em = abs(float(size * tm[0] * cm[0])) or 1.0
        if (
            self._last is not None
            and abs(self._last[1] - y) < em / 2
            and x > 0.3 * self._width
            and x - self._last[0] > em
        ):
            self._jumps[round(x / 4)] += 1
        line = self.lines[-1] if self.lines else None
        if line and em <= _SMALL * self._em and self._is_mark(text, y - line.y):
            self.marks.append((" ".join(line.text.split())[-_TAIL:], text.strip()))
            self.lines[-1] = line._replace(text=line.text + text)
            return
        if line and abs(line.y - y) < em / 2:
            most = line.size if len(line.text) >= len(text) else em
            self.lines[-1] = line._replace(text=line.text + text, size=most)
        else:
            self.lines.append(DrawnLine(y, em, text))
        self._em = em
        self._last = (x + _EM * em * len(text.strip()), y)

    def _is_mark(self, text: str, raised: float) -> bool:
        """Return True if a small piece after the current line is the mark of a note.

        `raised` is its distance above the line in points, 0 where pypdf does not know it.
        """
        if not 0 <= raised <= _RAISED * self._em:
            return False
        is_raised = raised >= _RAISED_LEAST * self._em
        return is_note_mark(self.lines[-1].text, text, is_raised=is_raised)

    def edges(self) -> frozenset[str]:
        """Return the text of the lines nearest to the top and to the bottom of the page, without
        spaces (`squeezed`): those at the EDGE highest and lowest places."""
        places = sorted({round(line.y) for line in self.lines})
        outermost = {*places[:EDGE], *places[-EDGE:]}
        return frozenset(squeezed(line.text) for line in self.lines if round(line.y) in outermost)

    def may_interleave(self) -> bool:
        """Return True if LEAST_ROWS or more pieces begin at about the same distance from the left
        margin, each behind a gap on the line of the piece drawn before it."""
        return any(
            count + self._jumps[place + 1] >= LEAST_ROWS for place, count in self._jumps.items()
        )


def without_marks(lines: Sequence[str], marks: Sequence[tuple[str, str]]) -> list[str]:
    """Return the lines of a page without the marks of notes that stand directly after a word, for
    "Eo1" is another word than "Eo".

    `marks` are those of `Drawing`. A mark that is not found in `lines` is passed over.
    """
    left = list(lines)
    for before, mark in reversed(marks):  # `before` may have the mark before it
        pattern = re.compile(re.escape(before + mark) + r"(?!\w)")
        for at, line in enumerate(left):
            if found := pattern.search(line):
                left[at] = line[: found.end() - len(mark)] + line[found.end() :]
                break
    return left
