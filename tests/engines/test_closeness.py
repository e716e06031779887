"""Closeness and earliness reorder the first hits only, alike on every page, by their formulas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import Entry
from reference import closeness as by_every_position
from reference import earliness as by_first_positions

from indexer.engines.proximity import DEPTH, HALF, REACH, Placement
from indexer.engines.whoosh import build, open_engine, update
from indexer.engines.whoosh.engine import WhooshEngine
from indexer.models import Document, Sort
from indexer.query.plan import (
    EVERYTHING,
    Feature,
    FeatureKind,
    NearTerm,
    PlacementKind,
    PlacementScore,
    Plan,
)

FILL = "mây"


@contextmanager
def engine_of(*batches: Sequence[Document]) -> Iterator[WhooshEngine]:
    """An index built of the first batch and updated with each of the others."""
    with TemporaryDirectory() as folder:
        build(Path(folder), batches[0])
        for batch in batches[1:]:
            update(Path(folder), batch)
        engine = open_engine(Path(folder))
        try:
            yield engine
        finally:
            engine.close()


def term(*variants: str, weight: float = 1.0) -> NearTerm:
    return NearTerm(tuple(tuple(variant.split()) for variant in variants), weight)


def closeness_of(engine: WhooshEngine, terms: Sequence[NearTerm], document_id: str) -> float:
    return share_of(PlacementKind.CLOSENESS, engine, terms, document_id)


def earliness_of(engine: WhooshEngine, terms: Sequence[NearTerm], document_id: str) -> float:
    return share_of(PlacementKind.EARLINESS, engine, terms, document_id)


def share_of(
    kind: PlacementKind, engine: WhooshEngine, terms: Sequence[NearTerm], document_id: str
) -> float:
    for score in engine.explain(Plan(EVERYTHING, BY_LENGTH, tuple(terms)), document_id):
        if isinstance(score, PlacementScore) and score.kind is kind:
            return score.share
    return 0.0


BY_LENGTH = (Feature(FeatureKind.SYLLABLE, ((FILL, 1.0),), 1.0),)
DAN, VAN, KHEO = term("dân"), term("vận"), term("khéo", weight=2.0)

gaps = st.sampled_from([0, 0, 1, 2, REACH - 2, REACH - 1, REACH, 3 * REACH])
bodies = st.lists(st.tuples(st.sampled_from(["dân", "vận", "khéo", "dv"]), gaps), max_size=8).map(
    lambda parts: " ".join(f"{name} {FILL} {' '.join([FILL] * gap)}" for name, gap in parts)
)
terms = st.lists(
    st.builds(
        NearTerm,
        st.lists(
            st.sampled_from([("dân",), ("vận",), ("khéo",), ("dv",), ("dân", FILL), (FILL,)]),
            min_size=1, max_size=3, unique=True,
        ).map(tuple),
        st.sampled_from([0.25, 1.0, 3.0]),
    ),
    max_size=4, unique=True,
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(bodies, bodies), min_size=1, max_size=4), st.lists(terms, min_size=3))
def test_closeness_and_earliness_equal_those_of_trying_every_position(texts, queries) -> None:
    documents = [Document(f"d{n}", f"{FILL} {a}", b) for n, (a, b) in enumerate(texts)]
    with engine_of(documents) as engine:
        for document in documents:
            for chosen in queries:
                found = closeness_of(engine, chosen, document.id)
                assert found == pytest.approx(by_every_position(chosen, Entry(document)), abs=1e-12)
                assert 0 <= found <= 1
                early = earliness_of(engine, chosen, document.id)
                assert early == pytest.approx(by_first_positions(chosen, Entry(document)))
                assert 0 <= early <= 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("dân vận", 1 - 1 / REACH),
        ("vận dân", 1 - 1 / REACH),
        ("dân mây vận", 1 - 2 / REACH),
        ("dân. vận", 1 - 2 / REACH),  # the end of a sentence is a position
        (f"dân {'mây ' * (REACH - 1)}vận", 0.0),
        (f"dân {'mây ' * 99}dân mây vận", 1 - 2 / REACH),  # the nearest occurrence counts
        ("dân dân dân", 0.0),
        ("vận", 0.0),
        ("", 0.0),
    ],
)
def test_two_terms_are_as_close_as_they_stand(body: str, expected: float) -> None:
    with engine_of([Document("d", FILL, body)]) as engine:
        assert closeness_of(engine, [DAN, VAN], "d") == pytest.approx(expected)


def test_title_and_body_are_far_apart() -> None:
    with engine_of([Document("d", "mây dân", "vận mây")]) as engine:
        assert closeness_of(engine, [DAN, VAN], "d") == 0


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("", "dân vận", (1 + HALF / (HALF + 1)) / 2),
        ("", f"dân {'mây ' * (HALF - 1)}vận dân", 0.75),  # each by its first occurrence
        ("", f"{'mây ' * HALF}dân", 0.5),  # of the terms that there are
        ("", f"{'mây ' * HALF}dân khéo", (0.5 + 2 * HALF / (2 * HALF + 1)) / 3),  # by weight
        (f"{'mây ' * HALF}dân", f"{'mây ' * (3 * HALF)}dân", 0.5),  # in the title or in the body
        ("mây", "mây", 0.0),
    ],
)
def test_a_term_is_as_early_as_its_first_occurrence(title: str, body: str, expected: float) -> None:
    with engine_of([Document("d", title or FILL, body)]) as engine:
        assert earliness_of(engine, [DAN, VAN, KHEO], "d") == pytest.approx(expected)


def test_of_two_pages_the_one_that_begins_with_the_subject_comes_first() -> None:
    late = Document("a", FILL, f"{'mây ' * HALF}dân vận mưa")
    early = Document("b", FILL, f"dân vận mưa {'mây ' * HALF}")
    with engine_of([late, early]) as engine:
        assert [name for name, _ in hits(engine, NEAR)] == ["b", "a"]
        assert [name for name, _ in hits(engine, FAR)] == ["a", "b"]


def test_an_abbreviation_stands_for_all_its_syllables_at_one_place() -> None:
    both = [term("dân", "dv"), term("vận", "dv")]
    long_form = [term("dv", "dân vận"), KHEO]
    with engine_of([Document("d", FILL, "dv khéo"), Document("e", FILL, "dân vận khéo")]) as engine:
        assert closeness_of(engine, both, "d") == 1
        assert closeness_of(engine, long_form, "d") == pytest.approx(1 - 1 / REACH)
        assert closeness_of(engine, long_form, "e") == pytest.approx(1 - 2 / REACH)


MANY = [
    Document(f"d{n:03}", "", f"{'mây ' * (1 + n * 7 % 31)}dân {'mưa ' * (n * 11 % 37)}vận")
    for n in range(6 * DEPTH)
]
NEAR = Plan(EVERYTHING, BY_LENGTH, (DAN, VAN))
FAR = Plan(EVERYTHING, BY_LENGTH)


@pytest.fixture(scope="module", params=["rebuilt", "updated"])
def engine(request) -> Iterator[WhooshEngine]:
    batches = [MANY] if request.param == "rebuilt" else [MANY[::3], MANY[1::3], MANY[2::3]]
    with engine_of(*batches) as opened:
        yield opened


def hits(engine: WhooshEngine, plan: Plan, **options) -> list[tuple[str, float]]:
    options = {"filters": {}, "limit": len(MANY), **options}
    return list(engine.find(plan, **options).hits)


@pytest.mark.parametrize("grouped", [False, True])
def test_only_the_first_hits_change_their_order(engine: WhooshEngine, grouped: bool) -> None:
    plain, near = (hits(engine, plan, grouped=grouped) for plan in (FAR, NEAR))
    assert near[DEPTH:] == plain[DEPTH:]
    assert near[:DEPTH] != plain[:DEPTH]
    each = (engine, NEAR.near)
    expected = [
        (name, score * Placement(closeness_of(*each, name), earliness_of(*each, name)).factor)
        for name, score in plain[:DEPTH]
    ]
    assert near[:DEPTH] == sorted(expected, key=lambda hit: (-hit[1], hit[0]))
    scores = [score for _, score in near]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("size", [1, 7, 10, DEPTH, 100])
def test_pages_continue_each_other(engine: WhooshEngine, size: int) -> None:
    pages = [
        hits(engine, NEAR, offset=offset, limit=size) for offset in range(0, len(MANY) + 1, size)
    ]
    assert list(chain.from_iterable(pages)) == hits(engine, NEAR)


def test_updated_and_rebuilt_indexes_order_alike() -> None:
    with engine_of(MANY) as rebuilt, engine_of(MANY[::3], MANY[1::3], MANY[2::3]) as updated:
        assert hits(updated, NEAR) == hits(rebuilt, NEAR)


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST])
def test_a_list_by_date_is_left_alone(engine: WhooshEngine, sort: Sort) -> None:
    assert hits(engine, NEAR, sort=sort) == hits(engine, FAR, sort=sort)


def test_pinned_documents_stay_first(engine: WhooshEngine) -> None:
    pinned = [MANY[5].id, MANY[-3].id]
    near = hits(engine, NEAR, pinned=pinned)
    assert [name for name, _ in near[:2]] == pinned
    for name, score in near[:2]:
        assert score == pytest.approx(sum(s.points for s in engine.explain(NEAR, name)))
