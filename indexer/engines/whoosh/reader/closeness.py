"""Compute how near to each other documents have the terms of a query (`indexer.engines.proximity`).

Positions are read from the stored texts, not from the postings: those of a few documents are there
side by side, while the postings of a frequent term would have to be decoded from the first on.

A *place* is the index of a text (a title or a body) and a position in it as one integer, so that
places of different texts are far apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from indexer.engines.proximity import REACH
from indexer.engines.whoosh.doc_store.text_reader import TermPlaces
from indexer.engines.whoosh.postings.decoded import Floats
from indexer.engines.whoosh.postings.elias_fano import Ints, Mask
from indexer.query.plan import NearTerm
from indexer.time_limit import check_time

_TEXT_BITS = 32
"""Number of low bits of a place that hold the position; the bits above hold the index of the text.
"""
_FAR = 1 << 60
_BATCH_LENGTH = 1 << 17
"""Greatest number of syllables in the documents that are read at once, unless one document has
more; that bounds the memory."""


class Texts(Protocol):
    """Documents whose closeness can be computed: a `Segment`, or documents read from a cluster."""

    @property
    def lengths(self) -> Ints:
        """Number of syllables of each document, `(documents,)` integers, by document number."""
        ...

    def term_places(self, numbers: Sequence[int], terms: Sequence[str]) -> TermPlaces:
        """Return where these terms occur in title and body of these documents, as
        `Segment.term_places` does."""
        ...


def closeness(terms: Sequence[NearTerm], segment: Texts, documents: Sequence[int]) -> Floats:
    """Return the closeness of each document, `(n,)` float64 from 0 to 1, in the order given.

    `documents` are document numbers of `segment` in any order. Raises IndexDamaged if their texts
    cannot be read, SearchTimeout once the time limit of the thread (`indexer.time_limit`) has
    passed.
    """
    weights = np.array([term.weight for term in terms])
    possible = float(_pairs(weights[:, None])[0]) if len(terms) > 1 else 0.0
    if not possible or not documents:
        return np.zeros(len(documents))
    best = [_best_pairs(terms, weights, segment, some) for some in _batches(documents, segment)]
    return np.concatenate(best) / possible


def _batches(documents: Sequence[int], segment: Texts) -> Iterator[Sequence[int]]:
    """Yield the documents in parts of about _BATCH_LENGTH syllables."""
    begin, length = 0, 0
    for at, number in enumerate(documents):
        length += int(segment.lengths[number])
        if length > _BATCH_LENGTH and at > begin:
            yield documents[begin:at]
            begin, length = at, int(segment.lengths[number])
    yield documents[begin:]


def _best_pairs(
    terms: Sequence[NearTerm], weights: Floats, segment: Texts, documents: Sequence[int]
) -> Floats:
    """Return the numerator of the closeness of each document, `(n,)` float64: the sum over the
    pairs of terms at the place where it is greatest."""
    check_time()
    best = np.zeros(len(documents))
    places, occurs = _occurrences(terms, segment, documents)
    if not len(places):
        return best
    before = np.maximum.accumulate(np.where(occurs, places, -_FAR), axis=1)
    after = np.minimum.accumulate(np.where(occurs, places, _FAR)[:, ::-1], axis=1)[:, ::-1]
    distances = np.minimum(places - before, after - places)
    pairs = _pairs(np.maximum(1 - distances / REACH, 0) * weights[:, None])
    owners = places >> (_TEXT_BITS + 1)  # a document has two texts
    (starts,) = np.nonzero(np.diff(owners, prepend=-1))
    best[owners[starts]] = np.maximum.reduceat(pairs, starts)
    return best


def _pairs(counts: Floats) -> Floats:
    """Return the sum of the products of every two rows of `counts (rows, n)`, `(n,)` float64."""
    before = counts[:-1].cumsum(axis=0)
    found: Floats = (counts[1:] * before).sum(axis=0)
    return found


def _occurrences(
    terms: Sequence[NearTerm], segment: Texts, documents: Sequence[int]
) -> tuple[Ints, Mask]:
    """Return where syllables of the terms stand in these documents, and which terms begin there.

    Places `(n,)` int64, ascending; mask `(terms, n)`.
    """
    numbers: dict[str, int] = {}
    for term in terms:
        for variant in term.variants:
            for syllable in variant:
                numbers.setdefault(syllable, len(numbers))
    found = segment.term_places(documents, list(numbers))
    places = (found.texts << _TEXT_BITS) | found.positions
    is_alone = np.zeros((len(terms), len(numbers)), np.bool_)
    for row, term in enumerate(terms):
        for variant in term.variants:
            if len(variant) == 1:
                is_alone[row, numbers[variant[0]]] = True
    occurs = is_alone[:, found.terms]
    for row, term in enumerate(terms):
        for first, *others in (variant for variant in term.variants if len(variant) > 1):
            begins = found.terms == numbers[first]
            for offset, syllable in enumerate(others, 1):
                begins &= np.isin(places + offset, places[found.terms == numbers[syllable]])
            occurs[row] |= begins
    is_any = occurs.any(axis=0)
    return (places, occurs) if is_any.all() else (places[is_any], occurs[:, is_any])
