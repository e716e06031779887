"""Read RTF in one pass: paragraphs, headings, lists, tables, notes and text boxes.

Control words are those of Microsoft's "Rich Text Format (RTF) Specification, version 1.9.1". What a
file embeds or links to is not read.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from indexer.documents.content import Content, Part
from indexer.documents.formats.office import HEADING_STYLE
from indexer.documents.formats.office.page_headers import of_document
from indexer.documents.source_file import SourceFile
from indexer.documents.tables import lays_out_text
from indexer.errors import DocumentError

_MAX_BYTES = 64 << 20
_MAX_GROUPS = 2_000
_MAX_COLUMNS = 256
"""Greatest number of columns of a table of which the places are compared; Word has at most 63."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_ROMAN = re.compile(r"[ivxlcdm]+", re.IGNORECASE)
_TITLE = re.compile(r"\{\\title ([^{}]{1,2000})\}")
_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}]+)|\\$"
)
_UNREAD = frozenset(
    "fonttbl colortbl stylesheet info pict headerl footerl ftnsep ftnsepc ftncn aftnsep aftnsepc"
    " aftncn fldinst pntext object objdata"
    " nonesttables nonshppict datafield themedata latentstyles listtable listoverridetable revtbl"
    " rsidtbl generator xmlnstbl mmathPr annotation atnid atnauthor template bkmkstart bkmkend sp"
    " sn sv shprslt".split()
)
"""Control words of destinations that are not read, because they have no text of the document.
Unknown destinations marked with `\\*` are not read either."""

_READ = frozenset("shptxt shpinst shp footnote fldrslt do dptxbxtext nesttableprops".split())
_NESTED = "nesttableprops"
"""Control word of the destination with the properties of a row of a table in a cell."""
_APART = frozenset(("shptxt", "footnote", "dptxbxtext", "listtext"))
"""Control words of destinations that stand inside a paragraph and are no part of its text: text
boxes and notes, which are added after it, and the label that a list gives it."""

_HEADERS = frozenset("header headerr headerf footer footerr footerf".split())
"""Control words of headers and footers: of all pages, of right pages, of the first page."""

_SIGNS = {
    "tab": " ", "line": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ",
    "qmspace": " ",
}  # fmt: skip
_CHARSETS = {
    0: "cp1252", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250",
}  # fmt: skip
"""`\\fcharset` of a font → Python's codec; 163 is Vietnamese."""
_SYMBOL = "symbol"
"""Stands for the codec of the fonts Symbol and Wingdings (`\\fcharset2`)."""


def read(file: SourceFile) -> Content:
    """Return the content of an RTF file; a file that ends too early is read as far as it goes.

    Raises DocumentError if the file is not RTF, is larger than 64 MB, or has groups nested deeper
    than 2,000.
    """
    data = file.read()
    if not data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{\\rtf"):
        raise DocumentError(f"{file.name}: no RTF.", "Save it again as RTF or as .docx.")
    if len(data) > _MAX_BYTES:
        raise DocumentError(f"{file.name}: larger than 64 MB.", "Save it as .docx.")
    reader = _Reader(Content())
    source = data.decode("latin-1")
    try:
        reader.read(source)
    except _TooDeepError:
        raise DocumentError(
            f"{file.name}: groups nested more than {_MAX_GROUPS} deep.", "Save it as .docx."
        ) from None
    content = reader.content
    if title := _TITLE.search(source):
        stated = _Reader(Content())
        stated.read("{\\rtf1 " + title[1] + "}")
        content.fields["stated_title"] = " ".join(part.text for part in stated.content.parts)
    if reader.depth:
        content.warnings.append("the file ends in the middle; it is read as far as it goes")
    return content


class _TooDeepError(Exception):
    pass


@dataclass(slots=True)
class _State:
    """The settings that a group inherits from the group around it.

    Attributes
    ----------
    is_unread : True in a destination that is no text of the document.
    is_deleted : True for text marked as deleted.
    is_table : True in a row of a table.
    fallback : number of characters to skip after a Unicode character (`\\uc`).
    codec : Python's codec for bytes, or _SYMBOL.
    destination : control word of the destination of the group, or "".
    """

    is_unread: bool = False
    is_deleted: bool = False
    is_table: bool = False
    fallback: int = 1
    codec: str = "cp1252"
    destination: str = ""


_Row = tuple[tuple[str, ...], tuple[int, ...]]
"""The texts of the cells of a row, and their right edges in twips."""


@dataclass(slots=True)
class _Flow:
    """The text that is being read: the body, a text box or a note.

    Attributes
    ----------
    pieces : the text of the current paragraph or cell so far.
    raw : bytes that are not decoded yet.
    begin : the number of `pieces` before the current paragraph; they belong to the same cell.
    label : the label that a list gives the current paragraph ("Điều 5."), or "".
    level, item : heading level and depth in lists of the current paragraph, from 1; 0 for none.
    is_caption : True if the current paragraph is a caption.
    cells : the cells of the current table row so far.
    is_marked : True if these cells are marked as parts of a table, so that a paragraph without the
        mark is not in the row.
    edges : the right edges of the cells of the current table row, in twips.
    rows : the cells of the rows of the current table so far, and their right edges.
    done : functions that add the finished blocks to a content, in order.
    """

    pieces: list[str] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)
    begin: int = 0
    label: str = ""
    level: int = 0
    item: int = 0
    is_caption: bool = False
    cells: list[str] = field(default_factory=list)
    is_marked: bool = False
    edges: list[int] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)
    done: list[Callable[[Content], None]] = field(default_factory=list)

    def end_line(self, end: str) -> None:
        """End the current paragraph, with its label before it and `end` after it."""
        if self.label and "".join(self.pieces[self.begin :]).strip():
            self.pieces.insert(self.begin, f"{self.label} ")
        self.label = ""
        self.pieces.append(end)
        self.begin = len(self.pieces)

    def end_cell(self) -> None:
        """Add the text since the last cell as the next cell of the row."""
        self.cells.append("".join(self.pieces))
        self.pieces.clear()
        self.begin = 0


