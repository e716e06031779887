"""Original files are opened only as they were indexed, and only in folders that allow it."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Archive, Document, OriginalNotFound, rebuild, update
from indexer.profile.originals import open_original

TEXT = "Công tác dân vận khéo của xã\n\nMột câu dài."
ALLOWED = "[originals]\ndownload = true\n"


@pytest.fixture
def kho(tmp_path: Path) -> Path:
    """Return a source folder that allows downloads, with one file in a subfolder."""
    folder = tmp_path / "kho"
    (folder / "năm 2020").mkdir(parents=True)
    (folder / "archive.toml").write_text(ALLOWED, "utf-8")
    (folder / "năm 2020/báo cáo.txt").write_text(TEXT, "utf-8")
    return folder


@pytest.fixture
def archive(kho: Path, tmp_path: Path) -> Iterator[Archive]:
    rebuild([kho], tmp_path / "index")
    with Archive.open(tmp_path / "index") as opened:
        yield opened


def read(archive: Archive, document: Document | None = None) -> bytes:
    original = archive.original(document or archive.document("báo cáo"))
    with original.file as file:
        return file.read()


def test_the_file_that_was_indexed_is_opened(archive: Archive) -> None:
    original = archive.original(archive.document("báo cáo"))
    with original.file as file:
        content = file.read()
    assert content == TEXT.encode()
    assert (original.name, original.size) == ("báo cáo.txt", len(content))
    assert original.sha256 == hashlib.sha256(content).hexdigest()


def test_without_permission_nothing_is_recorded_or_opened(kho: Path, tmp_path: Path) -> None:
    (kho / "archive.toml").unlink()
    rebuild([kho], tmp_path / "index")
    with Archive.open(tmp_path / "index") as archive:
        document = archive.document("báo cáo")
        assert document.original == "năm 2020/báo cáo.txt"
        assert document.original_sha256 is None
        with pytest.raises(OriginalNotFound, match=r"not offered.*download = true"):
            archive.original(document)


def test_a_withdrawn_permission_is_in_force_after_an_update(
    archive: Archive, kho: Path, tmp_path: Path
) -> None:
    before = archive.document("báo cáo")
    (kho / "archive.toml").write_text("", "utf-8")
    assert update([kho], tmp_path / "index").replaced == 1
    assert archive.document("báo cáo").original_sha256 is None
    with pytest.raises(OriginalNotFound, match="not offered"):
        archive.original(before)


def test_a_changed_file_is_not_opened(archive: Archive, kho: Path) -> None:
    path = kho / "năm 2020/báo cáo.txt"
    assert read(archive) == TEXT.encode()
    path.write_text(TEXT.replace("xã", "xá"), "utf-8")  # of the same size
    with pytest.raises(OriginalNotFound, match=r"was changed since it was indexed.*tracuu update"):
        read(archive)
    path.write_text(TEXT, "utf-8")
    assert read(archive) == TEXT.encode()


def test_a_missing_file_is_named(archive: Archive, kho: Path) -> None:
    (kho / "năm 2020/báo cáo.txt").unlink()
    with pytest.raises(OriginalNotFound, match="is not where it was"):
        read(archive)


def test_a_link_that_leads_out_of_the_folder_is_not_followed(archive: Archive, kho: Path) -> None:
    path = kho / "năm 2020/báo cáo.txt"
    outside = kho.parent / "outside.txt"
    path.rename(outside)
    path.symlink_to(outside)  # the same content
    with pytest.raises(OriginalNotFound, match="is not where it was"):
        read(archive)
    path.unlink()
    (kho / "năm 2020").rmdir()
    (kho.parent / "báo cáo.txt").write_text(TEXT, "utf-8")
    (kho / "năm 2020").symlink_to(kho.parent)
    with pytest.raises(OriginalNotFound, match="is not where it was"):
        read(archive)


def test_a_link_that_led_out_when_it_was_indexed_is_not_offered(tmp_path: Path) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_text(TEXT, "utf-8")
    folder = tmp_path / "kho"
    folder.mkdir()
    (folder / "archive.toml").write_text(ALLOWED, "utf-8")
    (folder / "link.txt").symlink_to(outside)
    rebuild([folder], tmp_path / "index")
    with Archive.open(tmp_path / "index") as archive:
        assert archive.document("link").original_sha256 is None


def test_a_pipe_in_its_place_neither_blocks_nor_is_opened(archive: Archive, kho: Path) -> None:
    path = kho / "năm 2020/báo cáo.txt"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(OriginalNotFound, match="is not where it was"):
        read(archive)


@given(path=st.sampled_from(("../outside.txt", "a/../../outside.txt", "a\0b", "", ".", "..")))
def test_a_path_that_leads_out_of_the_folder_is_not_opened(
    path: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    base = tmp_path_factory.mktemp("base")
    (base / "kho/a").mkdir(parents=True)
    (base / "outside.txt").write_text(TEXT, "utf-8")
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    for stated in (path, str(base / "outside.txt")):
        document = Document("x", original=stated, original_sha256=digest)
        with pytest.raises(OriginalNotFound):
            open_original(document, [str(base / "kho")])


def test_members_of_archives_and_rows_of_tables_are_not_offered(tmp_path: Path) -> None:
    folder = tmp_path / "kho"
    folder.mkdir()
    (folder / "archive.toml").write_text(ALLOWED, "utf-8")
    with zipfile.ZipFile(folder / "gói.zip", "w") as packed:
        packed.writestr("trang.txt", TEXT)
    (folder / "bảng.csv").write_text("Tiêu đề,Nội dung\nMột,Dân vận\nHai,Khéo\n", "utf-8")
    rebuild([folder], tmp_path / "index")
    with Archive.open(tmp_path / "index") as archive:
        results = archive.overview()
        assert results.total == 3
        assert {hit.document.original_sha256 for hit in results.hits} == {None}


def test_of_two_sources_each_file_is_found_by_its_content(kho: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "năm 2020").mkdir(parents=True)
    (other / "archive.toml").write_text(ALLOWED, "utf-8")
    (other / "năm 2020/báo cáo.txt").write_text(f"{TEXT} Bản khác.", "utf-8")
    rebuild([other, kho], tmp_path / "index")
    with Archive.open(tmp_path / "index") as archive:
        contents = {read(archive, hit.document) for hit in archive.overview().hits}
    assert contents == {TEXT.encode(), f"{TEXT} Bản khác.".encode()}


def test_a_record_of_another_size_is_not_trusted(archive: Archive) -> None:
    document = replace(archive.document("báo cáo"), original_sha256="0" * 64)
    with pytest.raises(OriginalNotFound, match="was changed"):
        archive.original(document)
