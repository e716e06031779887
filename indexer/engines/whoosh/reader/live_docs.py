"""Deleted documents of a segment, and the frequencies of the live ones.

A replaced document is deleted too; its new version is in another segment. Segments are immutable. A
later generation has the same files, and one more beside them:

    <segment>.deletes    numbers      the deleted documents, ascending
                         <table>_at   numbers of the entries of a table that deleted documents
                                      contain, ascending
                         <table>_less for each of them, the number of deleted documents with it

The tables are those of `TABLES`. `writer.deletes` writes this file, `reader.segment_files` reads
it. It is as large as the deleted documents, not as the segment.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, overload

import numpy as np

from indexer.engines.whoosh.postings.array_file import Array, ArrayFile, ArrayWriter, shrink_dtype
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.postings.list_merge import SmallNumbers

TABLES = ("syllables", "words", "values", "pairs", "phrases")
"""The tables of a segment whose entries are counted: those of LiveFrequencies, and its phrases for
completion (`terms.phrase_table`)."""


class Decrements(NamedTuple):
    """By how much the frequencies of some entries of a table are lower without the deleted
    documents.

    `at (n,)` int64 are the numbers of the entries, ascending; `less (n,)` int64, all above 0.
    """

    at: Ints
    less: Ints

    def plus(self, at: Ints, less: Ints) -> Decrements:
        """Return the sum of these decrements and further ones, whose numbers may be in any order
        and repeat: `at (m,)`, `less (m,)` int64."""
        numbers, owners = np.unique(np.concatenate([self.at, at]), return_inverse=True)
        sums = np.bincount(owners, np.concatenate([self.less, less]), len(numbers))
        return Decrements(numbers, sums.astype(np.int64))


NO_DECREMENTS = Decrements(np.zeros(0, np.int64), np.zeros(0, np.int64))


class LiveNumbers:
    """The frequencies of a table without deleted documents, indexed like an array.

    Parameters
    ----------
    whole : the frequencies with deleted documents.
    lowered : what to subtract from them.
    """

    def __init__(self, whole: Array | SmallNumbers, lowered: Decrements) -> None:
        self._whole = whole
        self.lowered = lowered

    def __len__(self) -> int:
        return len(self._whole)

    @overload
    def __getitem__(self, part: int) -> int: ...
    @overload
    def __getitem__(self, part: slice) -> Ints: ...
    def __getitem__(self, part: int | slice) -> Ints | int:
        """Return the frequency of one entry, or those of the entries `[part.start, part.stop)`,
        `(n,)` int64. A slice must have both bounds and no step."""
        at, less = self.lowered
        if not isinstance(part, slice):
            found = int(at.searchsorted(part))
            lower = int(less[found]) if found < len(at) and at[found] == part else 0
            return int(self._whole[part : part + 1][0]) - lower
        numbers: Ints = self._whole[part].astype(np.int64)
        first, last = at.searchsorted((part.start, part.stop))
        numbers[at[first:last] - part.start] -= less[first:last]
        return numbers


class LiveFrequencies(NamedTuple):
    """Number of live documents with each syllable, word, facet value and pair of a segment.

    Indexed by the number of the term, value or pair: `(syllables,)`, `(words,)`, `(values,)`,
    `(pairs,)`. Read `pairs`, and every field of a segment without deletes, as `[a:b]` with both
    bounds: only that is sure to give an array.
    """

    syllables: Array | LiveNumbers
    words: Array | LiveNumbers
    values: Array | LiveNumbers
    pairs: SmallNumbers | LiveNumbers


class Deletes(NamedTuple):
    """The content of a file of deletes: the deleted documents, `(n,)` int64 ascending, and the
    decrements of each of TABLES."""

    numbers: Ints
    lowered: Mapping[str, Decrements]


NO_DELETES = Deletes(np.zeros(0, np.int64), dict.fromkeys(TABLES, NO_DECREMENTS))


def write_deletes(path: Path, deletes: Deletes) -> None:
    """Write the deleted documents of a segment, and by how much they lower the frequencies of its
    tables, to `path`. Raises OSError if it cannot be written."""
    with ArrayWriter(path) as writer:
        writer.put("numbers", deletes.numbers.astype(np.uint32))
        for name in TABLES:
            at, less = deletes.lowered[name]
            writer.put(f"{name}_at", shrink_dtype(at))
            writer.put(f"{name}_less", shrink_dtype(less))


def read_deletes(file: ArrayFile, documents: int) -> Deletes:
    """Return what `write_deletes` wrote.

    `documents` is the number of documents of the segment, deleted ones included. Raises ValueError
    if the file is damaged or lists a document that the segment lacks.
    """
    numbers = file["numbers"].astype(np.int64)
    if not _ascend_below(numbers, documents):
        raise ValueError("no list of deleted documents")
    lowered = {}
    for name in TABLES:
        at, less = (file[f"{name}_{part}"].astype(np.int64) for part in ("at", "less"))
        if len(at) != len(less) or (np.diff(at) <= 0).any():
            raise ValueError(f"the decrements of {name} do not fit their numbers")
        lowered[name] = Decrements(at, less)
    return Deletes(numbers, lowered)


def live_frequencies(whole: LiveFrequencies, deletes: Deletes) -> LiveFrequencies:
    """Return the frequencies of a segment without its deleted documents.

    `whole` are those with them. Raises ValueError if the decrements do not fit the tables.
    """
    found = []
    for name, table in whole._asdict().items():
        lowered = deletes.lowered[name]
        if not _ascend_below(lowered.at, len(table)):
            raise ValueError("the frequencies do not fit their tables")
        found.append(LiveNumbers(table, lowered) if len(lowered.at) else table)
    return LiveFrequencies(*found)


def _ascend_below(numbers: Ints, length: int) -> bool:
    """Return True if `numbers (n,)` are ascending, distinct and below `length`."""
    return not len(numbers) or (int(numbers[-1]) < length and not (np.diff(numbers) <= 0).any())
