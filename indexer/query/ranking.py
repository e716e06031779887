"""What adds to a document's score: single syllables, pairs of neighbours, pyvi's words.

Each feature is weighed by its salience, which is its inverse document frequency (Robertson and
Spärck Jones 1976, as in BM25) to the power of 1.5, times the weight of its kind. Pairs of
neighbours are the ordered part of the sequential dependence model (Metzler and Croft 2005, "A
Markov random field model for term dependencies").

The forms of one typed syllable are one term: their frequencies are summed, each weighed by how
likely it is what was meant.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from indexer.query.abbreviations import synonyms
from indexer.query.model import Clause, Entity, Query, Syllable
from indexer.query.plan import Feature, FeatureKind
from indexer.query.question_words import QUESTION_WEIGHT, question_syllables
from indexer.query.vocabulary.lexicon import Lexicon

KIND_WEIGHTS: Mapping[FeatureKind, float] = {
    FeatureKind.SYLLABLE: 1.0,
    FeatureKind.PAIR: 0.4,
    FeatureKind.WORD: 0.3,
}

# A syllable typed with marks may be meant with synonyms, at this weight beside the typed form.
_OTHER_MARKS = 0.1
# A form weighs this at least beside the likeliest; pairs of forms that weigh less than the second
# add nothing but noise and look-ups.
_LEAST, _LEAST_PAIR = 0.02, 0.1
_BELIEF = 0.4
_MAX_PAIRS = 64
# "số 42" tells the document less than "nghị quyết 42" or "42-NQ" do.
_NUMBER_ALONE = 0.5

Weighted = tuple[tuple[str, float], ...]


def features(query: Query, lexicon: Lexicon, *, widen: bool) -> tuple[Feature, ...]:
    """The features of everything the query asks for.

    With `widen`, a syllable also counts in its other forms (rungs below exact).
    """
    found: dict[tuple[FeatureKind, Weighted], float] = {}
    for clause in query.clauses():
        if clause.facet:  # a value of a facet is there or not
            continue
        for kind, variants, share in _clause_features(clause, lexicon, widen):
            weight = (
                share
                * KIND_WEIGHTS[kind]
                * salience(_frequency(kind, variants, lexicon), lexicon.documents)
            )
            # A syllable typed twice counts twice, as in BM25 with the query's own frequencies.
            found[kind, variants] = found.get((kind, variants), 0.0) + weight
    return tuple(Feature(kind, variants, weight) for (kind, variants), weight in found.items())


def idf(frequency: float, documents: int) -> float:
    """Inverse document frequency, never negative: ln(1 + (N - n + 0.5) / (n + 0.5))."""
    frequency = min(frequency, documents)
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


def salience(frequency: float, documents: int) -> float:
    """How much having a feature says: idf^1.5, on the scale of idf for what one document has.

    BM25 weighs what is asked for by its idf once; the cosine of tf-idf vectors does so twice, for
    it is in both vectors (Salton and Buckley 1988, "Term-weighting approaches"). The more everyday
    words are typed around the few that tell, the more they add up to: questions want 1.4 to 2,
    titles, which have none to spare, want 1 to 1.25.
    """
    rarity = idf(frequency, documents)
    return rarity * math.sqrt(rarity / idf(1, documents))


def weigh(syllable: Syllable, *, widen: bool) -> Weighted:
    """The forms of a syllable with their weights, the likeliest at 1."""
    if not widen or syllable.literal:
        return ((syllable.term, 1.0),)
    if syllable.marked:
        synonyms = (form for form in syllable.forms if form != syllable.term)
        return ((syllable.term, 1.0), *((form, _OTHER_MARKS) for form in synonyms))
    # A root of the odds, for the reading is surer of itself than it is right: in it each pair of
    # neighbours speaks twice, for either syllable. Exponents from 0.35 to 0.5 are as good.
    probabilities = syllable.restored.probabilities
    most = max(probabilities.values())
    return tuple(
        (form, max((probabilities.get(form, 0.0) / most) ** _BELIEF, _LEAST))
        for form in syllable.forms
    )


def _clause_features(
    clause: Clause, lexicon: Lexicon, widen: bool
) -> Iterator[tuple[FeatureKind, Weighted, float]]:
    """The kind of each feature, its variants, and what it weighs beside synonyms of its kind."""
    questions = question_syllables(clause)

    def share(start: int, end: int) -> float:
        return QUESTION_WEIGHT if questions.issuperset(range(start, end)) else 1.0

    slots = [weigh(syllable, widen=widen) for syllable in clause.syllables]
    if clause.expansions or clause.folded_expansions:
        expansions = clause.folded_expansions if widen else clause.expansions
        slots[-1] = tuple((term, 1.0) for term in expansions)
    for at, slot in enumerate(slots):
        yield FeatureKind.SYLLABLE, slot, share(at, at + 1)
    told: set[str] = set()
    for entity in clause.entities:
        if entity.number and (beside := _beside(entity, slots, lexicon)):
            told.update(pair for pair, _ in beside)
            yield FeatureKind.PAIR, beside, 1.0
    for at, (first, second) in enumerate(pairwise(slots)):
        if not (first and second) or f"{_likeliest(first)} {_likeliest(second)}" in told:
            continue  # a beginning that no syllable has, or a pair that counts already
        joint = [
            (f"{a} {b}", weight_a * weight_b)
            for a, weight_a in first
            for b, weight_b in second
            if weight_a * weight_b >= _LEAST_PAIR and lexicon.pair_frequency(a, b)
        ]
        if joint:
            joint.sort(key=lambda pair: -pair[1])
            yield FeatureKind.PAIR, tuple(joint[:_MAX_PAIRS]), share(at, at + 2)
    for start, end, word in clause.words:
        if lexicon.word_frequency(word):
            yield FeatureKind.WORD, ((word, 1.0),), share(start, end)
    meant = [(syllable.restored.term,) for syllable in clause.syllables]
    for other in synonyms(clause, meant, lexicon):
        if len(other.terms) == 1:
            yield FeatureKind.SYLLABLE, ((other.terms[0], 1.0),), 1.0
        for first_term, second_term in pairwise(other.terms):
            yield FeatureKind.PAIR, ((f"{first_term} {second_term}", 1.0),), 1.0


def _beside(entity: Entity, slots: Sequence[Weighted], lexicon: Lexicon) -> Weighted:
    """The pairs that tell a document by its number, in any way to write it, each once."""
    found: dict[str, float] = {}
    for writing in entity.surface_forms:
        terms = [_likeliest(slots[s]) if isinstance(s, int) else s[0] for s in writing.slots]
        for at, (first, second) in enumerate(pairwise(terms)):
            if entity.number not in (first, second) or not lexicon.pair_frequency(first, second):
                continue
            other = writing.slots[at + 1] if first == entity.number else writing.slots[at]
            by_itself = isinstance(other, tuple) and other[0].isdigit()
            if first != "năm" and not by_itself:  # a date, and a number nobody typed
                found[f"{first} {second}"] = _NUMBER_ALONE if first == "số" else 1.0
    return tuple(found.items())


def _likeliest(slot: Weighted) -> str:
    return max(slot, key=lambda form: form[1])[0]


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
