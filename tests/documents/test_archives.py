"""ZIP files and crawls: each member is read or reported, and none can do harm."""

from __future__ import annotations

import gzip
import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from indexer.documents import Skipped, read_sources
from indexer.documents.formats import packed
from indexer.documents.source_file import in_memory
from indexer.errors import DocumentError
from indexer.models import Document

PAGE = (
    "Huyện Giang Thành tổng kết công tác dân vận năm 2020\n\nDân vận khéo thì việc gì cũng thành."
)


def read(path: Path) -> tuple[list[Document], list[str]]:
    found = list(read_sources([path]))
    documents = [item for item in found if isinstance(item, Document)]
    return documents, [str(item) for item in found if isinstance(item, DocumentError)]


def zipped(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_members_with_one_name_in_several_folders_are_all_read(tmp_path: Path) -> None:
    inner = zipped({"a/1.txt": PAGE, "b/1.txt": PAGE})
    (tmp_path / "x.zip").write_bytes(zipped({"a/1.txt": PAGE, "in.zip": inner}))
    documents, errors = read(tmp_path)
    assert errors == []
    assert [d.id for d in documents] == ["1", "x.zip/in.zip/a/1.txt", "x.zip/in.zip/b/1.txt"]
    assert [d.original for d in documents] == [
        "x.zip/a/1.txt",
        "x.zip/in.zip/a/1.txt",
        "x.zip/in.zip/b/1.txt",
    ]


def test_a_damaged_member_does_not_cost_those_after_it(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": PAGE * 20, "b.txt": PAGE}))
    start = data.find(b"a.txt") + len("a.txt")
    data[start : start + 20] = b"\xff" * 20
    (tmp_path / "x.zip").write_bytes(data)
    documents, errors = read(tmp_path)
    assert [d.id for d in documents] == ["b"]
    assert len(errors) == 1
    assert "x.zip/a.txt: damaged" in errors[0]


def test_members_in_hidden_folders_are_passed_over(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {".git/a.txt": PAGE, "__MACOSX/b.txt": PAGE, "c.txt": PAGE}
    (tmp_path / "x.zip").write_bytes(zipped(members))
    documents, _ = read(tmp_path)
    assert [d.id for d in documents] == ["c"]


def test_a_name_in_utf_8_without_its_flag_is_read_as_such(tmp_path: Path) -> None:
    data = zipped({"XXXXXXXXX.txt": PAGE})
    name = "Báo cáo".encode()
    (tmp_path / "x.zip").write_bytes(data.replace(b"XXXXXXXXX", name))
    documents, _ = read(tmp_path)
    assert [d.id for d in documents] == ["Báo cáo"]


def test_an_archive_that_unpacks_to_two_hundred_times_its_size_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zipped({"a.txt": b"a" * (20 << 20)}))
    documents, errors = read(tmp_path)
    assert documents == []
    assert len(errors) == 1
    assert "would unpack to 20 MB" in errors[0]


def test_a_large_archive_may_unpack_to_twenty_times_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "MAX_UNPACKED", 1000)
    text = "Dân vận khéo ở xã Tam Nông. " * 100
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_STORED) as made:
        made.writestr("a.txt", text)
    (found,) = read_sources([tmp_path / "a.zip"])
    assert isinstance(found, Document)


def test_archives_in_an_archive_share_its_bound() -> None:
    inner = zipped({"a.bin": b"a" * (6 << 20)})
    outer = zipped({"1.zip": inner, "2.zip": inner})
    first, second = packed.read_zip(in_memory("x.zip", outer))
    assert not isinstance(first, DocumentError)
    assert not isinstance(second, DocumentError)
    assert [type(m).__name__ for m in packed.read_zip(first)] == ["SourceFile"]
    (reported,) = _errors(second)
    assert "made to do harm" in reported


def _errors(file: object) -> list[str]:
    try:
        return [str(m) for m in packed.read_zip(file) if isinstance(m, DocumentError)]  # type: ignore[arg-type]
    except DocumentError as error:
        return [str(error)]


def html(title: str) -> bytes:
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
        "<p>Nội dung bài viết về công tác dân vận ở huyện Giang Thành rất dài và đủ chữ.</p>"
        "</body></html>"
    ).encode()


def warc_record(kind: str, address: str, content_type: str, body: bytes, year: int) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\n"
        f"WARC-Date: {year}-01-01T00:00:00Z\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


def response(
    address: str, body: bytes, *, status: str = "200 OK", year: int = 2021, more: str = ""
) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n{more}\r\n"
    kind = "application/http; msgtype=response"
    return warc_record("response", address, kind, head.encode() + body, year)


def crawl(*, is_packed: bool = True) -> tuple[bytes, int]:
    """Return a WARC file, and the offset in bytes of its last record; skip without warcio."""
    pytest.importorskip("warcio", reason="warcio is not installed")
    squeezed = gzip.compress(html("Bài nén bằng gzip"))
    records = [
        response("http://x.vn/a", html("Bài mới về dân vận"), year=2022),
        response("http://x.vn/b", squeezed, more="Content-Encoding: gzip\r\n"),
        response("http://x.vn/a", html("Bài cũ về dân vận")),
        response("http://x.vn/c", html("Không tìm thấy trang"), status="404 Not Found"),
        warc_record("resource", "http://x.vn/d.txt", "text/plain", PAGE.encode(), 2021),
        response("http://x.vn/e", html("Bài cuối cùng trong kho")),
    ]
    stored = [gzip.compress(record) if is_packed else record for record in records]
    return b"".join(stored), sum(map(len, stored[:-1]))


