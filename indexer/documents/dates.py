"""Parse dates and times of day as Vietnamese pages write them."""

from __future__ import annotations

import re
from datetime import date, time

from indexer.partial_date import FIRST_YEAR, LAST_YEAR, PartialDate

_MONTHS = {
    "một": 1, "giêng": 1, "hai": 2, "ba": 3, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7,
    "tám": 8, "chín": 9, "mười": 10, "mười một": 11, "mười hai": 12, "chạp": 12,
}  # fmt: skip

_MONTH_WORDS = "|".join(sorted(_MONTHS, key=len, reverse=True))

DATE = (
    r"(?:(?<![\d/.-])(?P<y1>\d{4})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})(?![\d/-])"
    r"|(?<![\d/.-])(?P<d2>\d{1,2})(?P<sep> ?[/.-] ?)(?P<m2>\d{1,2})(?P=sep)(?P<y2>\d{4})(?![\d/-])"
    r"|(?<![\d/.-])(?P<d3>\d{1,2}) tháng (?P<m3>\d{1,2}|" + _MONTH_WORDS + r")"
    r"(?:,? năm|,)? (?P<y3>\d{4})(?!\d))"
)
"""A full date, to be matched in clean text, ignoring case. Has named groups: use once a pattern."""

DATE_PATTERN = re.compile(DATE, re.IGNORECASE)

_TIME = re.compile(
    r"(?<![\d:/.-])(?P<h>[01]?\d|2[0-4])(?: ?(?::|h|g|giờ) ?)(?P<m>[0-5]\d)"
    r"(?::[0-5]\d)?(?: ?(?:phút|'))?(?: ?(?P<half>SA|CH|AM|PM))?(?![\d:/]|-\d)",
    re.IGNORECASE,
)


def make_date(year: int, month: int, day: int) -> date | None:
    """Return the date; None if there is no such day or the year is outside 1500 to 2099."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def possible_date(year: int, month: int | None = None, day: int | None = None) -> date | None:
    """Return the date as far as it exists: 31 February 2020 is February 2020, month 13 is 2020.

    None if the year is outside 1500 to 2099.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    if month is None or not 1 <= month <= 12:
        return PartialDate(year)
    return (make_date(year, month, day) if day else None) or PartialDate(year, month)


def date_of(match: re.Match[str]) -> date | None:
    """Return the date that a match of `DATE` stands for; None if `make_date` rejects it."""
    for digit in "123":
        if year := match.group(f"y{digit}"):
            month = match.group(f"m{digit}")
            number = int(month) if month.isdigit() else _MONTHS[month.lower()]
            return make_date(int(year), number, int(match.group(f"d{digit}")))
    return None


def find_time(text: str) -> tuple[time, tuple[int, int]] | None:
    """Return the first time of day in `text` and its span; None if there is none."""
    match = _TIME.search(text)
    if match is None:
        return None
    hour, half = int(match["h"]), (match["half"] or "").upper()
    if half in {"CH", "PM"} and hour < 12:
        hour += 12
    elif half in {"SA", "AM"} and hour == 12:
        hour = 0
    return (time(hour, int(match["m"])), match.span()) if hour < 24 else None


def parse_date(text: str) -> date | None:
    """Return the date if `text` is a date, perhaps with a time (`2021-01-08T14:49`), else None."""
    head = re.split(r"[T ]", text.strip(), maxsplit=1)[0]
    match = DATE_PATTERN.fullmatch(head)
    return date_of(match) if match else None


_MONTH = r"(?:tháng\s*)?(?P<m>\d{1,2})(?:\s*[/.-]\s*|\s*,?\s*năm\s+)(?P<y>\d{4})"
_PARTIAL = (
    (re.compile(r"(?:năm\s+)?(?P<y>\d{4})", re.IGNORECASE), "year"),
    (re.compile(r"(?P<y>\d{4})\s*[-/.]\s*(?P<m>\d{1,2})"), "month"),
    (re.compile(_MONTH, re.IGNORECASE), "month"),
    (re.compile(r"(?:những\s+năm|thập niên|thập kỷ)\s+(?P<y>\d{3}0)", re.IGNORECASE), "decade"),
)
_ABOUT = re.compile(
    r"^(?:vào\s+)?(?:khoảng|chừng|độ|cỡ|k\.|kh\.|ca\.?|c\.|about|circa)\s*(?:năm\s+)?|[~?]$",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s*(?:[–—]|\s-\s|\sđến\s|\.\.)\s*", re.IGNORECASE)
_YEARS = re.compile(r"(\d{4})\s*[-/–—]\s*(\d{4})")


def parse_archive_date(text: str) -> date | None:
    """Return the date that a record or a cell states, as far as it can be known; None if nothing
    can.

    A full date in any Vietnamese or ISO writing, a month, a year, a decade, "khoảng 1930", a period
    ("1930-1935", "từ 1930 đến 1935"). A day that does not exist gives its month or year.
    """
    text = " ".join(text.split()).strip(" .,;()[]")
    if not text or len(text) > 80:
        return None
    bare = _ABOUT.sub("", text).strip()
    about = bare != text
    years = _YEARS.fullmatch(re.sub(r"^từ\s+(?:năm\s+)?", "", bare, flags=re.IGNORECASE))
    parts = list(years.groups()) if years else _RANGE.split(re.sub(r"^từ\s+", "", bare, flags=re.I))
    if len(parts) == 2:
        first, last = (_single(part) for part in parts)
        if first and last and last >= first:
            return _partial(first, about, last)
    found = _single(bare)
    return _partial(found, about, None) if found else None


def _with_words(text: str) -> date | None:
    """A full date with words around it: "ngày 15 tháng 3 năm 1998", "thứ Hai, 15/3/1998 08:30"."""
    match = DATE_PATTERN.search(text)
    return date_of(match) if match else None


def _single(text: str) -> date | None:
    text = text.strip()
    if full := parse_date(text) or _with_words(text):
        return full
    for pattern, kind in _PARTIAL:
        match = pattern.fullmatch(text)
        if not match:
            continue
        year = int(match["y"])
        if not FIRST_YEAR <= year <= LAST_YEAR:
            return None
        if kind == "decade":
            return PartialDate(year, until=PartialDate(year + 9))
        month = int(match["m"]) if kind == "month" else None
        return PartialDate(year, month) if month is None or 1 <= month <= 12 else PartialDate(year)
    impossible = re.fullmatch(
        r"\d{1,2}\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})|(\d{4})-(\d{2})-\d{2}.*", text
    )
    if impossible:
        year = int(impossible[2] or impossible[3])
        month = int(impossible[1] or impossible[4])
        if FIRST_YEAR <= year <= LAST_YEAR:
            return PartialDate(year, month) if 1 <= month <= 12 else PartialDate(year)
    return None


def _partial(found: date, about: bool, until: date | None) -> date:
    if not about and until is None:
        return found
    if isinstance(found, PartialDate):
        month = found.month if found.precision != "year" else None
        day = found.day if found.precision == "day" else None
        return PartialDate(found.year, month, day, approximate=about, until=until or found.until)
    return PartialDate(found.year, found.month, found.day, approximate=about, until=until)
