"""Read library records (MARC by pymarc, MARCXML, Dublin Core, OAI-PMH), and RSS and Atom feeds."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from indexer.documents.formats.extras import require
from indexer.documents.formats.xml import local_name, parse_xml
from indexer.documents.source_file import SourceFile
from indexer.errors import DocumentError

Record = dict[str, Any]
"""A record that `indexer.documents.formats.records` makes a document of: key → value."""

_DUBLIN_CORE = {
    "title": "title", "creator": "author", "contributor": "author", "date": "date",
    "publisher": "publisher", "description": "text", "subject": "subject", "type": "type",
    "source": "source", "identifier": "identifier", "language": "language", "coverage": "place",
    "rights": "rights", "relation": "relation", "format": "format",
}  # fmt: skip
_FEED = {
    "title": "title", "description": "text", "encoded": "text", "content": "text",
    "summary": "text", "pubDate": "date", "published": "date", "updated": "date",
    "creator": "author", "author": "author", "category": "category", "guid": "id", "id": "id",
}  # fmt: skip


_NOTES = ("520", "505", "500")
"""MARC fields of a summary, contents and general notes."""
_MARC21 = "{http://www.loc.gov/MARC21/slim}"
_DC = "{http://purl.org/dc/"


def read_marc(file: SourceFile) -> Iterator[tuple[int, Record | DocumentError]]:
    """Yield (number from 1, record) for each record of a MARC 21 file in MARC-8 or UTF-8.

    A damaged record is yielded as a DocumentError. Raises DocumentError if the file is too large or
    pymarc is not installed.
    """
    pymarc = require("pymarc", "library", file.name)
    reader = pymarc.MARCReader(io.BytesIO(file.read()), to_unicode=True, permissive=True)
    for number, record in enumerate(reader, 1):
        if record is None:
            where = f"{file.name}:{number}"
            yield (
                number,
                DocumentError(
                    f"{where}: damaged record ({reader.current_exception}).", "Export it again."
                ),
            )
        else:
            yield number, _marc(record, file.stem, number)


def _marc(record: Any, stem: str, number: int) -> Record:
    """Return a pymarc record as a record with our keys, by the "MARC 21 Format for Bibliographic
    Data" of the Library of Congress.

    The control number (001) is its id, else `stem:number`.
    """

    def values(tag: str, codes: str) -> list[str]:
        found = []
        for field in record.get_fields(tag):
            text = " ".join(
                v for s in field.subfields if s.code in codes and (v := s.value.strip())
            )
            # The punctuation of a card (ISBD) ends other fields than notes, which are sentences.
            if text := text if tag in _NOTES else text.strip(" /:;,."):
                found.append(text)
        return found

    control = next((f.data for f in record.get_fields("001")), "")
    year = re.search(r"\d{4}", " ".join((*values("260", "c"), *values("264", "c"))))
    notes = [v for tag in _NOTES for v in values(tag, "abcgrt")]
    title = " ".join(values("245", "abnp")[:1])
    publishers = (*values("260", "b"), *values("264", "b"))
    return {
        "id": control or f"{stem}:{number}",
        "title": title,
        "text": "\n\n".join([title, *notes]) if notes else title,
        "author": [*values("100", "a"), *values("110", "ab"), *values("700", "a")],
        "date": year[0] if year else None,
        "publisher": publishers[0] if publishers else None,
        "subject": [v for tag in ("650", "651", "600", "610") for v in values(tag, "axyz")],
        "url": next(iter(values("856", "u")), None),
    }


def read_xml(file: SourceFile) -> Iterator[tuple[int, Record | DocumentError]]:
    """Yield (number from 1, record) for each record of an XML file.

    Raises DocumentError if the file is not OAI-PMH, Dublin Core, MARCXML, RSS or Atom, is not well
    formed or too large, or if a library for it is not installed.
    """
    data = file.read()
    root = parse_xml(data, file.name)
    names = {local_name(element) for element in root.iter()}
    marc = [e for e in root.iter() if str(e.tag).startswith(_MARC21) and local_name(e) == "record"]
    if marc:
        pymarc = require("pymarc", "library", file.name)
        etree = require("lxml.etree", "html", file.name)
        for number, element in enumerate(marc, 1):  # also inside OAI-PMH
            for record in pymarc.parse_xml_to_array(io.BytesIO(etree.tostring(element))):
                found = _marc(record, file.stem, number)
                found["id"] = _oai_id(element) or found["id"]
                yield number, found
        return
    if "item" in names or "entry" in names:
        elements = [e for e in root.iter() if local_name(e) in ("item", "entry")]
        for number, element in enumerate(elements, 1):
            yield number, _mapped(element, _FEED, f"{file.stem}:{number}")
        return
    elements = [e for e in root.iter() if local_name(e) in ("dc", "oai_dc", "dublin-core")]
    if not elements:  # records under another name: what holds elements of Dublin Core
        terms = (e for e in root.iter() if str(e.tag).startswith(_DC) and e is not root)
        elements = list(dict.fromkeys(e.getparent() for e in terms))
    if not elements:
        raise DocumentError(
            f"{file.name}: XML of no kind that is read.",
            "Dublin Core, OAI-PMH, MARCXML, RSS and Atom are.",
        )
    for number, element in enumerate(elements, 1):
        yield number, _mapped(element, _DUBLIN_CORE, _oai_id(element) or f"{file.stem}:{number}")


def _oai_id(element: Any) -> str | None:
    """Return the identifier in the header of the OAI-PMH record around an element, or None."""
    for ancestor in element.iterancestors():
        if local_name(ancestor) == "record":
            for found in ancestor.iter():
                if local_name(found) == "identifier" and local_name(found.getparent()) == "header":
                    return (found.text or "").strip() or None
    return None


def _mapped(element: Any, names: dict[str, str], fallback_id: str) -> Record:
    record: Record = {"id": fallback_id}
    for child in element:
        key = names.get(local_name(child))
        text = " ".join("".join(child.itertext()).split()) if key != "text" else _inner(child)
        if local_name(child) == "link" and child.get("rel", "alternate") == "alternate":
            record.setdefault("url", child.get("href") or text)
        if local_name(child) == "author":  # of Atom: a name, an address, a page
            name = next((e for e in child if local_name(e) == "name"), child)
            text = " ".join("".join(name.itertext()).split())
        if not key or not text:
            continue
        if key in ("author", "subject", "type"):
            record.setdefault(key, []).append(text)
        elif key == "text" and names is _FEED:  # a summary, and the whole
            record["text"] = max(record.get("text", ""), text, key=len)
        elif key == "text":
            record["text"] = f"{record['text']}\n\n{text}" if "text" in record else text
        elif key == "id" or key not in record:
            record[key] = text
        elif names is not _FEED and record[key] != text:
            further = "alternative" if key == "title" else f"other {local_name(child)}"
            record[further] = f"{record[further]}; {text}" if further in record else text
    identifier = record.get("identifier", "")
    if str(identifier).startswith(("http://", "https://")):
        record.setdefault("url", identifier)
    record.setdefault("text", record.get("title", ""))
    return record


def _inner(element: Any) -> str:
    """Return the content of an element as text, or as HTML markup if it has elements in it (XHTML
    in Atom); `records` parses the markup."""
    if not len(element):
        return (element.text or "").strip()
    etree = require("lxml.etree", "html", "")
    copy = etree.Element("div")
    copy.text = element.text
    copy.extend(_plain_copy(etree, child) for child in element)
    return str(etree.tostring(copy, encoding="unicode", method="html")).strip()


def _plain_copy(etree: Any, element: Any) -> Any:
    """Return a copy of an element without attributes and namespaces, so that it can be written as
    HTML."""
    copy = etree.Element(local_name(element) or "span")
    copy.text, copy.tail = element.text, element.tail
    copy.extend(_plain_copy(etree, child) for child in element)
    return copy
