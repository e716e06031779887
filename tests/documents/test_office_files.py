"""Office files: the same report in each format is read whole and in order."""

from __future__ import annotations

import io
import re
import shutil
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents import read_sources
from indexer.documents.formats.office import opendocument, rtf, word
from indexer.documents.source_file import in_memory
from indexer.errors import DocumentError
from indexer.models import BlockKind, Document

FILES = Path(__file__).parent / "files"
BODY = (FILES / "report.body.txt").read_text("utf-8")


def read_one(path: Path) -> Document:
    found = list(read_sources([path]))
    assert [item for item in found if not isinstance(item, Document)] == []
    assert isinstance(found[0], Document)
    return found[0]


def errors(path: Path) -> list[str]:
    return [str(item) for item in read_sources([path]) if isinstance(item, DocumentError)]


has_office = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed"
)


@pytest.mark.parametrize(
    "name",
    ["report.docx", "report.odt", "report.rtf", pytest.param("report.doc", marks=has_office)],
)
def test_a_report_comes_out_whole_and_in_order(name: str) -> None:
    document = read_one(FILES / name)
    assert document.body.split() == BODY.split()
    assert unicodedata.is_normalized("NFC", document.body)
    assert document.title == "Báo cáo Kết quả thực hiện công tác dân vận quý I năm 2021"
    assert document.number == "12/BC-UBND"
    assert str(document.published) == "2021-03-05"


@pytest.mark.parametrize("name", ["report.docx", "report.odt"])
def test_the_cells_of_a_row_stand_under_the_headings_of_their_columns(name: str) -> None:
    rows = [b for b in read_one(FILES / name).blocks if b.kind is BlockKind.TABLE_ROW]
    assert [len(row.cells) for row in rows] == [3] * 5
    assert [row.header for row in rows] == [True, False, False, False, False]


def test_a_nested_list_keeps_its_depth() -> None:
    document = read_one(FILES / "report.docx")
    depths = [b.level for b in document.blocks if b.kind is BlockKind.LIST_ITEM]
    assert depths == [1, 2, 3, 1]


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body: str, numbering: str = "") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        out.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        )
        if numbering:
            out.writestr(
                "word/numbering.xml", f'<w:numbering xmlns:w="{W}">{numbering}</w:numbering>'
            )
            out.writestr(
                "word/_rels/document.xml.rels",
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                '<Relationship Id="a" Type="x/numbering" Target="numbering.xml"/></Relationships>',
            )
    return packed.getvalue()


def test_a_sign_of_docx_that_is_stated_by_its_font_is_read(tmp_path: Path) -> None:
    signs = ("Wingdings", "F0FE"), ("Symbol", "F0B0"), ("X", "?")
    runs = "".join(f'<w:r><w:sym w:font="{f}" w:char="{c}"/><w:t>C </w:t></w:r>' for f, c in signs)
    (tmp_path / "a.docx").write_bytes(docx(f"<w:p>{runs}</w:p>"))
    assert read_one(tmp_path / "a.docx").body == "☑C °C C"


def test_the_words_of_diagrams_and_charts_of_docx_are_read() -> None:
    graphic = "<w:p><w:r><w:t>{}</w:t><w:drawing><x><{}/></x></w:drawing></w:r></w:p>"
    body = graphic.format("Sơ đồ:", 'd:relIds xmlns:d="d" xmlns:r="r" r:dm="a" r:lo="b"')
    body += graphic.format("Biểu đồ:", 'c:chart xmlns:c="c" xmlns:r="r" r:id="c"')
    packed = io.BytesIO(docx(body))
    point = "<d:pt><d:t><a:bodyPr/><a:p><a:r><a:t>{}</a:t></a:r></a:p></d:t></d:pt>"
    cache = "<c:strCache>{}</c:strCache>"
    value = "<c:pt><c:v>{}</c:v></c:pt>"
    with zipfile.ZipFile(packed, "a") as out:
        out.writestr(
            "word/_rels/document.xml.rels",
            '<Relationships xmlns="x"><Relationship Id="a" Type="x/diagramData" Target="a.xml"/>'
            '<Relationship Id="b" Type="x/diagramLayout" Target="b.xml"/>'
            '<Relationship Id="c" Type="x/chart" Target="c.xml"/>'
            '<Relationship Id="d" Type="x/chart" Target="b.xml"/></Relationships>',
        )
        points = point.format("Giám đốc") + point.format("Phòng Lưu trữ")
        out.writestr("word/a.xml", f'<d:m xmlns:d="d" xmlns:a="a"><d:l>{points}</d:l></d:m>')
        out.writestr("word/b.xml", "not well-formed")
        title = "<c:title><a:p><a:r><a:t>Số hộp</a:t></a:r></a:p></c:title>"
        names = cache.format(value.format("Kho A") + value.format("Kho B"))
        numbers = f"<c:numCache>{value.format('120')}</c:numCache>"
        out.writestr("word/c.xml", f'<c:c xmlns:c="c" xmlns:a="a">{title}{names}{numbers}</c:c>')
    content = word.read(in_memory("a.docx", packed.getvalue()))
    assert [part.text for part in content.parts] == [
        "Sơ đồ:", "Giám đốc", "Phòng Lưu trữ", "Biểu đồ:", "Số hộp", "Kho A, Kho B",
    ]  # fmt: skip
    assert content.warnings == ["the chart word/b.xml is damaged and not read"]


