"""Step 4 of the analysis: dictionary words inside a compound of three syllables or more.

pyvi joins neighbours that are words of their own, more often in texts less like its training data:
`dân_vận_gắn` ("mass mobilisation" + "bind"), `triển_khai_phương_hướng`, `tình_hình_nhân_dân`. Most
Vietnamese words have one or two syllables, so a longer compound is mostly a phrase, and a search
for one of its words should find it as a word. A compound that is itself in the dictionary
(`hợp_tác_xã`, "co-operative", around `hợp_tác`) is correct and is left whole.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from indexer.analysis.folding import fold_in
from indexer.analysis.orthography import unify_i_y, unify_i_y_in
from indexer.analysis.words.word_model import word_model
from indexer.models import Range

_SHORTEST = 3
"""Number of syllables of the shortest compound in which words are looked for."""


def inner_words(syllables: Sequence[str]) -> list[Range]:
    """Return the ranges `[i, j)` of dictionary words of 2 or 3 syllables inside a compound.

    The ranges are of indexes of `syllables`, ascending; empty if the compound itself is a word of
    the dictionary, or shorter than _SHORTEST. `syllables` are lower-case and normalised, so words
    that pyvi writes with a capital or a hyphen are not found. Of all ways to choose non-overlapping
    words, the one that covers the most syllables wins; of those the one with fewer words; of those
    the one with the longer or earlier word on the left. Linear in the number of syllables. Raises
    WordModelError if the word model cannot be loaded.

    >>> inner_words("dân vận gắn".split())
    [(0, 2)]
    >>> inner_words("triển khai phương hướng".split())
    [(0, 2), (2, 4)]
    """
    count = len(syllables)
    if count < _SHORTEST:
        return []
    dictionary = _dictionary()
    key = list(map(unify_i_y, syllables))
    if " ".join(key) in dictionary:
        return []
    # best[i]: (syllables covered, number of words) from syllable i on, and the length of the word
    # that begins at i, 0 for none.
    best: list[tuple[int, int, int]] = [(0, 0, 0)] * (count + 1)
    for at in range(count - 1, -1, -1):
        covered, words, _ = best[at + 1]
        best[at] = (covered, words, 0)
        for length in (2, 3):
            if at + length <= count and " ".join(key[at : at + length]) in dictionary:
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
    """True if the syllables, lower-case and normalised, form a word of pyvi's dictionary.

    It has words of two or three syllables, and a few of four. Words that it writes with capitals
    ("Phật Đản", "độ pH") or a hyphen ("lúa hè-thu") are found too. Raises WordModelError if the
    word model cannot be loaded.
    """
    return " ".join(map(unify_i_y, syllables)) in _lower_case_dictionary()


def words_like(folds: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return the words of pyvi's dictionary whose syllables have these folds, each as its
    syllables, ascending; () if there is none.

    The syllables are terms (in lower case, i and y unified). Raises WordModelError if the word
    model cannot be loaded.

    >>> words_like(("thuy", "dien"))
    (('thuỷ', 'điện'),)
    """
    words = _dictionary_by_fold().get(" ".join(folds))
    return tuple(tuple(word.split(" ")) for word in words.split("\n")) if words else ()


def second_syllables(first: str) -> frozenset[str]:
    """Return the second syllables of the words of two syllables in pyvi's dictionary that begin
    with `first`; empty if there is none.

    `first` and the result are terms: in lower case, with marks, i and y unified (`unify_i_y`).
    Raises WordModelError if the word model cannot be loaded.
    """
    return _second_syllables().get(first, frozenset())


def is_syllable_of_words(term: str) -> bool:
    """True if a word of pyvi's dictionary has this syllable, with these marks.

    Raises WordModelError if the word model cannot be loaded.
    """
    return term in _dictionary_syllables()


# The tables below are made with few operations on a text of all words, because making them word by
# word is most of the time of the first search of a process. A word is a string, its syllables
# separated by spaces.


@functools.cache
def _dictionary_by_fold() -> dict[str, str]:
    """Return folded word → the words of the dictionary with this fold, ascending, one a line. Built
    once."""
    words = list(_lower_case_dictionary())
    folds = fold_in("\n".join(words)).split("\n")
    found = dict(zip(folds, words, strict=True))
    several: dict[str, list[str]] = {}
    for folded, word in zip(folds, words, strict=True):
        if found[folded] != word:
            several.setdefault(folded, [found[folded]]).append(word)
    for folded, group in several.items():
        found[folded] = "\n".join(sorted(group))
    return found


@functools.cache
def _second_syllables() -> dict[str, frozenset[str]]:
    seconds: dict[str, set[str]] = {}
    for word in _lower_case_dictionary():
        first, _, second = word.partition(" ")
        if second and " " not in second:
            seconds.setdefault(first, set()).add(second)
    return {first: frozenset(found) for first, found in seconds.items()}


@functools.cache
def _dictionary_syllables() -> frozenset[str]:
    return frozenset(" ".join(_lower_case_dictionary()).split(" "))


@functools.cache
def _lower_case_dictionary() -> frozenset[str]:
    """Return pyvi's words as the terms of a text write them: in lower case, and cut at hyphens.

    Built once. `inner_words` uses `_dictionary` instead, with pyvi's own letters, because it
    decides which words an index has, and another dictionary would make older indexes wrong.
    """
    text = "\n".join(_dictionary()).lower().replace("-", " ")
    text = re.sub(" *\n *", "\n", re.sub("  +", " ", text)).strip()
    return frozenset(unify_i_y_in(text).split("\n"))


@functools.cache
def _dictionary() -> frozenset[str]:
    """Return pyvi's words of two and three syllables, with i and y unified as in terms
    (`unify_i_y`). Built once.

    Raises WordModelError if the word model cannot be loaded.
    """
    words: list[str] = []
    for first, pairs in word_model().pairs.items():
        for second, pair in pairs.items():
            if pair.is_word:
                words.append(f"{first} {second}")
            words += [f"{first} {second} {third}" for third in pair.thirds]
    return frozenset(unify_i_y_in("\n".join(words)).split("\n"))
