"""A second run fetches only what changed; a run that was killed is continued by the next."""

from __future__ import annotations

import fcntl
import json
import signal
import subprocess
import sys
import threading
from itertools import count
from pathlib import Path

import pytest
from web_site import Answer, Site, fetch, records

from indexer.errors import SourceError
from indexer.harvest import harvest_state
from indexer.harvest.harvest_state import JOURNAL, LOCK, STATE, HarvestState, PageState


def kill(state: HarvestState) -> None:
    """Leave the state on disk as a killed run does: the journal is not merged into
    `harvest.json`."""
    state._journal.close()


def reread(folder: Path) -> HarvestState:
    state = HarvestState(folder)
    kill(state)
    return state


def state_of(folder: Path) -> dict[str, dict[str, str]]:
    pages: dict[str, dict[str, str]] = json.loads((folder / STATE).read_text())["pages"]
    return {"/" + address.split("/", 3)[3]: page for address, page in pages.items()}


@pytest.mark.parametrize(
    ("validator", "sent"),
    [
        ({"ETag": '"v1"'}, {"If-None-Match": '"v1"'}),
        (
            {"Last-Modified": "Wed, 01 May 2024 10:00:00 GMT"},
            {"If-Modified-Since": "Wed, 01 May 2024 10:00:00 GMT"},
        ),
    ],
    ids=["ETag", "Last-Modified"],
)
def test_the_second_run_asks_only_for_changes(
    site: Site, tmp_path: Path, validator: dict[str, str], sent: dict[str, str]
) -> None:
    site.page("/a", "one", **validator)
    site.page("/b", "two", **validator)
    site.sitemap("/sitemap.xml", "/a", "/b")
    assert fetch(site.url + "/sitemap.xml", tmp_path).fetched == 2
    site.requests.clear()
    site.page("/b", "two, changed")
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert (report.fetched, report.unchanged, report.problems) == (1, 1, ())
    for request in site.requests:
        if request.path in ("/a", "/b"):
            assert sent.items() <= request.headers.items()
    assert records(tmp_path) == [("/a", b"one"), ("/b", b"two"), ("/b", b"two, changed")]
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert (report.fetched, report.unchanged, report.files) == (0, 2, ())
    assert len(records(tmp_path)) == 3


def test_a_page_without_validators_is_stored_once(site: Site, tmp_path: Path) -> None:
    site.page("/a", "one")
    site.sitemap("/sitemap.xml", "/a")
    fetch(site.url + "/sitemap.xml", tmp_path)
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert (report.fetched, report.unchanged) == (0, 1)
    assert records(tmp_path) == [("/a", b"one")]


def test_a_page_whose_file_was_deleted_is_fetched_again(site: Site, tmp_path: Path) -> None:
    site.page("/a", "one", ETag='"v1"')
    site.sitemap("/sitemap.xml", "/a")
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    (tmp_path / report.files[0]).unlink()
    assert fetch(site.url + "/sitemap.xml", tmp_path).fetched == 1
    assert records(tmp_path) == [("/a", b"one")]


def test_links_of_an_unchanged_page_are_read_from_the_file(site: Site, tmp_path: Path) -> None:
    site.page("/", '<a href="/a">a</a>', ETag='"v1"')
    site.page("/a", "one", ETag='"v1"')
    fetch(site.url, tmp_path)
    site.page("/a", "two", ETag='"v2"')
    report = fetch(site.url, tmp_path)
    assert (report.fetched, report.unchanged) == (1, 1)
    assert records(tmp_path)[-1] == ("/a", b"two")


def test_a_page_that_is_gone_is_noted_and_comes_back(site: Site, tmp_path: Path) -> None:
    site.page("/a", "one", ETag='"v1"')
    site.sitemap("/sitemap.xml", "/a")
    fetch(site.url + "/sitemap.xml", tmp_path)
    back = site.pages["/a"]
    site.pages["/a"] = Answer(status=410)
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert (report.gone, report.problems) == (1, ())
    since = state_of(tmp_path)["/a"]["gone"]
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert (report.gone, report.problems) == (0, ())
    assert state_of(tmp_path)["/a"]["gone"] == since
    site.pages["/a"] = back
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert report.unchanged == 1
    assert "gone" not in state_of(tmp_path)["/a"]


