"""Headers and footers of pages: a letterhead is part of the document, a running head is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_archives import zipped

from indexer.documents import read_sources
from indexer.documents.content import Content
from indexer.documents.formats.office import opendocument, rtf, word
from indexer.documents.formats.office.page_headers import of_document
from indexer.documents.source_file import in_memory
from indexer.models import Document

FILES = Path(__file__).parent / "files"


@pytest.mark.parametrize("name", ["letterhead.docx", "letterhead.odt", "letterhead.rtf"])
def test_a_letterhead_in_the_header_of_the_first_page_is_read(name: str) -> None:
    """Also its foot and the header of the annex; not the running head, foot and page number."""
    (document,) = read_sources([FILES / name])
    assert isinstance(document, Document)
    assert document.title == "Báo cáo Kết quả công tác dân vận quý I năm 2021"
    assert (document.number, document.issuer) == ("12/BC-SNV", "Sở Nội vụ")
    assert str(document.published) == "2021-03-05"
    assert document.body.split("\n\n") == [
        "Trong quý, các xã đã tổ chức hội nghị và xây dựng mô hình dân vận khéo.",
        "Địa chỉ: 5 Nguyễn Huệ, Rạch Giá",
        "Phụ lục kèm theo Báo cáo số 12/BC-SNV",
        "Danh sách các mô hình dân vận khéo của huyện.",
    ]


def texts(*lines: str) -> Content:
    content = Content()
    for line in lines:
        content.paragraph(line)
    return content


LETTERHEADS = [
    ("ỦY BAN NHÂN DÂN XÃ AN BÌNH", "Số: 5/TB-UBND"),
    ("Trường THCS An Bình", "Số:     /BC-THCS"),
    ("Ty Giáo dục", "Số 123 QĐ/GD"),
    ("TỈNH ỦY", "ĐẢNG CỘNG SẢN VIỆT NAM"),
    ("UBND XÃ", "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
]


@pytest.mark.parametrize("lines", LETTERHEADS)
def test_a_letterhead_on_all_pages_is_read(lines: tuple[str, ...]) -> None:
    parts = texts(*lines, "Trang 1/5").parts
    assert [part.text for part in of_document(None, parts)] == list(lines)
    assert [part.text for part in of_document(parts, parts)] == list(lines)


@pytest.mark.parametrize(
    "line", ["Kỷ yếu hội thảo năm 2020", "CÔNG BÁO/Số 12/Ngày 5-3-2021", "Số 5/2020 - Tạp chí", "7"]
)
def test_a_running_head_is_not(line: str) -> None:
    parts = texts(line).parts
    assert of_document(None, parts) == []
    assert of_document(parts, parts) == []
    assert of_document([], parts) == []


@pytest.mark.parametrize("count", ["1", "- 1 -", "Trang 1", "trang 1 / 5", "Page 1 of 5", "1/5"])
def test_the_number_of_a_page_is_no_text(count: str) -> None:
    assert of_document(texts(count).parts, []) == []


def of_rtf(source: str) -> list[str]:
    return [p.text for p in rtf.read(in_memory("a.rtf", rf"{{\rtf1 {source}}}".encode())).parts]


def test_headers_of_rtf_stand_before_the_text_of_their_section() -> None:
    assert of_rtf(
        r"{\header Chay\par}\titlepg{\headerf Dau{\shp{\*\shpinst{\shptxt Hop\par}}}\par}"
        r"{\footerf Chan\par}\trowd\pard\intbl A\cell B\cell\row\sect"
        r"\sectd\titlepg\pard Hai\par\sect"
        r"\sectd\sbknone\titlepg{\headerf Giua trang\par}\pard Ba\par\sect"
        r"\sectd{\header So: 1/QD\par}\pard Bon\par"
    ) == ["Dau", "Hop", "A\tB", "Chan", "Hai", "Ba", "Bon"]


def of_odt(pages: str, body: str) -> list[str]:
    source = (
        '<office:document xmlns:office="o" xmlns:text="t" xmlns:style="s"><office:automatic-styles>'
        '<style:style style:name="P1" style:family="paragraph" style:master-page-name="Phụ lục"/>'
        f"</office:automatic-styles><office:master-styles>{pages}</office:master-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document>"
    )
    content = opendocument.read(in_memory("a.fodt", source.encode()))
    return [part.text for part in content.parts]


def test_headers_of_opendocument_are_those_of_its_page_styles() -> None:
    pages = (
        '<style:master-page style:name="Standard"><style:header><text:p>Chạy</text:p>'
        "</style:header><style:header-first><text:p>Chạy</text:p><text:p>Đầu</text:p>"
        '</style:header-first><style:footer-first style:display="false"><text:p>Ẩn</text:p>'
        '</style:footer-first></style:master-page><style:master-page style:name="Phụ lục"'
        ' style:next-style-name="Sau"><style:header><text:p>Mẫu số 1</text:p></style:header>'
        '</style:master-page><style:master-page style:name="Sau"><style:header>'
        "<text:p>Chạy</text:p></style:header></style:master-page>"
    )
    annex = '<text:p text:style-name="P1">Hai</text:p>'
    assert of_odt(pages, f"<text:p>Một</text:p>{annex}<text:p>Ba</text:p>{annex}") == [
        "Đầu", "Một", "Mẫu số 1", "Hai", "Ba", "Hai",
    ]  # fmt: skip
    assert of_odt(pages, annex) == ["Mẫu số 1", "Hai"]


def of_docx(body: str, **headers: str) -> list[str]:
    space = 'xmlns:r="r" xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    relations = "".join(
        f'<Relationship Id="{name}" Type="x/header" Target="{name}.xml"/>' for name in headers
    )
    members = {
        "word/document.xml": f"<w:document {space}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="x">{relations}</Relationships>',
    }
    for name, text in headers.items():
        members[f"word/{name}.xml"] = f"<w:hdr {space}>{paragraph(text)}</w:hdr>"
    content = word.read(in_memory("a.docx", zipped(members)))
    return [part.text for part in content.parts]


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def section(kind: str, *headers: tuple[str, str], first: str = "<w:titlePg/>") -> str:
    references = "".join(f'<w:headerReference w:type="{t}" r:id="{i}"/>' for t, i in headers)
    return f'<w:sectPr>{references}<w:type w:val="{kind}"/>{first}</w:sectPr>'


def test_headers_of_docx_are_those_of_its_sections() -> None:
    both = ("default", "chay"), ("first", "dau")
    body = (
        paragraph("Một", section("nextPage", *both))
        + paragraph("Hai", section("continuous", ("first", "giua")))
        + paragraph("Ba", section("nextPage", *both))
        + paragraph("Bốn", section("nextPage", ("default", "so"), first='<w:titlePg w:val="0"/>'))
        + paragraph("Năm")
        + section("nextPage", ("first", "hong"))
    )
    headers = {"chay": "Chạy", "dau": "Đầu", "giua": "Giữa trang", "so": "Số: 5/TB-UBND"}
    assert of_docx(body, **headers) == ["Đầu", "Một", "Hai", "Ba", "Số: 5/TB-UBND", "Bốn", "Năm"]
