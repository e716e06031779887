"""The facets: which fields a result can be narrowed by, and a document's values in each.

A value is the string that stands in a URL. The values of `place` are paths: "Kiên Giang" and
"Kiên Giang/Giang Thành"; a document also has the name its province bears since 1 July 2025, so
that either name finds it. A `month` is "2021-01".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from indexer.models import Document, Facet, FacetValue

PLACE_SEPARATOR = "/"

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class FacetField:
    """A facet: name in URLs and JSON, label on the page, a document's values.

    `by_value` orders values by themselves, latest first (years, months); else by count, then value.
    """

    name: str
    label: str
    values: Callable[[Document], Sequence[str]]
    by_value: bool = False


def _optional(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _year_values(document: Document) -> tuple[str, ...]:
    return (f"{document.date.year:04d}",) if document.date else ()


def _month_values(document: Document) -> tuple[str, ...]:
    return (f"{document.date.year:04d}-{document.date.month:02d}",) if document.date else ()


def _place_values(document: Document) -> tuple[str, ...]:
    values: dict[str, None] = {}
    for place in document.places:
        values[place.province] = None
        if place.district:
            values[f"{place.province}{PLACE_SEPARATOR}{place.district}"] = None
        if place.province_now:
            values[place.province_now] = None
    return tuple(values)


FACETS: tuple[FacetField, ...] = (
    FacetField("year", "Năm", _year_values, by_value=True),
    FacetField("month", "Tháng", _month_values, by_value=True),
    FacetField("place", "Địa bàn", _place_values),
    FacetField("report_type", "Loại tin", lambda d: _optional(d.report_type)),
    FacetField("section", "Chuyên mục", lambda d: _optional(d.section)),
    FacetField("publisher", "Nơi đăng", lambda d: _optional(d.publisher)),
    FacetField("source", "Nguồn tin", lambda d: _optional(d.source)),
    FacetField("author", "Tác giả", lambda d: _optional(d.author)),
    FacetField("person", "Nhân vật", lambda d: d.persons),
    FacetField("organisation", "Cơ quan", lambda d: d.organisations),
    FacetField("cited", "Văn bản được nhắc", lambda d: d.cited),
)

FACET_NAMES: tuple[str, ...] = tuple(facet.name for facet in FACETS)


def present(
    counts: Mapping[str, Mapping[str, int]], selected: Mapping[str, Sequence[str]]
) -> tuple[Facet, ...]:
    """The facets that have something to offer, in the order of `FACETS`.

    A selected value is shown even where its count is 0, so that it can be taken back.
    """
    shown = []
    for facet in FACETS:
        chosen = tuple(dict.fromkeys(selected.get(facet.name, ())))
        found = dict.fromkeys(chosen, 0) | dict(counts.get(facet.name, {}))
        if facet.by_value:
            order = sorted(found, reverse=True)
        else:
            order = sorted(found, key=lambda value: (-found[value], value))
        values = tuple(
            FacetValue(value, label(facet.name, value), found[value], value in chosen)
            for value in order
        )
        if values:
            shown.append(Facet(facet.name, facet.label, values))
    return tuple(shown)


@lru_cache(maxsize=1 << 12)
def label(facet: str, value: str) -> str:
    """How a value is shown to a person."""
    if facet == "place" and PLACE_SEPARATOR in value:
        province, district = value.split(PLACE_SEPARATOR, 1)
        return f"{district} ({province})"
    if facet == "month" and (month := _MONTH.fullmatch(value)):
        return f"tháng {int(month[2])}/{int(month[1])}"
    return value
