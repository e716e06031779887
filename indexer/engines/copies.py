"""Find groups of documents that are copies of each other, by their fingerprints.

*Exact copies* have the same digest. *Near copies* resemble each other (RESEMBLANCE, estimated from
the sketches) and do not differ in a number that stands in the same place. Candidates come from
locality-sensitive hashing: documents that agree in a whole band of their sketches (Leskovec,
Rajaraman and Ullman, "Mining of massive datasets", 3.4).

Being near copies is not transitive, and a chain of small changes can lead from any text to any
other. Therefore a group is a star: every document is a near copy of its *leader*, as in CD-HIT (Li
and Godzik 2006). Documents are taken in the order of their ranks (the engine ranks the longest
first); each joins the first leader that it is a near copy of, or becomes a leader itself. The
result depends only on the set of documents and their ranks, not on the order in which they are
given.

Time and memory grow linearly with the number of documents, also if thousands agree in a band.
Documents are called by their index in the fingerprints, 0 to n - 1.

`regroup_copies` finds the groups again after a few documents were added or deleted, without
comparing all. It begins with the documents that share a band with an added or deleted one, then
takes their near copies, the near copies of these, and so on, and groups all documents it has
reached. All others keep their group, because none of their near copies has changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from indexer.analysis.batch import SKETCH_BYTES, Fingerprints

Ints = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
_Unsigned = np.ndarray[Any, np.dtype[np.unsignedinteger[Any]]]

RESEMBLANCE = (4, 5)
"""Least resemblance of near copies, as numerator and denominator: the share of the shingles of
either text that both have (Jaccard similarity). Of thirty pairs of news articles above four fifths,
all are one text with another lead or with edited words; from there down, more and more are two
reports that share paragraphs."""
_BAND = 4
"""Bytes of a sketch that make a band. Two texts of resemblance 0.8 share one of the 16 bands with a
probability of 0.9998, two of 0.3 with 0.12."""
_NEIGHBOURS = 8
"""Documents with the same band that each one is compared with: the next ones in the order of
`_number_likeness`, because near copies have the same numbers. Comparing all of them would take
quadratic time."""
_PAIRS_AT_ONCE = 1 << 14
"""Pairs of documents whose numbers are compared in one step; it bounds the memory."""
_VALUES_AT_ONCE = 32
"""Greatest number of values that `_among` compares with all numbers one after another; for so few,
that is faster than binary search."""


class CopyGroups(NamedTuple):
    """The text and the group of each of n documents, both given by the index of one document.

    Attributes
    ----------
    texts : `(n,)` int64, for each document the one of lowest rank among its exact copies, itself
        included.
    leaders : `(n,)` int64, for each document the leader of its group of exact and near copies;
        itself if it has no copy.
    """

    texts: Ints
    leaders: Ints


def group_copies(prints: Fingerprints, ranks: Ints) -> CopyGroups:
    """Return the groups of the n documents with these fingerprints.

    `ranks (n,)` int64 are distinct; the document with the lowest rank leads its group. Raises
    IndexError or ValueError if the arrays of the fingerprints do not fit each other.
    """
    texts = _exact_copies(prints.digests, ranks)
    sketches = prints.sketches.reshape(-1, SKETCH_BYTES)
    distinct = np.flatnonzero((texts == np.arange(len(texts))) & sketches.any(axis=1))
    leader_of = _leaders(_near_pairs(prints, distinct, ranks), ranks)
    leaders = np.arange(len(texts))
    for document, leader in leader_of.items():
        leaders[document] = leader
    return CopyGroups(texts, leaders[texts])


class CopiedDocuments(NamedTuple):
    """The documents that have copies, and which of them belong together.

    Attributes
    ----------
    documents : `(n,)` int64, ascending.
    texts : `(n,)` int64, a label for each: equal for exact copies, different for others.
    groups : `(n,)` int64, a label for each: equal for all copies of one group, different for
        others. Neither kind of label need be the number of a document.
    """

    documents: Ints
    texts: Ints
    groups: Ints


class Documents(NamedTuple):
    """The n documents of an archive, of which some may be deleted.

    Attributes
    ----------
    live : mask `(n,)`.
    digests : `(n,)` uint64.
    bands : `(bands, n)` uint32, the bands of their sketches.
    fingerprints : given documents, `(k,)` int64 ascending, returns their fingerprints, in this
        order.
    ranks : given documents, `(k,)` int64 ascending, returns a number for each, `(k,)` int64: all
        distinct, and lower for a document of lower rank.
    """

    live: Mask
    digests: np.ndarray[Any, np.dtype[np.uint64]]
    bands: np.ndarray[Any, np.dtype[np.uint32]]
    fingerprints: Callable[[Ints], Fingerprints]
    ranks: Callable[[Ints], Ints]


def bands_of(
    sketches: np.ndarray[Any, np.dtype[np.uint8]],
) -> np.ndarray[Any, np.dtype[np.uint32]]:
    """Return the bands of sketches, `(n * SKETCH_BYTES,)` uint8, as `(bands, n)` uint32."""
    return np.ascontiguousarray(sketches.reshape(-1, SKETCH_BYTES).view("<u4").T)


def regroup_copies(
    documents: Documents, former: CopiedDocuments, added: Ints, gone: Fingerprints
) -> CopiedDocuments:
    """Return the documents that have copies now, with the labels that `group_copies` gives.

    Parameters
    ----------
    documents : the archive with its changes.
    former : which of the live documents had copies before.
    added : `(k,)` int64, the documents that are new.
    gone : fingerprints of the documents that were deleted.
    """
    changed = np.unique(np.concatenate([documents.digests[added], gone.digests]))
    alike = documents.live & _among(documents.digests, changed[changed != 0])
    fresh = np.union1d(added, np.flatnonzero(alike))
    known = np.union1d(fresh, former.documents)
    texts = _exact_copies(documents.digests[known], documents.ranks(known))
    distinct = documents.live.copy()
    distinct[known[texts != np.arange(len(known))]] = False

    # A document whose near copies have changed shares a band with one that came or went, or that
    # is a copy of one and took its place among the distinct ones. If the band was too large to
    # compare all, any two of it may be compared now, or no longer.
    moved = np.concatenate([bands_of(gone.sketches), documents.bands[:, fresh]], axis=1)
    in_reach = np.zeros(len(distinct), np.bool_)
    in_reach[known[texts[np.searchsorted(known, fresh)]]] = True
    in_reach |= _sharing_a_band(documents.bands, moved) & distinct
    ones, others = _connected(documents, distinct, in_reach)

    reached = np.flatnonzero(in_reach)
    known = np.union1d(known, reached)
    ranks = documents.ranks(known)
    texts = _exact_copies(documents.digests[known], ranks)
    leaders = np.arange(len(known))
    pairs = np.searchsorted(known, ones), np.searchsorted(known, others)
    for document, leader in _leaders(pairs, ranks).items():
        leaders[document] = leader
    kept = np.searchsorted(known, former.documents)
    leaders_before = _first_of_label(former.groups, kept, ranks)
    unchanged = ~in_reach[known[texts[kept]]]
    leaders[kept[unchanged]] = leaders_before[unchanged]
    leaders = leaders[texts]
    copied = np.bincount(leaders, minlength=len(leaders))[leaders] > 1
    return CopiedDocuments(known[copied], known[texts[copied]], known[leaders[copied]])


def _connected(documents: Documents, distinct: Mask, in_reach: Mask) -> tuple[Ints, Ints]:
    """Add to the mask `in_reach (n,)` all documents that near copies connect with those in it;
    return the pairs of near copies among these.

    Each pair occurs once: two arrays `(pairs,)` int64. `distinct (n,)` is the mask of the documents
    that are compared.
    """
    found = [np.zeros((2, 0), np.int64)]
    frontier = np.flatnonzero(in_reach & distinct)
    while len(frontier):
        wanted = documents.bands[:, frontier]
        near = np.flatnonzero(_sharing_a_band(documents.bands, wanted) & distinct)
        ones, others = _near_pairs(
            documents.fingerprints(near), np.arange(len(near)), documents.ranks(near), wanted
        )
        pairs = near[np.stack([ones, others])]
        found.append(pairs)
        inside = in_reach[pairs]
        frontier = np.unique(pairs[:, inside.any(axis=0)])
        frontier = frontier[~in_reach[frontier]]
        in_reach[frontier] = True
    pairs = np.unique(np.concatenate(found, axis=1), axis=1)
    ones, others = pairs[:, in_reach[pairs].all(axis=0)]
    return ones, others


def _sharing_a_band(
    bands: np.ndarray[Any, np.dtype[np.uint32]], wanted: np.ndarray[Any, np.dtype[np.uint32]]
) -> Mask:
    """Return the mask `(n,)` of the documents that agree in a band with one of the k wanted ones.

    `bands (bands, n)` and `wanted (bands, k)`; empty bands, which are 0, do not count.
    """
    found = np.zeros(bands.shape[1], np.bool_)
    for band, values in zip(bands, wanted, strict=True):
        found |= _among(band, np.unique(values[values != 0]))
    return found


def _among(numbers: _Unsigned, values: _Unsigned) -> Mask:
    """Return the mask of the `numbers (n,)` that are among `values (k,)`, which are ascending."""
    if len(values) > _VALUES_AT_ONCE:
        at = np.minimum(np.searchsorted(values, numbers), len(values) - 1)
        mask: Mask = values[at] == numbers
        return mask
    mask = np.zeros(len(numbers), np.bool_)
    for value in values:
        mask |= numbers == value
    return mask


def _first_of_label(labels: Ints, documents: Ints, ranks: Ints) -> Ints:
    """Return for each of `documents (n,)`, which have these labels, the one of lowest rank that
    has the same label."""
    order = np.lexsort((ranks[documents], labels))
    first = np.append(True, np.diff(labels[order]) != 0)[: len(order)]
    found = np.empty(len(documents), np.int64)
    found[order] = documents[order[first]][np.cumsum(first) - 1]
    return found


def _exact_copies(digests: np.ndarray[Any, np.dtype[np.uint64]], ranks: Ints) -> Ints:
    """Return for each document the one of lowest rank with the same digest, `(n,)` int64.

    A document whose digest is 0 (its text is too short) has no exact copy but itself.
    """
    texts = np.arange(len(digests))
    order = np.lexsort((ranks, digests))
    order = order[digests[order] != 0]
    if len(order):
        first = np.append(True, np.diff(digests[order]) != 0)
        texts[order] = order[first][np.cumsum(first) - 1]
    return texts


def _near_pairs(
    prints: Fingerprints,
    candidates: Ints,
    ranks: Ints,
    wanted: np.ndarray[Any, np.dtype[np.uint32]] | None = None,
) -> tuple[Ints, Ints]:
    """Return the pairs of near copies among the candidates, each once: two arrays `(pairs,)`.

    `candidates` are indexes of documents of different texts. With `wanted`, `(bands, k)`, only
    documents that agree in a band with one of these are compared, those of the band with each
    other.
    """
    sketches = np.ascontiguousarray(prints.sketches.reshape(-1, SKETCH_BYTES)[candidates])
    likeness = _number_likeness(prints, candidates)
    keys = [np.zeros(0, np.int64)]
    for number, band in enumerate(sketches.view("<u4").T if len(candidates) else ()):
        order = np.lexsort((ranks[candidates], likeness, band))
        if wanted is not None:
            values = wanted[number]
            order = order[_among(band[order], np.unique(values[values != 0]))]
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
    """Return the pairs of entries to compare among those that agree in one band.

    Each entry is paired with the next _NEIGHBOURS of the same band, and with the first of the same
    band and likeness, which in a large group of copies is the leader. The pairs come as arrays of
    lower and higher indexes, `(k,)` int64 each. An empty band (0) agrees with none.

    Parameters
    ----------
    band : `(n,)` uint32, the bytes of the band in each sketch, ascending.
    likeness : `(n,)` uint32, `_number_likeness` of each, ascending within equal bands.
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
    """Return for each pair of sketches if its estimated resemblance is at least RESEMBLANCE.

    `some` and `others` are `(pairs, SKETCH_BYTES)` uint8, the result is `(pairs,)` bool. The
    estimate is the share of equal bins among those that are filled in at least one of the sketches
    (Li, Owen and Zhang 2012). Two sketches with nothing but empty bins resemble each other.
    """
    equal = ((some == others) & (some != 0)).sum(axis=1)
    used = ((some | others) != 0).sum(axis=1)
    share, of = RESEMBLANCE
    enough: np.ndarray[Any, np.dtype[np.bool_]] = equal * of >= used * share
    return enough


