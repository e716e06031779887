"""The plan as a Whoosh query, and the collector that executes it.

`PlanQuery` can stand anywhere in a tree of Whoosh's own queries. `PlanCollector` takes a shortcut:
it asks for all matches and scores as arrays, while Whoosh's collectors step through a matcher
document by document.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
from whoosh.collectors import Collector
from whoosh.matching import ListMatcher, NullMatcher
from whoosh.query import Query
from whoosh.reading import MultiReader
from whoosh.searching import Searcher

from indexer.analysis.collation import title_key
from indexer.engines.base import Copies, Filters, Matches
from indexer.engines.proximity import DEPTH, placements
from indexer.engines.whoosh.postings.decoded import Floats
from indexer.engines.whoosh.postings.elias_fano import Ints, Mask
from indexer.engines.whoosh.reader import execute
from indexer.engines.whoosh.reader.copy_lists import NO_COPIES, CopyList
from indexer.engines.whoosh.reader.facet_counts import FacetTables
from indexer.engines.whoosh.reader.segment import Segment
from indexer.models import Sort
from indexer.query.plan import NearTerm, Plan
from indexer.runtime.time_limit import check_time

_UNDATED = float(1 << 32)
"""Sort key of documents without a date; larger than that of any day, so they come last."""
_PINNED = -1e12
"""Sort key of the first pinned document; the key of the next is larger by 1. It is far below the
keys that scores and days give."""
_PINNED_BELOW = _PINNED / 2
"""Sort keys below this are those of pinned documents."""
_KEYS_PER_MINIMUM = 16
"""`_key_bound` divides many keys into groups of this many, and looks at the minimum of each only;
NumPy finds the minima faster than it partitions all keys."""

_TITLES_AT_ONCE = 4096
"""Titles that are read between two looks at the time limit, in about 60 ms."""


class SegmentSearcher(Searcher):  # type: ignore[misc]
    """Whoosh's searcher over one segment; PlanQuery reads `segment` and `facets` from it.

    The facets named in `uncounted` are counted only in searches that filter by them. The
    constructor raises ValueError if the facet values of the segment are damaged.
    """

    def __init__(
        self,
        segment: Segment,
        parent: Searcher | None = None,
        uncounted: Set[str] = frozenset(),
    ) -> None:
        super().__init__(segment.reader, closereader=False, parent=parent)
        self.segment = segment
        self.facets = FacetTables(segment, uncounted)


class PlanSearcher(Searcher):  # type: ignore[misc]
    """Whoosh's searcher over all segments of a generation, with a SegmentSearcher for each.

    Closing it leaves the segments open. The facets named in `uncounted` are counted only in
    searches that filter by them; `options` are those of Whoosh's Searcher. The constructor raises
    ValueError if the facet values of a segment are damaged.
    """

    def __init__(
        self, segments: Sequence[Segment], uncounted: Set[str] = frozenset(), **options: Any
    ) -> None:
        self._uncounted = uncounted
        self._by_reader = {segment.reader: segment for segment in segments}
        readers = [segment.reader for segment in segments]
        super().__init__(MultiReader(readers), closereader=False, **options)

    def _subsearcher(self, reader: Any) -> SegmentSearcher:
        """Return the searcher over the segment that `reader` reads (called by Whoosh)."""
        return SegmentSearcher(self._by_reader[reader], self, self._uncounted)


class PlanQuery(Query):  # type: ignore[misc]
    """A plan as a Whoosh query, evaluated one segment at a time.

    Every method that takes a `searcher` works on its segment; document numbers are those of the
    segment. These methods raise IndexDamaged if postings cannot be read, SearchTimeout once the
    time limit of the thread (`indexer.runtime.time_limit`) has passed.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PlanQuery) and other.plan == self.plan

    def __hash__(self) -> int:
        return hash(self.plan)

    def mask(self, searcher: SegmentSearcher) -> Mask:
        """Return the mask `(documents,)` of the live documents of a segment that match the plan.

        `searcher` is that of the segment.
        """
        mask = execute.matches(self.plan.match, searcher.segment, searcher.facets)
        return mask & searcher.segment.live_docs if len(searcher.segment.deleted) else mask

    def scores(self, searcher: SegmentSearcher, documents: Ints) -> Floats:
        """Return the score of each document in `documents`, `(n,)` float64.

        `documents (n,)` int64 are document numbers of the segment of `searcher`, ascending.
        """
        return execute.scores(self.plan.features, searcher.segment, documents)

    def matcher(self, searcher: SegmentSearcher, context: Any = None) -> Any:
        """Return Whoosh's matcher over the live documents that match, with their scores.

        `context` is ignored. Whoosh's own queries and collectors call it; PlanCollector does not.
        """
        ids = np.flatnonzero(self.mask(searcher))
        if not ids.size:
            return NullMatcher()
        return ListMatcher(ids.tolist(), self.scores(searcher, ids).tolist())

    def estimate_size(self, ixreader: Any) -> int:
        """Return the number of live documents, an upper bound of the number of matches.

        The number of matches is unknown before the plan is executed.
        """
        return int(ixreader.doc_count())


