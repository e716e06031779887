"""Where a document has the terms of a query, and what it adds to the score.

The *closeness* of a document looks for the place at which most of the query stands together. At a
position p of the document, a term t (`indexer.query.plan.NearTerm`) counts

    x_t(p) = weight_t * max(0, 1 - d_t(p) / REACH)

where d_t(p) is the number of positions from p to the nearest occurrence of t, and

    closeness = max over p of  sum over pairs s, t of x_s(p) * x_t(p)
                             / sum over pairs s, t of weight_s * weight_t

with p at any occurrence of any of the terms, and each pair of two different terms once. It is 0 to
1: 0 if no two terms are within REACH of a place, 1 if all stand at one place. Fewer than two terms
have no closeness.

The *earliness* of a document is how soon it names the terms that it has. With f_t the position of
the first occurrence of t in the title or in the body, whichever is less,

    earliness = sum over these terms of weight_t * HALF / (HALF + f_t)
              / sum over these terms of weight_t

It is 0 to 1: 1 if each term begins the title or the body, 0 without any term. Texts name their
subject first, and articles that only touch it name it later.

    score = score of the features * (1 + closeness) * (1 + EARLINESS_WEIGHT * earliness)

holds for the first DEPTH hits in the order of the features (after pinned documents are put first
and copies are grouped), which are then sorted by it. The hits below keep their order and their
scores. Since neither is negative, no hit falls below them, and pages continue each other. A plan
with fewer than two terms has neither.

Sources: a kernel around each position is the positional language model of Lv and Zhai (2009,
"Positional language models for information retrieval"), whose best-position strategy takes the
maximum. That pairs are what proximity is about is the finding of Tao and Zhai (2007, "An
exploration of proximity measures in information retrieval"), and idf-weighted pairs are those of
Rasolofo and Savoy (2003, "Term proximity scoring for keyword-based retrieval systems"). Rank by
the first occurrence of terms is that of Troy and Zhang (2007, "Enhancing relevance scoring with
chronological term rank").

Positions are read from the texts, not from postings: those of a few documents are there side by
side, while the postings of a frequent term would have to be decoded from the first on. In the code,
a *place* is the index of a text (a title or a body) and a position in it as one integer, so that
places of different texts are far apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from indexer.query.plan import NearTerm, PlacementKind, PlacementScore
from indexer.runtime.time_limit import check_time

Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

REACH = 32
"""Distance in positions from which on a term does not count; at half of it, a term counts half.
That half is the window of eight words of the sequential dependence model (Metzler and Croft 2005),
for a Vietnamese word has about two syllables."""
HALF = 30
"""Position at which the first occurrence of a term counts half: about the end of the first
sentence. At 15 or 60 it ranks nearly as well."""
EARLINESS_WEIGHT = 0.4
"""What the greatest earliness adds to a score, relative to it; 0.3 to 0.6 rank nearly as well."""
DEPTH = 20
"""Number of first hits that are ranked by the places of the terms too. More of them change nothing
above the tenth place."""
_TEXT_BITS = 32
"""Number of low bits of a place that hold the position; the bits above hold the index of the text.
"""
_POSITION = (1 << _TEXT_BITS) - 1
"""Mask of these bits."""
_FAR = 1 << 60
"""Stands for the place of a term that does not occur; farther than any two places are apart."""
_BATCH_LENGTH = 1 << 17
"""Greatest number of syllables in the documents that are read at once, unless one document has
more; that bounds the memory."""


class TermPlaces(NamedTuple):
    """Where some terms occur in several texts, in text order; three arrays `(n,)` int64.

    Attributes
    ----------
    texts : the text of each occurrence, numbered as in `Texts.term_places`.
    positions : its position in this text, as `indexer.analysis.tokens` counts them.
    terms : the index of its term among the terms that were asked for.
    """

    texts: Ints
    positions: Ints
    terms: Ints


class Texts(Protocol):
    """Documents whose terms have places: a segment, or documents read from a cluster."""

    @property
    def lengths(self) -> Ints:
        """Number of syllables of each document, `(documents,)` integers, by document number."""
        ...

    def term_places(self, numbers: Sequence[int], terms: Sequence[str]) -> TermPlaces:
        """Return where `terms` occur in title and body of the documents `numbers`.

        Text 2n is the title of the document with index n in `numbers`, text 2n + 1 its body. Raises
        IndexDamaged if a text cannot be read.
        """
        ...


class Placement(NamedTuple):
    """The closeness and the earliness of a document, each 0 to 1."""

    closeness: float
    earliness: float

    @property
    def factor(self) -> float:
        """What the score of the features is multiplied by, 1 or more."""
        return (1 + self.closeness) * (1 + EARLINESS_WEIGHT * self.earliness)

    def scores(self, terms: tuple[NearTerm, ...], score: float) -> tuple[PlacementScore, ...]:
        """Return what each of the two adds to `score`, that of the features, if it is above 0."""
        weights = (
            (PlacementKind.CLOSENESS, self.closeness, score),
            (
                PlacementKind.EARLINESS,
                self.earliness,
                EARLINESS_WEIGHT * (1 + self.closeness) * score,
            ),
        )
        return tuple(
            PlacementScore(kind, terms, share, weight, share * weight)
            for kind, share, weight in weights
            if share
        )


def placements(
    terms: Sequence[NearTerm], texts: Texts, documents: Sequence[int]
) -> list[Placement]:
    """Return the closeness and earliness of each document, in the order given.

    `documents` are document numbers of `texts` in any order. Raises IndexDamaged if their texts
    cannot be read, SearchTimeout once the time limit of the thread (`runtime.time_limit`) has
    passed.
    """
    weights = np.array([term.weight for term in terms])
    if len(terms) < 2:
        return [Placement(0.0, 0.0)] * len(documents)
    possible = float(_pairs(weights[:, None])[0])
    found: list[Placement] = []
    for some in _batches(documents, texts) if documents else ():
        best, early = _places_of_terms(terms, weights, texts, some)
        found += map(Placement, (best / possible).tolist(), early.tolist())
    return found


def _batches(documents: Sequence[int], texts: Texts) -> Iterator[Sequence[int]]:
    """Yield the documents, at least one, in order, in parts of at most _BATCH_LENGTH syllables or
    of one longer document."""
    begin, length = 0, 0
    for at, number in enumerate(documents):
        length += int(texts.lengths[number])
        if length > _BATCH_LENGTH and at > begin:
            yield documents[begin:at]
            begin, length = at, int(texts.lengths[number])
    yield documents[begin:]


def _places_of_terms(
    terms: Sequence[NearTerm], weights: Floats, texts: Texts, documents: Sequence[int]
) -> tuple[Floats, Floats]:
    """Return the numerator of the closeness of each document, and its earliness; two arrays `(n,)`
    float64.

    The numerator is the sum over the pairs of terms at the place where it is greatest.
    """
    check_time()
    best, early = np.zeros(len(documents)), np.zeros(len(documents))
    places, occurs = _occurrences(terms, texts, documents)
    if not len(places):
        return best, early
    before = np.maximum.accumulate(np.where(occurs, places, -_FAR), axis=1)
    after = np.minimum.accumulate(np.where(occurs, places, _FAR)[:, ::-1], axis=1)[:, ::-1]
    distances = np.minimum(places - before, after - places)
    pairs = _pairs(np.maximum(1 - distances / REACH, 0) * weights[:, None])
    owners = places >> (_TEXT_BITS + 1)  # a document has two texts
    (starts,) = np.nonzero(np.diff(owners, prepend=-1))
    best[owners[starts]] = np.maximum.reduceat(pairs, starts)
    sooner = np.where(occurs, HALF / (HALF + (places & _POSITION)), 0.0)
    first = np.maximum.reduceat(sooner, starts, axis=1)  # (terms, documents with any)
    # Added up term by term: a matrix product rounds otherwise for another number of documents.
    named = (weights[:, None] * (first > 0)).cumsum(axis=0)[-1]
    early[owners[starts]] = (weights[:, None] * first).cumsum(axis=0)[-1] / named
    return best, early


def _pairs(counts: Floats) -> Floats:
    """Return the sum of the products of every two rows of `counts (rows, n)`, `(n,)` float64."""
    before = counts[:-1].cumsum(axis=0)
    found: Floats = (counts[1:] * before).sum(axis=0)
    return found


def _occurrences(
    terms: Sequence[NearTerm], texts: Texts, documents: Sequence[int]
) -> tuple[Ints, Mask]:
    """Return the places at which a term begins in these documents, and which terms begin at each.

    Places `(n,)` int64, ascending; mask `(terms, n)`.
    """
    numbers: dict[str, int] = {}
    for term in terms:
        for variant in term.variants:
            for syllable in variant:
                numbers.setdefault(syllable, len(numbers))
    found = texts.term_places(documents, list(numbers))
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