def _number_likeness(prints: Fingerprints, documents: Ints) -> np.ndarray[Any, np.dtype[np.uint32]]:
    """Return the least hash of the numbers in each of `documents (n,)`, `(n,)` uint32; 0 without
    numbers.

    It is a MinHash of one bin (Broder 1997): two documents agree in it with a probability that is
    the Jaccard similarity of their numbers.
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

    `ones` and `others` are `(pairs,)` documents, the result is `(pairs,)`. A place is given by the
    syllables around the number, and the same ones ("ngày … tháng") may occur more than once; two
    texts differ there only if each has a number that the other lacks. A number that stands in a
    place of one text alone makes no difference.
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
    """Return what `_numbers_differ` does, for at most _PAIRS_AT_ONCE pairs."""
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
    """Return document → leader for each document in one of the pairs of near copies.

    Documents are taken by ascending rank. Each joins the leader of lowest rank that it is paired
    with; one that is paired with no leader becomes a leader, its own.
    """
    near: dict[int, list[int]] = {}
    for one, other in zip(*(side.tolist() for side in pairs), strict=True):
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    leaders: dict[int, int] = {}
    for document in sorted(near, key=ranks.__getitem__):
        possible = [other for other in near[document] if leaders.get(other) == other]
        leaders[document] = min(possible, key=ranks.__getitem__, default=document)
    return leaders
