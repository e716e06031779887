"""What is asked for → the match tree of a plan: runs of syllables side by side, facet values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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


def match_tree(rows: Disjunction, accept: Accept, lexicon: Lexicon, *, folded: bool) -> Node:
    """Any of the rows; `accept` and `folded` (for beginnings) are those of the rung."""
    return either([_row(row, accept, lexicon, folded) for row in rows.alternatives])


def _row(row: Conjunction, accept: Accept, lexicon: Lexicon, folded: bool) -> Node:
    nodes: list[Node] = []
    for part in row.must:
        if isinstance(part, Disjunction):
            nodes.append(match_tree(part, accept, lexicon, folded=folded))
        else:
            nodes += _clause_nodes(part, accept, lexicon, folded)
    nodes += exclusions(row, lexicon)
    return nodes[0] if len(nodes) == 1 else All(tuple(nodes))


def exclusions(row: Conjunction, lexicon: Lexicon) -> Iterator[Node]:
    """What must not be there, on every rung alike: who excludes without marks means every accent,
    who excludes with marks means that one."""
    for part in row.must_not:
        if isinstance(part, Disjunction):
            yield Not(match_tree(part, bare_any_form, lexicon, folded=True))
        else:
            bare = not any(syllable.marked for syllable in part.syllables)
            nodes = _clause_nodes(part, bare_any_form, lexicon, folded=bare)
            yield Not(nodes[0] if len(nodes) == 1 else All(tuple(nodes)))


def _clause_nodes(clause: Clause, accept: Accept, lexicon: Lexicon, folded: bool) -> list[Node]:
    if clause.facet:
        return [has_value(clause, clause.facet, lexicon)]
    slots = [accept(syllable) for syllable in clause.syllables]
    if clause.leaf.kind is LeafKind.PREFIX:
        slots[-1] = clause.folded_expansions if folded else clause.expansions
    field = TEXT_FIELDS[clause.leaf.field]
    nodes: list[Node] = []
    at = 0
    entities = {entity.start: entity for entity in clause.entities}
    written_otherwise = synonyms(clause, slots, lexicon)
    for i, j in clause.word_spans:
        if i < at:
            continue  # covered by a long form
        if i in entities:
            nodes.append(meant(entities[i], clause, accept, slots))
            at = j
            continue
        wide = next((o for o in written_otherwise if o.start == i and _whole(o, clause)), None)
        end = wide.end if wide else j
        runs = [Phrase(tuple(slots[a:b]), clause.leaf.slop, field) for a, b in clause.word_spans
                if i <= a and b <= end]  # fmt: skip
        own: Node = runs[0] if len(runs) == 1 else All(tuple(runs))
        alternatives: list[Node] = [own]
        for other in written_otherwise:
            if i <= other.start and other.end <= end and (other is wide or other.end <= j):
                # What an abbreviation stands for is known to the last mark, on every rung.
                terms = [(term,) for term in other.terms]
                row = (*slots[i : other.start], *terms, *slots[other.end : end])
                alternatives.append(Phrase(row, clause.leaf.slop, field))
        nodes.append(either(alternatives))
        at = end
    return nodes


def meant(entity: Entity, clause: Clause, accept: Accept, slots: Sequence[Slot]) -> Node:
    """Any way to write what is meant that the rung allows."""
    field = TEXT_FIELDS[clause.leaf.field]
    runs = [
        Phrase(tuple(slots[s] if isinstance(s, int) else s for s in writing.slots), 0, field)
        for writing in entity.surface_forms
        if _holds(writing.given, clause, accept)
    ]
    nodes: list[Node] = [*dict.fromkeys(runs)]
    if field is TextField.TEXT:  # who asks for a field asks for its words
        held: dict[str, list[str]] = {}
        for facet, value, given in entity.values:
            if _holds(given, clause, accept):
                held.setdefault(facet, []).append(value)
        nodes += [HasValue(facet, tuple(values)) for facet, values in held.items()]
    return either(nodes)


def _holds(given: Condition, clause: Clause, accept: Accept) -> bool:
    """Whether on this rung the syllables may stand for these terms, in the index or not."""
    return all(term in accept(clause.syllables[at].knowing(term)) for at, term in given)


def _whole(other: Synonym, clause: Clause) -> bool:
    """Whether it stands for several word_spans of a clause, to the end of one, and no entity of its own
    begins among them."""
    return (
        other.end - other.start > 1
        and any(j == other.end for _, j in clause.word_spans)
        and not any(other.start < entity.start < other.end for entity in clause.entities)
    )


def has_value(clause: Clause, facet: str, lexicon: Lexicon) -> Node:
    """The documents with a value that the syllables name."""
    values = find_values([syllable.term for syllable in clause.syllables], facet, lexicon)
    return HasValue(facet, values) if values else NOTHING


def either(nodes: Sequence[Node]) -> Node:
    """Any of the nodes."""
    return nodes[0] if len(nodes) == 1 else Any(tuple(nodes))
