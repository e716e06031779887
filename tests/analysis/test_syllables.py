from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from texts import LONG_RUNS, TEXTS, long_run

from indexer.analysis import tokens
from indexer.analysis.normalize import normalize
from indexer.analysis.syllables import codes, syllables


def terms(text: str) -> list[str]:
    return [token.term for token in tokens(text)]


@given(TEXTS)
def test_the_text_of_a_span_analysed_alone_gives_its_term(text: str) -> None:
    for token in tokens(text):
        assert terms(text[token.start : token.end]) == [token.term]


@given(TEXTS)
def test_spans_do_not_overlap_and_positions_ascend(text: str) -> None:
    found = syllables(normalize(text).text)
    for first, second in pairwise(found):
        assert first.end <= second.start
        assert second.position - first.position in (1, 2)
    assert all(0 <= t.start < t.end <= len(text) for t in tokens(text))
    assert [t.position for t in found[:1]] in ([], [0])


@given(TEXTS)
def test_no_letter_or_digit_is_left_out(text: str) -> None:
    normalized = normalize(text).text
    covered = {i for t in syllables(normalized) for i in range(t.start, t.end)}
    left = [c for i, c in enumerate(normalized) if i not in covered and c.isalnum()]
    assert not left


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Huyện ủy", "huyện uỷ"),
        ("đ/c Huỳnh", "đ c huỳnh"),
        ("42/NQ-CP", "42 nq cp"),
        ("10/01/2024", "10 1 2024"),
        ("Covid-19", "covid 19"),
        ("06 tháng", "6 tháng"),
        ("007 00", "007 0"),
        ("1.000.000 đồng", "1000000 đồng"),
        ("1.000,5", "1000 5"),
        ("TTVH,TT", "ttvh tt"),
        ("kĩ thuật", "kỹ thuật"),
        ("dân_vận", "dân vận"),
        ("漢字hòa", "漢 字 hoà"),
        ("ở ý", "ở ý"),
        ("14:49", "14 49"),
        ("…", ""),
    ],
)
def test_terms_of_a_text(text: str, expected: str) -> None:
    assert terms(text) == expected.split()


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("dân vận. Ban", True),
        ("dân vận ! ban", True),
        ("dân vận; ban", True),
        ("dân vận… ban", True),
        ("dân vận, ban", False),
        ("dân vận (ban", False),
        ("TP. Hồ", False),
        ("đ/c. Tạ", False),
        ("UBND. Tạ", False),
        ("xã hội\nchủ nghĩa", False),
        ("vận \nBan", True),
        ("vận\n\nban", True),
        ("vận \n 2021", True),
        ("vận\u2028\u2028ban", True),
    ],
)
def test_positions_jump_by_two_at_the_end_of_a_sentence(text: str, ends: bool) -> None:
    *_, before, after = tokens(text)
    assert after.position - before.position == (2 if ends else 1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nghị quyết 42/NQ-CP của", ["42/NQ-CP"]),
        ("ngày 10/01/2024, lúc 14:49", ["10/01/2024", "14:49"]),
        ("Covid-19", ["Covid-19"]),
        ("đ/c Tạ", ["đ/c"]),
        ("VHTT&TT", ["VHTT&TT"]),
        ("2020–2025", ["2020–2025"]),
        ("chính trị-xã hội", []),
        ("hiệu quả.Vai trò", []),
        ("NQ-CP", ["NQ-CP"]),
        ("a_b-c", ["b-c"]),
    ],
)
def test_codes_are_found_and_words_joined_by_a_sign_are_not(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in codes(text)] == found


@pytest.mark.parametrize("piece", LONG_RUNS)
def test_long_runs_are_cut_without_hanging(piece: str) -> None:
    text = long_run(piece)
    assert all(token.end <= len(text) for token in tokens(text))
    assert all(end <= len(text) for _, end in codes(text))
