"""Law: the columns of many texts hold what `analyze` says of each."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from texts import TEXTS

from indexer.analysis import Token, analyze
from indexer.analysis.batch.analyzer import analyze_many
from indexer.analysis.batch.code_points import _CARE, _DOUBT, _kinds
from indexer.analysis.normalize import normalize
from indexer.analysis.orthography import place_tones
from indexer.analysis.syllables import term_of

SEEDS = Path(__file__).parents[2] / "seeds"

HOSTILE = (
    "", " ", "Hoà bình. Hòa bình", "1.000.000 đồng", "1.000.0000", "x1.000", "2.1.000", "1.000.x",
    "số 42/NQ-CP ngày 10/01/2024", "đ/c. Tạ Văn", "TP. Hồ Chí Minh", "Covid-19", "VHTT&TT",
    "06 tháng", "kĩ lí quí", "漢字", "a漢b", "Hoa\u0300", "e\u0302\u0323", "𝐃𝐚̂𝐧 vận", "\ud800x y",
    "dòng\nMới", "dòng\nmới", "dòng\n\nmới", "Ðại ð", "cuả hòan qúy", "x\u200by", "_a_b_", "1_000",
    "a-b-c", "A-B", "a\u00a0b", "1.000.000.", "1.000,5", "Å \u212b", "ﬁ", "10:30–11:00", "\u0301a",
)  # fmt: skip
bits = st.sampled_from([*HOSTILE, "dân vận", "Uỷ ban", ".", ". ", " ", "\n", "-", "/", "1", ".000"])
texts = st.lists(TEXTS | st.lists(bits, max_size=8).map("".join), max_size=5)


def check(given_texts: Sequence[str]) -> None:
    found = analyze_many(given_texts)
    assert len(set(found.vocabulary)) == len(found.vocabulary)
    for number, text in enumerate(given_texts):
        expected = analyze(text)
        here = found.texts == number
        columns = (found.terms, found.starts, found.ends, found.positions)
        tokens = [
            Token(found.vocabulary[term], *where)
            for term, *where in zip(*(column[here].tolist() for column in columns), strict=True)
        ]
        assert tuple(tokens) == expected.syllables, text
        spelled = [found.spellings[piece] for piece in found.pieces[here].tolist()]
        assert [term_of(place_tones(s)) for s in spelled] == [t.term for t in expected.syllables]
        normal = normalize(text).text
        at = 0
        for spelling, touching in zip(spelled, found.touching[here].tolist(), strict=True):
            begins = normal.index(place_tones(spelling), at)
            assert touching == (at > 0 and normal[at:begins] == " "), text
            at = begins + len(spelling)
        words = [
            ("_".join(found.vocabulary[t] for t in found.terms[a:b].tolist()), found.positions[a])
            for a, b in zip(found.firsts.tolist(), found.lasts.tolist(), strict=True)
            if found.texts[a] == number
        ]
        assert sorted(words) == sorted((t.term, t.position) for t in expected.words), text


def test_hostile_texts() -> None:
    check(HOSTILE)
    for text in HOSTILE:
        check([text])


@settings(max_examples=400, deadline=None)
@given(texts)
def test_any_texts(given_texts: list[str]) -> None:
    check(given_texts)


def test_what_is_without_doubt_is_composed_and_composes_with_nothing() -> None:
    plane = [chr(code) for code in range(1 << 16)]
    parts = [unicodedata.decomposition(char).split() for char in plane]
    seconds = {chr(int(part[1], 16)) for part in parts if len(part) == 2 and part[0][0] != "<"}
    sure = _kinds()[:-1] & (_CARE | _DOUBT) == 0
    assert sure.sum() > 1000
    for char in map(chr, np.flatnonzero(sure).tolist()):
        assert unicodedata.is_normalized("NFC", char)
        assert not unicodedata.combining(char)
        assert char not in seconds


def test_the_seeds() -> None:
    check([path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))])
