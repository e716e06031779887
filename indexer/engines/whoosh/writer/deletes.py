"""Documents die in a segment that stays: who they are, and what they leave of its frequencies.

Postings are in order of terms, so what a document had is found by reading it again: the dead of
an update become a segment of their own, written as any other, and what that one counts is
subtracted. It is not kept.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.reader.live_docs import Counted, write_dead
from indexer.engines.whoosh.reader.segment import Segment
from indexer.engines.whoosh.reader.segment_files import DEAD, SegmentFiles
from indexer.engines.whoosh.terms.phrase_table import PART, subtract_phrases
from indexer.engines.whoosh.terms.string_table import Strings
from indexer.engines.whoosh.whoosh_adapter.codec import Codec, StoredSegment
from indexer.engines.whoosh.whoosh_adapter.schema import INDEX_NAME
from indexer.engines.whoosh.writer.segment_builder import SegmentBuilder
from indexer.suggest.ngrams import SMALL_BATCH

_GRAVE = "grave"


def bury(folder: Path, former: Path, segment: Segment, numbers: Sequence[int]) -> StoredSegment:
    """Write into `folder` that these documents of a segment are dead, besides those that were in
    `former`.

    Raises IndexDamaged where they cannot be read.
    """
    grave = folder / _GRAVE
    grave.mkdir()
    # Of few documents every phrase is counted, so that none stays that only the dead had.
    builder = SegmentBuilder(grave, most=SMALL_BATCH)
    try:
        for number in numbers:
            builder.add(segment.document(number))
        written = builder.commit()
    finally:
        builder.cancel()
    files = SegmentFiles(lambda part: grave / str(written.make_filename(f".{part}")))
    left = _without(segment.files, files)
    files.close()
    phrases = str(segment.stored.make_filename(f".{PART}"))
    grave_phrases = grave / str(written.make_filename(f".{PART}"))
    subtract_phrases(folder / phrases, former / phrases, grave_phrases)
    shutil.rmtree(grave)
    dead = np.union1d(segment.dead, np.array(numbers, np.int64))
    write_dead(folder / str(segment.stored.make_filename(f".{DEAD}")), dead, left)
    return StoredSegment(Codec(), INDEX_NAME, segment.documents, segment.stored.segid, len(dead))


def _without(files: SegmentFiles, dead: SegmentFiles) -> Counted:
    """What is left of a segment's frequencies without documents that live in it."""
    living = files.living
    text, words, values = (np.array(table, np.int64) for table in living[:3])
    terms = _places(files.terms, dead.terms)
    text[terms] -= dead.frequencies
    words[_places(files.words, dead.words)] -= dead.word_frequencies
    values[_places(files.values, dead.values)] -= dead.value_frequencies
    pairs = living.pairs[0 : len(living.pairs)]
    at = [np.zeros(0, np.int64)]
    for first in range(len(dead.terms)):
        _, seconds = dead.seconds(first)
        if len(seconds):
            start, known = files.seconds(int(terms[first]))
            at.append(start + np.searchsorted(known, terms[seconds]))
    pairs[np.concatenate(at)] -= dead.living.pairs[0 : len(dead.living.pairs)]
    return Counted(text, words, values, pairs)


def _places(table: Strings, strings: Strings) -> Ints:
    """Where the strings stand in a table that has them all."""
    numbers = {term: number for number, term in enumerate(table)}
    return np.fromiter(map(numbers.__getitem__, strings), np.int64, len(strings))
