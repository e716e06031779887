"""Make the data of the results page, with all its sentences and URLs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from werkzeug.urls import uri_to_iri

from indexer import FacetKind, Results, SearchRequest, Sort
from search_ui.http.i18n import say
from search_ui.http.links import Link, Links
from search_ui.http.params import Pairs, build
from search_ui.http.site import name, titled
from search_ui.parts import facet_boxes, formatting, pagination
from search_ui.parts.date_range import DateRange, date_range
from search_ui.parts.hits import HitView, hit_views
from search_ui.parts.no_results import Count, NoResults, no_results
from search_ui.parts.rung_notice import RungNote, rung_note

SORT_NAMES = {
    Sort.RELEVANCE: "Liên quan nhất",
    Sort.NEWEST: "Mới nhất",
    Sort.OLDEST: "Cũ nhất",
    Sort.TITLE: "Tiêu đề",
}
EXPORTS = (("CSV", "api/export.csv"), ("JSON", "api/export.json"))
"""(label, path) of the other formats in which a search is available."""


FILTERS_IN_TITLE = 3
"""Greatest number of filters that the title names; the others are counted, because the tab of a
browser shows no more."""


@dataclass(frozen=True, slots=True)
class Box:
    """The search box: its text, and the (name, value) pairs that a new search keeps.

    `autofocus` is True if the page begins with the cursor in it.
    """

    text: str = ""
    kept: Pairs = ()
    autofocus: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """The data that every template needs: the title of the browser window, and the search box."""

    title: str
    box: Box = Box()


@dataclass(frozen=True, slots=True)
class Corrected:
    """A corrected query text.

    `typed` is the text that was typed, shortened, for which there are no hits or only approximate
    ones without its content words; `shown` is a link to the search for the corrected text, whose
    results are shown instead.
    """

    typed: str
    shown: Link


@dataclass(frozen=True, slots=True)
class CopiesNote:
    """A note on whether copies of a text are grouped, and a link that switches it.

    `facets` is a sentence on what the facets count; "" if no copies are hidden.
    """

    sentence: str
    switch: Link
    facets: str = ""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The data of the results page; attributes that are None are not shown.

    Attributes
    ----------
    title, heading : title of the browser window, and heading of the page.
    count, took : number of hits, and time of the search, as text.
    copies : note on copies that are grouped or listed.
    corrected : the correction whose results are shown.
    rung : note on the rung of the hits.
    suggestion : link to another query text.
    sorts : links to the orders of the hits; () if there is only one.
    exact : link that turns the restriction to exact marks on or off.
    chips : the chosen facet values and range of dates.
    clear_url : URL of the search without them.
    facets : facets to narrow by.
    period : boxes and charts that set the range of dates.
    incomplete : sentence on what is missing because the time limit passed; "" if nothing is.
    empty : what to do if the page has no hits.
    exports : links to the search in other formats.
    feed : URL of the feed that brings new hits.
    address : URL of the first page of the search, without what the visitor prefers.
    printed : sentence on where and when the search was made, for paper.
    """

    title: str
    heading: str
    box: Box
    count: str
    took: str
    copies: CopiesNote | None
    corrected: Corrected | None
    rung: RungNote | None
    suggestion: Link | None
    sorts: tuple[Link, ...]
    exact: Link
    chips: tuple[facet_boxes.Chip, ...]
    clear_url: str
    facets: tuple[facet_boxes.FacetBox, ...]
    period: DateRange | None
    hits: tuple[HitView, ...]
    pager: pagination.Pager | None
    empty: NoResults | None
    exports: tuple[Link, ...]
    feed: str
    address: str
    printed: str
    incomplete: str = ""


def search_page(results: Results, links: Links, count: Count, site: str = "") -> SearchPage:
    """Return the data of the results page.

    Parameters
    ----------
    links : the URLs of the page.
    count : returns the number of hits of another search; it is called only if there are no hits.
    site : scheme and host of the page ("https://example.vn"), for the absolute URL on paper.
    """
    request = results.request
    text = formatting.shorten(request.text, 60)
    other = links.others(request)
    chips = facet_boxes.chips(results, links)
    narrowing = _narrowing(chips, request.page)
    return SearchPage(
        title=titled(" · ".join((text or say("Tất cả tài liệu"), *narrowing))),
        heading=", ".join(
            (
                say("Kết quả tìm “{text}”", text=text) if text else say("Tất cả tài liệu"),
                *narrowing,
            )
        ),
        box=box(request, links),
        count=say(
            "{count} kết quả" if results.total != 1 else "1 kết quả",
            count=formatting.number(results.total),
        ),
        took=formatting.seconds(results.took_ms),
        copies=_copies(results, links),
        corrected=_corrected(results, links),
        rung=rung_note(results),
        suggestion=_suggestion(results, links),
        sorts=_sorts(results, other),
        exact=Link(
            say("Chỉ khớp đúng dấu"),
            other(exact=not request.exact),
            request.exact,
        ),
        chips=chips,
        clear_url=facet_boxes.without_filters(request, links),
        facets=facet_boxes.boxes(results, links),
        period=date_range(results, links),
        hits=hit_views(results.hits, results, links),
        pager=pagination.pager(results, other),
        empty=None if results.hits else no_results(results, links, count),
        printed=say(
            "{archive}, ngày {day}: {address}",
            archive=name(),
            day=formatting.day(date.today()),
            address=uri_to_iri(site + links.search(request)),  # readable, and can be typed
        ),
        exports=tuple(Link(label, other(path=path)) for label, path in EXPORTS),
        feed=other(path="atom.xml"),
        address=links.search(replace(request, page=1, size=links.page_size)),
        incomplete=say("Đã hết thời gian tìm: phần gợi ý và giải thích có thể chưa đầy đủ.")
        if results.incomplete
        else "",
    )