class _Row(NamedTuple):
    """A document that may be a hit; rows sort in the order of the hits.

    Attributes
    ----------
    key : first sort key: -score, that of `_date_keys`, by title the rank in the only segment or 0,
        or for a pinned document _PINNED plus its rank.
    title : by title, if there are several segments, the `title_key`, else "".
    negative_score : -score.
    id : id of the document.
    group : number of its group of copies, -1 without copies.
    segment, number : index of its segment, and its document number there.
    """

    key: float
    title: str
    negative_score: float
    id: str
    group: int
    segment: int
    number: int


class _SegmentResult(NamedTuple):
    """The result of one segment.

    Attributes
    ----------
    segment : the segment.
    matched : number of live documents that match the plan.
    total : number of live documents that match the plan or are pinned, and pass the filters.
    best : the documents that may be in the requested slice, ascending.
    counts : facet → value → number of documents, as in `Matches.facets`.
    copies : the documents of `total` that have copies; none if documents are not grouped.
    """

    segment: Segment
    matched: int
    total: int
    best: list[_Row]
    counts: dict[str, dict[str, int]]
    copies: CopyList


class PlanCollector(Collector):  # type: ignore[misc]
    """Whoosh collector that executes a PlanQuery; `result` has what `SearchEngine.find` returns.

    The parameters are those of `SearchEngine.find`. A collector serves one search, in one thread.
    Searching raises the errors of `SearchEngine.find`.
    """

    def __init__(
        self,
        filters: Filters,
        sort: Sort,
        offset: int,
        limit: int,
        with_facets: bool,
        pinned: Sequence[str] = (),
        *,
        grouped: bool = False,
        only: Collection[str] | None = None,
    ) -> None:
        super().__init__()
        self._filters = filters
        self._grouped = grouped
        self._only = only
        self._sort = sort
        self._first, self._last = offset, offset + limit
        self._near: Sequence[NearTerm] = ()
        self._with_facets = with_facets
        self._pinned = tuple(dict.fromkeys(pinned))
        self._results: list[_SegmentResult] = []

    def set_subsearcher(self, subsearcher: SegmentSearcher, offset: int) -> None:
        """Keep the searcher of the next segment (called by Whoosh for each segment in turn).

        `offset` is the number of documents in all segments before it. Unlike the method that it
        overrides, it makes no matcher.
        """
        self.subsearcher = subsearcher
        self.offset = offset

    def collect_matches(self) -> None:
        """Execute the query over the segment that `set_subsearcher` was called with last."""
        searcher: SegmentSearcher = self.subsearcher
        segment = searcher.segment
        if self._sort is Sort.RELEVANCE and self._first < min(self._last, DEPTH):
            self._near = self.q.plan.near
        matched = self.q.mask(searcher)
        count = int(np.count_nonzero(matched))
        found = [segment.document_number(name) for name in self._pinned]
        ranks = {number: rank for rank, number in enumerate(found) if number >= 0}
        if ranks:
            matched = matched.copy()
            matched[list(ranks)] = True
        if self._only is not None:
            matched = matched & _mask_of(self._only, segment)
        left, counts = searcher.facets.filter_and_count(
            matched, self._filters, with_counts=self._with_facets
        )
        (numbers,) = left.nonzero()
        copies = segment.copies.within(left) if self._grouped and len(numbers) else NO_COPIES
        best = self._best(numbers, copies, searcher, ranks)
        self._results.append(_SegmentResult(segment, count, len(numbers), best, counts, copies))

    @property
    def result(self) -> Matches:
        """The results of all segments together; to be read after Whoosh has searched them all.

        Raises IndexDamaged if an id or a text cannot be read, SearchTimeout once the time limit of
        the thread has passed.
        """
        best = self._results[0].best
        if len(self._results) > 1:
            best = _first_of_groups(sorted(hit for part in self._results for hit in part.best))
        if self._near:
            best = sorted(self._with_placement(best[:DEPTH])) + best[DEPTH:]
        if len(self._results) > 1 or self._near:
            best = best[self._first : self._last]
        total = sum(part.total for part in self._results)
        groups = np.concatenate([part.copies.groups for part in self._results])
        found = [(part.segment, part.copies) for part in self._results]
        copies = {
            row.id: copies_in_group(found, row.group, row.id) for row in best if row.group >= 0
        }
        return Matches(
            matched=sum(part.matched for part in self._results),
            total=total,
            hits=tuple((row.id, -row.negative_score) for row in best),
            facets=_sum_counts([part.counts for part in self._results]),
            distinct=total - len(groups) + (len(np.unique(groups)) if len(groups) else 0),
            copies={name: others for name, others in copies.items() if others != Copies()},
        )

    def _with_placement(self, rows: Sequence[_Row]) -> Iterator[_Row]:
        """Yield the rows, segment by segment, with what the places of the terms add to their scores
        and keys."""
        for at, part in enumerate(self._results):
            here = [row for row in rows if row.segment == at]
            found = placements(self._near, part.segment, [row.number for row in here])
            for row, placement in zip(here, found, strict=True):
                negative_score = row.negative_score * placement.factor
                key = row.key if row.key < _PINNED_BELOW else negative_score
                yield row._replace(key=key, negative_score=negative_score)

    def _best(
        self,
        numbers: Ints,
        copies: CopyList,
        searcher: SegmentSearcher,
        pinned: Mapping[int, int],
    ) -> list[_Row]:
        """Return the documents of a segment that can be in the requested slice, in its order.

        Parameters
        ----------
        numbers : `(n,)` int64, the document numbers of all hits in the segment, ascending.
        copies : those of them that have copies; of each group only the first can be in the slice.
        searcher : that of the segment.
        pinned : number of a pinned document → its rank, 0 for the first.
        """
        # If there are other segments, documents before the slice may still move into it.
        # So may documents after it, by the places of the terms.
        only_segment = len(self.top_searcher.leaf_searchers()) == 1
        start = self._first if only_segment and not self._near else 0
        end = max(self._last, DEPTH) if self._near else self._last
        if start >= len(numbers) or self._last <= self._first:
            return []
        segment = searcher.segment
        scores: Floats | None = None
        if self._sort is Sort.RELEVANCE:
            scores = self.q.scores(searcher, numbers)
            first = -scores
        elif self._sort is Sort.TITLE:
            first = segment.title_ranks[numbers].astype(np.float64)
        else:
            first = _date_keys(self._sort, segment.days[numbers])
        for number, rank in pinned.items():
            first[numbers == number] = _PINNED + rank
        if len(copies.documents):
            # They are left out below, of the few documents that can be in the slice.
            first[self._later_copies(numbers, first, scores, copies, searcher)] = np.inf
        if end < len(numbers) or len(copies.documents):
            # Sort only documents that can be in the slice, including those equal to its last one.
            bound = _key_bound(first, end) if end < len(numbers) else np.inf
            reach = first < np.inf if bound == np.inf else first <= bound
            numbers, first = numbers[reach], first[reach]
            scores = None if scores is None else scores[reach]
        if scores is None:
            scores = self.q.scores(searcher, numbers)
        order = np.lexsort((segment.id_ranks[numbers], -scores, first))[start:end]
        numbers, first = numbers[order], first[order]
        titles: Iterable[str] = repeat("", len(numbers))
        if self._sort is Sort.TITLE and not only_segment:
            # Ranks of different segments cannot be compared.
            titles = _title_keys(segment, numbers.tolist())
            first[first >= 0] = 0.0
        columns = (
            first.tolist(),
            titles,
            (-scores[order]).tolist(),
            map(segment.id_of, numbers.tolist()),
            copies.groups_of(numbers),
            repeat(len(self._results), len(numbers)),
            numbers.tolist(),
        )
        return list(map(_Row._make, zip(*columns, strict=True)))

    def _later_copies(
        self,
        numbers: Ints,
        first: Floats,
        scores: Floats | None,
        copies: CopyList,
        searcher: SegmentSearcher,
    ) -> Ints:
        """Return the indexes in `numbers (n,)` of all members of groups but the first of each.

        `(k,)` int64. A group is sorted by `first (n,)`, the first sort key, then by descending
        score, then by id. `scores (n,)` are computed for the copies if None.
        """
        at = np.searchsorted(numbers, copies.documents)
        of_copies = self.q.scores(searcher, copies.documents) if scores is None else scores[at]
        ranks = searcher.segment.id_ranks[copies.documents]
        order = np.lexsort((ranks, -of_copies, first[at], copies.groups))
        later: Ints = at[order[1:][np.diff(copies.groups[order]) == 0]]
        return later


