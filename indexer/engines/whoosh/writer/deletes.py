"""Delete documents from a segment that stays in use: write the list of deleted documents, and by
how much they lower the frequencies of its tables.

Postings are ordered by term, so the terms of a document are found by analysing it again: the
deleted documents are written to a temporary segment like any other, and its frequencies are added
to those of the documents deleted before. The temporary segment is removed afterwards. Used by
`generations.incremental_update`.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from indexer.engines.whoosh.postings.array_file import ArrayFile
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.postings.string_table import StringTable
from indexer.engines.whoosh.reader.live_docs import Decrements, Deletes, write_deletes
from indexer.engines.whoosh.reader.segment import Segment
from indexer.engines.whoosh.reader.segment_files import DELETES_PART, SegmentFiles
from indexer.engines.whoosh.terms.phrase_table import PHRASES_PART
from indexer.engines.whoosh.whoosh_adapter.codec import Codec, StoredSegment
from indexer.engines.whoosh.whoosh_adapter.schema import INDEX_NAME
from indexer.engines.whoosh.writer.segment_builder import SegmentBuilder
from indexer.suggest.ngrams import SMALL_BATCH

_TEMPORARY = "deleted"
"""Name of the subfolder of the new generation that holds the temporary segment."""


def delete_documents(
    folder: Path, former: Path, segment: Segment, numbers: Sequence[int]
) -> tuple[StoredSegment, dict[str, Decrements]]:
    """Write `.deletes` of a segment from which further documents are deleted.

    Returns the entry for the list of segments, with the number of all deleted documents, and by how
    much the documents deleted now lower the frequencies of each of `live_docs.TABLES`. Raises
    IndexDamaged if a document cannot be read, ValueError if a table is damaged, OSError if the disk
    cannot be written; the caller then removes `folder`.

    Parameters
    ----------
    folder : folder of the generation that is being built; the file goes there.
    former : folder of the previous generation, which has the phrases of the segment.
    segment : the segment, open; `segment.deleted` were deleted before and stay so.
    numbers : document numbers in the segment, none of them deleted yet.
    """
    temporary = folder / _TEMPORARY
    temporary.mkdir()
    # In a batch of at most SMALL_BATCH documents every phrase is counted, so that no phrase stays
    # that only deleted documents contain.
    builder = SegmentBuilder(temporary, max_documents=SMALL_BATCH)
    try:
        for number in numbers:
            builder.add(segment.document(number))
        written = builder.commit()
    finally:
        builder.cancel()
    files = SegmentFiles(lambda part: temporary / str(written.make_filename(f".{part}")))
    lowered = _decrements(segment.files, files)
    files.close()
    lowered["phrases"] = _phrase_decrements(
        former / str(segment.stored.make_filename(f".{PHRASES_PART}")),
        temporary / str(written.make_filename(f".{PHRASES_PART}")),
    )
    shutil.rmtree(temporary)
    before = segment.files.deletes
    deletes = Deletes(
        np.union1d(before.numbers, np.array(numbers, np.int64)),
        {name: before.lowered[name].plus(*added) for name, added in lowered.items()},
    )
    write_deletes(folder / str(segment.stored.make_filename(f".{DELETES_PART}")), deletes)
    count = len(deletes.numbers)
    return StoredSegment(Codec(), INDEX_NAME, segment.documents, segment.stored.segid, count), (
        lowered
    )


def _decrements(files: SegmentFiles, deleted: SegmentFiles) -> dict[str, Decrements]:
    """Return the frequencies of the temporary segment as decrements of a segment's tables.

    `files` is the segment that loses documents, `deleted` the temporary one, whose terms, words,
    facet values and pairs all occur in `files`. Raises ValueError if one does not.
    """
    terms = _numbers_in(files.terms, deleted.terms)
    at = [np.zeros(0, np.int64)]
    for first in range(len(deleted.terms)):
        _, seconds = deleted.second_syllables(first)
        if len(seconds):
            start, known = files.second_syllables(int(terms[first]))
            found = np.searchsorted(known, terms[seconds])
            if found[-1] >= len(known) or (known[found] != terms[seconds]).any():
                raise ValueError("a deleted document has a pair that its segment lacks")
            at.append(start + found)
    pairs = deleted.live_frequencies.pairs
    return {
        "syllables": _sorted(terms, deleted.frequencies),
        "words": _sorted(_numbers_in(files.words, deleted.words), deleted.word_frequencies),
        "values": _sorted(_numbers_in(files.values, deleted.values), deleted.value_frequencies),
        "pairs": _sorted(np.concatenate(at), pairs[0 : len(pairs)]),
    }


def _phrase_decrements(path: Path, deleted: Path) -> Decrements:
    """Return the phrase counts in the file `deleted` as decrements of those in the file `path`,
    which may lack some of them."""
    table, other = StringTable(ArrayFile(path), "phrases"), ArrayFile(deleted)
    numbers = np.array([table.find(name) for name in StringTable(other, "phrases").all()], np.int64)
    known = numbers >= 0
    return _sorted(numbers[known], other["phrase_counts"][known])


def _sorted(at: Ints, less: Ints) -> Decrements:
    """Return the decrements `less (n,)` of the entries `at (n,)`, which are distinct and in any
    order."""
    order = np.argsort(at)
    return Decrements(at[order], less[order].astype(np.int64))


def _numbers_in(table: StringTable, strings: StringTable) -> Ints:
    """Return the number in `table` of each of `strings`, `(strings,)` int64. Raises ValueError if
    `table` lacks one."""
    found = np.array(list(map(table.find, strings.all())), np.int64)
    if (found < 0).any():
        raise ValueError("a deleted document has a term that its segment lacks")
    return found
