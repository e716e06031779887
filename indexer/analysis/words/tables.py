"""What `batch` knows of the chunks and pieces it has met, as columns for NumPy."""

from __future__ import annotations

import functools
from array import array
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from indexer.analysis.words.model import word_model
from indexer.analysis.words.pieces import piece_spans
from indexer.analysis.words.scores import describe

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

# Beyond this the tables are given up and begun anew: about 40 MB.
_LARGEST = 1 << 19
_LONG_PIECE = 64


class ChunkTable(dict[str, int]):
    """Chunk → its number, given when it is first asked for. Not to be shared by threads.

    A chunk's pieces lie side by side in `piece`, `start` (in the chunk) and `length`, from
    `first[number]` on, `count[number]` of them; a `piece` is a number in `pieces`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pieces = PieceTable()
        self.first = array("q")
        self.count = array("q")
        self.piece = array("q")
        self.start = array("q")
        self.length = array("q")
        self._weight = 0

    def __missing__(self, chunk: str) -> int:
        spans = piece_spans(chunk)
        number = self[chunk] = len(self)
        self.first.append(len(self.piece))
        self.count.append(len(spans))
        pieces = self.pieces
        for start, end in spans:
            self.piece.append(pieces[chunk[start:end]])
            self.start.append(start)
            self.length.append(end - start)
        # Long chunks hardly come twice, and weigh more.
        self._weight += len(spans) + len(chunk) // _LONG_PIECE
        return number

    @property
    def full(self) -> bool:
        """Is it time to begin anew?"""
        return self._weight > _LARGEST


def rows_of(first: array[int], count: array[int], numbers: Ints) -> tuple[Ints, Ints]:
    """Of the chunks with these numbers how many rows each has, and all of them one after another,
    where chunk n has the rows `first[n]`, `first[n] + 1`, and so on, `count[n]` in all."""
    counts = np.frombuffer(count, np.int64)[numbers]
    rows = np.repeat(np.frombuffer(first, np.int64)[numbers] - np.cumsum(counts) + counts, counts)
    rows += np.arange(len(rows))
    return counts, rows


class PieceTable(dict[str, int]):
    """Piece → its number, given when it is first asked for; columns as in `scores.Piece`.

    kind : pyvi joins a piece only to one before it whose kind is as high; those of kind 0 never.
    first, second, third : numbers of the piece as part of a pair or triple, see `Dictionary`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._dictionary = dictionary()
        self.own = array("d")
        self.to_next = array("d")
        self.to_previous = array("d")
        self.kind = array("B")
        self.first = array("q")
        self.second = array("q")
        self.third = array("q")

    def __missing__(self, piece: str) -> int:
        number = self[piece] = len(self)
        known = describe(piece)
        self.own.append(known.own)
        self.to_next.append(known.to_next)
        self.to_previous.append(known.to_previous)
        self.kind.append(known.may_join * (1 + known.is_title))
        self.first.append(self._dictionary.first.get(known.lower, 0))
        self.second.append(self._dictionary.second.get(known.lower, 0))
        self.third.append(self._dictionary.third.get(known.lower, 0))
        return number


class Dictionary:
    """pyvi's words of two and three pieces, for look-up by numbers; number 0 is in no word.

    A pair's code is `first * width + second`. Bit `code` of `words` says that it is a word, that of
    `begins` that triples begin with it; `triples` are the codes `pair * thirds + third`, sorted.
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
    """The dictionary, built once (50 to 100 ms)."""
    return Dictionary()


def _numbers(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(dict.fromkeys(names), 1)}


def _bits(codes: Ints, size: int) -> Bytes:
    bits = np.zeros(size, np.uint8)
    np.bitwise_or.at(bits, codes >> 3, (1 << (codes & 7)).astype(np.uint8))
    return bits


def has_bit(bits: Bytes, codes: Ints) -> npt.NDArray[np.bool_]:
    """Which of `codes` are in `bits`."""
    found: npt.NDArray[np.bool_] = (bits[codes >> 3] >> (codes & 7).astype(np.uint8)) & 1 != 0
    return found
