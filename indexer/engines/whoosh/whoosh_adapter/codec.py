"""How stock Whoosh reads a segment of ours: its codec interfaces over `files`.

Segments are written by `merge`, many postings at a time; what would write them one by one is not
there. Stock queries, matchers and scorers run over what is here.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.matching import ListMatcher
from whoosh.reading import SegmentReader, TermInfo, TermNotFound

from indexer.engines.whoosh.reader.segment_files import NO_POSTINGS, Postings, SegmentFiles
from indexer.engines.whoosh.terms.string_table import StringTable
from indexer.engines.whoosh.whoosh_adapter.schema import (
    FACET_FIELDS,
    SCHEMA,
    decode_term,
    encode_term,
)
from indexer.engines.whoosh.writer.runs import facet_key

FIELDS = ("id", "pairs", "text", "words", *FACET_FIELDS)

Term = tuple[str, bytes]


class TermsReader(base.TermsReader):  # type: ignore[misc]
    """The terms of all fields."""

    def __init__(self, files: SegmentFiles) -> None:
        self.files = files

    def postings(self, field: str, term: str) -> Postings:
        """All postings of a term, as arrays; NO_POSTINGS where there are none."""
        files = self.files
        if field == "text":
            number = files.terms.find(term)
            return files.syllable_postings(number) if number >= 0 else NO_POSTINGS
        if field == "words":
            number = files.words.find(term)
            return files.word_postings(number) if number >= 0 else NO_POSTINGS
        if field == "pairs":
            first, second = self._pair_numbers(term)
            return files.pair_postings(first, second) if min(first, second) >= 0 else NO_POSTINGS
        if field == "id":
            number = files.document_number(term)
            one = np.array([number], np.int64)
            return Postings(one, np.ones_like(one)) if number >= 0 else NO_POSTINGS
        number = files.values.find(facet_key(FACET_FIELDS[field], term))
        return files.facet_value_postings(number) if number >= 0 else NO_POSTINGS

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """In how many living documents a term occurs; 0 for an unknown one."""
        files, term = self.files, decode_term(text)
        if fieldname == "pairs":
            first, second = self._pair_numbers(term)
            return files.pair_frequency(first, second) if min(first, second) >= 0 else 0
        if fieldname == "id":
            number = files.document_number(term)
            return int(number >= 0 and number not in files.deleted)
        if fieldname == "text":
            number, counts = files.terms.find(term), files.live_frequencies.syllables
        elif fieldname == "words":
            number, counts = files.words.find(term), files.live_frequencies.words
        else:
            number = files.values.find(facet_key(FACET_FIELDS[fieldname], term))
            counts = files.live_frequencies.values
        return int(counts[number]) if number >= 0 else 0

    def _pair_numbers(self, term: str) -> tuple[int, int]:
        first, _, second = term.partition(" ")
        return self.files.terms.find(first), self.files.terms.find(second)

    def terms_in_field(self, field: str, prefix: bytes = b"") -> Iterator[bytes]:
        """The terms of a field from `prefix` on, ascending."""
        files = self.files
        if field in ("text", "words"):
            yield from _raw_terms_from(files.terms if field == "text" else files.words, prefix)
        elif field == "id":
            yield from (raw for raw in map(encode_term, files.ordered_ids()) if raw >= prefix)
        elif field == "pairs":
            for first in range(len(files.terms)):
                raw = files.terms.raw(first)
                for second in files.pair_row(first).seconds.tolist():
                    pair = raw + b" " + files.terms.raw(second)
                    if pair >= prefix:
                        yield pair
        else:
            key = facet_key(FACET_FIELDS[field], "")
            first, last = files.values.prefix_range(key)
            cut = len(encode_term(key))
            raws = (files.values.raw(number)[cut:] for number in range(first, last))
            yield from (raw for raw in raws if raw >= prefix)

    def __contains__(self, term: Term) -> bool:
        return self.doc_frequency(*term) > 0

    def terms(self) -> Iterator[Term]:
        """All terms."""
        return ((field, raw) for field in sorted(FIELDS) for raw in self.terms_in_field(field))

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[Term]:
        """The terms from `prefix` in a field on."""
        for field in sorted(FIELDS):
            if field >= fieldname:
                start = prefix if field == fieldname else b""
                yield from ((field, raw) for raw in self.terms_in_field(field, start))

    def items(self) -> Iterator[tuple[Term, TermInfo]]:
        """All terms with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[Term, TermInfo]]:
        """The terms from `prefix` in a field on, with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Statistics of a term. Raises TermNotFound, or ValueError on damage."""
        found = self._existing_postings(fieldname, text)
        return TermInfo(
            weight=int(found.weights.sum()),
            df=len(found.ids),
            minlength=0,
            maxlength=1 << 30,
            maxweight=int(found.weights.max()),
            minid=int(found.ids[0]),
            maxid=int(found.ids[-1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> int:
        """The weights of a term together."""
        return int(self.postings(fieldname, decode_term(text)).weights.sum())

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> Any:
        """Whoosh's matcher over all postings of a term. Raises TermNotFound."""
        found = self._existing_postings(fieldname, text)
        values = [b""] * len(found.ids)
        if fieldname == "text":
            occurrences = self.files.occurrences(self.files.terms.find(decode_term(text)))
            positions = self.files.positions(occurrences)[1].tolist()
            at = [0, *np.cumsum(occurrences.counts).tolist()]
            values = [array("I", positions[a:b]).tobytes() for a, b in pairwise(at)]
        return ListMatcher(
            found.ids.tolist(),
            found.weights.astype(float).tolist(),
            values=values,
            format=format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )

    def _existing_postings(self, field: str, text: bytes) -> Postings:
        found = self.postings(field, decode_term(text))
        if not found.ids.size:
            raise TermNotFound(f"No term {field}:{text!r}")
        return found

    def indexed_field_names(self) -> tuple[str, ...]:
        """The fields that hold terms."""
        return FIELDS

    def cursor(self, fieldname: str, fieldobj: Any) -> Any:
        """Whoosh walks the dictionary so for fuzzy terms, which we expand ourselves."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the files."""
        self.files.close()


def _raw_terms_from(strings: StringTable, prefix: bytes) -> Iterator[bytes]:
    return map(strings.raw, range(strings.lower_bound(prefix), len(strings)))


class PerDocReader(base.PerDocumentReader):  # type: ignore[misc]
    """Numbers of documents, lengths, stored fields."""

    def __init__(self, files: SegmentFiles) -> None:
        self.files = files
        self._deleted = frozenset(files.deleted.tolist())

    def doc_count(self) -> int:
        """The living documents."""
        return self.files.documents - len(self._deleted)

    def doc_count_all(self) -> int:
        """All documents, dead ones too."""
        return self.files.documents

    def has_deletions(self) -> bool:
        """Is any document dead?"""
        return bool(self._deleted)

    def is_deleted(self, docnum: int) -> bool:
        """Is this one?"""
        return docnum in self._deleted

    def deleted_docs(self) -> frozenset[int]:
        """The dead."""
        return self._deleted

    def all_doc_ids(self) -> Iterator[int]:
        """The numbers of the living documents."""
        return (number for number in range(self.files.documents) if number not in self._deleted)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """The length of a document, exactly."""
        return int(self.files.lengths[docnum]) if fieldname == "text" else default

    def field_length(self, fieldname: str) -> int:
        """The lengths of all documents together."""
        return int(self.files.lengths.sum()) if fieldname == "text" else 0

    def min_field_length(self, fieldname: str) -> int:
        """The shortest length."""
        return int(self.files.lengths.min(initial=1 << 30)) if fieldname == "text" else 0

    def max_field_length(self, fieldname: str) -> int:
        """The longest length."""
        return int(self.files.lengths.max(initial=0)) if fieldname == "text" else 0

    def has_column(self, fieldname: str) -> bool:
        """Whoosh is given no columns: what sorts and counts reads the arrays."""
        return False

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """The stored fields of a document. Raises ValueError or zlib.error on damage."""
        return {"id": self.files.ids[docnum], "record": self.files.record(docnum)}

    def close(self) -> None:
        """Nothing of its own."""


class StoredSegment(base.Segment):  # type: ignore[misc]
    """What the list of segments says of one: its name, and how many documents it has, and of these
    are dead. Names are whole numbers; the later segment has the larger one."""

    def __init__(
        self, codec: Codec, indexname: str, doccount: int = 0, segid: str = "", deleted: int = 0
    ) -> None:
        super().__init__(indexname)
        self._codec = codec
        self._doccount = doccount
        self._deleted_count = deleted
        if segid:
            self.segid = segid

    def codec(self) -> Codec:
        """How it is read."""
        return self._codec

    def doc_count_all(self) -> int:
        """All documents, dead ones too."""
        return self._doccount

    def deleted_count(self) -> int:
        """The dead ones; which ones is in the segment's files."""
        return self._deleted_count

    def should_assemble(self) -> bool:
        """Never one compound file: its directory is a pickle."""
        return False


class Codec(base.Codec):  # type: ignore[misc]
    """The layout of our segments."""

    def __init__(self) -> None:
        self._opened: dict[str, SegmentFiles] = {}

    def terms_reader(self, storage: Any, segment: StoredSegment) -> TermsReader:
        """The terms of a segment."""
        folder = Path(storage.folder)
        files = SegmentFiles(
            lambda part: folder / segment.make_filename(f".{part}"), segment.deleted_count()
        )
        # Whoosh's reader asks for the documents next; they are in the same files.
        self._opened[segment.segid] = files
        return TermsReader(files)

    def per_document_reader(self, storage: Any, segment: StoredSegment) -> PerDocReader:
        """The documents of a segment whose terms are open."""
        return PerDocReader(self._opened.pop(segment.segid))

    def new_segment(self, storage: Any, indexname: str) -> StoredSegment:
        """An empty segment."""
        return StoredSegment(self, indexname)

    def per_document_writer(self, storage: Any, segment: Any) -> Any:
        """`writer` writes segments as a whole."""
        raise NotImplementedError

    def field_writer(self, storage: Any, segment: Any) -> Any:
        """`writer` writes segments as a whole."""
        raise NotImplementedError

    def postings_reader(self, *_: Any, **__: Any) -> Any:
        """`TermsReader.matcher` reads postings."""
        raise NotImplementedError


def open_segment_reader(storage: Any, segment: StoredSegment) -> tuple[Any, TermsReader]:
    """Open Whoosh's reader over a segment; return it with the TermsReader that it uses."""
    reader = SegmentReader(storage, SCHEMA, segment)
    return reader, reader._terms
