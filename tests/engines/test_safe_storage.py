"""No file of an index can run code: every place at which Whoosh unpickles is tried."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import pytest
from whoosh_support import PickledCommand, build_news, only_file, update_manifest

from indexer.engines.whoosh import check, open_engine
from indexer.engines.whoosh.doc_store.compression import compress
from indexer.engines.whoosh.postings.array_file import ArrayFile
from indexer.engines.whoosh.reader.segment_files import PARTS
from indexer.engines.whoosh.whoosh_adapter.codec import Codec, StoredSegment
from indexer.engines.whoosh.whoosh_adapter.safe_storage import (
    ALLOWED_CLASSES,
    PlainUnpickler,
    SegmentUnpickler,
)
from indexer.errors import IndexDamaged
from indexer.query.plan import Phrase, Plan


def use_index(index: Path) -> None:
    engine = open_engine(index)
    try:
        engine.find(Plan(Phrase((("dân",),))), filters={})
        for name in engine.ids():
            engine.document(name)
    finally:
        engine.close()


def assert_rejected(index: Path, folder: Path, marker: Path) -> None:
    with pytest.raises(IndexDamaged, match="tracuu rebuild"):
        use_index(index)
    assert check(index)
    update_manifest(folder)
    with pytest.raises(IndexDamaged, match="tracuu rebuild"):
        use_index(index)
    assert not marker.exists()


def replace_pickle(path: Path, old: object, new: object) -> None:
    """Replace the pickle at the end of the file, which begins like that of `old`, by that of
    `new`."""
    whole = path.read_bytes()
    at = whole.rindex(pickle.dumps(old, -1)[:2])
    path.write_bytes(whole[:at] + pickle.dumps(new, -1))


def segments_in(path: Path) -> Any:
    whole = path.read_bytes()
    return SegmentUnpickler(io.BytesIO(whole[whole.rindex(b"\x80\x05") :])).load()


def test_a_pickled_command_instead_of_the_list_of_segments_is_not_run(tmp_path: Path):
    folder, marker = build_news(tmp_path), tmp_path / "ran"
    replace_pickle(only_file(folder, "*.toc"), [], PickledCommand(marker))
    assert_rejected(tmp_path, folder, marker)


def test_a_pickled_command_after_the_segments_is_not_run(tmp_path: Path):
    folder, marker = build_news(tmp_path), tmp_path / "ran"
    path = only_file(folder, "*.toc")
    replace_pickle(path, [], [*segments_in(path), PickledCommand(marker)])
    assert_rejected(tmp_path, folder, marker)


def test_the_schema_in_the_toc_is_never_read(tmp_path: Path):
    folder, marker = build_news(tmp_path), tmp_path / "ran"
    path = only_file(folder, "*.toc")
    whole = path.read_bytes()
    at = whole.index(b"\x80\x02")
    payload = pickle.dumps(PickledCommand(marker), 2)
    path.write_bytes(whole[:at] + payload + whole[at + len(payload) :])
    assert path.name in check(tmp_path)[0]
    update_manifest(folder)
    use_index(tmp_path)
    assert not marker.exists()


@pytest.mark.parametrize("part", PARTS)
def test_a_pickled_command_in_any_file_of_a_segment_is_not_run(tmp_path: Path, part: str):
    folder, marker = build_news(tmp_path), tmp_path / "ran"
    path = only_file(folder, f"*.{part}")
    size = path.stat().st_size
    payload = pickle.dumps(PickledCommand(marker), 2)
    path.write_bytes((payload * (size // len(payload) + 1))[:size])
    assert_rejected(tmp_path, folder, marker)


def test_a_pickled_command_in_stored_fields_is_not_run(tmp_path: Path):
    folder, marker = build_news(tmp_path), tmp_path / "ran"
    path = only_file(folder, "*.docs")
    whole = path.read_bytes()
    at = path.read_bytes().index(ArrayFile(path)["records"].tobytes())
    for payload in (
        compress(pickle.dumps(PickledCommand(marker), 2), b""),
        pickle.dumps(PickledCommand(marker), 2),
    ):
        path.write_bytes(whole[:at] + payload + whole[at + len(payload) :])
        assert_rejected(tmp_path, folder, marker)


def test_a_compound_file_is_rejected(tmp_path: Path):
    folder, marker = build_news(tmp_path), tmp_path / "ran"
    path = only_file(folder, "*.toc")
    (segment,) = segments_in(path)
    segment.compound = True
    payload = pickle.dumps(PickledCommand(marker))
    name = f"{segment.segment_id()}.seg"
    (folder / name).write_bytes((12).to_bytes(8, "big") + len(payload).to_bytes(4, "big") + payload)
    replace_pickle(path, [], [segment])
    assert_rejected(tmp_path, folder, marker)


@pytest.mark.parametrize(
    "change",
    [
        {"segid": "../../elsewhere"},
        {"segid": 5},
        {"indexname": "other"},
        {"_doccount": -1},
        {"_doccount": "12"},
        {"segid": "x"},
        {"_deleted_count": 1},
        {"_deleted_count": 13},
        {"_deleted_count": -1},
        {"_deleted_count": None},
    ],
)
def test_a_stored_segment_with_invalid_attributes_is_rejected(
    tmp_path: Path, change: dict[str, object]
):
    folder, marker = build_news(tmp_path), tmp_path / "ran"
    path = only_file(folder, "*.toc")
    (segment,) = segments_in(path)
    segment.__dict__.update(change)
    replace_pickle(path, [], [segment])
    assert_rejected(tmp_path, folder, marker)


@pytest.mark.parametrize("segments", [[], [1], {}, None, [Codec()], "x"])
def test_a_list_without_segments_is_rejected(tmp_path: Path, segments: object):
    folder, marker = build_news(tmp_path), tmp_path / "ran"
    replace_pickle(only_file(folder, "*.toc"), [], segments)
    assert_rejected(tmp_path, folder, marker)


def test_a_segment_listed_twice_is_rejected(tmp_path: Path):
    folder, marker = build_news(tmp_path), tmp_path / "ran"
    path = only_file(folder, "*.toc")
    (segment,) = segments_in(path)
    replace_pickle(path, [], [segment, segment])
    assert_rejected(tmp_path, folder, marker)


def test_unknown_attributes_of_a_stored_segment_are_dropped(tmp_path: Path):
    folder = build_news(tmp_path)
    path = only_file(folder, "*.toc")
    (segment,) = segments_in(path)
    segment.make_filename = Codec()
    segment._codec = "not a codec"
    replace_pickle(path, [], [segment])
    update_manifest(folder)
    use_index(tmp_path)


def test_the_allowed_classes_are_codec_and_stored_segment():
    assert {
        (Codec.__module__, Codec.__qualname__),
        (StoredSegment.__module__, StoredSegment.__qualname__),
    } == ALLOWED_CLASSES


@pytest.mark.parametrize("value", [print, Path("x"), PickledCommand(Path("x")), Codec()])
def test_plain_unpickler_reads_plain_values_only(value: object):
    with pytest.raises(pickle.UnpicklingError):
        PlainUnpickler(io.BytesIO(pickle.dumps(value))).load()
    assert PlainUnpickler(io.BytesIO(pickle.dumps([1, "a", (b"b", 1.5, None)]))).load()
