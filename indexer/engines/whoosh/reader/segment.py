"""One open segment: postings, columns and records, as arrays.

All arrays are indexed by document number or sorted by it. Everything is read-only; the only
state is caches that are safe to share, so one segment serves many threads.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence, Set
from functools import cached_property
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Protocol, TypeVar, cast

import numpy as np
from whoosh.reading import SegmentReader

from indexer.analysis.memo import memoize_lru
from indexer.engines.base import DocumentTokens
from indexer.engines.bm25 import K1, B
from indexer.engines.whoosh.postings.decoded import Column, Floats, column
from indexer.engines.whoosh.postings.elias_fano import Ints, Mask
from indexer.engines.whoosh.postings.positions import NOWHERE, Occurrences, among
from indexer.engines.whoosh.reader.segment_files import Postings, SegmentFiles
from indexer.engines.whoosh.whoosh_adapter.codec import StoredSegment
from indexer.engines.whoosh.whoosh_adapter.safe_storage import MappedStorage
from indexer.engines.whoosh.whoosh_adapter.schema import SCHEMA, decode_term, encode_term
from indexer.errors import IndexDamaged, UnusableIndex
from indexer.models import Document

REBUILD = "Run `tracuu rebuild` to build it again."
CACHE_BYTES = 64 << 20
"""How much of decoded postings one open segment keeps."""
_NUMBERS = 1 << 15
_ENTRY_BYTES = 1 << 10
"""What an entry of the cache costs beside its arrays, so that unknown terms count too."""


class _Sized(Protocol):
    @property
    def nbytes(self) -> int: ...


T = TypeVar("T", bound=_Sized)


class damage:  # noqa: N801  (reads as a statement)
    """Turn what Whoosh and NumPy raise over damaged files into IndexDamaged."""

    # No generator: it is entered dozens of times for each search.
    __slots__ = ("_what",)

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        # Any byte may be wrong, so any error may come: pickle, struct, Unicode, index, memory, …
        if isinstance(error, Exception) and not isinstance(error, UnusableIndex):
            message = f"The index is damaged ({self._what}: {error})."
            raise IndexDamaged(message, REBUILD) from error


class Segment:
    """One segment of a generation, open for reading. Raises IndexDamaged.

    Postings have the dead documents too; frequencies count the living ones. `average_length` is
    that of all living documents of the generation, which `segments.open_segments` knows.
    """

    def __init__(self, storage: MappedStorage, stored: StoredSegment) -> None:
        self.stored = stored
        with damage(f"segment {stored.segid} in {Path(storage.folder).name}"):
            self.reader = SegmentReader(storage, SCHEMA, stored)
        self.files: SegmentFiles = self.reader._terms.files
        self.documents: int = self.files.documents
        self.dead: Ints = self.files.dead
        self.lengths, self.days = self.files.lengths, self.files.days
        self.body_starts, self.begins = self.files.body_starts, self.files.begins
        self.average_length = 0.0
        self._cache: OrderedDict[tuple[str, str], _Sized] = OrderedDict()
        self._cached = 0
        self._lock = Lock()
        self._number_of = memoize_lru(self.files.number_of, _NUMBERS)
        self.number = memoize_lru(self.files.terms.find, _NUMBERS)
        """The number of a syllable; -1 where there is none."""

    @cached_property
    def living(self) -> Mask:
        """Which documents live, by document number."""
        mask = np.ones(self.documents, np.bool_)
        mask[self.dead] = False
        return mask

    @cached_property
    def norms(self) -> Floats:
        """What the length of each document takes from its gains: the formula of
        `indexer.engines.bm25`."""
        norms: Floats = K1 * (1 - B + B * self.lengths / (self.average_length or 1.0))
        return norms

    def id_of(self, number: int) -> str:
        """The id of one document."""
        with damage("the ids"):
            return self.files.ids[number]

    def find(self, document_id: str) -> int:
        """The number of a living document; -1 where there is none of this id."""
        with damage("the ids"):
            number = self._number_of(document_id)
            return number if number >= 0 and self.living[number] else -1

    def living_ids(self) -> list[str]:
        """The ids of the living documents, ascending."""
        with damage("the ids"):
            ids = self.files.ordered_ids()
            if not len(self.dead):
                return ids
            dead = {self.files.ids[number] for number in self.dead.tolist()}
            return [name for name in ids if name not in dead]

    @cached_property
    def ids(self) -> list[str]:
        """The id of each document."""
        with damage("the ids"):
            return self.files.ids.all()

    @cached_property
    def ranks(self) -> Ints:
        """Document number -> place of its id in ascending order."""
        with damage("the ids"):
            return self.files.ranks()

    def record(self, number: int) -> dict[str, Any]:
        """The stored record of a document. Raises IndexDamaged."""
        with damage(f"the record of document {number}"):
            found = self.files.record(number)
            if not isinstance(found, dict):
                raise ValueError("not a record")
            return found

    def document(self, number: int) -> Document:
        """A stored document. Raises IndexDamaged."""
        record = self.record(number)
        with damage(f"the record of document {number}"):
            return Document.from_record(record)

    def matched_tokens(self, numbers: Sequence[int], terms: Set[str]) -> list[DocumentTokens]:
        """Documents with those of their syllables that have one of the terms."""
        with damage("the texts of documents"):
            texts = self.files.matched_tokens(numbers, terms)
        found = []
        for number, (title, body) in zip(numbers, texts, strict=True):
            with damage(f"the record of document {number}"):
                record = {**self.files.fields(number), "title": title.text, "body": body.text}
                found.append(DocumentTokens(Document.from_record(record), title.marks, body.marks))
        return found

    def frequency(self, field: str, term: str) -> int:
        """In how many living documents a term occurs."""
        with damage("the term dictionary"):
            return int(self.reader.doc_frequency(field, encode_term(term)))

    def terms(self, field: str) -> list[str]:
        """All terms of a field, ascending by code point."""
        with damage("the term dictionary"):
            return [decode_term(raw) for raw in self.reader.lexicon(field)]

    def pair_frequency(self, first: str, second: str) -> int:
        """In how many living documents two syllables stand side by side."""
        with damage("the pairs"):
            numbers = self.number(first), self.number(second)
            return self.files.pair_frequency(*numbers) if min(numbers) >= 0 else 0

    def pair_frequencies(self, firsts: Sequence[str], seconds: Sequence[str]) -> Ints:
        """The same of each of `firsts` (rows) with each of `seconds`."""
        with damage("the pairs"):
            numbers = np.array(list(map(self.number, seconds)), np.int64)
            found: Ints = np.zeros((len(firsts), len(seconds)), np.int64)
            for at, first in enumerate(map(self.number, firsts)):
                if first >= 0:
                    found[at] = self.files.pair_frequencies(first, numbers)
            return found

    def column(self, field: str, term: str) -> Column:
        """The postings of a term as they count, from the cache where they are there."""

        def read() -> Column:
            return column(self.read_postings(field, term), self.documents)

        return self._cached_as((field, term), read)

    def places(self, term: str, documents: Ints | None = None) -> Ints:
        """The places of a syllable in these documents (ascending), or in all; ascending."""
        found = self._occurrences(term)
        with damage(f"the positions of {term!r}"):
            owners, positions = self.files.positions(
                found if documents is None else among(found, documents)
            )
            places: Ints = self.begins[owners] + positions
            return places

    def _occurrences(self, term: str) -> Occurrences:
        """Where to read the positions of a syllable, from the cache where it is there."""

        def read() -> Occurrences:
            with damage(f"the documents of {term!r}"):
                number = self.number(term)
                return self.files.occurrences(number) if number >= 0 else NOWHERE

        return self._cached_as(("positions", term), read)

    def read_postings(self, field: str, term: str) -> Postings:
        """All postings of a term; NO_POSTINGS where there are none. Raises IndexDamaged."""
        with damage(f"the postings of {term!r}"):
            found: Postings = self.reader._terms.postings(field, term)
            return found

    def _cached_as(self, key: tuple[str, str], read: Callable[[], T]) -> T:
        with self._lock:
            found = self._cache.get(key)
            if found is not None:
                self._cache.move_to_end(key)
                return cast(T, found)
        fresh = read()
        with self._lock:
            if key not in self._cache:
                self._cache[key] = fresh
                self._cached += fresh.nbytes + _ENTRY_BYTES
            while self._cached > CACHE_BYTES and len(self._cache) > 1:
                self._cached -= self._cache.popitem(last=False)[1].nbytes + _ENTRY_BYTES
        return fresh

    def close(self) -> None:
        """Let go of the files."""
        del self._number_of, self.number  # their caches point back at the files
        self.reader.close()
