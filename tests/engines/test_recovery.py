"""Rollback, backup and restore, with damage and with a rebuild meanwhile."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from whoosh_support import build_news, news

from indexer.engines.whoosh import (
    build,
    check,
    copy_index,
    current,
    open_engine,
    open_former_engine,
    rollback,
    update,
)
from indexer.engines.whoosh.generations import manifest, recovery
from indexer.errors import IndexBusy, IndexDamaged, IndexMissing, UnusableIndex
from indexer.models import Document


def count(index: Path) -> int:
    engine = open_engine(index)
    try:
        return len(engine.ids())
    finally:
        engine.close()


def damage(folder: Path) -> None:
    path = folder / "archive_1.texts"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.unlink()  # it may be linked into another generation
    path.write_bytes(raw)


def test_a_rollback_returns_to_the_former_generation_and_back(tmp_path: Path):
    build_news(tmp_path, 12)
    update(tmp_path, [Document(id="new", body="dân vận")])
    newer = current(tmp_path)
    assert rollback(tmp_path).documents == count(tmp_path) == 12
    assert rollback(tmp_path).generation == newer == current(tmp_path)
    rollback(tmp_path)
    update(tmp_path, [Document(id="other", body="dân vận")])
    assert count(tmp_path) == 13
    assert check(tmp_path) == []


def test_a_rollback_to_nothing_or_to_a_damaged_generation_is_refused(tmp_path: Path):
    with pytest.raises(IndexMissing, match="tracuu rebuild"):
        rollback(tmp_path / "nowhere")
    first = build_news(tmp_path)
    with pytest.raises(IndexMissing, match="tracuu restore"):
        rollback(tmp_path)
    build_news(tmp_path, 13)
    damage(first)
    with pytest.raises(IndexDamaged, match=r"archive_1\.texts"):
        rollback(tmp_path)
    assert count(tmp_path) == 13


def test_a_backup_is_an_index_and_is_restored_over_a_damaged_one(tmp_path: Path):
    index, saved = tmp_path / "index", tmp_path / "saved"
    folder = build_news(index)
    status = copy_index(index, saved)
    assert (status.documents, status.generation) == (12, current(saved))
    assert check(saved) == []
    damage(folder)
    assert copy_index(saved, index).documents == 12
    assert check(index) == []
    assert [document.id for document in news(12)] == list(open_engine(index).ids())


def test_a_damaged_index_is_not_backed_up_and_the_earlier_backup_stays(tmp_path: Path):
    index, saved = tmp_path / "index", tmp_path / "saved"
    build_news(index)
    copy_index(index, saved)
    before = current(saved)
    damage(build_news(index, 13))
    with pytest.raises(IndexDamaged, match=r"archive_1\.texts"):
        copy_index(index, saved)
    (index / current(index) / "learned.json").unlink()
    with pytest.raises(IndexDamaged, match=r"learned\.json"):
        copy_index(index, saved)
    assert current(saved) == before
    assert [path.name for path in saved.glob(".building*")] == []
    assert check(saved) == []


def test_a_backup_retries_if_the_generation_is_replaced_meanwhile(tmp_path: Path, monkeypatch):
    index = tmp_path / "index"
    build_news(index, 3)
    original = manifest.read

    def slow(folder: Path):  # two rebuilds end between reading CURRENT and copying
        monkeypatch.undo()
        build(index, news(4))
        build(index, news(5))
        shutil.rmtree(folder, ignore_errors=True)
        return original(folder) if folder.exists() else _missing(folder)

    def _missing(folder: Path):
        raise FileNotFoundError(2, "missing", str(folder))

    monkeypatch.setattr(recovery.manifest, "read", slow)
    assert copy_index(index, tmp_path / "saved").documents == 5
    assert check(tmp_path / "saved") == []


def test_unsuitable_folders_for_a_backup_are_refused(tmp_path: Path):
    index = tmp_path / "index"
    build_news(index)
    (tmp_path / "file").write_text("")
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine").write_text("")
    for folder in (index, index / "below", tmp_path, tmp_path / "file", other):
        with pytest.raises(UnusableIndex, match="Choose"):
            copy_index(index, folder)
    assert [path.name for path in other.iterdir()] == ["mine"]
    with pytest.raises(IndexMissing):
        copy_index(tmp_path / "nowhere", tmp_path / "saved")
    assert not (tmp_path / "saved").exists()


def test_restoring_during_a_rebuild_is_refused(tmp_path: Path):
    index, saved = tmp_path / "index", tmp_path / "saved"
    build_news(index)
    copy_index(index, saved)

    def documents():
        with pytest.raises(IndexBusy):
            copy_index(saved, index)
        with pytest.raises(IndexBusy):
            rollback(index)
        yield from news(2)

    build(index, documents())
    assert count(index) == 2


def test_the_former_engine_is_that_of_the_generation_before(tmp_path: Path):
    build_news(tmp_path, 3)
    with pytest.raises(IndexMissing):
        open_former_engine(tmp_path)
    build_news(tmp_path, 4)
    os.truncate(tmp_path / "CURRENT", 5)
    engine = open_former_engine(tmp_path)  # nobody knows which is current: the newest
    assert len(engine.ids()) == 4
    engine.close()
