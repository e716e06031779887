"""A plan over one segment: which documents match, and what they score.

Every node becomes a mask, one bool per document. At the sizes this is for, a mask of all
documents costs less than merging sorted lists in Python would.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any as Anything

import numpy as np

from indexer.engines.base import K1, TITLE_GAP, B
from indexer.engines.whoosh.blocks import Ints
from indexer.engines.whoosh.facets import FacetTables
from indexer.engines.whoosh.segment import DOCUMENT_SHIFT, Segment
from indexer.query.plan import (
    All,
    Any,
    AtLeast,
    Feature,
    FeatureKind,
    HasValue,
    Node,
    Not,
    Run,
    Slot,
    TextField,
)

Mask = np.ndarray[Anything, np.dtype[np.bool_]]
Floats = np.ndarray[Anything, np.dtype[np.float64]]

FIELDS = {FeatureKind.SYLLABLE: "text", FeatureKind.PAIR: "pairs", FeatureKind.WORD: "words"}

_MAX_SLOP = 1 << 30


def matches(node: Node, segment: Segment, facets: FacetTables) -> Mask:
    """Which documents match, by document number."""
    match node:
        case Run():
            return _run(node, segment)
        case HasValue(facet, values):
            return facets.having(facet, values)
        case All(children):
            mask = np.ones(segment.documents, np.bool_)
            for child in children:
                mask &= matches(child, segment, facets)
            return mask
        case Any(children):
            mask = np.zeros(segment.documents, np.bool_)
            for child in children:
                mask |= matches(child, segment, facets)
            return mask
        case Not(child):
            return ~matches(child, segment, facets)
        case AtLeast(weighted, minimum):
            total = np.zeros(segment.documents)
            for child, weight in weighted:
                total[matches(child, segment, facets)] += weight
            return total >= minimum


def scores(features: Iterable[Feature], segment: Segment) -> Floats:
    """What the features add up to for every document: the formula of `indexer.engines.base`."""
    total = np.zeros(segment.documents)
    if not segment.average_length:
        return total
    norms = K1 * (1 - B + B * segment.lengths / segment.average_length)
    for feature in features:
        frequency = np.zeros(segment.documents)
        for term, weight in feature.variants:
            postings = segment.postings(FIELDS[feature.kind], term)
            frequency[postings.ids] += weight * postings.weights
        has = np.flatnonzero(frequency)
        tf = frequency[has]
        total[has] += feature.weight * tf * (K1 + 1) / (tf + norms[has])
    return total


def _run(run: Run, segment: Segment) -> Mask:
    """The documents in which the slots stand in order within `slop`.

    From each place of the first slot the earliest place of the next is taken, and so on: for a
    given start no other choice ends earlier.
    """
    if not run.slots:
        return np.ones(segment.documents, np.bool_)
    mask = np.zeros(segment.documents, np.bool_)
    if run.slop >= TITLE_GAP and run.field is TextField.TEXT:
        # Wide enough to reach from the title into the body, which is not "within one field".
        for field in (TextField.TITLE, TextField.BODY):
            mask |= _run(Run(run.slots, run.slop, field), segment)
        return mask
    if len(run.slots) == 1 and run.field is TextField.TEXT:
        for term in run.slots[0]:
            mask[segment.postings("text", term).ids] = True
        return mask
    places = _common([_places(slot, run.field, segment) for slot in run.slots], segment.documents)
    start = reached = places[0]
    span = len(run.slots) - 1 + min(run.slop, _MAX_SLOP)
    for following in places[1:]:
        at = np.searchsorted(following, reached, side="right")
        inside = at < len(following)
        start, reached = start[inside], following[at[inside]]
        near = reached - start <= span
        start, reached = start[near], reached[near]
    mask[start >> DOCUMENT_SHIFT] = True
    return mask


def _places(slot: Slot, field: TextField, segment: Segment) -> Ints:
    """All places of a slot's terms in a field, ascending."""
    found = [segment.postings("text", term).places for term in dict.fromkeys(slot)]
    found = [places for places in found if places.size]
    if not found:
        return np.zeros(0, np.int64)
    # A syllable has one term, so the places of different terms never coincide.
    places = found[0] if len(found) == 1 else np.sort(np.concatenate(found))
    if field is TextField.TEXT:
        return places
    in_body = (places & ((1 << DOCUMENT_SHIFT) - 1)) >= segment.body_starts[
        places >> DOCUMENT_SHIFT
    ]
    kept: Ints = places[in_body if field is TextField.BODY else ~in_body]
    return kept


def _common(places: list[Ints], documents: int) -> list[Ints]:
    """Only the places in documents that all slots have."""
    shared = np.ones(documents, np.bool_)
    for found in places:
        has = np.zeros(documents, np.bool_)
        has[found >> DOCUMENT_SHIFT] = True
        shared &= has
    return [found[shared[found >> DOCUMENT_SHIFT]] for found in places]
