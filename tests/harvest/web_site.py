"""A web site on 127.0.0.1 for the tests of `tracuu harvest`; it records the requests it gets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from indexer.harvest import HarvestOptions, HarvestReport, harvest

HTML = "text/html; charset=utf-8"


@dataclass
class Answer:
    """An HTTP answer; if `raw` is given, these bytes are sent instead, as status line, headers and
    body."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": HTML})
    raw: bytes | None = None


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    at: float


class Site:
    """A web site in a thread of this process.

    Attributes
    ----------
    pages : path and query of a request → its answer, or a function that returns it; 404 for others.
    requests : the requests so far.
    url : scheme, host and port of the site.
    """

    def __init__(self) -> None:
        self.pages: dict[str, Answer | Callable[[], Answer]] = {}
        self.requests: list[Request] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def page(self, path: str, text: str, **headers: str) -> None:
        fields = {"Content-Type": HTML} | {k.replace("_", "-"): v for k, v in headers.items()}
        self.pages[path] = Answer(text.encode(), headers=fields)

    def xml(self, path: str, text: str, declared: str = "application/xml") -> None:
        self.pages[path] = Answer(text.encode(), headers={"Content-Type": declared})

    def sitemap(self, path: str, *pages: str) -> None:
        self.xml(path, urlset(*(self.url + page for page in pages)))

    def paths(self) -> list[str]:
        """Return the paths of the requests so far, without /robots.txt, and forget them."""
        asked = [request.path for request in self.requests if request.path != "/robots.txt"]
        self.requests.clear()
        return asked

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        headers = dict(handler.headers.items())
        self.requests.append(Request(handler.path, headers, time.monotonic()))
        found = self.pages.get(handler.path, Answer(status=404))
        answer = found() if callable(found) else found
        if answer.raw is not None:
            handler.wfile.write(answer.raw)
            return
        etag = answer.headers.get("ETag")
        modified = answer.headers.get("Last-Modified")
        same = (etag and handler.headers["If-None-Match"] == etag) or (
            modified and handler.headers["If-Modified-Since"] == modified
        )
        handler.send_response(304 if same else answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        if not same:
            handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        if not same:
            handler.wfile.write(answer.body)


@contextmanager
def running_site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        site.server.shutdown()
        site.server.server_close()
        thread.join()


def urlset(*addresses: str) -> str:
    urls = "".join(f"<url><loc>{address}</loc></url>" for address in addresses)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def sitemapindex(*addresses: str) -> str:
    maps = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return (
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{maps}</sitemapindex>'
    )


def options(**changes: object) -> HarvestOptions:
    fields = {"user_agent": "tracuu/test", "delay": 0.0, "private_networks": ("127.0.0.1/32",)}
    return HarvestOptions(**{**fields, **changes})  # type: ignore[arg-type]


def fetch(start: str, folder: Path, **changes: object) -> HarvestReport:
    return harvest(start, folder, options(**changes))


def records(folder: Path) -> list[tuple[str, bytes]]:
    """Return (path, body) of every response record in the WARC files of a folder, oldest file
    first."""
    found = []
    for path in sorted(folder.glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                if record.rec_type == "response":
                    uri = record.rec_headers.get_header("WARC-Target-URI")
                    path_of = "/" + uri.split("/", 3)[3]
                    found.append((path_of, record.content_stream().read()))
    return found
