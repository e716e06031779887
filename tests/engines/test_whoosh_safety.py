"""Nothing in an index can run code: every place where Whoosh unpickles is tried."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import pytest
from whoosh_support import Harm, built, one, seal

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


def use(index: Path) -> None:
    engine = open_engine(index)
    try:
        engine.find(Plan(Phrase((("dân",),))), filters={})
        for name in engine.ids():
            engine.document(name)
    finally:
        engine.close()


def refused(index: Path, folder: Path, marker: Path) -> None:
    with pytest.raises(IndexDamaged, match="tracuu rebuild"):
        use(index)
    assert check(index)
    seal(folder)
    with pytest.raises(IndexDamaged, match="tracuu rebuild"):
        use(index)
    assert not marker.exists()


def replace_pickle(path: Path, old: object, new: object) -> None:
    """Put another pickle where the pickle of `old` ends the file's own content."""
    whole = path.read_bytes()
    at = whole.rindex(pickle.dumps(old, -1)[:2])
    path.write_bytes(whole[:at] + pickle.dumps(new, -1))


def segments_in(path: Path) -> Any:
    whole = path.read_bytes()
    return SegmentUnpickler(io.BytesIO(whole[whole.rindex(b"\x80\x05") :])).load()


def test_a_command_in_the_list_of_segments(tmp_path: Path):
    folder, marker = built(tmp_path), tmp_path / "ran"
    replace_pickle(one(folder, "*.toc"), [], Harm(marker))
    refused(tmp_path, folder, marker)


def test_a_command_behind_the_true_list_of_segments(tmp_path: Path):
    folder, marker = built(tmp_path), tmp_path / "ran"
    path = one(folder, "*.toc")
    replace_pickle(path, [], [*segments_in(path), Harm(marker)])
    refused(tmp_path, folder, marker)


def test_the_schema_in_the_toc_is_not_even_read(tmp_path: Path):
    folder, marker = built(tmp_path), tmp_path / "ran"
    path = one(folder, "*.toc")
    whole = path.read_bytes()
    at = whole.index(b"\x80\x02")
    harm = pickle.dumps(Harm(marker), 2)
    path.write_bytes(whole[:at] + harm + whole[at + len(harm) :])
    assert path.name in check(tmp_path)[0]
    seal(folder)
    use(tmp_path)
    assert not marker.exists()


@pytest.mark.parametrize("part", PARTS)
def test_a_command_in_any_file_of_a_segment(tmp_path: Path, part: str):
    folder, marker = built(tmp_path), tmp_path / "ran"
    path = one(folder, f"*.{part}")
    size = path.stat().st_size
    harm = pickle.dumps(Harm(marker), 2)
    path.write_bytes((harm * (size // len(harm) + 1))[:size])
    refused(tmp_path, folder, marker)


def test_a_command_in_stored_fields(tmp_path: Path):
    folder, marker = built(tmp_path), tmp_path / "ran"
    path = one(folder, "*.docs")
    whole = path.read_bytes()
    at = path.read_bytes().index(ArrayFile(path)["records"].tobytes())
    for harm in (compress(pickle.dumps(Harm(marker), 2), b""), pickle.dumps(Harm(marker), 2)):
        path.write_bytes(whole[:at] + harm + whole[at + len(harm) :])
        refused(tmp_path, folder, marker)


def test_a_compound_file_is_not_opened(tmp_path: Path):
    folder, marker = built(tmp_path), tmp_path / "ran"
    path = one(folder, "*.toc")
    (segment,) = segments_in(path)
    segment.compound = True
    harm = pickle.dumps(Harm(marker))
    name = f"{segment.segment_id()}.seg"
    (folder / name).write_bytes((12).to_bytes(8, "big") + len(harm).to_bytes(4, "big") + harm)
    replace_pickle(path, [], [segment])
    refused(tmp_path, folder, marker)


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
def test_a_segment_of_ours_with_foreign_content(tmp_path: Path, change: dict[str, object]):
    folder, marker = built(tmp_path), tmp_path / "ran"
    path = one(folder, "*.toc")
    (segment,) = segments_in(path)
    segment.__dict__.update(change)
    replace_pickle(path, [], [segment])
    refused(tmp_path, folder, marker)


@pytest.mark.parametrize("segments", [[], [1], {}, None, [Codec()], "x"])
def test_no_segment_at_all(tmp_path: Path, segments: object):
    folder, marker = built(tmp_path), tmp_path / "ran"
    replace_pickle(one(folder, "*.toc"), [], segments)
    refused(tmp_path, folder, marker)


def test_one_segment_twice(tmp_path: Path):
    folder, marker = built(tmp_path), tmp_path / "ran"
    path = one(folder, "*.toc")
    (segment,) = segments_in(path)
    replace_pickle(path, [], [segment, segment])
    refused(tmp_path, folder, marker)


def test_attributes_that_were_smuggled_in_are_dropped(tmp_path: Path):
    folder = built(tmp_path)
    path = one(folder, "*.toc")
    (segment,) = segments_in(path)
    segment.make_filename = Codec()
    segment._codec = "not a codec"
    replace_pickle(path, [], [segment])
    seal(folder)
    use(tmp_path)


def test_the_allowed_classes_are_the_ones_we_know():
    assert {
        (Codec.__module__, Codec.__qualname__),
        (StoredSegment.__module__, StoredSegment.__qualname__),
    } == ALLOWED_CLASSES


@pytest.mark.parametrize("value", [print, Path("x"), Harm(Path("x")), Codec()])
def test_plain_values_only(value: object):
    with pytest.raises(pickle.UnpicklingError):
        PlainUnpickler(io.BytesIO(pickle.dumps(value))).load()
    assert PlainUnpickler(io.BytesIO(pickle.dumps([1, "a", (b"b", 1.5, None)]))).load()
