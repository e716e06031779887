"""Read the structure of an HTML element: headings, paragraphs, lists, tables and captions."""

from __future__ import annotations

import re
from typing import Any

from indexer.documents.content import Content
from indexer.documents.formats.html.box_names import names_of
from indexer.documents.formats.html.page_chrome import (
    BLOCKS,
    is_chrome,
    is_link,
    is_link_list,
    words_outside_links,
)
from indexer.documents.formats.html.teasers import LINK, LINK_END, tidy
from indexer.documents.legacy.convert import convert
from indexer.documents.legacy.fonts import font_encoding
from indexer.documents.tables import lays_out_text
from indexer.documents.text.note_marks import is_note_mark
from indexer.documents.text.text_keys import clean

MAX_DEPTH = 200
"""Greatest depth to which elements are nested; deeper ones are replaced by their text. Every level
takes several of the 1000 nested calls that Python allows."""


class Walk:
    """The state while the elements of a page are visited.

    Attributes
    ----------
    drops_chrome : True if navigation is left out.
    dropped : further elements to leave out if `drops_chrome`.
    heading : the element that shows the title of the page, or None.
    list_depth : number of lists around the current element.
    read : the elements whose own text, outside the elements in them, was read; `walk` adds to it.
    """

    def __init__(
        self, *, chrome: bool = True, dropped: frozenset[Any] = frozenset(), heading: Any = None
    ) -> None:
        self.drops_chrome = chrome
        self.dropped = dropped
        self.heading = heading
        self.list_depth = 0
        self.read: set[Any] = set()

    def drops(self, element: Any) -> bool:
        """Return True if an element is left out because it does not belong to the article."""
        return self.drops_chrome and (element in self.dropped or is_chrome(element, self.heading))


def walk(element: Any, content: Content, state: Walk, depth: int = 0) -> None:
    """Add the text below an element to `content` as parts; text outside any block becomes
    paragraphs.

    `depth` is the number of elements around `element` that were visited.
    """
    inline: list[str] = []

    def flush() -> None:
        for line in "".join(inline).split("\n"):
            content.paragraph(tidy(line))
        inline.clear()

    state.read.add(element)
    inline.append(_inline_text(element.text, element))
    for child in element:
        if isinstance(child.tag, str):
            if child in state.dropped or child.tag == "head":
                flush()
            elif _startsread_block(child):
                flush()
                read_block(child, content, state, depth)
            elif child.tag == "br":
                inline.append("\n")
            else:
                inline.append(_beside(child, inline, _inline(child, state)))
        inline.append(_apart(child, _inline_text(child.tail, element)))
    flush()


def _startsread_block(element: Any) -> bool:
    if element.tag in BLOCKS or element.get("role") in _TABLE_ROLES:
        return True
    return element.tag not in ("br", "img") and any(
        isinstance(e.tag, str) and e.tag in BLOCKS for e in element.iterdescendants()
    )


def read_block(element: Any, content: Content, state: Walk, depth: int = 0) -> None:
    """Add a block to `content` as parts: a heading, a list, a table, a caption, a paragraph, or the
    blocks in it. `depth` is as in `walk`."""
    tag = element.tag
    if tag in ("head", "script") or (state.drops(element)):
        return
    if depth > MAX_DEPTH:
        state.read.update(element.iter())
        content.paragraph(tidy("".join(element.itertext())))
        return
    if re.fullmatch("h[1-6]", tag):
        content.heading(tidy(_inline(element, state)).replace("\n", " "), int(tag[1]))
    elif "MsoTitle" in (element.get("class") or "").split():
        content.heading(tidy(_inline(element, state)).replace("\n", " "))
    elif tag in ("ul", "ol", "dl"):
        if state.drops_chrome and is_link_list(element):
            return
        _list(element, content, state, depth)
    elif tag == "table":
        _table(element, content, state, depth)
    elif element.get("role") in _TABLE_ROLES:
        _table_of_roles(element, content, state)
    elif tag in ("figcaption", "caption") or is_caption(element):
        content.caption(tidy(_inline(element, state)).replace("\n", " "))
    elif (level := _LIST_LEVEL.search(element.get("style") or "")) and tag in ("p", "div"):
        _word_item(element, content, state, int(level[1]))
    elif tag == "pre":
        state.read.update(element.iter())
        for line in _converted("".join(element.itertext()), element).split("\n"):
            content.paragraph(line.rstrip())
    elif (
        state.drops_chrome and tag in ("div", "section", "aside", "td") and is_other_pages(element)
    ):
        return
    else:
        walk(element, content, state, depth + 1)


