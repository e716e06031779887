"""Deleted documents of a segment, and the frequencies of the live ones.

A replaced document is deleted too; its new version is in another segment. Segments are immutable. A
later generation has the same files, and one more beside them:

    <segment>.deletes    numbers      the numbers of the deleted documents, ascending (uint32)
                         syllables, words, values, pairs
                                      the number of live documents with each syllable, word, facet
                                      value and pair, by its number (unsigned)

`writer.deletes` writes this file, `reader.segment_files` reads it.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.postings.array_file import Array, ArrayFile, ArrayWriter, shrink_dtype
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.postings.list_merge import SmallNumbers, write_small_numbers


class LiveFrequencies(NamedTuple):
    """Number of live documents with each syllable, word, facet value and pair of a segment.

    Three arrays of unsigned integers, memory-mapped, and one SmallNumbers, indexed by the number of
    the syllable, word, value or pair: `(syllables,)`, `(words,)`, `(values,)`, `(pairs,)`. Pairs
    are numbered by first, then by second syllable.
    """

    syllables: Array
    words: Array
    values: Array
    pairs: SmallNumbers


class LiveCounts(NamedTuple):
    """The counts of LiveFrequencies as int64 arrays of the same shapes, in memory and writable."""

    syllables: Ints
    words: Ints
    values: Ints
    pairs: Ints


def write_deletes(path: Path, numbers: Ints, counted: LiveCounts) -> None:
    """Write the deleted documents of a segment, and the frequencies of the others, to `path`.

    `numbers (n,)` int64 are the numbers of all deleted documents, ascending; `counted` has the
    frequencies without them. Replaces a file at `path`. Raises OSError if it cannot be written.
    """
    with ArrayWriter(path) as writer:
        writer.put("numbers", numbers.astype(np.uint32))
        for name in ("syllables", "words", "values"):
            writer.put(name, shrink_dtype(getattr(counted, name)))
        write_small_numbers(writer, "pairs", [shrink_dtype(counted.pairs)])


def read_deletes(
    file: ArrayFile, documents: int, whole: LiveFrequencies
) -> tuple[Ints, LiveFrequencies]:
    """Return the deleted documents of a segment and the frequencies without them.

    The documents are `(n,)` int64, document numbers, ascending. `documents` is the number of
    documents of the segment, deleted ones included; `whole` are the frequencies with all of them.
    Raises ValueError if the file is damaged or its arrays do not fit these.
    """
    numbers = file["numbers"].astype(np.int64)
    if len(numbers) and (int(numbers[-1]) >= documents or (np.diff(numbers) <= 0).any()):
        raise ValueError("no list of deleted documents")
    found = LiveFrequencies(
        file["syllables"], file["words"], file["values"], SmallNumbers(file, "pairs")
    )
    if [len(table) for table in found] != [len(table) for table in whole]:
        raise ValueError("the frequencies do not fit their tables")
    return numbers, found
