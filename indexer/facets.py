"""The facets: the fields that a result can be narrowed by, and the values of a document in each.

`FACETS` is the schema; an engine indexes these values, the query language has a field for each, and
the page shows them. A value is the string in a URL: "2021", "2021-01", "Kiên Giang/Giang Thành".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from indexer.models import Document, Facet, FacetKind, FacetValue
from indexer.partial_date import Precision, precision_of, years_of

PATH_SEPARATOR = "/"
"""Separates the parts of a value of a hierarchy, the largest place first."""

PLACE, PERSON, PUBLISHER = "place", "person", "publisher"
"""Names of the facets whose values are recognised as entities in a query."""

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def parse_month(value: str) -> tuple[int, int] | None:
    """Return (year, month) of a value such as "2021-01", or None if it is not a month."""
    found = _MONTH.fullmatch(value)
    return (int(found[1]), int(found[2])) if found else None


def parent_value(value: str) -> str:
    """Return the value of the parent facet that contains a date: "2021-01" → "2021"."""
    return value.partition("-")[0]


def _same(value: str) -> str:
    return value


def _month_label(value: str) -> str:
    found = parse_month(value)
    return f"tháng {found[1]}/{found[0]}" if found else value


def _path_label(value: str) -> str:
    above, separator, below = value.partition(PATH_SEPARATOR)
    return f"{below} ({above})" if separator else value


@dataclass(frozen=True, slots=True)
class FacetField:
    """One facet of the schema.

    Attributes
    ----------
    name : in URLs, JSON and the index.
    label : on the page, in Vietnamese.
    values : returns the values that a document has.
    query_fields : names in the query language (`nơi:`); they may be typed without marks.
    kind, parent : see `indexer.models.Facet`.
    format_value : value → the text that the page shows for it, in Vietnamese.
    on_front_page : True if the front page of the archive shows this facet.
    listed : False if the values are only for filters and queries, too many to list.
    """

    name: str
    label: str
    values: Callable[[Document], Sequence[str]]
    query_fields: tuple[str, ...]
    kind: FacetKind = FacetKind.TERMS
    parent: str | None = None
    format_value: Callable[[str], str] = _same
    on_front_page: bool = False
    listed: bool = True


def _optional(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _year_values(document: Document) -> tuple[str, ...]:
    """Return the year of the date of a document, or every year of a period; () without a date."""
    return tuple(f"{year:04d}" for year in years_of(document.date)) if document.date else ()


def _month_values(document: Document) -> tuple[str, ...]:
    if document.date is None or precision_of(document.date) is Precision.YEAR:
        return ()
    return (f"{document.date.year:04d}-{document.date.month:02d}",)


def place_value(province: str, district: str | None = None) -> str:
    """Return the facet value of a place: "Kiên Giang/Giang Thành", or the province alone."""
    return f"{province}{PATH_SEPARATOR}{district}" if district else province


def _place_values(document: Document) -> tuple[str, ...]:
    """Return the provinces (former and present names) and districts of a document, each once."""
    values: dict[str, None] = {}
    for place in document.places:
        values[place_value(place.province)] = None
        if place.district:
            values[place_value(place.province, place.district)] = None
        if place.province_now:
            values[place_value(place.province_now)] = None
    return tuple(values)


_DATE, _HIERARCHY = FacetKind.DATE, FacetKind.HIERARCHY

FACETS: tuple[FacetField, ...] = (
    FacetField("year", "Năm", _year_values, ("năm", "year"), _DATE, on_front_page=True),
    FacetField("month", "Tháng", _month_values, ("tháng", "month"), _DATE, "year", _month_label),
    FacetField(
        PLACE, "Địa bàn", _place_values, ("nơi", "địa_bàn", "place"),
        _HIERARCHY, None, _path_label, on_front_page=True,
    ),
    FacetField(
        "report_type", "Loại tin", lambda d: _optional(d.report_type), ("loại", "type"),
        on_front_page=True,
    ),
    FacetField(
        "section", "Chuyên mục", lambda d: _optional(d.section), ("mục", "chuyên_mục", "section"),
        on_front_page=True,
    ),
    FacetField(
        PUBLISHER, "Nơi đăng", lambda d: _optional(d.publisher), ("nơi_đăng", "publisher")
    ),
    FacetField("source", "Nguồn tin", lambda d: _optional(d.source), ("nguồn", "source")),
    FacetField("author", "Tác giả", lambda d: _optional(d.author), ("tác_giả", "author")),
    FacetField(PERSON, "Nhân vật", lambda d: d.persons, ("người", "person")),
    FacetField("organisation", "Cơ quan", lambda d: d.organisations, ("cơ_quan", "organisation")),
    FacetField(
        "document_type", "Loại văn bản", lambda d: _optional(d.document_type),
        ("loại_văn_bản", "document_type"),
    ),
    FacetField("issuer", "Cơ quan ban hành", lambda d: _optional(d.issuer), ("ban_hành", "issuer")),
    FacetField("signer", "Người ký", lambda d: _optional(d.signer), ("người_ký", "signer")),
    FacetField("subject", "Chủ đề", lambda d: d.subjects, ("chủ_đề", "subject")),
    FacetField(
        "number", "Số hiệu", lambda d: _optional(d.number), ("số_hiệu", "number"), listed=False
    ),
    FacetField("cited", "Văn bản được nhắc", lambda d: d.cited, ("văn_bản", "cited")),
)  # fmt: skip

FACET_NAMES: tuple[str, ...] = tuple(facet.name for facet in FACETS)

_BY_NAME = {facet.name: facet for facet in FACETS}


def facet_field(name: str) -> FacetField:
    """Return the facet of this name. Raises KeyError if there is none."""
    return _BY_NAME[name]


def build_facets(
    counts: Mapping[str, Mapping[str, int]], selected: Mapping[str, Sequence[str]]
) -> tuple[Facet, ...]:
    """Return the facets that have at least one value, in the order of `FACETS`.

    Dates are in descending order, other values by descending count, then by value.

    Parameters
    ----------
    counts : facet → value → number of documents.
    selected : facet → chosen values; one is kept even if its count is 0, so that the reader can
        deselect it.
    """
    facets = []
    for field in FACETS:
        chosen = tuple(dict.fromkeys(selected.get(field.name, ())))
        found = dict.fromkeys(chosen, 0) | dict(counts.get(field.name, {}))
        if field.kind is FacetKind.DATE:
            order = sorted(found, reverse=True)
        else:
            order = sorted(found, key=lambda value: (-found[value], value))
        values = tuple(
            FacetValue(value, label(field.name, value), found[value], value in chosen)
            for value in order
        )
        if values and (field.listed or chosen):
            facets.append(Facet(field.name, field.label, values, field.kind, field.parent))
    return tuple(facets)


def without_value(
    filters: Mapping[str, Sequence[str]], name: str, value: str
) -> dict[str, tuple[str, ...]]:
    """Return the filters (facet → values) without one value; removing a year removes its months."""
    left = {facet: tuple(values) for facet, values in filters.items()}
    left[name] = tuple(v for v in left.get(name, ()) if v != value)
    for field in FACETS:
        if field.parent == name and field.name in left:
            left[field.name] = tuple(v for v in left[field.name] if parent_value(v) != value)
    return {facet: values for facet, values in left.items() if values}


@lru_cache(maxsize=1 << 12)
def label(name: str, value: str) -> str:
    """Return the text that the page shows for a value of the facet `name`, in Vietnamese.

    Raises KeyError if there is no such facet.
    """
    return _BY_NAME[name].format_value(value)
