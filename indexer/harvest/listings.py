"""Tell whether an answer is a sitemap, feed, OAI-PMH answer or page, and read the addresses in a
sitemap or feed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from indexer.errors import HarvestError
from indexer.harvest.http.unpacking import GZIP_MAGIC, gunzip
from indexer.harvest.xml_events import Element, read_elements

_ROOT = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)


class Kind(StrEnum):
    """The kinds of answers that a harvest can start from."""

    SITEMAP = "sitemap"
    FEED = "feed"
    OAI_PMH = "oai-pmh"
    PAGE = "page"


_ROOTS = {
    b"urlset": Kind.SITEMAP,
    b"sitemapindex": Kind.SITEMAP,
    b"rss": Kind.FEED,
    b"feed": Kind.FEED,
    b"RDF": Kind.FEED,
    b"OAI-PMH": Kind.OAI_PMH,
}


@dataclass(slots=True)
class Listing:
    """The addresses of pages and of further sitemaps in a sitemap or feed, as written there."""

    pages: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)


def kind_of(content: bytes) -> Kind:
    """Return the kind of an answer by its first element; PAGE if that is unknown or does not begin
    in the first 8192 bytes."""
    head = _COMMENT.sub(b"", content[:8192].replace(b"\0", b""))  # \0: UTF-16
    root = _ROOT.search(head)
    return _ROOTS.get(root[1], Kind.PAGE) if root else Kind.PAGE


def unpacked(content: bytes, limit: int) -> bytes:
    """Unpack a gzip file; return anything else unchanged.

    Raises HarvestError if the file is damaged or unpacks to more than `limit` bytes.
    """
    return gunzip(content, limit) if content.startswith(GZIP_MAGIC) else content


def read_listing(content: bytes) -> Listing:
    """Return the addresses in a sitemap, a sitemap index, RSS (1.0 and 2.0) or Atom.

    Raises HarvestError if it is none of these or its XML cannot be used.
    """
    listing = Listing()
    root = ""
    for element in read_elements(content):
        root = element.path[0]
        _add(listing, element)
    if root.encode() not in _ROOTS or root == "OAI-PMH":
        raise HarvestError("is neither a sitemap nor a feed.", "Check the address.", kind="xml")
    return listing


def _add(listing: Listing, element: Element) -> None:
    match element.path:
        case ("urlset", "url", "loc"):
            listing.pages.append(element.text)
        case ("sitemapindex", "sitemap", "loc"):
            listing.sitemaps.append(element.text)
        case ("rss", "channel", "item", "link") | ("RDF", "item", "link"):
            if element.text:
                listing.pages.append(element.text)
        case ("rss", "channel", "item", "guid"):
            # RSS 2.0: a guid is an address unless isPermaLink says otherwise
            is_address = element.text.startswith(("http://", "https://"))
            if is_address and element.attributes.get("isPermaLink", "true") == "true":
                listing.pages.append(element.text)
        case ("feed", "entry", "link"):
            # RFC 4287, 4.2.7.2: without rel it is an alternate
            if element.attributes.get("rel", "alternate") == "alternate":
                listing.pages.append(element.attributes.get("href", ""))
