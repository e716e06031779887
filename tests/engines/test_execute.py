"""Plans over one segment, compared with stock Whoosh (its matchers, queries and scores over the
same index), with brute force and with the BM25 formula."""

from __future__ import annotations

import math
from collections import Counter
from functools import reduce
from operator import add
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query, scoring
from whoosh.searching import Searcher
from whoosh_support import VOCABULARY, corpora, news, open_segment

from indexer.analysis import fold, pairs, tokens
from indexer.analysis.collation import title_key
from indexer.engines.bm25 import TITLE_GAP, TITLE_WEIGHT, B, k1
from indexer.engines.whoosh.reader.execute import match_at_least
from indexer.engines.whoosh.reader.facet_counts import FacetTables
from indexer.engines.whoosh.reader.segment import Segment
from indexer.engines.whoosh.whoosh_adapter.collector import (
    PlanCollector,
    PlanQuery,
    SegmentSearcher,
)
from indexer.facets import FACETS
from indexer.models import Document, Sort
from indexer.query.plan import (
    EVERYTHING,
    NOTHING,
    All,
    Any,
    AtLeast,
    Feature,
    FeatureKind,
    HasValue,
    Node,
    Not,
    Phrase,
    Plan,
    TextField,
)

terms = st.sampled_from((*VOCABULARY, "vắng"))
slow = settings(max_examples=60, deadline=None)


def run_plan(segment: Segment, plan: Plan, **options: object):
    wanted = {"filters": {}, "sort": Sort.RELEVANCE, "offset": 0, "limit": 99, "with_facets": True}
    collector = PlanCollector(**(wanted | options))
    SegmentSearcher(segment).search_with_collector(PlanQuery(plan), collector)
    return collector.result


def ids(segment: Segment, node: Node) -> set[str]:
    return {name for name, _ in run_plan(segment, Plan(node)).hits}


def stock_ids(segment: Segment, wanted: query.Query) -> set[str]:
    searcher = Searcher(segment.reader, closereader=False)
    return {segment.ids[number] for number in searcher.docs_for_query(wanted)}


trees = st.recursive(
    terms.map(lambda term: (query.Term("text", term), Phrase(((term,),)))),
    lambda children: st.one_of(
        st.lists(children, min_size=1, max_size=3).map(
            lambda pairs: (query.And([q for q, _ in pairs]), All(tuple(n for _, n in pairs)))
        ),
        st.lists(children, min_size=1, max_size=3).map(
            lambda pairs: (query.Or([q for q, _ in pairs]), Any(tuple(n for _, n in pairs)))
        ),
        children.map(lambda pair: (query.Not(pair[0]), Not(pair[1]))),
    ),
    max_leaves=6,
)


@slow
@given(corpora(), st.lists(trees, min_size=1, max_size=6))
def test_boolean_matching_equals_stock_whoosh(documents, wanted):
    with TemporaryDirectory() as folder, open_segment(Path(folder) / "s", documents) as segment:
        for stock, node in wanted:
            assert ids(segment, node) == stock_ids(segment, stock), (stock, node)


@slow
@given(corpora(), st.lists(st.lists(terms, min_size=2, max_size=3), min_size=1, max_size=6))
def test_phrase_matching_equals_stock_whoosh(documents, phrases):
    with TemporaryDirectory() as folder, open_segment(Path(folder) / "s", documents) as segment:
        for words in phrases:
            node = Phrase(tuple((word,) for word in words))
            assert ids(segment, node) == stock_ids(segment, query.Phrase("text", words)), words


@slow
@given(corpora(), terms)
def test_single_term_scores_equal_stock_whoosh(documents, term):
    """Whoosh's BM25F is the same formula; its lengths are exact only up to ten, ours always."""

    def bm25(searcher, fieldname, text, matcher) -> float:
        number = matcher.id()
        length = segment.lengths[number] / segment.average_length
        tf = matcher.weight()
        return tf * (segment.k1 + 1) / (tf + segment.k1 * (1 - B + B * length))

    with TemporaryDirectory() as folder, open_segment(Path(folder) / "s", documents) as segment:
        weighting = scoring.FunctionWeighting(bm25)
        stock = Searcher(segment.reader, weighting=weighting, closereader=False)
        wanted = {hit.docnum: hit.score for hit in stock.search(query.Term("text", term), limit=99)}
        feature = Feature(FeatureKind.SYLLABLE, ((term, 1.0),), 1.0)
        hits = run_plan(segment, Plan(Phrase(((term,),)), (feature,))).hits
        assert {segment.document_number(name): score for name, score in hits} == pytest.approx(
            wanted
        )

        short = [number for number in wanted if segment.lengths[number] <= 10]
        stock = Searcher(segment.reader, scoring.BM25F(B=B, K1=segment.k1), closereader=False)
        hits = stock.search(query.Term("text", term), limit=None)
        idf = stock.idf("text", term)
        bm25f = {hit.docnum: hit.score / idf for hit in hits if hit.docnum in short}
        assert bm25f == pytest.approx({number: wanted[number] for number in short})


