"""The values that all packages exchange: frozen dataclasses and enumerations.

    Document  →  (terms)  →  index        SearchRequest  →  Results of Hits, Snippets, Facets

Offsets are code points of the *original* text; ranges are half open: `[start, end)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, time
from enum import StrEnum
from typing import Any

from indexer.partial_date import parse_iso

Range = tuple[int, int]
"""`[start, end)` in code points of the text it belongs to."""

TokenSpan = tuple[str, int, int, int]
"""A syllable of a text: its term, start and end in code points, and its position. It is an
`analysis.Token` as a plain tuple, because documents have thousands and any class takes several
times as long to create."""


class Rung(StrEnum):
    """How closely a hit agrees with what was typed: the rungs of the accent ladder, closest first.

    exact : has all words with the marks that were typed; partial : has all words, some with marks
    that were not typed; folded : has all words, marks ignored; approximate : has most of the words.
    """

    EXACT = "exact"
    PARTIAL = "partial"
    FOLDED = "folded"
    APPROXIMATE = "approximate"

    @property
    def label(self) -> str:
        """The name shown to readers, in Vietnamese and in lower case."""
        return _RUNG_LABELS[self]


_RUNG_LABELS = {
    Rung.EXACT: "đúng dấu",
    Rung.PARTIAL: "thiếu dấu",
    Rung.FOLDED: "không dấu",
    Rung.APPROXIMATE: "gần đúng",
}
"""Rung → its name for readers, in Vietnamese."""


class Sort(StrEnum):
    """Order of the hits: by descending score, by date, or by title in Vietnamese alphabetical order
    (`indexer.analysis.collation`). Documents without a date or title come last."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Place:
    """A province, or a district of it, under the names that they had at the date of the document.

    `district` is None for the province as a whole; since 1 July 2025 there are no districts, and it
    is a commune. `province_now` is the province that the place belongs to today (there are 34 since
    1 July 2025); None if unknown.
    """

    province: str
    district: str | None = None
    province_now: str | None = None


