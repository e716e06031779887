"""The lists of many runs as one sequence of lists, a slice of terms at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.postings.array_file import Array, ArrayFile, ArrayWriter, shrink_dtype
from indexer.engines.whoosh.postings.elias_fano import BitPacker, Ints, encode
from indexer.engines.whoosh.terms.string_table import StringTable

SLICE_POSTINGS = 1 << 20
"""Postings taken together (a term with more is taken alone)."""

ESCAPE = 255
"""In an array of small numbers: the number is larger, and stands in a list of its own."""


class RunLists:
    """The lists of one run. `keys` are the run's own, `numbers` lead from its terms to those of
    all runs, `base` is added to its values."""

    def __init__(
        self, file: ArrayFile, name: str, keys: Array | None, numbers: Ints, base: int, shift: int
    ) -> None:
        self.numbers = numbers
        self._file = file
        self._keys = keys
        self._base = base
        self._shift = shift
        self._ends = file[f"{name}_list_ends"]
        self._values = file[f"{name}_values"]
        self._weights = file[f"{name}_weights"] if name != "text" else None

    def counts(self, length: int) -> Ints:
        """Postings under each (first) term."""
        sizes = np.diff(self._ends.astype(np.int64), prepend=0)
        if self._keys is None:
            firsts = self.numbers
        else:
            firsts = self.numbers[(self._keys >> np.uint64(self._shift)).astype(np.int64)]
        return np.bincount(firsts, weights=sizes, minlength=length).astype(np.int64)

    def read_terms(self, first: int, last: int) -> tuple[Ints, Ints, Ints]:
        """Key, value and weight of all postings of the (first) terms `[first, last)`."""
        begin, end = np.searchsorted(self.numbers, (first, last)).tolist()
        if self._keys is None:
            keys = self.numbers[begin:end]
        else:
            bounds = np.array([begin, end], np.uint64) << np.uint64(self._shift)
            begin, end = np.searchsorted(self._keys, bounds).tolist()
            own = self._keys[begin:end].astype(np.int64)
            mask = (1 << self._shift) - 1
            keys = self.numbers[own >> self._shift] << self._shift | self.numbers[own & mask]
        ends = self._ends[begin:end].astype(np.int64)
        start = int(self._ends[begin - 1]) if begin else 0
        stop = int(ends[-1]) if len(ends) else start
        values = self._values[start:stop].astype(np.int64) + self._base
        if self._weights is None:
            weights = np.zeros(0, np.int64)
        else:
            weights = self._weights[start:stop].astype(np.int64)
        self._file.release_pages()
        return np.repeat(keys, np.diff(ends, prepend=start)), values, weights


class MergedLists(NamedTuple):
    """Lists of a slice: keys ascending, numbers in each list, all values, all weights (or none)."""

    keys: Ints
    sizes: Ints
    values: Ints
    weights: Ints


def merge_lists(sources: Sequence[RunLists], length: int) -> Iterator[MergedLists]:
    """All lists of all sources, ascending by key, slice by slice."""
    if not sources:
        return
    counts = sum((source.counts(length) for source in sources), np.zeros(length, np.int64))
    for first, last in slice_by_count(counts):
        parts = [source.read_terms(first, last) for source in sources]
        keys, values, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
        if not len(keys):
            continue
        order = np.argsort(keys, kind="stable")
        keys, values = keys[order], values[order]
        if len(weights):
            weights = weights[order]
        heads = np.flatnonzero(np.diff(keys, prepend=-1))
        yield MergedLists(keys[heads], np.diff(heads, append=len(keys)), values, weights)


def slice_by_count(counts: Ints) -> Iterator[tuple[int, int]]:
    """`[first, last)` over all of `counts`, each of about SLICE_POSTINGS or one entry."""
    ends = np.cumsum(counts)
    first = 0
    while first < len(counts):
        done = int(ends[first - 1]) if first else 0
        last = max(int(np.searchsorted(ends, done + SLICE_POSTINGS, side="right")), first + 1)
        yield first, last
        first = last


def merge_run_strings(runs: Sequence[Path], name: str) -> tuple[list[str], list[Ints]]:
    """The strings of all runs, ascending, and for each run where its own are among them."""
    return merge_sorted_strings([StringTable(ArrayFile(path), name).all() for path in runs])


def merge_sorted_strings(every: Sequence[list[str]]) -> tuple[list[str], list[Ints]]:
    """The strings of all tables, ascending, and for each table where its own are among them."""
    terms = sorted(set().union(*every))
    numbers = {term: number for number, term in enumerate(terms)}
    return terms, [np.fromiter(map(numbers.__getitem__, own), np.int64, len(own)) for own in every]


class ListWriter:
    """Writes lists as `name`, and where each begins (and the last ends) as `name_bits`."""

    def __init__(
        self, writer: ArrayWriter, name: str, universe: int, *, bounds: bool = True
    ) -> None:
        self._writer = writer
        self._name = name
        self._universe = universe
        self._packer = BitPacker()
        self._write_bounds = bounds
        self._bounds: list[Ints] = []
        writer.begin(name, "u1")

    def add(self, sizes: Ints, values: Ints, weights: Ints | None = None) -> Ints:
        """Write lists; the bit at which each begins."""
        before = self._packer.length
        bits, bounds = encode(values, sizes, self._universe, weights)
        self._writer.append(self._packer.pack(bits))
        begins = bounds[:-1] + before
        if self._write_bounds:
            self._bounds.append(begins)
        return begins

    def close(self) -> None:
        """End the lists."""
        self._writer.append(self._packer.flush())
        if self._write_bounds:
            bounds = np.concatenate([*self._bounds, [self._packer.length]]).astype(np.int64)
            self._writer.put(f"{self._name}_bits", shrink_dtype(bounds))


def write_small_numbers(writer: ArrayWriter, name: str, parts: Sequence[Array]) -> None:
    """Write numbers that are nearly all below ESCAPE, a byte each, and the others beside."""
    numbers = np.concatenate([np.zeros(0, np.uint8), *parts])
    writer.put(name, np.minimum(numbers, ESCAPE).astype(np.uint8))
    large = np.flatnonzero(numbers >= ESCAPE)
    writer.put(f"{name}_large", shrink_dtype(large))
    writer.put(f"{name}_larger", shrink_dtype(numbers[large]))


class SmallNumbers:
    """What `write_small_numbers` wrote."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._small = file[name]
        self._at = file[f"{name}_large"]
        self._large = file[f"{name}_larger"]

    def __len__(self) -> int:
        return len(self._small)

    def __getitem__(self, part: slice) -> Ints:
        """The numbers `[part.start, part.stop)`."""
        found = self._small[part].astype(np.int64)
        first, last = np.searchsorted(self._at, (part.start, part.stop))
        found[self._at[first:last].astype(np.int64) - part.start] = self._large[first:last]
        return found
