"""Compare indexing and query times of Tra Cứu with stock pyvi + Whoosh, tantivy, Lucene and FTS5.

    pip install -r benchmarks/requirements.txt
    python benchmarks/engine.py --data vntc.jsonl.xz --keep /tmp/indexes --out benchmarks/results

Queries: all engines have the same documents and do the same job (`peers.py`); the queries are drawn
from the documents (`query_specs.py`). Every query is put to each engine in turn, in several rounds;
which engine is first changes from query to query and from round to round. The first round has
queries that no engine has seen ("first time"); the time of a repeated query is the median of the
rounds after it. Tra Cứu keeps results too; how long a request takes that it has just answered is
given apart, and nowhere else are results taken from this cache. Before, Lucene gets other queries,
because Java compiles what runs often.

Building: each engine in turn builds a slice of the file, word segmentation included, several times
(medians); Tra Cứu alone also builds an eighth, a quarter, a half and all of the documents, to see
whether time grows linearly.

Documents without a date get one, derived from their id, so that dates can be counted and sorted by.
Indexes are left in `--keep` and reused.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import multiprocessing
import os
import resource
import sqlite3
import statistics
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from peers import LUCENE, PEERS, Peer, Row, Stock, Tantivy, row, rows
from query_specs import QuerySpec, draw
from report import machine, save

from indexer import Archive, Document, SearchRequest, Sort
from indexer.documents import read_sources
from indexer.engines import backend
from indexer.engines.whoosh.generations import index_directory
from indexer.search import search

ROUNDS = 5
"""Number of rounds of all queries."""
_WARMING = 10
"""Number of times that Lucene gets each of the other queries."""


def read(data: Path, count: int | None) -> Iterator[Document]:
    """Yield the first `count` documents of the file (None: all), each with a date.

    Errors and warnings of the file are ignored.
    """
    documents = (item for item in read_sources([data]) if isinstance(item, Document))
    for document in islice(documents, count):
        if document.date is None:
            days = int.from_bytes(hashlib.sha256(document.id.encode()).digest()[:4], "big") % 2000
            document = replace(document, published=date(2003, 1, 1) + timedelta(days))
        yield document


class Memory(threading.Thread):
    """A thread that measures the peak memory of this process and its descendants together.

    It runs while its `with` block does. `peak` is their resident memory in MB (10^6 bytes), files
    mapped into it included, `own_peak` without those, read from /proc every 0.2 s.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = self.own_peak = 0.0
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.2):
            found = [_resident(process) for process in _process_tree()]
            self.peak = max(self.peak, sum(every for every, _ in found) / 1e6)
            self.own_peak = max(self.own_peak, sum(own for _, own in found) / 1e6)

    def __enter__(self) -> Memory:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


def _process_tree() -> Iterable[int]:
    """Return the ids of this process and its descendants."""
    below: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            below.setdefault(parent, []).append(int(entry.name))
    waiting = [os.getpid()]
    for process in waiting:
        waiting += below.get(process, [])
    return waiting


def _resident(process: int) -> tuple[int, int]:
    """Return the resident memory of a process in bytes, all of it and without mapped files."""
    try:
        _, resident, shared, *_ = map(int, Path(f"/proc/{process}/statm").read_text().split())
    except OSError:
        return 0, 0
    return resident * 4096, (resident - shared) * 4096


