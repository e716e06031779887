"""`tracuu serve` in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import urlopen

import pytest
from browsing import SEEDS

from indexer import rebuild


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the server over an index of seeds/ with one thread; give the process and its
    address."""
    rebuild([SEEDS], tmp_path / "index")
    command = [sys.executable, "-m", "indexer.cli", "serve", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--index", str(tmp_path / "index")],
        env={**os.environ, "TRACUU_THREADS": "1", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    found = re.search(r"http://\S+/", process.stdout.readline())
    assert found
    yield process, found[0]
    process.kill()
    process.wait()


def test_many_who_ask_at_once_are_no_fault(
    server: tuple[subprocess.Popen[str], str],
) -> None:
    process, address = server

    def status(number: int) -> int:
        with urlopen(f"{address}?q=dan+van&size={number}") as answer:
            answer.read()
            return int(answer.status)

    with ThreadPoolExecutor(16) as askers:
        assert set(askers.map(status, range(1, 65))) == {200}
    process.terminate()
    _, errors = process.communicate()
    assert errors == ""
