"""Read OpenDocument text (.odt, .fodt) by lxml: headings, lists, tables, notes and text boxes.

The names of elements are those of OpenDocument 1.3 (OASIS), part 3.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from indexer.documents.content import Content, Part
from indexer.documents.formats.office import MAX_STYLES
from indexer.documents.formats.office.list_labels import DEPTHS, Level, ListCounter
from indexer.documents.formats.office.page_headers import of_document
from indexer.documents.formats.packed import check_zip
from indexer.documents.formats.xml import local_name, parse_xml
from indexer.documents.source_file import SourceFile
from indexer.documents.tables import lays_out_text, places_tables
from indexer.documents.text.note_marks import is_note_mark
from indexer.errors import DocumentError

T = TypeVar("T")

_UNREAD = frozenset(
    "tracked-changes sequence-decls variable-decls forms annotation annotation-end bookmark"
    " table-of-content-source note-citation ruby-text title desc".split()
)
"""Names of elements whose content is not read, because it is no text of the document: deletions,
comments, declarations, the numbers of notes, and descriptions of pictures."""

_BLOCKS = frozenset("p h list table".split())
_STYLE_HOLDERS = frozenset(("styles", "automatic-styles", "master-styles"))
"""Names of the elements, directly below the root, that hold the styles."""
_STANDARD = "Standard"
"""Name of the page style with which a document begins if it states none."""
_RAISED = re.compile(r"super|[1-9]\d*%")
"""Matches the position of raised text: "super 58%", or by how much it is raised ("33% 58%")."""
_FEW = 8
"""Number of pieces of text before a raised one in which the word before it is looked for."""
_OUTLINE = "outline"
"""Stands for the list of all headings, which has no name in a file."""


def read(file: SourceFile) -> Content:
    """Return the content of a .odt file, or of a .fodt file (the same as one XML file).

    Raises DocumentError if it is damaged, encrypted or too large, or if lxml is not installed.
    """
    data = file.read()
    if file.ending == ".fodt" or data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        root = meta = styles = parse_xml(data, file.name)
    else:
        root, meta, styles = _unpack(data, file.name)
    content = Content()
    body = next((e for e in root.iter() if local_name(e) == "body"), None)
    if body is None:
        raise DocumentError(f"{file.name}: no ODT (no body).", "Save it as .odt again.")
    reader = _Reader(content, frozenset(_deletions(body)), _Styles(styles, root))
    reader.read(body)
    found = (
        next((e for e in meta.iter() if local_name(e) == "meta"), ()) if meta is not None else ()
    )
    for element in found:
        if local_name(element) == "title":
            content.fields["stated_title"] = element.text or ""
        elif local_name(element) == "initial-creator":
            content.fields["stated_author"] = element.text or ""
    return content


def _unpack(data: bytes, name: str) -> tuple[Any, Any, Any]:
    """Return the XML roots of the text, the properties and the styles of a packed file; None for
    properties or styles that it lacks.

    Raises DocumentError, naming `name`, if it is damaged, encrypted or too large.
    """
    check_zip(data, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if b"encryption-data" in packed.read("META-INF/manifest.xml"):
                raise DocumentError(f"{name}: encrypted.", "Save it without a password.")
            root = parse_xml(packed.read("content.xml"), name)
            has = frozenset(packed.namelist())
            meta, styles = (
                parse_xml(packed.read(part), name) if part in has else None
                for part in ("meta.xml", "styles.xml")
            )
            return root, meta, styles
    except (KeyError, zipfile.BadZipFile, OSError, EOFError, zlib.error) as error:
        raise DocumentError(
            f"{name}: damaged or no ODT ({error}).",
            "Open it in a word processor and save it again.",
        ) from None


class _List(NamedTuple):
    """A list around the text that is being read: the name of its style, the key under which its
    paragraphs are counted, and its depth, from 1 for the outermost list."""

    style: str
    key: str
    depth: int


class _Styles:
    """The styles of a document.

    `parts` are the roots of the XML that may have some, None for one that is missing; of two styles
    of one name, the last counts.

    Attributes
    ----------
    lists : name of a list style → depth from 0 → how the paragraphs there are numbered.
    pages : name of a page style (master page) → its element, in the order of the file.
    raised : names of styles of raised text.
    begins_page : name of a style of paragraphs or tables → the page style that begins with them.
    """

    def __init__(self, *parts: Any) -> None:
        self._parents: dict[str, str] = {}
        self.lists: dict[str, dict[int, Level]] = {}
        self.pages: dict[str, Any] = {}
        self.begins_page: dict[str, str] = {}
        self.raised: set[str] = set()
        holders = (holder for part in parts if part is not None for holder in part)
        for element in (e for h in holders if local_name(h) in _STYLE_HOLDERS for e in h):
            kind = local_name(element)
            if kind == "master-page":
                self.pages[_attribute(element, "name")] = element
            elif page := _attribute(element, "master-page-name"):
                self.begins_page[_attribute(element, "name")] = page
            if kind == "style" and _attribute(element, "family") == "paragraph":
                parent = _attribute(element, "parent-style-name")
                self._parents[_attribute(element, "name")] = parent
            elif kind == "style" and _attribute(element, "family") == "text":
                if any(_RAISED.match(_attribute(e, "text-position")) for e in element):
                    self.raised.add(_attribute(element, "name"))
            elif kind in ("list-style", "outline-style"):
                name = _OUTLINE if kind == "outline-style" else _attribute(element, "name")
                self.lists[name] = dict(_levels(element))

    def is_based_on(self, name: str, base: str) -> bool:
        """Return True if the paragraph style `name` is `base` (in lower case) or based on it."""
        for _ in range(MAX_STYLES):
            if name.lower() == base:  # a file made of a DOCX has "caption"
                return True
            name = self._parents.get(name, "")
        return False


def _levels(style: Any) -> Iterator[tuple[int, Level]]:
    """Yield (depth from 0, level) for the numbered levels of a list style."""
    for level in style:
        depth, numerals = _number(level, "level", 0), _attribute(level, "num-format")
        if not 1 <= depth <= DEPTHS or not numerals:
            continue
        first = max(depth - _number(level, "display-levels", 1) + 1, 1)
        numbers = ".".join(f"%{number}" for number in range(first, depth + 1))
        template = _attribute(level, "num-prefix") + numbers + _attribute(level, "num-suffix")
        yield depth - 1, Level(template, numerals, _number(level, "start-value", 1))


@dataclass
class _Reader:
    """Reads the blocks of a document into `content`.

    Attributes
    ----------
    deletions : ids of tracked deletions; the text between the marks of one is not read.
    styles : the styles of the document.
    open : ids of the deletions around the text that is being read.
    boxes : text boxes and notes found in the paragraph or table being read; they are added to
        `content` after it.
    """

    content: Content
    deletions: frozenset[str]
    styles: _Styles
    open: set[str] = field(default_factory=set)
    boxes: list[Any] = field(default_factory=list)
    _counter: ListCounter = field(default_factory=ListCounter)
    _keys: dict[str, str] = field(default_factory=dict)
    """Id of a list, or name of a style for the last list in it → the key of the list."""
    _numbered: tuple[_List, int | None] | None = None
    """The list of an item that has no text yet, and the number that it states."""
    _is_in_body: bool = False
    _is_in_cell: bool = False
    _page: str = ""
    """Name of the present page style; "" before the first block."""
    _read_headers: set[tuple[str, str]] = field(default_factory=set)

    def read(self, body: Any) -> None:
        """Add the text of a document to `content`, with what belongs to it of the headers and
        footers of its pages."""
        self._is_in_body = True
        self.walk(body, None)
        self._add_header("footer")

    def _begin_page(self, block: Any) -> None:
        """Before a block that begins a page in another style, add what belongs to the document of
        the footer of the pages before it and of the header of its own."""
        name = self.styles.begins_page.get(_attribute(block, "style-name"))
        name = name or self._page or _STANDARD
        if self._is_in_body and name != self._page:
            self._add_header("footer")
            self._page = name
            self._add_header("header")

    def _add_header(self, kind: str) -> None:
        """Add what belongs to the document of the header or footer, as `kind` says, of the present
        page style, unless it was added before."""
        page = self.styles.pages.get(self._page)
        if page is None or (kind, self._page) in self._read_headers:
            return
        self._read_headers.add((kind, self._page))
        every, first = _header(page, kind), _header(page, f"{kind}-first")
        after = self.styles.pages.get(_attribute(page, "next-style-name"), page)
        if after is not page:  # a style for the first page only
            on_first, every = every, _header(after, kind)
            self.content.parts += of_document(self._parts(on_first), self._parts(every))
        else:
            own = None if first is None else self._parts(first)
            self.content.parts += of_document(own, self._parts(every))

    def _parts(self, element: Any) -> list[Part]:
        """Return the blocks of a header or footer, without adding them."""
        if element is None:
            return []
        before = self._is_in_body, self.open, self._numbered
        self._is_in_body, self.open, self._numbered = False, set(), None
        parts = self._taken_out(element)
        self._is_in_body, self.open, self._numbered = before
        return parts

    def _taken_out(self, element: Any) -> list[Part]:
        """Read the blocks below an element; return them instead of adding them."""
        at = len(self.content.parts)
        self.walk(element, None)
        parts = self.content.parts[at:]
        del self.content.parts[at:]
        return parts

    def walk(self, element: Any, inside: _List | None) -> None:
        """Add the blocks below an element; `inside` is the innermost list around it.

        The recursion is bounded, because libxml2 parses no elements nested deeper than 256.
        """
        for child in element:
            name = local_name(child)
            if name in ("h", "p", "table"):
                self._begin_page(child)
            if name == "h":
                self._heading(child)
            elif name == "p":
                self._paragraph(child, inside)
            elif name == "list":
                self._list(child, inside)
            elif name == "table":
                self._table(child)
            elif name not in _UNREAD:
                self.walk(child, inside)

    def _list(self, element: Any, outer: _List | None) -> None:
        own = _attribute(element, "style-name")
        style = own or (outer.style if outer else "")
        continued = _attribute(element, "continue-list")
        if outer:
            key = outer.key
        elif continued or _attribute(element, "continue-numbering") == "true":
            key = self._keys.get(continued or style, style)
        else:
            key = f"{len(self._keys)} {style}"
        self._keys[style] = self._keys[_attribute(element, "id") or style] = key
        this = _List(style, key, outer.depth + 1 if outer else 1)
        for item in element:
            if local_name(item) == "list-item":
                self._numbered = this, _number(item, "start-value", None)
            self.walk(item, this)
            self._numbered = None

    def _label(self, text: str, heading: Any = None) -> str:
        """Return the label of the paragraph `text` with a space after it, or "" without one.

        That is its label as the first of its item, or as `heading`, the element of a heading.
        """
        if not text.strip():
            return ""
        numbered, self._numbered = self._numbered, None
        if numbered:
            (style, key, depth), number = numbered
        elif heading is not None and _attribute(heading, "is-list-header") != "true":
            style = key = _OUTLINE
            depth, number = _number(heading, "outline-level", 1), None
        else:
            return ""
        levels: Mapping[int, Level] = self.styles.lists.get(style, {})
        label = self._counter.label(key, levels, depth - 1, number)
        return f"{label} " if label else ""

    def _heading(self, element: Any) -> None:
        text = self._text(element)
        level = _number(element, "outline-level", 1)
        self.content.heading(self._label(text, element) + text, level)
        self._add_boxes()

    def _paragraph(self, element: Any, inside: _List | None) -> None:
        text, style = self._text(element), _attribute(element, "style-name")
        label = self._label(text)
        if self.styles.is_based_on(style, "title"):
            self.content.heading(label + text, 1)
        elif self.styles.is_based_on(style, "caption"):
            self.content.caption(text)
        elif inside and not label:  # an article ("Điều 5.") is no item
            self.content.list_item(text, inside.depth)
        else:
            for line in f"{label}{text}".split("\n"):
                self.content.paragraph(line)
        self._add_boxes()

    def _add_boxes(self) -> None:
        if self._is_in_cell:
            return
        boxes, self.boxes = self.boxes, []
        for box in boxes:
            self.walk(box, None)

    def _table(self, table: Any) -> None:
        """Add the rows of a table.

        A table that is used only for layout (`lays_out_text`, `places_tables`) is added as
        paragraphs and the tables in its cells. Of any other, these are text of the cells.
        """
        rows = [
            [cell for cell in row if local_name(cell) in ("table-cell", "covered-table-cell")]
            for row in _rows(table)
        ]
        texts = [["\n".join(_paragraph_texts(cell)) for cell in cells] for cells in rows]
        nested = " ".join(_nested_texts(table))
        if lays_out_text(texts) or places_tables(" ".join(chain(*texts)), nested):
            for cells in rows:
                for cell in cells:
                    self.walk(cell, None)
            return
        header = len(rows) > 1
        for number, cells in enumerate(rows):
            self.content.table_row(
                [self._cell(cell) for cell in cells], header=number == 0 and header
            )
        self._add_boxes()

    def _cell(self, cell: Any) -> str:
        """Return the text of a cell, one paragraph per line, with the tables in it; "" for a cell
        that a merged one covers. Text boxes and notes follow after the outermost table."""
        if local_name(cell) == "covered-table-cell":
            return ""
        was_in_cell, self._is_in_cell = self._is_in_cell, True
        parts = self._taken_out(cell)
        self._is_in_cell = was_in_cell
        return "\n".join(part.text for part in parts)

    def _text(self, element: Any) -> str:
        """Return the text of a paragraph with its spaces, tabs and line breaks, without raised
        marks that somebody typed for notes.

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
            elif name in _UNREAD:
                pass
            elif name in ("frame", "note") or any(local_name(e) in _BLOCKS for e in child):
                self.boxes.append(child)
            else:
                text = self._text(child)
                is_raised = _attribute(child, "style-name") in self.styles.raised
                if not (is_raised and is_note_mark("".join(parts[-_FEW:]), text)):
                    parts.append(text)
            self._add_text(child.tail, parts)
        return "".join(parts)

    def _add_text(self, text: str | None, parts: list[str]) -> None:
        if text and not self.open:
            parts.append(text)


