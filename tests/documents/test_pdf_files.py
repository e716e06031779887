"""PDF: nothing of the text is lost with running heads and page numbers."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents import read_sources
from indexer.documents.files.reading import Options
from indexer.documents.formats.pdf import pdf_reader
from indexer.documents.formats.pdf.drawing import squeezed
from indexer.documents.formats.pdf.running_lines import without_running_lines
from indexer.documents.source_file import in_memory
from indexer.errors import DocumentError
from indexer.models import Document

FILES = Path(__file__).parent / "files"


def test_running_heads_and_page_numbers_are_dropped() -> None:
    pages = [
        [
            f"CÔNG BÁO/Số 12/Trang {n + 4}",
            f"Điều {n}. Tên",
            f"Câu {'abc'[n - 1]}.",
            "2020",
            str(n + 10),
        ]
        for n in (1, 2, 3)
    ]
    assert without_running_lines(pages) == [
        [f"Điều {n}. Tên", f"Câu {'abc'[n - 1]}.", "2020"] for n in (1, 2, 3)
    ]


def test_a_foot_that_says_the_page_needs_two_pages_only() -> None:
    pages = [[f"Câu {'ab'[n - 1]}.", f"Báo cáo năm - Trang {n}"] for n in (1, 2)]
    assert without_running_lines(pages) == [["Câu a."], ["Câu b."]]
    pages = [[f"Câu {'ab'[n - 1]}.", f"Bảng {n}: diện tích"] for n in (1, 2)]
    assert without_running_lines(pages) == pages


def test_articles_that_begin_each_page_are_no_running_heads() -> None:
    pages = [[f"Điều {n}. Trách nhiệm", f"Câu {'abc'[n - 1]}."] for n in (1, 2, 3)]
    assert without_running_lines(pages) == pages


def test_numbers_of_a_table_are_no_page_numbers() -> None:
    pages = [["1250", "Câu.", "95"], ["88", "Câu khác.", "120"], ["7", "Hết."]]
    assert without_running_lines(pages) == pages


def test_a_line_that_stands_often_on_its_page_is_text() -> None:
    """Such as a cell, or the last line of paragraphs alike, also where it ends the page."""
    pages = [
        [f"{name} {n}" if odd else "Đạt" for n in range(3) for odd in (1, 0)] for name in "abc"
    ]
    edges = [frozenset(("Đạt", squeezed(lines[0]))) for lines in pages]
    assert without_running_lines(pages, edges) == pages


def test_of_two_lines_alike_only_the_outer_one_is_a_running_head() -> None:
    pages = [["Báo cáo năm", "Báo cáo năm", "Câu a."], ["Báo cáo năm", "Câu b."], ["Câu c."]]
    left = [["Báo cáo năm", "Câu a."], ["Câu b."], ["Câu c."]]
    assert without_running_lines(pages) == left
    edges = [frozenset(map(squeezed, lines)) for lines in pages]
    assert without_running_lines(pages, edges) == left
    drawn_last = [lines[::-1] for lines in pages]
    assert without_running_lines(drawn_last, edges) == [lines[::-1] for lines in left]


def test_the_names_of_columns_are_kept_where_they_stand_first() -> None:
    head = ["Công báo", "TT Số ký hiệu Ngày", "(1) (2) (3)"]
    pages = [["Công báo", "Mở đầu", "Một"]]
    pages += [[*head, f"{name}/QĐ-UBND 5/3/2021", name] for name in "abc"]
    kept = [["Mở đầu", "Một"], [*head[1:], "a/QĐ-UBND 5/3/2021", "a"]]
    kept += [["(1) (2) (3)", f"{name}/QĐ-UBND 5/3/2021", name] for name in "bc"]
    assert without_running_lines(pages) == kept
    edges = [frozenset(map(squeezed, lines[:2])) for lines in pages]
    assert without_running_lines(pages, edges) == kept


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        ("11/28/26, 3:29 AM Báo cáo năm", "https://x.vn/a?b=1 1/1"),
        ("15:29, 28/11/2026 Báo cáo năm", "file:///C:/a.html 1/1"),
        ("Báo cáo năm https://x.vn/a", "1 of 1 11/28/2026, 3:29 AM"),
        ("Báo cáo năm https://x.vn/a", "1 trên 1 28/11/2026, 15:29"),
    ],
)
def test_what_a_browser_prints_around_one_page_is_dropped(head: str, foot: str) -> None:
    for lines in ([head, "Câu a.", "Câu b.", foot], ["Câu a.", "Câu b.", head, foot]):
        assert without_running_lines([lines]) == [["Câu a.", "Câu b."]]
    assert without_running_lines([[head, "Câu a.", "Câu b."]]) == [[head, "Câu a.", "Câu b."]]


def test_the_address_that_a_browser_printed_is_that_of_the_document(tmp_path: Path) -> None:
    head, foot = ("11/28/26, 3:29 AM Bao cao", 0), ("https://x.vn/tin/1 1/1", 0)
    draw(tmp_path / "bai.pdf", [[head], *([(line, 0)] for line in PROSE), [foot]])
    (document,) = read_sources([tmp_path])
    assert isinstance(document, Document)
    assert document.url == "https://x.vn/tin/1"
    assert document.published is None
    assert f"{document.title} {document.body}".split() == " ".join(PROSE).split()


def test_paragraphs_that_end_alike_are_read_whole(tmp_path: Path) -> None:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    page = canvas.Canvas(str(tmp_path / "bai.pdf"))
    page.drawString(60, 780, "Cong viec cua kho luu tru trong nam")
    expected = "Cong viec cua kho luu tru trong nam".split()
    for number in range(1, 19):
        lines = (f"Doan thu {number} noi ve viec chinh ly tai lieu con ton dong o", "cac xa.")
        for at, line in enumerate(lines):
            page.drawString(60, 740 - 100 * ((number - 1) % 6) - 15 * at, line)
            expected += line.split()
        if not number % 6:
            page.showPage()
    page.save()
    (document,) = read_sources([tmp_path])
    assert isinstance(document, Document)
    assert f"{document.title} {document.body}".split() == expected


@given(st.lists(st.lists(st.sampled_from("ab1234")), max_size=6))
def test_only_the_outermost_lines_of_a_page_are_ever_dropped(pages: list[list[str]]) -> None:
    for before, after in zip(pages, without_running_lines(pages), strict=True):
        assert "".join(before[2:-2]) in "".join(after)
        assert "".join(after) in "".join(before)


def pdf(*objects: bytes) -> bytes:
    """Return a PDF with these objects, numbered from 1; the first is the catalogue."""
    body = b"%PDF-1.4\n"
    for number, content in enumerate(objects, 1):
        body += b"%d 0 obj" % number + content + b"endobj\n"
    return body + b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF"


ROOT = b"<</Type/Catalog/Pages 2 0 R>>"
HOSTILE = {
    "pages in a loop": pdf(ROOT, b"<</Type/Pages/Count 2/Kids[2 0 R 2 0 R]>>"),
    "two billion pages": pdf(ROOT, b"<</Type/Pages/Count 2000000000/Kids[]>>"),
    "nested": b"%PDF-1.7\n" + b"<<" * 100_000,
    "empty": b"",
    "no pages": pdf(b"<</Type/Catalog>>"),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=list(HOSTILE))
def test_a_damaged_or_hostile_pdf_is_one_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.pdf").write_bytes(data)
    (found,) = read_sources([tmp_path / "a.pdf"])
    assert isinstance(found, DocumentError)
    assert "a.pdf" in str(found)


def test_an_encrypted_pdf_says_that_it_needs_a_password(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    (tmp_path / "a.pdf").write_bytes(out.getvalue())
    (found,) = read_sources([tmp_path / "a.pdf"])
    assert "a password is needed" in str(found)


def test_an_aes_pdf_that_needs_a_password_says_so() -> None:
    (found,) = read_sources([FILES / "locked-aes.pdf"])
    assert isinstance(found, DocumentError)
    assert "a password is needed" in str(found)


def test_an_aes_pdf_without_a_password_is_read_like_the_plain_one() -> None:
    (plain,) = read_sources([FILES / "decision.pdf"])
    (encrypted,) = read_sources([FILES / "decision-aes.pdf"])
    assert isinstance(plain, Document)
    assert isinstance(encrypted, Document)
    assert encrypted.body.split() == plain.body.split()
    assert encrypted.title == plain.title
    assert encrypted.published == plain.published


def test_a_scan_says_how_to_read_it() -> None:
    (found,) = read_sources([FILES / "scan.pdf"])
    assert "--ocr" in str(found)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
def test_a_scan_is_read_by_tesseract_on_request() -> None:
    found = list(read_sources([FILES / "scan.pdf"], options=Options(ocr=True)))
    if not isinstance(found[0], Document):
        pytest.skip("tesseract has no Vietnamese")
    assert found[0].body == (
        "Huyện Giang Thành tổng kết công tác dân vận năm 2020. Dân vận khéo thì việc gì cũng thành."
    )


def test_what_is_filled_in_a_form_is_text(tmp_path: Path) -> None:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    page = canvas.Canvas(str(tmp_path / "don.pdf"))
    page.drawString(60, 700, "Don xin xac nhan ho khau thuong tru")
    page.acroForm.textfield(name="Ho ten", value="Le Van A", x=60, y=600)
    page.acroForm.textfield(name="ghi_chu", value="", x=60, y=500)
    page.save()
    document = next(iter(read_sources([tmp_path])))
    assert isinstance(document, Document)
    assert document.body == "Ho ten: Le Van A"


@pytest.mark.parametrize(
    ("sizes", "title", "first"),
    [
        ((18, 18, 11), "So hoa sac phong tai kho Dinh lang vung Kinh Bac", "Le Van Khue"),
        ((18, 11, 11), "So hoa sac phong tai kho", "Dinh lang vung Kinh Bac"),
        ((11, 11, 11), "So hoa sac phong tai kho", "Dinh lang vung Kinh Bac"),
    ],
)
def test_a_title_in_large_letters_may_have_two_lines(
    tmp_path: Path, sizes: tuple[int, ...], title: str, first: str
) -> None:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    page = canvas.Canvas(str(tmp_path / "bai.pdf"))
    above = ("So hoa sac phong tai kho", "Dinh lang vung Kinh Bac", "Le Van Khue")
    for line, size, y in zip(above, sizes, (780, 756, 730), strict=True):
        page.setFont("Helvetica", size)
        page.drawString(100, y, line)
    for number in range(9):
        page.drawString(60, 700 - 15 * number, f"Anh chup o do phan giai cao, ban thu {number}.")
    page.save()
    document = next(iter(read_sources([tmp_path])))
    assert isinstance(document, Document)
    assert document.title == title
    assert document.body.split("\n")[0] == first


def draw(path: Path, lines: list[list[tuple[str, int]]], rise: bool = False) -> None:
    """Write a PDF with these lines; each piece is (text, points by which it is raised), and raised
    or lowered ones are small. With `rise`, it is a property of the text, not a place."""
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    page = canvas.Canvas(str(path))
    for number, pieces in enumerate(lines):
        text = page.beginText(60, 700 - 20 * number)
        for piece, raised in pieces:
            text.setFont("Helvetica", 9.15 if raised else 11)  # as browsers print <sup>
            if rise:
                text.setRise(raised)
                text.textOut(piece)
            else:
                text.setTextOrigin(text.getX(), 700 - 20 * number + raised)
                text.textOut(piece)
        page.drawText(text)
    page.save()


NOTES = [
    [("Di chi Oc Eo", 0), ("1", 4), (" va Nguyen Van Huyen,", 0), ("12", 4), (" nha dan toc.", 0)],
    [("Dien tich 100 km", 0), ("2", 4), (", khi CO", 0), ("2", -2), (" va ham so x", 0), ("2", 4)],
    [("1", 4), (" Theo bao cao khai quat nam 1944.", 0)],
]


@pytest.mark.parametrize("rise", [False, True])
def test_the_mark_of_a_note_is_no_part_of_the_word_before_it(tmp_path: Path, rise: bool) -> None:
    draw(tmp_path / "bai.pdf", NOTES, rise)
    (document,) = read_sources([tmp_path])
    assert isinstance(document, Document)
    words = f"{document.title} {document.body}".split()
    assert " ".join(words) == (
        "Di chi Oc Eo va Nguyen Van Huyen, nha dan toc. Dien tich 100 km2, khi CO2 va ham so x2"
        " 1 Theo bao cao khai quat nam 1944."
    )


def test_an_article_and_its_label_are_two_words(tmp_path: Path) -> None:
    lines = ["Quy che van thu cua truong", "1.Pham vi", "a)Ban hanh kem theo", "2.5 trieu dong"]
    draw(tmp_path / "bai.pdf", [[(line, 0)] for line in lines])
    (document,) = read_sources([tmp_path])
    assert isinstance(document, Document)
    words = f"{document.title} {document.body}".split()
    assert " ".join(words) == (
        "Quy che van thu cua truong 1. Pham vi a) Ban hanh kem theo 2.5 trieu dong"
    )


PROSE = [
    "Phong trao trong cay o xa Hoa Binh bat dau tu mua xuan nam ngoai, khi hoi cuu",
    "chien binh van dong moi nha trong muoi cay keo ven duong lien thon. Den nay ca",
    "xa da trong duoc hon bon nghin cay keo lai, va nhieu ho lam theo",
]


def test_a_foot_that_is_drawn_before_the_text_is_dropped(tmp_path: Path) -> None:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    page = canvas.Canvas(str(tmp_path / "bai.pdf"))
    for name in ("Mot", "Hai"):
        page.drawString(60, 700, f"Chuong {name}")
        page.drawString(60, 40, "Luu hanh noi bo")
        for at, line in enumerate(PROSE):
            page.drawString(60, 660 - 15 * at, f"{line} {name}")
        page.showPage()
    page.save()
    (document,) = read_sources([tmp_path])
    assert isinstance(document, Document)
    lines = [f"{line} {name}" for name in ("Mot", "Hai") for line in ("Chuong", *PROSE)]
    assert f"{document.title} {document.body}".split() == " ".join(lines).split()


@pytest.mark.parametrize(("size", "y"), [(14, 685), (11, 640)], ids=["size", "gap"])
def test_a_heading_is_set_apart_from_the_text_by_its_size_or_place(
    tmp_path: Path, size: int, y: int
) -> None:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    page = canvas.Canvas(str(tmp_path / "bai.pdf"))
    heading = "Ket qua trong cay va cham soc rung phong ho dau nguon nam hai nghin ba"
    places = [715, 700, y, *(y - 45 - 15 * at for at in range(3))]
    lines = [*PROSE[:2], heading, *PROSE]
    for line, place in zip(lines, places, strict=True):
        page.setFont("Helvetica", size if line is heading else 11)
        page.drawString(60, place, line)
    page.save()
    content = pdf_reader.read(in_memory("bai.pdf", (tmp_path / "bai.pdf").read_bytes()))
    texts = [part.text for part in content.parts if part.text]
    assert texts == [" ".join(PROSE[:2]), heading, " ".join(PROSE)]


def test_ligatures_are_read_as_their_letters() -> None:
    assert pdf_reader._lines("o\ufb03ce \ufb01nal \ufb02our") == ["office final flour"]


def test_a_bullet_of_the_font_symbol_is_shown_as_a_bullet() -> None:
    assert pdf_reader._lines("\uf0b7Ban ghe\n \uf0a7  Tu sach") == ["• Ban ghe", "• Tu sach"]
