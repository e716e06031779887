from __future__ import annotations

from datetime import date

import pytest

from indexer.facets import BUILT_IN, FACET_NAMES, FACETS, label
from indexer.models import Document, FacetValue, Place

COUNTS = {
    "year": {"2018": 1, "2024": 5, "2021": 9},
    "report_type": {"tổng kết": 2, "sơ kết": 2, "triển khai": 7},
    "place": {"Kiên Giang/Giang Thành": 1},
    "author": {},
}


def test_facets_stand_in_their_order_and_empty_ones_are_left_out() -> None:
    shown = BUILT_IN.build(COUNTS, {})
    assert [facet.name for facet in shown] == ["year", "place", "report_type"]
    assert [facet.label for facet in shown] == ["Năm", "Địa bàn", "Loại tin"]


def test_years_go_by_year_and_others_by_count_then_value() -> None:
    year, _, kind = BUILT_IN.build(COUNTS, {})
    assert [v.value for v in year.values] == ["2024", "2021", "2018"]
    assert [(v.value, v.count) for v in kind.values] == [
        ("triển khai", 7),
        ("sơ kết", 2),
        ("tổng kết", 2),
    ]


def test_months_go_by_month() -> None:
    (months,) = BUILT_IN.build(
        {"month": {"2020-12": 9, "2021-01": 1, "2021-11": 3, "2021-02": 1}}, {}
    )
    assert [v.value for v in months.values] == ["2021-11", "2021-02", "2021-01", "2020-12"]


def test_a_chosen_value_is_shown_even_where_nothing_has_it() -> None:
    shown = {
        f.name: f.values
        for f in BUILT_IN.build(COUNTS, {"year": ("2021", "1999"), "cited": ("x",)})
    }
    assert [(v.value, v.count, v.selected) for v in shown["year"]] == [
        ("2024", 5, False),
        ("2021", 9, True),
        ("2018", 1, False),
        ("1999", 0, True),
    ]
    assert shown["cited"] == (FacetValue("x", "x", 0, True),)


def test_dates_in_force_are_counted_by_what_they_say_of_the_day() -> None:
    counts = {"validity": {"2020-01-01/": 2, "2020-01-01/2021-01-01": 3, "/2030-01-01": 4}}
    for day, found in (
        (date(2019, 12, 31), {"not_yet": 5}),
        (date(2021, 1, 1), {"in_force": 5}),
        (date(2021, 1, 2), {"in_force": 2, "expired": 3}),
        (date(2031, 1, 1), {"in_force": 2, "expired": 7}),
    ):
        (facet,) = BUILT_IN.build(counts, {}, day)
        assert {value.value: value.count for value in facet.values} == found


def test_a_value_chosen_twice_is_shown_once() -> None:
    (facet,) = BUILT_IN.build({}, {"year": ("2021", "2021")})
    assert len(facet.values) == 1


def test_a_month_is_shown_as_people_write_it() -> None:
    assert label("month", "2021-01") == "tháng 1/2021"
    assert label("month", "2021-12") == "tháng 12/2021"
    for value in ("2021-13", "2021-1", "x", "2021-01-01", "２０２１-01"):
        assert label("month", value) == value


def test_a_district_is_shown_with_its_province() -> None:
    assert label("place", "Kiên Giang/Giang Thành") == "Giang Thành (Kiên Giang)"
    assert label("place", "Kiên Giang") == "Kiên Giang"
    assert label("source", "a/b") == "a/b"


FULL = Document(
    "x",
    published=date(2021, 1, 8),
    event_date=date(2020, 12, 31),
    places=(Place("Kiên Giang", "Giang Thành", "An Giang"), Place("Kiên Giang")),
    report_type="tổng kết",
    section="Tin",
    publisher="Cổng",
    author="Trí",
    source="TTVH",
    persons=("A", "B"),
    organisations=("C",),
    cited=("42/NQ-CP",),
    document_type="Quyết định",
    issuer="UBND tỉnh Nam Định",
    signer="Trần Văn Mẫu",
    subjects=("lưu trữ", "số hóa"),
    number="12/QĐ-UBND",
    effective=date(2021, 2, 1),
)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("year", ("2021",)),
        ("month", ("2021-01",)),
        ("date", ("2021-01-08",)),
        ("place", ("Kiên Giang", "Kiên Giang/Giang Thành", "An Giang")),
        ("report_type", ("tổng kết",)),
        ("section", ("Tin",)),
        ("publisher", ("Cổng",)),
        ("source", ("TTVH",)),
        ("author", ("Trí",)),
        ("person", ("A", "B")),
        ("organisation", ("C",)),
        ("document_type", ("Quyết định",)),
        ("validity", ("2021-02-01/",)),
        ("issuer", ("UBND tỉnh Nam Định",)),
        ("signer", ("Trần Văn Mẫu",)),
        ("subject", ("lưu trữ", "số hóa")),
        ("number", ("12/QĐ-UBND",)),
        ("cited", ("42/NQ-CP",)),
    ],
)
def test_the_values_of_a_document(name: str, values: tuple[str, ...]) -> None:
    (facet,) = (facet for facet in FACETS if facet.name == name)
    assert tuple(facet.values(FULL)) == values
    assert tuple(facet.values(Document("y"))) == ()


def test_every_facet_has_its_values_tested() -> None:
    (mark,) = test_the_values_of_a_document.pytestmark
    assert {name for name, _ in mark.args[1]} == set(FACET_NAMES)


def test_an_event_date_stands_in_for_a_publication_date() -> None:
    year = FACETS[0]
    assert year.values(Document("x", event_date=date(2020, 7, 10))) == ("2020",)
