"""Find the dates from which and until which a document says that it is in force."""

from __future__ import annotations

import re
from datetime import date, timedelta

from indexer.documents.text.dates import possible_date
from indexer.partial_date import Precision, precision_of

_EFFECT = re.compile(
    r"hiệu lực(?: thi hành)?(?: sau (?P<days>\d{1,3}) ngày,?)?(?: kể)? từ ngày "
    r"(?:(?P<signed>ký)\b"
    r"|(?P<d>\d{1,2})(?:[/.-]| tháng )(?P<m>\d{1,2})(?:[/.-]| năm )(?P<y>\d{4}))",
    re.IGNORECASE,
)
_EXPIRY = re.compile(
    r"(?:hiệu lực|thực hiện|áp dụng)[^.;\n]{0,40} đến(?: hết)? ngày "
    r"(?P<d>\d{1,2})(?:/| tháng )(?P<m>\d{1,2})(?:/| năm )(?P<y>\d{4})",
    re.IGNORECASE,
)


def effect(text: str, issued: date | None) -> tuple[date | None, date | None]:
    """Return the first and the last date on which a document says that it is in force, each None if
    it does not say so.

    The first sentence of each kind counts. "Kể từ ngày ký" (from the signing) means `issued`, the
    date of issue. A number of days ("sau 10 ngày kể từ ngày …") is added to the date that follows
    it. If that date is not known to the day, or is missing, the next such sentence counts.
    Sentences about another document, cited by its number, are ignored.
    """
    since = None
    for match in _EFFECT.finditer(text):
        if _of_another(text, match.start()):
            continue
        begins = issued if match["signed"] else day_of(match)
        if match["days"] and begins is not None:
            known = precision_of(begins) is Precision.DAY
            begins = begins + timedelta(days=int(match["days"])) if known else None
        if begins is not None:
            since = begins
            break
    expiry = next((m for m in _EXPIRY.finditer(text) if not _of_another(text, m.start())), None)
    return since, day_of(expiry) if expiry else None


def _of_another(text: str, at: int) -> bool:
    """Return True if the sentence before offset `at` speaks of another document: it cites one by
    number, and no "này" (this) follows."""
    sentence = re.split(r"[.;\n]\s", text[max(0, at - 300) : at])[-1]
    cites = re.search(r"\bsố\s*:?\s*\d+\s*[/-]", sentence, re.IGNORECASE)
    return bool(cites) and not re.search(r"\bnày\b", sentence[cites.end() :] if cites else "")


def day_of(match: re.Match[str]) -> date | None:
    """Return the date in the groups d, m and y of a match, or as much of it as `possible_date`
    accepts; None if the year is impossible."""
    return possible_date(int(match["y"]), int(match["m"]), int(match["d"]))
