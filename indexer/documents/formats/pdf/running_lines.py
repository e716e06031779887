"""Find the running heads, running feet and page numbers of a PDF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from indexer.documents.formats.pdf.columns import BREAK
from indexer.documents.formats.pdf.drawing import EDGE, squeezed
from indexer.documents.formats.pdf.paragraphs import ITEM

_PAGE_NUMBER = re.compile(r"^[-–\s]*(?:trang\s*)?\d{1,4}(?:\s*/\s*\d{1,4})?[-–\s]*$", re.IGNORECASE)


def without_running_lines(
    pages: Sequence[Sequence[str]], edges: Sequence[frozenset[str]] = ()
) -> list[list[str]]:
    """Return the lines of each page without running heads, running feet and page numbers.

    A running line is one of the two first or last lines of its page, and no other line stands
    between it and the edge; or it is drawn there, wherever it stands in the order of the lines:
    `edges` are, for each page, the lines at its edges (`Drawing.edges`).

    A running line is the same at the top, or at the bottom, of at least half of the pages, at least
    two; or it differs there only in a number that grows by one from page to page on at least half
    of the pages, at least three, and does not begin an item or an article ("a)", "Điều 5."). A bare
    number is a page number if it grows so, too, or is marked as one ("- 5 -", "trang 5", "5/12"). A
    line that begins or ends with "trang 5" needs to count two pages only. A line that stands more
    than _MOST_OFTEN times on its page is none. What browsers print around a page is one, also on a
    single page. No running lines are the names of the columns of a list where they stand first, and
    what repeats below them there.
    """
    edges = edges or [frozenset()] * len(pages)
    running = _running_lines(pages, edges)
    left = []
    seen: set[str] = set()
    for number, lines in enumerate(pages):
        heads = [at for at, line in enumerate(lines) if _TABLE_HEAD.match(line)]
        first = {at for at in heads if lines[at] not in seen}
        seen |= {lines[at] for at in heads}
        dropped = set(_outermost(lines, number, running))
        dropped |= {
            at
            for at, line in enumerate(lines)
            if (line, number) in running
            and squeezed(line) in edges[number]
            and lines.count(line) == 1  # else the other may be the one at the edge
        }
        for at in first:
            while at in dropped:
                dropped.remove(at)
                at += 1
        left.append([line for at, line in enumerate(lines) if at not in dropped])
    return left


def printed_address(lines: Sequence[str]) -> str | None:
    """Return the web address that a browser printed at the edge of a page; None without one.
    `lines` are those of the page."""
    outermost = (*lines[:EDGE], *lines[-EDGE:])
    if any(_BROWSER_FOOT.fullmatch(line) for line in outermost):
        for line in outermost:
            if _BROWSER.fullmatch(line) and (found := _ADDRESS.search(line)):
                return found.group()
    return None


def _outermost(
    lines: Sequence[str], number: int, running: frozenset[tuple[str, int]]
) -> Iterator[int]:
    """Yield the indexes of the running lines among the first and last EDGE lines of page `number`
    that have only other such lines between them and the edge: a title may be the running head,
    too."""
    places = [at for at, line in enumerate(lines) if line != BREAK]
    for outer in (places[:EDGE], places[-EDGE:][::-1]):
        dropped: set[str] = set()
        for at in outer:
            if (lines[at], number) not in running or lines[at] in dropped:
                break
            dropped.add(lines[at])
            yield at


_MOST_OFTEN = 2
"""How often a running line stands on a page at most, as its head and its foot or title; a line that
stands there more often is text, such as a cell that says "Đạt"."""
_DAY, _TIME = r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}", r"\d{1,2}:\d{2}(?: ?[ap]m)?"
_BROWSER_FOOT = re.compile(
    rf"(?:https?|file)://\S+ \d+/\d+|\d+ (?:of|trên) \d+ {_DAY},? {_TIME}", re.IGNORECASE
)
"""Matches the foot of a page that a browser prints: the address and the number of the page, as
Chromium does, or the number and when it was printed, as Firefox does."""
_BROWSER = re.compile(
    rf"{_BROWSER_FOOT.pattern}|(?:{_DAY},? {_TIME}|{_TIME},? {_DAY}) .*|.* (?:https?|file)://\S+",
    re.IGNORECASE,
)
"""Matches the foot, or the head: when it was printed and the title, or title and address."""
_ADDRESS = re.compile(r"https?://\S+")
_TABLE_HEAD = re.compile(r"(?:số )?s?tt\b", re.IGNORECASE)
"""Matches the names of the columns of a list, which word processors repeat on each of its pages."""
_NUMBER = re.compile(r"\d{1,9}")
_MARKED_NUMBER = re.compile(
    r"^(?:[-–]\s*\d{1,4}\s*[-–]|trang\s*\d.*|\d{1,4}\s*/\s*\d{1,4})$", re.IGNORECASE
)
_SAYS_PAGE = re.compile(r"^trang \d+\b|\btrang \d+(?: ?/ ?\d+)?$", re.IGNORECASE)


def _running_lines(
    pages: Sequence[Sequence[str]], edges: Sequence[frozenset[str]]
) -> frozenset[tuple[str, int]]:
    """Return (line, index of its page from 0) for each line that is a running line by its text
    (`without_running_lines`), among the first and last EDGE lines of the pages and those in
    `edges`."""
    places: dict[tuple[str, str], set[tuple[str, int]]] = {}
    running: set[tuple[str, int]] = set()
    for number, lines in enumerate(pages):
        written = [line for line in lines if line != BREAK]
        drawn = [line for line in written[EDGE:-EDGE] if squeezed(line) in edges[number]]
        outermost = {*written[:EDGE], *drawn, *written[-EDGE:]}
        if any(_BROWSER_FOOT.fullmatch(line) for line in outermost):
            running |= {(line, number) for line in outermost if _BROWSER.fullmatch(line)}
        for end, outer in (("head", written[:EDGE]), ("foot", written[-EDGE:])):
            for line in (*outer, *drawn):
                if written.count(line) <= _MOST_OFTEN:
                    places.setdefault((end, _NUMBER.sub("#", line)), set()).add((line, number))
    for found in places.values():
        same = Counter(line for line, _ in found)
        counted = {
            place for place in found if _counts_pages(place, found) and not ITEM.match(place[0])
        }
        for line, number in found:
            if _PAGE_NUMBER.match(line):
                is_running = (line, number) in counted or bool(_MARKED_NUMBER.match(line))
            else:
                least = 2 if _SAYS_PAGE.search(line) else 3
                is_running = same[line] >= max(2, len(pages) / 2) or (
                    (line, number) in counted and len(counted) >= max(least, len(pages) / 2)
                )
            if is_running:
                running.add((line, number))
    return frozenset(running)


def _counts_pages(place: tuple[str, int], others: Iterable[tuple[str, int]]) -> bool:
    """Return True if a line counts the pages: on another page there is the same line in which one
    number or more differ by just the distance of the two pages, and the others are the same.

    `place` and `others` are (line, index of its page); all lines differ only in their numbers.
    """
    line, page = place
    numbers = [int(n) for n in _NUMBER.findall(line)]
    for other, other_page in others:
        if other_page != page:
            steps = [int(n) - m for n, m in zip(_NUMBER.findall(other), numbers, strict=True)]
            if any(steps) and all(step in (0, other_page - page) for step in steps):
                return True
    return False
