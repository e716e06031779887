"""Word segmentation of hostile input: long, malformed, from many threads, after a fork."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from indexer.analysis.words import segment, segment_many, short_segmenter
from indexer.analysis.words.pieces import piece_spans

SEEDS = [p.read_text("utf-8") for p in sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))]
ROOT = Path(__file__).parents[2]

# Name → a string to repeat; None for words that all differ.
HOSTILE = {
    "dashes": "-",
    "one run": "a",
    "capitals": "A",
    "digits": "1",
    "newlines": "\n",
    "dots": "a.",
    "at signs": "a@",
    "addresses": "a.b@c.d",
    "near addresses": "a@b.",
    "number dots": "1.",
    "underscores": "1_",
    "schemes": "a:/",
    "spaces": " ",
    "lone surrogates": "\ud800",
    "marks": "\u0301\u0323",
    "decomposed": "e\u0323\u0302 ",
    "Korean vowels": "\u1100\u1161",
    "new words": None,
    "undecided labels": "dân vận gắn ",
}


def hostile(name: str, length: int) -> str:
    part = HOSTILE[name]
    if part is None:
        return " ".join(f"{n:x}z" for n in range(length // 6))[:length]
    return (part * (length // len(part) + 1))[:length]


def seconds(text: str) -> float:
    """Return the CPU seconds of this thread, so that other load on the machine matters little."""
    began = time.thread_time()
    spans = segment(text)
    done = time.thread_time() - began
    assert all(0 <= start < end <= len(text) for start, end in spans)
    return done


@pytest.mark.parametrize("name", HOSTILE)
def test_segmentation_time_is_linear(name: str) -> None:
    # Ten times the text: quadratic work would take a hundred times as long.
    once = seconds(hostile(name, 10_000))
    assert seconds(hostile(name, 100_000)) < 30 * max(once, 0.05)


@pytest.mark.parametrize("name", ["dashes", "one run", "newlines"])
def test_a_megabyte_takes_seconds(name: str) -> None:
    assert seconds(hostile(name, 1_000_000)) < 30


def test_an_address_after_a_long_run_is_found_in_linear_time() -> None:
    chunk = "-" * 100_000 + "@x.vn"
    assert piece_spans(chunk) == [(0, len(chunk))]
    assert len(piece_spans("-" * 100_000 + "@x")) == 100_002


def test_lone_surrogates_are_segmented_as_signs() -> None:
    assert segment("dân vận \ud800 dân vận") == [(0, 7), (8, 9), (10, 17)]
    assert segment_many(["\udfff" * 3])[0].tolist() == [[0, 1], [1, 2], [2, 3]]


def test_cached_chunks_are_bounded() -> None:
    for at in range(0, 4_000_000, 10_000):
        segment(" ".join(f"{number:x}" for number in range(at, at + 100)))
    assert len(short_segmenter._rows) <= 1 << 14
    assert len(short_segmenter._described) <= 1 << 14


def test_threads_find_the_same_words() -> None:
    short = [line for text in SEEDS for line in text.splitlines() if line]
    expected = [segment(line) for line in short], [s.tolist() for s in segment_many(SEEDS)]
    short_segmenter._rows.clear()
    barrier = threading.Barrier(8)

    def run(_: int) -> tuple[list[list[tuple[int, int]]], list[list[list[int]]]]:
        barrier.wait(timeout=60)
        return [segment(line) for line in short], [s.tolist() for s in segment_many(SEEDS)]

    with ThreadPoolExecutor(8) as pool:
        assert all(answer == expected for answer in pool.map(run, range(8)))


def _in_child(text: str) -> list[tuple[int, int]]:
    return segment(text)


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="no fork here")
def test_a_forked_child_finds_the_same_words() -> None:
    expected = [segment(text) for text in SEEDS]
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(_in_child, SEEDS) == expected


def test_pyvi_and_its_dependencies_are_not_loaded() -> None:
    program = (
        "import sys\n"
        "from indexer.analysis.words import segment, segment_many\n"
        "assert segment('Ban Dân vận') == [(0, 3), (4, 11)]\n"
        "segment_many(['Ban Dân vận'] * 3)\n"
        "print(*sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "numpy" in loaded
    assert not loaded & {"pyvi", "sklearn", "scipy", "sklearn_crfsuite", "pycrfsuite", "joblib"}
