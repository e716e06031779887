"""Decide which segments an update merges, so that there are few segments and few deleted documents.

The new segment of an update absorbs every segment with at most GROWTH times as many documents as
itself. So each time a document is rewritten, its segment has become larger by at least half, which
happens about log(n) times in an archive of n documents; and there are about log(n) segments,
because each remaining one is more than GROWTH times as large as the new one. It is a form of
geometric partitioning (Lester, Moffat and Zobel 2008, "Efficient online index construction for text
databases").

Every segment costs every query some time, and a small one is soon rewritten, in about a millisecond
a document. So small segments are merged earlier: after a thousand updates of one document each
there are three or four segments, and an update has rewritten sixteen documents on average.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

GROWTH = 2
"""A segment is merged if it has at most this many times the documents of the new one. A larger
factor makes fewer segments, and updates that rewrite more documents."""
SMALL, SMALL_GROWTH = 1_000, 8
"""A segment of at most SMALL live documents is merged if it has at most SMALL_GROWTH times the
documents of the new one."""
TINY = 16
"""A segment with this number of live documents or fewer is always merged."""
MAX_DELETED_SHARE = 0.2
"""A segment with a larger share of deleted documents is rewritten, because queries read their
postings in vain."""


class SegmentSize(NamedTuple):
    """Number of documents of a segment, deleted ones included, and how many of them are live."""

    documents: int
    live: int


def largest_to_merge(new_documents: int) -> int:
    """Return the number of documents up to which a segment is merged into one of `new_documents`
    documents."""
    return max(TINY, min(SMALL_GROWTH * new_documents, SMALL), GROWTH * new_documents)


def segments_to_merge(sizes: Sequence[SegmentSize], new_documents: int) -> set[int]:
    """Return the indexes in `sizes` of the segments whose live documents go into the new segment.

    `new_documents` is the number of documents that the update adds or replaces. Segments with too
    many deleted documents come first; then the others by ascending number of live documents, as
    long as each has at most `largest_to_merge` of the number that the new segment has by then.
    """
    merged = {
        number
        for number, size in enumerate(sizes)
        if size.documents - size.live > MAX_DELETED_SHARE * size.documents
    }
    total = new_documents + sum(sizes[number].live for number in merged)
    for number in sorted(range(len(sizes)), key=lambda number: sizes[number].live):
        if number not in merged:
            if sizes[number].live > largest_to_merge(total):
                break
            merged.add(number)
            total += sizes[number].live
    return merged
