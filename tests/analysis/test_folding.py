from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import TEXTS, nfc, nfd

from indexer.analysis.folding import could_have_marks, fold, fold_in, has_marks, marks, strip_marks
from indexer.analysis.orthography import unify_i_y


@pytest.mark.parametrize(
    ("term", "folded"),
    [
        ("đường", "duong"),
        ("ĐƯỜNG", "DUONG"),
        ("vận", "van"),
        ("dân_vận", "dan_van"),
        ("dân vận", "dan van"),
        ("huỳnh", "huynh"),
        ("quý", "quy"),
        ("nghiêng", "nghieng"),
        ("ubnd", "ubnd"),
        ("42_nq_cp", "42_nq_cp"),
        ("漢", "漢"),
        ("", ""),
    ],
)
def test_fold_removes_marks(term: str, folded: str) -> None:
    assert fold(term) == folded


@pytest.mark.parametrize(
    ("one", "other"), [p.split("/") for p in "kỹ/kĩ lý/lí tỷ/tỉ quý/quí sỹ/sĩ mỹ/mĩ vỹ/vĩ".split()]
)
def test_spellings_with_i_and_with_y_fold_the_same(one: str, other: str) -> None:
    written = {unify_i_y(one), unify_i_y(other)}
    typed_bare = {unify_i_y(strip_marks(one)), unify_i_y(strip_marks(other))}
    assert len({fold(term) for term in written | typed_bare}) == 1


@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_a_fold_has_no_marks_and_strip_marks_ignores_the_unicode_form(text: str) -> None:
    assert not has_marks(fold(text))
    assert strip_marks(nfd(text)) == strip_marks(nfc(text))


@given(TEXTS.map(nfc))
def test_marks_is_empty_exactly_if_has_marks_is_false(text: str) -> None:
    assert bool(marks(text)) == has_marks(text)


def test_marks_of_a_half_marked_form_are_a_subset_of_the_full_ones() -> None:
    assert marks("vân") < marks("vận")
    assert not marks("vân") <= marks("văn")
    assert not marks("đân") <= marks("dân")
    assert marks("van") == frozenset()


@pytest.mark.parametrize(
    ("term", "could"),
    [("van", True), ("mttq", False), ("hdnd", True), ("ở", True), ("y", True), ("c1a", False)],
)
def test_marks_can_be_missing_only_where_a_letter_could_carry_one(term: str, could: bool) -> None:
    assert could_have_marks(term) is could


@given(
    st.lists(st.sampled_from("vy vỹ vyx xvy kĩ quý đường hữu-nghị 42 漢 TƯ".split()) | st.just(""))
)
def test_a_text_is_folded_as_its_terms_are(terms: list[str]) -> None:
    for separator in (" ", "\n"):
        assert fold_in(separator.join(terms)) == separator.join(map(fold, terms))
