"""The Lexicon protocol: what queries and completions may ask of the vocabulary of an index.

Each engine implements it.
"""

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
    text : the phrase as it is offered to readers.
    key : the string by which it is looked up (`indexer.suggest.selection.phrase_key`).
    documents : number of documents that contain it.
    """

    text: str
    key: str
    documents: int


class Lexicon(Protocol):
    """Vocabulary and document frequencies of one open index. Many threads may use it at once.

    Frequencies are numbers of live documents, with title and body taken together; an unknown term
    has 0. Terms are normalised and lower-case, as `indexer.analysis` makes them. Methods raise
    IndexDamaged if a file of the index is damaged.
    """

    @property
    def documents(self) -> int:
        """Number of live documents in the index."""
        ...

    @property
    def learned(self) -> Learned:
        """The abbreviations that the documents of the index define."""
        ...

    @property
    def profile(self) -> ArchiveProfile:
        """What `archive.toml` states; queries use the own fields and synonyms in it."""
        ...

    def folds(self, limit: int) -> tuple[str, ...]:
        """Return at most `limit` folded syllables, the most frequent first, then by code point.

        The frequency of a fold is the sum of the frequencies of its terms.
        """
        ...

    def frequency(self, term: str) -> int:
        """Return the number of documents with this syllable; 0 for an unknown one."""
        ...

    def pair_frequency(self, first: str, second: str) -> int:
        """Return the number of documents with the two syllables side by side, in this order; 0 for
        unknown ones."""
        ...

    def pair_frequencies(self, firsts: Sequence[str], seconds: Sequence[str]) -> Ints:
        """Return the `pair_frequency` of each of `firsts` with each of `seconds`.

        `(len(firsts), len(seconds))` int64.
        """
        ...

    def word_frequency(self, word: str) -> int:
        """Return the number of documents with this word of `analyze` ("dân_vận"); 0 for an unknown
        one."""
        ...

    def variants(self, folded: str) -> tuple[str, ...]:
        """Return the syllables whose fold is `folded`, most frequent first, then by code point.

        Empty if there is none.
        """
        ...

    def with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return at most `limit` syllables that begin with `prefix`, most frequent first, then by
        code point.

        Marks are compared too: "vâ" is not the beginning of "vấn".
        """
        ...

    def folded_with_prefix(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return at most `limit` terms, with their marks, whose fold begins with the fold `prefix`.

        They come by descending document frequency, equal ones by code point.
        """
        ...

    def phrases(self, key: str, limit: int) -> tuple[PhraseEntry, ...]:
        """Return at most `limit` phrases whose look-up key begins with `key`.

        Those of most documents come first, equal ones ascending by key, then text.
        """
        ...

    def facet_values(self, facet: str) -> tuple[str, ...]:
        """Return the values of a facet that live documents have, ascending by code point.

        Empty for an unknown facet.
        """
        ...
