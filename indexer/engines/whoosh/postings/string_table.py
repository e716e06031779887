"""A table of strings stored as two arrays:

    <name>         `(bytes,)` uint8, the UTF-8 bytes of all strings
    <name>_ends    `(strings,)` unsigned, the index after the last byte of each string

The index of a string in its table is its *number*; the term number of a term is its number in a
table of terms, which is sorted.
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
"""One string in this many is kept in memory, so that a search reads at most log2 of this many from
the file."""
_AFTER = b"\xff"
"""Greater than any byte of UTF-8; after a prefix it is greater than all strings with the prefix."""


def encode_term(term: str) -> bytes:
    """Return the UTF-8 bytes of any string.

    Lone surrogates, which JSON sources can contain, are encoded like other code points, so no
    string is refused.
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
    """Return the value of the facet from a term that `facet_key` made: "2019" of "year=2019"."""
    return key.partition("=")[2]


def facet_name(key: str) -> str:
    """Return the name of the facet from a term that `facet_key` made: "year" of "year=2019"."""
    return key.partition("=")[0]


def write_strings(writer: ArrayWriter, name: str, strings: Iterable[str]) -> None:
    """Write n strings as two arrays: `<name>` uint8, their UTF-8 bytes one after another, and
    `<name>_ends` `(n,)` unsigned, the byte offset at which each ends.

    The methods of `StringTable` that search need them ascending by code point. Raises OSError if
    the disk cannot be written.
    """
    encoded = list(map(encode_term, strings))
    ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)))
    writer.put(name, np.frombuffer(b"".join(encoded), np.uint8))
    writer.put(f"{name}_ends", shrink_dtype(ends))


class StringTable(Sequence[str]):
    """The strings that `write_strings` wrote as `name`, read one by one from the file.

    The constructor raises ValueError if the arrays are missing, damaged or do not fit together.
    Methods that return strings raise UnicodeDecodeError (a ValueError) for bytes that are not
    UTF-8. Methods that search (`lower_bound`, `find`, `prefix_range`) expect a table sorted by code
    point, which is also the order of UTF-8 bytes.
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
        """Return the UTF-8 bytes of the string with this number, which must be 0 or more.

        Raises IndexError if the table has no such number.
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
        """Return all strings by number; faster than one by one."""
        raw, ends = self._raw.tobytes(), self._ends.tolist()
        return [decode_term(raw[a:b]) for a, b in zip([0, *ends], ends, strict=False)]

    def get_many(self, numbers: Array) -> list[str]:
        """Return the strings with `numbers (n,)` int64, in this order; faster than one by one.

        Raises IndexError if the table has no such number.
        """
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
        """Return all strings joined to one, by number, without separators."""
        return decode_term(self._raw.tobytes())

    @cached_property
    def _samples(self) -> list[bytes]:
        """The UTF-8 bytes of every _SAMPLE_STEP-th string, from number 0 on, for `lower_bound`."""
        return [self.raw(number) for number in range(0, self._length, _SAMPLE_STEP)]

    def lower_bound(self, key: bytes) -> int:
        """Return the number of the first string whose UTF-8 bytes are not below `key`.

        If all are below it, the length of the table.
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
    """Return at most `limit` of `numbers (n,)` int64, those with the highest frequencies first.

    `(k,)` int64. `frequencies (n,)` has the frequency of each of the numbers; equally frequent ones
    are ascending. Takes linear time if `limit` is much smaller than n.
    """
    counts = frequencies.astype(np.int64)
    if 0 < limit < len(numbers):
        least = np.partition(counts, len(counts) - limit)[len(counts) - limit]
        numbers, counts = numbers[counts >= least], counts[counts >= least]
    best: Ints = numbers[np.lexsort((numbers, -counts))[:limit]]
    return best
