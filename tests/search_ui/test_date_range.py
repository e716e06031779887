"""The range of dates of a search: in the URL, as a chip, as charts, with the slider."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from browsing import Open
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pages import query, read
from playwright.sync_api import expect

from indexer import (
    Archive,
    Facet,
    FacetKind,
    FacetValue,
    RequestError,
    Results,
    Rung,
    SearchRequest,
    parse_range_date,
    rebuild,
)
from search_ui import create_app
from search_ui.api.openapi import DATE
from search_ui.http.links import Links
from search_ui.parts.date_range import DATE_PATTERN, MOST_FOR_FINGERS, date_range


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2010", "2010"),
        ("3/2010", "2010-03"),
        ("03.2010", "2010-03"),
        ("15/3/2010", "2010-03-15"),
        ("15-3-2010", "2010-03-15"),
        (" 15 / 3 / 2010 ", "2010-03-15"),
        ("03-2010", "2010-03"),
        ("năm 2010", "2010"),
        ("tháng 3 năm 2010", "2010-03"),
        ("Tháng 3/2010", "2010-03"),
        ("thang 3 nam 2010", "2010-03"),
        ("ngày 15 tháng 3 năm 2010", "2010-03-15"),
        ("15 tháng 3, 2010", None),
        ("ngày 15/3/2010", "2010-03-15"),
        ("ngày 31 tháng 2 năm 2010", None),
        ("2010-3", "2010-03"),
        ("2010-03-15", "2010-03-15"),
        ("31/2/2010", None),
        ("13/2010", None),
        ("0/2010", None),
        ("15/0/2010", None),
        ("1066", None),
        ("hôm qua", None),
        ("2010-2015", None),
        ("", None),
    ],
)
def test_a_date_is_read_as_it_is_written(written: str, iso: str | None) -> None:
    assert parse_range_date(written) == iso


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return an archive of documents dated to the day, month and year, one without a date, and one
    that is pinned."""
    folder = tmp_path_factory.mktemp("dated")
    days = ("2010-03-15", "2010-04-01", "2012-05", "2013", "2015-12-31", "1931", "")
    source = folder / "source"
    source.mkdir()
    lines = [
        json.dumps({"id": f"d{at}", "title": f"Dân vận {at}", "text": "Bài.", "date": day})
        for at, day in enumerate(days)
    ]
    (source / "a.jsonl").write_text("\n".join(lines), "utf-8")
    (source / "archive.toml").write_text(
        '[[pinned]]\nquery = "dân vận"\ndocuments = ["d4"]\n', "utf-8"
    )
    rebuild([source], folder / "index")
    return Archive.open(folder / "index")


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("2010", None, {0, 1, 2, 3, 4}),
        (None, "2010", {0, 1, 5}),
        ("2010-04", "2013", {1, 2, 3}),
        ("2010-03-15", "2010-03-15", {0}),
        ("2012-05-20", "2012-05-25", {2}),  # the day is not known, so it may be in the range
        ("2013-06", "2013-07", {3}),
        ("1999", "2000", set()),
    ],
)
@pytest.mark.parametrize("text", ["", "dân vận"])
def test_documents_in_a_range(
    dated: Archive, text: str, first: str | None, last: str | None, found: set[int]
) -> None:
    results = dated.search(SearchRequest(text, date_from=first, date_to=last))
    assert {hit.document.id for hit in results.hits} == {f"d{at}" for at in found}
    assert results.total == len(found)


def test_a_range_goes_with_filters_and_with_a_typed_range(dated: Archive) -> None:
    typed = dated.search(SearchRequest("dân vận năm:2010-2012", date_from="2010-04"))
    assert {hit.document.id for hit in typed.hits} == {"d1", "d2"}
    filtered = dated.search(
        SearchRequest("dân vận", date_from="2010-04", filters={"year": ("2010", "2013")})
    )
    assert {hit.document.id for hit in filtered.hits} == {"d1", "d3"}


def test_a_range_narrows_neither_its_own_facets_nor_the_rung(dated: Archive) -> None:
    free, within, nothing = (
        dated.search(SearchRequest("dân vận", date_from=first, date_to=first))
        for first in (None, "2010", "1999")
    )
    years = [{f.name: f.values for f in r.facets}["year"] for r in (free, within, nothing)]
    assert years[0] == years[1] == years[2]
    assert nothing.total == 0
    assert within.rung == free.rung == "exact"
    assert within.hits[0].document.id != "d4"  # pinned, but not in the range
    assert free.hits[0].document.id == "d4"


@pytest.mark.parametrize(("first", "last"), [("2015", "2010"), ("x", None), (None, "3/2010")])
def test_an_impossible_range_is_refused(
    dated: Archive, first: str | None, last: str | None
) -> None:
    with pytest.raises(RequestError):
        dated.search(SearchRequest(date_from=first, date_to=last))


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        ("2010", True),
        ("3/2010", True),
        ("ngày 15 tháng 3 năm 2010", True),
        ("Tháng 3/2010", True),
        ("hôm qua", False),
        ("13", False),
    ],
)
def test_the_boxes_accept_what_is_read(typed: str, accepted: bool) -> None:
    assert bool(re.fullmatch(DATE_PATTERN, typed)) == accepted
    assert (parse_range_date(typed) is not None) == accepted


@pytest.mark.parametrize("address", ["/", "/api/search", "/api/export.csv", "/atom.xml"])
@pytest.mark.parametrize("wrong", ["from=x", "to=31/2/2010", "from=1066"])
def test_a_wrong_date_is_a_400_with_the_remedy(
    client: FlaskClient, address: str, wrong: str
) -> None:
    answer = client.get(f"{address}?q=dân&{wrong}")
    assert answer.status_code == 400
    assert "from=2010" in answer.text


