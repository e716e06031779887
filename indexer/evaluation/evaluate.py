"""Relevance and latency of the current index on judged queries, for `tracuu evaluate`.

A line of a queries file is `{"qid", "query", "relevant": [ids]}`. Measures, averaged over queries:

- nDCG@10 with binary gains (Järvelin and Kekäläinen 2002): sum of 1 / log2(rank + 1) over the
  relevant documents among the first ten, divided by the largest such sum possible
- MRR@10: 1 / rank of the first relevant document among the first ten, else 0
- recall@100: the share of the relevant documents that are among the first hundred
- by_query: nDCG@10 of each query, to compare two runs query by query
- latency in milliseconds: median and 95th percentile of the time to rank a hundred documents

Judged is either the ranking (`indexer.search.rank`), which goes on with looser rungs until it has a
hundred documents, or the page that a reader sees (`indexer.search.search`), which has the hits of
one answer only, and those of the corrected text if it answers that.
"""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from indexer.engines.base import SearchEngine
from indexer.errors import QueriesError
from indexer.evaluation.noise import Noise, add_noise
from indexer.models import SearchRequest
from indexer.search import rank, search

DEPTH = 100
"""Number of documents that are ranked for each query."""


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query text, and the ids of the documents that are relevant to it, at least one.

    `qid` names the query, for comparing runs.
    """

    qid: str
    text: str
    relevant: frozenset[str]


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of a run (see the module).

    Attributes
    ----------
    queries : number of queries.
    ndcg_10, mrr_10, recall_100 : averages over the queries, 0 to 1.
    p50_ms, p95_ms : median and 95th percentile of the latency, in milliseconds.
    by_query : qid → nDCG@10, 0 to 1; if a qid occurs twice, that of the last query with it.
    """

    queries: int
    ndcg_10: float
    mrr_10: float
    recall_100: float
    p50_ms: float
    p95_ms: float
    by_query: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """The nDCG@10 of the query `qid` in a former run, and in the present one."""

    qid: str
    before: float
    after: float


def changes(before: Mapping[str, float], after: Mapping[str, float]) -> list[Change]:
    """Return the queries of both runs whose nDCG@10 differs, greatest losses first, then by qid.

    `before` and `after` are qid → nDCG@10; queries of only one run are left out, and so are
    differences of at most 10⁻⁹.
    """
    compared = [Change(qid, before[qid], after[qid]) for qid in after if qid in before]
    changed = [change for change in compared if abs(change.after - change.before) > 1e-9]
    return sorted(changed, key=lambda change: (change.after - change.before, change.qid))


def read_previous_run(path: Path) -> Mapping[str, float]:
    """Return qid → nDCG@10 from a file that `tracuu evaluate --json` printed.

    Raises QueriesError if the file cannot be read or has another format.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))["by_query"]
        return {str(qid): float(value) for qid, value in values.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise QueriesError(
            f"{path}: {error!r}.", "Name a file that `tracuu evaluate --json` printed."
        ) from None


def read_queries(path: Path) -> list[JudgedQuery]:
    """Return the judged queries of a `.jsonl` file in UTF-8, in order, at least one.

    Blank lines are ignored. Raises QueriesError if the file cannot be read or has no query, and,
    naming the line, if a line is not a judged query.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QueriesError(f"{path}: {error}.", "Name a readable UTF-8 .jsonl file.") from None
    queries = list(_parse(path, text))
    if not queries:
        raise QueriesError(f"{path} holds no queries.", 'A line is {"qid", "query", "relevant"}.')
    return queries


def _parse(path: Path, text: str) -> Iterator[JudgedQuery]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield _parse_record(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise QueriesError(
                f"{path}:{number}: {error}.", 'A line is {"qid", "query", "relevant": [ids]}.'
            ) from None


def _parse_record(record: object) -> JudgedQuery:
    """Return the judged query that a line has as JSON. Raises ValueError if it has none."""
    if not isinstance(record, dict):
        raise ValueError("not an object")
    qid, text, relevant = (record.get(name) for name in ("qid", "query", "relevant"))
    if not isinstance(qid, (str, int)):
        raise ValueError("qid must be a string or a number")
    if not isinstance(text, str):
        raise ValueError("query must be a string")
    if not isinstance(relevant, list) or not relevant:
        raise ValueError("relevant must be a list of ids, not empty")
    return JudgedQuery(str(qid), text, frozenset(map(str, relevant)))


def evaluate(
    engine: SearchEngine,
    queries: Sequence[JudgedQuery],
    *,
    corruption: Noise = Noise.NONE,
    page: bool = False,
    progress: Callable[[], None] = lambda: None,
) -> Measures:
    """Rank documents for every query, after adding noise to it, and return the measures.

    Raises IndexDamaged if the index is damaged, UnusableIndex if it cannot be read for another
    reason, WordModelError if the word model cannot be loaded.

    Parameters
    ----------
    queries : at least one, else StatisticsError is raised.
    corruption : the noise.
    page : True to judge the page that a reader sees, copies not grouped, as judgements are of
        documents; the latency is then that of a page of ten hits with their snippets.
    progress : called after each query.
    """
    ndcgs, reciprocal_ranks, recalls, times = [], [], [], []
    for query in queries:
        text = add_noise(query.text, corruption, query.qid)
        began = perf_counter()
        ranked = _listed(engine, text, 10) if page else _ranked(engine, text)
        times.append((perf_counter() - began) * 1000)
        if page and len(ranked) == 10:
            ranked = _listed(engine, text, DEPTH)
        ndcgs.append(ndcg(ranked[:10], query.relevant, 10))
        reciprocal_ranks.append(reciprocal_rank(ranked[:10], query.relevant))
        recalls.append(len(query.relevant.intersection(ranked)) / len(query.relevant))
        progress()
    return Measures(
        len(queries),
        statistics.fmean(ndcgs),
        statistics.fmean(reciprocal_ranks),
        statistics.fmean(recalls),
        percentile(times, 50),
        percentile(times, 95),
        {query.qid: gain for query, gain in zip(queries, ndcgs, strict=True)},
    )


def _ranked(engine: SearchEngine, text: str) -> list[str]:
    return [document_id for document_id, _ in rank(engine, text, DEPTH)]


def _listed(engine: SearchEngine, text: str, size: int) -> list[str]:
    """Return the ids on the first page of this size."""
    results = search(engine, SearchRequest(text, size=size, grouped=False))
    return [hit.document.id for hit in results.hits]


def ndcg(ranked: Sequence[str], relevant: frozenset[str], depth: int) -> float:
    """Return the normalised discounted cumulative gain of the first `depth` ids, 0 to 1.

    `ranked` are distinct ids, best first; `relevant` is not empty, else ZeroDivisionError is
    raised. The formula is in the docstring of the module.
    """
    gain = sum(
        1 / math.log2(rank + 1) for rank, name in enumerate(ranked[:depth], 1) if name in relevant
    )
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(relevant), depth) + 1))
    return gain / best


def reciprocal_rank(ranked: Sequence[str], relevant: frozenset[str]) -> float:
    """Return 1 / rank of the first relevant id in `ranked`, 0 if there is none."""
    return next((1 / rank for rank, name in enumerate(ranked, 1) if name in relevant), 0.0)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the smallest value that at least `percent` % of the values do not exceed.

    This is the nearest-rank percentile; `values` are in any order and not empty.
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]
