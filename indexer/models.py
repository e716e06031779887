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
"""A syllable of a text: its term, the span `[start, end)`, its position. `analysis.Token` as a
plain tuple: documents have thousands, and any class takes several times as long to create."""


class Rung(StrEnum):
    """How closely a hit agrees with what was typed, closest first: the accent ladder."""

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


class Sort(StrEnum):
    """Order of the hits. Undated documents come last under both date orders."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Place:
    """A province, or a district of it, by its name at the date of the document.

    There are no districts since 1 July 2025: `district` is then a commune.
    `province_now` is the province of today (34 since 1 July 2025) that it belongs to; None if
    unknown.
    """

    province: str
    district: str | None = None
    province_now: str | None = None


class BlockKind(StrEnum):
    """The kind of a part of a body."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "item"
    TABLE_ROW = "row"
    CAPTION = "caption"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a body, at `body[start:end]`.

    Attributes
    ----------
    level : 1 to 6 for a heading, depth from 1 for a list item, page number for a page break, else
        0.
    cells : ranges of the cells of a table row, in code points of the body.
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

        Raises TypeError or ValueError for another list.
        """
        kind, start, end, level, *rest = record
        cells = []
        at = start
        for length in rest[0] if rest else ():
            cells.append((at, at + length))
            at += length + 1
        return cls(BlockKind(kind), start, end, level, tuple(cells), bool(rest and rest[1]))


OwnContent = str | int | float
"""One value of an own field: a text, a number, a date as ISO 8601, or a path with "/"."""


@dataclass(frozen=True, slots=True)
class OwnValues:
    """The values that a document has in a field that its archive defines (`archive.toml`).

    Attributes
    ----------
    key : of the field.
    type : a value of `indexer.profile.archive_profile.FieldType`.
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
    published, event_date : a date; a `PartialDate` if only a year or a month is known.
    places : more than one means "one of these": the text does not decide.
    report_type, period : type and period of a report: "tổng kết", "năm 2020".
    section : section of the site that it is from.
    publisher, source : site or paper that it is from; where that has it from.
    persons, organisations, cited : names and documents that the text mentions, each once.
    number : number and symbol of an official document, "15/2023/QĐ-UBND".
    document_type, issuer, signer, signer_position, recipients : of an official document.
    effective, expires : the period in which it says that it is in force.
    subjects : keywords that a library or a content system gives.
    blocks : the structure of the body; empty if the source has none.
    format, original : name of the source format; path of the source file below its source.
    original_size, original_sha256 : size in bytes and SHA-256 (hexadecimal) of that file, if the
        archive lets readers download it.
    own : the fields that the archive defines, in the order in which it defines them.
    extra : further fields of the source, as (name, value) pairs.
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
        """The date for facets and sorting: the publication date, else the event date, else None."""
        return self.published or self.event_date

    @property
    def date_kind(self) -> str | None:
        """Which date `date` returns: `"published"`, `"event"`, or None if there is no date."""
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

        Raises TypeError or ValueError for another dict.
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
"""Field that JSON has another type for → how to convert it from that type."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search request.

    Attributes
    ----------
    text : the query text as typed, any string; "" asks for all documents.
    page : counts from 1.
    size : number of hits per page.
    exact : True to allow the first rung only.
    filters : name of a facet → chosen values. Values of one facet are alternatives, different
        facets must all match.
    explain : True to give every hit an explanation.
    grouped : False to list documents that are copies of each other, exact or near, each as a hit of
        its own.
    copies_of : id of a document, to list only this one and its copies, each as a hit of its own;
        nothing is found if no document has the id. "" for all documents.
    date_from, date_to : only documents whose date may be in these days, both of which belong to the
        range; ISO 8601 of any precision (2010, 2010-03, 2010-03-15); None where it is open.
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


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage of a body: `text == body[start : start + len(text)]`.

    Attributes
    ----------
    ranges : the matched words, in code points of `text`, ascending.
    more_before, more_after : True if the body continues before or after the passage.
    """

    text: str
    ranges: tuple[Range, ...] = ()
    start: int = 0
    more_before: bool = False
    more_after: bool = False


@dataclass(frozen=True, slots=True)
class ScorePart:
    """What one feature of the query adds to the score of a document.

    Attributes
    ----------
    text : what is counted ("dân vận"); several forms separated by " / ", the likeliest first.
    kind : "âm tiết", "cặp" or "từ".
    tf : its frequency in the document, occurrences in the title counted twice.
    weight : its weight in the query.
    points : the score from both (`indexer.engines.bm25`).
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

    `explanation` is None unless the request asked for it. A document that is `pinned` comes first
    for this query text, whether it matches or not; if it does not, `rung` is the loosest.

    If the documents are grouped, the hit also stands for those of its copies that match the query
    and the filters: `copy_count` documents of the same text, of which `copies` are the first few,
    and `near_count` of nearly the same.
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
    """The other documents of the same text, and those of nearly the same: the first few, and their
    numbers."""

    exact: tuple[Document, ...] = ()
    near: tuple[Document, ...] = ()
    exact_count: int = 0
    near_count: int = 0


class FacetKind(StrEnum):
    """How the values of a facet relate to each other.

    terms : names without order; date : years or months, latest first; hierarchy : paths such as
    "Kiên Giang/Giang Thành", whose parts are separated by `indexer.facets.PATH_SEPARATOR`.
    """

    TERMS = "terms"
    DATE = "date"
    HIERARCHY = "hierarchy"


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet.

    `value` is that of URLs and filters, `label` the text to show, `count` the number of hits with
    the value, `selected` True if the reader chose it.
    """

    value: str
    label: str
    count: int
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """A field to narrow by.

    `parent` is the name of the facet whose values contain those of this one (year of month), or
    None. `label_en` is the label in English, of a facet that the archive defines.
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
    rung : the tightest rung of the hits; None if nothing was typed or nothing was found.
    suggestion : another query text to try ("Ý bạn là"), or None.
    total : number of all documents that match; `hits` are those of the page.
    took_ms : wall time in milliseconds.
    corrected : the query text that was answered instead because nothing matches the requested one,
        or None.
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
        """The number of hits on all pages: the documents without copies of others among them."""
        return self.total - self.hidden


@dataclass(frozen=True, slots=True)
class Status:
    """The open generation: its name, its number of documents, its build time in ISO 8601 UTC."""

    generation: str
    documents: int
    built_at: str
