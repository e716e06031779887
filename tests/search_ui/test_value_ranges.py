"""Ranges of the own fields of numbers and dates: in the URL, as two boxes, as a chip."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import write_jsonl
from browsing import Open, serving, visitor
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pages import app_of, query, read
from playwright.sync_api import Browser, expect
from schemas import faults

from indexer import (
    Archive,
    FieldType,
    OwnField,
    RequestError,
    SearchRequest,
    facet_schema,
    parse_range_number,
    rebuild,
)
from search_ui.api.openapi import DECIMAL
from search_ui.http import params

TOML = """
[fields.so_trang]
type = "number"
label.vi = "Số trang"
label.en = "Pages"
facet = true
[fields.nhap]
type = "date"
label.vi = "Ngày nhập"
facet = true
[fields.gia]
type = "number"
[fields.kho]
facet = true
"""
PAGES = (3, 40, 1200, 1200.5, 25_000, None)
RECORDS = [
    {
        "id": f"d{at}",
        "title": f"Dân vận {at}",
        "text": f"Bài thứ {at} về dân vận.",
        "so_trang": pages,
        "nhap": ("2009", "2010-03", "2010-03-15", "2015-12-31", None, None)[at],
        "gia": at,
        "kho": f"Kho {at % 2}",
        "date": f"{2001 + at}",
    }
    for at, pages in enumerate(PAGES)
]
SCHEMA = facet_schema(
    (
        OwnField("so_trang", FieldType.NUMBER, "Số trang", "Pages", True),
        OwnField("nhap", FieldType.DATE, "Ngày nhập", "Ngày nhập", True),
    )
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("numbers")
    source = folder / "source"
    source.mkdir()
    (source / "archive.toml").write_text(TOML, "utf-8")
    write_jsonl(source / "a.jsonl", *RECORDS)
    rebuild([source], folder / "index")
    return folder / "index"


@pytest.fixture(scope="module")
def numbers(index: Path) -> Iterator[Archive]:
    with Archive.open(index) as archive:
        yield archive


@pytest.fixture
def client(numbers: Archive) -> FlaskClient:
    return app_of(numbers).test_client()


@pytest.fixture(scope="module")
def visit_numbers(browser: Browser, numbers: Archive) -> Iterator[Open]:
    with serving(app_of(numbers)) as site, visitor(browser, site) as visit:
        yield visit


@pytest.mark.parametrize(
    ("facet", "first", "last", "found"),
    [
        ("so_trang", "40", "1200", {1, 2}),
        ("so_trang", "1200.5", None, {3, 4}),
        ("so_trang", None, "3", {0}),
        ("so_trang", "-5", "2.9", set()),
        ("so_trang", None, None, {0, 1, 2, 3, 4, 5}),
        ("nhap", "2010", "2010", {1, 2}),
        ("nhap", "2010-03-20", None, {1, 3}),  # of d1 only the month is known
        ("nhap", None, "2009-06", {0}),
        ("gia", "4", None, {4, 5}),  # not shown beside the results
    ],
)
@pytest.mark.parametrize("text", ["", "dân vận"])
def test_documents_in_a_range(
    numbers: Archive, text: str, facet: str, first: str | None, last: str | None, found: set[int]
) -> None:
    results = numbers.search(SearchRequest(text, ranges={f"field.{facet}": (first, last)}))
    assert {hit.document.id for hit in results.hits} == {f"d{at}" for at in found}
    assert results.total == len(found)


def test_a_range_goes_with_the_other_filters(numbers: Archive) -> None:
    pages = "field.so_trang"
    both = numbers.search(
        SearchRequest(
            "dân vận so_trang:<=1.200",
            filters={"field.kho": ("Kho 0",)},
            ranges={pages: ("4", None), "field.nhap": ("2010", "2010")},
            date_from="2002",
        )
    )
    assert [hit.document.id for hit in both.hits] == ["d2"]
    chosen = numbers.search(
        SearchRequest(filters={pages: ("3", "40")}, ranges={pages: ("4", "1200")})
    )
    assert [hit.document.id for hit in chosen.hits] == ["d1"]


def test_a_range_narrows_neither_the_rung_nor_its_own_values(numbers: Archive) -> None:
    pages = "field.so_trang"
    free, within, nothing = (
        numbers.search(SearchRequest("dân vận", ranges=ranges))
        for ranges in ({}, {pages: ("40", "1200")}, {pages: ("5", "6")})
    )
    values = [{f.name: f.values for f in r.facets}[pages] for r in (free, within, nothing)]
    assert [(v.value, v.label) for v in values[0]] == [("3", "3"), ("25000", "25.000")]
    assert values[0] == values[1] == values[2]
    assert nothing.total == 0
    assert within.rung == free.rung == nothing.rung == "exact"


@pytest.mark.parametrize(
    ("facet", "ends"),
    [
        ("field.so_trang", ("9", "3")),
        ("field.so_trang", ("1.200,5", None)),
        ("field.so_trang", ("2010-03", None)),
        ("field.nhap", ("3/2010", None)),
        ("field.kho", ("1", None)),
        ("field.nothing", ("1", None)),
        ("year", ("2010", None)),
    ],
)
def test_an_impossible_range_is_refused(
    numbers: Archive, facet: str, ends: tuple[str | None, str | None]
) -> None:
    with pytest.raises(RequestError):
        numbers.search(SearchRequest(ranges={facet: ends}))


ENDS = st.none() | (st.integers(-(10**15), 10**15) | st.floats(-(10**9), 10**9)).map(str)
DAYS = st.none() | st.dates().filter(lambda day: 1500 <= day.year <= 2099).map(str)


@given(ENDS, ENDS, DAYS, DAYS)
def test_ranges_survive_the_url(
    first: str | None, last: str | None, begin: str | None, end: str | None
) -> None:
    request = SearchRequest("dân vận", filters={"year": ("2001",)})
    ranges = {}
    if first is not None or last is not None:
        swap = first is not None and last is not None and float(first) > float(last)
        ranges["field.so_trang"] = (last, first) if swap else (first, last)
    if begin is not None or end is not None:
        swap = begin is not None and end is not None and begin > end
        ranges["field.nhap"] = (end, begin) if swap else (begin, end)
    request = SearchRequest("dân vận", filters={"year": ("2001",)}, ranges=ranges)
    again = params.parse(params.build(request), schema=SCHEMA)
    assert again.filters == request.filters
    as_numbers = [
        {name: tuple(end if end is None or "-" in end[1:] else float(end) for end in ends)}
        for ranges in (again.ranges, request.ranges)
        for name, ends in sorted(ranges.items())
    ]
    assert as_numbers[: len(ranges)] == as_numbers[len(ranges) :]


@given(st.integers(-(10**14), 10**14), st.integers(0, 999))
def test_the_api_describes_the_numbers_that_are_read(whole: int, part: int) -> None:
    for text in (str(whole), f"{whole},{part}"):
        assert re.fullmatch(DECIMAL["pattern"], text)
        assert parse_range_number(text) is not None


def test_the_boxes_show_the_range_and_what_the_hits_have(client: FlaskClient) -> None:
    box = read(client.get("/?q=dân+vận").text).one("section", data_facet="field.so_trang")
    assert box.one("h3").text == "Số trang"
    first, last = box.all("input", type="text")
    assert (first.attributes["name"], last.attributes["name"]) == (
        "field.so_trang.from",
        "field.so_trang.to",
    )
    assert (first.attributes["placeholder"], last.attributes["placeholder"]) == ("3", "25000")
    page = read(client.get("/?q=dân+vận&sort=newest&field.so_trang.to=1.200,5").text)
    box = page.one("section", data_facet="field.so_trang")
    sent = {i.attributes["name"]: i.attributes["value"] for i in box.all("input")}
    assert sent == {
        "q": "dân vận",
        "sort": "newest",
        "field.so_trang.from": "",
        "field.so_trang.to": "1200,5",
    }
    dates = read(client.get("/?q=dân+vận").text).one("section", data_facet="field.nhap")
    assert [i.attributes["placeholder"] for i in dates.all("input", type="text")] == [
        "2009",
        "31/12/2015",
    ]
    assert not page.all("section", data_facet="field.gia")


def test_one_chip_takes_the_range_back(client: FlaskClient) -> None:
    page = read(
        client.get(
            "/?q=dân&field.so_trang.from=25000&field.so_trang.to=3&field.nhap.to=3/2010"
        ).text
    )
    pages, dates = page.one("ul", class_="chips").all("a")[:2]
    assert " ".join(pages.text.split()) == "Bỏ lọc Số trang: 3 – 25.000×"
    assert query(pages.attributes["href"] or "") == {"q": ["dân"], "field.nhap.to": ["2010-03"]}
    assert " ".join(dates.text.split()) == "Bỏ lọc Ngày nhập: đến 3/2010×"
    assert "Số trang: 3 – 25.000" in page.one("title").text
    assert query(page.link("Bỏ tất cả")) == {"q": ["dân"]}
    for link in ("Theo dõi", "CSV", "JSON", "Mới nhất"):
        assert query(page.link(link))["field.so_trang.from"] == ["3"]
    hidden = {i.attributes["name"] for i in page.one("form", role="search").all("input")}
    assert {"field.so_trang.from", "field.nhap.to"} <= hidden
    saved = page.one("save-search").attributes["data-address"] or ""
    assert query(saved)["field.so_trang.to"] == ["25000"]


def test_a_search_without_hits_offers_to_open_the_range(client: FlaskClient) -> None:
    page = read(client.get("/?q=dân+vận&field.so_trang.from=5&field.so_trang.to=6&from=2001").text)
    assert query(page.link("Bỏ lọc Số trang: 5 – 6 (6 kết quả)")) == {
        "q": ["dân vận"],
        "from": ["2001"],
    }
    assert page.one("section", data_facet="field.so_trang").all("input", type="text")
    # The boxes stay where no hit has a value.
    page = read(client.get("/?q=dân+vận&year=2006&field.so_trang.from=5").text)
    assert page.one("section", data_facet="field.so_trang").all("input", type="text")


def test_exports_the_feed_and_the_api_keep_the_range(client: FlaskClient) -> None:
    search = "q=dân+vận&field.so_trang.from=40&field.so_trang.to=1.200"
    answer = client.get(f"/api/search?{search}").get_json()
    assert {hit["id"] for hit in answer["hits"]} == {"d1", "d2"}
    values = {facet["name"]: facet["values"] for facet in answer["facets"]}["field.so_trang"]
    assert [value["label"] for value in values] == ["3", "25.000"]  # the ends without the range
    table = client.get(f"/api/export.csv?{search}").text.removeprefix("\ufeff")
    assert {row["id"] for row in csv.DictReader(table.splitlines())} == {"d1", "d2"}
    feed = client.get(f"/atom.xml?{search}").text
    assert feed.count("<entry>") == 2
    described = client.get("/api/openapi.json").get_json()["paths"]["/api/search"]["get"]
    names = {parameter["name"] for parameter in described["parameters"]}
    assert {"field.so_trang.from", "field.so_trang.to", "field.nhap.from"} <= names
    assert "field.kho.from" not in names
    schema = described["responses"]["200"]["content"]["application/json"]["schema"]
    assert faults(answer, schema) == []


@pytest.mark.parametrize("address", ["/", "/api/search", "/api/export.csv", "/atom.xml"])
@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ("field.so_trang.from=mười", "field.so_trang.from=1200"),
        ("field.so_trang.to=1.20.3", "field.so_trang.to=1200"),
        ("field.nhap.to=31/2/2010", "field.nhap.to=2010"),
        ("field.kho.from=1", "field.kho"),
    ],
)
def test_a_wrong_end_is_a_400_with_the_remedy(
    client: FlaskClient, address: str, wrong: str, remedy: str
) -> None:
    answer = client.get(f"{address}?q=dân&{wrong}")
    assert answer.status_code == 400
    assert remedy in answer.text


def test_a_facet_with_ranges_has_no_page_of_values(client: FlaskClient) -> None:
    assert client.get("/chon/field.so_trang?q=dân+vận").status_code == 404
    page = read(client.get("/chon/field.kho?q=dân+vận&field.so_trang.from=40").text)
    assert page.one("p", class_="tally").text.endswith("“dân vận”")
    kept = {i.attributes["name"] for i in page.one("form", class_="choosing").all("input")}
    assert "field.so_trang.from" in kept


def test_a_value_of_a_field_with_ranges_can_still_be_chosen(client: FlaskClient) -> None:
    page = read(client.get("/?q=dân&field.so_trang=1200.5&field.so_trang=x").text)
    assert "Số trang: 1.200,5" in page.one("title").text
    assert page.one("p", class_="tally").one("strong").text == "1 kết quả"


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False])
def test_a_reader_narrows_by_numbers(visit_numbers: Open, script: bool) -> None:
    page = visit_numbers("/?q=dân+vận", java_script_enabled=script)
    drawer = page.locator(".drawer > summary")
    if drawer.is_visible():
        drawer.click()
    box = page.locator("[data-facet='field.so_trang']")
    box.get_by_label("Từ", exact=True).fill("1.000")
    box.get_by_label("Đến", exact=True).fill("2000")
    box.get_by_role("button", name="Áp dụng").click()
    expect(page.locator(".tally")).to_contain_text("2 kết quả")
    expect(page.locator(".chips")).to_contain_text("Số trang: 1.000 – 2.000")
    page.get_by_role("link", name="Bỏ lọc Số trang").click()
    expect(page.locator(".tally")).to_contain_text("6 kết quả")


@pytest.mark.browser
def test_boxes_are_reached_and_sent_by_keyboard_alone(visit_numbers: Open) -> None:
    page = visit_numbers("/?q=dân+vận", viewport={"width": 1280, "height": 900})
    box = page.locator("[data-facet='field.so_trang']")
    box.get_by_label("Từ", exact=True).focus()
    page.keyboard.type("1200,5")
    page.keyboard.press("Tab")
    expect(box.get_by_label("Đến", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".tally")).to_contain_text("2 kết quả")
    page.go_back()
    expect(page.locator(".tally")).to_contain_text("6 kết quả")
