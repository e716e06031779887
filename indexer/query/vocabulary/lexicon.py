"""What the index knows of its own words; the engine gives it, reading a query needs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from indexer.query.vocabulary.learning import Learned

Ints = np.ndarray[Any, np.dtype[np.int64]]


class PhraseEntry(NamedTuple):
    """A phrase as it is offered, what it is looked up by, and how many documents have it."""

    text: str
    key: str
    documents: int


class Lexicon(Protocol):
    """Vocabulary and document frequencies of one open index.

    Frequencies count documents (title and body together). An unknown term has frequency 0.
    """

    @property
    def documents(self) -> int:
        """Number of documents in the index."""
        ...

    @property
    def learned(self) -> Learned:
        """What the documents taught when the index was built."""
        ...

    def folds(self, limit: int) -> tuple[str, ...]:
        """At most `limit` folded syllables, the one whose forms are most frequent together first,
        then by code point."""
        ...

    def frequency(self, term: str) -> int:
        """In how many documents the syllable term occurs."""
        ...

    def pair_frequency(self, first: str, second: str) -> int:
        """In how many documents the two syllables stand side by side, in this order."""
        ...

    def pair_frequencies(self, firsts: Sequence[str], seconds: Sequence[str]) -> Ints:
        """The same of each of `firsts` (rows) with each of `seconds` (columns), at once."""
        ...

    def word_frequency(self, word: str) -> int:
        """In how many documents pyvi reads this word ("dân_vận")."""
        ...

    def variants(self, folded: str) -> tuple[str, ...]:
        """The syllable terms that fold to `folded`, most frequent first."""
        ...

    def with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """At most `limit` syllable terms that begin with `prefix`, most frequent first (literally:
        an accent is part of the prefix)."""
        ...

    def folded_with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """At most `limit` syllable terms whose fold begins with `prefix`, most frequent first."""
        ...

    def phrases(self, key: str, limit: int) -> tuple[PhraseEntry, ...]:
        """At most `limit` phrases whose keys begin with `key`, those of most documents first, then
        ascending by key and text."""
        ...

    def facet_values(self, facet: str) -> tuple[str, ...]:
        """All values of a facet in this index."""
        ...
