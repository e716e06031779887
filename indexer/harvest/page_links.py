"""Read the addresses to which an HTML page links.

One regular expression reads a page from left to right and consumes what it matches, so that the
time is linear in the size of the page even if it is hostile, which `html.parser` does not promise.
"""

from __future__ import annotations

import re
from html import unescape

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_KNOWN_CHARSET = re.compile(
    r"utf-?(?:8|16)|us-ascii|iso-8859-\d{1,2}|windows-\d{3,4}", re.IGNORECASE
)
_NOT_PAGES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|css|js|mp[34]|avi|mov|wmv|flv|wav|zip|rar|7z|exe|apk|woff2?)$",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<script\b.*?(?:</script|\Z)"
    r"|<style\b.*?(?:</style|\Z)"
    r"|<(?P<tag>a|area|base)\s(?P<attributes>[^>]{1,4000})",
    re.IGNORECASE | re.DOTALL,
)
_HREF = re.compile(
    r"""(?:^|[\s"'/])href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_MAX_LINKS = 10_000


def page_links(content: bytes, charset: str = "") -> tuple[str, list[str]]:
    """Return the base address that a page declares ("" without one), and its links, each once and
    in order.

    The links are as written, at most 10,000, without those within the page (#…). `charset` is that
    of the header Content-Type, or "". Bytes that cannot be decoded become lone surrogates (PEP
    383), which `normal_address` turns back into bytes.
    """
    base = ""
    links: dict[str, None] = {}
    for tag in _TAG.finditer(_decoded(content, charset)):
        href = _HREF.search(tag["attributes"] or "")
        address = unescape(href[1] or href[2] or href[3] or "").strip() if href else ""
        if not address or address.startswith("#"):
            continue
        if tag["tag"].lower() == "base":
            base = base or address
        else:
            links[address] = None
            if len(links) == _MAX_LINKS:
                break
    return base, list(links)


def is_page_name(address: str) -> bool:
    """Return False if the path of an address ends like that of a picture, film, script or other
    file without text."""
    return not _NOT_PAGES.search(address.partition("?")[0])


def _decoded(content: bytes, charset: str) -> str:
    declared = _CHARSET.search(content[:4096])
    for name in (charset, declared[1].decode("ascii") if declared else ""):
        if _KNOWN_CHARSET.fullmatch(name):
            try:
                return content.decode(name)
            except (UnicodeDecodeError, LookupError):
                continue
    return content.decode("utf-8", "surrogateescape")
