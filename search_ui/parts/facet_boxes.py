"""Make the facets beside the results, as plain links, and the chips of the chosen values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from indexer import (
    PATH_SEPARATOR,
    Facet,
    FacetKind,
    FacetValue,
    FieldType,
    Results,
    SearchRequest,
    facet_schema,
    in_url_order,
    name_key,
    parent_value,
    province_now,
)
from search_ui.http import site
from search_ui.http.i18n import say
from search_ui.http.links import Link, Links
from search_ui.parts import date_range, formatting
from search_ui.parts.value_range import RangeForm, range_form, range_text, without_range

PLACE = "place"
"""The facet whose values are provinces, former ones too, and their districts or communes."""

SHOWN_AT_ONCE = 6
"""Greatest number of values of a facet that are shown at once; chosen ones are shown besides."""
SHOWN_MORE = 14
"""Greatest number of further values that a click on "xem thêm" shows."""
YEARS_AT_ONCE, MONTHS_AT_ONCE = 10, 12
"""SHOWN_AT_ONCE for the facets of years and of months."""
LONG_TEXT = 300
"""Greatest length of a query text, in code points, for which facets have values behind "xem thêm";
each of their links repeats the text."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A facet value beside the results.

    Attributes
    ----------
    count : number of documents, as text.
    url : URL of the search with the value chosen, or no longer chosen if it is `selected`.
    share : count in percent of the largest count of the facet, for a bar; 0 without bars.
    within : the values below it.
    """

    label: str
    count: str
    url: str
    selected: bool
    share: int = 0
    within: tuple[Choice, ...] = ()

    @property
    def unfolded(self) -> bool:
        """True if a value below this one is chosen."""
        return any(choice.selected or choice.unfolded for choice in self.within)

    @property
    def kind_within(self) -> str:
        """The kind of list for `within`: "tree" if a value in it has values below, else "list"."""
        return "tree" if any(choice.within for choice in self.within) else "list"


@dataclass(frozen=True, slots=True)
class FacetBox:
    """A facet beside the results.

    Attributes
    ----------
    name, label : its name in URLs, and its name in the current language.
    kind : "bars" (a chart), "tree" or "list"; "range" if it has two boxes instead of values.
    values : the values that are shown at once.
    more : the values that "xem thêm" shows.
    all : link to the page with all values; None if no value is left out.
    range : the two boxes; None if it has values.
    """

    name: str
    label: str
    kind: str
    values: tuple[Choice, ...]
    more: tuple[Choice, ...]
    all: Link | None
    range: RangeForm | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition of the search: a chosen facet value, a range, or the document whose copies are
    listed.

    `facet` says what it is, `label` its value; `url` leads to the search without it.
    """

    facet: str
    label: str
    url: str


def boxes(
    results: Results, links: Links, only: Collection[str] | None = None
) -> tuple[FacetBox, ...]:
    """Return the facets of the results that have values, in the order of the schema.

    `only` are the names of the facets to return; None for all.
    """
    request = results.request
    present = {facet.name for facet in results.facets}
    # The boxes of a range stay where no hit has a value.
    empty = [facet for facet in _with_range(request) if facet.name not in present]
    found = []
    for facet in (*results.facets, *empty):
        if only is not None and facet.name not in only:
            continue
        if facet.kind.has_ranges:
            found.append(_range_box(facet, request, links))
            continue
        if facet.kind is FacetKind.DATE and facet.parent:
            facet = _within_chosen(facet, facet.parent, request)
        if facet.values:
            found.append(_box(facet, request, links))
    return tuple(found)


def _with_range(request: SearchRequest) -> list[Facet]:
    """Return the own facets of which the request has a range, without values, in the order of the
    archive."""
    return [
        Facet(facet.name, facet.label, (), facet.kind, label_en=facet.label_en)
        for facet in facet_schema(site.profile().fields).facets
        if facet.name in request.ranges
    ]


def _range_box(facet: Facet, request: SearchRequest, links: Links) -> FacetBox:
    form = range_form(facet, request, links)
    return FacetBox(facet.name, facet_name(facet), "range", (), (), None, form)


def _within_chosen(facet: Facet, parent: str, request: SearchRequest) -> Facet:
    """Return a facet with only the values that lie in a chosen value of its parent facet: months
    are listed only for the chosen years.

    `parent` is the name of the parent facet.
    """
    chosen = request.filters.get(parent, ())
    return replace(facet, values=tuple(v for v in facet.values if parent_value(v.value) in chosen))


