"""Turn the body of a document into HTML with its structure: headings, lists, tables, pages.

Ranges and offsets count code points of the body.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from indexer import Block, BlockKind, OutlineUnit, Range
from search_ui.http.i18n import say
from search_ui.parts.highlight import highlight_spans, highlighted, paragraphs

_FIRST_RANK = 2
"""Level in HTML of the highest heading of a body, <h2>; the <h1> is the title of the page."""


_HEADINGS = {
    2: Markup("<h2>{}</h2>"),
    3: Markup("<h3>{}</h3>"),
    4: Markup("<h4>{}</h4>"),
    5: Markup("<h5>{}</h5>"),
    6: Markup("<h6>{}</h6>"),
}


def plain_body(
    body: str, ranges: Sequence[Range], units: Sequence[OutlineUnit] = ()
) -> tuple[tuple[Markup, ...], list[int]]:
    """Return the paragraphs of a body without blocks as <p> elements, and the offsets at which
    highlights begin, ascending.

    `ranges` are the ranges to highlight. The anchors of the units of the outline that begin in a
    paragraph stand before it.
    """
    text = paragraphs(body, ranges)
    anchors = _Anchors(units)
    starts = [start for paragraph in text for start, _ in paragraph.marks]
    html = tuple(
        anchors.until(end)
        + Markup("<p>{}</p>").format(highlighted(body, marks, (start, end), ids=True))
        for start, end, marks in text
    )
    return html, starts


def structured_body(
    body: str,
    ranges: Sequence[Range],
    blocks: Sequence[Block],
    units: Sequence[OutlineUnit] = (),
) -> tuple[tuple[Markup, ...], list[int]]:
    """Return the blocks of a body as HTML elements, and the offsets at which highlights begin.

    `ranges` are the ranges to highlight. The levels of headings that occur become <h2>, <h3> … in
    their order. The anchors of the units of the outline that begin in a block, list or table stand
    before it. Law: the text of the elements is that of the blocks.
    """
    anchors = _Anchors(units)
    painter = _Painter(body, ranges)
    levels = sorted({block.level for block in blocks if block.kind is BlockKind.HEADING})
    ranks = {level: min(_FIRST_RANK + at, 6) for at, level in enumerate(levels)}
    elements: list[Markup] = []
    for group in _groups(blocks):
        first = group[0]
        if before := anchors.until(group[-1].end):
            elements.append(before)
        match first.kind:
            case BlockKind.HEADING:
                rank = ranks[first.level]
                inner = painter.paint(first.start, first.end)
                elements.append(_HEADINGS[rank].format(inner))
            case BlockKind.LIST_ITEM:
                elements.append(_list(group, painter))
            case BlockKind.TABLE_ROW:
                elements.append(_table(group, painter))
            case BlockKind.CAPTION:
                inner = painter.paint(first.start, first.end)
                elements.append(Markup('<p class="caption">{}</p>').format(inner))
            case BlockKind.PAGE:
                name = say("Trang {page}", page=first.level)
                elements.append(
                    Markup('<p class="page" id="trang-{}">{}</p>').format(first.level, name)
                )
            case BlockKind.PARAGRAPH:
                inner = painter.paint(first.start, first.end)
                elements.append(Markup("<p>{}</p>").format(inner))
    return tuple(elements), painter.starts


def _groups(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield the blocks in groups: neighbouring list items form one group, so do neighbouring table
    rows, and any other block is one by itself."""
    group: list[Block] = []
    for block in blocks:
        joins = block.kind in (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW)
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

    def until(self, end: int) -> Markup:
        """Return the anchors of the units that begin before offset `end`, without those that an
        earlier call returned."""
        first = self._next
        while self._next < len(self._units) and self._units[self._next].start < end:
            self._next += 1
        return Markup("").join(
            Markup('<a class="anchor" id="{}"></a>').format(unit.anchor)
            for unit in self._units[first : self._next]
        )


class _Painter:
    """Turns parts of a body into HTML with highlights.

    `starts` are the offsets at which the highlights in the parts so far begin.
    """

    def __init__(self, body: str, ranges: Sequence[Range]) -> None:
        self._body = body
        self._marks = highlight_spans(body, ranges)
        self._ends = [end for _, end in self._marks]
        self.starts: list[int] = []

    def paint(self, start: int, end: int) -> Markup:
        """Return the part `[start, end)` of the body as HTML, with highlights cut at its ends."""
        marks = []
        for mark_start, mark_end in self._marks[bisect_right(self._ends, start) :]:
            if mark_start >= end:
                break
            marks.append((max(mark_start, start), min(mark_end, end)))
        self.starts += [mark for mark, _ in marks]
        return highlighted(self._body, marks, (start, end), ids=True)


def _list(items: Sequence[Block], painter: _Painter) -> Markup:
    """Return list items as nested <ul>; a jump in depth by more than one level nests only once."""
    parts: list[Markup] = []
    depths: list[int] = []
    for item in items:
        while depths and item.level < depths[-1]:
            parts.append(Markup("</li></ul>"))
            depths.pop()
        if depths and item.level == depths[-1]:
            parts.append(Markup("</li>"))
        else:
            parts.append(Markup("<ul>"))
            depths.append(item.level)
        parts += (Markup("<li>"), painter.paint(item.start, item.end))
    parts += [Markup("</li></ul>")] * len(depths)
    return Markup("").join(parts)


def _table(rows: Sequence[Block], painter: _Painter) -> Markup:
    """Return table rows as a <table>, in a <div> that scrolls if the table is wider than the
    page."""
    body: list[Markup] = []
    for row in rows:
        cell = Markup('<th scope="col">{}</th>') if row.header else Markup("<td>{}</td>")
        cells = Markup("").join(cell.format(painter.paint(*span)) for span in row.cells)
        body.append(Markup("<tr>{}</tr>").format(cells))
    frame = Markup(
        '<div class="table" role="region" tabindex="0" aria-label="{}"><table>{}</table></div>'
    )
    return frame.format(say("Bảng"), Markup("").join(body))
