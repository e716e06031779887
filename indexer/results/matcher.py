"""Where the runs of a plan stand in a text: the words to highlight, and nothing else.

The accent rule of the match is applied to the mark too, because the very slots that matched are
looked for: a search for `đông` does not mark `động`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from functools import cached_property
from typing import NamedTuple

from indexer.facets import FACETS
from indexer.models import Document, Range, TokenSpan
from indexer.query.plan import (
    All,
    Any,
    AtLeast,
    HasValue,
    Node,
    Not,
    Phrase,
    TextField,
    positive_phrases,
)
from indexer.query.ranking import idf
from indexer.query.vocabulary.lexicon import Lexicon

_MOST_LOOKS = 1 << 19
"""Syllables of one text that are looked at, about: each start costs as many as its run may take."""


Occurrence = tuple[int, int, int, tuple[Range, ...]]
"""One place where a run stands: start and end, the number of the run, and its words as ranges."""


class PhraseFinder:
    """Runs, ready to be found in one text after another."""

    def __init__(self, runs: Sequence[Phrase]) -> None:
        self._alone: dict[str, list[int]] = {}
        """A term → the numbers of the runs that are no more than it."""
        self._beginning: dict[str, list[tuple[int, Sequence[frozenset[str]], int]]] = {}
        """A term → number, slots and slop of the longer runs that begin with it."""
        for number, run in enumerate(runs):
            if len(run.slots) == 1:
                for term in dict.fromkeys(run.slots[0]):
                    self._alone.setdefault(term, []).append(number)
                continue
            slots = [frozenset(slot) for slot in run.slots]
            for term in slots[0] if slots else ():
                self._beginning.setdefault(term, []).append((number, slots, run.slop))

    def places(self, marks: Sequence[TokenSpan]) -> list[Occurrence]:
        """The places where any of the runs stands in the syllables of one text, by start.

        Those with terms that no run asks for may be left out. A text of hundreds of thousands of
        places is marked at its beginning only: where as much was looked at as `_MOST_LOOKS` says.
        """
        if not marks:
            return []
        alone, beginning = self._alone, self._beginning
        # Nearly all places of a long query are single syllables.
        found: list[Occurrence] = [
            (start, end, number, ((start, end),))
            for term, start, end, _ in marks[:_MOST_LOOKS]
            if term in alone
            for number in alone[term]
        ]
        left = _MOST_LOOKS
        longer = (at for at, mark in enumerate(marks) if mark[0] in beginning)
        for first in longer if beginning else ():
            for number, slots, slop in beginning[marks[first][0]]:
                left -= len(slots) + slop
                indices = _follow(marks, slots, first, slop)
                if indices is not None:
                    found.append(_place(marks, indices, number, near=slop > 0))
            if left <= 0:
                break
        found.sort()
        return found


def merge(ranges: Sequence[Range]) -> tuple[Range, ...]:
    """Ranges in order, those that overlap as one; those that only touch stay apart."""
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _place(
    marks: Sequence[TokenSpan], indices: Sequence[int], run: int, *, near: bool
) -> Occurrence:
    """The place of these syllables: one range, or one for each where others may stand between."""
    spans = [marks[index][1:3] for index in indices]
    start, end = spans[0][0], spans[-1][1]
    return start, end, run, tuple(spans) if near else ((start, end),)


def _follow(
    marks: Sequence[TokenSpan], accepted: Sequence[frozenset[str]], first: int, slop: int
) -> list[int] | None:
    """The indices of the run that begins at `first`, each slot at its earliest, or None."""
    indices = [first]
    reached = marks[first][3]
    last = reached + len(accepted) - 1 + slop
    for slot in accepted[1:]:
        for index in range(indices[-1] + 1, len(marks)):
            term, _, _, position = marks[index]
            if position > (last if slop else reached + 1):
                return None
            if term in slot:
                break
            if not slop:
                return None
        else:
            return None
        indices.append(index)
        reached = position
    return indices


# MERGED DOC: """Does a document hold what a match tree asks for? Read from the document, not from an index."""


def document_matches(document: Document, wanted: Node, stands: Callable[[Phrase], bool]) -> bool:
    """Whether a document without anything excluded matches; `stands` says whether a run stands in
    its text."""
    match wanted:
        case Phrase():
            return stands(wanted)
        case HasValue(name, values):
            facet = next((facet for facet in FACETS if facet.name == name), None)
            return facet is not None and not set(values).isdisjoint(facet.values(document))
        case All(children):
            return all(document_matches(document, child, stands) for child in children)
        case Any(children):
            return any(document_matches(document, child, stands) for child in children)
        case Not():
            return True
        case AtLeast(weighted, minimum):
            held = (
                weight for child, weight in weighted if document_matches(document, child, stands)
            )
            return sum(held) >= minimum


# MERGED DOC: """What a match looks for in documents: where its words stand, and whether a document has them."""


class PhrasePositions(NamedTuple):
    """Where runs stand in a title and in a body."""

    title: list[Occurrence]
    body: list[Occurrence]


class DocumentMatcher:
    """A match, ready to be looked for in one document after another.

    `in_title` and `in_body` are the runs that may stand there, `terms` all terms of theirs. What is
    made of them is made when it is asked for: few hits are on most rungs.
    """

    def __init__(self, match: Node, lexicon: Lexicon) -> None:
        self.match = match
        self._lexicon = lexicon
        runs = positive_phrases(match)
        self.in_title = [run for run in runs if run.field is not TextField.BODY]
        self.in_body = [run for run in runs if run.field is not TextField.TITLE]
        self.terms = frozenset(term for run in runs for slot in run.slots for term in slot)

    @cached_property
    def weights(self) -> list[float]:
        """How much finding each of `in_body` says: the rarity of its syllables."""
        return [
            sum(
                idf(max(map(self._lexicon.frequency, slot), default=0), self._lexicon.documents)
                for slot in run.slots
            )
            for run in self.in_body
        ]

    @cached_property
    def _finders(self) -> tuple[PhraseFinder, PhraseFinder]:
        in_title = PhraseFinder(self.in_title)
        return in_title, in_title if self.in_body == self.in_title else PhraseFinder(self.in_body)

    def places(self, title: Sequence[TokenSpan], body: Sequence[TokenSpan]) -> PhrasePositions:
        """Where the runs stand in the syllables of a document with one of the terms."""
        in_title, in_body = self._finders
        return PhrasePositions(in_title.places(title), in_body.places(body))

    def may_be_held_by(self, document: Document, terms: Set[str]) -> bool:
        """Whether a document can match that has these terms, wherever they stand."""

        def may_stand(run: Phrase) -> bool:
            return not any(map(terms.isdisjoint, run.slots))

        return document_matches(document, self.match, may_stand)

    def held_by(self, document: Document, places: PhrasePositions) -> bool:
        """Whether a document matches in which the runs stand there, and nothing of what is
        excluded."""
        standing = {self.in_title[run] for _, _, run, _ in places.title}
        standing |= {self.in_body[run] for _, _, run, _ in places.body}
        return document_matches(document, self.match, standing.__contains__)


def tightest_match(
    looks: Sequence[DocumentMatcher],
    document: Document,
    title: Sequence[TokenSpan],
    body: Sequence[TokenSpan],
) -> tuple[int, PhrasePositions]:
    """The number of the first of the matches that a document has, which has the last one, and
    where its runs stand there."""
    terms = {term for term, *_ in (*title, *body)} if len(looks) > 1 else frozenset()
    for at, look in enumerate(looks[:-1]):
        # Most are told apart so, without looking where the words stand.
        if look.may_be_held_by(document, terms):
            places = look.places(title, body)
            if look.held_by(document, places):
                return at, places
    return len(looks) - 1, looks[-1].places(title, body)