def _shown_at_once(facet: Facet) -> int:
    if facet.kind is not FacetKind.DATE:
        return SHOWN_AT_ONCE
    return MONTHS_AT_ONCE if facet.parent else YEARS_AT_ONCE


def _box(facet: Facet, request: SearchRequest, links: Links) -> FacetBox:
    top: Sequence[FacetValue] = facet.values
    children: dict[str, list[FacetValue]] = {}
    names: dict[str, str] = {}
    if facet.kind is FacetKind.HIERARCHY:
        top, children = _by_parent(facet.values, province_now if facet.name == PLACE else None)
        names = _merge_former(top, children) if facet.name == PLACE else {}
    kind = "bars" if facet.kind is FacetKind.DATE else "tree" if children else "list"
    at_once = _shown_at_once(facet)
    shown = at_once + (0 if len(request.text) > LONG_TEXT else SHOWN_MORE)
    # A chosen value is always shown, however rare it is.
    rest = top[at_once:] if facet.name in request.filters else ()
    chosen = [value for value in rest if _is_chosen(value, children)]
    likely = top[:shown] if kind == "bars" else sorted(top[:shown], key=_rank)
    first = [*likely[:at_once], *chosen]
    more = [value for value in likely[at_once:] if value not in chosen]
    most = max((value.count for value in top), default=0) if kind == "bars" else 0
    choose = links.chooser(request, facet.name)

    def choice(value: FacetValue, within: tuple[Choice, ...] = ()) -> Choice:
        toggle = links.toggle(request, facet.name, value.value) if value.selected else None
        return Choice(
            names.get(value.value)
            or (
                value.value.rpartition(PATH_SEPARATOR)[2] if kind == "tree" else label(facet, value)
            ),
            formatting.number(value.count),
            toggle or choose(value.value),
            value.selected,
            # A value with any hit gets a visible bar, at least one hundredth.
            max(1, round(100 * value.count / most)) if most and value.count else 0,
            within,
        )

    def below(value: FacetValue) -> tuple[Choice, ...]:
        inside = sorted(children.get(value.value, ())[:shown], key=_rank)
        return tuple(choice(inner, below(inner)) for inner in inside)

    left_out = len(top) - len(first) - len(more)
    return FacetBox(
        facet.name,
        facet_name(facet),
        kind,
        # The districts of a hidden province appear when it is chosen.
        tuple(choice(value, below(value)) for value in first),
        tuple(map(choice, more)),
        _all(facet, request, links) if left_out > 0 else None,
    )


def _all(facet: Facet, request: SearchRequest, links: Links) -> Link:
    text = say("Tất cả {count} mục", count=formatting.number(len(distinct_values(facet)[0])))
    return Link(text, values_url(facet.name, replace(request, page=1), links))


def distinct_values(facet: Facet) -> tuple[list[FacetValue], dict[str, str]]:
    """Return the values of a facet, a province and its former name as one where they have the same
    documents; and the names under which such values are shown."""
    if facet.name != PLACE:
        return [*facet.values], {}
    top, children = _by_parent(facet.values, province_now)
    former = {v.value for inside in children.values() for v in inside if _is_province(v)}
    names = _merge_former(top, children)
    left = {v.value for inside in children.values() for v in inside}
    merged = former - left
    values = [value for value in facet.values if value.value not in merged]
    return values, {value.value: names[value.value] for value in top if value.value in names}


def _is_province(value: FacetValue) -> bool:
    return PATH_SEPARATOR not in value.value


def values_url(facet: str, request: SearchRequest, links: Links) -> str:
    """Return the URL of the page with all values of a facet in a search."""
    return links.search(request, f"chon/{facet}")


def facet_name(facet: Facet) -> str:
    """Return the label of a facet in the current language."""
    if facet.label_en is None:
        return say(facet.label)
    return site.facet_label(facet.label, facet.label_en)


def label(facet: Facet, value: FacetValue) -> str:
    """Return the label of a value: a date or number as the current language writes it, a former
    province with its present name in parentheses, any other as the facet states it."""
    if facet.name == PLACE and (now := province_now(value.value)) != value.value:
        return f"{value.label} ({say('nay là {name}', name=now)})"
    match facet.kind:
        case FacetKind.DATE:
            return formatting.date_value(value.value)
        case FacetKind.VALIDITY:
            return say(value.label)
        case FacetKind.NUMBER:
            return formatting.own_value(value.value, FieldType.NUMBER)
        case FacetKind.OWN_DATE:
            return formatting.own_value(value.value, FieldType.DATE)
    return value.label


