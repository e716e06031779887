"""HTML page → Document, by trafilatura (the extra `html`); nothing is ever fetched.

trafilatura extracts the text and the metadata of the markup; for metadata that the markup does not
state, the page rules read the text. The date is taken from markup that says it is the publication
date, else from a date line as on a text dump: never from the rest of the text.
"""

from __future__ import annotations

import json
import logging
import re
import warnings
from datetime import date
from typing import Any

from indexer.documents.dates import parse_date
from indexer.documents.portal_page import read_content, read_page
from indexer.documents.rules.masthead import recase
from indexer.documents.text_keys import clean, key
from indexer.errors import DocumentError
from indexer.models import Document

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DATE_NAMES = frozenset(
    {"article:published_time", "datepublished", "date.issued", "dc.date.issued", "dcterms.created",
     "dc.date", "dcterms.date", "pubdate", "publishdate", "publish_date", "og:published_time"}
)  # fmt: skip
_JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_HIDDEN_TAGS = ("script", "style", "noscript", "template", "head", "select", "iframe", "svg")
_BLOCK_TAGS = frozenset(
    "address article aside blockquote br caption dd div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hr li main nav ol option p pre section table td th tr"
    " ul".split()
)


def read_html(text: str, document_id: str, name: str) -> Document:
    """Return the page in the HTML `text`; `name` is its file in messages.

    Raises DocumentError if trafilatura is not installed or finds no text.
    """
    try:
        import trafilatura
    except ImportError:
        raise DocumentError(
            f"{name}: HTML needs trafilatura.", "Run `pip install 'tracuu[html]'`."
        ) from None
    text = _XML_DECLARATION.sub("", text)
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            extracted = trafilatura.bare_extraction(
                text, with_metadata=True, include_comments=False
            )
            dump, published = _dump_and_date(text)
        except Exception as error:  # a third-party parser may raise anything on a hostile page
            raise DocumentError(
                f"{name}: cannot be parsed ({type(error).__name__}).", "Save its text as .txt."
            ) from error
    body = (getattr(extracted, "text", None) or "").strip()
    if not body:
        raise DocumentError(f"{name}: no text found in this page.", "Save its text as .txt.")
    page = read_page(dump, document_id)
    title = clean(getattr(extracted, "title", None) or "") or page.title
    fields: dict[str, Any] = {
        "title": title,
        "published": published or page.published,
        "published_time": None if published else page.published_time,
        "publisher": page.publisher or _site_name(getattr(extracted, "sitename", None)),
        "section": page.section,
        "author": clean(getattr(extracted, "author", None) or "") or None,
        "url": getattr(extracted, "url", None),
    }
    lines = [line for line in body.split("\n") if key(line) != key(title)]
    return read_content("\n\n".join(lines), document_id, fields)


def _site_name(name: str | None) -> str | None:
    return recase(clean(name)) if name and clean(name) else None


def _dump_and_date(text: str) -> tuple[str, date | None]:
    """Return the page as a text dump, one block per line, and its publication date."""
    from lxml import html  # type: ignore[import-untyped]

    tree = html.fromstring(text)
    published = _published(tree, text)
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or element.tag in _HIDDEN_TAGS:
            if element.getparent() is not None:
                element.drop_tree()
            continue
        element.text = re.sub(r"\s+", " ", element.text) if element.text else None
        element.tail = re.sub(r"\s+", " ", element.tail) if element.tail else None
        if element.tag in _BLOCK_TAGS:
            element.text = f"\n{element.text or ''}"
            element.tail = f"\n{element.tail or ''}"
    return str(tree.text_content()), published


def _published(tree: Any, text: str) -> date | None:
    for meta in tree.iter("meta"):
        names = (meta.get("property"), meta.get("name"), meta.get("itemprop"))
        if any(name and name.lower() in _DATE_NAMES for name in names) and (
            day := parse_date(meta.get("content") or "")
        ):
            return day
    match = _JSON_DATE.search(text)
    return parse_date(json.loads(f'"{match[1]}"')) if match and "\\" not in match[1] else None
