"""Entries found where they may stand, next to a plain search for them."""

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


def plainly(entries: list[Terms], typed: list[str], at: int) -> set[Terms]:
    return {
        terms
        for terms in entries
        if len(typed) - at >= len(terms)
        and all(fold(a) == fold(b) for a, b in zip(typed[at:], terms, strict=False))
        and all(marks(a) <= marks(b) for a, b in zip(typed[at:], terms, strict=False))
    }


@given(st.lists(rows, unique=True), st.lists(SYLLABLES, max_size=5), st.integers(0, 5))
def test_entries_are_found_the_longest_first(
    entries: list[Terms], typed: list[str], at: int
) -> None:
    glossary = PhraseDictionary((terms, " ".join(terms)) for terms in entries)
    found = list(glossary.at([Typed(term) for term in typed], at))
    assert {terms for terms, _ in found} == plainly(entries, typed, at)
    assert all(known == " ".join(terms) for terms, known in found)
    sizes = [len(terms) for terms, _ in found]
    assert sizes == sorted(sizes, reverse=True)
