"""Ascending lists of whole numbers in few bits (Elias 1974, Fano 1971), decoded as arrays.

A list of n numbers below `universe` has `width = floor(log2(universe / n))` low bits of each
number, side by side, then the high parts in unary: bit `high + index` is set. That is at most
2 + log2(universe / n) bits a number, within half a bit of the least possible, and needs nothing
but n to be read back. Many lists stand one after another in one array of bits, bit 0 first.

Weights, mostly 1, follow in unary too: w is w - 1 zeros and a one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Ints = np.ndarray[Any, np.dtype[np.int64]]
Int32s = np.ndarray[Any, np.dtype[np.int32]]
"""Numbers of documents or terms, in half the word_bits of `Ints`."""
Bits = np.ndarray[Any, np.dtype[np.uint8]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
"""One truth value for each document, or whatever it is a mask of."""

_CHUNK = 1 << 13
"""Numbers whose bits are set at once: few enough for the cache of a processor."""


def low_bit_widths(counts: Ints, universe: int) -> Ints:
    """Low bits of the numbers of lists with so many numbers."""
    ratio = np.maximum(universe // np.maximum(counts, 1), 1)
    width: Ints = np.frexp(ratio.astype(np.float64))[1].astype(np.int64) - 1
    return width


def encoded_sizes(counts: Ints, universe: int) -> Ints:
    """Bits that lists of so many numbers take; none for an empty list."""
    width = low_bit_widths(counts, universe)
    return np.where(counts > 0, counts * width + counts + (universe >> width) + 1, 0)


def encode(
    values: Ints, counts: Ints, universe: int, weights: Ints | None = None
) -> tuple[Bits, Ints]:
    """The bits (one a byte, 0 or 1) of the lists of these counts, and where each begins.

    `weights`, 1 or more for each value, follow their list. The bounds have one entry more than
    there are lists.
    """
    width = low_bit_widths(counts, universe)
    size = encoded_sizes(counts, universe)
    ends = np.cumsum(counts)
    firsts = ends - counts
    total = size
    if weights is not None:
        running = np.concatenate(([0], np.cumsum(weights)))
        total = size + running[ends] - running[firsts]
    bounds = np.concatenate(([0], np.cumsum(total)))
    begins = bounds[:-1]
    bits = np.zeros(int(bounds[-1]), np.uint8)
    # Where a bit goes is a sum of what depends on the list alone and of what does not.
    index, low = np.arange(len(values)), np.repeat(width, counts)
    high = np.repeat(begins + counts * width - firsts, counts) + index
    bits[high + (values >> low)] = 1
    set_bits(
        bits, np.repeat(begins - firsts * width, counts) + index * low, values & ((1 << low) - 1)
    )
    if weights is not None:
        bits[np.repeat(begins + size - running[firsts] - 1, counts) + running[1:]] = 1
    return bits, bounds


def set_bits(bits: Bits, places: Ints, numbers: Ints) -> None:
    """Set the bits of numbers (below 2³²) among `bits`, the lowest one of each at its place."""
    word_bits = 8 if numbers.max(initial=0) < 1 << 8 else 16 if numbers.max() < 1 << 16 else 32
    raw = numbers.astype(f"<u{word_bits // 8}")
    for start in range(0, len(raw), _CHUNK):
        part = raw[start : start + _CHUNK].view(np.uint8)
        ones = _set_positions(np.unpackbits(part, bitorder="little"))
        bits[places[start + ones // word_bits] + ones % word_bits] = 1


def decode(packed: Bits, start: int, count: int, universe: int) -> Ints:
    """The `count` numbers of the list at bit `start`, int64. Raises ValueError on damage."""
    if not count:
        return np.zeros(0, np.int64)
    width = max(universe // count, 1).bit_length() - 1
    lows = count * width
    size = lows + count + (universe >> width) + 1
    bits = _unpack(packed, start, size)
    high = _set_positions(bits[lows:])
    if len(high) != count:
        raise ValueError("a list has the wrong number of entries")
    values = high - np.arange(count)
    if width:
        # Rows of bits become rows of whole bytes, and those numbers.
        word_bits = 8 if width <= 8 else 16 if width <= 16 else 32 if width <= 32 else 64
        rows = np.zeros((count, word_bits), np.uint8)
        rows[:, :width] = bits[:lows].reshape(count, width)
        low = np.packbits(rows.reshape(-1), bitorder="little").view(f"<u{word_bits // 8}")
        values <<= width
        values |= low.astype(np.int64)
    return values


def decode_weights(packed: Bits, start: int, end: int, count: int) -> Ints:
    """The `count` weights between two bits. Raises ValueError on damage."""
    if end - start == count:
        return np.ones(count, np.int64)
    ones = _set_positions(_unpack(packed, start, end - start))
    if len(ones) != count:
        raise ValueError("a list has the wrong number of weights")
    weights = ones.copy()
    weights[0] += 1
    weights[1:] -= ones[:-1]
    return weights


def _unpack(packed: Bits, start: int, size: int) -> Bits:
    first = start >> 3
    part = packed[first : (start + size + 7) >> 3]
    bits = np.unpackbits(part, bitorder="little")[start & 7 : (start & 7) + size]
    if len(bits) != size:
        raise ValueError("a list is cut short")
    return bits


def _set_positions(bits: Bits) -> Ints:
    """Where bits are set. NumPy finds them several times faster among truth values."""
    found: Ints = bits.view(np.bool_).nonzero()[0]
    return found


def find_sorted(table: Ints | Int32s, wanted: Ints | Int32s) -> tuple[Ints, Mask]:
    """Where in an ascending table, not empty, each of `wanted` stands, and whether it does: where
    not, the place says nothing. Both of one type, or NumPy copies the table."""
    at = table.searchsorted(wanted)
    at[at == len(table)] = 0
    return at, table[at] == wanted


class BitPacker:
    """Packs bits that come in parts into bytes."""

    def __init__(self) -> None:
        self._rest: Bits = np.zeros(0, np.uint8)
        self.length = 0
        """Bits taken so far."""

    def pack(self, bits: Bits) -> Bits:
        """The bytes that are full with these bits."""
        self.length += len(bits)
        bits = np.concatenate((self._rest, bits))
        whole = len(bits) & ~7
        self._rest = bits[whole:]
        return np.packbits(bits[:whole], bitorder="little")

    def flush(self) -> Bits:
        """The last byte, filled up with zeros."""
        return np.packbits(self._rest, bitorder="little")
