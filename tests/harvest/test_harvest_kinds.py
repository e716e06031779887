"""Sitemaps, feeds, OAI-PMH and plain sites: which pages are found in them."""

from __future__ import annotations

import gzip
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from warcio.archiveiterator import ArchiveIterator
from web_site import Answer, Site, fetch, options, records, sitemapindex, urlset

from indexer.errors import HarvestError, SourceError
from indexer.harvest import harvest


def test_a_page_is_stored_with_its_address_headers_and_body(site: Site, tmp_path: Path) -> None:
    site.page("/a", "<p>dân vận</p>", X_Board="Ninh Bình".encode().decode("latin-1"))
    site.sitemap("/sitemap.xml", "/a")
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    (name,) = report.files
    with (tmp_path / name).open("rb") as file:
        info, record = [
            (r.rec_type, r.rec_headers, r.http_headers, r.content_stream().read())
            for r in ArchiveIterator(file, check_digests="raise")
        ]
    assert info[0] == "warcinfo"
    kind, warc_headers, http_headers, body = record
    assert kind == "response"
    assert warc_headers.get_header("WARC-Target-URI") == site.url + "/a"
    assert warc_headers.get_header("WARC-Date").endswith("Z")
    assert http_headers.get_statuscode() == "200"
    assert http_headers.get_header("Content-Type") == "text/html; charset=utf-8"
    assert http_headers.get_header("X-Board") == "Ninh B%C3%ACnh"
    assert body == "<p>dân vận</p>".encode()


def test_chunks_are_joined_and_content_encoding_is_kept(site: Site, tmp_path: Path) -> None:
    packed = gzip.compress(b"<p>text</p>")
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"%x\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (5, packed[:5], len(packed) - 5, packed[5:])
    site.pages["/a"] = Answer(raw=head + chunks)
    site.sitemap("/sitemap.xml", "/a")
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert records(tmp_path) == [("/a", b"<p>text</p>")]
    with (tmp_path / report.files[0]).open("rb") as file:
        _, (stored, headers) = [
            (record.raw_stream.read(), record.http_headers) for record in ArchiveIterator(file)
        ]
    assert stored == packed
    assert headers.get_header("Transfer-Encoding") is None
    assert headers.get_header("Content-Length") == str(len(packed))


def test_a_sitemap_index_leads_to_packed_sitemaps(site: Site, tmp_path: Path) -> None:
    packed = gzip.compress(urlset(site.url + "/a", site.url + "/b").encode())
    site.xml("/index.xml", sitemapindex(site.url + "/one.xml.gz", site.url + "/two.xml"))
    site.pages["/one.xml.gz"] = Answer(packed, headers={"Content-Type": "application/x-gzip"})
    site.sitemap("/two.xml", "/b", "/c")
    for path in ("/a", "/b", "/c"):
        site.page(path, path)
    report = fetch(site.url + "/index.xml", tmp_path)
    assert (report.kind, report.fetched, report.problems) == ("sitemap", 3, ())
    assert [path for path, _ in records(tmp_path)] == ["/a", "/b", "/c"]


RSS = """<?xml version="1.0"?><rss version="2.0"><channel><link>{0}/</link>
<item><link>{0}/a</link><guid isPermaLink="false">{0}/no</guid></item>
<item><guid>{0}/b</guid></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><link href="{0}/"/>
<entry><link href="/a"/><link rel="enclosure" href="{0}/no"/></entry>
<entry><link rel="alternate" href="{0}/b"/></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/"><item><link>{0}/a</link></item><item><link>{0}/b</link></item>
</rdf:RDF>"""


@pytest.mark.parametrize("feed", [RSS, ATOM, RDF], ids=["RSS 2.0", "Atom", "RSS 1.0"])
def test_the_items_of_a_feed_are_fetched(site: Site, tmp_path: Path, feed: str) -> None:
    site.xml("/feed", feed.format(site.url), "text/html")  # the type is not believed
    site.page("/a", "a")
    site.page("/b", "b")
    report = fetch(site.url + "/feed", tmp_path)
    assert (report.kind, report.problems) == ("feed", ())
    assert site.paths() == ["/feed", "/a", "/b"]
    assert records(tmp_path) == [("/a", b"a"), ("/b", b"b")]


