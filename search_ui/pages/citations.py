"""Write a document as a citation: as plain text, and as BibTeX and RIS for reference managers.

Also write the metadata that search engines and Zotero read from its page (Dublin Core, schema.org).
In all functions, `address` is the absolute URL at which the document can be read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from indexer import Document, format_date, strip_marks
from search_ui.parts import formatting

FORMATS = {
    "bib": ("BibTeX", "application/x-bibtex"),
    "ris": ("RIS", "application/x-research-info-systems"),
}
"""Ending of a citation file → (name of the format, media type)."""

_LATEX = {char: f"\\{char}" for char in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def citation(document: Document, address: str) -> str:
    """Return a citation as text: author, title, publisher, date, address.

    It is always in Vietnamese, like the document; what is unknown is left out.
    """
    parts = [
        document.author,
        f"“{formatting.display_title(document)}”",
        document.publisher or document.source,
        format_date(document.published) if document.published else None,
        address,
    ]
    return f"{', '.join(part for part in parts if part)}."


def bibtex(document: Document, address: str) -> str:
    """Return the document as an entry @misc of BibTeX, with special characters escaped for LaTeX;
    fields without a value are left out. The key of the entry is the id in ASCII."""
    day = formatting.machine_date(document.published) if document.published else ""
    fields = (
        ("author", _name(document)),
        ("title", formatting.display_title(document)),
        ("howpublished", document.publisher or document.source or ""),
        ("number", document.number or ""),
        ("year", day[:4]),
        ("month", str(int(day[5:7])) if len(day) > 4 else ""),
        ("date", day),
        ("language", "vietnamese"),
    )
    lines = [f"  {name} = {{{_latex(value)}}}," for name, value in fields if value]
    # A key is ASCII, without what would end it.
    key = re.sub(r"[^A-Za-z0-9_:-]+", "-", strip_marks(document.id)).strip("-") or "tai-lieu"
    # BibTeX prints addresses as they are.
    return "\n".join((f"@misc{{{key},", *lines, f"  url = {{{_bare(address)}}},", "}", ""))


def ris(document: Document, address: str) -> str:
    """Return the document as a record of RIS (Research Information Systems).

    Each line is a tag of two characters, two spaces, a hyphen, a space and a value, and ends with
    CRLF; tags without a value are left out.
    """
    day = formatting.machine_date(document.published) if document.published else ""
    fields = (
        ("TY", "LEGAL" if document.number else "ELEC"),
        ("AU", _name(document)),
        ("TI", formatting.display_title(document)),
        ("PB", document.publisher or document.source or ""),
        ("M1", document.number or ""),
        ("PY", day[:4]),
        ("DA", f"{day.replace('-', '/')}{'/' * (3 - len(day.split('-')))}" if day else ""),
        ("LA", "vi"),
        ("UR", address),
    )
    rows = [f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value]
    return "\r\n".join((*rows, "ER  - ", ""))


def dublin_core(document: Document) -> tuple[tuple[str, str], ...]:
    """Return (name, content) of the `<meta>` elements that describe the document in Dublin Core, in
    a fixed order; elements without a value are left out, several subjects have one each."""
    fields: tuple[tuple[str, Iterable[str | None]], ...] = (
        ("DC.title", (formatting.display_title(document),)),
        ("DC.creator", (document.author or document.issuer,)),
        ("DC.publisher", (document.publisher,)),
        ("DC.source", (document.source,)),
        ("DC.date", (_day(document),)),
        ("DC.type", (document.document_type or document.report_type,)),
        ("DC.identifier", (document.number,)),
        ("DC.subject", document.subjects),
        ("DC.language", ("vi",)),
    )
    return tuple((name, value) for name, values in fields for value in values if value)


def json_ld(document: Document, address: str) -> Markup:
    """Return the document in the vocabulary of schema.org as JSON-LD, escaped so that it can stand
    within `<script>`; properties without a value are left out."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Legislation" if document.number else "Article",
        "headline": formatting.display_title(document),
        "inLanguage": "vi",
        "url": address,
        "datePublished": _day(document),
        "author": document.author and {"@type": "Person", "name": document.author},
        "publisher": document.publisher and {"@type": "Organization", "name": document.publisher},
        "legislationIdentifier": document.number,
        "legislationType": document.document_type,
        "keywords": list(document.subjects),
    }
    text = json.dumps({k: v for k, v in data.items() if v}, ensure_ascii=False)
    for char in "<>&\u2028\u2029":  # no text can end the element
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704  # what HTML could read as markup is escaped


def _day(document: Document) -> str | None:
    return formatting.machine_date(document.published) if document.published else None


def _name(document: Document) -> str:
    return document.author or document.issuer or ""


def _latex(text: str) -> str:
    return "".join(_LATEX.get(char, char) for char in " ".join(text.split()))


def _bare(address: str) -> str:
    return address.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")
