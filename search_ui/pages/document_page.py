"""Make the data of the page of one document.

In all functions, `links` are the URLs of the current request, paths without scheme and host.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qsl

from markupsafe import Markup

from indexer import (
    VALIDITY,
    CopiedDocuments,
    Document,
    FieldType,
    OutlineLevel,
    OutlineUnit,
    Place,
    Range,
    Results,
    SearchRequest,
    facet_field,
    facet_schema,
    outline,
    own_facet,
    place_value,
    validity_dates,
    validity_on,
)
from search_ui.http import site as archive_site
from search_ui.http.i18n import say
from search_ui.http.links import Link, Links
from search_ui.http.params import Pairs, build
from search_ui.http.site import titled
from search_ui.pages.citations import FORMATS, citation, dublin_core, json_ld
from search_ui.pages.original_file import INLINE, ending, media_type
from search_ui.pages.search_page import Box, box
from search_ui.parts import formatting
from search_ui.parts.highlight import anchor
from search_ui.parts.hits import DateNote, copy_labels, date_note, marked_title, original_site
from search_ui.parts.structured_text import plain_body, structured_body

LONG_TITLE = 120
"""Greatest length of a title in code points that is set in the usual size."""
MANY_VALUES = 12
"""Number of values of a metadata row that are shown at once; if there are two or more besides, a
click shows them."""
MIN_CONTENTS = 3
"""Least number of chapters and articles for which a document gets a table of contents."""


@dataclass(frozen=True, slots=True)
class MetadataRow:
    """A row of the metadata table.

    A value that is a facet value links to the documents that have it; the URL of any other is "".
    `joiner` stands between several values, `more` are the values that are shown when asked for,
    under `more_label`.
    """

    label: str
    values: tuple[Link, ...]
    joiner: str = ", "
    more: tuple[Link, ...] = ()
    more_label: str = ""


@dataclass(frozen=True, slots=True)
class RelatedDocument:
    """A link to another document.

    `date` is None if it has no date; `place` says where a copy was published, "" for others.
    """

    title: str
    url: str
    date: DateNote | None
    place: str = ""


@dataclass(frozen=True, slots=True)
class RelatedList:
    """Documents under a heading.

    Attributes
    ----------
    name : HTML id of the heading.
    all : link to all of them if some are left out, else None.
    are_copies : True for copies of the document.
    """

    name: str
    heading: str
    documents: tuple[RelatedDocument, ...]
    all: Link | None = None
    are_copies: bool = False


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A chapter or article in the table of contents.

    `anchor` is its HTML id, `depth` its indentation: 0 for the widest kind of unit in the document,
    1 for the next.
    """

    label: str
    title: str
    anchor: str
    depth: int


@dataclass(frozen=True, slots=True)
class Download:
    """The link to the original file: `label` says what it does, `about` the kind and size of the
    file."""

    label: str
    url: str
    about: str


@dataclass(frozen=True, slots=True)
class Find:
    """The form that searches within the document.

    Attributes
    ----------
    text : what was searched for, or "".
    action : address to which the form is sent.
    kept : (name, value) pairs that it sends besides the text.
    clear : the document without this search.
    nothing : says that the text does not occur, or "".
    """

    text: str
    action: str
    kept: Pairs
    clear: str
    nothing: str


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """The data of the page of one document.

    Attributes
    ----------
    title : title of the browser window.
    heading : the title of the document with highlights.
    long : True for a title so long that it is set smaller.
    untitled : True if the heading is the beginning of the body instead, or the id.
    legal : metadata rows that identify an official document, and say when it is in force.
    facts : the other rows of the metadata table.
    contents : the table of contents; () for a short document.
    elements : the body as HTML elements, in order.
    matches : number of highlights in the body, as text; "" if there are none.
    first_match : HTML id of the first highlight, or "".
    find : the form that searches within the document.
    original : link to the page that the document came from, or None.
    download : link to the original file; None if the archive does not offer it.
    back : link to the search that led here, or None.
    citation, citation_files : the citation as text, and links to it for reference managers.
    address : absolute URL of this page, without the search that led to it.
    dublin_core, json_ld : metadata for search engines and Zotero.
    related : copies, documents that cite this one, and similar ones.
    """

    title: str
    box: Box
    heading: Markup
    long: bool
    untitled: bool
    legal: tuple[MetadataRow, ...]
    facts: tuple[MetadataRow, ...]
    contents: tuple[ContentsEntry, ...]
    elements: tuple[Markup, ...]
    matches: str
    first_match: str
    find: Find
    original: Link | None
    download: Download | None
    back: Link | None
    citation: str
    citation_files: tuple[Link, ...]
    address: str
    dublin_core: tuple[tuple[str, str], ...]
    json_ld: Markup
    related: tuple[RelatedList, ...]


