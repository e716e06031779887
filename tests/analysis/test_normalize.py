from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from texts import LONG_RUNS, TEXTS, long_run, nfc, nfd

from indexer.analysis.normalize import normalize


@given(TEXTS)
def test_nfc_and_nfd_normalise_to_the_same_text(text: str) -> None:
    assert normalize(nfd(text)).text == normalize(nfc(text)).text == normalize(text).text


def test_every_decomposable_character_normalises_the_same_in_both_forms() -> None:
    differing = [
        f"U+{code:04X}"
        for code in range(0x110000)
        if unicodedata.decomposition(chr(code))
        and normalize(nfd(chr(code))).text != normalize(nfc(chr(code))).text
    ]
    assert not differing


@given(TEXTS)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalize(text).text
    assert normalize(once).text == once


@given(TEXTS)
def test_spans_ascend_and_lie_within_the_text(text: str) -> None:
    found = normalize(text)
    spans = [found.source_span(at, at + 1) for at in range(len(found.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@given(TEXTS)
def test_the_source_span_of_a_letter_normalises_to_that_letter(text: str) -> None:
    found = normalize(text)
    for at, char in enumerate(found.text):
        start, end = found.source_span(at, at + 1)
        # A vowel alone has no neighbour that its tone could move to, so tones are ignored.
        assert _toneless(char) in _toneless(normalize(text[start:end]).text)


def _toneless(text: str) -> str:
    return "".join(c for c in nfd(text) if c not in "\u0300\u0301\u0303\u0309\u0323")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("da\u0302n va\u0323\u0302n", "dân vận"),
        ("da\u0302n va\u0302\u0323n", "dân vận"),  # marks in the other order
        ("vậ\u200bn", "vận"),
        ("v\u00adậ\ufeffn", "vận"),
        ("a\u200b\u0323", "ạ"),  # invisible between a letter and its mark
        ("dân\u00a0vận", "dân vận"),
        ("dân\u3000vận", "dân vận"),
        ("dân\u2028vận\u0085x", "dân\nvận\nx"),
        ("Ðặng ðặng", "Đặng đặng"),
        ("𝐃𝐚̂𝐧 𝐯𝐚̣̂𝐧", "Dân vận"),
        ("ＤÂＮ", "DÂN"),
        ("ﬁn", "fin"),
        ("Hòa uỷ ỦY", "Hoà uỷ UỶ"),
        ("漢hòa", "漢hoà"),
        ("", ""),
        ("plain ascii\x00", "plain ascii\x00"),
    ],
)
def test_variants_normalise_to_one_form(written: str, meant: str) -> None:
    assert normalize(written).text == meant


def test_spans_map_back_to_the_text_as_written() -> None:
    text = "\ufeffHo\u0300a\u200bbi\u0300nh"
    found = normalize(text)
    assert found.text == "Hòabình"  # seven letters without a space are not a syllable: unchanged
    assert [text[slice(*found.source_span(i, i + 1))] for i in (1, 2, 3)] == ["o\u0300", "a", "b"]
    assert found.source_span(0, 7) == (1, len(text))


@pytest.mark.parametrize("piece", LONG_RUNS)
def test_long_runs_are_normalised_without_hanging(piece: str) -> None:
    text = long_run(piece)
    assert len(normalize(text).text) <= len(text)
