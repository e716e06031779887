"""Read the texts that `text_writer` wrote, with those of their syllables that a query asks for.

The symbol numbers of a text give its string, the range of each symbol in it, and which symbols are
syllables with a requested term. Many texts are read at once, as arrays.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from functools import cached_property
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
from indexer.engines.whoosh.postings.string_table import StringTable
from indexer.models import TokenSpan

_CODEC = "utf-32-le"


class SymbolTable:
    """The strings of the symbols by number, from 1 on; number 0, the separator, is the empty
    string.

    They are stored as UTF-32 code points, so that a text is assembled by one gather operation and
    an offset in the array is an offset in the text. `lengths (symbols + 1,)` int64 are in code
    points.
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

        The ends are `(n,)` int64, in code points.

        Parameters
        ----------
        numbers : `(n,)` int64, numbers of symbols.
        spaced : `(n,)` bool, True for a symbol with a space before it.
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
_MAX_CACHED_TERMS = 1 << 15
"""Number of cached terms, about three megabytes."""

_HASHES = 1 << 16
_UNKNOWN, _NO_PIECE = 0, _HASHES - 1
"""Hashes that no term has: of a piece whose hash is not computed yet, and of a symbol that is not
a piece."""


class MatchedText(NamedTuple):
    """A text, and those of its syllables that have a requested term, in text order."""

    text: str
    tokens: list[TokenSpan]


class _DecodedTexts(NamedTuple):
    """Several texts, concatenated in `text`, and the symbols that they consist of.

    Attributes
    ----------
    symbols : `(n,)` int64, the numbers of the symbols, with a separator after each text.
    ends : `(n,)` int64, where each symbol ends in `text`, in code points.
    kinds : `(n,)` uint8, the kind of each symbol; that of a separator is GAP.
    separators : `(texts,)` int64, the indexes of the separators.
    """

    text: str
    symbols: Ints
    ends: Ints
    kinds: Ints
    separators: Ints


class _TermCache(dict[int, str]):
    """Number of a piece → its term, computed at the first lookup.

    The whole cache is dropped when it is full; terms longer than MAX_MEMOIZED_LENGTH are not kept.
    """

    def __init__(self, symbols: StringTable) -> None:
        self.symbols = symbols

    def __missing__(self, number: int) -> str:
        if len(self) > _MAX_CACHED_TERMS:
            self.clear()
        term, *_ = terms_in(self.symbols[number - 1])
        if len(term) <= MAX_MEMOIZED_LENGTH:
            self[number] = term
        return term