def is_caption(element: Any) -> bool:
    """Return True if a <p> or <div> without blocks inside is a caption by its name, or a <p> is one
    by that of the box around it, which has no picture."""
    if element.tag not in ("p", "div") or any(e.tag in BLOCKS for e in element.iterdescendants()):
        return False
    if _CAPTION.search(names_of(element)):
        return True
    box = element.getparent()
    return (
        element.tag == "p"
        and box is not None
        and box.tag == "div"
        and _CAPTION.search(names_of(box)) is not None
        and next(box.iter("img"), None) is None
    )


_CAPTION = re.compile(
    r"(?:^|[-_ ]|thumb)caption(?:[-_]?text)?(?:$|[-_ ])|(?:^|[-_ ])chu-?thich-?anh(?:$|[-_ ])",
    re.IGNORECASE,
)
_LIST_LEVEL = re.compile(r"mso-list:\s*l\d+ level(\d)", re.IGNORECASE)


def _word_item(element: Any, content: Content, state: Walk, level: int) -> None:
    """Add a paragraph that Word exported for a list item; `level` is its depth, from 1.

    A bullet at its beginning is removed, a number is kept.
    """
    for sign in element.xpath(".//*[contains(translate(@style, 'I', 'i'), 'mso-list:ignore')]"):
        text = "".join(sign.itertext()).strip()
        if len(text) <= 1 and not text.isdigit():
            sign.drop_tree()
    content.list_item(tidy(_inline(element, state)).replace("\n", " "), level)


def is_other_pages(element: Any) -> bool:
    """Return True if a box is links to other pages: a list of links (`is_link_list`) with three or
    more of them, and fewer than 30 words outside."""
    links = sum(map(is_link, element.iter("a")))
    return links >= 3 and is_link_list(element) and words_outside_links(element, 30) < 30


def _list(element: Any, content: Content, state: Walk, depth: int) -> None:
    state.read.add(element)
    content.paragraph(tidy(_inline_text(element.text, element)))  # old pages indent by <ul>
    state.list_depth += 1
    for item in element:
        if not isinstance(item.tag, str) or state.drops(item):
            pass
        elif item.tag in ("ul", "ol"):
            _list(item, content, state, depth + 1)
        elif any(isinstance(e.tag, str) and e.tag in ("table", "p", "div") for e in item):
            inner = Content()
            walk(item, inner, state, depth + 1)
            first = True
            for part in inner.parts:
                if part.kind.value == "paragraph" and first:
                    content.list_item(part.text, state.list_depth)
                    first = False
                else:
                    content.parts.append(part)
        else:
            own = _inline(item, state, stop=("ul", "ol", "table"))
            content.list_item(tidy(own).replace("\n", " "), state.list_depth)
            for child in item:
                if isinstance(child.tag, str) and child.tag in ("ul", "ol", "table"):
                    read_block(child, content, state, depth + 1)
        content.paragraph(tidy(_inline_text(item.tail, element)))
    state.list_depth -= 1


def _table(table: Any, content: Content, state: Walk, depth: int) -> None:
    """Add the rows of a table; the cells of a table that is used only for layout are read as
    boxes."""
    rows = _rows(table)
    cells = [_cells(row) for row in rows]
    holds_heading = state.heading is not None and table in state.heading.iterancestors()
    if (holds_heading and not is_record_table(table)) or _is_layout(table, cells):
        for element in table:
            if isinstance(element.tag, str):
                if element.tag == "caption":
                    content.caption(tidy(_inline(element, state)))
                else:
                    _layout(element, content, state, depth)
        return
    for caption in table.iterfind("caption"):
        content.caption(tidy(_inline(caption, state)).replace("\n", " "))
    covered: dict[int, int] = {}
    for number, row in enumerate(cells):
        header = bool(row) and (
            all(c.tag == "th" for c in row)
            or rows[number].getparent().tag == "thead"
            or (number == 0 and len(rows) > 1 and all(_is_bold(c) for c in row))
        )
        content.table_row(_in_columns(row, covered, state), header=header)


