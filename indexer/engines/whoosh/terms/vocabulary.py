"""The syllables of a generation: those of a merged table, with what changed since it was made.

All answers are those of a table made anew: only syllables of live documents, with their present
frequencies.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable

import numpy as np

from indexer.analysis import fold
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.postings.string_table import most_frequent
from indexer.engines.whoosh.terms.merged_terms import TermTables
from indexer.engines.whoosh.terms.table_changes import NO_CHANGES, TableChanges

_AFTER = "\U0010ffff"
"""The greatest code point; after a prefix, it sorts after all terms with the prefix."""


class Vocabulary:
    """The syllables of a generation, with their frequencies and folds.

    The constructor raises ValueError if the changes do not fit the tables; so do the methods if a
    table is damaged.

    Parameters
    ----------
    tables : the tables of a segment, or merged ones.
    changes : what changed since they were made.
    find : returns the number of a term in `tables`, or -1; None for `tables.terms.find`.
    """

    def __init__(
        self,
        tables: TermTables,
        changes: TableChanges = NO_CHANGES,
        find: Callable[[str], int] | None = None,
    ) -> None:
        self._tables = tables
        self.find = find or tables.terms.find
        self.frequencies = tables.frequencies
        """`(terms,)`, number of live documents with each term of the tables; 0 for those that only
        deleted documents have."""
        self._is_changed = bool(len(changes.terms))
        if self._is_changed:
            if int(changes.terms.max()) >= len(tables.terms):
                raise ValueError("a term has changed that is not in the tables")
            self.frequencies = tables.frequencies.astype(np.int64)
            self.frequencies[changes.terms] = changes.frequencies
        self._new = changes.new_terms
        self._new_terms = sorted(self._new)
        self._new_folds = sorted((fold(term), term) for term in self._new)

    def frequency(self, term: str) -> int:
        """Return the number of live documents with a syllable, 0 if it is unknown."""
        number = self.find(term)
        return int(self.frequencies[number]) if number >= 0 else self._new.get(term, 0)

    def variants(self, folded: str) -> tuple[str, ...]:
        """Return the syllables whose fold is `folded`, most frequent first, then by code point."""
        number = self._tables.folds.find(folded)
        numbers = self._with_folds(number, number + 1 if number >= 0 else number)
        new = self._new_folds
        first = bisect_left(new, (folded, ""))
        last = bisect_left(new, (folded, _AFTER))
        if not self._is_changed and first == last:
            return tuple(self._tables.terms.get_many(numbers))
        return self._most_frequent(
            len(numbers) + last - first, numbers, [term for _, term in new[first:last]]
        )

    def with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return at most `limit` syllables that begin with `prefix`, the most frequent first, then
        by code point."""
        first, last = self._tables.terms.prefix_range(prefix)
        new = self._new_terms[
            bisect_left(self._new_terms, prefix) : bisect_left(self._new_terms, prefix + _AFTER)
        ]
        return self._most_frequent(limit, np.arange(first, last), new)

    def folded_with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return at most `limit` syllables whose fold begins with `prefix`, the most frequent
        first, then by code point."""
        numbers = self._with_folds(*self._tables.folds.prefix_range(prefix))
        first = bisect_left(self._new_folds, (prefix, ""))
        last = bisect_left(self._new_folds, (prefix + _AFTER, ""))
        return self._most_frequent(
            limit, numbers, [term for _, term in self._new_folds[first:last]]
        )

    def folds(self, limit: int) -> tuple[str, ...]:
        """Return at most `limit` folds of syllables, the most frequent first, then by code point.

        The frequency of a fold is the sum of those of its terms.
        """
        ends = self._tables.fold_ends.astype(np.int64)
        frequencies = self.frequencies[self._tables.fold_terms].astype(np.int64)
        totals = np.diff(np.concatenate(([0], np.cumsum(frequencies)))[ends], prepend=0)
        further: dict[str, int] = {}
        for folded, term in self._new_folds:
            number = self._tables.folds.find(folded)
            if number >= 0:
                totals[number] += self._new[term]
            else:
                further[folded] = further.get(folded, 0) + self._new[term]
        order = np.argsort(-totals, kind="stable")[:limit]
        order = order[totals[order] > 0]
        names = self._tables.folds.get_many(order)
        if not further:
            return tuple(names)
        known = zip((-totals[order]).tolist(), names, strict=True)
        ranked = sorted([*known, *((-total, folded) for folded, total in further.items())])
        return tuple(folded for _, folded in ranked[:limit])

    def _most_frequent(self, limit: int, numbers: Ints, new: Iterable[str]) -> tuple[str, ...]:
        """Return at most `limit` of some syllables, most frequent first, then by code point.

        `numbers (n,)` int64 are terms of the tables, in any order, `new` are further terms. Those
        without live documents are left out.
        """
        frequencies = self.frequencies[numbers]
        if self._is_changed:
            live = frequencies > 0
            numbers, frequencies = numbers[live], frequencies[live]
        best = most_frequent(numbers, frequencies, limit)
        names = self._tables.terms.get_many(best)
        further = [(-self._new[term], term) for term in new]
        if not further:
            return tuple(names)
        known = zip((-self.frequencies[best].astype(np.int64)).tolist(), names, strict=True)
        return tuple(term for _, term in sorted([*known, *further])[:limit])

    def _with_folds(self, first: int, last: int) -> Ints:
        """Return the term numbers of the syllables whose folds have the numbers `[first, last)`.

        `(n,)` int64, fold by fold; within a fold in the order of the tables, the most frequent
        first.
        """
        ends = self._tables.fold_ends
        start = int(ends[first - 1]) if first > 0 else 0
        stop = int(ends[last - 1]) if last > 0 else 0
        return self._tables.fold_terms[start:stop].astype(np.int64)
