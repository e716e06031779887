"""The SearchEngine protocol: the interface between an index and the rest of the program.

An engine stores terms and finds documents by them. It executes the plans of `indexer.query.plan`
and knows nothing of accents, snippets or pages, which are implemented once, above all engines
(`indexer.search`, `indexer.results`). Every engine computes the same scores, by the formula of
`indexer.engines.bm25`; `tests/engines/test_conformance.py` holds them to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Protocol

from indexer.models import Document, Sort, TokenSpan
from indexer.query.plan import FeatureScore, Plan
from indexer.query.vocabulary.lexicon import Lexicon

Filters = Mapping[str, Sequence[str]]
"""Facet name -> chosen values. A document passes if, for every facet, it has one of the values."""


@dataclass(frozen=True, slots=True)
class Matches:
    """The documents that a plan and the filters select.

    `matched` counts the documents before the filters, `total` after them. `hits` are (document id,
    score) of the requested slice, best first; documents with equal score (or date) are ordered by
    score, then by id. `facets` gives, per facet and value, the number of documents that match the
    plan and the filters of all *other* facets.
    """

    matched: int
    total: int
    hits: tuple[tuple[str, float], ...]
    facets: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class DocumentTokens:
    """A document with those syllables of its title and body whose terms were asked for.

    `title` and `body` are subsequences of what `indexer.analysis.tokens` returns for the two texts.
    """

    document: Document
    title: Sequence[TokenSpan]
    body: Sequence[TokenSpan]


class SearchEngine(Protocol):
    """One index, open for reading. Safe to use from many threads. Its content never changes."""

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
        """Execute a plan and return the requested slice of hits.

        Without `with_facets`, `Matches.facets` is empty. An unknown facet or value in `filters`
        matches no document.
        """
        ...

    def explain(self, plan: Plan, document_id: str) -> Sequence[FeatureScore]:
        """Return the features of the plan that the document has, in plan order; their points sum to
        its score.

        Raises DocumentNotFound.
        """
        ...

    def document(self, document_id: str) -> Document:
        """Return the stored document. Raises DocumentNotFound."""
        ...

    def matched_tokens(
        self, document_ids: Sequence[str], terms: Set[str]
    ) -> Sequence[DocumentTokens]:
        """Return the documents with these ids, each with those of its syllables whose term is in
        `terms`.

        The result is in the order of `document_ids`. Raises DocumentNotFound.
        """
        ...

    def ids(self) -> Iterable[str]:
        """Return the ids of all documents, ascending."""
        ...

    def close(self) -> None:
        """Release files and memory. The engine must not be used afterwards."""
        ...
