"""The postings of one term in the form that queries read fastest.

A rare term keeps its documents; one in many documents keeps a number for every document, which
takes no more room and needs no looking up. Both know what each posting gains: the saturated term
frequency of `indexer.engines.base`, to be multiplied by a feature's weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from indexer.engines.base import K1
from indexer.engines.whoosh.arrays import smallest
from indexer.engines.whoosh.files import Postings
from indexer.engines.whoosh.lists import Ints

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Floats = np.ndarray[Any, np.dtype[np.float64]]

_DENSE = 8
"""A term that one in so many documents has is kept for every document."""


def saturated(tf: Floats, norms: Floats) -> Floats:
    """What term frequencies gain in documents with these norms."""
    gains: Floats = tf * (K1 + 1) / (tf + norms)
    return gains


@dataclass(frozen=True, slots=True)
class Sparse:
    """The documents with the term, ascending; for each its frequency and what it gains."""

    ids: Ints
    tf: Ints
    gains: Floats

    @property
    def nbytes(self) -> int:
        """Memory held."""
        return self.ids.nbytes + self.tf.nbytes + self.gains.nbytes

    def mark(self, mask: Mask) -> None:
        """Set the documents with the term."""
        mask[self.ids] = True

    def add_gains(self, total: Floats, wanted: Ints | None, weight: float) -> None:
        """Add `weight` times the gains; `total` is that of the documents `wanted`, or of all."""
        self._add(total, wanted, self.gains, weight)

    def add_tf(self, total: Floats, wanted: Ints | None, weight: float) -> None:
        """Add `weight` times the frequencies."""
        self._add(total, wanted, self.tf, weight)

    def _add(self, total: Floats, wanted: Ints | None, values: Any, weight: float) -> None:
        if wanted is None:
            total[self.ids] += weight * values
            return
        # The shorter list is looked up in the longer one.
        if len(wanted) < len(self.ids):
            at = self.ids.searchsorted(wanted)
            at[at == len(self.ids)] = 0
            has = self.ids[at] == wanted
            total[has] += weight * values[at[has]]
        elif len(self.ids):
            at = wanted.searchsorted(self.ids)
            at[at == len(wanted)] = 0
            has = wanted[at] == self.ids
            total[at[has]] += weight * values[has]


@dataclass(frozen=True, slots=True)
class Dense:
    """Frequency and gain of every document."""

    tf: Ints
    gains: Floats

    @property
    def nbytes(self) -> int:
        """Memory held."""
        return self.tf.nbytes + self.gains.nbytes

    def mark(self, mask: Mask) -> None:
        """Set the documents with the term."""
        mask |= self.tf > 0

    def add_gains(self, total: Floats, wanted: Ints | None, weight: float) -> None:
        """Add `weight` times the gains; `total` is that of the documents `wanted`, or of all."""
        total += weight * (self.gains if wanted is None else self.gains[wanted])

    def add_tf(self, total: Floats, wanted: Ints | None, weight: float) -> None:
        """Add `weight` times the frequencies."""
        total += weight * (self.tf if wanted is None else self.tf[wanted])


Column = Sparse | Dense


def column(found: Postings, norms: Floats) -> Column:
    """The postings of a term, in an index of documents with these norms."""
    gains = saturated(found.weights.astype(np.float64), norms[found.ids])
    tf = smallest(found.weights)
    if len(found.ids) * _DENSE < len(norms):
        return Sparse(found.ids, tf, gains)
    every, everything = np.zeros(len(norms), tf.dtype), np.zeros(len(norms))
    every[found.ids], everything[found.ids] = tf, gains
    return Dense(every, everything)