def test_a_feed_of_another_site_says_so(site: Site, tmp_path: Path) -> None:
    site.xml("/feed", RSS.format("https://bao.example"))
    with pytest.raises(SourceError, match="2 pages of other sites and none of its own"):
        fetch(site.url + "/feed", tmp_path)


def test_an_empty_feed_is_no_error(site: Site, tmp_path: Path) -> None:
    site.xml("/feed", '<rss version="2.0"><channel></channel></rss>')
    report = fetch(site.url + "/feed", tmp_path)
    assert (report.finished, report.fetched, report.files) == (True, 0, ())


def test_a_page_leads_to_the_sitemaps_of_its_site(site: Site, tmp_path: Path) -> None:
    site.pages["/robots.txt"] = Answer(f"Sitemap: {site.url}/maps/all.xml".encode())
    site.sitemap("/maps/all.xml", "/a")
    site.page("/", '<a href="/linked">link</a>')
    site.page("/a", "a")
    report = fetch(site.url, tmp_path)
    assert (report.kind, report.problems) == ("page", ())
    assert site.paths() == ["/", "/maps/all.xml", "/sitemap.xml", "/a"]
    assert [path for path, _ in records(tmp_path)] == ["/", "/a"]


def test_without_a_sitemap_links_are_followed_breadth_first(site: Site, tmp_path: Path) -> None:
    site.page(
        "/",
        """<base href="/tin/"><a href="1">1</a> <A title="x" HREF='2#top'>2</A> <a href=/3>3</a>
        <a href="https://other.example/">x</a> <a href="mailto:a@b.vn">x</a> <a href="p.jpg">x</a>
        <!-- <a href="/comment">x</a> --><script>"<a href='/script'>"</script>
        <a href="http://[bad">x</a>""",
    )
    site.page("/tin/1", '<a href="/deep">x</a> <a href="/">home</a>')
    for path in ("/tin/2", "/3", "/deeper"):
        site.page(path, path)
    site.page("/deep", '<a href="/deeper">x</a>')
    report = fetch(site.url, tmp_path, depth=2)
    assert site.paths() == ["/", "/sitemap.xml", "/tin/1", "/tin/2", "/3", "/deep"]
    assert (report.fetched, report.problems, report.finished) == (5, (), True)
    fetch(site.url, tmp_path)
    assert "/deeper" in site.paths()


def test_pictures_are_counted_and_not_stored(site: Site, tmp_path: Path) -> None:
    site.pages["/a"] = Answer(b"\x89PNG", headers={"Content-Type": "image/png"})
    site.sitemap("/sitemap.xml", "/a")
    report = fetch(site.url + "/sitemap.xml", tmp_path)
    assert (report.no_text, report.fetched, report.problems) == (1, 0, ())


# OAI-PMH

OAI = (
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    "<responseDate>{date}</responseDate>{body}</OAI-PMH>"
)
RECORD = "<record><header><identifier>{0}</identifier></header></record>"
IDENTIFY = "<Identify><granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>"


