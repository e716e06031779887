"""Turn the body of a document into HTML with its structure: headings, lists, tables, pages.

Ranges and offsets count code points of the body. A long body is divided into parts, <div>s that a
browser lays out only when they come near the window.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from markupsafe import Markup, escape

from indexer import (
    Block,
    BlockKind,
    FormBlock,
    OutlineLevel,
    OutlineUnit,
    Range,
    form_blocks,
)
from search_ui.http.i18n import say
from search_ui.parts.highlight import highlight_spans, highlighted, paragraphs
from search_ui.parts.unit_headings import TextHeading, text_headings

LONG = 40_000
"""Least length, in code points, of a body that is divided into parts: some fifteen pages."""

_PART = 4_000
"""Least length, in code points, of a part but the last. `document.css` estimates the height of a
part by it."""

_LONG_TABLE = 100
"""Least number of rows of a table that is divided into several, each of them a part: HTML has no
other way to lay out only some rows."""

_ROWS = 40
"""Number of rows, besides the header, of each part of a divided table but the last."""

_WIDTHS = (4, 6, 9, 11, 13, 18, 26)
"""Widths, in `em`, that a column of a divided table may have; `document.css` has a class for each.
"""
_TABLE_WIDTHS = (20, 30, 40, 50, 65, 80, 100, 150, 250, 500)
"""Widths, in `em`, that a divided table may have; `document.css` has a class for each."""

_STICKING = 150
"""Greatest length, in code points, of a table's header that stays in sight: the sum over its rows
of the longest cell of each. A longer one would hide much of a phone's window."""

_MARK = re.compile(r"</?mark[^>]*>")

_ITEM_SIGN = re.compile(r"\s*(?:[^\w\s\"“‘'(]|\(?(?:\d{1,3}|[IVXLC]{1,6}|[^\W\d_]{1,2})[.)/])")
"""The beginning of a list item that has its sign in the text: "-", "•", "1.", "(a)", "IV."."""

_UNBROKEN = re.compile(r"\S{1,16}(?!\S)|[^\s-]+")
"""Matches what a cell should have in one line: a code or word of at most 16 characters
("12/QĐ-UBND"), else a part of a word without a hyphen."""

_JOINED = (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW, BlockKind.PARAGRAPH)
"""Kinds of blocks that are read together with their neighbours of the same kind."""

_FIRST_RANK = 2
"""Level in HTML of the highest heading of a body, <h2>; the <h1> is the title of the page."""


def plain_body(
    body: str, ranges: Sequence[Range], units: Sequence[OutlineUnit] = ()
) -> tuple[tuple[Markup, ...], list[int]]:
    """Return the paragraphs, headings (`text_headings`) and lines of a form (`form_blocks`) of a
    body without blocks as HTML elements, in order, and the offsets at which highlights begin,
    ascending.

    `ranges` are the ranges to highlight. An element in which units of the outline begin has their
    anchors. The elements of a long body (LONG) are in parts.
    """
    painter = _Painter(body, ranges)
    spans = [(start, end) for start, end, _ in paragraphs(body, ())]
    text = _text(spans, _insets(body, units), _Anchors(units), painter)
    return _in_parts(text, len(body)), painter.starts


def structured_body(
    body: str,
    ranges: Sequence[Range],
    blocks: Sequence[Block],
    units: Sequence[OutlineUnit] = (),
) -> tuple[tuple[Markup, ...], list[int]]:
    """Return the blocks of a body as HTML elements, in order, and the offsets at which highlights
    begin, ascending.

    `ranges` are the ranges to highlight. The levels of headings that occur become <h2>, <h3> … in
    their order; if there are none, the headings are those of `text_headings`. A block, list or
    table in which units of the outline begin has their anchors. The elements of a long body (LONG)
    are in parts.

    Law: the text of the elements is that of the blocks, and that of the header of a long table once
    more for each of its parts.
    """
    painter = _Painter(body, ranges)
    elements = _elements(blocks, _insets(body, units), _Anchors(units), painter)
    return _in_parts(elements, len(body)), painter.starts


_Inset = TextHeading | FormBlock
"""What a text has besides paragraphs."""


