"""A segment as stock Whoosh reads it: Whoosh's codec interfaces over `reader.segment_files`.

`writer.run_merge` writes segments, many postings at a time; Whoosh's interfaces for writing them
one by one are not implemented. Whoosh's own queries, matchers and scorers run over the classes of
this module.
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

from indexer.engines.whoosh.postings.array_file import ArrayFile
from indexer.engines.whoosh.postings.decoded import NO_POSTINGS, Postings
from indexer.engines.whoosh.postings.string_table import (
    StringTable,
    decode_term,
    encode_term,
    facet_key,
)
from indexer.engines.whoosh.reader.segment_files import SegmentFiles
from indexer.engines.whoosh.whoosh_adapter.schema import FACET_FIELDS, SCHEMA

FIELDS = ("id", "pairs", "text", "words", *FACET_FIELDS)
"""Names of the fields of `schema.SCHEMA` that have terms."""

Term = tuple[str, bytes]
"""(field, UTF-8 of the term), as Whoosh passes terms around."""


class TermsReader(base.TermsReader):  # type: ignore[misc]
    """The terms of all fields of a segment, for `Segment` and for stock Whoosh.

    Terms are bytes in Whoosh's interface, the UTF-8 of the strings (`encode_term`). A pair is
    "first second", two terms with one space. Fields are those in FIELDS; a method raises KeyError
    for another field, and ValueError or another error of `damage.DAMAGE` if a file is
    damaged, which `wrap_damage` turns into IndexDamaged.
    """

    def __init__(self, files: SegmentFiles) -> None:
        self.files = files

    def postings(self, field: str, term: str) -> Postings:
        """Return the documents of a term and its weight in each, deleted documents included.

        NO_POSTINGS if the term is unknown.
        """
        files = self.files
        if field == "text":
            number = files.term_number(term)
            return files.syllable_postings(number) if number >= 0 else NO_POSTINGS
        if field == "words":
            number = files.word_number(term)
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
        """Return the number of live documents with a term, 0 if it is unknown."""
        files, term = self.files, decode_term(text)
        if fieldname == "pairs":
            first, second = self._pair_numbers(term)
            return files.pair_frequency(first, second) if min(first, second) >= 0 else 0
        if fieldname == "id":
            number = files.document_number(term)
            return int(number >= 0 and number not in files.deleted)
        if fieldname == "text":
            number, counts = files.term_number(term), files.live_frequencies.syllables
        elif fieldname == "words":
            number, counts = files.word_number(term), files.live_frequencies.words
        else:
            number = files.values.find(facet_key(FACET_FIELDS[fieldname], term))
            counts = files.live_frequencies.values
        return int(counts[number]) if number >= 0 else 0

    def _pair_numbers(self, term: str) -> tuple[int, int]:
        """Return the term numbers of both syllables of a pair; -1 for an unknown one."""
        first, _, second = term.partition(" ")
        return self.files.term_number(first), self.files.term_number(second)

    def terms_in_field(self, field: str, prefix: bytes = b"") -> Iterator[bytes]:
        """Yield the terms of a field that are `prefix` or sort after it, ascending by byte.

        Despite its name in Whoosh, `prefix` is where to start: later terms need not begin with it.
        Terms without live documents are yielded too.
        """
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
        """Return True if at least one live document has the term."""
        return self.doc_frequency(*term) > 0

    def terms(self) -> Iterator[Term]:
        """Yield all terms of all fields as (field, bytes), ascending by both."""
        return ((field, raw) for field in sorted(FIELDS) for raw in self.terms_in_field(field))

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[Term]:
        """Yield as (field, bytes) the terms of `fieldname` that are `prefix` or sort after it, then
        all terms of the fields whose names sort after it; ascending by both.

        A `fieldname` that is not in FIELDS has no terms and raises nothing.
        """
        for field in sorted(FIELDS):
            if field >= fieldname:
                start = prefix if field == fieldname else b""
                yield from ((field, raw) for raw in self.terms_in_field(field, start))

    def items(self) -> Iterator[tuple[Term, TermInfo]]:
        """Yield all terms as (field, bytes) with their statistics (`term_info`), ascending."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[Term, TermInfo]]:
        """Yield the terms that `terms_from` yields, with their statistics (`term_info`)."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Return Whoosh's statistics of a term, deleted documents included.

        `weight` is the sum of the weights of its postings. `minlength` and `maxlength` are bounds
        that hold for any document, 0 and 2³⁰ syllables, because they are not stored per term.
        Raises TermNotFound if the term is unknown.
        """
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
        """Return the sum of the weights of a term, deleted documents included; 0 if it is
        unknown."""
        return int(self.postings(fieldname, decode_term(text)).weights.sum())

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> Any:
        """Return Whoosh's matcher over all postings of a term, ascending by document number,
        deleted documents included.

        The values of postings in the field `text` hold the positions (`schema.PositionsFormat`);
        those of other fields are empty. Raises TermNotFound if the term is unknown.
        """
        found = self._existing_postings(fieldname, text)
        values = [b""] * len(found.ids)
        if fieldname == "text":
            occurrences = self.files.occurrences(self.files.term_number(decode_term(text)))
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
        """Return the postings of a term. Raises TermNotFound if it is unknown."""
        found = self.postings(field, decode_term(text))
        if not found.ids.size:
            raise TermNotFound(f"No term {field}:{text!r}")
        return found

    def indexed_field_names(self) -> tuple[str, ...]:
        """Return the names of the fields that have terms."""
        return FIELDS

    def cursor(self, fieldname: str, fieldobj: Any) -> Any:
        """Raise NotImplementedError: Whoosh uses a cursor for fuzzy terms, which queries expand
        before they become a plan."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the files of the segment. The reader must not be used afterwards."""
        self.files.close()


