"""robots.txt, pauses, busy sites and how the harvester introduces itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from web_site import Answer, Site, fetch, records

from indexer.errors import HarvestError
from indexer.harvest.http.fetcher import retry_after
from indexer.harvest.http.robots import Robots


def robots(site: Site, text: str, status: int = 200) -> None:
    site.pages["/robots.txt"] = Answer(text.encode(), status)


def gaps(site: Site) -> list[float]:
    times = [request.at for request in site.requests]
    return [later - earlier for earlier, later in pairwise(times)]


def test_what_robots_txt_does_not_allow_is_not_asked_for(site: Site, tmp_path: Path) -> None:
    robots(site, "User-agent: *\nDisallow: /kín\n\nUser-agent: other\nDisallow: /")
    for path in ("/a", "/k%C3%ADn/b"):
        site.page(path, path)
    site.sitemap("/sitemap.xml", "/a", "/k%C3%ADn/b", "/kín/c")
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert site.paths() == ["/sitemap.xml", "/a"]
    assert (report.fetched, report.robots, report.problems) == (1, 2, ())


def test_rules_for_this_program_come_before_those_for_all(site: Site, tmp_path: Path) -> None:
    robots(site, "User-agent: *\nDisallow: /\n\nUser-agent: tracuu\nDisallow: /b")
    site.page("/a", "a")
    site.sitemap("/sitemap.xml", "/a", "/b")
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert (report.fetched, report.robots) == (1, 1)


def test_a_redirect_does_not_lead_around_robots_txt(site: Site, tmp_path: Path) -> None:
    robots(site, "User-agent: *\nDisallow: /secret")
    site.pages["/a"] = Answer(status=302, headers={"Location": "/secret"})
    site.sitemap("/sitemap.xml", "/a")
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert site.paths() == ["/sitemap.xml", "/a"]
    assert report.robots == 1


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_site_that_refuses_robots_txt_is_left_alone(
    site: Site, tmp_path: Path, status: int
) -> None:
    robots(site, "", status)
    site.page("/", "text")
    with pytest.raises(HarvestError, match=f"answered with {status}"):
        fetch(site.url, tmp_path)
    assert site.paths() == []


def test_robots_txt_that_is_redirected_within_the_site_is_read(site: Site, tmp_path: Path) -> None:
    site.pages["/robots.txt"] = Answer(status=301, headers={"Location": "/rules"})
    site.pages["/rules"] = Answer(b"User-agent: *\nDisallow: /")
    site.page("/", "text")
    with pytest.raises(HarvestError, match=r"robots\.txt does not allow"):
        fetch(site.url, tmp_path)


def test_between_two_requests_there_is_the_delay(site: Site, tmp_path: Path) -> None:
    site.page("/a", "a")
    site.sitemap("/sitemap.xml", "/a", "/b")
    fetch(site.url + "/sitemap.xml", tmp_path, delay=0.1)
    assert len(gaps(site)) == 3
    assert min(gaps(site)) >= 0.1


def test_a_longer_crawl_delay_is_kept(site: Site, tmp_path: Path) -> None:
    robots(site, "User-agent: *\nCrawl-delay: 0.5")  # rounded up to a whole second
    site.sitemap("/sitemap.xml")
    fetch(site.url + "/sitemap.xml", tmp_path, delay=0.01)
    assert len(gaps(site)) == 1
    assert gaps(site)[0] >= 1


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("User-agent: *\nCrawl-delay: 10", 10),
        ("User-agent: *\ncrawl-delay : 1.2 # please", 2),
        ("User-agent: *\nRequest-rate: 2/10", 5),
        ("User-agent: *\nCrawl-delay: 3\nRequest-rate: 1/2", 3),
        ("User-agent: *\nRequest-rate: 0/5\nDisallow: /x", 0),
        ("User-agent: *\nCrawl-delay: ²\nRequest-rate: ²/²\nDisallow: //[\nDisallow: /x", 0),
        (f"User-agent: *\nCrawl-delay: {'9' * 5000}", 0),
        ("User-agent: other\nCrawl-delay: 10", 0),
        ("", 0),
    ],
)
def test_the_pause_that_robots_txt_asks_for(text: str, seconds: float) -> None:
    assert Robots("tracuu/1", text.encode()).delay == seconds


def test_a_site_that_wants_a_request_a_day_is_left_alone(site: Site, tmp_path: Path) -> None:
    robots(site, "User-agent: *\nCrawl-delay: 86400")
    with pytest.raises(HarvestError, match="86,400 s between two requests"):
        fetch(site.url, tmp_path)


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"\xef\xbb\xbfUser-agent: *\nDisallow: /x"])
def test_strange_bytes_in_robots_txt_do_no_harm(body: bytes) -> None:
    rules = Robots("tracuu/1", body)
    assert rules.allows("https://a.vn/y")
    assert rules.allows("https://a.vn/x") is (b"Disallow" not in body)


def test_the_harvester_introduces_itself(site: Site, tmp_path: Path) -> None:
    site.sitemap("/sitemap.xml")
    fetch(site.url + "/sitemap.xml", tmp_path, contact="luutru@tinh.vn")
    for request in site.requests:
        assert request.headers["User-Agent"] == "tracuu/test (+luutru@tinh.vn)"
        assert request.headers["Host"] == site.url.removeprefix("http://")
    assert [request.path for request in site.requests] == ["/robots.txt", "/sitemap.xml"]


@pytest.mark.parametrize("contact", ["a\r\nX-Evil: 1", "a\nb", "thư@tỉnh.vn", "\x00"])
def test_a_contact_cannot_add_lines_to_a_request(site: Site, tmp_path: Path, contact: str) -> None:
    with pytest.raises(HarvestError, match="cannot be sent"):
        fetch(site.url, tmp_path, contact=contact)
    assert site.requests == []


# Busy sites


def busy(times: int, status: int, retry: str | None, then: Answer) -> Callable[[], Answer]:
    """Return a function that answers with `status` so many `times`, then with `then`.

    `retry` is the value of Retry-After; None to send none.
    """
    headers = {} if retry is None else {"Retry-After": retry}
    answers = [Answer(status=status, headers=headers) for _ in range(times)]
    return lambda: answers.pop() if answers else then


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_site_is_asked_again_after_its_retry_after(
    site: Site, tmp_path: Path, status: int
) -> None:
    site.pages["/a"] = busy(1, status, "1", Answer(b"text"))
    site.sitemap("/sitemap.xml", "/a")
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert (report.fetched, report.problems) == (1, ())
    assert site.requests[-1].at - site.requests[-2].at >= 1
    assert records(tmp_path) == [("/a", b"text")]


def test_retries_are_bounded_and_the_rest_is_fetched(site: Site, tmp_path: Path) -> None:
    site.pages["/a"] = busy(99, 503, "0", Answer())
    site.page("/b", "b")
    site.sitemap("/sitemap.xml", "/a", "/b")
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert site.paths() == ["/sitemap.xml", "/a", "/a", "/a", "/a", "/b"]
    assert (report.fetched, report.failed) == (1, {"busy": 1})


def test_a_site_that_asks_for_a_long_rest_gets_it(site: Site, tmp_path: Path) -> None:
    rest = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    site.pages["/a"] = busy(1, 429, rest, Answer(b"text"))
    site.page("/b", "b")
    site.sitemap("/sitemap.xml", "/a", "/b")
    started = time.monotonic()
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert time.monotonic() - started < 60
    assert site.paths() == ["/sitemap.xml", "/a"]
    assert (report.fetched, report.failed, report.finished) == (0, {"stopped": 1}, False)
    assert "s of rest" in str(report.problems[0])
    assert fetch(site.url + "/sitemap.xml", tmp_path).fetched == 2


def test_a_site_that_stops_answering_is_left_alone(site: Site, tmp_path: Path) -> None:
    cut = Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut")
    names = [f"/{n}" for n in range(9)]
    site.pages |= dict.fromkeys(names, cut)
    site.sitemap("/sitemap.xml", *names)
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert report.failed == {"connection": 5, "stopped": 1}
    assert not report.finished
    assert set(site.paths()) == {"/sitemap.xml", *names[:5]}
    assert records(tmp_path) == []


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        ("0", 0, 0),
        (" 120 ", 120, 120),
        ("Wed, 01 May 2024 10:00:00 GMT", 0, 0),
        ("Wed, 01 May 2999 10:00:00 -0000", 1e9, 1e11),
    ],
)
def test_retry_after_is_read(value: str, least: float, most: float) -> None:
    seconds = retry_after(value)
    assert seconds is not None
    assert least <= seconds <= most


@pytest.mark.parametrize("value", ["", "-1", "soon", "²", "1.5", "Wed, 99 May 2024 10:00:00 GMT"])
def test_a_retry_after_that_says_nothing_is_ignored(value: str) -> None:
    assert retry_after(value) is None
