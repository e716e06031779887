"""Build the match tree of a strict rung: every clause must match, as phrases or facet values.

The acceptance rule of the rung (`expansion.py`) decides which terms each syllable stands for.
`indexer.relaxation` calls `match_tree` once per rung; `approximate_match.py` shares the exclusions,
entities and facet values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.models import Range
from indexer.query.abbreviations import synonyms
from indexer.query.entities.facet_values import find_values
from indexer.query.expansion import Accept, bare_any_form
from indexer.query.grammar import LeafKind
from indexer.query.model import (
    TEXT_FIELDS,
    Clause,
    Condition,
    Conjunction,
    Disjunction,
    Entity,
    SurfaceForm,
    Synonym,
)
from indexer.query.plan import (
    NOTHING,
    All,
    Any,
    HasValue,
    Node,
    Not,
    Phrase,
    Slot,
    TextField,
)
from indexer.query.vocabulary.lexicon import Lexicon


def match_tree(rows: Disjunction, accept: Accept, lexicon: Lexicon, *, folded: bool | None) -> Node:
    """Return the match tree of the alternatives of a query on one rung.

    NOTHING if there is no alternative. Raises IndexDamaged if the vocabulary cannot be read.

    Parameters
    ----------
    accept : returns the terms that the rung accepts for a syllable (`expansion.py`).
    folded : True if a prefix (`dân*`) matches with any marks on the rung, False if only with those
        typed; None if with any marks where its clause is typed without marks.
    """
    return any_of([_conjunction(row, accept, lexicon, folded) for row in rows.alternatives])


def _conjunction(row: Conjunction, accept: Accept, lexicon: Lexicon, folded: bool | None) -> Node:
    nodes: list[Node] = []
    for part in row.must:
        if isinstance(part, Disjunction):
            nodes.append(match_tree(part, accept, lexicon, folded=folded))
        else:
            nodes += _clause_nodes(part, accept, lexicon, folded)
    nodes += exclusions(row, lexicon)
    return nodes[0] if len(nodes) == 1 else All(tuple(nodes))


def exclusions(row: Conjunction, lexicon: Lexicon) -> Iterator[Node]:
    """Yield a `Not` for each excluded part of a conjunction; they are the same on every rung.

    A syllable typed without marks excludes each of its forms, one typed with marks only that form.
    """
    for part in row.must_not:
        if isinstance(part, Disjunction):
            yield Not(match_tree(part, bare_any_form, lexicon, folded=None))
        else:
            nodes = _clause_nodes(part, bare_any_form, lexicon, None)
            yield Not(nodes[0] if len(nodes) == 1 else All(tuple(nodes)))


def _clause_nodes(
    clause: Clause, accept: Accept, lexicon: Lexicon, folded: bool | None
) -> list[Node]:
    """Return the nodes of a clause, all of which must match.

    A clause with a facet has one node, for the values it names, and so has a phrase in quotes with
    entities, for all its written forms. Any other clause has one node for each word span, in order;
    word spans that a synonym joins have one node (`_block_node`), and an entity has one with its
    forms and values. `accept` and `folded` are as in `match_tree`.
    """
    if clause.facet:
        return [facet_node(clause, clause.facet, lexicon)]
    slots = [accept(syllable) for syllable in clause.syllables]
    if folded is None:
        folded = not any(syllable.marked for syllable in clause.syllables)
    if clause.leaf.kind is LeafKind.PREFIX:
        slots[-1] = clause.folded_expansions if folded else clause.expansions
    field = TEXT_FIELDS[clause.leaf.field]
    if clause.leaf.kind is LeafKind.PHRASE and clause.entities:
        return [_phrase_with_numbers(clause, slots, field)]
    nodes: list[Node] = []
    at = 0
    entities = {entity.start: entity for entity in clause.entities}
    found = [each for each in synonyms(clause, slots, lexicon) if _is_beside_entities(each, clause)]
    for i, j in clause.word_spans:
        if i < at:
            continue  # covered by a synonym
        if i in entities:
            nodes.append(entity_node(entities[i], clause, accept, slots))
            at = j
            continue
        if found:
            at = _block_end((i, j), clause, found)
            nodes.append(_block_node((i, at), clause, slots, found, field))
        else:
            nodes.append(Phrase(tuple(slots[i:j]), clause.leaf.slop, field))
            at = j
    return nodes


def _is_beside_entities(synonym: Synonym, clause: Clause) -> bool:
    """True if no entity of the clause has a syllable of the synonym."""
    return all(e.end <= synonym.start or synonym.end <= e.start for e in clause.entities)


def _whole_spans(synonym: Synonym, clause: Clause) -> Range:
    """Return the syllables `[a, b)` of the word spans that a synonym has syllables of."""
    spans = [(i, j) for i, j in clause.word_spans if i < synonym.end and synonym.start < j]
    return spans[0][0], spans[-1][1]


def _block_end(span: Range, clause: Clause, found: Sequence[Synonym]) -> int:
    """Return the end of the block that begins with a word span: of those after it that synonyms
    join to it."""
    begin, end = span
    for a, b in sorted(_whole_spans(synonym, clause) for synonym in found):
        if begin <= a < end:
            end = max(end, b)
    return end


def _block_node(
    block: Range, clause: Clause, slots: Sequence[Slot], found: Sequence[Synonym], field: TextField
) -> Node:
    """Return the node of a block of word spans: each of them, or a synonym for several with the
    syllables beside it in their word spans, and each of the others.

    `slots` are the accepted terms of each syllable of the clause, `found` the synonyms that may be
    used.
    """
    begin, end = block
    spans = [(i, j) for i, j in clause.word_spans if begin <= i and j <= end]
    nodes = [
        any_of([Phrase(row, clause.leaf.slop, field) for row in _rows(span, slots, found)])
        for span in spans
    ]
    alternatives: list[Node] = [nodes[0] if len(nodes) == 1 else All(tuple(nodes))]
    for synonym in found:
        a, b = _whole_spans(synonym, clause)
        if begin <= a and b <= end and (a, b) not in spans:
            # The marks of a synonym are known, so they are required on every rung.
            terms = [(term,) for term in synonym.terms]
            row = (*slots[a : synonym.start], *terms, *slots[synonym.end : b])
            phrase = Phrase(row, clause.leaf.slop, field)
            others = [n for (i, j), n in zip(spans, nodes, strict=True) if j <= a or b <= i]
            alternatives.append(All((phrase, *others)) if others else phrase)
    return any_of([*dict.fromkeys(alternatives)])


_MAX_ROWS = 32
"""Greatest number of rows of slots for a word span with several synonyms."""


def _rows(
    span: Range, slots: Sequence[Slot], found: Sequence[Synonym]
) -> Sequence[tuple[Slot, ...]]:
    """Return the rows of slots for a word span: as typed, and with synonyms of its parts, of which
    several may be used together (PGS.TS); at most _MAX_ROWS."""
    begin, end = span
    rows: dict[int, list[tuple[Slot, ...]]] = {end: [()]}
    for at in range(end - 1, begin - 1, -1):
        rows[at] = [(slots[at], *row) for row in rows[at + 1]]
        for synonym in found:
            if synonym.start == at and synonym.end <= end:
                terms = tuple((term,) for term in synonym.terms)
                rows[at] += [(*terms, *row) for row in rows[synonym.end]]
        rows[at] = [*dict.fromkeys(rows[at])][:_MAX_ROWS]
    return rows[begin]


_MAX_PHRASES = 64
"""Greatest number of alternative phrases that a phrase in quotes with several numbers becomes: one
for each combination of their written forms."""


def _phrase_with_numbers(clause: Clause, slots: Sequence[Slot], field: TextField) -> Node:
    """Return a node for a phrase in quotes that matches with its numbers in any written form; of
    more than _MAX_PHRASES combinations of forms, the first ones.

    The phrase has no slop. `slots` are the accepted terms of each syllable of the clause.
    """
    rows: list[tuple[Slot, ...]] = [()]
    at = 0
    for entity in clause.entities:
        written = [
            tuple(slots[slot] if isinstance(slot, int) else slot for slot in form.slots)
            for form in entity.surface_forms
        ]
        rows = [(*row, *slots[at : entity.start], *form) for row in rows for form in written]
        rows = rows[:_MAX_PHRASES]
        at = entity.end
    return any_of([Phrase((*row, *slots[at:]), 0, field) for row in rows])


def entity_node(entity: Entity, clause: Clause, accept: Accept, slots: Sequence[Slot]) -> Node:
    """Return the node for documents with any surface form or facet value of an entity.

    Forms and values whose condition does not hold on the rung are left out; so are all values if
    the clause asks for the title or the body only. NOTHING if none is left.

    Parameters
    ----------
    accept : returns the terms that the rung accepts for a syllable.
    slots : these terms for each syllable of the clause.
    """
    field = TEXT_FIELDS[clause.leaf.field]
    phrases = [
        _form_phrase(form, slots, field)
        for form in entity.surface_forms
        if _condition_holds(form.condition, clause, accept)
    ]
    nodes: list[Node] = [*dict.fromkeys(phrases)]
    if field is TextField.TEXT:  # `title:` and `body:` ask for text, not for facet values
        values: dict[str, list[str]] = {}
        for facet, value, condition in entity.values:
            if _condition_holds(condition, clause, accept):
                values.setdefault(facet, []).append(value)
        nodes += [HasValue(facet, tuple(allowed)) for facet, allowed in values.items()]
    return any_of(nodes)


def _form_phrase(form: SurfaceForm, slots: Sequence[Slot], field: TextField) -> Phrase:
    """Return the phrase for a surface form; `slots` are as in `entity_node`."""
    written = tuple(slots[slot] if isinstance(slot, int) else slot for slot in form.slots)
    longer = tuple((*before, *written, *after) for before, after in form.outside)
    return Phrase(written, field=field, outside=longer)


def _condition_holds(condition: Condition, clause: Clause, accept: Accept) -> bool:
    """True if the rung accepts each term of the condition for its syllable of the clause."""
    return all(term in accept(clause.syllables[at].with_form(term)) for at, term in condition)


def facet_node(clause: Clause, facet: str, lexicon: Lexicon) -> Node:
    """Return the node for the values of `facet` that the syllables of a clause name.

    NOTHING if they name none.
    """
    if clause.values is not None:
        return any_of([HasValue(name, tuple(each)) for name, each in clause.values.items()])
    values = find_values([syllable.term for syllable in clause.syllables], facet, lexicon)
    return HasValue(facet, values) if values else NOTHING


def any_of(nodes: Sequence[Node]) -> Node:
    """Return the disjunction of the nodes; a single node as it is, NOTHING if there is none."""
    return nodes[0] if len(nodes) == 1 else Any(tuple(nodes))
