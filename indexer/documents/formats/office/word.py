"""Read DOCX from its XML by lxml: headings, lists, tables, notes and text boxes in reading order.

The parts of a file and the names of elements are those of ECMA-376 (Office Open XML), part 1. The
XML is read directly because python-docx leaves out content controls, notes and insertions in
tables, and reads neither files with macros nor templates.
"""

from __future__ import annotations

import io
import posixpath
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

from indexer.documents.content import Content, Part
from indexer.documents.formats.office import HEADING_STYLE, MAX_STYLES
from indexer.documents.formats.office.list_labels import Level, ListCounter
from indexer.documents.formats.office.page_headers import of_document
from indexer.documents.formats.packed import check_zip
from indexer.documents.formats.xml import local_name, parse_xml
from indexer.documents.source_file import SourceFile
from indexer.documents.tables import lays_out_text, places_tables
from indexer.documents.text.note_marks import is_note_mark
from indexer.documents.text.symbols import symbol
from indexer.errors import DocumentError

_LIST = re.compile(r"^(?:list|danh sách)\b.*?(\d?)$", re.IGNORECASE)
_NUMERALS = {"upperRoman": "I", "lowerRoman": "i", "upperLetter": "A", "lowerLetter": "a"}
"""Number format of Word (`w:numFmt`) → `Level.numerals`; all others are shown as digits."""

_OFF = ("0", "false", "off")
"""Values of a property that is switched off."""

_OTHERS = {"header": "header", "footer": "footer", "diagramData": "diagram", "chart": "chart"}
"""Type of a related part that is no part of every document → what it is, for a warning."""
_GRAPHICS = {"relIds": "dm", "chart": "id"}
"""Name of an element that shows a diagram or chart → its attribute with the id of the relation."""

_UNREAD = frozenset(
    "pPr rPr sectPr tblPr tblGrid trPr tcPr sdtPr sdtEndPr moveFrom del instrText delText rt"
    " customXmlPr".split()
)
"""Names of elements whose content is no text of the document: properties, deletions, codes of
fields."""


def read(file: SourceFile) -> Content:
    """Return the content of a .docx file.

    Raises DocumentError if it is damaged, encrypted or too large, or if lxml is not installed.
    """
    data = file.read()
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise DocumentError(
            f"{file.name}: encrypted, or an old .doc under a new name.",
            "Save it as .docx without a password.",
        )
    check_zip(data, file.name)
    content = Content()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            _read(packed, file.name, content)
    except (KeyError, zipfile.BadZipFile, OSError, EOFError, ValueError, zlib.error) as error:
        raise DocumentError(
            f"{file.name}: damaged or no DOCX ({error}).",
            "Open it in a word processor and save it again.",
        ) from error
    return content


def _read(packed: zipfile.ZipFile, name: str, content: Content) -> None:
    names = frozenset(packed.namelist())
    package = {kind: part for kind, _, part in _relations(packed, names, "", name)}
    main = package.get("officeDocument", "word/document.xml")
    relations = list(_relations(packed, names, main, name))
    related = {kind: part for kind, _, part in relations}
    root = parse_xml(packed.read(main), name)
    parts = {
        kind: parse_xml(packed.read(related[kind]), name)
        for kind in ("styles", "numbering", "footnotes", "endnotes")
        if related.get(kind) in names
    }
    body = next((e for e in root.iter() if local_name(e) == "body"), None)
    if body is None:
        raise KeyError("no body")
    reader = _Reader(content, _Styles(parts.get("styles")), _Numbers(parts.get("numbering")))
    for kind in ("footnotes", "endnotes"):
        for note in parts.get(kind, ()):
            if _attribute(note, "type") in ("", "normal"):
                reader.notes[kind[:-1], _attribute(note, "id")] = note
    others = {}
    for kind, key, part in relations:
        if kind in _OTHERS and part in names:
            try:
                others[key] = parse_xml(packed.read(part), name)
            except DocumentError:
                content.warnings.append(f"the {_OTHERS[kind]} {part} is damaged and not read")
    reader.sections, reader.graphics = _sections(body, others), others
    reader.read(body)
    if (core := package.get("core-properties")) in names:
        for element in parse_xml(packed.read(str(core)), name):
            if local_name(element) == "title":
                content.fields["stated_title"] = element.text or ""
            elif local_name(element) == "creator":
                content.fields["stated_author"] = element.text or ""


