"""A query as it was read: syllables typed, what they may stand for, and how they belong together.

`reading.py` makes these of the tree that was typed; the ladder and the ranking make plans of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.analysis import has_marks
from indexer.analysis.folding import could_have_marks, marks
from indexer.query.language import Leaf
from indexer.query.plan import TextField
from indexer.query.restore import Restored

TEXT_FIELDS = {None: TextField.TEXT, "title": TextField.TITLE, "body": TextField.BODY}


@dataclass(frozen=True, slots=True)
class Syllable:
    """A syllable typed: its term, its span in the query text, and what it may stand for.

    `forms` are the terms of the index with the same fold, most frequent first, the typed one
    always among them; `restored` is what was probably meant.
    """

    term: str
    start: int
    end: int
    typed: str
    forms: tuple[str, ...]
    restored: Restored
    literal: bool = False

    @property
    def marked(self) -> bool:
        """Whether it was typed with any mark."""
        return has_marks(self.term)

    @property
    def bare(self) -> bool:
        """Whether it was typed without marks and the index knows it with some."""
        return (
            not self.literal
            and not self.marked
            and could_have_marks(self.term)
            and len(self.forms) > 1
        )

    def containing(self) -> tuple[str, ...]:
        """The forms that carry at least the marks typed (vân: vân, vấn, vận, vẫn …)."""
        typed = marks(self.term)
        return tuple(form for form in self.forms if typed <= marks(form))


@dataclass(frozen=True, slots=True)
class Chunk:
    """A leaf with its syllables read. `units` are spans `[i, j)` of syllables that are one word.

    `words` are pyvi's, each with its span of syllables: (i, j, "dân_vận").
    `expansions` are the terms of a prefix, literal and folded.
    """

    leaf: Leaf
    syllables: tuple[Syllable, ...]
    units: tuple[tuple[int, int], ...]
    words: tuple[tuple[int, int, str], ...] = ()
    expansions: tuple[str, ...] = ()
    folded_expansions: tuple[str, ...] = ()

    @property
    def facet(self) -> str | None:
        """The facet whose values it asks for, or None where it asks for text."""
        return None if self.leaf.field in TEXT_FIELDS else self.leaf.field


@dataclass(frozen=True, slots=True)
class Row:
    """Parts that are all asked for, and parts that must not be there."""

    wanted: tuple[Chunk | Rows, ...]
    unwanted: tuple[Chunk | Rows, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Alternatives."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A query text read. `text` is normalised; every offset is in it."""

    text: str
    root: Rows

    def chunks(self) -> Iterator[Chunk]:
        """What is asked for, without what is excluded, in the order typed."""
        yield from _wanted(self.root)

    @property
    def syllables(self) -> tuple[Syllable, ...]:
        """The syllables asked for, in the order typed."""
        return tuple(s for chunk in self.chunks() for s in chunk.syllables)


def _wanted(rows: Rows) -> Iterator[Chunk]:
    for row in rows.rows:
        for part in row.wanted:
            if isinstance(part, Chunk):
                yield part
            else:
                yield from _wanted(part)
