"""Where a syllable stands within its documents, in as many bits as the document is long.

The positions of all its documents lie one after another, each as a number of `widths` bits of its
own document. Who knows the documents and how often it stands in each knows where to read, so that
the positions in a few documents cost no more than that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexer.engines.whoosh.postings.array_file import Array, ArrayWriter, shrink_dtype
from indexer.engines.whoosh.postings.elias_fano import (
    BitPacker,
    Bits,
    Int32s,
    Ints,
    find_sorted,
    set_bits,
)

_WINDOW_BYTES = 8
"""Bytes that are read at once; a position has at most 32 bits."""


def position_widths(spans: Ints) -> Ints:
    """Bits of a position in documents of so many positions."""
    return np.frexp((spans - 1).astype(np.float64))[1].astype(np.int64)


@dataclass(frozen=True, slots=True)
class Occurrences:
    """The documents of a syllable, ascending; how often it stands in each, and the bit, counted
    from `begin`, from which on its positions there are."""

    first_bit: int
    ids: Int32s
    counts: Array
    bit_offsets: Array

    @property
    def nbytes(self) -> int:
        """Memory held."""
        return self.ids.nbytes + self.counts.nbytes + self.bit_offsets.nbytes


NO_OCCURRENCES = Occurrences(0, *[np.zeros(0, np.int32)] * 3)


def make_occurrences(ids: Ints, counts: Ints, first_bit: int, widths: Ints) -> Occurrences:
    """The occurrences of a syllable whose positions begin at bit `begin`."""
    sizes = counts * widths[ids]
    starts = np.cumsum(sizes) - sizes
    return Occurrences(first_bit, ids.astype(np.int32), shrink_dtype(counts), shrink_dtype(starts))


class PositionWriter:
    """Writes positions as `positions`, and the bit at which those of each syllable begin."""

    def __init__(self, writer: ArrayWriter) -> None:
        self._writer = writer
        self._packer = BitPacker()
        self._first_bits: list[Ints] = []
        writer.begin("positions", "u1")

    def add(self, sizes: Ints, positions: Ints, widths: Ints) -> None:
        """Write the positions of some syllables: `sizes` of each, and the bits of each position."""
        ends = np.cumsum(widths)
        begins = ends - widths
        self._first_bits.append(self._packer.length + begins[np.cumsum(sizes) - sizes])
        bits: Bits = np.zeros(int(ends[-1]), np.uint8)
        set_bits(bits, begins, positions)
        self._writer.append(self._packer.pack(bits))

    def close(self) -> None:
        """End the positions."""
        self._writer.append(self._packer.flush())
        self._writer.append(np.zeros(_WINDOW_BYTES, np.uint8))
        self._writer.put(
            "first_bits", shrink_dtype(np.concatenate([np.zeros(0, np.int64), *self._first_bits]))
        )


class PositionReader:
    """What `PositionWriter` wrote. Raises ValueError on damage."""

    def __init__(self, packed: Array, first_bits: Array, widths: Ints) -> None:
        if len(packed) < _WINDOW_BYTES:
            raise ValueError("there are no positions")
        self.first_bits = first_bits
        self.widths = widths
        # Every byte begins a window.
        self._windows: Array = np.ndarray(
            (len(packed) - _WINDOW_BYTES + 1,), "<u8", packed.data, strides=(1,)
        )

    def read(self, occurrences: Occurrences) -> tuple[Ints, Ints]:
        """Document and position of every occurrence, ascending."""
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
        windows = self._windows[at >> 3] >> (at & 7).astype(np.uint64)
        return owners, windows.astype(np.int64) & ((1 << width) - 1)


def restrict_to(occurrences: Occurrences, documents: Ints) -> Occurrences:
    """The occurrences in these documents (ascending) alone."""
    if not len(occurrences.ids):
        return occurrences
    at, has = find_sorted(occurrences.ids, documents.astype(np.int32))
    at = at[has]
    return Occurrences(
        occurrences.first_bit,
        occurrences.ids[at],
        occurrences.counts[at],
        occurrences.bit_offsets[at],
    )
