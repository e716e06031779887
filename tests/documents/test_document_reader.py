"""Sources: whatever is in a folder, a rebuild reads what can be read and names the rest."""

from __future__ import annotations

import gzip
import importlib
import json
import lzma
import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexer.documents import Warned, read_sources, source_bytes
from indexer.documents.files import document_reader, reading, record_files
from indexer.documents.formats import records
from indexer.documents.legacy.convert import encode as convert_encode
from indexer.errors import DocumentError, SourceError
from indexer.models import Document, Place
from indexer.partial_date import PartialDate

PAGE = (
    "Huyện Giang Thành tổng kết công tác dân vận năm 2020\n\nDân vận khéo thì việc gì cũng thành."
)


def read(*sources: Path) -> tuple[list[Document], list[str]]:
    found = list(read_sources(sources))
    documents = [item for item in found if isinstance(item, Document)]
    return documents, [str(item) for item in found if isinstance(item, DocumentError)]


def plain(document: Document) -> Document:
    """Return the document without the fields that every document of a file gets (format, path)."""
    return replace(document, format=None, original=None)


def write(path: Path, *records: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in records), "utf-8")
    return path


def record(**more: Any) -> dict[str, Any]:
    return {"id": "1", "title": "Tựa", "text": "Thân bài"} | more


def test_folders_are_read_in_order_and_other_files_are_skipped(tmp_path: Path) -> None:
    for name in (
        "b.txt",
        "a/z.TXT",
        "c/d/e.txt",
        "README.md",
        ".hidden.txt",
        ".git/x.txt",
        "p.png",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(PAGE, "utf-8")
    write(tmp_path / "d.jsonl", record(id="1"), record(id="2"))
    (tmp_path / "e.jsonl.gz").write_bytes(gzip.compress(json.dumps(record(id="3")).encode()))
    (tmp_path / "f.jsonl.xz").write_bytes(lzma.compress(json.dumps(record(id="4")).encode()))
    documents, errors = read(tmp_path)
    assert [document.id for document in documents] == ["z", "b", "e", "1", "2", "3", "4"]
    assert errors == []


@pytest.mark.parametrize("name", ["nowhere", "page.xyz", "empty", "bad\0name"])
def test_a_source_that_cannot_be_read_raises_at_once(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "page.xyz").write_bytes(b"PK")
    with pytest.raises(SourceError):
        read_sources([tmp_path / name])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_with_a_byte_order_mark_is_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes(PAGE.encode(encoding))
    documents, errors = read(tmp_path)
    assert errors == []
    assert documents[0].title.startswith("Huyện Giang Thành")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b"Gr\xf6\xdfe", "not UTF-8"),
        (b"\xff\xfea", "utf-16-le"),
        (b"a\0b", "NUL"),
    ],
)
def test_a_broken_page_is_reported_by_name_with_the_reason(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    (tmp_path / "broken.txt").write_bytes(data)
    (tmp_path / "whole.txt").write_text(PAGE, "utf-8")
    documents, errors = read(tmp_path)
    assert [document.id for document in documents] == ["whole"]
    assert len(errors) == 1
    assert "broken.txt" in errors[0]
    assert reason in errors[0]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "cp1258"])
