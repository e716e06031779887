"""The texts that `texts` wrote, with the syllables in them that a query asks for.

The numbers of a text's symbols say all: its string, where each symbol lies in it, and which of
them are syllables with a term that is asked for. Texts are read many at once, as arrays.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from indexer.analysis import terms_in
from indexer.analysis.memo import MAX_MEMOIZED_LENGTH
from indexer.engines.whoosh.doc_store.compression import decompress
from indexer.engines.whoosh.doc_store.text_writer import GAP, PIECE, SEPARATOR
from indexer.engines.whoosh.postings.array_file import Array, ArrayFile
from indexer.engines.whoosh.postings.dense_codes import decode_dense
from indexer.engines.whoosh.postings.elias_fano import Ints, Mask
from indexer.engines.whoosh.terms.string_table import Strings
from indexer.models import TokenSpan

# MERGED DOC: """The symbols of texts, ready to be laid side by side."""


_CODEC = "utf-32-le"


class Symbols:
    """Strings by number from 1 on; number 0 is written as nothing.

    Held as code points, so that a text is gathered at once and a position in it is one in them.
    """

    def __init__(self, strings: Strings) -> None:
        lengths = np.concatenate(([0], strings.lengths()))
        points = np.frombuffer(strings.joined().encode(_CODEC, "surrogatepass"), "<u4")
        # A space stands before each, to be taken along where one is wanted.
        self._begins: Ints = np.cumsum(lengths + 1) - lengths
        self._points: Array = np.full(len(points) + len(lengths), ord(" "), "<u4")
        before = np.repeat(np.arange(1, len(lengths) + 1), lengths)
        self._points[np.arange(len(points)) + before] = points
        self.lengths: Ints = lengths

    def laid(self, numbers: Ints, spaced: Mask) -> tuple[str, Ints]:
        """These symbols one after another, a space before each that is `spaced`, and where each
        ends."""
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
_TERMS = 1 << 15
"""Terms of pieces that are kept at hand, about three megabytes."""

_HASHES = 1 << 16
_UNKNOWN, _NO_PIECE = 0, _HASHES - 1
"""Hashes that no term has: of a piece that was not asked for yet, and of what is no piece."""


class MarkedText(NamedTuple):
    """A text, and those of its syllables that were asked for."""

    text: str
    marks: list[TokenSpan]


class _Laid(NamedTuple):
    """Texts laid end to end: their symbols, the end of each, and where the separators are."""

    text: str
    symbols: Ints
    ends: Ints
    kinds: Ints
    separators: Ints


class _Terms(dict[int, str]):
    """The number of a piece → its term."""

    def __init__(self, symbols: Strings) -> None:
        self.symbols = symbols

    def __missing__(self, number: int) -> str:
        if len(self) > _TERMS:
            self.clear()
        term, *_ = terms_in(self.symbols[number - 1])
        if len(term) <= MAX_MEMOIZED_LENGTH:
            self[number] = term
        return term


class TextReader:
    """What `merge_texts` wrote. Raises ValueError, zlib.error and their like on damage."""

    def __init__(self, file: ArrayFile) -> None:
        symbols = Strings(file, "symbols")
        self._symbols = Symbols(symbols)
        self.terms = _Terms(symbols)
        self._kinds = np.concatenate((np.array([int(GAP)], np.uint8), file["kinds"]))
        pieces = self._kinds == int(PIECE)
        self._hashes = np.where(pieces, np.uint16(_UNKNOWN), np.uint16(_NO_PIECE))
        """A hash of each piece's term as far as it was asked for."""
        self._texts, self._ends = file["texts"], file["text_ends"]
        self._learnt = file["learnt"].tobytes()
        if len(self._kinds) != len(symbols) + 1:
            raise ValueError("the symbols differ in number")

    def __len__(self) -> int:
        return len(self._ends)

    def read(self, numbers: Sequence[int]) -> list[tuple[str, str]]:
        """Title and body of some documents."""
        laid = self._lay(numbers)
        texts = _cut(laid)
        return list(zip(texts[::2], texts[1::2], strict=True))

    def matched_tokens(
        self, numbers: Sequence[int], terms: Set[str]
    ) -> list[tuple[MarkedText, MarkedText]]:
        """Title and body of some documents, with their syllables of these terms."""
        laid = self._lay(numbers)
        at = self._with_terms(laid.symbols, terms)
        owners = laid.separators.searchsorted(at)
        # All texts stand one after another; each counts from its own beginning.
        begins = np.concatenate(([0], laid.ends[laid.separators]))[owners]
        # A sentence that ends is a step of its own: nothing stands side by side across it.
        steps = (laid.kinds != int(GAP)).cumsum()
        before = np.concatenate(([0], steps[laid.separators]))[owners]
        starts = laid.ends[at] - self._symbols.lengths[laid.symbols[at]]
        found = map(self.terms.__getitem__, laid.symbols[at].tolist())
        numbers_of = (starts - begins, laid.ends[at] - begins, steps[at] - before - 1)
        starts, ends, positions = (column.tolist() for column in numbers_of)
        marks = list(zip(found, starts, ends, positions, strict=True))
        bounds = owners.searchsorted(np.arange(2 * len(numbers) + 1)).tolist()
        each = (
            [mark for mark in marks[first:last] if mark[0] in terms]
            for first, last in pairwise(bounds)
        )
        texts = list(map(MarkedText, _cut(laid), each))
        return list(zip(texts[::2], texts[1::2], strict=True))

    def _lay(self, numbers: Sequence[int]) -> _Laid:
        symbols = decode_dense(b"".join(map(self._raw, numbers)))
        (separators,) = (symbols == SEPARATOR).nonzero()
        if len(separators) != 2 * len(numbers):
            raise ValueError("a text has no title")
        kinds = self._kinds[symbols]
        pieces = kinds == int(PIECE)
        # A single space stands between two pieces with nothing between them.
        spaced = np.zeros(len(symbols), np.bool_)
        np.logical_and(pieces[1:], pieces[:-1], out=spaced[1:])
        text, ends = self._symbols.laid(symbols, spaced)
        return _Laid(text, symbols, ends, kinds, separators)

    def _with_terms(self, symbols: Ints, terms: Set[str]) -> Ints:
        """Where the pieces stand that may have one of the terms: those with a hash of theirs."""
        wanted = np.zeros(_HASHES, np.bool_)
        wanted[[_UNKNOWN, *map(_hash, terms)]] = True
        (at,) = wanted[self._hashes[symbols]].nonzero()
        some = symbols[at]
        unknown = set(some[self._hashes[some] == _UNKNOWN].tolist())
        for symbol in unknown:
            # Two threads may do the same; they write the same.
            self._hashes[symbol] = _hash(self.terms[symbol])
        wanted[_UNKNOWN] = False
        return at[wanted[self._hashes[some]]] if unknown else at

    def _raw(self, number: int) -> bytes:
        """The numbers of a document's symbols as bytes, with a separator behind them."""
        start = int(self._ends[number - 1]) if number else 0
        kept = self._texts[start : int(self._ends[number])].tobytes()
        return decompress(kept, self._learnt) + _SEPARATOR_RAW


def _hash(term: str) -> int:
    """Of 16 bits, none of those that no term has."""
    return hash(term) % (_NO_PIECE - 1) + 1


def _cut(laid: _Laid) -> list[str]:
    """The texts one by one."""
    ends = laid.ends[laid.separators].tolist()
    return [laid.text[begin:end] for begin, end in pairwise([0, *ends])]