def test_a_crawl_gives_the_newest_copy_of_each_page(tmp_path: Path) -> None:
    data, _ = crawl()
    (tmp_path / "x.warc.gz").write_bytes(data)
    documents, errors = read(tmp_path)
    assert errors == []
    assert [d.title for d in documents] == [
        "Bài mới về dân vận",
        "Bài nén bằng gzip",
        "Huyện Giang Thành tổng kết công tác dân vận năm 2020",
        "Bài cuối cùng trong kho",
    ]
    assert documents[0].url == "http://x.vn/a"


@pytest.mark.parametrize("is_packed", [True, False])
def test_a_crawl_that_was_cut_off_says_so_once(tmp_path: Path, is_packed: bool) -> None:
    data, start = crawl(is_packed=is_packed)
    (tmp_path / "x.warc").write_bytes(data[: start + 200])
    documents, errors = read(tmp_path)
    assert [d.url for d in documents] == ["http://x.vn/a", "http://x.vn/b", "http://x.vn/d.txt"]
    assert len(errors) == 1
    assert "damaged after 3 pages" in errors[0]


def test_a_crawl_with_a_damaged_record_says_so_once(tmp_path: Path) -> None:
    data, start = crawl()
    damaged = data[: start + 20] + b"\xff" * 200 + data[start + 220 :]
    (tmp_path / "x.warc.gz").write_bytes(damaged)
    documents, errors = read(tmp_path)
    assert len(documents) == 3
    assert len(errors) == 1


def test_of_a_wacz_file_only_the_warc_files_are_read(tmp_path: Path) -> None:
    data, _ = crawl()
    pages = '{"format": "json-pages-1.0"}\n{"url": "x", "text": "abc"}'
    folder = tmp_path / "archive"  # as the folder of the crawls inside
    folder.mkdir()
    packed_crawl = zipped({"archive/data.warc.gz": data, "pages/pages.jsonl": pages})
    (folder / "x.wacz").write_bytes(packed_crawl)
    documents, errors = read(tmp_path)
    assert errors == []
    assert len(documents) == 4


def test_an_attachment_over_which_a_library_fails_leaves_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a library raises over one file inside another is the report of that file."""

    def fail(*_: object, **__: object) -> None:
        raise ValueError("a fault of the library")

    monkeypatch.setattr("indexer.documents.formats.markdown.read", fail)
    message = EmailMessage()
    message["Subject"] = "Hai tệp đính kèm"
    message.set_content("Gửi kèm hai tệp.\n")
    message.add_attachment("# Một", subtype="markdown", filename="a.md")
    message.add_attachment("Ngày 7/1/2021, huyện họp.", filename="b.txt")
    (tmp_path / "m.eml").write_bytes(bytes(message))
    items = list(read_sources([tmp_path]))
    assert {item.id for item in items if isinstance(item, Document)} == {"m", "b"}
    (error,) = [item for item in items if isinstance(item, DocumentError)]
    assert "a.md" in str(error)
    assert "a fault of the library" in str(error)


def test_files_to_download_in_a_crawl_are_read_whatever_type_the_server_states(
    tmp_path: Path,
) -> None:
    pytest.importorskip("warcio", reason="warcio is not installed")
    files = Path(__file__).parent / "files"
    sheet, rtf = (files / "register.xlsx").read_bytes(), (files / "report.rtf").read_bytes()
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    stored = [
        warc_record("resource", "http://x.vn/so?id=1", types, sheet, 2021),
        warc_record("resource", "http://x.vn/bc.rtf", "application/octet-stream", rtf, 2021),
        warc_record("resource", "http://x.vn/a.png", "image/png", b"x", 2021),
    ]
    (tmp_path / "x.warc").write_bytes(b"".join(stored))
    documents, errors = read(tmp_path)
    assert errors == []
    assert len({d.id for d in documents}) == len(documents)
    assert {d.url for d in documents} == {"http://x.vn/so?id=1", "http://x.vn/bc.rtf"}


def test_what_a_crawl_holds_of_types_that_are_not_read_is_counted(tmp_path: Path) -> None:
    """Once for each address, but not what makes up the pages."""
    pytest.importorskip("warcio", reason="warcio is not installed")
    binary = "application/octet-stream"
    stored = [
        response("http://x.vn/a", html("Bài về dân vận")),
        warc_record("resource", "http://x.vn/xem?id=1", "video/mp4", b"x", 2021),
        warc_record("resource", "http://x.vn/xem?id=1", "video/mp4", b"x", 2022),
        warc_record("resource", "http://x.vn/ho-so.rar", binary, b"x", 2021),
        warc_record("resource", "http://x.vn/tai", binary, b"x", 2021),
        *(
            warc_record("resource", f"http://x.vn/{kind}", kind, b"x", 2021)
            for kind in ("image/png", "text/css", "application/x-javascript", "font/woff2",
                         "application/ld+json; charset=utf-8", "text/xml", "application/rss+xml")
        ),
        response("http://x.vn/phim.mp4", b"x", status="404 Not Found"),
    ]  # fmt: skip
    (tmp_path / "x.warc").write_bytes(b"".join(stored))
    items = list(read_sources([tmp_path]))
    assert [item.url for item in items if isinstance(item, Document)] == ["http://x.vn/a"]
    skipped = [item.ending for item in items if isinstance(item, Skipped)]
    assert sorted(skipped) == [".bin", ".mp4", ".rar"]
    assert len(items) == 4
