"""Features of the score: single syllables, pairs of neighbouring syllables, pyvi's words.

The weight of a feature is its salience, which is its inverse document frequency (Robertson and
Spärck Jones 1976, as in BM25) to the power of 1.5, times the weight of its kind; question words,
function words and syllables within words of several weigh less, foreign words more. Pairs of
neighbours are the ordered part of the sequential dependence model (Metzler and Croft 2005, "A
Markov random field model for term dependencies"). The forms of one typed syllable count as one
term: their document frequencies are summed, each weighted by how likely the form was meant.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from indexer.analysis.orthography import is_syllable
from indexer.query.abbreviations import synonyms
from indexer.query.function_words import function_words
from indexer.query.model import Clause, Entity, Query, Syllable
from indexer.query.plan import Feature, FeatureKind, NearTerm
from indexer.query.question_words import QUESTION_WEIGHT, light_syllables
from indexer.query.vocabulary.lexicon import Lexicon
from indexer.runtime.time_limit import check_time

KIND_WEIGHTS: Mapping[FeatureKind, float] = {
    FeatureKind.SYLLABLE: 1.0,
    FeatureKind.PAIR: 0.4,
    FeatureKind.WORD: 0.3,
}

"""Weight of a feature of each kind relative to a syllable of the same salience."""

FUNCTION_WORD_WEIGHT = 0.5
"""Weight of a function word (của, được) relative to another word of the same rarity: it says how
the others belong together. A pair has the geometric mean of the weights of its syllables."""
_IN_WORD_WEIGHT = 0.7
"""Weight of a syllable within a word of several, relative to one that is a word: the word counts,
too, and a syllable without it may belong to another one (dân of nhân dân, in người dân)."""
_FOREIGN_WEIGHT = 1.4
"""Weight of a word that is no Vietnamese syllable (canxi, Armstrong, UBND), relative to a syllable
of the same rarity: it is a whole word in one term, while a Vietnamese word mostly has two, with a
feature for each and for their pair; 1.2 to 1.6 rank equally well."""
_OTHER_MARKS_WEIGHT = 0.1
"""Weight of the other forms of a syllable typed with marks, relative to the typed form."""
_MIN_FORM_WEIGHT = 0.02
"""Smallest weight of a form relative to the likeliest one."""
_MIN_PAIR_WEIGHT = 0.1
"""Smallest weight of a pair of forms; lighter ones change the order little and cost look-ups."""
_LIKELIHOOD_EXPONENT = 0.4
"""Exponent of the relative probability of a form, see `weighted_forms`."""
_MAX_PAIRS = 64
"""Greatest number of variants of one pair feature, the heaviest of them."""
_NUMBER_WORD_WEIGHT = 0.5
"""Weight of the pair "số 42" ("number 42") relative to "nghị quyết 42" or "42 NQ", which identify a
document better."""

_MIN_NEAR_WEIGHT = 0.3
"""Least weight of a form of a syllable (`weighted_forms`) that is a variant of its NearTerm."""
_MAX_NEAR = 32
"""Greatest number of NearTerms of a plan; a question rarely has more, and time grows with them."""

Weighted = tuple[tuple[str, float], ...]
"""(term, weight) of the variants of a feature, see `Feature.variants`."""


def features(query: Query, lexicon: Lexicon, *, widen: bool) -> tuple[Feature, ...]:
    """Return the features of all clauses of the query that are not excluded.

    Each (kind, variants) occurs once; if the query has it several times, the weights are summed.
    Clauses of a facet have none. Raises IndexDamaged if the vocabulary cannot be read,
    SearchTimeout once the time limit of the thread (`indexer.runtime.time_limit`) has passed.

    Parameters
    ----------
    widen : True if a syllable also counts in its other forms (on the rungs below exact).
    """
    weights: dict[tuple[FeatureKind, Weighted], float] = {}
    for clause in query.clauses():
        if clause.facet:  # a facet value matches or does not, without a score
            continue
        for kind, variants, factor, least in _clause_features(clause, lexicon, widen):
            frequency = max(_frequency(kind, variants, lexicon), least)
            weight = factor * KIND_WEIGHTS[kind] * salience(frequency, lexicon.documents)
            # A syllable typed twice counts twice, as in BM25 with query term frequencies.
            weights[kind, variants] = weights.get((kind, variants), 0.0) + weight
    return tuple(Feature(kind, variants, weight) for (kind, variants), weight in weights.items())


def near_terms(query: Query, lexicon: Lexicon, *, widen: bool) -> tuple[NearTerm, ...]:
    """Return the terms of a query that should be near each other, the heaviest first; () if there
    are not two.

    These are its syllables, except for question words and framing phrases, each with the forms that
    are likely and the synonyms of the words that it is in. Alternatives, fields and prefixes name
    no terms that belong together. A query of one word or phrase has none: where it matches, its
    syllables stand side by side. Of a long text, the _MAX_NEAR heaviest count.

    `widen` is as in `features`. Raises IndexDamaged if the vocabulary cannot be read.
    """
    alternatives = query.root.alternatives
    if len(alternatives) != 1:
        return ()
    clauses = [
        part
        for part in alternatives[0].must
        if isinstance(part, Clause) and not (part.facet or part.leaf.field or part.expansions)
    ]
    if sum(len(clause.word_spans) for clause in clauses) < 2:
        return ()
    terms: dict[tuple[tuple[str, ...], ...], NearTerm] = {}
    for clause in clauses:
        light = light_syllables(clause)
        found = synonyms(clause, [(s.restored.term,) for s in clause.syllables], lexicon)
        for at, syllable in enumerate(clause.syllables):
            if at in light:
                continue
            every = weighted_forms(syllable, widen=widen)
            forms = tuple(form for form in every if form[1] >= _MIN_NEAR_WEIGHT)
            frequency = _frequency(FeatureKind.SYLLABLE, forms, lexicon)
            if not frequency:
                continue
            variants = (
                *((form,) for form, _ in forms),
                *(synonym.terms for synonym in found if synonym.start <= at < synonym.end),
            )
            terms[variants] = NearTerm(variants, idf(frequency, lexicon.documents))
    heaviest = sorted(terms.values(), key=lambda term: -term.weight)[:_MAX_NEAR]
    return tuple(heaviest) if len(heaviest) > 1 else ()


def idf(frequency: float, documents: int) -> float:
    """Return the inverse document frequency of a term, 0 or more (natural logarithm).

    It is ln(1 + (N - n + 0.5) / (n + 0.5)), the variant of Lucene's BM25, with N = `documents` and
    n = `frequency`, a number of documents, which may be a weighted sum; at most N counts.
    """
    frequency = min(frequency, documents)
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


def salience(frequency: float, documents: int) -> float:
    """Return idf^1.5 of a term, scaled so that it equals the idf for a term of one document.

    `frequency` is a number of documents, which may be a weighted sum. BM25 multiplies by the idf of
    a query term once; the cosine of tf-idf vectors does so twice, because the idf is in both
    vectors (Salton and Buckley 1988, "Term-weighting approaches"). The more everyday words a query
    has beside the few significant ones, the more the everyday words add up: questions rank best
    with an exponent of 1.4 to 2, titles, which have few everyday words, with 1 to 1.25.
    """
    rarity = idf(frequency, documents)
    return rarity * math.sqrt(rarity / idf(1, documents))


def weighted_forms(syllable: Syllable, *, widen: bool) -> Weighted:
    """Return (form, weight) of the forms of a syllable; the likeliest form has weight 1.

    Without `widen`, and for a literal, only the typed form is returned. With it, all forms are: for
    a syllable typed with marks, the others with _OTHER_MARKS_WEIGHT; else each with its probability
    relative to the likeliest one, to the power of _LIKELIHOOD_EXPONENT, at least _MIN_FORM_WEIGHT.
    """
    if not widen or syllable.literal:
        return ((syllable.term, 1.0),)
    if syllable.marked:
        others = (form for form in syllable.forms if form != syllable.term)
        return ((syllable.term, 1.0), *((form, _OTHER_MARKS_WEIGHT) for form in others))
    # The probabilities of `restore` are more extreme than its accuracy warrants, because each pair
    # of neighbours counts for both of its syllables. A power of the relative probability corrects
    # that; exponents from 0.25 to 0.7 rank equally well.
    probabilities = syllable.restored.probabilities
    most = max(probabilities.values())
    return tuple(
        (
            form,
            max((probabilities.get(form, 0.0) / most) ** _LIKELIHOOD_EXPONENT, _MIN_FORM_WEIGHT),
        )
        for form in syllable.forms
    )


def _clause_features(
    clause: Clause, lexicon: Lexicon, widen: bool
) -> Iterator[tuple[FeatureKind, Weighted, float, float]]:
    """Yield (kind, variants, factor, least) of each feature of a clause.

    `factor` multiplies its weight; `least` is the least document frequency that it counts with.
    """
    questions = light_syllables(clause)
    in_words = _syllables_in_words(clause, lexicon)
    functions = _function_words(clause) - in_words

    def factor(start: int, end: int) -> float:
        places = range(start, end)
        share = len(functions.intersection(places)) / len(places)
        light = QUESTION_WEIGHT if questions.issuperset(places) else 1.0
        return light * math.pow(FUNCTION_WORD_WEIGHT, share)

    slots = [weighted_forms(syllable, widen=widen) for syllable in clause.syllables]
    if clause.expansions or clause.folded_expansions:
        expansions = clause.folded_expansions if widen else clause.expansions
        slots[-1] = tuple((term, 1.0) for term in expansions)
    for at, slot in enumerate(slots):
        share = _IN_WORD_WEIGHT if at in in_words else 1.0
        share *= _word_share(clause.syllables[at].restored.term)
        yield FeatureKind.SYLLABLE, slot, share * factor(at, at + 1), 0
    counted: set[str] = set()
    for entity in clause.entities:
        if entity.number and (pairs := _number_pairs(entity, slots, lexicon)):
            counted.update(pair for pair, _ in pairs)
            yield FeatureKind.PAIR, pairs, 1.0, 0
    for at, (first, second) in enumerate(pairwise(slots)):
        check_time()
        if not (first and second) or f"{_likeliest(first)} {_likeliest(second)}" in counted:
            continue  # a prefix without expansions, or a pair that an entity has counted
        joint = [
            (f"{a} {b}", weight_a * weight_b)
            for a, weight_a in first
            for b, weight_b in second
            if weight_a * weight_b >= _MIN_PAIR_WEIGHT and lexicon.pair_frequency(a, b)
        ]
        if joint:
            joint.sort(key=lambda pair: -pair[1])
            yield FeatureKind.PAIR, tuple(joint[:_MAX_PAIRS]), factor(at, at + 2), 0
    for start, end, word in clause.words:
        if lexicon.word_frequency(word):
            yield FeatureKind.WORD, ((word, 1.0),), factor(start, end), 0
    restored = [(syllable.restored.term,) for syllable in clause.syllables]
    yielded: set[str] = set()
    for synonym in synonyms(clause, restored, lexicon):
        # A rare way to write something says no more than the usual one.
        typed = restored[synonym.start : synonym.end]
        least = min(lexicon.frequency(term) for (term,) in typed)
        if len(synonym.terms) == 1 and synonym.terms[0] not in yielded:
            yielded.add(synonym.terms[0])
            share = _word_share(synonym.terms[0])
            yield FeatureKind.SYLLABLE, ((synonym.terms[0], 1.0),), share, least
        for pair in map(" ".join, pairwise(synonym.terms)):
            if pair not in yielded:
                yielded.add(pair)
                yield FeatureKind.PAIR, ((pair, 1.0),), 1.0, least


def _word_share(term: str) -> float:
    """Return _FOREIGN_WEIGHT for a word of several letters that is not built like a Vietnamese
    syllable, else 1."""
    is_foreign = len(term) > 1 and term.isalpha() and not is_syllable(term)
    return _FOREIGN_WEIGHT if is_foreign else 1.0


def function_syllables(clause: Clause, lexicon: Lexicon) -> frozenset[int]:
    """Return the indexes of the syllables that are function words, neither within a word of several
    syllables nor part of a name.

    Raises IndexDamaged if the vocabulary cannot be read.
    """
    return _function_words(clause) - _syllables_in_words(clause, lexicon)


def _syllables_in_words(clause: Clause, lexicon: Lexicon) -> frozenset[int]:
    """Return the indexes of the syllables that are within words of several syllables that the index
    has."""
    return frozenset(
        at
        for start, end, word in clause.words
        if end - start > 1 and lexicon.word_frequency(word)
        for at in range(start, end)
    )


def _function_words(clause: Clause) -> frozenset[int]:
    """Return the indexes of the syllables that are function words; not those of an entity, nor one
    with a capital within the text ("nước Anh", England)."""
    in_entities = {at for entity in clause.entities for at in range(entity.start, entity.end)}
    return frozenset(
        at
        for at, syllable in enumerate(clause.syllables)
        if syllable.restored.term in function_words()
        and at not in in_entities
        and not (at and syllable.is_capitalized)
    )


def _number_pairs(entity: Entity, slots: Sequence[Weighted], lexicon: Lexicon) -> Weighted:
    """Return the pairs of a cited document's number with its neighbours in any surface form.

    Each pair occurs once, with its weight: "42 nq", "số 42". Pairs that the index lacks are left
    out, and so are pairs with a year that was not typed or after "năm". Empty if there is none.
    """
    pairs: dict[str, float] = {}
    for form in entity.surface_forms:
        terms = [_likeliest(slots[s]) if isinstance(s, int) else s[0] for s in form.slots]
        for at, (first, second) in enumerate(pairwise(terms)):
            if entity.number not in (first, second) or not lexicon.pair_frequency(first, second):
                continue
            neighbour = form.slots[at + 1] if first == entity.number else form.slots[at]
            is_untyped_number = isinstance(neighbour, tuple) and neighbour[0].isdigit()
            if first != "năm" and not is_untyped_number:  # "năm 2024" is a date
                pairs[f"{first} {second}"] = _NUMBER_WORD_WEIGHT if first == "số" else 1.0
    return tuple(pairs.items())


def _likeliest(slot: Weighted) -> str:
    """Return the term with the highest weight, the first of several."""
    return max(slot, key=lambda form: form[1])[0]


def _frequency(kind: FeatureKind, variants: Weighted, lexicon: Lexicon) -> float:
    """Return the sum of the document frequencies of the variants, each multiplied by its weight."""
    return sum(weight * document_frequency(kind, term, lexicon) for term, weight in variants)


def document_frequency(kind: FeatureKind, term: str, lexicon: Lexicon) -> int:
    """Return the number of live documents with a term of a feature of this kind (`Feature`)."""
    if kind is FeatureKind.SYLLABLE:
        return lexicon.frequency(term)
    if kind is FeatureKind.WORD:
        return lexicon.word_frequency(term)
    first, second = term.split(" ")
    return lexicon.pair_frequency(first, second)