def _raw_terms_from(strings: StringTable, prefix: bytes) -> Iterator[bytes]:
    """Return the UTF-8 bytes of the strings not below `prefix` in byte order, ascending."""
    return map(strings.raw, range(strings.lower_bound(prefix), len(strings)))


class PerDocReader(base.PerDocumentReader):  # type: ignore[misc]
    """The deleted documents, lengths and stored fields of a segment, as Whoosh asks for them.

    `docnum` is a document number, 0 to `doc_count_all() - 1`.
    """

    def __init__(self, files: SegmentFiles) -> None:
        self.files = files
        self._deleted = frozenset(files.deleted.tolist())

    def doc_count(self) -> int:
        """Return the number of live documents."""
        return self.files.documents - len(self._deleted)

    def doc_count_all(self) -> int:
        """Return the number of all documents, deleted ones included."""
        return self.files.documents

    def has_deletions(self) -> bool:
        """Return True if any document is deleted."""
        return bool(self._deleted)

    def is_deleted(self, docnum: int) -> bool:
        """Return True if this document is deleted."""
        return docnum in self._deleted

    def deleted_docs(self) -> frozenset[int]:
        """Return the numbers of the deleted documents."""
        return self._deleted

    def all_doc_ids(self) -> Iterator[int]:
        """Yield the numbers of the live documents, ascending."""
        return (number for number in range(self.files.documents) if number not in self._deleted)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Return the length of a document in syllables; `default` for any field but `text`.

        Syllables of the title count TITLE_WEIGHT times.
        """
        return int(self.files.lengths[docnum]) if fieldname == "text" else default

    def field_length(self, fieldname: str) -> int:
        """Return the sum of the lengths of all documents in syllables, deleted ones included.

        0 for any field but `text`.
        """
        return int(self.files.lengths.sum()) if fieldname == "text" else 0

    def min_field_length(self, fieldname: str) -> int:
        """Return the length in syllables of the shortest document, deleted ones included.

        0 for any field but `text`; 2³⁰ without documents.
        """
        return int(self.files.lengths.min(initial=1 << 30)) if fieldname == "text" else 0

    def max_field_length(self, fieldname: str) -> int:
        """Return the length in syllables of the longest document, deleted ones included.

        0 for any field but `text`, or without documents.
        """
        return int(self.files.lengths.max(initial=0)) if fieldname == "text" else 0

    def has_column(self, fieldname: str) -> bool:
        """Return False: sorting and facet counts use the arrays of the segment, not Whoosh's
        columns."""
        return False

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Return the id of a document as "id", and the dict for `Document.from_record` as "record".

        Raises ValueError or zlib.error if a file is damaged.
        """
        return {"id": self.files.ids[docnum], "record": self.files.record(docnum)}

    def close(self) -> None:
        """Do nothing, because TermsReader closes the files."""


