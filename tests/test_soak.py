"""A server under mixed load while its index changes: every answer is right, and it does not grow.

`TRACUU_TEST_SOAK` is the number of seconds; by hand, `benchmarks/soak.py --seconds 7200`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = os.environ.get("TRACUU_TEST_SOAK", "20")
ROOT = Path(__file__).parent.parent


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="reads memory from /proc")
def test_a_server_answers_rightly_and_does_not_grow_while_its_index_changes() -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/soak.py", "--seconds", SECONDS, "--rest", "0"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["by_kind"]["total 200"] > 0
    assert report["changes"]["update"] > 0