_TABLE_ROLES = ("table", "grid", "treegrid")
_CELL_ROLES = ("cell", "gridcell", "columnheader", "rowheader")


def _table_of_roles(table: Any, content: Content, state: Walk) -> None:
    """Add the rows of a table made of other elements by their roles (WAI-ARIA 1.2, 5.3.4); what
    stands outside its cells becomes paragraphs."""
    if not any(e.get("role") in _CELL_ROLES for e in table.iter()):
        walk(table, content, state)
        return
    for element in table.iter():
        role = element.get("role")
        if role == "row":
            cells = [cell for cell in element.iter() if cell.get("role") in _CELL_ROLES]
            header = bool(cells) and all(c.get("role") == "columnheader" for c in cells)
            content.table_row([tidy(_inline(cell, state)) for cell in cells], header=header)
        elif role == "caption" or element.tag == "caption":
            content.caption(tidy(_inline(element, state)).replace("\n", " "))


def _in_columns(row: list[Any], covered: dict[int, int], state: Walk) -> list[str]:
    """Return the texts of a row, one for each column; "" where a cell from above or from the left
    covers the column (rowspan, colspan).

    `covered` maps a column, from 0, to the number of further rows in which a cell from above covers
    it, and is updated.
    """
    texts: list[str] = []

    def pass_covered() -> None:
        while covered.get(len(texts), 0) > 0:
            covered[len(texts)] -= 1
            texts.append("")

    for cell in row:
        pass_covered()
        at = len(texts)
        width = _span(cell, "colspan")
        texts += [tidy(_inline(cell, state)), *[""] * (width - 1)]
        for column in range(at, at + width):
            covered[column] = _span(cell, "rowspan") - 1
    pass_covered()
    return texts


def _span(cell: Any, attribute: str) -> int:
    value = (cell.get(attribute) or "").strip()
    return min(max(int(value), 1), _MAX_SPAN) if value.isascii() and value.isdigit() else 1


_MAX_SPAN = 100
"""Greatest number of columns or rows that a cell may span: a larger number is a mistake, and could
ask for millions of cells."""


def _layout(element: Any, content: Content, state: Walk, depth: int) -> None:
    for child in element.iter():
        is_own_cell = child.tag in ("td", "th") and _table_of(child) is _table_of(element)
        dropped = is_own_cell and any(e in state.dropped for e in (child.getparent(), element))
        dropped = dropped or (
            state.drops_chrome and is_own_cell and (state.drops(child) or is_other_pages(child))
        )
        if is_own_cell and not dropped:
            walk(child, content, state, depth + 1)


def _rows(table: Any) -> list[Any]:
    return [row for row in table.iter("tr") if _table_of(row) is table]


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def holds_data(table: Any) -> bool:
    """Return True if `table`, an lxml element <table>, has rows of data, and False if it only
    places boxes on the page (`_is_layout`)."""
    return not _is_layout(table, [_cells(row) for row in _rows(table)])


def is_record_table(table: Any) -> bool:
    """Return True if a table is _LEAST_FIELDS rows or more of short labels and values, one or two
    pairs each, without blocks of text: the data of a document, whose title is one of them."""
    rows = [_cells(row) for row in _rows(table)]
    return (
        len(rows) >= _LEAST_FIELDS
        and all(len(row) in (2, 4) for row in rows)
        and all(
            0 < len("".join(c.itertext()).split()) <= _LONGEST_LABEL for r in rows for c in r[::2]
        )
        and not any(True for _ in table.iter("ul", "ol", "p", "h1", "h2", "h3", "form"))
        and not any(table_inside is not table for table_inside in table.iter("table"))
        and not any(True for row in rows for cell in row[::2] for _ in cell.iter("a", "img"))
    )


_LEAST_FIELDS = 3
_LONGEST_LABEL = 6
"""Greatest number of words of a label ("Cơ quan ban hành văn bản")."""


def _table_of(element: Any) -> Any:
    while element is not None and element.tag != "table":
        element = element.getparent()
    return element


