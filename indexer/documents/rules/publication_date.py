"""Page rule: the publication date of a page, from a line that is only a date.

It may have a time of day, a weekday, a label and a number of views:

    (14:49 | 08/01/2021)          Thứ tư, 10/01/2024       Ngày đăng: 08/01/2021 - Lượt xem: 12
    Cập nhật lúc: 08/01/2021 14:49        Thứ 4, ngày 10/01/2024 | 14:00 GMT+7
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import IntEnum

from indexer.documents.text.dates import DATE_PATTERN, date_of, find_time
from indexer.documents.text.lines import Line

_MAX_CHARACTERS = 120
"""Greatest number of code points of a line that is only a date."""
_PUBLISHED = re.compile(
    r"(?:ngày (?:đăng|xuất bản|phát hành|đưa tin|viết|trả lời)(?: (?:tin|bài))?"
    r"|đăng (?:tin )?(?:ngày|lúc)"
    r"|(?:số )?ra ngày"
    r"|(?:đã |được )?(?:đăng|viết)(?: tin| bài)?(?= ?:)|xuất bản(?: (?:ngày|lúc))?|thời gian đăng"
    r"|posted(?: on)?|published(?: on)?|publish date|date)\b",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"(?:(?:được )?(?:chỉnh sửa|sửa đổi) lần cuối"
    r"|(?:đã |được |lần )?cập nhật(?: (?:lần cuối|lúc|ngày|vào|cuối))*"
    r"|(?:ngày|thời gian) cập nhật|last updated?|updated?(?: on)?)\b",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"\b(?:thứ (?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|t[2-7]|chủ nhật|cn"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\b(?:lúc|vào|ngày|hồi|giờ|at|on|cỡ chữ|(?:số )?lượt (?:xem|đọc)|(?:số )?lần đọc|đã xem"
    r"|views?)\b"
    r"|\(?\b(?:GMT|UTC) ?[+-] ?0?7(?::00)?\)?|\b\d[\d.,]{0,9}(?= *(?:lượt (?:xem|đọc)|views?))"
    r"|(?<=lượt xem)[ :]*[\d.]+|(?<=lượt đọc)[ :]*[\d.]+|(?<=đã xem)[ :]*[\d.]+"
    r"|(?<=lần đọc)[ :]*[\d.]+",
    re.IGNORECASE,
)


_POSTING = re.compile(
    r"(?:người (?:đăng|gửi)|chuyên mục|danh mục)\s*:.{1,60}"
    r"|(?:(?:số )?(?:lượt )?(?:xem|đọc|bình luận|phản hồi))\s*:?\s*[\d.]{1,9}",
    re.IGNORECASE,
)
"""Matches what stands between bars beside a date: who posted the page and where, and counts."""


class DateLineKind(IntEnum):
    """What a date line says of its date; a smaller value is more likely the publication date.

    LABELLED as the date of publication ("Ngày đăng:"), BARE without a label, UPDATED labelled as
    the date of a change ("Cập nhật:").
    """

    LABELLED = 0
    BARE = 1
    UPDATED = 2


@dataclass(frozen=True, slots=True)
class PublicationDate:
    """The date that a line states.

    `day` is the date, `at` the time of day (None if not stated), `kind` the kind of the line.
    """

    day: date
    at: time | None
    kind: DateLineKind


def date_line(line: Line) -> PublicationDate | None:
    """Return the date that `line` states; None if it states no date or several, has words that do
    not belong to a date line, or more than _MAX_CHARACTERS characters."""
    text = line.text
    if not 6 <= len(text) <= _MAX_CHARACTERS:
        return None
    match = DATE_PATTERN.search(text)
    day = date_of(match) if match else None
    if match is None or day is None:
        return None
    rest = f"{text[: match.start()]} , {text[match.end() :]}"
    if DATE_PATTERN.search(rest):
        return None
    at = find_time(rest)
    if at:
        (start, end) = at[1]
        rest = f"{rest[:start]} , {rest[end:]}"
    kind = DateLineKind.BARE
    for pattern, meaning in ((_PUBLISHED, DateLineKind.LABELLED), (_UPDATED, DateLineKind.UPDATED)):
        rest, found = pattern.subn(" ", rest, count=1)
        if found:
            kind = meaning
            break
    if "|" in rest or "•" in rest or "·" in rest:
        rest = " ".join(p for p in re.split(r"[|•·]", rest) if not _POSTING.fullmatch(p.strip()))
    rest = _FILLER.sub(" ", _WEEKDAY.sub(" ", rest))
    if any(char.isalnum() for char in rest):
        return None
    return PublicationDate(day, at[0] if at else None, kind)


def choose(
    found: Sequence[tuple[Line, PublicationDate]], title: Line | None
) -> PublicationDate | None:
    """Return the date of the line that is most likely the publication date; None without lines.

    The order is: a line labelled as publication; a line without a label below the title; a line
    labelled as update below the title; one without a label above it, where portals show the date of
    today; one labelled as update above it. `title` is the line of the title, or None.
    """
    if not found:
        return None
    line_of_title = title.number if title else 0

    def rank(entry: tuple[Line, PublicationDate]) -> tuple[int, int]:
        line, published = entry
        above = line.number < line_of_title
        return (published.kind * 2 + (3 if above and published.kind else 0), line.number)

    return min(found, key=rank)[1]
