"""A power cut, or a disk that fails, at any moment of a rebuild, update, rollback or restore.

What is left is the old or the new index, whole.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from crash_states import OPERATIONS as CALLS
from crash_states import lay_out, recorded
from whoosh_support import news, verified_content

from indexer.engines.whoosh import build, copy_index, rollback, update
from indexer.errors import UnusableIndex
from indexer.models import Document
from indexer.runtime.durable_files import sync

DOCUMENTS = 12


def change(index: Path) -> None:
    update(
        index,
        [*(replace(d, title="Khác") for d in news(2)), Document(id="x", body="dân vận")],
        delete=["0005"],
    )


OPERATIONS: dict[str, Callable[[Path], object]] = {
    "rebuild": lambda index: build(index, [replace(d, title="Mới") for d in news(DOCUMENTS)]),
    "update": change,
    "rollback": rollback,
    "restore": lambda index: copy_index(index.parent / "saved", index),
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Give a folder in memory where possible: thousands of syncs take minutes on a disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as name:
        yield Path(name)


@pytest.mark.parametrize("kind", OPERATIONS)
def test_a_power_cut_leaves_the_old_or_the_new_index(folder: Path, kind: str) -> None:
    index = folder / "index"
    build(folder / "saved", [replace(d, title="Bản sao") for d in news(DOCUMENTS)])
    build(index, [replace(d, title="Cũ") for d in news(DOCUMENTS)])
    build(index, news(DOCUMENTS))
    before = verified_content(index)
    with recorded(index) as recorder:
        OPERATIONS[kind](index)
    after = verified_content(index)
    assert before != after
    seen = set()
    for number, state in enumerate(recorder.states.values()):
        cut = folder / "cut"
        lay_out(state, cut)
        found = verified_content(cut)
        assert found in (before, after)
        seen.add(found)
        if number % 5 == 0:  # and what is left over is no obstacle
            rollback(cut)
            assert verified_content(cut) != found
            rollback(cut)
            assert verified_content(cut) == found
        if number % 20 == 0:
            update(cut, [Document(id="y", body="sau khi mất điện")])
            assert len(verified_content(cut)) == len(found) + 1
        shutil.rmtree(cut)
    assert seen == {before, after}
    lay_out(recorder.synced_state, folder / "cut")  # the change had been reported as done
    assert verified_content(folder / "cut") == after


def test_a_change_that_is_not_synced_may_be_lost(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a").write_bytes(b"old")
    with recorded(root) as recorder:
        (root / "b").write_bytes(b"new")
        (root / "b").replace(root / "a")
        sync(root)
    found = {state.get("a") for state in recorder.states.values()}
    assert found >= {b"old", b"new", b""}  # the content was never synced


@contextmanager
def failing(first: int, error: int, *, goes_on: bool) -> Iterator[Iterator[int]]:
    """Context manager in which one of CALLS fails: the one with the number `first`, from 0 on.

    With `goes_on`, all after it do, too. Gives the numbers of the calls that were not made.
    """
    numbers = count()

    def failing_call(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            number = next(numbers)
            if number == first or (goes_on and number > first):
                raise OSError(error, os.strerror(error))
            return real(*args, **options)

        return call

    with ExitStack() as patches:
        for name in CALLS:
            patches.enter_context(patch.object(os, name, failing_call(getattr(os, name))))
        yield numbers


@pytest.mark.parametrize("kind", OPERATIONS)
@pytest.mark.parametrize(("error", "goes_on"), [(errno.EIO, False), (errno.EROFS, True)])
def test_a_disk_that_fails_leaves_the_old_or_the_new_index(
    folder: Path, kind: str, error: int, goes_on: bool
) -> None:
    index, trial = folder / "index", folder / "trial"
    build(folder / "saved", [replace(d, title="Bản sao") for d in news(DOCUMENTS)])
    build(index, [replace(d, title="Cũ") for d in news(DOCUMENTS)])
    build(index, news(DOCUMENTS))
    before = verified_content(index)
    outcomes = []
    for first in count():
        shutil.copytree(index, trial)
        with failing(first, error, goes_on=goes_on) as calls:
            try:
                OPERATIONS[kind](trial)
                outcomes.append("done")
            except UnusableIndex:
                outcomes.append("error")
            is_reached = next(calls) > first
        found = verified_content(trial)  # whole
        assert outcomes[-1] == "error" or found != before
        update(trial, [Document(id="y", body="sau khi hỏng đĩa")])
        assert len(verified_content(trial)) == len(found) + 1
        shutil.rmtree(trial)
        if not is_reached:
            break
    assert found != before
    assert "error" in outcomes