def _relations(
    packed: zipfile.ZipFile, names: frozenset[str], part: str, name: str
) -> Iterator[tuple[str, str, str]]:
    """Yield (type, id, name of the related part) for each relation of a part, the last first.

    The type ("styles", "footnotes") is the last word of its URI. Relations to something outside the
    file are left out. `names` are the parts of the package, `part` is the name of one ("" for the
    package), `name` that of the file for messages. Raises DocumentError for damaged XML.
    """
    folder, base = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{base}.rels")
    if path not in names:
        return
    for relation in reversed(parse_xml(packed.read(path), name)):
        kind = (relation.get("Type") or "").rpartition("/")[2]
        target = relation.get("Target") or ""
        if kind and relation.get("TargetMode") != "External":
            joined = posixpath.normpath(posixpath.join("/", folder, target))
            yield kind, relation.get("Id") or "", joined.lstrip("/")


class _Section(NamedTuple):
    """The elements with the headers and footers of a section, None for those it lacks.

    Attributes
    ----------
    header, footer : those of all pages, or of all but the first.
    first_header, first_footer : those of the first page, if `has_first`.
    has_first : True if the first page has a header and a footer of its own, perhaps empty ones.
    """

    header: Any = None
    footer: Any = None
    first_header: Any = None
    first_footer: Any = None
    has_first: bool = False


def _sections(body: Any, texts: Mapping[str, Any]) -> list[_Section]:
    """Return the sections of a document in order.

    One that begins in the middle of a page has no header. `texts` is id of a relation → the root
    of a header or footer. A section without its own has those of the section before it.
    """
    sections: list[_Section] = []
    current: dict[tuple[str, str], Any] = {}
    for properties in body.iter("{*}sectPr"):
        if local_name(properties.getparent()) not in ("body", "pPr"):
            continue  # of a tracked change
        for reference in properties:
            kind = local_name(reference).removesuffix("Reference")
            if kind in ("header", "footer"):
                found = texts.get(_attribute(reference, "id"))
                current[kind, _attribute(reference, "type")] = found
        if sections and _value(properties, "type") == "continuous":
            sections.append(_Section())
            continue
        title_page = _child(properties, "titlePg")
        sections.append(
            _Section(
                current.get(("header", "default")),
                current.get(("footer", "default")),
                current.get(("header", "first")),
                current.get(("footer", "first")),
                title_page is not None and _attribute(title_page, "val") not in _OFF,
            )
        )
    return sections


class _Styles:
    """The styles of a document by their ids, with the styles on which they are based."""

    def __init__(self, root: Any) -> None:
        self._styles = {
            _attribute(e, "styleId"): e
            for e in (() if root is None else root)
            if local_name(e) == "style"
        }

    def chain(self, style_id: str) -> Iterator[Any]:
        """Yield a style, then the styles on which it is based, nearest first."""
        for _ in range(MAX_STYLES):
            style = self._styles.get(style_id)
            if style is None:
                return
            yield style
            style_id = _value(style, "basedOn")

    def name(self, style_id: str) -> str:
        """Return the name of a style, which for built-in styles is the same in all languages of
        Word; for a style without a name, its id."""
        style = self._styles.get(style_id)
        return style_id if style is None else _value(style, "name") or style_id


