"""Tables of the chunks and pieces that the batch segmenter has seen, as columns for NumPy.

A *column* is an array with one entry for each string in a table, by its number. None of the tables
is thread-safe.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from indexer.analysis.words.pieces import pieces_of
from indexer.analysis.words.state_scores import describe
from indexer.analysis.words.word_model import word_model

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

# Beyond this many rows the table is dropped and a new one begun: about 40 MB.
_LARGEST = 1 << 19
_LONG = 64
"""Number of code points of a chunk that count as much as a row in `SplitTable.cost`."""
_NONE = np.zeros(0, np.int64)


class StringNumbers(dict[str, int]):
    """String → its number, from 0 on; a new string gets the next number when it is looked up.

    Subclasses keep columns about the strings and extend them in `update_columns`, for all new
    strings together, because each NumPy call has a fixed cost. Not thread-safe.
    """

    def __init__(self) -> None:
        super().__init__()
        self._new: list[str] = []

    def __missing__(self, name: str) -> int:
        number = self[name] = len(self)
        self._new.append(name)
        return number

    def numbers(self, names: Sequence[str]) -> Ints:
        """Return the number of each of `names`, `(names,)` int64; a new string gets the next
        number."""
        return np.fromiter(map(self.__getitem__, names), np.int64, len(names))

    def take_new(self) -> list[str]:
        """Return the strings added since the last call, ascending by number."""
        new, self._new = self._new, []
        return new


class SplitTable(StringNumbers):
    """Chunk → its number, and the pieces that it is split into.

    Each piece of a chunk is a row; the rows of chunk n are `[first[n], first[n] + count[n])`, in
    text order. All columns are int64.

    Attributes
    ----------
    first, count : `(chunks,)`, first row and number of rows of each chunk.
    start, length : `(rows,)`, offset of the piece in its chunk, and its length, in code points.
    piece : `(rows,)`, number of the piece in a table of pieces.
    cost : number of rows, and one more for every _LONG code points of a chunk: it grows with the
        memory of the table.
    """

    def __init__(self) -> None:
        super().__init__()
        self.first = self.count = self.start = self.length = self.piece = _NONE
        self.cost = 0

    def add_pieces(
        self, chunks: Sequence[str], starts: Ints, pieces: Sequence[str], known: StringNumbers
    ) -> None:
        """Extend the columns by new chunks and the pieces in them.

        Parameters
        ----------
        chunks : the new chunks, at least one, in the order of their numbers.
        starts : `(pieces,)` int64, where each piece starts in the chunks joined by one character,
            in code points.
        pieces : the pieces of all chunks, in order.
        known : the table that numbers the pieces; new ones get a number.
        """
        sizes, lengths = _lengths(chunks), _lengths(pieces)
        begins = np.cumsum(sizes + 1) - sizes - 1
        bounds = np.searchsorted(starts, np.append(begins, begins[-1:] + sizes[-1:] + 1))
        counts = np.diff(bounds)
        self.first = np.append(self.first, len(self.piece) + bounds[:-1])
        self.count = np.append(self.count, counts)
        self.start = np.append(self.start, starts - np.repeat(begins, counts))
        self.length = np.append(self.length, lengths)
        self.piece = np.append(self.piece, known.numbers(pieces))
        # Long chunks rarely occur twice and take more memory.
        self.cost += len(pieces) + int((sizes // _LONG).sum())


class ChunkTable(SplitTable):
    """Chunk → its number, and pyvi's pieces in it; `pieces` numbers the pieces."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces = PieceTable()

    def update_columns(self) -> None:
        """Add the chunks that were numbered since the last call to the columns, and their pieces.

        Raises WordModelError if the word model cannot be loaded.
        """
        chunks = self.take_new()
        pieces = pieces_of(chunks)
        # The pieces of a chunk cover all its characters.
        ends = np.cumsum(_lengths(pieces))
        sizes = np.cumsum(_lengths(chunks))
        starts = ends - _lengths(pieces)
        starts += np.searchsorted(sizes, starts, side="right")
        self.add_pieces(chunks, starts, pieces, self.pieces)
        self.pieces.update_columns()

    @property
    def full(self) -> bool:
        """True if the table has become too large and should be dropped."""
        return self.cost > _LARGEST


def rows_of(first: Ints, count: Ints, numbers: Ints) -> tuple[Ints, Ints]:
    """Return how many rows each of some chunks has, and the indexes of these rows.

    Two int64 arrays: `(n,)`, and `(Σ rows,)`, the rows of each chunk in turn. `numbers (n,)` are
    the numbers of the chunks, in any order; `first` and `count` are columns of a SplitTable.
    """
    counts = count[numbers]
    rows = np.repeat(first[numbers] - np.cumsum(counts) + counts, counts)
    rows += np.arange(len(rows))
    return counts, rows


