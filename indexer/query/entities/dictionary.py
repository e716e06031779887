"""Look up entries of one or more syllables in a query text in which marks may be missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from indexer.analysis import fold
from indexer.query.vocabulary.accent_compatibility import is_compatible

Terms = tuple[str, ...]
"""Terms that stand side by side, in order."""

PLACE_KINDS: Mapping[str, Terms] = {
    "tp": ("thành", "phố"),
    "tx": ("thị", "xã"),
    "tt": ("thị", "trấn"),
    "q": ("quận",),
    "h": ("huyện",),
    "p": ("phường",),
    "x": ("xã",),
}
"""Abbreviation of the kind of a place, as written before its name (TP. Huế, Q.1) → the terms of the
kind. They are the usual ones of Vietnamese addresses: city, town, township, urban district,
district, ward, commune."""

T = TypeVar("T")


class HasTerm(Protocol):
    """Protocol of an item of a query text: a syllable, or a piece of one (nq42 is nq and 42)."""

    @property
    def term(self) -> str:
        """The normalised, lower-case term of the item."""
        ...


class PhraseDictionary(Generic[T]):
    """Entries (terms, value) that are looked up by their terms.

    A typed syllable matches a term of an entry if it has the same fold and its marks are among
    those of the term (`is_compatible`). The constructor raises IndexError for an entry without
    terms.
    """

    def __init__(self, entries: Iterable[tuple[Terms, T]]) -> None:
        self._entries: dict[str, list[tuple[Terms, T]]] = {}
        for terms, value in sorted(entries, key=lambda entry: -len(entry[0])):
            self._entries.setdefault(fold(terms[0]), []).append((terms, value))

    def matches_at(self, syllables: Sequence[HasTerm], at: int) -> Iterator[tuple[Terms, T]]:
        """Yield (terms, value) of the entries whose terms match the syllables from index `at` on,
        the longest first, equally long ones in the order in which they were given.

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
        """True if the first term of an entry has the fold `folded`."""
        return folded in self._entries