class BlockKind(StrEnum):
    """The kind of a part of a body. PAGE is where a page of a paged source begins."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "item"
    TABLE_ROW = "row"
    CAPTION = "caption"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a body.

    Attributes
    ----------
    start, end : its range in code points of the body, `body[start:end]`.
    level : 1 to 6 for a heading, depth from 1 for a list item, page number for a page break, else
        0.
    cells : for a table row, the ranges of its cells in code points of the body, ascending, one code
        point apart.
    header : True if the cells of the row are column headings.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    cells: tuple[Range, ...] = ()
    header: bool = False

    def to_record(self) -> list[Any]:
        """Return a JSON-ready list that `from_record` turns back into the block."""
        record: list[Any] = [self.kind.value, self.start, self.end, self.level]
        if self.cells:
            record += [[end - start for start, end in self.cells], int(self.header)]
        return record

    @classmethod
    def from_record(cls, record: Sequence[Any]) -> Block:
        """Return the block from which `to_record` made this list.

        Raises TypeError or ValueError for a list of another form.
        """
        kind, start, end, level, *rest = record
        cells = []
        at = start
        for length in rest[0] if rest else ():
            cells.append((at, at + length))
            at += length + 1
        return cls(BlockKind(kind), start, end, level, tuple(cells), bool(rest and rest[1]))


OwnContent = str | int | float
"""One value of an own field: a text, a number, a date in ISO 8601, or a path ("Phông A/Hộp 3")."""


@dataclass(frozen=True, slots=True)
class OwnValues:
    """The values that a document has in a field that its archive defines (`archive.toml`).

    Attributes
    ----------
    key : name of the field in `archive.toml`.
    type : a value of `indexer.profile.archive_profile.FieldType`.
    values : in the order of the source, at least one.
    """

    key: str
    type: str
    values: tuple[OwnContent, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One document of the archive. A field that the source does not state is None or empty.

    Attributes
    ----------
    id : unique in the archive.
    title, body : text as its author wrote it; all offsets in a document are code points of these.
    published, event_date : the dates of publication and of the event that it reports; a
        `PartialDate` if only a year or a month is known.
    published_time : local time of publication.
    places : the places that it is about; if the text does not decide between several, it has each
        of them.
    report_type, period : type and period of a report: "tổng kết", "năm 2020".
    section : section of the site that it is from.
    publisher : site or paper that it is from.
    author, source : who wrote it; the paper or agency that the publisher names as its source.
    url : address of the page that it was read from.
    persons, organisations, cited : persons, organisations and official documents that the text
        mentions, each once.
    number : number and symbol of an official document, "15/2023/QĐ-UBND".
    document_type, issuer, signer, signer_position, recipients : type of an official document, the
        office that issued it, who signed it and in which position, and to whom it is addressed.
    effective, expires : the first and last day on which an official document says that it is in
        force.
    subjects : keywords that a library or a content system gives.
    blocks : the structure of the body, ascending; empty if the source has none.
    format, original : name of the source format; path of the source file below its source.
    original_size, original_sha256 : size in bytes and SHA-256 (hexadecimal) of that file, if the
        archive lets readers download it.
    own : the fields that the archive defines, in the order in which it defines them.
    extra : further fields of the source, as (name, value) pairs; each name occurs once.
    """

    id: str
    title: str = ""
    body: str = ""
    published: date | None = None
    published_time: time | None = None
    event_date: date | None = None
    places: tuple[Place, ...] = ()
    report_type: str | None = None
    period: str | None = None
    section: str | None = None
    publisher: str | None = None
    author: str | None = None
    source: str | None = None
    url: str | None = None
    persons: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()
    number: str | None = None
    document_type: str | None = None
    issuer: str | None = None
    signer: str | None = None
    signer_position: str | None = None
    recipients: tuple[str, ...] = ()
    effective: date | None = None
    expires: date | None = None
    subjects: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    format: str | None = None
    original: str | None = None
    original_size: int | None = None
    original_sha256: str | None = None
    own: tuple[OwnValues, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def date(self) -> date | None:
        """The date for facets and sorting: the publication date, else the event date; None if
        neither is known."""
        return self.published or self.event_date

    @property
    def date_kind(self) -> str | None:
        """Tells which date `date` is: `"published"`, `"event"`, or None if there is none."""
        return "published" if self.published else "event" if self.event_date else None

    def to_record(self) -> dict[str, Any]:
        """Return a JSON-ready dict of the fields that are not empty; inverse of `from_record`."""
        record: dict[str, Any] = {}
        for spec in fields(self):
            value = getattr(self, spec.name)
            if value is None or value == "" or value == ():
                continue
            if isinstance(value, (date, time)):
                value = value.isoformat()
            elif spec.name == "places":
                value = [
                    {k: v for k in Place.__slots__ if (v := getattr(place, k)) is not None}
                    for place in value
                ]
            elif spec.name == "blocks":
                value = [block.to_record() for block in value]
            elif spec.name == "own":
                value = {own.key: [own.type, list(own.values)] for own in value}
            elif spec.name == "extra":
                value = dict(value)
            elif isinstance(value, tuple):
                value = list(value)
            record[spec.name] = value
        return record

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Document:
        """Return the document from which `to_record` made this dict.

        Raises TypeError or ValueError for a dict of another form.
        """
        values: dict[str, Any] = {
            name: _FROM_JSON[name](value) if name in _FROM_JSON else value
            for name, value in record.items()
        }
        return cls(**values)


_FROM_JSON: dict[str, Callable[[Any], object]] = {
    "published": parse_iso,
    "published_time": time.fromisoformat,
    "event_date": parse_iso,
    "places": lambda places: tuple(Place(**place) for place in places),
    "persons": tuple,
    "organisations": tuple,
    "cited": tuple,
    "recipients": tuple,
    "effective": parse_iso,
    "expires": parse_iso,
    "subjects": tuple,
    "blocks": lambda blocks: tuple(map(Block.from_record, blocks)),
    "own": lambda own: tuple(
        OwnValues(key, kind, tuple(values)) for key, (kind, values) in own.items()
    ),
    "extra": lambda extra: tuple(extra.items()),
}
"""Field of Document that has another type in JSON → function that converts it from JSON."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search request.

    Attributes
    ----------
    text : the query text as typed, any string; "" asks for all documents.
    page : number of the page of hits, 1 to `indexer.search.MAX_PAGE`.
    size : number of hits per page, 1 to `indexer.search.MAX_SIZE`.
    sort : order of the hits.
    exact : True to allow only hits on the rung exact.
    filters : name of a facet → chosen values. Values of one facet are alternatives, different
        facets must all match.
    explain : True to give every hit an explanation.
    grouped : False to list documents that are copies of each other, exact or near, each as a hit of
        its own.
    copies_of : id of a document, to list only this one and its copies, each as a hit of its own;
        nothing is found if no document has the id. "" for all documents.
    date_from, date_to : first and last date of a range; a document is found if a day of its date,
        which may be a year, a month or a period, lies in it. ISO 8601 of any precision (2010,
        2010-03, 2010-03-15); None where the range is open.
    ranges : name of an own facet of numbers or dates ("field.<key>") → first and last value, both
        in the range; None where it is open. A document is found if one of its values lies in it.
        Numbers are written as Python writes them ("1200", "0.5"), dates as above.
    """

    text: str = ""
    page: int = 1
    size: int = 10
    sort: Sort = Sort.RELEVANCE
    exact: bool = False
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    explain: bool = False
    grouped: bool = True
    copies_of: str = ""
    date_from: str | None = None
    date_to: str | None = None
    ranges: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage of a body.

    Attributes
    ----------
    text : the passage, `body[start : start + len(text)]`.
    ranges : the matched words, in code points of `text`; they ascend and do not overlap.
    start : where the passage begins, in code points of the body.
    more_before, more_after : True if the body has text before or after the passage.
    """

    text: str
    ranges: tuple[Range, ...] = ()
    start: int = 0
    more_before: bool = False
    more_after: bool = False


@dataclass(frozen=True, slots=True)
class ScorePart:
    """What one feature of the query adds to the score of a document, or the places of its terms.

    Attributes
    ----------
    text : what is counted ("dân vận"); several forms separated by " / ", the likeliest first. For
        places, the heaviest terms, separated by " … ".
    kind : what it is, in Vietnamese: "âm tiết" (syllable), "cặp" (pair), "từ" (word), "đứng gần
        nhau" (closeness) or "đứng ở đầu trang" (earliness).
    tf : its frequency in the document, occurrences in the title counted twice, each form weighed by
        how likely it was meant; the closeness or earliness, 0 to 1 (`indexer.engines.proximity`).
    weight : its weight in the query; for places, what a closeness or earliness of 1 adds.
    points : what it adds to the score, from `tf` and `weight` (`indexer.engines.bm25`); their
        product for places.
    """

    text: str
    kind: str
    tf: float
    weight: float
    points: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a document is a hit.

    `reasons` are Vietnamese sentences, `parts` the parts of the score. Law: the points of the parts
    sum to the score.
    """

    reasons: tuple[str, ...]
    parts: tuple[ScorePart, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found.

    If the documents are grouped, the hit also stands for those of its copies that match the query
    and the filters.

    Attributes
    ----------
    score : comes from the rung that was searched; not comparable between queries.
    rung : the tightest that the document is on; the loosest if it is pinned and does not match;
        exact if nothing was typed or only pinned documents were found.
    title_ranges : the matched words, in code points of the title; they ascend and do not overlap.
    snippet : the passage of the body to show.
    explanation : None unless the request asked for it.
    pinned : True if the archive puts it first for this query text, whether it matches or not.
    copies : the first of the exact copies by id, at most `indexer.search.LISTED_COPIES`.
    copy_count, near_count : number of exact and of near copies.
    """

    document: Document
    score: float
    rung: Rung
    title_ranges: tuple[Range, ...]
    snippet: Snippet
    explanation: Explanation | None = None
    pinned: bool = False
    copies: tuple[Document, ...] = ()
    copy_count: int = 0
    near_count: int = 0


@dataclass(frozen=True, slots=True)
class CopiedDocuments:
    """The copies of a document.

    `exact` and `near` are the first few of the documents of the same text and of nearly the same,
    ascending by id; `exact_count` and `near_count` say how many there are in all.
    """

    exact: tuple[Document, ...] = ()
    near: tuple[Document, ...] = ()
    exact_count: int = 0
    near_count: int = 0


class FacetKind(StrEnum):
    """How the values of a facet relate to each other.

    terms : names without order; date : years, months or dates, to be listed latest first; hierarchy
    : paths such as "Kiên Giang/Giang Thành", whose parts `indexer.facets.PATH_SEPARATOR` separates;
    validity : whether documents are in force on the day of the search (`indexer.validity`);
    number, own_date : numbers and dates of an own field, to be narrowed by a range; only the least,
    the greatest and the chosen ones are listed, ascending.
    """

    TERMS = "terms"
    DATE = "date"
    HIERARCHY = "hierarchy"
    VALIDITY = "validity"
    NUMBER = "number"
    OWN_DATE = "own_date"

    @property
    def has_ranges(self) -> bool:
        """True if the values are narrowed by a first and a last one (`SearchRequest.ranges`)."""
        return self in (FacetKind.NUMBER, FacetKind.OWN_DATE)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet.

    `value` is the string in URLs and filters, `label` the text to show, in Vietnamese, `count` the
    number of documents found with the value, `selected` True if the reader chose it.
    """

    value: str
    label: str
    count: int
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """A field to narrow a result by, with its values.

    Attributes
    ----------
    name : in URLs and filters.
    label, label_en : on the page, in Vietnamese and in English; the latter only of a facet that the
        archive defines, else None.
    values : at least one, in the order to show.
    kind : how the values relate to each other.
    parent : the name of the facet whose values contain those of this one (the year of a month), or
        None.
    """

    name: str
    label: str
    values: tuple[FacetValue, ...]
    kind: FacetKind = FacetKind.TERMS
    parent: str | None = None
    label_en: str | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to a SearchRequest.

    Attributes
    ----------
    request : what was asked.
    rung : the tightest rung on which documents are, before filters; None if nothing was typed or no
        document matches.
    suggestion : another query text to try ("Ý bạn là", "did you mean"), or None.
    total : number of all documents that match the query, or are pinned for it, and pass the
        filters.
    took_ms : wall time of the search in milliseconds.
    hits : those of the requested page, in the requested order.
    facets : those that have a value to show (`indexer.facets.FacetSchema.build`), in that order.
    corrected : the query text that was answered instead, because nothing matches the requested one
        or the index has none of its content words; None otherwise.
    hidden : number of documents of `total` that are no hits of their own, because they are copies.
    incomplete : True if the time limit passed before the suggestion or the explanations were made;
        hits, total and facets are complete.
    """

    request: SearchRequest
    rung: Rung | None
    suggestion: str | None
    total: int
    took_ms: float
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...]
    corrected: str | None = None
    hidden: int = 0
    incomplete: bool = False

    @property
    def distinct(self) -> int:
        """The number of hits on all pages together: `total` without the copies that are hidden."""
        return self.total - self.hidden


@dataclass(frozen=True, slots=True)
class Status:
    """A generation of an index: its name, its number of documents that are not deleted, and its
    build time in ISO 8601 UTC."""

    generation: str
    documents: int
    built_at: str
