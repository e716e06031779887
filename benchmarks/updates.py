"""Updates of single documents: time, and what a thousand of them leave behind.

    python benchmarks/updates.py --data vntc.jsonl.xz --keep /tmp/indexes --out benchmarks/results

For each size of archive, adds, replaces and deletes one document at a time, in this process and by
the command; then it changes a thousand documents one by one in the largest, and compares queries of
the index before and after, interleaved: each query the first time, and again. Indexes are built in
`--keep` and used again. Times are of the clock; processor time is given beside it, because a busy
machine lengthens the former.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

from engine import read
from query_specs import draw
from report import machine, save

from indexer import Archive, Document, SearchRequest, rebuild, update
from indexer.engines import backend
from indexer.search import search

IN_PROCESS, BY_COMMAND = 15, 5
"""Updates of each kind that are measured."""
HUNDRED = 100


class Changes:
    """Makes single changes to an index, and measures them.

    Parameters
    ----------
    index : the index folder.
    texts : documents whose texts are given to new ones.
    """

    def __init__(self, index: Path, texts: list[Document], source: Path) -> None:
        self._index, self._source = index, source
        self._texts = itertools.cycle(texts)
        with Archive.open(index) as archive:
            self._ids = list(archive.ids())
        self._rng = random.Random(1)
        self._count = 0

    def next(self, kind: str) -> tuple[list[Path], list[str]]:
        """Return the sources and the ids to delete of the next change: "add", "replace" or
        "delete"."""
        self._count += 1
        if kind == "delete":
            at = self._rng.randrange(len(self._ids))
            self._ids[at], self._ids[-1] = self._ids[-1], self._ids[at]
            return [], [self._ids.pop()]
        name = self._rng.choice(self._ids)
        if kind == "add":
            name = f"new-{self._count}"
            self._ids.append(name)
        text = next(self._texts)
        record = {"id": name, "title": text.title, "text": f"{text.body} {self._count}"}
        path = self._source / "changed.jsonl"
        path.write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
        return [path], []

    def in_process(self, kind: str) -> tuple[float, float]:
        """Make a change; return its seconds and processor seconds."""
        sources, delete = self.next(kind)
        began, used = time.perf_counter(), time.process_time()
        report = update(sources, self._index, delete=delete)
        spent = time.perf_counter() - began, time.process_time() - used
        assert report.added + report.replaced + report.deleted == 1
        return spent

    def by_command(self, kind: str) -> tuple[float, float]:
        """Make a change by `tracuu update`; return its seconds, and its processor seconds with all
        child processes."""
        sources, delete = self.next(kind)
        options = [f"--delete={name}" for name in delete]
        command = [sys.executable, "-m", "indexer.cli", "update", *map(str, sources), *options]
        began, used = time.perf_counter(), _child_seconds()
        subprocess.run(
            [*command, "--index", str(self._index)],
            check=True,
            stdout=subprocess.DEVNULL,
            # An installed command has its modules compiled.
            env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
        )
        return time.perf_counter() - began, _child_seconds() - used


def _child_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def summary(times: list[tuple[float, float]]) -> dict[str, float]:
    """Return medians and the longest of (seconds, processor seconds), in milliseconds."""
    clock, processor = ([1000 * each for each in column] for column in zip(*times, strict=True))
    return {
        "median_ms": round(median(clock), 1),
        "max_ms": round(max(clock), 1),
        "processor_median_ms": round(median(processor), 1),
        "processor_max_ms": round(max(processor), 1),
    }


def size_of(index: Path) -> dict[str, float]:
    """Return segments and megabytes of the current generation."""
    folder = index / (index / "CURRENT").read_text().split()[0]
    return {
        "segments": len(list(folder.glob("*.docs"))),
        "mb": round(sum(path.stat().st_size for path in folder.iterdir()) / 1e6, 2),
    }


def measured_queries(before: Path, after: Path, texts: list[str]) -> dict[str, Any]:
    """Return the median time of the queries in both indexes, asked in turn, in milliseconds."""
    found: dict[str, list[list[float]]] = {"first": [[], []], "again": [[], []]}
    with (
        closing(backend().open_engine(before)) as one,
        closing(backend().open_engine(after)) as two,
    ):
        for engine in (one, two):  # what is read once in the life of a process
            search(engine, SearchRequest("khởi động"))
        for number, text in enumerate(texts):
            pairs = list(enumerate((one, two)))
            for turn in ("first", "again", "again"):
                for at, engine in reversed(pairs) if number % 2 else pairs:
                    began = time.perf_counter()
                    search(engine, SearchRequest(text))
                    found[turn][at].append(1000 * (time.perf_counter() - began))
    return {
        turn: {
            "before_ms": round(median(times[0]), 2),
            "after_ms": round(median(times[1]), 2),
            "ratio": round(median(b / a for a, b in zip(*times, strict=True)), 3),
            "ratio_of_sums": round(sum(times[1]) / sum(times[0]), 3),
        }
        for turn, times in found.items()
    }


def in_a_row(changes: Changes, index: Path, count: int) -> dict[str, Any]:
    """Return the times of `count` single changes by hundreds, and segments and size after each."""
    kinds = random.Random(2).choices(["add", "replace", "delete"], [60, 25, 15], k=count)
    rows = []
    for begin in range(0, count, HUNDRED):
        times, most = [], 0
        for kind in kinds[begin : begin + HUNDRED]:
            times.append(changes.in_process(kind))
            most = max(most, int(size_of(index)["segments"]))
        rows.append({"to": begin + len(times), **summary(times), **size_of(index), "most": most})
        print(json.dumps(rows[-1]), flush=True)
    return {"updates": count, "by_hundreds": rows}


def built(documents: int, data: Path, keep: Path) -> Path:
    """Return an index of the first articles of the data, built in `keep` unless it is there."""
    index, source = keep / f"updates-{documents}", keep / f"updates-{documents}.jsonl"
    if not (index / "CURRENT").exists():
        with source.open("w", encoding="utf-8") as file:
            for article in read(data, documents):
                record = {"id": article.id, "title": article.title, "text": article.body}
                record |= {"published": str(article.date), "section": article.section}
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
        rebuild([source], index)
    return index


def copied(index: Path, target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(index, target)
    return target


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help=".jsonl file of articles")
    parser.add_argument("--documents", type=int, nargs="+", default=[3_000, 15_000, 80_699])
    parser.add_argument("--row", type=int, default=1_000, help="single updates in a row (1,000)")
    parser.add_argument("--keep", type=Path, required=True, help="folder for the indexes")
    parser.add_argument("--out", type=Path, required=True, help="folder for the JSON")
    options = parser.parse_args()
    if not options.data.exists():
        print(f"Not measured: there is no {options.data}. Any .jsonl file of articles will do.")
        return
    options.keep.mkdir(parents=True, exist_ok=True)
    source = Path(tempfile.mkdtemp(prefix="tracuu-updates-"))
    texts = list(read(options.data, 2_000))
    result: dict[str, Any] = {"machine": machine("tracuu", "Whoosh", "numpy"), "single": {}}
    for documents in options.documents:
        index = copied(built(documents, options.data, options.keep), options.keep / "changed")
        changes = Changes(index, texts, source)
        found: dict[str, Any] = {}
        ways: dict[str, tuple[Callable[[str], tuple[float, float]], int]] = {
            "in_process": (changes.in_process, IN_PROCESS),
            "by_command": (changes.by_command, BY_COMMAND),
        }
        for way, (change, count) in ways.items():
            change("add")  # loads the word model, and leaves the state after a rebuild
            # Interleaved, so that a change of the load meets all kinds.
            times: dict[str, list[tuple[float, float]]] = {"add": [], "replace": [], "delete": []}
            for _ in range(count):
                for kind, of_kind in times.items():
                    of_kind.append(change(kind))
            found[way] = {kind: summary(of_kind) for kind, of_kind in times.items()}
        result["single"][str(documents)] = found
        print(json.dumps({documents: found}), flush=True)
    if options.row:
        before = built(options.documents[-1], options.data, options.keep)
        index = copied(before, options.keep / "changed")
        queries = [spec.text for spec in draw(texts)]
        row: dict[str, Any] = {"documents": options.documents[-1], "before": size_of(before)}
        row |= in_a_row(Changes(index, texts, source), index, options.row)
        row["queries"] = measured_queries(before, index, queries)
        result["row"] = row
    result["machine"]["load_at_end"] = machine()["load"]
    shutil.rmtree(source)
    shutil.rmtree(options.keep / "changed")
    save(options.out / "updates.json", result)


if __name__ == "__main__":
    main()
