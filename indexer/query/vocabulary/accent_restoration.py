"""Which accents were meant: the syllables typed, read through the index's own vocabulary.

A lattice: each syllable has its possible forms, neighbours are joined by how often the index has
them side by side. The forward-backward algorithm (Rabiner 1989, "A tutorial on hidden Markov
models", section III) gives each form its probability, and their best sequence is the reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from indexer.query.vocabulary.lexicon import Lexicon

Floats = np.ndarray[Any, np.dtype[np.float64]]

# Share of the probability that a syllable owes to its left neighbour; the rest to its own
# frequency. Interpolation (Jelinek and Mercer 1980) so that a pair never seen is still possible.
_NEIGHBOUR = 0.9


@dataclass(frozen=True, slots=True)
class Form:
    """One way to read a syllable; `prior` multiplies its own frequency."""

    term: str
    prior: float = 1.0


@dataclass(frozen=True, slots=True)
class Restored:
    """The likeliest form of a syllable, and the probability of each of its forms."""

    term: str
    probabilities: dict[str, float]


def restore(forms: Sequence[Sequence[Form]], lexicon: Lexicon) -> list[Restored]:
    """The reading of syllables that stand side by side; each has at least one form."""
    if all(len(slot) == 1 for slot in forms):  # nothing to choose: most of what is typed in full
        return [Restored(slot[0].term, {slot[0].term: 1.0}) for slot in forms]
    own = [_own(slot, lexicon) for slot in forms]
    steps = [
        _step(a, b, own_b, lexicon) for a, b, own_b in zip(forms, forms[1:], own[1:], strict=False)
    ]
    forward = [own[0]]
    for step in steps:
        forward.append(_scaled(forward[-1] @ step))
    backward = [np.ones(len(own[-1]))]
    for step in reversed(steps):
        backward.append(_scaled(step @ backward[-1]))
    best = _viterbi(own[0], steps)
    restored = []
    for slot, chosen, before, after in zip(forms, best, forward, reversed(backward), strict=True):
        shares = _scaled(before * after).tolist()
        probabilities = {form.term: share for form, share in zip(slot, shares, strict=True)}
        restored.append(Restored(slot[chosen].term, probabilities))
    return restored


def _own(slot: Sequence[Form], lexicon: Lexicon) -> Floats:
    """Share of each form in its slot, by frequency and prior; a little is added so that none is
    0."""
    return _scaled(np.array([(lexicon.frequency(form.term) + 0.01) * form.prior for form in slot]))


def _step(left: Sequence[Form], right: Sequence[Form], own: Floats, lexicon: Lexicon) -> Floats:
    """Probability of each form on the right after each form on the left: rows are left."""
    if len(left) == len(right) == 1:
        return np.ones((1, 1))  # nothing to choose, so nothing to look up
    firsts = [form.term for form in left]
    seen = np.array([max(lexicon.frequency(first), 1) for first in firsts])
    priors = np.array([form.prior for form in right])
    together = lexicon.pair_frequencies(firsts, [form.term for form in right])
    steps: Floats = _NEIGHBOUR * priors * together / seen[:, np.newaxis] + (1 - _NEIGHBOUR) * own
    return steps


def _viterbi(start: Floats, steps: Sequence[Floats]) -> list[int]:
    """The indices of the likeliest sequence of forms."""
    scores, came = start, []
    for step in steps:
        products = scores[:, np.newaxis] * step
        came.append(products.argmax(axis=0))
        scores = _scaled(products.max(axis=0))
    path = [int(scores.argmax())]
    for best in reversed(came):
        path.append(int(best[path[-1]]))
    return path[::-1]


def _scaled(values: Floats) -> Floats:
    scaled: Floats = values / values.sum()
    return scaled
