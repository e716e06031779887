"""Make the data of the page with all values of one facet; beside the results there are only a few.

The page is one form: readers tick values, filter the list while the ticks are kept, and go on to
the results.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import quote, quote_plus

from indexer import (
    Facet,
    FacetKind,
    FacetValue,
    SearchRequest,
    has_marks,
    name_initial,
    name_key,
    strip_marks,
    without_value,
)
from search_ui.http.i18n import say
from search_ui.http.links import Link, Links
from search_ui.http.params import Pairs, build
from search_ui.http.site import titled
from search_ui.pages.search_page import Box, box
from search_ui.parts import formatting
from search_ui.parts.facet_boxes import (
    distinct_values,
    facet_name,
    label,
    unfiltered,
    values_url,
)
from search_ui.parts.pagination import Pager, page_links

AT_ONCE = 1_000
"""Greatest number of values on one page; a longer list has several pages."""

FEW = 24
"""Greatest number of values that are listed without headings by letter."""

CONTAINS_PARAMETER = "loc"
"""URL parameter with a text; only values that contain it are listed."""

LONGEST_CONTAINS = 200
"""Greatest length of that text in code points; a longer one is cut."""

TICKED_PARAMETER = "da"
"""URL parameter with the values that were ticked when the form was made.

If the form does not send one of them as chosen, the reader unticked it, and the chosen values below
it (the months of a year) are removed too."""

SHOW_PARAMETER = "xem"
"""URL parameter of the button that leads on to the results."""


@dataclass(frozen=True, slots=True)
class Option:
    """A value to tick.

    `count` is its number of documents, as text; `value` is what the URL has; `chosen` is True if it
    is ticked.
    """

    label: str
    count: str
    value: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The values under one initial letter.

    `letter` is "" if the list has no headings by letter, `anchor` is the HTML id of the group.
    """

    letter: str
    anchor: str
    values: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class FacetPage:
    """The data of the page with all values of a facet.

    Attributes
    ----------
    title, heading : title of the browser window, and heading of the page.
    facet : name of the facet, under which the form sends the ticked values.
    count : number of values listed, as text.
    of : phrase that says which documents have the values: all, or the hits of the search.
    back : link to the results.
    action : URL to which the form is sent.
    contained : the text that all listed values contain, or "".
    kept : (name, value) pairs that the form sends besides the ticks.
    whole_url : URL of the list without `contained`; "" if it is "".
    letters : links to the groups; () for a short list.
    pager : links to the other pages of the list; None for one page.
    """

    title: str
    heading: str
    box: Box
    facet: str
    count: str
    of: str
    back: Link
    action: str
    contained: str
    kept: Pairs
    whole_url: str
    letters: tuple[Link, ...]
    groups: tuple[Group, ...]
    pager: Pager | None


