"""Entries of one syllable or more, found where they may stand in what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

from indexer.analysis import fold
from indexer.query.vocabulary.accent_compatibility import is_compatible

Terms = tuple[str, ...]
"""Terms that stand side by side."""

T = TypeVar("T")


class Typed(Protocol):
    """A syllable that was typed, or a piece of one."""

    @property
    def term(self) -> str:
        """Its term."""
        ...


class PhraseDictionary(Generic[T]):
    """Entries, each with what is known of it; marks may be missing where one is typed."""

    def __init__(self, entries: Iterable[tuple[Terms, T]]) -> None:
        self._entries: dict[str, list[tuple[Terms, T]]] = {}
        for terms, known in sorted(entries, key=lambda entry: -len(entry[0])):
            self._entries.setdefault(fold(terms[0]), []).append((terms, known))

    def at(self, syllables: Sequence[Typed], at: int) -> Iterator[tuple[Terms, T]]:
        """The entries that the syllables from `at` on may be, those of most syllables first."""
        if at >= len(syllables):
            return
        for terms, known in self._entries.get(fold(syllables[at].term), ()):
            typed = syllables[at : at + len(terms)]
            if len(typed) == len(terms) and all(
                is_compatible(syllable.term, term)
                for syllable, term in zip(typed, terms, strict=True)
            ):
                yield terms, known

    def begins(self, folded: str) -> bool:
        """Whether an entry begins with a syllable of this fold."""
        return folded in self._entries
