"""Phrases are counted as by a plain loop, and the right ones are selected as completions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import TEXTS

from indexer.analysis import analyze
from indexer.analysis.batch import analyze_many
from indexer.suggest.ngrams import (
    LEAD_POSITIONS,
    MAX_SYLLABLES,
    MAX_WORDS,
    MIN_SYLLABLES,
    SMALL_BATCH,
    count_phrases,
)
from indexer.suggest.selection import select_phrases

PIECES = (
    "dân vận", "công tác", "của", "khéo", "bảo hiểm xã hội", "huyện", "và", "có thể", "mua", "xe",
    "42/nq-cp", "10", ", ", ". ", "  ", "\n\n",
)  # fmt: skip
bodies = st.lists(st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join), max_size=6)


def counted(*texts: str, titles: Sequence[str] = ()) -> dict[str, int]:
    return count_phrases(analyze_many([part for text in texts for part in ("", text)]), titles)


def phrases_by_loops(text: str) -> set[str]:
    """Return the phrases of one lower-case text, found by plain loops."""
    found = analyze(text)
    tokens = found.syllables
    starts = {token.start: at for at, token in enumerate(tokens)}
    ends = {token.end: at + 1 for at, token in enumerate(tokens)}
    longest: dict[int, int] = {}
    for word in found.words:
        first = starts[word.start]
        longest[first] = max(longest.get(first, 0), ends[word.end])
    words, at = [], 0
    for first in sorted(longest):
        if first >= at:
            words.append(range(first, longest[first]))
            at = longest[first]
    particles = {"của", "và", "có_thể", "10"}
    phrases = set()
    for i, word in enumerate(words):
        for j in range(i, min(i + MAX_WORDS, len(words))):
            span = range(word.start, words[j].stop)
            gaps = {text[tokens[n].end : tokens[n + 1].start] for n in span[:-1]}
            written = ["_".join(tokens[n].term for n in word) for word in words[i : j + 1]]
            is_sized = MIN_SYLLABLES <= len(span) <= MAX_SYLLABLES
            if gaps <= {" "} and is_sized and not {written[0], written[-1]} & particles:
                phrases.add(" ".join(written))
    return phrases


@given(bodies)
def test_phrases_are_those_that_loops_find(texts: list[str]) -> None:
    expected = Counter(phrase for text in texts for phrase in phrases_by_loops(text))
    assert counted(*texts) == expected


@given(bodies, bodies)
def test_counts_add_up_over_batches(some: list[str], others: list[str]) -> None:
    together = Counter(counted(*some)) + Counter(counted(*others))
    assert counted(*some, *others) == together


@given(st.lists(TEXTS, max_size=4))
def test_phrases_of_any_texts_can_be_selected(texts: list[str]) -> None:
    for phrase in select_phrases(counted(*texts, titles=texts)):
        assert 0 < phrase.documents <= 2 * len(texts)


def test_a_large_batch_counts_phrases_of_two_documents_or_more() -> None:
    texts = ["mua xe máy", "đi xe máy", "công tác", *["họp"] * SMALL_BATCH]
    assert counted(*texts) == {"xe_máy": 2}
    assert set(counted(*texts[:3])) > {"xe_máy", "công_tác"}


def test_a_word_that_the_lead_of_a_large_batch_would_cut_is_left_out() -> None:
    def counted_after(before: int) -> dict[str, int]:
        return counted(*["họp, " * before + "công tác viên"] * SMALL_BATCH, "họp")

    assert counted_after(LEAD_POSITIONS - 3) == {"công_tác_viên": SMALL_BATCH}
    for before in range(LEAD_POSITIONS - 2, LEAD_POSITIONS + 1):
        assert counted_after(before) == {}


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Thủ tướng họp", "thủ_tướng"),  # the capital at the beginning of a sentence
        ("Hà Nội họp", "Hà_Nội"),  # a name
        ("gặp Thủ tướng", "Thủ_tướng"),
        ("HỘI NGHỊ DÂN VẬN", "hội_nghị dân_vận"),  # a line in capitals
        ("UBND huyện họp", "UBND huyện"),
        ("nước EU họp", "nước EU"),
        ("hòa bình", "hòa_bình"),  # as it is written
    ],
)
def test_a_phrase_has_the_capitals_it_has_within_a_sentence(text: str, phrase: str) -> None:
    assert phrase in counted(text)


def test_a_phrase_has_at_most_eight_syllables() -> None:
    assert "dân_vận công_nghiệp_hoá hiện_đại_hoá" in counted("dân vận công nghiệp hoá hiện đại hoá")
    nine = counted("hợp tác xã hợp tác xã hợp tác xã")
    assert set(nine) == {"hợp_tác_xã", "hợp_tác_xã hợp_tác_xã"}


def test_a_title_is_one_phrase() -> None:
    title = "Giang Thành: tổng kết và biểu dương"
    assert counted("họp", titles=[title])[title.replace(" ", "_")] == 1


def test_a_title_with_an_underscore_is_no_phrase() -> None:
    assert counted("họp", titles=["bao_cao tổng kết"]) == {}


@pytest.mark.parametrize(
    ("given_counts", "expected"),
    [
        ({"hòa_bình": 2, "hoà_bình": 1}, [("hòa bình", 3)]),
        ({"Huyện_ủy": 1, "huyện_ủy": 3}, [("huyện ủy", 4)]),
        ({"thi_đua yêu": 3, "thi_đua yêu nước": 3}, [("thi đua yêu nước", 3)]),
        ({"dân_vận": 3, "dân_vận khéo": 3}, [("dân vận", 3), ("dân vận khéo", 3)]),
        ({"Nguyễn_Văn": 3, "Nguyễn_Văn_An": 2, "Nguyễn_Văn_Cừ": 2},
         [("Nguyễn Văn An", 2), ("Nguyễn Văn Cừ", 2)]),
        ({"huyện_ủy Giang": 1, "huyện_ủy Giang Thành": 1}, [("huyện ủy Giang Thành", 1)]),
        ({"Giang_Thành": 1, "Giang_Thành_tổng_kết_công_tác": 1},
         [("Giang Thành", 1), ("Giang Thành tổng kết công tác", 1)]),
        ({"mua xe": 1, "huyện Mỹ_Xuyên": 1, "công_tác": 1},
         [("công tác", 1), ("huyện Mỹ Xuyên", 1)]),
    ],
)  # fmt: skip
def test_the_most_frequent_spelling_of_whole_phrases_is_selected(
    given_counts: dict[str, int], expected: list[tuple[str, int]]
) -> None:
    found = sorted((phrase.text, phrase.documents) for phrase in select_phrases(given_counts))
    assert found == expected


def test_keys_are_folded() -> None:
    keys = {phrase.text: phrase.key for phrase in select_phrases({"kỹ_thuật": 2, "Đắk_Lắk": 2})}
    assert keys == {"kỹ thuật": "ki thuat", "Đắk Lắk": "dak lak"}
