"""PhraseDictionary finds the same entries as a search through all of them."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import fold
from indexer.analysis.folding import marks
from indexer.query.entities.dictionary import PhraseDictionary, Terms

SYLLABLES = st.sampled_from(("dân", "dan", "vận", "vân", "van", "kỹ", "đô", "do"))
rows = st.lists(SYLLABLES, min_size=1, max_size=3).map(tuple)


class Typed(NamedTuple):
    term: str


def search_all(entries: list[Terms], typed: list[str], at: int) -> set[Terms]:
    return {
        terms
        for terms in entries
        if len(typed) - at >= len(terms)
        and all(fold(a) == fold(b) for a, b in zip(typed[at:], terms, strict=False))
        and all(marks(a) <= marks(b) for a, b in zip(typed[at:], terms, strict=False))
    }


@given(st.lists(rows, unique=True), st.lists(SYLLABLES, max_size=5), st.integers(0, 5))
def test_all_compatible_entries_are_found_the_longest_first(
    entries: list[Terms], typed: list[str], at: int
) -> None:
    dictionary = PhraseDictionary((terms, " ".join(terms)) for terms in entries)
    found = list(dictionary.matches_at([Typed(term) for term in typed], at))
    assert {terms for terms, _ in found} == search_all(entries, typed, at)
    assert all(value == " ".join(terms) for terms, value in found)
    sizes = [len(terms) for terms, _ in found]
    assert sizes == sorted(sizes, reverse=True)
