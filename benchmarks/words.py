"""Compare time and memory of word segmentation with pyvi.

    python benchmarks/words.py --data DATA

Rounds of both are interleaved, so that other load on the machine affects both; reported are the
medians of their times and of the ratios within a round. Times are processor times, of which both
use one (clock times where processes start). Identity is measured by words_identity.py.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import lzma
import os
import platform
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from report import save

from indexer.analysis.words import segment, segment_many

ROOT = Path(__file__).resolve().parent.parent

KEYWORDS = [
    "dân vận",
    "công tác dân vận",
    "huyện uỷ",
    "quy chế dân chủ ở cơ sở",
    "tổng kết năm 2020",
    "Mặt trận Tổ quốc Việt Nam",
    "nghị quyết số 42",
    "xây dựng nông thôn mới",
    "phòng chống dịch bệnh",
    "công tác dân vận của huyện uỷ",
]

# Importing `indexer` loads the whole engine; empty stand-ins for its packages make the statements
# below load word segmentation only, from the same files.
START = {
    "pyvi": "from pyvi import ViTokenizer; ViTokenizer.tokenize('dân vận')",
    "segment": "from indexer.analysis.words import segment; segment('dân vận')",
    "segment_many": "from indexer.analysis.words import segment_many; segment_many(['dân vận'])",
}
START_PROGRAM = """
import sys, time, types, warnings
warnings.simplefilter("ignore")
for name in ("indexer", "indexer.analysis"):
    package = sys.modules[name] = types.ModuleType(name)
    package.__path__ = [sys.argv[1] + "/" + name.replace(".", "/")]
def resident():
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
before, began = resident(), time.perf_counter()
{statement}
print(time.perf_counter() - began, (resident() - before) / 1024)
"""


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of the work in seconds."""
    began = time.process_time()
    work()
    return time.process_time() - began


def figures(rounds: Iterable[tuple[float, float]], characters: Iterable[int]) -> dict[str, Any]:
    """Return the medians over rounds: microseconds per character of both, and how many times faster
    ours is.

    `rounds` are (pyvi's seconds, our seconds), `characters` the length of each round in code
    points.
    """
    per_character = [
        (theirs / count * 1e6, ours / count * 1e6)
        for (theirs, ours), count in zip(rounds, characters, strict=True)
    ]
    return {
        "rounds": len(per_character),
        "pyvi_us_per_character": round(statistics.median(t for t, _ in per_character), 4),
        "ours_us_per_character": round(statistics.median(o for _, o in per_character), 4),
        "times_faster": round(statistics.median(t / o for t, o in per_character), 1),
    }


def queries(tokenize: Callable[[str], str], texts: list[str], rounds: int) -> dict[str, Any]:
    """Measure short texts: each round takes every text once with each segmenter; which is first
    alternates."""
    times = []
    for number in range(rounds):
        order: list[Callable[[str], object]] = [tokenize, segment]
        took = [0.0, 0.0]
        for which in (0, 1) if number % 2 else (1, 0):
            took[which] = seconds(lambda: [order[which](text) for text in texts])  # noqa: B023
        times.append((took[0], took[1]))
    count = sum(map(len, texts))
    return {
        "texts": len(texts),
        "mean_characters": round(count / len(texts), 1),
        "pyvi_us_per_text": round(statistics.median(t for t, _ in times) / len(texts) * 1e6, 1),
        "ours_us_per_text": round(statistics.median(o for _, o in times) / len(texts) * 1e6, 1),
        **figures(times, [count] * rounds),
    }


