"""`tracuu watch` as a process of its own: it follows a folder until it is told to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from archives import write_jsonl

from indexer import Archive, SearchRequest
from indexer.documents import source_state
from indexer.engines.whoosh.generations.index_directory import lock
from indexer.errors import SourceError
from indexer.watch import watch


class Watcher:
    """A running `tracuu watch`, with standard output and standard error in one stream."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def line(self) -> str:
        """Return the next line that it prints; wait for it."""
        assert self.process.stdout
        return self.process.stdout.readline()

    def end(self, number: int) -> tuple[str, int]:
        """Send a signal; return what it still prints, and its exit code."""
        self.process.send_signal(number)
        out, _ = self.process.communicate(timeout=60)
        return out, self.process.returncode


@contextmanager
def watching(source: Path, index: Path, *options: str) -> Iterator[Watcher]:
    command = [sys.executable, "-m", "indexer.cli", "watch", str(source), "--index", str(index)]
    with subprocess.Popen(
        [*command, "--interval", "0.1", *options],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A program that a script starts in the background inherits that SIGINT is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            yield Watcher(process)
        finally:
            process.kill()


def names(archive: Archive) -> set[str]:
    return {hit.document.id for hit in archive.search(SearchRequest("dân vận")).hits}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_new_changed_and_gone_files_are_followed(tmp_path: Path, number: int) -> None:
    source, index = tmp_path / "source", tmp_path / "index"
    source.mkdir()
    write_jsonl(source / "a.jsonl", {"id": "a", "text": "dân vận"})
    with watching(source, index, "--prune") as watcher:
        assert "1 added, 0 replaced, 0 deleted" in watcher.line()
        with Archive.open(index) as archive:
            assert names(archive) == {"a"}
            (source / "new").mkdir()
            write_jsonl(source / "new/b.jsonl", {"id": "b", "text": "dân vận khéo"})
            assert "1 added, 0 replaced, 0 deleted, 1 unchanged" in watcher.line()
            assert names(archive) == {"a", "b"}
            write_jsonl(source / "a.jsonl", {"id": "a", "text": "dân vận và tôn giáo"})
            assert "0 added, 1 replaced, 0 deleted, 1 unchanged" in watcher.line()
            (source / "a.jsonl").unlink()
            assert "0 added, 0 replaced, 1 deleted, 1 unchanged" in watcher.line()
            assert names(archive) == {"b"}
        assert watcher.end(number) == ("", 0)


def test_a_broken_file_is_named_once(tmp_path: Path) -> None:
    source, index = tmp_path / "source", tmp_path / "index"
    source.mkdir()
    write_jsonl(source / "a.jsonl", {"id": "a", "text": "dân vận"})
    with watching(source, index) as watcher:
        assert "1 added" in watcher.line()
        (source / "broken.jsonl").write_text("{")
        assert watcher.line().startswith("tracuu: left out: ")
        for number in range(3):
            write_jsonl(source / f"{number}.jsonl", {"id": str(number), "text": "dân vận"})
            assert "1 added" in watcher.line()
        (source / "broken.jsonl").unlink()
        write_jsonl(source / "a.jsonl", {"id": "a", "text": "dân vận khéo"})
        assert "1 replaced" in watcher.line()
        (source / "broken.jsonl").write_text("{")
        assert watcher.line().startswith("tracuu: left out: ")
        assert watcher.end(signal.SIGINT) == ("", 0)


def test_it_waits_while_another_update_is_at_work(tmp_path: Path) -> None:
    source, index = tmp_path / "source", tmp_path / "index"
    source.mkdir()
    write_jsonl(source / "a.jsonl", {"id": "a", "text": "dân vận"})
    index.mkdir()
    with lock(index), watching(source, index) as watcher:
        assert watcher.line().startswith("tracuu: waits: Another rebuild or update")
        assert watcher.end(signal.SIGINT) == ("", 0)
    with watching(source, index) as watcher:
        assert "1 added" in watcher.line()
        with lock(index):
            write_jsonl(source / "b.jsonl", {"id": "b", "text": "dân vận"})
            assert watcher.line().startswith("tracuu: waits: Another rebuild or update")
        assert "1 added" in watcher.line()
        assert watcher.end(signal.SIGINT) == ("", 0)


def test_sources_that_vanish_are_reported_once_and_followed_when_they_return(
    tmp_path: Path,
) -> None:
    source, index = tmp_path / "source", tmp_path / "index"
    source.mkdir()
    write_jsonl(source / "a.jsonl", {"id": "a", "text": "dân vận"})
    with watching(source, index, "--prune") as watcher:
        assert "1 added" in watcher.line()
        source.rename(tmp_path / "elsewhere")
        assert "does not exist" in watcher.line()
        write_jsonl(tmp_path / "elsewhere/b.jsonl", {"id": "b", "text": "dân vận"})
        (tmp_path / "elsewhere").rename(source)
        assert "1 added, 0 replaced, 0 deleted, 1 unchanged" in watcher.line()
        assert watcher.end(signal.SIGINT) == ("", 0)


def test_a_source_that_does_not_exist_ends_it_at_once(tmp_path: Path) -> None:
    def unexpected(_: object) -> None:
        raise AssertionError

    with pytest.raises(SourceError):
        watch(
            [tmp_path / "none"],
            tmp_path / "index",
            interval=1,
            on_update=unexpected,
            on_error=unexpected,
        )


def test_the_state_of_sources_changes_with_each_file(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/loop").symlink_to(tmp_path)
    states = [source_state([tmp_path])]
    for path, text in (("a/b.txt", "x"), ("a/b.txt", "xy"), ("c.txt", ""), ("archive.toml", "#")):
        (tmp_path / path).write_text(text)
        states.append(source_state([tmp_path]))
    (tmp_path / "c.txt").unlink()
    states.append(source_state([tmp_path]))
    assert all(state != other for state, other in pairwise(states))
    (tmp_path / ".hidden").write_text("x")
    assert str(tmp_path / ".hidden") not in source_state([tmp_path])
    assert source_state([tmp_path / "none"]) == {str(tmp_path / "none"): None}
