"""OpenSearchEngine: the SearchEngine protocol over one generation in the cluster.

Totals, facets and order come from the cluster; scores too, but it computes them in single
precision. Therefore each hit is scored again here, from the weights of its terms, and hits that are
too close to call are put in order by that (`_Page`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from typing import Any, NamedTuple

from indexer.analysis import tokens
from indexer.engines.base import Copies, DocumentTokens, Filters, Matches
from indexer.engines.opensearch.client import Cluster, NotFound
from indexer.engines.opensearch.closeness import closeness_of
from indexer.engines.opensearch.generations import Meta
from indexer.engines.opensearch.mapped_lexicon import MappedLexicon
from indexer.engines.opensearch.mapping import (
    FIELDS,
    MAX_RESULT_WINDOW,
    keyword,
    token,
    weights_in,
)
from indexer.engines.opensearch.plan_query import (
    EVERY,
    Query,
    exact_points,
    known_variants,
    match_query,
    score_query,
    value_query,
)
from indexer.engines.opensearch.stored_documents import (
    RecentDocuments,
    not_found,
    read_documents,
)
from indexer.engines.proximity import DEPTH
from indexer.errors import DocumentNotFound, EngineUnavailable, IndexDamaged
from indexer.facets import facet_schema
from indexer.models import Document, Sort, Status, TokenSpan
from indexer.profile.archive_profile import ArchiveProfile
from indexer.query.plan import Feature, FeatureScore, Plan, ProximityScore
from indexer.time_limit import check_time

_CLOSE = 1e-5
"""Scores of the cluster that differ by less than this share may be in the wrong order: it adds up
to some hundred numbers of 24 bits."""
_MAX_EXTRA = 200
"""Hits beside a page that are scored here at most to put close ones in order."""
_MORE = 40
_MAX_BUCKETS = 50_000
"""Values that one search counts; OpenSearch refuses more than 65,535."""
_MAX_VALUES = 10_000
"""Values of each facet, the most frequent ones, if all together would be more than that."""


class _Row(NamedTuple):
    """A hit as the cluster returns it.

    `rough` is its score there, `key` what it is sorted by before that, `terms` the stored weights
    of its terms, by field.
    """

    id: str
    rough: float
    key: tuple[Any, ...]
    length: int
    terms: Mapping[str, str]
    leader: str | None


class OpenSearchEngine:
    """An open generation. Safe to use from many threads.

    Its methods raise EngineUnavailable if the cluster does not answer, IndexDamaged if the
    generation is gone.
    """

    def __init__(
        self,
        cluster: Cluster,
        status: Status,
        meta: Meta,
        profile: ArchiveProfile,
        lexicon: MappedLexicon,
        ids: Any,
    ) -> None:
        self.status, self.profile = status, profile
        self._cluster, self._index, self._meta = cluster, status.generation, meta
        self._lexicon = lexicon
        self._ids = ids
        self._recent = RecentDocuments()
        self._average = meta.length / meta.documents if meta.documents else 0.0
        unlisted = facet_schema(profile.fields).unlisted
        self._listed = [name for name in lexicon.facet_names if name not in unlisted]

    @property
    def lexicon(self) -> MappedLexicon:
        """The vocabulary of this generation."""
        return self._lexicon

    def find(
        self,
        plan: Plan,
        *,
        filters: Filters,
        sort: Sort = Sort.RELEVANCE,
        offset: int = 0,
        limit: int = 10,
        with_facets: bool = True,
        pinned: Sequence[str] = (),
        grouped: bool = False,
        only: Collection[str] | None = None,
    ) -> Matches:
        """Execute a plan and return the requested slice of hits.

        Raises SearchTimeout if the time limit of the thread passed before; a request that was sent
        is waited for.
        """
        check_time()
        match = match_query(plan.match, self._lexicon)
        pins = list(dict.fromkeys(pinned))
        query = _Search(self, plan, match, filters, sort, pins, grouped, only)
        # Counts are a search of their own: the cluster caches those of a query that comes again,
        # for its next page, and computes them beside the hits.
        counts = [{}, query.counts(with_facets)]
        for further in query.further_counts():
            counts += [{}, further]
        if query.needs_own_count:
            counts += [{}, {"query": _filter(match), "size": 0, "track_total_hits": True}]
        counted: list[dict[str, Any]] = []
        rows: list[_Row] = []
        hits: list[tuple[float, _Row]] = []
        extra = 1 if plan.features else 0
        is_near = sort is Sort.RELEVANCE and bool(plan.near) and offset < min(offset + limit, DEPTH)
        begin, end = (0, max(offset + limit, DEPTH)) if is_near else (offset, offset + limit)
        while limit:
            first = max(0, begin - extra)
            last = min(end + extra, MAX_RESULT_WINDOW)
            body = query.body(first, last - first, with_records=with_facets or is_near)
            found, *more = self._search([{}, body, *([] if counted else counts)])
            counted = counted or more
            rows = [self._row(hit, query.sort_keys) for hit in found["hits"]["hits"]]
            page = _Page(
                rows, first, begin, end - begin, scored=bool(plan.features),
                may_grow=last < MAX_RESULT_WINDOW,
            )  # fmt: skip
            if page.is_settled(last - first) or extra >= _MAX_EXTRA:
                score = self._scorer(plan.features).score
                hits = page.ordered([(score(row), row) for row in rows])
                break
            extra = _MORE if extra < _MORE else _MAX_EXTRA
        if is_near:
            hits = [*self._ranked_by_closeness(plan, hits[:DEPTH]), *hits[DEPTH:]]
            hits = hits[offset : offset + limit]
        answer, *others = counted or self._search(counts)
        own = others.pop() if query.needs_own_count else None
        total = int(answer["hits"]["total"]["value"])
        aggs = answer.get("aggregations", {})
        buckets = [
            bucket
            for each in (answer, *others)
            if "copied" in each.get("aggregations", {})
            for bucket in each["aggregations"]["copied"]["groups"]["buckets"]
        ]
        distinct = total - sum(bucket["doc_count"] for bucket in buckets) + len(buckets)
        if own is not None:
            matched = int(own["hits"]["total"]["value"])
        else:
            matched = int(aggs["matched"]["doc_count"]) if "matched" in aggs else total
        copies = self._copies_among(query, [row for _, row in hits]) if grouped else {}
        return Matches(
            matched,
            total,
            tuple((row.id, score) for score, row in hits),
            _facets(aggs),
            distinct,
            copies,
        )

    def explain(self, plan: Plan, document_id: str) -> tuple[FeatureScore | ProximityScore, ...]:
        """Return the features of a plan that a document has, with their points, and what its
        closeness adds."""
        features = tuple(self._scorer(plan.features).parts(self._row_of(document_id)))
        (near,) = closeness_of(plan.near, self._documents([document_id]))
        if not near:
            return features
        score = sum(feature.points for feature in features)
        return (*features, ProximityScore(plan.near, near, score, near * score))

    def _ranked_by_closeness(
        self, plan: Plan, hits: Sequence[tuple[float, _Row]]
    ) -> list[tuple[float, _Row]]:
        """Return the hits with each score multiplied by 1 + closeness (`closeness_of`), sorted by
        it, best first; pinned hits stay first, in their order."""
        documents = self._documents([row.id for _, row in hits])
        near = closeness_of(plan.near, documents)
        scored = [(score * (1 + each), row) for (score, row), each in zip(hits, near, strict=True)]
        return sorted(scored, key=lambda hit: (hit[1].key, -hit[0], hit[1].id))

    def document(self, document_id: str) -> Document:
        """Return the document with this id. Raises DocumentNotFound."""
        (found,) = self._documents([document_id])
        return found

    def copies(self, document_id: str) -> Copies:
        """Return the copies of a document. Raises DocumentNotFound."""
        leader = self._row_of(document_id).leader
        if leader is None:
            return Copies()
        members = self._members({"terms": {"copies": [leader]}})
        return _others(members[leader], keyword(document_id))

    def matched_tokens(self, document_ids: Sequence[str], terms: Set[str]) -> list[DocumentTokens]:
        """Return the documents with these ids, in this order, each with its syllables whose term is
        in `terms`. Raises DocumentNotFound."""
        return [
            DocumentTokens(found, _spans(found.title, terms), _spans(found.body, terms))
            for found in self._documents(document_ids)
        ]

    def has(self, document_id: str) -> bool:
        """Return True if a document has this id."""
        try:
            self._row_of(document_id)
        except DocumentNotFound:
            return False
        return True

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all documents, ascending."""
        return tuple(self._ids())

    def close(self) -> None:
        """Release the vocabulary; the connection to the cluster is that of the process."""
        del self._lexicon

    def _documents(self, ids: Sequence[str]) -> list[Document]:
        """Return documents; those that came with the hits of a search are not asked for again."""
        known = {name: found for name in ids if (found := self._recent.get(name))}
        missing = [name for name in dict.fromkeys(ids) if name not in known]
        if missing:
            found_now = read_documents(self._cluster, self._index, missing)
            known |= zip(missing, found_now, strict=True)
        return [known[name] for name in ids]

    def _search(self, lines: Sequence[Any]) -> list[dict[str, Any]]:
        """Run searches in one request. Raises EngineUnavailable if a part does not answer."""
        headers = {"index": self._index, "allow_partial_search_results": False}
        every = [headers if at % 2 == 0 else line for at, line in enumerate(lines)]
        try:
            answers = self._cluster.search(every)
        except NotFound:
            raise IndexDamaged(
                f"{self._index} is not in the cluster any more.",
                "Try again; `tracuu rebuild` if it stays so.",
            ) from None
        for answer in answers:
            if answer["timed_out"] or answer["_shards"]["failed"]:
                raise EngineUnavailable(
                    "A part of the index did not answer in time.", "Try again; look at its load."
                )
        return answers

    def _row_of(self, document_id: str) -> _Row:
        body = {
            "query": {"bool": {"filter": [{"term": {"id": keyword(document_id)}}]}},
            "size": 1,
            "sort": [{"id": "asc"}],
            **_FETCHED,
        }
        (answer,) = self._search([{}, body])
        if not answer["hits"]["hits"]:
            raise not_found(document_id)
        return self._row(answer["hits"]["hits"][0], 0)

    def _row(self, hit: Mapping[str, Any], keys: int) -> _Row:
        fields = hit["fields"]
        if "_source" in hit:
            self._recent.put(hit["_source"])
        return _Row(
            fields["id"][0],
            hit["_score"] or 0.0,
            tuple(hit["sort"][:keys]),
            fields["length"][0],
            {name: fields[name][0] for name in FIELDS.values() if name in fields},
            fields["copies"][0] if "copies" in fields else None,
        )

    def _scorer(self, features: Sequence[Feature]) -> _Scorer:
        return _Scorer(list(known_variants(features, self._lexicon)), self._average)

    def _members(self, query: Query) -> dict[str, list[tuple[str, str]]]:
        """Return leader → (id, text) of the documents that a query finds, which have copies."""
        body = {
            "query": {"bool": {"filter": [query]}},
            "size": MAX_RESULT_WINDOW,
            "sort": [{"id": "asc"}],
            "_source": False,
            "docvalue_fields": ["id", "copies", "text"],
        }
        (answer,) = self._search([{}, body])
        found: dict[str, list[tuple[str, str]]] = {}
        for hit in answer["hits"]["hits"]:
            fields = hit["fields"]
            entry = fields["id"][0], fields["text"][0]
            found.setdefault(fields["copies"][0], []).append(entry)
        return found

    def _copies_among(self, query: _Search, rows: Sequence[_Row]) -> dict[str, Copies]:
        """Return the copies of each hit that are among what was found, filters included."""
        leaders = [row.leader for row in rows if row.leader is not None]
        if not leaders:
            return {}
        found = self._members(
            {"bool": {"filter": [{"terms": {"copies": leaders}}, query.everything]}}
        )
        copies = {row.id: _others(found.get(row.leader, []), row.id) for row in rows if row.leader}
        return {name: others for name, others in copies.items() if others != Copies()}


