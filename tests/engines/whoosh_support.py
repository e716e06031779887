"""Small corpora, and helpers for the tests of the Whoosh engine that open and damage an index."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from hypothesis import strategies as st

from indexer.engines.whoosh import build, check, current, open_engine
from indexer.engines.whoosh.generations import manifest
from indexer.engines.whoosh.reader.segment import Segment
from indexer.engines.whoosh.whoosh_adapter.segment_list import open_segments, write_segment_list
from indexer.engines.whoosh.writer.segment_builder import SegmentBuilder
from indexer.models import Document

VOCABULARY = ("dân", "vận", "văn", "công", "tác", "xã")

texts = st.lists(st.sampled_from((*VOCABULARY, ".")), max_size=12).map(" ".join)
"""Few syllables, so that they often occur together; a full stop ends a sentence."""


@st.composite
def corpora(draw: st.DrawFn, max_size: int = 8) -> list[Document]:
    """Draw documents with short titles and bodies."""
    pairs = draw(st.lists(st.tuples(texts, texts), min_size=1, max_size=max_size))
    names = draw(st.permutations([f"d{number}" for number in range(len(pairs))]))
    return [
        Document(id=name, title=title, body=body)
        for name, (title, body) in zip(names, pairs, strict=True)
    ]


def news(count: int) -> Iterator[Document]:
    """Yield `count` documents with values in every field that the index stores."""
    for number in range(count):
        yield Document(
            id=f"{number:04d}",
            title=f"Công tác dân vận số {number}",
            body=f"Huyện ủy họp. Hội quán thứ {number % 7} bàn về văn hóa xã hội.",
            published=date(2018 + number % 5, 1, 1 + number % 28) if number % 6 else None,
            report_type=("tổng kết", "sơ kết", None)[number % 3],
            persons=(f"Nguyễn Văn {'ABC'[number % 3]}",),
        )


@contextmanager
def open_segment(folder: Path, documents: Iterable[Document]) -> Iterator[Segment]:
    """Build a segment of these documents without a generation around it, and open it."""
    folder.mkdir()
    builder = SegmentBuilder(folder)
    for document in documents:
        builder.add(document)
    write_segment_list(folder, [builder.commit()])
    (segment,) = open_segments(folder)
    try:
        yield segment
    finally:
        segment.close()


def build_news(index: Path, count: int = 12) -> Path:
    """Build an index of `count` documents of `news`; return the folder of its generation."""
    build(index, news(count))
    return index / current(index)


def verified_content(index: Path) -> tuple[str, ...]:
    """Verify every byte of an index; return the ids and titles of its documents."""
    assert check(index) == []
    engine = open_engine(index)
    try:
        return tuple(f"{name} {engine.document(name).title}" for name in engine.ids())
    finally:
        engine.close()


def only_file(folder: Path, pattern: str) -> Path:
    """Return the single file in a folder that matches the pattern."""
    (found,) = folder.glob(pattern)
    return found


def update_manifest(folder: Path) -> None:
    """Write a manifest with the checksums of the files as they are now, as an attacker would."""
    listed = manifest.read(folder)
    (folder / manifest.NAME).unlink()
    manifest.write(folder, manifest.make(folder, listed.documents, listed.built_at, {}))


def flip_bytes(folder: Path, index: Path) -> None:
    """Change a byte in each file of a generation, one file at a time, and assert that `check` names
    the file."""
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        for at in {0, len(whole) // 2, len(whole) - 1} if whole else ():
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x15]) + whole[at + 1 :])
            problems = check(index)
            assert problems, (path.name, at)
            if path.name != manifest.NAME:
                assert path.name in problems[0]
        path.write_bytes(whole)
    assert check(index) == []


class PickledCommand:
    """An object that, when it is unpickled, runs a shell command that creates the file `marker`."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch '{self.marker}'",)
