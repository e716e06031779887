"""Parse dates and times of day as Vietnamese pages write them."""

from __future__ import annotations

import re
from datetime import date, time

from indexer.partial_date import FIRST_YEAR, LAST_YEAR, PartialDate, parse_iso, years_of

_MONTHS = {
    "một": 1, "giêng": 1, "hai": 2, "ba": 3, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7,
    "tám": 8, "chín": 9, "mười": 10, "mười một": 11, "mười hai": 12, "chạp": 12,
}  # fmt: skip

_MONTH_WORDS = "|".join(sorted(_MONTHS, key=len, reverse=True))

DATE = (
    r"(?:(?<![\d/.-])(?P<y1>\d{4})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})(?![\d/-])"
    r"|(?<![\d/.-])(?P<d2>\d{1,2})(?P<sep> ?[/.-] ?)(?P<m2>\d{1,2})(?P=sep)(?P<y2>\d{4})(?![\d/-])"
    r"|(?<![\d/.-])(?P<d3>\d{1,2}) tháng (?P<m3>\d{1,2}|" + _MONTH_WORDS + r")"
    r"(?:,? năm|,)? (?P<y3>\d{4})(?!\d)"
    # WordPress in Vietnamese, with the order of days that its sites begin with ("F j, Y")
    r"|\btháng (?P<m4>\d{1,2}|" + _MONTH_WORDS + r") (?P<d4>\d{1,2}), (?P<y4>\d{4})(?!\d))"
)
"""Pattern of a full date in clean text, to be matched ignoring case; `date_of` reads the match. Its
groups are named, so it can be used once in a pattern."""

DATE_PATTERN = re.compile(DATE, re.IGNORECASE)

_TIME = re.compile(
    r"(?<![\d:/.-])(?P<h>[01]?\d|2[0-4])(?: ?(?::|h|g|giờ) ?)(?P<m>[0-5]\d)"
    r"(?::[0-5]\d)?(?: ?(?:phút|'))?(?: ?(?P<half>SA|CH|AM|PM))?(?![\d:/]|-\d)",
    re.IGNORECASE,
)


def make_date(year: int, month: int, day: int) -> date | None:
    """Return the date; None if the calendar has no such day or the year is outside 1500 to 2099."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def possible_date(year: int, month: int | None = None, day: int | None = None) -> date | None:
    """Return the valid part of a date: of 31/2/2020 only February 2020, of 1/13/2020 only 2020.

    A `month` or `day` of None is not stated. Returns None if the year is outside 1500 to 2099.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    if month is None or not 1 <= month <= 12:
        return PartialDate(year)
    return (make_date(year, month, day) if day else None) or PartialDate(year, month)


def date_of(match: re.Match[str]) -> date | None:
    """Return the date that a match of `DATE` stands for; None if `make_date` rejects it."""
    for digit in "1234":
        if year := match.group(f"y{digit}"):
            month = match.group(f"m{digit}")
            number = int(month) if month.isdigit() else _MONTHS[month.lower()]
            return make_date(int(year), number, int(match.group(f"d{digit}")))
    return None


def find_time(text: str) -> tuple[time, tuple[int, int]] | None:
    """Return the first time of day in `text` and its span `(start, end)` in code points; None if
    there is none."""
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


