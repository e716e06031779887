"""Generations: building, opening, checking, switching; damage is detected."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from whoosh_support import build_news, flip_bytes, news, only_file, update_manifest

from indexer.engines.whoosh import build, check, current, open_engine, update
from indexer.engines.whoosh.generations import index_directory, manifest
from indexer.errors import DocumentError, IndexBusy, IndexDamaged, IndexMissing, UnusableIndex
from indexer.models import Document
from indexer.query.plan import EVERYTHING, Phrase, Plan
from indexer.runtime.durable_files import read_regular_file

ALL = Plan(EVERYTHING)


def generations(index: Path) -> set[str]:
    return {path.name for path in index.iterdir() if path.is_dir()}


def test_a_built_index_opens_and_finds(tmp_path: Path):
    seen: list[int] = []
    status = build(tmp_path / "index", news(12), progress=seen.append)
    assert seen == [12]
    assert status.documents == 12
    engine = open_engine(tmp_path / "index")
    assert (engine.status, engine.generation) == (status, current(tmp_path / "index"))
    assert engine.ids() == tuple(document.id for document in news(12))
    assert [engine.document(document.id) for document in news(12)] == list(news(12))
    assert engine.find(Plan(Phrase((("hội",), ("quán",)))), filters={}).total == 12
    engine.close()
    assert check(tmp_path / "index") == []


def test_an_index_without_documents_works(tmp_path: Path):
    build(tmp_path, [])
    engine = open_engine(tmp_path)
    assert engine.find(ALL, filters={}).total == 0
    assert engine.ids() == ()
    engine.close()
    assert check(tmp_path) == []


def test_the_former_generation_is_kept_and_an_open_engine_still_works(tmp_path: Path):
    build(tmp_path, news(3))
    first = current(tmp_path)
    engine = open_engine(tmp_path)
    build(tmp_path, news(4))
    second = current(tmp_path)
    assert generations(tmp_path) == {first, second}
    build(tmp_path, news(5))
    assert generations(tmp_path) == {second, current(tmp_path)}
    # Its files are removed from the folder, and it still works.
    assert engine.find(ALL, filters={}).total == 3
    assert engine.document("0001").id == "0001"
    engine.close()


def test_foreign_files_in_the_index_folder_are_kept(tmp_path: Path):
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "notes").mkdir()
    build(tmp_path, news(1))
    build(tmp_path, news(1))
    build(tmp_path, news(1))
    assert (tmp_path / "README.md").read_text() == "mine"
    assert (tmp_path / "notes").is_dir()


def test_leftovers_of_a_killed_rebuild_are_removed(tmp_path: Path):
    left = tmp_path / ".building-20200101T000000Z-00000000"
    left.mkdir()
    (left / "half").write_text("x")
    (tmp_path / ".CURRENT.new").write_text("x")
    orphan = tmp_path / "20200101T000000Z-00000000"
    orphan.mkdir()
    build(tmp_path, news(1))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["CURRENT", "LOCK", current(tmp_path)]
    )


def test_a_second_rebuild_is_refused_until_the_first_ends(tmp_path: Path):
    with (tmp_path / "LOCK").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(IndexBusy):
            build(tmp_path, news(1))
    build(tmp_path, news(1))


def failing(error: BaseException) -> Iterator[Document]:
    yield from news(5)
    raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("source"), OSError("disk")])
def test_an_interrupted_rebuild_keeps_the_former_generation(tmp_path: Path, error):
    build(tmp_path, news(3))
    before = current(tmp_path)
    with pytest.raises(type(error)):
        build(tmp_path, failing(error))
    assert current(tmp_path) == before
    assert generations(tmp_path) == {before}
    assert check(tmp_path) == []
    build(tmp_path, news(4))
    assert check(tmp_path) == []


def test_building_with_a_duplicate_id_is_rejected(tmp_path: Path):
    with pytest.raises(DocumentError, match="0000"):
        build(tmp_path, [*news(3), *news(2)])
    with pytest.raises(IndexMissing):
        current(tmp_path)


def test_an_unwritable_folder_raises_unusable_index(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UnusableIndex, match="Free disk space"):
        build(tmp_path / "file" / "index", news(1))
    index = tmp_path / "index"
    (index / index_directory.LOCK).mkdir(parents=True)
    with pytest.raises(UnusableIndex, match=f"in {re.escape(str(index))}: "):
        build(index, news(1))


def test_an_empty_folder_raises_index_missing(tmp_path: Path):
    for ask in (current, open_engine, check):
        with pytest.raises(IndexMissing, match="tracuu rebuild"):
            ask(tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"../../etc\n", b"\xff\xfe", b"20200101T000000Z-00000000\n\n", b"x" * 99]
)
def test_an_invalid_current_file_raises_index_damaged(tmp_path: Path, content: bytes):
    build_news(tmp_path)
    (tmp_path / "CURRENT").write_bytes(content)
    with pytest.raises(IndexDamaged, match="tracuu rebuild"):
        open_engine(tmp_path)
    assert len(check(tmp_path)) == 1


def test_a_removed_generation_raises_index_damaged(tmp_path: Path):
    shutil.rmtree(build_news(tmp_path))
    with pytest.raises(IndexDamaged, match="tracuu rebuild"):
        open_engine(tmp_path)
    assert len(check(tmp_path)) == 1


def test_check_names_the_file_with_a_flipped_byte(tmp_path: Path):
    flip_bytes(build_news(tmp_path), tmp_path)


def test_opening_detects_a_missing_or_shorter_file(tmp_path: Path):
    folder = build_news(tmp_path)
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        path.unlink()
        with pytest.raises(IndexDamaged, match=path.name):
            open_engine(tmp_path)
        path.write_bytes(whole[: len(whole) // 2] if whole else b"x")
        with pytest.raises(IndexDamaged):
            open_engine(tmp_path)
        path.write_bytes(whole)
    open_engine(tmp_path).close()


def test_check_reports_a_file_that_does_not_belong(tmp_path: Path):
    (build_news(tmp_path) / "extra.seg").write_text("")
    assert "extra.seg" in check(tmp_path)[0]


@pytest.mark.parametrize(
    ("key", "value"),
    [("format", 0), ("whoosh", "3.0"), ("documents", "12"), ("files", {"../x": {}}), ("new", 1)],
)
def test_an_invalid_manifest_raises_index_damaged(tmp_path: Path, key: str, value: object):
    path = build_news(tmp_path) / manifest.NAME
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {key: value}))
    with pytest.raises(IndexDamaged, match="tracuu rebuild"):
        open_engine(tmp_path)


def test_check_reports_a_wrong_number_of_documents(tmp_path: Path):
    folder = build_news(tmp_path)
    manifest.write(folder, replace(manifest.read(folder), documents=11))
    assert "holds 12 documents, not 11" in check(tmp_path)[0]
    with pytest.raises(IndexDamaged, match="holds 12 documents, not 11"):
        update(tmp_path, [], delete=["0001"])


def test_every_value_of_the_manifest_is_covered_by_its_checksum(tmp_path: Path):
    path = build_news(tmp_path) / manifest.NAME
    content = json.loads(path.read_text())
    for key in content:
        path.write_text(json.dumps(content | {key: "x"}))
        assert len(check(tmp_path)) == 1
        with pytest.raises(IndexDamaged, match="tracuu rebuild"):
            open_engine(tmp_path)
    path.write_text(json.dumps(content))
    assert check(tmp_path) == []


@pytest.mark.parametrize("name", ["CURRENT", manifest.NAME, "learned.json", "archive_1.texts"])
def test_a_pipe_in_place_of_a_file_is_reported_without_waiting_for_it(tmp_path: Path, name: str):
    folder = build_news(tmp_path)
    path = tmp_path / name if name == "CURRENT" else folder / name
    path.unlink()
    os.mkfifo(path)
    assert len(check(tmp_path)) == 1
    with pytest.raises(UnusableIndex):
        open_engine(tmp_path)


def test_too_few_file_descriptors_are_not_reported_as_damage(tmp_path: Path):
    build_news(tmp_path)
    script = f"""