class Repository:
    """An OAI-PMH endpoint with three records, one in each answer.

    `asked` has the arguments of the requests so far.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.date = "2024-05-01T10:00:00Z"
        self.broken = ""  # the token that is answered with broken XML
        self.forgotten = ""  # the token that is not known
        self.asked: list[dict[str, str]] = []
        site.server.RequestHandlerClass.do_GET = lambda handler: self.answer(handler)  # type: ignore[attr-defined]

    def answer(self, handler: object) -> None:
        target: str = handler.path  # type: ignore[attr-defined]
        parts = urlsplit(target)
        arguments = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/oai":
            self.asked.append(arguments)
            text = OAI.format(date=self.date, body=self.body(arguments))
            self.site.xml(target, text if self.token(arguments) != self.broken else text[:-9])
        self.site.answer(handler)  # type: ignore[arg-type]

    def body(self, arguments: dict[str, str]) -> str:
        match arguments:
            case {"verb": "Identify"}:
                return IDENTIFY
            case {"verb": "ListRecords", "resumptionToken": token} if token == self.forgotten:
                self.forgotten = ""
                return '<error code="badResumptionToken">gone</error>'
            case {"verb": "ListRecords", "from": _}:
                return '<error code="noRecordsMatch"/>'
            case {"verb": "ListRecords"}:
                number = int(self.token(arguments) or 0)
                more = str(number + 1) if number < 2 else ""
                token = f"<resumptionToken>{more}</resumptionToken>"
                return f"<ListRecords>{RECORD.format(number)}{token}</ListRecords>"
        return '<error code="badVerb">no verb</error>'

    @staticmethod
    def token(arguments: dict[str, str]) -> str | None:
        return arguments.get("resumptionToken")

    def take(self) -> list[dict[str, str]]:
        """Return the arguments of the requests for records so far, and forget all requests."""
        lists = [a for a in self.asked if a.get("verb") == "ListRecords"]
        self.asked.clear()
        return lists


FIRST = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}


def token(number: int) -> dict[str, str]:
    return {"verb": "ListRecords", "resumptionToken": str(number)}


def identifiers(folder: Path) -> list[str]:
    texts = [path.read_text() for path in sorted(folder.glob("oai-*.xml"))]
    return [text.split("<identifier>")[1].split("<")[0] for text in texts]


def test_oai_pmh_is_followed_to_the_last_resumption_token(site: Site, tmp_path: Path) -> None:
    repository = Repository(site)
    report = fetch(site.url + "/oai", tmp_path)
    assert (report.kind, report.fetched, report.finished) == ("oai-pmh", 3, True)
    assert repository.take() == [FIRST, token(1), token(2)]
    assert identifiers(tmp_path) == ["0", "1", "2"]
    assert sorted(report.files) == sorted(path.name for path in tmp_path.glob("oai-*"))


def test_the_next_oai_pmh_run_asks_for_what_changed_since(site: Site, tmp_path: Path) -> None:
    repository = Repository(site)
    fetch(site.url + "/oai?verb=ListRecords&set=bao", tmp_path)
    assert repository.take()[1:] == [FIRST | {"set": "bao"}, token(1), token(2)]
    repository.date = "2024-06-01T10:00:00Z"
    report = fetch(site.url + "/oai?verb=ListRecords&set=bao", tmp_path)
    since = FIRST | {"set": "bao", "from": "2024-05-01T10:00:00Z"}
    assert repository.take()[1:] == [since]
    assert (report.fetched, report.files, report.problems) == (0, (), ())
    fetch(site.url + "/oai?verb=ListRecords&set=bao", tmp_path)
    assert repository.take()[1:] == [since | {"from": "2024-06-01T10:00:00Z"}]


def test_an_oai_pmh_run_that_broke_off_goes_on_at_its_token(site: Site, tmp_path: Path) -> None:
    repository = Repository(site)
    repository.broken = "2"
    report = fetch(site.url + "/oai", tmp_path)
    assert (report.fetched, report.finished, report.failed) == (2, False, {"xml": 1})
    repository.take()
    repository.broken = ""
    report = fetch(site.url + "/oai", tmp_path)
    assert (report.fetched, report.finished) == (1, True)
    assert repository.take() == [token(2)]
    assert identifiers(tmp_path) == ["0", "1", "2"]


def test_an_oai_pmh_run_begins_anew_if_its_token_is_forgotten(site: Site, tmp_path: Path) -> None:
    repository = Repository(site)
    repository.broken = "2"
    fetch(site.url + "/oai", tmp_path)
    repository.take()
    repository.broken, repository.forgotten = "", "2"
    report = fetch(site.url + "/oai", tmp_path)
    assert repository.take() == [token(2), FIRST, token(1), token(2)]
    assert (report.fetched, report.finished, report.problems) == (3, True, ())
    assert set(identifiers(tmp_path)) == {"0", "1", "2"}


def test_max_pages_bounds_oai_pmh_answers(site: Site, tmp_path: Path) -> None:
    repository = Repository(site)
    for number, asked in enumerate([FIRST, token(1), token(2)]):
        report = fetch(site.url + "/oai", tmp_path, max_pages=1)
        assert repository.take() == [asked]
        assert report.finished is (number == 2)
    assert identifiers(tmp_path) == ["0", "1", "2"]


def test_an_oai_pmh_error_is_reported(site: Site, tmp_path: Path) -> None:
    body = '<error code="badArgument">no\nrecords here</error>'
    site.xml("/oai", OAI.format(date="", body=body))
    site.xml("/oai?verb=Identify", OAI.format(date="", body=IDENTIFY))
    site.xml("/oai?verb=ListRecords&metadataPrefix=oai_dc", OAI.format(date="", body=body))
    with pytest.raises(HarvestError, match="badArgument: no records here"):
        harvest(site.url + "/oai", tmp_path, options())