def cpu() -> float:
    """Return the processor time of this process and of its children that have ended, in seconds."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def timed(work: Callable[[], object]) -> dict[str, float]:
    """Do the work; return its seconds, its processor seconds and its peak memory in MB.

    Keys: "clock_s", "cpu_s", "peak_mb", "own_peak_mb" (without mapped files).
    """
    clock, processor = time.perf_counter(), cpu()
    with Memory() as memory:
        work()
    seconds = {"clock_s": time.perf_counter() - clock, "cpu_s": cpu() - processor}
    peaks = {"peak_mb": memory.peak, "own_peak_mb": memory.own_peak}
    return {name: round(value, 2) for name, value in (seconds | peaks).items()}


def timed_in_own_process(work: Callable[[], object]) -> dict[str, float]:
    """Return `timed(work)`, done in a forked process so that no caches of earlier work help it.

    Raises EOFError if the work fails.
    """
    receiver, sender = multiprocessing.Pipe(duplex=False)
    own = multiprocessing.get_context("fork").Process(target=lambda: sender.send(timed(work)))
    own.start()
    sender.close()
    measured: dict[str, float] = receiver.recv()
    own.join()
    return measured


class TraCuu:
    """Tra Cứu, searched as `Archive.search` does, but for the cache of results: a repeated query
    stands for another page or filter of it."""

    def __init__(self, folder: Path) -> None:
        self._engine = backend().open_engine(folder / "tracuu")

    @staticmethod
    def build(folder: Path, documents: Iterable[Document]) -> None:
        index_directory.build(folder / "tracuu", documents)

    def ask(self, spec: QuerySpec) -> int:
        return search(self._engine, request_of(spec)).total


def request_of(spec: QuerySpec) -> SearchRequest:
    """Return the search that the page makes of a query."""
    filters = {"section": (spec.section,)} if spec.section else {}
    sort = Sort.NEWEST if spec.newest else Sort.RELEVANCE
    return SearchRequest(spec.text, spec.page, sort=sort, filters=filters)


def same_request_again(folder: Path, specs: Iterable[QuerySpec]) -> dict[str, float]:
    """Return the median and the 95th percentile of the times, in milliseconds, that an archive
    takes for requests that it has just answered."""
    times = []
    with Archive.open(folder / "tracuu") as archive:
        for spec in specs:
            archive.search(request_of(spec))
            began = time.perf_counter()
            archive.search(request_of(spec))
            times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return {"p50": round(statistics.median(times), 3), "p95": round(times[-len(times) // 20], 3)}


def pyvi_rows(documents: Iterable[Document]) -> Iterator[Row]:
    """Yield documents as rows, with words and syllables by stock pyvi."""
    from pyvi import ViTokenizer

    for document in documents:
        title, body = (ViTokenizer.tokenize(text) for text in (document.title, document.body))
        plain = (text.lower().replace("_", " ") for text in (title, body))
        yield row(document, *plain, f"{title} {body}".lower())


def building(data: Path, part: int, whole: int, builds: int) -> dict[str, object]:
    """Measure the times from the file to an index that answers queries.

    All builders index the first `part` documents `builds` times, Tra Cứu also an eighth to all of
    `whole`.
    """
    result: dict[str, object] = {"slice_documents": part}
    result["slice_mb"] = round(sum(len(d.body.encode()) for d in read(data, part)) / 1e6, 2)
    works: dict[str, Callable[[Path], None]] = {
        "tracuu": lambda folder: TraCuu.build(folder, read(data, part)),
        "pyvi_tantivy": lambda folder: Tantivy.build(folder, pyvi_rows(read(data, part))),
        "pyvi_stock_whoosh": lambda folder: Stock.build(folder, pyvi_rows(read(data, part))),
    }
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in works}
    for _ in range(builds):
        for name, work in works.items():
            with tempfile.TemporaryDirectory() as folder:
                runs[name].append(timed_in_own_process(lambda f=Path(folder), w=work: w(f)))  # type: ignore[misc]
    for name, times in runs.items():
        result[name] = {what: statistics.median(one[what] for one in times) for what in times[0]}
    growth = []
    for count in sorted({whole // 8, whole // 4, whole // 2, whole} - {0}):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder)
            times = timed_in_own_process(lambda p=path, c=count: TraCuu.build(p, read(data, c)))  # type: ignore[misc]
            size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        growth.append({"documents": count, **times, "index_mb": round(size / 1e6, 1)})
    return result | {"growth": growth}


def querying(
    data: Path, count: int | None, keep: Path, left_out: Collection[str]
) -> dict[str, object]:
    """Measure the time of every query in every engine, in milliseconds.

    Indexes are built in `keep` if they are not there. The engines named in `left_out` are not
    measured.
    """
    documents = list(read(data, count))
    text = sum(len(d.title.encode()) + len(d.body.encode()) for d in documents)
    builders: dict[str, Callable[[Path], None]] = {
        "tracuu": lambda folder: TraCuu.build(folder, documents),
        **{
            name: lambda folder, build=peer.build: build(folder, rows(documents))
            for name, peer in PEERS.items()
        },
    }
    for name in left_out:
        builders.pop(name, None)
    for name, build in builders.items():
        folder = keep / f"{name}-{len(documents)}"
        if not folder.exists():
            folder.mkdir(parents=True)
            build(folder)
    specs, others = draw(documents), draw(documents, seed=2)
    documents.clear()
    makers: dict[str, Callable[[Path], Peer]] = {"tracuu": TraCuu, **PEERS}
    engines = {name: makers[name](next(keep.glob(f"{name}-*"))) for name in builders}
    if "lucene" in engines:
        for one in _WARMING * others:
            engines["lucene"].ask(one)
    times: dict[QuerySpec, dict[str, list[float]]] = {
        one: {name: [] for name in engines} for one in specs
    }
    totals: dict[QuerySpec, dict[str, int]] = {one: {} for one in specs}
    gc.disable()  # the garbage of one engine must not be collected in the time of another
    turns = deque(engines.items())
    for _ in range(ROUNDS):
        for one in specs:
            # An engine that follows one that reads much finds the processor's caches cold.
            turns.rotate()
            for name, engine in turns:
                gc.collect()
                start = time.perf_counter()
                total = engine.ask(one)
                spent = (time.perf_counter() - start) * 1000
                if total is not None:
                    totals[one][name] = total
                    times[one][name].append(spent)
        turns.rotate()
    gc.enable()
    rounds = [
        {
            "class": one.kind,
            "query": one.text,
            "total": totals[one],
            "ms": {n: round(statistics.median(t[1:]), 3) for n, t in times[one].items() if t},
            "first_ms": {n: round(t[0], 3) for n, t in times[one].items() if t},
        }
        for one in specs
    ]
    return {
        "text_mb": round(text / 1e6, 1),
        "summary": summary(rounds),
        "same_request_again_ms": same_request_again(next(keep.glob("tracuu-*")), specs),
        "queries": rounds,
    }


def summary(rounds: list[dict[str, object]]) -> dict[str, dict[str, dict[str, float]]]:
    """Return class of queries → engine → p50 and p95 of the query times in milliseconds.

    `rounds` has one entry per query, as `querying` makes it. The class "all" is all together.
    """
    kinds = dict.fromkeys(str(one["class"]) for one in rounds)
    result: dict[str, dict[str, dict[str, float]]] = {}
    for kind in (*kinds, "all"):
        these = [one for one in rounds if kind in ("all", one["class"])]
        result[kind] = {}
        for name in these[0]["ms"]:  # type: ignore[attr-defined]
            times, firsts = (
                sorted(one[column][name] for one in these if name in one[column])
                for column in ("ms", "first_ms")
            )
            at = min(int(0.95 * len(times)), len(times) - 1)
            result[kind][name] = {
                "p50": round(statistics.median(times), 2), "p95": round(times[at], 2),
                "first_p50": round(statistics.median(firsts), 2), "first_p95": round(firsts[at], 2),
            }  # fmt: skip
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--documents", type=int, help="of the file; default: all")
    parser.add_argument("--slice", type=int, default=3000, help="documents that all build")
    parser.add_argument(
        "--without", nargs="*", default=[], choices=[*PEERS], help="leave an engine out of queries"
    )
    parser.add_argument("--builds", type=int, default=3, help="builds of the slice by each")
    parser.add_argument("--only", choices=("building", "querying"))
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    packages = ("tracuu", "Whoosh", "pyvi", "numpy", "tantivy")
    count = sum(1 for _ in read(options.data, options.documents))
    result: dict[str, object] = {
        "machine": machine(*packages) | {"sqlite": sqlite3.sqlite_version, "lucene": LUCENE},
        "documents": count,
    }
    path = options.out / f"engine_{count}.json"
    if options.only and path.exists():
        result = json.loads(path.read_text(encoding="utf-8")) | result
    if options.only != "building":
        result["querying"] = querying(
            options.data, options.documents, options.keep, options.without
        )
    if options.only != "querying":
        result["building"] = building(options.data, options.slice, count, options.builds)
    save(path, result)


if __name__ == "__main__":
    main()
