"""A plan over one segment: which documents match, and what they score.

Every node becomes a mask, one bool per document. At the sizes this is for, a mask of all
documents costs less than merging sorted lists in Python would.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from indexer.engines.bm25 import TITLE_GAP
from indexer.engines.whoosh.postings.decoded import Candidates, Floats, bm25_gain
from indexer.engines.whoosh.postings.elias_fano import Ints, Mask, find_sorted
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
_SCORE_ALL_RATIO = 4
"""With one in so many documents wanted, all are scored."""
_WEIGHT_UNITS = 1 << 14
"""All weights of one sum in whole numbers; they must fit into 16 bits."""


def matches(node: Node, segment: Segment, facets: FacetTables, within: Mask | None = None) -> Mask:
    """Which documents match, by document number. Where only those `within` a mask are of interest,
    what is said of others may be wrong."""
    match node:
        case Phrase():
            return _match_phrase(node, segment, within)
        case HasValue(facet, values):
            return facets.with_any_value(facet, values)
        case All(children):
            mask = np.ones(segment.documents, np.bool_)
            # Runs whose positions must be read come last: they are read for what the others leave.
            for child in sorted(children, key=_reads_positions):
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
            return match_at_least(heavy, minimum, segment.documents)


def _reads_positions(node: Node) -> bool:
    """Whether postings alone do not tell (see `_run`)."""
    if not isinstance(node, Phrase):
        return False
    return node.field is not TextField.TEXT or len(node.slots) > 2 or node.slop > 0


def match_at_least(parts: Sequence[tuple[Mask, float]], minimum: float, documents: int) -> Mask:
    """The documents in which the weights of the masks add up to the minimum.

    They are added as whole numbers, rounded down, at a quarter of the time; the sums are exact for
    the few documents that this leaves open.
    """
    unit = sum(weight for _, weight in parts) / _WEIGHT_UNITS or 1.0
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
    if len(wanted) * _SCORE_ALL_RATIO > segment.documents:
        # Cheaper to score every document than to look these up.
        return _scores(features, segment, Candidates(None, segment.norms))[wanted]
    return _scores(features, segment, Candidates(wanted, segment.norms))


def _scores(features: Iterable[Feature], segment: Segment, wanted: Candidates) -> Floats:
    count = len(wanted.norms)
    total = np.zeros(count)
    if not count:
        return total
    for feature in features:
        field = FIELDS[feature.kind]
        if len(feature.variants) == 1 and feature.variants[0][1] == 1:
            postings = segment.decoded_postings(field, feature.variants[0][0])
            postings.add_gains(total, wanted, feature.weight)
            continue
        tf = np.zeros(count)
        for term, weight in feature.variants:
            segment.decoded_postings(field, term).add_tf(tf, wanted, weight)
        total += bm25_gain(tf, wanted.norms, feature.weight)
    return total


def _match_phrase(phrase: Phrase, segment: Segment, within: Mask | None = None) -> Mask:
    """The documents in which the slots stand in order within `slop`, of those `within`."""
    mask = np.zeros(segment.documents, np.bool_)
    if not phrase.slots:
        return ~mask
    if phrase.slop >= TITLE_GAP and phrase.field is TextField.TEXT:
        # Wide enough to reach from the title into the body, which is not "within one field".
        for field in (TextField.TITLE, TextField.BODY):
            mask |= _match_phrase(Phrase(phrase.slots, phrase.slop, field), segment, within)
    elif phrase.field is TextField.TEXT and len(phrase.slots) == 1:
        for term in phrase.slots[0]:
            segment.decoded_postings("text", term).mark(mask)
    elif phrase.field is TextField.TEXT and len(phrase.slots) == 2 and not phrase.slop:
        _mark_pairs(phrase.slots[0], phrase.slots[1], segment, mask)
    else:
        wanted = ~mask if within is None else within.copy()
        starts = (
            _sloppy_starts(phrase, segment, wanted)
            if phrase.slop
            else _exact_starts(phrase, segment, wanted)
        )
        mask[segment.files.documents_of(starts)] = True
    return mask


def _mark_pairs(firsts: Slot, seconds: Slot, segment: Segment, mask: Mask) -> None:
    """Set the documents with one of `firsts` right before one of `seconds`."""
    for first in dict.fromkeys(firsts):
        for second in dict.fromkeys(seconds):
            if segment.pair_frequency(first, second):
                segment.decoded_postings("pairs", f"{first} {second}").mark(mask)


def _exact_starts(phrase: Phrase, segment: Segment, mask: Mask) -> Ints:
    """The positions where the slots stand side by side, in documents of the mask (which is changed):
    those of the rarest slot, as far as the others are beside it."""
    for first, second in pairwise(phrase.slots):
        pair = np.zeros(segment.documents, np.bool_)
        _mark_pairs(first, second, segment, pair)
        mask &= pair
    documents = np.flatnonzero(mask)
    if not len(documents):
        return documents
    positions = [_slot_positions(slot, phrase.field, segment, documents) for slot in phrase.slots]
    order = sorted(range(len(positions)), key=lambda slot: len(positions[slot]))
    starts = positions[order[0]] - order[0]
    for slot in order[1:]:
        if not len(starts) or not len(positions[slot]):
            return starts[:0]
        starts = starts[find_sorted(positions[slot], starts + slot)[1]]
    return starts


def _sloppy_starts(phrase: Phrase, segment: Segment, mask: Mask) -> Ints:
    """The positions where the slots begin to stand in order within `slop`, in documents of the mask
    (which is changed).

    From each place of the first slot the earliest place of the next is taken, and so on: for a
    given start no other choice ends earlier.
    """
    for slot in phrase.slots:
        mask &= _match_phrase(Phrase((slot,)), segment)
    documents = np.flatnonzero(mask)
    positions = [_slot_positions(slot, phrase.field, segment, documents) for slot in phrase.slots]
    start = reached = positions[0]
    span = len(phrase.slots) - 1 + min(phrase.slop, _MAX_SLOP)
    for following in positions[1:]:
        at = np.searchsorted(following, reached, side="right")
        inside = at < len(following)
        start, reached = start[inside], following[at[inside]]
        near = reached - start <= span
        start, reached = start[near], reached[near]
    documents_of = segment.files.documents_of
    found: Ints = start[documents_of(start) == documents_of(reached)]
    return found


def _slot_positions(slot: Slot, field: TextField, segment: Segment, documents: Ints) -> Ints:
    """The positions of a slot's terms in a field of these documents, ascending."""
    found = [segment.global_positions(term, documents) for term in dict.fromkeys(slot)]
    found = [positions for positions in found if positions.size]
    if not found:
        return np.zeros(0, np.int64)
    # A syllable has one term, so the positions of different terms never coincide.
    positions = found[0] if len(found) == 1 else np.sort(np.concatenate(found))
    if field is TextField.TEXT:
        return positions
    owners = segment.files.documents_of(positions)
    in_body = positions - segment.position_bases[owners] >= segment.body_starts[owners]
    kept: Ints = positions[in_body if field is TextField.BODY else ~in_body]
    return kept


# MERGED DOC: """What each feature of a plan adds to the score of one document.
#
# Beside `evaluate.scores`, which adds up many documents at once and keeps only the sums.
# """


def feature_scores(
    features: Iterable[Feature], segment: Segment, number: int
) -> Iterator[FeatureScore]:
    """The features that the document with this number has, in order."""
    wanted = Candidates(np.array([number]), segment.norms)
    for feature in features:
        tf = np.zeros(1)
        for term, weight in feature.variants:
            segment.decoded_postings(FIELDS[feature.kind], term).add_tf(tf, wanted, weight)
        if tf[0]:
            points = bm25_gain(tf, wanted.norms, feature.weight)
            yield FeatureScore(feature, float(tf[0]), float(points[0]))
