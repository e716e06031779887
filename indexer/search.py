"""One search, top to bottom: interpret the query text, relax it until it has hits, build the page.

This is the only module that knows the whole path; each step has a package of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from indexer.analysis.normalize import normalize
from indexer.engines.base import Matches, SearchEngine
from indexer.errors import DocumentNotFound, RequestError
from indexer.facets import FACET_NAMES, build_facets
from indexer.models import Document, Hit, Range, Results, Rung, SearchRequest, Sort
from indexer.query.grammar import MAX_CHARACTERS
from indexer.query.interpret import interpret
from indexer.query.model import Query
from indexer.query.plan import EVERYTHING, Plan
from indexer.query.vocabulary.lexicon import Lexicon
from indexer.relaxation import Answer, Level, Relaxation, tightest_answer
from indexer.results.explanations import explanation
from indexer.results.matcher import DocumentMatcher, Occurrence, merge, tightest_match
from indexer.results.snippets import snippet
from indexer.suggest.did_you_mean import QueryText, suggestion

MAX_SIZE = 100
"""Most hits on a page."""
MAX_PAGE = 1000
"""Last page that can be requested."""


@dataclass(frozen=True, slots=True)
class Highlights:
    """The words that a query matched in one document, as ranges of its title and its body."""

    title: tuple[Range, ...]
    body: tuple[Range, ...]


def search(engine: SearchEngine, request: SearchRequest) -> Results:
    """Answer a request: the hits of the tightest rung that has any, and for a query that
    describes a page also those that have most of its words (see `indexer.relaxation`).

    An empty query text asks for everything, newest first. The rung is chosen before the filters,
    so that narrowing never changes what a query means.

    Raises RequestError where page, size or a facet name is out of range.
    """
    began = perf_counter()
    _validate(request)
    written = _written(request.text)
    query = _read(written, engine.lexicon)
    sort = request.sort
    if query is None and sort is Sort.RELEVANCE:
        sort = Sort.NEWEST
    answer = tightest_answer(engine, query, request, sort)
    corrected = None
    as_typed = answer.on_tightest if answer.rung is Rung.EXACT else 0
    instead = suggestion(query, engine.lexicon, as_typed, written) if query else None
    if instead is not None and answer.rung is None and not request.exact:
        # Nothing at all: show at once what was probably meant, and say so.
        answer = tightest_answer(engine, _read(_written(instead), engine.lexicon), request, sort)
        if answer.rung is not None:
            corrected, instead = instead, None
    found = _hits(engine, answer)
    if request.explain:
        found = tuple(_explained(engine, answer, hit) for hit in found)
    return Results(
        request=request,
        rung=answer.rung,
        suggestion=instead,
        total=answer.matches.total,
        took_ms=(perf_counter() - began) * 1000,
        hits=found,
        facets=build_facets(answer.matches.facets, request.filters),
        corrected=corrected,
    )


def rank(engine: SearchEngine, text: str, depth: int) -> Iterator[tuple[str, float]]:
    """Ids and scores of the best `depth` documents, going on to looser rungs when one is used up.

    What `tracuu evaluate` judges: the list that a person sees who reads on below the first rung.
    """
    query = _read(_written(text), engine.lexicon)
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
    """The words of `document` that the query text matches, on the tightest rung that it is on, as
    among the hits; on the loosest where it is on none.

    None where the document is found there by a value of its own (its place), not by words, and
    none where this index has another text under its id, or no document: a rebuild came between.
    """
    query = _read(_written(text), engine.lexicon)
    steps = Relaxation(query, engine.lexicon).steps() if query else ()
    matchers = [DocumentMatcher(step.plan.match, engine.lexicon) for step in steps]
    if not matchers:
        return Highlights((), ())
    try:
        # The text is interpret once for all rungs: it may be long.
        (marked,) = engine.matched_tokens([document.id], _terms(matchers))
    except DocumentNotFound:
        return Highlights((), ())
    here = marked.document
    if (here.title, here.body) != (document.title, document.body):
        return Highlights((), ())
    _, places = tightest_match(matchers, here, marked.title, marked.body)
    return Highlights(_ranges(places.title), _ranges(places.body))


def _validate(request: SearchRequest) -> None:
    if not 1 <= request.page <= MAX_PAGE:
        raise RequestError(f"page={request.page} is out of range.", f"Use 1 to {MAX_PAGE}.")
    if not 1 <= request.size <= MAX_SIZE:
        raise RequestError(f"size={request.size} is out of range.", f"Use 1 to {MAX_SIZE}.")
    for name in request.filters:
        if name not in FACET_NAMES:
            raise RequestError(
                f"There is no facet {name!r}.", f"Use one of: {', '.join(FACET_NAMES)}."
            )


def _written(text: str) -> QueryText:
    """A query text with its normalised form, of which no more is interpret than the parser takes."""
    return QueryText(text, normalize(text[:MAX_CHARACTERS]))


def _read(written: QueryText, lexicon: Lexicon) -> Query | None:
    """The query, or None where nothing was typed."""
    text = written.normalized.text
    return interpret(text, lexicon) if text.strip() else None


def _hits(engine: SearchEngine, answer: Answer) -> tuple[Hit, ...]:
    """The hits, each on the tightest rung that it is on."""
    levels = answer.levels or (Level(Rung.EXACT, EVERYTHING),)
    matchers = [DocumentMatcher(level.match, engine.lexicon) for level in levels]
    marked = engine.matched_tokens([name for name, _ in answer.matches.hits], _terms(matchers))
    hits = []
    for found, (_, score) in zip(marked, answer.matches.hits, strict=True):
        at, places = tightest_match(matchers, found.document, found.title, found.body)
        passage = snippet(found.document.body, places.body, matchers[at].weights)
        hits.append(Hit(found.document, score, levels[at].rung, _ranges(places.title), passage))
    return tuple(hits)


def _explained(engine: SearchEngine, answer: Answer, hit: Hit) -> Hit:
    """A hit that says why it is one."""
    scores = engine.explain(answer.plan, hit.document.id)
    rung = hit.rung if answer.levels else None
    return replace(hit, explanation=explanation(hit.document, rung, answer.plan.match, scores))


def _terms(matchers: Iterable[DocumentMatcher]) -> frozenset[str]:
    """All terms that they look for."""
    return frozenset().union(*(matcher.terms for matcher in matchers))


def _ranges(places: Sequence[Occurrence]) -> tuple[Range, ...]:
    return merge([r for _, _, _, ranges in places for r in ranges])
