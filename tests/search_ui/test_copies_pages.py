"""Copies on the pages, in the JSON, the exports and the feed, over an archive of reprints."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from archives import build
from browsing import Open, serving, visitor
from copied_texts import reprints
from flask.testing import FlaskClient
from pages import Element, app_of, query, read
from playwright.sync_api import Browser, expect
from schemas import faults
from test_axe import violations

from indexer import Archive
from search_ui import create_app
from search_ui.api import openapi

SEARCH = "/?q=chuyện+dân+vận"


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(build(tmp_path_factory.mktemp("copies") / "i", *reprints())) as archive:
        yield archive


@pytest.fixture
def reader(copies: Archive) -> FlaskClient:
    return app_of(copies).test_client()


def get(reader: FlaskClient, url: str) -> Element:
    answer = reader.get(url)
    assert answer.status_code == 200
    return read(answer.text)


def text_of(element: Element) -> str:
    return " ".join(element.text.split())


def test_a_hit_names_its_other_places_and_near_copies(reader: FlaskClient) -> None:
    page = get(reader, SEARCH)
    (line,) = page.all("p", class_="copies")
    assert re.match(r"Cũng có ở: Báo \S+ \S+, Báo .* và 1 nơi khác 3 bản gần giống$", text_of(line))
    links = {text_of(link): str(link.attributes["href"]) for link in line.all("a")}
    assert query(links["3 bản gần giống"])["q"] == ["chuyện dân vận"]
    assert links["Báo Cà Mau"].startswith("/doc/bai-1?q=")
    group = get(reader, links["3 bản gần giống"])
    assert text_of(group.all("strong")[0]) == "10 kết quả"
    assert len(group.all("li", class_="hit")) == 10
    assert group.all("p", class_="copies") == []


def test_the_chip_leads_back_to_the_whole_result(reader: FlaskClient) -> None:
    page = get(reader, f"{SEARCH}&copies=bai-0&year=2020")
    chips = [text_of(chip) for chip in page.one("ul", class_="chips").all("a")]
    assert chips == ["Bỏ lọc Nhãn year: 2020×".replace("Nhãn year", "Năm"),
                     "Bỏ lọc Các bản của: Chuyện dân vận×", "Bỏ tất cả"]  # fmt: skip
    urls = [str(chip.attributes["href"]) for chip in page.one("ul", class_="chips").all("a")]
    assert query(urls[1]) == {"q": ["chuyện dân vận"], "year": ["2020"]}
    assert query(urls[2]) == {"q": ["chuyện dân vận"]}
    # A new search is not among the copies of one document.
    kept = [
        field.attributes["name"]
        for field in page.one("form", role="search").all("input", type_="hidden")
    ]
    assert kept == ["year"]


def test_the_page_says_what_is_counted_and_lists_every_copy_on_request(
    reader: FlaskClient,
) -> None:
    page = get(reader, "/?q=dân+vận")
    text = text_of(page.one("main"))
    assert "13 kết quả" in text
    assert "Còn 4 kết quả sau khi gộp các bản trùng và bản gần giống. Hiện từng bản" in text
    assert "Con số bên cạnh mỗi mục tính mọi tài liệu, kể cả bản trùng." in text
    assert page.all("nav", class_="pager") == []
    (switch,) = (a for a in page.all("a") if text_of(a) == "Hiện từng bản")
    every = get(reader, str(switch.attributes["href"]))
    assert len(every.all("li", class_="hit")) == 10
    assert "Bản trùng được hiện riêng. Gộp lại" in text_of(every.one("main"))
    assert len(every.all("nav", class_="pager")) == 1
    (back,) = (a for a in every.all("a") if text_of(a) == "Gộp lại")
    assert query(str(back.attributes["href"])) == {"q": ["dân vận"]}


def test_a_page_without_copies_says_nothing_of_them(reader: FlaskClient) -> None:
    text = text_of(get(reader, "/?q=quyết+định").one("main"))
    assert "bản trùng" not in text.lower()


def test_an_unknown_document_has_no_copies_and_the_page_says_how_to_go_on(
    reader: FlaskClient,
) -> None:
    page = get(reader, "/?q=dân+vận&copies=nowhere")
    text = text_of(page.one("main"))
    assert "Không tìm thấy tài liệu nào." in text
    assert "Bỏ mọi điều kiện lọc (13 kết quả)" in text
    assert "Các bản của: nowhere" in text


def test_a_document_lists_its_copies(reader: FlaskClient) -> None:
    page = get(reader, "/doc/ban-0")
    exact, near = (
        page.all("section", aria_labelledby="ban-trung"),
        page.one("section", aria_labelledby="ban-gan-giong"),
    )
    assert exact == []
    assert len(near.all("li")) == 9
    assert "Chuyện dân vận Báo Cà Mau đăng 02/01/2021" in text_of(near)
    page = get(reader, "/doc/bai-0")
    assert len(page.one("section", aria_labelledby="ban-trung").all("li")) == 6
    assert len(page.one("section", aria_labelledby="ban-gan-giong").all("li")) == 3
    assert get(reader, "/doc/rieng").all("section", aria_labelledby="ban-trung") == []


def test_the_json_has_copies_and_both_counts(reader: FlaskClient) -> None:
    found = reader.get("/api/search?q=dân+vận").get_json()
    assert (found["total"], found["distinct"], len(found["hits"])) == (13, 4, 4)
    assert faults(found, openapi.RESULTS) == []
    found = reader.get(f"/api{SEARCH.replace('/', '/search')}").get_json()
    assert faults(found, openapi.RESULTS) == []
    (hit,) = found["hits"]
    assert (hit["copy_count"], hit["near_count"], len(hit["copies"])) == (6, 3, 5)
    assert hit["copies"][0].keys() == {"id", "title", "url", "fields"}
    every = reader.get("/api/search?q=dân+vận&grouped=0&size=100").get_json()
    assert (every["total"], every["distinct"], len(every["hits"])) == (13, 13, 13)
    group = reader.get("/api/search?copies=bai-0&size=100").get_json()
    assert len(group["hits"]) == 10
    one = reader.get("/api/documents/bai-0").get_json()
    assert faults(one, openapi.DOCUMENT) == []
    assert (one["copies"]["exact_count"], one["copies"]["near_count"]) == (6, 3)


@pytest.mark.parametrize("address", ["grouped=2", f"copies={'x' * 2001}"])
def test_bad_parameters_are_refused(reader: FlaskClient, address: str) -> None:
    answer = reader.get(f"/api/search?{address}")
    assert answer.status_code == 400
    assert answer.get_json()["error"]["hint"]
    assert reader.get(f"/?{address}").status_code == 400


def test_exports_and_the_feed_have_every_document(reader: FlaskClient) -> None:
    found = reader.get("/api/export.json?q=dân+vận").get_json()
    assert found["total"] == len(found["hits"]) == 13
    assert reader.get("/api/export.csv?q=dân+vận").text.count("\r\n") == 14
    assert reader.get("/atom.xml?q=dân+vận&size=100").text.count("<entry>") == 13


def test_the_sentences_are_translated(reader: FlaskClient) -> None:
    reader.set_cookie("tracuu_lang", "en")
    text = text_of(get(reader, SEARCH).one("main"))
    assert "1 left after grouping exact and near copies. List every copy" in text
    assert "Also at:" in text
    assert "3 near copies" in text


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_near_copies_are_opened_and_left_again(
    browser: Browser, copies: Archive, scripts: bool
) -> None:
    with serving(create_app(copies)) as site, visitor(browser, site) as visit:
        visit: Open
        page = visit(SEARCH, java_script_enabled=scripts)
        page.get_by_role("link", name="3 bản gần giống").click()
        expect(page.locator(".hit")).to_have_count(10)
        page.get_by_role("link", name="Bỏ lọc Các bản của").click()
        expect(page.get_by_role("link", name="3 bản gần giống")).to_be_visible()
        page.get_by_role("link", name="Hiện từng bản").click()
        expect(page.get_by_role("link", name="Gộp lại")).to_be_visible()
        page.locator(".hit a").first.click()
        expect(page.get_by_role("heading", name="Bản gần giống")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_lists_of_copies(
    browser: Browser, copies: Archive, scheme: str
) -> None:
    with serving(create_app(copies)) as site, visitor(browser, site) as visit:
        page = visit(SEARCH, color_scheme=scheme)
        assert violations(page) == []
        for address in ("/?q=dân+vận&copies=bai-0", "/doc/bai-0", "/?q=dân+vận&grouped=0"):
            page.goto(address)
            assert violations(page) == [], address