class _Reader:
    def __init__(self, content: Content) -> None:
        self.content = content
        self.depth = 0
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._codec = "cp1252"
        self._style: int | None = None
        self._levels: dict[int, int] = {}
        self._captions: set[int] = set()
        self._skip = 0
        self._high = ""
        self._flows = [_Flow()]
        self._later: list[_Flow] = []
        self._headers: dict[str, list[Part]] = {}
        self._before_header = 0
        self._has_first = False
        self._section = 1
        self._is_new_section, self._begins_page = True, True
        self._added_headers: set[tuple[str, ...]] = set()

    def read(self, source: str) -> None:
        """Add the blocks of a file to `content`; `source` is the file, decoded as Latin-1.

        Raises _TooDeepError if groups are nested deeper than `_MAX_GROUPS`. Afterwards `depth` is
        the number of groups that were not closed.
        """
        state, stack = _State(), list[tuple[_State, str]]()
        at, is_first, is_marked = 0, False, False
        while match := _TOKEN.match(source, at):
            at = match.end()
            word, number, byte, sign, brace, text = match.groups()
            if brace == "{":
                stack.append((replace(state), ""))
                if len(stack) > _MAX_GROUPS:
                    raise _TooDeepError
                is_first, is_marked = True, False
                self._skip = 0
                continue
            if brace == "}":
                if not stack:
                    break
                self._flush(state)
                state, opened = stack.pop()
                if opened == "listtext":
                    self._end_label()
                elif opened in _HEADERS:
                    self._end_header(opened, state)
                elif opened:
                    self._end_flow(state)
                self._skip = 0
                if not stack:
                    break
                continue
            if sign == "*" and is_first:
                is_marked = True
                continue
            if word and is_first:
                is_first = False
                if word == _NESTED:
                    state.destination = word
                if word in _UNREAD or (is_marked and word not in _READ):
                    state.is_unread, state.destination = True, word
                elif word in _APART | _HEADERS and not state.is_unread:
                    self._flush(state)
                    if word in _HEADERS:
                        self._before_header = len(self._later)
                    stack[-1] = stack[-1][0], word
                    self._flows.append(_Flow())
            is_first = False
            if word == "bin" and number:
                at += max(int(number), 0)
            elif word:
                self._word(word, None if number is None else int(number), state)
            elif byte:
                if self._skip:
                    self._skip -= 1
                elif not (state.is_unread or state.is_deleted):
                    self._flows[-1].raw.append(int(byte, 16))
            elif sign:
                self._sign(sign, state)
            elif text:
                self._text(text.replace("\r", "").replace("\n", ""), state)
        self.depth = len(stack)
        while len(self._flows) > 1:
            self._end_flow(state)
        self._end_section(state)

    def _end_label(self) -> None:
        """End the label of a list, and keep it for its paragraph if it has a word ("Điều 5.").

        Bare numbers and bullets are left out because they are structure, as in HTML.
        """
        label = " ".join("".join(self._flows.pop().pieces).split())
        if any(not _ROMAN.fullmatch(word) for word in _WORD.findall(label)):
            self._flows[-1].label = label

    def _word(self, word: str, number: int | None, state: _State) -> None:
        if word == "u" and number is not None:
            self._unicode(number % 65536, state)
        elif word == "uc":
            state.fallback = max(number or 0, 0)
        elif word == "ansicpg" and number:
            state.codec = self._codec = _codec(f"cp{number}") or state.codec
        elif word == "f" and number is not None:
            self._flush(state)
            self._font = number
            if state.destination != "fonttbl":
                state.codec = self._fonts.get(number, self._codec)
        elif word == "fcharset" and number is not None:
            if codec := _SYMBOL if number == 2 else _CHARSETS.get(number) if number else None:
                self._fonts[self._font] = codec
        elif state.destination == "stylesheet":
            if word in ("s", "cs", "ds", "ts"):
                self._style = number if word == "s" else None
            elif word == "outlinelevel" and number is not None and self._style is not None:
                self._levels[self._style] = number + 1 if number < 6 else 0
        elif state.is_unread:
            return
        elif word == "s" and number is not None:
            self._flows[-1].level = self._levels.get(number, 0)
            self._flows[-1].is_caption = number in self._captions
        elif word in ("deleted", "revised") or word == "plain":
            self._flush(state)
            if word != "revised":
                state.is_deleted = word == "deleted" and number != 0
        elif word in _SIGNS:
            self._add(_SIGNS[word], state)
        elif word == "par":
            self._end_paragraph(state)
        elif word == "sect" and len(self._flows) == 1:
            self._end_section(state)
            self._section += 1
        elif word == "sectd":
            self._has_first, self._begins_page = False, True
        elif word == "titlepg":
            self._has_first = True
        elif word == "sbknone":
            self._begins_page = self._section == 1
        elif word == "pard":
            flow = self._flows[-1]
            flow.level = flow.item = 0
            flow.is_caption = False
            state.is_table = False
        elif word == "intbl":
            state.is_table = True
        elif word == "outlinelevel" and number is not None:
            self._flows[-1].level = number + 1 if number < 6 else 0
        elif word == "ilvl":
            self._flows[-1].item = (number or 0) + 1
        elif word == "ls" and number:
            self._flows[-1].item = self._flows[-1].item or 1
        elif word in ("cell", "nestcell"):
            self._flush(state)
            flow = self._flows[-1]
            flow.end_line(" ")
            if word == "cell":  # a table in a cell is text of the cell, a line for each row
                flow.end_cell()
                flow.is_marked = state.is_table
        elif word in ("trowd", "cellx") and state.destination != _NESTED:
            flow = self._flows[-1]
            if word == "trowd":
                flow.edges.clear()
            elif len(flow.edges) < _MAX_COLUMNS:
                flow.edges.append(number or 0)
        elif word == "nestrow":
            self._flows[-1].end_line("\n")
        elif word == "row":
            flow = self._flows[-1]
            flow.rows.append((tuple(flow.cells), tuple(flow.edges)))
            flow.cells.clear()

    def _sign(self, sign: str, state: _State) -> None:
        if sign in "\\{}":
            self._text(sign, state)
        elif sign in "~_":
            self._add(" " if sign == "~" else "-", state)
        elif sign in "\r\n":
            self._end_paragraph(state)

    def _unicode(self, code: int, state: _State) -> None:
        """Add the character of a UTF-16 code unit (0 to 65535), and skip the characters after it
        that are its replacement for old programs (`\\uc`)."""
        self._skip = state.fallback
        char = chr(code)
        if 0xD800 <= code < 0xDC00:
            self._high = char
            return
        if 0xDC00 <= code < 0xE000:
            pair = (self._high + char).encode("utf-16-le", "surrogatepass")
            char = pair.decode("utf-16-le", "replace")
        self._high = ""
        self._add(char, state)

    def _text(self, text: str, state: _State) -> None:
        skipped = min(self._skip, len(text))
        self._skip -= skipped
        text = text[skipped:]
        if state.destination == "stylesheet":
            self._name_style(text.strip(" ;").lower())
        if not text or state.is_unread or state.is_deleted:
            return
        if text.isascii():
            self._add(text, state)
        else:  # bytes that a program wrote without escapes
            self._flows[-1].raw += text.encode("latin-1")

    def _name_style(self, name: str) -> None:
        """Note what the paragraphs in the style being read are by its name, in lower case, unless
        the style says so itself."""
        style = self._style or 0
        if name == "title":
            self._levels.setdefault(style, 1)
        elif match := HEADING_STYLE.match(name):
            self._levels.setdefault(style, int(match[1]))
        elif name.startswith("caption"):
            self._captions.add(style)

    def _add(self, text: str, state: _State) -> None:
        if not (state.is_unread or state.is_deleted):
            self._flush(state)
            self._flows[-1].pieces.append(text)

    def _flush(self, state: _State) -> None:
        """Decode the bytes collected so far and add their text to the paragraph.

        They are collected because one letter may take several bytes.
        """
        flow = self._flows[-1]
        if flow.raw:
            if state.codec == _SYMBOL:
                flow.pieces.append("".join(chr(0xF000 | byte) for byte in flow.raw))
            else:
                flow.pieces.append(flow.raw.decode(state.codec, "replace"))
            flow.raw.clear()

    def _end_paragraph(self, state: _State) -> None:
        self._flush(state)
        flow = self._flows[-1]
        begin, is_labelled = flow.begin, bool(flow.label)
        flow.end_line("\n")
        if flow.cells and flow.is_marked and not state.is_table:  # LibreOffice omits ends of rows
            after = flow.pieces[begin:]
            del flow.pieces[begin:]
            self._end_table()
            flow.pieces += after
        elif state.is_table or flow.cells:
            return
        text = "".join(flow.pieces).strip()
        flow.pieces.clear()
        flow.begin = 0
        if flow.rows:
            self._end_table()
        if not text:
            return
        level, item = flow.level, flow.item
        if level:
            flow.done.append(lambda c: c.heading(text, level))
        elif flow.is_caption:
            flow.done.append(lambda c: c.caption(text))
        elif item and not is_labelled:  # an article ("Điều 5.") is no item
            flow.done.append(lambda c: c.list_item(text, item))
        else:
            for line in text.split("\n"):
                flow.done.append(lambda c, line=line: c.paragraph(line))  # type: ignore[misc]
        self._write()

    def _end_table(self) -> None:
        flow = self._flows[-1]
        stored, flow.rows = flow.rows, []
        if "".join(flow.pieces).strip():
            flow.end_cell()
        if flow.cells:  # of a row that was cut off
            stored.append((tuple(flow.cells), ()))
            flow.cells.clear()
        if not stored:
            self._write()
            return
        rows = _aligned(stored)
        is_layout = lays_out_text(rows)
        for number, row in enumerate(rows):
            if is_layout:
                for line in "\n".join(row).split("\n"):
                    flow.done.append(lambda c, line=line: c.paragraph(line))  # type: ignore[misc]
            else:
                header = number == 0 and len(rows) > 1
                flow.done.append(lambda c, row=row, header=header: c.table_row(row, header=header))  # type: ignore[misc]
        self._write()

    def _end_flow(self, state: _State) -> None:
        """End a text box or note; its text follows the paragraph or table that contains it."""
        self._end_paragraph(_State(codec=state.codec))
        self._end_table()
        self._later.append(self._flows.pop())

    def _end_header(self, word: str, state: _State) -> None:
        """End the header or footer called `word`, with the text boxes in it."""
        self._end_paragraph(_State(codec=state.codec))
        self._end_table()
        content = Content()
        for flow in (self._flows.pop(), *self._later[self._before_header :]):
            for write in flow.done:
                write(content)
        del self._later[self._before_header :]
        self._headers[word] = content.parts

    def _end_section(self, state: _State) -> None:
        self._end_paragraph(state)
        self._end_table()
        self._add_header("footer")
        self._is_new_section = True

    def _add_header(self, kind: str) -> None:
        """Add what belongs to the document of the header or footer, as `kind` says, of the section,
        unless it was added before."""
        if not self._begins_page:
            return
        every = self._headers.get(f"{kind}r") or self._headers.get(kind, [])
        first = self._headers.get(f"{kind}f", []) if self._has_first else None
        parts = of_document(first, every)
        if (texts := tuple(part.text for part in parts)) not in self._added_headers:
            self._added_headers.add(texts)
            self.content.parts += parts

    def _write(self) -> None:
        """Add the finished blocks of the body to `content`, then the text boxes and notes in them.

        Does nothing inside a text box or note.
        """
        if len(self._flows) > 1:
            return
        if self._is_new_section and self._flows[0].done:
            self._is_new_section = False
            self._add_header("header")
        for flow in (self._flows[0], *self._later):
            for write in flow.done:
                write(self.content)
            flow.done.clear()
        self._later.clear()


def _aligned(stored: list[_Row]) -> list[tuple[str, ...]]:
    """Return the texts of the cells of rows, with an empty one for each further column that a cell
    spans. The columns are those of the first row with the most cells."""
    width = max(len(cells) for cells, _ in stored)
    columns = next(edges for cells, edges in stored if len(cells) == width)
    rows = []
    for cells, edges in stored:
        if len(cells) == width or len(columns) < width or len(edges) < len(cells):
            rows.append(cells)
            continue
        row: list[str] = []
        for cell, edge in zip(cells, edges, strict=False):
            last = min(range(width), key=lambda at: abs(columns[at] - edge))
            row += [cell, *[""] * (last - len(row))]
        rows.append(tuple(row))
    return rows


def _codec(name: str) -> str | None:
    try:
        return codecs.lookup({"cp65001": "utf-8"}.get(name, name)).name
    except LookupError:
        return None
