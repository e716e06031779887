"""Which document has which facet value, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from indexer.engines.whoosh.lists import Ints, Mask
from indexer.engines.whoosh.runs import facet_key
from indexer.engines.whoosh.segment import Segment
from indexer.results.facets import FACET_NAMES

_FEW = 16
"""Where one in so many documents is counted, all entries are gone through."""


class FacetTables:
    """The values of all facets in one segment, in one table.

    The documents of each value stand in order of the values, values in order of facet and name.
    The values are there a second time in order of the documents, to count those of few documents.
    """

    def __init__(self, segment: Segment) -> None:
        files = segment.files
        self._documents_of_all = segment.documents
        self._files = files
        self._documents: Ints = files.value_documents.astype(np.int64)
        counts = files.value_frequencies.astype(np.int64)
        self._ends: Ints = np.cumsum(counts)
        if len(self._documents) != int(counts.sum()) or counts.min(initial=1) < 1:
            raise ValueError("the facet values do not fit their documents")
        self._begins: Ints = self._ends - counts
        values = np.repeat(np.arange(len(counts)), counts)
        self._by_document: Ints = values[np.argsort(self._documents, kind="stable")]
        self._sizes: Ints = np.bincount(self._documents, minlength=segment.documents)
        self._starts: Ints = np.cumsum(self._sizes) - self._sizes
        self._known: dict[int, str] = {}
        self._ranges = {
            facet: files.values.with_prefix(facet_key(facet, "")) for facet in FACET_NAMES
        }

    def names(self, facet: str) -> list[str]:
        """The values of a facet, ascending."""
        first, last = self._ranges.get(facet, (0, 0))
        return [self._name(facet, number) for number in range(first, last)]

    def _name(self, facet: str, number: int) -> str:
        name = self._known.get(number)
        if name is None:
            name = self._known[number] = self._files.values[number][len(facet) + 1 :]
        return name

    def having(self, facet: str, values: Sequence[str]) -> Mask:
        """The documents with at least one of the values; none for unknown names."""
        mask = np.zeros(self._documents_of_all, np.bool_)
        if facet in self._ranges:
            for value in values:
                number = self._files.values.find(facet_key(facet, value))
                if number >= 0:
                    start = int(self._ends[number - 1]) if number else 0
                    mask[self._documents[start : int(self._ends[number])]] = True
        return mask

    def narrow(
        self, matched: Mask, filters: Mapping[str, Sequence[str]], *, counted: bool
    ) -> tuple[Mask, dict[str, dict[str, int]]]:
        """What the filters leave of `matched`, and, where `counted`, the disjunctive counts: for
        each facet, over what the filters of all *other* facets leave."""
        chosen = {facet: self.having(facet, values) for facet, values in filters.items()}
        left = matched
        if chosen:
            # A document that misses one filter only still counts in that filter's facet.
            missed = np.zeros(len(matched), np.int8)
            for mask in chosen.values():
                missed += ~mask
            left = matched & (missed == 0)
        if not counted:
            return left, {}
        found = self._named(self._count(left), self._ranges)
        for facet, mask in chosen.items():
            if facet in self._ranges:
                others = matched & (missed == ~mask)
                found |= self._named(self._count(others), {facet: self._ranges[facet]})
        return left, found

    def _count(self, mask: Mask) -> Ints:
        """In how many documents of the mask each value is."""
        values = len(self._ends)
        if values and np.count_nonzero(mask) * _FEW > len(mask):
            has = mask.take(self._documents).view(np.uint8)
            return np.add.reduceat(has, self._begins, dtype=np.int64)
        documents = np.flatnonzero(mask)
        starts, sizes = self._starts[documents], self._sizes[documents]
        before = np.cumsum(sizes) - sizes
        at = np.arange(int(sizes.sum())) + np.repeat(starts - before, sizes)
        return np.bincount(self._by_document[at], minlength=values)

    def _named(
        self, counts: Ints, ranges: Mapping[str, tuple[int, int]]
    ) -> dict[str, dict[str, int]]:
        """For each facet, value -> count, where there is any."""
        found: dict[str, dict[str, int]] = {}
        for facet, (begin, end) in ranges.items():
            part = counts[begin:end]
            some = part.nonzero()[0]
            names = [self._name(facet, begin + n) for n in some.tolist()]
            found[facet] = dict(zip(names, part[some].tolist(), strict=True))
        return found