@slow
@given(corpora(), terms, terms)
def test_a_plan_query_combines_with_stock_queries(documents, one, other):
    with TemporaryDirectory() as folder, open_segment(Path(folder) / "s", documents) as segment:
        searcher = SegmentSearcher(segment)
        ours = PlanQuery(
            Plan(Phrase(((one,),)), (Feature(FeatureKind.SYLLABLE, ((one, 1.0),), 2.0),))
        )
        results = searcher.search(query.And([ours, query.Term("text", other)]), limit=None)
        both = {segment.ids[hit.docnum] for hit in results}
        assert both == ids(segment, All((Phrase(((one,),)), Phrase(((other,),)))))
        alone = {hit.docnum: hit.score for hit in searcher.search(ours, limit=None)}
        expected = run_plan(segment, ours.plan).hits
        assert alone == pytest.approx(
            {segment.document_number(name): score for name, score in expected}
        )


def ids_by_brute_force(documents: list[Document], phrase: Phrase) -> set[str]:
    """Return the ids of the documents that contain the phrase, trying every choice of positions."""

    def within(text: str) -> bool:
        places = [
            [token.position for token in tokens(text) if token.term in slot]
            for slot in phrase.slots
        ]

        def extend(at: int, first: int, last: int) -> bool:
            if at == len(places):
                return last - first <= len(places) - 1 + phrase.slop
            return any(extend(at + 1, first, place) for place in places[at] if place > last)

        return not places or any(extend(1, place, place) for place in places[0])

    wanted = {
        TextField.TEXT: ("title", "body"),
        TextField.TITLE: ("title",),
        TextField.BODY: ("body",),
    }[phrase.field]
    return {d.id for d in documents if any(within(getattr(d, part)) for part in wanted)}


slots = st.lists(st.lists(terms, max_size=3).map(tuple), max_size=4).map(tuple)
slops = st.one_of(st.integers(0, 5), st.sampled_from([TITLE_GAP - 1, TITLE_GAP, 10**12]))


@settings(max_examples=150, deadline=None)
@given(corpora(), st.lists(st.builds(Phrase, slots, slops, st.sampled_from(TextField)), min_size=9))
def test_phrases_with_slop_equal_brute_force(documents, phrases):
    with TemporaryDirectory() as folder, open_segment(Path(folder) / "s", documents) as segment:
        for phrase in phrases:
            assert ids(segment, phrase) == ids_by_brute_force(documents, phrase), phrase


@slow
@given(corpora(), st.data())
def test_scores_follow_the_bm25_formula(documents, data):
    variants = st.lists(st.tuples(terms, st.sampled_from([0.25, 0.5, 1.0])), max_size=3).map(tuple)
    pair_variants = st.lists(
        st.tuples(st.tuples(terms, terms).map(" ".join), st.sampled_from([0.5, 1.0])), max_size=3
    ).map(tuple)
    features = data.draw(
        st.lists(
            st.one_of(
                st.builds(Feature, st.just(FeatureKind.SYLLABLE), variants, st.floats(0.1, 9.0)),
                st.builds(Feature, st.just(FeatureKind.PAIR), pair_variants, st.floats(0.1, 9.0)),
            ),
            max_size=4,
        ).map(tuple)
    )
    title = {d.id: tokens(d.title) for d in documents}
    body = {d.id: tokens(d.body) for d in documents}
    lengths = {d.id: TITLE_WEIGHT * len(title[d.id]) + len(body[d.id]) for d in documents}
    average = sum(lengths.values()) / len(lengths)

    def score(name: str) -> float:
        total = 0.0
        for feature in features:
            tf = 0.0
            for wanted, weight in feature.variants:
                for part, factor in ((title[name], TITLE_WEIGHT), (body[name], 1)):
                    if feature.kind is FeatureKind.PAIR:
                        tf += weight * factor * list(pairs(part)).count(wanted)
                    else:
                        tf += weight * factor * [token.term for token in part].count(wanted)
            if tf:
                norm = k1(average) * (1 - B + B * lengths[name] / average)
                total += feature.weight * tf * (k1(average) + 1) / (tf + norm)
        return total

    with TemporaryDirectory() as folder, open_segment(Path(folder) / "s", documents) as segment:
        hits = run_plan(segment, Plan(EVERYTHING, features)).hits
    assert dict(hits) == pytest.approx({d.id: score(d.id) for d in documents})
    assert [name for name, _ in hits] == [
        name for name, _ in sorted(hits, key=lambda hit: (-hit[1], hit[0]))
    ]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory):
    with open_segment(tmp_path_factory.mktemp("search") / "s", news(60)) as segment:
        yield segment


