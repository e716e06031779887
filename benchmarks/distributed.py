"""The distributed engine beside the embedded one: same answers, build rate, times, size, memory.

    python benchmarks/distributed.py --data vntc.jsonl.xz --nodes 1 --keep /tmp/distributed \\
        --out benchmarks/results/distributed_1.json

Starts the nodes below `--keep` (Java and Maven needed), builds the archive on both engines unless
that is done, and asks both the same searches, in turns, several rounds. The queries are those of
`engine.py` (`query_specs.py`), by several seeds. Answers are compared whole: ids in order, totals,
facets, rungs, snippets, suggestions. The first time that a query is asked and the later times are
given apart; of the latter, the time of a query is the median of its rounds, and on a busy machine
that of its quickest round says more. With --count, only so many documents
are indexed, and with several counts one archive of each size is, which shows growth; with --short,
each document is 60 syllables of an article.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from engine import request_of
from query_specs import QuerySpec, draw

from indexer import Document, Results
from indexer.documents import read_sources
from indexer.engines import backend
from indexer.engines.base import SearchEngine
from indexer.search import search
from scripts.opensearch_nodes import Node, cluster

SEEDS = (1, 2, 3)
ROUNDS = 4


def read(data: Path, count: int, short: bool) -> Iterator[Document]:
    """Yield documents of the file, each with a date."""
    found = (item for item in read_sources([data]) if isinstance(item, Document))
    if not short:
        for document in islice(found, count or None):
            yield _dated(document)
        return
    made = 0
    for document in found:
        words = document.body.split()
        for begin in range(0, len(words) - 60, 60):
            part = " ".join(words[begin : begin + 60])
            yield _dated(replace(document, id=f"{document.id}-{begin}", title="", body=part))
            made += 1
            if made == count:
                return


def _dated(document: Document) -> Document:
    if document.date is not None:
        return document
    days = int.from_bytes(sha256(document.id.encode()).digest()[:4], "big") % 2000
    return replace(document, published=date(2003, 1, 1) + timedelta(days))


def differences(one: Results, other: Results) -> list[str]:
    """Return in what two answers differ."""
    found = []
    for name in ("rung", "total", "suggestion", "corrected", "facets", "hidden"):
        if getattr(one, name) != getattr(other, name):
            found.append(name)
    if [hit.document.id for hit in one.hits] != [hit.document.id for hit in other.hits]:
        found.append("order")
    elif any(
        abs(a.score - b.score) > 1e-9 * max(a.score, 1)
        or (a.rung, a.title_ranges, a.snippet, a.copies)
        != (b.rung, b.title_ranges, b.snippet, b.copies)
        for a, b in zip(one.hits, other.hits, strict=True)
    ):
        found.append("hits")
    return found


def measure(embedded: SearchEngine, distributed: SearchEngine, specs: list[QuerySpec]) -> Any:
    """Return times per class in ms, those of the first round apart, and the queries whose answers
    differ."""
    first: dict[str, dict[str, list[float]]] = {}
    again: dict[str, dict[str, list[float]]] = {}
    least: dict[str, list[float]] = {"embedded": [], "distributed": []}
    differing = []
    for spec in specs:
        asked = request_of(spec)
        rounds: dict[str, list[float]] = {"embedded": [], "distributed": []}
        answers = {}
        for number in range(ROUNDS):
            pair = [("embedded", embedded), ("distributed", distributed)]
            for name, engine in pair if number % 2 else reversed(pair):
                began = time.perf_counter()
                answers[name] = search(engine, asked)
                rounds[name].append((time.perf_counter() - began) * 1000)
        if wrong := differences(answers["embedded"], answers["distributed"]):
            differing.append({"text": asked.text, "class": spec.kind, "in": wrong})
        for name, taken in rounds.items():
            least[name].append(min(taken[1:]))
            for kind in (spec.kind, "all"):
                first.setdefault(kind, {}).setdefault(name, []).append(taken[0])
                again.setdefault(kind, {}).setdefault(name, []).append(statistics.median(taken[1:]))
    return {
        "queries": len(specs),
        "ms_p50_p95_first_time": {kind: _summary(row) for kind, row in first.items()},
        "ms_p50_p95_again": {kind: _summary(row) for kind, row in again.items()},
        "ms_p50_p95_of_the_quickest_round": _summary(least),
        "differing": differing,
    }


def _summary(times: dict[str, list[float]]) -> dict[str, list[float]]:
    """Return median and 95th percentile of each engine's times."""
    return {name: [_share(taken, 0.5), _share(taken, 0.95)] for name, taken in times.items()}