def copies_in_group(found: Iterable[tuple[Segment, CopyList]], group: int, name: str) -> Copies:
    """Return the documents of a group of copies other than the one with the id `name`.

    `found` has each segment with the documents to choose from; the document `name` must be among
    those of the group, else KeyError is raised.
    """
    texts: dict[str, int] = {}
    for segment, copies in found:
        (at,) = np.nonzero(copies.groups == group)
        ids = map(segment.id_of, copies.documents[at].tolist())
        texts |= zip(ids, copies.texts[at].tolist(), strict=True)
    own = texts.pop(name)
    exact = sorted(other for other, text in texts.items() if text == own)
    return Copies(tuple(exact), tuple(sorted(texts.keys() - set(exact))))


def _first_of_groups(rows: Iterable[_Row]) -> list[_Row]:
    """Return the rows in their order, without those whose group of copies occurred in a row before;
    rows without copies (-1) all stay."""
    seen: set[int] = set()
    found = []
    for row in rows:
        if row.group not in seen:
            found.append(row)
            if row.group >= 0:
                seen.add(row.group)
    return found


def _title_keys(segment: Segment, numbers: Sequence[int]) -> Iterator[str]:
    """Yield the `title_key` of each document of a segment, in this order.

    Raises SearchTimeout once the time limit of the thread has passed.
    """
    for first in range(0, len(numbers), _TITLES_AT_ONCE):
        check_time()
        yield from map(title_key, segment.titles(numbers[first : first + _TITLES_AT_ONCE]))