_MAX_FOOT_ROWS = 6
"""Greatest number of rows of a table with recipients and signature, which has one row by decree
30/2020/NĐ-CP; "Nơi nhận" heads a column in lists of procedures."""


def _is_layout(table: Any, cells: list[list[Any]]) -> bool:
    """Return True if a table only places boxes on the page.

    It has the role "presentation", nested tables without a row of headers, one column, or a
    letterhead; or no <th>, and the recipients and the signature of a document, or at most six
    cells, one of them of 100 words or more, with two or more <p> and <div>. `cells` are the cells
    of each row.
    """
    if table.get("role") == "presentation":
        return True
    if any(True for _ in table.iterfind(".//table")) and not _has_header_row(cells):
        return True
    if max(map(len, cells), default=0) < 2:
        return True
    text = clean("".join(table.itertext())).upper()
    if "CỘNG HÒA XÃ HỘI" in text or "CỘNG HOÀ XÃ HỘI" in text:
        return True
    if any(True for _ in table.iter("th")):
        return False
    if len(cells) <= _MAX_FOOT_ROWS and (
        "NƠI NHẬN" in text[:400]
        or lays_out_text([[tidy(_inline(cell)) for cell in row] for row in cells])
    ):
        return True
    words = [len("".join(cell.itertext()).split()) for row in cells for cell in row]
    blocks = sum(
        len(cell.findall(".//p")) + len(cell.findall(".//div")) for r in cells for cell in r
    )
    return len(words) <= 6 and max(words, default=0) >= 100 and blocks >= 2


def _has_header_row(cells: list[list[Any]]) -> bool:
    """Return True if the first row has two or more cells, all of them headers, and each other row
    as many cells: a cell of such a table may hold a small table."""
    first, *rest = cells or [[]]
    return (
        len(first) >= 2
        and all(cell.tag == "th" for cell in first)
        and all(len(row) == len(first) for row in rest)
    )


def _is_bold(cell: Any) -> bool:
    bold = "".join("".join(b.itertext()) for b in (*cell.iter("b"), *cell.iter("strong")))
    return bool(bold.strip()) and len(bold.split()) >= len("".join(cell.itertext()).split())


def _inline(element: Any, state: Walk | None = None, stop: tuple[str, ...] = ()) -> str:
    """Return the text of an element, without the elements whose tags are in `stop`.

    There are line breaks for <br> and between blocks, but none inside words. Links to other pages
    are enclosed in link marks (`page_chrome.LINK`). `state` is told what was read (`Walk.read`).
    """
    if state is not None:
        state.read.add(element)
    parts = [_inline_text(element.text, element)]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in stop and child.tag != "script":
            if child.tag == "br":
                parts.append("\n")
            else:
                edge = "\n" if child.tag in BLOCKS else ""
                parts.append(edge + _beside(child, parts, _inline(child, state)) + edge)
        parts.append(_apart(child, _inline_text(child.tail, element)))
    text = "".join(parts)
    return LINK + text.replace("\n", f"{LINK_END}\n{LINK}") + LINK_END if is_link(element) else text


def _beside(element: Any, before: list[str], text: str) -> str:
    """Return `text`, that of an element, with a space before it if one is missing there.

    That is so if it begins with a capital directly after another element, whose text ends with a
    small letter or a sign, or with a letter after a digit: no word goes on so, and pages set a
    label and its value apart by their style alone. It is so, too, of a file to download, and of a
    <span> that begins with a digit after one of another class. `before` are the texts before the
    element. The raised mark of a note directly after a word is left out (`note_marks`).
    """
    if _holds_mark(element):
        near = "".join(before[-_PIECES_BEFORE:]).removesuffix(LINK_END)
        if is_note_mark(near, text.replace(LINK, "").replace(LINK_END, "")):
            return ""
    previous = element.getprevious()
    if previous is None or previous.tail:
        return text
    if _is_file(element) or _is_file(previous):
        return f" {text}"
    last = next(filter(None, reversed(before)), "").removesuffix(LINK_END)[-1:]
    first = text.removeprefix(LINK)[:1]
    if first.isdigit() and last.isalpha() and previous.tag == element.tag == "span":
        return f" {text}" if previous.get("class") != element.get("class") else text
    if _is_set_apart(previous, element):
        return f" {text}"
    if last.isdigit():  # but not of "m2" or "2nd"
        begins_word = first.isalpha() and not {"sup", "sub"} & {previous.tag, element.tag}
    else:
        begins_word = first.isupper() and (last.islower() or last in tuple(".,;:!?)”…"))
    return f" {text}" if begins_word else text


