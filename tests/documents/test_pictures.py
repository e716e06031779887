"""Scanned pages that are picture files: read by tesseract on request, else counted."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import zlib
from pathlib import Path
from typing import Any

import pytest

from indexer import rebuild
from indexer.documents import KnownFiles, Options, Skipped, Warned, read_sources
from indexer.documents.formats.scans import pictures, tesseract
from indexer.errors import DocumentError
from indexer.models import BlockKind, Document

Image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
pdfium = pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed")

FILES = Path(__file__).parent / "files"
TEXT = "Huyện Giang Thành tổng kết công tác dân vận năm 2020. Dân vận khéo thì việc gì cũng thành."
has_ocr = pytest.mark.skipif(
    not tesseract.is_installed(), reason="tesseract with Vietnamese is not installed"
)


def drawn(name: str) -> Any:
    """Return the first page of a PDF at 200 dpi, in shades of grey."""
    with pdfium.PdfDocument(FILES / name) as document:
        return document[0].render(scale=200 / 72, grayscale=True).to_pil()


@pytest.fixture(scope="module")
def page() -> Any:
    return drawn("scan.pdf")


def photograph(size: tuple[int, int] = (1200, 900)) -> Any:
    """Return a picture without text: shades that go over into one another."""
    return Image.linear_gradient("L").resize(size)


def read(folder: Path, **options: Any) -> tuple[list[Document], list[Any]]:
    items = list(read_sources([folder], options=Options(ocr=True, **options)))
    documents = [item for item in items if isinstance(item, Document)]
    return documents, [item for item in items if not isinstance(item, Document)]


@has_ocr
@pytest.mark.parametrize("name", ["a.jpg", "a.JPEG", "a.png", "a.tif", "a.tiff"])
def test_a_scanned_page_is_read_on_request(tmp_path: Path, page: Any, name: str) -> None:
    page.save(tmp_path / name)
    (document,), others = read(tmp_path)
    assert others == []
    assert document.body == TEXT
    assert (document.id, document.format) == ("a", "image")


@has_ocr
def test_each_page_of_a_tiff_is_a_page_of_its_document(tmp_path: Path, page: Any) -> None:
    """Also in black and white as fax machines write, and one without text is named."""
    black = page.convert("1")
    empty = Image.new("1", page.size, 1)
    last = drawn("decision.pdf").convert("1")
    black.save(tmp_path / "a.tif", save_all=True, append_images=[empty, last], compression="group4")
    (document,), (warned,) = read(tmp_path)
    assert document.body.startswith(f"{TEXT}\n\n")
    assert "phê duyệt kế hoạch dân vận khéo" in document.body
    pages = [block for block in document.blocks if block.kind is BlockKind.PAGE]
    assert [block.level for block in pages] == [1, 3]
    assert "no text on 1 of 3 pages: 2" in str(warned)


def sideways(page: Any) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned by a quarter
    page.transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", exif=exif)
    return out.getvalue()


def of_a_fax(page: Any) -> bytes:
    """Return the page with half as many lines as it has dots in a line."""
    out = io.BytesIO()
    page.resize((page.width, page.height // 2)).save(out, "TIFF", dpi=(200, 100))
    return out.getvalue()


def transparent(page: Any) -> bytes:
    out = io.BytesIO()
    ink = Image.new("RGBA", page.size, (0, 0, 0, 0))
    ink.paste((0, 0, 0, 255), mask=page.point(lambda shade: 255 - shade))
    ink.save(out, "PNG")
    return out.getvalue()


def of_16_bits(page: Any) -> bytes:
    out = io.BytesIO()
    page.convert("I").point(lambda shade: shade * 256).convert("I;16").save(out, "TIFF")
    return out.getvalue()


@has_ocr
@pytest.mark.parametrize("made", [sideways, of_a_fax, transparent, of_16_bits])
def test_a_page_is_drawn_as_it_should_be_seen(tmp_path: Path, page: Any, made: Any) -> None:
    (tmp_path / "a.tif").write_bytes(made(page))
    (document,), others = read(tmp_path)
    assert others == []
    assert document.body == TEXT


def test_without_ocr_pictures_are_counted_and_not_opened(tmp_path: Path) -> None:
    (source := tmp_path / "source").mkdir()
    for name in ("a.jpg", "b.JPG", "c.tiff"):
        (source / name).write_bytes(b"no picture")
    (source / "d.txt").write_text("Hội nghị dân vận xã Hòa Bình", "utf-8")
    reading = rebuild([source], tmp_path / "index").reading
    assert reading.broken == ()
    assert reading.skipped == {".jpg": 2, ".tiff": 1}
    assert not reading.is_complete


@has_ocr
def test_photographs_and_small_pictures_are_counted(tmp_path: Path, page: Any) -> None:
    photograph().save(tmp_path / "anh.jpg")
    page.resize((400, 160)).save(tmp_path / "icon.png")
    documents, others = read(tmp_path)
    assert documents == []
    assert [(item.ending, item.reason) for item in others] == [(".jpg", ""), (".png", "")]


@has_ocr
def test_a_scanned_decision_is_read_as_the_printed_one(tmp_path: Path) -> None:
    """Its letterhead and its signature have two halves side by side."""
    drawn("decision.pdf").save(tmp_path / "decision.png")
    (scanned,), others = read(tmp_path)
    assert others == []
    (printed,) = read_sources([FILES / "decision.pdf"])
    assert isinstance(printed, Document)
    for name in ("title", "number", "issuer", "published", "signer", "document_type", "body"):
        assert getattr(scanned, name) == getattr(printed, name), name


def table(*words: tuple[int, int, int, str]) -> str:
    """Return a table of tesseract with words: (block, left, top, text)."""
    return "\n".join(
        f"5\t1\t{block}\t1\t{top}\t{left}\t{left}\t{top}\t9\t9\t95\t{text}"
        for block, left, top, text in words
    )


def test_blocks_side_by_side_are_reordered_only_in_halves_of_a_form() -> None:
    halves = [
        (1, 0, 0, "UBND"), (1, 0, 10, "XÃ"), (2, 0, 40, "QUYẾT"), (2, 50, 40, "ĐỊNH"),
        (3, 90, 5, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA"), (4, 0, 60, "Điều 1"), (5, 0, 75, "nêu trên."),
    ]  # fmt: skip
    assert tesseract.lines_of(table(*halves)) == [
        "", "UBND", "XÃ", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA", "", "QUYẾT ĐỊNH", "", "Điều 1",
        "nêu trên.",
    ]  # fmt: skip
    columns = [(1, 0, 0, "Một"), (2, 0, 20, "hai"), (3, 90, 0, "Ba"), (4, 90, 20, "bốn")]
    assert tesseract.lines_of(table(*columns)) == ["Một", "hai", "Ba", "bốn"]


def test_letters_that_are_too_uncertain_are_no_text() -> None:
    row = "5\t1\t1\t1\t{}\t1\t0\t0\t9\t9\t{}\t{}"
    leaves = "\n".join(
        row.format(1, sure, word) for sure, word in ((26, "»"), (31, "ụ£"), (40, "5"))
    )
    assert tesseract.lines_of(leaves) == []
    page = "\n".join(
        row.format(line, sure, word)
        for line, sure, word in ((1, 96, "Dân"), (1, 91, "vận"), (2, 30, "~"), (2, 95, "khéo"))
    )
    assert tesseract.lines_of(page) == ["Dân vận", "~ khéo"]


@has_ocr
def test_an_update_does_not_read_a_photograph_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source := tmp_path / "source").mkdir()
    photograph().save(source / "anh.jpg")
    options = Options(ocr=True)
    known = KnownFiles()
    first = list(read_sources([source], options=options, known=known))
    known.save(tmp_path, "1")
    monkeypatch.setattr(pictures, "read", None)  # it would be an error to call it
    again = KnownFiles.load(tmp_path, "1", lambda _: True)
    found = list(read_sources([source], options=options, known=again))
    assert [item for item in found if isinstance(item, Skipped)] == first
    assert not any(isinstance(item, DocumentError) for item in found)


def png(width: int, height: int) -> bytes:
    """Return a PNG that says that it is of this size, and ends there."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n\0\0\0\r" + chunk + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", 10) + b"IDAT" + zlib.compress(b"")[:10].ljust(10, b"\0") + b"\0" * 4
    )  # fmt: skip


