"""`Archive` while the index is rebuilt, damaged or closed, with requests in flight."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

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
from indexer.engines.whoosh.postings.array_file import ArrayFile

TIMEOUT = 30
"""Greatest number of seconds that a test waits for a thread."""


def build_generation(index: Path, number: int) -> Path:
    """Build a generation of `number` documents, which have this number in their ids and titles."""
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
    """A mapping of filters that blocks the search that reads it until `go_on` is set."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.go_on = threading.Event()

    def __iter__(self) -> Iterator[str]:
        self.entered.set()
        assert self.go_on.wait(TIMEOUT)
        return iter(())

    def __len__(self) -> int:
        return 0

    def __getitem__(self, name: str) -> tuple[str, ...]:
        raise KeyError(name)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return build_generation(tmp_path / "index", 1)


@pytest.fixture
def archive(index: Path) -> Iterator[Archive]:
    with Archive.open(index) as archive:
        yield archive


def mapped_files(folder: str) -> list[str]:
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("this system does not say which files a process has mapped")
    return [line for line in maps.read_text().splitlines() if folder in line]


def test_the_next_request_is_answered_from_the_new_generation(
    archive: Archive, index: Path
) -> None:
    assert names(archive.search(SearchRequest("dân vận"))) == expected(1)
    before = archive.status()
    build_generation(index, 2)
    assert names(archive.search(SearchRequest("dân vận"))) == expected(2)
    after = archive.status()
    assert (before.documents, after.documents) == (1, 2)
    assert after.generation != before.generation
    assert archive.document("g2-1").title == "thế hệ 2"
    assert archive.suggest("thế h") == ("thế hệ", "thế hệ 2")


@pytest.mark.parametrize("ask", ["status", "suggest", "overview"])
def test_every_method_follows_a_rebuild(archive: Archive, index: Path, ask: str) -> None:
    build_generation(index, 3)
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
        assert gate.entered.wait(TIMEOUT)
        # Two rebuilds: the second one removes the folder that the request is reading.
        build_generation(index, 2)
        assert names(archive.search(SearchRequest("dân vận"))) == expected(2)
        build_generation(index, 3)
        assert names(archive.search(SearchRequest("dân vận"))) == expected(3)
        assert not (index / former).exists()
        assert mapped_files(former)
        gate.go_on.set()
        assert names(in_flight.result(TIMEOUT)) == expected(1)
    assert not mapped_files(former)  # the last request has released its files


def test_closing_waits_for_the_request_in_flight(index: Path) -> None:
    archive, gate = Archive.open(index), Gate()
    name = archive.status().generation
    with ThreadPoolExecutor(1) as pool:
        in_flight = pool.submit(archive.search, SearchRequest("dân vận", filters=gate))
        assert gate.entered.wait(TIMEOUT)
        archive.close()
        archive.close()  # closing twice is allowed
        gate.go_on.set()
        assert names(in_flight.result(TIMEOUT)) == expected(1)
    assert not mapped_files(name)


def test_concurrent_readers_see_one_generation_at_a_time_during_rebuilds(
    archive: Archive, index: Path
) -> None:
    readers, last = 4, 5
    start, done = threading.Barrier(readers + 1), threading.Event()

    def read_until_done() -> set[int]:
        start.wait(TIMEOUT)
        seen = set()
        while not done.is_set():
            found = archive.search(SearchRequest("dân vận"))
            assert names(found) == expected(found.total)
            assert archive.status().documents >= found.total  # never an older one again
            seen.add(found.total)
        return seen

    with ThreadPoolExecutor(readers) as pool:
        results = [pool.submit(read_until_done) for _ in range(readers)]
        start.wait(TIMEOUT)
        try:
            for number in range(2, last + 1):
                build_generation(index, number)
        finally:
            done.set()
        assert set().union(*(reader.result(TIMEOUT) for reader in results)) <= set(
            range(1, last + 1)
        )
    assert archive.search(SearchRequest("dân vận")).total == last


def largest_file(index: Path) -> Path:
    folder = index / (index / "CURRENT").read_text().split()[0]
    return max(folder.iterdir(), key=lambda path: path.stat().st_size)


