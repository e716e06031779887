"""Whether documents are in force today: as a facet, a filter, and a link of a document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from archives import write_jsonl
from browsing import serving, visitor
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pages import Element, app_of, query, read
from playwright.sync_api import Browser, expect

from indexer import Archive, Document, SearchRequest, Validity, rebuild, validity_dates, validity_on
from indexer.partial_date import parse_iso

TODAY = date(2024, 6, 1)
DATES = (
    ("2020-01-01", None),  # in force
    ("2020-01-01", "2024-06-01"),  # in force for the last time
    ("2020-01-01", "2024-05-31"),  # expired
    ("2024-06-02", None),  # not yet
    (None, "2030-01-01"),  # not known
    (None, "2010"),  # expired
    (None, None),
)


@pytest.fixture(scope="module")
def laws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("laws")
    (folder / "source").mkdir()
    records = (
        {
            "id": f"d{at}",
            "title": f"Nghị định {at}/2020/NĐ-CP về dân vận",
            "text": "Nội dung.",
            "number": f"{at}/2020/NĐ-CP",
            "effective": begins,
            "expires": ends,
            "date": "2020-01-01",
        }
        for at, (begins, ends) in enumerate(DATES)
    )
    write_jsonl(folder / "source" / "a.jsonl", *records)
    rebuild([folder / "source"], folder / "index")
    with Archive.open(folder / "index") as archive:
        yield archive


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """Make the day on which searches and pages are made that in the list, which a test may
    change."""
    days = [TODAY]

    class Calendar(date):
        @classmethod
        def today(cls) -> date:  # type: ignore[override]
            return days[0]

    for module in (
        "indexer.search", "indexer.relaxation", "indexer.query.entities.facet_values",
        "indexer.results.result_cache", "search_ui.http.responses",
        "search_ui.pages.document_page", "search_ui.pages.search_page",
    ):  # fmt: skip
        monkeypatch.setattr(f"{module}.date", Calendar)
    return days


@pytest.fixture
def client(laws: Archive, today: list[date]) -> FlaskClient:
    return app_of(laws).test_client()


def box(page: Element) -> dict[str, str]:
    """Return label → count of the values of the facet."""
    section = page.one("section", data_facet="validity")
    return {a.one("bdi").text: a.one("span", class_="count").text for a in section.all("a")}


@pytest.mark.parametrize(
    ("states", "found"),
    [
        (("in_force",), {0, 1}),
        (("not_yet",), {3}),
        (("expired",), {2, 5}),
        (("in_force", "expired"), {0, 1, 2, 5}),
        (("x",), set()),
    ],
)
@pytest.mark.parametrize("text", ["", "dân vận"])
def test_documents_are_filtered_by_what_holds_today(
    laws: Archive, today: list[date], text: str, states: tuple[str, ...], found: set[int]
) -> None:
    results = laws.search(SearchRequest(text, filters={"validity": states}))
    assert {hit.document.id for hit in results.hits} == {f"d{at}" for at in found}
    assert results.total == len(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hiệu_lực:còn", {0, 1}),
        ("hieu_luc:con dan van", {0, 1}),
        ('hiệu_lực:"đã hết hiệu lực"', {2, 5}),
        ("dân vận hiệu_lực:chưa", {3}),
        ("dân vận -hiệu_lực:hết", {0, 1, 3, 4, 6}),
    ],
)
def test_a_query_may_ask_for_it(
    laws: Archive, today: list[date], text: str, found: set[int]
) -> None:
    results = laws.search(SearchRequest(text))
    assert {hit.document.id for hit in results.hits} == {f"d{at}" for at in found}


def test_a_query_asks_anew_on_another_day(laws: Archive, today: list[date]) -> None:
    assert laws.search(SearchRequest("hiệu_lực:hết")).total == 2
    today[0] += timedelta(days=1)
    assert laws.search(SearchRequest("hiệu_lực:hết")).total == 3


def test_the_facet_counts_anew_on_another_day(client: FlaskClient, today: list[date]) -> None:
    first = client.get("/?q=dân+vận")
    assert box(read(first.text)) == {
        "đã có hiệu lực": "2", "đã hết hiệu lực": "2", "chưa có hiệu lực": "1",
    }  # fmt: skip
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/?q=dân+vận", headers=tag).status_code == 304
    today[0] += timedelta(days=1)
    second = client.get("/?q=dân+vận", headers=tag)
    assert second.status_code == 200
    assert box(read(second.text)) == {"đã hết hiệu lực": "3", "đã có hiệu lực": "2"}


def test_counts_stay_when_a_value_is_chosen(client: FlaskClient) -> None:
    page = read(client.get("/?q=dân+vận&validity=expired").text)
    assert page.one("p", class_="tally").one("strong").text == "2 kết quả"
    assert len(box(page)) == 3
    assert "Hiệu lực theo ngày ghi: đã hết hiệu lực" in page.one("title").text
    client.set_cookie("tracuu_lang", "en")
    assert "In force by stated dates: no longer in force" in client.get(
        "/?q=dân+vận&validity=expired"
    ).text  # fmt: skip


def test_the_page_of_a_document_links_to_those_of_the_same_state(client: FlaskClient) -> None:
    page = read(client.get("/doc/d2").text)
    link = page.link("đã hết hiệu lực (theo ngày ghi trong văn bản)")
    assert query(link) == {"validity": ["expired"]}
    assert client.get("/doc/d4").text.count("theo ngày ghi") == 0


def test_the_api_and_the_list_of_values_have_it(client: FlaskClient) -> None:
    answer = client.get("/api/search?q=dân+vận&validity=not_yet").get_json()
    assert [hit["id"] for hit in answer["hits"]] == ["d3"]
    values = {facet["name"]: facet["values"] for facet in answer["facets"]}["validity"]
    assert {v["value"]: (v["count"], v["selected"]) for v in values} == {
        "in_force": (2, False), "expired": (2, False), "not_yet": (1, True),
    }  # fmt: skip
    page = read(client.get("/chon/validity?q=dân+vận").text)
    assert {i.attributes["value"] for i in page.all("input", type="checkbox")} == set(Validity)


@given(st.dates(), st.none() | st.dates(), st.none() | st.dates())
def test_one_state_holds_on_a_day(day: date, begins: date | None, ends: date | None) -> None:
    dates = validity_dates(Document("x", effective=begins, expires=ends))
    if dates is None:
        assert begins is ends is None
        return
    state = validity_on(dates, day)
    assert (state is Validity.EXPIRED) == (ends is not None and ends < day)
    if state is not Validity.EXPIRED:
        assert (state is Validity.NOT_YET) == (begins is not None and begins > day)
        assert (state is Validity.IN_FORCE) == (begins is not None and begins <= day)


def test_of_a_year_the_first_day_counts() -> None:
    dates = validity_dates(Document("x", effective=parse_iso("2020"), expires=parse_iso("2024-03")))
    assert dates == "2020-01-01/2024-03-01"


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False])
def test_a_reader_chooses_what_is_in_force(browser: Browser, laws: Archive, script: bool) -> None:
    with serving(app_of(laws)) as site, visitor(browser, site) as visit:
        page = visit(
            "/?q=dân+vận", java_script_enabled=script, viewport={"width": 1280, "height": 900}
        )
        page.locator("[data-facet=validity]").get_by_role("link", name="đã hết hiệu lực").click()
        expect(page.locator(".chips")).to_contain_text("Hiệu lực theo ngày ghi: đã hết hiệu lực")
        expect(page.locator(".hit")).to_have_count(3)  # d1, d2 and d5, since 2024 has passed
