from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import VIETNAMESE

from indexer.analysis import tokens
from indexer.models import Snippet
from indexer.query.plan import Phrase
from indexer.results.matcher import PhraseFinder
from indexer.results.snippets import WIDTH, snippet

DÂN, VẬN, ĐẢNG = (Phrase((("dân",),)), Phrase((("vận",),)), Phrase((("đảng",),)))
DÂN_VẬN = Phrase((("dân",), ("vận",)))
NEAR = Phrase((("dân",), ("đảng",)), 40)
LONG_NEAR = Phrase((("của",), ("và",)), 50)
RUNS = (DÂN, VẬN, ĐẢNG, DÂN_VẬN, NEAR, LONG_NEAR)
BODIES = st.lists(VIETNAMESE, max_size=10).map(" ".join) | st.lists(
    st.sampled_from(["dân", "vận", "Đảng", "của", "và", "x" * 40, "漢" * 30, "a" * 90]),
    max_size=40,
).map(" ".join)
WEIGHTS = st.lists(st.floats(0, 9), min_size=len(RUNS), max_size=len(RUNS))


def passage(
    text: str, runs: tuple[Phrase, ...], weights: tuple[float, ...] = (), width: int = WIDTH
) -> Snippet:
    found = PhraseFinder(runs).places(tokens(text))
    return snippet(text, found, weights or (1.0,) * len(runs), width)


@given(BODIES, st.sets(st.sampled_from(RUNS)), WEIGHTS)
def test_laws(text: str, chosen: set[Phrase], weights: list[float]) -> None:
    runs = tuple(run for run in RUNS if run in chosen)
    found = PhraseFinder(runs).places(tokens(text))
    shown = snippet(text, found, weights)

    assert shown.text == text[shown.start : shown.start + len(shown.text)]
    longest = max((end - start for start, end, _, _ in found), default=0)
    assert len(shown.text) <= max(WIDTH, longest)
    assert shown.text == shown.text.strip()
    assert shown.more_before == bool(text[: shown.start].strip())
    assert shown.more_after == bool(text[shown.start + len(shown.text) :].strip())
    # Every range is the words that matched, and something is marked where anything matched.
    assert list(shown.ranges) == sorted(shown.ranges)
    wanted = {text[a:b] for *_, words in found for a, b in words}
    for start, end in shown.ranges:
        assert 0 <= start < end <= len(shown.text)
        pieces = {shown.text[start:end]}
        assert pieces <= wanted or len(tokens(shown.text[start:end])) > 1  # merged ones
    assert bool(shown.ranges) == bool(found)


@given(BODIES)
def test_every_occurrence_inside_is_marked_and_nothing_else(text: str) -> None:
    shown = passage(text, (DÂN_VẬN, ĐẢNG))
    marked = [shown.text[a:b] for a, b in shown.ranges]
    assert all([t.term for t in tokens(m)] in (["dân", "vận"], ["đảng"]) for m in marked)
    end = shown.start + len(shown.text)
    inside = [
        (first - shown.start, last - shown.start)
        for first, last, _, _ in PhraseFinder((DÂN_VẬN, ĐẢNG)).places(tokens(text))
        if shown.start <= first and last <= end
    ]
    assert list(shown.ranges) == inside


FILLER = "hôm nay trời đẹp lắm " * 30


def test_without_a_match_it_is_the_beginning() -> None:
    shown = passage(FILLER, (DÂN,))
    assert (shown.start, shown.ranges, shown.more_before, shown.more_after) == (0, (), False, True)
    assert 0.8 * WIDTH < len(shown.text) <= WIDTH


def test_a_rare_word_counts_more_than_common_ones() -> None:
    text = f"dân dân dân vận. {FILLER}. Đảng. {FILLER}"
    shown = passage(text, (DÂN, VẬN, ĐẢNG), (0.1, 0.1, 3.0))
    assert [shown.text[a:b] for a, b in shown.ranges] == ["Đảng"]
    assert shown.more_before
    assert shown.more_after


def test_different_words_count_more_than_one_repeated() -> None:
    text = f"{'dân ' * 20}. {FILLER}. dân và vận"
    shown = passage(text, (DÂN, VẬN))
    assert [shown.text[a:b] for a, b in shown.ranges] == ["dân", "vận"]


def test_it_begins_with_its_sentence_where_that_is_near() -> None:
    text = f"{FILLER}. Sáng nay, công tác dân vận. {FILLER}"
    assert passage(text, (DÂN_VẬN,)).text.startswith("Sáng nay, công tác dân vận.")


def test_it_is_never_cut_inside_a_word() -> None:
    text = f"{FILLER}dân vận {FILLER}"
    shown = passage(text, (DÂN_VẬN,))
    assert set(shown.text.split()) <= set(text.split())


@pytest.mark.parametrize("shift", range(12))
def test_it_is_never_cut_between_the_syllables_of_a_word(shift: int) -> None:
    word = "Trung ương "
    text = f"{'a' * shift} {word * 40}dân vận {word * 40}"
    shown = passage(text, (DÂN_VẬN,)).text
    assert shown.startswith("Trung ")
    assert shown.endswith(" ương")


@pytest.mark.parametrize("between", [1, 10, 25, 35, 40])
def test_a_near_match_is_shown_whole_and_no_wider_than_it_must(between: int) -> None:
    match = f"dân {'nghiêng ' * between}Đảng"
    text = f"{FILLER}{match} {FILLER}"
    shown = passage(text, (NEAR,))
    assert [shown.text[a:b] for a, b in shown.ranges] == ["dân", "Đảng"]
    assert len(shown.text) <= max(WIDTH, len(match))


def test_a_short_match_inside_a_long_one_does_not_cut_it() -> None:
    match = f"dân vận {'nghiêng ' * 38}Đảng"
    shown = passage(f"{FILLER}{match} {FILLER}", (NEAR, VẬN))
    assert [shown.text[a:b] for a, b in shown.ranges] == ["dân", "vận", "Đảng"]


def test_an_empty_body() -> None:
    assert passage("", (DÂN,)) == Snippet("")
    assert passage(" \n ", (DÂN,)).text == ""
