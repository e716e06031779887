"""Join the lines of a title that a PDF draws in large letters on several lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from indexer.documents.formats.pdf.columns import BREAK
from indexer.documents.formats.pdf.drawing import DrawnLine

_LARGER = 1.15
"""Least size of the letters of a title, as a multiple of that of the text."""
_ROWS = 15
"""Number of lines at the top of the first page among which a title begins."""
_MAX_LINES = 5
"""Greatest number of lines of a title."""
_SPACING = 2.2
"""Greatest distance between two lines of a title, in ems."""


def with_joined_title(lines: Sequence[str], drawn: Sequence[DrawnLine]) -> list[str]:
    """Return the lines of a first page with those of its title as one line, between two BREAKs.

    The title is the first two to _MAX_LINES lines below each other whose letters are of one size,
    _LARGER than that of most letters of the page. `lines` are those of the page, `drawn` the same
    with their places. Without such a title, `lines` are returned.
    """
    sizes = Counter[float]()
    for line in drawn:
        sizes[round(line.size, 1)] += len(line.text)
    if not sizes:
        return list(lines)
    least = _LARGER * sizes.most_common(1)[0][0]
    at = 0
    while at < min(len(drawn), _ROWS):
        end = at + 1
        while end < len(drawn) and _goes_on(drawn[end - 1], drawn[end]):
            end += 1
        if drawn[at].size >= least and 2 <= end - at <= _MAX_LINES:
            return _joined(lines, [line.text for line in drawn[at:end]])
        at = end
    return list(lines)


def _goes_on(line: DrawnLine, below: DrawnLine) -> bool:
    return (
        abs(line.size - below.size) < 0.02 * line.size
        and 0 < line.y - below.y <= _SPACING * line.size
    )


def _joined(lines: Sequence[str], title: Sequence[str]) -> list[str]:
    parts = [" ".join(text.split()) for text in title]
    for at in range(len(lines) - len(parts) + 1):
        if list(lines[at : at + len(parts)]) == parts:
            after = lines[at + len(parts) :]
            return [*lines[:at], *([BREAK] if at else []), " ".join(parts), BREAK, *after]
    return list(lines)