def test_a_raised_mark_that_was_typed_is_no_part_of_the_word_before_it() -> None:
    pieces = [("Óc Eo", ""), ("1", "^"), (" rộng 100 km", ""), ("2", "^"), (" theo ông A,", "")]
    pieces += [("(3)", "^"), (" XIX", ""), ("e", "^")]
    expected = "Óc Eo rộng 100 km2 theo ông A,(3) XIXe"
    runs = "".join(
        f"<w:r>{mark and '<w:rPr><w:vertAlign w:val=#superscript#/></w:rPr>'.replace('#', chr(34))}"
        f"<w:t>{text}</w:t></w:r>"
        for text, mark in pieces
    )
    content = word.read(in_memory("a.docx", docx(f"<w:p>{runs}</w:p>")))
    assert [part.text for part in content.parts] == [expected]
    spans = "".join(
        f'<text:span text:style-name="{"T1" if mark else "T2"}">{text}</text:span>'
        for text, mark in pieces
    )
    for position in ("super 58%", "33% 58%"):
        styles = (
            '<style:style style:name="T1" style:family="text"><style:text-properties'
            f' style:text-position="{position}"/></style:style>'
        )
        assert odt_parts(f"<text:p>{spans}</text:p>", styles) == [(BlockKind.PARAGRAPH, expected)]


def test_labels_of_numbered_paragraphs_are_text() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="decimal"/><w:lvlText w:val="Điều %1."/></w:lvl></w:abstractNum>'
        '<w:num w:numId="5"><w:abstractNumId w:val="3"/></w:num>'
    )
    item = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="5"/></w:numPr></w:pPr>'
        "<w:r><w:t>Phạm vi</w:t></w:r></w:p>"
    )
    again = (
        '<w:num w:numId="6"><w:abstractNumId w:val="3"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )
    items = item * 2 + item.replace('numId w:val="5"', 'numId w:val="6"') * 2
    content = word.read(in_memory("a.docx", docx(items, numbering + again)))
    assert [part.text for part in content.parts] == [
        f"Điều {number}. Phạm vi" for number in (1, 2, 1, 2)
    ]


def test_a_style_that_is_based_on_itself_is_read_without_hanging() -> None:
    data = docx('<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr><w:r><w:t>Chữ</w:t></w:r></w:p>')
    packed = io.BytesIO(data)
    with zipfile.ZipFile(packed, "a") as out:
        out.writestr(
            "word/_rels/document.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="a" Type="x/styles" Target="styles.xml"/></Relationships>',
        )
        out.writestr(
            "word/styles.xml",
            f'<w:styles xmlns:w="{W}"><w:style w:styleId="A"><w:name w:val="A"/>'
            '<w:basedOn w:val="A"/></w:style></w:styles>',
        )
    content = word.read(in_memory("a.docx", packed.getvalue()))
    assert [part.text for part in content.parts] == ["Chữ"]


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\3\4", b"\xd0\xcf\x11\xe0" + b"\0" * 600, docx("")[:-30], docx("<w:p>")],
    ids=["empty", "beginning only", "encrypted", "cut", "not well-formed"],
)
def test_a_damaged_or_encrypted_file_is_one_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.docx").write_bytes(data)
    (reported,) = errors(tmp_path / "a.docx")
    assert "a.docx" in reported


