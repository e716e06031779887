"""Ascending lists of integers in few bits (Elias 1974, Fano 1971), encoded and decoded as arrays.

A list of n numbers below `universe` stores the lowest `width = floor(log2(universe / n))` bits of
each number, one after another, then the high parts in unary: number i has the bit `high part + i`
set. That takes at most 2 + log2(universe / n) bits per number, less than half a bit above the
minimum (Vigna 2013, "Quasi-succinct indices"), and needs only n and `universe` to be read back.
Many lists stand one after another in one array of bits, the lowest bit of a byte first.

Weights, which are mostly 1, follow their list in unary: a weight w is w - 1 zeros and a one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from indexer.engines.whoosh.postings.array_file import BlockArray

Ints = np.ndarray[Any, np.dtype[np.int64]]
Int32s = np.ndarray[Any, np.dtype[np.int32]]
"""Document or term numbers, in half the memory of int64."""
Bits = np.ndarray[Any, np.dtype[np.uint8]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
"""One bool per document, or per entry of the array that the mask selects from."""

_CHUNK = 1 << 13
"""How many numbers `set_bits` writes in one step: few enough for the processor's cache."""


def low_bit_widths(counts: Ints, universe: int) -> Ints:
    """Return the width of the low parts in each list, in bits: `(lists,)` int64.

    It is floor(log2(universe / n)) for a list of n numbers, at least 0. `counts (lists,)` int64 are
    the lengths of the lists; `universe`, 1 or more, is above all numbers in them.
    """
    ratio = np.maximum(universe // np.maximum(counts, 1), 1)
    width: Ints = np.frexp(ratio.astype(np.float64))[1].astype(np.int64) - 1
    return width


def encoded_sizes(counts: Ints, universe: int) -> Ints:
    """Return the size of each list in bits, without weights: `(lists,)` int64.

    For n numbers with low parts of w bits (`low_bit_widths`), it is n * w for these, and for the
    high parts in unary n + floor(universe / 2^w) + 1; 0 for an empty list. `counts (lists,)` int64
    are the lengths of the lists; `universe`, 1 or more, is above all numbers in them.
    """
    width = low_bit_widths(counts, universe)
    return np.where(counts > 0, counts * width + counts + (universe >> width) + 1, 0)


def encode(
    values: Ints, counts: Ints, universe: int, weights: Ints | None = None
) -> tuple[Bits, Ints]:
    """Return the bits of some lists, one uint8 (0 or 1) per bit, and where each list begins.

    The bits are `(bits,)`. The beginnings `(lists + 1,)` int64 are indexes of bits; the last is the
    number of all bits.

    Parameters
    ----------
    values : `(Σ counts,)` int64, the numbers of all lists, ascending within a list.
    counts : `(lists,)` int64, the lengths of the lists.
    universe : all numbers are from 0 to `universe - 1`.
    weights : `(Σ counts,)` int64, each 1 or more; they follow their list. None writes no weights.
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
    # The index of a bit is the sum of a part that depends only on the list and one that does not.
    index, low = np.arange(len(values)), np.repeat(width, counts)
    high = np.repeat(begins + counts * width - firsts, counts) + index
    bits[high + (values >> low)] = 1
    set_bits(
        bits, np.repeat(begins - firsts * width, counts) + index * low, values & ((1 << low) - 1)
    )
    if weights is not None:
        bits[np.repeat(begins + size - running[firsts] - 1, counts) + running[1:]] = 1
    return bits, bounds


def set_bits(bits: Bits, offsets: Ints, numbers: Ints) -> None:
    """Write integers from 0 to 2³² - 1 into `bits` (one uint8 per bit), lowest bit first.

    `offsets (n,)` are the indexes in `bits` at which `numbers (n,)` begin; the bits there must be
    0.
    """
    word_bits = 8 if numbers.max(initial=0) < 1 << 8 else 16 if numbers.max() < 1 << 16 else 32
    raw = numbers.astype(f"<u{word_bits // 8}")
    for start in range(0, len(raw), _CHUNK):
        part = raw[start : start + _CHUNK].view(np.uint8)
        ones = _set_positions(np.unpackbits(part, bitorder="little"))
        bits[offsets[start + ones // word_bits] + ones % word_bits] = 1


def decode(packed: Bits | BlockArray, start: int, count: int, universe: int) -> Ints:
    """Return the list of `count` numbers that begins at bit `start`, `(count,)` int64, ascending.

    Raises ValueError if the bits cannot be a list of that many numbers, DamagedFile (a ValueError)
    if a block of `packed` is not what was written. Bits that were changed in other ways give
    numbers that may be above the universe.

    Parameters
    ----------
    packed : `(bytes,)` uint8, eight bits each, the lowest first.
    start : index of a bit, as `encode` returned it.
    universe : the exclusive bound given to `encode`.
    """
    if not count:
        return np.zeros(0, np.int64)
    width, lows, highs = _layout(count, universe)
    bits = _unpack(packed, start, lows + highs)
    return _numbers(bits[:lows], _set_positions(bits[lows:]), width, count)


def decode_weighted(
    packed: Bits | BlockArray, start: int, end: int, count: int, universe: int
) -> tuple[Ints, Ints]:
    """Return the list of `count` numbers in the bits `[start, end)`, 1 or more, and the weights
    that follow it.

    Two int64 arrays `(count,)`. Parameters and errors are those of `decode`; ValueError is also
    raised if the bits have not as many weights.
    """
    width, lows, highs = _layout(count, universe)
    if end - start == lows + highs + count:  # all weights are 1
        return decode(packed, start, count, universe), np.ones(count, np.int64)
    bits = _unpack(packed, start, end - start)
    ones = _set_positions(bits[lows:])
    if len(ones) != 2 * count or ones[count] < highs:
        raise ValueError("a list has the wrong number of weights")
    weights = np.diff(ones[count:], prepend=highs - 1)
    return _numbers(bits[:lows], ones[:count], width, count), weights


def _layout(count: int, universe: int) -> tuple[int, int, int]:
    """Return the width of a low part, and the sizes of all low and of all high parts, in bits, of a
    list of `count` numbers, 1 or more."""
    width = max(universe // count, 1).bit_length() - 1
    return width, count * width, count + (universe >> width) + 1


def _numbers(lows: Bits, high: Ints, width: int, count: int) -> Ints:
    """Return the numbers of a list, `(count,)` int64, from the bits of their low parts, `(count *
    width,)` uint8, and the indexes of the ones among the bits of their high parts, `(count,)`.

    Raises ValueError if there are not as many ones.
    """
    if len(high) != count:
        raise ValueError("a list has the wrong number of entries")
    values = high - np.arange(count)
    if width:
        # Pad the low bits of each number to whole bytes, and read those as integers.
        word_bits = 8 if width <= 8 else 16 if width <= 16 else 32 if width <= 32 else 64
        rows = np.zeros((count, word_bits), np.uint8)
        rows[:, :width] = lows.reshape(count, width)
        low = np.packbits(rows.reshape(-1), bitorder="little").view(f"<u{word_bits // 8}")
        values <<= width
        values |= low.astype(np.int64)
    return values


def _unpack(packed: Bits | BlockArray, start: int, size: int) -> Bits:
    first = start >> 3
    part = packed[first : (start + size + 7) >> 3]
    bits = np.unpackbits(part, bitorder="little")[start & 7 : (start & 7) + size]
    if len(bits) != size:
        raise ValueError("a list is cut short")
    return bits


def _set_positions(bits: Bits) -> Ints:
    """Return the indexes of the bits that are 1, `(n,)` int64 ascending.

    NumPy's `nonzero` is several times faster on bool than on uint8.
    """
    found: Ints = bits.view(np.bool_).nonzero()[0]
    return found


def find_sorted(table: Ints | Int32s, keys: Ints | Int32s) -> tuple[Ints, Mask]:
    """Return the index in `table` of each of `keys (n,)`, `(n,)` int64, and a mask `(n,)`.

    The mask is False for a key that the table lacks; its index then has no meaning, but is within
    the table. The table `(m,)` is ascending and not empty. If `table` and `keys` differ in dtype,
    NumPy copies the table.
    """
    at = table.searchsorted(keys)
    at[at == len(table)] = 0
    return at, table[at] == keys


class BitPacker:
    """Packs bits that arrive in parts into bytes, the lowest bit of a byte first.

    Write what each call of `pack` returns, in order, and at the end what `flush` returns.
    """

    def __init__(self) -> None:
        self._rest: Bits = np.zeros(0, np.uint8)
        self.length = 0
        """Number of bits packed so far."""

    def pack(self, bits: Bits) -> Bits:
        """Add `bits (n,)` uint8, 0 or 1 each; return the bytes that are complete now and were not
        returned before, `(k,)` uint8."""
        self.length += len(bits)
        bits = np.concatenate((self._rest, bits))
        whole = len(bits) & ~7
        self._rest = bits[whole:]
        return np.packbits(bits[:whole], bitorder="little")

    def flush(self) -> Bits:
        """Return the last, incomplete byte, padded with zeros, as `(1,)` uint8; an empty array if
        there is none. Must be the last call."""
        return np.packbits(self._rest, bitorder="little")
