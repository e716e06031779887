"""The memory-mapped files of a segment and all lookups in them: term numbers, postings, stored
fields.

    <segment>.docs        document values, ids,    <segment>.texts       titles and bodies
                          other stored fields
    <segment>.syllables   terms and postings       <segment>.positions   positions of syllables
    <segment>.pairs       neighbouring syllables   <segment>.words       terms and postings
    <segment>.facets      facet values and their documents

`writer.run_merge` writes them and describes their arrays. One more, <segment>.deletes, lists the
deleted documents (`live_docs`); postings still include those. Values read from the files are
checked wherever a wrong one could index outside an array.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from indexer.analysis.batch import SKETCH_BYTES, Fingerprints
from indexer.analysis.memo import memoize
from indexer.engines.bm25 import TITLE_WEIGHT
from indexer.engines.proximity import TermPlaces
from indexer.engines.whoosh.doc_store.compression import decompress
from indexer.engines.whoosh.doc_store.text_reader import MatchedText, TextReader
from indexer.engines.whoosh.postings.array_file import ArrayFile
from indexer.engines.whoosh.postings.decoded import NO_POSTINGS, Postings
from indexer.engines.whoosh.postings.elias_fano import (
    Int32s,
    Ints,
    decode,
    decode_weighted,
    encoded_sizes,
    find_sorted,
)
from indexer.engines.whoosh.postings.list_merge import SmallNumbers
from indexer.engines.whoosh.postings.positions import (
    Occurrences,
    PositionReader,
    make_occurrences,
    position_widths,
)
from indexer.engines.whoosh.postings.string_table import StringTable, encode_term
from indexer.engines.whoosh.reader.live_docs import (
    NO_DELETES,
    LiveFrequencies,
    live_frequencies,
    read_deletes,
)

PARTS = ("docs", "texts", "syllables", "positions", "pairs", "words", "facets")
"""File name endings of a segment. `.phrases` (`terms.phrase_table`) belongs to every segment too,
but is read by the lexicon and by updates only."""
DELETES_PART = "deletes"
"""The file name ending of the list of deleted documents, which only a segment with deletes has."""
_CACHED_NUMBERS = 1 << 15
"""Greatest number of entries in each of the two caches of term numbers."""
_CACHED_ROWS = 2048
"""Greatest number of decoded rows of pairs in the cache; they take at most about 15 MB. Accent
restoration of queries reads them."""


def _read_fingerprints(docs: ArrayFile, documents: int) -> Fingerprints:
    """Return the fingerprints of all documents of a segment, from its file `docs`.

    Raises ValueError if an array is missing, damaged or not of the length that `documents` asks
    for. Their values are checked when they are used, at the next update.
    """
    found = Fingerprints(docs["text_digest"], docs["sketch"], docs["numbers"], docs["number_ends"])
    lengths = [len(found.digests), len(found.sketches), len(found.number_ends), len(found.numbers)]
    last = int(found.number_ends[-1]) if len(found.number_ends) else 0
    if lengths != [documents, documents * SKETCH_BYTES, documents, last]:
        raise ValueError("the fingerprints do not fit their documents")
    return found


@dataclass(frozen=True, slots=True)
class _PairRow:
    """All pairs of neighbouring syllables with the same first syllable.

    Pairs are numbered by first, then by second syllable, so they have the numbers `begin` to
    `begin + n - 1`.

    Attributes
    ----------
    begin : number of the first of these pairs.
    seconds : `(n,)` int32, term numbers of the second syllables, ascending.
    live_frequencies : `(n,)` int32, number of live documents with each pair.
    """

    begin: int
    seconds: Int32s
    live_frequencies: Int32s

    def find(self, second: int) -> int:
        """Return the index in `seconds` of the syllable with the term number `second`, or -1."""
        at = int(self.seconds.searchsorted(np.int32(second)))
        return at if at < len(self.seconds) and self.seconds[at] == second else -1


class SegmentFiles:
    """The content of the files of one segment.

    The number of a syllable (its term number), word or facet value is its index in `terms`, `words`
    or `values`. Many threads may use the object at once. The constructor and the methods raise
    ValueError or another error of `damage.DAMAGE` if a file is damaged or a number is out of
    range, and OSError if a file cannot be opened; `damage.wrap_damage` turns them into
    IndexDamaged or UnusableIndex.

    Parameters
    ----------
    path_of : returns the path of a file, given its ending (one of PARTS, or DELETES_PART).
    deleted_count : number of deleted documents that the segment must have.
    open_arrays : opens a file.

    Attributes
    ----------
    ids : the id of each document, by document number.
    documents : number of documents, deleted ones included.
    lengths, body_starts, days, position_bases, deleted : as in `Segment`.
    digests : `(documents,)` uint64, the `document_digest.digest` of each document.
    fingerprints : those of all documents, by which copies are recognised.
    terms, words, values : the syllables, words and facet values ("year=2019"), ascending.
    frequencies, word_frequencies, value_frequencies : `(terms,)`, `(words,)`, `(values,)` unsigned,
        the number of documents with each, deleted ones included.
    live_frequencies : the same without deleted documents.
    deletes : the deleted documents, and by how much they lower the frequencies.
    folds, fold_ends, fold_terms : as in `merged_terms.TermTables`.
    value_documents : `(n,)` uint32, the document numbers with each facet value in turn, ascending
        within a value.
    term_number, word_number : return the number of a syllable or word, -1 if it is unknown; cached.
    pair_row : returns the `_PairRow` of a first syllable, given its term number; cached.
    """

    def __init__(
        self,
        path_of: Callable[[str], Path],
        deleted_count: int = 0,
        open_arrays: Callable[[Path], ArrayFile] = ArrayFile,
    ) -> None:
        docs, texts, syllables, positions, pairs, words, facets = self._files = [
            open_arrays(path_of(part)) for part in PARTS
        ]
        self._docs = docs
        self.ids = StringTable(docs, "ids")
        self.documents = len(self.ids)
        self._by_id = docs["by_id"]
        self.lengths, self.body_starts, self.days, spans = (
            docs[name].astype(np.int64) for name in ("length", "body_start", "day", "span")
        )
        columns = (self._by_id, self.lengths, spans, self.body_starts, docs["digest"])
        if set(map(len, columns)) != {self.documents}:
            raise ValueError("the arrays of document values differ in length")
        self.fingerprints = _read_fingerprints(docs, self.documents)
        self.position_bases: Ints = np.cumsum(spans) - spans
        self._universe = max(self.documents, 1)
        self._records, self._record_ends = docs.blocks("records"), docs["record_ends"]
        self.digests = docs["digest"]
        dictionaries, ends = docs["dictionary"].tobytes(), docs["dictionary_ends"].tolist()
        self._dictionaries = [dictionaries[begin:end] for begin, end in pairwise([0, *ends])]
        self._dictionary_until: list[int] = docs["dictionary_until"].tolist()
        self.terms = StringTable(syllables, "terms")
        self._texts = TextReader(texts)
        self._syllable_lists = syllables.blocks("postings"), syllables["postings_bits"]
        self._title_lists = (
            syllables.blocks("titles"),
            syllables["titles_bits"],
            syllables["title_frequencies"],
        )
        self._positions = PositionReader(
            positions.blocks("positions"), positions["first_bits"], position_widths(spans)
        )
        self.frequencies = syllables["frequencies"]
        self.folds = StringTable(syllables, "folds")
        self.fold_ends, self.fold_terms = syllables["fold_ends"], syllables["fold_terms"]
        self._pair_lists = pairs.blocks("postings"), pairs.blocks("seconds"), pairs["seconds_bits"]
        self._row_ends, self._row_bits = pairs["row_ends"], pairs["row_bits"]
        self._pair_numbers = (
            SmallNumbers(pairs, "frequencies"),
            SmallNumbers(pairs, "extra_weights"),
        )
        self.words = StringTable(words, "terms")
        self._word_lists = words.blocks("postings"), words["postings_bits"]
        self.word_frequencies = words["frequencies"]
        self.values = StringTable(facets, "terms")
        self.value_frequencies = facets["frequencies"]
        self.value_documents = facets["documents"]
        if len(self.value_documents) and int(self.value_documents.max()) >= self.documents:
            raise ValueError("a facet value refers to an unknown document")
        self.deletes = NO_DELETES
        self.live_frequencies = LiveFrequencies(
            self.frequencies, self.word_frequencies, self.value_frequencies, self._pair_numbers[0]
        )
        if deleted_count:
            self._files.append(open_arrays(path_of(DELETES_PART)))
            self.deletes = read_deletes(self._files[-1], self.documents)
            self.live_frequencies = live_frequencies(self.live_frequencies, self.deletes)
        self.deleted = self.deletes.numbers
        if len(self.deleted) != deleted_count:
            raise ValueError("the wrong number of deleted documents")
        self.term_number = memoize(self.terms.find, _CACHED_NUMBERS)
        self.word_number = memoize(self.words.find, _CACHED_NUMBERS)
        self.pair_row = lru_cache(_CACHED_ROWS)(self._decode_pair_row)

    def document_number(self, document_id: str) -> int:
        """Return the number of a document, or -1 if the segment has none with this id.

        Deleted documents are found too.
        """
        wanted = encode_term(document_id)
        low, high = 0, self.documents
        while low < high:
            middle = (low + high) >> 1
            # UTF-8 sorts in the order of code points.
            if self.ids.raw(int(self._by_id[middle])) < wanted:
                low = middle + 1
            else:
                high = middle
        if low < self.documents:
            number = int(self._by_id[low])
            if self.ids.raw(number) == wanted:
                return number
        return -1

    def ordered_ids(self) -> list[str]:
        """Return all ids, ascending by code point, those of deleted documents included."""
        ids = self.ids.all()
        return [ids[number] for number in self._by_id.tolist()]

    def id_ranks(self) -> Ints:
        """Return the rank of each document when all are sorted by id, `(documents,)` int64 from 0
        on."""
        ranks = np.empty(self.documents, np.int64)
        ranks[self._by_id] = np.arange(self.documents)
        return ranks

    def titles(self, numbers: Sequence[int]) -> list[str]:
        """Return the titles of the documents with these numbers, in this order."""
        return self._texts.titles(numbers)

    def title_ranks(self) -> Ints:
        """Return the rank of each document when all are sorted by `collation.title_key`,
        `(documents,)` int64: the number of different keys before its own, from 0 on without gaps.

        Equal keys have the same rank. Raises ValueError if the ranks are not as many as the
        documents.
        """
        ranks: Ints = self._docs["title_rank"].astype(np.int64)
        if len(ranks) != self.documents:
            raise ValueError("the titles differ in number")
        return ranks

    def stored_fields(self, number: int) -> dict[str, Any]:
        """Return the dict of `Document.to_record` without "title" and "body", of the document with
        this number."""
        start = int(self._record_ends[number - 1]) if number else 0
        compressed = self._records[start : int(self._record_ends[number])].tobytes()
        dictionary = self._dictionaries[bisect_right(self._dictionary_until, number)]
        return dict(json.loads(decompress(compressed, dictionary).decode("utf-8", "surrogatepass")))

    def matched_tokens(
        self, numbers: Sequence[int], terms: Mapping[int, str]
    ) -> list[tuple[MatchedText, MatchedText]]:
        """Return (title, body) of these documents, each with its syllables whose term is in
        `terms`, a map of term numbers to terms.

        `numbers` are document numbers, the result has their order.
        """
        return self._texts.matched_tokens(numbers, terms)

    def term_places(self, numbers: Sequence[int], terms: Sequence[int]) -> TermPlaces:
        """Return where these terms occur in title and body of these documents.

        Texts and terms are numbered as in `TextReader.term_places`.
        """
        return self._texts.term_places(numbers, terms)

    def record(self, number: int) -> dict[str, Any]:
        """Return the dict of the document with this number that `Document.from_record` accepts.

        Title and body are in it even if they are empty.
        """
        ((title, body),) = self._texts.read([number])
        return {**self.stored_fields(number), "title": title, "body": body}

    def documents_of(self, positions: Ints) -> Ints:
        """Return the number of the document that has each global position, `(n,)` int64.

        `positions (n,)` int64 are in any order.
        """
        return np.searchsorted(self.position_bases, positions, side="right") - 1

    def syllable_postings(self, number: int) -> Postings:
        """Return the postings of the syllable with this number.

        A weight is the number of occurrences, those in the title counted TITLE_WEIGHT times.
        """
        ids, weights = self._documents_and_counts(number)
        bits, starts, counts = self._title_lists
        count = int(counts[number])
        if count:
            start, end = int(starts[number]), int(starts[number + 1])
            titles = self._decode_postings(bits, start, end, count)
            at = np.searchsorted(ids, titles.ids)
            if at[-1] == len(ids):
                raise ValueError("a title refers to an unknown document")
            weights[at] += (TITLE_WEIGHT - 1) * titles.weights
        return Postings(ids, weights)

    def occurrences(self, number: int) -> Occurrences:
        """Return where to read the positions of the syllable with this number."""
        ids, counts = self._documents_and_counts(number)
        reader = self._positions
        return make_occurrences(ids, counts, int(reader.first_bits[number]), reader.widths)

    def positions(self, found: Occurrences) -> tuple[Ints, Ints]:
        """Return document number and position of every occurrence in `found`, ascending by both.

        Two int64 arrays `(n,)`; positions count from 0 in each document.
        """
        return self._positions.read(found)

    def _documents_and_counts(self, number: int) -> tuple[Ints, Ints]:
        """Return the documents of the syllable with this number, and how often it occurs in each.

        Two int64 arrays `(n,)`: document numbers, ascending, and occurrences in title and body.
        """
        bits, starts = self._syllable_lists
        start, end = int(starts[number]), int(starts[number + 1])
        found = self._decode_postings(bits, start, end, int(self.frequencies[number]))
        return found.ids, found.weights

    def word_postings(self, number: int) -> Postings:
        """Return the postings of the word with this number; weights as in `syllable_postings`."""
        bits, starts = self._word_lists
        start, end = int(starts[number]), int(starts[number + 1])
        return self._decode_postings(bits, start, end, int(self.word_frequencies[number]))

    def pair_frequency(self, first: int, second: int) -> int:
        """Return the number of live documents in which syllable `second` stands directly after
        `first`; both are term numbers."""
        row = self.pair_row(first)
        at = row.find(second)
        return int(row.live_frequencies[at]) if at >= 0 else 0

    def pair_frequencies(self, first: int, seconds: Ints) -> Ints:
        """Return the pair frequency of syllable `first` with each of `seconds (n,)`, `(n,)` int64.

        All are term numbers, `seconds` in any order; one below 0 stands for an unknown syllable and
        gives 0.
        """
        row = self.pair_row(first)
        if not len(row.seconds):
            return np.zeros(len(seconds), np.int64)
        at, known = find_sorted(row.seconds, seconds.astype(np.int32))
        found: Ints = np.where(known, row.live_frequencies[at], 0).astype(np.int64)
        return found

    def pair_postings(self, first: int, second: int) -> Postings:
        """Return the postings of a pair of neighbouring syllables, given by their term numbers.

        Weights are as in `syllable_postings`. NO_POSTINGS if `second` never stands directly after
        `first`.
        """
        row = self.pair_row(first)
        at = row.find(second)
        if at < 0:
            return NO_POSTINGS
        some = slice(row.begin, row.begin + at + 1)
        frequencies, extra = (numbers[some] for numbers in self._pair_numbers)
        spans = encoded_sizes(frequencies, self._universe) + frequencies + extra
        end = int(self._row_bits[first]) + int(spans.sum())
        return self._decode_postings(
            self._pair_lists[0], end - int(spans[-1]), end, int(frequencies[-1])
        )

    def second_syllables(self, first: int) -> tuple[int, Ints]:
        """Return the pairs that begin with the syllable `first`, a term number.

        They are given by the number of the first of them, and by the term numbers of their second
        syllables, `(n,)` int64, ascending as the numbers of the pairs do.
        """
        end = int(self._row_ends[first])
        start = int(self._row_ends[first - 1]) if first else 0
        _, packed, bits = self._pair_lists
        return start, decode(packed, int(bits[first]), end - start, max(len(self.terms), 1))

    def _decode_pair_row(self, first: int) -> _PairRow:
        """Return the row of the pairs that begin with the syllable `first`, a term number."""
        begin, seconds = self.second_syllables(first)
        live = self.live_frequencies.pairs[begin : begin + len(seconds)]
        return _PairRow(begin, seconds.astype(np.int32), live.astype(np.int32))

    def facet_value_postings(self, number: int) -> Postings:
        """Return the postings of the facet value with this number; all weights are 1."""
        ends = np.cumsum(self.value_frequencies[: number + 1], dtype=np.int64)
        start = int(ends[-1]) - int(self.value_frequencies[number])
        ids = self.value_documents[start : int(ends[-1])].astype(np.int64)
        return Postings(ids, np.ones(len(ids), np.int64))

    def _decode_postings(self, bits: Any, start: int, end: int, count: int) -> Postings:
        """Return the list of `count` documents, with weights, in the bits `[start, end)` of `bits`.

        `bits` is a BlockArray of bytes, the lowest bit of a byte first. Raises ValueError if it is
        not such a list, or empty.
        """
        if not count:
            raise ValueError("an empty list")
        ids, weights = decode_weighted(bits, start, end, count, self._universe)
        # The last number is the greatest, unless the list is damaged.
        if ids.max() >= self.documents:
            raise ValueError("a document number out of range")
        return Postings(ids, weights)

    def close(self) -> None:
        """Release the files. No thread may use the object afterwards."""
        # Their caches refer to the files and would keep the memory maps open.
        del self.term_number, self.word_number, self.pair_row
        self._texts.close()
        for file in self._files:
            file.close()
