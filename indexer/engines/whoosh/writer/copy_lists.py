"""Write which documents of a generation are copies of each other (`reader.copy_lists`).

A rebuild finds them from the stored fingerprints of all documents; an update of a few documents
looks only where these may change something, and finds the same groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer.analysis.batch import SKETCH_BYTES, Fingerprints
from indexer.engines.copies import (
    CopiedDocuments,
    Documents,
    bands_of,
    group_copies,
    regroup_copies,
)
from indexer.engines.damage import wrap_damage
from indexer.engines.whoosh.postings.array_file import ArrayWriter
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.reader.copy_lists import COPIES_FILE
from indexer.engines.whoosh.reader.segment import Segment

REGROUP_SHARE = 64
"""If more than one in this many documents changed, all groups are found anew, which is faster
then: a quarter of a second for 80,699 news articles."""


class FormerCopies(NamedTuple):
    """The former generation, whose copies are known, and what changes in the new one.

    Attributes
    ----------
    segments : its segments.
    numbers : for each of its segments `(documents,)` int64: the number of each document in the new
        generation, counted through all segments; -1 if it is deleted.
    added : `(k,)` int64, the numbers of the documents that are new.
    """

    segments: Sequence[Segment]
    numbers: Sequence[Ints]
    added: Ints


def write_copy_lists(
    folder: Path, segments: Sequence[Segment], former: FormerCopies | None = None
) -> None:
    """Write the copies among the live documents of all segments into `folder`.

    `segments` are all segments of it, in the order of their list; deleted documents have no copies.
    With `former`, only documents near the changed ones are compared again, unless more than one in
    REGROUP_SHARE changed; None compares all. Raises IndexDamaged if the fingerprints cannot be
    read, OSError if the disk cannot be written.
    """
    with wrap_damage("the fingerprints"):
        found = _all_copies(segments) if former is None else _changed_copies(segments, former)
    ranks = _ranks(segments, found.documents)
    texts, groups = (ranks[np.searchsorted(found.documents, of)] for of in found[1:])
    order = np.lexsort((found.documents, texts, groups))
    with ArrayWriter(folder / COPIES_FILE) as writer:
        writer.put("members", found.documents[order].astype(np.uint32))
        writer.put("group_ends", _ends(groups[order]))
        writer.put("text_ends", _ends(texts[order]))


def _all_copies(segments: Sequence[Segment]) -> CopiedDocuments:
    """Return the documents that have copies, after comparing all.

    Raises ValueError if the fingerprints are damaged.
    """
    numbers = np.flatnonzero(np.concatenate([segment.live_docs for segment in segments]))
    texts, leaders = group_copies(_fingerprints(segments, numbers), _ranks(segments, numbers))
    copied = np.flatnonzero(np.bincount(leaders, minlength=len(leaders))[leaders] > 1)
    return CopiedDocuments(numbers[copied], numbers[texts[copied]], numbers[leaders[copied]])


def _changed_copies(segments: Sequence[Segment], former: FormerCopies) -> CopiedDocuments:
    """Return the documents that have copies: compare again where documents have changed, and take
    over the copies of the former generation everywhere else; or compare all, if more than one in
    REGROUP_SHARE changed.

    Raises ValueError if the fingerprints are damaged.
    """
    gone = [
        segment.live_docs.nonzero()[0][numbers[segment.live_docs] < 0]
        for segment, numbers in zip(former.segments, former.numbers, strict=True)
    ]
    live = np.concatenate([segment.live_docs for segment in segments])
    changed = len(former.added) + sum(map(len, gone))
    if changed * REGROUP_SHARE > len(live):
        return _all_copies(segments)
    stored = [segment.files.fingerprints for segment in segments]
    documents = Documents(
        live,
        np.concatenate([prints.digests for prints in stored]),
        np.concatenate([bands_of(prints.sketches) for prints in stored], axis=1),
        lambda numbers: _fingerprints(segments, numbers),
        lambda numbers: _ranks(segments, numbers),
    )
    known = [
        np.stack([numbers[segment.copies.documents], *segment.copies[1:]])
        for segment, numbers in zip(former.segments, former.numbers, strict=True)
    ]
    listed = np.concatenate(known, axis=1)
    listed = listed[:, listed[0] >= 0]
    listed = listed[:, np.argsort(listed[0])]
    bases = np.cumsum([0, *(segment.documents for segment in former.segments)])
    deleted = np.concatenate([some + base for some, base in zip(gone, bases, strict=False)])
    return regroup_copies(
        documents,
        CopiedDocuments(*listed),
        former.added,
        _fingerprints(former.segments, deleted),
    )


def _fingerprints(segments: Sequence[Segment], numbers: Ints) -> Fingerprints:
    """Return the fingerprints of some documents, which are numbered through all segments.

    `numbers (n,)` int64, ascending. Raises ValueError if they are damaged.
    """
    parts = []
    base = 0
    for segment in segments:
        first, last = np.searchsorted(numbers, (base, base + segment.documents))
        parts.append(_some(segment.files.fingerprints, numbers[first:last] - base))
        base += segment.documents
    sizes = np.concatenate([np.diff(part.number_ends, prepend=0) for part in parts])
    return Fingerprints(
        np.concatenate([part.digests for part in parts]),
        np.concatenate([part.sketches for part in parts]),
        np.concatenate([part.numbers for part in parts]),
        np.cumsum(sizes),
    )


def _some(prints: Fingerprints, numbers: Ints) -> Fingerprints:
    """Return the fingerprints of the documents with `numbers (n,)` int64, of all those of a
    segment.

    Raises ValueError if these are damaged.
    """
    ends = prints.number_ends[numbers].astype(np.int64)
    begins = np.where(numbers > 0, prints.number_ends[numbers - 1], 0).astype(np.int64)
    sizes = ends - begins
    if sizes.min(initial=0) < 0 or ends.max(initial=0) > len(prints.numbers):
        raise ValueError("the numbers do not fit their documents")
    new_ends = np.cumsum(sizes)
    at = np.arange(sizes.sum()) + np.repeat(begins - (new_ends - sizes), sizes)
    return Fingerprints(
        prints.digests[numbers],
        prints.sketches.reshape(-1, SKETCH_BYTES)[numbers].ravel(),
        prints.numbers[at],
        new_ends,
    )


def _ranks(segments: Sequence[Segment], numbers: Ints) -> Ints:
    """Return the ranks of some documents among each other, `(n,)` int64 from 0 on: the longest
    first, then by id.

    `numbers (n,)` int64 are ascending and counted through all segments. So the longest document
    leads a group: if some copies are parts of a whole text, that is the whole.
    """
    lengths, names = [np.zeros(0, np.int64)], []
    base = 0
    for segment in segments:
        first, last = np.searchsorted(numbers, (base, base + segment.documents))
        here = numbers[first:last] - base
        lengths.append(segment.lengths[here])
        names += segment.ids_of(here)
        base += segment.documents
    by_id = np.empty(len(names), np.int64)
    by_id[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    ranks = np.empty(len(names), np.int64)
    ranks[np.lexsort((by_id, -np.concatenate(lengths)))] = np.arange(len(names))
    return ranks


def _ends(labels: Ints) -> Ints:
    """Return the index at which each stretch of equal labels ends in `labels (n,)`, `(k,)`
    uint32."""
    return (np.flatnonzero(np.diff(labels, append=-1)) + 1).astype(np.uint32)
