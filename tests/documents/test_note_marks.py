"""Marks of notes: no part of the word before them; powers, units and formulas stay."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from indexer.documents import read_sources
from indexer.documents.formats.epub import read as read_epub
from indexer.documents.source_file import in_memory
from indexer.documents.text.note_marks import is_note_mark
from indexer.models import Document


@pytest.mark.parametrize(
    ("before", "mark"),
    [("di chỉ Óc Eo", "1"), ("Nguyễn Văn Huyên,", "12"), ("“nhà rông”", "*"), ("gốm.", "iv"),
     ("theo tác giả", "a"), ("Hồ Chí Minh)", " 3 ")],
)  # fmt: skip
def test_a_raised_sign_after_a_word_is_the_mark_of_a_note(before: str, mark: str) -> None:
    assert is_note_mark(before, mark)


@pytest.mark.parametrize(
    ("before", "mark"),
    [("100 km", "2"), ("100 m", "2"), ("hàm số x", "2"), ("10", "6"), ("sin", "2"), ("Óc Eo ", "1"),
     ("thế kỷ", "th"), ("XIX", "e"), ("50 ft", "2"), ("năm", "1944"), ("Ca", "2+"), ("", "1")],
)  # fmt: skip
def test_a_power_is_no_mark_of_a_note(before: str, mark: str) -> None:
    assert not is_note_mark(before, mark)


def test_a_small_number_that_may_be_lowered_is_no_mark_in_a_formula() -> None:
    assert not is_note_mark("khí CO", "2", is_raised=False)
    assert is_note_mark("khí các", "2", is_raised=False)
    assert not is_note_mark("khí các", "i", is_raised=False)


NOTED = """<p>Di chỉ Óc Eo<sup>1</sup> rộng 100 km<sup>2</sup>, theo <span>Louis
Malleret</span><a href="#ct2"><sup>2</sup></a> và Lương Ninh<sup><a href="#ct3">3</a> </sup>,
có nhiều hiện vật gốm, vàng và đá quý của cư dân cổ vùng hạ lưu sông Mê Công.</p>
<ol><li>Nền móng kiến trúc bằng gạch<sup>*</sup></li></ol>
<p id="ct2"><a href="#r2">2</a>Theo báo cáo khai quật năm 1944 của trường Viễn Đông Bác cổ.</p>
<p id="ct3"><sup><a href="#r3">3</a></sup>Bài đăng trên tạp chí khảo cổ học.</p>"""
PLAIN = """Di chỉ Óc Eo rộng 100 km2, theo Louis Malleret và Lương Ninh, có nhiều hiện vật gốm,
vàng và đá quý của cư dân cổ vùng hạ lưu sông Mê Công. Nền móng kiến trúc bằng gạch 2 Theo báo cáo
khai quật năm 1944 của trường Viễn Đông Bác cổ. 3 Bài đăng trên tạp chí khảo cổ học."""


def read_page(folder: Path, page: str) -> Document:
    (folder / "bai.html").write_text(page, "utf-8")
    (document,) = read_sources([folder])
    assert isinstance(document, Document)
    return document


@pytest.mark.parametrize("generator", ["", "LibreOffice 7.4"])
def test_marks_of_notes_in_a_web_page_are_no_part_of_words(tmp_path: Path, generator: str) -> None:
    head = f'<meta charset="utf-8"><meta name="generator" content="{generator}">'
    article = f"<article><h1>Di tích Óc Eo trên đất An Giang</h1>{NOTED}</article>"
    page = f"<html><head>{head}</head><body>{article}</body></html>"
    document = read_page(tmp_path, page)
    assert document.body.split() == PLAIN.split()


def test_headers_and_footers_of_printed_pages_are_left_out_of_a_page_of_libreoffice(
    tmp_path: Path,
) -> None:
    page = (
        '<html><head><meta charset="utf-8"><meta name="generator" content="LibreOffice 7.4">'
        '</head><body><div title="header"><p>Tạp chí Khảo cổ</p></div><h1>Thành cổ</h1>'
        '<p>Tường thành bằng gạch nung.</p><div title="footer"><p>Trang 1</p></div></body></html>'
    )
    document = read_page(tmp_path, page)
    assert (document.title, document.body) == ("Thành cổ", "Tường thành bằng gạch nung.")


def test_a_book_that_states_no_title_has_that_of_its_first_heading() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        out.writestr(
            "META-INF/container.xml", '<container><rootfile full-path="a.opf"/></container>'
        )
        out.writestr(
            "a.opf",
            '<package><metadata><title>Unknown Title</title></metadata><manifest><item id="c"'
            ' href="c.xhtml" media-type="application/xhtml+xml"/></manifest><spine>'
            '<itemref idref="c"/></spine></package>',
        )
        out.writestr("c.xhtml", "<html><body><h1>Thành cổ</h1><p>Gạch nung.</p></body></html>")
    content = read_epub(in_memory("sach.epub", packed.getvalue()))
    assert "stated_title" not in content.fields
    assert [part.text for part in content.parts] == ["Thành cổ", "Gạch nung."]
