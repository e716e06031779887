"""An archive's own fields on the pages: facets, all values, filters, the page of a document."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from archives import write_jsonl
from browsing import serving, visitor
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pages import Element, app_of, query, read
from playwright.sync_api import Browser
from schemas import faults

from indexer import SearchRequest, rebuild
from search_ui import create_app
from search_ui.http import params
from search_ui.http.links import Links

TOML = """
name = "Kho huyện"
[fields.kho]
label.vi = "Kho lưu"
label.en = "Repository"
facet = true
[fields."phông"]
type = "hierarchy"
label.vi = "Phông lưu trữ"
facet = true
[fields.so_trang]
type = "number"
label.vi = "Số trang"
label.en = "Pages"
"""
RECORDS = [
    {"id": str(n), "title": f"Dân vận số {n}", "text": "Dân vận khéo", "kho": f"Kho {n % 30}",
     "phông": f"Ủy ban/Hộp {n % 3}/Tờ {n % 2}", "so_trang": 1200 + n, "lạ": "điều lạ"}
    for n in range(40)
]  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kho")
    (folder / "archive.toml").write_text(TOML, "utf-8")
    write_jsonl(folder / "a.jsonl", *RECORDS)
    rebuild([folder], folder.parent / "kho-index")
    return folder.parent / "kho-index"


@pytest.fixture
def client(index: Path) -> Iterator[FlaskClient]:
    app = app_of(index_dir=index)
    app.testing = True
    yield app.test_client()
    app.extensions["tracuu.source"].get().close()


def facet(page: Element, name: str) -> Element:
    return page.one("section", data_facet=name)


def test_own_facets_stand_beside_the_results(client: FlaskClient) -> None:
    page = read(client.get("/?q=dân vận").text)
    kho = facet(page, "field.kho")
    assert kho.one("h3").text == "Kho lưu"
    first = kho.all("a")[0]
    assert query(first.attributes["href"] or "") == {"q": ["dân vận"], "field.kho": ["Kho 0"]}
    assert not page.all("section", data_facet="field.so_trang")
    client.set_cookie("tracuu_lang", "en")
    english = read(client.get("/?q=dân vận").text)
    assert facet(english, "field.kho").one("h3").text == "Repository"


def test_a_hierarchy_is_a_tree_of_any_depth(client: FlaskClient) -> None:
    tree = facet(read(client.get("/?q=dân vận&field.phông=Ủy ban/Hộp 1/Tờ 0").text), "field.phông")
    labels = [bdi.text for bdi in tree.all("bdi")]
    assert labels[0] == "Ủy ban"
    assert [name for name in labels if "Hộp" in name] == ["Hộp 0", "Hộp 1", "Hộp 2"]
    assert sorted(name for name in labels if "Tờ" in name) == ["Tờ 0"] * 3 + ["Tờ 1"] * 3
    opened = [d for d in tree.all("details") if "open" in d.attributes]
    assert [d.one("summary").text for d in opened if len(d.all("details")) < 2] == ["Thuộc Hộp 1"]


def test_the_front_page_lists_own_facets(client: FlaskClient) -> None:
    page = read(client.get("/").text)
    assert facet(page, "field.kho").one("h3").text == "Kho lưu"
    assert facet(page, "field.phông").all("details")


def test_a_chosen_value_is_a_chip_and_can_be_taken_off(client: FlaskClient) -> None:
    page = read(client.get("/?q=dân vận&field.kho=Kho 3").text)
    (chip,) = page.one("ul", class_="chips").all("li")
    assert "Kho lưu: Kho 3" in " ".join(chip.text.split())
    assert query(chip.one("a").attributes["href"] or "") == {"q": ["dân vận"]}


def test_all_values_have_a_page(client: FlaskClient) -> None:
    page = read(client.get("/chon/field.kho?q=dân vận").text)
    assert page.one("h1").text.startswith("Kho lưu")
    assert len(page.all("input", type="checkbox")) == 30
    assert client.get("/chon/field.nothing").status_code == 404
    assert client.get("/chon/field.phông").status_code == 200


def test_the_page_of_a_document_shows_own_fields_and_what_no_setting_knows(
    client: FlaskClient,
) -> None:
    rows = {
        row.one("dt").text: row.one("dd")
        for row in read(client.get("/doc/3").text).one("dl", class_="about").all("div")
    }
    assert rows["Kho lưu"].text == "Kho 3"
    assert query(rows["Kho lưu"].link("Kho 3")) == {"field.kho": ["Kho 3"]}
    assert rows["Phông lưu trữ"].text == "Ủy ban › Hộp 0 › Tờ 1"
    assert rows["Số trang"].text == "1.203"
    assert rows["Khác"].text == "lạ: điều lạ"
    client.set_cookie("tracuu_lang", "en")
    english = client.get("/doc/3").text
    assert "<dt>Pages</dt><dd><bdi>1,203</bdi></dd>" in english


def test_the_guide_explains_own_fields(client: FlaskClient) -> None:
    chapter = read(client.get("/huong-dan").text).one("section", aria_labelledby="rieng")
    rows = {row.one("dt").text: row.one("dd") for row in chapter.all("div")}
    assert {name: row.text for name, row in rows.items()} == {
        "kho:": "Kho lưu",
        "phông:": "Phông lưu trữ",
        "so_trang:": "Số trang",
    }
    assert client.get(rows["kho:"].link("Kho lưu")).status_code == 200
    assert not rows["so_trang:"].all("a")


def test_an_unknown_own_facet_is_a_bad_request(client: FlaskClient) -> None:
    assert client.get("/?field.x=1").status_code == 400
    answer = client.get("/api/search?field.x=1")
    assert answer.status_code == 400
    assert "field.kho" in answer.get_json()["error"]["hint"]


def test_json_openapi_and_csv_have_own_fields(client: FlaskClient) -> None:
    answer = client.get("/api/search?q=dân vận&field.kho=Kho 3").get_json()
    assert answer["total"] == 2
    assert answer["hits"][0]["fields"]["own"]["so_trang"] in ([1203], [1233])
    described = client.get("/api/openapi.json").get_json()["paths"]["/api/search"]["get"]
    assert "field.kho" in {parameter["name"] for parameter in described["parameters"]}
    schema = described["responses"]["200"]["content"]["application/json"]["schema"]
    assert faults(answer, schema) == []
    table = client.get("/api/export.csv?field.kho=Kho 3").text.removeprefix("\ufeff")
    rows = list(csv.DictReader(table.splitlines()))
    assert {row["field.so_trang"] for row in rows} == {"1203", "1233"}


@given(
    st.dictionaries(
        st.sampled_from(("field.kho", "field.phông", "year", "cited")),
        st.lists(st.text(min_size=1, max_size=9), min_size=1, max_size=3, unique=True).map(tuple),
    )
)
def test_filters_on_own_facets_survive_the_url(filters: dict[str, tuple[str, ...]]) -> None:
    request = SearchRequest("dân vận", filters=filters)
    assert params.parse(params.build(request)) == request
    links = Links()
    for name in ("field.kho", "field.phông", "month"):
        if "giá trị" not in filters.get(name, ()):
            chosen = {**filters, name: (*filters.get(name, ()), "giá trị")}
            assert links.chooser(request, name)("giá trị") == links.search(
                SearchRequest("dân vận", filters=chosen)
            )


def test_a_reader_narrows_by_an_own_field_in_a_browser(browser: Browser, index: Path) -> None:
    app = create_app(index_dir=index)
    with serving(app) as site, visitor(browser, site) as visit:
        page = visit(f"/?q={quote('dân vận')}")
        fonds = page.locator("[data-facet='field.phông']")
        fonds.locator("summary", has_text="Thuộc Ủy ban").first.click()
        fonds.get_by_role("link", name="Hộp 1").click()
        page.wait_for_url("**field.ph*")
        page.get_by_role("link", name="Bỏ lọc Phông lưu trữ").wait_for()
        assert page.locator(".tally strong").inner_text() == "13 kết quả"
    app.extensions["tracuu.source"].get().close()


def test_a_pinned_document_is_marked_on_the_page(tmp_path: Path) -> None:
    folder = tmp_path / "kho"
    folder.mkdir()
    pin = '[[pinned]]\nquery = "dân vận"\ndocuments = ["7"]'
    (folder / "archive.toml").write_text(pin, "utf-8")
    write_jsonl(folder / "a.jsonl", *RECORDS)
    rebuild([folder], tmp_path / "index")
    app = app_of(index_dir=tmp_path / "index")
    first, *others = read(app.test_client().get("/?q=dan van").text).all("li", class_="hit")
    assert first.one("span", class_="pinned").text == "Được ghim"
    assert first.one("h2").text == "Dân vận số 7"
    assert not any(hit.all("span", class_="pinned") for hit in others)
    app.extensions["tracuu.source"].get().close()
