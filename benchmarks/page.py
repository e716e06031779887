"""Measure the time of a page beyond the search itself, and the bytes of a first page load.

    python benchmarks/page.py --index index_data --out benchmarks/results

Calls the WSGI app over a built index as a server does: from the environment of a request to the
bytes of its compressed answer. Reported are medians over interleaved rounds, in milliseconds of
processor time: `engine` is the time in `Archive.search`, `page` everything else.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import statistics
import time
from pathlib import Path
from typing import Any

from flask import Flask
from report import machine, save
from werkzeug.test import Client, EnvironBuilder

from indexer import Archive, Results, SearchRequest
from search_ui import create_app

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
ROUNDS = 41
FIRST_LOAD = {"front": {}, "results": {"q": "kinh tế"}}


class TimedArchive:
    """An archive that adds up the processor time of its searches, in milliseconds, in `spent`."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.spent = 0.0

    def search(self, request: SearchRequest) -> Results:
        start = time.process_time()
        results = self._archive.search(request)
        self.spent += (time.process_time() - start) * 1000
        return results

    def overview(self) -> Results:
        start = time.process_time()
        results = self._archive.overview()
        self.spent += (time.process_time() - start) * 1000
        return results

    def __getattr__(self, name: str) -> Any:
        return getattr(self._archive, name)


def request(query: dict[str, str]) -> dict[str, Any]:
    """Return the WSGI environment of a request for / with these parameters, accepting gzip."""
    builder = EnvironBuilder("/", query_string=query, headers={"Accept-Encoding": "gzip"})
    return builder.get_environ()


def answer(app: Flask, environ: dict[str, Any]) -> bytes:
    """Return the body of the answer to a request; raises SystemExit if its status is not 200."""
    started: list[str] = []
    body = b"".join(app(environ, lambda status, headers, error=None: started.append(status)))
    if started != ["200 OK"]:
        raise SystemExit(f"{environ['QUERY_STRING']} was answered with {started}.")
    return body


def queries(archive: Archive) -> list[tuple[str, dict[str, str]]]:
    """Return (class, parameters) of the pages to measure: the front page, QUERIES, and a search
    that is narrowed by a value of each facet."""
    cases: list[tuple[str, dict[str, str]]] = [("front", {})]
    for name, texts in QUERIES.items():
        page = {"page": "10"} if name == "page 10" else {}
        cases += [(name, {"q": text, **page}) for text in texts]
    (text,) = QUERIES["page 10"]
    facets = archive.search(SearchRequest(text)).facets
    cases.append(("narrowed", {"q": text, **{f.name: f.values[0].value for f in facets}}))
    return cases


def measure(archive: Archive) -> list[dict[str, object]]:
    """Return one row per page of `queries`: medians of processor times in ms, and bytes."""
    timed = TimedArchive(archive)
    app = create_app(timed)  # type: ignore[arg-type]
    cases = queries(archive)
    times: list[list[tuple[float, float]]] = [[] for _ in cases]
    sizes = [len(answer(app, request(query))) for _, query in cases]
    for _ in range(ROUNDS):
        for samples, (_, query) in zip(times, cases, strict=True):
            environ = request(query)
            timed.spent = 0.0
            start = time.process_time()
            answer(app, environ)
            whole = (time.process_time() - start) * 1000
            samples.append((timed.spent, whole - timed.spent))
    return [
        {
            "class": name,
            "query": query,
            "engine_ms": round(statistics.median(engine for engine, _ in samples), 2),
            "page_ms": round(statistics.median(page for _, page in samples), 2),
            "page_ms_best": round(min(page for _, page in samples), 2),
            "bytes": size,
        }
        for (name, query), samples, size in zip(cases, times, sizes, strict=True)
    ]


def first_load(app: Flask, query: dict[str, str]) -> dict[str, int]:
    """Return name → number of compressed bytes, of a page and of each static file that it makes a
    browser load; "in all" is their sum."""
    client, packed = Client(app), {"Accept-Encoding": "gzip"}
    body = answer(app, request(query))
    found = {"page": len(body)}
    for address in re.findall(rb'(?:href|src)="(/static/[^"]+)"', gzip.decompress(body)):
        name = address.decode().partition("?")[0].removeprefix("/static/")
        found[name] = len(client.get(address.decode(), headers=packed).data)
    return found | {"in all": sum(found.values())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    packages = ("tracuu", "Flask", "Jinja2", "Werkzeug", "numpy")
    load = os.getloadavg()
    with Archive.open(options.index) as archive:
        rows = measure(archive)
        app = create_app(archive)
        bytes_of = {name: first_load(app, query) for name, query in FIRST_LOAD.items()}
        documents = archive.status().documents
    result = {
        "machine": machine(*packages) | {"load": {"before": load, "after": os.getloadavg()}},
        "documents": documents,
        "queries": rows,
        "first_load": bytes_of,
    }
    save(options.out / "page.json", result)


if __name__ == "__main__":
    main()
