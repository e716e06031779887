"""Delete documents from a segment that stays in use: write the list of deleted documents, and the
frequencies of the remaining ones.

Postings are ordered by term, so the terms of a document are found by analysing it again: the
deleted documents are written to a temporary segment like any other, and its frequencies are
subtracted. The temporary segment is removed afterwards. Used by `generations.incremental_update`.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.postings.string_table import StringTable
from indexer.engines.whoosh.reader.live_docs import LiveCounts, write_deletes
from indexer.engines.whoosh.reader.segment import Segment
from indexer.engines.whoosh.reader.segment_files import DELETES_PART, SegmentFiles
from indexer.engines.whoosh.terms.phrase_table import PHRASES_PART, subtract_phrases
from indexer.engines.whoosh.whoosh_adapter.codec import Codec, StoredSegment
from indexer.engines.whoosh.whoosh_adapter.schema import INDEX_NAME
from indexer.engines.whoosh.writer.segment_builder import SegmentBuilder
from indexer.suggest.ngrams import SMALL_BATCH

_TEMPORARY = "deleted"
"""Name of the subfolder of the new generation that holds the temporary segment."""


def delete_documents(
    folder: Path, former: Path, segment: Segment, numbers: Sequence[int]
) -> StoredSegment:
    """Write `.deletes` and `.phrases` of a segment from which further documents are deleted.

    Returns the entry for the list of segments, with the number of all deleted documents. Raises
    IndexDamaged if a document cannot be read, KeyError if one has a term that the segment lacks,
    ValueError if a frequency table is damaged, OSError if the disk cannot be written.

    Parameters
    ----------
    folder : folder of the generation that is being built; the two files go there.
    former : folder of the previous generation, which has the phrases to subtract from.
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
    left = _subtract_frequencies(segment.files, files)
    files.close()
    phrases = str(segment.stored.make_filename(f".{PHRASES_PART}"))
    deleted_phrases = temporary / str(written.make_filename(f".{PHRASES_PART}"))
    subtract_phrases(folder / phrases, former / phrases, deleted_phrases)
    shutil.rmtree(temporary)
    deleted = np.union1d(segment.deleted, np.array(numbers, np.int64))
    write_deletes(folder / str(segment.stored.make_filename(f".{DELETES_PART}")), deleted, left)
    return StoredSegment(Codec(), INDEX_NAME, segment.documents, segment.stored.segid, len(deleted))


def _subtract_frequencies(files: SegmentFiles, deleted: SegmentFiles) -> LiveCounts:
    """Return the live frequencies of a segment minus those of the temporary segment.

    `files` is the segment that loses documents, `deleted` the temporary one, whose terms, words,
    facet values and pairs all occur in `files`. Raises KeyError if it lacks a term, word or value.
    """
    live = files.live_frequencies
    syllables, words, values = (np.array(table, np.int64) for table in live[:3])
    terms = _numbers_in(files.terms, deleted.terms)
    syllables[terms] -= deleted.frequencies
    words[_numbers_in(files.words, deleted.words)] -= deleted.word_frequencies
    values[_numbers_in(files.values, deleted.values)] -= deleted.value_frequencies
    pairs = live.pairs[0 : len(live.pairs)]
    at = [np.zeros(0, np.int64)]
    for first in range(len(deleted.terms)):
        _, seconds = deleted.second_syllables(first)
        if len(seconds):
            start, known = files.second_syllables(int(terms[first]))
            at.append(start + np.searchsorted(known, terms[seconds]))
    pairs[np.concatenate(at)] -= deleted.live_frequencies.pairs[
        0 : len(deleted.live_frequencies.pairs)
    ]
    return LiveCounts(syllables, words, values, pairs)


def _numbers_in(table: StringTable, strings: StringTable) -> Ints:
    """Return the index in `table` of each of `strings`, `(strings,)` int64, in their order.

    Raises KeyError if `table` lacks one.
    """
    numbers = {term: number for number, term in enumerate(table)}
    return np.fromiter(map(numbers.__getitem__, strings), np.int64, len(strings))
