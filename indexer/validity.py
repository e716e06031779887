"""When an official document is in force, by the dates that it states.

They do not tell whether another document has repealed it. An index stores the dates, and a search
compares them with the day on which it is made, so no answer grows stale.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum

from indexer.models import Document


class Validity(StrEnum):
    """What the dates of a document say of one day: it is in force, not yet, or no longer."""

    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    EXPIRED = "expired"


def validity_dates(document: Document) -> str | None:
    """Return the days from which and until which a document is in force, in ISO 8601 with "/"
    between them: "2019-05-01/2024-01-01", "2019-05-01/", "/2024-01-01"; None if it states neither.

    Of a date of which only the year or month is known, it is the first day.
    """
    ends = (document.effective, document.expires)
    if not any(ends):
        return None
    return "/".join(date.isoformat(end) if end else "" for end in ends)


def validity_on(dates: str, day: date) -> Validity | None:
    """Return what `validity_dates` say of a day; None if only the last day is known and has not
    passed."""
    begins, _, ends = dates.partition("/")
    today = day.isoformat()
    if ends and ends < today:
        return Validity.EXPIRED
    if begins and begins > today:
        return Validity.NOT_YET
    return Validity.IN_FORCE if begins else None


def dates_with(states: Collection[str], known: Iterable[str], day: date) -> tuple[str, ...]:
    """Return those of some `validity_dates` that have one of the states on a day, in order.

    Texts that are no state (`Validity`) match none.
    """
    return tuple(dates for dates in known if validity_on(dates, day) in states)