def _mask_of(ids: Iterable[str], segment: Segment) -> Mask:
    """Return the mask `(documents,)` of the live documents of the segment with one of these ids."""
    mask = np.zeros(segment.documents, np.bool_)
    numbers = [number for name in ids if (number := segment.document_number(name)) >= 0]
    mask[np.array(numbers, np.int64)] = True
    return mask


def _key_bound(keys: Floats, count: int) -> float:
    """Return an upper bound of the `count` smallest keys, as small as is quickly found.

    At least `count` of `keys (n,)`, which are in any order, do not exceed it; 1 <= count <= n.
    """
    if len(keys) >= _KEYS_PER_MINIMUM * count:
        # Each column's minimum is the key of a different document; partitioning only these is
        # faster.
        keys = (
            keys[: len(keys) // _KEYS_PER_MINIMUM * _KEYS_PER_MINIMUM]
            .reshape(_KEYS_PER_MINIMUM, -1)
            .min(axis=0)
        )
    return float(np.partition(keys, count - 1)[count - 1])


def _sum_counts(counts: Sequence[dict[str, dict[str, int]]]) -> dict[str, dict[str, int]]:
    """Return the facet counts of all segments added up: facet → value → number of documents."""
    if len(counts) == 1:
        return counts[0]
    added: dict[str, dict[str, int]] = {}
    for part in counts:
        for facet, found in part.items():
            together = added.setdefault(facet, {})
            for value, count in found.items():
                together[value] = together.get(value, 0) + count
    return added


def _date_keys(sort: Sort, days: Ints) -> Floats:
    """Return the sort key of each document by date, `(n,)` float64; the smallest comes first.

    `sort` is NEWEST or OLDEST. `days (n,)` int64 are dates as `date.toordinal()`, 0 for an undated
    document, whose key is the largest in both orders. All keys are finite.
    """
    key = np.where(days == 0, _UNDATED, -days if sort is Sort.NEWEST else days)
    return key.astype(np.float64)
