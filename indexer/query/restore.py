"""Which accents were meant: the syllables typed, read through the index's own vocabulary.

A lattice: each syllable has its possible forms, neighbours are joined by how often the index has
them side by side. The forward-backward algorithm (Rabiner 1989, "A tutorial on hidden Markov
models", section III) gives each form its probability, and their best sequence is the reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.query.lexicon import Lexicon

# Share of the probability that a syllable owes to its left neighbour; the rest to its own
# frequency. Interpolation (Jelinek and Mercer 1980) so that a pair never seen is still possible.
_NEIGHBOUR = 0.9
_CONFIDENT = 0.5


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

    @property
    def confident(self) -> bool:
        """Whether the likeliest form is likelier than all others together."""
        return self.probabilities[self.term] >= _CONFIDENT


def restore(forms: Sequence[Sequence[Form]], lexicon: Lexicon) -> list[Restored]:
    """The reading of syllables that stand side by side; each has at least one form."""
    if not forms:
        return []
    own = [_own(slot, lexicon) for slot in forms]
    steps = [
        _step(a, b, own_b, lexicon) for a, b, own_b in zip(forms, forms[1:], own[1:], strict=False)
    ]

    forward = [_scaled(own[0])]
    for step in steps:
        forward.append(
            _scaled(
                [
                    sum(p * row[j] for p, row in zip(forward[-1], step, strict=True))
                    for j in range(len(step[0]))
                ]
            )
        )
    backward = [[1.0] * len(own[-1])]
    for step in reversed(steps):
        backward.append(
            _scaled([sum(p * q for p, q in zip(row, backward[-1], strict=True)) for row in step])
        )
    backward.reverse()

    best = _viterbi(own[0], steps)
    restored = []
    for at, slot in enumerate(forms):
        posterior = _scaled([f * b for f, b in zip(forward[at], backward[at], strict=True)])
        probabilities = {form.term: p for form, p in zip(slot, posterior, strict=True)}
        restored.append(Restored(slot[best[at]].term, probabilities))
    return restored


def _own(slot: Sequence[Form], lexicon: Lexicon) -> list[float]:
    """Share of each form in its slot, by frequency and prior; one is added so that none is 0."""
    return _scaled([(lexicon.frequency(form.term) + 0.01) * form.prior for form in slot])


def _step(
    left: Sequence[Form], right: Sequence[Form], own: Sequence[float], lexicon: Lexicon
) -> list[list[float]]:
    """Probability of each form on the right after each form on the left: rows are left."""
    rows = []
    for first in left:
        seen = max(lexicon.frequency(first.term), 1)
        rows.append(
            [
                _NEIGHBOUR * second.prior * lexicon.pair_frequency(first.term, second.term) / seen
                + (1 - _NEIGHBOUR) * share
                for second, share in zip(right, own, strict=True)
            ]
        )
    return rows


def _viterbi(start: Sequence[float], steps: Sequence[Sequence[Sequence[float]]]) -> list[int]:
    """The indices of the likeliest sequence of forms."""
    scores, came = list(start), []
    for step in steps:
        products = [
            [score * p for score, p in zip(scores, column, strict=True)]
            for column in zip(*step, strict=True)
        ]
        came.append([column.index(max(column)) for column in products])
        scores = _scaled([max(column) for column in products])
    path = [max(range(len(scores)), key=scores.__getitem__)]
    for best in reversed(came):
        path.append(best[path[-1]])
    return path[::-1]


def _scaled(values: Sequence[float]) -> list[float]:
    total = sum(values)
    return [value / total for value in values]
