"""Page rule: the type of report that a title announces, and its period."""

from __future__ import annotations

import re

from indexer.documents.text.text_keys import clean, key

REPORT_TYPES = ("tổng kết", "sơ kết", "triển khai")
"""The types of reports. Of several in one title, the first in this tuple counts: "tổng kết năm 2020
và triển khai nhiệm vụ năm 2021" is a tổng kết."""

_YEAR = r"(?:19|20)\d\d"
_OF_YEAR = rf"(?: ?[/-] ?|,? (?:của )?năm ){_YEAR}"
_QUARTER = r"quý (?:IV|I{1,3}|[1-4])"
PERIODS: tuple[str, ...] = (
    rf"(?:\d{{1,2}}|sáu|ba|chín) tháng(?: (?:đầu|cuối))?,? năm(?: học)? {_YEAR}",
    r"(?:\d{1,2}|sáu|ba|chín) tháng (?:đầu|cuối) năm",
    rf"{_QUARTER}(?:{_OF_YEAR})?",
    rf"(?:giai đoạn|nhiệm kỳ|năm học|các năm|những năm) {_YEAR} ?[-–/] ?{_YEAR}",
    rf"(?:\d{{1,2}}|[a-zà-ỹ]+) năm \(?{_YEAR} ?[-–] ?{_YEAR}\)?",
    rf"tháng \d{{1,2}}{_OF_YEAR}",
    rf"năm {_YEAR} ?[-–] ?{_YEAR}",
    rf"năm {_YEAR}",
)
"""Patterns of a period, to be matched ignoring case. Of those that match at the same place, the
first in this tuple counts."""

_PERIOD = re.compile("|".join(rf"\b(?:{shape})\b" for shape in PERIODS), re.IGNORECASE)
_ROMAN = re.compile(r"(?<=quý )[iv]+\b")
_WORD = "(?<!\\w){}(?!\\w)"
_TYPES = tuple((name, re.compile(_WORD.format(re.escape(key(name))))) for name in REPORT_TYPES)


def report_type(title: str) -> str | None:
    """Return the member of `REPORT_TYPES` whose comparison key the title contains, or None.

    If it contains several, the first in `REPORT_TYPES` counts.
    """
    found = key(title)
    return next((name for name, pattern in _TYPES if pattern.search(found)), None)


def period(title: str) -> str | None:
    """Return the first period in the title ("06 tháng đầu năm 2020"), or None; in lower case except
    for Roman numerals ("quý II")."""
    match = _PERIOD.search(clean(title))
    if match is None:
        return None
    return _ROMAN.sub(lambda roman: roman.group().upper(), match.group().lower())
