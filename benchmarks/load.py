"""Measure the server under load: response times, and whether it answers while its index is rebuilt.

    python benchmarks/load.py --data vntc.jsonl.xz --index /tmp/index --out benchmarks/results

Starts `tracuu serve` on the index (built from the data if there is none) and measures the time to
its first answer; requests pages one after another, then from four clients at once for --seconds
while the same index is rebuilt. Counts answers other than 200, checks that the new generation
answers, and measures the memory of the server itself (without files mapped into it).
"""

from __future__ import annotations

import argparse
import json
import random
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from engine import read
from query_specs import QuerySpec, draw
from report import machine, save

from indexer.engines.whoosh.generations import index_directory

CLIENTS = 4


class Server:
    """A `tracuu serve` process on a free port; the constructor waits for its first answer.

    `start_s` is the time from its start to that answer, in seconds.
    """

    def __init__(self, index: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [Path(sys.executable).parent / "tracuu", "serve", "--index", index]
        began = time.perf_counter()
        self.process = subprocess.Popen([*map(str, command), "--port", str(self.port)])
        while True:
            try:
                if self.ask("/?q=x")[0] == 200:
                    break
            except OSError:
                time.sleep(0.005)
        self.start_s = round(time.perf_counter() - began, 2)

    def ask(self, path: str) -> tuple[int, float, bytes]:
        """Request `path`; return the status, the time in milliseconds, and the body.

        Raises OSError if the server does not answer.
        """
        began = time.perf_counter()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, (time.perf_counter() - began) * 1000, body

    @property
    def memory_mb(self) -> float:
        """The memory of the server in MB, without the files that are mapped into it."""
        text = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return round(sum(map(int, re.findall(r"Anonymous:\s+(\d+)", text))) / 1e3, 1)


def path_of(spec: QuerySpec) -> str:
    """Return the path and query string of the page that answers a query."""
    parameters: dict[str, str | int] = {"q": spec.text, "page": spec.page}
    if spec.section:
        parameters["section"] = spec.section
    if spec.newest:
        parameters["sort"] = "newest"
    return "/?" + urlencode(parameters)


def spread(times: Sequence[float]) -> dict[str, float]:
    """Return the median and the 95th percentile of times in milliseconds."""
    ordered = sorted(times)
    p95 = ordered[min(int(0.95 * len(ordered)), len(ordered) - 1)]
    return {"p50_ms": round(statistics.median(ordered), 2), "p95_ms": round(p95, 2)}


def request_until(
    server: Server, paths: Sequence[str], until: float, answers: list[tuple[int, float]]
) -> None:
    """Request random pages until `until`, a `time.monotonic()`; add (status, ms) to `answers`."""
    rng = random.Random(threading.get_ident())
    while time.monotonic() < until:
        status, spent, _ = server.ask(rng.choice(paths))
        answers.append((status, spent))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    documents = list(read(options.data, None))
    if not options.index.exists():
        index_directory.build(options.index, documents)
    paths = [path_of(spec) for spec in draw(documents)]
    server = Server(options.index)
    try:
        first = [server.ask(path) for path in paths]
        again = [server.ask(path) for _ in range(3) for path in paths]
        result: dict[str, object] = {
            "machine": machine("tracuu"),
            "documents": len(documents),
            "start_to_first_answer_s": server.start_s,
            "one_client": {
                "pages": len(paths),
                "first": spread([spent for _, spent, _ in first]),
                "again": spread([spent for _, spent, _ in again]),
                "not_200": sum(status != 200 for status, _, _ in first + again),
            },
            "own_mb_then": server.memory_mb,
        }
        answers: list[tuple[int, float]] = []
        until = time.monotonic() + options.seconds
        clients = [
            threading.Thread(target=request_until, args=(server, paths, until, answers))
            for _ in range(CLIENTS)
        ]
        former = index_directory.current(options.index)
        for client in clients:
            client.start()
        command = [str(Path(sys.executable).parent / "tracuu"), "rebuild", str(options.data)]
        built = subprocess.run([*command, "--index", str(options.index)], check=False)
        for client in clients:
            client.join()
        fresh = index_directory.current(options.index)
        health = json.loads(server.ask("/healthz")[2])
        result["four_clients_and_a_rebuild"] = {
            "seconds": options.seconds,
            "answers": len(answers),
            "not_200": sum(status != 200 for status, _ in answers),
            **spread([spent for _, spent in answers]),
            "rebuild_exit_code": built.returncode,
            "followed_to_the_new_generation": fresh != former and fresh in json.dumps(health),
        }
        result["own_mb_at_the_end"] = server.memory_mb
    finally:
        server.process.terminate()
        server.process.wait()
    save(options.out / f"load_{len(documents)}.json", result)


if __name__ == "__main__":
    main()
