"""What changed in the vocabulary since its tables were made, so that an update need not make them
anew.

    changes.arrays   base         the number of the segment whose tables are meant; empty for
                                  `terms.arrays` and `phrases.arrays`
                     documents    one entry: how many documents have changed since
                     term_numbers, term_frequencies
                                  terms of the table whose frequency changed, and what it is now
                     new_terms, new_frequencies
                                  terms that the table lacks, ascending, and their frequencies
                     phrase_rows, phrase_counts
                                  rows of the phrases for completion whose number of documents
                                  changed, and what it is now

A generation with several segments or deletes has this file. Terms and frequencies are exact at any
time. The number of documents of a phrase follows every change, beginning from a count that may be
too small (`suggest.ngrams`), and a phrase of no document is not offered; but which phrases are
offered is decided when the tables are merged, which happens at the latest when more than one
document in `MERGE_SHARE` has changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.postings.array_file import Array, ArrayFile, ArrayWriter, shrink_dtype
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.postings.string_table import StringTable, write_strings

CHANGES_FILE = "changes.arrays"
"""File name of the changes of a generation."""
MERGE_SHARE = 64
"""Tables are merged when more than one in this many documents changed. Merging those of 80,699
articles takes a second, so each changed document pays less than a thousandth of that."""

_NONE: Ints = np.zeros(0, np.int64)


class TableChanges(NamedTuple):
    """The content of a file of changes.

    Attributes
    ----------
    base : number of the segment whose tables the changes refer to; None for the merged ones.
    documents : number of documents that changed since those were made.
    terms : `(n,)` int64, numbers of the terms whose frequency is another now.
    frequencies : `(n,)` int64, these frequencies.
    new_terms : further terms → their frequencies.
    rows : `(m,)` int64, rows of the phrases whose number of documents is another now.
    counts : `(m,)` int64, these numbers.
    """

    base: int | None = None
    documents: int = 0
    terms: Ints = _NONE
    frequencies: Ints = _NONE
    new_terms: Mapping[str, int] = MappingProxyType({})
    rows: Ints = _NONE
    counts: Ints = _NONE


NO_CHANGES = TableChanges()


def write_changes(folder: Path, changes: TableChanges) -> None:
    """Write the changes into `folder`, the folder of a generation.

    Raises OSError if the disk cannot be written.
    """
    new_terms = sorted(changes.new_terms)
    with ArrayWriter(folder / CHANGES_FILE) as writer:
        _put(writer, "base", np.array([] if changes.base is None else [changes.base], np.int64))
        _put(writer, "documents", np.array([changes.documents], np.int64))
        _put(writer, "term_numbers", changes.terms)
        _put(writer, "term_frequencies", changes.frequencies)
        write_strings(writer, "new_terms", new_terms)
        _put(
            writer,
            "new_frequencies",
            np.array([changes.new_terms[term] for term in new_terms], np.int64),
        )
        _put(writer, "phrase_rows", changes.rows)
        _put(writer, "phrase_counts", changes.counts)


def read_changes(folder: Path) -> TableChanges:
    """Return what `write_changes` wrote into `folder`.

    Raises ValueError if the file is damaged, OSError if it cannot be opened.
    """
    file = ArrayFile(folder / CHANGES_FILE)
    base, (documents,) = file["base"].tolist(), file["documents"].tolist()
    terms, frequencies, new_frequencies, rows, counts = (
        file[name].astype(np.int64)
        for name in (
            "term_numbers", "term_frequencies", "new_frequencies", "phrase_rows", "phrase_counts"
        )
    )  # fmt: skip
    new_terms = StringTable(file, "new_terms").all()
    lengths = [len(terms) - len(frequencies), len(new_terms) - len(new_frequencies)]
    if any([*lengths, len(rows) - len(counts)]):
        raise ValueError("the changes differ in number")
    return TableChanges(
        base[0] if base else None,
        documents,
        terms,
        frequencies,
        dict(zip(new_terms, new_frequencies.tolist(), strict=True)),
        rows,
        counts,
    )


class CountChanges:
    """By how much an update changes the counts of terms and phrases over all segments.

    `terms` and `phrases` map each term or phrase to the change of its number of documents, which is
    below 0 if it loses more than it gains.
    """

    def __init__(self) -> None:
        self.terms: Counter[str] = Counter()
        self.phrases: Counter[str] = Counter()

    def add(self, terms: Mapping[str, int], phrases: Mapping[str, int]) -> None:
        """Add the number of new documents with each term and each phrase."""
        self.terms.update(terms)
        self.phrases.update(phrases)

    def subtract(self, terms: Mapping[str, int], phrases: Mapping[str, int]) -> None:
        """Subtract the number of removed documents with each term and each phrase."""
        self.terms.subtract(terms)
        self.phrases.subtract(phrases)


def _put(writer: ArrayWriter, name: str, numbers: Array) -> None:
    writer.put(name, shrink_dtype(numbers))
