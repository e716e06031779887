"""Split a page into lines, and tell which of them are prose and which a hard-wrapped paragraph."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from indexer.documents.text.text_keys import INVISIBLE, clean, key

_BREAK = re.compile(r"\r\n|\r|\n")
_BASIC_PLANE = "".join(map(chr, range(0x10000)))
_STRIPPED = "".join(re.findall(rf"\s|{INVISIBLE.pattern}", _BASIC_PLANE))
_SENTENCE_END = re.compile(r"[.!?…;][”\"»’')\]/.]*\Z")
_SENTENCE_BREAK = re.compile(r"(\w\w)[.!?…][”\"»]? [“\"«]?(\w)")

WRAP_WIDTHS = (45, 140)
"""Least and greatest width, in code points, at which texts are hard-wrapped."""

MAX_COMPARED = 2000
"""Greatest length, in code points, of a line that is compared with others; longer ones are
prose."""


@dataclass(frozen=True)
class Line:
    """One line of a page.

    Attributes
    ----------
    number : number of the line, from 1.
    raw : the text as written, without the white space around it.
    text : the text cleaned for display, `clean(raw)`.
    wrapped : True if the line is part of a hard-wrapped paragraph of prose.
    """

    number: int
    raw: str
    text: str = field(repr=False)
    wrapped: bool = False

    @property
    def is_blank(self) -> bool:
        """True if the line has no visible character."""
        return not self.text

    @cached_property
    def key(self) -> str:
        """The comparison key of the line (`text_keys.key`); of a line that is too long to compare,
        its text."""
        return self.text if len(self.text) > MAX_COMPARED else key(self.text)

    @cached_property
    def word_count(self) -> int:
        """The number of pieces of `text` between spaces."""
        return self.text.count(" ") + 1 if self.text else 0

    @cached_property
    def ends_sentence(self) -> bool:
        """True if the line ends with a sign that ends a sentence."""
        return bool(_SENTENCE_END.search(self.text[-12:]))

    @cached_property
    def is_prose(self) -> bool:
        """True if the line is running text: sentences, not a headline, a menu or a caption.

        It is wrapped, has 90 words, has 12 words and ends a sentence, or has 20 words and a
        sentence ends within it; or it has more than MAX_COMPARED characters.
        """
        if self.wrapped or self.word_count >= 90 or len(self.text) > MAX_COMPARED:
            return True
        if self.word_count < 12:
            return False
        if self.ends_sentence:
            return True
        return self.word_count >= 20 and _has_sentence_break(self.text)


def split_lines(text: str) -> tuple[Line, ...]:
    """Return the lines of `text`, blank ones included, so that their numbers are those that an
    editor shows."""
    raws = (raw.strip(_STRIPPED) for raw in _BREAK.split(text))
    lines = tuple(
        Line(number, raw, clean(raw) if raw else "") for number, raw in enumerate(raws, start=1)
    )
    wrapped = {
        line.number
        for group in paragraphs([line for line in lines if not line.is_blank])
        if len(group) > 1 and join_lines(group).is_prose
        for line in group
    }
    return tuple(replace(line, wrapped=True) if line.number in wrapped else line for line in lines)


def paragraphs(lines: Sequence[Line]) -> list[list[Line]]:
    """Return `lines`, none of them blank, in groups, one for each paragraph.

    A group of several lines is a hard-wrapped paragraph.
    """
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _continues(groups[-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def join_lines(group: Sequence[Line]) -> Line:
    """Return the lines of a paragraph as one line, with the number of the first."""
    if len(group) == 1:
        return group[0]
    text = " ".join(line.text for line in group)
    return Line(group[0].number, text, text)


def _continues(group: Sequence[Line], line: Line) -> bool:
    """Return True if `line` continues the paragraph of `group`.

    No blank line is between, and the last line of the group has a width within WRAP_WIDTHS and does
    not end a sentence or with a colon. `line` begins with a small letter; or with a capital or a
    digit, if that last line is about as wide as the widest.
    """
    last = group[-1]
    if line.number != last.number + 1 or not WRAP_WIDTHS[0] <= len(last.text) <= WRAP_WIDTHS[1]:
        return False
    if last.ends_sentence or last.text.endswith(":") or not line.text[0].isalnum():
        return False
    if line.text[0].islower():
        return True
    widest = max(len(line.text), *(len(other.text) for other in group), 0)
    return len(last.text) >= 0.85 * min(widest, WRAP_WIDTHS[1])


def _has_sentence_break(text: str) -> bool:
    """Return True if a sentence ends and another begins in `text`.

    A period after capitals is that of an abbreviation ("TP. Cao Lãnh") and does not count.
    """
    return any(
        not before.isupper() and after.isupper() for before, after in _SENTENCE_BREAK.findall(text)
    )
