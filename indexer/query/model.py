"""The interpreted query: clauses of syllables with their possible forms, word spans and entities.

`interpret.py` builds it from the syntax tree; `match_tree.py`, `approximate_match.py`, `ranking.py`
and `indexer.relaxation` turn it into plans.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from indexer.analysis import fold, has_marks
from indexer.analysis.folding import could_have_marks, marks
from indexer.query.grammar import Leaf
from indexer.query.plan import Slot, TextField
from indexer.query.vocabulary.accent_compatibility import is_compatible
from indexer.query.vocabulary.accent_restoration import Restored

TEXT_FIELDS = {None: TextField.TEXT, "title": TextField.TITLE, "body": TextField.BODY}
"""Field of a leaf → field of its phrases. Any other field of a leaf is the name of a facet."""


@dataclass(frozen=True, slots=True)
class Syllable:
    """A syllable of the query text, with the terms that it may stand for.

    Attributes
    ----------
    term : the term of the syllable with the marks that were typed.
    start, end : span in the query text, in code points; `typed` is the text of that span.
    forms : the terms of the index with the same fold, most frequent first; the typed term is among
        them, first if the index lacks it.
    restored : the form that was probably meant, and the probabilities of all forms.
    literal : True if it was typed as `=dân` and stands for `term` only.
    name_term : the term that an entity's name has at its place ("vận" for "van"), or None.
    """

    term: str
    start: int
    end: int
    typed: str
    forms: tuple[str, ...]
    restored: Restored
    literal: bool = False
    name_term: str | None = None

    @property
    def marked(self) -> bool:
        """True if the syllable was typed with any tone or vowel mark."""
        return has_marks(self.term)

    @property
    def may_lack_marks(self) -> bool:
        """True if it was typed without marks, has other forms, and is not literal."""
        return (
            not self.literal
            and not self.marked
            and could_have_marks(self.term)
            and len(self.forms) > 1
        )

    @property
    def is_capitalized(self) -> bool:
        """True if its first letter is a capital, but not if it has several letters, all of them
        capitals."""
        return self.typed[0].isupper() and (len(self.typed) == 1 or not self.typed.isupper())

    def is_compatible(self, term: str) -> bool:
        """True if `term` has the fold of the syllable and all marks that were typed."""
        return is_compatible(self.term, term)

    def with_form(self, term: str) -> Syllable:
        """Return the syllable with `term` among its forms; unchanged if the two differ in fold."""
        if term in self.forms or fold(term) != fold(self.term):
            return self
        return replace(self, forms=(*self.forms, term))

    def forms_with_typed_marks(self) -> tuple[str, ...]:
        """Return the forms that have at least the typed marks (vân, vấn, vận and vẫn for vân).

        In the order of `forms`.
        """
        typed = marks(self.term)
        return tuple(form for form in self.forms if typed <= marks(form))


class Synonym(NamedTuple):
    """Terms that may stand side by side instead of the syllables `[start, end)` of a clause."""

    start: int
    end: int
    terms: tuple[str, ...]


Condition = tuple[tuple[int, str], ...]
"""Pairs (index of a syllable in the clause, term). It holds on a rung if the rung accepts each term
for its syllable; () always holds."""


Surroundings = tuple[tuple[Slot, ...], tuple[Slot, ...]]
"""The slots directly before and directly after something, either of which may be none."""


@dataclass(frozen=True, slots=True)
class SurfaceForm:
    """One way to write an entity: slots that must stand side by side.

    Attributes
    ----------
    slots : each is an int or a tuple: the index of a syllable of the clause, for which the rung
        decides the accepted terms; or the accepted terms themselves, whose marks are known.
    condition : the form is used only on a rung on which this holds.
    outside : what stands around it where it is part of another name.
    """

    slots: tuple[int | Slot, ...]
    condition: Condition = ()
    outside: tuple[Surroundings, ...] = ()

    def shifted(self, by: int) -> SurfaceForm:
        """Return the form with `by` added to all indexes of syllables."""
        slots = tuple(slot + by if isinstance(slot, int) else slot for slot in self.slots)
        return SurfaceForm(slots, _shifted(self.condition, by), self.outside)


def _shifted(condition: Condition, by: int) -> Condition:
    return tuple((at + by, term) for at, term in condition)


class NamedValue(NamedTuple):
    """A facet value that an entity names; used only on a rung on which `condition` holds."""

    facet: str
    value: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Entity:
    """The syllables `[start, end)` of a clause that name one thing.

    A document matches if it has any of the surface forms or any of the values.

    Attributes
    ----------
    surface_forms : the ways to write it, at least one.
    values : facet values with this name, or in this period; empty for documents, laws, persons and
        numbers.
    number : the term that distinguishes a document from others of its type ("42", the year of a
        law), or None.
    synonyms : other ways to write it or a part of it, which count in the score: the type of a
        document ("nghị quyết", "nq"), the written forms of a number or name.
    name_terms : pairs (index of a syllable, its term in the name as the index or the table of names
        has it), to restore marks.
    """

    start: int
    end: int
    surface_forms: tuple[SurfaceForm, ...]
    values: tuple[NamedValue, ...] = ()
    number: str | None = None
    synonyms: tuple[Synonym, ...] = ()
    name_terms: Condition = ()

    def shifted(self, by: int) -> Entity:
        """Return the entity with `by` added to all indexes of syllables."""
        return Entity(
            self.start + by,
            self.end + by,
            tuple(form.shifted(by) for form in self.surface_forms),
            tuple(NamedValue(v.facet, v.value, _shifted(v.condition, by)) for v in self.values),
            self.number,
            tuple(Synonym(s.start + by, s.end + by, s.terms) for s in self.synonyms),
            _shifted(self.name_terms, by),
        )


@dataclass(frozen=True, slots=True)
class Clause:
    """A leaf of the syntax tree with its syllables interpreted.

    Attributes
    ----------
    leaf : the leaf; its text is cut off where the query has too many syllables.
    syllables : at least one, in the order typed. All indexes below are of these.
    word_spans : spans `[i, j)` of syllables that must stand side by side; in order, together they
        cover the clause. An entity is one span.
    words : pyvi's words with their spans of syllables: (i, j, "dân_vận").
    entities : in order, none of them overlapping.
    expansions : for a prefix (`dân*`), the terms of the index that begin with its last syllable as
        typed, most frequent first; empty for other leaves.
    folded_expansions : the same with marks ignored.
    values : for a range, facet → the values of the index in it; None for other leaves.
    """

    leaf: Leaf
    syllables: tuple[Syllable, ...]
    word_spans: tuple[tuple[int, int], ...]
    words: tuple[tuple[int, int, str], ...] = ()
    entities: tuple[Entity, ...] = ()
    expansions: tuple[str, ...] = ()
    folded_expansions: tuple[str, ...] = ()
    values: Mapping[str, Sequence[str]] | None = None

    @property
    def facet(self) -> str | None:
        """The facet whose values the clause names, or None if the clause is about text."""
        return None if self.leaf.field in TEXT_FIELDS else self.leaf.field


@dataclass(frozen=True, slots=True)
class Conjunction:
    """One alternative of a query: all parts of `must` have to match, and no part of `must_not`
    may."""

    must: tuple[Clause | Disjunction, ...]
    must_not: tuple[Clause | Disjunction, ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    """Alternatives, at least one of which must match; if there are none, no document matches."""

    alternatives: tuple[Conjunction, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """An interpreted query text.

    `text` is normalised, and all offsets are code points of it; `root` has the clauses.
    """

    text: str
    root: Disjunction

    def clauses(self) -> Iterator[Clause]:
        """Yield the clauses that are not excluded, in the order typed."""
        yield from _positive_clauses(self.root)

    @property
    def syllables(self) -> tuple[Syllable, ...]:
        """The syllables of the clauses that are not excluded, in the order typed."""
        return tuple(s for clause in self.clauses() for s in clause.syllables)


def _positive_clauses(disjunction: Disjunction) -> Iterator[Clause]:
    for conjunction in disjunction.alternatives:
        for part in conjunction.must:
            if isinstance(part, Clause):
                yield part
            else:
                yield from _positive_clauses(part)
