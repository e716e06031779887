"""The name, description and contact of an archive, on its pages and in its feeds."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from fakes import FakeArchive
from flask.testing import FlaskClient
from pages import app_of, read

from indexer import ArchiveProfile
from search_ui import create_app

NAME = "Kho lưu trữ huyện Giang Thành"
DESCRIPTION = "Văn bản của huyện từ năm 1976 <đến nay>."
CONTACT = "luutru@giangthanh.example"


class NamedArchive(FakeArchive):
    said = ArchiveProfile(NAME, DESCRIPTION, CONTACT)

    def profile(self) -> ArchiveProfile:
        return self.said


@pytest.fixture
def named() -> FlaskClient:
    app = app_of(NamedArchive())
    app.testing = True
    return app.test_client()


@pytest.mark.parametrize("address", ["/?q=dân", "/doc/001_tam-nong", "/huong-dan", "/doc/không"])
def test_the_name_of_the_archive_is_in_the_title_and_the_head_of_every_page(
    named: FlaskClient, address: str
) -> None:
    page = read(named.get(address).text)
    assert page.one("title").text.endswith(f" · {NAME}")
    assert page.one("a", class_="brand").text == NAME
    assert page.one("footer", class_="bottom").link(CONTACT) == f"mailto:{CONTACT}"


def test_the_front_page_introduces_the_archive(named: FlaskClient) -> None:
    page = read(named.get("/").text)
    assert page.one("title").text == NAME
    assert page.one("h1").text == NAME
    assert page.one("p", class_="description").text == DESCRIPTION


def test_feeds_and_descriptions_have_the_name_of_the_archive(named: FlaskClient) -> None:
    feed = ElementTree.fromstring(named.get("/atom.xml?q=dân").data)
    atom = "{http://www.w3.org/2005/Atom}"
    assert feed.findtext(f"{atom}title") == f"dân · {NAME}"
    assert feed.findtext(f"{atom}subtitle") == DESCRIPTION
    assert feed.findtext(f"{atom}author/{atom}name") == NAME
    engine = ElementTree.fromstring(named.get("/opensearch.xml").data)
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert engine.findtext(f"{space}ShortName") == "Kho lưu trữ"  # at most 16 characters
    assert engine.findtext(f"{space}LongName") == NAME
    assert engine.findtext(f"{space}Description") == DESCRIPTION
    assert engine.findtext(f"{space}Contact") == CONTACT
    info = named.get("/api/openapi.json").get_json()["info"]
    assert (info["title"], info["description"]) == (NAME, DESCRIPTION)


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("+84 297 123 456", "tel:+84297123456"),
        ("https://kho.example/lien-he", "https://kho.example/lien-he"),
        ("Phòng 3, số 5 phố Huế", None),
        ("javascript:alert(1)", None),
    ],
)
def test_a_contact_is_a_link_if_it_is_an_address(contact: str, address: str | None) -> None:
    archive = NamedArchive()
    archive.said = ArchiveProfile(contact=contact)
    footer = read(app_of(archive).test_client().get("/").text).one("footer", class_="bottom")
    assert contact in footer.text
    links = {link.text: link.attributes["href"] for link in footer.all("a")}
    assert links.get(contact) == address


def test_an_archive_without_a_name_is_called_by_the_product(client: FlaskClient) -> None:
    page = read(client.get("/?q=dân").text)
    assert page.one("a", class_="brand").text == "Tra Cứu"
    assert not page.all("p", class_="description")


def test_an_error_without_an_index_has_the_name_of_the_product(tmp_path: Path) -> None:
    answer = create_app(index_dir=tmp_path).test_client().get("/")
    assert answer.status_code == 503
    assert read(answer.text).one("title").text.endswith(" · Tra Cứu")
