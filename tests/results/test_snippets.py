"""The passage that a hit shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import VIETNAMESE

from indexer.analysis import tokens
from indexer.models import Snippet
from indexer.query.plan import Phrase
from indexer.results.matcher import PhraseFinder
from indexer.results.snippets import _MAX_LEAD, WIDTH, snippet

DÂN, VẬN, ĐẢNG = (Phrase((("dân",),)), Phrase((("vận",),)), Phrase((("đảng",),)))
DÂN_VẬN = Phrase((("dân",), ("vận",)))
NEAR = Phrase((("dân",), ("đảng",)), 40)
LONG_NEAR = Phrase((("của",), ("và",)), 50)
PHRASES = (DÂN, VẬN, ĐẢNG, DÂN_VẬN, NEAR, LONG_NEAR)
BODIES = st.lists(VIETNAMESE, max_size=10).map(" ".join) | st.lists(
    st.sampled_from(["dân", "vận", "Đảng", "của", "và", "x" * 40, "漢" * 30, "a" * 90]),
    max_size=40,
).map(" ".join)
WEIGHTS = st.lists(st.floats(0, 9), min_size=len(PHRASES), max_size=len(PHRASES))


def passage(
    text: str, phrases: tuple[Phrase, ...], weights: tuple[float, ...] = (), width: int = WIDTH
) -> Snippet:
    found = PhraseFinder(phrases).occurrences(tokens(text))
    return snippet(text, found, weights or (1.0,) * len(phrases), width)


@given(BODIES, st.sets(st.sampled_from(PHRASES)), WEIGHTS)
def test_a_passage_obeys_the_laws_of_snippet(
    text: str, chosen: set[Phrase], weights: list[float]
) -> None:
    phrases = tuple(phrase for phrase in PHRASES if phrase in chosen)
    found = PhraseFinder(phrases).occurrences(tokens(text))
    result = snippet(text, found, weights)

    assert result.text == text[result.start : result.start + len(result.text)]
    longest = max((end - start for start, end, _, _ in found), default=0)
    assert len(result.text) <= max(WIDTH, longest)
    assert result.text == result.text.strip()
    assert result.more_before == bool(text[: result.start].strip())
    assert result.more_after == bool(text[result.start + len(result.text) :].strip())
    # Every range is a match, and if anything matched, something is highlighted.
    assert list(result.ranges) == sorted(result.ranges)
    wanted = {text[a:b] for *_, words in found for a, b in words}
    for start, end in result.ranges:
        assert 0 <= start < end <= len(result.text)
        pieces = {result.text[start:end]}
        assert pieces <= wanted or len(tokens(result.text[start:end])) > 1  # merged ranges
    assert bool(result.ranges) == bool(found)


@given(BODIES)
def test_exactly_the_occurrences_inside_are_highlighted(text: str) -> None:
    result = passage(text, (DÂN_VẬN, ĐẢNG))
    marked = [result.text[a:b] for a, b in result.ranges]
    assert all([t.term for t in tokens(m)] in (["dân", "vận"], ["đảng"]) for m in marked)
    end = result.start + len(result.text)
    inside = [
        (first - result.start, last - result.start)
        for first, last, _, _ in PhraseFinder((DÂN_VẬN, ĐẢNG)).occurrences(tokens(text))
        if result.start <= first and last <= end
    ]
    assert list(result.ranges) == inside


FILLER = "hôm nay trời đẹp lắm " * 30


def test_without_a_match_the_passage_is_the_beginning() -> None:
    result = passage(FILLER, (DÂN,))
    assert (result.start, result.ranges) == (0, ())
    assert (result.more_before, result.more_after) == (False, True)
    assert 0.8 * WIDTH < len(result.text) <= WIDTH


def test_a_rare_word_counts_more_than_common_ones() -> None:
    text = f"dân dân dân vận. {FILLER}. Đảng. {FILLER}"
    result = passage(text, (DÂN, VẬN, ĐẢNG), (0.1, 0.1, 3.0))
    assert [result.text[a:b] for a, b in result.ranges] == ["Đảng"]
    assert result.more_before
    assert result.more_after


def test_different_words_count_more_than_one_repeated() -> None:
    text = f"{'dân ' * 20}. {FILLER}. dân và vận"
    result = passage(text, (DÂN, VẬN))
    assert [result.text[a:b] for a, b in result.ranges] == ["dân", "vận"]


def test_a_passage_begins_with_its_sentence_if_that_is_near() -> None:
    text = f"{FILLER}. Sáng nay, công tác dân vận. {FILLER}"
    assert passage(text, (DÂN_VẬN,)).text.startswith("Sáng nay, công tác dân vận.")


def test_a_passage_is_never_cut_inside_a_syllable() -> None:
    text = f"{FILLER}dân vận {FILLER}"
    result = passage(text, (DÂN_VẬN,))
    assert set(result.text.split()) <= set(text.split())


SYLLABLES = st.sampled_from(["dân", "vận", "Đảng", "của", "nghiêng"])


@given(st.lists(SYLLABLES, min_size=60, max_size=120))
def test_a_passage_that_ends_with_a_match_is_not_cut_inside_the_next_syllable(
    syllables: list[str],
) -> None:
    result = passage(" ".join(syllables), (VẬN, ĐẢNG))
    assert set(result.text.split()) <= set(syllables)


@pytest.mark.parametrize("shift", range(12))
def test_a_passage_is_never_cut_between_the_syllables_of_a_word(shift: int) -> None:
    word = "Trung ương "
    text = f"{'a' * shift} {word * 40}dân vận {word * 40}"
    result = passage(text, (DÂN_VẬN,)).text
    assert result.startswith("Trung ")
    assert result.endswith(" ương")


@pytest.mark.parametrize("between", [1, 10, 25, 35, 40])
def test_a_match_with_slop_is_shown_whole_and_no_wider_than_needed(between: int) -> None:
    match = f"dân {'nghiêng ' * between}Đảng"
    text = f"{FILLER}{match} {FILLER}"
    result = passage(text, (NEAR,))
    assert [result.text[a:b] for a, b in result.ranges] == ["dân", "Đảng"]
    assert len(result.text) <= max(WIDTH, len(match))


def test_a_short_match_inside_a_long_one_does_not_cut_it() -> None:
    match = f"dân vận {'nghiêng ' * 38}Đảng"
    result = passage(f"{FILLER}{match} {FILLER}", (NEAR, VẬN))
    assert [result.text[a:b] for a, b in result.ranges] == ["dân", "vận", "Đảng"]


def test_an_empty_body_has_an_empty_passage() -> None:
    assert passage("", (DÂN,)) == Snippet("")
    assert passage(" \n ", (DÂN,)).text == ""


def test_a_passage_without_a_match_has_at_least_half_the_width() -> None:
    text = f"{'a' * (WIDTH * 2 // 5)} {'b' * 3 * WIDTH}"
    assert len(passage(text, (DÂN,)).text) == WIDTH


def test_a_passage_is_cut_inside_a_word_rather_than_inside_a_syllable() -> None:
    text = f"{'a' * (WIDTH - 20)}-Trung ương,{'b' * WIDTH}"
    assert passage(text, (DÂN,)).text.endswith("-Trung")


def test_occurrences_that_leave_the_window_no_longer_count() -> None:
    text = f"dân vận. {FILLER}. dân và Đảng. {FILLER}"
    result = passage(text, (DÂN, VẬN, ĐẢNG), (1.0, 1.0, 0.9))
    assert [result.text[a:b] for a, b in result.ranges] == ["dân", "vận"]


def test_occurrences_that_just_fit_are_in_one_passage() -> None:
    between = WIDTH - _MAX_LEAD - len("dân vận") - 1
    text = f"Đảng. {FILLER}. dân {'a' * between} vận {FILLER}"
    result = passage(text, (DÂN, VẬN, ĐẢNG), (1.0, 1.0, 1.5))
    assert [result.text[a:b] for a, b in result.ranges] == ["dân", "vận"]


@pytest.mark.parametrize("shift", range(3))
def test_a_passage_ends_at_the_last_space_that_fits(shift: int) -> None:
    text = f"{'a' * shift} {'ab ' * WIDTH}"
    assert passage(text, (DÂN,)).text == text[: WIDTH + 1].rsplit(" ", 1)[0].strip()
