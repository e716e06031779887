"""Known-item search: is the article found again by a part of its title, in its text alone?

    python benchmarks/known_item.py --data vntc.jsonl.xz --keep /tmp/indexes --out results

Articles are drawn by a fixed seed among those whose title has ten syllables or more; the query is
eight syllables of the title from the third on. It is asked of the bodies only: Tra Cứu gets an
index without titles, the peers (indexes as `engine.py` leaves them) search one field. Reported is
MRR@10, with accents and without. The peers are asked for any of the syllables; tantivy has a folded
field for queries without accents, stock Whoosh has none.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from engine import read
from peers import Stock, Tantivy

from indexer.analysis import strip_marks, tokens
from indexer.engines.whoosh.generations import index_directory
from indexer.search import rank

SEED, QUERIES, DEPTH = 5, 500, 10

Ask = Callable[[Sequence[str], bool], Sequence[str]]


def draw(data: Path, count: int | None) -> list[tuple[str, tuple[str, ...]]]:
    """Ids with the syllables to ask for, as terms."""
    found = []
    for document in read(data, count):
        terms = [token.term for token in tokens(document.title)]
        if len(terms) >= DEPTH:
            found.append((document.id, tuple(terms[2:10])))
    return random.Random(SEED).sample(found, min(QUERIES, len(found)))


def mrr(asked: Sequence[tuple[str, Sequence[str]]], ask: Ask, folded: bool) -> float:
    """Mean reciprocal rank within the first ten."""
    total = 0.0
    for name, terms in asked:
        found = list(ask(terms, folded))
        total += 1 / (found.index(name) + 1) if name in found else 0
    return round(total / len(asked), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--documents", type=int, help="of the file; default: all")
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    count = sum(1 for _ in read(given.data, given.documents))
    folder = given.keep / f"bodies-{count}"
    if not folder.exists():
        bodies = (replace(document, title="") for document in read(given.data, given.documents))
        index_directory.build(folder, bodies)
    engine = index_directory.open_engine(folder)

    def tracuu(terms: Sequence[str], folded: bool) -> list[str]:
        text = " ".join(terms)
        text = strip_marks(text) if folded else text
        return [name for name, _ in rank(engine, text, DEPTH)]

    asked = draw(given.data, given.documents)
    asks: dict[str, Ask] = {"tracuu": tracuu}
    for name, peer in (("tantivy", Tantivy), ("stock_whoosh", Stock)):
        place = given.keep / f"{name}-{count}"
        if place.exists():
            asks[name] = peer(place).rank
    packages = ("tracuu", "Whoosh", "tantivy", "numpy")
    result = {
        "machine": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in packages},
        },
        "documents": count,
        "queries": len(asked),
        "mrr@10": {
            name: {"accents": mrr(asked, ask, False), "no accents": mrr(asked, ask, True)}
            for name, ask in asks.items()
        },
    }
    path = given.out / "known_item.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
