"""OpenDocument text (.odt): headings, lists, tables and paragraphs from content.xml."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from indexer.documents.content import Content
from indexer.documents.formats.packed import check_zip
from indexer.documents.formats.xml import local_name, parse_xml
from indexer.documents.source_file import SourceFile
from indexer.errors import DocumentError

_MAX_DEPTH = 64


def read(file: SourceFile) -> Content:
    """Return the content of a .odt file. Raises DocumentError if it is damaged or encrypted."""
    data = file.read()
    check_zip(data, file.name)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        try:
            if b"encryption-data" in packed.read("META-INF/manifest.xml"):
                raise DocumentError(f"{file.name}: encrypted.", "Save it without a password.")
            root = parse_xml(packed.read("content.xml"), file.name)
            meta = parse_xml(packed.read("meta.xml"), file.name) if _has_meta(packed) else None
        except KeyError as error:
            raise DocumentError(
                f"{file.name}: damaged or no ODT ({error.args[0]}).",
                "Open it in a word processor and save it again.",
            ) from None
    content = Content()
    body = next((e for e in root.iter() if local_name(e) == "body"), root)
    _walk(body, content, 0, 0)
    for element in meta.iter() if meta is not None else ():
        if local_name(element) == "title":
            content.fields["stated_title"] = element.text or ""
        elif local_name(element) == "creator":
            content.fields["stated_author"] = element.text or ""
    content.source_text = " ".join(body.itertext())
    return content


def _has_meta(packed: zipfile.ZipFile) -> bool:
    return "meta.xml" in packed.namelist()


def _walk(element: Any, content: Content, list_depth: int, depth: int) -> None:
    if depth > _MAX_DEPTH:
        return
    for child in element:
        name = local_name(child)
        if name == "h":
            level = next((v for k, v in child.attrib.items() if k.endswith("outline-level")), "1")
            content.heading(_text(child), int(level) if level.isdigit() else 1)
        elif name == "p":
            if list_depth:
                content.list_item(_text(child), list_depth)
            else:
                for line in _text(child).split("\n"):
                    content.paragraph(line)
            for frame in child:
                if local_name(frame) == "frame":
                    _walk(frame, content, 0, depth + 1)
        elif name == "list":
            _walk(child, content, list_depth + 1, depth + 1)
        elif name == "table":
            _table(child, content, depth)
        elif name in ("tracked-changes", "sequence-decls", "forms"):
            continue
        else:
            _walk(child, content, list_depth, depth + 1)


def _table(table: Any, content: Content, depth: int) -> None:
    rows = [row for row in table.iter() if local_name(row) == "table-row"]
    cells = [[c for c in row if local_name(c) == "table-cell"] for row in rows]
    text = " ".join(table.itertext()).upper()
    nested = sum(local_name(e) == "table" for e in table.iter()) > 1
    if nested or max(map(len, cells), default=0) < 2 or "CỘNG HÒA XÃ HỘI" in text:
        for row in cells:
            for cell in row:
                _walk(cell, content, 0, depth + 1)
        return
    for number, row in enumerate(cells):
        content.table_row(
            [" ".join(map(_text, cell)) for cell in row], header=number == 0 and len(rows) > 1
        )


def _text(element: Any) -> str:
    """The text of a paragraph with its spaces, tabs and line breaks; notes follow it."""
    parts = [element.text or ""]
    for child in element:
        name = local_name(child)
        if name == "s" or name == "tab":
            parts.append(" ")
        elif name == "line-break":
            parts.append("\n")
        elif name not in ("annotation", "frame", "bookmark"):
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)
