"""DOCX, by python-docx: headings, lists and tables in reading order; headers and footers apart."""

from __future__ import annotations

import io
import re
from typing import Any

from indexer.documents.content import Content
from indexer.documents.formats.extras import require
from indexer.documents.formats.packed import check_zip
from indexer.documents.source_file import SourceFile
from indexer.errors import DocumentError

_HEADING = re.compile(r"(?:heading|đề mục|tiêu đề)\s*(\d)", re.IGNORECASE)
_LIST = re.compile(r"list|bullet", re.IGNORECASE)
_MAX_DEPTH = 8


def read(file: SourceFile) -> Content:
    """Return the content of a .docx file. Raises DocumentError if it is damaged or encrypted."""
    docx = require("docx", "word", file.name)
    data = file.read()
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise DocumentError(
            f"{file.name}: encrypted, or an old .doc under a new name.",
            "Save it as .docx without a password.",
        )
    check_zip(data, file.name)
    content = Content()
    try:
        document = docx.Document(io.BytesIO(data))
        _walk(document, content, 0)
        properties = document.core_properties
        content.fields = {
            "stated_title": properties.title or "",
            "stated_author": properties.author or "",
        }
        content.source_text = "\n".join(
            node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t")
        )
    except Exception as error:  # python-docx raises KeyError, BadZipFile, lxml errors …
        raise DocumentError(
            f"{file.name}: damaged or no DOCX ({type(error).__name__}).",
            "Open it in a word processor and save it again.",
        ) from error
    return content


def _walk(container: Any, content: Content, depth: int) -> None:
    for block in container.iter_inner_content():
        if hasattr(block, "rows"):
            _table(block, content, depth)
        else:
            _paragraph(block, content)


def _paragraph(paragraph: Any, content: Content) -> None:
    # Text boxes and tracked insertions are not in `paragraph.text`.
    text = "".join(_pieces(paragraph._p))
    style = (paragraph.style.name if paragraph.style is not None else "") or ""
    if style == "Title":
        content.heading(text, 1)
    elif match := _HEADING.search(style):
        content.heading(text, int(match[1]))
    elif (paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None) or _LIST.search(
        style
    ):
        level = paragraph._p.pPr.numPr.ilvl if _numbered(paragraph) else None
        content.list_item(text, (level.val if level is not None else 0) + 1)
    elif style.lower().startswith("caption"):
        content.caption(text)
    else:
        for line in text.split("\n"):
            content.paragraph(line)


def _numbered(paragraph: Any) -> bool:
    return paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None


def _pieces(element: Any) -> Any:
    """The text of a paragraph: runs, tabs, breaks, insertions and text boxes, but no deletions."""
    for node in element.iter():
        tag = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
        if tag == "t":
            yield node.text or ""
        elif tag == "tab":
            yield " "
        elif tag in ("br", "cr"):
            yield "\n"
        elif tag == "noBreakHyphen":
            yield "-"


def _table(table: Any, content: Content, depth: int) -> None:
    """Rows of cells; a table that only lays out text (one column, or a letterhead) as
    paragraphs."""
    if depth >= _MAX_DEPTH:
        return
    rows = []
    for row in table.rows:
        cells = []
        seen = set()
        for cell in row.cells:
            if id(cell._tc) not in seen:  # a merged cell is listed once for each column
                seen.add(id(cell._tc))
                cells.append(cell)
        rows.append(cells)
    nested = any(cell.tables for cells in rows for cell in cells)
    layout = nested or max(map(len, rows), default=0) < 2 or _is_letterhead(rows)
    for number, cells in enumerate(rows):
        if layout:
            for cell in cells:
                _walk(cell, content, depth + 1)
        else:
            content.table_row([cell.text for cell in cells], header=number == 0 and len(rows) > 1)


def _is_letterhead(rows: list[list[Any]]) -> bool:
    """A table of two columns whose text says so, or whose cells hold several paragraphs each."""
    text = " ".join(cell.text for cells in rows[:3] for cell in cells).upper()
    return "CỘNG HÒA" in text or "CỘNG HOÀ" in text or "NƠI NHẬN" in text
