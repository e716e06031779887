"""`tracuu harvest` as a person runs it: what it prints, where, and the exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from web_site import Answer, Site, records, urlset

from indexer import __version__, cli

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs `tracuu harvest` in this process, and returns its exit code,
    standard output and standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["tracuu", "harvest", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        captured = capsys.readouterr()
        return int(left.value.code or 0), captured.out, captured.err

    return run


LOCAL = ("--allow-private", "--delay", "0")


def test_a_run_without_problems_says_what_was_done(run: Run, site: Site, tmp_path: Path) -> None:
    site.page("/a", "one")
    site.xml("/sitemap.xml", urlset(site.url + "/a", "http://other.example/"))
    code, out, err = run(site.url + "/sitemap.xml", "--into", tmp_path / "new" / "dir", *LOCAL)
    assert (code, err) == (0, "")
    first, second, file = out.splitlines()
    assert first == "1 fetched, 0 unchanged, 0 gone, 1 of other sites"
    assert second.startswith("3 requests, ")
    assert Path(file).is_file()
    assert site.requests[0].headers["User-Agent"] == f"tracuu/{__version__}"
    code, out, _ = run(site.url + "/sitemap.xml", "--into", tmp_path / "new" / "dir", *LOCAL)
    assert code == 0
    assert out.startswith("0 fetched, 1 unchanged")


def test_what_was_left_out_is_named_with_a_remedy(run: Run, site: Site, tmp_path: Path) -> None:
    site.page("/a", "x" * 3000)
    site.page("/b", "b")
    site.pages["/c"] = Answer(status=500)
    site.sitemap("/sitemap.xml", "/a", "/b", "/c")
    code, out, err = run(site.url + "/sitemap.xml", "--into", tmp_path, *LOCAL, "--max-size", "2K")
    assert code == 1
    assert "1 fetched" in out
    assert "2 failed (1 size, 1 status)" in out
    assert err.splitlines() == [
        f"tracuu: left out: {site.url}/a has more than 2,048 bytes. Raise --max-size to fetch it.",
        f"tracuu: left out: {site.url}/c is answered with 500 Internal Server Error. "
        "See in a browser whether it can be opened.",
    ]


def test_an_unfinished_run_says_that_the_next_goes_on(run: Run, site: Site, tmp_path: Path) -> None:
    site.sitemap("/sitemap.xml", "/a", "/b")
    site.page("/a", "a")
    code, out, err = run(site.url + "/sitemap.xml", "--into", tmp_path, *LOCAL, "--max-pages", 1)
    assert code == 1
    assert out.splitlines()[-1] == "not finished; the same command goes on where this run ended"
    assert "--max-pages" in err


def test_json_has_the_report(run: Run, site: Site, tmp_path: Path) -> None:
    site.page("/a", "one")
    site.sitemap("/sitemap.xml", "/a", "/gone")
    code, out, _ = run(site.url + "/sitemap.xml", "--into", tmp_path, *LOCAL, "--json")
    assert code == 1
    report = json.loads(out)
    assert report["fetched"] == 1
    assert report["failed"] == {"gone": 1}
    assert report["problems"][0]["kind"] == "gone"
    assert report["problems"][0]["message"].startswith(site.url + "/gone")
    assert report["kind"] == "sitemap"
    assert report["finished"] is True
    assert report["files"] == [path.name for path in tmp_path.glob("*.warc.gz")]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ftp://a.vn/"], "neither http nor https"),
        (["a.vn"], "https://"),
        (["http://127.0.0.1:9/"], "--allow-private"),
        (["http://127.0.0.1:9/", "--max-size", "much"], "500K"),
        (["http://127.0.0.1:9/", "--max-bytes", "0"], "500K"),
        (["http://127.0.0.1:9/", "--delay", "-1"], "-1"),
        (["http://127.0.0.1:9/", "--contact", "a\nb"], "--contact"),
    ],
)
def test_bad_input_is_one_line(run: Run, tmp_path: Path, arguments: list[str], says: str) -> None:
    code, out, err = run(*arguments, "--into", tmp_path / "into")
    assert (code, out) == (2, "")
    assert err.startswith("tracuu: ")
    assert err.count("\n") == 1
    assert says in err
    assert not (tmp_path / "into").exists()


def test_a_folder_that_cannot_be_written_is_one_line(run: Run, site: Site, tmp_path: Path) -> None:
    site.sitemap("/sitemap.xml", "/a")
    (tmp_path / "file").write_text("")
    code, out, err = run(site.url + "/sitemap.xml", "--into", tmp_path / "file" / "x", *LOCAL)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "cannot be written" in err


def test_without_warcio_the_extra_is_named(
    run: Run, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "warcio", None)
    code, _, err = run(site.url, "--into", tmp_path, *LOCAL)
    assert code == 2
    assert "pip install 'tracuu[web]'" in err


def test_an_interrupted_run_keeps_what_was_fetched(
    run: Run, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(seconds: float) -> None:
        if any(request.path == "/a" for request in site.requests):
            raise KeyboardInterrupt

    site.page("/a", "one")
    site.page("/b", "two")
    site.sitemap("/sitemap.xml", "/a", "/b")
    with monkeypatch.context() as patched:
        patched.setattr("indexer.harvest.http.fetcher.time.sleep", interrupt)
        code, out, err = run(site.url + "/sitemap.xml", "--into", tmp_path, *LOCAL)
    assert (code, out) == (130, "")
    assert err == ("tracuu: interrupted; what was fetched is kept, and the same command goes on.\n")
    site.requests.clear()
    assert run(site.url + "/sitemap.xml", "--into", tmp_path, *LOCAL)[0] == 0
    assert "/a" not in site.paths()
    assert records(tmp_path) == [("/a", b"one"), ("/b", b"two")]
