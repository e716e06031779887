"""What is left of a segment some of whose documents are dead (deleted, or replaced by others).

A segment never changes; a later generation has the same files, and one more beside them:

    <segment>.dead    numbers      the dead documents, ascending
                      text, words, values, pairs
                                   in how many living documents each entry of these tables is
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.postings.array_file import Array, ArrayFile, ArrayWriter, shrink_dtype
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.postings.list_merge import SmallNumbers, write_small_numbers


class LiveFrequencies(NamedTuple):
    """In how many living documents each syllable, word, facet value and pair of a segment is."""

    syllables: Array
    words: Array
    values: Array
    pairs: SmallNumbers


class LiveCounts(NamedTuple):
    """The same, in memory and changeable."""

    syllables: Ints
    words: Ints
    values: Ints
    pairs: Ints


def write_deletes(path: Path, numbers: Ints, counted: LiveCounts) -> None:
    """Write who is dead, and what that leaves."""
    with ArrayWriter(path) as writer:
        writer.put("numbers", numbers.astype(np.uint32))
        for name in ("syllables", "words", "values"):
            writer.put(name, shrink_dtype(getattr(counted, name)))
        write_small_numbers(writer, "pairs", [shrink_dtype(counted.pairs)])


def read_deletes(
    file: ArrayFile, documents: int, whole: LiveFrequencies
) -> tuple[Ints, LiveFrequencies]:
    """The dead of a segment, and what is left of its `whole` frequencies. Raises ValueError."""
    numbers = file["numbers"].astype(np.int64)
    if len(numbers) and (int(numbers[-1]) >= documents or (np.diff(numbers) <= 0).any()):
        raise ValueError("no list of dead documents")
    found = LiveFrequencies(
        file["syllables"], file["words"], file["values"], SmallNumbers(file, "pairs")
    )
    if [len(table) for table in found] != [len(table) for table in whole]:
        raise ValueError("the frequencies do not fit their tables")
    return numbers, found
