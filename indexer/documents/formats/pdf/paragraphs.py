"""Join the lines of a PDF page to paragraphs."""

from __future__ import annotations

import re
import statistics
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from indexer.documents.formats.pdf.columns import BREAK, OPEN_DATE
from indexer.documents.formats.pdf.drawing import DrawnLine, squeezed

_OTHER_SIZE = 1.08
"""Least quotient of two sizes of letters that differ: a heading and the text below it."""
_WIDE_GAP = 1.5
"""Least distance of two lines with a gap between them, as a multiple of that of most lines."""

_SENTENCE_END = re.compile(r"[.!?…:;][”\"»’')\]]*$")
ITEM = re.compile(
    r"^(?:[-–•+*]|\(?\d{1,2}[.)]|[a-zđ]\)|Điều \d+[a-zđ]?\.|Chương [IVXLC\d]+|Mục \d+"
    r"|[IVX]{1,5}[.)] |Phần |Phụ lục|Căn cứ |Kính gửi|Nơi nhận)",
)


def join_lines(lines: Sequence[str]) -> list[str]:
    """Return the paragraphs of a page, in order, joined from lines that were broken at the right
    margin.

    A line continues in the next if it is nearly as wide as the widest and does not end a sentence,
    or if the next begins with a small letter and it does not end with a full stop, semicolon or
    colon, or if the next begins with the rest of a date. Items of lists and lines in capitals are
    not joined, nor lines with a BREAK between them.
    """
    sizes = sorted(len(line) for line in lines if line != BREAK)
    widest = sizes[int(len(sizes) * 0.9)] if sizes else 0
    paragraphs: list[str] = []
    last = ""
    for line in lines:
        if line == BREAK:
            last = ""
            continue
        may_go_on = last and not ITEM.match(line) and not line.isupper() and not last.isupper()
        goes_on = may_go_on and (
            (line[0].islower() and not last.endswith((".", ";", ":")))
            or (len(last) >= 0.75 * widest and not _SENTENCE_END.search(last))
            or (line[0].isdigit() and OPEN_DATE.search(last))
        )
        if goes_on:
            paragraphs[-1] = f"{paragraphs[-1]} {line}"
        else:
            paragraphs.append(line)
        last = line
    return paragraphs


def with_breaks(lines: Sequence[str], drawn: Sequence[DrawnLine]) -> list[str]:
    """Return the lines of a page with a BREAK between two that are drawn one after the other, in
    letters of different size or with a gap between them.

    Nothing is put before a line that begins with a small letter, for it goes on with a sentence.
    `drawn` are the lines with their places (`Drawing.lines`); lines that are not found there, such
    as those of columns, get no BREAK.
    """
    indexes: dict[str, list[int]] = {}
    for index, line in enumerate(drawn):
        indexes.setdefault(squeezed(line.text), []).append(index)
    places: list[DrawnLine | None] = []
    at = 0
    for text in lines:
        found = indexes.get(squeezed(text), [])
        later = bisect_left(found, at)
        places.append(drawn[found[later]] if later < len(found) else None)
        at = found[later] + 1 if later < len(found) else at
    steps = [
        one.y - other.y for one, other in pairwise(places) if one and other and one.y > other.y
    ]
    usual = statistics.median(steps) if steps else 0.0
    broken: list[str] = []
    last: DrawnLine | None = None
    for text, place in zip(lines, places, strict=True):
        if last and place and not text[:1].islower() and _is_apart(last, place, usual):
            broken.append(BREAK)
        broken.append(text)
        last = place
    return broken


def _is_apart(line: DrawnLine, below: DrawnLine, usual: float) -> bool:
    sizes = sorted((line.size, below.size))
    return sizes[1] > _OTHER_SIZE * sizes[0] or line.y - below.y > _WIDE_GAP * usual > 0
