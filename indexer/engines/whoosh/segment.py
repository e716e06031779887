"""One open segment: postings, columns and records, as arrays.

All arrays are indexed by document number or sorted by it. Everything is read-only; the only
state is a cache behind a lock, so one segment serves many threads.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from whoosh.index import TOC
from whoosh.reading import SegmentReader, TermNotFound

from indexer.engines.whoosh.blocks import Block, Ints
from indexer.engines.whoosh.codec import Codec, StoredSegment
from indexer.engines.whoosh.schema import SCHEMA, decode_term, encode_term
from indexer.engines.whoosh.storage import MappedStorage
from indexer.engines.whoosh.writer import INDEX_NAME
from indexer.errors import IndexDamaged

REBUILD = "Run `tracuu rebuild` to build it again."
CACHE_BYTES = 96 << 20
"""How much of decoded postings one open segment keeps."""
_ENTRY_BYTES = 1 << 10
"""What an entry of the cache costs beside its arrays, so that unknown terms count too."""

DOCUMENT_SHIFT = 32
"""A place is `document << DOCUMENT_SHIFT | position`: sorted places are sorted by document, and
places of different documents are further apart than any slop."""


@dataclass(frozen=True, slots=True)
class Postings:
    """The documents of a term, ascending, with weights; `places` where the field has positions."""

    ids: Ints
    weights: Ints
    places: Ints

    @property
    def nbytes(self) -> int:
        """Memory held."""
        return self.ids.nbytes + self.weights.nbytes + self.places.nbytes


_NONE = np.zeros(0, np.int64)
NO_POSTINGS = Postings(_NONE, _NONE, _NONE)


@contextmanager
def damage(what: str) -> Iterator[None]:
    """Turn what Whoosh and NumPy raise over damaged files into IndexDamaged."""
    try:
        yield
    except IndexDamaged:
        raise
    except Exception as error:
        # Any byte may be wrong, so any error may come: pickle, struct, Unicode, index, memory, …
        raise IndexDamaged(f"The index is damaged ({what}: {error}).", REBUILD) from error


class Segment:
    """The segment in `folder`, open for reading. Raises IndexDamaged."""

    def __init__(self, folder: Path) -> None:
        storage = MappedStorage(str(folder), readonly=True)
        with damage(f"the list of segments in {folder.name}"):
            toc = TOC.read(storage, INDEX_NAME, schema=SCHEMA)
            stored = _checked(toc.segments)
        with damage(f"the segment in {folder.name}"):
            self.reader = SegmentReader(storage, SCHEMA, stored, generation=toc.generation)
        try:
            self._open_columns()
        except BaseException:
            self.reader.close()
            raise
        self._cache: OrderedDict[tuple[str, str], Postings] = OrderedDict()
        self._cached = 0
        self._lock = Lock()

    def _open_columns(self) -> None:
        # All files are opened now: this generation may be unlinked while it is being searched.
        self.documents: int = self.reader.doc_count_all()
        self.lengths = self.body_starts = self.days = np.zeros(0, np.int64)
        self.ids: list[str] = []
        self.average_length = 0.0
        if not self.documents:
            # Whoosh writes no columns then.
            return
        with damage("the columns"):
            column = self.reader.column_reader
            self.lengths, self.body_starts, self.days = (
                column(name, translate=False).array() for name in ("length", "body_start", "day")
            )
            self.ids = [decode_term(raw) for raw in column("id", translate=False)]
            self.reader.stored_fields(0)
        self.average_length = float(self.lengths.mean())

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Document id -> document number."""
        return {name: number for number, name in enumerate(self.ids)}

    @cached_property
    def ranks(self) -> Ints:
        """Document number -> place of its id in ascending order."""
        ranks = np.empty(self.documents, np.int64)
        ranks[sorted(range(self.documents), key=self.ids.__getitem__)] = np.arange(self.documents)
        return ranks

    def record(self, number: int) -> dict[str, Any]:
        """The stored record of a document. Raises IndexDamaged."""
        with damage(f"the record of {self.ids[number]!r}"):
            found: dict[str, Any] = self.reader.stored_fields(number)["record"]
            return found

    def frequency(self, field: str, term: str) -> int:
        """In how many documents a term occurs."""
        with damage("the term dictionary"):
            return int(self.reader.doc_frequency(field, encode_term(term)))

    def terms(self, field: str) -> list[str]:
        """All terms of a field, ascending by code point."""
        with damage("the term dictionary"):
            return [decode_term(raw) for raw in self.reader.lexicon(field)]

    def postings(self, field: str, term: str) -> Postings:
        """`read_postings`, from the cache where they are there."""
        key = (field, term)
        with self._lock:
            found = self._cache.get(key)
            if found is not None:
                self._cache.move_to_end(key)
                return found
        found = self.read_postings(field, term)
        with self._lock:
            if key not in self._cache:
                self._cache[key] = found
                self._cached += found.nbytes + _ENTRY_BYTES
            while self._cached > CACHE_BYTES and len(self._cache) > 1:
                self._cached -= self._cache.popitem(last=False)[1].nbytes + _ENTRY_BYTES
        return found

    def read_postings(self, field: str, term: str) -> Postings:
        """All postings of a term, decoded; NO_POSTINGS where there are none.

        The only place that reads postings. Raises IndexDamaged.
        """
        with damage(f"the postings of {term!r}"):
            try:
                blocks = self.reader.postings(field, encode_term(term)).blocks()
            except TermNotFound:
                return NO_POSTINGS
            joined = Block(*map(np.concatenate, zip(*blocks, strict=True)))
            if joined.ids[-1] >= self.documents:
                raise ValueError("a document number out of range")
            places = _NONE
            if joined.counts.size:
                places = np.repeat(joined.ids << DOCUMENT_SHIFT, joined.counts) | joined.positions
            return Postings(joined.ids, joined.weights, places)

    def close(self) -> None:
        """Let go of the files."""
        self.reader.close()


def _checked(segments: Any) -> StoredSegment:
    """A fresh segment with what the one from disk says, if that can be what we wrote.

    The classes allowed in the TOC can still carry any attribute, which Whoosh would believe.
    """
    (found,) = segments
    name, lengths, documents = found.segid, found._fieldlengths, found._doccount
    plain = (
        type(found) is StoredSegment
        and found.indexname == INDEX_NAME
        and isinstance(name, str)
        and name.isalnum()
        and isinstance(documents, int)
        and documents >= 0
        and found._deleted is None
        and found.compound is False
        and type(lengths) is dict
        and all(isinstance(k, str) and isinstance(v, int) for k, v in lengths.items())
    )
    if not plain:
        raise ValueError("not a segment of ours")
    segment = StoredSegment(Codec(), INDEX_NAME, doccount=documents, segid=name)
    segment._fieldlengths = dict(lengths)
    return segment
