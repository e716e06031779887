"""The positions of a syllable within its documents, in as many bits as the document's length needs.

The positions of a syllable in all its documents stand one after another; in a document with n
positions each takes ceil(log2 n) bits. Where those in each document begin is computed from the
documents of the syllable and its frequency in each, so the positions in a few documents can be read
without the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexer.engines.whoosh.postings.array_file import (
    Array,
    ArrayWriter,
    BlockArray,
    shrink_dtype,
)
from indexer.engines.whoosh.postings.elias_fano import (
    BitPacker,
    Bits,
    Int32s,
    Ints,
    find_sorted,
    set_bits,
)

_WINDOW_BYTES = 8
"""Number of bytes that are read for one position. It has at most 32 bits, so it lies within a
window of 64 that begins at the byte of its first bit."""


def position_widths(spans: Ints) -> Ints:
    """Return the number of bits that a position takes in each document, `(documents,)` int64.

    That is ceil(log2 n), 0 if n is 1, for a document with n positions. `spans (documents,)` int64
    are the numbers of positions of the documents, 1 or more.
    """
    return np.frexp((spans - 1).astype(np.float64))[1].astype(np.int64)


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where the positions of a syllable in its documents are stored, in the array `positions`.

    Attributes
    ----------
    first_bit : the bit of the array at which the positions of the syllable begin.
    ids : `(n,)` int32, its document numbers, ascending.
    counts : `(n,)` unsigned, how often it occurs in each document, 1 or more.
    bit_offsets : `(n,)` unsigned, where its positions in each document begin, in bits from
        `first_bit` on.
    """

    first_bit: int
    ids: Int32s
    counts: Array
    bit_offsets: Array

    @property
    def nbytes(self) -> int:
        """Memory used, in bytes."""
        return self.ids.nbytes + self.counts.nbytes + self.bit_offsets.nbytes


NO_OCCURRENCES = Occurrences(0, *[np.zeros(0, np.int32)] * 3)
"""The occurrences of an unknown syllable."""


def make_occurrences(ids: Ints, counts: Ints, first_bit: int, widths: Ints) -> Occurrences:
    """Return where the positions of a syllable are stored.

    Raises IndexError if a document number is not below `documents`.

    Parameters
    ----------
    ids : `(n,)` int64, its document numbers, ascending.
    counts : `(n,)` int64, how often it occurs in each document.
    first_bit : the bit of the array `positions` at which its positions begin.
    widths : `(documents,)` int64, `position_widths` of all documents of the segment.
    """
    sizes = counts * widths[ids]
    starts = np.cumsum(sizes) - sizes
    return Occurrences(first_bit, ids.astype(np.int32), shrink_dtype(counts), shrink_dtype(starts))


class PositionWriter:
    """Writes the array `positions` (uint8), and `first_bits` `(syllables,)` unsigned, the bit of it
    at which the positions of each syllable begin.

    No other array may be written between the constructor and `close`. All methods raise OSError if
    the disk cannot be written.
    """

    def __init__(self, writer: ArrayWriter) -> None:
        self._writer = writer
        self._packer = BitPacker()
        self._first_bits: list[Ints] = []
        writer.begin("positions", "u1")

    def add(self, sizes: Ints, positions: Ints, widths: Ints) -> None:
        """Write the positions of the next syllables, at least one, in the order of their numbers.

        Parameters
        ----------
        sizes : `(syllables,)` int64, the number of positions of each syllable, 1 or more.
        positions : `(Σ sizes,)` int64, positions within their documents, those of each syllable in
            turn, ascending by document and position.
        widths : `(Σ sizes,)` int64, the number of bits that each position takes.
        """
        ends = np.cumsum(widths)
        begins = ends - widths
        self._first_bits.append(self._packer.length + begins[np.cumsum(sizes) - sizes])
        bits: Bits = np.zeros(int(ends[-1]), np.uint8)
        set_bits(bits, begins, positions)
        self._writer.append(self._packer.pack(bits))

    def close(self) -> None:
        """Write the last byte, _WINDOW_BYTES zero bytes of padding, and `first_bits`."""
        self._writer.append(self._packer.flush())
        self._writer.append(np.zeros(_WINDOW_BYTES, np.uint8))
        self._writer.put(
            "first_bits", shrink_dtype(np.concatenate([np.zeros(0, np.int64), *self._first_bits]))
        )


class PositionReader:
    """Reads the positions that `PositionWriter` wrote.

    The constructor raises ValueError if the array `positions` is too short.

    Parameters
    ----------
    packed : the array `positions`.
    first_bits : the array of that name, `(syllables,)` unsigned.
    widths : `(documents,)` int64, `position_widths` of all documents of the segment.
    """

    def __init__(self, packed: BlockArray, first_bits: Array, widths: Ints) -> None:
        if len(packed) < _WINDOW_BYTES:
            raise ValueError("there are no positions")
        self.first_bits = first_bits
        self.widths = widths
        self._packed = packed
        # A view with a window at every byte.
        self._windows: Array = np.ndarray(
            (len(packed) - _WINDOW_BYTES + 1,), "<u8", packed.unverified.data, strides=(1,)
        )

    def read(self, occurrences: Occurrences) -> tuple[Ints, Ints]:
        """Return document number and position of every occurrence, ascending by both.

        Two int64 arrays `(Σ counts,)`; positions count from 0 in each document. Raises ValueError
        if they would lie beyond the end of the array, or if a block of it was changed.
        """
        counts = occurrences.counts.astype(np.int64)
        owners = np.repeat(occurrences.ids, counts).astype(np.int64)
        width = self.widths[owners]
        index = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
        at = (
            occurrences.first_bit
            + np.repeat(occurrences.bit_offsets.astype(np.int64), counts)
            + index * width
        )
        if len(at) and int(at[-1]) >> 3 >= len(self._windows):
            raise ValueError("positions beyond the end")
        first_bytes = at >> 3
        self._packed.verify_at(first_bytes, _WINDOW_BYTES)
        windows = self._windows[first_bytes] >> (at & 7).astype(np.uint64)
        return owners, windows.astype(np.int64) & ((1 << width) - 1)


def restrict_to(occurrences: Occurrences, documents: Ints) -> Occurrences:
    """Return only the occurrences in the documents with these numbers, `(n,)` int64 ascending."""
    if not len(occurrences.ids):
        return occurrences
    at, is_found = find_sorted(occurrences.ids, documents.astype(np.int32))
    at = at[is_found]
    return Occurrences(
        occurrences.first_bit,
        occurrences.ids[at],
        occurrences.counts[at],
        occurrences.bit_offsets[at],
    )