def test_a_flat_opendocument_file_is_read_without_its_deletions() -> None:
    source = (
        '<office:document xmlns:office="o" xmlns:text="t"><office:body><office:text>'
        '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion/>'
        "</text:changed-region></text:tracked-changes><text:p>Tỷ lệ "
        '<text:change-start text:change-id="c1"/>giảm <text:change-end text:change-id="c1"/>'
        "tăng<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>Chú thích</text:p></text:note-body></text:note> thêm.</text:p>"
        "</office:text></office:body></office:document>"
    )
    content = opendocument.read(in_memory("a.fodt", source.encode()))
    assert [part.text for part in content.parts] == ["Tỷ lệ tăng thêm.", "Chú thích"]


def odt_parts(body: str, styles: str = "") -> list[tuple[BlockKind, str]]:
    source = (
        '<office:document xmlns:office="o" xmlns:text="t" xmlns:style="s"><office:styles>'
        f"{styles}</office:styles><office:body><office:text>{body}</office:text></office:body>"
        "</office:document>"
    )
    content = opendocument.read(in_memory("a.fodt", source.encode()))
    return [(part.kind, part.text) for part in content.parts]


def test_labels_of_opendocument_are_text_if_they_have_a_word() -> None:
    styles = (
        '<text:list-style style:name="L">'
        '<text:list-level-style-number text:level="1" style:num-prefix="Điều "'
        ' style:num-suffix="." style:num-format="1"/>'
        '<text:list-level-style-number text:level="2" style:num-suffix="." style:num-format="1"/>'
        '<text:list-level-style-number text:level="3" style:num-prefix="Mẫu "'
        ' style:num-format="a" text:display-levels="3"/></text:list-style>'
        '<text:outline-style><text:outline-level-style text:level="1"'
        ' style:num-prefix="Chương " style:num-format="I"/></text:outline-style>'
    )
    item = "<text:list-item><text:p>{}</text:p>{}</text:list-item>"
    inner = f"<text:list>{item.format('Khoản', '')}</text:list>"
    form = (
        "<text:list><text:list-item><text:list>"
        f"{item.format('Đơn', '')}</text:list></text:list-item></text:list>"
    )
    body = (
        '<text:h text:outline-level="1">Chung</text:h>'
        f'<text:list text:style-name="L">{item.format("Phạm vi", inner)}{item.format("Từ", form)}'
        "</text:list>"
        '<text:h text:outline-level="1">Riêng</text:h>'
        '<text:h text:is-list-header="true">Bìa</text:h>'
        '<text:list text:style-name="L" text:continue-numbering="true">'
        f"<text:list-header><text:p>Đầu</text:p></text:list-header>{item.format('Nghĩa vụ', '')}"
        '<text:list-item text:start-value="9"><text:p>Thi hành</text:p></text:list-item>'
        "</text:list>"
        f'<text:list text:style-name="L">{item.format("Lại", "")}</text:list>'
    )
    assert odt_parts(body, styles) == [
        (BlockKind.HEADING, "Chương I Chung"),
        (BlockKind.PARAGRAPH, "Điều 1. Phạm vi"),
        (BlockKind.LIST_ITEM, "Khoản"),
        (BlockKind.PARAGRAPH, "Điều 2. Từ"),
        (BlockKind.PARAGRAPH, "Mẫu 2.1.a Đơn"),
        (BlockKind.HEADING, "Chương II Riêng"),
        (BlockKind.HEADING, "Bìa"),
        (BlockKind.LIST_ITEM, "Đầu"),
        (BlockKind.PARAGRAPH, "Điều 3. Nghĩa vụ"),
        (BlockKind.PARAGRAPH, "Điều 9. Thi hành"),
        (BlockKind.PARAGRAPH, "Điều 1. Lại"),
    ]


def test_title_and_captions_of_opendocument_are_known_by_their_styles() -> None:
    bases = {"P1": "Title", "Figure": "Caption", "caption": "Standard", "X": "X"}
    styles = "".join(
        f'<style:style style:name="{name}" style:family="paragraph"'
        f' style:parent-style-name="{base}"/>'
        for name, base in bases.items()
    )
    body = "".join(f'<text:p text:style-name="{name}">{name}</text:p>' for name in bases)
    assert odt_parts(body, styles) == [
        (BlockKind.HEADING, "P1"), (BlockKind.CAPTION, "Figure"),
        (BlockKind.CAPTION, "caption"), (BlockKind.PARAGRAPH, "X"),
    ]  # fmt: skip


