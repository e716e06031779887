"""Occurrences of phrases in a text, and merged ranges."""

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
SLOTS = st.lists(st.sampled_from(ALPHABET), min_size=1, max_size=2, unique=True).map(tuple)
SIDES = st.lists(SLOTS, max_size=2).map(tuple)
PHRASES = st.lists(
    st.builds(Phrase, st.lists(SLOTS, max_size=3).map(tuple), st.integers(0, 4))
    | st.builds(
        lambda slots, sides: Phrase(slots, outside=tuple((*a, *slots, *b) for a, b in sides)),
        st.lists(SLOTS, min_size=1, max_size=3).map(tuple),
        st.lists(st.tuples(SIDES, SIDES).filter(any), max_size=2),
    ),
    max_size=3,
)


def spans_by_enumeration(found: Sequence[Token], phrase: Phrase) -> set[Range]:
    """Return the spans of a phrase, found by trying all choices of tokens: for each first token the
    one that ends earliest."""
    spans = set()
    terms = {token.position: token.term for token in found}
    for first in range(len(found)):
        place = found[first].position
        if any(
            all(terms.get(start + n) in slot for n, slot in enumerate(longer))
            for longer in phrase.outside
            for start in range(place - len(longer) + len(phrase.slots), place + 1)
        ):
            continue
        choices = [[first]] if phrase.slots and found[first].term in phrase.slots[0] else []
        for slot in phrase.slots[1:]:
            choices = [
                [*choice, at]
                for choice in choices
                for at in range(choice[-1] + 1, len(found))
                if found[at].term in slot
            ]
        longest = len(phrase.slots) - 1 + phrase.slop
        ends = [
            found[choice[-1]].end
            for choice in choices
            if found[choice[-1]].position - found[first].position <= longest
        ]
        if ends:
            spans.add((found[first].start, min(ends)))
    return spans


@given(TEXTS, PHRASES)
def test_occurrences_are_those_that_enumeration_finds(text: str, phrases: list[Phrase]) -> None:
    found = tokens(text)
    occurrences = PhraseFinder(phrases).occurrences(found)
    for number, phrase in enumerate(phrases):
        spans_of_phrase = {(start, end) for start, end, at, _ in occurrences if at == number}
        assert spans_of_phrase == spans_by_enumeration(found, phrase)
    spans = [(start, end) for start, end, _, _ in occurrences]
    assert spans == sorted(spans)


@given(TEXTS, PHRASES)
def test_the_ranges_of_an_occurrence_are_its_words(text: str, phrases: list[Phrase]) -> None:
    for start, end, number, words in PhraseFinder(phrases).occurrences(tokens(text)):
        inside = [t.term for r in words for t in tokens(text[r[0] : r[1]])]
        phrase = phrases[number]
        assert len(inside) == len(phrase.slots)
        assert all(term in slot for term, slot in zip(inside, phrase.slots, strict=True))
        assert (words[0][0], words[-1][1]) == (start, end)
        if not phrase.slop:
            assert len(words) == 1


def ranges(text: str, *slots: Sequence[str], slop: int = 0) -> list[list[str]]:
    phrase = Phrase(tuple(map(tuple, slots)), slop)
    return [
        [text[a:b] for a, b in words]
        for *_, words in PhraseFinder([phrase]).occurrences(tokens(text))
    ]


def test_a_phrase_is_highlighted_as_it_is_written() -> None:
    assert ranges("Ban Dân vận, dân  vận", ["dân"], ["vận"]) == [["Dân vận"], ["dân  vận"]]
    assert ranges("khúc đông, động", ["đông"]) == [["đông"]]


def test_a_phrase_does_not_span_sentences() -> None:
    assert ranges("vì dân. Vận động", ["dân"], ["vận"]) == []


def test_the_words_of_a_phrase_with_slop_are_highlighted_one_by_one() -> None:
    text = "dân ta rất khéo, dân khéo"
    assert ranges(text, ["dân"], ["khéo"], slop=2) == [["dân", "khéo"], ["dân", "khéo"]]
    assert ranges(text, ["dân"], ["khéo"], slop=1) == [["dân", "khéo"]]


@pytest.mark.parametrize("phrase", [Phrase((("dân",),) * 60, 50), Phrase((("dân",),) * 60)])
def test_a_long_repetition_is_searched_at_its_beginning_only(phrase: Phrase) -> None:
    found = tokens("dân " * 40_000)
    occurrences = PhraseFinder([phrase]).occurrences(found)
    assert 1_000 < len(occurrences) < 10_000
    assert [start for start, *_ in occurrences] == [
        token.start for token in found[: len(occurrences)]
    ]


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
def test_overlapping_ranges_are_merged_and_touching_ones_are_not(
    given_: list[Range], merged: tuple[Range, ...]
) -> None:
    assert merge(given_) == merged


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10)).map(lambda p: (p[0], sum(p)))))
def test_merged_ranges_cover_the_same_characters_in_order(found: list[Range]) -> None:
    merged = merge(found)
    assert {i for r in merged for i in range(*r)} == {i for r in found for i in range(*r)}
    assert all(a[1] <= b[0] for a, b in pairwise(merged))
