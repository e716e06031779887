"""Make the data of the hits on a page of results."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from indexer import (
    BlockKind,
    Document,
    Hit,
    OutlineLevel,
    Range,
    Results,
    Rung,
    outline,
)
from search_ui.http.i18n import say
from search_ui.http.links import Link, Links
from search_ui.parts import formatting
from search_ui.parts.highlight import anchor, highlight_spans, highlighted
from search_ui.parts.rung_notice import rung_name


@dataclass(frozen=True, slots=True)
class DateNote:
    """The date of a document: `iso` for the attribute `datetime` of <time>, `text` as it is shown
    ("đăng 08/01/2021")."""

    iso: str
    text: str


@dataclass(frozen=True, slots=True)
class HitView:
    """A hit as it is shown.

    Attributes
    ----------
    url : URL of the document, at the first match in the snippet.
    title, snippet : HTML with highlights.
    facts : short texts on type, place and publisher.
    more_before, more_after : True if the body goes on before or after the snippet.
    rung : name of its rung; "" if it is that of the whole result.
    pinned : text that says that the administrator put it first, or "".
    copies : links to the exact copies, labelled with where they were published.
    more_copies : link to all copies if some are not in `copies`, else None.
    near : link to the near copies, or None.
    untitled : True if the document has no title, and `title` is the beginning of its body.
    place : link to the article or page of the document that the snippet is in, or None.
    """

    url: str
    title: Markup
    date: DateNote | None
    facts: tuple[str, ...]
    snippet: Markup
    more_before: bool
    more_after: bool
    rung: str
    pinned: str = ""
    copies: tuple[Link, ...] = ()
    more_copies: Link | None = None
    near: Link | None = None
    untitled: bool = False
    place: Link | None = None


_SIGNATURE = re.compile(r"^[ \t]*(?:Nơi nhận[ \t]*:|(?:TM|KT|TL|TUQ)\. ?[^\W\d_])", re.MULTILINE)
"""The beginning of what stands below the last article of an official document: who gets it, and who
signed it (decree 30/2020/NĐ-CP, annex I, II.7 and II.9)."""


def hit_views(hits: Iterable[Hit], results: Results, links: Links) -> tuple[HitView, ...]:
    """Return the data of each hit, in the same order; `results` are those that the hits are of."""
    # The document page highlights the text that the hits were found by.
    found_by = replace(results.request, text=results.corrected or results.request.text)
    address = links.reader(found_by)
    return tuple(
        _view(hit, results.rung, address, lambda of: links.copies(results.request, of))
        for hit in hits
    )


def _view(
    hit: Hit, rung: Rung | None, address: Callable[[str], str], group: Callable[[str], str]
) -> HitView:
    """Return the data of a hit.

    Parameters
    ----------
    rung : the rung of the whole result, `Results.rung`; hits on other rungs get the name of theirs.
        None if no document has the words, so that all hits are pinned.
    address : returns the URL of the page of a document, given its id.
    group : returns the URL of the list of its copies.
    """
    document, snippet = hit.document, hit.snippet
    url = address(document.id)
    unlisted = hit.copy_count - len(hit.copies)
    marks = highlight_spans(snippet.text, snippet.ranges)
    # The document page highlights the same spans, so the anchor exists there.
    passage = f"#{anchor(snippet.start + marks[0][0])}" if marks else ""
    differs = rung is not None and hit.rung is not rung and not hit.pinned
    return HitView(
        url=url + passage,
        title=marked_title(
            document,
            hit.title_ranges,
            [(snippet.start + start, snippet.start + end) for start, end in snippet.ranges],
        ),
        date=date_note(document),
        facts=_facts(document),
        snippet=highlighted(snippet.text, marks),
        more_before=snippet.more_before,
        more_after=snippet.more_after,
        rung=rung_name(hit.rung) if differs else "",
        pinned=say("Được ghim") if hit.pinned else "",
        copies=tuple(
            Link(label, address(copy.id))
            for label, copy in zip(copy_labels(document, hit.copies), hit.copies, strict=True)
        ),
        more_copies=Link(
            say("và {count} nơi khác", count=formatting.number(unlisted)), group(document.id)
        )
        if unlisted
        else None,
        near=Link(near_copies(hit.near_count), group(document.id)) if hit.near_count else None,
        untitled=not document.title.strip(),
        place=_place(document, snippet.start + marks[0][0], url) if marks else None,
    )


def near_copies(count: int) -> str:
    """Return a number of near copies in the current language: "3 bản gần giống"."""
    pattern = "{count} bản gần giống" if count != 1 else "1 bản gần giống"
    return say(pattern, count=formatting.number(count))


def copy_labels(document: Document, copies: Sequence[Document]) -> list[str]:
    """Return a label for each copy that differs from those of the document and the other copies.

    It is the publisher, source or site of the copy; if several have the same, also the name of its
    file or its id.
    """
    places = [_copy_place(copy) for copy in copies]
    taken = [*places, _copy_place(document)]
    return [
        place
        if place and taken.count(place) == 1
        else " · ".join(part for part in (place, copy.original or copy.id) if part)
        for place, copy in zip(places, copies, strict=True)
    ]


def _copy_place(document: Document) -> str:
    site = original_site(document.url)
    return document.publisher or document.source or (site.label if site else "")


def original_site(url: str | None) -> Link | None:
    """Return a link to the web page that a document came from, labelled with its host.

    None if `url` is missing, not valid, or not http or https, such as `javascript:`.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return None
    return Link(parts.netloc, url.strip())


