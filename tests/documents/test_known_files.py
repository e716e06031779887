"""An update leaves out the files that stayed the same, and its index is as if it had read them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import rebuild, update
from indexer.documents.files import document_reader, source_reader
from indexer.documents.files.known_files import FILE_NAME
from indexer.engines import backend

OLD = 1_000_000_000
"""A time long before the test, in seconds since 1970; a file of that time is compared only by its
size and time."""


def write(path: Path, text: str, time: int | None = OLD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if time is not None:
        os.utime(path, (time, time))
    return path


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which the name of each file that is parsed is added."""
    names: list[str] = []

    def read_path(path, progress, options):
        names.append(path.name)
        return document_reader.read_path(path, progress, options)

    monkeypatch.setattr(source_reader, "read_path", read_path)
    return names


def test_an_update_parses_only_what_changed(tmp_path: Path, parsed: list[str]) -> None:
    source, index = tmp_path / "source", tmp_path / "index"
    for name in "abc":
        write(source / f"{name}.txt", f"dân vận {name}")
    rebuild([source], index)
    write(source / "b.txt", "dân vận khéo", OLD + 1)
    write(source / "d.txt", "dân vận mới")
    parsed.clear()
    report = update([source], index)
    assert parsed == ["b.txt", "d.txt"]
    assert (report.added, report.replaced, report.unchanged) == (1, 1, 2)
    parsed.clear()
    assert update([source], index).unchanged == 4
    assert parsed == []


def test_a_new_time_alone_is_no_change(tmp_path: Path, parsed: list[str]) -> None:
    source, index = write(tmp_path / "source/a.txt", "dân vận").parent, tmp_path / "index"
    rebuild([source], index)
    os.utime(source / "a.txt", (OLD + 5, OLD + 5))
    parsed.clear()
    update([source], index)
    assert parsed == []


def test_a_fresh_file_is_compared_by_its_content(tmp_path: Path, parsed: list[str]) -> None:
    source, index = write(tmp_path / "source/a.txt", "dân vận", None).parent, tmp_path / "index"
    times = (source / "a.txt").stat()
    rebuild([source], index)
    (source / "a.txt").write_text("dân chủ", encoding="utf-8")  # as many bytes
    os.utime(source / "a.txt", ns=(times.st_atime_ns, times.st_mtime_ns))
    parsed.clear()
    assert update([source], index).replaced == 1
    assert parsed == ["a.txt"]


def test_a_file_with_a_report_is_read_and_named_each_time(tmp_path: Path) -> None:
    source, index = tmp_path / "source", tmp_path / "index"
    write(source / "a.txt", "dân vận")
    write(source / "b.jsonl", '{"id": "b", "text": "dân vận"}\nnot JSON\n')
    rebuild([source], index)
    assert update([source], index).reading.broken_count == 1


def test_new_settings_read_all_files_again(tmp_path: Path, parsed: list[str]) -> None:
    source, index = tmp_path / "source", tmp_path / "index"
    write(source / "a.txt", "Mục lục cổng\ndân vận")
    rebuild([source], index)
    write(source / "archive.toml", 'chrome = ["Mục lục cổng"]\n')
    parsed.clear()
    update([source], index)
    assert parsed == ["a.txt"]


def test_a_deleted_document_comes_back_with_its_source(tmp_path: Path) -> None:
    source, index = write(tmp_path / "source/a.txt", "dân vận").parent, tmp_path / "index"
    write(source / "b.txt", "dân vận")
    rebuild([source], index)
    update([], index, delete=["a"])
    report = update([source], index)
    assert (report.added, report.unchanged) == (1, 1)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"generation": 1}', "null"])
def test_a_damaged_list_costs_only_time(tmp_path: Path, content: str, parsed: list[str]) -> None:
    source, index = write(tmp_path / "source/a.txt", "dân vận").parent, tmp_path / "index"
    rebuild([source], index)
    (index / FILE_NAME).write_text(content)
    parsed.clear()
    assert update([source], index).unchanged == 1
    assert parsed == ["a.txt"]


