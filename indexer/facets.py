"""The facets: the fields that a result can be narrowed by, and the values of a document in each.

`FACETS` is the schema; an engine indexes these values, the query language has a field for each, and
the page shows them. A value is the string in a URL: "2021", "2021-01", "Kiên Giang/Giang Thành".

An archive adds facets of its own (`[fields.<key>]` in archive.toml), called `field.<key>`; no other
facet or parameter of a URL begins so. A document has the type of its own values with it, so an
engine indexes them without a schema; `facet_schema` returns the schema of one archive, with its own
facets, for queries and the page.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache, partial

from indexer.models import Document, Facet, FacetKind, FacetValue, OwnValues
from indexer.partial_date import Precision, format_date, parse_iso, precision_of, years_of
from indexer.profile.archive_profile import FieldType, OwnField
from indexer.validity import Validity, validity_dates, validity_on

PATH_SEPARATOR = "/"
"""Separates the parts of a value of a hierarchy, the largest place first."""

YEAR, MONTH, DATE = "year", "month", "date"
"""Names of the facets of the date. Their values are each of its years ("2021"), the month in which
it begins, if known ("2021-01"), and the date as far as known, in EDTF."""
VALIDITY = "validity"
"""Name of the facet of the dates between which a document is in force. The index has these dates
(`indexer.validity.validity_dates`); filters and pages have what they say of today (`Validity`)."""
PLACE, PERSON, PUBLISHER = "place", "person", "publisher"
"""Names of the facets whose values are recognised as entities in a query."""

OWN_PREFIX = "field."
"""Stands before the key of an own field in the name of its facet."""

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def parse_month(value: str) -> tuple[int, int] | None:
    """Return (year, month) of a value of the facet MONTH ("2021-01"); None if `value` is not a
    month."""
    found = _MONTH.fullmatch(value)
    return (int(found[1]), int(found[2])) if found else None


def parent_value(value: str) -> str:
    """Return the year of a value of the facets YEAR and MONTH: "2021" for "2021-01"."""
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
    values : returns the values that a document has in the facet; empty if it has none.
    query_fields : names in the query language (`nơi:`), with marks; they may be typed without.
    kind, parent, label_en : as in `indexer.models.Facet`.
    format_value : returns the text that the page shows for a value, in Vietnamese.
    on_front_page : True if the front page of the archive shows this facet.
    listed : False if the page does not list its values, because there are too many; it can still be
        filtered by and asked for in queries.
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
    label_en: str | None = None

    def label_of(self, value: str) -> str:
        """Return the text that the page shows for a value, in Vietnamese."""
        if self.format_value is _same:
            return value
        return _formatted(self.format_value, value)


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
    """Return the places of a document as facet values, each once: its provinces under the names of
    its time and of today, and its districts."""
    values: dict[str, None] = {}
    for place in document.places:
        values[place_value(place.province)] = None
        if place.district:
            values[place_value(place.province, place.district)] = None
        if place.province_now:
            values[place_value(place.province_now)] = None
    return tuple(values)


def _date_label(value: str) -> str:
    try:
        return format_date(parse_iso(value))
    except ValueError:
        return value


_VALIDITY_LABELS: Mapping[str, str] = {
    Validity.IN_FORCE: "đã có hiệu lực",
    Validity.NOT_YET: "chưa có hiệu lực",
    Validity.EXPIRED: "đã hết hiệu lực",
}

_DATE, _HIERARCHY = FacetKind.DATE, FacetKind.HIERARCHY

FACETS: tuple[FacetField, ...] = (
    FacetField(YEAR, "Năm", _year_values, ("năm", "year"), _DATE, on_front_page=True),
    FacetField(MONTH, "Tháng", _month_values, ("tháng", "month"), _DATE, YEAR, _month_label),
    FacetField(
        DATE, "Ngày", lambda d: _optional(str(d.date) if d.date else None), ("ngày", "date"),
        format_value=_date_label, listed=False,
    ),
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
    FacetField(
        VALIDITY, "Hiệu lực theo ngày ghi", lambda d: _optional(validity_dates(d)),
        ("hiệu_lực", "validity"), FacetKind.VALIDITY,
        format_value=lambda value: _VALIDITY_LABELS.get(value, value),
    ),
    FacetField("issuer", "Cơ quan ban hành", lambda d: _optional(d.issuer), ("ban_hành", "issuer")),
    FacetField("signer", "Người ký", lambda d: _optional(d.signer), ("người_ký", "signer")),
    FacetField("subject", "Chủ đề", lambda d: d.subjects, ("chủ_đề", "subject")),
    FacetField(
        "number", "Số hiệu", lambda d: _optional(d.number), ("số_hiệu", "number"), listed=False
    ),
    FacetField("cited", "Văn bản được nhắc", lambda d: d.cited, ("văn_bản", "cited")),
)  # fmt: skip

"""The schema: the facets that every archive has, in the order in which the page shows them."""

FACET_NAMES: tuple[str, ...] = tuple(facet.name for facet in FACETS)
"""The names of FACETS, in the same order."""

QUERY_FIELDS: Mapping[str, str] = {
    "tiêu_đề": "title", "title": "title",
    "nội_dung": "body", "body": "body",
    **{name: facet.name for facet in FACETS for name in facet.query_fields},
}  # fmt: skip
"""Name of a field in the query language, with marks → `title`, `body` or the name of a facet."""

_BY_NAME = {facet.name: facet for facet in FACETS}


def facet_field(name: str) -> FacetField:
    """Return the facet of FACETS with this name. Raises KeyError if there is none."""
    return _BY_NAME[name]


def is_own_facet(name: str) -> bool:
    """True if `name` has the form of the name of an own facet ("field.<key>"), whether an archive
    defines it or not."""
    return name.startswith(OWN_PREFIX)


def own_facet(key: str) -> str:
    """Return the name of the facet of the own field with this key."""
    return f"{OWN_PREFIX}{key}"


def in_url_order(names: Iterable[str]) -> list[str]:
    """Return names of facets, each once, in the order of URLs: those of FACETS in its order, then
    own ones ascending. Other names are left out."""
    known = set(names)
    own = sorted(name for name in known if is_own_facet(name))
    return [*(name for name in FACET_NAMES if name in known), *own]


def own_facet_values(own: OwnValues) -> tuple[str, ...]:
    """Return the facet values of an own field as strings, each once; with a path come the paths
    above it ("Phông A" with "Phông A/Hộp 3")."""
    found: dict[str, None] = {}
    for value in own.values:
        text = str(value)
        if own.type == FieldType.HIERARCHY:
            parts = text.split(PATH_SEPARATOR)
            found |= dict.fromkeys(
                PATH_SEPARATOR.join(parts[:end]) for end in range(1, len(parts) + 1)
            )
        else:
            found[text] = None
    return tuple(found)


def values_by_facet(document: Document) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield (name of a facet, values that the document has in it).

    First come all of FACETS, with no values where the document has none, then the own facets that
    it has values in.
    """
    for facet in FACETS:
        yield facet.name, facet.values(document)
    for own in document.own:
        yield own_facet(own.key), own_facet_values(own)


