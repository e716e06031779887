"""Law: the columns of `analyze_many` have the same tokens and words as `analyze` for each text."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from texts import TEXTS

from indexer.analysis import Token, analyze
from indexer.analysis.batch import analyze_many
from indexer.analysis.batch.code_points import _CHECK_NFC, _SINGLY, _kinds
from indexer.analysis.decompounding import _lower_case_dictionary
from indexer.analysis.normalize import normalize
from indexer.analysis.orthography import place_tones
from indexer.analysis.syllables import term_of

SEEDS = Path(__file__).parents[2] / "seeds"

HOSTILE = (
    "", " ", "Hoà bình. Hòa bình", "1.000.000 đồng", "1.000.0000", "x1.000", "2.1.000", "1.000.x",
    "số 42/NQ-CP ngày 10/01/2024", "đ/c. Tạ Văn", "TP. Hồ Chí Minh", "Covid-19", "VHTT&TT",
    "06 tháng", "kĩ lí quí", "漢字", "a漢b", "Hoa\u0300", "e\u0302\u0323", "𝐃𝐚̂𝐧 vận", "\ud800x y",
    "dòng\nMới", "dòng\nmới", "dòng\n\nmới", "Ðại ð", "cuả hòan qúy", "x\u200by", "_a_b_", "1_000",
    "TRỪ PHI NGỰA VẰN-VÈO-RAU", "a-b-c", "A-B", "a\u00a0b", "1.000.000.", "1.000,5",
    "Å \u212b", "ﬁ", "10:30–11:00", "\u0301a",
)  # fmt: skip
bits = st.sampled_from([*HOSTILE, "dân vận", "Uỷ ban", ".", ". ", " ", "\n", "-", "/", "1", ".000"])
texts = st.lists(TEXTS | st.lists(bits, max_size=8).map("".join), max_size=5)


def assert_same_as_analyze(given_texts: Sequence[str]) -> None:
    columns = analyze_many(given_texts)
    assert len(set(columns.vocabulary)) == len(columns.vocabulary)
    for number, text in enumerate(given_texts):
        expected = analyze(text)
        here = columns.texts == number
        per_token = (columns.terms, columns.starts, columns.ends, columns.positions)
        tokens = [
            Token(columns.vocabulary[term], *where)
            for term, *where in zip(*(column[here].tolist() for column in per_token), strict=True)
        ]
        assert tuple(tokens) == expected.syllables, text
        spelled = [columns.spellings[piece] for piece in columns.pieces[here].tolist()]
        assert [term_of(place_tones(s)) for s in spelled] == [t.term for t in expected.syllables]
        normal = normalize(text).text
        at = 0
        for spelling, after_space in zip(spelled, columns.after_space[here].tolist(), strict=True):
            begins = normal.index(place_tones(spelling), at)
            assert after_space == (at > 0 and normal[at:begins] == " "), text
            at = begins + len(spelling)
        words = [
            (
                "_".join(columns.vocabulary[t] for t in columns.terms[a:b].tolist()),
                columns.positions[a],
            )
            for a, b in zip(columns.firsts.tolist(), columns.lasts.tolist(), strict=True)
            if columns.texts[a] == number
        ]
        assert sorted(words) == sorted((t.term, t.position) for t in expected.words), text


def test_hostile_texts_have_the_tokens_of_analyze() -> None:
    assert_same_as_analyze(HOSTILE)
    for text in HOSTILE:
        assert_same_as_analyze([text])


@settings(max_examples=400, deadline=None)
@given(texts)
def test_any_texts_have_the_tokens_of_analyze(given_texts: list[str]) -> None:
    assert_same_as_analyze(given_texts)


def test_ordinary_characters_are_in_nfc_and_compose_with_nothing() -> None:
    plane = [chr(code) for code in range(1 << 16)]
    parts = [unicodedata.decomposition(char).split() for char in plane]
    seconds = {chr(int(part[1], 16)) for part in parts if len(part) == 2 and part[0][0] != "<"}
    ordinary = _kinds()[:-1] & (_SINGLY | _CHECK_NFC) == 0
    assert ordinary.sum() > 1000
    for char in map(chr, np.flatnonzero(ordinary).tolist()):
        assert unicodedata.is_normalized("NFC", char)
        assert not unicodedata.combining(char)
        assert char not in seconds


def test_the_seed_pages_have_the_tokens_of_analyze() -> None:
    assert_same_as_analyze(
        [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    )


PAIRS = sorted(word for word in _lower_case_dictionary() if word.count(" ") == 1)


@given(st.lists(st.sampled_from(PAIRS), min_size=3, max_size=4), st.data())
def test_a_code_that_begins_inside_a_compound_gives_the_words_of_analyze(
    words: list[str], data: st.DataObject
) -> None:
    """pyvi joins several dictionary words in capitals, and a code may begin in the last syllable of
    such a compound."""
    text = " ".join(words)
    signs = st.sampled_from("  -/&.")
    joined = "".join(data.draw(signs) if char == " " else char for char in text)
    assert_same_as_analyze([text.upper(), joined.upper()])