def test_reversed_ends_are_swapped(client: FlaskClient) -> None:
    page = read(client.get("/?q=dân&from=2021&to=3/2020").text)
    boxes = [box.attributes["value"] for box in page.all("input", type="text")]
    assert boxes == ["3/2020", "2021"]
    assert "Thời gian: 3/2020 – 2021" in page.one("title").text


@given(st.dates(date(1500, 1, 1), date(2099, 12, 31)), st.integers(1, 31))
def test_the_api_describes_the_dates_that_are_read(day: date, other: int) -> None:
    for text in (str(day), str(day)[:7], str(day)[:4], f"{str(day)[:8]}{other:02}"):
        assert bool(re.fullmatch(DATE["pattern"], text)) == (parse_range_date(text) == text)


def test_one_chip_takes_the_range_back(client: FlaskClient) -> None:
    page = read(client.get("/?q=dân&from=3/2020&to=2021&sort=newest").text)
    (chip,) = page.one("ul", class_="chips").all("a")
    assert " ".join(chip.text.split()) == "Bỏ lọc Thời gian: 3/2020 – 2021×"
    assert query(chip.attributes["href"] or "") == {"q": ["dân"], "sort": ["newest"]}
    assert query(page.link("Cũ nhất"))["from"] == ["2020-03"]
    period = page.one("section", class_="facet period")
    boxes = {i.attributes["name"]: i.attributes["value"] for i in period.all("input")}
    assert boxes == {"q": "dân", "sort": "newest", "from": "3/2020", "to": "2021"}
    for link in ("Theo dõi", "CSV", "JSON"):
        assert query(page.link(link))["to"] == ["2021"]


def test_a_search_without_hits_offers_to_open_the_range(client: FlaskClient) -> None:
    page = read(client.get("/?q=dân&from=1999&to=1999").text)
    assert query(page.link("Bỏ mọi điều kiện lọc (4 kết quả)")) == {"q": ["dân"]}


def test_bars_set_the_range(dated: Archive) -> None:
    client = create_app(dated).test_client()
    page = read(client.get("/?q=dân+vận").text)
    (decades,) = page.all("ol", class_="chart")
    links = [a.attributes["href"] or "" for a in decades.all("a")]
    assert [query(link)["from"] + query(link)["to"] for link in links] == [
        ["1930", "1939"],
        ["2010", "2019"],
    ]
    page = read(client.get(links[1]).text)
    _, years = page.all("ol", class_="chart")
    assert [a.text for a in years.all("a")] == ["2010: 2", "2012: 1", "2013: 1", "2015: 1"]
    page = read(client.get(years.link("2010: 2")).text)
    *_, months = page.all("ol", class_="chart")
    assert [a.text for a in months.all("a")] == ["tháng 3/2010: 1", "tháng 4/2010: 1"]
    page = read(client.get(months.link("tháng 4/2010: 1")).text)
    assert "1 kết quả" in page.one("p", class_="tally").text


@given(st.dictionaries(st.integers(1990, 2030), st.integers(1, 9), min_size=2))
def test_wide_bars_have_the_same_hits_as_the_narrow_ones(hits: dict[int, int]) -> None:
    values = tuple(FacetValue(str(year), str(year), count) for year, count in hits.items())
    facets = (Facet("year", "Năm", values, FacetKind.DATE),)
    results = Results(SearchRequest("dân"), Rung.EXACT, None, sum(hits.values()), 1.0, (), facets)
    with create_app(None).test_request_context():
        form = date_range(results, Links())
    assert form
    (chart,) = form.charts
    counted = [int(bar.name.rpartition(": ")[2]) for bar in chart.bars]
    assert len(chart.wide) == (MOST_FOR_FINGERS if len(chart.bars) > MOST_FOR_FINGERS else 0)
    at = 0
    for bar in chart.wide:
        many = int(bar.last) - int(bar.first) + 1
        assert chart.bars[at].first == bar.first
        assert int(bar.name.rpartition(": ")[2]) == sum(counted[at : at + many])
        assert bool(bar.url) == any(counted[at : at + many])
        at += many
    assert at in (0, len(chart.bars))


@pytest.mark.browser
def test_the_boxes_work_without_javascript(visit: Open) -> None:
    page = visit("/?q=dân+vận", java_script_enabled=False)
    page.get_by_label("Từ", exact=True).fill("3/2020")
    page.get_by_label("Đến", exact=True).fill("2021")
    page.get_by_role("button", name="Áp dụng").click()
    expect(page.locator(".tally")).to_contain_text("3 kết quả")
    page.get_by_role("link", name="2021: 2").click()
    expect(page.locator(".tally")).to_contain_text("2 kết quả")


@pytest.mark.browser
def test_a_handle_moves_with_the_arrow_keys_and_keeps_the_focus(visit: Open) -> None:
    page = visit("/?q=dân+vận", viewport={"width": 1280, "height": 900})
    handle = page.get_by_role("slider", name="Từ")
    handle.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".chips")).to_contain_text("từ 2021")
    expect(page.locator(".tally")).to_contain_text("3 kết quả")
    expect(page.get_by_role("slider", name="Từ")).to_be_focused()
    expect(page.get_by_role("slider", name="Từ")).to_have_attribute("aria-valuetext", "2021")
    page.go_back()
    expect(page.locator(".tally")).to_contain_text("5 kết quả")


@pytest.mark.browser
def test_a_handle_can_be_dragged(visit: Open) -> None:
    page = visit("/?q=dân+vận", viewport={"width": 1280, "height": 900})
    box = page.get_by_role("slider", name="Đến").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] - 8, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    expect(page.locator(".chips")).to_contain_text("đến 2021")
    expect(page.locator(".tally")).to_contain_text("4 kết quả")
