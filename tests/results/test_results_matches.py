from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Token, tokens
from indexer.models import Range
from indexer.query.plan import Phrase
from indexer.results.matcher import PhraseFinder, merge

ALPHABET = ["dân", "vận", "văn", "khéo"]
TEXTS = st.lists(
    st.tuples(st.sampled_from(ALPHABET), st.sampled_from([" ", ", ", ". ", "; "])), max_size=12
).map(lambda parts: "".join(word + gap for word, gap in parts))
RUNS = st.lists(
    st.builds(
        Phrase,
        st.lists(
            st.lists(st.sampled_from(ALPHABET), min_size=1, max_size=2, unique=True).map(tuple),
            max_size=3,
        ).map(tuple),
        st.integers(0, 4),
    ),
    max_size=3,
)


def naive(found: Sequence[Token], run: Phrase) -> set[Range]:
    """Spans where the run stands: for each start the choice of later slots that ends earliest."""
    spans = set()
    for first in range(len(found)):
        ways = [[first]] if run.slots and found[first].term in run.slots[0] else []
        for slot in run.slots[1:]:
            ways = [
                [*way, at]
                for way in ways
                for at in range(way[-1] + 1, len(found))
                if found[at].term in slot
            ]
        longest = len(run.slots) - 1 + run.slop
        ends = [
            found[way[-1]].end
            for way in ways
            if found[way[-1]].position - found[first].position <= longest
        ]
        if ends:
            spans.add((found[first].start, min(ends)))
    return spans


@given(TEXTS, RUNS)
def test_occurrences_are_those_that_trying_everything_finds(text: str, runs: list[Phrase]) -> None:
    found = tokens(text)
    places = PhraseFinder(runs).places(found)
    for number, run in enumerate(runs):
        assert {(start, end) for start, end, at, _ in places if at == number} == naive(found, run)
    spans = [(start, end) for start, end, _, _ in places]
    assert spans == sorted(spans)


@given(TEXTS, RUNS)
def test_the_ranges_of_a_place_are_its_words(text: str, runs: list[Phrase]) -> None:
    for start, end, number, words in PhraseFinder(runs).places(tokens(text)):
        inside = [t.term for r in words for t in tokens(text[r[0] : r[1]])]
        run = runs[number]
        assert len(inside) == len(run.slots)
        assert all(term in slot for term, slot in zip(inside, run.slots, strict=True))
        assert (words[0][0], words[-1][1]) == (start, end)
        if not run.slop:
            assert len(words) == 1


def ranges(text: str, *slots: Sequence[str], slop: int = 0) -> list[list[str]]:
    run = Phrase(tuple(map(tuple, slots)), slop)
    return [[text[a:b] for a, b in words] for *_, words in PhraseFinder([run]).places(tokens(text))]


def test_a_run_is_marked_as_it_is_written() -> None:
    assert ranges("Ban Dân vận, dân  vận", ["dân"], ["vận"]) == [["Dân vận"], ["dân  vận"]]
    assert ranges("khúc đông, động", ["đông"]) == [["đông"]]


def test_a_run_does_not_cross_the_end_of_a_sentence() -> None:
    assert ranges("vì dân. Vận động", ["dân"], ["vận"]) == []


def test_near_words_are_marked_one_by_one() -> None:
    text = "dân ta rất khéo, dân khéo"
    assert ranges(text, ["dân"], ["khéo"], slop=2) == [["dân", "khéo"], ["dân", "khéo"]]
    assert ranges(text, ["dân"], ["khéo"], slop=1) == [["dân", "khéo"]]


@pytest.mark.parametrize("run", [Phrase((("dân",),) * 60, 50), Phrase((("dân",),) * 60)])
def test_a_text_that_repeats_itself_is_marked_at_its_beginning(run: Phrase) -> None:
    found = tokens("dân " * 40_000)
    places = PhraseFinder([run]).places(found)
    assert 1_000 < len(places) < 10_000
    assert [start for start, *_ in places] == [token.start for token in found[: len(places)]]


@pytest.mark.parametrize(
    ("given_", "merged"),
    [
        ([], ()),
        ([(5, 8), (0, 3)], ((0, 3), (5, 8))),
        ([(0, 3), (3, 6)], ((0, 3), (3, 6))),
        ([(0, 4), (3, 6)], ((0, 6),)),
        ([(0, 9), (3, 6), (8, 10)], ((0, 10),)),
        ([(0, 3), (0, 3)], ((0, 3),)),
    ],
)
def test_merge(given_: list[Range], merged: tuple[Range, ...]) -> None:
    assert merge(given_) == merged


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10)).map(lambda p: (p[0], sum(p)))))
def test_merging_covers_the_same_characters_in_order(found: list[Range]) -> None:
    merged = merge(found)
    assert {i for r in merged for i in range(*r)} == {i for r in found for i in range(*r)}
    assert all(a[1] <= b[0] for a, b in pairwise(merged))
