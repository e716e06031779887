"""What a page shows of one document found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer import Document, Hit, Range, Results
from search_ui import formats
from search_ui.highlight import Piece, anchor, pieces, spans
from search_ui.language import say
from search_ui.links import Links
from search_ui.rungs import RUNG_NAMES


@dataclass(frozen=True, slots=True)
class DateNote:
    """A date, and of what it is the date: "đăng 08/01/2021"."""

    iso: str
    text: str


@dataclass(frozen=True, slots=True)
class HitView:
    """A hit. `rung` is empty where it is that of the whole result.

    `url` leads to the first match that the snippet shows, `plain_url` to the top of the document.
    """

    url: str
    plain_url: str
    title: tuple[Piece, ...]
    date: DateNote | None
    facts: tuple[str, ...]
    snippet: tuple[Piece, ...]
    more_before: bool
    more_after: bool
    rung: str


def hit_view(hit: Hit, results: Results, links: Links) -> HitView:
    """A hit as a page shows it."""
    document, snippet = hit.document, hit.snippet
    # The document marks what it was found by.
    found_by = replace(results.request, text=results.corrected or results.request.text)
    url = links.document(document.id, found_by)
    marked = spans(snippet.text, snippet.ranges)
    # The same spans are marked on the page of the document, so the anchor exists there.
    passage = f"#{anchor(snippet.start + marked[0][0])}" if marked else ""
    differs = results.rung is not None and hit.rung is not results.rung
    return HitView(
        url=url + passage,
        plain_url=url,
        title=title_pieces(document, hit.title_ranges),
        date=date_note(document),
        facts=_facts(document),
        snippet=pieces(snippet.text, snippet.ranges),
        more_before=snippet.more_before,
        more_after=snippet.more_after,
        rung=say(RUNG_NAMES[hit.rung]) if differs else "",
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
    said = "đăng {day}" if document.date_kind == "published" else "sự kiện {day}"
    return DateNote(document.date.isoformat(), say(said, day=formats.day(document.date)))


def _facts(document: Document) -> tuple[str, ...]:
    facts = (
        document.report_type or "",
        formats.places(document.places),
        document.publisher or document.source or "",
    )
    return tuple(fact for fact in facts if fact)