def _share(values: list[float], share: float) -> float:
    return round(sorted(values)[min(int(len(values) * share), len(values) - 1)], 1)


def memory_mb(process: int) -> int:
    """Return the resident memory of a process."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * 4096 // 1_000_000


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--count", type=int, nargs="+", default=[0], help="0: all")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("--shards", type=int, default=0, help="default: one for each node")
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--queries", type=int, default=0, help="only so many")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    nodes = cluster(options.keep / f"nodes-{options.nodes}", options.nodes, 9400)
    started = [node for node in nodes if not node.is_running()]
    for node in started:
        node.start()
    try:
        for node in nodes:
            node.wait(len(nodes))
        reports = [run(options, nodes, count) for count in options.count]
    finally:
        for node in started:
            node.kill()
    report = reports[0] if len(reports) == 1 else {"growth": reports}
    text = json.dumps(report, ensure_ascii=False, indent=1)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")


def run(options: argparse.Namespace, nodes: list[Node], count: int) -> dict[str, Any]:
    """Build an archive of `count` documents (0: all) where it is missing, ask, and return the
    figures."""
    name = f"{'short' if options.short else 'news'}-{count or 'all'}"
    os.environ |= {
        "TRACUU_OPENSEARCH_URL": ",".join(node.url for node in nodes),
        "TRACUU_OPENSEARCH_INDEX": name,
        "TRACUU_OPENSEARCH_SHARDS": str(options.shards or len(nodes)),
        "TRACUU_OPENSEARCH_REPLICAS": "1" if len(nodes) > 1 else "0",
    }
    report: dict[str, Any] = {
        "nodes": len(nodes),
        "shards": options.shards or len(nodes),
        "load_before": os.getloadavg()[0],
    }
    engines = {}
    for engine in ("whoosh", "opensearch"):
        os.environ["TRACUU_ENGINE"] = engine
        folder = options.keep / f"{engine}-{name}-{len(nodes) if engine == 'opensearch' else 0}"
        built = folder / "built.json"
        if not built.exists():
            began = time.perf_counter()
            status = backend().build(folder, read(options.data, count, options.short))
            seconds = time.perf_counter() - began
            folder.mkdir(parents=True, exist_ok=True)
            built.write_text(json.dumps([status.documents, round(seconds)]))
        documents, seconds = json.loads(built.read_text())
        report[f"build_{engine}"] = {
            "documents": documents,
            "seconds": seconds,
            "per_second": round(documents / max(seconds, 1)),
        }
        engines[engine] = backend().open_engine(folder)
    sample = list(read(options.data, min(count or 10**9, 30_000), options.short))
    specs = [spec for seed in SEEDS for spec in draw(sample, seed)]
    if options.queries:
        specs = specs[:: max(1, len(specs) // options.queries)]
    report |= measure(engines["whoosh"], engines["opensearch"], specs)
    index = engines["opensearch"].status.generation
    stats = nodes[0].ask("GET", f"/{index}/_stats/store")["_all"]["primaries"]["store"]
    files = nodes[0].ask("GET", f"/{index}-files/_stats/store")["_all"]["primaries"]["store"]
    report["mb"] = {
        "cluster": stats["size_in_bytes"] // 1_000_000,
        "files": files["size_in_bytes"] // 1_000_000,
        "embedded": sum(
            path.stat().st_size
            for path in (options.keep / f"whoosh-{name}-0").rglob("*")
            if path.is_file()
        )
        // 1_000_000,
        "memory_of_each_node": [memory_mb(node.pid) for node in nodes],
    }
    report["load_after"] = os.getloadavg()[0]
    return report


if __name__ == "__main__":
    main()