class _Scorer:
    """Scores hits exactly, from the stored weights of their terms.

    `features` are those that a document may have, each with its variants.
    """

    def __init__(
        self, features: Sequence[tuple[Feature, list[tuple[str, float]]]], average_length: float
    ) -> None:
        self._average = average_length
        self._tokens: dict[str, list[str]] = {field: [] for field in FIELDS.values()}
        self._features = []
        for feature, variants in features:
            field = FIELDS[feature.kind]
            named = [(token(term), weight) for term, weight in variants]
            self._features.append((feature, field, named))
            self._tokens[field] += [name for name, _ in named]

    def parts(self, row: _Row) -> Iterator[FeatureScore]:
        """Yield the features that a hit has, with their points."""
        found = {
            field: weights_in(row.terms.get(field, " "), names)
            for field, names in self._tokens.items()
            if names
        }
        for feature, field, variants in self._features:
            here = found[field]
            tf = sum(weight * here[name] for name, weight in variants if name in here)
            if tf:
                points = exact_points(feature, tf, row.length, self._average)
                yield FeatureScore(feature, tf, points)

    def score(self, row: _Row) -> float:
        """Return the score of a hit."""
        return sum(part.points for part in self.parts(row))


_FETCHED = {
    "_source": False,
    "stored_fields": [*FIELDS.values()],
    "docvalue_fields": ["id", "length", "copies"],
}
"""What is returned of each hit."""


