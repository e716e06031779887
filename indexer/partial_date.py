"""Dates of which only a year or a month is known, approximate dates, and periods.

`PartialDate` is a `datetime.date` (the first possible day), so that sorting and comparing work as
with any date. It is written in the reduced precision of ISO 8601 and in EDTF (Extended Date/Time
Format, ISO 8601-2, level 1):

    1998   1998-06   1930~ (about)   1930/1935 (a period)
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

FIRST_YEAR, LAST_YEAR = 1500, 2099
"""First and last year that the date of a document can have."""

_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?(~?)")


class Precision(StrEnum):
    """How much of a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class PartialDate(date):
    """A date that is not known to the day, is approximate, or begins a period.

    As a `datetime.date` it is the first possible day; comparing and hashing look at nothing else.
    The constructor takes None for a month or day that is not known, and raises ValueError for an
    impossible date or a period that ends before it begins.

    Attributes
    ----------
    precision : how much of the date is known.
    approximate : True if the source says "about".
    until : the last date of a period, itself possibly partial, or None.
    """

    precision: Precision
    approximate: bool
    until: date | None

    def __new__(
        cls,
        year: int,
        month: int | None = None,
        day: int | None = None,
        *,
        approximate: bool = False,
        until: date | None = None,
    ) -> PartialDate:
        """Return a new date. Raises ValueError if there is no such date or the period ends before
        it begins."""
        self = super().__new__(cls, year, month or 1, day or 1)
        self.precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
        self.approximate = approximate
        self.until = until
        if until is not None and until < self:
            raise ValueError(f"{until} is before {self}")
        return self

    def isoformat(self) -> str:
        """Return the date in EDTF ("1998-06", "1930~", "1930/1935"); `parse_iso` reads it."""
        length = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}[self.precision]
        text = super().isoformat()[:length] + ("~" if self.approximate else "")
        return f"{text}/{self.until.isoformat()}" if self.until else text

    __str__ = isoformat

    def __reduce__(self) -> tuple[object, ...]:
        return (parse_iso, (self.isoformat(),))


def parse_iso(text: str) -> date:
    """Return the date that the `isoformat` of a date or PartialDate wrote.

    A plain `date` if it is one day and not approximate, else a PartialDate. Raises ValueError if
    `text` is not such a date.
    """
    first, slash, last = text.partition("/")
    match = _ISO.fullmatch(first)
    if not match:
        raise ValueError(f"{text!r} is no date")
    year, month, day = (int(part) if part else None for part in match.groups()[:3])
    approximate = bool(match[4])
    if day and not approximate and not slash:
        return date(year or 0, month or 0, day)
    return PartialDate(
        year or 0, month, day, approximate=approximate, until=parse_iso(last) if slash else None
    )


def precision_of(value: date) -> Precision:
    """Return the precision of a date: whether its day, its month or only its year is known. For a
    period, that of its beginning."""
    return value.precision if isinstance(value, PartialDate) else Precision.DAY


def years_of(value: date) -> range:
    """Return the years in which a date or period lies, ascending, at least one."""
    until = value.until if isinstance(value, PartialDate) else None
    return range(value.year, (until or value).year + 1)


def format_date(value: date) -> str:
    """Return a date as Vietnamese readers write it: 08/01/2021, 6/1998, khoảng 1930, 1930–1935."""
    if not isinstance(value, PartialDate):
        return f"{value.day:02}/{value.month:02}/{value.year:04}"
    text = f"{value.year:04}"
    if value.precision is Precision.MONTH:
        text = f"{value.month}/{text}"
    elif value.precision is Precision.DAY:
        text = f"{value.day:02}/{value.month:02}/{text}"
    if value.until:
        text = f"{text}–{format_date(value.until)}"
    return f"khoảng {text}" if value.approximate else text
