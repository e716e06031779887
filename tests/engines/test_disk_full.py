"""A disk that becomes full at any moment of a build, update, backup or rollback: nothing is lost.

The disk is a small tmpfs that is mounted for the test, with a little more space in each step.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from whoosh_support import news, verified_content

from indexer.engines.whoosh import build, copy_index, current, rollback, update
from indexer.errors import UnusableIndex
from indexer.models import Document

PAGE = 4096
STEPS = 24
"""Number of amounts of free space, from none to enough, with which each operation is tried."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a small disk and yield its folder; skip the test if mounting is not allowed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if sys.platform != "linux" or os.geteuid() or not shutil.which("mount"):
        pytest.skip("mounting a small disk needs Linux and root")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("this machine does not let root mount a disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def set_free(disk: Path, pages: int | None) -> None:
    """Resize the disk so that this many pages are free; None for 64 MB in all."""
    found = os.statvfs(disk)
    used = (found.f_blocks - found.f_bfree) * found.f_frsize
    size = used + pages * PAGE if pages is not None else 64 << 20
    subprocess.run(["mount", "-o", f"remount,size={max(size, PAGE)}", str(disk)], check=True)


def renew(index: Path) -> None:
    build(index, [replace(document, title="Mới") for document in news(300)])


def change(index: Path) -> None:
    changed = [replace(document, title="Khác") for document in news(40)]
    update(index, [*changed, Document(id="x", body="dân vận " * 500)], delete=["0100"])


OPERATIONS: dict[str, Callable[[Path], object]] = {
    "rebuild": renew,
    "update": change,
    "restore": lambda index: copy_index(index.parents[1] / "saved", index),
    "rollback": rollback,
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_full_disk_leaves_the_old_or_the_new_index(name: str, disk: Path, tmp_path: Path) -> None:
    operate, index = OPERATIONS[name], disk / "index"
    build(index, news(120))
    build(index, news(200))
    saved = tmp_path / "saved"
    build(saved, news(250))
    whole = tmp_path / "whole"
    shutil.copytree(index, whole)
    before = verified_content(index)
    after_folder = tmp_path / "trial" / "index"
    shutil.copytree(whole, after_folder)
    OPERATIONS[name](after_folder)
    after = verified_content(after_folder)
    shutil.rmtree(after_folder)
    most = 1 + sum(path.stat().st_size for path in saved.rglob("*") if path.is_file()) // PAGE
    outcomes = set()
    for step in range(STEPS + 1):
        set_free(disk, step * 3 * most // STEPS if step else 0)
        former = current(index)
        try:
            operate(index)
            reason = None
        except UnusableIndex as error:
            reason = str(error)
        if reason is None:
            assert verified_content(index) == after
            outcomes.add("new")
        else:
            assert "No space left" in reason
            assert current(index) == former
            assert verified_content(index) == before
            outcomes.add("old")
        set_free(disk, None)
        assert not list(index.glob(".building-*")) or "old" in outcomes
        shutil.rmtree(index)
        shutil.copytree(whole, index)
    # A rollback writes a single line, for which there may always be room.
    assert outcomes == {"old", "new"} or name == "rollback"
