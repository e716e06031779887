"""Read OpenDocument text (.odt, .fodt) by lxml: headings, lists, tables, notes and text boxes.

The names of elements are those of OpenDocument 1.3 (OASIS), part 3.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from indexer.documents.content import Content
from indexer.documents.formats.packed import check_zip
from indexer.documents.formats.xml import local_name, parse_xml
from indexer.documents.source_file import SourceFile
from indexer.documents.tables import lays_out_text
from indexer.errors import DocumentError

_UNREAD = frozenset(
    "tracked-changes sequence-decls variable-decls forms annotation annotation-end bookmark"
    " table-of-content-source note-citation ruby-text title desc".split()
)
"""Names of elements whose content is not read, because it is no text of the document: deletions,
comments, declarations, the numbers of notes, and descriptions of pictures."""

_BLOCKS = frozenset("p h list table".split())


def read(file: SourceFile) -> Content:
    """Return the content of a .odt file, or of a .fodt file (the same as one XML file).

    Raises DocumentError if it is damaged, encrypted or too large, or if lxml is not installed.
    """
    data = file.read()
    if file.ending == ".fodt" or data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        root = meta = parse_xml(data, file.name)
    else:
        root, meta = _unpack(data, file.name)
    content = Content()
    body = next((e for e in root.iter() if local_name(e) == "body"), None)
    if body is None:
        raise DocumentError(f"{file.name}: no ODT (no body).", "Save it as .odt again.")
    _Reader(content, frozenset(_deletions(body))).walk(body, 0)
    found = (
        next((e for e in meta.iter() if local_name(e) == "meta"), ()) if meta is not None else ()
    )
    for element in found:
        if local_name(element) == "title":
            content.fields["stated_title"] = element.text or ""
        elif local_name(element) == "initial-creator":
            content.fields["stated_author"] = element.text or ""
    return content


def _unpack(data: bytes, name: str) -> tuple[Any, Any]:
    """Return the XML roots of the text and of the properties of a packed file; None for properties
    that it lacks.

    Raises DocumentError, naming `name`, if it is damaged, encrypted or too large.
    """
    check_zip(data, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if b"encryption-data" in packed.read("META-INF/manifest.xml"):
                raise DocumentError(f"{name}: encrypted.", "Save it without a password.")
            root = parse_xml(packed.read("content.xml"), name)
            has_meta = "meta.xml" in packed.namelist()
            return root, parse_xml(packed.read("meta.xml"), name) if has_meta else None
    except (KeyError, zipfile.BadZipFile, OSError, EOFError, zlib.error) as error:
        raise DocumentError(
            f"{name}: damaged or no ODT ({error}).",
            "Open it in a word processor and save it again.",
        ) from None


@dataclass
class _Reader:
    """Reads the blocks of a document into `content`.

    Attributes
    ----------
    deletions : ids of tracked deletions; the text between the marks of one is not read.
    open : ids of the deletions around the text that is being read.
    boxes : text boxes and notes found in the paragraph or table being read; they are added to
        `content` after it.
    """

    content: Content
    deletions: frozenset[str]
    open: set[str] = field(default_factory=set)
    boxes: list[Any] = field(default_factory=list)

    def walk(self, element: Any, list_depth: int) -> None:
        """Add the blocks below an element; `list_depth` is the number of lists around it.

        The recursion is bounded, because libxml2 parses no elements nested deeper than 256.
        """
        for child in element:
            name = local_name(child)
            if name == "h":
                level = _attribute(child, "outline-level")
                self.content.heading(self._text(child), int(level) if level.isdecimal() else 1)
                self._add_boxes()
            elif name == "p":
                self._paragraph(child, list_depth)
            elif name == "list":
                self.walk(child, list_depth + 1)
            elif name == "table":
                self._table(child)
            elif name not in _UNREAD:
                self.walk(child, list_depth)

    def _paragraph(self, element: Any, list_depth: int) -> None:
        text = self._text(element)
        if list_depth:
            self.content.list_item(text, list_depth)
        else:
            for line in text.split("\n"):
                self.content.paragraph(line)
        self._add_boxes()

    def _add_boxes(self) -> None:
        boxes, self.boxes = self.boxes, []
        for box in boxes:
            self.walk(box, 0)

    def _table(self, table: Any) -> None:
        rows = [
            [cell for cell in row if local_name(cell) in ("table-cell", "covered-table-cell")]
            for row in _rows(table)
        ]
        texts = [["\n".join(_paragraph_texts(cell)) for cell in cells] for cells in rows]
        nested = any(local_name(e) == "table" for e in table.iterdescendants())
        if nested or lays_out_text(texts):
            for cells in rows:
                for cell in cells:
                    self.walk(cell, 0)
            return
        header = len(rows) > 1
        for number, cells in enumerate(rows):
            self.content.table_row(
                [self._cell(cell) for cell in cells], header=number == 0 and header
            )
        self._add_boxes()

    def _cell(self, cell: Any) -> str:
        """Return the text of a cell, one paragraph per line; "" for a cell that a merged one
        covers."""
        if local_name(cell) == "covered-table-cell":
            return ""
        return "\n".join(
            self._text(e)
            for e in cell.iterdescendants()
            if local_name(e) in ("p", "h") and not _is_apart(e, cell)
        )

    def _text(self, element: Any) -> str:
        """Return the text of a paragraph with its spaces, tabs and line breaks.

        Text boxes and notes in it are added to `boxes`.
        """
        parts: list[str] = []
        self._add_text(element.text, parts)
        for child in element:
            name = local_name(child)
            if name == "change-start" and (change := _attribute(child, "change-id")):
                self.open |= {change} & self.deletions
            elif name == "change-end":
                self.open.discard(_attribute(child, "change-id"))
            elif name in ("s", "tab"):
                parts.append(" ")
            elif name == "line-break":
                parts.append("\n")
            elif name in ("frame", "note") or any(local_name(e) in _BLOCKS for e in child):
                self.boxes.append(child)
            elif name not in _UNREAD:
                parts.append(self._text(child))
            self._add_text(child.tail, parts)
        return "".join(parts)

    def _add_text(self, text: str | None, parts: list[str]) -> None:
        if text and not self.open:
            parts.append(text)


def _deletions(body: Any) -> Iterator[str]:
    """Yield the ids of the tracked changes that are deletions."""
    for region in body.iter():
        kinds = {local_name(change) for change in region}
        if local_name(region) == "changed-region" and "deletion" in kinds:
            yield _attribute(region, "id")


def _rows(table: Any) -> Iterator[Any]:
    """Yield the rows of a table, also those in groups of rows, but not those of tables in its
    cells."""
    for child in table:
        name = local_name(child)
        if name == "table-row":
            yield child
        elif name not in _UNREAD:
            yield from _rows(child)


def _is_apart(element: Any, cell: Any) -> bool:
    """Return True if a paragraph in a cell belongs to a text box, note or comment."""
    for ancestor in element.iterancestors():
        if ancestor is cell:
            return False
        if local_name(ancestor) in ("p", "h", "frame", "note", "annotation"):
            return True
    return False


def _paragraph_texts(element: Any) -> Iterator[str]:
    return ("".join(e.itertext()) for e in element.iterdescendants() if local_name(e) in ("p", "h"))


def _attribute(element: Any, name: str) -> str:
    """Return the value of the attribute with this local name, or ""."""
    found = (v for k, v in element.attrib.items() if k.rpartition("}")[2] == name)
    return str(next(found, ""))
