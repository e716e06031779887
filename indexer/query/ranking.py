"""What adds to a document's score: single syllables, pairs of neighbours, pyvi's words.

Each feature is weighed by its inverse document frequency (Robertson and Spärck Jones 1976, as in
BM25) times the weight of its kind. Pairs of neighbours are the ordered part of the sequential
dependence model (Metzler and Croft 2005, "A Markov random field model for term dependencies").

The forms of one typed syllable are one term: their frequencies are summed, each weighed by how
likely it is what was meant.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise

from indexer.query.abbreviations import others
from indexer.query.lexicon import Lexicon
from indexer.query.parts import Chunk, Query, Syllable
from indexer.query.plan import Feature, FeatureKind
from indexer.query.questions import QUESTION_WEIGHT, asking

KIND_WEIGHTS: Mapping[FeatureKind, float] = {
    FeatureKind.SYLLABLE: 1.0,
    FeatureKind.PAIR: 0.4,
    FeatureKind.WORD: 0.3,
}

# A syllable typed with marks may be meant with others, at this weight beside the typed form.
_OTHER_MARKS = 0.1
# Forms less likely than this beside the likeliest add nothing but noise and look-ups.
_LEAST = 0.02
_MAX_PAIRS = 64

Weighted = tuple[tuple[str, float], ...]


def features(query: Query, lexicon: Lexicon, *, widen: bool) -> tuple[Feature, ...]:
    """The features of everything the query asks for.

    With `widen`, a syllable also counts in its other forms (rungs below exact).
    """
    found: dict[tuple[FeatureKind, Weighted], float] = {}
    for chunk in query.chunks():
        if chunk.facet:  # a value of a facet is there or not
            continue
        for kind, variants, share in _of_chunk(chunk, lexicon, widen):
            weight = (
                share
                * KIND_WEIGHTS[kind]
                * idf(_frequency(kind, variants, lexicon), lexicon.documents)
            )
            # A syllable typed twice counts twice, as in BM25 with the query's own frequencies.
            found[kind, variants] = found.get((kind, variants), 0.0) + weight
    return tuple(Feature(kind, variants, weight) for (kind, variants), weight in found.items())


def idf(frequency: float, documents: int) -> float:
    """Inverse document frequency, never negative: ln(1 + (N - n + 0.5) / (n + 0.5))."""
    frequency = min(frequency, documents)
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


def weigh(syllable: Syllable, *, widen: bool) -> Weighted:
    """The forms of a syllable with their weights, the likeliest at 1."""
    if not widen or syllable.literal:
        return ((syllable.term, 1.0),)
    if syllable.marked:
        others = (form for form in syllable.forms if form != syllable.term)
        return ((syllable.term, 1.0), *((form, _OTHER_MARKS) for form in others))
    probabilities = syllable.restored.probabilities
    most = max(probabilities.values())
    return tuple(
        (form, max(probabilities.get(form, 0.0) / most, _LEAST)) for form in syllable.forms
    )


def _of_chunk(
    chunk: Chunk, lexicon: Lexicon, widen: bool
) -> Iterator[tuple[FeatureKind, Weighted, float]]:
    """The kind of each feature, its variants, and what it weighs beside others of its kind."""
    questions = asking(chunk)

    def share(start: int, end: int) -> float:
        return QUESTION_WEIGHT if questions.issuperset(range(start, end)) else 1.0

    slots = [weigh(syllable, widen=widen) for syllable in chunk.syllables]
    if chunk.expansions or chunk.folded_expansions:
        expansions = chunk.folded_expansions if widen else chunk.expansions
        slots[-1] = tuple((term, 1.0) for term in expansions)
    for at, slot in enumerate(slots):
        yield FeatureKind.SYLLABLE, slot, share(at, at + 1)
    for at, (first, second) in enumerate(pairwise(slots)):
        joint = [
            (f"{a} {b}", weight_a * weight_b)
            for a, weight_a in first
            for b, weight_b in second
            if weight_a * weight_b >= _LEAST and lexicon.pair_frequency(a, b)
        ]
        if joint:
            joint.sort(key=lambda pair: -pair[1])
            yield FeatureKind.PAIR, tuple(joint[:_MAX_PAIRS]), share(at, at + 2)
    for start, end, word in chunk.words:
        if lexicon.word_frequency(word):
            yield FeatureKind.WORD, ((word, 1.0),), share(start, end)
    meant = [(syllable.restored.term,) for syllable in chunk.syllables]
    for other in others(chunk, meant, lexicon):
        if len(other.terms) == 1:
            yield FeatureKind.SYLLABLE, ((other.terms[0], 1.0),), 1.0
        for first_term, second_term in pairwise(other.terms):
            yield FeatureKind.PAIR, ((f"{first_term} {second_term}", 1.0),), 1.0


def _frequency(kind: FeatureKind, variants: Weighted, lexicon: Lexicon) -> float:
    """Documents with the feature, each form counted by its weight."""

    def frequency(term: str) -> int:
        if kind is FeatureKind.SYLLABLE:
            return lexicon.frequency(term)
        if kind is FeatureKind.WORD:
            return lexicon.word_frequency(term)
        first, second = term.split(" ")
        return lexicon.pair_frequency(first, second)

    return sum(weight * frequency(term) for term, weight in variants)
