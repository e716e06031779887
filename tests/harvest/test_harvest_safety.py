"""Hostile sites and addresses: private networks, bombs, endless structures, forged lines."""

from __future__ import annotations

import gzip
import ipaddress
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from web_site import Answer, Site, fetch, options, records, sitemapindex, urlset

from indexer.errors import HarvestError
from indexer.harvest import harvest
from indexer.harvest.http.network import Network, is_public
from indexer.harvest.http.unpacking import unpack
from indexer.harvest.http.web_address import normal_address, request_target
from indexer.harvest.listings import read_listing
from indexer.harvest.page_links import page_links

LOCAL = ("127.0.0.1/32",)


# Networks


@pytest.mark.parametrize(
    "text",
    """127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1
    240.0.0.1 255.255.255.255 192.0.0.8 198.18.0.1 :: ::1 fe80::1 fe80::1%eth0 fc00::1 fec0::1
    ff02::1 ff0e::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 2002:7f00:1:: 64:ff9b::7f00:1
    64:ff9b::a9fe:a9fe 64:ff9b:1::1""".split(),
)
def test_an_address_that_is_not_public_is_refused(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))
    with pytest.raises(HarvestError, match="not public"):
        Network(resolver=lambda host, port: [text]).addresses("site.example", 80)


@pytest.mark.parametrize("text", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808"])
def test_a_public_address_is_allowed(text: str) -> None:
    found = Network(resolver=lambda host, port: ["10.0.0.1", text]).addresses("site.example", 80)
    assert found == [text]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "localhost"])
def test_a_private_site_needs_the_option(site: Site, tmp_path: Path, host: str) -> None:
    site.page("/", "text")
    start = site.url.replace("127.0.0.1", host)
    with pytest.raises(HarvestError, match="--allow-private"):
        fetch(start, tmp_path / "into", private_networks=())
    assert site.requests == []
    assert not (tmp_path / "into").exists()


def rebinding(addresses: Iterator[str]) -> Network:
    """Return a network in which every look-up of a name gives the next of these addresses."""
    return Network(LOCAL, resolver=lambda host, port: [next(addresses)])


def test_a_redirect_to_a_private_address_is_refused(site: Site, tmp_path: Path) -> None:
    """The redirect has the name of the site, which then resolves to a private address."""
    port = site.url.rpartition(":")[2]
    site.pages["/a"] = Answer(
        status=302, headers={"Location": f"http://site.example:{port}/internal"}
    )
    site.page("/internal", "secret")
    site.xml("/sitemap.xml", urlset(f"http://site.example:{port}/a"))
    answers = iter(["127.0.0.1"] * 3 + ["127.0.0.2"])  # robots.txt, sitemap, /a, then elsewhere
    start = f"http://site.example:{port}/sitemap.xml"
    report = harvest(start, tmp_path, options(), network=rebinding(answers))
    assert report.failed == {"private": 1}
    assert "127.0.0.2" in str(report.problems[0])
    assert "/internal" not in site.paths()
    assert next(answers, None) is None


def test_the_connection_is_made_to_the_address_that_was_checked(site: Site, tmp_path: Path) -> None:
    """A name is resolved once per request, so a second answer of the name server is never used."""
    port = site.url.rpartition(":")[2]
    site.page("/", "text")
    asked: list[str] = []

    def resolver(host: str, _: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    start = f"http://no-such-name.invalid:{port}/"
    report = harvest(start, tmp_path, options(), network=Network(LOCAL, resolver=resolver))
    assert report.fetched == 1
    assert len(asked) == len(site.requests) == report.requests


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:1/",
        "//other.example/",
    ],
)
def test_a_redirect_to_another_site_is_not_followed(
    site: Site, tmp_path: Path, location: str
) -> None:
    site.pages["/a"] = Answer(status=302, headers={"Location": location})
    site.sitemap("/sitemap.xml", "/a")
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert (report.elsewhere, report.fetched, report.problems) == (1, 0, ())
    with pytest.raises(HarvestError, match="another site"):
        fetch(site.url + "/a", tmp_path)


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://x/"])
def test_a_redirect_to_another_scheme_is_refused(site: Site, tmp_path: Path, location: str) -> None:
    site.pages["/a"] = Answer(status=302, headers={"Location": location})
    site.sitemap("/sitemap.xml", "/a")
    assert fetch(site.url + "/sitemap.xml", tmp_path).failed == {"address": 1}


