"""A power cut at any moment of a rebuild, update, rollback or restore: the old or the new index."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from crash_states import lay_out, recorded
from whoosh_support import news

from indexer.durable_files import sync
from indexer.engines.whoosh import build, check, copy_index, open_engine, rollback, update
from indexer.models import Document

DOCUMENTS = 12


def content(index: Path) -> tuple[str, ...]:
    """Return the ids and titles of an index, every byte of which is verified."""
    assert check(index) == []
    engine = open_engine(index)
    try:
        return tuple(f"{name} {engine.document(name).title}" for name in engine.ids())
    finally:
        engine.close()


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


@pytest.mark.parametrize("kind", OPERATIONS)
def test_a_power_cut_leaves_the_old_or_the_new_index(tmp_path: Path, kind: str) -> None:
    index = tmp_path / "index"
    build(tmp_path / "saved", [replace(d, title="Bản sao") for d in news(DOCUMENTS)])
    build(index, [replace(d, title="Cũ") for d in news(DOCUMENTS)])
    build(index, news(DOCUMENTS))
    before = content(index)
    with recorded(index) as recorder:
        OPERATIONS[kind](index)
    after = content(index)
    assert before != after
    seen = set()
    for number, state in enumerate(recorder.states.values()):
        cut = tmp_path / "cut"
        lay_out(state, cut)
        found = content(cut)
        assert found in (before, after)
        seen.add(found)
        if number % 5 == 0:  # and what is left over is no obstacle
            rollback(cut)
            assert content(cut) != found
            rollback(cut)
            assert content(cut) == found
        if number % 20 == 0:
            update(cut, [Document(id="y", body="sau khi mất điện")])
            assert len(content(cut)) == len(found) + 1
        shutil.rmtree(cut)
    assert seen == {before, after}
    lay_out(recorder.synced_state, tmp_path / "cut")  # the change had been reported as done
    assert content(tmp_path / "cut") == after


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
