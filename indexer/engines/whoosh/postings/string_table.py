"""A table of strings stored as two arrays: the UTF-8 bytes of all strings, and where each string
ends.

The tables of terms are sorted, and the index of a string in its table is its *number*.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import overload

import numpy as np

from indexer.engines.whoosh.postings.array_file import Array, ArrayFile, ArrayWriter, shrink_dtype
from indexer.engines.whoosh.postings.elias_fano import Ints

_SAMPLE_STEP = 32
"""Strings between two that are kept in memory for searches."""
_AFTER = b"\xff"
"""Greater than any byte of UTF-8."""


def encode_term(term: str) -> bytes:
    """Return the UTF-8 bytes of a term.

    Lone surrogates, which JSON sources can contain, are encoded like other code points.
    """
    return term.encode("utf-8", "surrogatepass")


def decode_term(raw: bytes) -> str:
    """Return the term that `encode_term` encoded. Raises UnicodeDecodeError for other bytes."""
    return raw.decode("utf-8", "surrogatepass")


def facet_key(facet: str, value: str) -> str:
    """Return the term under which a facet value is indexed: "year=2019".

    It is unique, because the name of a facet contains no "=".
    """
    return f"{facet}={value}"


def facet_value(key: str) -> str:
    """Return the value of which `facet_key` made this term."""
    return key.partition("=")[2]


def facet_name(key: str) -> str:
    """Return the name of the facet in a `facet_key`."""
    return key.partition("=")[0]


def write_strings(writer: ArrayWriter, name: str, strings: Iterable[str]) -> None:
    """Write n strings as two arrays: `<name>` uint8, their UTF-8 bytes one after another, and
    `<name>_ends` `(n,)`, the byte offset at which each ends.

    `StringTable.find` needs them ascending by code point.
    """
    every = list(strings)
    text = "".join(every)
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    sizes = 1 + (points > 0x7F) + (points > 0x7FF) + (points > 0xFFFF)  # in UTF-8
    ends = np.cumsum(np.fromiter(map(len, every), np.int64, len(every)))
    writer.put(name, np.frombuffer(encode_term(text), np.uint8))
    writer.put(f"{name}_ends", shrink_dtype(np.concatenate(([0], np.cumsum(sizes)))[ends]))


class StringTable(Sequence[str]):
    """The strings that `write_strings` wrote as `name`, read one by one from the file.

    Raises ValueError if the arrays are missing or do not fit together. Methods that search expect a
    table sorted by code point, which is also the order of UTF-8 bytes.
    """

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._raw = file[name]
        self._bytes = self._raw.data
        self._ends: Array = file[f"{name}_ends"]
        self._length = len(self._ends)
        if self._length and int(self._ends[-1]) != len(self._raw):
            raise ValueError(f"{name} does not fit its ends")

    def __len__(self) -> int:
        return self._length

    def raw(self, number: int) -> bytes:
        """Return the UTF-8 bytes of the string `number`, which is 0 or more.

        Raises IndexError beyond the last.
        """
        start = int(self._ends[number - 1]) if number else 0
        return bytes(self._bytes[start : int(self._ends[number])])

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(self._length))]
        if not -self._length <= index < self._length:
            raise IndexError(index)
        return decode_term(self.raw(index % self._length))

    def __iter__(self) -> Iterator[str]:
        return iter(self.all())

    def all(self) -> list[str]:
        """Return all strings in order; faster than one by one."""
        raw, ends = self._raw.tobytes(), self._ends.tolist()
        return [decode_term(raw[a:b]) for a, b in zip([0, *ends], ends, strict=False)]

    def get_many(self, numbers: Array) -> list[str]:
        """Return the strings with `numbers (n,)`, in this order; faster than one by one."""
        begins = np.where(numbers > 0, self._ends[numbers - 1], 0).tolist()
        ends = self._ends[numbers].tolist()
        return [decode_term(bytes(self._bytes[a:b])) for a, b in zip(begins, ends, strict=True)]

    def lengths(self) -> Array:
        """Return the length of each string in code points, `(strings,)` int64."""
        # Every byte but a continuation byte (0b10xxxxxx) begins a code point.
        begun = np.cumsum((self._raw & 0xC0) != 0x80)
        ends = np.concatenate(([0], begun))[self._ends]
        return np.diff(ends, prepend=0)

    def concatenated(self) -> str:
        """Return all strings as one, without separators."""
        return decode_term(self._raw.tobytes())

    @cached_property
    def _samples(self) -> list[bytes]:
        """Every _SAMPLE_STEP-th string, so that most steps of a search compare in a list."""
        return [self.raw(number) for number in range(0, self._length, _SAMPLE_STEP)]

    def lower_bound(self, key: bytes) -> int:
        """Return the number of the first string whose UTF-8 bytes are not below `key`.

        The length of the table if all are below it.
        """
        after = bisect_left(self._samples, key)  # the first sample that is not below the key
        low = (after - 1) * _SAMPLE_STEP + 1 if after else 0
        high = min(after * _SAMPLE_STEP, self._length)
        while low < high:
            middle = (low + high) >> 1
            if self.raw(middle) < key:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, term: str) -> int:
        """Return the number of a string, or -1 if the table does not contain it."""
        key = encode_term(term)
        at = self.lower_bound(key)
        return at if at < self._length and self.raw(at) == key else -1

    def prefix_range(self, prefix: str) -> tuple[int, int]:
        """Return the numbers `[first, last)` of the strings that begin with `prefix`.

        Empty (first == last) if there is none.
        """
        key = encode_term(prefix)
        return self.lower_bound(key), self.lower_bound(key + _AFTER)


def most_frequent(numbers: Ints, frequencies: Array, limit: int) -> Ints:
    """Return at most `limit` of `numbers (n,)`, those with the highest frequencies first; int64.

    `frequencies (n,)` are those of the numbers. Equal frequencies are ordered by number, ascending.
    Does not sort all numbers if `limit` is smaller.
    """
    counts = frequencies.astype(np.int64)
    if 0 < limit < len(numbers):
        least = np.partition(counts, len(counts) - limit)[len(counts) - limit]
        numbers, counts = numbers[counts >= least], counts[counts >= least]
    best: Ints = numbers[np.lexsort((numbers, -counts))[:limit]]
    return best
