"""Measure known-item search: is an article found by a part of its title, searched in its body?

    python benchmarks/known_item.py --data vntc.jsonl.xz --keep /tmp/indexes --out results

Articles are drawn by a fixed seed among those whose title has ten syllables or more; the query is
eight syllables of the title from the third on. Only bodies are searched: Tra Cứu gets an index
without titles, the peers (indexes as `engine.py` leaves them) search one field. Reported is MRR@10,
with accents and without. The peers search for any of the syllables; tantivy has a folded field for
queries without accents, stock Whoosh has none.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from engine import read
from peers import Stock, Tantivy
from report import machine, save

from indexer.analysis import strip_marks, tokens
from indexer.engines.whoosh.generations import index_directory
from indexer.search import rank

SEED, QUERIES, DEPTH = 5, 500, 10
"""Seed, number of queries, and number of hits that count; titles have as many syllables or more."""

Search = Callable[[Sequence[str], bool], Sequence[str]]
"""A function from terms, and whether to fold them, to the ids of the best documents, best first."""


def draw(data: Path, count: int | None) -> list[tuple[str, tuple[str, ...]]]:
    """Return (id of a document, the eight terms to search for), at most QUERIES."""
    candidates = []
    for document in read(data, count):
        terms = [token.term for token in tokens(document.title)]
        if len(terms) >= DEPTH:
            candidates.append((document.id, tuple(terms[2:10])))
    return random.Random(SEED).sample(candidates, min(QUERIES, len(candidates)))


def mrr(queries: Sequence[tuple[str, Sequence[str]]], search: Search, folded: bool) -> float:
    """Return the mean reciprocal rank (0 to 1) of the wanted documents within the first ten."""
    total = 0.0
    for name, terms in queries:
        ranked = list(search(terms, folded))
        total += 1 / (ranked.index(name) + 1) if name in ranked else 0
    return round(total / len(queries), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--documents", type=int, help="of the file; default: all")
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    count = sum(1 for _ in read(options.data, options.documents))
    folder = options.keep / f"bodies-{count}"
    if not folder.exists():
        bodies = (replace(document, title="") for document in read(options.data, options.documents))
        index_directory.build(folder, bodies)
    engine = index_directory.open_engine(folder)

    def tracuu(terms: Sequence[str], folded: bool) -> list[str]:
        text = " ".join(terms)
        text = strip_marks(text) if folded else text
        return [name for name, _ in rank(engine, text, DEPTH)]

    queries = draw(options.data, options.documents)
    engines: dict[str, Search] = {"tracuu": tracuu}
    for name, peer in (("tantivy", Tantivy), ("stock_whoosh", Stock)):
        place = options.keep / f"{name}-{count}"
        if place.exists():
            engines[name] = peer(place).rank
    packages = ("tracuu", "Whoosh", "tantivy", "numpy")
    result = {
        "machine": machine(*packages),
        "documents": count,
        "queries": len(queries),
        "mrr@10": {
            name: {"accents": mrr(queries, search, False), "no accents": mrr(queries, search, True)}
            for name, search in engines.items()
        },
    }
    save(options.out / "known_item.json", result)


if __name__ == "__main__":
    main()
