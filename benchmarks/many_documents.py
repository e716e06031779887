"""Build and search indexes of many documents: short ones, which are real paragraphs, then sentences
and titles; and articles, real ones, then others made of their sentences.

    python benchmarks/many_documents.py --data vntc.jsonl.xz --short 250000 500000 1000000 \
        --articles 320000 --keep /tmp/indexes --out benchmarks/results

For each number of documents, in processes of their own: the time, memory and size of a build; then
the times of queries that were not asked before and of the same asked again, and the memory of the
process that answered them without the files mapped into it.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import multiprocessing
import random
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from engine import TraCuu, read, summary, timed_in_own_process
from query_specs import QuerySpec, draw
from report import machine, save

from indexer import Document

_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=\w)")
_LEAST = 30
"""Number of characters below which a piece of text is no document."""
_MIXED = 1000
"""Number of articles whose sentences are exchanged."""
QUERIES = 3
"""Number of drawings of queries, of ten for each class."""


def short_documents(data: Path) -> Iterator[Document]:
    """Yield different pieces of the articles: all paragraphs, then all titles and sentences.

    A piece has the date and section of its article and no title.
    """
    seen: set[bytes] = set()

    def pieces(article: Document, texts: list[str]) -> Iterator[Document]:
        for text in texts:
            digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
            if len(text) >= _LEAST and digest not in seen:
                seen.add(digest)
                yield replace(article, id=f"{article.id}/{digest.hex()}", title="", body=text)

    for article in read(data, None):
        yield from pieces(article, article.body.splitlines())
    for article in read(data, None):
        yield from pieces(article, [article.title, *_SENTENCE.split(article.body)])


def articles(data: Path) -> Iterator[Document]:
    """Yield all articles; then others of the same lengths without end, each made of sentences of
    _MIXED different ones, so that none is a copy."""
    yield from read(data, None)
    for turn in itertools.count(1):
        chance = random.Random(turn)
        every = read(data, None)
        while some := list(islice(every, _MIXED)):
            parts = [_SENTENCE.split(article.body) for article in some]
            sentences = [sentence for part in parts for sentence in part]
            chance.shuffle(sentences)
            left = iter(sentences)
            for article, part in zip(some, parts, strict=True):
                text = " ".join(islice(left, len(part)))
                yield replace(article, id=f"{article.id}/{turn}", body=text)


def _anonymous_mb() -> float:
    found = re.findall(r"Anonymous:\s+(\d+)", Path("/proc/self/smaps_rollup").read_text())
    return round(sum(map(int, found)) / 1e3, 1)


def drawn(kind: str, data: Path) -> list[QuerySpec]:
    """Return queries drawn from the first 30,000 documents of a kind in KINDS."""
    sample = list(islice(KINDS[kind](data), 30_000))
    every = (one for seed in range(1, QUERIES + 1) for one in draw(sample, seed))
    return list({one.text: one for one in every}.values())


def answered(folder: Path, specs: list[QuerySpec], path: Path) -> None:
    """Ask the queries for the first time and again; write times and memory to `path` as JSON."""
    archive = TraCuu(folder)
    archive.ask(replace(specs[0], words=(("khởi", "động"),)))  # what is read once in a process
    rounds: list[dict[str, object]] = []
    for one in specs:
        times = []
        for _ in range(3):
            began = time.perf_counter()
            archive.ask(one)
            times.append(1000 * (time.perf_counter() - began))
        entry = {"ms": {"tracuu": min(times[1:])}, "first_ms": {"tracuu": times[0]}}
        rounds.append({"class": one.kind, **entry})
    found = {"queries": len(specs), "ms": summary(rounds), "own_mb": _anonymous_mb()}
    path.write_text(json.dumps(found), encoding="utf-8")


def measured(kind: str, data: Path, count: int, keep: Path) -> dict[str, Any]:
    """Return the figures of an index of the first `count` documents of a kind in KINDS."""
    folder = keep / f"{kind}-{count}"
    built: dict[str, float] = {}
    if not folder.exists():
        folder.mkdir(parents=True)
        documents = islice(KINDS[kind](data), count)
        built = timed_in_own_process(lambda: TraCuu.build(folder, documents))
        (folder / "built.json").write_text(json.dumps(built))
    built = json.loads((folder / "built.json").read_text())
    with multiprocessing.get_context("fork").Pool(1) as apart:  # the memory of this does not count
        specs = apart.apply(drawn, (kind, data))
    timed_in_own_process(lambda: answered(folder, specs, folder / "answered.json"))
    size = sum(path.stat().st_size for path in (folder / "tracuu").rglob("*") if path.is_file())
    return {
        "documents": count,
        "built": built | {"index_mb": round(size / 1e6, 1)},
        "answered": json.loads((folder / "answered.json").read_text()),
    }


KINDS = {"short": short_documents, "articles": articles}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--short", type=int, nargs="*", default=[250_000, 500_000, 1_000_000])
    parser.add_argument("--articles", type=int, nargs="*", default=[320_000])
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    path = options.out / "many_documents.json"
    result = json.loads(path.read_text("utf-8")) if path.exists() else {}
    result["machine"] = machine("tracuu", "Whoosh", "numpy")
    for kind in KINDS:
        sizes = []
        for count in getattr(options, kind):
            sizes.append(measured(kind, options.data, count, options.keep))
            print(json.dumps(sizes[-1]["built"]), json.dumps(sizes[-1]["answered"]["ms"]["all"]))
        if sizes:
            result[kind] = sizes
    save(path, result)


if __name__ == "__main__":
    main()
