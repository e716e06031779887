"""The accent ladder: a Query → one plan per rung, tightest first.

    exact         every word, every syllable as typed
    partial       syllables typed without marks may take any; then also half-marked ones (vân: vận)
    folded        every syllable by its folded form
    approximate   most of the words, also as scattered syllables, the rare ones counting most

The search shows the first rung that has hits. A rung that asks for the same as the one before is
left out; so are exact and partial where nothing typed carries a mark and marks could be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from indexer.models import Rung
from indexer.query.abbreviations import others
from indexer.query.language import LeafKind
from indexer.query.lexicon import Lexicon
from indexer.query.parts import (
    TEXT_FIELDS,
    Chunk,
    Given,
    Meaning,
    Other,
    Query,
    Row,
    Rows,
    Syllable,
)
from indexer.query.plan import (
    NOTHING,
    All,
    Any,
    AtLeast,
    HasValue,
    Node,
    Not,
    Plan,
    Run,
    Slot,
    TextField,
)
from indexer.query.ranking import features, idf
from indexer.query.values import values_named

# Approximate hits have at least this share of what the syllables typed weigh (by rarity).
_APPROXIMATE_SHARE = 0.15
# A form is taken for an approximate hit where it is at least this likely beside the likeliest.
_LIKELY = 0.05

Accept = Callable[[Syllable], Slot]


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of one query, ready for an engine."""

    rung: Rung
    plan: Plan


def climb(query: Query, lexicon: Lexicon, *, exact_only: bool = False) -> Iterator[Step]:
    """The steps of the ladder in order, each built when it is asked for.

    No step at all where the query text holds no syllable.
    """
    if not query.root.rows:
        return
    exact = _match(query.root, as_typed, lexicon, folded=False)
    folded = _match(query.root, any_form, lexicon, folded=True)
    marks_missing = not any(s.marked for s in query.syllables) and exact != folded
    steps: list[tuple[Rung, Callable[[], Node]]] = [
        (Rung.EXACT, lambda: exact),
        (Rung.PARTIAL, lambda: _match(query.root, bare_any_form, lexicon, folded=False)),
        (Rung.PARTIAL, lambda: _match(query.root, marks_added, lexicon, folded=False)),
        (Rung.FOLDED, lambda: folded),
        (Rung.APPROXIMATE, lambda: _approximate(query, lexicon)),
    ]
    if exact_only:
        steps = steps[:1]
    elif marks_missing:
        steps = steps[3:]
    former = None
    for rung, build in steps:
        match = build()
        if match != former:
            yield Step(rung, Plan(match, features(query, lexicon, widen=rung is not Rung.EXACT)))
        former = match


def as_typed(syllable: Syllable) -> Slot:
    """Rung exact."""
    return (syllable.term,)


def bare_any_form(syllable: Syllable) -> Slot:
    """Rung partial: marked ones stay as typed."""
    return syllable.forms if syllable.bare else (syllable.term,)


def marks_added(syllable: Syllable) -> Slot:
    """Rung partial, wider: marked ones may have further marks."""
    return (
        syllable.containing()
        if syllable.marked and not syllable.literal
        else bare_any_form(syllable)
    )


def any_form(syllable: Syllable) -> Slot:
    """Rung folded."""
    return syllable.forms


def likely_forms(syllable: Syllable) -> Slot:
    """Rung approximate: what was typed where the index has it so, else what may have been meant."""
    if syllable.literal:
        return (syllable.term,)
    probabilities = syllable.restored.probabilities
    most = max(probabilities.values())
    likely = {form for form, p in probabilities.items() if p >= _LIKELY * most}
    if syllable.marked and likely == {syllable.term}:
        return (syllable.term,)
    return tuple(form for form in syllable.forms if form in likely)


def _match(rows: Rows, accept: Accept, lexicon: Lexicon, *, folded: bool) -> Node:
    return _any([_row(row, accept, lexicon, folded) for row in rows.rows])


def _row(row: Row, accept: Accept, lexicon: Lexicon, folded: bool) -> Node:
    nodes: list[Node] = []
    for part in row.wanted:
        if isinstance(part, Rows):
            nodes.append(_match(part, accept, lexicon, folded=folded))
        else:
            nodes += _chunk(part, accept, lexicon, folded)
    nodes += _exclusions(row, lexicon)
    return nodes[0] if len(nodes) == 1 else All(tuple(nodes))


def _exclusions(row: Row, lexicon: Lexicon) -> Iterator[Node]:
    """What must not be there, on every rung alike: who excludes without marks means every accent,
    who excludes with marks means that one."""
    for part in row.unwanted:
        if isinstance(part, Rows):
            yield Not(_match(part, bare_any_form, lexicon, folded=True))
        else:
            bare = not any(syllable.marked for syllable in part.syllables)
            nodes = _chunk(part, bare_any_form, lexicon, folded=bare)
            yield Not(nodes[0] if len(nodes) == 1 else All(tuple(nodes)))


def _chunk(chunk: Chunk, accept: Accept, lexicon: Lexicon, folded: bool) -> list[Node]:
    if chunk.facet:
        return [_has_value(chunk, chunk.facet, lexicon)]
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
            nodes.append(_meant(meanings[i], chunk, accept, slots))
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
        nodes.append(_any(alternatives))
        at = end
    return nodes


def _meant(meaning: Meaning, chunk: Chunk, accept: Accept, slots: Sequence[Slot]) -> Node:
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
    return _any(nodes)


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


def _has_value(chunk: Chunk, facet: str, lexicon: Lexicon) -> Node:
    values = values_named([syllable.term for syllable in chunk.syllables], facet, lexicon)
    return HasValue(facet, values) if values else NOTHING


def _approximate(query: Query, lexicon: Lexicon) -> Node:
    """Enough of the syllables by weight; what is excluded, and facets, still hold.

    What no document has at all is not asked for. Whole words stand beside their syllables at no
    weight of their own, so that they are highlighted as words.
    """
    weights: dict[Node, float] = {}
    required: list[Node] = []
    for chunk in query.chunks():
        if chunk.facet:
            required.append(_has_value(chunk, chunk.facet, lexicon))
            continue
        field = TEXT_FIELDS[chunk.leaf.field]
        slots = [likely_forms(syllable) for syllable in chunk.syllables]
        if chunk.leaf.kind is LeafKind.PREFIX:
            slots[-1] = chunk.folded_expansions
        for slot in slots:
            frequency = max((lexicon.frequency(term) for term in slot), default=0)
            if frequency:
                weights[Run((slot,), 0, field)] = idf(frequency, lexicon.documents)
        for i, j in chunk.units:
            if j > i + 1:
                weights.setdefault(Run(tuple(slots[i:j]), chunk.leaf.slop, field), 0.0)
    if not weights:
        return NOTHING
    for row in query.root.rows:
        required += _exclusions(row, lexicon)
    enough = AtLeast(tuple(weights.items()), _APPROXIMATE_SHARE * sum(weights.values()))
    return All((enough, *required)) if required else enough


def _any(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Any(tuple(nodes))
