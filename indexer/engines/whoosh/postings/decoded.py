"""The postings of one term in the form that queries read fastest.

A rare term keeps its documents; one in many documents keeps a number for every document, which
takes no more room and needs no looking up. Neither keeps what each posting gains: frequencies are
an eighth of that, so that the cache holds eight times as many terms, and gains are soon reckoned.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from indexer.engines.bm25 import K1
from indexer.engines.whoosh.postings.array_file import shrink_dtype
from indexer.engines.whoosh.postings.elias_fano import Int32s, Ints, Mask, find_sorted
from indexer.engines.whoosh.reader.segment_files import Postings

Floats = np.ndarray[Any, np.dtype[np.float64]]

_DENSE_RATIO = 8
"""A term that one in so many documents has is kept for every document."""
_LOOKUP_RATIO = 16
"""Where so many times fewer documents are candidates than have a term, each is looked up."""


def bm25_gain(tf: Floats | Ints, norms: Floats, weight: float) -> Floats:
    """What term frequencies gain a feature of this weight in documents with these norms: the
    formula of `indexer.engines.bm25`."""
    gains: Floats = tf + norms
    np.divide(tf, gains, out=gains)
    gains *= weight * (K1 + 1)
    return gains


class Candidates:
    """The documents to be scored, ascending: `ids`, None where they are all of a segment. `norms`
    are theirs."""

    def __init__(self, ids: Ints | None, norms: Floats) -> None:
        self.ids: Int32s | None = None if ids is None else ids.astype(np.int32)
        self.norms = norms if ids is None else norms[ids]
        self._documents = len(norms)

    @cached_property
    def indexes(self) -> Int32s:
        """Where among the candidates each document of the segment stands; -1 where it does not."""
        indexes = np.full(self._documents, -1, np.int32)
        indexes[self.ids] = np.arange(len(self.norms), dtype=np.int32)
        return indexes


@dataclass(frozen=True, slots=True)
class SparsePostings:
    """The documents with the term, ascending, and its frequency in each."""

    ids: Int32s
    tf: Ints

    @property
    def nbytes(self) -> int:
        """Memory held."""
        return self.ids.nbytes + self.tf.nbytes

    def mark(self, mask: Mask) -> None:
        """Set the documents with the term."""
        mask[self.ids] = True

    def add_gains(self, total: Floats, candidates: Candidates, weight: float) -> None:
        """Add `weight` times the gains to `total`, one of each candidates document."""
        at, tf = self._with_term(candidates)
        total[at] += bm25_gain(tf, candidates.norms[at], weight)

    def add_tf(self, total: Floats, candidates: Candidates, weight: float) -> None:
        """Add `weight` times the frequencies."""
        at, tf = self._with_term(candidates)
        total[at] += weight * tf

    def _with_term(self, candidates: Candidates) -> tuple[Ints | Int32s, Ints]:
        """Where among the candidates documents those with the term are, and its frequencies there."""
        if candidates.ids is None or not len(self.ids):
            return self.ids, self.tf
        if len(candidates.ids) * _LOOKUP_RATIO < len(self.ids):
            at, found = find_sorted(self.ids, candidates.ids)
            (has,) = found.nonzero()
            return has, self.tf[at[has]]
        indexes = candidates.indexes[self.ids]
        (has,) = (indexes >= 0).nonzero()
        return indexes[has], self.tf[has]


@dataclass(frozen=True, slots=True)
class DensePostings:
    """The frequency in every document."""

    tf: Ints

    @property
    def nbytes(self) -> int:
        """Memory held."""
        return self.tf.nbytes

    def mark(self, mask: Mask) -> None:
        """Set the documents with the term."""
        mask |= self.tf > 0

    def add_gains(self, total: Floats, candidates: Candidates, weight: float) -> None:
        """Add `weight` times the gains to `total`, one of each candidates document."""
        total += bm25_gain(self._tf_of(candidates), candidates.norms, weight)

    def add_tf(self, total: Floats, candidates: Candidates, weight: float) -> None:
        """Add `weight` times the frequencies."""
        total += weight * self._tf_of(candidates)

    def _tf_of(self, candidates: Candidates) -> Ints:
        return self.tf if candidates.ids is None else self.tf.take(candidates.ids)


DecodedPostings = SparsePostings | DensePostings


def decoded_postings(found: Postings, documents: int) -> DecodedPostings:
    """The postings of a term, in a segment of so many documents."""
    tf = shrink_dtype(found.weights)
    if len(found.ids) * _DENSE_RATIO < documents:
        return SparsePostings(found.ids.astype(np.int32), tf)
    every = np.zeros(documents, tf.dtype)
    every[found.ids] = tf
    return DensePostings(every)