_PIECES_BEFORE = 4
"""Number of pieces of text among which the word before the mark of a note is."""


def _holds_mark(element: Any) -> bool:
    """Return True if an element is raised, or a link with nothing but such an element in it."""
    if element.tag == "a" and len(element) == 1 and not (element.text or element[0].tail):
        return bool(element[0].tag == "sup")
    return bool(element.tag == "sup")


def _is_set_apart(one: Any, other: Any) -> bool:
    """Return True if two elements <span> of different classes have two characters or more each, and
    their box has no text of its own: each is a label or a value, and a style sets them apart. A
    single character may be an initial."""
    if not one.tag == other.tag == "span" or not one.get("class") or not other.get("class"):
        return False
    if one.get("class") == other.get("class"):
        return False
    holder = one.getparent()
    own = (holder.text, *(child.tail for child in holder))
    return not any(text and text.strip() for text in own) and all(
        len("".join(e.itertext()).strip()) > 1 for e in (one, other)
    )


def _is_file(element: Any) -> bool:
    return element.tag == "a" and bool(element.get("href")) and not is_link(element)


def _apart(element: Any, tail: str) -> str:
    """Return `tail`, the text after an element, with a space before it if one is missing there.

    That is so if the element is a <span> with a class, and the tail begins with a letter, where the
    text of the element is a word in capitals, or ends with a small letter and the tail begins with
    a capital: newspapers set the dateline ("HÀ NỘI", "Hà Nội") apart by its style alone. It is so,
    too, of a word after the number of a note that leads back to its place in the text.
    """
    if element.tag in ("sup", "a") and _CAPITALISED.match(tail):
        links = (element, *element.iter("a"))
        leads_back = any((link.get("href") or "").startswith("#") for link in links)
        if leads_back and "".join(element.itertext()).strip().isalnum():
            return f" {tail}"
    if element.tag == "span" and element.get("class") and _CAPITALISED.match(tail):
        text = "".join(element.itertext())
        is_apart = text.isupper() or (text[-1:].islower() and tail[0].isupper())
        if len(text) > 1 and text[-1].isalpha() and is_apart:
            return f" {tail}"
    return tail


_CAPITALISED = re.compile(r"[^\W\d_][^\W\d_]")


def _inline_text(text: str | None, holder: Any) -> str:
    if not text:
        return ""
    return _converted(re.sub(r"[ \t\r\n\f]+", " ", text), holder)


def _converted(text: str, holder: Any) -> str:
    """Return a text converted to Unicode if the element that holds it has a legacy font."""
    encoding = _font_of(holder)
    return convert(text, encoding) if encoding else text


def own_font(element: Any) -> str:
    """Return the name of the font that the element itself states; "" if it states none."""
    return font_of_style(element.get("style") or "") or element.get("face") or ""


def heading_text(element: Any) -> str:
    """Return the text of an element on one line, converted if it is set in a legacy font."""
    return clean(_inline(element).replace(LINK, "").replace(LINK_END, ""))


def font_of_style(style: str) -> str:
    """Return the name of the first font in a CSS style ("font-family: VNI-Times", "font: 12pt
    VNI-Times"), or ""."""
    match = _FONT.search(style)
    return (match["family"] or match["short"]).strip(" '\"") if match else ""


_FONT = re.compile(
    r"(?<![\w-])font(?:-family\s*:\s*(?P<family>[^;,]+)"
    r"|\s*:[^;]*?\d[\w.%/]*\s+(?P<short>[^;,\d][^;,]*))",
    re.IGNORECASE,
)


def _font_of(element: Any) -> str | None:
    """Return the legacy encoding of the font that an element has, or inherits from one of the
    eleven elements around it; None for a font of Unicode, or without one."""
    for _ in range(12):
        if element is None or not isinstance(element.tag, str):
            return None
        if face := own_font(element):
            return font_encoding(face)
        element = element.getparent()
    return None
