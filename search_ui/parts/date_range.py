"""Make the part of the results page that narrows by date: boxes for the first and last date, and
charts of the hits per decade, year and month, whose bars are links that set both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from indexer import Results, SearchRequest, format_date, parse_iso
from search_ui.http.i18n import say
from search_ui.http.links import Links
from search_ui.http.params import Pairs, build
from search_ui.parts import formatting

MOST_YEARS = 60
"""Greatest number of years with a bar each; a longer period has a bar per decade, because narrower
bars are hard to click."""

MOST_FOR_FINGERS = 12
"""Greatest number of bars of a chart on a touch screen, where a longer chart has this many, each of
several units. On a screen of 320 px they are 24 px wide, the least size of a target (WCAG 2.2,
success criterion 2.5.8)."""

YEARS_WITHIN = 20
"""Greatest number of years in the chosen decades for which a second chart shows the years."""

DATE_PATTERN = r"[NTngàyatháăm\s]*(?:\d{1,2}[ngàyatháăm\s\/.\-]+){0,2}\d{4}\s*"
"""Regular expression of HTML for a date as readers write it: numbers, the letters of the words
ngày, tháng and năm, and signs between them."""


class _Unit(NamedTuple):
    """A decade, year or month: its name, its first and last date in ISO 8601, its hits."""

    name: str
    first: str
    last: str
    hits: int


@dataclass(frozen=True, slots=True)
class DateBar:
    """A bar of a chart: a decade, year or month, or several side by side, with its number of hits.

    Attributes
    ----------
    name : text for screen readers and tooltips: "2015: 12".
    url : URL of the search with these units as range of dates; "" if no hit is in them.
    height : its count for each of its units in percent of the largest; at least 3 if there are
        hits.
    chosen : True if it overlaps the chosen range.
    first, last : its first and last date as the boxes show them.
    """

    name: str
    url: str
    height: int
    chosen: bool
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class DateChart:
    """A chart: its bars in order of time, and the labels at the ends of its axis.

    `wide` has the same units in MOST_FOR_FINGERS bars, for touch screens; () if `bars` are no more.
    """

    bars: tuple[DateBar, ...]
    wide: tuple[DateBar, ...]
    begin: str
    end: str


@dataclass(frozen=True, slots=True)
class DateRange:
    """The form with the boxes for two dates, and the charts.

    Attributes
    ----------
    first, last : texts in the boxes, or "".
    action : URL to which the form is sent.
    kept : (name, value) pairs that the form sends besides the dates.
    charts : at most three charts, from decades or years to months.
    pattern : regular expression of HTML for what the boxes accept, so that browsers notice a slip
        before the form is sent.
    """

    first: str
    last: str
    action: str
    kept: Pairs
    charts: tuple[DateChart, ...]
    pattern: str = DATE_PATTERN


def date_range(results: Results, links: Links) -> DateRange | None:
    """Return the form and charts for a search; None if no hit has a date and no range is chosen."""
    request = results.request
    counts = {
        facet.name: {value.value: value.count for value in facet.values}
        for facet in results.facets
        if facet.name in ("year", "month")
    }
    years = {int(year): count for year, count in counts.get("year", {}).items() if count}
    if not years and not (request.date_from or request.date_to):
        return None
    without = replace(request, page=1, date_from=None, date_to=None)
    return DateRange(
        first=written(request.date_from),
        last=written(request.date_to),
        action=links.home,
        kept=build(without, links.page_size),
        charts=tuple(_charts(years, counts.get("month", {}), request, links)),
    )


def written(date: str | None) -> str:
    """Return the first or last date of a range, in EDTF, as Vietnamese readers write it: "2010-03"
    → "3/2010"; "" for None.

    Raises ValueError if it is not a date.
    """
    return format_date(parse_iso(date)) if date else ""


def _charts(
    years: dict[int, int], months: dict[str, int], request: SearchRequest, links: Links
) -> Iterable[DateChart]:
    if len(years) < 2 and not (years and request.date_from):
        return  # a single bar tells nothing
    least, most = min(years), max(years)
    start = int((request.date_from or f"{least}")[:4])
    stop = int((request.date_to or f"{most}")[:4])
    if most - least < MOST_YEARS:
        yield _years(years, least, most, request, links)
    else:
        decades: dict[int, int] = {}
        for year, count in years.items():
            decades[year // 10 * 10] = decades.get(year // 10 * 10, 0) + count
        yield _chart(
            [
                _Unit(
                    f"{decade}–{decade + 9}", f"{decade}", f"{decade + 9}", decades.get(decade, 0)
                )
                for decade in range(least // 10 * 10, most + 1, 10)
            ],
            request,
            links,
        )
        begin, end = start // 10 * 10, stop // 10 * 10 + 9
        if end - begin < YEARS_WITHIN:
            yield _years(years, begin, end, request, links)
    if start == stop and any(month.startswith(f"{start:04}") for month in months):
        names = [f"{start:04}-{month:02}" for month in range(1, 13)]
        yield _chart(
            [_Unit(formatting.date_value(m), m, m, months.get(m, 0)) for m in names],
            request,
            links,
        )


def _years(
    years: dict[int, int], least: int, most: int, request: SearchRequest, links: Links
) -> DateChart:
    return _chart(
        [
            _Unit(f"{year:04}", f"{year:04}", f"{year:04}", years.get(year, 0))
            for year in range(least, most + 1)
        ],
        request,
        links,
    )


def _chart(units: Sequence[_Unit], request: SearchRequest, links: Links) -> DateChart:
    """Return a chart of one unit or more."""
    bars = _bars([units[at : at + 1] for at in range(len(units))], request, links)
    groups = [
        units[at * len(units) // MOST_FOR_FINGERS : (at + 1) * len(units) // MOST_FOR_FINGERS]
        for at in range(MOST_FOR_FINGERS)
    ]
    wide = _bars(groups, request, links) if len(units) > MOST_FOR_FINGERS else ()
    return DateChart(bars, wide, units[0].name, units[-1].name)


def _bars(
    groups: Sequence[Sequence[_Unit]], request: SearchRequest, links: Links
) -> tuple[DateBar, ...]:
    """Return a bar for each group of units side by side, in order."""
    counts = [sum(unit.hits for unit in group) for group in groups]
    heights = [count / len(group) for count, group in zip(counts, groups, strict=True)]
    most = max(heights) or 1
    ranged = bool(request.date_from or request.date_to)
    low, high = request.date_from or "", request.date_to or "9999"
    bars = []
    for group, count, height in zip(groups, counts, heights, strict=True):
        first, last = group[0].first, group[-1].last
        name = group[0].name if len(group) == 1 else f"{first}–{last}"
        bars.append(
            DateBar(
                name=f"{name}: {formatting.number(count)}",
                url=links.search(replace(request, page=1, date_from=first, date_to=last))
                if count
                else "",
                height=max(3, round(100 * height / most)) if count else 0,
                # Ends of different precision overlap if one begins with the other.
                chosen=ranged and last >= low[: len(last)] and first[: len(high)] <= high,
                first=written(first),
                last=written(last),
            )
        )
    return tuple(bars)


def period_text(request: SearchRequest) -> str:
    """Return the range of dates of a request as text: "từ 2010", "đến 3/2015", "2010 – 3/2015".

    The request must have at least one of the dates.
    """
    first, last = (
        formatting.day(parse_iso(end)) if end else ""
        for end in (request.date_from, request.date_to)
    )
    if first and last:
        return first if request.date_from == request.date_to else f"{first} – {last}"
    return say("từ {day}", day=first) if first else say("đến {day}", day=last)