def document_page(
    document: Document,
    title_ranges: Sequence[Range],
    body_ranges: Sequence[Range],
    request: SearchRequest,
    links: Links,
    similar: Sequence[Document] = (),
    citing: Results | None = None,
    site: str = "",
    copies: CopiedDocuments | None = None,
    find: str = "",
) -> DocumentPage:
    """Return the data of the page of a document.

    Parameters
    ----------
    title_ranges, body_ranges : ranges to highlight, in code points of title and body.
    request : the search that led to the document.
    similar : documents about the same subject, the most similar first.
    citing : the newest of the documents that cite this one by its number, with the number of all of
        them; None if it has no number.
    site : scheme and host of the page ("https://example.vn"), for absolute URLs.
    copies : the copies of the document; None lists none.
    find : what was searched for within the document, "" for nothing; otherwise the ranges are the
        matches of this text, not of `request`.
    """
    body = document.body
    units = outline(body)
    if document.blocks:
        elements, starts = structured_body(body, body_ranges, document.blocks, units)
    else:
        elements, starts = plain_body(body, body_ranges, units)
    plain = SearchRequest(size=links.page_size)
    original = original_site(document.url)
    address = site + links.document(document.id)
    return DocumentPage(
        title=titled(formatting.shorten(formatting.display_title(document), 70)),
        box=box(request, links),
        heading=marked_title(document, title_ranges, body_ranges),
        long=len(document.title) > LONG_TITLE,
        untitled=not document.title.strip(),
        legal=tuple(_legal(document, links)),
        facts=tuple(map(_folded, _facts(document, links))),
        contents=tuple(_contents(units)),
        elements=elements,
        matches=formatting.number(len(starts)) if starts else "",
        first_match=anchor(starts[0]) if starts else "",
        find=_find(document, find, request, links, found=bool(starts)),
        original=original,
        download=_download(document, links),
        back=Link(say("Trở lại kết quả tìm kiếm"), links.search(request))
        if request != plain
        else None,
        citation=citation(document, original.url if original else address),
        citation_files=tuple(
            Link(name, links.citation(document.id, kind)) for kind, (name, _) in FORMATS.items()
        ),
        address=address,
        dublin_core=dublin_core(document),
        json_ld=json_ld(document, address),
        related=tuple(_related(document, copies, citing, similar, links)),
    )


def _find(
    document: Document, text: str, request: SearchRequest, links: Links, *, found: bool
) -> Find:
    """Return the form that searches within a document for `text`; `found` is False if the body does
    not have it, `request` the search that led to the document."""
    url = links.document(document.id)
    path, _, query = url.partition("?")
    return Find(
        text,
        path,
        (*parse_qsl(query), *build(request, links.page_size)),
        links.document(document.id, request),
        say("Tài liệu này không có “{text}”.", text=formatting.shorten(text, 60))
        if text and not found
        else "",
    )