def test_after_a_rebuild_with_damage_the_old_generation_still_answers(
    archive: Archive, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = archive.status().generation
    build_generation(index, 2)
    largest_file(index).write_bytes(b"")
    assert names(archive.search(SearchRequest("dân vận"))) == expected(1)
    assert archive.status().generation == old
    opened = []
    monkeypatch.setattr("indexer.engines.whoosh.open_engine", opened.append)
    assert archive.status().generation == old
    assert not opened, "a damaged generation is opened again for every request"
    assert archive.damage
    assert "tracuu rebuild" in archive.damage
    monkeypatch.undo()
    build_generation(index, 3)
    assert archive.status().documents == 3
    assert archive.damage is None
    assert names(archive.search(SearchRequest("dân vận"))) == expected(3)


@pytest.mark.parametrize("content", [None, "", "nowhere\n", "../elsewhere\n", "\xff"])
def test_without_a_valid_pointer_file_the_old_generation_still_answers(
    archive: Archive, index: Path, content: str | None
) -> None:
    if content is None:
        (index / "CURRENT").unlink()
    else:
        (index / "CURRENT").write_bytes(content.encode("latin-1"))
    assert names(archive.search(SearchRequest("dân vận"))) == expected(1)


def test_opening_a_folder_without_an_index_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="tracuu rebuild"):
        Archive.open(tmp_path / "nowhere")


def test_the_former_generation_is_opened_if_the_newest_is_damaged(index: Path) -> None:
    build_generation(index, 2)
    largest_file(index).write_bytes(b"")
    with Archive.open(index) as archive:
        assert names(archive.search(SearchRequest("dân vận"))) == expected(1)
        assert archive.damage
        build_generation(index, 3)
        assert names(archive.search(SearchRequest("dân vận"))) == expected(3)
        assert archive.damage is None


def test_damage_in_one_part_fails_only_the_requests_that_need_it(index: Path) -> None:
    dice = Random(1)
    syllables = [first + last for first in "bchklmnstv" for last in ("a", "an", "ê", "ông", "ước")]
    texts = [" ".join(dice.choices(syllables, k=300)) for _ in range(600)]
    build(index, *({"id": str(n), "text": text} for n, text in enumerate(texts)))
    path = index / (index / "CURRENT").read_text().split()[0] / "archive_1.texts"
    raw = bytearray(path.read_bytes())
    stored = ArrayFile(path).blocks("texts").unverified.tobytes()
    raw[raw.index(stored) + len(stored) // 2] ^= 1
    path.write_bytes(raw)
    with Archive.open(index) as archive:
        assert archive.damage is None
        outcomes = set()
        for number in range(600):
            try:
                outcomes.add(bool(archive.document(str(number)).body))
            except IndexDamaged:
                outcomes.add(None)
        assert outcomes == {True, None}
        assert archive.damage
        assert "archive_1.texts" in archive.damage
        assert archive.suggest("d") is not None
        assert archive.search(SearchRequest('"xyz"')).total == 0


def test_a_damaged_index_cannot_be_opened(index: Path) -> None:
    largest_file(index).write_bytes(b"")
    with pytest.raises(IndexDamaged, match="tracuu rebuild"):
        Archive.open(index)


def test_a_missing_document_raises_with_its_id(archive: Archive) -> None:
    with pytest.raises(DocumentNotFound, match="g9-9"):
        archive.document("g9-9")


@pytest.mark.parametrize("rebuilt", [False, True])
def test_every_method_of_a_closed_archive_raises(index: Path, *, rebuilt: bool) -> None:
    with Archive.open(index) as archive:
        document = archive.document("g1-0")
    if rebuilt:  # a newer generation does not open it again
        build_generation(index, 2)
    for ask in (
        archive.status,
        archive.overview,
        lambda: archive.document("g1-0"),
        lambda: archive.highlight(document, "dân"),
        lambda: archive.suggest("dân"),
    ):
        with pytest.raises(UnusableIndex, match=r"closed.*Archive\.open"):
            ask()
