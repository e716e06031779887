"""Put the columns of a PDF page in reading order, where they are drawn line by line.

A PDF has no columns: it places pieces of text on a page, in any order. If a program draws line by
line, the columns of a newspaper interleave, and the two halves of a letterhead stand on one line.
pypdf's layout mode shows by spaces where each piece stands; here a gutter is looked for in it. Only
prose, a letterhead and a signature are read by columns; the rows of a table stay whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from indexer.documents.formats.pdf.drawing import LEAST_ROWS

Piece = tuple[int, int, str]
"""A piece of a line: (first column, column after the last, text); columns count characters."""
Row = list[Piece]
"""A line of a page: its pieces from left to right."""

BREAK = ""
"""A line that ends a paragraph, in the lines of a page."""

_GUTTER = 2
"""Least width, in characters, of a gutter."""
_LEAST_WORDS = 3.5
"""Least mean number of words of a line of prose in a column: cells of tables have fewer."""
_GOING_ON = 0.5
"""Least share of the lines of a column of prose that begin with a small letter: Vietnamese has few
capitals, and cells of tables begin with them."""
_HEAD = 25
"""Number of lines at the top of a page among which a letterhead is."""
_PIECE = re.compile(r"\S+(?: \S+)*")
_MOTTO = re.compile(
    r"CỘNG H(?:ÒA|OÀ) XÃ HỘI|VIỆT NAM DÂN CHỦ CỘNG H|ĐẢNG CỘNG SẢN VIỆT NAM|ĐỘC LẬP\s*[-–]\s*TỰ DO"
)
_RECIPIENTS = re.compile(r"^nơi nhận", re.IGNORECASE)
OPEN_DATE = re.compile(r"\b(?:ngày|tháng|năm)$", re.IGNORECASE)
"""Matches the end of a line in the middle of a date."""


def has_halves(lines: Sequence[str]) -> bool:
    """Return True if a page has a letterhead or the recipients beside a signature, which stand in
    two halves side by side. `lines` are those of the page, as they are drawn."""
    return bool(_MOTTO.search("\n".join(lines[:_HEAD]).upper())) or any(
        _RECIPIENTS.match(line) for line in lines
    )


def in_reading_order(
    lines: Sequence[str], layout: str, marks: Sequence[tuple[str, str]] = ()
) -> list[str]:
    """Return the lines of a page with its columns one after the other; BREAK ends a paragraph, and
    stands between the rows of a table.

    `lines` are the lines as they are drawn, `layout` the page in pypdf's layout mode. If there are
    neither columns nor tables, or the layout does not have the same words, `lines` are returned.
    `marks` are those of `Drawing`; such a mark may stand apart from its word in one of both.
    """
    rows = [row for line in layout.split("\n") if (row := _pieces(line))]
    if not rows or not _same_words(_words(lines), _words(p[2] for row in rows for p in row), marks):
        return list(lines)
    drawn = " ".join(_words(lines))
    found = _by_columns(rows, drawn)
    return list(lines) if found is None else found


def _words(lines: Iterable[str]) -> list[str]:
    return [word for line in lines for word in line.split()]


def _same_words(
    drawn: Sequence[str], layout: Sequence[str], marks: Sequence[tuple[str, str]]
) -> bool:
    """Return True if both have the same words, but for marks that stand apart in one of them."""
    if Counter("".join(drawn)) != Counter("".join(layout)):
        return False
    drawn_words, layout_words = Counter(drawn), Counter(layout)
    others = (drawn_words - layout_words) | (layout_words - drawn_words)
    marked = [(before.split()[-1], mark) for before, mark in marks]
    return others.keys() <= {text for word, mark in marked for text in (word, mark, word + mark)}


def _pieces(line: str) -> Row:
    line = unicodedata.normalize("NFC", line.replace("\u00a0", " "))
    return [(m.start(), m.end(), m.group()) for m in _PIECE.finditer(line)]


def _by_columns(rows: list[Row], drawn: str) -> list[str] | None:
    """Return the lines of rows with columns one after the other; None if there are neither columns
    nor tables.

    `drawn` is the page in the order in which it is drawn, with single spaces.
    """
    lines: list[str] = []
    changed = False
    at = 0
    before: Row | None = None
    margins = _margins(rows)
    while at < len(rows):
        end, columns = _block(rows, at, drawn)
        if columns is None and (table := _table(rows, at)) > at:
            changed = True
            lines += [line for row in rows[at:table] for line in (BREAK, _text(row))]
            lines.append(BREAK)
            before = None
            at = table
            continue
        if columns is None:
            centred = before is not None and _is_centred(before, margins)
            if before is not None and centred != _is_centred(rows[at], margins):
                lines.append(BREAK)
            lines.append(_text(rows[at]))
            before = rows[at]
            at += 1
            continue
        changed = True
        for column in columns:
            inner = _by_columns(column, drawn)
            if inner is None:
                inner = [_text(row) for row in column]
                inner = inner if _is_prose(column) else _apart(inner)
            lines += [BREAK, *inner]
        lines.append(BREAK)
        before = None
        at = end
    return lines if changed else None


def _apart(lines: list[str]) -> list[str]:
    """Return the lines of one half of a letterhead or signature, each as a paragraph of its own (a
    BREAK before it) unless it continues the line above: it begins with a small letter, or the line
    above ends within a date."""
    apart: list[str] = []
    for line in lines:
        if not line[0].islower() and not (apart and OPEN_DATE.search(apart[-1])):
            apart.append(BREAK)
        apart.append(line)
    return apart


def _text(row: Row) -> str:
    return " ".join(text for _, _, text in row)


def _margins(rows: Sequence[Row]) -> tuple[int, int]:
    """Return the first column of the leftmost piece of all rows, and the one after the last of the
    rightmost."""
    return min(row[0][0] for row in rows), max(row[-1][1] for row in rows)


def _is_centred(row: Row, margins: tuple[int, int]) -> bool:
    left, right = row[0][0] - margins[0], margins[1] - row[-1][1]
    return min(left, right) >= 3 and abs(left - right) <= 2 + 0.2 * (left + right)


def _block(rows: list[Row], at: int, drawn: str) -> tuple[int, tuple[list[Row], list[Row]] | None]:
    """Return the index after the last row of the two columns that begin at the row `at`, and the
    rows of the left and of the right column; (`at`, None) if none begin there.

    `drawn` is as in `_by_columns`.
    """
    for gap in sorted(_gaps(rows[at])[1:-1], key=lambda gap: gap[0] - gap[1]):
        end, (_, edge) = _reach(rows, at, gap)
        halves = [
            ([p for p in row if p[0] < edge], [p for p in row if p[0] >= edge])
            for row in rows[at:end]
        ]
        both = [(left, right) for left, right in halves if left and right]
        recipients = (rows[at], rows[at - 1] if at else rows[at])
        is_columns = any(_RECIPIENTS.match(row[0][2]) for row in recipients) or (
            len(both) >= LEAST_ROWS
            and _is_prose([left for left, _ in halves if left])
            and _is_prose([right for _, right in halves if right])
            and _interleave(both, drawn)
        )
        if not is_columns and at < _HEAD:
            halves = _letterhead(halves)
        columns = [left for left, _ in halves if left], [right for _, right in halves if right]
        if is_columns or (at < _HEAD and _MOTTO.search("\n".join(map(_text, columns[1])).upper())):
            return at + len(halves), columns
    return at, None


def _letterhead(halves: list[tuple[Row, Row]]) -> list[tuple[Row, Row]]:
    """Return the rows of the letterhead with which `halves` begin.

    `halves` are (left half, right half) of each row, [] for a half without text. The letterhead
    ends with the last row that has both, before _ONE_SIDED rows with one; what follows is the title
    and short lines of the text. If the next rows have only a right half, they belong to it too:
    the place and date may take a second line.
    """
    end = last = 0
    for at, (left, right) in enumerate(halves):
        if left and right:
            last = at
        elif at - last >= _ONE_SIDED:
            break
    end = last + 1
    edge = min((row[0][0] for _, row in halves[:end] if row), default=0)
    while end < len(halves) and not halves[end][0] and halves[end][1][0][0] >= edge:
        end += 1
    return halves[:end]


_ONE_SIDED = 3
"""Number of rows with text on one side below which a letterhead does not go on."""


def _table(rows: list[Row], at: int) -> int:
    """Return the index after the last row of the table that begins at the row `at`; `at` if none
    begins there.

    A table is a run of _TABLE_ROWS or more rows that all leave the same _TABLE_GUTTERS or more
    gutters free.
    """
    gutters = _gaps(rows[at])[1:-1]
    end = at + 1
    while end < len(rows) and len(gutters) >= _TABLE_GUTTERS:
        free = [(max(a, c), min(b, d)) for a, b in gutters for c, d in _gaps(rows[end])[1:-1]]
        free = [(a, b) for a, b in free if b - a >= _GUTTER]
        if len(free) < _TABLE_GUTTERS:
            break
        gutters = free
        end += 1
    return end if end - at >= _TABLE_ROWS and len(gutters) >= _TABLE_GUTTERS else at


_TABLE_ROWS, _TABLE_GUTTERS = 3, 2
"""Least number of rows of a table, and of gutters between its columns."""


def _gaps(row: Row) -> list[tuple[int, int]]:
    """Return the gaps of a row, from left to right: (first column, column after the last) of each.

    The first is the left margin and the last the right one; both extend far beyond the page.
    """
    ends = [-(1 << 20), *(piece[1] for piece in row)]
    starts = [*(piece[0] for piece in row), 1 << 20]
    return list(zip(ends, starts, strict=True))


def _reach(rows: list[Row], at: int, gutter: tuple[int, int]) -> tuple[int, tuple[int, int]]:
    """Return the index of the first row from `at` on that does not leave the gutter free, or the
    number of rows, and what of the gutter is free in all rows from `at` to before it."""
    end = at
    while end < len(rows):
        free = max(
            ((max(a, gutter[0]), min(b, gutter[1])) for a, b in _gaps(rows[end])),
            key=lambda gap: gap[1] - gap[0],
        )
        if free[1] - free[0] < _GUTTER:
            break
        gutter = free
        end += 1
    return end, gutter


def _is_prose(rows: Sequence[Row]) -> bool:
    texts = [_text(row) for row in rows]
    words = sum(len(text.split()) for text in texts)
    going_on = sum(text[0].islower() for text in texts[1:])
    return words >= _LEAST_WORDS * len(texts) and going_on >= _GOING_ON * (len(texts) - 1)


def _interleave(pairs: Sequence[tuple[Row, Row]], drawn: str) -> bool:
    """Return True if most lines of the left column are drawn directly before those beside them."""
    beside = sum(f"{_text(left)} {_text(right)}" in drawn for left, right in pairs)
    return beside >= 0.7 * len(pairs)
