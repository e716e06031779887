"""The page /thong-ke for the administrator: the state of the index, frequent searches, searches
without hits, and how long searches take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, current_app

from indexer import Archive, SearchRequest
from search_ui.http.current_request import links as site_links
from search_ui.http.i18n import say
from search_ui.http.links import Link, Links
from search_ui.http.query_log import QueryLog, QueryStatistics
from search_ui.http.responses import html_response, served_archive
from search_ui.http.site import titled
from search_ui.pages.search_page import Box
from search_ui.parts import formatting

keeper = Blueprint("keeper", __name__)


@dataclass(frozen=True, slots=True)
class StatisticsPage:
    """The data of the statistics page, as text.

    `facts` are (label, value) in the order in which they are shown; `frequent` and `without_hits`
    are (link to a search, number of times), most frequent first; `exports` are links to files with
    all documents.
    """

    title: str
    box: Box
    facts: tuple[tuple[str, str], ...]
    frequent: tuple[tuple[Link, str], ...]
    without_hits: tuple[tuple[Link, str], ...]
    exports: tuple[Link, ...]


@keeper.get("/thong-ke")
def statistics() -> Response:
    """Return the statistics page; 404 unless the setting TRACUU_STATS is 1. Only the administrator
    gets it (`access.gate`).

    Raises OSError (500) if the file of the recorded searches cannot be read, UnusableIndex (503) if
    there is no index or it cannot be read.
    """
    if not current_app.config["STATS"]:
        abort(404)
    query_log: QueryLog = current_app.extensions["tracuu.query_log"]
    shown = statistics_page(query_log.figures(), served_archive(), site_links())
    answer = html_response("statistics.html", {"page": shown})
    answer.cache_control.no_store = True
    return answer


def statistics_page(figures: QueryStatistics, archive: Archive, links: Links) -> StatisticsPage:
    """Return the data of the statistics page; `figures` are those of the recorded searches,
    `archive` serves the index, `links` are the URLs of the page."""
    status = archive.status()
    built = datetime.fromisoformat(status.built_at)
    age = datetime.now(UTC) - built

    def listed(pairs: tuple[tuple[str, int], ...]) -> tuple[tuple[Link, str], ...]:
        return tuple((Link(text, links.text(text)), formatting.number(n)) for text, n in pairs)

    facts = [
        (say("Tài liệu"), formatting.number(status.documents)),
        (say("Phiên bản chỉ mục"), status.generation),
        (say("Lập lúc"), f"{formatting.moment(built)} (UTC)"),
        (say("Đã lập cách đây"), _age(age.total_seconds())),
        (say("Số lượt tìm"), formatting.number(figures.searches)),
    ]
    if figures.searches:
        facts += [
            (say("Kể từ"), f"{formatting.moment(datetime.fromisoformat(figures.since))} (UTC)"),
            (say("Thời gian tìm (trung vị)"), formatting.seconds(figures.p50_ms)),
            (say("95% lượt tìm dưới"), formatting.seconds(figures.p95_ms)),
            (say("Chậm nhất"), formatting.seconds(figures.slowest_ms)),
        ]
    return StatisticsPage(
        titled(say("Thống kê")),
        Box(),
        tuple(facts),
        listed(figures.frequent),
        listed(figures.without_hits),
        tuple(
            Link(
                name, links.search(SearchRequest(size=links.page_size), f"api/export-all.{ending}")
            )
            for name, ending in (("CSV", "csv"), ("JSON Lines", "jsonl"))
        ),
    )


def _age(seconds: float) -> str:
    """Return how long ago something was, in hours or from two days on in days, rounded down."""
    hours = int(seconds // 3600)
    if not hours:
        return say("dưới 1 giờ")
    if hours < 48:
        return say("{count} giờ", count=formatting.number(hours))
    return say("{count} ngày", count=formatting.number(hours // 24))