def _related(
    document: Document,
    copies: CopiedDocuments | None,
    citing: Results | None,
    similar: Sequence[Document],
    links: Links,
) -> Iterator[RelatedList]:
    """Yield the lists of copies, of documents that cite this one, and of similar ones, without
    empty lists."""
    if copies:
        yield from _copies(document, copies, links)
    if citing and citing.hits:
        every = None
        if citing.total > len(citing.hits):
            text = say("{count} tài liệu", count=formatting.number(citing.total))
            every = Link(text, links.search(replace(citing.request, size=links.page_size)))
        found = _listed([hit.document for hit in citing.hits], links)
        yield RelatedList("duoc-nhac", say("Được nhắc đến trong"), found, every)
    if similar:
        yield RelatedList("tuong-tu", say("Tài liệu tương tự"), _listed(similar, links))


def _copies(document: Document, copies: CopiedDocuments, links: Links) -> Iterator[RelatedList]:
    """Yield the list of exact and that of near copies, each only if it is not empty."""
    group = links.copies(SearchRequest(size=links.page_size), document.id)
    for name, heading, listed, count in (
        ("ban-trung", "Bản trùng", copies.exact, copies.exact_count),
        ("ban-gan-giong", "Bản gần giống", copies.near, copies.near_count),
    ):
        if listed:
            shown = _listed(listed, links, copy_labels(document, listed))
            everything = say("Xem tất cả {count} bản", count=formatting.number(count + 1))
            every = Link(everything, group) if count > len(listed) else None
            yield RelatedList(name, say(heading), shown, every, are_copies=True)


def _listed(
    documents: Sequence[Document], links: Links, places: Sequence[str] = ()
) -> tuple[RelatedDocument, ...]:
    """Return links to documents, in order; `places` says of each where it was published, () of
    none."""
    places = places or [""] * len(documents)
    return tuple(
        RelatedDocument(
            formatting.display_title(other), links.document(other.id), date_note(other), place
        )
        for other, place in zip(documents, places, strict=True)
    )


def _contents(units: Sequence[OutlineUnit]) -> Iterable[ContentsEntry]:
    """Yield the chapters and articles; nothing if there are fewer than MIN_CONTENTS."""
    listed = [unit for unit in units if unit.level <= OutlineLevel.ARTICLE]
    if len(listed) < MIN_CONTENTS:
        return
    levels = sorted({unit.level for unit in listed})
    for unit in listed:
        yield ContentsEntry(unit.label, unit.title, unit.anchor, levels.index(unit.level))


def _folded(row: MetadataRow) -> MetadataRow:
    """Return a row with only its first MANY_VALUES values in `values`, and the rest in `more`.

    A row with at most MANY_VALUES + 1 values is returned unchanged.
    """
    more = row.values[MANY_VALUES:]
    if len(more) < 2:  # one more takes no more room than the line that would unfold it
        return row
    label = say("và {count} mục nữa", count=formatting.number(len(more)))
    return replace(row, values=row.values[:MANY_VALUES], more=more, more_label=label)


def _plain_text(text: str | None) -> tuple[Link, ...]:
    """Return a text as the only value of a metadata row, without a link; () for None or ""."""
    return (Link(text, ""),) if text else ()


def _found(links: Links, facet: str, *values: str | None) -> tuple[Link, ...]:
    """Return the values of a metadata row, each a link to the documents that have it in `facet`;
    None and "" are left out."""
    return tuple(Link(value, _by(links, facet, value)) for value in values if value)


def _legal(document: Document, links: Links) -> Iterable[MetadataRow]:
    """Yield the metadata rows of an official document that have a value: what identifies it, then
    the dates between which it is in force."""

    def day(value: date | None) -> tuple[Link, ...]:
        return _plain_text(formatting.day(value) if value else None)

    rows = (
        ("Số hiệu", _plain_text(document.number)),
        ("Loại văn bản", _found(links, "document_type", document.document_type)),
        ("Cơ quan ban hành", _found(links, "issuer", document.issuer)),
        ("Ngày ban hành", day(document.published if document.number else None)),
        ("Người ký", _found(links, "signer", document.signer)),
        ("Chức vụ người ký", _plain_text(document.signer_position)),
        ("Có hiệu lực từ", day(document.effective)),
        ("Hết hiệu lực", day(document.expires)),
        ("Tình trạng", _status(document, links)),
    )
    yield from (MetadataRow(say(label), values) for label, values in rows if values)


