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
from indexer.engines.whoosh.postings.array_file import smallest
from indexer.engines.whoosh.postings.elias_fano import Ints, Mask, Numbers, look_up
from indexer.engines.whoosh.reader.segment_files import Postings

Floats = np.ndarray[Any, np.dtype[np.float64]]

_DENSE = 8
"""A term that one in so many documents has is kept for every document."""
_SEARCHED = 16
"""Where so many times fewer documents are wanted than have a term, each is looked up."""


def saturated(tf: Floats | Ints, norms: Floats, weight: float) -> Floats:
    """What term frequencies gain a feature of this weight in documents with these norms: the
    formula of `indexer.engines.bm25`."""
    gains: Floats = tf + norms
    np.divide(tf, gains, out=gains)
    gains *= weight * (K1 + 1)
    return gains


class Wanted:
    """The documents to be scored, ascending: `ids`, None where they are all of a segment. `norms`
    are theirs."""

    def __init__(self, ids: Ints | None, norms: Floats) -> None:
        self.ids: Numbers | None = None if ids is None else ids.astype(np.int32)
        self.norms = norms if ids is None else norms[ids]
        self._documents = len(norms)

    @cached_property
    def places(self) -> Numbers:
        """Where among the wanted each document of the segment stands; -1 where it does not."""
        places = np.full(self._documents, -1, np.int32)
        places[self.ids] = np.arange(len(self.norms), dtype=np.int32)
        return places


@dataclass(frozen=True, slots=True)
class Sparse:
    """The documents with the term, ascending, and its frequency in each."""

    ids: Numbers
    tf: Ints

    @property
    def nbytes(self) -> int:
        """Memory held."""
        return self.ids.nbytes + self.tf.nbytes

    def mark(self, mask: Mask) -> None:
        """Set the documents with the term."""
        mask[self.ids] = True

    def add_gains(self, total: Floats, wanted: Wanted, by: float) -> None:
        """Add `by` times the gains to `total`, one of each wanted document."""
        at, tf = self._among(wanted)
        total[at] += saturated(tf, wanted.norms[at], by)

    def add_tf(self, total: Floats, wanted: Wanted, by: float) -> None:
        """Add `by` times the frequencies."""
        at, tf = self._among(wanted)
        total[at] += by * tf

    def _among(self, wanted: Wanted) -> tuple[Ints | Numbers, Ints]:
        """Where among the wanted documents those with the term are, and its frequencies there."""
        if wanted.ids is None or not len(self.ids):
            return self.ids, self.tf
        if len(wanted.ids) * _SEARCHED < len(self.ids):
            at, found = look_up(self.ids, wanted.ids)
            (has,) = found.nonzero()
            return has, self.tf[at[has]]
        places = wanted.places[self.ids]
        (has,) = (places >= 0).nonzero()
        return places[has], self.tf[has]


@dataclass(frozen=True, slots=True)
class Dense:
    """The frequency in every document."""

    tf: Ints

    @property
    def nbytes(self) -> int:
        """Memory held."""
        return self.tf.nbytes

    def mark(self, mask: Mask) -> None:
        """Set the documents with the term."""
        mask |= self.tf > 0

    def add_gains(self, total: Floats, wanted: Wanted, by: float) -> None:
        """Add `by` times the gains to `total`, one of each wanted document."""
        total += saturated(self._of(wanted), wanted.norms, by)

    def add_tf(self, total: Floats, wanted: Wanted, by: float) -> None:
        """Add `by` times the frequencies."""
        total += by * self._of(wanted)

    def _of(self, wanted: Wanted) -> Ints:
        return self.tf if wanted.ids is None else self.tf.take(wanted.ids)


Column = Sparse | Dense


def column(found: Postings, documents: int) -> Column:
    """The postings of a term, in a segment of so many documents."""
    tf = smallest(found.weights)
    if len(found.ids) * _DENSE < documents:
        return Sparse(found.ids.astype(np.int32), tf)
    every = np.zeros(documents, tf.dtype)
    every[found.ids] = tf
    return Dense(every)
