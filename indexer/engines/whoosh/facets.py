"""Which document has which facet value, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from indexer.engines.whoosh.blocks import Ints
from indexer.engines.whoosh.schema import facet_field
from indexer.engines.whoosh.segment import Segment
from indexer.results.facets import FACET_NAMES

Mask = np.ndarray[Any, np.dtype[np.bool_]]


class FacetTable:
    """One facet: entry i says that document `documents[i]` has the value number `values[i]`."""

    def __init__(self, facet: str, segment: Segment) -> None:
        field = facet_field(facet)
        self.names = segment.terms(field)
        """The values, ascending."""
        self.numbers = {name: number for number, name in enumerate(self.names)}
        # Past the cache: these would drive out the terms that queries need.
        found = [segment.read_postings(field, name).ids for name in self.names]
        self.starts: Ints = np.cumsum([0, *map(len, found)])
        """Entries of value v are `[starts[v], starts[v + 1])`."""
        self.documents: Ints = np.concatenate(found) if found else np.zeros(0, np.int64)
        self.values: Ints = np.repeat(np.arange(len(found)), np.diff(self.starts))

    def counts(self, mask: Mask) -> dict[str, int]:
        """Value -> number of documents in the mask that have it, where there is one."""
        counts = np.bincount(self.values[mask[self.documents]], minlength=len(self.names))
        return {self.names[number]: int(counts[number]) for number in np.flatnonzero(counts)}


class FacetTables:
    """The tables of one segment, each made when first asked for (racing threads make equals)."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._tables: dict[str, FacetTable] = {}

    def table(self, facet: str) -> FacetTable | None:
        """The table of a facet; None where there is no facet of this name."""
        if facet not in FACET_NAMES:
            return None
        if facet not in self._tables:
            self._tables[facet] = FacetTable(facet, self._segment)
        return self._tables[facet]

    def having(self, facet: str, values: Sequence[str]) -> Mask:
        """The documents with at least one of the values; none for unknown names."""
        mask = np.zeros(self._segment.documents, np.bool_)
        table = self.table(facet)
        if table is not None:
            for value in values:
                number = table.numbers.get(value)
                if number is not None:
                    mask[table.documents[table.starts[number] : table.starts[number + 1]]] = True
        return mask

    def narrow(
        self, matched: Mask, filters: Mapping[str, Sequence[str]], *, counted: bool
    ) -> tuple[Mask, dict[str, dict[str, int]]]:
        """What the filters leave of `matched`, and, where `counted`, the disjunctive counts: for
        each facet, over what the filters of all *other* facets leave."""
        chosen = {facet: self.having(facet, values) for facet, values in filters.items()}
        # A document that misses one filter only still counts in that filter's facet.
        missed = np.zeros(len(matched), np.int64)
        for mask in chosen.values():
            missed += ~mask
        left = matched & (missed == 0)
        counts = {}
        for facet in FACET_NAMES if counted else ():
            table = self.table(facet)
            if table is not None:
                others = missed - ~chosen[facet] if facet in chosen else missed
                counts[facet] = table.counts(matched & (others == 0))
        return left, counts
