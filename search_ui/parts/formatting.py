"""Write numbers, times, dates and places as text in the current language, Vietnamese or English."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime

from indexer import (
    PATH_SEPARATOR,
    Document,
    FieldType,
    PartialDate,
    Place,
    Precision,
    format_date,
    format_number,
    parse_iso,
    parse_month,
    precision_of,
)
from search_ui.http import i18n
from search_ui.http.i18n import say

TITLE_LENGTH = 90
"""Greatest length, in code points, of the beginning of a body that is shown as a title."""

_DOTS_AND_COMMAS = str.maketrans(".,", ",.")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def number(value: int) -> str:
    """Return a number from 0 as text: 1234 → "1.234", in English "1,234"."""
    if value < 1000:
        return str(value)
    plain = f"{value:,}"
    return plain if _english() else plain.replace(",", ".")


def seconds(milliseconds: float) -> str:
    """Return a time in milliseconds as text: 12.3 → "0,012 giây", in English "0.012 seconds"; less
    than a millisecond is "dưới 0,001 giây"."""
    plain = f"{max(milliseconds, 1) / 1000:.3f}"
    shown = plain if _english() else plain.replace(".", ",")
    return say("dưới {seconds} giây" if milliseconds < 1 else "{seconds} giây", seconds=shown)


def size(count: int) -> str:
    """Return a size in bytes as text, with decimal units: 1234567 → "1,2 MB", in English "1.2
    MB"."""
    if count < 1000:
        return f"{count} byte" if count == 1 or not _english() else f"{count} bytes"
    power = 1 if count < 999_950 else 2 if count < 999_950_000 else 3
    value, unit = count / 1000**power, ("kB", "MB", "GB")[power - 1]
    plain = f"{value:.1f}" if value < 10 else f"{value:.0f}"
    plain = plain.removesuffix(".0")
    return f"{plain if _english() else plain.replace('.', ',')} {unit}"


def day(value: date) -> str:
    """Return a date as text: 8 January 2021 → "08/01/2021", in English "8 Jan 2021".

    Of a partial date only what is known is written: "1/2021", "khoảng 1930", "1930–1935".
    """
    if not _english():
        return format_date(value)
    precision = precision_of(value)
    month = _MONTHS[value.month - 1]
    text = {
        Precision.DAY: f"{value.day} {month} {value.year}",
        Precision.MONTH: f"{month} {value.year}",
        Precision.YEAR: f"{value.year}",
    }[precision]
    if isinstance(value, PartialDate):
        text += f" – {day(value.until)}" if value.until else ""
        text = f"about {text}" if value.approximate else text
    return text


def machine_date(value: date) -> str:
    """Return a date for the attribute `datetime` of <time>: YYYY-MM-DD, YYYY-MM or YYYY.

    HTML can express neither "about", which is left out, nor a period, of which only the beginning
    is returned.
    """
    length = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}[precision_of(value)]
    return date.isoformat(value)[:length]


def date_value(value: str) -> str:
    """Return a value of the facet of months as text: "2021-01" → "tháng 1/2021", in English "Jan
    2021".

    Any other value, such as a year, is returned unchanged.
    """
    found = parse_month(value)
    if not found:
        return value
    year, month = found
    if _english():
        return f"{_MONTHS[month - 1]} {year:04}"
    return f"tháng {month}/{year:04}"


def moment(value: datetime) -> str:
    """Return a date and time as text: "14:49, 08/01/2021"."""
    return f"{value:%H:%M}, {day(value.date())}"


def alternatives(names: Sequence[str]) -> str:
    """Return alternatives as text: ["a", "b", "c"] → "a, b hoặc c"; "" for no names."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {say('hoặc')} {names[-1]}"


def own_value(value: str | float, kind: str) -> str:
    """Return a value of an own field of the archive, written for a reader in the current language.

    `kind` is the type of the field, a value of FieldType: a number gets separators ("1.234,5"), a
    date in EDTF is written as by `day`, a path has "›" between its parts, and a text stays as it
    is. So does a value that is no number or no date.
    """
    match kind:
        case FieldType.NUMBER:
            plain = format_number(value)
            return plain.translate(_DOTS_AND_COMMAS) if _english() else plain
        case FieldType.DATE:
            try:
                return day(parse_iso(str(value)))
            except ValueError:
                return str(value)
        case FieldType.HIERARCHY:
            return str(value).replace(PATH_SEPARATOR, " › ")
    return str(value)


def places(found: Sequence[Place]) -> str:
    """Return places as text: "Giang Thành, Kiên Giang (nay là An Giang)".

    Several places are alternatives. A district name that several provinces share is written once:
    "Tam Nông, Đồng Tháp hoặc Phú Thọ".
    """
    districts = {place.district for place in found}
    if len(districts) == 1 and (district := next(iter(districts))):
        return f"{district}, {alternatives([_province(place) for place in found])}"
    # Joined by "hoặc" only, because a district already contains a comma.
    return f" {say('hoặc')} ".join(
        f"{place.district}, {_province(place)}" if place.district else _province(place)
        for place in found
    )


def _province(place: Place) -> str:
    if place.province_now and place.province_now != place.province:
        now = say("nay là {name}", name=place.province_now)
        return f"{place.province} ({now})"
    return place.province


def display_title(document: Document) -> str:
    """Return the title of a document, else the beginning of its body, else its id; never ""."""
    return document.title.strip() or shorten(document.body, TITLE_LENGTH) or document.id


def shorten(text: str, length: int) -> str:
    """Return `text` on one line; a longer one is cut to at most `length` code points, between words
    if there are several, with "…" after it."""
    # Look only at as much as can be needed: a body may be a megabyte.
    line = " ".join(text[: 4 * length].split())
    if len(line) <= length:
        return line
    head = line[: length + 1].rsplit(" ", 1)[0]
    if len(head) > length:
        head = head[:length]
    return f"{head.rstrip(' ,;:.–-')}…"


def beginning(text: str, length: int) -> tuple[int, int]:
    """Return the range, in code points, of at most `length` characters at the beginning of a text,
    cut between words if there are several, without signs at the cut.

    White space before it is left out; the range is empty if the text is nothing else.
    """
    start = len(text) - len(text.lstrip())
    end = start + length
    if end >= len(text):
        return start, max(start, len(text.rstrip()))
    cut = max((at for at in range(start, end + 1) if text[at].isspace()), default=end)
    shown = text[start:cut].rstrip(" \n\t,;:.–-") or text[start:end].rstrip()
    return start, start + len(shown)


def plain(text: str) -> str:
    """Return the text in lower case and NFC, for comparison."""
    return unicodedata.normalize("NFC", text.lower())


def _english() -> bool:
    return i18n.current() == "en"