def marked_title(
    document: Document, ranges: Sequence[Range], body_ranges: Sequence[Range] = ()
) -> Markup:
    """Return the title of a document as HTML with highlights.

    Without a title, it is the beginning of the body, and without a body the id. `ranges` and
    `body_ranges` are the ranges to highlight, in code points of the title and of the body.
    """
    if document.title.strip():
        return highlighted(document.title, highlight_spans(document.title, ranges))
    start, end = formatting.beginning(document.body, formatting.TITLE_LENGTH)
    if start == end:
        return escape(document.id)
    marks = highlight_spans(document.body[:end], body_ranges)
    shown = highlighted(document.body, [mark for mark in marks if mark[0] >= start], (start, end))
    return shown + ("…" if document.body[end:].strip() else "")


def date_note(document: Document) -> DateNote | None:
    """Return the date of a document, labelled as publication, event, or of an official document as
    issue; None without a date."""
    if document.date is None:
        return None
    pattern = "sự kiện {day}"
    if document.date_kind == "published":
        pattern = "ban hành {day}" if document.number else "đăng {day}"
    return DateNote(
        formatting.machine_date(document.date), say(pattern, day=formatting.day(document.date))
    )


def _place(document: Document, at: int, url: str) -> Link | None:
    """Return a link to the article, else the page, in which a passage of a document begins; None if
    it is in neither. What stands below the last article, such as the signature, is in none.

    `at` is the offset of the passage in the body, in code points; `url` is that of the document.
    """
    before = [
        unit
        for unit in outline(document.body)
        if unit.start <= at and unit.level <= OutlineLevel.ARTICLE
    ]
    signed = before and _SIGNATURE.search(document.body, before[-1].start, at + 1)
    if before and before[-1].level is OutlineLevel.ARTICLE and not signed:
        return Link(before[-1].label, f"{url}#{before[-1].anchor}")
    pages = [b for b in document.blocks if b.kind is BlockKind.PAGE and b.start <= at]
    if pages:
        number = pages[-1].level
        return Link(say("trang {page}", page=number), f"{url}#trang-{number}")
    return None


def _facts(document: Document) -> tuple[str, ...]:
    facts = (
        document.report_type or "",
        formatting.places(document.places),
        document.publisher or document.source or "",
    )
    return tuple(fact for fact in facts if fact)
