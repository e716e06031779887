"""The time limit of a search: whenever it passes, an answer is whole, marked, or an error."""

from __future__ import annotations

import ast
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from indexer import Archive, SearchRequest, SearchTimeout, rebuild
from indexer.runtime import time_limit as module
from indexer.runtime.time_limit import check_time, time_limit
from search_ui import create_app

ROOT = Path(__file__).parent.parent
QUERIES = [
    "dân vận khéo",
    "dan van kheo o dau",
    '"dân vận"~5 -"sơ kết"',
    "mô hình dân vận khéo trong xây dựng nông thôn mới",
    "phat trien kinh te",
    "dna vận khóe",
    "",
]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the time limit's clock tick once each time that it is read."""
    ticks = count()
    monkeypatch.setattr(module, "perf_counter", lambda: next(ticks))


@pytest.fixture(scope="module")
def seed_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an index of the seeds."""
    folder = tmp_path_factory.mktemp("seed_index")
    rebuild([ROOT / "seeds"], folder)
    return folder


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("text", QUERIES)
def test_whenever_the_limit_passes_hits_are_whole_or_missing(seed_index: Path, text: str) -> None:
    request = SearchRequest(text, explain=True)
    outcomes = set()
    with Archive.open(seed_index) as archive:
        whole = archive.search(request)
    for checks in count():
        with Archive.open(seed_index, timeout=checks) as archive:  # with nothing in its caches
            try:
                found = archive.search(request)
            except SearchTimeout:
                outcomes.add("timeout")
                continue
        if not found.incomplete:
            assert replace(found, took_ms=0) == replace(whole, took_ms=0)
            break
        outcomes.add("incomplete")
        assert (found.total, found.facets) == (whole.total, whole.facets)
        assert [hit.document for hit in found.hits] == [hit.document for hit in whole.hits]
    assert outcomes == {"timeout", "incomplete"}


def test_every_program_opens_the_archive_with_the_limit_of_the_setting() -> None:
    calls = [
        (path.name, ast.unparse(node.args[1]))
        for folder in ("search_ui", "indexer/cli")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Archive.open"
    ]
    assert {name for name, _ in calls} == {"server.py", "site.py", "search.py"}
    assert {limit for _, limit in calls} == {"timeout_setting()", "self._timeout"}


def test_the_inner_limit_ends_with_its_block() -> None:
    with time_limit(-1):
        with time_limit(None):
            check_time()
        with pytest.raises(SearchTimeout):
            check_time()
    check_time()


def test_a_search_that_takes_too_long_is_503_with_advice(seed_index: Path) -> None:
    with Archive.open(seed_index, timeout=0) as archive:
        client = create_app(archive).test_client()
        page = client.get("/?q=dân vận")
        answer = client.get("/api/search?q=dân vận")
    assert page.status_code == answer.status_code == 503
    assert page.headers["Retry-After"] == answer.headers["Retry-After"]
    assert "Hãy dùng ít từ hơn" in page.get_data(as_text=True)
    assert answer.get_json()["error"]["code"] == "timeout"