def test_a_list_of_opendocument_with_absurd_numbers_is_read() -> None:
    styles = (
        '<text:list-style style:name="L"><text:list-level-style-number text:level="999999999"'
        ' style:num-format="1" text:display-levels="999999999"/><text:list-level-style-number'
        ' text:level="1" style:num-prefix="Điều " style:num-format="I"'
        f' text:start-value="{"9" * 5000}"/></text:list-style>'
    )
    item = "<text:list-item><text:p>A</text:p></text:list-item>"
    body = f'<text:list text:style-name="L">{item}</text:list>'
    assert odt_parts(body, styles) == [(BlockKind.PARAGRAPH, "Điều I A")]


@pytest.mark.parametrize(
    "data",
    [
        "<html><body><p>Dân vận khéo thì việc gì cũng thành công.</p></body></html>".encode(),
        b"{\\rtf1\\ansi D\\u226?n v\\u7853?n kh\\u233?o th\\u236? vi\\u7879?c g\\u236? "
        b"c\\u361?ng th\\u224?nh c\\u244?ng.}",
        docx("<w:p><w:r><w:t>Dân vận khéo thì việc gì cũng thành công.</w:t></w:r></w:p>"),
    ],
    ids=["html", "rtf", "docx"],
)
def test_another_format_under_the_name_of_an_old_one_is_read_as_what_it_is(
    tmp_path: Path, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")  # LibreOffice would fetch what a page links to
    (tmp_path / "a.doc").write_bytes(data)
    document = read_one(tmp_path / "a.doc")
    assert document.id == "a"
    assert f"{document.title}{document.body}" == "Dân vận khéo thì việc gì cũng thành công."


def test_a_file_that_is_no_office_file_is_not_given_to_libreoffice(tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_bytes(b"\0\1\2")
    (reported,) = errors(tmp_path / "a.doc")
    assert "no office file" in reported


def epub(*chapters: str) -> bytes:
    packed = io.BytesIO()
    names = [f"c{number}.xhtml" for number in range(len(chapters))]
    items = "".join(
        f'<item id="{n}" href="{n}" media-type="application/xhtml+xml"/>' for n in names
    )
    with zipfile.ZipFile(packed, "w") as out:
        out.writestr("META-INF/container.xml", '<c><rootfile full-path="OPS/book.opf"/></c>')
        out.writestr(
            "OPS/book.opf",
            '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
            "<dc:title>Kiên Giang xưa</dc:title><dc:creator>Trần Văn A</dc:creator></metadata>"
            f"<manifest>{items}</manifest><spine>"
            + "".join(f'<itemref idref="{n}"/>' for n in reversed(names))
            + "</spine></package>",
        )
        for name, chapter in zip(names, chapters, strict=True):
            page = f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{chapter}</body></html>'
            out.writestr(f"OPS/{name}", page)
    return packed.getvalue()


def test_a_book_has_its_own_title_and_its_chapters_in_the_order_of_the_spine(
    tmp_path: Path,
) -> None:
    chapters = (
        "<h1>Chương sau cùng</h1><p>Đoạn hai.</p>",
        "<h1>Chương đầu tiên</h1><p>Đoạn một.</p>",
    )
    (tmp_path / "a.epub").write_bytes(epub(*chapters))
    document = read_one(tmp_path / "a.epub")
    assert (document.title, document.author) == ("Kiên Giang xưa", "Trần Văn A")
    assert document.body.split("\n\n") == [
        "Chương đầu tiên",
        "Đoạn một.",
        "Chương sau cùng",
        "Đoạn hai.",
    ]


def test_a_markdown_file_comes_out_without_its_markup(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        '---\ntitle: "Sổ tay dân vận"\n---\n# Mở đầu\n\nCâu *một* <b>đậm</b>\ntiếp.\n\n'
        "1. Mục\n   - Con\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n<div><p>Khối</p></div>\n",
        "utf-8",
    )
    document = read_one(tmp_path / "a.md")
    assert document.title == "Sổ tay dân vận"
    assert document.body == "Mở đầu\n\nCâu một đậm tiếp.\n\nMục\nCon\n\nA\tB\n1\t2\n\nKhối"


def rtf_texts(source: str) -> list[str]:
    content = rtf.read(in_memory("a.rtf", source.encode("latin-1")))
    return [unicodedata.normalize("NFC", part.text) for part in content.parts]


def test_letters_of_rtf_are_those_of_the_font_or_unicode() -> None:
    fonts = r"{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset163 Times;}}"
    assert rtf_texts(
        rf"{{\rtf1\ansi\ansicpg1252{fonts}\f0 caf\'e9 \f1 \'f0\'fe\'f5ng\f0 \'e9}}"
    ) == ["café đ₫ơng" + "é"]
    assert rtf_texts(r"{\rtf1 \uc2 \u272 ??i\u7879 ?? {\uc0\u225}n \uc1\u-10179?\u-8704?}") == [
        "Điệ án 😀"
    ]


def test_a_heading_of_rtf_is_known_by_its_style() -> None:
    source = r"{\rtf1{\stylesheet{\s3\outlinelevel1 Muc;}}\pard\s3 Ten muc\par\pard Cau.\par}"
    content = rtf.read(in_memory("a.rtf", source.encode()))
    assert [(p.kind, p.level) for p in content.parts] == [
        (BlockKind.HEADING, 2),
        (BlockKind.PARAGRAPH, 0),
    ]


def test_the_title_of_rtf_is_the_paragraph_in_that_style() -> None:
    source = (
        r"{\rtf1{\stylesheet{\s0 Normal;}{\s9\qc Title;}}\pard\s9 Ten sach\par\pard\s0 Cau.\par}"
    )
    content = rtf.read(in_memory("a.rtf", source.encode()))
    assert [(part.kind, part.level) for part in content.parts] == [
        (BlockKind.HEADING, 1),
        (BlockKind.PARAGRAPH, 0),
    ]


def test_headings_and_captions_of_rtf_are_known_by_the_names_of_their_styles() -> None:
    source = (
        r"{\rtf1{\stylesheet{\s1 heading 1;}{\s2 Heading 2;}{\s3\outlinelevel9 Heading 3;}"
        r"{\s4 caption;}}\pard\s1 Mot\par\pard\s2 Hai\par\pard\s3 Ba\par\pard\s4 Hinh 1\par"
        r"\pard Cau.\par}"
    )
    content = rtf.read(in_memory("a.rtf", source.encode()))
    assert [(part.kind, part.level) for part in content.parts] == [
        (BlockKind.HEADING, 1), (BlockKind.HEADING, 2), (BlockKind.PARAGRAPH, 0),
        (BlockKind.CAPTION, 0), (BlockKind.PARAGRAPH, 0),
    ]  # fmt: skip


def test_a_label_of_rtf_is_text_if_it_has_a_word() -> None:
    listed = (
        r"{\listtext\pard\plain Dieu 1.\tab}\pard\ls1 Pham vi.\par"
        r"{\listtext\pard\plain \'b7\tab}\pard\ls2 Ban.\par"
        r"\pard\ls2{\listtext\pard\plain II.\tab}Ghe.\par"
    )
    content = rtf.read(in_memory("a.rtf", rf"{{\rtf1 {listed}}}".encode()))
    assert [(part.kind, part.text) for part in content.parts] == [
        (BlockKind.PARAGRAPH, "Dieu 1. Pham vi."),
        (BlockKind.LIST_ITEM, "Ban."),
        (BlockKind.LIST_ITEM, "Ghe."),
    ]


def test_a_table_within_a_cell_of_rtf_is_text_of_the_cell() -> None:
    rows = (
        r"\trowd\pard\intbl A\cell B\cell\row \trowd\pard\intbl C\cell D\par\pard\intbl\itap2 "
        r"E\nestcell F\nestcell{\*\nesttableprops\trowd\nestrow}{\nonesttables\par}"
        r"\pard\intbl G\cell\row \pard Sau.\par"
    )
    content = rtf.read(in_memory("a.rtf", rf"{{\rtf1 {rows}}}".encode()))
    assert [part.cells or part.text for part in content.parts] == [
        ("A", "B"), ("C", "D E F G"), "Sau.",
    ]  # fmt: skip


def word_table(*rows: tuple[str, ...], deleted: str = "") -> str:
    """Return a table of DOCX; a cell is a text or a whole table. The row `deleted` is, tracked."""
    made = ""
    for row in rows:
        mark = "<w:trPr><w:del/></w:trPr>" if row[0] == deleted else ""
        cells = (c if c.startswith("<") else f"<w:p><w:r><w:t>{c}</w:t></w:r></w:p>" for c in row)
        made += f"<w:tr>{mark}{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"
    return f"<w:tbl>{made}</w:tbl>"


def odt_table(*rows: tuple[str, ...], attribute: str = "") -> str:
    made = ""
    for row in rows:
        cells = (c if c.startswith("<") else f"<text:p>{c}</text:p>" for c in row)
        cells = (f"<table:table-cell>{cell}</table:table-cell>" for cell in cells)
        made += f"<table:table-row>{''.join(cells)}</table:table-row>"
    return f"<table:table {attribute}>{made}</table:table>".replace("table:", "")


def cells_of_docx(body: str) -> list[tuple[str, ...] | str]:
    parts = word.read(in_memory("a.docx", docx(body))).parts
    return [part.cells or part.text for part in parts]


def cells_of_odt(body: str) -> list[tuple[str, ...] | str]:
    source = (
        '<office:document xmlns:office="o" xmlns:text="t"><office:body><office:text>'
        f"{body}</office:text></office:body></office:document>"
    )
    parts = opendocument.read(in_memory("a.fodt", source.encode())).parts
    return [part.cells or part.text for part in parts]


def test_a_table_within_a_cell_is_text_of_the_cell() -> None:
    outer = [("Tên xã", "Số hộ", "Ghi chú"), ("Phú Lợi", "120", ""), ("Vĩnh Điều", "95", "Không")]
    inner = [("Nghèo", "12"), ("Sai", "9"), ("Cận nghèo", "7")]
    expected = [outer[0], ("Phú Lợi", "120", "Nghèo 12 Cận nghèo 7"), outer[2]]
    outer[1] = (*outer[1][:2], word_table(*inner, deleted="Sai"))
    assert cells_of_docx(word_table(*outer)) == expected
    outer[1] = (*outer[1][:2], odt_table(inner[0], inner[2]))
    assert cells_of_odt(odt_table(*outer)) == expected


def test_a_label_in_a_cell_is_text_and_counts() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:lvlText w:val="Điều %1."/>'
        '</w:lvl></w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="3"/></w:num>'
    )
    item = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="5"/></w:numPr></w:pPr>'
        "<w:r><w:t>{}</w:t></w:r></w:p>"
    )
    rows = [("Quy định", "Ghi chú"), (item.format("Đối tượng"), "mới")]
    body = item.format("Phạm vi") + word_table(*rows) + item.format("Hiệu lực")
    expected = [
        "Điều 1. Phạm vi", rows[0], ("Điều 2. Đối tượng", "mới"), "Điều 3. Hiệu lực",
    ]  # fmt: skip
    parts = word.read(in_memory("a.docx", docx(body, numbering))).parts
    assert [part.cells or part.text for part in parts] == expected

    styles = (
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1"'
        ' style:num-prefix="Điều " style:num-suffix="." style:num-format="1"/></text:list-style>'
    )
    item = (
        '<text:list text:style-name="L" text:continue-numbering="true"><text:list-item>'
        "<text:p>{}</text:p></text:list-item></text:list>"
    )
    rows[1] = (item.format("Đối tượng"), "mới")
    body = item.format("Phạm vi") + odt_table(*rows) + item.format("Hiệu lực")
    assert [text for _, text in odt_parts(body, styles)] == [
        "\t".join(row) if isinstance(row, tuple) else row for row in expected
    ]


