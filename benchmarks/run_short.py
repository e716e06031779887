"""Run a short form of the benchmarks, within ten minutes on two processors.

    make bench DATA=articles.jsonl.xz

Each script runs as by hand, on the first articles of the data and with fewer rounds; the results
are in build/bench. Prints the time of Tra Cứu against that of each peer, which says more than the
milliseconds of a machine that does other work. Peers that cannot run here (Lucene without Java 17
and Maven) are left out with the reason.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DOCUMENTS, SLICE = 3000, 300
"""Numbers of articles that are searched, and that each builder indexes."""


def run(script: str, *options: object) -> None:
    """Run a benchmark; print its time. A failure ends this program with its exit code."""
    began = time.perf_counter()
    command = [sys.executable, HERE / script, *options]
    done = subprocess.run(list(map(str, command)), check=False, stdout=subprocess.DEVNULL)
    if done.returncode:
        sys.exit(f"{script} failed with exit code {done.returncode}.")
    print(f"{script}: {time.perf_counter() - began:.0f} s", flush=True)


def ratios(times: dict[str, dict[str, float]], column: str) -> str:
    """Return the time of Tra Cứu as a multiple of that of each peer, in words."""
    own = times["tracuu"][column]
    peers = (name for name in times if name != "tracuu")
    return ", ".join(f"{own / times[name][column]:.2f} × {name}" for name in peers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    if not options.data.is_file():
        sys.exit(f"There is no file {options.data}. Run `make bench DATA=FILE.jsonl`.")
    out, keep = options.out, options.out / "indexes"
    shutil.rmtree(out, ignore_errors=True)
    keep.mkdir(parents=True)
    data = ("--data", options.data)
    without = ["stock_whoosh"]
    if not all(map(shutil.which, ("java", "javac", "mvn"))):
        print("Lucene is left out: it needs Java 17 and Maven.")
        without.append("lucene")
    began = time.perf_counter()
    engine = (*data, "--documents", DOCUMENTS, "--slice", SLICE, "--builds", 1)
    run("engine.py", *engine, "--keep", keep, "--out", out, "--without", *without)
    index = next(keep.glob("tracuu-*")) / "tracuu"
    run("start.py", "--index", index, "--rounds", 5, "--out", out)
    run("overload.py", "--index", index, "--each", 1, "--out", out)
    row = ("--documents", DOCUMENTS, "--row", 100)
    run("updates.py", *data, *row, "--keep", keep, "--out", out)
    run("ingest.py", *data, "--files", 500, "--out", out)
    run("many_documents.py", *data, "--short", 20_000, "--articles", "--keep", keep, "--out", out)
    run("page.py", "--index", index, "--out", out)
    print(f"All: {time.perf_counter() - began:.0f} s. Results: {out}")
    found: dict[str, Any] = json.loads(next(out.glob("engine_*.json")).read_text("utf-8"))
    times = found["querying"]["summary"]["all"]
    for label, column in (("first time", "first_p50"), ("asked again", "p50")):
        print(f"A page of results, {label}: {ratios(times, column)} (medians)")
    for name in ("pyvi_tantivy", "pyvi_stock_whoosh"):
        faster = found["building"][name]["clock_s"] / found["building"]["tracuu"]["clock_s"]
        print(f"Building: {faster:.1f} times as fast as {name}")


if __name__ == "__main__":
    main()
