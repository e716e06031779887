"""Interface of the vocabulary of an index. Engines implement it; queries and completions use it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from indexer.profile.archive_profile import ArchiveProfile
from indexer.query.vocabulary.learning import Learned

Ints = np.ndarray[Any, np.dtype[np.int64]]


class PhraseEntry(NamedTuple):
    """A phrase offered as a completion.

    Attributes
    ----------
    text : as it is offered.
    key : its look-up key (`indexer.suggest.selection.phrase_key`).
    documents : number of documents that contain it.
    """

    text: str
    key: str
    documents: int


class Lexicon(Protocol):
    """Vocabulary and document frequencies of one open index.

    Frequencies are numbers of documents (title and body together); an unknown term has 0.
    """

    @property
    def documents(self) -> int:
        """Number of documents in the index."""
        ...

    @property
    def learned(self) -> Learned:
        """The abbreviations that the documents defined when the index was built."""
        ...

    @property
    def profile(self) -> ArchiveProfile:
        """The own fields and synonyms of the archive."""
        ...

    def folds(self, limit: int) -> tuple[str, ...]:
        """Return at most `limit` folded syllables.

        They are in descending order of the summed frequency of their forms, then by code point.
        """
        ...

    def frequency(self, term: str) -> int:
        """Return the number of documents with this syllable term."""
        ...

    def pair_frequency(self, first: str, second: str) -> int:
        """Return the number of documents with the two syllables side by side, in this order."""
        ...

    def pair_frequencies(self, firsts: Sequence[str], seconds: Sequence[str]) -> Ints:
        """Return the pair frequencies of all combinations, `(len(firsts), len(seconds))` int64."""
        ...

    def word_frequency(self, word: str) -> int:
        """Return the number of documents in which pyvi finds this word ("dân_vận")."""
        ...

    def variants(self, folded: str) -> tuple[str, ...]:
        """Return the syllable terms whose fold is `folded`, most frequent first."""
        ...

    def with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return at most `limit` syllable terms that begin with `prefix`, most frequent first.

        Marks are compared literally.
        """
        ...

    def folded_with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return at most `limit` terms whose fold begins with `prefix`, most frequent first."""
        ...

    def phrases(self, key: str, limit: int) -> tuple[PhraseEntry, ...]:
        """Return at most `limit` phrases whose key begins with `key`.

        Those of most documents come first, then ascending by key and text.
        """
        ...

    def facet_values(self, facet: str) -> tuple[str, ...]:
        """Return all values of a facet in this index."""
        ...
