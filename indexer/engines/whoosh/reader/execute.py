"""A plan over one segment: which documents match, and what they score.

Every node becomes a mask, one bool per document. At the sizes this is for, a mask of all
documents costs less than merging sorted lists in Python would.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from indexer.engines.bm25 import TITLE_GAP
from indexer.engines.whoosh.postings.decoded import Floats, Wanted, saturated
from indexer.engines.whoosh.postings.elias_fano import Ints, Mask, look_up
from indexer.engines.whoosh.reader.facet_counts import FacetTables
from indexer.engines.whoosh.reader.segment import Segment
from indexer.query.plan import (
    All,
    Any,
    AtLeast,
    Feature,
    FeatureKind,
    FeatureScore,
    HasValue,
    Node,
    Not,
    Phrase,
    Slot,
    TextField,
)

FIELDS = {FeatureKind.SYLLABLE: "text", FeatureKind.PAIR: "pairs", FeatureKind.WORD: "words"}

_MAX_SLOP = 1 << 30
_MOST = 4
"""With one in so many documents wanted, all are scored."""
_UNITS = 1 << 14
"""All weights of one sum in whole numbers; they must fit into 16 bits."""


def matches(node: Node, segment: Segment, facets: FacetTables, within: Mask | None = None) -> Mask:
    """Which documents match, by document number. Where only those `within` a mask are of interest,
    what is said of others may be wrong."""
    match node:
        case Phrase():
            return _run(node, segment, within)
        case HasValue(facet, values):
            return facets.having(facet, values)
        case All(children):
            mask = np.ones(segment.documents, np.bool_)
            # Runs whose places must be read come last: they are read for what the others leave.
            for child in sorted(children, key=_reads_places):
                mask &= matches(child, segment, facets, mask)
                if not mask.any():
                    break
            return mask
        case Any(children):
            mask = np.zeros(segment.documents, np.bool_)
            for child in children:
                mask |= matches(child, segment, facets, within)
            return mask
        case Not(child):
            return ~matches(child, segment, facets, within)
        case AtLeast(weighted, minimum):
            # What weighs nothing is there to be highlighted.
            heavy = [
                (matches(child, segment, facets, within), weight)
                for child, weight in weighted
                if weight
            ]
            return reaching(heavy, minimum, segment.documents)


def _reads_places(node: Node) -> bool:
    """Whether postings alone do not tell (see `_run`)."""
    if not isinstance(node, Phrase):
        return False
    return node.field is not TextField.TEXT or len(node.slots) > 2 or node.slop > 0


def reaching(parts: Sequence[tuple[Mask, float]], minimum: float, documents: int) -> Mask:
    """The documents in which the weights of the masks add up to the minimum.

    They are added as whole numbers, rounded down, at a quarter of the time; the sums are exact for
    the few documents that this leaves open.
    """
    unit = sum(weight for _, weight in parts) / _UNITS or 1.0
    rough = np.zeros(documents, np.int16)
    for mask, weight in parts:
        gained = mask.astype(np.int16)
        gained *= int(weight / unit)
        rough += gained
    least = minimum / unit
    reached = rough > least + 1
    # Each rounding took less than one.
    left_open = np.flatnonzero(~reached & (rough >= least - len(parts) - 1))
    exact = np.zeros(len(left_open))
    for mask, weight in parts:
        exact += mask[left_open] * weight
    reached[left_open] = exact >= minimum
    return reached


def scores(features: Iterable[Feature], segment: Segment, wanted: Ints) -> Floats:
    """What the features add up to for each of the `wanted` documents (ascending): the formula of
    `indexer.engines.bm25`."""
    if len(wanted) * _MOST > segment.documents:
        # Cheaper to score every document than to look these up.
        return _scores(features, segment, Wanted(None, segment.norms))[wanted]
    return _scores(features, segment, Wanted(wanted, segment.norms))


def _scores(features: Iterable[Feature], segment: Segment, wanted: Wanted) -> Floats:
    count = len(wanted.norms)
    total = np.zeros(count)
    if not count:
        return total
    for feature in features:
        field = FIELDS[feature.kind]
        if len(feature.variants) == 1 and feature.variants[0][1] == 1:
            column = segment.column(field, feature.variants[0][0])
            column.add_gains(total, wanted, feature.weight)
            continue
        tf = np.zeros(count)
        for term, weight in feature.variants:
            segment.column(field, term).add_tf(tf, wanted, weight)
        total += saturated(tf, wanted.norms, feature.weight)
    return total


def _run(run: Phrase, segment: Segment, within: Mask | None = None) -> Mask:
    """The documents in which the slots stand in order within `slop`, of those `within`."""
    mask = np.zeros(segment.documents, np.bool_)
    if not run.slots:
        return ~mask
    if run.slop >= TITLE_GAP and run.field is TextField.TEXT:
        # Wide enough to reach from the title into the body, which is not "within one field".
        for field in (TextField.TITLE, TextField.BODY):
            mask |= _run(Phrase(run.slots, run.slop, field), segment, within)
    elif run.field is TextField.TEXT and len(run.slots) == 1:
        for term in run.slots[0]:
            segment.column("text", term).mark(mask)
    elif run.field is TextField.TEXT and len(run.slots) == 2 and not run.slop:
        _mark_pairs(run.slots[0], run.slots[1], segment, mask)
    else:
        wanted = ~mask if within is None else within.copy()
        starts = _near(run, segment, wanted) if run.slop else _strict(run, segment, wanted)
        mask[segment.files.documents_of(starts)] = True
    return mask


def _mark_pairs(firsts: Slot, seconds: Slot, segment: Segment, mask: Mask) -> None:
    """Set the documents with one of `firsts` right before one of `seconds`."""
    for first in dict.fromkeys(firsts):
        for second in dict.fromkeys(seconds):
            if segment.pair_frequency(first, second):
                segment.column("pairs", f"{first} {second}").mark(mask)


def _strict(run: Phrase, segment: Segment, mask: Mask) -> Ints:
    """The places where the slots stand side by side, in documents of the mask (which is changed):
    those of the rarest slot, as far as the others are beside it."""
    for first, second in pairwise(run.slots):
        pair = np.zeros(segment.documents, np.bool_)
        _mark_pairs(first, second, segment, pair)
        mask &= pair
    documents = np.flatnonzero(mask)
    if not len(documents):
        return documents
    places = [_places(slot, run.field, segment, documents) for slot in run.slots]
    order = sorted(range(len(places)), key=lambda slot: len(places[slot]))
    starts = places[order[0]] - order[0]
    for slot in order[1:]:
        if not len(starts) or not len(places[slot]):
            return starts[:0]
        starts = starts[look_up(places[slot], starts + slot)[1]]
    return starts


def _near(run: Phrase, segment: Segment, mask: Mask) -> Ints:
    """The places where the slots begin to stand in order within `slop`, in documents of the mask
    (which is changed).

    From each place of the first slot the earliest place of the next is taken, and so on: for a
    given start no other choice ends earlier.
    """
    for slot in run.slots:
        mask &= _run(Phrase((slot,)), segment)
    documents = np.flatnonzero(mask)
    places = [_places(slot, run.field, segment, documents) for slot in run.slots]
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


def _places(slot: Slot, field: TextField, segment: Segment, documents: Ints) -> Ints:
    """The places of a slot's terms in a field of these documents, ascending."""
    found = [segment.places(term, documents) for term in dict.fromkeys(slot)]
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


# MERGED DOC: """What each feature of a plan adds to the score of one document.
#
# Beside `evaluate.scores`, which adds up many documents at once and keeps only the sums.
# """


def feature_scores(
    features: Iterable[Feature], segment: Segment, number: int
) -> Iterator[FeatureScore]:
    """The features that the document with this number has, in order."""
    wanted = Wanted(np.array([number]), segment.norms)
    for feature in features:
        tf = np.zeros(1)
        for term, weight in feature.variants:
            segment.column(FIELDS[feature.kind], term).add_tf(tf, wanted, weight)
        if tf[0]:
            points = saturated(tf, wanted.norms, feature.weight)
            yield FeatureScore(feature, float(tf[0]), float(points[0]))
