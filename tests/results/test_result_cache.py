"""The cache of results: what it returns is what a search returns, within its bound of memory."""

from __future__ import annotations

import gc
import threading
import tracemalloc
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from texts import SEEDS

from indexer import Archive, RequestError, Results, SearchRequest, Sort, rebuild
from indexer.results import result_cache
from indexer.results.result_cache import ResultCache, size_of


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    rebuild([SEEDS], folder)
    return folder


@pytest.fixture(scope="module")
def archive(index: Path) -> Iterator[Archive]:
    with Archive.open(index) as opened:
        yield opened


@pytest.fixture(scope="module")
def uncached(index: Path) -> Iterator[Archive]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRACUU_CACHE", "0")
        opened = Archive.open(index)
    with opened:
        yield opened


class Counted:
    """A search that counts its calls."""

    def __init__(self, archive: Archive) -> None:
        self.calls = 0
        self._archive = archive

    def __call__(self, request: SearchRequest) -> Results:
        self.calls += 1
        return self._archive.search(request)


requests = st.builds(
    SearchRequest,
    text=st.sampled_from(["", "dân vận", "dan van", '"dân vận"', "công tác -khéo", "vắng bóng"]),
    page=st.integers(1, 2),
    size=st.integers(1, 4),
    sort=st.sampled_from(Sort),
    exact=st.booleans(),
    filters=st.dictionaries(
        st.sampled_from(["year", "report_type"]),
        st.lists(st.sampled_from(["2018", "2021", "sơ kết"]), max_size=2).map(tuple),
    ),
    explain=st.booleans(),
    grouped=st.booleans(),
    date_from=st.sampled_from([None, "2018", "2020-05"]),
    date_to=st.sampled_from([None, "2021-12-31"]),
)


@settings(deadline=None)
@given(asked=st.lists(requests, min_size=1, max_size=12))
def test_cached_results_are_those_of_a_search(
    archive: Archive, uncached: Archive, asked: list[SearchRequest]
) -> None:
    for request in [*asked, *asked]:
        found = archive.search(request)
        assert replace(found, took_ms=0.0) == replace(uncached.search(request), took_ms=0.0)
        assert found.request is request


@settings(deadline=None)
@given(one=requests, other=requests)
def test_a_request_that_differs_in_anything_is_searched(
    uncached: Archive, one: SearchRequest, other: SearchRequest
) -> None:
    search, cache = Counted(uncached), ResultCache(1 << 20)
    cache.find(one, search)
    cache.find(other, search)
    assert search.calls == (1 if one == other else 2)


def test_every_field_of_a_request_tells_requests_apart(uncached: Archive) -> None:
    other = SearchRequest(
        "x", 2, 3, Sort.NEWEST, True, {"year": ("2018",)}, True, False, "d", "2018", "2019",
        {"field.x": (None, "1")},
    )  # fmt: skip
    plain = SearchRequest()
    results = uncached.search(plain)
    cache = ResultCache(1 << 20)
    cache.find(plain, lambda request: results)
    for each in fields(SearchRequest):
        changed = replace(plain, **{each.name: getattr(other, each.name)})
        assert changed != plain
        with pytest.raises(LookupError):
            cache.find(changed, no_search)


def no_search(request: SearchRequest) -> Results:
    raise LookupError(request)


def test_filters_that_are_changed_after_a_search_do_not_change_what_is_cached(
    uncached: Archive,
) -> None:
    search, cache = Counted(uncached), ResultCache(1 << 20)
    filters = {"year": ("2018",)}
    before = cache.find(SearchRequest(filters=filters), search)
    filters["year"] = ("2021",)
    assert cache.find(SearchRequest(filters=filters), search).total != before.total
    again = cache.find(SearchRequest(filters={"year": ("2018",)}), search)
    assert (again.total, search.calls) == (before.total, 2)


def test_a_search_is_made_anew_on_another_day(
    uncached: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [date(2024, 6, 1)]

    class Calendar(date):
        @classmethod
        def today(cls) -> date:  # type: ignore[override]
            return days[0]

    monkeypatch.setattr(result_cache, "date", Calendar)
    search, cache = Counted(uncached), ResultCache(1 << 20)
    for _ in range(3):
        cache.find(SearchRequest(), search)
    assert search.calls == 1
    days[0] = date(2024, 6, 2)
    cache.find(SearchRequest(), search)
    assert search.calls == 2


def test_errors_and_incomplete_results_are_not_kept(archive: Archive, uncached: Archive) -> None:
    for _ in range(2):
        with pytest.raises(RequestError):
            archive.search(SearchRequest(page=0))
    cache = ResultCache(1 << 20)
    partly = replace(uncached.search(SearchRequest()), incomplete=True)
    cache.find(SearchRequest(), lambda request: partly)
    assert not cache.find(SearchRequest(), uncached.search).incomplete


@given(sizes=st.lists(st.integers(1, 20), max_size=30), most=st.integers(0, 400_000))
@settings(deadline=None)
def test_the_cache_keeps_to_its_bound_and_drops_the_least_recently_used(
    uncached: Archive, sizes: list[int], most: int
) -> None:
    cache = ResultCache(most)
    used: dict[int, int] = {}  # size of the page → estimated bytes, the least recently used first
    for size in sizes:
        results = cache.find(SearchRequest(size=size), uncached.search)
        used.pop(size, None)
        if size_of(results) <= most:
            used[size] = size_of(results)
        while sum(used.values()) > most:
            used.pop(next(iter(used)))
        kept = [key for key in used if is_kept(cache, SearchRequest(size=key))]
        assert kept == list(used)
    assert cache._bytes == sum(size for _, size in cache._results.values()) <= most


def is_kept(cache: ResultCache, request: SearchRequest) -> bool:
    try:
        cache.find(request, no_search)
    except LookupError:
        return False
    return True


def test_the_estimate_is_near_the_memory_that_results_take(uncached: Archive) -> None:
    asked = [SearchRequest(text, size=5) for text in ("", "dân vận", "công tác", "hội nghị")]
    for request in asked:
        uncached.search(request)
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        found = [uncached.search(request) for request in asked]
        gc.collect()
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert taken / 2 < sum(map(size_of, found)) < taken * 2


def test_a_rebuild_is_answered_from_anew(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Dân vận\n\nCông tác dân vận khéo.", "utf-8")
    rebuild([tmp_path / "a.txt"], tmp_path / "index")
    with Archive.open(tmp_path / "index") as opened:
        assert opened.search(SearchRequest("dân vận")).total == 1
        (tmp_path / "b.txt").write_text("Dân vận\n\nHội nghị dân vận.", "utf-8")
        rebuild([tmp_path / "a.txt", tmp_path / "b.txt"], tmp_path / "index")
        assert opened.search(SearchRequest("dân vận")).total == 2


def test_threads_share_the_cache(uncached: Archive) -> None:
    cache = ResultCache(200_000)
    expected = [uncached.search(SearchRequest(size=size)) for size in range(1, 9)]
    wrong: list[int] = []

    def ask(first: int) -> None:
        for number in range(400):
            size = (first + number * 3) % 8 + 1
            found = cache.find(SearchRequest(size=size), lambda request: expected[request.size - 1])
            if found.hits != expected[size - 1].hits:
                wrong.append(size)

    threads = [threading.Thread(target=ask, args=(first,)) for first in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert cache._bytes == sum(size for _, size in cache._results.values()) <= 200_000
