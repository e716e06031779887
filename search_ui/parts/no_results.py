"""Make the data of a results page without hits: changes to the search that would find some."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from indexer import Results, SearchRequest, facet_schema
from search_ui.http import site
from search_ui.http.i18n import say
from search_ui.http.links import Link, Links, toggled
from search_ui.parts import formatting, pagination
from search_ui.parts.date_range import period_text
from search_ui.parts.facet_boxes import label as label_of
from search_ui.parts.facet_boxes import unfiltered
from search_ui.parts.value_range import range_text, without_range

Count = Callable[[SearchRequest], int]
"""A function that returns the number of hits of a request."""

MOST_FILTERS = 4
"""Greatest number of chosen filters for which it is tried to remove each one alone, which takes a
search each."""


@dataclass(frozen=True, slots=True)
class NoResults:
    """The data of a results page without hits.

    `remedies` are links to changed searches that have hits; `advice` is True if general advice is
    shown too.
    """

    headline: str
    remedies: tuple[Link, ...]
    advice: bool


def no_results(results: Results, links: Links, count: Count) -> NoResults:
    """Return the data of a results page without hits.

    If the page lies beyond the last one, the only remedy is the last page. Otherwise remedies are
    the changes that find something, labelled with their number of hits: no filters and ranges at
    all, one range fewer, one filter fewer (if there are 2 to MOST_FILTERS), any accents, single
    words instead of phrases. `count` is called for each of these that would change the search.
    """
    request = results.request
    if results.total:
        last = pagination.last_page(results)
        url = links.search(replace(request, page=last))
        label = say("Đến trang cuối (trang {page})", page=formatting.number(last))
        headline = say("Trang này nằm sau trang cuối của kết quả.")
        return NoResults(headline, (Link(label, url),), advice=False)
    remedies = []
    for label, other in _changes(results):
        if found := count(other):
            promise = say("{count} kết quả", count=formatting.number(found))
            remedies.append(Link(f"{label} ({promise})", links.search(other)))
    return NoResults(say("Không tìm thấy tài liệu nào."), tuple(remedies), advice=True)


def _changes(results: Results) -> Iterator[tuple[str, SearchRequest]]:
    request = replace(results.request, page=1)
    free = replace(unfiltered(request), copies_of="")
    if free != request:
        yield say("Bỏ mọi điều kiện lọc"), free
    for text, other in _without_a_range(request):
        if other != free:
            yield say("Bỏ lọc {value}", value=text), other
    chosen = [(name, value) for name, values in request.filters.items() for value in values]
    if 1 < len(chosen) <= MOST_FILTERS:
        labels = {
            (facet.name, value.value): label_of(facet, value)
            for facet in results.facets
            for value in facet.values
        }
        for name, value in chosen:
            label = say("Bỏ lọc {value}", value=labels.get((name, value), value))
            yield label, toggled(request, name, value)
    if request.exact:
        yield say("Tìm cả chữ khác dấu"), replace(request, exact=False)
    loosened = site.loosened(request.text)
    if loosened:
        label = say("Tìm các từ riêng lẻ: {words}", words=formatting.shorten(loosened, 60))
        yield label, replace(request, text=loosened)


def _without_a_range(request: SearchRequest) -> Iterator[tuple[str, SearchRequest]]:
    """Yield (text of a range, the request without it) for the range of dates and those of own
    facets."""
    if request.date_from or request.date_to:
        yield period_text(request), replace(request, date_from=None, date_to=None)
    for facet in facet_schema(site.profile().fields).facets:
        if ends := request.ranges.get(facet.name):
            label = site.facet_label(facet.label, facet.label_en)
            text = f"{label}: {range_text(ends, facet.kind)}"
            yield text, without_range(request, facet.name)
