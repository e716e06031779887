"""Files whose ending is that of another format, and files without any document in them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from indexer.documents import read_sources
from indexer.documents.formats.signature import under_its_ending
from indexer.documents.source_file import in_memory
from indexer.errors import DocumentError
from indexer.models import Document

FILES = Path(__file__).parent / "files"
TABLE = "<html><body><table><tr><td>Họ tên<td>Quê<tr><td>Lê Thị Riêng<td>Bạc Liêu</table>"


def read(path: Path) -> list[Document]:
    found = list(read_sources([path]))
    assert all(isinstance(item, Document) for item in found), found
    return [item for item in found if isinstance(item, Document)]


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("report.docx", ".txt"), ("report.docx", ".pdf"), ("report.docx", ".xlsx"),
        ("report.odt", ".txt"), ("report.rtf", ".html"), ("decision.pdf", ".txt"),
        ("decision.pdf", ".html"), ("register.xlsx", ".csv"), ("register.ods", ".xls"),
    ],
)  # fmt: skip
def test_a_file_is_read_as_what_it_is(tmp_path: Path, name: str, ending: str) -> None:
    path = tmp_path / f"bài{ending}"
    path.write_bytes((FILES / name).read_bytes())
    expected = [(d.title, d.body) for d in read(FILES / name)]
    assert [(d.title, d.body) for d in read(path)] == expected
    assert read(path)[0].id.startswith("bài")


def test_a_page_that_a_portal_exports_as_a_workbook_is_a_table(tmp_path: Path) -> None:
    (path := tmp_path / "a.xls").write_text(f"<meta charset=utf-8>{TABLE}", "utf-8")
    assert read(path)[0].body == "Họ tên\tQuê\nLê Thị Riêng\tBạc Liêu"


def test_unicode_text_of_a_spreadsheet_is_a_table(tmp_path: Path) -> None:
    (path := tmp_path / "a.xls").write_bytes("Họ tên\tQuê\nÚt\tBạc Liêu\n".encode("utf-16"))
    assert read(path)[0].body.split() == ["Họ", "tên", "Quê", "Út", "Bạc", "Liêu"]


@pytest.mark.parametrize("data", [b"PK\3\4", b"PK\3\4" + b"x" * 99, b"", b"\xd0\xcf", b"ch\xe0o"])
def test_other_content_keeps_its_ending(data: bytes) -> None:
    file = in_memory("a.txt", data)
    assert under_its_ending(file) is file


def test_a_zip_of_texts_is_no_other_format() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        out.writestr("mimetype", "application/x-other")
        out.writestr("a.txt", "chào")
    file = in_memory("a.txt", packed.getvalue())
    assert under_its_ending(file) is file


def test_an_error_names_the_file_as_it_is_called(tmp_path: Path) -> None:
    (path := tmp_path / "a.txt").write_bytes((FILES / "decision.pdf").read_bytes()[:900])
    error = next(iter(read_sources([path])))
    assert isinstance(error, DocumentError)
    assert "a.txt: " in str(error)
    assert "a.pdf" not in str(error)


@pytest.mark.parametrize("name", ["a.mrc", "a.warc", "a.zip", "a.jsonl", "a.csv", "a.docx"])
def test_a_file_without_a_document_is_named(tmp_path: Path, name: str) -> None:
    (path := tmp_path / name).write_bytes(b"")
    assert [type(item) for item in read_sources([path])] == [DocumentError]


def test_a_page_of_frames_names_the_files_that_have_its_text(tmp_path: Path) -> None:
    page = (
        "<html><head><title>Khung</title></head><frameset><frame src=menu.htm><frame src=tin.htm>"
    )
    (path := tmp_path / "a.html").write_text(page, "utf-8")
    error = next(iter(read_sources([path])))
    assert isinstance(error, DocumentError)
    assert "menu.htm, tin.htm" in str(error)