class _Numbers:
    """The numbered lists of a document.

    `root` is the root element of numbering.xml; None if the file has none.
    """

    def __init__(self, root: Any) -> None:
        elements = () if root is None else root
        abstract = {
            _attribute(e, "abstractNumId"): e for e in elements if local_name(e) == "abstractNum"
        }
        self._levels: dict[str, dict[int, Level]] = {}
        self._list_of: dict[str, str] = {}
        self._restarts: dict[tuple[str, int], int] = {}
        """(id of a numbering, depth) → the number with which it begins, although the list that it
        shares with others goes on; only until it is used."""
        for number in elements:
            if local_name(number) != "num":
                continue
            number_id, base = _attribute(number, "numId"), _value(number, "abstractNumId")
            self._list_of[number_id] = base
            levels = self._levels.setdefault(number_id, {})
            for override in number:
                depth, restart = _attribute(override, "ilvl"), _value(override, "startOverride")
                if depth.isdecimal() and restart.isdecimal():
                    self._restarts[number_id, int(depth)] = int(restart)
            for level in abstract.get(base, ()):
                if local_name(level) == "lvl" and _attribute(level, "ilvl").isdecimal():
                    start = _value(level, "start")
                    levels[int(_attribute(level, "ilvl"))] = Level(
                        _value(level, "lvlText"),
                        _NUMERALS.get(_value(level, "numFmt"), "1"),
                        int(start) if start.isdecimal() else 1,
                    )
        self._counter = ListCounter()

    def label(self, number_id: str, depth: int) -> str:
        """Count a numbered paragraph and return its label (`ListCounter.label`).

        `number_id` is the id of its numbering, `depth` its depth from 0.
        """
        key = self._list_of.get(number_id, number_id)
        restart = self._restarts.pop((number_id, depth), None)
        return self._counter.label(key, self._levels.get(number_id, {}), depth, restart)


class _Raised(str):
    """A piece of text that is raised, such as the mark of a note or an exponent."""

    __slots__ = ()


_FEW = 8
"""Number of pieces before a raised one in which the word before it is looked for."""


