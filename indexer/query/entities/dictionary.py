"""Look up entries of one or more syllables in a query text in which marks may be missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from indexer.analysis import fold
from indexer.query.vocabulary.accent_compatibility import is_compatible

Terms = tuple[str, ...]
"""Terms that stand side by side."""

PLACE_KINDS: Mapping[str, Terms] = {
    "tp": ("thành", "phố"),
    "tx": ("thị", "xã"),
    "tt": ("thị", "trấn"),
    "q": ("quận",),
    "h": ("huyện",),
    "p": ("phường",),
    "x": ("xã",),
}
"""Abbreviation of the kind of a place, as written before its name (TP. Huế, Q.1) → the kind."""

T = TypeVar("T")


class HasTerm(Protocol):
    """Protocol of an item of a query text: a syllable, or a piece of one (nq42 is nq and 42)."""

    @property
    def term(self) -> str:
        """The normalised, lower-case term of the item."""
        ...


class PhraseDictionary(Generic[T]):
    """Entries (terms, value) that are looked up by their terms.

    A typed syllable matches a term of an entry if `is_compatible`: it has the same fold, and its
    marks are among those of the term. Entries have at least one term each.
    """

    def __init__(self, entries: Iterable[tuple[Terms, T]]) -> None:
        self._entries: dict[str, list[tuple[Terms, T]]] = {}
        for terms, value in sorted(entries, key=lambda entry: -len(entry[0])):
            self._entries.setdefault(fold(terms[0]), []).append((terms, value))

    def matches_at(self, syllables: Sequence[HasTerm], at: int) -> Iterator[tuple[Terms, T]]:
        """Yield (terms, value) of the entries that may stand from syllable `at` on, the longest
        first.

        Nothing if `at` is beyond the end of `syllables`.
        """
        if at >= len(syllables):
            return
        for terms, value in self._entries.get(fold(syllables[at].term), ()):
            typed = syllables[at : at + len(terms)]
            if len(typed) == len(terms) and all(
                is_compatible(syllable.term, term)
                for syllable, term in zip(typed, terms, strict=True)
            ):
                yield terms, value

    def has_first(self, folded: str) -> bool:
        """Return True if the first term of an entry has this fold."""
        return folded in self._entries
