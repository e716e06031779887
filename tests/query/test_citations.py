"""A document that is cited by type and number matches in all ways to write it."""

from __future__ import annotations

import pytest
from engines.reference import Entry, ReferenceEngine, matches
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import strip_marks
from indexer.documents.rules.cited_documents import TYPES
from indexer.models import Document
from indexer.query.entities.document_types import document_types, short_forms
from indexer.query.interpret import interpret
from indexer.query.model import Entity
from indexer.relaxation import Relaxation

DOCUMENT_TYPES = {"Nghị quyết": "NQ", "Nghị định": "NĐ", "Thông tư": "TT", "Kết luận": "KL",
                  "Chỉ thị": "CT"}  # fmt: skip
SPELLINGS = (
    "{long} {n}", "{long} số {n}", "{short} {n}", "{short} số {n}", "{n}/{short}-CP",
    "{long} {n}/{short}-CP", "{n}/2019/{short}-CP", "{long} số: {n}-{short}/TW",
)  # fmt: skip

types = st.sampled_from(sorted(DOCUMENT_TYPES))
numbers = st.integers(1, 999)
spellings = st.sampled_from(SPELLINGS)
spellings_without_office = st.sampled_from(SPELLINGS[:4])


def written(spelling: str, kind: str, number: int) -> str:
    return spelling.format(long=kind, short=DOCUMENT_TYPES[kind], n=number)


def matches_first_rung(typed: str, *texts: str) -> list[bool]:
    """Return for each of the texts, as documents of one archive, True if the first rung of a query
    matches it."""
    documents = [Document(str(at), body=text) for at, text in enumerate(texts)]
    engine = ReferenceEngine(documents)
    step = next(iter(Relaxation(interpret(typed, engine.lexicon), engine.lexicon).steps()))
    return [matches(step.plan.match, Entry(document)) for document in documents]


def entities(typed: str, *texts: str) -> list[Entity]:
    engine = ReferenceEngine([Document(str(at), body=text) for at, text in enumerate(texts)])
    return [m for clause in interpret(typed, engine.lexicon).clauses() for m in clause.entities]


@given(types, numbers, spellings_without_office, spellings, st.booleans())
def test_any_spelling_of_a_citation_finds_any_other(
    kind: str, number: int, typed: str, spelling: str, unmarked: bool
) -> None:
    text = f"Theo {written(spelling, kind, number)} của cơ quan."
    query = written(typed, kind, number)
    assert matches_first_rung(strip_marks(query) if unmarked else query, text) == [True]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("123/BGDĐT-GDTrH", "Công văn 123/BGDDT-GDTrH gửi các sở"),
        ("công văn 123/BGDĐT-GDTrH", "Văn bản số 123/BGDDT-GDTrH gửi các sở"),
        ("quyết định số 42/QD-UBND", "Theo 42/QĐ-UBND của tỉnh"),
        ("Nghị định 15/2020/NĐ-CP", "nghi dinh so 15/2020/ND-CP"),
    ],
)
def test_a_code_is_found_with_marks_and_without(typed: str, text: str) -> None:
    other = text.replace("3/", "4/").replace("42/", "43/").replace("15/", "16/")
    assert matches_first_rung(typed, text, other) == [True, False]


@given(types, types, numbers, numbers, spellings_without_office, spellings)
def test_another_type_or_number_is_not_found(
    kind: str, other: str, number: int, another: int, typed: str, spelling: str
) -> None:
    text = f"Theo {written(spelling, other, another)}, xem thêm {other} và {number} trang {kind}."
    same = (kind, number) == (other, another)
    assert matches_first_rung(written(typed, kind, number), text) == [same]


@pytest.mark.parametrize(
    ("typed", "text", "expected"),
    [
        ("42/NQ-CP", "42/NQ-CP", True),
        ("42/NQ-CP", "42-NQ/CP", True),
        ("42/NQ-CP", "42/NQ-TW", False),
        ("42/NQ-CP", "Nghị quyết 42", False),
        ("100/NĐ-CP", "100/2019/NĐ-CP", True),
        ("100/2020/NĐ-CP", "100/2019/NĐ-CP", False),
        ("Nghị định 100/2019", "Nghị định số 100/2019/NĐ-CP", True),
        ("Nghị định 100/2019", "Nghị định số 100 năm 2019", True),
        ("Nghị định 100 năm 2019", "100/2019/NĐ-CP", True),
        ("Nghị định 100/2020", "Nghị định số 100/2019/NĐ-CP", False),
        ("QĐ 217", "Quyết định 217", True),
        ("QĐ 217", "Quy định 217", True),
        ("Quy định 217", "Quyết định 217", False),
        ("qđ217", "217-QĐ/TW", True),
        ("Luật số 31/2024/QH15", "31/2024/QH15", True),
        ("Thông tư liên tịch 5", "Thông tư 5 và liên tịch", False),
        ("TTLT 5", "Thông tư liên tịch số 5", True),
        ("Luật Đất đai 2024", "Luật Đất đai số 31/2024/QH15", True),
        ("Luật Đất đai 2024", "Luật Đất đai năm 2024", True),
        ("Luật Đất đai 2024", "Luật Đất đai 2013, sửa năm 2024", False),
        ("bộ luật lao động năm 2019", "Bộ luật Lao động 2019", True),
    ],
)
def test_year_office_and_type_must_agree_where_both_have_them(
    typed: str, text: str, expected: bool
) -> None:
    assert matches_first_rung(typed, text, "42 100 217 5 2019 2020 2024") == [expected, False]


@pytest.mark.parametrize(
    "typed",
    [
        "báo cáo 6 tháng đầu năm",
        "kế hoạch 5 năm",
        "bao cao 6 thang",
        "kế hoạch 2024",
        "10/01/2024",
        "quyết định của tỉnh",
        "luật giao thông mới 2024",
        "nghị quyết",
        "42",
        "số 42",
        '"nghị quyết 42"',
        "=nghị quyết",
    ],
)
def test_a_text_that_cites_no_document_has_no_entity(typed: str) -> None:
    assert entities(typed, "nghị quyết 42, báo cáo số 6, kế hoạch số 5") == []


def test_a_number_belongs_to_the_neighbour_that_the_index_has_more_often() -> None:
    counts = ["đề án xây 5 trường học", "thêm 5 trường học"]
    assert entities("đề án 5 trường học", *counts) == []
    assert len(entities("đề án 5 trường học", *counts, *["Đề án 5", "Đề án số 5", "ĐA số 5"])) == 1


@pytest.mark.parametrize("typed", ["nghị quyết 42 ngày 9", "nghị quyết 42 ngày 9/4"])
def test_a_number_before_a_date_names_a_document(typed: str) -> None:
    assert len(entities(typed, "nghị quyết, trong 42 ngày")) == 1


def test_the_table_has_every_type_that_the_page_rules_cite() -> None:
    """Only types that no code stands for are missing."""
    known = {" ".join(long_form) for long_form, _ in document_types()}
    codeless = {"điều lệ", "hiến pháp", "văn bản", "chương trình hành động",
                "chương trình phối hợp", "quy chế phối hợp"}  # fmt: skip
    assert {kind.lower() for kind in TYPES} - known == codeless


def test_every_short_form_leads_to_its_long_form() -> None:
    for long_form, shorts in document_types():
        for short in shorts:
            assert (short, long_form) in short_forms()[strip_marks(short)]
