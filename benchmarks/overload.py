"""Send many of the most expensive queries at once, and measure whether the server stays alive.

    python benchmarks/overload.py --index /tmp/index --out benchmarks/results

64 clients ask for the costliest queries that are known (near runs, common syllables without
accents, alternatives, prefixes, explained hits), each many times, while another asks for /healthz
and a static file every 50 ms. Counts the answers by status, and reports their times: a search must
be answered (200, or 503 with `Retry-After`) within its time limit and the wait for a place.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, urlencode

from load import Server, spread
from report import machine, save

CLIENTS = 64
PROBE_SECONDS = 0.05


def worst_queries(index: Path) -> list[str]:
    """Return query texts made of the commonest syllables of the index."""
    from indexer import Archive, SearchRequest

    syllables: Counter[str] = Counter()
    with Archive.open(index) as archive:
        for hit in archive.search(SearchRequest("", size=100)).hits:
            syllables.update(hit.document.body.lower().split())
    common = [syllable for syllable, _ in syllables.most_common(400) if syllable.isalpha()][:64]
    pairs = [f'"{one} {other}"~20' for one, other in pairwise(common[:40])]
    return [
        " ".join(common),
        '"' + " ".join(common) + '"~1000000',
        " OR ".join(common),
        " OR ".join(pairs),
        " ".join(f"{letter}*" for letter in "abcdefghiklmnopqrstuvxy"),
        " ".join(f"{syllable}x" for syllable in common),
        "co " + " ".join(f"-{syllable}" for syllable in common[:40]),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--each", type=int, default=5, help="queries of each client")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    texts = worst_queries(options.index)
    paths = ["/?" + urlencode({"q": text}) for text in texts]
    paths += ["/api/search?" + urlencode({"explain": 1, "size": 100, "q": t}) for t in texts]
    server = Server(options.index)
    answers: list[tuple[int, float]] = []
    probes: dict[str, list[tuple[int, float]]] = {"/healthz": [], "/static/icon.svg": []}
    over = threading.Event()

    def search(number: int) -> None:
        for turn in range(options.each):
            # No page has the excluded word; with it, each request is one that was not asked before.
            path = paths[(number + turn) % len(paths)] + quote(f" -khôngcó{number}x{turn}")
            status, spent, _ = server.ask(path)
            answers.append((status, spent))

    def probe() -> None:
        while not over.wait(PROBE_SECONDS):
            for path, found in probes.items():
                status, spent, _ = server.ask(path)
                found.append((status, spent))

    clients = [threading.Thread(target=search, args=(number,)) for number in range(CLIENTS)]
    prober = threading.Thread(target=probe)
    began = time.perf_counter()
    try:
        prober.start()
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        spent = time.perf_counter() - began
        over.set()
        prober.join()
        result = {
            "machine": machine("tracuu"),
            "clients": CLIENTS,
            "seconds": round(spent, 1),
            "answers": dict(Counter(str(status) for status, _ in answers)),
            "search": spread([ms for _, ms in answers])
            | {"max_ms": round(max(ms for _, ms in answers), 1)},
            **{
                path: spread([ms for _, ms in found])
                | {"max_ms": round(max(ms for _, ms in found), 1), "asked": len(found)}
                | {"not_200": sum(status != 200 for status, _ in found)}
                for path, found in probes.items()
            },
        }
    finally:
        over.set()
        server.process.terminate()
        server.process.wait()
    save(options.out / "overload.json", result)


if __name__ == "__main__":
    main()
