"""The lines of a page, each as written, as read, and as compared."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from indexer.documents.keys import INVISIBLE, clean, key

_BREAK = re.compile(r"\r\n|\r|\n")
_OUTER = "".join(
    char for char in map(chr, range(0x10000)) if char.isspace() or INVISIBLE.match(char)
)
_SENTENCE_END = re.compile(r"[.!?…;][”\"»’')\]/.]*\Z")
_SENTENCE_BREAK = re.compile(r"(\w\w)[.!?…][”\"»]? [“\"«]?(\w)")

LONG = 2000
"""Characters; a line longer than this is prose, and no rule compares it with anything."""


@dataclass(frozen=True)
class Line:
    """One line of a page. `number` counts from 1; `raw` is the author's text without the
    white space around it; `text` is `clean(raw)`."""

    number: int
    raw: str
    text: str = field(repr=False)

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
        return bool(_SENTENCE_END.search(self.text))

    @cached_property
    def prose(self) -> bool:
        """The line is running text: sentences, not a headline, a menu or a caption."""
        if self.words >= 90:
            return True
        if self.words < 12:
            return False
        if self.ends_sentence:
            return True
        return self.words >= 20 and _sentences_inside(self.text)


def split_lines(text: str) -> tuple[Line, ...]:
    """The lines of `text`, blank ones too, so that numbers agree with an editor's."""
    raws = (raw.strip(_OUTER) for raw in _BREAK.split(text))
    return tuple(Line(number, raw, clean(raw)) for number, raw in enumerate(raws, start=1))


def _sentences_inside(text: str) -> bool:
    """A sentence ends inside `text` and another begins; "TP. Cao Lãnh" is no such place."""
    return any(
        not before.isupper() and after.isupper() for before, after in _SENTENCE_BREAK.findall(text)
    )
