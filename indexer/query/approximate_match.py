"""Build the match tree of the rung approximate: documents that have most of the query by weight.

Syllables may be scattered. The weight of a syllable is its inverse document frequency, and it also
counts if the document has it in a synonym (an abbreviation or its long form) or as a facet value. A
syllable that no document has is not required. Question words weigh little (`question_words.py`) and
function words half, as they do in the score. Exclusions and facets stay strict.
"""

from __future__ import annotations

from collections.abc import Sequence

from indexer.query.abbreviations import synonyms
from indexer.query.expansion import any_form, likely_forms
from indexer.query.grammar import LeafKind
from indexer.query.match_tree import any_of, entity_node, exclusions, facet_node
from indexer.query.model import TEXT_FIELDS, Clause, Conjunction, Disjunction, Synonym
from indexer.query.plan import (
    NOTHING,
    All,
    AtLeast,
    HasValue,
    Node,
    Phrase,
    Slot,
    TextField,
    whole_weight,
)
from indexer.query.question_words import QUESTION_WEIGHT, light_syllables
from indexer.query.ranking import FUNCTION_WORD_WEIGHT, function_syllables, idf
from indexer.query.vocabulary.lexicon import Lexicon
from indexer.runtime.time_limit import check_time

_MIN_SHARE = 0.15
"""Least share of the total weight of the query that an approximate hit must reach."""
_ROUNDING = 1e-9
"""Relative error that the sum of the weights of a query may have, far above that of doubles."""


def approximate(rows: Disjunction, lexicon: Lexicon, share: float = _MIN_SHARE) -> Node:
    """Return the match tree for documents that reach `share` (0 to 1) of the weight of an
    alternative of the query.

    `rows` are the alternatives. NOTHING if no document can match any of them. Raises IndexDamaged
    if the vocabulary cannot be read, SearchTimeout once the time limit of the thread
    (`indexer.runtime.time_limit`) has passed.
    """
    return _disjunction(rows, lexicon, share)[0]


def _disjunction(rows: Disjunction, lexicon: Lexicon, share: float) -> tuple[Node, float]:
    """Return the node of the alternatives that can match, and the weight of the heaviest of them.

    Returns (NOTHING, 0.0) if there are none.
    """
    found = [_conjunction(row, lexicon, share) for row in rows.alternatives]
    possible = [node for node, _ in found if node != NOTHING]
    return any_of(possible), max((weight for _, weight in found), default=0.0)


def _conjunction(row: Conjunction, lexicon: Lexicon, share: float) -> tuple[Node, float]:
    """Return the node for documents with `share` of the weight of a conjunction, and the whole
    weight.

    A weight is a sum of idf (natural logarithm). A nested disjunction counts as one part, with the
    weight of its heaviest alternative. Returns (NOTHING, 0.0) if the conjunction asks for text and
    no document has any of it.
    """
    weights: dict[Node, float] = {}
    required: list[Node] = []
    only_facets = True
    for part in row.must:
        if isinstance(part, Disjunction):
            node, weight = _disjunction(part, lexicon, share)
            if weight:
                weights[node] = weight
            elif node != NOTHING:
                required.append(node)
            only_facets &= weight == 0 and node != NOTHING
        elif part.facet:
            required.append(facet_node(part, part.facet, lexicon))
        else:
            only_facets = False
            _add_weights(part, weights, lexicon)
    if not weights and not only_facets:
        return NOTHING, 0.0
    nodes = [*required, *exclusions(row, lexicon)]
    total = sum(weights.values())
    if weights:
        # Slightly less than the share: an engine may add the same weights in another order.
        nodes.insert(0, AtLeast(tuple(weights.items()), share * total * (1 - _ROUNDING)))
    return (nodes[0] if len(nodes) == 1 else All(tuple(nodes))), total


def _add_weights(clause: Clause, weights: dict[Node, float], lexicon: Lexicon) -> None:
    """Add to `weights` a node for each syllable of a clause, with its weight.

    Word spans of several syllables, and entities, are added with weight 0: they need not match, but
    are highlighted as a unit. A syllable that no document has is left out.
    """
    field = TEXT_FIELDS[clause.leaf.field]
    slots = [likely_forms(syllable) for syllable in clause.syllables]
    if clause.leaf.kind is LeafKind.PREFIX:
        slots[-1] = clause.folded_expansions
    clause_synonyms = synonyms(clause, slots, lexicon)
    questions, functions = light_syllables(clause), function_syllables(clause, lexicon)
    for at, slot in enumerate(slots):
        check_time()
        covering = [other for other in clause_synonyms if other.start <= at < other.end]
        values = _entity_values(clause, at) if field is TextField.TEXT else ()
        if rarity := _rarity(slot, covering, values, lexicon):
            phrases = [Phrase((slot,), 0, field)] if any(map(lexicon.frequency, slot)) else []
            phrases += [Phrase(tuple((t,) for t in other.terms), 0, field) for other in covering]
            factor = FUNCTION_WORD_WEIGHT if at in functions else 1.0
            factor *= QUESTION_WEIGHT if at in questions else 1.0
            weights[any_of((*phrases, *values))] = whole_weight(rarity * factor)
    entities = {entity.start: entity for entity in clause.entities}
    for i, j in clause.word_spans:
        if i in entities:
            weights.setdefault(entity_node(entities[i], clause, any_form, slots), 0.0)
        elif j > i + 1:
            weights.setdefault(Phrase(tuple(slots[i:j]), clause.leaf.slop, field), 0.0)


def _entity_values(clause: Clause, at: int) -> tuple[HasValue, ...]:
    """Return a node for each facet of which the entity that covers syllable `at` names values.

    Empty if the syllable belongs to no entity, or its entity names no values.
    """
    values: dict[str, list[str]] = {}
    for entity in clause.entities:
        if entity.start <= at < entity.end:
            for value in entity.values:
                values.setdefault(value.facet, []).append(value.value)
    return tuple(HasValue(facet, tuple(every)) for facet, every in values.items())


def _rarity(
    slot: Slot, covering: Sequence[Synonym], values: Sequence[HasValue], lexicon: Lexicon
) -> float:
    """Return the idf of a syllable in its most frequent form or synonym (`ranking.idf`); 0 if no
    document has any of them and there are no values.

    A synonym is as frequent as the rarest of its terms. If no text has the syllable but there are
    values, it counts as occurring in one document.

    Parameters
    ----------
    slot : the forms of the syllable.
    covering : the synonyms that may be written instead of it.
    values : the facet values that its entity names.
    """
    frequencies = [lexicon.frequency(term) for term in slot]
    frequencies += [min(map(lexicon.frequency, other.terms)) for other in covering]
    # The lexicon does not count the documents of a value: if no text has the syllable, it counts
    # as occurring in one document.
    frequency = max(frequencies, default=0) or (1 if values else 0)
    return idf(frequency, lexicon.documents) if frequency else 0.0
