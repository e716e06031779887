"""What the pages of a search get to show; every sentence and every address is made here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer import Document, Hit, Range, Results, Rung, SearchRequest, Sort
from search_ui import formats, narrowing, paging
from search_ui.highlight import Piece, pieces
from search_ui.links import Link, Links
from search_ui.params import Pairs, build

RUNG_NAMES = {
    Rung.EXACT: "Đúng dấu",
    Rung.PARTIAL: "Một phần có dấu",
    Rung.FOLDED: "Tìm không dấu",
    Rung.APPROXIMATE: "Gần đúng",
}
SORT_NAMES = {
    Sort.RELEVANCE: "Liên quan nhất",
    Sort.NEWEST: "Mới nhất",
    Sort.OLDEST: "Cũ nhất",
}
_OPERATORS = str.maketrans(dict.fromkeys('"“”«»()*=~', " "))


@dataclass(frozen=True, slots=True)
class Box:
    """The search box: what stands in it, and what a new search takes along."""

    text: str = ""
    kept: Pairs = ()
    autofocus: bool = False


@dataclass(frozen=True, slots=True)
class RungNote:
    """How the hits agree with what was typed, for someone who knows nothing of rungs."""

    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class DateNote:
    """A date, and of what it is the date: "đăng 08/01/2021"."""

    iso: str
    text: str


@dataclass(frozen=True, slots=True)
class HitView:
    """A hit. `rung` is empty where it is that of the whole result."""

    url: str
    title: tuple[Piece, ...]
    date: DateNote | None
    facts: tuple[str, ...]
    snippet: tuple[Piece, ...]
    more_before: bool
    more_after: bool
    rung: str


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing to show: what happened, the links that may change it, whether to give advice."""

    headline: str
    remedies: tuple[Link, ...]
    advice: bool


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The answer to a search."""

    title: str
    heading: str
    box: Box
    count: str
    took: str
    rung: RungNote | None
    suggestion: Link | None
    sorts: tuple[Link, ...]
    exact: Link
    chips: tuple[narrowing.Chip, ...]
    clear_url: str
    facets: tuple[narrowing.FacetBox, ...]
    hits: tuple[HitView, ...]
    pager: paging.Pager | None
    empty: Empty | None


def search_page(results: Results, links: Links) -> SearchPage:
    """Everything the page of a search shows."""
    request = results.request
    text = formats.shorten(request.text, 60)
    return SearchPage(
        title=f"{text or 'Tất cả tài liệu'} · Tra Cứu",
        heading=f"Kết quả tìm “{text}”" if text else "Tất cả tài liệu",
        box=box(request, links),
        count=formats.number(results.total),
        took=formats.seconds(results.took_ms),
        rung=rung_note(results),
        suggestion=_suggestion(results, links),
        sorts=_sorts(request, links) if results.total else (),
        exact=Link(
            "Chỉ đúng dấu",
            links.search(replace(request, page=1, exact=not request.exact)),
            request.exact,
        ),
        chips=narrowing.chips(results, links),
        clear_url=narrowing.without_filters(request, links),
        facets=narrowing.boxes(results, links),
        hits=tuple(hit_view(hit, results, links) for hit in results.hits),
        pager=paging.pager(results, links),
        empty=None if results.hits else _empty(results, links),
    )


def box(request: SearchRequest, links: Links) -> Box:
    """The search box of a search: a new query keeps the filters, the order and the accent rule."""
    kept = build(replace(request, text="", page=1), links.page_size)
    return Box(request.text, kept)


def hit_view(hit: Hit, results: Results, links: Links) -> HitView:
    """A hit as a page shows it."""
    document = hit.document
    return HitView(
        url=links.document(document.id, results.request),
        title=title_pieces(document, hit.title_ranges),
        date=date_note(document),
        facts=_facts(document),
        snippet=pieces(hit.snippet.text, hit.snippet.ranges),
        more_before=hit.snippet.more_before,
        more_after=hit.snippet.more_after,
        rung=RUNG_NAMES[hit.rung] if results.rung and hit.rung is not results.rung else "",
    )


def title_pieces(document: Document, ranges: Sequence[Range]) -> tuple[Piece, ...]:
    """The title with its matches; a title made from the body has none, for its offsets differ."""
    if document.title.strip():
        return pieces(document.title, ranges)
    return (Piece(formats.display_title(document)),)


def date_note(document: Document) -> DateNote | None:
    """The date of a document, saying whether of its publication or of what it tells."""
    if document.date is None:
        return None
    kind = "đăng" if document.date_kind == "published" else "sự kiện"
    return DateNote(document.date.isoformat(), f"{kind} {formats.day(document.date)}")


def _facts(document: Document) -> tuple[str, ...]:
    facts = (
        document.report_type or "",
        formats.places(document.places),
        document.publisher or document.source or "",
    )
    return tuple(fact for fact in facts if fact)


def rung_note(results: Results) -> RungNote | None:
    """What to say of the rung; nothing where the hits are exact, for that is what one expects."""
    rung = results.rung
    if rung is None or rung is Rung.EXACT:
        return None
    if rung is Rung.PARTIAL:
        sentence = "Chữ bạn gõ có dấu được giữ đúng dấu; chữ gõ không dấu được hiểu theo mọi dấu."
    elif rung is Rung.FOLDED and formats.has_marks(results.request.text):
        sentence = "Không có trang nào đúng dấu như bạn gõ, nên dưới đây bỏ qua dấu."
    elif rung is Rung.FOLDED:
        sentence = "Bạn gõ không dấu, nên mọi cách bỏ dấu đều được tính."
    else:
        return RungNote(
            "Gần đúng: không có trang nào đủ các từ",
            "Dưới đây là những trang có nhiều từ nhất trong các từ bạn gõ.",
        )
    return RungNote(RUNG_NAMES[rung], sentence)


def _suggestion(results: Results, links: Links) -> Link | None:
    if results.suggestion is None:
        return None
    request = replace(results.request, text=results.suggestion, page=1)
    return Link(results.suggestion, links.search(request))


def _sorts(request: SearchRequest, links: Links) -> tuple[Link, ...]:
    # Where nothing was typed nothing is more relevant than another: newest first is what one sees.
    orders = list(Sort) if request.text.strip() else [Sort.NEWEST, Sort.OLDEST]
    current = request.sort if request.sort in orders else Sort.NEWEST
    return tuple(
        Link(
            SORT_NAMES[order],
            links.search(replace(request, page=1, sort=order)),
            order is current,
        )
        for order in orders
    )


def _empty(results: Results, links: Links) -> Empty:
    """What can be changed where nothing is shown, the likeliest help first."""
    request = results.request
    if results.total:
        last = paging.last_page(results)
        url = links.search(replace(request, page=last))
        return Empty(
            "Trang này nằm sau trang cuối của kết quả.",
            (Link(f"Về trang cuối (trang {formats.number(last)})", url),),
            advice=False,
        )
    remedies = []
    if request.filters:
        remedies.append(Link("Bỏ mọi điều kiện lọc", narrowing.without_filters(request, links)))
    if request.exact:
        url = links.search(replace(request, page=1, exact=False))
        remedies.append(Link("Tìm cả chữ khác dấu", url))
    plain = " ".join(word.lstrip("-") for word in request.text.translate(_OPERATORS).split())
    if plain and plain != " ".join(request.text.split()):
        url = links.search(replace(request, page=1, text=plain))
        remedies.append(Link(f"Tìm các từ rời: {formats.shorten(plain, 60)}", url))
    return Empty("Không tìm thấy tài liệu nào.", tuple(remedies), advice=True)
