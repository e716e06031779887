"""Ranges → spans to mark → HTML.

Laws: without its tags the HTML is the text; no span begins with a combining mark that belongs to
the letter before it.
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
    """Where a paragraph stands in its text, and the spans to mark, all within it."""

    start: int
    end: int
    marks: tuple[Range, ...]


def anchor(start: int) -> str:
    """The id of the match that begins at `start` of a body: it stays while the text stays."""
    return f"c{start}"


def spans(text: str, ranges: Iterable[Range]) -> list[Range]:
    """The ranges as they are to be marked: sorted, within the text, apart, on whole letters.

    Matches with nothing but spaces between them are shown as one: people read "dân vận", not two
    syllables, and step from match to match by it.
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


def marked(
    text: str, marks: Iterable[Range], within: Range | None = None, ids: bool = False
) -> Markup:
    """The text as HTML with its spans marked, or only the stretch `within`, which holds them all.

    Where `ids` is set each mark has its anchor.
    """
    at, end = within or (0, len(text))
    shown = _escaped if _MARKUP.search(text, at, end) else str
    html: list[str] = []
    for start, stop in marks:
        opened = f'<mark id="{anchor(start)}">' if ids else "<mark>"
        html += (shown(text[at:start]), opened, shown(text[start:stop]), "</mark>")
        at = stop
    html.append(shown(text[at:end]))
    return Markup("".join(html))  # noqa: S704  # every text in it is escaped


def paragraphs(text: str, ranges: Iterable[Range]) -> tuple[Paragraph, ...]:
    """The paragraphs of a text with the spans to mark; one that crosses their border is cut there.

    Blank lines part paragraphs; a text without any has one paragraph to the line.
    """
    marks = spans(text, ranges)
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
    """Is this a character that belongs to the letter before it?"""
    return char == _JOINER or unicodedata.category(char).startswith("M")


def _only_spaces(gap: str) -> bool:
    return gap.isspace() and "\n" not in gap