def facet_values(document: Document, name: str) -> Sequence[str]:
    """Return the values that a document has in the facet `name`; () if it has none or there is no
    such facet."""
    if not is_own_facet(name):
        return _BY_NAME[name].values(document) if name in _BY_NAME else ()
    return next((own_facet_values(own) for own in document.own if own_facet(own.key) == name), ())


@dataclass(frozen=True)
class FacetSchema:
    """The facets of one archive: those of FACETS, and after them its own."""

    facets: tuple[FacetField, ...] = FACETS

    @cached_property
    def by_name(self) -> Mapping[str, FacetField]:
        """Name of a facet → the facet, in the order of the schema."""
        return {facet.name: facet for facet in self.facets}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all facets, in the order of the schema."""
        return tuple(self.by_name)

    @cached_property
    def unlisted(self) -> frozenset[str]:
        """The names of the facets whose values the page does not list, because there are too
        many."""
        return frozenset(facet.name for facet in self.facets if not facet.listed)

    @cached_property
    def own_query_fields(self) -> Mapping[str, str]:
        """Name of a field in the query language → name of the facet, for the archive's own facets.

        A field has the name of its key, and that of its label (`số_trang`) unless it is the key of
        another one.
        """
        own = [facet for facet in self.facets if is_own_facet(facet.name)]
        keys = {facet.query_fields[0]: facet.name for facet in own}
        return {name: facet.name for facet in own for name in facet.query_fields} | keys

    def build(
        self,
        counts: Mapping[str, Mapping[str, int]],
        selected: Mapping[str, Sequence[str]],
        today: date | None = None,
    ) -> tuple[Facet, ...]:
        """Return the facets that have at least one value, in the order of the schema.

        An unlisted facet is left out unless a value of it is selected. A selected value is kept
        even if its count is 0, so that the reader can deselect it. Dates are in descending order,
        other values by descending count, then by value. A facet with ranges has only its least,
        greatest and selected values.

        Parameters
        ----------
        counts : facet → value → number of documents; facets that the schema lacks are ignored.
        selected : facet → values that the reader chose.
        today : the day of which the facet VALIDITY tells; None for the present one.
        """
        if dates := counts.get(VALIDITY):
            counts = {**counts, VALIDITY: _by_validity(dates, today or date.today())}
        return tuple(_built(self.facets, counts, selected))


BUILT_IN = FacetSchema()
"""The schema of an archive without own fields."""


@lru_cache(maxsize=64)
def facet_schema(own: tuple[OwnField, ...]) -> FacetSchema:
    """Return the schema of an archive with these own fields, in their order. Cached."""
    return FacetSchema((*FACETS, *map(_own_facet_field, own))) if own else BUILT_IN


def _own_facet_field(own: OwnField) -> FacetField:
    name, kind = own_facet(own.key), _OWN_KINDS.get(own.type, FacetKind.TERMS)
    return FacetField(
        name,
        own.label,
        partial(_values_of, name=name),
        (own.key, "_".join(own.label.lower().split())),
        kind,
        format_value=_OWN_LABELS.get(own.type, _same),
        on_front_page=own.facet and not kind.has_ranges,
        listed=own.facet,
        label_en=own.label_en,
    )


def _values_of(document: Document, name: str) -> Sequence[str]:
    return facet_values(document, name)


def format_number(value: float | str) -> str:
    """Return a number as Vietnamese writes it: "1.234,5" for 1234.5.

    A decimal part of "0" is dropped. What is no plain decimal number (1e30, "abc") is returned as a
    string, unchanged.
    """
    whole, _, part = str(value).removeprefix("-").partition(".")
    if not whole.isdecimal() or not (part or "0").isdecimal():
        return str(value)
    sign = "-" if str(value).startswith("-") else ""
    decimals = f",{part}" if part and part != "0" else ""
    return f"{sign}{int(whole):,}".replace(",", ".") + decimals


_NUMBER = re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:[. \u00a0]\d{3})+|\d+)(?:,\d+)?")
"""A number as Vietnamese writes it: a comma before the decimals, dots or spaces between thousands
(law on accounting 88/2015/QH13, article 11)."""
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_ENGLISH_NUMBER = re.compile(r"[+-]?\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?|[+-]?\d{1,3}(?:,\d{3})+\.\d+")


def parse_number(text: str) -> int | float | None:
    """Return the number that a text is, an int if it is whole; "1.234,5" is read as Vietnamese
    writes it, and "1.234" is 1234.

    None for other texts, infinity, and whole numbers from 10^18 on.
    """
    text = " ".join(text.split())
    if _NUMBER.fullmatch(text):
        text = re.sub(r"[. ]", "", text).replace(",", ".")
    elif _ENGLISH_NUMBER.fullmatch(text):
        text = text.replace(",", "")
    elif not _PLAIN_NUMBER.fullmatch(text):
        return None
    return storable_number(float(text) if "." in text else int(text))


def storable_number(value: float) -> int | float | None:
    """Return a number as an index stores it, a float without decimals as an int; None for NaN,
    infinity, and whole numbers from 10^18 on."""
    if isinstance(value, int):
        return value if abs(value) < 10**18 else None
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


_OWN_KINDS: Mapping[FieldType, FacetKind] = {
    FieldType.HIERARCHY: FacetKind.HIERARCHY,
    FieldType.NUMBER: FacetKind.NUMBER,
    FieldType.DATE: FacetKind.OWN_DATE,
}
_OWN_LABELS: Mapping[FieldType, Callable[[str], str]] = {
    FieldType.HIERARCHY: lambda value: value.replace(PATH_SEPARATOR, " › "),
    FieldType.NUMBER: format_number,
    FieldType.DATE: _date_label,
}


def _built(
    fields: Sequence[FacetField],
    counts: Mapping[str, Mapping[str, int]],
    selected: Mapping[str, Sequence[str]],
) -> Iterator[Facet]:
    for field in fields:
        chosen = tuple(dict.fromkeys(selected.get(field.name, ())))
        if not field.listed and not chosen:
            continue
        found = dict.fromkeys(chosen, 0) | dict(counts.get(field.name, {}))
        if field.kind is FacetKind.DATE:
            order = sorted(found, reverse=True)
        elif field.kind.has_ranges:
            order = _ends(found, chosen, field.kind)
        else:
            order = sorted(found, key=lambda value: (-found[value], value))
        values = tuple(
            FacetValue(value, field.label_of(value), found[value], value in chosen)
            for value in order
        )
        if values:
            yield Facet(field.name, field.label, values, field.kind, field.parent, field.label_en)


def _by_validity(counts: Mapping[str, int], today: date) -> dict[str, int]:
    """Return state on a day → number of documents; `counts` are those of `validity_dates`, of which
    a document has only one."""
    found: dict[str, int] = {}
    for dates, count in counts.items():
        if state := validity_on(dates, today):
            found[state] = found.get(state, 0) + count
    return found


def _ends(values: Collection[str], chosen: Collection[str], kind: FacetKind) -> list[str]:
    """Return the least, the greatest and the chosen values of a facet with ranges, ascending."""
    key = _by_number if kind is FacetKind.NUMBER else _same
    ends = {min(values, key=key), max(values, key=key)} if values else set()
    return sorted({*ends, *chosen}, key=key)


def _by_number(value: str) -> tuple[float, str]:
    try:
        return float(value), value
    except ValueError:  # a filter may be any text; it stands last
        return math.inf, value


def without_value(
    filters: Mapping[str, Sequence[str]], name: str, value: str
) -> dict[str, tuple[str, ...]]:
    """Return the filters (facet → values) without one value.

    Without a year, its months are removed too. Facets without any value left are left out.
    """
    left = {facet: tuple(values) for facet, values in filters.items()}
    left[name] = tuple(v for v in left.get(name, ()) if v != value)
    for field in FACETS:
        if field.parent == name and field.name in left:
            left[field.name] = tuple(v for v in left[field.name] if parent_value(v) != value)
    return {facet: values for facet, values in left.items() if values}


def label(name: str, value: str) -> str:
    """Return the text that the page shows for a value of the facet `name`, in Vietnamese.

    Raises KeyError if FACETS has no such facet.
    """
    return _BY_NAME[name].label_of(value)


@lru_cache(maxsize=1 << 12)
def _formatted(format_value: Callable[[str], str], value: str) -> str:
    return format_value(value)
