"""A query as it was read: syllables typed, what they may stand for, and how they belong together.

`reading.py` makes these of the tree that was typed; the ladder and the ranking make plans of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from indexer.analysis import fold, has_marks
from indexer.analysis.folding import could_have_marks, marks
from indexer.query.grammar import Leaf
from indexer.query.plan import Slot, TextField
from indexer.query.vocabulary.accent_compatibility import is_compatible
from indexer.query.vocabulary.accent_restoration import Restored

TEXT_FIELDS = {None: TextField.TEXT, "title": TextField.TITLE, "body": TextField.BODY}


@dataclass(frozen=True, slots=True)
class Syllable:
    """A syllable typed: its term, its span in the query text, and what it may stand for.

    `forms` are the terms of the index with the same fold, most frequent first, the typed one
    always among them; `restored` is what was probably meant, `named` what a name of this index
    that it belongs to has in its place.
    """

    term: str
    start: int
    end: int
    typed: str
    forms: tuple[str, ...]
    restored: Restored
    literal: bool = False
    named: str | None = None

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

    @property
    def capital(self) -> bool:
        """Whether it was typed as names are: its first letter a capital, not all of them."""
        return self.typed[0].isupper() and (len(self.typed) == 1 or not self.typed.isupper())

    def is_compatible(self, term: str) -> bool:
        """Whether `term` may be meant: it folds alike and has all the marks typed."""
        return is_compatible(self.term, term)

    def knowing(self, term: str) -> Syllable:
        """The same in an index that has `term`, where it folds to what was typed."""
        if term in self.forms or fold(term) != fold(self.term):
            return self
        return replace(self, forms=(*self.forms, term))

    def containing(self) -> tuple[str, ...]:
        """The forms that carry at least the marks typed (vân: vân, vấn, vận, vẫn …)."""
        typed = marks(self.term)
        return tuple(form for form in self.forms if typed <= marks(form))


class Synonym(NamedTuple):
    """Another way to write the syllables `[start, end)` of a clause."""

    start: int
    end: int
    terms: tuple[str, ...]


Condition = tuple[tuple[int, str], ...]
"""Syllables of a clause, by index, and the term that each must be able to stand for."""


@dataclass(frozen=True, slots=True)
class SurfaceForm:
    """A way to write what is meant, side by side; only where `given` holds.

    A slot is the index of a syllable typed, which stands for what the rung lets it, or terms that
    are known to the last mark.
    """

    slots: tuple[int | Slot, ...]
    given: Condition = ()

    def moved(self, by: int) -> SurfaceForm:
        """The same, `by` syllables further on."""
        slots = tuple(slot + by if isinstance(slot, int) else slot for slot in self.slots)
        return SurfaceForm(slots, _moved(self.given, by))


def _moved(given: Condition, by: int) -> Condition:
    return tuple((at + by, term) for at, term in given)


class NamedValue(NamedTuple):
    """A value of a facet that is named; only where `given` holds."""

    facet: str
    value: str
    given: Condition


@dataclass(frozen=True, slots=True)
class Entity:
    """What the syllables `[start, end)` of a clause mean together: any of the surface_forms is a match,
    and any of the values.

    `number` is the term that tells a document from others of its kind (42), and `kinds` are other
    ways to write the kind. `names` are the terms of a name that the index has.
    """

    start: int
    end: int
    surface_forms: tuple[SurfaceForm, ...]
    values: tuple[NamedValue, ...] = ()
    number: str | None = None
    kinds: tuple[Synonym, ...] = ()
    names: Condition = ()

    def moved(self, by: int) -> Entity:
        """The same, `by` syllables further on."""
        return Entity(
            self.start + by,
            self.end + by,
            tuple(writing.moved(by) for writing in self.surface_forms),
            tuple(NamedValue(v.facet, v.value, _moved(v.given, by)) for v in self.values),
            self.number,
            tuple(Synonym(o.start + by, o.end + by, o.terms) for o in self.kinds),
            _moved(self.names, by),
        )


@dataclass(frozen=True, slots=True)
class Clause:
    """A leaf with its syllables read. `word_spans` are spans `[i, j)` of syllables that are one word.

    `words` are pyvi's, each with its span of syllables: (i, j, "dân_vận"). A entity is a unit.
    `expansions` are the terms of a prefix, literal and folded.
    """

    leaf: Leaf
    syllables: tuple[Syllable, ...]
    word_spans: tuple[tuple[int, int], ...]
    words: tuple[tuple[int, int, str], ...] = ()
    entities: tuple[Entity, ...] = ()
    expansions: tuple[str, ...] = ()
    folded_expansions: tuple[str, ...] = ()

    @property
    def facet(self) -> str | None:
        """The facet whose values it asks for, or None where it asks for text."""
        return None if self.leaf.field in TEXT_FIELDS else self.leaf.field


@dataclass(frozen=True, slots=True)
class Conjunction:
    """Parts that are all asked for, and parts that must not be there."""

    must: tuple[Clause | Disjunction, ...]
    must_not: tuple[Clause | Disjunction, ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    """Alternatives."""

    alternatives: tuple[Conjunction, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A query text read. `text` is normalised; every offset is in it."""

    text: str
    root: Disjunction

    def clauses(self) -> Iterator[Clause]:
        """What is asked for, without what is excluded, in the order typed."""
        yield from _wanted(self.root)

    @property
    def syllables(self) -> tuple[Syllable, ...]:
        """The syllables asked for, in the order typed."""
        return tuple(s for clause in self.clauses() for s in clause.syllables)


def _wanted(rows: Disjunction) -> Iterator[Clause]:
    for row in rows.alternatives:
        for part in row.must:
            if isinstance(part, Clause):
                yield part
            else:
                yield from _wanted(part)
