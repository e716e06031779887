"""Every engine agrees with the reference engine, on generated corpora, plans and whole searches.

To test another engine, add a line to ENGINES. The cluster makes an index in a second, not in a
hundredth, so it gets fewer corpora, and more plans for each.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from copied_texts import edited, story
from hypothesis import example, given, settings
from hypothesis import strategies as st
from opensearch_support import opensearch
from reference import ReferenceEngine

from indexer.engines.base import SearchEngine
from indexer.engines.whoosh.generations import index_directory
from indexer.errors import DocumentNotFound
from indexer.models import Document, Hit, Place, Results, SearchRequest, Sort
from indexer.query.plan import (
    EVERYTHING,
    All,
    Any,
    AtLeast,
    Feature,
    FeatureKind,
    HasValue,
    NearTerm,
    Not,
    Phrase,
    Plan,
    TextField,
)
from indexer.search import search


@contextmanager
def whoosh(documents: Sequence[Document]) -> Iterator[SearchEngine]:
    with tempfile.TemporaryDirectory() as folder:
        index_directory.build(Path(folder), documents)
        engine = index_directory.open_engine(Path(folder))
        try:
            yield engine
        finally:
            engine.close()


WHOLE = os.environ.get("TRACUU_TEST_OPENSEARCH") == "whole"
ENGINES: dict[str, Callable[[Sequence[Document]], AbstractContextManager[SearchEngine]]] = {
    "whoosh": whoosh,
    "opensearch": opensearch,
    "opensearch 3": partial(opensearch, release="3.8"),
}


def examples(count: int, name: str) -> settings:
    """Return the settings of a property test with so many examples, fewer for the cluster.

    With TRACUU_TEST_OPENSEARCH=whole the cluster gets more: 2,160 random plans, 24 for each corpus.
    """
    if name.startswith("opensearch"):
        count = count * 3 // 4 if WHOLE else count // 10
    return settings(max_examples=count, deadline=None)


# Few syllables, so that they often occur together: every accented form of one fold, and one that no
# document contains.
SYLLABLES = ["dân", "dần", "dan", "vận", "văn", "van", "khéo", "công", "tác", "42", "ở"]
DEFINITION = "dân vận (DV)"
UNKNOWN = "xyz"
SEPARATORS = [" ", " ", " ", ", ", ". ", "\n\n", " - "]

syllable = st.sampled_from(SYLLABLES)


@st.composite
def texts(draw: st.DrawFn, most: int) -> str:
    part = st.sampled_from([*SYLLABLES, DEFINITION])
    parts = draw(st.lists(st.tuples(part, st.sampled_from(SEPARATORS)), max_size=most))
    return "".join(a + b for a, b in parts).strip()


@st.composite
def corpora(draw: st.DrawFn) -> list[Document]:
    bodies = draw(st.lists(st.tuples(texts(5), texts(14)), min_size=1, max_size=7))
    for _ in range(draw(st.sampled_from([0, 0, 1, 3]))):
        # The same text once more, perhaps written otherwise.
        title, body = draw(st.sampled_from(bodies))
        bodies.append((title, draw(st.sampled_from([body, body.replace(" - ", ", "), body + "."]))))
    return [
        Document(
            id=f"d{number}",
            title=title,
            body=body,
            published=draw(st.none() | st.dates(date(2018, 1, 1), date(2021, 12, 31))),
            places=draw(st.sampled_from([(), (Place("Kiên Giang", "Giang Thành", "An Giang"),),
                                         (Place("An Giang"), Place("Phú Thọ", "Tam Nông"))])),
            report_type=draw(st.sampled_from([None, "tổng kết", "sơ kết"])),
            persons=draw(st.sampled_from([(), ("Tạ Văn Dũng",), ("Tạ Văn Dũng", "Lưu Thị Huyền")])),
        )
        for number, (title, body) in enumerate(bodies)
    ]  # fmt: skip


LONG = {
    "story": story(1),
    "changed": edited(story(1), 1),
    "reprint": [*story(2, 12), *story(1)],
    "cut": story(1)[10:],
    "shared half": [*story(1)[:150], *story(3, 150)],
    "other": story(3),
    "form 5": [*story(1)[:200], *"số 5 ngày 6 tháng này".split(), *story(1)[200:]],
    "form 6": [*story(1)[:200], *"số 6 ngày 6 tháng này".split(), *story(1)[200:]],
}
"""Texts that are long enough for near copies; the resemblance of any two is above 0.9 or below
0.55."""


@st.composite
def long_corpora(draw: st.DrawFn) -> list[Document]:
    names = draw(st.lists(st.sampled_from(sorted(LONG)), min_size=1, max_size=9))
    return [
        Document(
            id=f"d{number}",
            title=draw(st.sampled_from(["", "dân vận", "dân vận 5"])),
            body=" ".join(LONG[name]),
            published=draw(st.none() | st.dates(date(2020, 1, 1), date(2021, 12, 31))),
            number=draw(st.sampled_from([None, None, "5/NQ", "6/NQ"])),
        )
        for number, name in enumerate(names)
    ]


slots = st.lists(st.sampled_from([*SYLLABLES, UNKNOWN]), min_size=0, max_size=3, unique=True).map(
    tuple
)
around = st.lists(slots.filter(bool), max_size=2).map(tuple)


@st.composite
def phrases_outside_longer_ones(draw: st.DrawFn) -> Phrase:
    phrase = draw(st.lists(slots, min_size=1, max_size=3).map(tuple))
    sides = draw(st.lists(st.tuples(around, around).filter(any), max_size=3))
    longer = tuple((*before, *phrase, *after) for before, after in sides)
    return Phrase(phrase, field=draw(st.sampled_from(list(TextField))), outside=longer)


phrases = (
    st.builds(
        Phrase,
        st.lists(slots, max_size=4).map(tuple),
        st.sampled_from([0, 0, 1, 3, 120]),
        st.sampled_from(list(TextField)),
    )
    | phrases_outside_longer_ones()
)
values = st.builds(
    HasValue,
    st.sampled_from(["year", "place", "report_type", "person", "nonsense"]),
    st.lists(
        st.sampled_from(["2019", "2020", "An Giang", "Phú Thọ/Tam Nông", "sơ kết", "Tạ Văn Dũng"]),
        max_size=2,
    ).map(tuple),
)
nodes = st.recursive(
    phrases | values,
    lambda inner: (
        st.builds(All, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Any, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Not, inner)
        | st.builds(
            AtLeast,
            st.lists(st.tuples(inner, st.sampled_from([0.0, 0.5, 1.0, 2.0])), max_size=3).map(
                tuple
            ),
            st.sampled_from([0.0, 0.5, 1.5, 3.0]),
        )
    ),
    max_leaves=6,
)
pair_terms = st.builds("{} {}".format, syllable, syllable)
word_terms = st.sampled_from(["dân_vận", "công_tác", "dân_văn"])
weights = st.sampled_from([0.02, 0.3, 1.0, 2.5])


def features(kind: FeatureKind, terms: st.SearchStrategy[str]) -> st.SearchStrategy[Feature]:
    variants = st.lists(st.tuples(terms, weights), max_size=3, unique_by=lambda v: v[0]).map(tuple)
    return st.builds(Feature, st.just(kind), variants, weights)


plans = st.builds(
    Plan,
    nodes,
    st.lists(
        features(FeatureKind.SYLLABLE, syllable)
        | features(FeatureKind.PAIR, pair_terms)
        | features(FeatureKind.WORD, word_terms),
        max_size=4,
    ).map(tuple),
    st.lists(
        st.builds(
            NearTerm,
            st.lists(
                st.lists(syllable, min_size=1, max_size=2).map(tuple), min_size=1, max_size=3
            ).map(tuple),
            st.sampled_from([0.1, 1.0, 2.5]),
        ),
        max_size=4,
        unique=True,
    ).map(tuple),
)
filters = st.dictionaries(
    st.sampled_from(["year", "place", "report_type"]),
    st.lists(st.sampled_from(["2020", "An Giang", "Kiên Giang/Giang Thành", "sơ kết", "x"]),
             min_size=1, max_size=2).map(tuple),
    max_size=2,
)  # fmt: skip
QUERIES = ["dân vận", "dan van", "công tác dan van kheo", '"dân vận"~3 -tác', "dâ*", "=dan OR 42",
           "tiêu_đề:vận nơi:giang", "vân dần xyz", "-vận", "(dân OR công) tac"]  # fmt: skip


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_finds_scores_sorts_and_counts_like_the_reference(name: str) -> None:
    @examples(120, name)
    @given(data=st.data())
    def agrees(data: st.DataObject) -> None:
        documents = data.draw(corpora())
        with ENGINES[name](documents) as engine:
            reference = ReferenceEngine(documents)
            for _ in range(4 if name == "whoosh" else 24 if WHOLE else 12):
                compare(engine, reference, data)

    def compare(engine: SearchEngine, reference: ReferenceEngine, data: st.DataObject) -> None:
        plan, chosen = data.draw(plans), data.draw(filters)
        options = {
            "filters": chosen,
            "sort": data.draw(st.sampled_from(list(Sort))),
            "offset": data.draw(st.sampled_from([0, 0, 1, 9])),
            "limit": data.draw(st.sampled_from([0, 1, 3, 10])),
            "grouped": data.draw(st.booleans()),
            "only": data.draw(st.sampled_from([None, None, ["d0", "d2", "d7", "none"], []])),
            "pinned": data.draw(st.lists(st.sampled_from(["d0", "d2", "d5", "x"]), max_size=3)),
        }
        assert_same(engine.find(plan, **options), reference.find(plan, **options))

    agrees()


@pytest.mark.parametrize("name", ENGINES)
def test_a_lexicon_equals_that_of_the_reference(name: str) -> None:
    @examples(60, name)
    @given(documents=corpora())
    @example(
        [Document("0", body="dân vận gắn với triển khai phương hướng, tình hình nhân dân 42/NQ")]
    )
    @example(
        [Document(str(n), body="thi đua yêu nước" if n else "thi đua yêu làng") for n in range(4)]
    )
    @example([Document(str(n), body="công tác dân vận khéo công tác") for n in range(2)])
    @example([Document(str(n), "công tác", "các đoàn đều thi đua, dân vận (DV)") for n in range(2)])
    @example([Document(str(n), "dân vận (DV)" + " dân" * (n > 0)) for n in range(3)])
    def agrees(documents: list[Document]) -> None:
        with ENGINES[name](documents) as engine:
            assert_same_lexicon(engine, documents)

    agrees()


def assert_same_lexicon(engine: SearchEngine, documents: list[Document]) -> None:
    expected = ReferenceEngine(documents).lexicon
    lexicon = engine.lexicon
    assert lexicon.documents == expected.documents
    folds = lexicon.folds(10_000)
    assert sorted(t for name in folds for t in lexicon.variants(name)) == expected.terms()
    for limit in (0, 1, 3, 100):
        assert lexicon.folds(limit) == expected.folds(limit)
    assert lexicon.learned == expected.learned
    for first in [*SYLLABLES, UNKNOWN]:
        assert lexicon.frequency(first) == expected.frequency(first)
        for second in SYLLABLES:
            assert lexicon.pair_frequency(first, second) == expected.pair_frequency(first, second)
    for folded in ["dan", "van", "kheo", "xyz", ""]:
        assert lexicon.variants(folded) == expected.variants(folded)
    for prefix in ["d", "dâ", "v", "xyz", "4"]:
        for limit in (1, 2, 10):
            assert lexicon.with_prefix(prefix, limit) == expected.with_prefix(prefix, limit)
            assert lexicon.folded_with_prefix(prefix, limit) == expected.folded_with_prefix(
                prefix, limit
            )
    known = expected.terms()[:20]
    rows = expected.pair_frequencies(known, known)
    assert (lexicon.pair_frequencies(known, known) == rows).all()
    for key in ("", "d", "dan v", "thi dua "):
        assert lexicon.phrases(key, 50) == expected.phrases(key, 50)
    for word in ["dân_vận", *expected.words()]:
        assert lexicon.word_frequency(word) == expected.word_frequency(word)
    for facet in ("year", "place", "person"):
        assert sorted(lexicon.facet_values(facet)) == sorted(expected.facet_values(facet))


def hits_in_stable_order(results: Results) -> list[Hit]:
    """Return the hits ordered by id where their scores differ only by rounding."""
    return sorted(results.hits, key=lambda hit: (-round(hit.score, 9), hit.document.id))


@pytest.mark.parametrize("name", ENGINES)
def test_whole_searches_equal_those_of_the_reference(name: str) -> None:
    @examples(40, name)
    @given(documents=corpora())
    def agrees(documents: list[Document]) -> None:
        with ENGINES[name](documents) as engine:
            assert_same_searches(engine, ReferenceEngine(documents))

    agrees()


def assert_same_searches(engine: SearchEngine, reference: SearchEngine) -> None:
    for text in QUERIES:
        ours, theirs = (search(e, SearchRequest(text)) for e in (engine, reference))
        assert (ours.rung, ours.total, ours.suggestion) == (
            theirs.rung,
            theirs.total,
            theirs.suggestion,
        )
        for mine, expected in zip(
            hits_in_stable_order(ours), hits_in_stable_order(theirs), strict=True
        ):
            assert (mine.document, mine.snippet) == (expected.document, expected.snippet)
        assert ours.facets == theirs.facets


@pytest.mark.parametrize("name", ENGINES)
def test_stored_documents_are_returned_unchanged(name: str) -> None:
    document = Document(
        id="một/hai ba",
        title="Tổng kết",
        body="Dòng một.\n\n\tDòng\u200b hai ệ\r\n",
        published=date(2021, 1, 8),
        places=(Place("Kiên Giang", "Giang Thành", "An Giang"),),
        persons=("Tạ Văn Dũng",),
        cited=("Nghị quyết số 42",),
    )
    with ENGINES[name]([document, Document(id="0")]) as engine:
        assert engine.document(document.id) == document
        assert list(engine.ids()) == ["0", "một/hai ba"]
        terms = {"kết", "hai", "ệ", "không"}
        reference = ReferenceEngine([document, Document(id="0")])
        for ids in ([], [document.id], ["0", document.id]):
            assert engine.matched_tokens(ids, terms) == reference.matched_tokens(ids, terms)
            assert engine.matched_tokens(ids, set()) == reference.matched_tokens(ids, set())
        with pytest.raises(DocumentNotFound, match="nowhere"):
            engine.document("nowhere")
        with pytest.raises(DocumentNotFound, match="nowhere"):
            engine.matched_tokens(["0", "nowhere"], terms)


@pytest.mark.parametrize("text", ["hoà bình", "ủy ban", "kĩ thuật", "06 tháng", "1.000 xã", "漢"])
def test_the_reference_refuses_texts_that_its_plain_analysis_does_not_model(text: str) -> None:
    with pytest.raises(ValueError, match="does not model"):
        ReferenceEngine([Document("0", body=text)])


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_groups_copies_like_the_reference(name: str) -> None:
    @examples(60, name)
    @given(documents=long_corpora(), data=st.data())
    def agrees(documents: list[Document], data: st.DataObject) -> None:
        with ENGINES[name](documents) as engine:
            assert_same_groups(engine, ReferenceEngine(documents), data)

    agrees()


def assert_same_groups(
    engine: SearchEngine, reference: ReferenceEngine, data: st.DataObject
) -> None:
    for document_id in reference.ids():
        assert engine.copies(document_id) == reference.copies(document_id)
    with pytest.raises(DocumentNotFound, match="nowhere"):
        engine.copies("nowhere")
    plan = Plan(
        data.draw(st.sampled_from([EVERYTHING, HasValue("year", ("2020",))])),
        (Feature(FeatureKind.SYLLABLE, (("dân", 1.0),), 1.0),),
    )
    for sort in Sort:
        for offset in (0, 1, 4):
            options = {"filters": {}, "sort": sort, "offset": offset, "limit": 3}
            assert_same(
                engine.find(plan, grouped=True, **options),
                reference.find(plan, grouped=True, **options),
            )


def assert_same(found, expected) -> None:  # type: ignore[no-untyped-def]
    """Assert that two results are equal, with scores within 1e-9; only hits whose scores are that
    close may be in another order."""
    assert (found.matched, found.total) == (expected.matched, expected.total)
    assert found.distinct == expected.distinct
    assert [score for _, score in found.hits] == pytest.approx(
        [score for _, score in expected.hits], rel=1e-9, abs=1e-12
    )
    counts = {name: dict(values) for name, values in found.facets.items() if values}
    assert counts == {name: values for name, values in expected.facets.items() if values}
    if len({round(score, 9) for _, score in expected.hits}) == len(expected.hits):
        assert [name for name, _ in found.hits] == [name for name, _ in expected.hits]
        assert found.copies == expected.copies
