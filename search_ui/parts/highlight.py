"""Turn a text and the ranges to highlight in it, which count its code points, into HTML.

Laws: the HTML without its tags is the text; no highlight begins with a combining mark that belongs
to the letter before it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from markupsafe import Markup

from indexer import Range

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_LINE = re.compile(r"\n\s*")
_MARKUP = re.compile("[&<>]")
_JOINER = "\u200d"
_FIRST_MARK = "\u0300"  # no character before it is a combining mark


class Paragraph(NamedTuple):
    """A paragraph: its range `[start, end)` in the text, and the ranges to highlight in it.

    `marks` are the ranges for <mark>, ascending and disjoint. All count code points from the
    beginning of the text, not of the paragraph.
    """

    start: int
    end: int
    marks: tuple[Range, ...]


def anchor(start: int) -> str:
    """Return the HTML id of the match that begins at offset `start` of a body."""
    return f"c{start}"


def highlight_spans(text: str, ranges: Iterable[Range]) -> list[Range]:
    """Return the ranges to highlight: ascending, within the text, disjoint, on whole letters.

    Ranges with only spaces between them become one: readers see "dân vận" highlighted, not two
    syllables, and the keys n and p jump over it as one match. `ranges` may be in any order and
    overlap.
    """
    found: list[Range] = []
    length, before = len(text), 0
    for start, end in sorted(ranges):
        start, end = start if start > 0 else 0, end if end < length else length
        if start >= end:
            continue
        while start > 0 and text[start] >= _FIRST_MARK and _clings(text[start]):
            start -= 1
        while end < length and text[end] >= _FIRST_MARK and _clings(text[end]):
            end += 1
        if found and (start <= before or _only_spaces(text[before:start])):
            before = end if end > before else before
            found[-1] = (found[-1][0], before)
        else:
            found.append((start, end))
            before = end
    return found


def highlighted(
    text: str, marks: Iterable[Range], within: Range | None = None, ids: bool = False
) -> Markup:
    """Return the text as HTML, with <mark> around highlights and all else escaped.

    Parameters
    ----------
    marks : ranges to highlight, disjoint and ascending, as `highlight_spans` returns them.
    within : the range of the text to return, which contains all marks; None for all of the text.
    ids : True to give each highlight its HTML id (`anchor`).
    """
    at, end = within or (0, len(text))
    escaped = _escaped if _MARKUP.search(text, at, end) else str
    html: list[str] = []
    for start, stop in marks:
        opened = f'<mark id="{anchor(start)}">' if ids else "<mark>"
        html += (escaped(text[at:start]), opened, escaped(text[start:stop]), "</mark>")
        at = stop
    html.append(escaped(text[at:end]))
    return Markup("".join(html))  # noqa: S704  # every text in it is escaped


def paragraphs(text: str, ranges: Iterable[Range]) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a text with their highlights, in order.

    Blank lines separate paragraphs; a text without blank lines has one paragraph per line. A
    highlight that reaches over several paragraphs is divided.
    """
    marks = highlight_spans(text, ranges)
    cut: list[Paragraph] = []
    first = 0
    for start, end in _paragraph_ranges(text):
        while first < len(marks) and marks[first][1] <= start:
            first += 1
        last = first
        while last < len(marks) and marks[last][0] < end:
            last += 1
        cut.append(Paragraph(start, end, _clipped(marks[first:last], start, end)))
    return tuple(cut)


def _clipped(marks: Sequence[Range], start: int, end: int) -> tuple[Range, ...]:
    return tuple((max(one, start), min(other, end)) for one, other in marks)


def _paragraph_ranges(text: str) -> list[Range]:
    parting = _BLANK_LINE if _BLANK_LINE.search(text.strip()) else _LINE
    ranges, start = [], 0
    for match in parting.finditer(text):
        ranges.append((start, match.start()))
        start = match.end()
    ranges.append((start, len(text)))
    return [(start, end) for start, end in ranges if text[start:end].strip()]


def _escaped(text: str) -> str:
    return escape(text, quote=False)


def _clings(char: str) -> bool:
    """Return True if a character combines with the letter before it: a combining mark or a zero
    width joiner."""
    return char == _JOINER or unicodedata.category(char).startswith("M")


def _only_spaces(gap: str) -> bool:
    return gap.isspace() and "\n" not in gap
