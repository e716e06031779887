"""Read the texts that `text_writer` wrote, with those of their syllables that a query asks for.

A text is a sequence of numbered *symbols*: its syllables, and what stands between two of them if it
is not a single space (`text_writer`). The numbers give its string, the range of each symbol in it,
and which symbols are syllables with a requested term. Many texts are read at once, as arrays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from indexer.engines.proximity import TermPlaces
from indexer.engines.whoosh.doc_store.compression import decompress, decompress_until
from indexer.engines.whoosh.doc_store.text_writer import GAP, PIECE, SEPARATOR
from indexer.engines.whoosh.postings.array_file import Array, ArrayFile
from indexer.engines.whoosh.postings.dense_codes import decode_dense
from indexer.engines.whoosh.postings.elias_fano import Ints, Mask
from indexer.engines.whoosh.postings.string_table import StringTable
from indexer.models import TokenSpan

_CODEC = "utf-32-le"


class SymbolTable:
    """The strings of the symbols by number, from 1 on; number 0, the separator, is the empty
    string.

    They are kept as UTF-32 code points, so that a text is assembled by one gather operation and an
    offset in the array is an offset in the text. `lengths (symbols + 1,)` int64 are the lengths of
    the strings by number, in code points.
    """

    def __init__(self, strings: StringTable) -> None:
        lengths = np.concatenate(([0], strings.lengths()))
        points = np.frombuffer(strings.concatenated().encode(_CODEC, "surrogatepass"), "<u4")
        # A space precedes each string; `concatenate` includes it if the text has one there.
        self._begins: Ints = np.cumsum(lengths + 1) - lengths
        self._points: Array = np.full(len(points) + len(lengths), ord(" "), "<u4")
        before = np.repeat(np.arange(1, len(lengths) + 1), lengths)
        self._points[np.arange(len(points)) + before] = points
        self.lengths: Ints = lengths

    def concatenate(self, numbers: Ints, spaced: Mask) -> tuple[str, Ints]:
        """Return the strings of these symbols as one text, and where each ends in it.

        The ends are `(n,)` int64, in code points of the text. Raises IndexError for a number
        without a symbol.

        Parameters
        ----------
        numbers : `(n,)` int64, numbers of symbols in text order.
        spaced : `(n,)` bool, True to put a space before a symbol.
        """
        sizes = self.lengths[numbers]
        sizes += spaced
        ends = sizes.cumsum()
        shifts = self._begins[numbers]
        shifts -= ends
        shifts += sizes
        shifts -= spaced
        at = shifts.repeat(sizes)
        at += np.arange(len(at))
        return self._points.take(at).tobytes().decode(_CODEC, "surrogatepass"), ends


_SEPARATOR_RAW = b"\x80"
"""The dense code of SEPARATOR."""
_TITLE_END = re.compile(rb"(?<![\x00-\x7f])\x80")
"""Matches the code of the separator; after a byte without the top bit it would end a longer code
(`dense_codes`)."""
_CACHED_TEXTS = 64
"""Number of documents whose decompressed texts are cached, because a search reads the first hits to
rank them, then to show them, and again for the next page."""
_MAX_CACHED_BYTES = 16 << 10
"""Greatest compressed size, in bytes, of the texts of a document that are cached, so that the cache
takes three megabytes at most."""


class MatchedText(NamedTuple):
    """A text, and those of its syllables that have a requested term.

    `tokens` are in text order; their ranges are code points of `text`.
    """

    text: str
    tokens: list[TokenSpan]


class _Symbols(NamedTuple):
    """The symbols that several texts consist of.

    Attributes
    ----------
    numbers : `(n,)` int64, the numbers of the symbols, with a SEPARATOR after each text.
    kinds : `(n,)` uint8, the kind of each symbol; that of a separator is GAP.
    separators : `(texts,)` int64, the indexes of the separators in `numbers`, ascending.
    """

    numbers: Ints
    kinds: Ints
    separators: Ints

    def places(self, at: Ints) -> tuple[Ints, Ints]:
        """Return in which text each of some pieces stands, and at which position of this text.

        `at (n,)` int64 are the indexes of the pieces in `numbers`. The result is two int64 arrays
        `(n,)`; texts and positions count from 0. The end of a sentence takes a position, so that no
        phrase spans it.
        """
        owners = self.separators.searchsorted(at)
        steps = (self.kinds != int(GAP)).cumsum()
        before = np.concatenate(([0], steps[self.separators]))[owners]
        return owners, steps[at] - before - 1


class TextReader:
    """Reads the texts that `merge_texts` wrote into `file`; many threads may use it at once.

    Damaged data and unknown document numbers raise ValueError, IndexError, zlib.error or a similar
    error; `damage.wrap_damage` turns all of them into IndexDamaged.
    """

    def __init__(self, file: ArrayFile) -> None:
        self._strings = symbols = StringTable(file, "symbols")
        self._kinds = np.concatenate((np.array([int(GAP)], np.uint8), file["kinds"]))
        terms = file["symbol_terms"]
        self._terms = np.concatenate((np.zeros(1, terms.dtype), terms))
        """1 + the term number of each symbol, 0 for a separator or gap, `(symbols + 1,)`."""
        self._last_term = int(terms.max(initial=0))
        self._texts, self._ends = file.blocks("texts"), file["text_ends"]
        self._dictionary = file["dictionary"].tobytes()
        self._read_again = lru_cache(_CACHED_TEXTS)(self._decompress)
        if not len(self._kinds) == len(self._terms) == len(symbols) + 1:
            raise ValueError("the symbols differ in number")

    @cached_property
    def _symbols(self) -> SymbolTable:
        """The table of symbol number → string of the symbol, made when the first text is read,
        because an update reads few or none."""
        return SymbolTable(self._strings)

    def __len__(self) -> int:
        return len(self._ends)

    def read(self, numbers: Sequence[int]) -> list[tuple[str, str]]:
        """Return (title, body) of the documents with these numbers, in this order."""
        symbols = self._decode(numbers)
        text, ends = self._concatenate(symbols)
        texts = _split(text, ends[symbols.separators])
        return list(zip(texts[::2], texts[1::2], strict=True))

    def titles(self, numbers: Sequence[int]) -> list[str]:
        """Return the titles of the documents with these numbers, in this order.

        Bodies are not decompressed, so it is much faster than `read`.
        """
        codes = (
            decompress_until(self._compressed(*self._span(number)), self._dictionary, _TITLE_END)
            for number in numbers
        )
        symbols = decode_dense(b"".join(codes))
        (separators,) = (symbols == SEPARATOR).nonzero()
        text, ends = self._concatenate(_Symbols(symbols, self._kinds[symbols], separators))
        return _split(text, ends[separators])

    def matched_tokens(
        self, numbers: Sequence[int], terms: Mapping[int, str]
    ) -> list[tuple[MatchedText, MatchedText]]:
        """Return title and body of these documents, each with its syllables whose term is in
        `terms`.

        `numbers` are document numbers, the result has their order; `terms` maps term numbers to
        terms. The ranges of the tokens are code points of the title or body, and their positions
        are those of `indexer.analysis.tokens`.
        """
        symbols = self._decode(numbers)
        text, text_ends = self._concatenate(symbols)
        at, found = self._find(symbols.numbers, terms)
        owners, positions_of = symbols.places(at)
        # Offsets in the concatenation become offsets in each text.
        begins = np.concatenate(([0], text_ends[symbols.separators]))[owners]
        starts_of = text_ends[at] - self._symbols.lengths[symbols.numbers[at]]
        numbers_of = (starts_of - begins, text_ends[at] - begins, positions_of)
        starts, ends, positions = (column.tolist() for column in numbers_of)
        names = map(terms.__getitem__, found.tolist())
        tokens = list(zip(names, starts, ends, positions, strict=True))
        bounds = owners.searchsorted(np.arange(2 * len(numbers) + 1)).tolist()
        each_text = (tokens[first:last] for first, last in pairwise(bounds))
        texts = list(map(MatchedText, _split(text, text_ends[symbols.separators]), each_text))
        return list(zip(texts[::2], texts[1::2], strict=True))

    def term_places(self, numbers: Sequence[int], terms: Sequence[int]) -> TermPlaces:
        """Return where these terms, all different, occur in title and body of these documents.

        `terms` are term numbers, below 0 for one that does not occur. Text 2n is the title of the
        document with index n in `numbers`, text 2n + 1 its body.
        """
        symbols = self._decode(numbers)
        index = {term: n for n, term in enumerate(terms) if term >= 0}
        at, found = self._find(symbols.numbers, index)
        indexes = np.array(list(map(index.__getitem__, found.tolist())), np.int64)
        return TermPlaces(*symbols.places(at), indexes)

    def _decode(self, numbers: Sequence[int]) -> _Symbols:
        """Return the symbols of the documents with these numbers, title and body of each in turn.

        Raises ValueError if there are not two texts for each document.
        """
        symbols = decode_dense(b"".join(map(self._read_bytes, numbers)))
        (separators,) = (symbols == SEPARATOR).nonzero()
        if len(separators) != 2 * len(numbers):
            raise ValueError("a text has no title")
        return _Symbols(symbols, self._kinds[symbols], separators)

    def _concatenate(self, symbols: _Symbols) -> tuple[str, Ints]:
        """Return the texts as one, and where each symbol ends in it, `(n,)` int64 code points."""
        pieces = symbols.kinds == int(PIECE)
        # Between two adjacent pieces there is a single space.
        spaced = np.zeros(len(pieces), np.bool_)
        np.logical_and(pieces[1:], pieces[:-1], out=spaced[1:])
        return self._symbols.concatenate(symbols.numbers, spaced)

    def _find(self, symbols: Ints, terms: Iterable[int]) -> tuple[Ints, Ints]:
        """Return the indexes in `symbols (n,)` of the pieces with one of these term numbers, and
        the term number of each.

        Two arrays `(k,)` int64; the indexes ascend.
        """
        wanted = np.fromiter(terms, np.int64) + 1
        is_wanted = np.zeros(max(int(wanted.max(initial=0)), self._last_term) + 1, np.bool_)
        is_wanted[wanted] = True
        (at,) = is_wanted[self._terms[symbols]].nonzero()
        return at, self._terms[symbols[at]].astype(np.int64) - 1

    def _read_bytes(self, number: int) -> bytes:
        """Return the dense codes (`postings.dense_codes`) of the symbols of a document.

        A separator is added after the body, so that both its texts end with one.
        """
        start, end = self._span(number)
        read = self._read_again if end - start <= _MAX_CACHED_BYTES else self._decompress
        return read(start, end)

    def _span(self, number: int) -> tuple[int, int]:
        """Return the range `[start, end)` of bytes in the array `texts` with the compressed title
        and body of the document with this number."""
        return int(self._ends[number - 1]) if number else 0, int(self._ends[number])

    def _compressed(self, start: int, end: int) -> bytes:
        compressed: bytes = self._texts[start:end].tobytes()
        return compressed

    def close(self) -> None:
        """Release the texts. No thread may use the object afterwards."""
        del self._read_again  # its cache refers to self and would keep the memory map open

    def _decompress(self, start: int, end: int) -> bytes:
        return decompress(self._compressed(start, end), self._dictionary) + _SEPARATOR_RAW


def _split(text: str, ends: Ints) -> list[str]:
    """Split a text into the parts that end at the offsets `ends (n,)`, ascending code points."""
    return [text[begin:end] for begin, end in pairwise([0, *ends.tolist()])]