def _insets(body: str, units: Sequence[OutlineUnit]) -> list[_Inset]:
    """Return the headings and the blocks of a form of a body, ascending and disjoint."""
    insets: list[_Inset] = [*text_headings(body, units), *form_blocks(body)]
    found: list[_Inset] = []
    for inset in sorted(insets, key=lambda inset: inset.start):
        if not found or inset.start >= found[-1].end:
            found.append(inset)
    return found


def _elements(
    blocks: Sequence[Block],
    insets: Sequence[_Inset],
    anchors: _Anchors,
    painter: _Painter,
) -> Iterator[tuple[Markup, int]]:
    """Yield the elements in order, each with its length in the body, in code points."""
    levels = sorted({block.level for block in blocks if block.kind is BlockKind.HEADING})
    ranks = {level: min(_FIRST_RANK + at, 6) for at, level in enumerate(levels)}
    for group in _groups(blocks):
        first, end = group[0], group[-1].end
        length = end - first.start
        match first.kind:
            case BlockKind.HEADING:
                inner = painter.paint(first.start, first.end)
                yield anchors.element(f"h{ranks[first.level]}", inner, end), length
            case BlockKind.LIST_ITEM:
                yield anchors.before(end) + _list(group, painter), length
            case BlockKind.TABLE_ROW:
                yield anchors.before(end) + _table(group, painter), length
            case BlockKind.CAPTION:
                inner = painter.paint(first.start, first.end)
                caption = Markup('<p class="caption">{}</p>').format(inner)
                yield anchors.before(end) + caption, length
            case BlockKind.PAGE:
                name = say("Trang {page}", page=first.level)
                page = Markup('<p class="page" id="trang-{}">{}</p>').format(first.level, name)
                yield anchors.before(end) + page, length
            case BlockKind.PARAGRAPH:
                spans = [(block.start, block.end) for block in group]
                yield from _text(spans, insets, anchors, painter, bold=bool(levels))


def _text(
    spans: Sequence[Range],
    insets: Sequence[_Inset],
    anchors: _Anchors,
    painter: _Painter,
    *,
    bold: bool = False,
) -> Iterator[tuple[Markup, int]]:
    """Yield paragraphs and the insets among them as elements, each with its length in the body.

    Parameters
    ----------
    spans : ranges of the paragraphs in the body, ascending; one may begin with an inset, and an
        inset may have several.
    insets : those of the whole body.
    bold : True to make headings bold paragraphs, because others have the ranks of HTML.
    """

    def paragraph(start: int, end: int) -> tuple[Markup, int]:
        text = painter.body[start:end]
        begin = end - len(text.lstrip())  # without the break below an inset
        inner = painter.paint(begin, begin + len(text.strip()))
        return anchors.element("p", inner, end), end - start

    at = bisect_left(insets, spans[0][0], key=lambda inset: inset.start) if spans else 0
    done = 0
    for begin, end in spans:
        start = max(begin, done)
        while at < len(insets) and insets[at].start < end:
            inset = insets[at]
            at += 1
            if inset.start < start:
                continue
            if isinstance(inset, FormBlock):
                if inset.end > spans[-1][1]:
                    continue
                if painter.body[start : inset.start].strip():
                    yield paragraph(start, inset.start)
                start = done = inset.end
                yield anchors.before(done) + _form(inset, painter), done - inset.start
                continue
            # The lines that stand in these paragraphs: a new page may follow the first.
            lines = [line for line in inset.lines if line[1] <= spans[-1][1]]
            if not lines:
                continue
            if painter.body[start : lines[0][0]].strip():
                yield paragraph(start, lines[0][0])
            inner = Markup("<br>").join(painter.paint(*line) for line in lines)
            tag = "p" if bold else f"h{min(_FIRST_RANK + inset.rank, 6)}"
            start = done = lines[-1][1]
            name = "unit" if bold else ""
            yield anchors.element(tag, inner, done, name), done - lines[0][0]
        if start == begin or painter.body[start:end].strip():
            yield paragraph(start, end)


def _form(block: FormBlock, painter: _Painter) -> Markup:
    """Return a letterhead or signature as a box in which each line has the class of its column."""
    name = "letterhead" if block.is_letterhead else "signature"
    lines = Markup("").join(
        Markup('<p class="{}">{}</p>').format(line.column, painter.paint(line.start, line.end))
        for line in block.lines
    )
    return Markup('<div class="{}">{}</div>').format(name, lines)


