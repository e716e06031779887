"""The interface in two languages, and names in Vietnamese order."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from fakes import FakeArchive
from flask.testing import FlaskClient
from pages import app_of, read

import search_ui
from indexer import VALIDITY, Facet, FacetValue, Rung, Validity, facet_field
from search_ui.http import i18n
from search_ui.pages.error_pages import BY_STATUS, NO_DOCUMENT
from search_ui.pages.guide import GUIDE
from search_ui.parts import formatting

FOLDER = Path(search_ui.__file__).parent
TEMPLATES = "\n".join(path.read_text("utf-8") for path in FOLDER.rglob("*.html"))
MODULES = [ast.parse(path.read_text("utf-8")) for path in FOLDER.rglob("*.py")]
CONSTANTS = {
    node.value
    for module in MODULES
    for node in ast.walk(module)
    if isinstance(node, ast.Constant) and isinstance(node.value, str)
}


def literals() -> set[str]:
    """Return every sentence of the templates and modules, including those kept in tables."""
    sentences = {a or b for a, b in re.findall(r"\b_\(\s*(?:\"([^\"]+)\"|'([^']+)')", TEMPLATES)}
    for module in MODULES:
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
                sentences |= {
                    part.value
                    for part in ast.walk(node.args[0])
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                    if isinstance(node.args[0], ast.Constant)
                }
    for problem in (*BY_STATUS.values(), NO_DOCUMENT):
        sentences |= {problem.title, problem.sentence, problem.remedy}
    for chapter in GUIDE:
        sentences |= {
            chapter.heading,
            chapter.lead,
            *(example.finds for example in chapter.examples),
        }
    return sentences


def test_every_sentence_has_an_english_translation() -> None:
    assert literals() - i18n.english().keys() == set()


def test_every_translation_is_used() -> None:
    validity = facet_field(VALIDITY)
    named_by_the_engine = {
        "Năm",
        "Tháng",
        *(rung.label.capitalize() for rung in Rung),
        validity.label,
        *map(validity.label_of, Validity),
    }
    assert {
        s for s in i18n.english() if s not in CONSTANTS and s not in TEMPLATES
    } <= named_by_the_engine


@pytest.mark.parametrize("vietnamese", list(i18n.english()))
def test_a_translation_has_the_same_placeholders(vietnamese: str) -> None:
    fields = re.compile(r"\{\w*\}")
    english = i18n.english()[vietnamese]
    assert sorted(fields.findall(vietnamese)) == sorted(fields.findall(english))


def test_a_visitor_chooses_english(client: FlaskClient) -> None:
    link = read(client.get("/?q=dân+vận&year=2021").text).link("English")
    answer = client.get(link)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/?q=d%C3%A2n+v%E1%BA%ADn&year=2021"
    page = read(client.get(answer.headers["Location"]).text)
    assert page.one("html").attributes["lang"] == "en"
    assert "1 result" in page.one("main").text
    assert "published 8 Jan 2021" in page.one("main").text
    for url in ("/", "/doc/000_kien-giang?q=dân", "/huong-dan", "/x", "/?page=0", "/?q=zzz"):
        assert read(client.get(url).text).one("html").attributes["lang"] == "en"
    client.get(page.link("Tiếng Việt"))
    assert read(client.get("/").text).one("html").attributes["lang"] == "vi"


def test_colours_are_chosen_without_a_script(client: FlaskClient) -> None:
    page = read(client.get("/").text)
    assert "data-theme" not in page.one("html").attributes
    client.get(page.link("Tối"))
    assert read(client.get("/").text).one("html").attributes["data-theme"] == "dark"


def test_a_changed_preference_is_answered_anew(client: FlaskClient) -> None:
    first = client.get("/?q=dân")
    client.get("/tuy-chon?lang=en")
    again = client.get("/?q=dân", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert "Cookie" in again.headers["Vary"]


@pytest.mark.parametrize(
    "back", ["//evil.example", "/\\evil.example", "https://evil.example", "/\n/x", "x", ""]
)
def test_the_way_back_never_leads_to_another_site(client: FlaskClient, back: str) -> None:
    answer = client.get("/tuy-chon", query_string={"theme": "dark", "back": back})
    assert answer.headers["Location"] == "/"


def test_unknown_preferences_change_nothing(client: FlaskClient) -> None:
    answer = client.get("/tuy-chon?lang=xx&theme=%3Cb%3E")
    assert "Set-Cookie" not in answer.headers
    client.set_cookie("tracuu_lang", "xx")
    client.set_cookie("tracuu_theme", '"><script>')
    page = read(client.get("/").text)
    assert page.one("html").attributes == {"lang": "vi"}


def test_numbers_and_dates_in_english() -> None:
    i18n.use("en")
    try:
        assert formatting.number(1234567) == "1,234,567"
        assert formatting.seconds(12.3) == "0.012 seconds"
        assert formatting.date_value("2021-01") == "Jan 2021"
        assert formatting.date_value("x") == "x"
    finally:
        i18n.use("vi")


def test_facet_values_of_one_count_stand_in_vietnamese_order() -> None:
    from indexer import Results, SearchRequest
    from search_ui.http.links import Links
    from search_ui.parts.facet_boxes import boxes

    values = tuple(FacetValue(name, name, 1) for name in ("Đức", "Dũng", "Ân", "An"))
    facets = (Facet("person", "Nhân vật", values),)
    results = Results(SearchRequest(), None, None, 1, 0.0, (), facets)
    assert [v.label for v in boxes(results, Links())[0].values] == ["An", "Ân", "Dũng", "Đức"]


def test_templates_are_translated_once_for_each_language() -> None:
    """Requests in changing languages each get their own, regardless of which was compiled first."""
    client = app_of(FakeArchive()).test_client()
    for language, heading in [
        ("en", "Filter results"),
        ("vi", "Lọc kết quả"),
        ("en", "Filter results"),
    ]:
        client.set_cookie("tracuu_lang", language)
        page = read(client.get("/?q=dân").text)
        assert heading in [h2.text for h2 in page.all("h2")]