class TextReader:
    """Reads the texts that `merge_texts` wrote into `file`.

    Damaged data raises ValueError, zlib.error or another exception; `reader.segment.wrap_damage`
    turns all of them into IndexDamaged.
    """

    def __init__(self, file: ArrayFile) -> None:
        self._strings = symbols = StringTable(file, "symbols")
        self.term_cache = _TermCache(symbols)
        self._kinds = np.concatenate((np.array([int(GAP)], np.uint8), file["kinds"]))
        pieces = self._kinds == int(PIECE)
        self._hashes = np.where(pieces, np.uint16(_UNKNOWN), np.uint16(_NO_PIECE))
        """Hash of each symbol's term, `(symbols + 1,)` uint16; _UNKNOWN until it is needed for the
        first time."""
        self._texts, self._ends = file.blocks("texts"), file["text_ends"]
        self._dictionary = file["dictionary"].tobytes()
        if len(self._kinds) != len(symbols) + 1:
            raise ValueError("the symbols differ in number")

    @cached_property
    def _symbols(self) -> SymbolTable:
        """Made when the first text is read; an update reads few."""
        return SymbolTable(self._strings)

    def __len__(self) -> int:
        return len(self._ends)

    def read(self, numbers: Sequence[int]) -> list[tuple[str, str]]:
        """Return (title, body) of the documents with these numbers, in this order."""
        decoded = self._decode(numbers)
        texts = _split_texts(decoded)
        return list(zip(texts[::2], texts[1::2], strict=True))

    def matched_tokens(
        self, numbers: Sequence[int], terms: Set[str]
    ) -> list[tuple[MatchedText, MatchedText]]:
        """Return title and body of these documents, each with its syllables whose term is in
        `terms`.

        In the order of `numbers`. The ranges of the tokens are code points of their text, and their
        positions are those of `indexer.analysis.tokens`.
        """
        decoded = self._decode(numbers)
        at = self._find_pieces(decoded.symbols, terms)
        owners = decoded.separators.searchsorted(at)
        # Offsets in the concatenation become offsets in each text.
        begins = np.concatenate(([0], decoded.ends[decoded.separators]))[owners]
        # The end of a sentence takes a position, so that no phrase spans it.
        steps = (decoded.kinds != int(GAP)).cumsum()
        before = np.concatenate(([0], steps[decoded.separators]))[owners]
        starts = decoded.ends[at] - self._symbols.lengths[decoded.symbols[at]]
        found = map(self.term_cache.__getitem__, decoded.symbols[at].tolist())
        numbers_of = (starts - begins, decoded.ends[at] - begins, steps[at] - before - 1)
        starts, ends, positions = (column.tolist() for column in numbers_of)
        tokens = list(zip(found, starts, ends, positions, strict=True))
        bounds = owners.searchsorted(np.arange(2 * len(numbers) + 1)).tolist()
        each_text = (
            [token for token in tokens[first:last] if token[0] in terms]
            for first, last in pairwise(bounds)
        )
        texts = list(map(MatchedText, _split_texts(decoded), each_text))
        return list(zip(texts[::2], texts[1::2], strict=True))

    def _decode(self, numbers: Sequence[int]) -> _DecodedTexts:
        """Return the decoded texts of these documents, title and body of each in turn."""
        symbols = decode_dense(b"".join(map(self._read_bytes, numbers)))
        (separators,) = (symbols == SEPARATOR).nonzero()
        if len(separators) != 2 * len(numbers):
            raise ValueError("a text has no title")
        kinds = self._kinds[symbols]
        pieces = kinds == int(PIECE)
        # Between two adjacent pieces there is a single space.
        spaced = np.zeros(len(symbols), np.bool_)
        np.logical_and(pieces[1:], pieces[:-1], out=spaced[1:])
        text, ends = self._symbols.concatenate(symbols, spaced)
        return _DecodedTexts(text, symbols, ends, kinds, separators)

    def _find_pieces(self, symbols: Ints, terms: Set[str]) -> Ints:
        """Return the indexes in `symbols (n,)` of pieces whose term may be one of `terms`,
        ascending.

        The hashes of the terms are compared, so a few pieces may have other terms; the caller drops
        them.
        """
        is_wanted = np.zeros(_HASHES, np.bool_)
        is_wanted[[_UNKNOWN, *map(_hash, terms)]] = True
        (at,) = is_wanted[self._hashes[symbols]].nonzero()
        some = symbols[at]
        unknown = set(some[self._hashes[some] == _UNKNOWN].tolist())
        for symbol in unknown:
            # Two threads may compute the same hash; both write the same value.
            self._hashes[symbol] = _hash(self.term_cache[symbol])
        is_wanted[_UNKNOWN] = False
        return at[is_wanted[self._hashes[some]]] if unknown else at

    def _read_bytes(self, number: int) -> bytes:
        """Return the dense codes of a document's symbols, with one more separator at the end."""
        start = int(self._ends[number - 1]) if number else 0
        compressed = self._texts[start : int(self._ends[number])].tobytes()
        return decompress(compressed, self._dictionary) + _SEPARATOR_RAW


def _hash(term: str) -> int:
    """Return a 16-bit hash of a term, from 1 to _NO_PIECE - 1; it differs between processes."""
    return hash(term) % (_NO_PIECE - 1) + 1


def _split_texts(decoded: _DecodedTexts) -> list[str]:
    """Return the texts one by one, in order."""
    ends = decoded.ends[decoded.separators].tolist()
    return [decoded.text[begin:end] for begin, end in pairwise([0, *ends])]
