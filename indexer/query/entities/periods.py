"""Find documents by a range of dates or numbers: `năm:2010-2015`, `từ 2010 đến 2015`, `sau 3/2019`.

A range is resolved to the values that the index has in it, of the facets of the date or of an own
field. A date that is known only to the year or month is in a range that it may be in.
"""

from __future__ import annotations

import math
import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from indexer.analysis import strip_marks
from indexer.facets import DATE, MONTH, YEAR, is_own_facet, parse_number
from indexer.models import FacetKind
from indexer.partial_date import FIRST_YEAR, LAST_YEAR, PartialDate, parse_iso
from indexer.query.entities.date_forms import day_of_year, has_words, is_word, month_of_year
from indexer.query.model import Entity, NamedValue, SurfaceForm, Syllable
from indexer.query.vocabulary.accent_compatibility import is_compatible
from indexer.query.vocabulary.lexicon import Lexicon

T = TypeVar("T", str, float)

Values = Mapping[str, Sequence[str]]
"""Facet → values of it. A document that has any of them is in the range."""

_COMPARED = re.compile(r"([<>]=?)(.+)")
_BETWEEN = re.compile(r"(.*?)(?:\.\.\.?|…|–)(.*)|([^-]+)-([^-]+)")
_DATE = re.compile(r"(?:(?:(\d{1,2})[/.])?(\d{1,2})[/.])?(\d{4})|(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:e[+-]\d+)?")
"""A number as Python writes it, as which an index has the values of an own field."""

_WRITTEN = re.compile(
    r"(?:(?:(?:ngay)?(\d{1,2})(?:[/.-]|(?=t)))?(?:thang)?(\d{1,2})(?:[/.-]|(?=n)))?(?:nam)?(\d{4})"
)
"""Matches a date as readers write it, without spaces and marks: "15-3-2010", "thang3nam2010"."""
_ZERO = re.compile(r"(?<!\d)0+(?!\d)")

_FIRST_DAY, _LAST_DAY = "0000-00-00", "9999-99-99"
"""Strings that sort before and after every ISO day: the ends of a range that is open."""
_LINKS = ("đến", "tới")
"""The words between the two ends of a period ("to")."""
_OPEN_ENDS = (("đến", "nay"), ("tới", "nay"), ("trở", "đi"), ("trở", "lại", "đây"), ("về", "sau"))
"""The words that leave the end of a period open, after its beginning."""
_MAX_DATE_SYLLABLES = 3
"""Number of syllables of a date in full: day, month and year."""


class _Span(NamedTuple):
    """The first and last day that a date may be, as ISO 8601 ("2010-03-01"); both belong to it."""

    first: str
    last: str


def range_values(text: str, facet: str, lexicon: Lexicon) -> Values | None:
    """Return the values of the index in a range that is typed after a field, None if `text` is no
    range, or no range of such values.

    Ranges are `2010-2015`, `2010..2015`, `..2015`, `2010..`, `>2010`, `>=2010`, `<2015`, `<=2015`;
    an end belongs to the range unless it stands after > or <. Their ends are dates of any precision
    (2010, 3/2010, 15/3/2010, 2010-03) for the facets of the date, and numbers (`parse_number`) or
    such dates for an own field, depending on its values. Spaces are ignored. Other facets have no
    ranges. Raises IndexDamaged if the vocabulary cannot be read.
    """
    text = "".join(text.split())
    if facet in (YEAR, MONTH, DATE):
        bounds = _bounds(text, _date_span)
        if bounds is None:
            return None
        low, high = bounds
        return date_values(low or _FIRST_DAY, high or _LAST_DAY, lexicon)
    if not is_own_facet(facet):
        return None
    values = _own_between(facet, _bounds(text, _date_span), _bounds(text, _number_span), lexicon)
    return None if values is None else {facet: values}


def own_range_values(
    facet: str, first: str | None, last: str | None, lexicon: Lexicon
) -> Sequence[str]:
    """Return the values of the index between two ends of a range of an own facet.

    The ends belong to the range, and are written as in `SearchRequest.ranges`; None where it is
    open. Empty if they are of another type than the values. Raises IndexDamaged if the vocabulary
    cannot be read.
    """
    text = f"{first or ''}..{last or ''}"
    found = _own_between(facet, _bounds(text, _date_span), _bounds(text, _plain_span), lexicon)
    return found or ()


