"""Make the data of a results page without hits: changes to the search that would find some."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from indexer import Results, SearchRequest
from search_ui.http import site
from search_ui.http.i18n import say
from search_ui.http.links import Link, Links, toggled
from search_ui.parts import formatting, pagination
from search_ui.parts.date_range import period_text
from search_ui.parts.facet_boxes import label as label_of

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
    the changes that find something, labelled with their number of hits: no filters and dates at
    all, no dates, one filter fewer (if there are 2 to MOST_FILTERS), any accents, single words
    instead of phrases. `count` is called for each of these that would change the search.
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
    open_dates = replace(request, date_from=None, date_to=None)
    if request.filters or request.copies_of or open_dates != request:
        yield say("Bỏ mọi điều kiện lọc"), replace(open_dates, filters={}, copies_of="")
    if (request.filters or request.copies_of) and open_dates != request:
        dates = period_text(request)
        yield say("Bỏ lọc {value}", value=dates), open_dates
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
