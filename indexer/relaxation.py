"""The ladder climbed on an engine: which plan answers a query, and on which rung a hit is.

A query of a few words is answered by the tightest rung that has any hit. Where one describes a
page (`ladder.describes`: many words, a question), the scores decide over the hits of that rung and
all pages with most of the words: a title's words do not all stand in its article. By date
nothing would keep half a match below the others, so there the tightest rung answers alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from indexer.engines.base import Matches, SearchEngine
from indexer.models import Rung, SearchRequest, Sort
from indexer.query.interpret import interpret
from indexer.query.ladder import Step, climb, describes, last, opened, strict
from indexer.query.model import Query
from indexer.query.plan import EVERYTHING, NOTHING, Node, Plan
from indexer.query.vocabulary.lexicon import Lexicon
from indexer.suggest.did_you_mean import corrected_text

Find = Callable[[Plan], Matches]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a plan found.

    `rungs` are those that a hit may be on, tightest first, each with what it asks for: none where
    nothing was asked for, or nothing found. `on_tightest` counts the documents on the first of
    them.
    """

    plan: Plan
    matches: Matches
    rungs: tuple[tuple[Rung, Node], ...] = ()
    on_tightest: int = 0

    @property
    def rung(self) -> Rung | None:
        """The tightest rung that has any hit."""
        return self.rungs[0][0] if self.rungs else None


def tightest(
    engine: SearchEngine, query: Query | None, request: SearchRequest, sort: Sort
) -> Answer:
    """The first answer that has hits, filters or not; the slice of them that is asked for.
    All documents where there is no query."""

    def find(plan: Plan) -> Matches:
        return engine.find(
            plan,
            filters=request.filters,
            sort=sort,
            offset=(request.page - 1) * request.size,
            limit=request.size,
        )

    if query is None:
        return Answer(Plan(EVERYTHING), find(Plan(EVERYTHING)))
    if request.exact or sort is not Sort.RELEVANCE:
        found = _rung_by_rung(ladder(query, engine.lexicon, exact_only=request.exact), find)
    else:
        found = answers(engine, query, find)
    nothing = Answer(Plan(NOTHING), Matches(0, 0, (), {}))
    return next((answer for answer in found if answer.matches.matched), nothing)


def answers(engine: SearchEngine, query: Query, find: Find) -> Iterator[Answer]:
    """What is found, best first, then what a reader finds who goes on to looser rungs."""
    lexicon = engine.lexicon
    if not describes(query):
        yield from _rung_by_rung(ladder(query, lexicon), find)
        return
    rungs = tuple(strict(query, lexicon))
    for at, (_, match) in enumerate(rungs):
        matched = engine.find(Plan(match), filters={}, limit=0, with_facets=False).matched
        if matched:
            plan, loosest = opened(rungs[at], query, lexicon)
            yield Answer(plan, find(plan), (*rungs[at:], loosest), matched)
            break
    yield from _rung_by_rung(iter([last(query, lexicon, lambda: _mended(query, lexicon))]), find)


def ladder(query: Query, lexicon: Lexicon, *, exact_only: bool = False) -> Iterator[Step]:
    """All steps, slips corrected_text on the last."""
    return climb(query, lexicon, exact_only=exact_only, mend=lambda: _mended(query, lexicon))


def _rung_by_rung(steps: Iterator[Step], find: Find) -> Iterator[Answer]:
    for step in steps:
        matches = find(step.plan)
        yield Answer(step.plan, matches, ((step.rung, step.plan.match),), matches.matched)


def _mended(query: Query, lexicon: Lexicon) -> Query | None:
    text = corrected_text(query, lexicon)
    return interpret(text, lexicon) if text else None
