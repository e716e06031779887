"""Make the data of an Atom feed from a search; `templates/feed.xml` renders it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from indexer import Results, Status
from search_ui.http.i18n import say
from search_ui.http.links import Links
from search_ui.http.site import titled
from search_ui.parts import formatting

# XML 1.0 cannot contain these characters, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of a feed.

    `url` is its absolute address, `updated` its date as an RFC 3339 time (that of the index if it
    has none), `author` may be "", `summary` is the text of the snippet.
    """

    title: str
    url: str
    updated: str
    author: str
    summary: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A search as a feed.

    Attributes
    ----------
    url, page_url : absolute addresses of the feed and of the results page.
    updated : time at which the index was built, in RFC 3339.
    total : number of all hits, of which `entries` are the first.
    """

    title: str
    url: str
    page_url: str
    updated: str
    total: int
    entries: tuple[Entry, ...]


def feed(results: Results, status: Status, links: Links, site: str) -> Feed:
    """Return the hits of a search as a feed, with absolute addresses below `site` (scheme and
    host)."""
    request = replace(results.request, page=1)
    text = formatting.shorten(request.text, 60)
    return Feed(
        title=titled(text or say("Tất cả tài liệu")),
        url=site + links.search(request, "atom.xml"),
        page_url=site + links.search(request),
        updated=status.built_at,
        total=results.total,
        entries=tuple(
            Entry(
                title=formatting.display_title(hit.document),
                url=site + links.document(hit.document.id),
                updated=_updated(hit.document.date) or status.built_at,
                author=hit.document.author or hit.document.publisher or hit.document.source or "",
                summary=hit.snippet.text,
            )
            for hit in results.hits
        ),
    )


def _updated(value: date | None) -> str | None:
    """Return a date as an RFC 3339 time, midnight of its first possible day; None without one."""
    return f"{date.isoformat(value)}T00:00:00Z" if value else None


def xml_text(text: str) -> bytes:
    """Return a text in UTF-8, with U+FFFD in place of characters that XML 1.0 forbids."""
    return _NOT_XML.sub("\ufffd", text).encode()