def facet_page(facet: Facet, asked: SearchRequest, contained: str, links: Links) -> FacetPage:
    """Return the data of the page with all values of a facet, in alphabetical order; dates stay in
    the order of the facet.

    Parameters
    ----------
    facet : the facet with its values in the search.
    asked : the search; its `page` is the page of the list, not of the results. One beyond the last
        page stands for the last.
    contained : only values whose labels contain this text (`_holds`) are listed; "" lists all.
    links : the URLs of the page.
    """
    request = replace(asked, page=1)
    values, names = distinct_values(facet)
    facet = replace(facet, values=tuple(_named(value, facet, names) for value in values))
    found = _sorted([v for v in facet.values if _holds(v.label, contained)], facet)
    last = max(1, -(-len(found) // AT_ONCE))
    here = min(asked.page, last)
    whole = values_url(facet.name, request, links)
    tail = f"{CONTAINS_PARAMETER}={quote_plus(contained, errors='replace')}"

    def address(page: int) -> str:
        url = values_url(facet.name, replace(request, page=page), links)
        return f"{url}{'&' if '?' in url else '?'}{tail}" if contained else url

    shown = found[(here - 1) * AT_ONCE : here * AT_ONCE]
    text = formatting.shorten(request.text, 60)
    heading = facet_name(facet)
    return FacetPage(
        title=titled(heading),
        heading=heading,
        box=box(request, links),
        facet=facet.name,
        count=say("{count} mục", count=formatting.number(len(found))),
        of=_of(text, filtered=unfiltered(request) != request),
        back=Link(say("Trở lại kết quả tìm kiếm"), links.search(request)),
        action=values_url(facet.name, SearchRequest(size=links.page_size), links),
        contained=contained,
        kept=(
            *_kept(request, facet.name, {value.value for value in shown}, links),
            *((TICKED_PARAMETER, value.value) for value in shown if value.selected),
        ),
        whole_url=whole if contained else "",
        letters=_letters(found, facet, address) if len(found) > FEW else (),
        groups=_groups(shown, facet, lettered=len(found) > FEW),
        pager=page_links(here, last, address) if last > 1 else None,
    )


def _named(value: FacetValue, facet: Facet, names: Mapping[str, str]) -> FacetValue:
    """Return a value with the label that is shown.

    `names` maps a value of the facet that stands for several (a province and its former name) to
    its label, as `distinct_values` returns it; all others get that of `facet_boxes.label`.
    """
    return replace(value, label=names.get(value.value) or label(facet, value))


def unticked(request: SearchRequest, facet: str, ticked: Sequence[str]) -> SearchRequest:
    """Return the request without the chosen values of `facet` that lie below one that the reader
    unticked, such as the months of a year.

    `ticked` are the values that were ticked when the form was made. Those that are not among the
    filters of `request`, which the form sent, were unticked.
    """
    filters = dict(request.filters)
    for value in ticked:
        if value not in request.filters.get(facet, ()):
            filters = without_value(filters, facet, value)
    return replace(request, filters=filters)


def _holds(name: str, contained: str) -> bool:
    """Return True if a name contains a text, in any case; marks count only if the text has some."""
    if has_marks(contained):
        return formatting.plain(contained) in formatting.plain(name)
    return strip_marks(contained.lower()) in strip_marks(name.lower())


def _of(text: str, *, filtered: bool) -> str:
    """Return the phrase `FacetPage.of` for a search: its text, shortened, or that it has filters,
    or else that the values are those of the archive."""
    if text:
        return say("trong kết quả tìm kiếm “{text}”", text=text)
    return say("trong kết quả đã lọc") if filtered else say("trong kho")


def _sorted(values: Sequence[FacetValue], facet: Facet) -> Sequence[FacetValue]:
    # Years and months are already in order.
    if facet.kind is FacetKind.DATE:
        return values
    return sorted(values, key=lambda value: name_key(value.label.strip()))


def _letter(value: FacetValue, facet: Facet) -> str:
    return "" if facet.kind is FacetKind.DATE else name_initial(value.label)


def _letters(
    found: Sequence[FacetValue], facet: Facet, address: Callable[[int], str]
) -> tuple[Link, ...]:
    """Return a link for each initial letter to the group with its first values.

    `found` are the values of all pages of the list, in alphabetical order; `address` returns the
    URL of a page of the list, given its number from 1 on. () for a facet of dates.
    """
    places: dict[str, int] = {}
    for number, value in enumerate(found):
        places.setdefault(_letter(value, facet), number // AT_ONCE + 1)
    return tuple(
        Link(letter, f"{address(page)}#{quote(_anchor(letter))}")
        for letter, page in places.items()
        if letter
    )


def _kept(request: SearchRequest, facet: str, shown: set[str], links: Links) -> Pairs:
    """Return the (name, value) pairs of URL parameters of a search, except those of the values of
    `facet` in `shown`, for which the page has boxes to tick."""
    pairs = build(request, links.page_size)
    return tuple(pair for pair in pairs if pair[0] != facet or pair[1] not in shown)


def _groups(shown: Sequence[FacetValue], facet: Facet, lettered: bool) -> tuple[Group, ...]:
    def option(value: FacetValue) -> Option:
        name = value.label
        return Option(name, formatting.number(value.count), value.value, value.selected)

    return tuple(
        Group(letter, _anchor(letter), tuple(map(option, values)))
        for letter, values in groupby(
            shown, key=lambda value: _letter(value, facet) if lettered else ""
        )
    )


def _anchor(letter: str) -> str:
    return f"chu-{letter}"
