"""Does a document hold what a match tree asks for? Read from the document, not from an index."""

from __future__ import annotations

from collections.abc import Callable

from indexer.models import Document
from indexer.query.plan import All, Any, AtLeast, HasValue, Node, Not, Run
from indexer.results.facets import FACETS


def holds(document: Document, wanted: Node, stands: Callable[[Run], bool]) -> bool:
    """Whether a document without anything excluded matches; `stands` says whether a run stands in
    its text."""
    match wanted:
        case Run():
            return stands(wanted)
        case HasValue(name, values):
            facet = next((facet for facet in FACETS if facet.name == name), None)
            return facet is not None and not set(values).isdisjoint(facet.values(document))
        case All(children):
            return all(holds(document, child, stands) for child in children)
        case Any(children):
            return any(holds(document, child, stands) for child in children)
        case Not():
            return True
        case AtLeast(weighted, minimum):
            held = (weight for child, weight in weighted if holds(document, child, stands))
            return sum(held) >= minimum