def test_a_dead_link_is_named_once(site: Site, tmp_path: Path) -> None:
    site.sitemap("/sitemap.xml", "/a")
    assert fetch(site.url + "/sitemap.xml", tmp_path).failed == {"gone": 1}
    assert fetch(site.url + "/sitemap.xml", tmp_path).failed == {}


def test_a_redirected_page_is_stored_once_under_its_own_address(site: Site, tmp_path: Path) -> None:
    site.pages["/old"] = Answer(status=301, headers={"Location": "/new"})
    site.page("/new", "text", ETag='"v1"')
    site.sitemap("/sitemap.xml", "/old", "/new")
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert (report.fetched, report.unchanged) == (1, 0)
    assert records(tmp_path) == [("/new", b"text")]
    assert fetch(site.url + "/sitemap.xml", tmp_path).unchanged == 1


def test_runs_of_a_bounded_size_go_through_the_whole_site(site: Site, tmp_path: Path) -> None:
    site.sitemap("/sitemap.xml", *(f"/{n}" for n in range(5)))
    for number in (0, 2, 4):
        site.page(f"/{number}", str(number))
    for number, asked in enumerate([["/0", "/1"], ["/2", "/3"], ["/4"]]):
        report = fetch(site.url + "/sitemap.xml", tmp_path, max_pages=2)
        assert site.paths() == ["/sitemap.xml", *asked]
        assert report.finished is (number == 2)
        assert report.failed.get("budget") == (None if report.finished else 1)
    fetch(site.url + "/sitemap.xml", tmp_path)
    assert site.paths() == ["/sitemap.xml", *(f"/{n}" for n in range(5))]


def test_a_bounded_crawl_goes_on_behind_the_pages_that_it_has(site: Site, tmp_path: Path) -> None:
    site.page("/", '<a href="/1">1</a>')
    for number in range(1, 4):
        site.page(f"/{number}", f'<a href="/{number + 1}">next</a>')
    asked = []
    for _ in range(4):
        fetch(site.url, tmp_path, max_pages=1)
        asked += [path for path in site.paths() if path != "/sitemap.xml"]
    assert asked == ["/", "/1", "/2", "/3"]


def test_max_bytes_ends_a_run_and_the_next_goes_on(site: Site, tmp_path: Path) -> None:
    for path in ("/a", "/b", "/c"):
        site.page(path, path * 2_000)
    site.sitemap("/sitemap.xml", "/a", "/b", "/c")
    report = fetch(site.url + "/sitemap.xml", tmp_path, max_bytes=6_000)
    assert (report.fetched, report.failed, report.finished) == (1, {"budget": 1}, False)
    assert report.bytes <= 6_000 + 65_536
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert (report.fetched, report.finished) == (2, True)


# Kills


def kill_at(site: Site, path: str, folder: Path) -> None:
    """Run `tracuu harvest` and kill it (SIGKILL) while it waits for the answer to `path`."""
    reached, killed = threading.Event(), threading.Event()

    def wait() -> Answer:
        reached.set()
        killed.wait(60)
        return Answer(b"too late")

    before, site.pages[path] = site.pages[path], wait
    command = [sys.executable, "-m", "indexer.cli", "harvest", site.url + "/sitemap.xml"]
    options = ["--into", str(folder), "--delay", "0", "--allow-private"]
    process = subprocess.Popen([*command, *options])
    try:
        assert reached.wait(60)
    finally:
        process.kill()
        assert process.wait() == -signal.SIGKILL
        killed.set()
        site.pages[path] = before


