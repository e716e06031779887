"""Several segments with deleted documents, compared with stock Whoosh over the same index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_execute import terms, trees
from whoosh import query, scoring
from whoosh.reading import MultiReader
from whoosh.searching import Searcher
from whoosh_support import corpora

from indexer.engines.bm25 import B, k1
from indexer.engines.whoosh import build, current, update
from indexer.engines.whoosh.generations import merge_policy
from indexer.engines.whoosh.whoosh_adapter.collector import PlanCollector, PlanQuery, PlanSearcher
from indexer.engines.whoosh.whoosh_adapter.segment_list import close_segments, open_segments
from indexer.models import Document, Sort
from indexer.query.plan import All, Feature, FeatureKind, Node, Phrase, Plan

slow = settings(max_examples=20, deadline=None)


class SharedIndex:
    """An index that is searched both by stock Whoosh and by our collector."""

    def __init__(self, folder: Path) -> None:
        self.segments = open_segments(folder / current(folder))
        self.reader = MultiReader([segment.reader for segment in self.segments])
        self.ours = PlanSearcher(self.segments)

    def stock_ids(self, wanted: query.Query) -> set[str]:
        numbers = Searcher(self.reader, closereader=False).docs_for_query(wanted)
        # Whoosh's Not returns a deleted document if it follows the last document of its child.
        return self.ids_of(number for number in numbers if not self.reader.is_deleted(number))

    def ids_of(self, numbers) -> set[str]:  # type: ignore[no-untyped-def]
        return {self.reader.stored_fields(number)["id"] for number in numbers}

    def hits(self, plan: Plan) -> dict[str, float]:
        collector = PlanCollector({}, Sort.RELEVANCE, 0, 99, True)
        self.ours.search_with_collector(PlanQuery(plan), collector)
        return dict(collector.result.hits)

    def ids(self, node: Node) -> set[str]:
        return set(self.hits(Plan(node)))


@contextmanager
def updated(documents: list[Document]) -> Iterator[SharedIndex]:
    """Yield an index with these documents that was made by updates without merging.

    It has three segments; two of them have deleted documents: former versions, and documents that
    were removed.
    """
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as name:
        for limit in ("GROWTH", "SMALL", "TINY"):
            patch.setattr(merge_policy, limit, 0)
        patch.setattr(merge_policy, "MAX_DELETED_SHARE", 1.0)
        folder, half = Path(name), len(documents) // 2 + 1
        former = [replace(d, title=f"{d.body} dân", body=f"vận {d.title}") for d in documents]
        removed = [replace(d, id=f"removed {d.id}") for d in documents]
        build(folder, [*former[:half], *removed, Document(id="stays", body="dân")])
        update(folder, [*documents[:half], *former[half:]], delete=[removed[0].id])
        left = [document.id for document in removed[1:]]
        update(folder, [*documents[half:], Document(id="new", body="dân vận")], delete=left)
        index = SharedIndex(folder)
        try:
            assert len(index.segments) > 2 - (half == len(documents))
            assert sum(len(segment.deleted) for segment in index.segments) >= len(documents)
            yield index
        finally:
            close_segments(index.segments)


@slow
@given(
    corpora(max_size=5),
    st.lists(trees, min_size=1, max_size=6),
    st.lists(terms, min_size=2, max_size=3),
)
def test_deleted_documents_are_deleted_for_stock_whoosh(documents, wanted, words) -> None:
    with updated(documents) as index:
        live = {document.id for document in documents} | {"stays", "new"}
        reader = index.reader
        assert index.ids_of(reader.all_doc_ids()) == index.stock_ids(query.Every()) == live
        assert reader.doc_count() == len(live) < reader.doc_count_all()
        assert reader.has_deletions()
        deleted = set(range(reader.doc_count_all())) - set(reader.all_doc_ids())
        assert deleted == {n for n in range(reader.doc_count_all()) if reader.is_deleted(n)}
        for stock, node in wanted:
            assert index.ids(node) == index.stock_ids(stock), (stock, node)
        phrase = Phrase(tuple((word,) for word in words))
        assert index.ids(phrase) == index.stock_ids(query.Phrase("text", words))
        for document in documents:
            assert index.stock_ids(query.Term("id", document.id)) == {document.id}
            assert index.stock_ids(query.Term("id", f"removed {document.id}")) == set()


@slow
@given(corpora(max_size=5), terms, terms)
def test_scores_and_mixed_queries_equal_stock_whoosh(documents, term, other) -> None:
    with updated(documents) as index:
        lengths = [float(s.lengths[n]) for s in index.segments for n in s.live_docs.nonzero()[0]]
        average = sum(lengths) / len(lengths)

        def bm25(searcher, fieldname, text, matcher) -> float:
            length = searcher.doc_field_length(matcher.id(), fieldname) / average
            tf = matcher.weight()
            return tf * (k1(average) + 1) / (tf + k1(average) * (1 - B + B * length))

        stock = Searcher(index.reader, weighting=scoring.FunctionWeighting(bm25), closereader=False)
        wanted = {
            hit["id"]: hit.score for hit in stock.search(query.Term("text", term), limit=None)
        }
        plan = Plan(Phrase(((term,),)), (Feature(FeatureKind.SYLLABLE, ((term, 1.0),), 1.0),))
        assert index.hits(plan) == pytest.approx(wanted, rel=1e-12)
        mixed = query.And([PlanQuery(plan), query.Term("text", other)])
        found = {hit["id"] for hit in index.ours.search(mixed, limit=None)}
        assert found == index.ids(All((Phrase(((term,),)), Phrase(((other,),)))))
