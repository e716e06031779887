"""The accent ladder: one plan of a query per rung, tightest first, and the answer of each.

    exact         every word must match, every syllable as typed
    partial       every word must match; a syllable typed without marks matches any of its forms,
                  then one typed with some marks also those with more (vận for vân)
    folded        every word must match; a syllable matches any of its forms
    approximate   most of the words must match, also as scattered syllables, rare ones counting most

A query of a few words is answered by the tightest rung that has a hit. A rung that asks for the
same as the one before is left out; so are exact and partial if no typed syllable carries a mark
while marks could be missing.

A query that describes a page (many words, or a question) is answered by score over the hits of the
tightest rung and all pages with most of its words: the words of a title do not all occur in its
article. Sorting by date or title has no score to keep partial matches below the others, so there
the tightest rung answers alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from indexer.engines.base import Filters, Matches, SearchEngine
from indexer.facets import DATE, MONTH, VALIDITY, YEAR
from indexer.models import Rung, SearchRequest, Sort
from indexer.query.approximate_match import approximate
from indexer.query.entities.periods import own_range_values, period_values
from indexer.query.expansion import any_form, as_typed, bare_any_form, marks_added
from indexer.query.grammar import LeafKind
from indexer.query.interpret import interpret
from indexer.query.match_tree import match_tree
from indexer.query.model import Disjunction, Query
from indexer.query.plan import (
    EVERYTHING,
    NOTHING,
    All,
    Any,
    Feature,
    FeatureKind,
    HasValue,
    Node,
    Plan,
)
from indexer.query.question_words import question_syllables
from indexer.query.ranking import Weighted, features, near_terms
from indexer.query.vocabulary.lexicon import Lexicon
from indexer.suggest.did_you_mean import corrected_text
from indexer.validity import dates_with

DESCRIPTIVE_WORDS = 5
"""Least number of words of a query that describes a page instead of naming what it must contain. Of
the news articles on which it was measured, 54% contain four words of their own title, 45% contain
five and 41% contain six."""

_MOST = 0.6
"""Least share of the weight of a query (`query.approximate_match`) that a page must reach to be
shown beside pages with all words. At two thirds, pages that answer a question of two or three
content words are left out; at one half, twice as many pages match."""

Find = Callable[[Plan], Matches]
"""A function that executes a plan."""


@dataclass(frozen=True, slots=True)
class Level:
    """A rung, and the match tree that a document must satisfy to be on it."""

    rung: Rung
    match: Node


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of one query, with the plan that an engine executes for it."""

    rung: Rung
    plan: Plan


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of one plan.

    Attributes
    ----------
    plan, matches : the plan, and what the engine found with it.
    levels : the rungs that a hit may be on, tightest first, also if the plan has no hit; empty if
        nothing was typed or no rung has a hit (`tightest_answer`).
    on_tightest : number of documents on the first of the levels, before filters.
    """

    plan: Plan
    matches: Matches
    levels: tuple[Level, ...] = ()
    on_tightest: int = 0

    @property
    def rung(self) -> Rung | None:
        """The first of the levels: in what `tightest_answer` returns, the tightest rung that has a
        hit. None if there are no levels."""
        return self.levels[0].rung if self.levels else None


class Relaxation:
    """The rungs of the accent ladder for one query, each with the plan that finds its documents.

    `query` is the interpreted query, `lexicon` that of the index that is searched. The
    methods raise IndexDamaged if the index cannot be read, SearchTimeout once the time limit of the
    thread (`indexer.runtime.time_limit`) has passed.
    """

    def __init__(self, query: Query, lexicon: Lexicon) -> None:
        self._query = query
        self._lexicon = lexicon

    @cached_property
    def is_descriptive(self) -> bool:
        """True if the query describes a page instead of naming what the page must contain.

        Such a query has at least DESCRIPTIVE_WORDS words or a question word, in one alternative,
        without text fields, quotes, "*" or "="; facet values and exclusions do not matter.
        """
        alternatives = self._query.root.alternatives
        if len(alternatives) != 1:
            return False
        words = 0
        is_question = False
        for part in alternatives[0].must:
            if isinstance(part, Disjunction):
                return False
            if not part.facet:
                if part.leaf.kind is not LeafKind.WORDS or part.leaf.field:
                    return False
                is_question |= bool(question_syllables(part))
                words += len(part.word_spans)
        return is_question or words >= DESCRIPTIVE_WORDS

    def strict_levels(self, *, exact_only: bool = False) -> Iterator[Level]:
        """Yield the rungs on which a document must have every word, tightest first.

        The rung partial may occur twice, with two match trees. With `exact_only`, only the rung
        exact is yielded. Nothing is yielded if the query text has no syllable.
        """
        root, lexicon = self._query.root, self._lexicon
        if not root.alternatives:
            return
        exact = match_tree(root, as_typed, lexicon, folded=False)
        if exact_only:
            yield Level(Rung.EXACT, exact)
            return
        folded = match_tree(root, any_form, lexicon, folded=True)
        previous = None
        if exact == folded or any(s.marked for s in self._query.syllables):
            yield Level(Rung.EXACT, exact)
            previous = exact
            for accept in (bare_any_form, marks_added):
                match = match_tree(root, accept, lexicon, folded=False)
                if match != previous:
                    yield Level(Rung.PARTIAL, match)
                previous = match
        if folded != previous:
            yield Level(Rung.FOLDED, folded)

    def steps(self, *, exact_only: bool = False) -> Iterator[Step]:
        """Yield one plan per level of `strict_levels`, and last that of the rung approximate, each
        built when it is asked for.

        The last plan also uses the spell-corrected query, if there is one: one slip in a long
        question must not hide the documents that match the rest of it. It is left out if it asks
        for the same as the one before. Nothing is yielded if the query text has no syllable. With
        `exact_only`, only the rung exact is yielded.
        """
        previous = None
        for level in self.strict_levels(exact_only=exact_only):
            yield Step(level.rung, self._plan(level.match, level.rung))
            previous = level.match
        if previous is not None and not exact_only:
            last = self._last_step()
            if last.plan.match != previous:
                yield last

    def answers(self, engine: SearchEngine, find: Find) -> Iterator[Answer]:
        """Yield an answer for each rung, tightest first, each when it is asked for; it may be
        without hits.

        For a descriptive query (`is_descriptive`) at most two are yielded. The hits of the first
        are the documents on the tightest rung that has any, and those that have most of the words
        of the query, ranked together by score. The second is that of the last rung.

        Parameters
        ----------
        engine : the engine of the index whose vocabulary this is.
        find : executes a plan with the filters, order and slice of the caller.
        """
        if not self.is_descriptive:
            yield from _step_by_step(self.steps(), find)
            return
        levels = tuple(self.strict_levels())
        for at, tightest in enumerate(levels):
            found = engine.find(Plan(tightest.match), filters={}, limit=0, with_facets=False)
            if found.matched:
                most = approximate(self._query.root, self._lexicon, share=_MOST)
                plan = self._plan(Any((tightest.match, most)), tightest.rung)
                allowed = (*levels[at:], Level(Rung.APPROXIMATE, most))
                yield Answer(plan, find(plan), allowed, found.matched)
                break
        yield from _step_by_step(iter([self._last_step()]), find)

    def _last_step(self) -> Step:
        match = approximate(self._query.root, self._lexicon)
        scored = features(self._query, self._lexicon, widen=True)
        near = near_terms(self._query, self._lexicon, widen=True)
        text = corrected_text(self._query, self._lexicon)
        if text:
            corrected = interpret(text, self._lexicon)
            match = Any((match, approximate(corrected.root, self._lexicon)))
            scored = _union(scored, features(corrected, self._lexicon, widen=True))
            near = tuple(dict.fromkeys((*near, *near_terms(corrected, self._lexicon, widen=True))))
        return Step(Rung.APPROXIMATE, Plan(match, scored, near))

    def _plan(self, match: Node, rung: Rung) -> Plan:
        widen = rung is not Rung.EXACT
        return Plan(
            match,
            features(self._query, self._lexicon, widen=widen),
            near_terms(self._query, self._lexicon, widen=widen),
        )


def tightest_answer(
    engine: SearchEngine,
    query: Query | None,
    request: SearchRequest,
    sort: Sort,
    pinned: Sequence[str] = (),
    only: Collection[str] | None = None,
) -> Answer:
    """Return the first answer that has hits before filters, with the requested page of hits.

    If none has, an answer of no documents but pinned ones. Raises IndexDamaged if the index cannot
    be read, SearchTimeout once the time limit of the thread has passed.

    Parameters
    ----------
    query : the interpreted query; None if nothing was typed, so that every document matches.
    request : gives the page, the filters, the ranges, `exact` and `grouped`.
    sort : the order of the hits, instead of that of the request.
    pinned : ids of documents that come first; they do not decide which answer is returned.
    only : ids of the documents to list, a further filter, ungrouped; None lists all.
    """

    within = period(request, engine.lexicon)
    filters = _filters(request, engine.lexicon)

    def find(plan: Plan) -> Matches:
        if within is None:
            return page(plan)
        found = page(replace(plan, match=All((plan.match, within))))
        # Like a filter, the range neither decides on the rung nor narrows its own facets.
        anyway = engine.find(Plan(plan.match), filters=filters, limit=0)
        dates = {name: anyway.facets[name] for name in (YEAR, MONTH, DATE) if name in anyway.facets}
        return replace(found, matched=anyway.matched, facets={**found.facets, **dates})

    def page(plan: Plan) -> Matches:
        return engine.find(
            plan,
            filters=filters,
            sort=sort,
            offset=(request.page - 1) * request.size,
            limit=request.size,
            pinned=pinned,
            grouped=request.grouped and only is None,
            only=only,
        )

    if query is None:
        return Answer(Plan(EVERYTHING), find(Plan(EVERYTHING)))
    relaxation = Relaxation(query, engine.lexicon)
    if request.exact or sort is not Sort.RELEVANCE:
        answers = _step_by_step(relaxation.steps(exact_only=request.exact), find)
    else:
        answers = relaxation.answers(engine, find)
    for answer in answers:
        if answer.matches.matched:
            return answer
    return Answer(Plan(NOTHING), find(Plan(NOTHING)) if pinned else Matches(0, 0, (), {}, 0))


def _filters(request: SearchRequest, lexicon: Lexicon) -> Filters:
    """Return the filters of a request by values of the index, its ranges among them: each as the
    values in it, and where values are chosen too, as those of them that are in it."""
    filters = dict(request.filters)
    if states := filters.get(VALIDITY):
        filters[VALIDITY] = dates_with(states, lexicon.facet_values(VALIDITY), date.today())
    for facet, (first, last) in request.ranges.items():
        if first is None and last is None:
            continue
        values = own_range_values(facet, first, last, lexicon)
        chosen = filters.get(facet, ())
        filters[facet] = tuple(v for v in values if not chosen or v in chosen)
    return filters


def period(request: SearchRequest, lexicon: Lexicon) -> Node | None:
    """Return the node for documents of whose date a day lies in the range of the request; None if
    the request has no range."""
    if request.date_from is None and request.date_to is None:
        return None
    values = period_values(request.date_from, request.date_to, lexicon)
    return Any(tuple(HasValue(facet, tuple(each)) for facet, each in values.items()))


def _step_by_step(steps: Iterator[Step], find: Find) -> Iterator[Answer]:
    for step in steps:
        matches = find(step.plan)
        yield Answer(step.plan, matches, (Level(step.rung, step.plan.match),), matches.matched)


def _union(one: tuple[Feature, ...], other: tuple[Feature, ...]) -> tuple[Feature, ...]:
    """Return the features of both; one that both have occurs once, with the higher weight."""
    weights: dict[tuple[FeatureKind, Weighted], float] = {}
    for feature in (*one, *other):
        key = feature.kind, feature.variants
        weights[key] = max(weights.get(key, 0.0), feature.weight)
    return tuple(Feature(*key, weight) for key, weight in weights.items())
