"""Write and read the list of segments of a generation (Whoosh's TOC); open all its segments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from whoosh.index import TOC

from indexer.engines.damage import wrap_damage
from indexer.engines.whoosh.postings.array_file import ArrayFile
from indexer.engines.whoosh.reader.segment import Segment
from indexer.engines.whoosh.whoosh_adapter.codec import Codec, StoredSegment
from indexer.engines.whoosh.whoosh_adapter.safe_storage import MappedStorage
from indexer.engines.whoosh.whoosh_adapter.schema import INDEX_NAME, SCHEMA
from indexer.runtime.settings import cache_sizes


def write_segment_list(folder: Path, segments: Sequence[StoredSegment]) -> None:
    """Write the list of segments into `folder`, the folder of a generation.

    Its only reader is `open_segments`. Raises OSError if it cannot be written.
    """
    TOC(SCHEMA, list(segments), 1).write(MappedStorage(str(folder)), INDEX_NAME)


def open_segments(
    folder: Path, open_arrays: Callable[[Path], ArrayFile] = ArrayFile
) -> tuple[Segment, ...]:
    """Open all segments of the generation in `folder`, at least one, in the order listed.

    `open_arrays` opens their files. The memory for decoded postings (`settings.cache_sizes`) is
    shared among them by their numbers of documents. Raises IndexDamaged if the list of segments or
    a file of a segment is missing or damaged, UnusableIndex if one cannot be read for another
    reason, SettingError if the setting of that memory is no number; no file stays open then.
    """
    cached = cache_sizes().postings
    storage = MappedStorage(str(folder), readonly=True, open_arrays=open_arrays)
    with wrap_damage(f"the list of segments in {folder.name}"):
        listed = TOC.read(storage, INDEX_NAME, schema=SCHEMA).segments
        stored = [_validated(found) for found in listed]
        if not stored or len({one.segid for one in stored}) < len(stored):
            raise ValueError("no list of segments")
    opened: list[Segment] = []
    try:
        for one in stored:
            opened.append(Segment(storage, one))
    except BaseException:
        close_segments(opened)
        raise
    documents = sum(segment.documents - len(segment.deleted) for segment in opened)
    length = sum(int(segment.lengths[segment.live_docs].sum()) for segment in opened)
    every = sum(segment.documents for segment in opened)
    for segment in opened:
        segment.average_length = length / documents if documents else 0.0
        segment.cache_bytes = cached * segment.documents // max(every, 1)
    return tuple(opened)


def close_segments(segments: Sequence[Segment]) -> None:
    """Close these segments, which no thread may use afterwards."""
    for segment in segments:
        segment.close()


def _validated(found: Any) -> StoredSegment:
    """Return a new StoredSegment with the values of an entry of the list read from disk.

    Raises ValueError if `write_segment_list` cannot have written the entry, or another error if it
    lacks an attribute. The entry itself is not used, because an instance of an allowed class can
    carry any attributes, and Whoosh would use them.
    """
    name, documents, deleted = found.segid, found._doccount, found._deleted_count
    plain = (
        type(found) is StoredSegment
        and found.indexname == INDEX_NAME
        and isinstance(name, str)
        and name.isascii()
        and name.isdecimal()
        and type(documents) is int
        and type(deleted) is int
        and 0 <= deleted <= documents
        and found.compound is False
    )
    if not plain:
        raise ValueError("not a segment of ours")
    return StoredSegment(Codec(), INDEX_NAME, documents, name, deleted)
