"""The logo and the accent colour of an archive: in `archive.toml`, on pages, in the feed."""

from __future__ import annotations

import base64
import json
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import serving, visitor
from hypothesis import given
from hypothesis import strategies as st
from pages import app_of, read
from playwright.sync_api import Browser
from test_axe import violations
from test_colours import DARK_SYSTEM, LIGHT

from indexer import Archive, SourceError, rebuild
from indexer.documents.files.archive_config import load_config
from indexer.profile import appearance
from indexer.profile.appearance import check_accent, read_logo, shades


def png(width: int = 40, height: int = 20) -> bytes:
    """Return a red picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = (b"\0" + b"\xc0\x10\x10" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0000b080014002801011100")


def folder(path: Path, settings: str, logo: bytes | None = None, name: str = "logo.png") -> Path:
    path.mkdir(exist_ok=True)
    (path / "archive.toml").write_text(f'name = "Kho huyện"\n{settings}\n', "utf-8")
    record = {"id": "a", "title": "Công tác dân vận", "text": "Huyện tổ chức hội nghị dân vận."}
    (path / "a.jsonl").write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    if logo is not None:
        (path / name).write_bytes(logo)
    return path


@pytest.fixture(scope="module")
def faced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    path = tmp_path_factory.mktemp("faced")
    source = folder(path / "kho", 'logo = "logo.png"\naccent = "#7a1f3d"', png())
    report = rebuild([source], path / "index")
    assert report.reading.is_complete  # the logo is no file that was left out
    with Archive.open(path / "index") as archive:
        yield archive


def test_every_page_and_the_feed_show_the_logo(faced: Archive) -> None:
    client = app_of(faced).test_client()
    for address in ("/", "/?q=dân", "/doc/a", "/huong-dan", "/x"):
        page = read(client.get(address).text)
        (image,) = page.all("img")
        assert (image.attributes["alt"], image.attributes["width"]) == ("", "40")
        answer = client.get(image.attributes["src"] or "")
        assert (answer.data, answer.content_type) == (png(), "image/png")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "immutable" in answer.headers["Cache-Control"]
    assert "<logo>http://localhost/bieu-trung?v=" in client.get("/atom.xml").text


def test_an_archive_without_a_face_has_that_of_the_program(seeds: Archive) -> None:
    client = app_of(seeds).test_client()
    assert read(client.get("/").text).all("img") == []
    assert "mau-nhan" not in client.get("/").text
    assert {client.get(path).status_code for path in ("/bieu-trung", "/mau-nhan.css")} == {404}


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_links_and_buttons_have_the_colour(browser: Browser, faced: Archive, scheme: str) -> None:
    with serving(app_of(faced)) as site, visitor(browser, site) as visit:
        page = visit("/?q=dân", color_scheme=scheme)
        button = page.locator(".box .loud")
        colour = button.evaluate("b => getComputedStyle(b).backgroundColor")
        assert (colour == "rgb(122, 31, 61)") == (scheme == "light")
        assert violations(page) == []
        page.get_by_role("link", name="Tối").click()
        assert violations(page) == []
        page.goto("/")
        assert violations(page) == []


def test_the_papers_are_those_of_the_style_sheet() -> None:
    for scheme, colours in (("light", LIGHT), ("dark", DARK_SYSTEM)):
        assert appearance.PAPER[scheme] == (colours["paper"], colours["raised"])


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_a_colour_is_refused_or_read_everywhere(accent: str) -> None:
    try:
        check_accent(accent)
    except ValueError as error:
        (better,) = re.findall(r"; (#[0-9a-f]{6}) would do", str(error))
        check_accent(better)
        accent = better
    found = shades(accent)
    contrast = appearance._contrast
    rgb = appearance._rgb
    pairs = [(found.link, paper) for paper in appearance.PAPER["light"]]
    pairs += [(found.dark_link, paper) for paper in appearance.PAPER["dark"]]
    pairs += [(found.button, "#ffffff"), (found.dark_button, "#ffffff")]
    assert min(contrast(rgb(one), rgb(other)) for one, other in pairs) >= 4.5
    assert contrast(rgb(found.dark_button), rgb(appearance.PAPER["dark"][0])) >= 3


@pytest.mark.parametrize(
    ("settings", "logo", "said"),
    [
        ('accent = "#ffcc00"', None, "contrast on a light page is 1."),
        ('accent = "red"', None, "it is no colour such as #0f5c63"),
        ("accent = 3", None, "wrong type"),
        ('logo = "logo.png"', None, "cannot be read: No such file"),
        ('logo = "logo.png"', b"<svg onload='alert(1)'/>", "neither PNG nor JPEG"),
        ('logo = "logo.png"', png()[:18], "the picture is damaged"),
        ('logo = "logo.png"', JPEG[:22], "the picture is damaged"),
        ('logo = "logo.png"', b"\xff\xd8\xff" + b"\0" * 40, "the picture is damaged"),
        ('logo = "logo.png"', png(3000, 1), "3000 × 1 pixels"),
        ('logo = "logo.png"', png() + b"\0" * 64_000, "more than 64,000 bytes"),
        ('logo = "../archive.png"', None, "is not in this folder"),
    ],
)
def test_what_cannot_be_used_is_refused(
    tmp_path: Path, settings: str, logo: bytes | None, said: str
) -> None:
    with pytest.raises(SourceError, match=re.escape(said)) as caught:
        load_config(folder(tmp_path / "kho", settings, logo))
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_a_jpeg_is_a_logo() -> None:
    logo = read_logo(JPEG)
    assert (logo.media_type, logo.width, logo.height) == ("image/jpeg", 40, 20)
    assert logo.bytes == base64.b64decode(logo.data) == JPEG
