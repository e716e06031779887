"""The searches of one `find`, as bodies of `_msearch`, and what their answers say of facets."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from indexer.engines.base import Filters
from indexer.engines.opensearch.reader.mapped_lexicon import MappedLexicon
from indexer.engines.opensearch.reader.plan_query import EVERY, Query, score_query, value_query
from indexer.engines.opensearch.storage.mapping import STORED, keyword
from indexer.models import Sort
from indexer.query.plan import Plan

_MAX_BUCKETS = 50_000
"""Values that one search counts; OpenSearch refuses more than 65,535."""
_MAX_VALUES = 10_000
"""Values of each facet, the most frequent ones, if all together would be more than that."""


FETCHED: Mapping[str, Any] = {
    "_source": False,
    "stored_fields": list(STORED),
    "docvalue_fields": ["id", "length", "copies"],
}
"""What is returned of each hit (`exact_scores.Row`)."""


class Searched(NamedTuple):
    """What a request must know of the generation that is searched.

    Attributes
    ----------
    lexicon : its vocabulary.
    average_length : of its documents, in syllables, those of titles counted TITLE_WEIGHT times.
    groups : number of groups of copies.
    listed : names of the facets that are counted for every page.
    """

    lexicon: MappedLexicon
    average_length: float
    groups: int
    listed: Sequence[str]


class FindRequest:
    """The searches of one `find`.

    Attributes
    ----------
    sort_keys : number of values that hits are sorted by before the score: the rank of the pin, if
        documents are pinned, and the day or title, if hits are sorted by it.
    needs_own_count : True if the documents that match the plan must be counted by a search of their
        own (`own_count`), because pinned documents or `only` change what is found.

    Parameters
    ----------
    searched : the generation.
    match : the query for the documents that match the plan.
    plan, filters, sort, pinned, grouped, only : as in `SearchEngine.find`; `pinned` has each id
        once.
    """

    def __init__(
        self,
        searched: Searched,
        plan: Plan,
        match: Query,
        filters: Filters,
        sort: Sort,
        pinned: Sequence[str],
        grouped: bool,
        only: Collection[str] | None,
    ) -> None:
        self._searched, self._plan, self._match = searched, plan, match
        self._filters = {name: value_query(name, values) for name, values in filters.items()}
        self._pinned = [keyword(name) for name in pinned]
        self._grouped = grouped and searched.groups > 0
        self._found = match
        if self._pinned:
            pins = {"terms": {"id": self._pinned}}
            self._found = {"bool": {"should": [match, pins], "minimum_should_match": 1}}
        if only is not None:
            within = {"terms": {"id": sorted(map(keyword, only))}}
            self._found = {"bool": {"filter": [self._found, within]}}
        self.needs_own_count = bool(self._pinned) or only is not None
        self._sort: list[Any] = [{"_score": "desc"}, {"id": "asc"}]
        if not plan.features:
            self._sort = [{"id": "asc"}]
        if sort is Sort.TITLE:
            self._sort.insert(0, {"title": "asc"})
        elif sort is not Sort.RELEVANCE:
            direction = "desc" if sort is Sort.NEWEST else "asc"
            self._sort.insert(0, {"day": {"order": direction, "missing": "_last"}})
        if self._pinned:
            self._sort.insert(0, _pinned_first(self._pinned))
        self.sort_keys = len(self._sort) - (2 if plan.features else 1)

    @property
    def everything(self) -> Query:
        """The query for all hits of all pages: the documents that match the plan or are pinned, are
        in `only`, and pass the filters. It gives no scores."""
        return {"bool": {"filter": [self._found, *self._filters.values()]}}

    def body(self, first: int, size: int, *, with_records: bool) -> dict[str, Any]:
        """Return the search for the hits `[first, first + size)`.

        `with_records` adds the stored documents, for a page that shows them, to FETCHED.
        """
        if self._plan.features:
            query = score_query(
                self._found,
                self._plan.features,
                self._searched.average_length,
                self._searched.lexicon,
            )
        else:
            query = _filter(self._found)
        body: dict[str, Any] = {
            "query": query,
            "from": first,
            "size": size,
            "track_total_hits": False,
            "sort": self._sort,
            "track_scores": bool(self._plan.features),
            **FETCHED,
        }
        if with_records:
            body["_source"] = True
        if self._grouped:
            body["collapse"] = {"field": "group"}
        if self._filters:
            body["post_filter"] = {"bool": {"filter": [*self._filters.values()]}}
        return body

    def counts(self, with_facets: bool) -> dict[str, Any]:
        """Return the search that counts the documents found, as `hits.total`.

        Its aggregations are, each only where it is needed: `matched`, the number without the
        filters; `copied`, the documents of each group of copies, if one search can count them all;
        and with `with_facets` those that `facets_in` reads.
        """
        aggregations: dict[str, Any] = {}
        if self._filters:
            aggregations["matched"] = {"filter": EVERY}
        if self._passes == 1:
            aggregations["copied"] = self._groups({})
        if with_facets:
            names = dict.fromkeys([*self._searched.listed, *self._filters])
            sizes = {name: len(self._searched.lexicon.facet_values(name)) for name in names}
            most = None if sum(sizes.values()) <= _MAX_BUCKETS else _MAX_VALUES
            together = {n: _values_of(f"facet.{n}", count, most) for n, count in sizes.items()
                        if count and n not in self._filters}  # fmt: skip
            if together:
                every = [*self._filters.values()] or [EVERY]
                aggregations["facets"] = {"filter": {"bool": {"filter": every}}, "aggs": together}
            for name in self._filters:
                if sizes.get(name):
                    others = [q for other, q in self._filters.items() if other != name] or [EVERY]
                    aggregations[f"facet {name}"] = {
                        "filter": {"bool": {"filter": others}},
                        "aggs": {name: _values_of(f"facet.{name}", sizes[name], most)},
                    }
        return self._counting(aggregations)

    def further_counts(self) -> Iterator[dict[str, Any]]:
        """Yield the searches that count the documents of each group of copies, a part of the groups
        each, if they are too many for `counts`; nothing otherwise."""
        passes = self._passes if self._passes > 1 else 0
        for number in range(passes):
            part = {"include": {"partition": number, "num_partitions": passes}}
            yield self._counting({"copied": self._groups(part)})

    def own_count(self) -> dict[str, Any]:
        """Return the search that counts what matches the plan, without filters and pins."""
        return {"query": _filter(self._match), "size": 0, "track_total_hits": True}

    @property
    def _passes(self) -> int:
        """The number of searches that it takes to count all groups of copies."""
        return -(-self._searched.groups // _MAX_BUCKETS) if self._grouped else 0

    def _groups(self, part: Mapping[str, Any]) -> dict[str, Any]:
        values = {"terms": {"field": "copies", "size": self._searched.groups, **part}}
        left = {"bool": {"filter": [*self._filters.values()] or [EVERY]}}
        return {"filter": left, "aggs": {"groups": values}}

    def _counting(self, aggregations: Mapping[str, Any]) -> dict[str, Any]:
        """Return a search that counts the documents found and has these aggregations, without
        hits."""
        found: dict[str, Any] = {
            "query": _filter(self._found),
            "size": 0,
            "track_total_hits": True,
        }
        if aggregations:
            found["aggs"] = aggregations
        if self._filters:
            found["post_filter"] = {"bool": {"filter": [*self._filters.values()]}}
        return found


def _filter(query: Query) -> Query:
    return {"bool": {"filter": [query]}}


def _values_of(field: str, count: int, most: int | None) -> dict[str, Any]:
    """Return the aggregation that counts the values of a field, of which there are `count`: all, or
    the `most` frequent ones."""
    return {"terms": {"field": field, "size": min(count, most or count), "shard_size": count}}


def _pinned_first(pinned: Sequence[str]) -> dict[str, Any]:
    source = "params.ranks.getOrDefault(doc['id'].value, params.ranks.size())"
    ranks = {name: rank for rank, name in enumerate(pinned)}
    script = {"source": source, "params": {"ranks": ranks}}
    return {"_script": {"type": "number", "order": "asc", "script": script}}


def facets_in(aggregations: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Return facet → value → number of documents, from the answer to `FindRequest.counts`."""
    found: dict[str, dict[str, int]] = {}
    for name, aggregation in aggregations.items():
        if name == "facets" or name.startswith("facet "):
            for facet, values in aggregation.items():
                if facet not in ("doc_count", "meta"):  # what the cluster says of the whole
                    buckets = values["buckets"]
                    found[facet] = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
    return found