@dataclass
class _Reader:
    """Reads the blocks of a document into `content`.

    Attributes
    ----------
    notes : ("footnote" or "endnote", id) → the element with its text, for notes not yet read.
    boxes : text boxes and notes found in the paragraph or table being read; they are added to
        `content` after it.
    sections : the sections of the document that are not yet read to their ends, in order.
    graphics : id of a relation → the root of a diagram (SmartArt) or chart, not yet read.
    """

    content: Content
    styles: _Styles
    numbers: _Numbers
    sections: list[_Section] = field(default_factory=list)
    graphics: dict[str, Any] = field(default_factory=dict)
    notes: dict[tuple[str, str], Any] = field(default_factory=dict)
    boxes: list[Any] = field(default_factory=list)
    _read_headers: list[Any] = field(default_factory=list)
    _is_in_cell: bool = False

    def read(self, body: Any) -> None:
        """Add the text of a document to `content`, with what belongs to it of the headers and
        footers of its pages."""
        self._begin_section()
        self.walk(body)
        self._end_section()

    def _begin_section(self) -> None:
        if self.sections:
            section = self.sections[0]
            self._add_header(section.header, section.first_header, section.has_first)

    def _end_section(self) -> None:
        if self.sections:
            section = self.sections.pop(0)
            self._add_header(section.footer, section.first_footer, section.has_first)

    def _add_header(self, every: Any, first: Any, has_first: bool) -> None:
        """Add what belongs to the document of a header or footer, unless it was added before."""
        shown = first if has_first else every
        if shown is None or any(shown is element for element in self._read_headers):
            return
        self._read_headers.append(shown)
        on_others = self._parts(every)
        self.content.parts += of_document(self._parts(first) if has_first else None, on_others)

    def _parts(self, element: Any) -> list[Part]:
        """Return the paragraphs and tables of a header, footer or cell, without adding them."""
        if element is None:
            return []
        at = len(self.content.parts)
        self.walk(element)
        parts = self.content.parts[at:]
        del self.content.parts[at:]
        return parts

    def walk(self, container: Any) -> None:
        """Add the paragraphs and tables of a body, cell, text box or note to `content`."""
        for block in container:
            name = local_name(block)
            if name == "p":
                self._paragraph(block)
            elif name == "tbl":
                self._table(block)
            elif name == "altChunk":
                self.content.warnings.append("a file embedded in the text is not read")
            elif name == "AlternateContent":
                self.walk(_alternative(block))
            elif name == "strCache":  # names of categories and series of a chart
                self.content.paragraph(", ".join(v.text or "" for v in block.iter("{*}v")))
            elif name not in _UNREAD:
                self.walk(block)

    def _paragraph(self, paragraph: Any) -> None:
        text = self._text(paragraph)
        properties = _child(paragraph, "pPr")
        style_id = _value(properties, "pStyle")
        name = self.styles.name(style_id).lower()
        level = self._outline_level(properties, style_id)
        number_id, depth = self._list_level(properties, style_id)
        label = self.numbers.label(number_id, depth) if number_id and text.strip() else ""
        if label:
            text = f"{label} {text}"
        if name == "title":
            self.content.heading(text, 1)
        elif level:
            self.content.heading(text, level)
        elif (number_id and not label) or _LIST.match(name):
            named = _LIST.match(name)
            self.content.list_item(text, depth + 1 if depth else int((named and named[1]) or 1))
        elif name.startswith("caption"):
            self.content.caption(text)
        else:
            for line in text.split("\n"):
                self.content.paragraph(line)
        self._add_boxes()
        if _child(properties, "sectPr") is not None:
            self._end_section()
            self._begin_section()

    def _add_boxes(self) -> None:
        if self._is_in_cell:
            return
        boxes, self.boxes = self.boxes, []
        for box in boxes:
            self.walk(box)

    def _outline_level(self, properties: Any, style_id: str) -> int:
        """Return the level of a heading, from 1; 0 if the paragraph is no heading.

        The level is stated by the properties of the paragraph, by its styles, or by their names.
        """
        own = _value(properties, "outlineLvl")
        if own.isdecimal():
            return int(own) + 1 if int(own) < 6 else 0
        for style in self.styles.chain(style_id):
            if match := HEADING_STYLE.match(_value(style, "name")):
                return int(match[1])
            stated = _value(_child(style, "pPr"), "outlineLvl")
            if stated.isdecimal():
                return int(stated) + 1 if int(stated) < 6 else 0
        match = HEADING_STYLE.match(style_id)
        return int(match[1]) if match else 0

    def _list_level(self, properties: Any, style_id: str) -> tuple[str, int]:
        """Return the id of the numbering of a paragraph, "" if it is in no list, and its depth, 0
        to 8."""
        found = [properties, *(_child(style, "pPr") for style in self.styles.chain(style_id))]
        for holder in found:
            numbering = _child(holder, "numPr")
            if numbering is not None and (number_id := _value(numbering, "numId")):
                level = _value(numbering, "ilvl")
                return (
                    "" if number_id == "0" else number_id,
                    min(int(level), 8) if level.isdecimal() else 0,
                )
        return "", 0

    def _text(self, paragraph: Any) -> str:
        """Return the text of a paragraph, with tracked insertions and without deletions, and
        without raised marks that somebody typed for notes.

        Text boxes and notes in it are added to `boxes`.
        """
        pieces: list[str] = []
        for piece in self._pieces(paragraph):
            if not (isinstance(piece, _Raised) and is_note_mark("".join(pieces[-_FEW:]), piece)):
                pieces.append(piece)
        return "".join(pieces)

    def _pieces(self, element: Any) -> Iterator[str]:
        """Yield the text of a paragraph in pieces, raised ones as _Raised."""
        for node in element:
            name = local_name(node)
            if name == "t":
                yield node.text or ""
            elif name in ("tab", "ptab"):
                yield " "
            elif name in ("br", "cr"):
                yield "\n"
            elif name == "noBreakHyphen":
                yield "-"
            elif name == "sym":
                with suppress(ValueError):
                    yield symbol(_attribute(node, "font"), int(_attribute(node, "char"), 16))
            elif name == "txbxContent":
                self.boxes.append(node)
            elif name in _GRAPHICS:
                graphic = self.graphics.pop(_attribute(node, _GRAPHICS[name]), None)
                if graphic is not None:
                    self.boxes.append(graphic)
            elif name in ("footnoteReference", "endnoteReference"):
                note = self.notes.pop(
                    (name.removesuffix("Reference"), _attribute(node, "id")), None
                )
                if note is not None:
                    self.boxes.append(note)
            elif name == "AlternateContent":
                yield from self._pieces(_alternative(node))
            elif name == "r" and _value(_child(node, "rPr"), "vertAlign") == "superscript":
                yield _Raised("".join(self._pieces(node)))
            elif name not in _UNREAD:
                yield from self._pieces(node)

    def _table(self, table: Any) -> None:
        """Add the rows of a table.

        A table that is used only for layout (`lays_out_text`, `places_tables`) is added as
        paragraphs and the tables in its cells. Of any other, these are text of the cells.
        """
        rows = [list(_below(row, "tc")) for row in _below(table, "tr") if not _is_deleted(row)]
        texts = [["".join(self._plain(cell)) for cell in cells] for cells in rows]
        nested = " ".join(
            "".join(self._plain(inner))
            for cells in rows
            for cell in cells
            for inner in _below(cell, "tbl")
        )
        if lays_out_text(texts) or places_tables(" ".join(chain(*texts)), nested):
            for cells in rows:
                for cell in cells:
                    self.walk(cell)
            return
        header = len(rows) > 1
        for number, cells in enumerate(rows):
            row: list[str] = []
            for cell in cells:
                properties = _child(cell, "tcPr")
                merged = _child(properties, "vMerge")
                goes_on = merged is not None and _attribute(merged, "val") in ("", "continue")
                row.append("" if goes_on else self._cell(cell))
                span = _value(properties, "gridSpan")
                row += [""] * (min(int(span), 64) - 1 if span.isdecimal() else 0)
            self.content.table_row(row, header=number == 0 and header)
        self._add_boxes()

    def _cell(self, cell: Any) -> str:
        """Return the text of a cell, one paragraph per line, with the tables in it; text boxes and
        notes follow after the outermost table."""
        was_in_cell, self._is_in_cell = self._is_in_cell, True
        parts = self._parts(cell)
        self._is_in_cell = was_in_cell
        return "\n".join(part.text for part in parts)

    def _plain(self, element: Any) -> Iterator[str]:
        """Yield all text below an element; used to decide what kind of table it is."""
        for node in element.iter():
            if local_name(node) == "t":
                yield unicodedata.normalize("NFC", node.text or "")
            elif local_name(node) == "p":
                yield "\n"


