"""The accent ladder: a Query → one plan per rung, tightest first.

    exact         every word, every syllable as typed
    partial       syllables typed without marks may take any; then also half-marked ones (vân: vận)
    folded        every syllable by its folded form
    approximate   most of the words, also as scattered syllables, the rare ones counting most

The search shows the first rung that has hits. A rung that asks for the same as the one before is
left out; so are exact and partial where nothing typed carries a mark and marks could be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from indexer.models import Rung
from indexer.query.accepted import any_form, as_typed, bare_any_form, marks_added
from indexer.query.approximate import approximate
from indexer.query.lexicon import Lexicon
from indexer.query.matching import match_tree
from indexer.query.parts import Query
from indexer.query.plan import Any, Feature, FeatureKind, Node, Plan
from indexer.query.ranking import Weighted, features


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of one query, ready for an engine."""

    rung: Rung
    plan: Plan


def climb(
    query: Query,
    lexicon: Lexicon,
    *,
    exact_only: bool = False,
    mend: Callable[[], Query | None] = lambda: None,
) -> Iterator[Step]:
    """The steps of the ladder in order, each built when it is asked for.

    No step at all where the query text holds no syllable. `mend` is asked on the last rung for the
    query without its slips: one slip in a long question must not hide what the rest asks for.
    """
    if not query.root.rows:
        return
    exact = match_tree(query.root, as_typed, lexicon, folded=False)
    folded = match_tree(query.root, any_form, lexicon, folded=True)
    marks_missing = not any(s.marked for s in query.syllables) and exact != folded
    steps: list[tuple[Rung, Callable[[], Node]]] = [
        (Rung.EXACT, lambda: exact),
        (Rung.PARTIAL, lambda: match_tree(query.root, bare_any_form, lexicon, folded=False)),
        (Rung.PARTIAL, lambda: match_tree(query.root, marks_added, lexicon, folded=False)),
        (Rung.FOLDED, lambda: folded),
        (Rung.APPROXIMATE, lambda: approximate(query.root, lexicon)),
    ]
    if exact_only:
        steps = steps[:1]
    elif marks_missing:
        steps = steps[3:]
    former = None
    for rung, build in steps:
        match = build()
        if match != former:
            found = features(query, lexicon, widen=rung is not Rung.EXACT)
            other = mend() if rung is Rung.APPROXIMATE else None
            if other is not None:
                match = Any((match, approximate(other.root, lexicon)))
                found = _together(found, features(other, lexicon, widen=True))
            yield Step(rung, Plan(match, found))
        former = match


def _together(one: tuple[Feature, ...], other: tuple[Feature, ...]) -> tuple[Feature, ...]:
    """The features of both, those that they share once."""
    weights: dict[tuple[FeatureKind, Weighted], float] = {}
    for feature in (*one, *other):
        key = feature.kind, feature.variants
        weights[key] = max(weights.get(key, 0.0), feature.weight)
    return tuple(Feature(*key, weight) for key, weight in weights.items())
