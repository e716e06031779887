"""OpenSearchEngine: the SearchEngine protocol over one generation in the cluster.

Totals, facets and order come from the cluster (`find_request`). Each hit is scored again here, in
double precision, and hits to which the cluster gives nearly equal scores are sorted by that
(`exact_scores`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from typing import Any

from indexer.engines.base import Copies, DocumentTokens, Filters, Matches
from indexer.engines.opensearch.client import Cluster, NotFound
from indexer.engines.opensearch.reader.closeness import placements_of
from indexer.engines.opensearch.reader.exact_scores import Page, Row, Scorer
from indexer.engines.opensearch.reader.find_request import FETCHED, FindRequest, Searched, facets_in
from indexer.engines.opensearch.reader.mapped_lexicon import MappedLexicon
from indexer.engines.opensearch.reader.plan_query import Query, known_variants, match_query
from indexer.engines.opensearch.reader.stored_documents import (
    RecentDocument,
    RecentDocuments,
    not_found,
    read_documents,
    tokens_of,
)
from indexer.engines.opensearch.storage.generations import Meta
from indexer.engines.opensearch.storage.mapping import MAX_RESULT_WINDOW, STORED, keyword
from indexer.engines.proximity import DEPTH
from indexer.errors import DocumentNotFound, EngineUnavailable, IndexDamaged
from indexer.facets import facet_schema
from indexer.models import Document, Sort, Status
from indexer.profile.archive_profile import ArchiveProfile
from indexer.query.plan import Feature, FeatureScore, PlacementScore, Plan
from indexer.runtime.time_limit import check_time

_MAX_EXTRA = 200
"""Greatest number of hits before and after a page that are fetched to put close ones in order; if
the order is not certain then, it is that of the scores of these."""
_MORE = 40
"""Number of those hits in the second try; the first has one."""


class OpenSearchEngine:
    """An open generation. Safe to use from many threads.

    Its methods raise EngineUnavailable if the cluster does not answer, IndexDamaged if the
    generation is gone.

    Parameters
    ----------
    status, meta, profile, lexicon : those of the generation.
    ids : returns the ids of its documents, ascending by code point; called by `ids` only.
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
        self._cluster, self._index = cluster, status.generation
        self._lexicon = lexicon
        self._ids = ids
        self._recent = RecentDocuments()
        unlisted = facet_schema(profile.fields).unlisted
        self._searched = Searched(
            lexicon,
            meta.length / meta.documents if meta.documents else 0.0,
            meta.groups,
            [name for name in lexicon.facet_names if name not in unlisted],
        )

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
        """Execute a plan; return the counts and the hits `[offset, offset + limit)`.

        See `SearchEngine.find` for the parameters. Raises SearchTimeout if the time limit of the
        thread has passed; a request that was sent is waited for. Raises RequestError if the plan
        has more clauses than the cluster allows.
        """
        check_time()
        match = match_query(plan.match, self._lexicon)
        pins = list(dict.fromkeys(pinned))
        query = FindRequest(self._searched, plan, match, filters, sort, pins, grouped, only)
        # Counts are a search of their own: the cluster caches those of a query that comes again,
        # for its next page, and computes them beside the hits.
        counts = [{}, query.counts(with_facets)]
        for further in query.further_counts():
            counts += [{}, further]
        if query.needs_own_count:
            counts += [{}, query.own_count()]
        counted: list[dict[str, Any]] = []
        rows: list[Row] = []
        hits: list[tuple[float, Row]] = []
        extra = 1 if plan.features else 0
        is_near = sort is Sort.RELEVANCE and bool(plan.near) and offset < min(offset + limit, DEPTH)
        begin, end = (0, max(offset + limit, DEPTH)) if is_near else (offset, offset + limit)
        while limit:
            first = max(0, begin - extra)
            last = min(end + extra, MAX_RESULT_WINDOW)
            body = query.body(first, last - first, with_records=with_facets)
            found, *more = self._search([{}, body, *([] if counted else counts)])
            counted = counted or more
            rows = [self._row(hit, query.sort_keys) for hit in found["hits"]["hits"]]
            page = Page(
                rows, first, begin, end - begin, scored=bool(plan.features),
                may_grow=last < MAX_RESULT_WINDOW,
            )  # fmt: skip
            if page.is_settled(last - first) or extra >= _MAX_EXTRA:
                score = self._scorer(plan.features).score
                hits = page.ordered([(score(row), row) for row in rows])
                break
            extra = _MORE if extra < _MORE else _MAX_EXTRA
        if is_near:
            hits = [*self._ranked_by_placement(plan, hits[:DEPTH]), *hits[DEPTH:]]
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
            facets_in(aggs),
            distinct,
            copies,
        )

    def explain(self, plan: Plan, document_id: str) -> tuple[FeatureScore | PlacementScore, ...]:
        """Return the features of a plan that a document has, in the order of the plan, with their
        points, and last what the places of the terms add (`indexer.engines.proximity`).

        Raises DocumentNotFound if no document has this id.
        """
        row = self._row_of(document_id)
        features = tuple(self._scorer(plan.features).parts(row))
        (placement,) = placements_of(plan.near, [row])
        score = sum(feature.points for feature in features)
        return (*features, *placement.scores(plan.near, score))

    def _ranked_by_placement(
        self, plan: Plan, hits: Sequence[tuple[float, Row]]
    ) -> list[tuple[float, Row]]:
        """Return (score with what the places of the terms add, row) of the hits, the highest score
        first, equal ones ascending by id; pinned hits stay first, in their order."""
        found = placements_of(plan.near, [row for _, row in hits])
        scored = [(score * at.factor, row) for (score, row), at in zip(hits, found, strict=True)]
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
        recent = {name: self._recent.get(name) for name in document_ids}
        missing = [name for name, found in recent.items() if found is None]
        read = dict(zip(missing, self._documents(missing), strict=True))
        return [
            tokens_of(read[name], terms) if found is None else found.matched_tokens(terms)
            for name, found in ((name, recent[name]) for name in document_ids)
        ]

    def has(self, document_id: str) -> bool:
        """Return True if a document of this generation has this id."""
        try:
            self._row_of(document_id)
        except DocumentNotFound:
            return False
        return True

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all documents, ascending by code point. The first call of a generation
        fetches a file of them."""
        return tuple(self._ids())

    def close(self) -> None:
        """Release the vocabulary; the connection to the cluster is that of the process."""
        del self._lexicon, self._searched

    def _documents(self, ids: Sequence[str]) -> list[Document]:
        """Return the documents with these ids, in this order; those that came with the hits of a
        search are not asked for again. Raises DocumentNotFound."""
        known = {name: found.document for name in ids if (found := self._recent.get(name))}
        missing = [name for name in dict.fromkeys(ids) if name not in known]
        if missing:
            found_now = read_documents(self._cluster, self._index, missing)
            known |= zip(missing, found_now, strict=True)
        return [known[name] for name in ids]

    def _search(self, lines: Sequence[Any]) -> list[dict[str, Any]]:
        """Run searches in one request; return their answers, in the same order.

        `lines` are a header, which is replaced, and a body for each, in turn. Raises IndexDamaged
        if the generation is gone, EngineUnavailable if a part of it does not answer.
        """
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

    def _row_of(self, document_id: str) -> Row:
        body = {
            "query": {"bool": {"filter": [{"term": {"id": keyword(document_id)}}]}},
            "size": 1,
            "sort": [{"id": "asc"}],
            **FETCHED,
        }
        (answer,) = self._search([{}, body])
        if not answer["hits"]["hits"]:
            raise not_found(document_id)
        return self._row(answer["hits"]["hits"][0], 0)

    def _row(self, hit: Mapping[str, Any], keys: int) -> Row:
        fields = hit["fields"]
        title, body, words = (fields.get(name, [""])[0] for name in STORED)
        row = Row(
            fields["id"][0],
            hit["_score"] or 0.0,
            tuple(hit["sort"][:keys]),
            fields["length"][0],
            title.split(),
            body.split(),
            words,
            fields["copies"][0] if "copies" in fields else None,
        )
        if "_source" in hit:
            self._recent.put(row.id, RecentDocument(hit["_source"], row.title, row.body))
        return row

    def _scorer(self, features: Sequence[Feature]) -> Scorer:
        return Scorer(list(known_variants(features, self._lexicon)), self._searched.average_length)

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

    def _copies_among(self, query: FindRequest, rows: Sequence[Row]) -> dict[str, Copies]:
        """Return id of a hit → its copies that `query` finds too, filters included; hits without
        such copies are left out."""
        leaders = [row.leader for row in rows if row.leader is not None]
        if not leaders:
            return {}
        found = self._members(
            {"bool": {"filter": [{"terms": {"copies": leaders}}, query.everything]}}
        )
        copies = {row.id: _others(found.get(row.leader, []), row.id) for row in rows if row.leader}
        return {name: others for name, others in copies.items() if others != Copies()}


def _others(members: Sequence[tuple[str, str]], document_id: str) -> Copies:
    """Return the other members of the group of copies of a document, exact and near ones, in the
    order of `members`.

    `members` are (id, text) of all members; exact copies have the same text.
    """
    own = next((text for name, text in members if name == document_id), None)
    exact = [name for name, text in members if text == own and name != document_id]
    near = [name for name, text in members if text != own]
    return Copies(tuple(exact), tuple(near))
