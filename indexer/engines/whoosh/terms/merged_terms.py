"""The syllables of several segments together, as tables like those of one.

lexicon.arrays    terms, frequencies (of living documents), folds, fold_ends, fold_terms
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.postings.array_file import Array, ArrayFile, ArrayWriter, smallest
from indexer.engines.whoosh.postings.list_merge import joined_tables
from indexer.engines.whoosh.reader.segment_files import SegmentFiles
from indexer.engines.whoosh.terms.string_table import Strings, write_strings
from indexer.engines.whoosh.writer.segment_merge import write_folds


class Tables(NamedTuple):
    """Syllables, ascending, with their documents; folds, ascending, with where each one's
    syllables end in `fold_terms`."""

    terms: Strings
    frequencies: Array
    folds: Strings
    fold_ends: Array
    fold_terms: Array


def write_tables(path: Path, segments: Sequence[SegmentFiles]) -> None:
    """Write the syllables that a living document has."""
    terms, maps = joined_tables([files.terms.all() for files in segments])
    frequencies = np.zeros(len(terms), np.int64)
    for files, numbers in zip(segments, maps, strict=True):
        frequencies[numbers] += files.living.text
    kept = list(compress(terms, (frequencies > 0).tolist()))
    frequencies = frequencies[frequencies > 0]
    with ArrayWriter(path) as writer:
        write_strings(writer, "terms", kept)
        writer.put("frequencies", smallest(frequencies))
        write_folds(writer, kept, frequencies)


def read_tables(path: Path) -> Tables:
    """What `write_tables` wrote. Raises ValueError on damage."""
    file = ArrayFile(path)
    terms, folds = Strings(file, "terms"), Strings(file, "folds")
    found = Tables(terms, file["frequencies"], folds, file["fold_ends"], file["fold_terms"])
    if {len(found.frequencies), len(found.fold_terms)} != {len(terms)}:
        raise ValueError("the tables differ in length")
    return found