def test_a_table_that_only_places_tables_gives_these() -> None:
    years, places = [("Năm", "Số"), ("2020", "5")], [("Xã", "Hộ"), ("Phú Lợi", "7")]
    expected: list[tuple[str, ...] | str] = ["Hai bảng", *years, "Ghi chú", *places]
    for cells_of, table in ((cells_of_docx, word_table), (cells_of_odt, odt_table)):
        outer = table(("Hai bảng", table(*years)), ("Ghi chú", table(*places)))
        assert cells_of(outer) == expected  # type: ignore[operator]


def test_cells_that_were_split_are_no_table_within_a_table() -> None:
    split = odt_table(("Nam", "60"), ("Nữ", "60"), attribute='is-sub-table="true"')
    assert cells_of_odt(odt_table(("Xã", "Hộ"), ("Phú Lợi", split))) == [
        ("Xã", "Hộ"), ("Phú Lợi", "Nam 60 Nữ 60"),
    ]  # fmt: skip


def test_a_cell_of_rtf_that_spans_columns_leaves_the_others_under_their_headings() -> None:
    """Also where the borders of a row differ a little, and a table in a cell has its own."""
    source = (
        r"\trowd\cellx1000\cellx2000\cellx3000\pard\intbl A\cell B\cell C\cell\row "
        r"\trowd\cellx2010\cellx2990\pard\intbl Tong\par\pard\intbl\itap2 x\nestcell"
        r"{\*\nesttableprops\trowd\cellx500\nestrow}{\nonesttables\par}"
        r"\pard\intbl\cell 9\cell\row "
        r"\trowd\cellx990\cellx3000\pard\intbl D\cell E\cell\row "
        r"\pard Sau.\par"
    )
    content = rtf.read(in_memory("a.rtf", rf"{{\rtf1 {source}}}".encode()))
    assert [part.cells or part.text for part in content.parts] == [
        ("A", "B", "C"), ("Tong x", "", "9"), ("D", "E", ""), "Sau.",
    ]  # fmt: skip