def _rank(value: FacetValue) -> tuple[int, str]:
    return -value.count, name_key(value.label)


def _is_chosen(value: FacetValue, children: Mapping[str, Sequence[FacetValue]]) -> bool:
    """Return True if a value or one below it is chosen; `children` is as from `_by_parent`."""
    below = children.get(value.value, ())
    return value.selected or any(_is_chosen(inner, children) for inner in below)


def _by_parent(
    values: Sequence[FacetValue], parent_of: Callable[[str], str] | None = None
) -> tuple[list[FacetValue], dict[str, list[FacetValue]]]:
    """Return the values at the top of a hierarchy, and value → the values directly below it.

    `parent_of` returns the value that a value without separator lies in, or this value. A value
    whose parent is not among `values` counts as one at the top.
    """
    known = {value.value for value in values}
    top: list[FacetValue] = []
    children: dict[str, list[FacetValue]] = {}
    for value in values:
        parent, separator, _ = value.value.rpartition(PATH_SEPARATOR)
        if not separator and parent_of:
            parent = parent_of(value.value)
        if parent != value.value and parent in known:
            children.setdefault(parent, []).append(value)
        else:
            top.append(value)
    return top, children


def _merge_former(
    top: Sequence[FacetValue], children: dict[str, list[FacetValue]]
) -> dict[str, str]:
    """Make a province and its former name one value where they have the same documents.

    A document of a former province has both values. Where a province of today has no other
    documents than those of one former province, `children` lists the districts of that below it.
    Returns the names under which values of `top`, and former provinces below them, are shown.
    """
    names: dict[str, str] = {}
    for value in top:
        former = [v for v in children.get(value.value, ()) if _is_province(v)]
        names |= {v.value: say("{name} cũ", name=v.value) for v in former}
        if len(former) == 1 and former[0].count == value.count and not former[0].selected:
            (same,) = former
            inside = [v for v in children[value.value] if v is not same]
            children[value.value] = [*inside, *children.pop(same.value, ())]
            names[value.value] = f"{value.value} ({names[same.value]})"
    return names


def chips(results: Results, links: Links) -> tuple[Chip, ...]:
    """Return a chip for each condition of a search: the range of dates, those of own facets, the
    chosen values in the order of the facets, and the document whose copies are listed."""
    request = results.request
    facets = {facet.name: facet for facet in results.facets}
    found = []
    if request.date_from or request.date_to:
        without = replace(request, page=1, date_from=None, date_to=None)
        found.append(Chip(say("Thời gian"), date_range.period_text(request), links.search(without)))
    found += [
        Chip(
            facet_name(facet),
            range_text(request.ranges[facet.name], facet.kind),
            links.search(without_range(request, facet.name)),
        )
        for facet in _with_range(request)
    ]
    for name in in_url_order(request.filters):
        chosen = request.filters.get(name, ())
        if not chosen:
            continue
        of, labels = name, {}
        if facet := facets.get(name):
            of = facet_name(facet)
            # "Tháng: 1/2021": the chip already names the facet.
            labels = {
                v.value: label(facet, v).removeprefix("tháng ") for v in facet.values if v.selected
            }
        found += [
            Chip(of, labels.get(value, value), links.toggle(request, name, value))
            for value in chosen
        ]
    if request.copies_of:
        shown = next((h.document for h in results.hits if h.document.id == request.copies_of), None)
        title = formatting.shorten(formatting.display_title(shown), 60) if shown else None
        url = links.search(replace(request, page=1, copies_of=""))
        found.append(Chip(say("Các bản của"), title or request.copies_of, url))
    return tuple(found)


def without_filters(request: SearchRequest, links: Links) -> str:
    """Return the URL of the same search without the conditions that `chips` lists."""
    return links.search(replace(unfiltered(request), copies_of=""))


def unfiltered(request: SearchRequest) -> SearchRequest:
    """Return the request, on its first page, without chosen values and ranges."""
    return replace(request, page=1, filters={}, date_from=None, date_to=None, ranges={})
