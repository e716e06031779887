from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from texts import LONG_RUNS, SEEDS, TEXTS, long_run, nfc, nfd

from indexer.analysis import Token, analyze, pairs, terms_in, tokens

SEED_FILES = sorted(SEEDS.glob("*.txt"))


def _terms_with_text(text: str, found: tuple[Token, ...]) -> list[tuple[str, str, int]]:
    return [(t.term, nfc(text[t.start : t.end]), t.position) for t in found]


@given(TEXTS)
def test_words_begin_and_end_with_syllables_and_are_made_of_them(text: str) -> None:
    found = analyze(text)
    for word in found.words:
        inside = [s for s in found.syllables if word.start <= s.start and s.end <= word.end]
        assert inside
        assert (inside[0].start, inside[-1].end) == (word.start, word.end)
        assert word.term == "_".join(s.term for s in inside)
        assert word.position == inside[0].position
    spans = [(w.start, w.end) for w in found.words]
    assert spans == sorted(set(spans))


@given(TEXTS)
def test_nfc_and_nfd_have_the_same_terms_for_the_same_text(text: str) -> None:
    composed, decomposed = nfc(text), nfd(text)
    one, other = analyze(composed), analyze(decomposed)
    assert _terms_with_text(composed, one.syllables) == _terms_with_text(
        decomposed, other.syllables
    )
    assert _terms_with_text(composed, one.words) == _terms_with_text(decomposed, other.words)


@pytest.mark.parametrize("path", SEED_FILES, ids=lambda path: path.stem[:3])
def test_a_seed_page_has_the_same_terms_in_nfc_and_nfd(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    composed, decomposed = nfc(text), nfd(text)
    one, other = analyze(composed), analyze(decomposed)
    assert len(one.words) > 50
    assert _terms_with_text(composed, one.syllables) == _terms_with_text(
        decomposed, other.syllables
    )
    assert _terms_with_text(composed, one.words) == _terms_with_text(decomposed, other.words)


@given(TEXTS)
def test_the_syllables_are_those_of_tokens(text: str) -> None:
    assert analyze(text).syllables == tokens(text)


@given(TEXTS)
def test_the_terms_of_a_text_are_those_of_its_tokens(text: str) -> None:
    assert terms_in(text) == tuple(token.term for token in tokens(text))


def test_words_have_normalised_terms_and_the_span_of_their_text() -> None:
    text = "Ban Dân vận Huyện ủy sơ kết theo 42/NQ-CP ngày 06/7/2021"
    words = {w.term: text[w.start : w.end] for w in analyze(text).words}
    assert words["dân_vận"] == "Dân vận"
    assert words["huyện_uỷ"] == "Huyện ủy"
    assert words["42_nq_cp"] == "42/NQ-CP"
    assert words["6_7_2021"] == "06/7/2021"


def test_pairs_do_not_cross_the_end_of_a_sentence() -> None:
    assert list(pairs(tokens("Ban dân vận. Hội nghị"))) == ["ban dân", "dân vận", "hội nghị"]


@pytest.mark.parametrize("piece", LONG_RUNS)
def test_long_runs_are_analysed_without_hanging(piece: str) -> None:
    text = long_run(piece, 30_000)
    found = analyze(text)
    assert all(t.end <= len(text) for t in (*found.syllables, *found.words))