class StoredSegment(base.Segment):  # type: ignore[misc]
    """The entry of a segment in the list of segments; Whoosh pickles it into its TOC.

    Parameters
    ----------
    codec : opens the files of the segment; pickled with it.
    indexname : INDEX_NAME, the beginning of the file names.
    doccount : number of documents, deleted ones included.
    segid : name of the segment, an integer written in decimal, larger than those of all earlier
        segments of the generation. If empty, Whoosh makes a random name.
    deleted : number of deleted documents.
    """

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
        """Return the codec that reads the segment."""
        return self._codec

    def doc_count_all(self) -> int:
        """Return the number of all documents, deleted ones included."""
        return self._doccount

    def deleted_count(self) -> int:
        """Return the number of deleted documents; the segment's `.deletes` file lists them."""
        return self._deleted_count

    def should_assemble(self) -> bool:
        """Return False, so that Whoosh does not pack the files into a compound file, whose
        directory is a pickle."""
        return False


class Codec(base.Codec):  # type: ignore[misc]
    """Opens the files of a segment for Whoosh.

    Whoosh calls `terms_reader` and then `per_document_reader` for each segment. Methods with which
    Whoosh would write segments or read single postings raise NotImplementedError.
    """

    def __init__(self) -> None:
        self._opened: dict[str, SegmentFiles] = {}

    def terms_reader(self, storage: Any, segment: StoredSegment) -> TermsReader:
        """Return the reader of the terms of a segment in the folder of `storage`.

        Raises ValueError or another error of `damage.DAMAGE` if a file is damaged or
        missing, OSError if one cannot be opened.
        """
        folder = Path(storage.folder)
        files = SegmentFiles(
            lambda part: folder / segment.make_filename(f".{part}"),
            segment.deleted_count(),
            getattr(storage, "open_arrays", ArrayFile),  # stock Whoosh has storages of its own
        )
        # Whoosh's reader calls `per_document_reader` next, which uses the same files.
        self._opened[segment.segid] = files
        return TermsReader(files)

    def per_document_reader(self, storage: Any, segment: StoredSegment) -> PerDocReader:
        """Return the reader of the documents of a segment, over the files that `terms_reader`
        opened.

        Raises KeyError if `terms_reader` was not called for the segment before.
        """
        return PerDocReader(self._opened.pop(segment.segid))

    def new_segment(self, storage: Any, indexname: str) -> StoredSegment:
        """Return the entry of a segment without documents, under a random name."""
        return StoredSegment(self, indexname)

    def per_document_writer(self, storage: Any, segment: Any) -> Any:
        """Raise NotImplementedError: `writer.segment_builder` writes segments as a whole."""
        raise NotImplementedError

    def field_writer(self, storage: Any, segment: Any) -> Any:
        """Raise NotImplementedError: `writer.segment_builder` writes segments as a whole."""
        raise NotImplementedError

    def postings_reader(self, *_: Any, **__: Any) -> Any:
        """Raise NotImplementedError: `TermsReader.matcher` reads postings."""
        raise NotImplementedError


def open_segment_reader(storage: Any, segment: StoredSegment) -> tuple[Any, TermsReader]:
    """Open a segment; return Whoosh's reader over it, and the TermsReader that this reader uses.

    Closing Whoosh's reader closes both. Raises ValueError or another error of
    `damage.DAMAGE` if a file is damaged or missing, OSError if one cannot be opened.
    """
    reader = SegmentReader(storage, SCHEMA, segment)
    return reader, reader._terms
