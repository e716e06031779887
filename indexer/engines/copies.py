"""Which documents are copies of each other: groups of documents by their fingerprints.

*Exact copies* have the same digest. *Near copies* resemble each other (RESEMBLANCE, estimated from
the sketches) and do not differ in a number that stands in the same place. Candidates come from
locality-sensitive hashing: documents that agree in a whole band of their sketches (Leskovec,
Rajaraman and Ullman, "Mining of massive datasets", 3.4).

Being near copies is not transitive, and a chain of small changes can lead from any text to any
other. Therefore a group is a star: every document is a near copy of its *leader*, as in CD-HIT (Li
and Godzik 2006): documents are taken longest first; each joins the first leader that it is a near
copy of, or becomes one itself. The result depends only on the set of documents, not on their order.

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
_NEIGHBOURS = 8
"""In a band that more documents share than this, each is compared with as many that have the most
similar numbers, instead of with all."""
_PAIRS_AT_ONCE = 1 << 14
"""Pairs whose numbers are compared at once; it bounds the memory."""


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


def _near_pairs(prints: Fingerprints, texts: Ints, ranks: Ints) -> tuple[Ints, Ints]:
    """Return the pairs of near copies of different texts, each once: two arrays `(pairs,)`."""
    all_sketches = prints.sketches.reshape(-1, SKETCH_BYTES)
    distinct = texts == np.arange(len(texts))
    candidates = np.flatnonzero(distinct & all_sketches.any(axis=1))
    sketches = np.ascontiguousarray(all_sketches[candidates])
    likeness = _number_likeness(prints, candidates)
    keys = [np.zeros(0, np.int64)]
    for band in sketches.view("<u4").T if len(candidates) else ():
        order = np.lexsort((ranks[candidates], likeness, band))
        for firsts, seconds in _pairs_in_band(band[order], likeness[order]):
            one, other = order[firsts], order[seconds]
            enough = _resemble(sketches[one], sketches[other])
            one, other = one[enough], other[enough]
            keys.append(np.minimum(one, other) * len(candidates) + np.maximum(one, other))
    each = np.unique(np.concatenate(keys))
    ones, others = (candidates[side] for side in np.divmod(each, max(len(candidates), 1)))
    same = ~_numbers_differ(prints, ones, others)
    return ones[same], others[same]


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


def _resemble(
    some: np.ndarray[Any, np.dtype[np.uint8]], others: np.ndarray[Any, np.dtype[np.uint8]]
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return for each pair of sketches `(pairs, SKETCH_BYTES)` if its estimated resemblance is
    at least RESEMBLANCE.

    Bins that are empty in both sketches say nothing (Li, Owen and Zhang 2012).
    """
    equal = ((some == others) & (some != 0)).sum(axis=1)
    used = ((some | others) != 0).sum(axis=1)
    share, of = RESEMBLANCE
    enough: np.ndarray[Any, np.dtype[np.bool_]] = equal * of >= used * share
    return enough


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


def _numbers_differ(
    prints: Fingerprints, ones: Ints, others: Ints
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return for each pair of documents if they have different numbers in the same place.

    Surroundings such as "ngày … tháng" may occur more than once; then each text must have a number
    there that the other lacks. A text with more numbers, or with fewer, does not differ by that.
    """
    found = [
        _some_numbers_differ(
            prints, ones[at : at + _PAIRS_AT_ONCE], others[at : at + _PAIRS_AT_ONCE]
        )
        for at in range(0, len(ones), _PAIRS_AT_ONCE)
    ]
    return np.concatenate([np.zeros(0, np.bool_), *found])


def _some_numbers_differ(
    prints: Fingerprints, ones: Ints, others: Ints
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    documents = np.concatenate([ones, others])
    begins = np.append(0, prints.number_ends)[documents]
    sizes = prints.number_ends[documents] - begins
    at = np.arange(sizes.sum()) + np.repeat(begins - (np.cumsum(sizes) - sizes), sizes)
    numbers = prints.numbers[at]
    entries = np.repeat(np.arange(len(documents)), sizes)
    pairs, sides = entries % len(ones), entries // len(ones)
    order = np.lexsort((numbers, pairs))
    numbers, pairs, sides = numbers[order], pairs[order], sides[order]
    # A number that both have stands there twice.
    twice = (numbers[1:] == numbers[:-1]) & (pairs[1:] == pairs[:-1])
    alone = ~(np.append(twice, False) | np.append(False, twice)) if len(numbers) else twice
    places, pairs, sides = numbers[alone] >> np.uint64(32), pairs[alone], sides[alone]
    # If both have numbers in one place, two that stand side by side are of different documents.
    same_place = (places[1:] == places[:-1]) & (pairs[1:] == pairs[:-1])
    both = same_place & (sides[1:] != sides[:-1])
    differ = np.zeros(len(ones), np.bool_)
    differ[pairs[1:][both]] = True
    return differ


def _leaders(pairs: tuple[Ints, Ints], ranks: Ints) -> dict[int, int]:
    """Return the leader of each document that is in a pair."""
    near: dict[int, list[int]] = {}
    for one, other in zip(*(side.tolist() for side in pairs), strict=True):
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    leaders: dict[int, int] = {}
    for document in sorted(near, key=ranks.__getitem__):
        possible = [other for other in near[document] if leaders.get(other) == other]
        leaders[document] = min(possible, key=ranks.__getitem__, default=document)
    return leaders
