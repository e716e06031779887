"""The lines of a page, each as written, as read, and as compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from indexer.documents.text_keys import INVISIBLE, clean, key

_BREAK = re.compile(r"\r\n|\r|\n")
_PLANE = "".join(map(chr, range(0x10000)))
_OUTER = "".join(re.findall(rf"\s|{INVISIBLE.pattern}", _PLANE))
_SENTENCE_END = re.compile(r"[.!?…;][”\"»’')\]/.]*\Z")
_SENTENCE_BREAK = re.compile(r"(\w\w)[.!?…][”\"»]? [“\"«]?(\w)")

WRAP = (45, 140)
"""Characters; between these lies the width at which text is broken by hand."""

LONG = 2000
"""Characters; a line longer than this is prose, and no rule compares it with anything."""


@dataclass(frozen=True)
class Line:
    """One line of a page. `number` counts from 1; `raw` is the author's text without the
    white space around it; `text` is `clean(raw)`; `wrapped` says that a paragraph of prose was
    broken into lines and this is one of them."""

    number: int
    raw: str
    text: str = field(repr=False)
    wrapped: bool = False

    @property
    def blank(self) -> bool:
        """Nothing to be seen here."""
        return not self.text

    @cached_property
    def key(self) -> str:
        """What the line is compared by."""
        return self.text if len(self.text) > LONG else key(self.text)

    @cached_property
    def words(self) -> int:
        """Number of pieces between spaces."""
        return self.text.count(" ") + 1 if self.text else 0

    @cached_property
    def ends_sentence(self) -> bool:
        """The line ends like a sentence."""
        return bool(_SENTENCE_END.search(self.text[-12:]))

    @cached_property
    def prose(self) -> bool:
        """The line is running text: sentences, not a headline, a menu or a caption."""
        if self.wrapped or self.words >= 90 or len(self.text) > LONG:
            return True
        if self.words < 12:
            return False
        if self.ends_sentence:
            return True
        return self.words >= 20 and _sentences_inside(self.text)


def split_lines(text: str) -> tuple[Line, ...]:
    """The lines of `text`, blank ones too, so that numbers agree with an editor's."""
    raws = (raw.strip(_OUTER) for raw in _BREAK.split(text))
    lines = tuple(
        Line(number, raw, clean(raw) if raw else "") for number, raw in enumerate(raws, start=1)
    )
    wrapped = {
        line.number
        for group in paragraphs([line for line in lines if not line.blank])
        if len(group) > 1 and joined(group).prose
        for line in group
    }
    return tuple(replace(line, wrapped=True) if line.number in wrapped else line for line in lines)


def paragraphs(lines: Sequence[Line]) -> list[list[Line]]:
    """`lines` (no blank ones) in groups; a group of several is a paragraph broken by hand."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _goes_on(groups[-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def joined(group: Sequence[Line]) -> Line:
    """A group as one line."""
    if len(group) == 1:
        return group[0]
    text = " ".join(line.text for line in group)
    return Line(group[0].number, text, text)


def _goes_on(group: Sequence[Line], line: Line) -> bool:
    """`line` goes on where the group stopped for want of room: nothing between, the last line
    about as wide as the widest, and no sentence at its end."""
    last = group[-1]
    if line.number != last.number + 1 or not WRAP[0] <= len(last.text) <= WRAP[1]:
        return False
    if last.ends_sentence or last.text.endswith(":") or not line.text[0].isalnum():
        return False
    if line.text[0].islower():
        return True
    widest = max(len(line.text), *(len(other.text) for other in group), 0)
    return len(last.text) >= 0.85 * min(widest, WRAP[1])


def _sentences_inside(text: str) -> bool:
    """A sentence ends inside `text` and another begins; "TP. Cao Lãnh" is no such place."""
    return any(
        not before.isupper() and after.isupper() for before, after in _SENTENCE_BREAK.findall(text)
    )
