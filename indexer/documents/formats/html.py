"""An HTML page → Document, by trafilatura (the extra `html`); nothing is ever fetched.

trafilatura finds the text and what the markup states of it; where the markup is silent, the page
rules read the text. The date is taken from markup that says it is the publication date, else from
a date line as on a text dump: never from the rest of the text.
"""

from __future__ import annotations

import json
import logging
import re
import warnings
from datetime import date
from typing import Any

from indexer.documents.dates import parse_date
from indexer.documents.portal_page import complete, read_page
from indexer.documents.rules.masthead import recase
from indexer.documents.text_keys import clean, key
from indexer.errors import DocumentError
from indexer.models import Document

_XML_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>")
_PUBLISHED = frozenset(
    {"article:published_time", "datepublished", "date.issued", "dc.date.issued", "dcterms.created",
     "dc.date", "dcterms.date", "pubdate", "publishdate", "publish_date", "og:published_time"}
)  # fmt: skip
_JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_UNSEEN = ("script", "style", "noscript", "template", "head", "select", "iframe", "svg")
_BLOCKS = frozenset(
    "address article aside blockquote br caption dd div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hr li main nav ol option p pre section table td th tr"
    " ul".split()
)


def read_html(text: str, document_id: str, name: str) -> Document:
    """The page that `text` holds.

    Raises DocumentError where trafilatura is not installed or finds no text.
    """
    try:
        import trafilatura
    except ImportError:
        raise DocumentError(
            f"{name}: HTML needs trafilatura.", "Run `pip install 'tracuu[html]'`."
        ) from None
    text = _XML_HEAD.sub("", text)
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = trafilatura.bare_extraction(text, with_metadata=True, include_comments=False)
            dump, published = _dump(text)
        except Exception as error:  # whatever a foreign parser does with a hostile page
            raise DocumentError(
                f"{name}: cannot be parsed ({type(error).__name__}).", "Save its text as .txt."
            ) from error
    body = (getattr(found, "text", None) or "").strip()
    if not body:
        raise DocumentError(f"{name}: no text found in this page.", "Save its text as .txt.")
    seen = read_page(dump, document_id)
    title = clean(getattr(found, "title", None) or "") or seen.title
    fields: dict[str, Any] = {
        "title": title,
        "published": published or seen.published,
        "published_time": None if published else seen.published_time,
        "publisher": seen.publisher or _site(getattr(found, "sitename", None)),
        "section": seen.section,
        "author": clean(getattr(found, "author", None) or "") or None,
        "url": getattr(found, "url", None),
    }
    lines = [line for line in body.split("\n") if key(line) != key(title)]
    return complete("\n\n".join(lines), document_id, fields)


def _site(name: str | None) -> str | None:
    return recase(clean(name)) if name and clean(name) else None


def _dump(text: str) -> tuple[str, date | None]:
    """The page as a text dump, one block a line, and the publication date of its markup."""
    from lxml import html  # type: ignore[import-untyped]

    tree = html.fromstring(text)
    published = _published(tree, text)
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or element.tag in _UNSEEN:
            if element.getparent() is not None:
                element.drop_tree()
            continue
        element.text = re.sub(r"\s+", " ", element.text) if element.text else None
        element.tail = re.sub(r"\s+", " ", element.tail) if element.tail else None
        if element.tag in _BLOCKS:
            element.text = f"\n{element.text or ''}"
            element.tail = f"\n{element.tail or ''}"
    return str(tree.text_content()), published


def _published(tree: Any, text: str) -> date | None:
    for meta in tree.iter("meta"):
        names = (meta.get("property"), meta.get("name"), meta.get("itemprop"))
        if any(name and name.lower() in _PUBLISHED for name in names) and (
            day := parse_date(meta.get("content") or "")
        ):
            return day
    match = _JSON_DATE.search(text)
    return parse_date(json.loads(f'"{match[1]}"')) if match and "\\" not in match[1] else None
