"""Find the likeliest sequence of terms, by a bigram model over the syllables of the index, for
`spelling.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from indexer.analysis.decompounding import second_syllables
from indexer.query.vocabulary.lexicon import Lexicon

_DICTIONARY_BONUS = 10.0
"""Factor of the probability of two syllables that are a word of the dictionary. A name with the
same letters may be more frequent in documents (Thụy Điển, Sweden, than thủy điện, hydropower), but
it is typed with capitals."""
_BIGRAM_SHARE = 0.9
"""Share of a syllable's probability, 0 to 1, that comes from how often it follows the one before
it; the rest comes from its own frequency, as in `accent_restoration`."""
_UNKNOWN = 1e-3
"""Number of documents that is added to that of each syllable, so that none has the probability
0."""
_DOCUMENT_SYLLABLES = 100
"""Assumed number of distinct syllables of a document, which makes the frequencies of syllables
comparable to those of pairs."""


def _dictionary_bonus(
    lefts: Sequence[str], rights: Sequence[str]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return _DICTIONARY_BONUS for each pair of a left and a right term that is a word of the
    dictionary, else 1: `(len(lefts), len(rights))` float64."""
    bonus = np.ones((len(lefts), len(rights)))
    for row, left in enumerate(lefts):
        seconds = second_syllables(left)
        if seconds:
            bonus[row, [right in seconds for right in rights]] = _DICTIONARY_BONUS
    return bonus


def likeliest_sequence(
    slots: Sequence[Mapping[str, float]], lexicon: Lexicon
) -> tuple[tuple[str, ...], float]:
    """Return the likeliest sequence of terms, one from each slot, and the natural logarithm of its
    probability times that of the typed text (Viterbi 1967).

    `slots`, at least one, has term → probability for each syllable, as `forms_as_typed` returns it.
    """
    total = max(lexicon.documents, 1) * _DOCUMENT_SYLLABLES
    terms = [list(slot) for slot in slots]
    frequencies = [np.array(list(map(lexicon.frequency, slot))) for slot in terms]
    chances = [np.log(list(slot.values())) for slot in slots]
    unigrams = [(counts + _UNKNOWN) / total for counts in frequencies]
    scores, backpointers = chances[0] + np.log(unigrams[0]), []
    for at in range(1, len(slots)):
        pairs = lexicon.pair_frequencies(terms[at - 1], terms[at])
        bonus = _dictionary_bonus(terms[at - 1], terms[at])
        bigrams = bonus * pairs / np.maximum(frequencies[at - 1], 1)[:, np.newaxis]
        transitions = np.log(_BIGRAM_SHARE * bigrams + (1 - _BIGRAM_SHARE) * unigrams[at])
        paths = scores[:, np.newaxis] + transitions
        backpointers.append(paths.argmax(axis=0))
        scores = paths.max(axis=0) + chances[at]
    best, score = [int(scores.argmax())], float(scores.max())
    for previous in reversed(backpointers):
        best.append(int(previous[best[-1]]))
    chosen = tuple(slot[at] for slot, at in zip(terms, reversed(best), strict=True))
    return chosen, score