def test_redirects_are_bounded(site: Site, tmp_path: Path) -> None:
    for number in range(9):
        site.pages[f"/{number}"] = Answer(status=302, headers={"Location": f"/{number + 1}"})
    site.page("/9", "text")
    site.sitemap("/sitemap.xml", "/0", "/4")
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert (report.failed, report.fetched) == ({"redirect": 1}, 1)
    assert [path for path in site.paths() if path < "/4"] == ["/0", "/1", "/2", "/3"]
    assert records(tmp_path) == [("/9", b"text")]


# Sizes and times


@pytest.mark.parametrize("length", [b"Content-Length: 2000\r\n", b""], ids=["declared", "endless"])
def test_a_page_that_is_too_large_is_named_and_skipped(
    site: Site, tmp_path: Path, length: bytes
) -> None:
    site.pages["/a"] = Answer(raw=b"HTTP/1.1 200 OK\r\n" + length + b"\r\n" + b"x" * 2000)
    site.page("/b", "b" * 1000)
    site.sitemap("/sitemap.xml", "/a", "/b")
    report = fetch(site.url + "/sitemap.xml", tmp_path, max_size=1000)
    assert (report.fetched, report.failed) == (1, {"size": 1})
    assert "/a has more than 1,000 bytes" in str(report.problems[0])
    assert [path for path, _ in records(tmp_path)] == ["/b"]


def test_a_packed_bomb_is_not_unpacked(site: Site, tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(200 * 1024**2), 9)
    packed = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    site.pages["/bomb"] = Answer(bomb, headers=packed)
    site.pages["/bomb.xml.gz"] = Answer(bomb, headers={"Content-Type": "application/gzip"})
    site.xml("/index.xml", sitemapindex(site.url + "/bomb.xml.gz", site.url + "/pages.xml"))
    site.sitemap("/pages.xml", "/bomb")
    tracemalloc.start()
    try:
        report = fetch(site.url + "/index.xml", tmp_path, max_size=1024**2)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert report.failed == {"size": 2}
    assert records(tmp_path) == []
    assert peak < 20 * 1024**2


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(b"one") + gzip.compress(b" two") + bytes(9), "gzip"),
        (zlib.compress(b"one two"), "deflate"),
        (zlib.compress(b"one two")[2:-4], "deflate"),
        (gzip.compress(gzip.compress(b"one two")), "gzip, X-GZIP"),
        (b"one two", "identity"),
    ],
)
def test_content_encodings_are_undone(body: bytes, encoding: str) -> None:
    assert unpack(body, encoding, 7 + 200) == b"one two"


@pytest.mark.parametrize(
    ("body", "encoding", "kind"),
    [
        (gzip.compress(b"text")[:-3], "gzip", "connection"),
        (b"no gzip", "gzip", "encoding"),
        (b"text", "br", "encoding"),
        (gzip.compress(b"") * 20_000, "gzip", "size"),
    ],
)
def test_damaged_or_unknown_encodings_are_reported(body: bytes, encoding: str, kind: str) -> None:
    with pytest.raises(HarvestError) as caught:
        unpack(body, encoding, 1000)
    assert caught.value.kind == kind


@given(st.binary(max_size=300), st.integers(0, 300))
def test_unpacking_never_exceeds_its_limit(data: bytes, limit: int) -> None:
    packed = gzip.compress(data)
    if len(data) <= limit:
        assert unpack(packed, "gzip", limit) == data
    else:
        with pytest.raises(HarvestError):
            unpack(packed, "gzip", limit)


def test_a_server_that_says_nothing_is_given_up(site: Site, tmp_path: Path) -> None:
    released = threading.Event()

    def silent() -> Answer:
        released.wait(60)
        return Answer(raw=b"")

    def last() -> Answer:
        released.set()
        return Answer(b"b")

    site.pages |= {"/a": silent, "/b": last}
    site.sitemap("/sitemap.xml", "/a", "/b")
    report = fetch(site.url + "/sitemap.xml", tmp_path, read_timeout=0.3)
    assert (report.failed, report.fetched) == ({"timeout": 1}, 1)


