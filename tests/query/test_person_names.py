"""Persons after their titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lexicons import DictLexicon

from indexer.analysis import strip_marks
from indexer.documents.text.honorifics import person_titles
from indexer.query.interpret import interpret
from indexer.query.model import Entity
from indexer.query.plan import positive_phrases
from indexer.relaxation import Relaxation

NAME = "Phạm Thị Sao Mai"
LEXICON = DictLexicon(
    ["đồng chí Phạm Thị Sao Mai, Chủ tịch UBND huyện; ông Hồ Chí Minh; bà Lê Lan; ở Cà Mau"],
    {"person": (NAME,)},
)
TITLES = sorted({title for group in ("comrade", "sir", "rank", "position")
                 for title in person_titles(group)})  # fmt: skip


def entities(typed: str) -> list[Entity]:
    return [m for clause in interpret(typed, LEXICON).clauses() for m in clause.entities]


def phrases_of_folded_rung(typed: str) -> list[str]:
    """Return the phrases of the rung before approximate, with "/" between the terms of a slot."""
    *_, folded, _ = Relaxation(interpret(typed, LEXICON), LEXICON).steps()
    phrases = positive_phrases(folded.plan.match)
    return [" ".join("/".join(slot) for slot in phrase.slots) for phrase in phrases]


@given(st.lists(st.sampled_from(TITLES), min_size=1, max_size=3), st.booleans(), st.booleans())
def test_a_name_after_any_titles_matches_alone(
    chosen: list[str], unmarked: bool, small: bool
) -> None:
    typed = f"{' '.join(chosen)} {NAME}"
    typed = strip_marks(typed) if unmarked else typed
    (entity,) = entities(typed.lower() if small else typed)
    name, whole = entity.surface_forms
    assert name.slots == tuple(range(entity.end - 4, entity.end))
    assert (entity.start, whole.slots) == (0, tuple(range(entity.end)))


@pytest.mark.parametrize(
    "typed",
    [
        "Chủ tịch UBND huyện Phạm Thị Sao Mai",
        "Bí thư Huyện ủy, Chủ tịch HĐND huyện Phạm Thị Sao Mai",
        "đ/c Phạm Thị Sao Mai",
        "đ/c. Phạm Thị Sao Mai",
    ],
)
def test_an_office_may_follow_a_position(typed: str) -> None:
    assert "phạm thị sao mai" in phrases_of_folded_rung(typed)


@pytest.mark.parametrize(
    ("typed", "syllables"),
    [
        ("ông Trần Văn Đủ", 4),  # unknown to the index, but capitalised
        ("ông Trần Văn Đủ nói", 4),
        ("ông Trần Văn Đủ Cà Mau", 4),  # a place follows
        ("bà Trần Thị Hà Giang", 5),  # Hà Giang is not a place here: a name does not end with Thị
        ("bà phạm thị sao mai huyện", 5),
    ],
)
def test_an_entity_ends_with_the_name(typed: str, syllables: int) -> None:
    (entity,) = entities(typed)
    assert (entity.start, entity.end) == (0, syllables)


def test_names_that_differ_only_in_marks_are_all_known() -> None:
    lexicon = DictLexicon(["ông nói"], {"person": ("Lê Văn An", "Lê Văn Ân", "Lê Ẩn")})
    for name in ("lê văn an", "lê văn ân", "lê ẩn"):
        (clause,) = interpret(f"ông {name} nói", lexicon).clauses()
        assert [entity.end for entity in clause.entities] == [1 + len(name.split())], name


@pytest.mark.parametrize(
    "typed",
    [
        "Phạm Thị Sao Mai",  # no title
        "huyện Phạm Thị Sao Mai",  # an office without a position
        "đồng chí",
        "đồng chí trưởng bản",
        "ông trần văn đủ",  # in small letters, and no person of the index
        "ông Trần",
        "Chủ tịch Hồ Chí Minh",  # a city too
        '"ông Phạm Thị Sao Mai"',
        "Trương Thị Mai",  # a surname, no "trưởng" without its mark
    ],
)
def test_a_text_without_title_or_name_is_no_person(typed: str) -> None:
    assert entities(typed) == []


def test_a_name_ends_before_a_word_that_the_index_never_has_after_it() -> None:
    lexicon = DictLexicon(["Thủ tướng Phan Văn Khải thăm Mỹ", "ông Phan Văn Hùng Cường"])
    (clause,) = interpret("Thủ tướng Phan Văn Khải Mỹ", lexicon).clauses()
    (person,) = clause.entities
    assert (person.start, person.end) == (0, 5)
    (clause,) = interpret("ông Phan Văn Hùng Cường", lexicon).clauses()
    assert clause.entities[0].end == 5
