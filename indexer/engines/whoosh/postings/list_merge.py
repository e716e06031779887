"""Merge the lists of many runs into those of a segment; write and read lists in array files.

`writer.run_merge` merges a slice of terms at a time, so that memory stays bounded for any number of
postings. The *key* of a list is the term number whose list it is, or for a pair of syllables the
two term numbers in one integer (`writer.runs.PAIR_SHIFT`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.postings.array_file import Array, ArrayFile, ArrayWriter, shrink_dtype
from indexer.engines.whoosh.postings.elias_fano import BitPacker, Ints, encode
from indexer.engines.whoosh.postings.string_table import StringTable

SLICE_POSTINGS = 1 << 20
"""Greatest number of postings merged in one slice; it bounds the memory. A term with more is a
slice of its own."""

ESCAPE = 255
"""Stands in a uint8 array of small numbers for each number of 255 or more, which a separate array
has."""


class RunLists:
    """The lists of one run, with the term and document numbers of the segment instead of its own.

    The lists of syllables have no weights. The constructor and the methods raise ValueError if the
    run lacks an array or is damaged.

    Parameters
    ----------
    file : the run.
    name : name of the lists in the run: "syllables", "pairs", "words" or "facets".
    keys : `(lists,)` uint64, the keys of the lists in the run, ascending; None if they are the term
        numbers from 0 on.
    term_map : `(terms of the run,)` int64, the term number in the segment of each term of the run,
        ascending.
    base : what to add to the values: the number of documents in the runs before, or, for the global
        positions of syllables, the number of positions in them.
    shift : PAIR_SHIFT for pairs of syllables, else 0.
    """

    def __init__(
        self, file: ArrayFile, name: str, keys: Array | None, term_map: Ints, base: int, shift: int
    ) -> None:
        self.term_map = term_map
        self._file = file
        self._keys = keys
        self._base = base
        self._shift = shift
        self._ends = file[f"{name}_list_ends"]
        self._values = file.blocks(f"{name}_values")
        self._weights = file.blocks(f"{name}_weights") if name != "syllables" else None

    def counts(self, length: int) -> Ints:
        """Return the number of values in the list of each term number below `length`.

        `(length,)` int64; for pairs of syllables, in the lists of all pairs that begin with the
        term.
        """
        sizes = np.diff(self._ends.astype(np.int64), prepend=0)
        if self._keys is None:
            firsts = self.term_map
        else:
            firsts = self.term_map[(self._keys >> np.uint64(self._shift)).astype(np.int64)]
        return np.bincount(firsts, weights=sizes, minlength=length).astype(np.int64)

    def read_terms(self, first: int, last: int) -> tuple[Ints, Ints, Ints]:
        """Return key, value and weight of every posting of the terms `[first, last)`.

        Three int64 arrays `(postings,)`, ascending by key, then value; the weights are empty for
        lists without them. Terms and keys have the numbers of the segment; of pairs, all that begin
        with one of the terms are returned.
        """
        begin, end = np.searchsorted(self.term_map, (first, last)).tolist()
        if self._keys is None:
            keys = self.term_map[begin:end]
        else:
            bounds = np.array([begin, end], np.uint64) << np.uint64(self._shift)
            begin, end = np.searchsorted(self._keys, bounds).tolist()
            own = self._keys[begin:end].astype(np.int64)
            mask = (1 << self._shift) - 1
            keys = self.term_map[own >> self._shift] << self._shift | self.term_map[own & mask]
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
    """The lists of a slice of terms, with the numbers of the segment; int64 arrays.

    Attributes
    ----------
    keys : `(k,)`, the key of each list, ascending and distinct.
    sizes : `(k,)`, the number of values of each list, 1 or more.
    values : `(Σ sizes,)`, document numbers or global positions: the lists one after another, each
        ascending.
    weights : `(Σ sizes,)`, the weight of each value; empty for lists without weights.
    """

    keys: Ints
    sizes: Ints
    values: Ints
    weights: Ints


def merge_lists(runs: Sequence[RunLists], length: int) -> Iterator[MergedLists]:
    """Yield the lists of all runs, each key once, ascending by key, slice by slice.

    `length` is the number of terms of the segment. `runs` must be in the order of their documents,
    so that the values of a list ascend. Slices without postings are left out. Raises ValueError if
    a run is damaged.
    """
    if not runs:
        return
    counts = sum((run.counts(length) for run in runs), np.zeros(length, np.int64))
    for first, last in slice_by_count(counts):
        parts = [run.read_terms(first, last) for run in runs]
        keys, values, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
        if not len(keys):
            continue
        order = np.argsort(keys, kind="stable")
        keys, values = keys[order], values[order]
        if len(weights):
            weights = weights[order]
        first_of_key = np.flatnonzero(np.diff(keys, prepend=-1))
        yield MergedLists(
            keys[first_of_key], np.diff(first_of_key, append=len(keys)), values, weights
        )


def slice_by_count(counts: Ints) -> Iterator[tuple[int, int]]:
    """Yield ranges `[first, last)` that together cover the indexes of `counts (n,)` int64, in
    order.

    The counts of a range add up to SLICE_POSTINGS at most, unless it is a single index.
    """
    ends = np.cumsum(counts)
    first = 0
    while first < len(counts):
        done = int(ends[first - 1]) if first else 0
        last = max(int(np.searchsorted(ends, done + SLICE_POSTINGS, side="right")), first + 1)
        yield first, last
        first = last


def merge_run_strings(runs: Sequence[Path], name: str) -> tuple[list[str], list[Ints]]:
    """Return what `merge_sorted_strings` does for the string tables called `name` of all runs.

    Raises ValueError if a run is damaged, OSError if one cannot be opened.
    """
    return merge_sorted_strings([StringTable(ArrayFile(path), name).all() for path in runs])


def merge_sorted_strings(every: Sequence[list[str]]) -> tuple[list[str], list[Ints]]:
    """Return the distinct strings of all tables, ascending by code point, and a map for each table.

    A map is `(strings of the table,)` int64: the index in the result of each string of the table.
    It ascends if the table does.
    """
    terms = sorted(set().union(*every))
    numbers = {term: number for number, term in enumerate(terms)}
    return terms, [np.fromiter(map(numbers.__getitem__, own), np.int64, len(own)) for own in every]


class ListWriter:
    """Writes Elias-Fano lists as the array `name` (uint8) of an array file.

    A second array, `name_bits` `(lists + 1,)` unsigned, has the bit at which each list begins, and
    at last the number of all bits. No other array may be written between the constructor and
    `close`. All methods raise OSError if the disk cannot be written.

    Parameters
    ----------
    universe : all numbers are from 0 to `universe - 1`.
    bounds : False to write no `name_bits`.
    """

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
        """Write further lists; return the bit of `name` at which each begins, `(lists,)` int64.

        Parameters
        ----------
        sizes : `(lists,)` int64, the length of each list.
        values : `(Σ sizes,)` int64, ascending within a list.
        weights : `(Σ sizes,)` int64, each 1 or more, or None for lists without weights.
        """
        before = self._packer.length
        bits, bounds = encode(values, sizes, self._universe, weights)
        self._writer.append(self._packer.pack(bits))
        begins = bounds[:-1] + before
        if self._write_bounds:
            self._bounds.append(begins)
        return begins

    def close(self) -> None:
        """Write the last byte of the array `name`, then, unless `bounds` is False, `name_bits`."""
        self._writer.append(self._packer.flush())
        if self._write_bounds:
            bounds = np.concatenate([*self._bounds, [self._packer.length]]).astype(np.int64)
            self._writer.put(f"{self._name}_bits", shrink_dtype(bounds))


def write_small_numbers(writer: ArrayWriter, name: str, parts: Sequence[Array]) -> None:
    """Write n numbers, most of which are below ESCAPE, as one byte each, and larger ones apart.

    `parts` are unsigned arrays `(k,)`, written one after another. Three arrays are written: `name`
    (uint8, `(n,)`), `name_large_at` (the indexes of the numbers of ESCAPE or more, ascending) and
    `name_large` (these numbers). Raises OSError if the disk cannot be written.
    """
    numbers = np.concatenate([np.zeros(0, np.uint8), *parts])
    writer.put(name, np.minimum(numbers, ESCAPE).astype(np.uint8))
    large = np.flatnonzero(numbers >= ESCAPE)
    writer.put(f"{name}_large_at", shrink_dtype(large))
    writer.put(f"{name}_large", shrink_dtype(numbers[large]))


class SmallNumbers:
    """Reads the numbers that `write_small_numbers` wrote as `name`, by slices.

    Raises ValueError if an array is missing or damaged.
    """

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._small = file[name]
        self._large_indexes = file[f"{name}_large_at"]
        self._large_values = file[f"{name}_large"]

    def __len__(self) -> int:
        return len(self._small)

    def __getitem__(self, part: slice) -> Ints:
        """Return the numbers `[part.start, part.stop)`, `(n,)` int64. Both ends must be given."""
        numbers = self._small[part].astype(np.int64)
        first, last = np.searchsorted(self._large_indexes, (part.start, part.stop))
        numbers[self._large_indexes[first:last].astype(np.int64) - part.start] = self._large_values[
            first:last
        ]
        return numbers