def batches(tokenize: Callable[[str], str], texts: list[str], size: int) -> dict[str, Any]:
    """Measure long texts in rounds of `size`, each with texts that neither segmenter has seen.

    Ours caches words, so the first rounds take longer; "all_again…" is the time with warm caches.
    """
    times, counts = [], []
    for at in range(0, len(texts), size):
        batch = texts[at : at + size]
        ours = seconds(lambda: segment_many(batch))  # noqa: B023 - called at once
        theirs = seconds(lambda: [tokenize(text) for text in batch])  # noqa: B023
        times.append((theirs, ours))
        counts.append(sum(map(len, batch)))
    again = seconds(lambda: segment_many(texts))
    return {
        "texts": len(texts),
        "characters": sum(counts),
        **figures(times, counts),
        "times_faster_in_all": round(sum(t for t, _ in times) / sum(o for _, o in times), 1),
        "all_again_us_per_character": round(again / sum(counts) * 1e6, 4),
    }


def lengths(tokenize: Callable[[str], str], text: str) -> dict[str, Any]:
    """Return length of a text in code points → microseconds per character; of pyvi only up to
    100,000."""
    answer = {}
    segment_many([text])
    for length in (1_000, 10_000, 100_000, 1_000_000):
        # Different parts of the text each time, not its beginning again and again.
        starts = range(0, min(len(text), 10 * length) - length + 1, length)
        parts = [text[start : start + length] for start in starts][:10]
        ours = [seconds(lambda: segment(part)) / len(part) for part in parts]  # noqa: B023
        row = {"ours_us_per_character": round(statistics.median(ours) * 1e6, 4)}
        if length <= 100_000:
            theirs = [seconds(lambda: tokenize(part)) / len(part) for part in parts[:3]]  # noqa: B023
            row["pyvi_us_per_character"] = round(statistics.median(theirs) * 1e6, 4)
        answer[str(length)] = row
    return answer


def starts(rounds: int) -> dict[str, Any]:
    """Measure the start of segmentation in fresh processes, up to the first word: seconds, and the
    growth of resident memory in MB."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in START}
    for _ in range(rounds):
        for name, statement in START.items():
            program = START_PROGRAM.format(statement=statement)
            command = [sys.executable, "-c", program, str(ROOT)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            took, megabytes = done.stdout.split()
            taken[name].append((float(took), float(megabytes)))
    answer: dict[str, Any] = {}
    for name, rows in taken.items():
        answer[name] = {
            "seconds": round(statistics.median(took for took, _ in rows), 3),
            "megabytes": round(statistics.median(size for _, size in rows), 1),
        }
    for name in ("segment", "segment_many"):
        both = list(zip(taken["pyvi"], taken[name], strict=True))
        answer[name] |= {
            "of_pyvis_seconds": round(statistics.median(o[0] / t[0] for t, o in both), 3),
            "of_pyvis_memory": round(statistics.median(o[1] / t[1] for t, o in both), 3),
        }
    return answer


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--articles", type=int, default=1600)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "words.json")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    from pyvi import ViTokenizer

    tokenize = ViTokenizer.tokenize
    questions = []
    for name in ("vilqa_alqac", "xquad_vi", "mailong25_qa"):
        with (options.data / name / "queries.jsonl").open(encoding="utf-8") as lines:
            questions += [json.loads(line)["query"] for line in islice(lines, 100)]
    with lzma.open(options.data / "vntc.jsonl.xz", "rt", encoding="utf-8") as lines:
        # Every 40th, to cover the whole collection.
        chosen = islice(lines, 0, options.articles * 40, 40)
        articles = [json.loads(line)["text"] for line in chosen]
    long = "\n".join(articles * 2)
    answer = {
        "machine": f"{platform.machine()}, {os.cpu_count()} processors",
        "load_average": round(os.getloadavg()[0], 1),
        "versions": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in ("numpy", "pyvi")},
        },
        "keywords": queries(tokenize, KEYWORDS * 30, 21),
        "questions": queries(tokenize, questions, 21),
        "batches": batches(tokenize, articles, 100),
        "one_text_by_length": lengths(tokenize, long),
        "start": starts(9),
    }
    save(options.out, answer)


if __name__ == "__main__":
    main()
