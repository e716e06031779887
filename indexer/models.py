"""The values that flow through the house; all frozen.

    Document  →  (terms)  →  index        SearchRequest  →  Results of Hits, Snippets, Facets

Offsets are code points of the *original* text, ranges are half open: `[start, end)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, time
from enum import StrEnum
from typing import Any

Range = tuple[int, int]
"""`[start, end)` in code points of the text it belongs to."""

TokenSpan = tuple[str, int, int, int]
"""A syllable of a text: its term, the span `[start, end)`, its position. `analysis.Token` without
names: pages are made of thousands, and any class takes several times as long to make."""


class Rung(StrEnum):
    """How tightly a hit agrees with what was typed, tightest first (the accent ladder)."""

    EXACT = "exact"
    PARTIAL = "partial"
    FOLDED = "folded"
    APPROXIMATE = "approximate"

    @property
    def label(self) -> str:
        """The name that a person sees, in Vietnamese and in lower case."""
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

    `province_now` is what the province belongs to since 1 July 2025; None where unknown.
    """

    province: str
    district: str | None = None
    province_now: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One page of the archive. A field that the source does not state is None or empty.

    `places` with more than one entry means "one of these": the text does not decide.
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

    @property
    def date(self) -> date | None:
        """The date that facets and sorting use: published, else event."""
        return self.published or self.event_date

    @property
    def date_kind(self) -> str | None:
        """`"published"`, `"event"` or None: which of the two `date` is."""
        return "published" if self.published else "event" if self.event_date else None

    def to_record(self) -> dict[str, Any]:
        """A JSON-ready dict with the fields that hold something; `from_record` undoes it."""
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
            elif isinstance(value, tuple):
                value = list(value)
            record[spec.name] = value
        return record

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Document:
        """The document that `to_record` wrote down.

        Raises TypeError or ValueError on a record that it did not write.
        """
        values: dict[str, Any] = {
            name: _READ[name](value) if name in _READ else value for name, value in record.items()
        }
        return cls(**values)


_READ: dict[str, Callable[[Any], object]] = {
    "published": date.fromisoformat,
    "published_time": time.fromisoformat,
    "event_date": date.fromisoformat,
    "places": lambda places: tuple(Place(**place) for place in places),
    "persons": tuple,
    "organisations": tuple,
    "cited": tuple,
}
"""What JSON has another type for → how to read it."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What a person asks for.

    `text` is the query text as typed, any string at all. `page` counts from 1, `size` is the
    number of hits on a page. `exact` keeps to the first rung. `filters` maps the name of a facet
    to the values chosen; values of one facet are alternatives, facets are all required. With
    `explain`, every hit says why it was found and what it scored for.
    """

    text: str = ""
    page: int = 1
    size: int = 10
    sort: Sort = Sort.RELEVANCE
    exact: bool = False
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage of a body: `text == body[start : start + len(text)]`, ranges relative to `text`."""

    text: str
    ranges: tuple[Range, ...] = ()
    start: int = 0
    more_before: bool = False
    more_after: bool = False


@dataclass(frozen=True, slots=True)
class ScorePart:
    """What one feature of the query adds to the score of a document.

    `text` is what is counted ("dân vận", the likeliest first where it is written in several ways),
    `kind` is "âm tiết", "cặp" or "từ". `tf` is how often the document has it, those in the title
    twice, `weight` what it is worth, `points` what the two make (see `indexer.engines.bm25`).
    """

    text: str
    kind: str
    tf: float
    weight: float
    points: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a document was found, in Vietnamese, and the parts of its score.

    Law: the points of the parts sum to the score.
    """

    reasons: tuple[str, ...]
    parts: tuple[ScorePart, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found. `title_ranges` are the matched words in `document.title`.

    `explanation` is None unless it was asked for.
    """

    document: Document
    score: float
    rung: Rung
    title_ranges: tuple[Range, ...]
    snippet: Snippet
    explanation: Explanation | None = None


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
    """A value of a facet, the number of hits that have it, and whether the reader chose it."""

    value: str
    label: str
    count: int
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """A field to narrow by. Counts are disjunctive: choosing a value keeps its siblings' counts.

    `parent` is the name of the facet whose values contain those of this one (year of month), or
    None.
    """

    name: str
    label: str
    values: tuple[FacetValue, ...]
    kind: FacetKind = FacetKind.TERMS
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to a SearchRequest. `rung` is None where nothing was typed or nothing found.

    `suggestion` is a whole query text to try instead, or None. `took_ms` is wall time. `corrected`
    is None, or the text that these are the results of, because nothing has the text requested.
    """

    request: SearchRequest
    rung: Rung | None
    suggestion: str | None
    total: int
    took_ms: float
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...]
    corrected: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """What stands open: generation name, number of documents, build time in ISO 8601 UTC."""

    generation: str
    documents: int
    built_at: str