rtf_cell = st.sampled_from(
    [r"\pard\intbl #\cell ", r"\trowd\cellx100\cellx300 ", r"\cellx200 ",
     r"\pard\intbl #\par\pard\intbl #\cell ", r"\pard\intbl #",
     r"\pard\intbl\itap2 #\nestcell{\*\nesttableprops\nestrow}{\nonesttables\par}", r"#\cell "]
)  # fmt: skip
rtf_block = st.one_of(
    st.just(r"\pard #\par "),
    st.just(r"\pard #{\shp{\*\shpinst{\shptxt #\par}}} #\par "),
    st.tuples(st.lists(rtf_cell), st.sampled_from([r"\row ", ""])).map(
        lambda row: r"\trowd " + "".join(row[0]) + row[1]
    ),
)


@given(st.lists(rtf_block))
def test_no_word_of_rtf_is_lost_where_rows_are_cut_off(blocks: list[str]) -> None:
    source = "".join(blocks)
    for number in range(source.count("#")):
        source = source.replace("#", f"tu{number} ", 1)
    words = " ".join(rtf_texts(rf"{{\rtf1 {source}}}")).split()
    assert sorted(words) == sorted(re.findall(r"tu\d+", source))


def test_what_rtf_embeds_or_links_to_is_no_text() -> None:
    assert rtf_texts(
        r"{\rtf1{\*\unknown x}{\pict 00ff}{\object{\*\objdata 00}{\result{r}}}\bin3 {{{A"
        r'{\field{\*\fldinst INCLUDETEXT "http://x"}{\fldrslt B}}{\deleted C}D}'
    ) == ["ABD"]


@given(st.text("{}\\'u1 abđ*\n"))
def test_any_rtf_is_read_to_its_end(text: str) -> None:
    rtf_texts("{\\rtf1 " + text.replace("đ", "\xf0"))


def test_groups_nested_very_deeply_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.rtf").write_text("{\\rtf1" + "{" * 1_000_000)
    (reported,) = errors(tmp_path / "a.rtf")
    assert "nested" in reported


def test_comments_in_an_opendocument_file_are_no_text(tmp_path: Path) -> None:
    names = {n: f"urn:oasis:names:tc:opendocument:xmlns:{n}:1.0" for n in ("office", "text")}
    spaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in names.items())
    comment = "<office:annotation><text:p>Xem lại</text:p></office:annotation>"
    text = f"<text:p>Sổ tay cán bộ hội cơ sở</text:p><text:p>{comment}Mở đầu.</text:p>"
    (path := tmp_path / "a.fodt").write_text(
        f"<office:document {spaces}><office:body><office:text>{text}</office:text></office:body>"
        "</office:document>", "utf-8",
    )  # fmt: skip
    assert read_one(path).body == "Mở đầu."
