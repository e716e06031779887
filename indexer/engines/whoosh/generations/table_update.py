"""The tables of syllables and phrases of a new generation: those of the former with what changed,
or merged anew (`terms.table_changes`)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from indexer.engines.whoosh.engine import WhooshEngine
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.reader.live_docs import NO_DECREMENTS, Decrements
from indexer.engines.whoosh.reader.segment import Segment
from indexer.engines.whoosh.terms import table_changes
from indexer.engines.whoosh.terms.merged_terms import MERGED_TERMS, write_merged_terms
from indexer.engines.whoosh.terms.phrase_table import (
    MAX_PHRASES,
    MERGED_PHRASES,
    count_by_phrase,
    merge_phrases,
    phrases_at,
)
from indexer.engines.whoosh.terms.table_changes import (
    CountChanges,
    TableChanges,
    write_changes,
)
from indexer.engines.whoosh.terms.term_dictionary import (
    base_segment,
    is_single_without_deletes,
    phrases_file,
)
from indexer.suggest.ngrams import SMALL_BATCH


def link_file(source: Path, target: Path) -> None:
    """Give a file a second name; copy it if the file system has no hard links.

    Raises OSError if it can be neither linked nor copied.
    """
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(source, target)


class TableUpdate:
    """Collects by how much an update changes the counts of terms and phrases, and writes the tables
    of the new generation.

    The methods raise ValueError if a table is damaged, OSError if a file cannot be read or written.

    Parameters
    ----------
    former, folder : folders of the former generation and of the new one.
    engine : the former generation, open.
    changed : number of documents that the update adds, replaces or deletes.
    """

    def __init__(self, former: Path, folder: Path, engine: WhooshEngine, changed: int) -> None:
        self._former, self._folder = former, folder
        self._lexicon = engine.lexicon
        self._kept = {segment.stored.segid for segment in engine.segments}
        self._counts = CountChanges()
        self._changed = self._lexicon.changes.documents + changed
        self._is_exact = True  # the changes of counts

    def subtract_segment(self, segment: Segment) -> None:
        """Subtract the counts of a segment of the former generation whose live documents are all
        written to the new segment or deleted. Call it once for a segment."""
        self._kept.remove(segment.stored.segid)
        lowered = segment.files.deletes.lowered["phrases"]
        self._counts.subtract(_live_terms(segment), self._phrases(self._former, segment, lowered))

    def subtract_deletes(self, segment: Segment, lowered: Mapping[str, Decrements]) -> None:
        """Subtract documents that are deleted from a segment of the former generation.

        `lowered` is what `delete_documents` returns: name of a table → by how much these documents
        lower it.
        """
        terms, less = lowered["syllables"]
        self._counts.subtract(
            dict(zip(segment.files.terms.get_many(terms), less.tolist(), strict=True)),
            phrases_at(self._former / phrases_file(segment), lowered["phrases"]),
        )

    def write(self, segments: Sequence[Segment]) -> list[str]:
        """Write the tables of a generation that has these segments; return the names of files that
        are linked from the former one.

        Nothing is written for a single segment without deleted documents, whose own tables serve.
        """
        if is_single_without_deletes(segments):
            return []
        new = [segment for segment in segments if segment.stored.segid not in self._kept]
        if self._must_merge(segments):
            self._merge(segments)
            return []
        for segment in new:
            self._counts.add(_live_terms(segment), self._phrases(self._folder, segment))
        if not self._is_exact:
            self._merge(segments)
            return []
        write_changes(self._folder, self._changes())
        if self._lexicon.changes.base is not None:
            return []
        for name in (MERGED_TERMS, MERGED_PHRASES):
            link_file(self._former / name, self._folder / name)
        return [MERGED_TERMS, MERGED_PHRASES]

    def _phrases(
        self, folder: Path, segment: Segment, lowered: Decrements = NO_DECREMENTS
    ) -> dict[str, int]:
        """Return the phrases of a segment of the generation in `folder`, with their numbers of
        documents.

        `lowered` is by how much deleted documents lower these. In a segment of more than
        SMALL_BATCH documents not every phrase is counted: then {} is returned, and the changes of
        counts are marked as not exact. They are so marked, too, if there are MAX_PHRASES phrases,
        as there may have been more.
        """
        if segment.documents > SMALL_BATCH:
            self._is_exact = False
            return {}
        found = count_by_phrase(folder / phrases_file(segment), lowered)
        self._is_exact &= len(found) < MAX_PHRASES
        return found

    def _must_merge(self, segments: Sequence[Segment]) -> bool:
        """Return True if the tables of the former generation cannot be kept, or are too old."""
        base = self._lexicon.changes.base
        live = sum(segment.documents - len(segment.deleted) for segment in segments)
        return (
            (base is not None and str(base) not in self._kept)
            or self._changed * table_changes.MERGE_SHARE > live
            or not self._is_exact
        )

    def _merge(self, segments: Sequence[Segment]) -> None:
        """Write the tables of all segments together."""
        before = base_segment(self._lexicon.changes, self._lexicon.segments)
        write_merged_terms(self._folder / MERGED_TERMS, [segment.files for segment in segments])
        merge_phrases(
            self._folder / MERGED_PHRASES,
            [self._folder / phrases_file(segment) for segment in segments],
            self._former / phrases_file(before),
            [segment.files.deletes.lowered["phrases"] for segment in segments],
        )
        write_changes(self._folder, TableChanges())

    def _changes(self) -> TableChanges:
        """Return the changes of the former generation and of this update together."""
        former, vocabulary = self._lexicon.changes, self._lexicon.vocabulary
        terms = dict(zip(former.terms.tolist(), former.frequencies.tolist(), strict=True))
        new_terms = dict(former.new_terms)
        for term, change in self._counts.terms.items():
            if change:
                number, now = vocabulary.find(term), vocabulary.frequency(term) + change
                if number >= 0:
                    terms[number] = now
                else:
                    new_terms[term] = now
        table = self._lexicon.phrase_table
        rows = dict(zip(former.rows.tolist(), former.counts.tolist(), strict=True))
        for row, change in table.changed_rows(self._counts.phrases).items():
            # Counts of a large batch are too small (`suggest.ngrams`), so the difference may be.
            rows[row] = max(int(table.documents[row]) + change, 0)
        return TableChanges(
            former.base,
            self._changed,
            *_columns(terms),
            {term: frequency for term, frequency in new_terms.items() if frequency},
            *_columns(rows),
        )


def _live_terms(segment: Segment) -> dict[str, int]:
    """Return the syllables of a segment with the number of live documents of each."""
    terms = segment.files.terms.all()
    frequencies = segment.files.live_frequencies.syllables[0 : len(terms)]
    return dict(zip(terms, frequencies.tolist(), strict=True))


def _columns(numbers: Mapping[int, int]) -> tuple[Ints, Ints]:
    """Return the keys, ascending, and the value of each: two arrays `(n,)` int64."""
    keys = np.array(sorted(numbers), np.int64)
    return keys, np.array([numbers[key] for key in keys.tolist()], np.int64)