_ENGLISH = {
    name: number
    for number, name in enumerate(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1
    )
}
_ENGLISH_MONTH = r"(?P<em>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"
_MONTH = (
    r"(?:(?:tháng\s*)?(?P<m>\d{1,2})|tháng\s+(?P<mw>" + _MONTH_WORDS + r"))"
    r"(?:\s*[/.-]\s*|\s*,?\s*(?:năm\s+)?(?<=\s))(?P<y>\d{4})"
)
_CENTURY = r"thế kỷ\s+(?:thứ\s+)?(?P<c>[IVX]{1,5}|\d{2})"
_PARTIAL = (
    (re.compile(r"(?:năm\s+)?(?P<y>\d{4})", re.IGNORECASE), "year"),
    (re.compile(r"(?P<y>\d{4})\s*[-/.]\s*(?P<m>\d{1,2})"), "month"),
    (re.compile(_MONTH, re.IGNORECASE), "month"),
    (re.compile(rf"{_ENGLISH_MONTH},?\s+(?P<y>\d{{4}})", re.IGNORECASE), "month"),
    (
        re.compile(r"quý\s*(?P<q>I{1,3}|IV|[1-4])\s*(?:[/-]|,?\s*năm\s)\s*(?P<y>\d{4})", re.I),
        "quarter",
    ),
    (
        re.compile(r"(?:những\s+năm|thập niên|thập kỷ)\s+(?P<y>\d{3}0)|(?P<y2>\d{3}0)s", re.I),
        "decade",
    ),
    (re.compile(r"(?P<d>\d{3})[xX_?-]"), "decade"),
    (
        re.compile(
            rf"(?:những\s+năm|thập niên|thập kỷ)\s+(?P<d>\d0)\s+(?:của\s+)?{_CENTURY}", re.I
        ),
        "decade",
    ),
    (re.compile(_CENTURY, re.IGNORECASE), "century"),
    (re.compile(r"(?P<c>\d{2})(?:--|xx|XX|\?\?)"), "hundred"),
)
_ABOUT = re.compile(
    r"^(?:vào\s+)?(?:(?:khoảng|chừng|độ|cỡ|k\.|kh\.|ca\.?|about|circa)\s*|c\.\s*|~\s*)(?:năm\s+)?"
    r"|[~?]$",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s*(?:[–—]|\s-\s|\sđến\s|\stới\s|\.\.)\s*", re.IGNORECASE)
_YEARS = re.compile(r"(?:năm học\s+|niên khóa\s+)?(\d{4})\s*[-/–—]\s*(\d{4}|\d\d)", re.IGNORECASE)
_DAYS = re.compile(r"(\d{1,2})\s*[-–—]\s*(\d{1,2})([/.]\d{1,2}[/.]\d{4})")
_DAYS_OF_MONTHS = re.compile(r"(\d{1,2}[/.]\d{1,2})\s*[-–—]\s*(\d{1,2}[/.]\d{1,2})([/.]\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?\d{4,6}(?:\.\d+)?Z?)?")
_ENGLISH_DAY = re.compile(
    r"(?:[a-z]{3,9}\.?,\s+)?"
    rf"(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+{_ENGLISH_MONTH},?\s+(?P<y>\d{{4}})"
    rf"|{_ENGLISH_MONTH.replace('em', 'em2')}\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?"
    r",?\s+(?P<y2>\d{4}))\b.*",
    re.IGNORECASE,
)
_IMPOSSIBLE = re.compile(
    r"(?:.*\bngày\s*)?(?:\d{1,2}\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})"
    r"|(\d{4})-(\d{2})-\d{2}(?!\d).*"
    r"|\d{1,2}\s+tháng\s+(\d{1,2})\s*,?\s*(?:năm\s+)?(\d{4})\b.*)",
    re.IGNORECASE,
)
_YEAR_WITHIN = re.compile(r"(?<![\d./-])(?:1[5-9]|20)\d\d(?![\d/])")
_NOT_THEN = re.compile(r"\b(?:trước|sau|before|after|không)\b", re.IGNORECASE)


def parse_archive_date(text: str) -> date | None:
    """Return the date that a record or a cell states, possibly a `PartialDate`, or None.

    Understood are full dates in Vietnamese, English and ISO 8601 writing, months, quarters, years,
    decades, centuries, approximate dates ("khoảng 1930"), periods ("1930-1935", "từ 1930 đến 1935",
    "15-20/3/1998"), and EDTF. A date with an impossible day or month gives its month or year. Any
    other text that contains a year gives its first year, unless a word such as "trước" (before) or
    "sau" (after) contradicts. None for a text of more than 80 characters, and for years outside
    1500 to 2099.
    """
    text = " ".join(text.split()).strip(" .,;()[]")
    if not text or len(text) > 80:
        return None
    if edtf := _edtf(text):
        return edtf
    bare = _ABOUT.sub("", text).strip()
    about = bare != text
    first, last = map(_single, _ends(bare))
    if first and last and last >= first:
        return _partial(first, about, _last_of(last))
    if found := _single(bare):
        return _partial(found, about, None)
    years = _YEAR_WITHIN.findall(bare)
    if years and not _NOT_THEN.search(bare):
        return _partial(PartialDate(int(years[0])), about, None)
    return None


def _edtf(text: str) -> date | None:
    """Return the date if `text` has the form that `isoformat` writes (EDTF), with years in 1500 to
    2099, else None."""
    try:
        found = parse_iso(text)
    except ValueError:
        return None
    return found if found.year >= FIRST_YEAR and years_of(found)[-1] <= LAST_YEAR else None


def _ends(text: str) -> tuple[str, str]:
    """Return the beginning and the end of a period as written; ("", "") if `text` is not a
    period."""
    if years := _YEARS.fullmatch(re.sub(r"^từ\s+(?:năm\s+)?", "", text, flags=re.IGNORECASE)):
        first, last = years.groups()
        if len(last) == 4:
            return first, last
        if int(last) > 12 and last > first[2:]:  # "1930-35"; "1930-06" is a month
            return first, first[:2] + last
        return "", ""
    for pattern in (_DAYS, _DAYS_OF_MONTHS):
        if days := pattern.fullmatch(text):
            return days[1] + days[3], days[2] + days[3]
    parts = _RANGE.split(re.sub(r"^từ\s+", "", text, flags=re.IGNORECASE))
    return (parts[0], parts[1]) if len(parts) == 2 else ("", "")


def _last_of(value: date) -> date:
    """Return the last date of a period that ends with `value`: the end of `value` if that is itself
    a period ("thập niên 1950")."""
    return (value.until or value) if isinstance(value, PartialDate) else value


def _with_words(text: str) -> date | None:
    """Return the first full date within a text ("thứ Hai, 15/3/1998 08:30"); None without one."""
    match = DATE_PATTERN.search(text)
    return date_of(match) if match else None


def _single(text: str) -> date | None:
    text = text.strip()
    if full := parse_date(text) or _with_words(text):
        return full
    if compact := _COMPACT.fullmatch(text):
        year, month, day = map(int, compact.groups())
        return make_date(year, month, day)
    if english := _ENGLISH_DAY.fullmatch(text):
        month = _ENGLISH[(english["em"] or english["em2"])[:3].lower()]
        return possible_date(
            int(english["y"] or english["y2"]), month, int(english["d"] or english["d2"])
        )
    for pattern, kind in _PARTIAL:
        if match := pattern.fullmatch(text):
            return _part_of_date(match.groupdict(), kind)
    if impossible := _IMPOSSIBLE.fullmatch(text):
        groups = impossible.groups()
        year = int(groups[1] or groups[2] or groups[5])
        return possible_date(year, int(groups[0] or groups[3] or groups[4]))
    return None


def _part_of_date(groups: dict[str, str | None], kind: str) -> date | None:
    year = groups.get("y") or groups.get("y2") or ""
    if kind == "year":
        return possible_date(int(year))
    if kind == "month":
        if english := groups.get("em"):
            return possible_date(int(year), _ENGLISH[english[:3].lower()])
        if word := groups.get("mw"):
            return possible_date(int(year), _MONTHS[" ".join(word.lower().split())])
        return possible_date(int(year), int(groups["m"] or 0))
    if kind == "quarter":
        quarter = (groups["q"] or "").upper()
        first = 3 * (int(quarter) if quarter.isdigit() else _ROMAN[quarter]) - 2
        begins = possible_date(int(year), first)
        return begins and PartialDate(begins.year, first, until=PartialDate(begins.year, first + 2))
    if kind in ("century", "hundred"):
        begins_at = 100 * _century(groups["c"] or "") + (1 if kind == "century" else 100)
        return _years(begins_at, begins_at + 99)
    decade = groups.get("d") or ""
    if "c" in groups:
        begins_at = 100 * _century(groups["c"] or "") + int(decade)
    else:
        begins_at = int(decade + "0") if decade else int(year)
    return _years(begins_at, begins_at + 9)


_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4} | {
    name: number for number, name in enumerate("XV XVI XVII XVIII XIX XX XXI".split(), start=15)
}


def _century(text: str) -> int:
    """Return the first two digits of the years of a century, given its number in Roman or Arabic
    figures: 19 for "XX" and "20"; -1 for a Roman number outside XV to XXI and I to IV."""
    return (int(text) if text.isdigit() else _ROMAN.get(text.upper(), 0)) - 1


def _years(first: int, last: int) -> date | None:
    if not FIRST_YEAR <= first <= last <= LAST_YEAR + 1:
        return None
    return PartialDate(first, until=PartialDate(min(last, LAST_YEAR)))


def _partial(found: date, about: bool, until: date | None) -> date:
    if not about and until is None:
        return found
    if isinstance(found, PartialDate):
        month = found.month if found.precision != "year" else None
        day = found.day if found.precision == "day" else None
        return PartialDate(found.year, month, day, approximate=about, until=until or found.until)
    return PartialDate(found.year, found.month, found.day, approximate=about, until=until)