import resource
from pathlib import Path
from indexer.engines.whoosh import check, open_engine
from indexer.errors import IndexDamaged, UnusableIndex
open_engine(Path({str(tmp_path)!r})).close()  # imports what it needs
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
for limit in range(5, 40):
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, most))
    try:
        open_engine(Path({str(tmp_path)!r})).close()
        print("opened")
        break
    except IndexDamaged as error:
        print(error)
    except UnusableIndex as error:
        assert "ulimit" in error.hint, error
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (ended.stdout, ended.stderr) == ("opened\n", "")


def test_damage_with_matching_checksums_raises_index_damaged_when_read(tmp_path: Path):
    folder = build_news(tmp_path)
    for pattern in (
        "*.docs",
        "*.syllables",
        "*.pairs",
        "learned.json",
        "*.toc",
        "*.words",
        "*.facets",
    ):
        path = only_file(folder, pattern)
        whole = path.read_bytes()
        path.write_bytes(b"\xff" * len(whole))
        update_manifest(folder)
        with pytest.raises(IndexDamaged, match="tracuu rebuild"):
            _use(tmp_path)
        path.write_bytes(whole)
        update_manifest(folder)
    _use(tmp_path)


def _use(index: Path) -> None:
    engine = open_engine(index)
    try:
        engine.find(Plan(Phrase((("dân",),))), filters={})
        for name in engine.ids():
            engine.document(name)
    finally:
        engine.close()