def test_a_server_that_sends_a_byte_now_and_then_is_given_up(site: Site, tmp_path: Path) -> None:
    gone = threading.Event()

    def drip(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        with suppress(OSError):
            while not gone.wait(0.01):
                handler.wfile.write(b"x")

    answer = site.answer
    site.answer = lambda handler: (drip if handler.path == "/a" else answer)(handler)  # type: ignore[method-assign]
    site.sitemap("/sitemap.xml", "/a")
    try:
        report = fetch(site.url + "/sitemap.xml", tmp_path, response_timeout=0.5, max_size=2000)
    finally:
        gone.set()
    assert report.failed == {"timeout": 1}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
    ],
)
def test_a_broken_answer_is_a_failure_of_its_page_only(
    site: Site, tmp_path: Path, raw: bytes
) -> None:
    site.pages["/a"] = Answer(raw=raw)
    site.page("/b", "b")
    site.sitemap("/sitemap.xml", "/a", "/b")
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert (report.failed, report.fetched) == ({"connection": 1}, 1)
    assert records(tmp_path) == [("/b", b"b")]


# XML


BILLION = (
    '<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    "text",
    [
        BILLION + urlset("http://a.vn/&c;"),
        EXTERNAL + urlset("http://a.vn/&c;"),
        '<!DOCTYPE urlset SYSTEM "http://a.vn/x.dtd">' + urlset("http://a.vn/"),
        urlset("http://a.vn/")[:-3],
        urlset("http://a.vn/?a=1&b=2"),
        "<urlset>" + "<a>" * 200 + "</a>" * 200 + "</urlset>",
        '<?xml version="1.0" encoding="nonsense"?>' + urlset(),
        "<urlset>\x00</urlset>",
        "<html></html>",
        "",
    ],
    ids=[
        "entity bomb", "external entity", "DTD", "cut short", "bare ampersand", "too deep",
        "unknown encoding", "NUL", "HTML", "empty",
    ],
)  # fmt: skip
def test_unsafe_or_malformed_xml_is_refused(text: str) -> None:
    with pytest.raises(HarvestError) as caught:
        read_listing(text.encode())
    assert caught.value.kind == "xml"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1258"])
def test_sitemaps_are_read_in_the_encoding_that_they_declare(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + urlset("http://a.vn/là")
    assert read_listing(text.encode(encoding)).pages == ["http://a.vn/là"]


def test_a_malformed_sitemap_is_named_and_the_others_are_read(site: Site, tmp_path: Path) -> None:
    site.xml("/index.xml", sitemapindex(*(f"{site.url}/{n}.xml" for n in (1, 2, 3))))
    site.xml("/1.xml", "<urlset><url>")
    site.xml("/2.xml", BILLION + urlset(site.url + "/no"))
    site.sitemap("/3.xml", "/a")
    site.page("/a", "a")
    report = fetch(site.url + "/index.xml", tmp_path)
    assert (report.fetched, report.failed) == (1, {"xml": 2})
    assert "/1.xml is not well-formed" in str(report.problems[0])
    with pytest.raises(HarvestError, match="not well-formed"):
        fetch(site.url + "/1.xml", tmp_path)


def test_sitemaps_that_name_each_other_are_read_once(site: Site, tmp_path: Path) -> None:
    site.xml("/1.xml", sitemapindex(site.url + "/2.xml", site.url + "/1.xml"))
    site.xml("/2.xml", sitemapindex(site.url + "/1.xml"))
    report = fetch(site.url + "/1.xml", tmp_path)
    assert site.paths() == ["/1.xml", "/2.xml"]
    assert report.problems == ()


def test_endless_nesting_of_sitemaps_ends(site: Site, tmp_path: Path) -> None:
    for number in range(20):
        site.xml(f"/{number}.xml", sitemapindex(f"{site.url}/{number + 1}.xml"))
    report = fetch(site.url + "/0.xml", tmp_path)
    assert site.paths() == ["/0.xml", "/1.xml", "/2.xml"]
    assert report.failed == {"depth": 1}


def test_an_endless_site_is_bounded(site: Site, tmp_path: Path) -> None:
    """Each page links to twenty new ones, as the calendars of some portals do."""
    numbers = iter(range(1, 10**9))
    answer = site.answer

    def endless(handler: object) -> None:
        links = "".join(f'<a href="/{next(numbers)}">x</a>' for _ in range(20))
        if handler.path not in ("/robots.txt", "/sitemap.xml"):  # type: ignore[attr-defined]
            site.page(handler.path, links)  # type: ignore[attr-defined]
        answer(handler)  # type: ignore[arg-type]

    site.answer = endless  # type: ignore[method-assign]
    report = fetch(site.url, tmp_path, depth=100, max_pages=15)
    assert (report.fetched, report.finished) == (15, False)
    assert report.failed["budget"] == 2  # addresses remembered, and pages


# Addresses


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("HTTP://Site.VN:80", "http://site.vn/"),
        ("https://a.vn:443/x#y", "https://a.vn/x"),
        ("http://a.vn:8080/?q=a b", "http://a.vn:8080/?q=a%20b"),
        (
            "http://a.vn/công tác/dân-vận?từ=khéo",
            "http://a.vn/c%C3%B4ng%20t%C3%A1c/d%C3%A2n-v%E1%BA%ADn?t%E1%BB%AB=kh%C3%A9o",
        ),
        ("http://a.vn/c%c3%b4ng", "http://a.vn/c%C3%B4ng"),
        ("http://a.vn/%e0%ff/100%", "http://a.vn/%E0%FF/100%25"),
        ("http://a.vn/\udce0\udcff", "http://a.vn/%E0%FF"),
        ("http://tiếngviệt.vn/", "http://xn--tingvit-8ya0894g.vn/"),
        ("//b.vn/x", "http://b.vn/x"),
        ("../y", "http://a.vn/y"),
        (" \n/z\t", "http://a.vn/z"),
        ("http://[2001:DB8::1]:81/", "http://[2001:db8::1]:81/"),
    ],
)
def test_addresses_are_written_in_one_way(text: str, address: str) -> None:
    found = normal_address(text, "http://a.vn/d/e")
    assert found == address or (text.startswith("http://ti") and found.startswith("http://xn--"))
    assert normal_address(found) == found


