"""One whole search: interpret the query text, relax it until it has hits, build the results.

Each step is a module or package of its own; only this module knows all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from time import perf_counter

from indexer.analysis import strip_marks
from indexer.analysis.normalize import normalize
from indexer.copies import group_of
from indexer.engines.base import Copies, Matches, SearchEngine
from indexer.engines.proximity import DEPTH as CLOSENESS_DEPTH
from indexer.errors import DocumentNotFound, RequestError, SearchTimeout
from indexer.facets import FacetSchema, facet_schema
from indexer.models import Document, FacetKind, Hit, Range, Results, Rung, SearchRequest, Sort
from indexer.profile.archive_profile import Pinned
from indexer.query.entities.periods import (
    is_range_end,
    is_reversed,
    is_reversed_range,
    parse_range_date,
)
from indexer.query.grammar import MAX_CHARACTERS
from indexer.query.interpret import interpret
from indexer.query.model import Query
from indexer.query.plan import EVERYTHING, Plan
from indexer.query.vocabulary.lexicon import Lexicon
from indexer.relaxation import Answer, Level, Relaxation, period, tightest_answer
from indexer.results.explanations import PINNED_REASON, explanation
from indexer.results.matcher import (
    DocumentMatcher,
    Occurrence,
    document_matches,
    merge,
    tightest_match,
)
from indexer.results.snippets import snippet
from indexer.runtime.time_limit import check_time, time_limit
from indexer.suggest.did_you_mean import QueryText, Suggestion, suggestion

MAX_SIZE = 100
"""Greatest number of hits on a page that can be requested."""
MAX_PAGE = 1000
"""Number of the last page that can be requested."""
LISTED_COPIES = 5
"""Greatest number of exact copies that are listed with a hit; reading one takes as long as reading
a hit."""


@dataclass(frozen=True, slots=True)
class Highlights:
    """The ranges that a query matches in the title and in the body of one document.

    Ranges are `[start, end)` in code points of the title or body; they ascend and do not overlap.
    """

    title: tuple[Range, ...]
    body: tuple[Range, ...]


def search(engine: SearchEngine, request: SearchRequest) -> Results:
    """Return the results of a request: the hits of the tightest rung that has any.

    If no rung has any, or only the approximate one has and `Suggestion.replaces` is True, they are
    the hits of the suggested query text instead, which is then `Results.corrected`;
    `request.exact` prevents that.

    A query that describes a page also gets the pages with most of its words (`indexer.relaxation`).
    A blank query text asks for all documents, newest first instead of by relevance. The rung is
    chosen before the filters, so that narrowing never changes what a query means. Of documents that
    are copies of each other, the first in the order is listed (`SearchRequest.grouped`). Documents
    that are pinned for the query text come first, but only in the order of relevance.

    If the time limit (`runtime.time_limit`) passes after hits were found, the results lack the
    suggestion or explanations and are marked `incomplete`.

    Raises RequestError if the page or size is out of range, a facet is unknown, a date is no date,
    an own facet has no ranges, or a range ends before it begins; IndexDamaged if the index cannot
    be read; SearchTimeout if the time limit passes before hits are found; WordModelError if the
    word model cannot be loaded.
    """
    began = perf_counter()
    schema = facet_schema(engine.profile.fields)
    _validate(request, schema)
    typed = _query_text(request.text)
    query = _query(typed, engine.lexicon)
    sort = request.sort
    if query is None and sort is Sort.RELEVANCE:
        sort = Sort.NEWEST
    only = group_of(engine, request.copies_of) if request.copies_of else None
    pins = pinned_documents(engine.profile.pinned, typed) if sort is Sort.RELEVANCE else ()
    pinned = _in_period(engine, request, pins)
    answer = tightest_answer(engine, query, request, sort, pinned, only)
    better: Suggestion | None = None
    corrected: str | None = None
    incomplete = False
    try:
        as_typed = answer.on_tightest if answer.rung is Rung.EXACT else 0
        better = suggestion(query, engine.lexicon, as_typed, typed) if query else None
        is_poor = answer.rung is None or (
            answer.rung is Rung.APPROXIMATE and better and better.replaces
        )
        if better and is_poor and not request.exact:
            # No hit, or none with a content word: show the results of the corrected text, and say
            # so.
            read = _query(_query_text(better.text), engine.lexicon)
            instead = tightest_answer(engine, read, request, sort, pinned, only)
            if instead.rung is not None:
                answer, corrected, better = instead, better.text, None
    except SearchTimeout:
        if answer.rung is None:
            raise
        incomplete = True
    with time_limit(None):  # the hits of one page, so that what was found can be shown
        found = _hits(engine, answer, frozenset(pinned))
    if request.explain:
        try:
            nearest = CLOSENESS_DEPTH - (request.page - 1) * request.size
            if sort is not Sort.RELEVANCE:
                nearest = 0
            found = tuple(
                _explained(engine, answer, hit, schema, by_closeness=at < nearest)
                for at, hit in enumerate(found)
            )
        except SearchTimeout:
            incomplete = True
    return Results(
        request=request,
        rung=answer.rung,
        suggestion=better.text if better else None,
        total=answer.matches.total,
        took_ms=(perf_counter() - began) * 1000,
        hits=found,
        facets=schema.build(answer.matches.facets, request.filters, date.today()),
        corrected=corrected,
        hidden=answer.matches.total - answer.matches.distinct,
        incomplete=incomplete,
    )


def rank(engine: SearchEngine, text: str, depth: int) -> Iterator[tuple[str, float]]:
    """Yield (id, score) of the best `depth` documents for a query text, the best first.

    The hits of the tightest rung come first, followed by those of the looser rungs that are not
    among them; scores of different rungs are not comparable. Copies and pinned documents are ranked
    like all others. Nothing is yielded for a blank text. `tracuu evaluate` judges this list. Raises
    IndexDamaged if the index cannot be read, SearchTimeout once the time limit of the thread has
    passed, WordModelError if the word model cannot be loaded.
    """
    query = _query(_query_text(text), engine.lexicon)
    if query is None:
        return

    def find(plan: Plan) -> Matches:
        return engine.find(plan, filters={}, limit=depth, with_facets=False)

    seen: set[str] = set()
    for answer in Relaxation(query, engine.lexicon).answers(engine, find):
        for document_id, score in answer.matches.hits:
            if document_id not in seen:
                seen.add(document_id)
                yield document_id, score
                if len(seen) == depth:
                    return


def highlight(engine: SearchEngine, document: Document, text: str) -> Highlights:
    """Return the ranges of `document` that the query text matches.

    They obey the tightest rung that the document is on, as among the hits, or the loosest if it is
    on none. Both are empty if the document matches only by a facet value (its place), or if the
    index has no document with its id and the same text, because it was rebuilt meanwhile. Raises
    IndexDamaged if the index cannot be read, SearchTimeout once the time limit of the thread has
    passed, WordModelError if the word model cannot be loaded.
    """
    query = _query(_query_text(text), engine.lexicon)
    steps = Relaxation(query, engine.lexicon).steps() if query else ()
    matchers = [DocumentMatcher(step.plan.match, engine.lexicon) for step in steps]
    if not matchers:
        return Highlights((), ())
    try:
        # The text is interpreted once for all rungs: it may be long.
        (marked,) = engine.matched_tokens([document.id], _terms(matchers))
    except DocumentNotFound:
        return Highlights((), ())
    here = marked.document
    if (here.title, here.body) != (document.title, document.body):
        return Highlights((), ())
    _, places = tightest_match(matchers, here, marked.title, marked.body)
    return Highlights(_ranges(places.title), _ranges(places.body))


def _validate(request: SearchRequest, schema: FacetSchema) -> None:
    if not 1 <= request.page <= MAX_PAGE:
        raise RequestError(f"page={request.page} is out of range.", f"Use 1 to {MAX_PAGE}.")
    if not 1 <= request.size <= MAX_SIZE:
        raise RequestError(f"size={request.size} is out of range.", f"Use 1 to {MAX_SIZE}.")
    for name in request.filters:
        if name not in schema.by_name:
            raise RequestError(
                f"There is no facet {name!r}.", f"Use one of: {', '.join(schema.names)}."
            )
    for name, value in (("date_from", request.date_from), ("date_to", request.date_to)):
        if value is not None and parse_range_date(value) != value:
            raise RequestError(f"{name}={value!r} is no date.", "Use 2010, 2010-03 or 2010-03-15.")
    if is_reversed(request.date_from, request.date_to):
        raise RequestError("The range of dates ends before it begins.", "Swap its ends.")
    for name, ends in request.ranges.items():
        _validate_range(name, ends, schema)


def _validate_range(name: str, ends: tuple[str | None, str | None], schema: FacetSchema) -> None:
    kind = schema.by_name[name].kind if name in schema.by_name else None
    if kind is None or not kind.has_ranges:
        having = [facet.name for facet in schema.facets if facet.kind.has_ranges]
        raise RequestError(
            f"{name!r} has no ranges.",
            f"Use one of: {', '.join(having)}."
            if having
            else "Own fields of type number and date have ranges; this archive has none.",
        )
    noun, hint = (
        ("number", 'Use a text such as "1200" or "0.5".')
        if kind is FacetKind.NUMBER
        else ("date", "Use 2010, 2010-03 or 2010-03-15.")
    )
    for value in ends:
        if value is not None and not is_range_end(value, kind):
            raise RequestError(f"{name}={value!r} is no {noun}.", hint)
    if is_reversed_range(*ends, kind):
        raise RequestError(f"The range of {name} ends before it begins.", "Swap its ends.")


def _query_text(text: str) -> QueryText:
    """Return the query text with its normalised form, which is made of its first MAX_CHARACTERS
    only, as many as the parser reads."""
    return QueryText(text, normalize(text[:MAX_CHARACTERS]))


def _query(typed: QueryText, lexicon: Lexicon) -> Query | None:
    """Return the interpreted query, or None if the text is blank."""
    text = typed.normalized.text
    return interpret(text, lexicon) if text.strip() else None


def pinned_documents(pins: Sequence[Pinned], typed: QueryText) -> tuple[str, ...]:
    """Return the ids that are pinned for a query text, in the order of the pins, each once.

    The query of a pin and the query text may differ in capitals, accents and spaces.
    """
    if not pins:
        return ()
    key = _pin_key(typed.normalized.text)
    found = (pin.documents for pin in pins if _pin_key(normalize(pin.query).text) == key)
    return tuple(dict.fromkeys(name for names in found for name in names))


def _in_period(engine: SearchEngine, request: SearchRequest, ids: Sequence[str]) -> Sequence[str]:
    """Return those of `ids` whose documents are in the range of dates of the request, in order; all
    of them if it has no range.

    A document of which only the year or month is known is in the range if a day of that time is.
    With a range, ids that the archive does not have are left out.
    """
    within = period(request, engine.lexicon)
    if within is None or not ids:
        return ids
    found = []
    for document_id in ids:
        try:
            document = engine.document(document_id)
        except DocumentNotFound:  # pinned, but no longer in the archive
            continue
        if document_matches(document, within, lambda phrase: False):
            found.append(document_id)
    return found


def _pin_key(text: str) -> str:
    return " ".join(strip_marks(text.lower()).split())


def _hits(engine: SearchEngine, answer: Answer, pinned: Set[str]) -> tuple[Hit, ...]:
    """Return the hits of an answer, in order; each has the tightest of the answer's rungs that it
    matches. `pinned` are the ids of pinned documents."""
    levels = answer.levels or (Level(Rung.EXACT, EVERYTHING),)
    matchers = [DocumentMatcher(level.match, engine.lexicon) for level in levels]
    marked = engine.matched_tokens([name for name, _ in answer.matches.hits], _terms(matchers))
    hits = []
    for found, (_, score) in zip(marked, answer.matches.hits, strict=True):
        at, places = tightest_match(matchers, found.document, found.title, found.body)
        passage = snippet(found.document.body, places.body, matchers[at].weights)
        copies = answer.matches.copies.get(found.document.id, Copies())
        hits.append(
            Hit(
                found.document,
                score,
                levels[at].rung,
                _ranges(places.title),
                passage,
                pinned=found.document.id in pinned,
                copies=tuple(map(engine.document, copies.exact[:LISTED_COPIES])),
                copy_count=len(copies.exact),
                near_count=len(copies.near),
            )
        )
    return tuple(hits)


def _explained(
    engine: SearchEngine, answer: Answer, hit: Hit, schema: FacetSchema, *, by_closeness: bool
) -> Hit:
    """Return `hit`, a hit of `answer`, with its explanation.

    `by_closeness` says that closeness is part of its score (`indexer.engines.proximity`). Raises
    SearchTimeout if the time limit has passed.
    """
    check_time()
    plan = answer.plan if by_closeness else replace(answer.plan, near=())
    scores = engine.explain(plan, hit.document.id)
    rung = hit.rung if answer.levels else None
    made = explanation(hit.document, rung, answer.plan.match, scores, schema)
    if hit.pinned:
        made = replace(made, reasons=(PINNED_REASON, *made.reasons[1:]))
    return replace(hit, explanation=made)


def _terms(matchers: Iterable[DocumentMatcher]) -> frozenset[str]:
    """Return all terms that the matchers look for."""
    return frozenset().union(*(matcher.terms for matcher in matchers))


def _ranges(places: Sequence[Occurrence]) -> tuple[Range, ...]:
    return merge([r for _, _, _, ranges in places for r in ranges])