class _Search:
    """The request of one `find`; the parameters are its.

    `sort_keys` is how many values come before the score in the order of hits.
    """

    def __init__(
        self,
        engine: OpenSearchEngine,
        plan: Plan,
        match: Query,
        filters: Filters,
        sort: Sort,
        pinned: Sequence[str],
        grouped: bool,
        only: Collection[str] | None,
    ) -> None:
        self._engine, self._plan = engine, plan
        self._filters = {name: value_query(name, values) for name, values in filters.items()}
        self._pinned = [keyword(name) for name in pinned]
        self._grouped = grouped and engine._meta.groups > 0
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
        """The query for all documents that are found, filters included."""
        return {"bool": {"filter": [self._found, *self._filters.values()]}}

    def body(self, first: int, size: int, *, with_records: bool) -> dict[str, Any]:
        """Return the search for a slice of hits, with their documents if a page shows them."""
        engine = self._engine
        if self._plan.features:
            query = score_query(self._found, self._plan.features, engine._average, engine._lexicon)
        else:
            query = _filter(self._found)
        body: dict[str, Any] = {
            "query": query,
            "from": first,
            "size": size,
            "track_total_hits": False,
            "sort": self._sort,
            "track_scores": bool(self._plan.features),
            **_FETCHED,
        }
        if with_records:
            body["_source"] = ["record"]
        if self._grouped:
            body["collapse"] = {"field": "group"}
        if self._filters:
            body["post_filter"] = {"bool": {"filter": [*self._filters.values()]}}
        return body

    def counts(self, with_facets: bool) -> dict[str, Any]:
        """Return the search that counts: totals, groups, and the facets if wanted."""
        aggregations: dict[str, Any] = {}
        if self._filters:
            aggregations["matched"] = {"filter": EVERY}
        if self._passes == 1:
            aggregations["copied"] = self._groups({})
        if with_facets:
            names = dict.fromkeys([*self._engine._listed, *self._filters])
            sizes = {name: len(self._engine._lexicon.facet_values(name)) for name in names}
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
        """Yield the searches that count the documents of each group of copies, if the groups are
        too many for one."""
        passes = self._passes if self._passes > 1 else 0
        for number in range(passes):
            part = {"include": {"partition": number, "num_partitions": passes}}
            yield self._counting({"copied": self._groups(part)})

    @property
    def _passes(self) -> int:
        """The number of searches that it takes to count all groups of copies."""
        return -(-self._engine._meta.groups // _MAX_BUCKETS) if self._grouped else 0

    def _groups(self, part: Mapping[str, Any]) -> dict[str, Any]:
        values = {"terms": {"field": "copies", "size": self._engine._meta.groups, **part}}
        left = {"bool": {"filter": [*self._filters.values()] or [EVERY]}}
        return {"filter": left, "aggs": {"groups": values}}

    def _counting(self, aggregations: Mapping[str, Any]) -> dict[str, Any]:
        """Return a search without hits."""
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


class _Page:
    """The hits around a page, in the order of the cluster, of which close ones may be swapped.

    Parameters
    ----------
    rows : hits from `first` on.
    offset, limit : the page.
    """

    def __init__(
        self,
        rows: Sequence[_Row],
        first: int,
        offset: int,
        limit: int,
        *,
        scored: bool,
        may_grow: bool,
    ) -> None:
        self._rows = rows
        self._scored = scored
        self._begin, self._end = offset - first, offset - first + limit
        self._first = first
        self._may_grow = may_grow

    def is_settled(self, asked: int) -> bool:
        """True if no hit outside of the rows may belong into the page.

        `asked` is how many rows were asked for.
        """
        rows = self._rows
        if self._end == self._begin or not rows or not self._scored:
            return True
        before = self._first == 0 or self._has_gap(0, self._begin)
        ended = len(rows) < asked or not self._may_grow
        return before and (ended or self._has_gap(self._end - 1, len(rows) - 1))

    def _has_gap(self, low: int, high: int) -> bool:
        """True if two neighbours between these rows are far apart."""
        return any(
            not _are_close(self._rows[at], self._rows[at + 1])
            for at in range(low, min(high, len(self._rows) - 1))
        )

    def ordered(self, scored: Sequence[tuple[float, _Row]]) -> list[tuple[float, _Row]]:
        """Return the page: hits that are close in the order of their exact scores, then ids."""
        found: list[tuple[float, _Row]] = []
        run: list[tuple[float, _Row]] = []
        for entry in scored:
            if run and not _are_close(run[-1][1], entry[1]):
                found += sorted(run, key=_order)
                run = []
            run.append(entry)
        found += sorted(run, key=_order)
        return found[self._begin : self._end]


def _are_close(one: _Row, other: _Row) -> bool:
    return one.key == other.key and abs(one.rough - other.rough) <= _CLOSE * abs(one.rough)


def _order(entry: tuple[float, _Row]) -> tuple[float, str]:
    score, row = entry
    return -score, row.id


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


def _facets(aggregations: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for name, aggregation in aggregations.items():
        if name == "facets" or name.startswith("facet "):
            for facet, values in aggregation.items():
                if facet not in ("doc_count", "meta"):  # what the cluster says of the whole
                    buckets = values["buckets"]
                    found[facet] = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
    return found


def _others(members: Sequence[tuple[str, str]], document_id: str) -> Copies:
    """Return the copies of a document of a group, whose members are (id, text), by id ascending."""
    own = next((text for name, text in members if name == document_id), None)
    exact = [name for name, text in members if text == own and name != document_id]
    near = [name for name, text in members if text != own]
    return Copies(tuple(exact), tuple(near))


def _spans(text: str, terms: Set[str]) -> list[TokenSpan]:
    return [found for found in tokens(text) if found.term in terms] if terms else []
