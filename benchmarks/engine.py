"""How fast is the engine, against stock pyvi + Whoosh and SQLite FTS5 in the same minutes?

    python benchmarks/engine.py --data vntc.jsonl.xz --documents 5000 --out benchmarks/results

All index the same articles. Stock (pyvi, Whoosh's own writer and searcher, no facets) gets the
first `--slice` of them, since it is slow: its building is compared per MB, its queries not at all.
FTS5 gets the same syllables as tokens, and does phrases, totals, ten snippets, no facets. Queries
are asked in interleaved rounds; reported are medians, in milliseconds of processor time.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from indexer import Archive, SearchRequest
from indexer.analysis.batch import analyze_many
from indexer.documents import read_sources
from indexer.engines.whoosh import store
from indexer.models import Document

QUERIES = {
    "rare": ["Trường Chinh"],
    "common": ["của", "người"],
    "2-word": ["bóng đá", "kinh tế"],
    "4-word": ["thị trường chứng khoán"],
    "long": ["giá vàng trong nước tăng mạnh hơn giá vàng thế giới"],
    "phrase": ['"hội đồng nhân dân"'],
    "unaccented": ["thi truong chung khoan", "bong da viet nam"],
    "page 10": ["kinh tế"],
}
ROUNDS = 7


def cpu() -> float:
    """Processor seconds of this process and of those it has waited for."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def timed(work: Callable[[], object]) -> dict[str, float]:
    clock, processor = time.perf_counter(), cpu()
    work()
    seconds = {"clock_s": time.perf_counter() - clock, "cpu_s": cpu() - processor}
    return {name: round(value, 3) for name, value in seconds.items()}


def build_stock(folder: Path, documents: list[Document]) -> None:
    from pyvi import ViTokenizer
    from whoosh import analysis, fields, index

    words = fields.TEXT(analyzer=analysis.SpaceSeparatedTokenizer() | analysis.LowercaseFilter())
    writer = index.create_in(
        folder, fields.Schema(id=fields.ID(stored=True), title=words, body=words)
    ).writer()
    for document in documents:
        title, body = map(ViTokenizer.tokenize, (document.title, document.body))
        writer.add_document(id=document.id, title=title, body=body)
    writer.commit()


def build_fts5(path: Path, documents: list[Document]) -> sqlite3.Connection:
    found = sqlite3.connect(path)
    found.execute(
        "CREATE VIRTUAL TABLE t USING fts5(body, tokenize='unicode61 remove_diacritics 0')"
    )
    for at in range(0, len(documents), 500):
        part = documents[at : at + 500]
        columns = analyze_many([f"{document.title}\n{document.body}" for document in part])
        terms: list[list[str]] = [[] for _ in part]
        for owner, term in zip(columns.texts.tolist(), columns.terms.tolist(), strict=True):
            terms[owner].append(columns.vocabulary[term])
        found.executemany("INSERT INTO t VALUES (?)", [(" ".join(row),) for row in terms])
    found.commit()
    return found


def ask_fts5(found: sqlite3.Connection, text: str, page: int) -> int:
    match = " ".join(f'"{word}"' for word in text.replace('"', "").lower().split())
    if text.startswith('"'):
        match = text.lower()
    found.execute(
        "SELECT rowid, bm25(t), snippet(t, 0, '[', ']', '…', 40) FROM t WHERE t MATCH ? "
        "ORDER BY rank LIMIT 10 OFFSET ?",
        (match, (page - 1) * 10),
    ).fetchall()
    (total,) = found.execute("SELECT count(*) FROM t WHERE t MATCH ?", (match,)).fetchone()
    return int(total)


def milliseconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def measure(data: Path, count: int, part: int, folder: Path) -> dict[str, object]:
    documents = [d for d in islice(read_sources([data]), count) if isinstance(d, Document)]
    sizes = [len(d.title.encode()) + len(d.body.encode()) for d in documents]
    index = folder / "tracuu"
    building = {
        "tracuu": timed(lambda: store.build(index, iter(documents))),
        "sqlite_fts5": timed(lambda: build_fts5(folder / "fts5", documents).close()),
    }
    (folder / "stock").mkdir()
    building["pyvi_whoosh_slice"] = timed(lambda: build_stock(folder / "stock", documents[:part]))
    generation = index / store.current(index)
    fts5 = sqlite3.connect(folder / "fts5")
    rows = []
    with Archive.open(index) as archive:
        for name, texts in QUERIES.items():
            page = 10 if name == "page 10" else 1
            for text in texts:
                request = SearchRequest(text, page)
                times: dict[str, list[float]] = {"tracuu": [], "sqlite_fts5": []}
                for _ in range(ROUNDS):
                    times["tracuu"].append(milliseconds(lambda r=request: archive.search(r)))
                    ask = (fts5, text, page)
                    times["sqlite_fts5"].append(milliseconds(lambda a=ask: ask_fts5(*a)))
                found = {"tracuu": archive.search(request).total, "sqlite_fts5": ask_fts5(*ask)}
                medians = {n: round(statistics.median(t), 2) for n, t in times.items()}
                first = {n: round(t[0], 2) for n, t in times.items()}
                rows.append(
                    {
                        "class": name,
                        "query": text,
                        "totals": found,
                        "ms": medians,
                        "first_ms": first,
                    }
                )
    return {
        "documents": len(documents),
        "text_mb": round(sum(sizes) / 1e6, 1),
        "slice_mb": round(sum(sizes[:part]) / 1e6, 2),
        "index_mb": round(sum(p.stat().st_size for p in generation.iterdir()) / 1e6, 1),
        "building": building,
        "queries": rows,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=5000)
    parser.add_argument("--slice", type=int, default=300)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    packages = ("tracuu", "Whoosh", "pyvi", "numpy")
    machine = {
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "load": os.getloadavg(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: importlib.metadata.version(name) for name in packages},
    }
    with tempfile.TemporaryDirectory() as folder:
        result = measure(given.data, given.documents, given.slice, Path(folder))
    path = given.out / f"engine_{given.documents}.json"
    path.write_text(json.dumps({"machine": machine, **result}, ensure_ascii=False, indent=1) + "\n")
    print(path)


if __name__ == "__main__":
    main()
