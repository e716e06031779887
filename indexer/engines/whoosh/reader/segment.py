"""An open segment: postings, document values and stored records, as arrays.

All arrays are indexed by document number or sorted by it, and everything is read-only. Only caches
change, which threads can share, so one segment serves many threads.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence, Set
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Protocol, TypeVar, cast

import numpy as np

from indexer.analysis.memo import Memo
from indexer.engines.base import DocumentTokens
from indexer.engines.bm25 import B, k1
from indexer.engines.damage import wrap_damage
from indexer.engines.proximity import TermPlaces
from indexer.engines.whoosh.postings.decoded import (
    DecodedPostings,
    Floats,
    Postings,
    decoded_postings,
)
from indexer.engines.whoosh.postings.elias_fano import Ints, Mask
from indexer.engines.whoosh.postings.positions import NO_OCCURRENCES, Occurrences, restrict_to
from indexer.engines.whoosh.postings.string_table import decode_term, encode_term
from indexer.engines.whoosh.reader.copy_lists import NO_COPIES
from indexer.engines.whoosh.reader.segment_files import SegmentFiles
from indexer.engines.whoosh.whoosh_adapter.codec import (
    StoredSegment,
    open_segment_reader,
)
from indexer.engines.whoosh.whoosh_adapter.safe_storage import MappedStorage
from indexer.models import Document

_CACHED_NUMBERS = 1 << 15
"""Greatest number of entries of the cache id → document number."""
_LONGEST_CACHED_ID = 256
"""Length in code points of the longest id in it: an address or a path may be the id."""
_ENTRY_BYTES = 1 << 10
"""Estimated memory of a cache entry beside its arrays, in bytes, so that entries of unknown terms
count too."""


class _Sized(Protocol):
    @property
    def nbytes(self) -> int: ...


T = TypeVar("T", bound=_Sized)


class Segment:
    """One segment of a generation, open for reading.

    Many threads may use it at once. The constructor and the methods raise IndexDamaged if a file is
    damaged, UnusableIndex if it cannot be read for another reason. Documents have the numbers 0 to
    `documents - 1`, deleted ones included. Postings include deleted documents; frequencies count
    live documents only. *Field* is the name of a field with terms in `schema.SCHEMA`.

    Attributes
    ----------
    stored : its entry in the list of segments.
    files : its files, of which the methods read.
    documents : number of documents, deleted ones included.
    deleted : `(n,)` int64, numbers of the deleted documents, ascending.
    lengths : `(documents,)` int64, lengths in syllables, those of the title counted TITLE_WEIGHT
        times.
    days : `(documents,)` int64, dates as `date.toordinal()`, 0 without a date.
    body_starts : `(documents,)` int64, the position within each document of the first syllable of
        the body.
    position_bases : `(documents,)` int64, the first global position of each document, ascending.
    cache_bytes : greatest amount of memory for its decoded postings, in bytes; one entry stays
        cached even if it is larger. Set by `segment_list.open_segments`.
    average_length : mean of the lengths of all live documents of the generation; set by
        `segment_list.open_segments` before anything is scored.
    copies : its documents that have copies; set by `WhooshEngine`.
    """

    def __init__(self, storage: MappedStorage, stored: StoredSegment) -> None:
        self.stored = stored
        with wrap_damage(f"segment {stored.segid} in {Path(storage.folder).name}"):
            self.reader, self._terms = open_segment_reader(storage, stored)
        self.files: SegmentFiles = self._terms.files
        self.documents: int = self.files.documents
        self.deleted: Ints = self.files.deleted
        self.lengths: Ints = self.files.lengths
        self.days: Ints = self.files.days
        self.body_starts, self.position_bases = self.files.body_starts, self.files.position_bases
        self.cache_bytes = 0
        self.average_length = 0.0
        self.copies = NO_COPIES
        self._cache: OrderedDict[tuple[str, str], _Sized] = OrderedDict()
        self._cached_bytes = 0
        self._lock = Lock()
        self._document_numbers = Memo(
            self.files.document_number, _CACHED_NUMBERS, _LONGEST_CACHED_ID
        )
        self.term_number = self.files.term_number
        """Syllable -> its term number, or -1 if it is unknown."""

    @cached_property
    def live_docs(self) -> Mask:
        """Mask `(documents,)` of the documents that are not deleted."""
        mask = np.ones(self.documents, np.bool_)
        mask[self.deleted] = False
        return mask

    @cached_property
    def k1(self) -> float:
        """The k1 of BM25 for `average_length`, 0.5 to 1.2 (`bm25.k1`)."""
        return k1(self.average_length)

    @cached_property
    def norms(self) -> Floats:
        """The BM25 norm of each document, `(documents,)` float64.

        It is k1 * (1 - B + B * length / average_length) (`indexer.engines.bm25`).
        """
        norms: Floats = self.k1 * (
            1 - B + B * self.lengths.astype(np.float64) / (self.average_length or 1.0)
        )
        return norms

    def id_of(self, number: int) -> str:
        """Return the id of the document with this number, deleted or not."""
        with wrap_damage("the ids"):
            document_id = self.files.ids[number]
            # The document of a hit is read next, by its id.
            self._document_numbers.store(document_id, number)
            return document_id

    def ids_of(self, numbers: Ints) -> list[str]:
        """Return the ids of the documents with `numbers (n,)` int64, in this order."""
        with wrap_damage("the ids"):
            return self.files.ids.get_many(numbers)

    def document_number(self, document_id: str) -> int:
        """Return the number of a live document, or -1 if no live document has this id."""
        with wrap_damage("the ids"):
            number = self._document_numbers[document_id]
            return number if number >= 0 and self.live_docs[number] else -1

    def live_ids(self) -> list[str]:
        """Return the ids of the live documents, ascending by code point."""
        with wrap_damage("the ids"):
            ids = self.files.ordered_ids()
            if not len(self.deleted):
                return ids
            deleted = {self.files.ids[number] for number in self.deleted.tolist()}
            return [name for name in ids if name not in deleted]

    @cached_property
    def ids(self) -> list[str]:
        """The ids of all documents, deleted ones included, by document number."""
        with wrap_damage("the ids"):
            return self.files.ids.all()

    @cached_property
    def id_ranks(self) -> Ints:
        """The rank of each document when all are sorted by id, `(documents,)` int64 from 0 on."""
        with wrap_damage("the ids"):
            return self.files.id_ranks()

    @cached_property
    def title_ranks(self) -> Ints:
        """The rank of each document when all are sorted by title, `(documents,)` int64 from 0 on;
        equal titles (`indexer.analysis.collation.title_key`) have the same rank."""
        with wrap_damage("the titles"):
            return self.files.title_ranks()

    def titles(self, numbers: Sequence[int]) -> list[str]:
        """Return the titles of the documents with these numbers, in this order."""
        with wrap_damage("the titles"):
            return self.files.titles(numbers)

    def record(self, number: int) -> dict[str, Any]:
        """Return the dict of the document with this number that `Document.from_record` accepts."""
        with wrap_damage(f"the record of document {number}"):
            found = self.files.record(number)
            if not isinstance(found, dict):
                raise ValueError("not a record")
            return found

    def document(self, number: int) -> Document:
        """Return the document with this number, deleted or not."""
        record = self.record(number)
        with wrap_damage(f"the record of document {number}"):
            return Document.from_record(record)

    def matched_tokens(self, numbers: Sequence[int], terms: Set[str]) -> list[DocumentTokens]:
        """Return the documents with these numbers, each with its syllables whose term is in
        `terms`.

        `numbers` are document numbers, the result has their order. The syllables are as in
        `DocumentTokens`.
        """
        with wrap_damage("the texts of documents"):
            wanted = {self.term_number(term): term for term in terms}
            wanted.pop(-1, None)
            texts = self.files.matched_tokens(numbers, wanted)
        found = []
        for number, (title, body) in zip(numbers, texts, strict=True):
            with wrap_damage(f"the record of document {number}"):
                record = {
                    **self.files.stored_fields(number),
                    "title": title.text,
                    "body": body.text,
                }
                found.append(
                    DocumentTokens(Document.from_record(record), title.tokens, body.tokens)
                )
        return found

    def term_places(self, numbers: Sequence[int], terms: Sequence[str]) -> TermPlaces:
        """Return where these terms occur in title and body of these documents.

        Text 2n is the title of the document with index n in `numbers`, text 2n + 1 its body.
        """
        with wrap_damage("the texts of documents"):
            return self.files.term_places(numbers, [*map(self.term_number, terms)])

    def frequency(self, field: str, term: str) -> int:
        """Return the number of live documents with a term of a field, 0 if the term is unknown."""
        with wrap_damage("the term dictionary"):
            return int(self.reader.doc_frequency(field, encode_term(term)))

    def terms(self, field: str) -> list[str]:
        """Return all terms of a field, ascending by code point, those without live documents
        included."""
        with wrap_damage("the term dictionary"):
            return [decode_term(raw) for raw in self.reader.lexicon(field)]

    def pair_frequency(self, first: str, second: str) -> int:
        """Return the number of live documents in which `second` stands directly after `first`."""
        with wrap_damage("the pairs"):
            numbers = self.term_number(first), self.term_number(second)
            return self.files.pair_frequency(*numbers) if min(numbers) >= 0 else 0

    def pair_frequencies(self, firsts: Sequence[str], seconds: Sequence[str]) -> Ints:
        """Return the pair frequency of each of `firsts` with each of `seconds`.

        `(len(firsts), len(seconds))` int64; 0 for unknown syllables.
        """
        with wrap_damage("the pairs"):
            numbers = np.array(list(map(self.term_number, seconds)), np.int64)
            found: Ints = np.zeros((len(firsts), len(seconds)), np.int64)
            for at, first in enumerate(map(self.term_number, firsts)):
                if first >= 0:
                    found[at] = self.files.pair_frequencies(first, numbers)
            return found

    def decoded_postings(self, field: str, term: str) -> DecodedPostings:
        """Return the postings of a term of a field in the layout that scoring uses, cached.

        Deleted documents are included. Empty for an unknown term. A pair is two terms with a space
        between them.
        """

        def read() -> DecodedPostings:
            return decoded_postings(self.read_postings(field, term), self.documents)

        return self._get_cached((field, term), read)

    def global_positions(self, term: str, documents: Ints | None = None) -> Ints:
        """Return the global positions of a syllable in some documents, `(n,)` int64 ascending.

        `documents (k,)` int64 are document numbers, ascending; None stands for all, deleted ones
        included. Empty for an unknown term.
        """
        found = self._occurrences(term)
        with wrap_damage(f"the positions of {term!r}"):
            owners, positions = self.files.positions(
                found if documents is None else restrict_to(found, documents)
            )
            global_positions: Ints = self.position_bases[owners] + positions
            return global_positions

    def _occurrences(self, term: str) -> Occurrences:
        """Return the documents of a syllable, deleted ones included, with where the positions of
        each are stored; cached. NO_OCCURRENCES if no document has it. Raises IndexDamaged."""

        def read() -> Occurrences:
            with wrap_damage(f"the documents of {term!r}"):
                number = self.term_number(term)
                return self.files.occurrences(number) if number >= 0 else NO_OCCURRENCES

        return self._get_cached(("positions", term), read)

    def read_postings(self, field: str, term: str) -> Postings:
        """Return all postings of a term of a field, those of deleted documents included; not
        cached.

        NO_POSTINGS if the term is unknown.
        """
        with wrap_damage(f"the postings of {term!r}"):
            return self._terms.postings(field, term)

    def _get_cached(self, key: tuple[str, str], read: Callable[[], T]) -> T:
        """Return the cached value of `key`; if there is none, call `read` and cache its result.

        `key` is (field or "positions", term). The least recently used entries are dropped when the
        cache exceeds `cache_bytes`. Two threads may call `read` for the same key at once.
        """
        with self._lock:
            found = self._cache.get(key)
            if found is not None:
                self._cache.move_to_end(key)
                return cast(T, found)
        fresh = read()
        with self._lock:
            if key not in self._cache:
                self._cache[key] = fresh
                self._cached_bytes += fresh.nbytes + _ENTRY_BYTES
            while self._cached_bytes > self.cache_bytes and len(self._cache) > 1:
                self._cached_bytes -= self._cache.popitem(last=False)[1].nbytes + _ENTRY_BYTES
        return fresh

    def close(self) -> None:
        """Release the files. No thread may use the segment afterwards."""
        del self._document_numbers, self.term_number  # their caches refer to the files
        self.reader.close()
