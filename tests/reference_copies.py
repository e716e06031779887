"""Find copies as literally as possible, for the reference engine: with sets of shingles.

Texts are given longest first. The resemblance that engines estimate from sketches differs a little
from the one that is computed here, so tests use texts that are either clearly alike or clearly not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Text(NamedTuple):
    """The syllables of a document, and its official number."""

    title: tuple[str, ...]
    body: tuple[str, ...]
    official: str | None = None

    @property
    def identity(self) -> object:
        """A value that is equal for exact copies, and only for them."""
        whole_title = self.title
        if len(self.body) >= 64:
            whole_title = tuple(sorted(term for term in self.title if has_digit(term)))
        return whole_title, self.body, plain(self.official)

    @property
    def shingles(self) -> set[tuple[str, ...]]:
        if len(self.body) < 64:
            return set()
        return {self.body[at : at + 4] for at in range(len(self.body) - 3)}

    @property
    def numbers(self) -> set[tuple[object, object]]:
        """(surroundings, number) of each number; the surroundings are the syllables around it, or
        "title" or "official"."""
        found: set[tuple[object, object]] = {
            ("title", number) for _, number in numbers_in(self.title)
        }
        found |= {
            (around, number)
            for around, number in numbers_in(self.body)
            if around[1] is not None and around[2] is not None
        }
        return found | ({("official", plain(self.official))} if self.official else set())


def plain(official: str | None) -> str:
    return "".join((official or "").lower().split())


def has_digit(term: str) -> bool:
    return any(map(str.isdigit, term))


Around = tuple[str | None, str | None, str | None, str | None]


def numbers_in(terms: Sequence[str]) -> list[tuple[Around, tuple[str, ...]]]:
    """Return (surroundings, number) of each number; numbers side by side are one.

    The surroundings are two syllables on each side, None beyond the ends of the text.
    """
    found = []
    begin = 0
    while begin < len(terms):
        end = begin
        while end < len(terms) and has_digit(terms[end]):
            end += 1
        if end > begin:

            def at(place: int) -> str | None:
                if not 0 <= place < len(terms):
                    return None
                return "number" if has_digit(terms[place]) else terms[place]

            around = at(begin - 2), at(begin - 1), at(end), at(end + 1)
            found.append((around, tuple(terms[begin:end])))
        begin = end + 1
    return found


def exact_copies(texts: Mapping[str, Text]) -> dict[str, str]:
    """Return name of a text → name of the first exact copy of it."""
    first: dict[object, str] = {}
    return {
        name: first.setdefault(text.identity if len(text.body) >= 8 else name, name)
        for name, text in texts.items()
    }


def resemblance(one: Text, other: Text) -> float:
    return len(one.shingles & other.shingles) / max(1, len(one.shingles | other.shingles))


def numbers_differ(one: Text, other: Text) -> bool:
    """Return True if two texts have different numbers in the same surroundings."""
    only, others = one.numbers - other.numbers, other.numbers - one.numbers
    missing = Counter(around for around, _ in only)
    return any(around in missing for around, _ in others)


def leaders(texts: Mapping[str, Text]) -> dict[str, str]:
    """Return name of a text → name of its leader: the first leader of which it is a near copy, else
    itself."""
    found: dict[str, str] = {}
    for name, text in texts.items():
        near = (
            leader
            for leader in list(found)
            if found[leader] == leader
            and not numbers_differ(text, texts[leader])
            and resemblance(text, texts[leader]) >= 0.8
        )
        found[name] = next(near, name)
    return found
