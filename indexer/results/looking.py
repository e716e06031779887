"""What a match looks for in documents: where its words stand, and whether a document has them."""

from __future__ import annotations

from collections.abc import Sequence, Set
from functools import cached_property
from typing import NamedTuple

from indexer.models import Document, Mark
from indexer.query.lexicon import Lexicon
from indexer.query.plan import Node, Run, TextField, wanted_runs
from indexer.query.ranking import idf
from indexer.results.holding import holds
from indexer.results.matches import Finder, Occurrence


class Places(NamedTuple):
    """Where runs stand in a title and in a body."""

    title: list[Occurrence]
    body: list[Occurrence]


class Look:
    """A match, ready to be looked for in one document after another.

    `in_title` and `in_body` are the runs that may stand there, `terms` all terms of theirs. What is
    made of them is made when it is asked for: few hits are on most rungs.
    """

    def __init__(self, match: Node, lexicon: Lexicon) -> None:
        self.match = match
        self._lexicon = lexicon
        runs = wanted_runs(match)
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
    def _finders(self) -> tuple[Finder, Finder]:
        in_title = Finder(self.in_title)
        return in_title, in_title if self.in_body == self.in_title else Finder(self.in_body)

    def places(self, title: Sequence[Mark], body: Sequence[Mark]) -> Places:
        """Where the runs stand in the syllables of a document with one of the terms."""
        in_title, in_body = self._finders
        return Places(in_title.places(title), in_body.places(body))

    def may_be_held_by(self, document: Document, terms: Set[str]) -> bool:
        """Whether a document can match that has these terms, wherever they stand."""

        def may_stand(run: Run) -> bool:
            return not any(map(terms.isdisjoint, run.slots))

        return holds(document, self.match, may_stand)

    def held_by(self, document: Document, places: Places) -> bool:
        """Whether a document matches in which the runs stand there, and nothing of what is
        excluded."""
        standing = {self.in_title[run] for _, _, run, _ in places.title}
        standing |= {self.in_body[run] for _, _, run, _ in places.body}
        return holds(document, self.match, standing.__contains__)


def tightest_of(
    looks: Sequence[Look], document: Document, title: Sequence[Mark], body: Sequence[Mark]
) -> tuple[int, Places]:
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