class _OwnValues(NamedTuple):
    """The values of an own facet that can be compared.

    Attributes
    ----------
    dates : (value, days) of each value that is a date.
    numbers : (value, number) of each value; empty if one of them is no number.
    all_dates : True if all values are dates.
    """

    dates: Sequence[tuple[str, _Span]]
    numbers: Sequence[tuple[str, float]]
    all_dates: bool


_own_cache: WeakKeyDictionary[Lexicon, dict[str, _OwnValues]] = WeakKeyDictionary()


def _own_values(facet: str, lexicon: Lexicon) -> _OwnValues:
    """Return the values of an own facet of an index that can be compared, cached per lexicon."""
    known = _own_cache.setdefault(lexicon, {})
    if facet not in known:
        values = lexicon.facet_values(facet)
        spans = [(value, span) for value in values if (span := _span_of(value))]
        are_numbers = all(map(_is_number, values))
        numbers = [(value, float(value)) for value in values] if are_numbers else []
        known[facet] = _OwnValues(spans, numbers, len(spans) == len(values))
    return known[facet]


def _own_between(
    facet: str,
    dates: tuple[str | None, str | None] | None,
    numbers: tuple[float | None, float | None] | None,
    lexicon: Lexicon,
) -> Sequence[str] | None:
    """Return the values of an own facet in a range, of which both readings are given.

    The values decide which: years are dates and numbers, and compare alike. Returns None if the
    range cannot be read as one of such values.
    """
    own = _own_values(facet, lexicon)
    if dates is not None and (own.all_dates or not own.numbers):
        first, last = dates[0] or _FIRST_DAY, dates[1] or _LAST_DAY
        return [v for v, span in own.dates if span.last >= first and span.first <= last]
    if numbers is not None and own.numbers:
        least = -math.inf if numbers[0] is None else numbers[0]
        most = math.inf if numbers[1] is None else numbers[1]
        return [value for value, number in own.numbers if least <= number <= most]
    return None


def date_values(first: str, last: str, lexicon: Lexicon) -> Values:
    """Return the years and dates of the index that may be in the days from `first` to `last`.

    Both are ISO 8601 days and belong to the range. A date that is known only to the year or month
    is in it if one of its days is. Years that are in it as a whole are given as values of the facet
    YEAR, so that a long range has few values; the rest as values of DATE. Empty if there are none.
    Raises IndexDamaged if the vocabulary cannot be read.
    """
    years = [
        year
        for year in lexicon.facet_values(YEAR)
        if f"{year}-01-01" >= first and f"{year}-12-31" <= last
    ]
    whole = frozenset(years)
    dates = [
        value
        for value, span in _dates(lexicon)
        if span.last >= first and span.first <= last and value[:4] not in whole
    ]
    return {facet: values for facet, values in ((YEAR, years), (DATE, dates)) if values}


def parse_range_date(text: str) -> str | None:
    """Return an end of a range of dates in ISO 8601, as precise as it is written ("2010-03"); None
    if `text` is no date.

    Readers write 2010, 3/2010, 15/3/2010, 15-3-2010 or 15.3.2010, with the words ngày, tháng and
    năm or without, programs 2010-03 or 2010-03-15. Spaces, capitals and marks are ignored.
    """
    plain = strip_marks("".join(text.split())).lower()
    if match := _WRITTEN.fullmatch(plain):
        plain = "/".join(filter(None, match.groups()))
    span = None if _ZERO.search(plain) else _date_span(plain)
    if span is None:
        return None
    if span.first == span.last:
        return span.first
    return span.first[: 7 if span.first[:7] == span.last[:7] else 4]


def parse_range_number(text: str) -> str | None:
    """Return an end of a range of numbers as Python writes it ("1234.5"); None if `text` is no
    number (`parse_number`)."""
    number = parse_number(text)
    if number is not None:
        return str(number)
    plain = text.strip().replace(",", ".")
    return plain if _is_number(plain) else None  # 1e-07


def is_range_end(text: str, kind: FacetKind) -> bool:
    """True if a text is an end of a range of a facet of this kind, as `SearchRequest.ranges` has
    it."""
    return _is_number(text) if kind is FacetKind.NUMBER else parse_range_date(text) == text


