"""After the words: dictionary words inside a compound of three syllables or more.

pyvi glues neighbours that are words of their own, more often the less it knows of a text's kind:
`dân_vận_gắn` ("mass mobilisation" + "bind"), `triển_khai_phương_hướng`, `tình_hình_nhân_dân`. Most
Vietnamese words have one syllable or two, so a longer compound mostly is a phrase, and whoever
looks for one of its words should find it as a word. What is itself in the dictionary (`hợp_tác_xã`,
"co-operative", around `hợp_tác`) is no slip and is left whole.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from indexer.analysis.orthography import unify_i_y
from indexer.analysis.words.word_model import word_model
from indexer.models import Range

_SHORTEST = 3


def inner_words(syllables: Sequence[str]) -> list[Range]:
    """The spans `[i, j)` of dictionary words of 2 or 3 of the `syllables` of a compound.

    `syllables` are lower-case and normalised. Of all ways to lay words side by side the one that
    covers most syllables; of those the one with fewer words; of those the one with a longer or
    earlier word to the left. Linear in the number of syllables.

    >>> inner_words("dân vận gắn".split())
    [(0, 2)]
    >>> inner_words("triển khai phương hướng".split())
    [(0, 2), (2, 4)]
    """
    count = len(syllables)
    if count < _SHORTEST:
        return []
    known = _dictionary()
    names = tuple(map(unify_i_y, syllables))
    if names in known:
        return []
    # best[i]: (syllables covered, words) from syllable i on, and the length of the word at i.
    best: list[tuple[int, int, int]] = [(0, 0, 0)] * (count + 1)
    for at in range(count - 1, -1, -1):
        covered, words, _ = best[at + 1]
        best[at] = (covered, words, 0)
        for length in (2, 3):
            if at + length <= count and names[at : at + length] in known:
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
    """Whether two or three syllables (lower-case, normalised) are one of pyvi's words."""
    return tuple(map(unify_i_y, syllables)) in _dictionary()


@functools.cache
def _dictionary() -> frozenset[tuple[str, ...]]:
    """pyvi's words of two and three pieces, i and y unified as in terms; built once."""
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
