"""The accent ladder: a Query → one plan per rung, tightest first.

    exact         every word, every syllable as typed
    partial       syllables typed without marks may take any; then also half-marked ones (vân: vận)
    folded        every syllable by its folded form
    approximate   most of the words, also as scattered syllables, the rare ones counting most

The search shows the first rung that has hits. A rung that asks for the same as the one before is
left out; so are exact and partial where nothing typed carries a mark and marks could be missing.
Where a query describes a page (`describes`), pages that have most of its words are shown beside
the hits of the tightest rung (`opened`), and the scores decide over all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from indexer.models import Rung
from indexer.query.approximate_match import approximate
from indexer.query.expansion import any_form, as_typed, bare_any_form, marks_added
from indexer.query.grammar import LeafKind
from indexer.query.match_tree import match_tree
from indexer.query.model import Disjunction, Query
from indexer.query.plan import Any, Feature, FeatureKind, Node, Plan
from indexer.query.question_words import question_syllables
from indexer.query.ranking import Weighted, features
from indexer.query.vocabulary.lexicon import Lexicon

MANY_WORDS = 5
"""From so many words on, a page need not have all of them to stand among those that do: of the news
articles, 54 in 100 have four words of their own title in the text, 45 have five, 41 have six. Who
types a title or a question describes a page; who types a few words names what it must have."""

# Beside pages that have all words stand those with at least this share of what was asked for, by
# rarity. Half finds no more of what is meant, and three to five times as many pages.
_MOST = 2 / 3


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
    former = None
    for rung, match in strict(query, lexicon, exact_only=exact_only):
        yield Step(rung, Plan(match, features(query, lexicon, widen=rung is not Rung.EXACT)))
        former = match
    if former is not None and not exact_only:
        step = last(query, lexicon, mend)
        if step.plan.match != former:
            yield step


def last(query: Query, lexicon: Lexicon, mend: Callable[[], Query | None]) -> Step:
    """The last rung; `mend` is that of `climb`."""
    match = approximate(query.root, lexicon)
    found = features(query, lexicon, widen=True)
    other = mend()
    if other is not None:
        match = Any((match, approximate(other.root, lexicon)))
        found = _together(found, features(other, lexicon, widen=True))
    return Step(Rung.APPROXIMATE, Plan(match, found))


def describes(query: Query) -> bool:
    """Whether the query describes a page, rather than naming what it must have: many words, or a
    question, whose answer says other words. Whoever uses signs says what must be there.
    """
    if len(query.root.alternatives) != 1:
        return False
    words = 0
    asks = False
    for part in query.root.alternatives[0].must:
        if isinstance(part, Disjunction):
            return False
        if not part.facet:
            if part.leaf.kind is not LeafKind.WORDS or part.leaf.field:
                return False
            asks |= bool(question_syllables(part))
            words += len(part.word_spans)
    return asks or words >= MANY_WORDS


def opened(
    tightest: tuple[Rung, Node], query: Query, lexicon: Lexicon
) -> tuple[Plan, tuple[Rung, Node]]:
    """A plan for what the tightest rung found and for pages with most of the words, in one
    order; and the rung of the latter with what it asks for."""
    rung, match = tightest
    most = approximate(query.root, lexicon, share=_MOST)
    found = features(query, lexicon, widen=rung is not Rung.EXACT)
    return Plan(Any((match, most)), found), (Rung.APPROXIMATE, most)


def strict(
    query: Query, lexicon: Lexicon, *, exact_only: bool = False
) -> Iterator[tuple[Rung, Node]]:
    """The rungs on which a page has every word, each with what it asks for."""
    if not query.root.alternatives:
        return
    exact = match_tree(query.root, as_typed, lexicon, folded=False)
    if exact_only:
        yield Rung.EXACT, exact
        return
    folded = match_tree(query.root, any_form, lexicon, folded=True)
    former = None
    if exact == folded or any(s.marked for s in query.syllables):
        yield Rung.EXACT, exact
        former = exact
        for accept in (bare_any_form, marks_added):
            match = match_tree(query.root, accept, lexicon, folded=False)
            if match != former:
                yield Rung.PARTIAL, match
            former = match
    if folded != former:
        yield Rung.FOLDED, folded


def _together(one: tuple[Feature, ...], other: tuple[Feature, ...]) -> tuple[Feature, ...]:
    """The features of both, those that they share once."""
    weights: dict[tuple[FeatureKind, Weighted], float] = {}
    for feature in (*one, *other):
        key = feature.kind, feature.variants
        weights[key] = max(weights.get(key, 0.0), feature.weight)
    return tuple(Feature(*key, weight) for key, weight in weights.items())