def _header(page: Any, name: str) -> Any:
    """Return the header or footer called `name` of a page style; None if it has none, or hides it
    (as one of the first page that is that of all)."""
    found = (e for e in page if local_name(e) == name and _attribute(e, "display") != "false")
    return next(found, None)


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


def _paragraph_texts(element: Any) -> Iterator[str]:
    return ("".join(e.itertext()) for e in element.iterdescendants() if local_name(e) in ("p", "h"))


def _nested_texts(table: Any) -> Iterator[str]:
    """Yield the texts of the paragraphs in the tables within a table, not those in parts of its own
    grid, as which cells that were split are stored."""
    for element in table.iterdescendants():
        if local_name(element) in ("p", "h"):
            tables = (e for e in element.iterancestors() if local_name(e) == "table")
            nearest = next(e for e in tables if _attribute(e, "is-sub-table") != "true")
            if nearest is not table:
                yield "".join(element.itertext())


def _number(element: Any, name: str, default: T) -> int | T:
    """Return the value of an attribute as a number; `default` if it is none of at most nine
    digits."""
    value = _attribute(element, name)
    return int(value) if value.isdecimal() and len(value) <= 9 else default


def _attribute(element: Any, name: str) -> str:
    """Return the value of the attribute with this local name, or ""."""
    found = (v for k, v in element.attrib.items() if k.rpartition("}")[2] == name)
    return str(next(found, ""))
