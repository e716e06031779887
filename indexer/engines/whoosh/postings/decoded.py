"""The decoded postings of one term, in the layout in which scoring reads them fastest.

A rare term is kept as its documents and its frequency in each; a frequent one as a frequency for
every document, which needs no search. Neither keeps BM25 gains (float64): frequencies, mostly one
byte each, take an eighth of the memory, so that the cache of a segment holds more terms, and a gain
is quickly computed from a frequency. `reader.segment` caches these objects, `reader.execute` uses
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from indexer.engines.whoosh.postings.array_file import shrink_dtype
from indexer.engines.whoosh.postings.elias_fano import Int32s, Ints, Mask, find_sorted

Floats = np.ndarray[Any, np.dtype[np.float64]]

_DENSE_RATIO = 8
"""A term that at least one document in this many contains is kept as DensePostings. They take
one byte for each document, so at that limit 8 for each posting; SparsePostings take 5."""
_LOOKUP_RATIO = 16
"""If the candidates are more than this many times fewer than the documents of a term, each
candidate is looked up among those by binary search, which then takes less time than marking them
all."""


@dataclass(frozen=True, slots=True)
class Postings:
    """The documents of a term and its weight in each; two int64 arrays `(n,)`.

    `ids` are document numbers, ascending and distinct, those of deleted documents included. A
    weight is a number of occurrences, 1 or more, those in the title counted TITLE_WEIGHT times.
    """

    ids: Ints
    weights: Ints


_NONE = np.zeros(0, np.int64)
NO_POSTINGS = Postings(_NONE, _NONE)
"""The postings of an unknown term."""


def bm25_gain(tf: Floats | Ints, norms: Floats, weight: float, k1: float) -> Floats:
    """Return the score that a feature adds to each document, `(n,)` float64.

    It is weight * (k1 + 1) * tf / (tf + norm), the formula of `indexer.engines.bm25`.

    Parameters
    ----------
    tf : `(n,)`, the term frequency in each document, 0 or more.
    norms : `(n,)`, the entries of the documents in `Segment.norms`, above 0.
    weight : the weight of the feature.
    k1 : `Segment.k1`, which is a factor of the norms too.
    """
    gains: Floats = tf + norms
    np.divide(tf, gains, out=gains)
    gains *= weight * (k1 + 1)
    return gains


class Candidates:
    """The documents of a segment that are to be scored.

    The constructor takes their document numbers (`(candidates,)` int64, ascending; None for all
    documents), and the norms `(documents,)` and k1 of the segment.

    Attributes
    ----------
    ids : `(candidates,)` int32, document numbers, ascending; None for all documents.
    norms : `(candidates,)` float64, their entries in `Segment.norms`.
    k1 : `Segment.k1`.
    """

    def __init__(self, ids: Ints | None, norms: Floats, k1: float) -> None:
        self.k1 = k1
        self.ids: Int32s | None = None if ids is None else ids.astype(np.int32)
        self.norms = norms if ids is None else norms[ids]
        self._documents = len(norms)

    @cached_property
    def indexes(self) -> Int32s:
        """The index in `ids` of each document of the segment, -1 for one that is no candidate.

        `(documents,)` int32. Must not be used if `ids` is None.
        """
        indexes = np.full(self._documents, -1, np.int32)
        indexes[self.ids] = np.arange(len(self.norms), dtype=np.int32)
        return indexes


@dataclass(frozen=True, slots=True)
class SparsePostings:
    """The documents of a rare term, and its frequency in each.

    `ids (n,)` int32 are document numbers, ascending; `tf (n,)` are the weights of the postings
    (`Postings`), in the narrowest unsigned dtype.
    """

    ids: Int32s
    tf: Ints

    @property
    def nbytes(self) -> int:
        """Memory used, in bytes."""
        return self.ids.nbytes + self.tf.nbytes

    def mark(self, mask: Mask) -> None:
        """Set `mask (documents,)` to True for the documents that contain the term."""
        mask[self.ids] = True

    def add_gains(self, total: Floats, candidates: Candidates, weight: float) -> None:
        """Add the BM25 gains of a feature with this weight to `total (candidates,)` float64."""
        at, tf = self._with_term(candidates)
        total[at] += bm25_gain(tf, candidates.norms[at], weight, candidates.k1)

    def add_tf(self, total: Floats, candidates: Candidates, weight: float) -> None:
        """Add `weight` times the term frequencies to `total (candidates,)` float64."""
        at, tf = self._with_term(candidates)
        total[at] += weight * tf

    def _with_term(self, candidates: Candidates) -> tuple[Ints | Int32s, Ints]:
        """Return the candidates that contain the term, and the term frequency in each.

        Two integer arrays `(n,)`: indexes among the candidates, ascending, and `tf`.
        """
        if candidates.ids is None or not len(self.ids):
            return self.ids, self.tf
        if len(candidates.ids) * _LOOKUP_RATIO < len(self.ids):
            at, is_found = find_sorted(self.ids, candidates.ids)
            (has,) = is_found.nonzero()
            return has, self.tf[at[has]]
        indexes = candidates.indexes[self.ids]
        (has,) = (indexes >= 0).nonzero()
        return indexes[has], self.tf[has]


@dataclass(frozen=True, slots=True)
class DensePostings:
    """The term frequency of a frequent term in every document of the segment.

    `tf (documents,)`, in the narrowest unsigned dtype, is the weight of the posting of each
    document (`Postings`), and 0 for a document without the term.
    """

    tf: Ints

    @property
    def nbytes(self) -> int:
        """Memory used, in bytes."""
        return self.tf.nbytes

    def mark(self, mask: Mask) -> None:
        """Set `mask (documents,)` to True for the documents that contain the term."""
        mask |= self.tf > 0

    def add_gains(self, total: Floats, candidates: Candidates, weight: float) -> None:
        """Add the BM25 gains of a feature with this weight to `total (candidates,)` float64."""
        total += bm25_gain(self._tf_of(candidates), candidates.norms, weight, candidates.k1)

    def add_tf(self, total: Floats, candidates: Candidates, weight: float) -> None:
        """Add `weight` times the term frequencies to `total (candidates,)` float64."""
        total += weight * self._tf_of(candidates)

    def _tf_of(self, candidates: Candidates) -> Ints:
        """Return the term frequency in each candidate, `(candidates,)` unsigned."""
        return self.tf if candidates.ids is None else self.tf.take(candidates.ids)


DecodedPostings = SparsePostings | DensePostings


def decoded_postings(postings: Postings, documents: int) -> DecodedPostings:
    """Return SparsePostings if fewer than one document in _DENSE_RATIO has the term, else
    DensePostings.

    `documents` is the number of documents of the segment, deleted ones included.
    """
    tf = shrink_dtype(postings.weights)
    if len(postings.ids) * _DENSE_RATIO < documents:
        return SparsePostings(postings.ids.astype(np.int32), tf)
    every = np.zeros(documents, tf.dtype)
    every[postings.ids] = tf
    return DensePostings(every)