def _status(document: Document, links: Links) -> tuple[Link, ...]:
    """Return what the stated dates say of a document today, as a link to the documents of which
    they say the same; () if they say nothing.

    They do not tell whether another document has repealed it.
    """
    dates = validity_dates(document)
    state = validity_on(dates, date.today()) if dates else None
    if state is None:
        return ()
    name = say(facet_field(VALIDITY).label_of(state))
    text = say("{status} (theo ngày ghi trong văn bản)", status=name)
    return (Link(text, _by(links, VALIDITY, state)),)


def _facts(document: Document, links: Links) -> Iterable[MetadataRow]:
    """Yield the metadata rows that have a value and are not those of an official document
    (`_legal`), in the order in which they are shown.

    First the fields that every archive has, then the own fields of this archive, then one row
    "Khác" with `Document.extra` and the own fields that `archive.toml` no longer has.
    """

    def found(facet: str, *values: str | None) -> tuple[Link, ...]:
        return _found(links, facet, *values)

    published = formatting.day(document.published) if document.published else None
    if published and document.published_time:
        published = f"{published}, {document.published_time:%H:%M}"
    event = formatting.day(document.event_date) if document.event_date else None
    rows = (
        ("Ngày đăng", _plain_text(None if document.number else published)),
        ("Ngày diễn ra", _plain_text(event)),
        ("Địa bàn", tuple(_place(place, links) for place in document.places), f" {say('hoặc')} "),
        ("Loại tin", found("report_type", document.report_type)),
        ("Kỳ báo cáo", _plain_text(document.period)),
        ("Chuyên mục", found("section", document.section)),
        ("Nơi đăng", found("publisher", document.publisher)),
        ("Nguồn tin", found("source", document.source)),
        ("Tác giả", found("author", document.author)),
        ("Nhân vật", found("person", *document.persons)),
        ("Cơ quan", found("organisation", *document.organisations)),
        ("Văn bản được nhắc", found("cited", *document.cited)),
        ("Chủ đề", found("subject", *document.subjects)),
        ("Nơi nhận", _plain_text("; ".join(document.recipients))),
    )
    yield from (MetadataRow(say(label), *rest) for label, *rest in rows if rest[0])
    known = facet_schema(archive_site.profile().fields).by_name
    others = list(document.extra)
    for own in document.own:
        facet = known.get(own_facet(own.key))
        if facet is None:  # no longer in archive.toml
            others.append((own.key, ", ".join(map(str, own.values))))
            continue
        label = archive_site.facet_label(facet.label, facet.label_en)
        is_choice = own.type in (FieldType.TEXT, FieldType.HIERARCHY)
        yield MetadataRow(
            label,
            tuple(
                Link(
                    formatting.own_value(value, own.type),
                    _by(links, facet.name, str(value)) if is_choice else "",
                )
                for value in own.values
            ),
            "; ",
        )
    if others:
        text = "; ".join(f"{name}: {value}" for name, value in others)
        yield MetadataRow(say("Khác"), _plain_text(text))


def _place(place: Place, links: Links) -> Link:
    value = place_value(place.province, place.district)
    return Link(formatting.places((place,)), _by(links, "place", value))


def _by(links: Links, facet: str, value: str) -> str:
    """Return the URL of the search for all documents with a value of a facet."""
    return links.search(SearchRequest(size=links.page_size, filters={facet: (value,)}))


def _download(document: Document, links: Links) -> Download | None:
    """Return the link to the original file; None if the archive does not offer it, or the document
    is not from a file of its own."""
    if document.original is None or document.original_sha256 is None:
        return None
    label = "Mở tệp gốc" if media_type(document.original) == INLINE else "Tải tệp gốc"
    about = f"{ending(document.original).upper()}, {formatting.size(document.original_size or 0)}"
    return Download(say(label), links.original(document.id), about)
