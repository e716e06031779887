"""Measure how long a command and a server take to start.

    python benchmarks/start.py --index /tmp/index --out benchmarks/results

In turn, several times, with the files in the page cache: `tracuu --version` (the interpreter and
the command line), `tracuu search` of a query, importing the package and opening the archive in a
new interpreter, and a server until its first page of results. Medians in seconds, each with the
time that Python itself takes (`python -c ""`), which no program can go below.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from load import Server
from report import machine, save

ROUNDS = 11
QUERY = "công tác dân vận"
# The modules of an installed command are compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def seconds(*command: object) -> float:
    """Return the time that a command takes. Raises CalledProcessError if it fails."""
    began = time.perf_counter()
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def first_page(index: Path) -> float:
    """Return the time from the start of a server to its first answer."""
    server = Server(index)
    server.process.terminate()
    server.process.wait()
    return server.start_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    tracuu = Path(sys.executable).parent / "tracuu"
    opening = f"import indexer, pathlib; indexer.Archive.open(pathlib.Path({str(options.index)!r}))"
    works: dict[str, Callable[[], float]] = {
        "python": lambda: seconds(sys.executable, "-c", ""),
        "version": lambda: seconds(tracuu, "--version"),
        "import_and_open": lambda: seconds(sys.executable, "-c", opening),
        "search": lambda: seconds(tracuu, "search", QUERY, "--index", options.index),
        "first_page_of_a_server": lambda: first_page(options.index),
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    for number in range(options.rounds + 1):
        for name, work in works.items():
            spent = work()
            if number:  # the first round reads the files and compiles the modules
                times[name].append(spent)
    result = {
        "machine": machine("tracuu", "numpy", "flask"),
        "rounds": options.rounds,
        "median_s": {name: round(statistics.median(found), 3) for name, found in times.items()},
        "least_s": {name: round(min(found), 3) for name, found in times.items()},
    }
    save(options.out / "start.json", result)


if __name__ == "__main__":
    main()
