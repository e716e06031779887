"""The plan as a Whoosh query, and the collector that runs it.

`PlanQuery` can stand anywhere in a tree of Whoosh's own queries. `PlanCollector` takes the short
way: it asks for all matches and scores as arrays, where Whoosh's collectors step through a
matcher document by document.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from whoosh.collectors import Collector
from whoosh.matching import ListMatcher, NullMatcher
from whoosh.query import Query
from whoosh.searching import Searcher

from indexer.engines.base import Filters, Matches
from indexer.engines.whoosh import evaluate
from indexer.engines.whoosh.facets import FacetTables
from indexer.engines.whoosh.lists import Ints
from indexer.engines.whoosh.segment import Segment
from indexer.models import Sort
from indexer.query.plan import Plan


class SegmentSearcher(Searcher):  # type: ignore[misc]
    """Whoosh's searcher over one segment, which our queries find through it."""

    def __init__(self, segment: Segment) -> None:
        super().__init__(segment.reader, closereader=False)
        self.segment = segment
        self.facets = FacetTables(segment)


class PlanQuery(Query):  # type: ignore[misc]
    """A plan, for a SegmentSearcher."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PlanQuery) and other.plan == self.plan

    def __hash__(self) -> int:
        return hash(self.plan)

    def mask(self, searcher: SegmentSearcher) -> evaluate.Mask:
        """Which documents match."""
        return evaluate.matches(self.plan.match, searcher.segment, searcher.facets)

    def scores(self, searcher: SegmentSearcher, wanted: Ints) -> evaluate.Floats:
        """What each of these documents scores."""
        return evaluate.scores(self.plan.features, searcher.segment, wanted)

    def matcher(self, searcher: SegmentSearcher, context: Any = None) -> Any:
        """The same, as Whoosh's own queries and collectors want it."""
        ids = np.flatnonzero(self.mask(searcher))
        if not ids.size:
            return NullMatcher()
        return ListMatcher(ids.tolist(), self.scores(searcher, ids).tolist())

    def estimate_size(self, ixreader: Any) -> int:
        """Unknown before it is evaluated."""
        return int(ixreader.doc_count())


class PlanCollector(Collector):  # type: ignore[misc]
    """Runs a PlanQuery and keeps what `SearchEngine.find` wants in `found`."""

    def __init__(
        self, filters: Filters, sort: Sort, offset: int, limit: int, with_facets: bool
    ) -> None:
        super().__init__()
        self._filters = filters
        self._sort = sort
        self._slice = slice(offset, offset + limit)
        self._with_facets = with_facets
        self.found = Matches(0, 0, (), {})

    def set_subsearcher(self, subsearcher: SegmentSearcher, offset: int) -> None:
        """Called by Whoosh for every segment, of which there is one; makes no matcher."""
        self.subsearcher = subsearcher
        self.offset = offset

    def collect_matches(self) -> None:
        """Evaluate the query over the whole segment."""
        searcher: SegmentSearcher = self.subsearcher
        matched = self.q.mask(searcher)
        left, counts = searcher.facets.narrow(matched, self._filters, counted=self._with_facets)
        numbers = np.flatnonzero(left)
        scores = self.q.scores(searcher, numbers)
        best, scores = self._best(numbers, scores, searcher.segment)
        self.found = Matches(
            matched=int(np.count_nonzero(matched)),
            total=len(numbers),
            hits=tuple(
                zip(map(searcher.segment.id_of, best.tolist()), scores.tolist(), strict=True)
            ),
            facets=counts,
        )

    def _best(
        self, numbers: Ints, scores: evaluate.Floats, segment: Segment
    ) -> tuple[Ints, evaluate.Floats]:
        """The slice of the documents asked for, in order, and their scores."""
        if self._slice.start >= len(numbers) or self._slice.stop <= self._slice.start:
            return numbers[:0], scores[:0]
        first = _order(self._sort, scores, segment.days[numbers])
        if self._slice.stop < len(numbers):
            # Sort only what can reach the slice; documents equal to its last one included.
            last = np.partition(first, self._slice.stop - 1)[self._slice.stop - 1]
            reach = first <= last
            numbers, scores, first = numbers[reach], scores[reach], first[reach]
        order = np.lexsort((segment.ranks[numbers], -scores, first))
        order = order[self._slice]
        return numbers[order], scores[order]


def _order(sort: Sort, scores: evaluate.Floats, days: Ints) -> evaluate.Floats:
    """The key to sort by first, ascending. Undated documents have day 0."""
    if sort is Sort.RELEVANCE:
        return -scores
    key = np.where(days == 0, np.inf, -days if sort is Sort.NEWEST else days)
    return key.astype(np.float64)
