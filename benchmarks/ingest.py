"""Measure a rebuild and updates of an archive of mixed files: without changes, and after a few.

    python benchmarks/ingest.py --data vntc.jsonl.xz --out benchmarks/results

Writes 20,000 files (HTML 60%, text 20%, DOCX, ODT, PDF and RTF 5% each) from the first articles of
the data; the same files each time. Measures seconds, processor seconds and the peak memory of all
processes, and the longest pause between two reports of progress. Without the data it says so and
measures nothing.
"""

from __future__ import annotations

import argparse
import itertools
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine import read, timed_in_own_process
from mixed_files import write_files
from report import machine, save

from indexer import rebuild, update

CHANGED = 20
"""Number of files that are changed before the last update."""


class Pauses:
    """A progress callback that measures the longest time between two calls, in seconds."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._last = time.perf_counter()

    def __call__(self, done: int, total: int) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._last)
        self._last = now


def measured(work: Callable[[Pauses], dict[str, Any]], notes: Path) -> dict[str, Any]:
    """Return time and memory of `work`, done in a process of its own, with what it returns.

    The keys are those of `engine.timed`, of the result of `work`, and "longest_pause_s". `notes` is
    a file through which the process hands over its result.
    """

    def child() -> None:
        pauses = Pauses()
        found = work(pauses)
        pauses(0, 0)
        notes.write_text(json.dumps({**found, "longest_pause_s": round(pauses.longest, 2)}))

    times = timed_in_own_process(child)
    return {**times, **json.loads(notes.read_text())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help=".jsonl file of articles")
    parser.add_argument("--files", type=int, default=20_000, help="number of files (20,000)")
    parser.add_argument("--work", type=Path, help="folder for files and index; kept")
    parser.add_argument("--out", type=Path, required=True, help="folder for the JSON")
    options = parser.parse_args()
    if not options.data.exists():
        print(f"Not measured: there is no {options.data}. Any .jsonl file of articles will do.")
        return
    base = options.work or Path(tempfile.mkdtemp(prefix="tracuu-ingest-"))
    files, index = base / "files", base / "index"
    shutil.rmtree(files, ignore_errors=True)
    articles = (article for article in read(options.data, None) if article.title.strip())
    counts = write_files(itertools.islice(articles, options.files), files)
    size = sum(path.stat().st_size for path in files.rglob("*") if path.is_file())

    def built(pauses: Pauses) -> dict[str, Any]:
        report = rebuild([files], index, progress=pauses)
        reading = report.reading
        return {
            "documents": report.status.documents,
            "read": dict(reading.read),
            "broken": reading.broken_count,
            "warnings": reading.warning_count,
        }

    def updated(pauses: Pauses) -> dict[str, Any]:
        report = update([files], index, progress=pauses)
        return {"unchanged": report.unchanged, "replaced": report.replaced}

    result: dict[str, Any] = {
        "machine": machine(),
        "files": {"count": sum(counts.values()), "mb": round(size / 1e6, 1), **counts},
    }
    notes = base / "notes.json"
    result["rebuild"] = measured(built, notes)
    result["unchanged_update"] = measured(updated, notes)
    for path in sorted(files.rglob("*.txt"))[:CHANGED]:
        path.write_text(path.read_text("utf-8") + "\n\nMột câu mới.\n", "utf-8")
    result["update_of_changed"] = {"changed": CHANGED, **measured(updated, notes)}
    result["index_mb"] = round(
        sum(path.stat().st_size for path in index.rglob("*") if path.is_file()) / 1e6, 1
    )
    if options.work is None:
        shutil.rmtree(base)
    save(options.out / f"ingest_{result['files']['count']}.json", result)


if __name__ == "__main__":
    main()
