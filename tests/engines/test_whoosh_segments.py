"""Stock Whoosh as the oracle where there are several segments, with dead documents in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_whoosh_search import terms, trees
from whoosh import query, scoring
from whoosh.reading import MultiReader
from whoosh.searching import Searcher
from whoosh_support import corpora

from indexer.engines.bm25 import K1, B
from indexer.engines.whoosh import build, current, update
from indexer.engines.whoosh.generations import merge_policy
from indexer.engines.whoosh.whoosh_adapter.collector import PlanCollector, PlanQuery, PlanSearcher
from indexer.engines.whoosh.whoosh_adapter.segment_list import close_segments, open_segments
from indexer.models import Document, Sort
from indexer.query.plan import All, Feature, FeatureKind, Node, Phrase, Plan

slow = settings(max_examples=20, deadline=None)


class Both:
    """One index, as stock Whoosh and as our collector search it."""

    def __init__(self, index: Path) -> None:
        self.segments = open_segments(index / current(index))
        self.reader = MultiReader([segment.reader for segment in self.segments])
        self.ours = PlanSearcher(self.segments)

    def stock_ids(self, wanted: query.Query) -> set[str]:
        numbers = Searcher(self.reader, closereader=False).docs_for_query(wanted)
        # Whoosh's Not lets a deleted document through that follows the last one of its child.
        return self.named(number for number in numbers if not self.reader.is_deleted(number))

    def named(self, numbers) -> set[str]:  # type: ignore[no-untyped-def]
        return {self.reader.stored_fields(number)["id"] for number in numbers}

    def hits(self, plan: Plan) -> dict[str, float]:
        collector = PlanCollector({}, Sort.RELEVANCE, 0, 99, True)
        self.ours.search_with_collector(PlanQuery(plan), collector)
        return dict(collector.result.hits)

    def ids(self, node: Node) -> set[str]:
        return set(self.hits(Plan(node)))


@contextmanager
def updated(documents: list[Document]) -> Iterator[Both]:
    """An index brought to these documents by updates that merge nothing: three segments, with the
    former versions of some documents, and of some that are gone, dead in two of them."""
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as name:
        patch.setattr(merge_policy, "GROWTH", 0)
        patch.setattr(merge_policy, "MAX_DELETED_SHARE", 1.0)
        index, half = Path(name), len(documents) // 2 + 1
        former = [replace(d, title=f"{d.body} dân", body=f"vận {d.title}") for d in documents]
        gone = [replace(d, id=f"gone {d.id}") for d in documents]
        build(index, [*former[:half], *gone, Document(id="stays", body="dân")])
        update(index, [*documents[:half], *former[half:]], delete=[gone[0].id])
        left = [document.id for document in gone[1:]]
        update(index, [*documents[half:], Document(id="new", body="dân vận")], delete=left)
        both = Both(index)
        try:
            assert len(both.segments) > 2 - (half == len(documents))
            assert sum(len(segment.deleted) for segment in both.segments) >= len(documents)
            yield both
        finally:
            close_segments(both.segments)


@slow
@given(
    corpora(max_size=5),
    st.lists(trees, min_size=1, max_size=6),
    st.lists(terms, min_size=2, max_size=3),
)
def test_the_dead_are_deleted_documents_to_stock_whoosh(documents, wanted, words) -> None:
    with updated(documents) as both:
        living = {document.id for document in documents} | {"stays", "new"}
        reader = both.reader
        assert both.named(reader.all_doc_ids()) == both.stock_ids(query.Every()) == living
        assert reader.doc_count() == len(living) < reader.doc_count_all()
        assert reader.has_deletions()
        dead = set(range(reader.doc_count_all())) - set(reader.all_doc_ids())
        assert dead == {n for n in range(reader.doc_count_all()) if reader.is_deleted(n)}
        for stock, node in wanted:
            assert both.ids(node) == both.stock_ids(stock), (stock, node)
        run = Phrase(tuple((word,) for word in words))
        assert both.ids(run) == both.stock_ids(query.Phrase("text", words))
        for document in documents:
            assert both.stock_ids(query.Term("id", document.id)) == {document.id}
            assert both.stock_ids(query.Term("id", f"gone {document.id}")) == set()


@slow
@given(corpora(max_size=5), terms, terms)
def test_scores_and_mixed_queries_are_those_of_stock_whoosh(documents, term, other) -> None:
    with updated(documents) as both:
        lengths = [float(s.lengths[n]) for s in both.segments for n in s.live_docs.nonzero()[0]]
        average = sum(lengths) / len(lengths)

        def bm25(searcher, fieldname, text, matcher) -> float:
            length = searcher.doc_field_length(matcher.id(), fieldname) / average
            tf = matcher.weight()
            return tf * (K1 + 1) / (tf + K1 * (1 - B + B * length))

        stock = Searcher(both.reader, weighting=scoring.FunctionWeighting(bm25), closereader=False)
        wanted = {
            hit["id"]: hit.score for hit in stock.search(query.Term("text", term), limit=None)
        }
        plan = Plan(Phrase(((term,),)), (Feature(FeatureKind.SYLLABLE, ((term, 1.0),), 1.0),))
        assert both.hits(plan) == pytest.approx(wanted, rel=1e-12)
        mixed = query.And([PlanQuery(plan), query.Term("text", other)])
        found = {hit["id"] for hit in both.ours.search(mixed, limit=None)}
        assert found == both.ids(All((Phrase(((term,),)), Phrase(((other,),)))))
