"""Make the two boxes that narrow by a range of numbers or dates of an own field of the archive."""

from __future__ import annotations

from dataclasses import dataclass, replace

from indexer import Facet, FacetKind, FieldType, SearchRequest
from search_ui.http.i18n import say
from search_ui.http.links import Links
from search_ui.http.params import FROM, TO, Pairs, build
from search_ui.parts import formatting
from search_ui.parts.date_range import DATE_PATTERN, written

NUMBER_PATTERN = r"\s*[+\-]?\d[\d., ]*"
"""Regular expression of HTML for a number as readers write it."""

Ends = tuple[str | None, str | None]
"""First and last value of a range, as in `SearchRequest.ranges`."""


@dataclass(frozen=True, slots=True)
class RangeForm:
    """The form with the boxes for the first and last value of a range.

    Attributes
    ----------
    first, last : texts in the boxes, or "".
    least, most : least and greatest value of the hits, shown in empty boxes; "" if no hit has one.
    name_first, name_last : names of the boxes, parameters of the URL.
    action : URL to which the form is sent.
    kept : (name, value) pairs that the form sends besides the boxes.
    pattern : regular expression of HTML for what the boxes accept, so that browsers notice a slip
        before the form is sent.
    example : says what they accept.
    keyboard : the keyboard of a phone, a value of `inputmode` in HTML.
    """

    first: str
    last: str
    least: str
    most: str
    name_first: str
    name_last: str
    action: str
    kept: Pairs
    pattern: str
    example: str
    keyboard: str


def range_form(facet: Facet, request: SearchRequest, links: Links) -> RangeForm:
    """Return the form for a facet whose kind has ranges."""
    is_number = facet.kind is FacetKind.NUMBER
    first, last = request.ranges.get(facet.name, (None, None))
    of_hits = [value.value for value in facet.values if value.count]
    return RangeForm(
        first=_typed(first, facet.kind),
        last=_typed(last, facet.kind),
        least=_typed(of_hits[0], facet.kind) if of_hits else "",
        most=_typed(of_hits[-1], facet.kind) if of_hits else "",
        name_first=facet.name + FROM,
        name_last=facet.name + TO,
        action=links.home,
        kept=build(without_range(request, facet.name), links.page_size),
        pattern=NUMBER_PATTERN if is_number else DATE_PATTERN,
        example=say("1200 hoặc 1234,5") if is_number else say("2010, 3/2010 hoặc 15/3/2010"),
        keyboard="decimal" if is_number else "text",
    )


def without_range(request: SearchRequest, facet: str) -> SearchRequest:
    """Return the request, on its first page, without the range of a facet."""
    ranges = {name: ends for name, ends in request.ranges.items() if name != facet}
    return replace(request, page=1, ranges=ranges)


def range_text(ends: Ends, kind: FacetKind) -> str:
    """Return a range of a facet of this kind as text: "từ 100", "đến 3/2015", "100 – 1.200".

    At least one of the ends must be stated.
    """
    of = FieldType.NUMBER if kind is FacetKind.NUMBER else FieldType.DATE
    first, last = (formatting.own_value(end, of) if end else "" for end in ends)
    if first and last:
        return first if first == last else f"{first} – {last}"
    return say("từ {day}", day=first) if first else say("đến {day}", day=last)


def _typed(value: str | None, kind: FacetKind) -> str:
    """Return a value as it can be typed into a box, "" for None: a number without signs between
    thousands and with a comma before the decimals, which is read alike in both languages."""
    if value is None:
        return ""
    if kind is FacetKind.NUMBER:
        return value.replace(".", ",")
    try:
        return written(value)
    except ValueError:  # a filter may be any text
        return value
