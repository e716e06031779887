"""Which segments an update makes into one, so that there are few of them and few dead documents.

A new segment takes in every one that is not much larger than itself: a document is then written
again only when its segment has grown by half, about log(n) times in all. Each segment that stays is
more than GROWTH times as large as all smaller ones written with it, so there are log(n) of those.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

GROWTH = 2
"""A segment this many times as large as the new one, or smaller, is taken in."""
MAX_DELETED_SHARE = 0.2
"""A segment with a larger share of dead documents is written anew."""


class SegmentSize(NamedTuple):
    """Documents of a segment, dead ones too, and how many of them live."""

    documents: int
    live: int


def segments_to_merge(sizes: Sequence[SegmentSize], new_documents: int) -> set[int]:
    """The numbers of the segments that go, with what lives in them, into the new one with `new_documents`
    documents."""
    merged = {
        number
        for number, size in enumerate(sizes)
        if size.documents - size.live > MAX_DELETED_SHARE * size.documents
    }
    total = new_documents + sum(sizes[number].live for number in merged)
    for number in sorted(range(len(sizes)), key=lambda number: sizes[number].live):
        if number not in merged:
            if sizes[number].live > GROWTH * total:
                break
            merged.add(number)
            total += sizes[number].live
    return merged
