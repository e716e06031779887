"""Vietnamese alphabetical order, of names and titles."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.collation import name_initial, name_key, title_key


def test_names_in_vietnamese_order() -> None:
    names = "Ân An Ăn Bạc Ba Bà Bá Dũng Đức Ê Em Ôn On Ơn Ưng Ung Y 12 1".split()
    assert sorted(names, key=name_key) == (
        "1 12 An Ăn Ân Ba Bà Bá Bạc Dũng Đức Em Ê On Ôn Ơn Ung Ưng Y".split()
    )
    assert sorted(["Lê Văn An", "Lê Vân An", "Lê Vă", "Lê V"], key=name_key) == (
        ["Lê V", "Lê Vă", "Lê Văn An", "Lê Vân An"]
    )


def test_tones_decide_in_dictionary_order() -> None:
    """Hoàng Phê's dictionary: no tone, huyền, hỏi, ngã, sắc, nặng."""
    assert sorted("Bạ Bá Bã Bả Bà Ba".split(), key=name_key) == "Ba Bà Bả Bã Bá Bạ".split()


TONES = "\u0300\u0301\u0303\u0309\u0323"


def without_tones(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in TONES))


NAMES = st.text("aăâeêđdbcnuươộốồảẵ BĐ12", max_size=8)


@given(NAMES, NAMES)
def test_tones_decide_only_between_names_of_the_same_letters(one: str, other: str) -> None:
    plain, other_plain = name_key(without_tones(one)), name_key(without_tones(other))
    if plain != other_plain:
        assert (name_key(one) < name_key(other)) is (plain < other_plain)
    assert name_key(unicodedata.normalize("NFD", one)) == name_key(one) == name_key(one.upper())


@given(st.text(max_size=8))
def test_any_name_stands_under_one_letter(name: str) -> None:
    assert name_initial(name) in [*"AĂÂBCDĐEÊFGHIJKLMNOÔƠPQRSTUƯVWXYZ", "0–9", "…"]


def test_letters_are_those_of_the_alphabet() -> None:
    names = ("Ặt", "đặng", "Êm", "ở", "ưng", " Ân", "7", "(x)", "")
    assert [name_initial(name) for name in names] == [*"ĂĐÊƠƯÂ", "0–9", "…", "…"]


def test_numbers_are_compared_by_value() -> None:
    names = "Quận 10|Quận 2|Quận 1|Quận 1A|Quận".split("|")
    assert sorted(names, key=name_key) == "Quận|Quận 1|Quận 1A|Quận 2|Quận 10".split("|")
    assert name_key("tháng 06") == name_key("Tháng 6")
    assert name_key("0") < name_key("1") < name_key("9" * 40) < name_key("a")


@given(st.integers(0, 10**25), st.integers(0, 10**25))
def test_any_two_numbers_are_in_the_order_of_their_values(one: int, other: int) -> None:
    assert (name_key(f"số {one}") < name_key(f"số {other}")) is (one < other)


def test_a_full_stop_between_thousands_is_part_of_the_number() -> None:
    titles = ["2h sáng", "2.500 người", "1.000.000 cây", "25 xã", "300 hộ"]
    assert sorted(titles, key=title_key) == [
        "2h sáng", "25 xã", "300 hộ", "2.500 người", "1.000.000 cây",
    ]  # fmt: skip


def test_titles_are_compared_by_their_words() -> None:
    titles = [
        "“Dân vận khéo”",
        "Dân ca",
        "(Dân vận) ở xã",
        "- Đất đai",
        "Báo cáo số 12",
        "báo cáo 9",
    ]
    assert sorted(titles, key=title_key) == [
        "báo cáo 9", "Báo cáo số 12", "Dân ca", "“Dân vận khéo”", "(Dân vận) ở xã", "- Đất đai",
    ]  # fmt: skip


@given(st.text(), st.sampled_from(["", " ", "…", "“”", "\n_"]))
def test_titles_without_a_word_come_last(title: str, empty: str) -> None:
    assert title_key(title) <= title_key(empty) == title_key("")
