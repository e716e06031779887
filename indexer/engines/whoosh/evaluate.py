"""A plan over one segment: which documents match, and what they score.

Every node becomes a mask, one bool per document. At the sizes this is for, a mask of all
documents costs less than merging sorted lists in Python would.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any as Anything

import numpy as np

from indexer.engines.base import K1, TITLE_GAP, B
from indexer.engines.whoosh.facets import FacetTables
from indexer.engines.whoosh.lists import Ints
from indexer.engines.whoosh.segment import Segment
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


def scores(features: Iterable[Feature], segment: Segment, wanted: Ints) -> Floats:
    """What the features add up to for each of the `wanted` documents (ascending): the formula of
    `indexer.engines.base`."""
    total = np.zeros(len(wanted))
    if not segment.average_length or not len(wanted):
        return total
    norms = K1 * (1 - B + B * segment.lengths[wanted] / segment.average_length)
    slot = None
    if len(wanted) < segment.documents:
        slot = np.full(segment.documents, -1, np.int64)
        slot[wanted] = np.arange(len(wanted))
    for feature in features:
        parts = []
        for term, weight in feature.variants:
            postings = segment.postings(FIELDS[feature.kind], term)
            at, tf = postings.ids, weight * postings.weights
            if slot is not None:
                at = slot[at]
                kept = at >= 0
                at, tf = at[kept], tf[kept]
            parts.append((at, tf))
        if len(parts) > 1:
            frequency = np.zeros(len(wanted))
            for at, tf in parts:
                frequency[at] += tf
            has = np.flatnonzero(frequency)
            parts = [(has, frequency[has])]
        for at, tf in parts:
            total[at] += feature.weight * tf * (K1 + 1) / (tf + norms[at])
    return total


def _run(run: Run, segment: Segment) -> Mask:
    """The documents in which the slots stand in order within `slop`."""
    mask = np.zeros(segment.documents, np.bool_)
    if not run.slots:
        return ~mask
    if run.slop >= TITLE_GAP and run.field is TextField.TEXT:
        # Wide enough to reach from the title into the body, which is not "within one field".
        for field in (TextField.TITLE, TextField.BODY):
            mask |= _run(Run(run.slots, run.slop, field), segment)
    elif run.field is TextField.TEXT and len(run.slots) == 1:
        for term in run.slots[0]:
            mask[segment.postings("text", term).ids] = True
    elif run.field is TextField.TEXT and len(run.slots) == 2 and not run.slop:
        for ids in segment.pairs(*run.slots):
            mask[ids] = True
    else:
        starts = _strict(run, segment) if not run.slop else _near(run, segment)
        mask[segment.files.documents_of(starts)] = True
    return mask


def _strict(run: Run, segment: Segment) -> Ints:
    """The places where the slots stand side by side: those of the rarest slot, as far as the
    others are beside it."""
    places = [_places(slot, run.field, segment) for slot in run.slots]
    order = sorted(range(len(places)), key=lambda slot: len(places[slot]))
    starts = places[order[0]] - order[0]
    for slot in order[1:]:
        if not len(starts) or not len(places[slot]):
            return starts[:0]
        wanted = starts + slot
        at = np.searchsorted(places[slot], wanted)
        at[at == len(places[slot])] = 0
        starts = starts[places[slot][at] == wanted]
    return starts


def _near(run: Run, segment: Segment) -> Ints:
    """The places where the slots begin to stand in order within `slop`.

    From each place of the first slot the earliest place of the next is taken, and so on: for a
    given start no other choice ends earlier.
    """
    places = [_places(slot, run.field, segment) for slot in run.slots]
    start = reached = places[0]
    span = len(run.slots) - 1 + min(run.slop, _MAX_SLOP)
    for following in places[1:]:
        at = np.searchsorted(following, reached, side="right")
        inside = at < len(following)
        start, reached = start[inside], following[at[inside]]
        near = reached - start <= span
        start, reached = start[near], reached[near]
    documents_of = segment.files.documents_of
    found: Ints = start[documents_of(start) == documents_of(reached)]
    return found


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
    owners = segment.files.documents_of(places)
    in_body = places - segment.begins[owners] >= segment.body_starts[owners]
    kept: Ints = places[in_body if field is TextField.BODY else ~in_body]
    return kept
