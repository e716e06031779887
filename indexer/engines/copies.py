"""Which documents are copies of each other: groups of documents by their fingerprints.

*Exact copies* have the same digest. *Near copies* resemble each other (RESEMBLANCE, estimated from
the sketches) and do not differ in a number that stands in the same place. Candidates come from
locality-sensitive hashing: documents that agree in a whole band of their sketches (Leskovec,
Rajaraman and Ullman, "Mining of massive datasets", 3.4).

Being near copies is not transitive, and a chain of small changes can lead from any text to any
other. Therefore a group is a star: every document is a near copy of its *leader*, as in CD-HIT (Li
and Godzik 2006): documents are taken longest first; each joins the leader that it resembles most,
or becomes one itself. The result depends only on the set of documents, not on their order.

Time and memory grow linearly with the number of documents, also if thousands agree in a band.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from indexer.analysis.batch import SKETCH_BYTES, Fingerprints

Ints = np.ndarray[Any, np.dtype[np.int64]]

RESEMBLANCE = (4, 5)
"""Shared shingles per shingle of either text, as a fraction. Of thirty pairs of news articles above
four fifths, all are one text with another lead or with edited words; from there down, more and more
are two reports that share paragraphs."""
_BAND = 4
"""Bytes of a sketch that make a band. Two texts of resemblance 0.8 share one of the 16 bands with a
probability of 0.9998, two of 0.3 with 0.12."""
_NEIGHBOURS = 16
"""In a band that more documents share than this, each is compared with as many that have the most
similar numbers, instead of with all."""


class CopyGroups(NamedTuple):
    """Two labels for each of n documents, `(n,)` int64 each, that are indexes of documents.

    - `texts`: the same for exact copies; the index of one of them
    - `leaders`: the same for all copies of a group, exact and near; that of its leader
    """

    texts: Ints
    leaders: Ints


def group_copies(prints: Fingerprints, ranks: Ints) -> CopyGroups:
    """Return the groups of the documents with these fingerprints.

    `ranks (n,)` are distinct; the document with the lowest rank leads its group.
    """
    texts = _exact_copies(prints.digests, ranks)
    leader_of = _leaders(_near_pairs(prints, texts, ranks), ranks)
    leaders = np.arange(len(texts))
    for document, leader in leader_of.items():
        leaders[document] = leader
    return CopyGroups(texts, leaders[texts])


def _exact_copies(digests: np.ndarray[Any, np.dtype[np.uint64]], ranks: Ints) -> Ints:
    """Return for each document the one of lowest rank with its digest; itself if that is 0."""
    texts = np.arange(len(digests))
    order = np.lexsort((ranks, digests))
    order = order[digests[order] != 0]
    if len(order):
        first = np.append(True, np.diff(digests[order]) != 0)
        texts[order] = order[first][np.cumsum(first) - 1]
    return texts


def _near_pairs(prints: Fingerprints, texts: Ints, ranks: Ints) -> list[tuple[int, int, float]]:
    """Return the pairs of near copies of different texts with their resemblance, each once."""
    all_sketches = prints.sketches.reshape(-1, SKETCH_BYTES)
    distinct = texts == np.arange(len(texts))
    candidates = np.flatnonzero(distinct & all_sketches.any(axis=1))
    sketches = np.ascontiguousarray(all_sketches[candidates])
    likeness = _number_likeness(prints, candidates)
    seen: dict[tuple[int, int], float] = {}
    for band in sketches.view("<u4").T if len(candidates) else ():
        order = np.lexsort((ranks[candidates], likeness, band))
        for firsts, seconds in _pairs_in_band(band[order], likeness[order]):
            one, other = order[firsts], order[seconds]
            enough, resemblance = _resemblance(sketches[one], sketches[other])
            found = zip(one[enough], other[enough], resemblance[enough], strict=True)
            for a, b, share in found:
                seen[min(int(a), int(b)), max(int(a), int(b))] = float(share)
    pairs = ((int(candidates[a]), int(candidates[b]), share) for (a, b), share in seen.items())
    return [pair for pair in pairs if not _numbers_differ(prints, pair[0], pair[1])]


def _pairs_in_band(
    band: np.ndarray[Any, np.dtype[np.uint32]], likeness: np.ndarray[Any, np.dtype[np.uint32]]
) -> list[tuple[Ints, Ints]]:
    """Return pairs of indexes that agree in the band; both arrays are sorted by band, likeness.

    That is, each with its next neighbours, and with the first of the same likeness: in a large
    group of copies that is the leader.
    """
    places = np.arange(len(band))
    found = []
    for step in range(1, _NEIGHBOURS + 1):
        same = np.flatnonzero((band[step:] == band[:-step]) & (band[step:] != 0))
        found.append((same, same + step))
    fresh = (np.diff(band, prepend=0) != 0) | (np.diff(likeness, prepend=0) != 0)
    fresh[:1] = True
    first = np.maximum.accumulate(np.where(fresh, places, 0))
    far = np.flatnonzero((places - first > _NEIGHBOURS) & (band != 0))
    found.append((first[far], far))
    return found


def _resemblance(
    some: np.ndarray[Any, np.dtype[np.uint8]], others: np.ndarray[Any, np.dtype[np.uint8]]
) -> tuple[np.ndarray[Any, np.dtype[np.bool_]], np.ndarray[Any, np.dtype[np.float64]]]:
    """Return for pairs of sketches `(pairs, SKETCH_BYTES)` if they are similar enough, and the
    estimated resemblance.

    Bins that are empty in both sketches say nothing (Li, Owen and Zhang 2012).
    """
    equal = ((some == others) & (some != 0)).sum(axis=1)
    used = ((some | others) != 0).sum(axis=1)
    of, share = RESEMBLANCE[1], RESEMBLANCE[0]
    return equal * of >= used * share, equal / np.maximum(used, 1)


def _number_likeness(prints: Fingerprints, documents: Ints) -> np.ndarray[Any, np.dtype[np.uint32]]:
    """Return a number for each document that is likely the same for two with the same numbers.

    It is the least hash of their numbers, a MinHash of one bin.
    """
    hashed = (prints.numbers * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32)).astype(np.uint32)
    ends = prints.number_ends[documents]
    begins = np.append(0, prints.number_ends)[documents]
    found = np.zeros(len(documents), np.uint32)
    some = np.flatnonzero(ends > begins)
    if len(some):
        bounds = np.stack([begins[some], ends[some]], axis=1).ravel()
        # The last end may be that of the array, which reduceat does not accept.
        padded = np.append(hashed, np.uint32(0))
        found[some] = np.minimum.reduceat(padded, bounds)[::2]
    return found


def _numbers_differ(prints: Fingerprints, one: int, other: int) -> bool:
    """Return True if the texts have different numbers in the same place.

    Surroundings such as "ngày … tháng" may occur more than once; then each text must have a number
    there that the other lacks. A text with more numbers, or with fewer, does not differ by that.
    """
    numbers, ends = prints.numbers, prints.number_ends
    some, others = (
        set(numbers[ends[at - 1] if at else 0 : ends[at]].tolist()) for at in (one, other)
    )
    missing = {number >> 32 for number in some - others}
    return any(number >> 32 in missing for number in others - some)


def _leaders(pairs: list[tuple[int, int, float]], ranks: Ints) -> dict[int, int]:
    """Return the leader of each document that is in a pair."""
    near: dict[int, list[tuple[float, int, int]]] = {}
    for one, other, share in pairs:
        for document, beside in ((one, other), (other, one)):
            near.setdefault(document, []).append((-share, int(ranks[beside]), beside))
    leaders: dict[int, int] = {}
    for document in sorted(near, key=ranks.__getitem__):
        possible = [entry for entry in near[document] if leaders.get(entry[2]) == entry[2]]
        leaders[document] = min(possible)[2] if possible else document
    return leaders