def box(request: SearchRequest, links: Links) -> Box:
    """Return the search box of a search.

    A new query text keeps its filters, dates, order and restriction to exact accents, but not the
    restriction to the copies of one document.
    """
    kept = build(replace(request, text="", page=1, copies_of=""), links.page_size)
    return Box(request.text, kept)


def _copies(results: Results, links: Links) -> CopiesNote | None:
    """Return the note on copies: that some are hidden in groups, or that none are grouped; None if
    the results have no copies to hide, or are the copies of one document."""
    request = results.request
    other = links.search(replace(request, page=1, grouped=not request.grouped))
    if results.hidden:
        return CopiesNote(
            say("Còn {count} kết quả sau khi gộp các bản trùng và bản gần giống.",
                count=formatting.number(results.distinct)),
            Link(say("Hiện từng bản"), other),
            say("Con số bên cạnh mỗi mục tính mọi tài liệu, kể cả bản trùng."),
        )  # fmt: skip
    if not request.grouped and not request.copies_of:
        return CopiesNote(say("Bản trùng được hiện riêng."), Link(say("Gộp lại"), other))
    return None


def _narrowing(chips: Sequence[facet_boxes.Chip], page: int) -> tuple[str, ...]:
    """Return what distinguishes the title of a page from those of other searches for the same text.

    At most two texts: the first FILTERS_IN_TITLE filters with the number of the others, if there
    are filters, and the number of the page, if it is not the first.
    """
    named = [f"{chip.facet}: {chip.label}" for chip in chips[:FILTERS_IN_TITLE]]
    if len(chips) > FILTERS_IN_TITLE:
        named.append(f"+{len(chips) - FILTERS_IN_TITLE}")
    numbered = (say("trang {page}", page=formatting.number(page)),) if page > 1 else ()
    return (*((", ".join(named),) if named else ()), *numbered)


def _suggestion(results: Results, links: Links) -> Link | None:
    """Return the link to the search for the suggested query text; None if there is none."""
    if results.suggestion is None:
        return None
    request = replace(results.request, text=results.suggestion, page=1)
    return Link(results.suggestion, links.search(request))


def _corrected(results: Results, links: Links) -> Corrected | None:
    """Return the correction whose results are shown; None if they are those of the text as
    typed."""
    if results.corrected is None:
        return None
    request = replace(results.request, text=results.corrected, page=1)
    typed = formatting.shorten(results.request.text, 60)
    return Corrected(typed, Link(results.corrected, links.search(request)))


def _sorts(results: Results, other: Callable[..., str]) -> tuple[Link, ...]:
    """Return a link for each order that makes a difference, for the usual order and for the one
    that is chosen, in the order of Sort; () if only the usual one is left or there are no hits.

    `other` returns the URL of the search with changes (`Links.others`).
    """
    request = results.request
    dated = any(facet.kind is FacetKind.DATE for facet in results.facets)
    # Beyond the last page no hit is at hand, whose title could be looked at.
    titled = results.distinct > 1 and (
        not results.hits or any(hit.document.title for hit in results.hits)
    )
    # Without a query nothing is more relevant than another, and the newest come first.
    usual = Sort.RELEVANCE if request.text.strip() else Sort.NEWEST
    by_date = [Sort.NEWEST, Sort.OLDEST] if results.total and dated else []
    by_title = [Sort.TITLE] if titled else []
    current = usual if request.sort is Sort.RELEVANCE else request.sort
    orders = [each for each in Sort if each in (usual, current, *by_date, *by_title)]
    if not results.total or orders == [usual]:
        return ()
    names = SORT_NAMES if dated else {**SORT_NAMES, Sort.NEWEST: "Không sắp xếp"}
    return tuple(Link(say(names[order]), other(sort=order), order is current) for order in orders)
