"""The vocabulary of a generation, read from its count table: the Lexicon protocol.

The look-ups are those of the embedded engine (`terms.term_dictionary`), over one table without
postings.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from indexer.analysis.memo import memoize, memoize_lru
from indexer.engines.damage import wrap_damage
from indexer.engines.opensearch.storage.count_table import PAIR_SHIFT, Ints, read_learned
from indexer.engines.whoosh.postings.array_file import ArrayFile
from indexer.engines.whoosh.postings.string_table import (
    StringTable,
    facet_name,
    facet_value,
    most_frequent,
)
from indexer.engines.whoosh.terms.merged_terms import TermTables
from indexer.engines.whoosh.terms.phrase_table import PhraseTable
from indexer.profile.archive_profile import ArchiveProfile
from indexer.query.vocabulary.learning import Learned
from indexer.query.vocabulary.lexicon import PhraseEntry

_CACHED = 1 << 15
"""Entries of each cache."""


class MappedLexicon:
    """The Lexicon protocol over the count table in the file `path`, mapped into memory.

    Many threads may use it at once. The constructor and the methods raise IndexDamaged if the file
    turns out to be damaged, UnusableIndex if it cannot be read.
    """

    def __init__(self, path: Path, profile: ArchiveProfile) -> None:
        self.profile = profile
        with wrap_damage(path.name):
            file = ArrayFile(path)
            self._tables = TermTables(
                StringTable(file, "terms"),
                file["term_counts"],
                StringTable(file, "folds"),
                file["fold_ends"],
                file["fold_terms"],
            )
            self._pairs, self._pair_counts = file["pairs"], file["pair_counts"]
            self._words, self._word_counts = StringTable(file, "words"), file["word_counts"]
            self._values, self._value_counts = StringTable(file, "values"), file["value_counts"]
            self._phrases = PhraseTable(path)
            self._learned = read_learned(file)
            self.documents, self.length = file["totals"].tolist()
        self._number = memoize(self._tables.terms.find, _CACHED)
        self._word_number = memoize(self._words.find, _CACHED)
        self._pair_frequency = memoize_lru(self._find_pair, _CACHED)
        self._variants = memoize(self._find_variants, _CACHED)

    @property
    def learned(self) -> Learned:
        """The abbreviations that the documents define."""
        return self._learned

    def folds(self, limit: int) -> tuple[str, ...]:
        """Return at most `limit` folds, the most frequent first, equally frequent ones ascending.

        The frequency of a fold is the sum of those of its syllables.
        """
        ends = self._tables.fold_ends.astype(np.int64)
        counts = self._tables.frequencies[self._tables.fold_terms].astype(np.int64)
        totals = np.diff(np.concatenate(([0], np.cumsum(counts)))[ends], prepend=0)
        order = np.argsort(-totals, kind="stable")[:limit]
        return tuple(self._tables.folds.get_many(order))

    def frequency(self, term: str) -> int:
        """Return the number of documents with a syllable."""
        number = self._number(term)
        return int(self._tables.frequencies[number]) if number >= 0 else 0

    def pair_frequency(self, first: str, second: str) -> int:
        """Return the number of documents that have `first` directly before `second`."""
        return self._pair_frequency(first, second)

    def _find_pair(self, first: str, second: str) -> int:
        numbers = self._number(first), self._number(second)
        if min(numbers) < 0:
            return 0
        key = np.uint64(numbers[0] << PAIR_SHIFT | numbers[1])
        at = int(self._pairs.searchsorted(key))
        return int(self._pair_counts[at]) if at < len(self._pairs) and self._pairs[at] == key else 0

    def pair_frequencies(self, firsts: Sequence[str], seconds: Sequence[str]) -> Ints:
        """Return the pair frequency of each of `firsts` before each of `seconds`.

        `(len(firsts), len(seconds))` int64; 0 for unknown syllables.
        """
        rows = np.array(list(map(self._number, firsts)), np.int64)[:, np.newaxis]
        columns = np.array(list(map(self._number, seconds)), np.int64)[np.newaxis, :]
        known = np.minimum(rows, columns) >= 0
        keys = np.where(known, rows << PAIR_SHIFT | columns, 0).astype(np.uint64)
        if not len(self._pairs):
            return np.zeros(keys.shape, np.int64)
        at = np.minimum(np.searchsorted(self._pairs, keys), len(self._pairs) - 1)
        found: Ints = np.where(known & (self._pairs[at] == keys), self._pair_counts[at], 0)
        return found.astype(np.int64)

    def word_frequency(self, word: str) -> int:
        """Return the number of documents with a word."""
        number = self._word_number(word)
        return int(self._word_counts[number]) if number >= 0 else 0

    def variants(self, folded: str) -> tuple[str, ...]:
        """Return the syllables with this fold, the most frequent first; () if there are none."""
        return self._variants(folded)

    def _find_variants(self, folded: str) -> tuple[str, ...]:
        number = self._tables.folds.find(folded)
        if number < 0:
            return ()
        return tuple(self._tables.terms.get_many(self._numbers_with_folds(number, number + 1)))

    def _numbers_with_folds(self, first: int, last: int) -> Ints:
        """Return the numbers of the terms whose folds have an index in `[first, last)`, `(n,)`."""
        ends = self._tables.fold_ends
        start, stop = (int(ends[at - 1]) if at else 0 for at in (first, last))
        return self._tables.fold_terms[start:stop].astype(np.int64)

    def with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return at most `limit` syllables that begin with `prefix`, the most frequent first."""
        first, last = self._tables.terms.prefix_range(prefix)
        return self._most_frequent(np.arange(first, last), limit)

    def folded_with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return at most `limit` syllables whose fold begins with `prefix`, most frequent first."""
        numbers = self._numbers_with_folds(*self._tables.folds.prefix_range(prefix))
        return self._most_frequent(numbers, limit)

    def phrases(self, key: str, limit: int) -> tuple[PhraseEntry, ...]:
        """Return at most `limit` phrases whose look-up key (`suggest.selection.phrase_key`) begins
        with `key`.

        The phrases with the greatest document frequency come first, equally frequent ones ascending
        by key, then text. Empty if there are none.
        """
        return self._phrases.with_prefix(key, limit)

    def facet_values(self, facet: str) -> tuple[str, ...]:
        """Return the values of a facet, ascending; () for an unknown one."""
        return self._values_by_facet.get(facet, ())

    @property
    def facet_names(self) -> tuple[str, ...]:
        """The names of the facets of which documents have values, in no order."""
        return tuple(self._values_by_facet)

    @cached_property
    def _values_by_facet(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for key in self._values:
            found.setdefault(facet_name(key), []).append(facet_value(key))
        return {name: tuple(sorted(values)) for name, values in found.items()}

    def _most_frequent(self, numbers: Ints, limit: int) -> tuple[str, ...]:
        best = most_frequent(numbers, self._tables.frequencies[numbers], limit)
        return tuple(self._tables.terms.get_many(best))
