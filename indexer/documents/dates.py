"""Parse dates and times of day as Vietnamese pages write them."""

from __future__ import annotations

import re
from datetime import date, time

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

FIRST_YEAR, LAST_YEAR = 1945, 2099


def make_date(year: int, month: int, day: int) -> date | None:
    """Return the date; None if there is no such day or the year is outside 1945 to 2099."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


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
