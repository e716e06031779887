"""What is asked for → the match tree of a plan: runs of syllables side by side, facet values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.query.abbreviations import others
from indexer.query.entities.facet_values import values_named
from indexer.query.expansion import Accept, bare_any_form
from indexer.query.grammar import LeafKind
from indexer.query.model import TEXT_FIELDS, Chunk, Given, Meaning, Other, Row, Rows
from indexer.query.plan import (
    NOTHING,
    All,
    Any,
    HasValue,
    Node,
    Not,
    Run,
    Slot,
    TextField,
)
from indexer.query.vocabulary.lexicon import Lexicon


def match_tree(rows: Rows, accept: Accept, lexicon: Lexicon, *, folded: bool) -> Node:
    """Any of the rows; `accept` and `folded` (for beginnings) are those of the rung."""
    return either([_row(row, accept, lexicon, folded) for row in rows.rows])


def _row(row: Row, accept: Accept, lexicon: Lexicon, folded: bool) -> Node:
    nodes: list[Node] = []
    for part in row.wanted:
        if isinstance(part, Rows):
            nodes.append(match_tree(part, accept, lexicon, folded=folded))
        else:
            nodes += _chunk(part, accept, lexicon, folded)
    nodes += exclusions(row, lexicon)
    return nodes[0] if len(nodes) == 1 else All(tuple(nodes))


def exclusions(row: Row, lexicon: Lexicon) -> Iterator[Node]:
    """What must not be there, on every rung alike: who excludes without marks means every accent,
    who excludes with marks means that one."""
    for part in row.unwanted:
        if isinstance(part, Rows):
            yield Not(match_tree(part, bare_any_form, lexicon, folded=True))
        else:
            bare = not any(syllable.marked for syllable in part.syllables)
            nodes = _chunk(part, bare_any_form, lexicon, folded=bare)
            yield Not(nodes[0] if len(nodes) == 1 else All(tuple(nodes)))


def _chunk(chunk: Chunk, accept: Accept, lexicon: Lexicon, folded: bool) -> list[Node]:
    if chunk.facet:
        return [has_value(chunk, chunk.facet, lexicon)]
    slots = [accept(syllable) for syllable in chunk.syllables]
    if chunk.leaf.kind is LeafKind.PREFIX:
        slots[-1] = chunk.folded_expansions if folded else chunk.expansions
    field = TEXT_FIELDS[chunk.leaf.field]
    nodes: list[Node] = []
    at = 0
    meanings = {meaning.start: meaning for meaning in chunk.meanings}
    written_otherwise = others(chunk, slots, lexicon)
    for i, j in chunk.units:
        if i < at:
            continue  # covered by a long form
        if i in meanings:
            nodes.append(meant(meanings[i], chunk, accept, slots))
            at = j
            continue
        wide = next((o for o in written_otherwise if o.start == i and _whole(o, chunk)), None)
        end = wide.end if wide else j
        runs = [Run(tuple(slots[a:b]), chunk.leaf.slop, field) for a, b in chunk.units
                if i <= a and b <= end]  # fmt: skip
        own: Node = runs[0] if len(runs) == 1 else All(tuple(runs))
        alternatives: list[Node] = [own]
        for other in written_otherwise:
            if i <= other.start and other.end <= end and (other is wide or other.end <= j):
                # What an abbreviation stands for is known to the last mark, on every rung.
                terms = [(term,) for term in other.terms]
                row = (*slots[i : other.start], *terms, *slots[other.end : end])
                alternatives.append(Run(row, chunk.leaf.slop, field))
        nodes.append(either(alternatives))
        at = end
    return nodes


def meant(meaning: Meaning, chunk: Chunk, accept: Accept, slots: Sequence[Slot]) -> Node:
    """Any way to write what is meant that the rung allows."""
    field = TEXT_FIELDS[chunk.leaf.field]
    runs = [
        Run(tuple(slots[s] if isinstance(s, int) else s for s in writing.slots), 0, field)
        for writing in meaning.writings
        if _holds(writing.given, chunk, accept)
    ]
    nodes: list[Node] = [*dict.fromkeys(runs)]
    if field is TextField.TEXT:  # who asks for a field asks for its words
        held: dict[str, list[str]] = {}
        for facet, value, given in meaning.values:
            if _holds(given, chunk, accept):
                held.setdefault(facet, []).append(value)
        nodes += [HasValue(facet, tuple(values)) for facet, values in held.items()]
    return either(nodes)


def _holds(given: Given, chunk: Chunk, accept: Accept) -> bool:
    """Whether on this rung the syllables may stand for these terms, in the index or not."""
    return all(term in accept(chunk.syllables[at].knowing(term)) for at, term in given)


def _whole(other: Other, chunk: Chunk) -> bool:
    """Whether it stands for several units of a chunk, to the end of one, and no meaning of its own
    begins among them."""
    return (
        other.end - other.start > 1
        and any(j == other.end for _, j in chunk.units)
        and not any(other.start < meaning.start < other.end for meaning in chunk.meanings)
    )


def has_value(chunk: Chunk, facet: str, lexicon: Lexicon) -> Node:
    """The documents with a value that the syllables name."""
    values = values_named([syllable.term for syllable in chunk.syllables], facet, lexicon)
    return HasValue(facet, values) if values else NOTHING


def either(nodes: Sequence[Node]) -> Node:
    """Any of the nodes."""
    return nodes[0] if len(nodes) == 1 else Any(tuple(nodes))
