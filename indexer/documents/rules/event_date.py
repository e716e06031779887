"""Page rule: the date of the event that a page reports.

The date stands at the beginning of a clause in the first sentence of the lead:

    Ngày 7/1/2021, Huyện …      Sáng ngày 10/01, Ban …       Chiều 5-3-2021, tại …
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from indexer.documents.text.dates import DATE, date_of, make_date
from indexer.documents.text.lines import Line

FIRST_YEAR = 1997
"""The first year in which a page may report an event: Vietnam joined the Internet in 1997. An
earlier date in a lead is one that the text recalls."""

MAX_DAYS_APART = 366
"""Greatest number of days between an event and the publication of its report."""

_MAX_LEADS = 2
"""Number of paragraphs of prose that are examined: a summary may precede the lead."""

_SENTENCE = re.compile(r"(?<=[^\W\d_]{2})[.!?…] ")
_OPENS = (
    r"(?:^|[.;:–—-] ?|, ?|\) ?|\b(?:diễn ra|tổ chức|khai mạc|thực hiện)(?: vào)? )"
    r"(?P<word>(?:vào |trong )?(?:hồi )?"
    r"(?:(?:sáng|chiều|tối|trưa)(?: nay)?(?: và (?:sáng|chiều|tối))?,? ?)?"
    r"\(?(?:(?:hai|ba|\d) )?(?:ngày )?"
    r"(?:(?:thứ \w+|chủ nhật),? (?:ngày )?)?)"
)
_SPAN = r"(?:\d{1,2}(?:/\d{1,2})? ?(?:-|–|và|đến|đến ngày) ?)?"
_FULL = re.compile(_OPENS + _SPAN + DATE.replace(r"(?<![\d/.-])", ""), re.IGNORECASE)
_SHORT = re.compile(
    _OPENS + _SPAN + r"(?P<day>\d{1,2})(?:[/-]| tháng )(?P<month>\d{1,2})(?![\d/-])"
    r"(?! năm)(?= ?[,):]| tại| Ban| UBND| HĐND)",
    re.IGNORECASE,
)
_HISTORY = re.compile(
    r"(?:nghị quyết|nghị định|kế hoạch|quyết định|chỉ thị|công văn|thông báo|hướng dẫn|quy định"
    r"|chương trình|kết luận|thông tư|luật|pháp lệnh|văn bản|đề án|báo cáo|kỷ niệm|thành lập"
    r"|truyền thống|giải phóng|sinh nhật|báo|số ra|trước đó|từ|kể từ|cách đây)[^.,;]*,?\s*\Z",
    re.IGNORECASE,
)


def event_date(paragraphs: Iterable[Line], published: date | None) -> date | None:
    """Return the date of the event that a page reports, or None.

    It is the first date that fits in the first sentences of the first _MAX_LEADS paragraphs of
    prose. A date does not fit before FIRST_YEAR, more than MAX_DAYS_APART from the publication, or
    after words of _HISTORY in its sentence. If it is written without a year, the year nearest to
    `published` is taken; if `published` is None, it does not fit.

    Parameters
    ----------
    paragraphs : the body, one Line per paragraph.
    published : the publication date, or None.
    """
    leads = 0
    for line in paragraphs:
        if not line.is_prose:
            continue
        end = _SENTENCE.search(line.text, 0, 3000)
        for match in _matches(line.text[: end.start() if end else 3000]):
            day = _day(match, published)
            if day is None or day.year < FIRST_YEAR:
                continue
            if published and abs((published - day).days) > MAX_DAYS_APART:
                continue
            if not _HISTORY.search(line.text[: match.start()]):
                return day
        leads += 1
        if leads >= _MAX_LEADS:
            break
    return None


def _matches(text: str) -> list[re.Match[str]]:
    found = [
        match
        for pattern in (_FULL, _SHORT)
        for match in pattern.finditer(text)
        if _is_opening(match)
    ]
    return sorted(found, key=lambda match: match.start())


def _is_opening(match: re.Match[str]) -> bool:
    """Return True if a word such as "ngày" or "sáng" stands before the numbers of a match, so that
    they are a date: "Ngày 4/2", but not "4/2"."""
    return bool(match["word"].strip(" ("))


def _day(match: re.Match[str], published: date | None) -> date | None:
    if "y1" in match.re.groupindex:
        return date_of(match)
    if published is None:
        return None
    days = (
        make_date(published.year + step, int(match["month"]), int(match["day"]))
        for step in (-1, 0, 1)
    )
    return min((d for d in days if d), key=lambda d: abs((published - d).days), default=None)