def test_text_in_an_encoding_that_nobody_declares_is_read(tmp_path: Path, encoding: str) -> None:
    decomposed = convert_encode(PAGE, "windows-1258").encode("cp1252")
    data = decomposed if encoding == "cp1258" else PAGE.encode(encoding)
    (tmp_path / "a.txt").write_bytes(data)
    documents, errors = read(tmp_path)
    assert errors == []
    assert documents[0].title == "Huyện Giang Thành tổng kết công tác dân vận năm 2020"
    assert documents[0].body == "Dân vận khéo thì việc gì cũng thành."


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[1]", "not an object but a list"),
        ("nonsense", "not JSON"),
        ('{"id": "x"}', "no `text`"),
        ('{"id": "x", "text": 5}', "`text` is a number"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_line_without_a_text_is_reported_with_its_number_and_the_reason(
    tmp_path: Path, line: str, reason: str
) -> None:
    (tmp_path / "a.jsonl").write_text(
        f'\ufeff{{"id": "1", "text": "x"}}\n\n{line}\n{{"id": 4, "text": "x"}}', "utf-8"
    )
    documents, errors = read(tmp_path)
    assert [document.id for document in documents] == ["1", "4"]
    assert len(errors) == 1
    assert "a.jsonl:3" in errors[0]
    assert reason in errors[0]


@pytest.mark.parametrize(
    ("line", "expected", "warning"),
    [
        ('{"text": "x"}', Document("a:3", body="x"), "no usable `id`"),
        ('{"id": "", "text": "x"}', Document("a:3", body="x"), "no usable `id`"),
        ('{"id": true, "text": "x"}', Document("a:3", body="x"), "no usable `id`"),
        ('{"id": "x", "text": "x", "title": {}}', Document("x", body="x"), "`title` is an object"),
        ('{"id": "x", "text": "x", "date": "8 giờ"}', Document("x", body="x"), "is no date"),
        (
            '{"id": "x", "text": "x", "date": "2019-02-30"}',
            Document("x", body="x", published=PartialDate(2019, 2)),
            "is no day of the calendar; 2019-02 is kept",
        ),
        ('{"id": "x", "text": "x", "place": 5}', Document("x", body="x"), "`place` is a number"),
        (
            '{"id": "x", "text": "x", "date": "31/02/1998"}',
            Document("x", body="x", published=PartialDate(1998, 2)),
            "is no day of the calendar; 1998-02 is kept",
        ),
        ('{"id": "x", "text": "a\\u0000b"}', Document("x", body="ab"), ""),
        ('{"id": "x", "text": "a\\ud800b"}', Document("x", body="a?b"), ""),
        (
            '{"id": "x", "text": "x", "author": ["A", "B"], "mã lưu trữ": "H5"}',
            Document("x", body="x", author="A, B", extra=(("mã lưu trữ", "H5"),)),
            "",
        ),
    ],
)
def test_a_field_that_cannot_be_understood_never_costs_the_document(
    tmp_path: Path, line: str, expected: Document, warning: str
) -> None:
    (tmp_path / "a.jsonl").write_text(f'\n\n{line}\n{{"id": 4, "text": "x"}}', "utf-8")
    items = list(read_sources([tmp_path]))
    documents = [item for item in items if isinstance(item, Document)]
    assert [plain(document) for document in documents] == [expected, Document("4", body="x")]
    warnings = [str(item) for item in items if isinstance(item, Warned)]
    assert [warning in text and "a.jsonl:3" in text for text in warnings] == [True] * bool(warning)


def test_a_json_record_becomes_a_document_unchanged(tmp_path: Path) -> None:
    text = "  đồng chí Nguyễn Văn An, Bí thư.\r\n\n Hết "
    write(
        tmp_path / "a.jsonl",
        record(text=text, date="2021-01-08T14:49:00Z", category="Xã hội", source="NLĐ", url="u",
               author="A", place="Giang Thành, Kiên Giang"),
        {"id": "2", "title": None, "text": "", "date": "08/01/2021", "place": None},
        record(id="3", place={"province": "tỉnh Kiên Giang", "district": None}),
        record(id="4", place="Tam Nông"),
        record(id="5", place="Atlantis"),
    )  # fmt: skip
    documents, errors = read(tmp_path / "a.jsonl")
    assert errors == []
    giang_thanh = Place("Kiên Giang", "Giang Thành", "An Giang")
    assert plain(documents[0]) == Document(
        "1", "Tựa", text, date(2021, 1, 8), places=(giang_thanh,), section="Xã hội", source="NLĐ",
        url="u", author="A",
    )  # fmt: skip
    assert plain(documents[1]) == Document("2", published=date(2021, 1, 8))
    assert documents[2].places == (Place("Kiên Giang", None, "An Giang"),)
    assert [place.province for place in documents[3].places] == ["Đồng Tháp", "Phú Thọ"]
    assert documents[4].places == (Place("Atlantis"),)


def test_a_repeated_id_is_reported_with_the_file_that_has_it(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", record(), record())
    documents, errors = read(tmp_path)
    assert len(documents) == 1
    assert ["a.jsonl:2" in error and "seen before in" in error for error in errors] == [True]


def test_files_of_one_name_in_several_folders_are_all_read(tmp_path: Path) -> None:
    for folder in ("2020", "2021", "2022"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "bao-cao.txt").write_text(PAGE, "utf-8")
    documents, errors = read(tmp_path)
    assert errors == []
    assert [document.id for document in documents] == [
        "bao-cao", "2021/bao-cao.txt", "2022/bao-cao.txt",
    ]  # fmt: skip


@pytest.mark.parametrize("ending", ["gz", "xz"])
def test_a_damaged_compressed_file_gives_the_documents_before_the_damage(
    tmp_path: Path, ending: str
) -> None:
    pack = {"gz": gzip.compress, "xz": lzma.compress}[ending]
    lines = "\n".join(json.dumps(record(id=str(n), text=os.urandom(99).hex())) for n in range(3000))
    packed = pack(lines.encode())
    (tmp_path / f"a.jsonl.{ending}").write_bytes(packed[: len(packed) // 2])
    (tmp_path / f"b.jsonl.{ending}").write_bytes(b"no archive at all")
    documents, errors = read(tmp_path)
    assert [document.id for document in documents] == [str(n) for n in range(len(documents))]
    assert 100 < len(documents) < 3000
    assert ["damaged" in error for error in errors] == [True, True]


def test_documents_that_are_too_long_are_reported_and_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_files, "MAX_LINE_BYTES", 2000)
    for module in (document_reader, reading):
        monkeypatch.setattr(module, "MAX_DOCUMENT_CHARS", 500)
    longer, long = record(text="x" * 3_000_000), record(id="3", text="x" * 600)
    write(tmp_path / "a.jsonl", longer, record(id="2"), long)
    (tmp_path / "b.txt").write_text("y" * 600, "utf-8")
    documents, errors = read(tmp_path)
    assert [document.id for document in documents] == ["2"]
    assert ["longer than" in error for error in errors] == [True, True, True]
    assert records.MAX_DOCUMENT_CHARS == 20_000_000


def test_links_and_special_files_do_not_stop_the_reading(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PAGE, "utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "same.txt").symlink_to(tmp_path / "a.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    documents, errors = read(tmp_path, tmp_path)
    assert [document.id for document in documents] == ["a"]
    assert {"gone.txt", "pipe.txt"} == {name for name in ("gone.txt", "pipe.txt", "same.txt")
                                        if any(name in error for error in errors)}  # fmt: skip


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_read_permission_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PAGE, "utf-8")
    (tmp_path / "b.txt").write_text(PAGE, "utf-8")
    (tmp_path / "b.txt").chmod(0)
    documents, errors = read(tmp_path)
    assert [document.id for document in documents] == ["a"]
    assert "b.txt: permission denied" in errors[0]


def test_progress_adds_up_to_the_size_of_all_files(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", *(record(id=str(n)) for n in range(50)))
    (tmp_path / "b.txt").write_text(PAGE, "utf-8")
    (tmp_path / "c.jsonl.xz").write_bytes(lzma.compress(b"{}\n" * 9))
    reported: list[int] = []
    list(read_sources([tmp_path], reported.append))
    assert min(reported) > 0
    assert sum(reported) == source_bytes([tmp_path])


HTML = """<?xml version="1.0" encoding="utf-8"?><html><head><title>x</title>{head}</head><body>
<div class="menu"><ul><li><a href="/">Trang chủ</a></li><li><a>Giới thiệu</a></li></ul></div>
<h1>Huyện Giang Thành sơ kết công tác dân vận 6 tháng đầu năm 2021</h1><span>{date}</span>
<div class="content"><p>Ngày 7/7/2021, Ban Dân vận Huyện ủy Giang Thành tổ chức hội nghị sơ kết công
tác dân vận. Đến dự có đồng chí Tạ Văn Dũng – Phó Bí thư Thường trực Huyện ủy Giang Thành.</p>
<p>Sáu tháng qua, công tác dân vận tiếp tục bám sát hướng dẫn, chỉ đạo của Trung ương, Tỉnh ủy và
yêu cầu nhiệm vụ chính trị của địa phương.</p></div>
<footer>Cập nhật giao diện năm 2018</footer></body></html>"""


@pytest.mark.parametrize(
    ("head", "dated", "published"),
    [
        ("", "Thứ Bảy, 10/7/2021 14:49", date(2021, 7, 10)),
        ('<meta property="article:published_time" content="2021-07-09T08:00:00+07:00">', "",
         date(2021, 7, 9)),
        ('<script type="application/ld+json">{"datePublished": "2021-07-08"}</script>', "",
         date(2021, 7, 8)),
        ("", "", None),
    ],
)  # fmt: skip
def test_an_html_page_gives_text_dates_and_names(
    tmp_path: Path, head: str, dated: str, published: date | None
) -> None:
    (tmp_path / "a.html").write_text(HTML.format(head=head, date=dated), "utf-8")
    documents, errors = read(tmp_path)
    assert errors == []
    (page,) = documents
    assert page.title == "Huyện Giang Thành sơ kết công tác dân vận 6 tháng đầu năm 2021"
    assert (page.published, page.event_date) == (published, date(2021, 7, 7))
    assert page.places == (Place("Kiên Giang", "Giang Thành", "An Giang"),)
    assert page.persons == ("Tạ Văn Dũng",)
    assert page.title not in page.body
    assert "Trang chủ" not in page.body
    assert "Sáu tháng qua" in page.body


def test_html_of_another_charset_is_read_and_html_without_text_is_reported(tmp_path: Path) -> None:
    text = HTML.format(head='<meta charset="windows-1252">', date="")
    plain = text.encode("ascii", "xmlcharrefreplace").replace(b"<title>x", b"<title>\xe9")
    (tmp_path / "a.html").write_bytes(plain)
    (tmp_path / "b.htm").write_bytes(b"<<<>>>&&&")
    (tmp_path / "c.html").write_bytes(b"<html></html>")
    documents, errors = read(tmp_path)
    assert [document.id for document in documents] == ["a"]
    assert ["Save its text as .txt." in error for error in errors] == [True, True]


def test_html_without_lxml_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.import_module

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("lxml"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(importlib, "import_module", without)
    (tmp_path / "a.html").write_text(HTML, "utf-8")
    _, errors = read(tmp_path)
    assert "pip install 'tracuu[html]'" in errors[0]


def test_a_publisher_without_letters_does_not_cost_the_document(tmp_path: Path) -> None:
    head = '<meta property="og:site_name" content="&#x200B;"><title>Dân vận khéo</title>'
    (tmp_path / "a.html").write_text(f"{head}<article><p>Mô hình dân vận khéo.</p></article>")
    (found,) = read_sources([tmp_path / "a.html"])
    assert isinstance(found, Document)
    assert found.publisher is None


def test_documents_cited_by_a_record_are_found_unless_it_states_them(tmp_path: Path) -> None:
    text = "Số: 42/2019/NĐ-CP\nCăn cứ Nghị định 41/2019/NĐ-CP;\nTheo Nghị quyết số 7."
    write(
        tmp_path / "a.jsonl",
        record(id="own", text=text, number="42/2019/NĐ-CP"),
        record(id="title", text=text, title="Nghị định 42/2019/NĐ-CP về quản lý đất đai"),
        record(id="stated", text=text, cited=["Luật Đất đai"]),
        record(id="none", text="Không nhắc văn bản nào, ngày 1/2/2020."),
    )
    documents, errors = read(tmp_path / "a.jsonl")
    assert errors == []
    found = ("Nghị định số 41/2019/NĐ-CP", "Nghị quyết số 7")
    assert {document.id: document.cited for document in documents} == {
        "own": found,
        "title": found,
        "stated": ("Luật Đất đai",),
        "none": (),
    }
    assert all(document.extra == () for document in documents)