FEATURES = (Feature(FeatureKind.SYLLABLE, (("3", 1.0), ("7", 0.5), ("văn", 1.0)), 1.5),)


def test_nothing_matches_no_document_and_everything_matches_all(archive: Segment):
    assert run_plan(archive, Plan(NOTHING)).hits == ()
    everything = run_plan(archive, Plan(EVERYTHING))
    assert (everything.matched, everything.total) == (60, 60)
    assert everything.hits == tuple((d.id, 0.0) for d in news(60))
    assert run_plan(archive, Plan(Not(EVERYTHING))).total == 0


@pytest.mark.parametrize("sort", list(Sort))
def test_every_page_is_a_slice_of_all_hits_in_order(archive: Segment, sort: Sort):
    plan = Plan(EVERYTHING, FEATURES)
    whole = run_plan(archive, plan, sort=sort).hits
    scores, dates = dict(whole), {d.id: d.date for d in news(60)}
    titles = {d.id: title_key(d.title) for d in news(60)}

    def key(name: str) -> tuple[float | str, float, str]:
        if sort is Sort.TITLE:
            return titles[name], -scores[name], name
        day = dates[name]
        signed = {Sort.NEWEST: -1, Sort.OLDEST: 1, Sort.RELEVANCE: 0}[sort]
        first = math.inf if day is None and signed else signed * (day.toordinal() if day else 0)
        return first, -scores[name], name

    assert [name for name, _ in whole] == sorted(scores, key=key)
    for limit in (1, 7, 60):
        for offset in (0, 5, 53, 59):
            part = run_plan(archive, plan, sort=sort, offset=offset, limit=limit).hits
            assert part == whole[offset : offset + limit]
    assert run_plan(archive, plan, sort=sort, offset=60).hits == ()
    assert run_plan(archive, plan, sort=sort, limit=0).hits == ()


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"year": ("2019",)},
        {"year": ("2019", "2021"), "report_type": ("tổng kết",)},
        {"year": ("1066",), "person": ("Nguyễn Văn A",)},
        {"nothing": ("x",)},
        {"year": ()},
    ],
)
def test_filters_apply_and_counts_are_disjunctive(
    archive: Segment, filters: dict[str, tuple[str, ...]]
):
    values = {d.id: {f.name: set(f.values(d)) for f in FACETS} for d in news(60)}
    plan = Plan(Phrase((("thứ",), ("1", "2", "3"))))
    matched = [d.id for d in news(60) if int(d.id) % 7 in (1, 2, 3)]

    def passes(name: str, without: str | None = None) -> bool:
        return all(
            values[name].get(facet, set()) & set(chosen)
            for facet, chosen in filters.items()
            if facet != without
        )

    matches = run_plan(archive, plan, filters=filters)
    assert matches.matched == len(matched)
    assert [name for name, _ in matches.hits] == [name for name in matched if passes(name)]
    assert matches.total == len(matches.hits)
    for facet in FACETS:
        counted: dict[str, int] = {}
        for name in matched:
            if passes(name, without=facet.name):
                for value in values[name][facet.name]:
                    counted[value] = counted.get(value, 0) + 1
        assert matches.facets[facet.name] == counted, facet.name
    assert run_plan(archive, plan, filters=filters, with_facets=False).facets == {}


