"""Answer what crawlers and browsers ask for by themselves: robots.txt, sitemaps, the icon."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, current_app, request

from search_ui.http.current_request import links, route
from search_ui.http.responses import revalidated, served_archive

crawlers = Blueprint("crawlers", __name__)

AT_ONCE = 10_000
"""Greatest number of addresses in a sitemap; the protocol (sitemaps.org) allows 50,000 addresses
and 50 MB."""

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@crawlers.get("/robots.txt")
def robots() -> Response:
    """Return a robots.txt that lets crawlers read documents, but not searches, of which the
    combinations of filters are endless."""
    home = route("pages.search")
    lines = (
        "User-agent: *",
        *(
            f"Disallow: {home}{path}"
            for path in (
                "?",
                "chon/",
                "tuy-chon",
                "api/",
                "thong-ke",
                "trich-dan/",
                "metrics",
                "dang-",
            )
        ),
        f"Sitemap: {request.host_url[:-1]}{route('crawlers.sitemap')}",
    )
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@crawlers.get("/sitemap.xml")
@revalidated
def sitemap() -> Response:
    """Return the sitemap index; each sitemap has the addresses of up to AT_ONCE documents."""
    count = -(-served_archive().status().documents // AT_ONCE)
    home = request.host_url[:-1] + route("pages.search")
    maps = (
        f"<sitemap><loc>{escape(home)}sitemap-{n}.xml</loc></sitemap>" for n in range(1, count + 1)
    )
    return _xml("sitemapindex", maps)


@crawlers.get("/sitemap-<int:number>.xml")
@revalidated
def part(number: int) -> Response:
    """Return the sitemap `number`, from 1, of the documents in the order of their ids; 404 if there
    is none."""
    if number < 1:
        abort(404)
    to, site = links(), request.host_url[:-1]
    ids = list(islice(served_archive().ids(), (number - 1) * AT_ONCE, number * AT_ONCE))
    if not ids:
        abort(404)
    return _xml(
        "urlset", (f"<url><loc>{escape(site + to.document(one))}</loc></url>" for one in ids)
    )


@crawlers.get("/favicon.ico")
def icon() -> Response:
    """Return the icon, which browsers ask for if a page does not name one."""
    image = Path(current_app.static_folder or "") / "favicon.ico"
    answer = Response(image.read_bytes(), content_type="image/x-icon")
    answer.cache_control.max_age = 24 * 3600
    return answer


def _xml(root: str, items: Iterable[str]) -> Response:
    rows = "\n".join(items)
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    text = f'{head}\n<{root} xmlns="{_NAMESPACE}">\n{rows}\n</{root}>\n'
    return Response(text, content_type="application/xml; charset=utf-8")