@pytest.mark.parametrize(
    "text",
    [
        "http://a.vn/\r\nHost: evil", "http://a.vn/a\nb", "http://a.vn/\x00", "http://a\r\n.vn/",
        "ftp://a.vn/", "file:///etc/passwd", "javascript:alert(1)", "http:///x", "http://",
        "http://user:pass@a.vn/", "http://a.vn:99999/", "http://a.vn:x/", "http://[::1/",
        "http://a b.vn/", "http://a.vn\\@b.vn/", "http://-/", "a.vn", "",
        "http://a.vn/" + "x" * 5000, "http://" + "ệ" * 300 + ".vn/", "http://a%0d%0ab.vn/",
    ],
)  # fmt: skip
def test_an_unusable_address_is_refused(text: str) -> None:
    with pytest.raises(HarvestError) as caught:
        normal_address(text)
    assert caught.value.kind == "address"
    assert "\n" not in str(caught.value)


@given(st.text(max_size=40))
@example("http://a.vn/\u2028x")
@example("//[")
def test_no_address_adds_a_line_to_a_request(text: str) -> None:
    try:
        address = normal_address(text, "http://a.vn/")
    except HarvestError:
        return
    assert address.isascii()
    assert not any(c.isspace() for c in address)
    assert request_target(address).startswith("/")
    assert normal_address(address) == address


def test_addresses_of_any_bytes_reach_the_server_unchanged(site: Site, tmp_path: Path) -> None:
    site.page("/c%C3%B4ng-t%C3%A1c", "one")
    site.page("/%E0%FF?t%FF=1", "two")
    site.page("/%D0", "three")
    page = '<a href="/công-tác">1</a> <a href="/%e0%ff?t%FF=1">2</a>'.encode()
    site.pages["/"] = Answer(page + b'<a href="/\xd0">3</a>', headers={"Content-Type": "text/html"})
    report = fetch(site.url, tmp_path)
    assert (report.fetched, report.problems) == (4, ())
    assert [body for _, body in records(tmp_path)[1:]] == [b"one", b"two", b"three"]


def test_a_redirect_with_bare_vietnamese_letters_is_followed(site: Site, tmp_path: Path) -> None:
    location = "/dân".encode().decode("latin-1")
    site.pages["/a"] = Answer(status=302, headers={"Location": location})
    site.page("/d%C3%A2n", "text")
    site.sitemap("/sitemap.xml", "/a")
    assert fetch(site.url + "/sitemap.xml", tmp_path).problems == ()
    assert records(tmp_path) == [("/d%C3%A2n", b"text")]


@pytest.mark.parametrize("unit", [b"<a ", b"<!--", b"<script", b"<a href='", b'<base href="', b"<"])
def test_reading_links_takes_linear_time(unit: bytes) -> None:
    started = time.process_time()
    page_links(unit * (2_000_000 // len(unit)))
    assert time.process_time() - started < 5  # quadratic: hours
