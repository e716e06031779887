"""HTML in old and new encodings that a page declares correctly, wrongly or not at all."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents import Warned, read_sources
from indexer.documents.formats.html.html_reader import extract_fragment, extract_page
from indexer.documents.legacy.convert import encode
from indexer.errors import DocumentError
from indexer.models import Document

pytest.importorskip("lxml", reason="the extra html is not installed")

SENTENCE = (
    "Sáng 12/5, Hội Liên hiệp Phụ nữ xã Mỹ Lợi tặng quà cho 25 hội viên có hoàn cảnh khó khăn."
)
TITLE = "Tặng quà hội viên phụ nữ khó khăn"
PAGE = (
    "<html><head>{head}<title>{title}</title></head><body><h1>{title}</h1><p>{text}</p>"
    "<ul><li>Gạo</li><li>Đường</li></ul></body></html>"
)
HEADS = {
    "nothing": "",
    "utf-8": '<meta charset="utf-8">',
    "windows-1252": '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">',
    "x-user-defined": '<meta charset="x-user-defined">',
    "undefined": '<meta charset="undefined">',
    "idna": '<meta charset="idna">',
    "empty": '<meta charset="">',
    "unicode": '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=unicode">',
}


def whole(head: str) -> str:
    return PAGE.format(head=head, title=TITLE, text=SENTENCE)


def read(path: Path) -> Document:
    (found,) = [item for item in read_sources([path]) if not isinstance(item, Warned)]
    assert isinstance(found, Document), str(found)
    return found


def legacy_bytes(text: str, encoding: str) -> bytes:
    """Return a page as bytes in a legacy encoding; tags are ASCII in all of them."""
    return bytes(
        ord(char) if ord(char) < 256 else char.encode("cp1252")[0]
        for char in encode(text, encoding)
    )


@pytest.mark.parametrize("declared", HEADS)
@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1258", "tcvn3", "viscii"],
)
def test_a_page_is_read_in_its_encoding_whatever_it_declares(
    tmp_path: Path, encoding: str, declared: str
) -> None:
    text = whole(HEADS[declared])
    legacy = encoding in ("windows-1258", "tcvn3", "viscii")
    data = legacy_bytes(text, encoding) if legacy else text.encode(encoding)
    (tmp_path / "a.html").write_bytes(data)
    document = read(tmp_path / "a.html")
    assert document.title == TITLE
    assert document.body == f"{SENTENCE}\n\nGạo\nĐường"


@pytest.mark.parametrize(
    ("font", "encoding"),
    [
        ('<font face=".VnTime">{}</font>', "tcvn3"),
        ("<span style=\"font-family:'.VnTimeH'\">{}</span>", "tcvn3"),
        ('<span style="font: bold 12pt VNI-Times, serif">{}</span>', "vni"),
        ('<span style="font-family: &quot;VNI-Times&quot;">{}</span>', "vni"),
        ('<font face="VNI-Helve" size=2><b>{}</b></font>', "vni"),
    ],
)
def test_text_in_a_legacy_font_beside_unicode_is_converted(font: str, encoding: str) -> None:
    long = " ".join([SENTENCE] * 4)
    old = font.format(encode("hội viên phụ nữ nhận gạo và đường", encoding))
    content = extract_page(f"<body><p>{long}</p><p>{old}</p></body>", "a.html")
    assert content.parts[-1].text == "hội viên phụ nữ nhận gạo và đường"
    assert content.parts[0].text == long


def test_the_legacy_font_of_a_class_in_the_style_sheet_is_known() -> None:
    old = encode("hội viên phụ nữ nhận gạo và đường", "vni")
    page = (
        "<style>p{font-family:Arial} .cu, td.x { font-size:12pt; font-family:'VNI-Times' }</style>"
        f"<p>{' '.join([SENTENCE] * 4)}</p><p class='a cu'>{old}</p>"
    )
    content = extract_page(f"<html><head></head><body>{page}</body></html>", "a.html")
    assert content.parts[-1].text == "hội viên phụ nữ nhận gạo và đường"


@pytest.mark.parametrize("font", [".VnTime", "VNI-Times"])
def test_a_legacy_font_around_unicode_text_changes_nothing(font: str) -> None:
    page = f"<h1>{TITLE}</h1><p>{SENTENCE} Có gì đó.</p><p><font face='{font}'>Có gì đó</font></p>"
    content = extract_page(f"<body style='font-family: {font}'>{page}</body>", "a.html")
    assert [part.text for part in content.parts] == [TITLE, f"{SENTENCE} Có gì đó.", "Có gì đó"]


@pytest.mark.parametrize("encoding", ["vni", "tcvn3"])
def test_the_title_of_a_page_in_a_legacy_font_is_converted(tmp_path: Path, encoding: str) -> None:
    font = {"vni": "VNI-Times", "tcvn3": ".VnTime"}[encoding]
    title, text = encode(TITLE, encoding), encode(SENTENCE, encoding)
    page = f"<title>{title}</title><body><font face='{font}'><h1>{title}</h1><p>{text}</p></font>"
    (tmp_path / "a.html").write_text(f"<html>{page}</body></html>", "utf-8")
    document = read(tmp_path / "a.html")
    assert (document.title, document.body) == (TITLE, SENTENCE)


@given(st.text(max_size=400) | st.lists(st.sampled_from([
    "<div>", "</div>", "<p>", "<table>", "<tr>", "<td>", "</td>", "<ul>", "<li>", "<a href='/x'>",
    "</a>", "Tin khác", "Hội nghị tổng kết năm học mới", "<h1>", "</h1>", "<br>", "\ufdd0", "&#0;",
    "<!--", "-->", "<style>", "</style>", "<span class=x>", "<script>", "cookie", ". ", "\u200b",
]), max_size=60).map("".join))  # fmt: skip
def test_any_text_gives_a_page_or_one_error(text: str) -> None:
    try:
        content = extract_page(text, "a.html")
    except DocumentError:
        return
    assert content.parts
    assert not any("\ufdd0" in part.text or "\ufdd1" in part.text for part in content.parts)


words = st.lists(
    st.sampled_from("hội nghị tổng kết công tác dân vận năm của xã".split()), min_size=1, max_size=9
).map(" ".join)


@given(st.lists(words, min_size=1, max_size=12), st.sampled_from(["p", "div", "li", "td", "span"]))
def test_a_fragment_keeps_every_word_in_order(paragraphs: list[str], tag: str) -> None:
    html = "".join(f"<{tag}>{text}</{tag}><br>" for text in paragraphs)
    content = extract_fragment(f"<div>{html}</div>", "a")
    assert " ".join(part.text for part in content.parts).split() == " ".join(paragraphs).split()


@pytest.mark.parametrize(
    "unit",
    [
        "<a href='/x'>Tin khác</a>",
        "<div><a href='/x'>Hội nghị tổng kết cuối năm</a>",
        "<p>Tin liên quan</p><p><a href='/x'>Hội nghị tổng kết cuối năm</a></p>",
        "<ul><li><a href='/x'>Bài</a>",
        "<table><tr><td>",
        "<div class='menu'>Chữ ",
        "<div class='menu'>Chữ</div>",
        "<h1>Hội nghị tổng kết</h1>",
        "<b>chữ ",
    ],
)
def test_a_page_of_repeated_markup_takes_time_in_proportion_to_its_length(unit: str) -> None:
    def seconds(times: int) -> float:
        begin = time.process_time()  # of the processor, so that other programs hardly count
        with suppress(DocumentError):
            extract_page(f"<html><body>{unit * times}<p>{SENTENCE}</p></body></html>", "a.html")
        return time.process_time() - begin

    assert min(seconds(4000), seconds(4000)) < 12 * max(seconds(1000), 0.05)


@pytest.mark.parametrize("tag", ["b", "font", "div", "blockquote", "span", "em"])
@pytest.mark.parametrize("depth", [150, 255, 300, 1500])
def test_text_in_hundreds_of_unclosed_elements_is_whole(tag: str, depth: int) -> None:
    page = "".join(f"<{tag}>câu {number} " for number in range(depth))
    content = extract_page(f"<html><body>{page}<p>{SENTENCE}</p></body></html>", "a.html")
    text = " ".join(" ".join(part.text for part in content.parts).split())
    wanted = " ".join(f"câu {number}" for number in range(depth))
    assert text == f"{wanted} {SENTENCE}"


def test_a_page_nested_beyond_the_parser_is_reported() -> None:
    with pytest.raises(DocumentError, match=r"a\.html: nested too deeply"):
        extract_page("<div>chữ" * 50_000, "a.html")
