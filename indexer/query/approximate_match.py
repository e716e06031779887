"""The last rung: documents with most of what was asked for, also as scattered syllables.

Each syllable weighs by its rarity, and counts also where it is written otherwise: in an
abbreviation or its long form, or as the place of the page. What no document has is not asked for,
and what asks weighs little (`questions.py`). What is excluded, and facets, still hold.
"""

from __future__ import annotations

from collections.abc import Sequence

from indexer.query.abbreviations import synonyms
from indexer.query.expansion import any_form, likely_forms
from indexer.query.grammar import LeafKind
from indexer.query.match_tree import either, exclusions, has_value, meant
from indexer.query.model import TEXT_FIELDS, Clause, Conjunction, Disjunction, Synonym
from indexer.query.plan import NOTHING, All, AtLeast, HasValue, Node, Phrase, Slot, TextField
from indexer.query.question_words import QUESTION_WEIGHT, question_syllables
from indexer.query.ranking import idf
from indexer.query.vocabulary.lexicon import Lexicon

# Approximate hits have at least this share of what the syllables typed weigh (by rarity).
_SHARE = 0.15
_ROUNDING = 1e-9


def approximate(rows: Disjunction, lexicon: Lexicon, share: float = _SHARE) -> Node:
    """Enough of any of the rows: a `share` of what they weigh, 0 to 1."""
    return _enough_of(rows, lexicon, share)[0]


def _enough_of(rows: Disjunction, lexicon: Lexicon, share: float) -> tuple[Node, float]:
    """The alternatives that are possible at all, and what the heaviest of them weighs."""
    found = [_row(row, lexicon, share) for row in rows.alternatives]
    possible = [node for node, _ in found if node != NOTHING]
    return either(possible), max((weight for _, weight in found), default=0.0)


def _row(row: Conjunction, lexicon: Lexicon, share: float) -> tuple[Node, float]:
    """Enough of a row by weight, and all that it weighs; a group counts as one of its parts."""
    weights: dict[Node, float] = {}
    required: list[Node] = []
    only_facets = True
    for part in row.must:
        if isinstance(part, Disjunction):
            node, weight = _enough_of(part, lexicon, share)
            if weight:
                weights[node] = weight
            elif node != NOTHING:
                required.append(node)
            only_facets &= weight == 0 and node != NOTHING
        elif part.facet:
            required.append(has_value(part, part.facet, lexicon))
        else:
            only_facets = False
            _weigh(part, weights, lexicon)
    if not weights and not only_facets:
        return NOTHING, 0.0
    nodes = [*required, *exclusions(row, lexicon)]
    total = sum(weights.values())
    if weights:
        # A little less, for the weights of some are added up in another order than those of all.
        nodes.insert(0, AtLeast(tuple(weights.items()), share * total * (1 - _ROUNDING)))
    return (nodes[0] if len(nodes) == 1 else All(tuple(nodes))), total


def _weigh(clause: Clause, weights: dict[Node, float], lexicon: Lexicon) -> None:
    """Add what a clause asks for. Whole words and entities stand beside their syllables at no
    weight of their own, so that they are highlighted as one."""
    field = TEXT_FIELDS[clause.leaf.field]
    slots = [likely_forms(syllable) for syllable in clause.syllables]
    if clause.leaf.kind is LeafKind.PREFIX:
        slots[-1] = clause.folded_expansions
    otherwise = synonyms(clause, slots, lexicon)
    asks = question_syllables(clause)
    for at, slot in enumerate(slots):
        written = [other for other in otherwise if other.start <= at < other.end]
        values = _values(clause, at) if field is TextField.TEXT else ()
        if rarity := _rarity(slot, written, values, lexicon):
            runs = [Phrase((slot,), 0, field)] if any(map(lexicon.frequency, slot)) else []
            runs += [Phrase(tuple((t,) for t in other.terms), 0, field) for other in written]
            weights[either((*runs, *values))] = rarity * (QUESTION_WEIGHT if at in asks else 1.0)
    whole = {entity.start: entity for entity in clause.entities}
    for i, j in clause.word_spans:
        if i in whole:
            weights.setdefault(meant(whole[i], clause, any_form, slots), 0.0)
        elif j > i + 1:
            weights.setdefault(Phrase(tuple(slots[i:j]), clause.leaf.slop, field), 0.0)


def _values(clause: Clause, at: int) -> tuple[HasValue, ...]:
    """The values named by a entity that the syllable belongs to."""
    return tuple(
        HasValue(value.facet, (value.value,))
        for entity in clause.entities
        if entity.start <= at < entity.end
        for value in entity.values
    )


def _rarity(
    slot: Slot, written: Sequence[Synonym], values: Sequence[HasValue], lexicon: Lexicon
) -> float:
    """What finding a syllable says; 0 where no document has it in any way."""
    frequencies = [lexicon.frequency(term) for term in slot]
    frequencies += [min(map(lexicon.frequency, other.terms)) for other in written]
    # How many pages have a value is not known here: as rare as can be, where no text has the word.
    frequency = max(frequencies, default=0) or (1 if values else 0)
    return idf(frequency, lexicon.documents) if frequency else 0.0