@has_ocr
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "damaged or no picture"),
        (b"GIF89a", "damaged or no picture"),
        (png(1000, 1000), "nothing can be read (page 1: damaged"),
        (png(13_000, 13_000), "more than 150 million pixels"),
        (png(2_000_000, 2_000_000), "more than 150 million pixels"),
    ],
    ids=["empty", "cut", "cut after its size", "large", "bomb"],
)
def test_a_damaged_or_hostile_picture_is_one_error(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    (tmp_path / "a.png").write_bytes(data)
    documents, (error,) = read(tmp_path)
    assert documents == []
    assert isinstance(error, DocumentError)
    assert reason in str(error)


@has_ocr
def test_a_page_that_takes_too_long_does_not_cost_the_others(
    tmp_path: Path, page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.save(tmp_path / "a.tif", save_all=True, append_images=[page])
    read_picture, calls = pictures.read_picture, []

    def slow(picture: Path) -> list[str]:
        calls.append(picture)
        if len(calls) == 1:
            raise subprocess.TimeoutExpired("tesseract", 1)
        return read_picture(picture)

    monkeypatch.setattr(pictures, "read_picture", slow)
    (document,), others = read(tmp_path)
    assert document.body == TEXT
    assert any("page 1: OCR took too long" in str(o) for o in others if isinstance(o, Warned))


def test_a_missing_tesseract_is_named(
    tmp_path: Path, page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.save(tmp_path / "a.png")
    monkeypatch.setenv("PATH", "")
    documents, (error,) = read(tmp_path)
    assert documents == []
    assert "--ocr needs tesseract" in str(error)


@has_ocr
@pytest.mark.slow
def test_pictures_are_read_in_other_processes_and_out_of_an_archive(
    tmp_path: Path, page: Any
) -> None:
    page.save(tmp_path / "a.png")
    shutil.make_archive(str(tmp_path / "b"), "zip", tmp_path, "a.png")
    documents, others = read(tmp_path, processes=1)
    assert others == []
    assert [document.body for document in documents] == [TEXT, TEXT]