def _in_parts(elements: Iterable[tuple[Markup, int]], length: int) -> tuple[Markup, ...]:
    """Return the elements, in parts if the body has LONG code points or more.

    `elements` are (element, its length in the body), `length` is the length of the body.
    """
    if length < LONG:
        return tuple(element for element, _ in elements)
    parts: list[Markup] = []
    part: list[Markup] = []
    size = 0
    for element, characters in elements:
        part.append(element)
        size += characters
        if size >= _PART:
            parts.append(_part(part))
            part, size = [], 0
    return (*parts, _part(part)) if part else tuple(parts)


def _part(elements: Iterable[Markup]) -> Markup:
    inner = "\n".join(elements)
    return Markup(f'<div class="part">\n{inner}\n</div>')  # noqa: S704  # elements are HTML


def _groups(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield the blocks in groups: neighbouring list items form one group, so do neighbouring table
    rows and neighbouring paragraphs, and any other block is one by itself."""
    group: list[Block] = []
    for block in blocks:
        joins = block.kind in _JOINED
        if group and not (joins and group[-1].kind is block.kind):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


class _Anchors:
    """Gives out the HTML anchors of the units of an outline, each once and in reading order."""

    def __init__(self, units: Sequence[OutlineUnit]) -> None:
        self._units = units
        self._next = 0

    def element(self, tag: str, inner: Markup, end: int, name: str = "") -> Markup:
        """Return the element of the text up to offset `end`, with the anchors of the units in it.

        The id of the last unit is that of the element, and a chapter or article has a link to
        itself, to be copied; other units have empty anchors before the element. `name` is the class
        of the element, "" for none.
        """
        units = self._until(end)
        name = f' class="{name}"' if name else ""
        if not units:
            return Markup(f"<{tag}{name}>{inner}</{tag}>")  # noqa: S704  # `inner` is HTML
        *others, unit = units
        anchor = escape(unit.anchor)
        link = ""
        if unit.level <= OutlineLevel.ARTICLE:
            label = escape(say("Liên kết đến {unit}", unit=unit.label))
            link = f'<a class="hash" href="#{anchor}" tabindex="-1" aria-label="{label}"></a>'
        html = f'<{tag} id="{anchor}"{name}>{link}{inner}</{tag}>'
        return _empty_anchors(others) + Markup(html)  # noqa: S704  # all escaped

    def before(self, end: int) -> Markup:
        """Return the anchors, not returned before, of the units that begin before offset `end`."""
        return _empty_anchors(self._until(end))

    def _until(self, end: int) -> Sequence[OutlineUnit]:
        first = self._next
        while self._next < len(self._units) and self._units[self._next].start < end:
            self._next += 1
        return self._units[first : self._next]


def _empty_anchors(units: Sequence[OutlineUnit]) -> Markup:
    return Markup("").join(
        Markup('<a class="anchor" id="{}"></a>').format(unit.anchor) for unit in units
    )


class _Painter:
    """Turns parts of `body` into HTML with highlights.

    `starts` are the offsets at which the highlights in the parts so far begin.
    """

    def __init__(self, body: str, ranges: Sequence[Range]) -> None:
        self.body = body
        self._marks = highlight_spans(body, ranges)
        self._ends = [end for _, end in self._marks]
        self.starts: list[int] = []

    def paint(self, start: int, end: int) -> Markup:
        """Return the part `[start, end)` of the body as HTML, with highlights cut at its ends."""
        marks = []
        for at in range(bisect_right(self._ends, start), len(self._marks)):
            mark_start, mark_end = self._marks[at]
            if mark_start >= end:
                break
            marks.append((max(mark_start, start), min(mark_end, end)))
        self.starts += [mark for mark, _ in marks]
        return highlighted(self.body, marks, (start, end), ids=True)

    @staticmethod
    def plain(html: str) -> str:
        """Return painted HTML without its highlights."""
        return _MARK.sub("", html)


def _list(items: Sequence[Block], painter: _Painter) -> Markup:
    """Return list items as nested <ul>; a jump in depth by more than one level nests only once.

    The items of a list of which none begins with a sign or number of its own get dots.
    """
    numbered = any(_ITEM_SIGN.match(painter.body, item.start, item.end) for item in items)
    outermost = Markup("<ul>") if numbered else Markup('<ul class="dots">')
    parts: list[Markup] = []
    depths: list[int] = []
    for item in items:
        while depths and item.level < depths[-1]:
            parts.append(Markup("</li></ul>"))
            depths.pop()
        if depths and item.level == depths[-1]:
            parts.append(Markup("</li>"))
        else:
            parts.append(Markup("<ul>") if depths else outermost)
            depths.append(item.level)
        parts += (Markup("<li>"), painter.paint(item.start, item.end))
    parts += [Markup("</li></ul>")] * len(depths)
    return Markup("").join(parts)


def _table(rows: Sequence[Block], painter: _Painter) -> Markup:
    """Return the rows as an HTML table, in a frame that scrolls if it is wider than the page.

    Its first rows are its header if they are column headings and others follow. A long table is
    several with the same columns, each in a part of the page and below the header of the first.
    """
    headers = next((at for at, row in enumerate(rows) if not row.header), 0)
    again = _rows(rows[:headers], painter)
    thead = '<thead class="sticking">' if _may_stick(rows[:headers]) else "<thead>"
    if len(rows) < _LONG_TABLE:
        head = f"{thead}{again}</thead>" if headers else ""
        tables = f"<table>{head}<tbody>{_rows(rows[headers:], painter)}</tbody></table>"
    else:
        columns, width = _columns(rows, painter.body)
        parts = []
        for start in range(headers, len(rows), _ROWS):
            # No id may occur twice.
            head = painter.plain(again) if start > headers else again
            body = _rows(rows[start : start + _ROWS], painter)
            parts.append(
                f'<div class="part rows t{width}"><table class="long">{columns}'
                f"{thead}{head}</thead><tbody>{body}</tbody></table></div>"
            )
        tables = "".join(parts)
    label = escape(say("Bảng"))
    return Markup(  # noqa: S704  # cells are HTML
        f'<div class="table" role="region" tabindex="0" aria-label="{label}">{tables}</div>'
    )


def _may_stick(header: Sequence[Block]) -> bool:
    """Return True if the header rows of a table are short enough to stay in sight (_STICKING)."""
    lengths = (max((end - start for start, end in row.cells), default=0) for row in header)
    return sum(lengths) <= _STICKING


def _rows(rows: Iterable[Block], painter: _Painter) -> str:
    html: list[str] = []
    for row in rows:
        opened, closed = ('<th scope="col">', "</th>") if row.header else ("<td>", "</td>")
        cells = "".join([f"{opened}{painter.paint(*span)}{closed}" for span in row.cells])
        html.append(f"<tr>{cells}</tr>")
    return "".join(html)


def _columns(rows: Sequence[Block], body: str) -> tuple[str, int]:
    """Return the <colgroup> of a table, with a width for each column by its texts, and the width of
    the whole table in `em`, one of _TABLE_WIDTHS.

    Nine tenths of the cells fit into three lines at half an em for a character, and the longest
    word into one line at 0.62 em for a character, plus 1.6 em for the edges of the cell.
    """
    lengths: list[list[int]] = [[] for _ in range(max(len(row.cells) for row in rows))]
    longest = [0] * len(lengths)
    for row in rows:
        for column, (start, end) in enumerate(row.cells):
            lengths[column].append(end - start)
            words = _UNBROKEN.findall(body, start, end)
            longest[column] = max(longest[column], *map(len, words), 0)
    widths = []
    for sizes, word in zip(lengths, longest, strict=True):
        usual = sorted(sizes)[len(sizes) * 9 // 10]
        widths.append(_at_least(max(usual / 6, word * 0.62 + 1.6), _WIDTHS))
    cols = "".join(f'<col class="w{width}">' for width in widths)
    return f"<colgroup>{cols}</colgroup>", _at_least(sum(widths), _TABLE_WIDTHS)


def _at_least(wanted: float, widths: Sequence[int]) -> int:
    """Return the first of the ascending widths that is large enough, else the last."""
    return next((width for width in widths if width >= wanted), widths[-1])
