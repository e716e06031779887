"""The syllables of several segments in one table, with the arrays that a single segment has.

    terms.arrays    terms, frequencies, folds, fold_ends, fold_terms    (see TermTables)

Written by an update that merges the tables of the segments; read by `vocabulary`. What changed
since then is in `changes.arrays` (`table_changes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.postings.array_file import Array, ArrayFile, ArrayWriter, shrink_dtype
from indexer.engines.whoosh.postings.list_merge import merge_sorted_strings
from indexer.engines.whoosh.postings.string_table import StringTable, write_strings
from indexer.engines.whoosh.reader.segment_files import SegmentFiles
from indexer.engines.whoosh.writer.run_merge import write_folds

MERGED_TERMS = "terms.arrays"
"""File name of the syllables of several segments."""


class TermTables(NamedTuple):
    """The syllables of a segment or of several, and their folded forms.

    Attributes
    ----------
    terms : the syllables, ascending by code point; the index of a term is its term number.
    frequencies : `(terms,)` unsigned, the number of documents with each term when the tables were
        made.
    folds : the distinct folded forms of the terms, ascending by code point.
    fold_ends : `(folds,)` unsigned, the index in `fold_terms` at which the terms of each fold end.
    fold_terms : `(terms,)` unsigned, the term numbers of each fold in turn, most frequent first,
        then ascending.
    """

    terms: StringTable
    frequencies: Array
    folds: StringTable
    fold_ends: Array
    fold_terms: Array


def write_merged_terms(path: Path, segments: Sequence[SegmentFiles]) -> None:
    """Write the TermTables of these segments to `path`, replacing a file there.

    A syllable without any live document is left out. Raises ValueError if a file of a segment is
    damaged, OSError if the disk cannot be written.
    """
    terms, maps = merge_sorted_strings([files.terms.all() for files in segments])
    frequencies = np.zeros(len(terms), np.int64)
    for files, numbers in zip(segments, maps, strict=True):
        frequencies[numbers] += files.live_frequencies.syllables[0 : len(files.terms)]
    live_terms = list(compress(terms, (frequencies > 0).tolist()))
    frequencies = frequencies[frequencies > 0]
    with ArrayWriter(path) as writer:
        write_strings(writer, "terms", live_terms)
        writer.put("frequencies", shrink_dtype(frequencies))
        write_folds(writer, live_terms, frequencies)


def read_merged_terms(path: Path) -> TermTables:
    """Return the tables that `write_merged_terms` wrote to `path`, memory-mapped.

    Raises ValueError if the file is damaged, OSError if it cannot be opened.
    """
    file = ArrayFile(path)
    terms, folds = StringTable(file, "terms"), StringTable(file, "folds")
    found = TermTables(terms, file["frequencies"], folds, file["fold_ends"], file["fold_terms"])
    if {len(found.frequencies), len(found.fold_terms)} != {len(terms)}:
        raise ValueError("the tables differ in length")
    return found
