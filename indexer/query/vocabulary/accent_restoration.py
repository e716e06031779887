"""Restore the marks of the syllables of a query from the vocabulary of the index.

Each syllable has several possible forms, and the probability that one form follows another is
estimated from how often the index has the two side by side. The forward-backward algorithm (Rabiner
1989, "A tutorial on hidden Markov models", section III) gives each form its probability, the
Viterbi algorithm the likeliest sequence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from indexer.analysis import fold
from indexer.query.vocabulary.lexicon import Lexicon
from indexer.query.vocabulary.question_model import asked_forms, asked_pair_frequency

Floats = np.ndarray[Any, np.dtype[np.float64]]

_BIGRAM_SHARE = 0.9
"""Share of a form's probability, 0 to 1, that comes from how often it follows its left neighbour;
the rest comes from its own frequency. Such an interpolation (Jelinek and Mercer 1980) keeps pairs
possible that the index never has. Shares of 0.5 to 0.97 restore equally well."""
_BARE_PAIR_DISCOUNT = 0.75
"""Number of documents that is subtracted from those of a pair of bare forms (absolute discounting,
Ney, Essen and Kneser 1994). A page written without marks has "vuong quoc", whose syllables stand
nowhere else, so that one would make the other certain; to discount all pairs loses true ones of a
single document (ô môi)."""
_DOCUMENT_SYLLABLES = 100
"""Assumed number of distinct syllables of a document, which makes a document frequency a
probability among all syllables; 30 to 1000 restore equally well."""


@dataclass(frozen=True, slots=True)
class Form:
    """A possible form of a syllable: a term.

    `prior`, above 0, multiplies its frequency: a form with more than 1 is likelier than by the
    index alone. `unpaired_prior` does so only for what is assumed without its left neighbour.
    `is_bare` is True for the typed form in a query without any marks.
    """

    term: str
    prior: float = 1.0
    unpaired_prior: float = 1.0
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class Restored:
    """The result of accent restoration for one syllable.

    `term` is its form in the likeliest sequence; `probabilities` maps each possible form to its
    probability, 0 to 1; they sum to 1.
    """

    term: str
    probabilities: dict[str, float]


def restore(forms: Sequence[Sequence[Form]], lexicon: Lexicon) -> list[Restored]:
    """Return the likeliest form and the probabilities of each of several syllables side by side.

    `forms` has the possible forms of each syllable, at least one each; the result has the same
    length and order, [] for no syllables. Raises IndexDamaged if the vocabulary cannot be read.
    """
    if all(len(slot) == 1 for slot in forms):  # no choice: most queries are typed with all marks
        return [Restored(slot[0].term, {slot[0].term: 1.0}) for slot in forms]
    unigrams = [_unigrams(slot, lexicon) for slot in forms]
    transitions = [
        _transition(a, b, unigrams_b, lexicon)
        for a, b, unigrams_b in zip(forms, forms[1:], unigrams[1:], strict=False)
    ]
    forward = [_normalized(unigrams[0])]
    for transition in transitions:
        forward.append(_normalized(forward[-1] @ transition))
    backward = [np.ones(len(unigrams[-1]))]
    for transition in reversed(transitions):
        backward.append(_normalized(transition @ backward[-1]))
    best = _viterbi(forward[0], transitions)
    restored = []
    for slot, chosen, before, after in zip(forms, best, forward, reversed(backward), strict=True):
        shares = _normalized(before * after).tolist()
        probabilities = {form.term: share for form, share in zip(slot, shares, strict=True)}
        restored.append(Restored(slot[chosen].term, probabilities))
    return restored


def _unigrams(slot: Sequence[Form], lexicon: Lexicon) -> Floats:
    """Return the probability of each form among all syllables, by its frequency in the index and
    its priors, `(forms,)` float64, above 0 also of a form that the index lacks.

    One of a question word counts as being in one document at least.
    """
    asked = asked_forms(fold(slot[0].term))
    counts = [
        (max(lexicon.frequency(form.term), form.term in asked) + 0.01)
        * form.prior
        * form.unpaired_prior
        for form in slot
    ]
    return np.array(counts) / (max(lexicon.documents, 1) * _DOCUMENT_SYLLABLES)


def _transition(
    left: Sequence[Form], right: Sequence[Form], unigrams: Floats, lexicon: Lexicon
) -> Floats:
    """Return the probability of each right form after each left form, `(left, right)` float64.

    It is an estimate whose rows need not sum to 1. `unigrams (right,)` are the probabilities of the
    right forms as `_unigrams` returns them.
    """
    if len(left) == len(right) == 1:
        return np.ones((1, 1))  # no choice, so no look-up
    firsts, seconds = [form.term for form in left], [form.term for form in right]
    priors = np.array([form.prior for form in right])
    asked = [[asked_pair_frequency(a, b, lexicon.documents) for b in seconds] for a in firsts]
    bare = np.outer([form.is_bare for form in left], [form.is_bare for form in right])
    together = lexicon.pair_frequencies(firsts, seconds) - _BARE_PAIR_DISCOUNT * bare
    together = np.maximum(together, asked)
    # No pair is more frequent than its first syllable, also if only queries have it.
    frequencies = np.maximum([max(lexicon.frequency(a), 1) for a in firsts], together.max(axis=1))
    transition: Floats = (
        _BIGRAM_SHARE * priors * together / frequencies[:, np.newaxis]
        + (1 - _BIGRAM_SHARE) * unigrams
    )
    return transition


def _viterbi(start: Floats, transitions: Sequence[Floats]) -> list[int]:
    """Return the index of the form of each syllable in the likeliest sequence.

    `start (forms,)` are the probabilities of the first syllable's forms; `transitions` has, for
    each syllable but the last, the array that `_transition` returns for it and the next.
    """
    scores, backpointers = start, []
    for transition in transitions:
        products = scores[:, np.newaxis] * transition
        backpointers.append(products.argmax(axis=0))
        scores = _normalized(products.max(axis=0))
    path = [int(scores.argmax())]
    for best in reversed(backpointers):
        path.append(int(best[path[-1]]))
    return path[::-1]


def _normalized(values: Floats) -> Floats:
    """Return the values divided by their sum, which must not be 0."""
    normalized: Floats = values / values.sum()
    return normalized