def _alternative(element: Any) -> Any:
    """Return the first choice of an AlternateContent element, which states one content in several
    forms (ECMA-376, part 3); the element itself without a choice."""
    return next((e for e in element if local_name(e) == "Choice"), element)


def _below(element: Any, name: str) -> Iterator[Any]:
    """Yield the elements with the local name `name` below `element`, in document order.

    Elements of other names, such as content controls, are searched through, except for those in
    _UNREAD and deleted rows; of an AlternateContent, only the first choice is. An element inside
    another one called `name` (a row of a table in a cell) is not yielded.
    """
    for child in element:
        found = local_name(child)
        if found == name:
            yield child
        elif found == "AlternateContent":
            yield from _below(_alternative(child), name)
        elif found not in _UNREAD and not _is_deleted(child):
            yield from _below(child, name)


def _is_deleted(row: Any) -> bool:
    """Return True for a row of a table that is marked as deleted."""
    return local_name(row) == "tr" and _child(_child(row, "trPr"), "del") is not None


def _child(element: Any, name: str) -> Any:
    if element is None:
        return None
    return next((e for e in element if local_name(e) == name), None)


def _attribute(element: Any, name: str) -> str:
    """Return the value of the attribute with this local name, or ""."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


def _value(element: Any, name: str) -> str:
    """Return the attribute `val` of the child called `name` ("Title" for `<w:pStyle
    w:val="Title"/>`); "" if there is no child or no attribute."""
    child = _child(element, name)
    return "" if child is None else _attribute(child, "val")
