"""Citations and metadata of a document, and what crawlers find."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from fakes import HOSTILE, KIEN_GIANG, FakeArchive, many
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pages import app_of, read

from indexer import Document, PartialDate
from search_ui.api import crawlers
from search_ui.pages.citations import bibtex, json_ld, ris

LAW = replace(
    KIEN_GIANG,
    author=None,
    issuer="UBND tỉnh {A} & B",
    number="15/2023/QĐ-UBND",
    subjects=("đất", "đai"),
)
texts = st.text(max_size=40)
documents = st.builds(
    Document, id=texts.filter(bool), title=texts, body=texts, author=texts, publisher=texts
)


def test_bibtex() -> None:
    assert bibtex(LAW, "https://a.example/{1}") == (
        "@misc{000_kien-giang,\n"
        r"  author = {UBND tỉnh \{A\} \& B},"
        "\n"
        f"  title = {{{LAW.title}}},\n"
        "  howpublished = {Cổng thông tin điện tử huyện Giang Thành},\n"
        "  number = {15/2023/QĐ-UBND},\n"
        "  year = {2021},\n  month = {1},\n  date = {2021-01-08},\n"
        "  language = {vietnamese},\n  url = {https://a.example/%7B1%7D},\n}\n"
    )


@pytest.mark.parametrize(
    ("day", "written"),
    [(None, None), (PartialDate(1998), "1998//"), (PartialDate(1998, 6), "1998/06/")],
)
def test_ris_writes_dates_of_any_precision(day: PartialDate | None, written: str | None) -> None:
    rows = ris(replace(KIEN_GIANG, published=day), "https://a.example/").split("\r\n")
    assert (f"DA  - {written}" in rows) == (written is not None)
    assert rows[0] == "TY  - ELEC"
    assert rows[-2:] == ["ER  - ", ""]


@given(documents)
def test_a_record_of_ris_has_one_field_on_each_line(document: Document) -> None:
    rows = ris(document, "https://a.example/").split("\r\n")
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - [^\r\n]*", row) for row in rows[:-1])


@given(documents)
def test_braces_of_bibtex_are_balanced(document: Document) -> None:
    depth = 0
    for sign in re.findall(r"(?<!\\)[{}]", re.sub(r"\\[a-z]+\{\}", "", bibtex(document, "x"))):
        depth += 1 if sign == "{" else -1
        assert depth >= 0
    assert depth == 0


@given(documents)
def test_json_ld_is_json_and_no_markup(document: Document) -> None:
    text = json_ld(document, "https://a.example/")
    assert not set("<>&") & set(text)
    assert json.loads(text)["url"] == "https://a.example/"


def test_the_page_of_a_document_describes_it() -> None:
    client = app_of(FakeArchive((LAW,))).test_client()
    page = read(client.get(f"/doc/{LAW.id}?q=dân&year=2021").text)
    assert page.one("link", rel="canonical").attributes["href"] == f"http://localhost/doc/{LAW.id}"
    meta = [(m.attributes.get("name"), m.attributes["content"]) for m in page.all("meta")[2:]]
    assert ("DC.identifier", "15/2023/QĐ-UBND") in meta
    assert ("DC.date", "2021-01-08") in meta
    assert [content for name, content in meta if name == "DC.subject"] == ["đất", "đai"]
    data = json.loads(page.one("script", type="application/ld+json").text)
    assert data["@type"] == "Legislation"


@pytest.mark.parametrize("document_id", [KIEN_GIANG.id, HOSTILE.id])
def test_the_links_lead_to_files(client: FlaskClient, document_id: str) -> None:
    page = read(client.get("/doc/", query_string={"id": document_id}).text)
    for name, start in (("BibTeX", "@misc{"), ("RIS", "TY  - ")):
        answer = client.get(page.link(name))
        assert answer.status_code == 200
        assert answer.text.startswith(start)
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_another_format_is_refused_with_the_remedy(client: FlaskClient) -> None:
    answer = client.get(f"/trich-dan/{KIEN_GIANG.id}?dang=word")
    assert answer.status_code == 400
    assert "bib hoặc ris" in answer.text
    assert client.get("/trich-dan/x").status_code == 404


def test_crawlers_find_every_document_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawlers, "AT_ONCE", 3)
    client = app_of(FakeArchive((*many(6), HOSTILE))).test_client()
    robots = client.get("/robots.txt").text
    (address,) = re.findall(r"^Sitemap: http://localhost(.*)$", robots, re.M)
    assert "Disallow: /?\n" in robots
    maps = ElementTree.fromstring(client.get(address).data)
    found = []
    for loc in maps.iter(f"{{{crawlers._NAMESPACE}}}loc"):
        part = client.get((loc.text or "").removeprefix("http://localhost"))
        found += [
            e.text or "" for e in ElementTree.fromstring(part.data).iter() if e.tag.endswith("loc")
        ]
    assert len(found) == len(set(found)) == 7
    assert all(client.get(url.removeprefix("http://localhost")).status_code == 200 for url in found)
    assert client.get("/sitemap-4.xml").status_code == 404
    assert client.get("/sitemap-0.xml").status_code == 404


def test_the_icon(client: FlaskClient) -> None:
    answer = client.get("/favicon.ico")
    assert answer.mimetype == "image/x-icon"
    assert answer.data[:4] == b"\0\0\1\0"
