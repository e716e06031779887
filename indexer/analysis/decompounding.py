"""Step 4 of the analysis: dictionary words inside a compound of three syllables or more.

pyvi joins neighbours that are words of their own, more often in texts less like its training data:
`dân_vận_gắn` ("mass mobilisation" + "bind"), `triển_khai_phương_hướng`, `tình_hình_nhân_dân`. Most
Vietnamese words have one or two syllables, so a longer compound is mostly a phrase, and a search
for one of its words should find it as a word. A compound that is itself in the dictionary
(`hợp_tác_xã`, "co-operative", around `hợp_tác`) is correct and is left whole.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from indexer.analysis.orthography import unify_i_y
from indexer.analysis.words.word_model import word_model
from indexer.models import Range

_SHORTEST = 3
"""Syllables of the shortest compound that is taken apart."""


def inner_words(syllables: Sequence[str]) -> list[Range]:
    """Return the ranges `[i, j)` of dictionary words of 2 or 3 syllables inside a compound.

    `syllables` are lower-case and normalised. Of all ways to choose non-overlapping words, the one
    that covers the most syllables wins; of those the one with fewer words; of those the one with
    the longer or earlier word on the left. Linear in the number of syllables.

    >>> inner_words("dân vận gắn".split())
    [(0, 2)]
    >>> inner_words("triển khai phương hướng".split())
    [(0, 2), (2, 4)]
    """
    count = len(syllables)
    if count < _SHORTEST:
        return []
    dictionary = _dictionary()
    key = tuple(map(unify_i_y, syllables))
    if key in dictionary:
        return []
    # best[i]: (syllables covered, number of words) from syllable i on, and the length of the word
    # that begins at i, 0 for none.
    best: list[tuple[int, int, int]] = [(0, 0, 0)] * (count + 1)
    for at in range(count - 1, -1, -1):
        covered, words, _ = best[at + 1]
        best[at] = (covered, words, 0)
        for length in (2, 3):
            if at + length <= count and key[at : at + length] in dictionary:
                covered, words, _ = best[at + length]
                option = (covered + length, words + 1, length)
                if (option[0], -option[1]) >= (best[at][0], -best[at][1]):
                    best[at] = option
    spans = []
    at = 0
    while at < count:
        length = best[at][2]
        if length:
            spans.append((at, at + length))
        at += length or 1
    return spans


def in_dictionary(syllables: Sequence[str]) -> bool:
    """Return True if the syllables form a word of pyvi's dictionary; words have two or three.

    They are lower-case and normalised.
    """
    return tuple(map(unify_i_y, syllables)) in _dictionary()


@functools.cache
def _dictionary() -> frozenset[tuple[str, ...]]:
    """Return pyvi's words of two and three syllables, i and y unified as in terms; built once."""
    words: set[tuple[str, ...]] = set()
    for first, pairs in word_model().pairs.items():
        first = unify_i_y(first)
        for second, pair in pairs.items():
            second = unify_i_y(second)
            if pair.is_word:
                words.add((first, second))
            for third in pair.thirds:
                words.add((first, second, unify_i_y(third)))
    return frozenset(words)
