"""Drop the headlines and summaries of other pages from the parts that were read of an HTML page.

The parts are judged by their order: three headlines in a row that are links lead to other pages.
While a page is read, the text of links stands between marks (LINK, LINK_END).
"""

from __future__ import annotations

import re
from itertools import pairwise

from indexer.documents.content import CELL_SEPARATOR, Part
from indexer.documents.formats.html.other_pages import (
    ABOUT_DOCUMENT,
    LEAST_HEADLINE,
    MAX_SUMMARY,
    OTHERS,
)
from indexer.documents.formats.html.page_chrome import CITATION
from indexer.documents.rules.byline import parse_byline
from indexer.documents.text.text_keys import key
from indexer.models import BlockKind


def without_teasers(parts: list[Part], title: str) -> list[Part]:
    """Return the parts without headlines and summaries of other pages, and without link marks.

    Headlines that are links are teasers if two follow each other, or three with a summary between
    them. A single one between paragraphs is a teaser too, unless it is about a document or a
    download. Short tools and titles of boxes after the text are left out, too. `title` is the title
    of the page, whose repetition is no teaser. If nothing else is left, the page is a list of news,
    and all parts are returned. Changes the parts.
    """
    parts = [part for part in parts if not _leads_away(part)]
    listed = [bool(_LISTED.search(part.text)) for part in parts]
    linked = [settle(part) and not several for part, several in zip(parts, listed, strict=True)]
    parts, linked = (
        [part for part in parts if part.text],
        [flag for part, flag in zip(parts, linked, strict=True) if part.text],
    )
    heads = [
        number
        for number, part in enumerate(parts)
        if linked[number]
        and part.kind is not BlockKind.TABLE_ROW
        and len(part.text.split()) >= LEAST_HEADLINE
        and not CITATION.search(part.text)
        and key(part.text) != key(title)
    ]
    dropped: set[int] = set()
    first_of_runs: set[int] = set()
    for number, begin in enumerate(heads):
        end, tail = _run_of_teasers(parts, heads[number : number + 3])
        if end is not None:
            dropped |= set(range(begin, end + 1))
            first_of_runs.add(begin)
            if tail and _is_summary(parts[end + 1 : end + 1 + tail]):
                dropped |= set(range(end, min(end + 1 + tail, len(parts))))
        elif (
            (parts[begin].kind is BlockKind.PARAGRAPH or _is_only_item(parts, begin))
            and begin > 0
            and not parts[begin - 1].text.endswith(":")
            and len(parts[begin].text.split()) >= 6
            and not ABOUT_DOCUMENT.search(parts[begin].text)
        ):
            dropped.add(begin)
    dropped |= {
        begin - 1
        for begin in first_of_runs
        if begin and OTHERS.fullmatch(parts[begin - 1].text.strip(" :"))
    }
    for number in range(len(parts) - 1, -1, -1):  # tools and titles of boxes after the text
        if number in dropped:
            continue
        text = parts[number].text
        # Above a tool ("Về trang chủ") stands the last line of the article.
        is_title = number + 1 in first_of_runs and not text.endswith((".", ":"))
        if len(text.split()) > 6 or ABOUT_DOCUMENT.search(text):
            break
        if number and parts[number - 1].text.endswith(":"):
            break  # what the text announces
        is_title = is_title or OTHERS.fullmatch(text.rstrip(" :")) is not None
        if parse_byline(text) or not (linked[number] or is_title):
            break
        dropped.add(number)
    left = [part for number, part in enumerate(parts) if number not in dropped]
    if not any(key(part.text) != key(title) for part in left):
        return parts  # a page of teasers: a list of news
    return left


def _leads_away(part: Part) -> bool:
    """Return True for a paragraph or item that sends the reader to another page: "Xem thêm:" and
    its headline, which is a link; not to a document or a download (ABOUT_DOCUMENT)."""
    if part.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM) or LINK not in part.text:
        return False
    match = _LEADING.fullmatch(part.text.strip())
    if match is None:
        return False
    headline = _without_marks(match["headline"])
    return len(headline.split()) >= LEAST_HEADLINE and not (
        CITATION.search(headline) or ABOUT_DOCUMENT.search(headline)
    )


def _is_only_item(parts: list[Part], number: int) -> bool:
    """Return True if a part is the only item of its list."""
    around = (*parts[max(0, number - 1) : number], *parts[number + 1 : number + 2])
    return parts[number].kind is BlockKind.LIST_ITEM and all(
        part.kind is not BlockKind.LIST_ITEM for part in around
    )


def _run_of_teasers(parts: list[Part], heads: list[int]) -> tuple[int | None, int]:
    """Return the index of the last headline of a run of teasers, and the number of parts in the
    summary below each; (None, 0) if there is no run.

    A run is three headlines with short summaries, or two without. `heads` are the indexes in
    `parts` of up to three headlines that are links.
    """
    gaps = [parts[one + 1 : other] for one, other in pairwise(heads)]
    if len(gaps) == 2 and all(map(_is_summary, gaps)):
        return heads[2], len(gaps[0])
    if gaps and not gaps[0]:
        return heads[1], 0
    return None, 0


def _is_summary(parts: list[Part]) -> bool:
    return (
        len(parts) <= 3
        and sum(len(part.text.split()) for part in parts) <= MAX_SUMMARY
        and all(part.kind in (BlockKind.PARAGRAPH, BlockKind.CAPTION) for part in parts)
    )


def settle(part: Part) -> bool:
    """Remove the link marks from a part; return True if 80% of its words or more are in links."""
    inside = sum(len(run.split()) for run in _LINKED.findall(part.text))
    part.text = _without_marks(part.text)
    part.cells = tuple(_without_marks(cell) for cell in part.cells)
    if part.cells:
        part.text = CELL_SEPARATOR.join(part.cells)
    return inside > 0 and inside >= 0.8 * len(part.text.split())


def _without_marks(text: str) -> str:
    if LINK not in text and LINK_END not in text:
        return text
    return tidy(text.replace(LINK, "").replace(LINK_END, ""))


LINK, LINK_END = "\ufdd0", "\ufdd1"
"""Marks around the text of links while a page is read: noncharacters of Unicode, which are removed
from the page before."""
_LISTED = re.compile(f"{LINK_END}\\s*[,;]\\s*{LINK}")
"""Matches between two links of a list of words ("thơ Nôm, văn khắc"), which is no headline."""
_LEADING = re.compile(
    rf"(?:\W*(?:{LINK})?\W*(?:(?:mời |bấm |bạn )?(?:xem|đọc) (?:thêm|tiếp|ngay|lại)"
    rf"|{OTHERS.pattern}"
    rf"|(?:tin|bài)(?: viết)? (?:liên quan|trước|sau|tiếp theo|kế tiếp))"
    rf"\s*(?:{LINK_END})?\s*[:>»]+\s*|\s*[>»]{{2,}}\s*)"
    rf"{LINK}(?P<headline>[^{LINK_END}]*){LINK_END}\W*",
    re.IGNORECASE,
)
"""Matches a line that leads to another page: ">>> Xem thêm: …", ">> …"."""
_LINKED = re.compile(f"{LINK}([^{LINK_END}]*){LINK_END}")


def tidy(text: str) -> str:
    """Return the text with single spaces, plain ones for no-break spaces, and no empty lines."""
    lines = (" ".join(line.replace("\u00a0", " ").split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
