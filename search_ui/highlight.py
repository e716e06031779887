"""Ranges → pieces of text, marked or not → HTML.

Laws: the pieces joined are the text; no piece begins with a combining mark that belongs to the
piece before it.
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
_JOINER = "\u200d"
_FIRST_MARK = "\u0300"  # no character before it is a combining mark


class Piece(NamedTuple):
    """A stretch of text; `mark` counts the matches of a text from 1, and is 0 between them.

    `anchor` is the id of a match within its page.
    """

    text: str
    mark: int = 0
    anchor: str = ""


def anchor(start: int) -> str:
    """The id of the match that begins at `start` of a body: it stays while the text stays."""
    return f"c{start}"


def spans(text: str, ranges: Iterable[Range]) -> list[Range]:
    """The ranges as they are to be marked: sorted, within the text, apart, on whole letters.

    Matches with nothing but spaces between them are shown as one: people read "dân vận", not two
    syllables, and step from match to match by it.
    """
    found: list[Range] = []
    for start, end in sorted(ranges):
        start, end = max(start, 0), min(end, len(text))
        if start >= end:
            continue
        while start > 0 and text[start] >= _FIRST_MARK and _clings(text[start]):
            start -= 1
        while end < len(text) and text[end] >= _FIRST_MARK and _clings(text[end]):
            end += 1
        if found and (start <= found[-1][1] or _only_spaces(text[found[-1][1] : start])):
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def pieces(text: str, ranges: Sequence[Range], start: int = 0) -> tuple[Piece, ...]:
    """The text cut at the ends of its ranges; it begins at `start` of a body."""
    if not ranges:
        return (Piece(text),) if text else ()
    return _cut(text, (0, len(text)), spans(text, ranges), 1, start)


def marked(cut: Iterable[Piece], ids: bool = False) -> Markup:
    """The pieces as HTML, escaped; a match has its anchor where `ids` is set."""
    html = ""
    for text, mark, name in cut:
        text = escape(text, quote=False)
        opened = f'<mark id="{name}">' if ids else "<mark>"
        html += f"{opened}{text}</mark>" if mark else text
    return Markup(html)  # noqa: S704  # every text in it is escaped


def paragraphs(text: str, ranges: Iterable[Range]) -> tuple[tuple[Piece, ...], ...]:
    """The paragraphs of a text with the matches numbered throughout.

    Blank lines part paragraphs; a text without any has one paragraph to the line.
    """
    marked = spans(text, ranges)
    cut: list[tuple[Piece, ...]] = []
    first, number = 0, 1
    for start, end in _paragraph_ranges(text):
        while first < len(marked) and marked[first][1] <= start:
            first += 1
        last = first
        while last < len(marked) and marked[last][0] < end:
            last += 1
        cut.append(_cut(text, (start, end), marked[first:last], number))
        number += last - first
    return tuple(cut)


def _paragraph_ranges(text: str) -> list[Range]:
    parting = _BLANK_LINE if _BLANK_LINE.search(text.strip()) else _LINE
    ranges, start = [], 0
    for match in parting.finditer(text):
        ranges.append((start, match.start()))
        start = match.end()
    ranges.append((start, len(text)))
    return [(start, end) for start, end in ranges if text[start:end].strip()]


def _cut(
    text: str, within: Range, marked: Sequence[Range], number: int, at: int = 0
) -> tuple[Piece, ...]:
    """The stretch `within` of `text` as pieces; its marks are numbered from `number`.

    `at` is where the text begins in its body.
    """
    cut: list[Piece] = []
    position, end_of_all = within
    for offset, (start, end) in enumerate(marked):
        start, end = max(start, position), min(end, end_of_all)
        if position < start:
            cut.append(Piece(text[position:start]))
        cut.append(Piece(text[start:end], number + offset, anchor(at + start)))
        position = end
    if position < end_of_all:
        cut.append(Piece(text[position:end_of_all]))
    return tuple(cut)


def _clings(char: str) -> bool:
    """Is this a character that belongs to the letter before it?"""
    return char == _JOINER or unicodedata.category(char).startswith("M")


def _only_spaces(gap: str) -> bool:
    return gap.isspace() and "\n" not in gap
