"""The syllables of several segments together, as tables like those of one.

terms.arrays    terms, frequencies (of living documents), folds, fold_ends, fold_terms
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.postings.array_file import Array, ArrayFile, ArrayWriter, shrink_dtype
from indexer.engines.whoosh.postings.list_merge import merge_sorted_strings
from indexer.engines.whoosh.reader.segment_files import SegmentFiles
from indexer.engines.whoosh.terms.string_table import StringTable, write_strings
from indexer.engines.whoosh.writer.segment_merge import write_folds


class TermTables(NamedTuple):
    """Syllables, ascending, with their documents; folds, ascending, with where each one's
    syllables end in `fold_terms`."""

    terms: StringTable
    frequencies: Array
    folds: StringTable
    fold_ends: Array
    fold_terms: Array


def write_merged_terms(path: Path, segments: Sequence[SegmentFiles]) -> None:
    """Write the syllables that a living document has."""
    terms, maps = merge_sorted_strings([files.terms.all() for files in segments])
    frequencies = np.zeros(len(terms), np.int64)
    for files, numbers in zip(segments, maps, strict=True):
        frequencies[numbers] += files.live_frequencies.syllables
    live_terms = list(compress(terms, (frequencies > 0).tolist()))
    frequencies = frequencies[frequencies > 0]
    with ArrayWriter(path) as writer:
        write_strings(writer, "terms", live_terms)
        writer.put("frequencies", shrink_dtype(frequencies))
        write_folds(writer, live_terms, frequencies)


def read_merged_terms(path: Path) -> TermTables:
    """What `write_merged_terms` wrote. Raises ValueError on damage."""
    file = ArrayFile(path)
    terms, folds = StringTable(file, "terms"), StringTable(file, "folds")
    found = TermTables(terms, file["frequencies"], folds, file["fold_ends"], file["fold_terms"])
    if {len(found.frequencies), len(found.fold_terms)} != {len(terms)}:
        raise ValueError("the tables differ in length")
    return found
