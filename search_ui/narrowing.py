"""What a page shows to narrow a search: facets as plain links, chips for what is chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace

from indexer import FACET_NAMES, Facet, FacetValue, Results, SearchRequest
from search_ui import formats
from search_ui.links import Links

SHOWN_AT_ONCE = 6
SHOWN_MORE = 24


@dataclass(frozen=True, slots=True)
class Choice:
    """A facet value: following `url` chooses it, or takes it back where it is `selected`."""

    label: str
    count: str
    url: str
    selected: bool


@dataclass(frozen=True, slots=True)
class FacetBox:
    """A facet: the values shown at once, those behind "xem thêm", how many are left out."""

    name: str
    label: str
    values: tuple[Choice, ...]
    more: tuple[Choice, ...]
    left_out: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen facet value; following `url` takes it back."""

    facet: str
    label: str
    url: str


def boxes(results: Results, links: Links) -> tuple[FacetBox, ...]:
    """The facets of a result in the engine's order."""
    return tuple(_box(facet, results.request, links) for facet in results.facets)


def _box(facet: Facet, request: SearchRequest, links: Links) -> FacetBox:
    # What is chosen must be in sight, however rare it is.
    first = facet.values[:SHOWN_AT_ONCE]
    chosen = tuple(value for value in facet.values[SHOWN_AT_ONCE:] if value.selected)
    rest = [value for value in facet.values[SHOWN_AT_ONCE:] if not value.selected]
    left_out = len(rest) - SHOWN_MORE
    return FacetBox(
        facet.name,
        facet.label,
        tuple(_choice(facet, value, request, links) for value in first + chosen),
        tuple(_choice(facet, value, request, links) for value in rest[:SHOWN_MORE]),
        formats.number(left_out) if left_out > 0 else "",
    )


def _choice(facet: Facet, value: FacetValue, request: SearchRequest, links: Links) -> Choice:
    return Choice(
        value.label,
        formats.number(value.count),
        links.toggle(request, facet.name, value.value),
        value.selected,
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
                facet.label if facet else name,
                labels.get(value, value),
                links.toggle(request, name, value),
            )
            for value in request.filters.get(name, ())
        ]
    return tuple(found)


def without_filters(request: SearchRequest, links: Links) -> str:
    """The same search without any facet value chosen."""
    return links.search(replace(request, page=1, filters={}))