def is_reversed_range(first: str | None, last: str | None, kind: FacetKind) -> bool:
    """True if a range of a facet of this kind ends before it begins; both ends are as
    `is_range_end` accepts, None where it is open."""
    if kind is FacetKind.NUMBER:
        return first is not None and last is not None and float(first) > float(last)
    return is_reversed(first, last)


def is_reversed(date_from: str | None, date_to: str | None) -> bool:
    """True if a range between two results of `parse_range_date` ends before it begins; an end that
    is None is open."""
    first, last = _days(date_from, date_to)
    return last < first


def period_values(date_from: str | None, date_to: str | None, lexicon: Lexicon) -> Values:
    """Return the years and dates of the index in a range, as `date_values` does.

    The ends are results of `parse_range_date`, None where the range is open. Raises IndexDamaged if
    the vocabulary cannot be read.
    """
    return date_values(*_days(date_from, date_to), lexicon)


def _days(date_from: str | None, date_to: str | None) -> _Span:
    begin = _date_span(date_from) if date_from else None
    end = _date_span(date_to) if date_to else None
    return _Span(begin.first if begin else _FIRST_DAY, end.last if end else _LAST_DAY)


def find_period(
    syllables: Sequence[Syllable], gaps: Sequence[str], at: int, lexicon: Lexicon
) -> Entity | None:
    """Return the period that the words from syllable `at` on name, or None.

    Such words are `từ 2010 đến 2015` (from … to), `từ năm 2010 đến năm 2015`, `từ 2010 - 2015`,
    `từ 2010 đến nay` (until now), `từ 2010 trở đi` (and after), `trước 2005` (before) and `sau
    3/2019` (after); marks may be missing. A document matches if its
    date may be in the period, or if it has the words. Raises IndexDamaged if the vocabulary cannot
    be read.

    Parameters
    ----------
    gaps : for each syllable, the text between it and the one before; "" for the first.
    """
    first, last = _FIRST_DAY, _LAST_DAY
    word = syllables[at].term
    if is_compatible(word, "từ"):
        begin = _date_at(syllables, gaps, at + 1)
        if begin is None or begin[0] >= len(syllables):
            return None
        link = begin[0]
        for words in _OPEN_ENDS:
            if has_words(syllables, link, words):
                values = date_values(begin[1].first, _LAST_DAY, lexicon)
                return _period(at, link + len(words), values)
        if any(is_compatible(syllables[link].term, each) for each in _LINKS):
            link += 1
        elif gaps[link].strip() not in ("-", "–"):
            return None
        end = _date_at(syllables, gaps, link)
        if end is None:
            return None
        stop, first, last = end[0], begin[1].first, end[1].last
    elif is_compatible(word, "trước") or is_compatible(word, "sau"):
        one = _date_at(syllables, gaps, at + 1)
        if one is None:
            return None
        stop = one[0]
        if is_compatible(word, "sau"):
            first = _after(one[1].last)
        else:
            last = _before(one[1].first)
    else:
        return None
    return _period(at, stop, date_values(first, last, lexicon))


def _period(start: int, end: int, values: Values) -> Entity:
    """Return the entity of the syllables `[start, end)` that name a period with these values."""
    return Entity(
        start,
        end,
        (SurfaceForm(tuple(range(start, end))),),
        tuple(NamedValue(facet, value, ()) for facet, every in values.items() for value in every),
    )


def _date_at(
    syllables: Sequence[Syllable], gaps: Sequence[str], at: int
) -> tuple[int, _Span] | None:
    """Return the index after the date that begins at syllable `at`, and its days; None if there is
    no date.

    Dates are written 2010, năm 2010, 3/2010, 15/3/2010 or as `date_forms` reads them (tháng 3 năm
    2010, ngày 15 tháng 3 năm 2010).
    """
    for find in (day_of_year, month_of_year):
        if found := find(syllables, gaps, at):
            end, forms = found
            numbers = next(form for form in forms if all(map(str.isdigit, form)))
            span = _date_span("/".join(numbers))
            return (end, span) if span else None
    for word in ("ngày", "tháng", "năm"):
        if is_word(syllables, at, word):
            at += 1
            break
    for count in range(_MAX_DATE_SYLLABLES, 0, -1):
        end = at + count
        if end > len(syllables) or any(gap.strip() not in ("/", ".") for gap in gaps[at + 1 : end]):
            continue
        span = _date_span("/".join(syllable.term for syllable in syllables[at:end]))
        if span:
            return end, span
    return None


