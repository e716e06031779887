"""Places and publishers match by the text or by the facet value."""

from __future__ import annotations

import pytest
from lexicons import DictLexicon

from indexer.models import Rung
from indexer.query.interpret import interpret
from indexer.query.plan import All, HasValue, Node, Not
from indexer.query.plan import Any as Either
from indexer.relaxation import Relaxation

PLACES = (
    "An Giang", "Hòa Bình", "Kiên Giang", "Kiên Giang/Giang Thành", "Huế", "Huế/Phú Lộc",
    "Nghệ An", "Nghệ An/Vinh",
    "Ninh Bình", "Ninh Bình/Gia Viễn", "Thành phố Hồ Chí Minh", "Thành phố Hồ Chí Minh/Quận 1",
    "Đắk Lắk", "Đồng Tháp/Thành phố Cao Lãnh", "Đồng Tháp/Huyện Cao Lãnh",
    "Đồng Tháp/Tam Nông", "Phú Thọ/Tam Nông",
)  # fmt: skip
PUBLISHERS = ("Báo Ninh Bình", "Tuổi Trẻ", "Trang thông tin điện tử huyện Gia Viễn")
LEXICON = DictLexicon(
    ["dân vận ninh bình hòa bình gia viễn huyện tỉnh đoàn nguyễn"],
    {"place": PLACES, "publisher": PUBLISHERS},
)


def values(typed: str, rung: Rung) -> set[str]:
    """Return the facet values in the match tree of the first step of a rung; excluded ones begin
    with a minus."""
    steps = Relaxation(interpret(typed, LEXICON), LEXICON).steps()
    return set(_values(next(step.plan.match for step in steps if step.rung is rung)))


def _values(node: Node) -> list[str]:
    match node:
        case HasValue(_, found):
            return list(found)
        case All(children) | Either(children):
            return [value for child in children for value in _values(child)]
        case Not(child):
            return [f"-{value}" for value in _values(child)]
        case _:
            return []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Gia Viễn", {"Ninh Bình/Gia Viễn"}),
        ("gia viễn", {"Ninh Bình/Gia Viễn"}),
        ("huyện Gia Viễn", {"Ninh Bình/Gia Viễn"}),
        ("dân vận gia viễn", {"Ninh Bình/Gia Viễn"}),
        ("Gia Viễn, Ninh Bình", {"Ninh Bình/Gia Viễn", "Ninh Bình"}),
        ("tỉnh đoàn Ninh Bình", {"Ninh Bình"}),
        ("Tam Nông", {"Đồng Tháp/Tam Nông", "Phú Thọ/Tam Nông"}),
        ("Cao Lãnh", {"Đồng Tháp/Thành phố Cao Lãnh", "Đồng Tháp/Huyện Cao Lãnh"}),
        ("Quận 1", {"Thành phố Hồ Chí Minh/Quận 1"}),
        ("thành phố Huế", {"Huế"}),
        ("Huế", {"Huế"}),
        ("du lịch huế", {"Huế"}),
        ("Festival Huế", {"Huế"}),
        ("Vinh Nghệ An", {"Nghệ An/Vinh", "Nghệ An"}),
        ("TPHCM", {"Thành phố Hồ Chí Minh"}),
        ("sài gòn", {"Thành phố Hồ Chí Minh"}),
        ("Đắc Lắc", {"Đắk Lắk"}),
        ("thành phố hồ chí minh", {"Thành phố Hồ Chí Minh"}),
        ("báo ninh bình", {"Báo Ninh Bình"}),
        ("trang thông tin điện tử huyện gia viễn", {PUBLISHERS[2]}),
        ("Tuổi Trẻ", {"Tuổi Trẻ"}),
        ("tỉnh hòa bình", {"Hòa Bình"}),
        ("Hòa Bình", {"Hòa Bình"}),
        ("-Ninh Bình dân vận", {"-Ninh Bình"}),
        ("Kiên Giang OR An Giang", {"Kiên Giang", "An Giang"}),
    ],
)
def test_a_place_or_publisher_also_matches_by_its_value(typed: str, expected: set[str]) -> None:
    rung = Rung.EXACT if any(c > "z" for c in typed) or typed.isupper() else Rung.FOLDED
    assert values(typed, rung) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "hòa bình",  # peace
        "tuổi trẻ",  # youth
        "hue",  # one syllable without its mark is ambiguous
        "Hue",
        "vinh",
        "Vinh dự",  # a word at the beginning of a sentence
        "Vinh Quang",  # a longer name
        "bác Trần Vinh",
        "Hồ Chí Minh",  # a person
        "Nguyễn Ninh Bình",  # a person too
        "xã Gia",
        '"Gia Viễn"',
        "=Gia =Viễn",
        "title:Gia Viễn",
        "gia đình viễn thông",
        "giá viễn",  # marks that the name does not have
    ],
)
def test_a_text_that_is_no_name_matches_by_no_value(typed: str) -> None:
    for step in Relaxation(interpret(typed, LEXICON), LEXICON).steps():
        assert _values(step.plan.match) == []


def test_a_one_syllable_name_without_marks_needs_its_capital() -> None:
    assert values("Vinh", Rung.EXACT) == {"Nghệ An/Vinh"}


def test_a_value_matches_on_the_rung_that_accepts_the_typed_marks() -> None:
    assert values("tỉnh gia vien", Rung.EXACT) == set()
    assert values("tỉnh gia vien", Rung.PARTIAL) == {"Ninh Bình/Gia Viễn"}
    assert values("gia vien", Rung.FOLDED) == {"Ninh Bình/Gia Viễn"}


def test_a_name_is_known_even_if_no_text_contains_it() -> None:
    lexicon = DictLexicon(["dân vận"], {"place": PLACES})
    (clause,) = interpret("tam nong", lexicon).clauses()
    assert [syllable.name_term for syllable in clause.syllables] == ["tam", "nông"]


def test_a_value_without_letters_is_no_name() -> None:
    lexicon = DictLexicon(["dân vận"], {"place": ("???", "???/—", "Gia Viễn"), "publisher": ("—",)})
    (clause,) = interpret("Gia Viễn", lexicon).clauses()
    assert [value.value for entity in clause.entities for value in entity.values] == ["Gia Viễn"]