@pytest.mark.parametrize("entry", [b"", b"\tnull", b"\t{", b"\t{}", b'\t{"ids": [1]}', b"\t1\t2"])
def test_a_damaged_entry_costs_only_time(tmp_path: Path, entry: bytes, parsed: list[str]) -> None:
    source, index = write(tmp_path / "source/a.txt", "dân vận").parent, tmp_path / "index"
    other = write(tmp_path / "other/b.txt", "dân vận").parent
    rebuild([source, other], index)
    first, *lines = (index / FILE_NAME).read_bytes().splitlines()
    damaged = [line.split(b"\t")[0] + entry if b"a.txt" in line else line for line in lines]
    (index / FILE_NAME).write_bytes(b"\n".join([first, *damaged]))
    parsed.clear()
    for _ in range(2):
        write(other / "c.txt", "dân vận")
        assert update([other], index).unchanged >= 1
    assert update([source], index).unchanged == 1
    assert "a.txt" in parsed


def test_a_document_read_from_elsewhere_makes_its_former_file_be_read_again(
    tmp_path: Path, parsed: list[str]
) -> None:
    one = write(tmp_path / "one/a.txt", "dân vận").parent
    other = write(tmp_path / "other/a.txt", "dân chủ").parent
    index = tmp_path / "index"
    rebuild([one], index)
    assert update([other], index).replaced == 1
    parsed.clear()
    assert update([one], index).replaced == 1
    assert parsed == ["a.txt"]


FOLDERS = st.dictionaries(
    st.sampled_from(["a.txt", "b.txt", "x/a.txt", "y/a.txt", "y/b.jsonl", "z.jsonl"]),
    st.sampled_from(["dân vận", "dân chủ", "tôn giáo"]),
    min_size=1,
)


@settings(max_examples=25, deadline=None)
@given(st.lists(FOLDERS, min_size=2, max_size=4))
def test_updates_end_with_the_same_index_as_a_rebuild(
    tmp_path_factory: pytest.TempPathFactory, states: list[dict[str, str]]
) -> None:
    """Files are added, changed, moved and deleted between updates, and several have one name."""
    root = tmp_path_factory.mktemp("archive")
    source, index = root / "source", root / "index"
    for number, state in enumerate(states):
        for path in source.rglob("*.*"):
            path.unlink()
        for name, text in state.items():
            record = f'{{"id": "{name[0]}", "text": "{text}"}}\n'
            write(source / name, record if name.endswith("l") else text, OLD + number)
        if number == 0:
            rebuild([source], index)
        else:
            update([source], index, prune=True)
    rebuild([source], root / "fresh")
    updated, fresh = backend().open_engine(index), backend().open_engine(root / "fresh")
    try:
        assert set(updated.ids()) == set(fresh.ids())
        for name in fresh.ids():
            assert updated.document(name) == fresh.document(name)
    finally:
        updated.close()
        fresh.close()


def test_a_folder_whose_name_is_not_utf8_is_listed_too(tmp_path: Path, parsed: list[str]) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/v\xe3n b\xb6n"))
    source, index = write(folder / "a.txt", "dân vận").parent, tmp_path / "index"
    rebuild([source], index)
    parsed.clear()
    assert update([source], index).unchanged == 1
    assert parsed == []


def test_a_file_that_cannot_be_read_any_more_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, index = write(tmp_path / "source/a.txt", "dân vận").parent, tmp_path / "index"
    write(source / "b.txt", "nông thôn")
    rebuild([source], index)
    os.utime(source / "a.txt", (OLD + 1, OLD + 1))
    opened = Path.open

    def refused(path: Path, *arguments: Any, **options: Any) -> Any:
        if path.name == "a.txt":  # as for a user who may not read it
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refused)
    report = update([source], index)
    assert ["a.txt" in str(error) for error in report.reading.broken] == [True]
    assert report.unchanged == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("listed", "x"), ("size", None), ("settings", 1), ("ids", [1]), ("content", [])],
)
def test_a_damaged_entry_of_the_list_only_costs_time(
    tmp_path: Path, parsed: list[str], name: str, value: object
) -> None:
    source, index = write(tmp_path / "source/a.txt", "dân vận").parent, tmp_path / "index"
    rebuild([source], index)
    path = index / FILE_NAME
    first, line = path.read_text("ascii").splitlines()
    key, _, entry = line.partition("\t")
    damaged = json.dumps(json.loads(entry) | {name: value})
    path.write_text(f"{first}\n{key}\t{damaged}\n", "ascii")
    parsed.clear()
    assert update([source], index).reading.broken == ()
    assert parsed == ["a.txt"]
