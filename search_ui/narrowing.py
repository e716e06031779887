"""What a page shows to narrow a search: facets as plain links, chips for what is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from indexer import FACET_NAMES, Facet, FacetValue, Results, SearchRequest
from search_ui import formats
from search_ui.alphabet import order
from search_ui.language import say
from search_ui.links import Links

SHOWN_AT_ONCE = 6
SHOWN_MORE = 24
YEARS_AT_ONCE = 10
LONG_TEXT = 300
"""A query text of so many characters is repeated by fewer links, to keep the page small."""

_SEPARATOR = "/"  # between province and district: see the facet's own description


@dataclass(frozen=True, slots=True)
class Choice:
    """A facet value: following `url` chooses it, or takes it back where it is `selected`.

    `share` is its part of the largest count in hundredths; `within` are the values below it.
    """

    label: str
    count: str
    url: str
    selected: bool
    share: int = 0
    within: tuple[Choice, ...] = ()

    @property
    def unfolded(self) -> bool:
        """Is a value below this one chosen?"""
        return any(choice.selected for choice in self.within)


@dataclass(frozen=True, slots=True)
class FacetBox:
    """A facet: the values shown at once, those behind "xem thêm", how many are left out.

    `kind` is "bars" (a chart), "tree" or "list".
    """

    name: str
    label: str
    kind: str
    values: tuple[Choice, ...]
    more: tuple[Choice, ...]
    left_out: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen facet value; following `url` takes it back."""

    facet: str
    label: str
    url: str


def boxes(
    results: Results, links: Links, only: Iterable[str] = FACET_NAMES
) -> tuple[FacetBox, ...]:
    """The facets of a result that are named in `only`, in the engine's order."""
    wanted = set(only)
    return tuple(
        _box(facet, results.request, links) for facet in results.facets if facet.name in wanted
    )


def _box(facet: Facet, request: SearchRequest, links: Links) -> FacetBox:
    values: Sequence[FacetValue] = facet.values
    districts: dict[str, list[FacetValue]] = {}
    kind = "bars" if facet.name == "year" else "list"
    if facet.name == "place":
        values, districts = _provinces(values)
        kind = "tree" if districts else "list"
    if kind != "bars":
        values = sorted(values, key=lambda value: (-value.count, order(value.label)))
    at_once = YEARS_AT_ONCE if kind == "bars" else SHOWN_AT_ONCE
    # What is chosen must be in sight, however rare it is.
    chosen = [
        value
        for value in values[at_once:]
        if value.selected or any(below.selected for below in districts.get(value.value, ()))
    ]
    first = [*values[:at_once], *chosen]
    rest = [value for value in values[at_once:] if value not in chosen]
    shown_more = 0 if len(request.text) > LONG_TEXT else SHOWN_MORE
    most = max((value.count for value in values), default=0) if kind == "bars" else 0

    def choices(some: Iterable[FacetValue]) -> tuple[Choice, ...]:
        return tuple(
            _choice(facet.name, value, request, links, most, districts.get(value.value, ()))
            for value in some
        )

    left_out = len(rest) - shown_more
    return FacetBox(
        facet.name,
        say(facet.label),
        kind,
        choices(first),
        choices(rest[:shown_more]),
        formats.number(left_out) if left_out > 0 else "",
    )


def _provinces(
    values: Sequence[FacetValue],
) -> tuple[list[FacetValue], dict[str, list[FacetValue]]]:
    """The provinces and the districts of each; one without its province stays at the top."""
    known = {value.value for value in values}
    top: list[FacetValue] = []
    districts: dict[str, list[FacetValue]] = {}
    for value in values:
        province, separator, district = value.value.partition(_SEPARATOR)
        if separator and province in known:
            districts.setdefault(province, []).append(replace(value, label=district))
        else:
            top.append(value)
    return top, districts


def _choice(
    facet: str,
    value: FacetValue,
    request: SearchRequest,
    links: Links,
    most: int,
    within: Sequence[FacetValue],
) -> Choice:
    within = sorted(within, key=lambda below: (-below.count, order(below.label)))
    return Choice(
        value.label,
        formats.number(value.count),
        links.toggle(request, facet, value.value),
        value.selected,
        # What is there is seen, however small: at least one hundredth.
        max(1, round(100 * value.count / most)) if most and value.count else 0,
        tuple(
            _choice(facet, below, request, links, 0, ())
            for below in within[: SHOWN_MORE if len(request.text) <= LONG_TEXT else 0]
        ),
    )


def chips(results: Results, links: Links) -> tuple[Chip, ...]:
    """What is chosen, in the order of the facets."""
    request = results.request
    facets = {facet.name: facet for facet in results.facets}
    found = []
    for name in FACET_NAMES:
        facet = facets.get(name)
        labels = {value.value: value.label for value in facet.values} if facet else {}
        found += [
            Chip(
                say(facet.label) if facet else name,
                labels.get(value, value),
                links.toggle(request, name, value),
            )
            for value in request.filters.get(name, ())
        ]
    return tuple(found)


def without_filters(request: SearchRequest, links: Links) -> str:
    """The same search without any facet value chosen."""
    return links.search(replace(request, page=1, filters={}))
