from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from archives import build

from indexer import (
    Archive,
    DocumentNotFound,
    IndexDamaged,
    IndexMissing,
    Results,
    SearchRequest,
    UnusableIndex,
)

PATIENCE = 30
"""Seconds after which a thread that should have gone on is taken to hang."""


def generation(index: Path, number: int) -> Path:
    """Build generation `number`: as many documents, each named and numbered after it."""
    return build(
        index,
        *({"id": f"g{number}-{i}", "title": f"thế hệ {number}", "text": "dân vận"}
          for i in range(number)),
    )  # fmt: skip


def names(results: Results) -> set[str]:
    return {hit.document.id for hit in results.hits}


def expected(number: int) -> set[str]:
    return {f"g{number}-{i}" for i in range(number)}


class Gate(Mapping[str, tuple[str, ...]]):
    """Filters that hold a request up in the middle of its search, until let go."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.go_on = threading.Event()

    def __iter__(self) -> Iterator[str]:
        self.entered.set()
        assert self.go_on.wait(PATIENCE)
        return iter(())

    def __len__(self) -> int:
        return 0

    def __getitem__(self, name: str) -> tuple[str, ...]:
        raise KeyError(name)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return generation(tmp_path / "index", 1)


@pytest.fixture
def archive(index: Path) -> Iterator[Archive]:
    with Archive.open(index) as archive:
        yield archive


def mapped(folder: str) -> list[str]:
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("this system does not say which files a process has mapped")
    return [line for line in maps.read_text().splitlines() if folder in line]


def test_the_next_request_is_answered_from_the_new_generation(
    archive: Archive, index: Path
) -> None:
    assert names(archive.search(SearchRequest("dân vận"))) == expected(1)
    before = archive.status()
    generation(index, 2)
    assert names(archive.search(SearchRequest("dân vận"))) == expected(2)
    after = archive.status()
    assert (before.documents, after.documents) == (1, 2)
    assert after.generation != before.generation
    assert archive.document("g2-1").title == "thế hệ 2"
    assert archive.suggest("thế h") == ("thế hệ", "thế hệ 2")


@pytest.mark.parametrize("ask", ["status", "suggest", "overview"])
def test_every_question_follows(archive: Archive, index: Path, ask: str) -> None:
    generation(index, 3)
    if ask == "status":
        assert archive.status().documents == 3
    elif ask == "suggest":
        assert archive.suggest("dân v") == ("dân vận",)
    else:
        assert archive.overview().total == 3


def test_a_request_in_flight_finishes_on_the_generation_it_began_with(
    archive: Archive, index: Path
) -> None:
    former = archive.status().generation
    gate = Gate()
    with ThreadPoolExecutor(1) as pool:
        in_flight = pool.submit(archive.search, SearchRequest("dân vận", filters=gate))
        assert gate.entered.wait(PATIENCE)
        # Two rebuilds: the second one removes the folder that the request is reading.
        generation(index, 2)
        assert names(archive.search(SearchRequest("dân vận"))) == expected(2)
        generation(index, 3)
        assert names(archive.search(SearchRequest("dân vận"))) == expected(3)
        assert not (index / former).exists()
        assert mapped(former)
        gate.go_on.set()
        assert names(in_flight.result(PATIENCE)) == expected(1)
    assert not mapped(former)  # the last request let go of its files


def test_closing_waits_for_the_request_in_flight(index: Path) -> None:
    archive, gate = Archive.open(index), Gate()
    name = archive.status().generation
    with ThreadPoolExecutor(1) as pool:
        in_flight = pool.submit(archive.search, SearchRequest("dân vận", filters=gate))
        assert gate.entered.wait(PATIENCE)
        archive.close()
        archive.close()  # twice is once
        gate.go_on.set()
        assert names(in_flight.result(PATIENCE)) == expected(1)
    assert not mapped(name)


def test_many_readers_see_one_generation_at_a_time_while_it_is_rebuilt(
    archive: Archive, index: Path
) -> None:
    readers, last = 4, 5
    start, done = threading.Barrier(readers + 1), threading.Event()

    def read() -> set[int]:
        start.wait(PATIENCE)
        seen = set()
        while not done.is_set():
            found = archive.search(SearchRequest("dân vận"))
            assert names(found) == expected(found.total)
            assert archive.status().documents >= found.total  # never back to a former one
            seen.add(found.total)
        return seen

    with ThreadPoolExecutor(readers) as pool:
        asked = [pool.submit(read) for _ in range(readers)]
        start.wait(PATIENCE)
        try:
            for number in range(2, last + 1):
                generation(index, number)
        finally:
            done.set()
        assert set().union(*(reader.result(PATIENCE) for reader in asked)) <= set(
            range(1, last + 1)
        )
    assert archive.search(SearchRequest("dân vận")).total == last


def largest_file(index: Path) -> Path:
    folder = index / (index / "CURRENT").read_text().strip()
    return max(folder.iterdir(), key=lambda path: path.stat().st_size)


def test_a_damaged_newer_generation_keeps_the_old_one_serving(
    archive: Archive, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = archive.status().generation
    generation(index, 2)
    largest_file(index).write_bytes(b"")
    assert names(archive.search(SearchRequest("dân vận"))) == expected(1)
    assert archive.status().generation == old
    opened = []
    monkeypatch.setattr("indexer.archive.open_engine", opened.append)
    assert archive.status().generation == old
    assert not opened, "a damaged generation is read again for every request"
    monkeypatch.undo()
    generation(index, 3)
    assert names(archive.search(SearchRequest("dân vận"))) == expected(3)


@pytest.mark.parametrize("content", [None, "", "nowhere\n", "../elsewhere\n", "\xff"])
def test_a_lost_or_foreign_pointer_keeps_the_old_one_serving(
    archive: Archive, index: Path, content: str | None
) -> None:
    if content is None:
        (index / "CURRENT").unlink()
    else:
        (index / "CURRENT").write_bytes(content.encode("latin-1"))
    assert names(archive.search(SearchRequest("dân vận"))) == expected(1)


def test_nothing_built_yet(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="tracuu rebuild"):
        Archive.open(tmp_path / "nowhere")


def test_a_damaged_index_cannot_be_opened(index: Path) -> None:
    largest_file(index).write_bytes(b"")
    with pytest.raises(IndexDamaged, match="tracuu rebuild"):
        Archive.open(index)


def test_a_document_that_is_not_there(archive: Archive) -> None:
    with pytest.raises(DocumentNotFound, match="g9-9"):
        archive.document("g9-9")


@pytest.mark.parametrize("rebuilt", [False, True])
def test_a_closed_archive_says_so(index: Path, *, rebuilt: bool) -> None:
    with Archive.open(index) as archive:
        document = archive.document("g1-0")
    if rebuilt:  # a newer generation does not open it again
        generation(index, 2)
    for ask in (
        archive.status,
        archive.overview,
        lambda: archive.document("g1-0"),
        lambda: archive.highlight(document, "dân"),
        lambda: archive.suggest("dân"),
    ):
        with pytest.raises(UnusableIndex, match=r"closed.*Archive\.open"):
            ask()
