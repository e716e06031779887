"""What a match looks for in documents: where its words stand, and whether a document has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from indexer.analysis import Token
from indexer.models import Document
from indexer.query.plan import Node, Run, TextField, wanted_runs
from indexer.results.holding import holds
from indexer.results.matches import Finder, Occurrence


class Places(NamedTuple):
    """Where runs stand in a title and in a body."""

    title: list[Occurrence]
    body: list[Occurrence]


class Look:
    """A match, ready to be looked for in one document after another.

    `in_title` and `in_body` are the runs that may stand there, `terms` all terms of theirs.
    """

    def __init__(self, match: Node) -> None:
        self.match = match
        runs = wanted_runs(match)
        self.in_title = [run for run in runs if run.field is not TextField.BODY]
        self.in_body = [run for run in runs if run.field is not TextField.TITLE]
        self.terms = frozenset(term for run in runs for slot in run.slots for term in slot)
        self._finders = Finder(self.in_title), Finder(self.in_body)

    def places(self, title: Sequence[Token], body: Sequence[Token]) -> Places:
        """Where the runs stand in the tokens of a document with one of the terms."""
        in_title, in_body = self._finders
        return Places(in_title.places(title), in_body.places(body))

    def held_by(self, document: Document, title: Sequence[Token], body: Sequence[Token]) -> bool:
        """Whether a document matches that has these tokens and nothing of what is excluded."""
        terms = {token.term for token in (*title, *body)}

        def may_stand(run: Run) -> bool:
            return not any(map(terms.isdisjoint, run.slots))

        if not holds(document, self.match, may_stand):
            return False  # most are told apart so, without looking where the words stand
        places = self.places(title, body)
        standing = {self.in_title[place.run] for place in places.title}
        standing |= {self.in_body[place.run] for place in places.body}
        return holds(document, self.match, standing.__contains__)
