"""Costly searches do not keep other requests waiting."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fakes import FakeArchive

from indexer import Results, SearchRequest
from search_ui import create_app
from search_ui.access import admission

LIMIT = 30.0
THREADS = 16
"""Number of threads: two searches are answered at once, and twelve wait."""


class SlowArchive(FakeArchive):
    """An archive whose searches last until `go_on` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.running = threading.Semaphore(0)
        self.go_on = threading.Event()

    def search(self, request: SearchRequest) -> Results:
        self.running.release()
        assert self.go_on.wait(LIMIT)
        return super().search(request)


@pytest.fixture
def archive() -> Iterator[SlowArchive]:
    archive = SlowArchive()
    yield archive
    archive.go_on.set()


def test_searches_beyond_the_bound_are_turned_away_and_others_answered(
    archive: SlowArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACUU_THREADS", str(THREADS))
    monkeypatch.setattr(admission, "WAIT_SECONDS", 0.05)
    app = create_app(archive)  # type: ignore[arg-type]

    def ask(path: str) -> int:
        return app.test_client().get(path).status_code

    with ThreadPoolExecutor(THREADS) as clients:
        asked = [clients.submit(ask, f"/?q=d{number}") for number in range(2)]
        for _ in asked:
            assert archive.running.acquire(timeout=LIMIT)
        assert set(clients.map(ask, ["/?q=more"] * THREADS)) == {503}
        refused = app.test_client().get("/api/search?q=more")
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert refused.get_json()["error"]["code"] == "service_unavailable"
        assert ask("/healthz") == 200
        assert ask("/metrics") == 200
        archive.go_on.set()
        assert [answer.result(LIMIT) for answer in asked] == [200, 200]
    assert ask("/?q=after") == 200


def test_a_search_that_waits_too_long_is_turned_away_and_leaves_its_place(
    archive: SlowArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "WAIT_SECONDS", 0.01)
    one = admission.Admission(1, 1)
    assert one.enter()
    assert not one.enter()
    assert not one.enter()  # the place is free again
    one.leave()
    assert one.enter()


def test_a_failed_request_leaves_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACUU_THREADS", str(THREADS))
    archive = FakeArchive()

    def broken(request: object) -> None:
        raise RuntimeError("x")

    archive.search = broken  # type: ignore[assignment,method-assign]
    app = create_app(archive)  # type: ignore[arg-type]
    app.logger.disabled = True
    for _ in range(2 * THREADS):
        assert app.test_client().get("/?q=d").status_code == 500
