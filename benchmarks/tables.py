"""Write the tables in benchmarks/README.md from results/.

    python benchmarks/tables.py

A table is between `<!-- name -->` and `<!-- /name -->`; `tests/test_docs.py` checks that it agrees
with the results.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ENGINES = {
    "tracuu": "Tra Cứu", "tantivy": "tantivy", "lucene": "Lucene", "sqlite_fts5": "SQLite FTS5",
    "stock_whoosh": "stock Whoosh",
}  # fmt: skip
BUILDERS = {
    "tracuu": "Tra Cứu", "pyvi_tantivy": "pyvi + tantivy", "pyvi_stock_whoosh": "pyvi + Whoosh",
}  # fmt: skip


def first_time(result: dict[str, Any]) -> list[list[str]]:
    """Return the table of `repeated` for queries that the engines had not seen."""
    return _querying(result, "first_p50", "first_p95")


def repeated(result: dict[str, Any]) -> list[list[str]]:
    """Return a row per class of queries: median and 95th percentile of each engine, in ms.

    As in the other tables, the first row has the names of the columns.
    """
    return _querying(result, "p50", "p95")


def _querying(result: dict[str, Any], median: str, tail: str) -> list[list[str]]:
    found = result["querying"]["summary"]
    engines = [name for name in ENGINES if name in found["all"]]
    rows = [["class", *(ENGINES[name] for name in engines)]]
    for kind, times in found.items():
        cells = (times.get(name) for name in engines)
        rows.append([kind, *(f"{t[median]:.1f} / {t[tail]:.1f}" if t else "" for t in cells)])
    return rows


def building(result: dict[str, Any]) -> list[list[str]]:
    """Return a row per builder: seconds, processor seconds, speed and memory."""
    found = result["building"]
    rows = [["builder", "seconds", "processor seconds", "MB of text a processor second", "peak MB"]]
    for name, label in BUILDERS.items():
        if name in found:
            one = found[name]
            speed = found["slice_mb"] / one["cpu_s"]
            rows.append([label, f"{one['clock_s']:.0f}", f"{one['cpu_s']:.0f}", f"{speed:.2f}",
                         f"{one['peak_mb']:.0f}"])  # fmt: skip
    return rows


def growth(result: dict[str, Any]) -> list[list[str]]:
    """Return a row per number of documents: seconds, time per document, memory, size of the
    index."""
    rows = [["documents", "seconds", "processor seconds", "a document, µs", "peak MB", "index MB"]]
    for one in result["building"]["growth"]:
        each = one["cpu_s"] / one["documents"] * 1e6
        rows.append([f"{one['documents']:,}", f"{one['clock_s']:.0f}", f"{one['cpu_s']:.0f}",
                     f"{each:.0f}", f"{one['peak_mb']:.0f}", f"{one['index_mb']:.0f}"])  # fmt: skip
    return rows


def known_item(result: dict[str, Any]) -> list[list[str]]:
    """Return a row per engine: MRR@10 with and without accents."""
    rows = [["engine", "MRR@10", "without accents"]]
    for name, found in result["mrr@10"].items():
        rows.append([ENGINES[name], f"{found['accents']:.3f}", f"{found['no accents']:.3f}"])
    return rows


def ingesting(result: dict[str, Any]) -> list[list[str]]:
    """Return a row for the rebuild and each update of mixed files: seconds, processor seconds,
    longest pause, peak memory of all processes."""
    rows = [["work", "seconds", "processor seconds", "longest pause, s", "peak MB"]]
    for name, label in (
        ("rebuild", "rebuild"),
        ("unchanged_update", "update, nothing changed"),
        ("update_of_changed", f"update, {result['update_of_changed']['changed']} files changed"),
    ):
        one = result[name]
        rows.append([label, f"{one['clock_s']:.1f}", f"{one['cpu_s']:.1f}",
                     f"{one['longest_pause_s']:.1f}", f"{one['peak_mb']:.0f}"])  # fmt: skip
    return rows


TABLES = {
    "first time": ("engine_80699.json", first_time),
    "querying": ("engine_80699.json", repeated),
    "building": ("engine_80699.json", building),
    "growth": ("engine_80699.json", growth),
    "known item": ("known_item.json", known_item),
    "ingesting": ("ingest_20000.json", ingesting),
}


def with_tables(text: str) -> str:
    """Return the text of the README with its tables made anew from the results.

    Raises ValueError if it has no place for one of them, OSError if a file of results is missing.
    """
    for name, (file, table) in TABLES.items():
        rows = table(json.loads((HERE / "results" / file).read_text(encoding="utf-8")))
        rows.insert(1, ["---"] * len(rows[0]))
        lines = "".join(f"| {' | '.join(row)} |\n" for row in rows)
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        head, _, rest = text.partition(begin)
        _, found, tail = rest.partition(end)
        if not found:
            raise ValueError(f"README.md has no place for the table {name!r}")
        text = f"{head}{begin}{lines}{end}{tail}"
    return text


if __name__ == "__main__":
    readme = HERE / "README.md"
    readme.write_text(with_tables(readme.read_text(encoding="utf-8")), encoding="utf-8")
