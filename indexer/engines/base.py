"""The SearchEngine protocol: what the rest of the house asks of an index.

An engine keeps terms and finds them. It knows the plan tree of `indexer.query.plan` and nothing
of accents, snippets or pages; those live once, above all engines.

Every engine scores alike, by the formula of `indexer.engines.bm25`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Protocol

from indexer.models import Document, Sort, TokenSpan
from indexer.query.plan import FeatureScore, Plan
from indexer.query.vocabulary.lexicon import Lexicon

Filters = Mapping[str, Sequence[str]]
"""Facet name -> chosen values; values of one facet are alternatives, facets are all required."""


@dataclass(frozen=True, slots=True)
class Matches:
    """What a plan found.

    `matched` counts documents before the filters, `total` after them. `hits` are (document id,
    score) for the slice asked for, best first; equal scores (or dates) are ordered by score, then
    id. `facets` counts, per facet and value, the documents that match the plan and the filters of
    all *other* facets.
    """

    matched: int
    total: int
    hits: tuple[tuple[str, float], ...]
    facets: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class DocumentTokens:
    """A document, and the syllables of its title and body with terms that were asked for: those of
    `indexer.analysis.tokens`, in order, the others left out."""

    document: Document
    title: Sequence[TokenSpan]
    body: Sequence[TokenSpan]


class SearchEngine(Protocol):
    """One index, open for reading. Safe to use from many threads; never changes under a reader."""

    @property
    def lexicon(self) -> Lexicon:
        """The vocabulary of this index."""
        ...

    def find(
        self,
        plan: Plan,
        *,
        filters: Filters,
        sort: Sort = Sort.RELEVANCE,
        offset: int = 0,
        limit: int = 10,
        with_facets: bool = True,
    ) -> Matches:
        """Evaluate a plan. Without `with_facets`, `facets` is empty. Unknown facets or values in
        `filters` match nothing."""
        ...

    def explain(self, plan: Plan, document_id: str) -> Sequence[FeatureScore]:
        """The features of the plan that the document has, in order: their points sum to its score.
        Raises DocumentNotFound."""
        ...

    def document(self, document_id: str) -> Document:
        """The stored document. Raises DocumentNotFound."""
        ...

    def matched_tokens(
        self, document_ids: Sequence[str], terms: Set[str]
    ) -> Sequence[DocumentTokens]:
        """These documents, each with those of its syllables that have one of the terms. Raises
        DocumentNotFound."""
        ...

    def ids(self) -> Iterable[str]:
        """The ids of all documents, in ascending order."""
        ...

    def close(self) -> None:
        """Let go of files and memory. Using the engine afterwards is an error of the caller."""
        ...