@pytest.mark.parametrize("half", [b"", b"\x1f\x8b\x08\x00half a record", None])
def test_a_killed_run_goes_on_where_it_was(site: Site, tmp_path: Path, half: bytes | None) -> None:
    names = [f"/{n}" for n in range(6)]
    for name in names:
        site.page(name, f"page {name}")
    site.sitemap("/sitemap.xml", *names)
    kill_at(site, "/3", tmp_path)
    site.paths()
    (warc,) = tmp_path.glob("*.warc.gz")
    whole = warc.read_bytes()
    with warc.open("ab") as file:  # what a kill leaves in the middle of a record
        file.write(whole if half is None else half)
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert site.paths() == ["/sitemap.xml", "/3", "/4", "/5"]
    assert (report.fetched, report.finished, report.problems) == (3, True, ())
    assert warc.read_bytes() == whole
    assert records(tmp_path) == [(name, f"page {name}".encode()) for name in names]


def test_a_kill_before_the_first_record_leaves_no_trace(site: Site, tmp_path: Path) -> None:
    site.page("/a", "one")
    site.sitemap("/sitemap.xml", "/a")
    kill_at(site, "/a", tmp_path)
    state = HarvestState(tmp_path)
    state.set_warc("harvest-20240501T100000Z.warc.gz", 0)
    (tmp_path / state.warc[0]).write_bytes(b"half")
    kill(state)
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert [path.name for path in tmp_path.glob("*.warc.gz")] == list(report.files)
    assert records(tmp_path) == [("/a", b"one")]


# The state


def test_a_journal_line_that_was_cut_short_is_ignored(tmp_path: Path) -> None:
    state = HarvestState(tmp_path)
    state.set_page("https://a.vn/1", PageState(run=1, etag="x"))
    kill(state)
    with (tmp_path / JOURNAL).open("ab") as file:
        file.write(b'{"page": ["https://a.vn/2", {"ru')
    assert reread(tmp_path).pages == {"https://a.vn/1": PageState(run=1, etag="x")}


def test_the_journal_is_emptied_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvest_state, "_MAX_LINES", 3)
    state = HarvestState(tmp_path)
    for number in range(10):
        state.set_page(f"https://a.vn/{number}", PageState(run=1))
        lines = (tmp_path / JOURNAL).read_bytes().count(b"\n")
        assert lines == (number + 1) % 3
        assert b"\0" not in (tmp_path / JOURNAL).read_bytes()
    kill(state)
    state = HarvestState(tmp_path)
    assert len(state.pages) == 10
    state.close()
    assert not (tmp_path / JOURNAL).exists()
    assert len(reread(tmp_path).pages) == 10


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"format": 2}',
        '{"format": 1, "warc": ["../x", 1], "runs": {}, "pages": {}}',
        '{"format": 1, "warc": ["", 0], "runs": {}, "pages": {"a": {"file": "../x"}}}',
        '{"format": 1, "warc": ["", 0], "runs": {}, "pages": {"a": {"run": "1"}}}',
        '{"format": 1, "warc": ["", 0], "runs": {}, "pages": {"a": {"colour": 1}}}',
    ],
)
def test_a_damaged_state_is_reported_and_kept(tmp_path: Path, text: str) -> None:
    (tmp_path / STATE).write_text(text)
    with pytest.raises(SourceError, match="damaged"):
        HarvestState(tmp_path)
    assert (tmp_path / STATE).read_text() == text


def test_two_harvests_do_not_write_into_one_folder(site: Site, tmp_path: Path) -> None:
    site.sitemap("/sitemap.xml", "/a")
    with (tmp_path / LOCK).open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(SourceError, match="Another harvest is at work"):
            fetch(site.url + "/sitemap.xml", tmp_path)


def test_runs_within_a_second_write_files_of_their_own(site: Site, tmp_path: Path) -> None:
    versions = count()
    site.pages["/a"] = lambda: Answer(b"version %d" % next(versions))
    site.sitemap("/sitemap.xml", "/a")
    names = [fetch(site.url + "/sitemap.xml", tmp_path).files for _ in range(3)]
    assert len(set(names)) == 3
    assert [body for _, body in records(tmp_path)] == [b"version 0", b"version 1", b"version 2"]
