"""ZIP files and crawls: each member is read or reported, and none can do harm."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from indexer.documents import read_sources
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
