"""The files of a segment, mapped: terms, and postings straight from the bits.

    <segment>.docs     columns and other fields     <segment>.texts    titles and bodies
    <segment>.text     syllables                    <segment>.places   where each syllable stands
    <segment>.pairs    two syllables side by side   <segment>.words    words
    <segment>.facets   values of facets

One more, <segment>.dead, says which documents are dead (`living`). Postings still have those.
Everything read from them is checked as far as it would lead out of an array.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from indexer.engines.bm25 import TITLE_WEIGHT
from indexer.engines.whoosh.doc_store.compression import decompress
from indexer.engines.whoosh.doc_store.text_reader import MarkedText, TextReader
from indexer.engines.whoosh.postings.array_file import ArrayFile
from indexer.engines.whoosh.postings.elias_fano import (
    Ints,
    Numbers,
    decode,
    decode_weights,
    look_up,
    sizes,
)
from indexer.engines.whoosh.postings.list_merge import SmallNumbers
from indexer.engines.whoosh.postings.positions import (
    Occurrences,
    PositionReader,
    occurrences,
    widths,
)
from indexer.engines.whoosh.reader.live_docs import Frequencies, read_dead
from indexer.engines.whoosh.terms.string_table import Strings
from indexer.engines.whoosh.whoosh_adapter.schema import encode_term

PARTS = ("docs", "texts", "text", "places", "pairs", "words", "facets")
DEAD = "dead"
_ROWS = 2048
"""Rows of pairs kept decoded, at most some 15 MB: what was meant is read from them."""


@dataclass(frozen=True, slots=True)
class Postings:
    """The documents of a term, ascending, with weights."""

    ids: Ints
    weights: Ints


_NONE = np.zeros(0, np.int64)
NO_POSTINGS = Postings(_NONE, _NONE)


@dataclass(frozen=True, slots=True)
class _Row:
    """The pairs of one first syllable, from number `begin` on: second ones, ascending, and in how
    many living documents each is."""

    begin: int
    seconds: Numbers
    living: Numbers

    def find(self, second: int) -> int:
        """Where the pair with this syllable stands among them; -1 where there is none."""
        at = int(self.seconds.searchsorted(np.int32(second)))
        return at if at < len(self.seconds) and self.seconds[at] == second else -1


class SegmentFiles:
    """What lies in the files of one segment, `dead` documents of which are dead.

    Raises ValueError and its like on damage.
    """

    def __init__(self, path_of: Callable[[str], Path], dead: int = 0) -> None:
        docs, texts, text, places, pairs, words, facets = self._files = [
            ArrayFile(path_of(part)) for part in PARTS
        ]
        self.ids = Strings(docs, "ids")
        self.documents = len(self.ids)
        self._by_id = docs["by_id"]
        self.lengths, self.body_starts, self.days, spans = (
            docs[name].astype(np.int64) for name in ("length", "body_start", "day", "span")
        )
        columns = (self._by_id, self.lengths, spans, self.body_starts, docs["digest"])
        if set(map(len, columns)) != {self.documents}:
            raise ValueError("the columns differ in length")
        self.begins: Ints = np.cumsum(spans) - spans
        self._universe = max(self.documents, 1)
        self._records, self._record_ends = docs["records"], docs["record_ends"]
        self.digests = docs["digest"]
        known, ends = docs["known"].tobytes(), docs["known_ends"].tolist()
        self._known = [known[begin:end] for begin, end in pairwise([0, *ends])]
        self._known_until: list[int] = docs["known_until"].tolist()
        self.terms = Strings(text, "terms")
        self._texts = TextReader(texts)
        self._text = text["postings"], text["postings_bits"]
        self._titles = text["titles"], text["titles_bits"], text["titled"]
        self._positions = PositionReader(places["positions"], places["begins"], widths(spans))
        self.frequencies = text["frequencies"]
        self.folds = Strings(text, "folds")
        self.fold_ends, self.fold_terms = text["fold_ends"], text["fold_terms"]
        self._pairs = pairs["postings"], pairs["seconds"], pairs["seconds_bits"]
        self._row_ends, self._row_bits = pairs["row_ends"], pairs["row_bits"]
        self._pair_numbers = SmallNumbers(pairs, "frequencies"), SmallNumbers(pairs, "extra")
        self.words = Strings(words, "terms")
        self._words = words["postings"], words["postings_bits"]
        self.word_frequencies = words["frequencies"]
        self.values = Strings(facets, "terms")
        self.value_frequencies = facets["frequencies"]
        self.value_documents = facets["documents"]
        if len(self.value_documents) and int(self.value_documents.max()) >= self.documents:
            raise ValueError("a facet value in no document")
        self.dead = _NONE
        self.living = Frequencies(
            self.frequencies, self.word_frequencies, self.value_frequencies, self._pair_numbers[0]
        )
        if dead:
            self._files.append(ArrayFile(path_of(DEAD)))
            self.dead, self.living = read_dead(self._files[-1], self.documents, self.living)
        if len(self.dead) != dead:
            raise ValueError("the wrong number of dead documents")
        self.row = lru_cache(_ROWS)(self._row)

    def number_of(self, document_id: str) -> int:
        """The number of a document; -1 where there is none."""
        wanted = encode_term(document_id)
        low, high = 0, self.documents
        while low < high:
            middle = (low + high) >> 1
            # UTF-8 sorts as code points do.
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
        """All ids, ascending."""
        ids = self.ids.all()
        return [ids[number] for number in self._by_id.tolist()]

    def ranks(self) -> Ints:
        """Document number -> place of its id in ascending order."""
        ranks = np.empty(self.documents, np.int64)
        ranks[self._by_id] = np.arange(self.documents)
        return ranks

    def fields(self, number: int) -> dict[str, Any]:
        """What is stored of a document but for title and body."""
        start = int(self._record_ends[number - 1]) if number else 0
        kept = self._records[start : int(self._record_ends[number])].tobytes()
        known = self._known[bisect_right(self._known_until, number)]
        return dict(json.loads(decompress(kept, known).decode("utf-8", "surrogatepass")))

    def matched_tokens(
        self, numbers: Sequence[int], terms: Set[str]
    ) -> list[tuple[MarkedText, MarkedText]]:
        """Title and body of some documents, with their syllables of these terms."""
        return self._texts.matched_tokens(numbers, terms)

    def record(self, number: int) -> dict[str, Any]:
        """The stored record of a document."""
        ((title, body),) = self._texts.read([number])
        return {**self.fields(number), "title": title, "body": body}

    def documents_of(self, places: Ints) -> Ints:
        """The document of each place."""
        return np.searchsorted(self.begins, places, side="right") - 1

    def text(self, number: int) -> Postings:
        """The postings of a syllable."""
        ids, weights = self._counted(number)
        bits, starts, counts = self._titles
        count = int(counts[number])
        if count:
            start, end = int(starts[number]), int(starts[number + 1])
            titles = self._weighted(bits, start, end, count)
            at = np.searchsorted(ids, titles.ids)
            if at[-1] == len(ids):
                raise ValueError("a title in no document")
            weights[at] += (TITLE_WEIGHT - 1) * titles.weights
        return Postings(ids, weights)

    def occurrences(self, number: int) -> Occurrences:
        """The documents of a syllable, and where to read its positions there."""
        ids, counts = self._counted(number)
        reader = self._positions
        return occurrences(ids, counts, int(reader.begins[number]), reader.widths)

    def positions(self, found: Occurrences) -> tuple[Ints, Ints]:
        """Document and position of every occurrence, ascending."""
        return self._positions.read(found)

    def _counted(self, number: int) -> tuple[Ints, Ints]:
        """The documents of a syllable, and how often it stands in each."""
        bits, starts = self._text
        start, end = int(starts[number]), int(starts[number + 1])
        found = self._weighted(bits, start, end, int(self.frequencies[number]))
        return found.ids, found.weights

    def word(self, number: int) -> Postings:
        """The postings of a word."""
        bits, starts = self._words
        start, end = int(starts[number]), int(starts[number + 1])
        return self._weighted(bits, start, end, int(self.word_frequencies[number]))

    def pair_frequency(self, first: int, second: int) -> int:
        """In how many living documents a pair of syllables stands."""
        row = self.row(first)
        at = row.find(second)
        return int(row.living[at]) if at >= 0 else 0

    def pair_frequencies(self, first: int, seconds: Ints) -> Ints:
        """The same of one syllable with each of others; those below 0 are none."""
        row = self.row(first)
        if not len(row.seconds):
            return np.zeros(len(seconds), np.int64)
        at, known = look_up(row.seconds, seconds.astype(np.int32))
        found: Ints = np.where(known, row.living[at], 0).astype(np.int64)
        return found

    def pair(self, first: int, second: int) -> Postings:
        """The postings of a pair of syllables; NO_POSTINGS where there are none."""
        row = self.row(first)
        at = row.find(second)
        if at < 0:
            return NO_POSTINGS
        some = slice(row.begin, row.begin + at + 1)
        frequencies, extra = (numbers[some] for numbers in self._pair_numbers)
        spans = sizes(frequencies, self._universe) + frequencies + extra
        end = int(self._row_bits[first]) + int(spans.sum())
        return self._weighted(self._pairs[0], end - int(spans[-1]), end, int(frequencies[-1]))

    def seconds(self, first: int) -> tuple[int, Ints]:
        """The syllables that stand after one, and the number of the first of these pairs."""
        end = int(self._row_ends[first])
        start = int(self._row_ends[first - 1]) if first else 0
        _, packed, bits = self._pairs
        return start, decode(packed, int(bits[first]), end - start, max(len(self.terms), 1))

    def _row(self, first: int) -> _Row:
        begin, seconds = self.seconds(first)
        living = self.living.pairs[begin : begin + len(seconds)]
        return _Row(begin, seconds.astype(np.int32), living.astype(np.int32))

    def value(self, number: int) -> Postings:
        """The postings of a facet value."""
        ends = np.cumsum(self.value_frequencies[: number + 1], dtype=np.int64)
        start = int(ends[-1]) - int(self.value_frequencies[number])
        ids = self.value_documents[start : int(ends[-1])].astype(np.int64)
        return Postings(ids, np.ones(len(ids), np.int64))

    def _weighted(self, bits: Any, start: int, end: int, count: int) -> Postings:
        universe = self._universe
        ids = decode(bits, start, count, universe)
        # The last is the greatest, but for damage.
        if not count or ids.max() >= self.documents:
            raise ValueError("a document number out of range")
        width = max(universe // count, 1).bit_length() - 1
        after = start + count * width + count + (universe >> width) + 1
        return Postings(ids, decode_weights(bits, after, end, count))

    def close(self) -> None:
        """Let go of the files."""
        del self.row  # its cache points back here and would keep the maps
        for file in self._files:
            file.close()