def test_opening_retries_if_the_generation_is_replaced_meanwhile(tmp_path: Path, monkeypatch):
    build_news(tmp_path, 3)
    original = index_directory.open_generation

    def slow(folder: Path, group: str):  # two rebuilds end between reading CURRENT and opening
        monkeypatch.undo()
        build(tmp_path, news(4))
        build(tmp_path, news(5))
        return original(folder, group)

    monkeypatch.setattr(index_directory, "open_generation", slow)
    engine = open_engine(tmp_path)
    assert engine.status.documents == 5
    engine.close()


@pytest.mark.parametrize("step", ["read", "_entry"])
def test_checking_retries_if_the_generation_is_replaced_meanwhile(
    tmp_path: Path, monkeypatch, step: str
):
    build_news(tmp_path, 3)
    original = getattr(manifest, step)

    def slow(path: Path):
        monkeypatch.undo()
        build(tmp_path, news(4))
        build(tmp_path, news(5))
        return original(path)

    monkeypatch.setattr(manifest, step, slow)
    assert check(tmp_path) == []


def test_many_threads_get_the_same_results(tmp_path: Path):
    build_news(tmp_path, 60)
    engine = open_engine(tmp_path)
    plans = [Plan(Phrase(((term,),))) for term in ("dân", "vận", "hội", "0007", "7", "vắng")]
    expected = [engine.find(plan, filters={}) for plan in plans]
    engine.close()
    engine = open_engine(tmp_path)
    start = threading.Barrier(8)
    wrong: list[object] = []

    def ask(shift: int) -> None:
        start.wait()
        for turn in range(40):
            at = (turn + shift) % len(plans)
            if engine.find(plans[at], filters={}) != expected[at]:
                wrong.append((shift, turn))
            if engine.document(f"{turn:04d}").id != f"{turn:04d}":
                wrong.append(turn)
            engine.lexicon.pair_frequency("dân", "vận")

    threads = [threading.Thread(target=ask, args=(shift,)) for shift in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.close()
    assert not wrong


def test_a_lock_that_the_file_system_refuses_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")  # as some network folders

    monkeypatch.setattr("fcntl.flock", refused)
    with pytest.raises(UnusableIndex, match="No locks available"):
        build(tmp_path / "index", news(3))


def test_reading_a_folder_as_a_file_leaves_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handles: list[int] = []
    opened = os.open

    def recorded(*arguments: Any) -> int:
        handles.append(opened(*arguments))
        return handles[-1]

    monkeypatch.setattr(os, "open", recorded)
    with pytest.raises(OSError, match="not a regular file"):
        read_regular_file(tmp_path)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(handles[0])