@pytest.mark.parametrize("few", [1, 1000], ids=["document by document", "value by value"])
@pytest.mark.parametrize("frequent", [1, 3, 128], ids=["all rare", "some frequent", "all frequent"])
@given(chosen=st.sets(st.integers(0, 59)))
def test_facet_counts_do_not_depend_on_the_counting_method(
    archive: Segment, few: int, frequent: int, chosen: set[int]
):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("indexer.engines.whoosh.reader.facet_counts._COUNT_BY_VALUE_RATIO", few)
        patched.setattr("indexer.engines.whoosh.reader.facet_counts._BITSET_RATIO", frequent)
        tables = FacetTables(archive)
        mask = np.zeros(60, np.bool_)
        mask[list(chosen)] = True
        _, counted = tables.filter_and_count(mask, {}, with_counts=True)
    documents = [document for document in news(60) if int(document.id) in chosen]
    for facet in FACETS:
        values = Counter(value for document in documents for value in facet.values(document))
        assert counted[facet.name] == dict(values)


@pytest.mark.parametrize("facet", ["year", "person", "cited", "field.nothing"])
@given(data=st.data())
def test_many_values_are_filtered_by_as_few_are(archive: Segment, facet: str, data: st.DataObject):
    tables = FacetTables(archive)
    _, counted = tables.filter_and_count(np.ones(60, np.bool_), {}, with_counts=True)
    known = sorted(counted.get(facet, {}))
    names = st.sampled_from([*known, "no value"])
    chosen = data.draw(st.lists(names, max_size=8, unique=True))
    many = [*chosen, *(f"no value {number}" for number in range(100))]
    few_at_a_time = np.zeros(60, np.bool_)
    for value in chosen:
        few_at_a_time |= tables.with_any_value(facet, [value])
    assert np.array_equal(tables.with_any_value(facet, many), few_at_a_time)


@settings(max_examples=300)
@given(st.data())
def test_match_at_least_compares_exact_sums(data: st.DataObject):
    weights = data.draw(st.lists(st.floats(1e-6, 20), max_size=40))
    rows = data.draw(st.lists(st.tuples(*[st.booleans()] * len(weights)), min_size=1, max_size=20))
    masks = [np.array(column, np.bool_) for column in zip(*rows, strict=True)]
    # Added one by one: from Python 3.12 on, `sum` is more exact than the engine has to be.
    sums = [
        reduce(add, (w for w, has in zip(weights, row, strict=True) if has), 0.0) for row in rows
    ]
    # Exactly the sum of a document, or a share of all weights.
    minimum = data.draw(st.sampled_from([*sums, sum(weights) * 2 / 3, sum(weights) * 0.15]))
    reached = match_at_least(list(zip(masks, weights, strict=True)), minimum, len(rows))
    assert reached.tolist() == [total >= minimum for total in sums]


def test_has_value_and_at_least_select_documents(archive: Segment):
    y2019, y2021 = HasValue("year", ("2019",)), HasValue("year", ("2021", "x"))
    first = ids(archive, y2019)
    assert first == {d.id for d in news(60) if d.date and d.date.year == 2019}
    assert ids(archive, HasValue("none", ("2019",))) == set()
    assert ids(archive, AtLeast(((y2019, 1.0), (y2021, 1.0)), 2.0)) == set()
    assert ids(archive, AtLeast(((y2019, 0.5), (y2021, 1.0), (EVERYTHING, 0.25)), 0.75)) == (
        first | ids(archive, y2021)
    )
    assert ids(archive, AtLeast((), 0.0)) == ids(archive, EVERYTHING)


def test_a_small_cache_changes_no_result(archive: Segment, monkeypatch: pytest.MonkeyPatch):
    plan = Plan(Any((Phrase((("văn",), ("hóa", "hoá"))), Phrase((("họp",),)))), FEATURES)
    expected = run_plan(archive, plan)
    monkeypatch.setattr(archive, "cache_bytes", 10)
    archive._cache.clear()
    archive._cached_bytes = 0
    assert run_plan(archive, plan) == expected
    assert run_plan(archive, plan) == expected
    assert len(archive._cache) == 1


def test_unknown_terms_do_not_fill_the_cache(archive: Segment, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archive, "cache_bytes", 8 << 10)
    for number in range(100):
        assert not archive.global_positions(f"vắng{number}").size
    assert len(archive._cache) <= 8


def test_the_test_vocabulary_has_the_expected_folds():
    assert {fold(term) for term in VOCABULARY} == {"dan", "van", "cong", "tac", "xa"}