class PieceTable(StringNumbers):
    """Piece → its number, and columns by number, each `(pieces,)`.

    Attributes
    ----------
    own, to_next, to_previous : float64, scores as in `state_scores.Piece`.
    kind : uint8; 0 for a piece that pyvi never joins (`state_scores.Piece.may_join`), 2 for another
        capitalised piece, 1 for the rest. pyvi joins a piece only to one before it whose kind is at
        least as high.
    first, second, third : int64, the numbers that `Dictionary` has for the piece as first, second
        and third piece of a word.
    """

    def __init__(self) -> None:
        super().__init__()
        self._dictionary = dictionary()
        self.own = self.to_next = self.to_previous = np.zeros(0, np.float64)
        self.kind = np.zeros(0, np.uint8)
        self.first = self.second = self.third = _NONE

    def update_columns(self) -> None:
        """Add the pieces that were numbered since the last call to the columns.

        Raises WordModelError if the word model cannot be loaded.
        """
        known = list(map(describe, self.take_new()))
        lower = [piece.lower for piece in known]
        self.own = np.append(self.own, [piece.own for piece in known])
        self.to_next = np.append(self.to_next, [piece.to_next for piece in known])
        self.to_previous = np.append(self.to_previous, [piece.to_previous for piece in known])
        kinds = [piece.may_join * (1 + piece.is_title) for piece in known]
        self.kind = np.append(self.kind, np.array(kinds, np.uint8))
        self.first = np.append(self.first, _places(self._dictionary.first, lower))
        self.second = np.append(self.second, _places(self._dictionary.second, lower))
        self.third = np.append(self.third, _places(self._dictionary.third, lower))


def _lengths(strings: Sequence[str]) -> Ints:
    return np.fromiter(map(len, strings), np.int64, len(strings))


def _places(numbers: Mapping[str, int], names: Sequence[str]) -> Ints:
    return np.array([numbers.get(name, 0) for name in names], np.int64)


class Dictionary:
    """pyvi's words of two and three pieces, looked up by numbers instead of strings.

    A pair of pieces has the code `first * width + second`, a triple `code of its first two * thirds
    + third`, from the numbers that `first`, `second` and `third` give.

    Attributes
    ----------
    first, second, third : piece as the dictionary writes it → its number as first, second or third
        piece of a word, from 1 on; it lacks pieces that no word has in that place, for which 0 is
        used. pyvi looks up pieces in lower case, so it never finds those with capitals.
    width, thirds : the factors of the codes.
    words : bitset `(bytes,)` uint8 with the bits of the codes of all words of two pieces (see
        `has_bit`).
    begins : bitset like `words`, of the pairs with which a word of three pieces begins.
    triples : `(n,)` int64, the codes of the words of three pieces, ascending.
    """

    def __init__(self) -> None:
        rows = [
            (first, second, pair)
            for first, pairs in word_model().pairs.items()
            for second, pair in pairs.items()
        ]
        self.first = _numbers(first for first, _, _ in rows)
        self.second = _numbers(second for _, second, _ in rows)
        self.third = _numbers(third for _, _, pair in rows for third in pair.thirds)
        self.width = len(self.second) + 1
        self.thirds = len(self.third) + 1
        codes = np.array([self.first[a] * self.width + self.second[b] for a, b, _ in rows])
        size = (len(self.first) + 1) * self.width // 8 + 1
        self.words = _bits(codes[[pair.is_word for _, _, pair in rows]], size)
        self.begins = _bits(codes[[bool(pair.thirds) for _, _, pair in rows]], size)
        self.triples = np.sort(
            [
                code * self.thirds + self.third[third]
                for code, (_, _, pair) in zip(codes.tolist(), rows, strict=True)
                for third in pair.thirds
            ]
        )


@functools.cache
def dictionary() -> Dictionary:
    """Return the dictionary; the first call builds it, in 50 to 100 milliseconds.

    Raises WordModelError if the word model cannot be loaded.
    """
    return Dictionary()


def _numbers(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(dict.fromkeys(names), 1)}


def _bits(codes: Ints, size: int) -> Bytes:
    bits = np.zeros(size, np.uint8)
    np.bitwise_or.at(bits, codes >> 3, (1 << (codes & 7)).astype(np.uint8))
    return bits


def has_bit(bits: Bytes, codes: Ints) -> npt.NDArray[np.bool_]:
    """Return the mask `(n,)` of those of `codes (n,)` int64 whose bit is set in the bitset `bits`.

    The bit of code c is bit c & 7 (the lowest is 0) of byte c >> 3. Raises IndexError for a code
    beyond the bits.
    """
    found: npt.NDArray[np.bool_] = (bits[codes >> 3] >> (codes & 7).astype(np.uint8)) & 1 != 0
    return found