def _bounds(
    text: str, read: Callable[[str], tuple[T, T] | None]
) -> tuple[T | None, T | None] | None:
    """Return the least and greatest value of a range, None where it is open; None instead of the
    pair if `text` is no range.

    `read` returns the first and last value that an end of the range covers, None if it is no date
    or number.
    """
    if compared := _COMPARED.fullmatch(text):
        sign, written = compared.groups()
        span = read(written)
        if span is None:
            return None
        match sign:
            case ">=":
                return span[0], None
            case "<=":
                return None, span[1]
            case ">":
                return _next(span[1]), None
            case _:
                return None, _previous(span[0])
    between = _BETWEEN.fullmatch(text)
    if not between:
        return None
    low, high = between.groups()[:2] if between[3] is None else between.groups()[2:]
    if not low and not high:
        return None
    begin, end = read(low) if low else None, read(high) if high else None
    if (low and begin is None) or (high and end is None):
        return None
    return begin[0] if begin else None, end[1] if end else None


def _next(value: T) -> T:
    return _after(value) if isinstance(value, str) else math.nextafter(value, math.inf)


def _previous(value: T) -> T:
    return _before(value) if isinstance(value, str) else math.nextafter(value, -math.inf)


def _after(day: str) -> str:
    """Return the least value of `> day`: a string that sorts between this ISO day and the next, and
    is no day itself."""
    return f"{day}z"


def _before(day: str) -> str:
    """Return the greatest value of `< day`: a string that sorts between the previous ISO day and
    this one, and is no day itself ("2010-01-00z" for 2010-01-01)."""
    return f"{day[:-1]}{chr(ord(day[-1]) - 1)}z"


def _date_span(text: str) -> _Span | None:
    found = _DATE.fullmatch(text)
    if not found:
        return None
    day, month, year, iso_year, iso_month, iso_day = found.groups()
    year, month, day = (iso_year, iso_month, iso_day) if iso_year else (year, month, day)
    return _span(int(year), int(month or 0), int(day or 0))


def _span(year: int, month: int, day: int) -> _Span | None:
    if not FIRST_YEAR <= year <= LAST_YEAR or month > 12:
        return None
    if not month:
        return _Span(f"{year}-01-01", f"{year}-12-31")
    days = monthrange(year, month)[1]
    if not day:
        return _Span(f"{year}-{month:02}-01", f"{year}-{month:02}-{days}")
    return _Span(*[f"{year}-{month:02}-{day:02}"] * 2) if day <= days else None


def _number_span(text: str) -> tuple[float, float] | None:
    """Return a number as readers write it, as both ends of what it covers; None if `text` is no
    number."""
    number = parse_number(text)
    return None if number is None else (number, number)


def _plain_span(text: str) -> tuple[float, float] | None:
    """Return what `_number_span` does, of a number as Python writes it."""
    return (float(text),) * 2 if _is_number(text) else None


def _is_number(value: str) -> bool:
    return _NUMBER.fullmatch(value) is not None


_cache: WeakKeyDictionary[Lexicon, Sequence[tuple[str, _Span]]] = WeakKeyDictionary()


def _dates(lexicon: Lexicon) -> Sequence[tuple[str, _Span]]:
    """Return (value, days) of each value of the facet DATE of an index, cached per lexicon."""
    dates = _cache.get(lexicon)
    if dates is None:
        spans = ((value, _span_of(value)) for value in lexicon.facet_values(DATE))
        dates = [(value, span) for value, span in spans if span]
        _cache[lexicon] = dates
    return dates


def _span_of(value: str) -> _Span | None:
    """Return the days of a date in EDTF ("2010-03", "2010~", "2010/2015"); None if `value` is no
    date."""
    if len(value) == 10 and value[4] == value[7] == "-":
        return _Span(value, value)
    try:
        date = parse_iso(value)
    except ValueError:
        return None
    last = date.until if isinstance(date, PartialDate) and date.until else date
    spans = [_date_span(str(each).partition("/")[0].removesuffix("~")) for each in (date, last)]
    first_span, last_span = spans
    return _Span(first_span.first, last_span.last) if first_span and last_span else None
