"""Execute a plan over one segment: find the documents that match, and score them.

Each node of the match tree is evaluated to a mask, one bool per document of the segment. With some
hundred thousand documents, such masks take less time than merging sorted lists in Python would.

*Global positions* are positions in the concatenation of all documents of the segment (see
`writer.runs`). Functions that read the segment raise IndexDamaged if a file turns out to be
damaged, and SearchTimeout once the time limit of the thread (`runtime.time_limit`) has passed.
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
from indexer.runtime.time_limit import check_time

FIELDS = {FeatureKind.SYLLABLE: "text", FeatureKind.PAIR: "pairs", FeatureKind.WORD: "words"}
"""Kind of feature -> the field of the index (`schema.SCHEMA`) that holds its terms."""

_MAX_SLOP = 1 << 30
"""A larger slop is reduced to this number of positions, which no document has."""
_SCORE_ALL_RATIO = 4
"""If more than one document in this many is to be scored, all are scored, because looking up the
candidates among the postings then takes longer."""
_WEIGHT_UNITS = 1 << 14
"""`match_at_least` scales the weights to integers that add up to at most this, so that every sum
fits into int16."""


def matches(node: Node, segment: Segment, facets: FacetTables, within: Mask | None = None) -> Mask:
    """Return the mask `(documents,)` of the documents that match the node, deleted ones included.

    With `within`, also a mask `(documents,)`, only the result for its documents is meaningful,
    which saves reading the positions of the others; None asks for all.
    """
    check_time()
    match node:
        case Phrase():
            return _match_phrase(node, segment, within)
        case HasValue(facet, values):
            return facets.with_any_value(facet, values)
        case All(children):
            mask = np.ones(segment.documents, np.bool_)
            # Phrases that need positions come last: they are read only for the documents that the
            # other children leave.
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
            # Children of weight 0 are there only to be highlighted.
            weighted_masks = [
                (matches(child, segment, facets, within), weight)
                for child, weight in weighted
                if weight
            ]
            return match_at_least(weighted_masks, minimum, segment.documents)


def _reads_positions(node: Node) -> bool:
    """Return True if the node itself is a phrase whose positions `_match_phrase` may have to
    read."""
    if not isinstance(node, Phrase):
        return False
    return (
        node.field is not TextField.TEXT
        or len(node.slots) > 2
        or node.slop > 0
        or bool(node.outside)
    )


def match_at_least(parts: Sequence[tuple[Mask, float]], minimum: float, documents: int) -> Mask:
    """Return the mask `(documents,)` of the documents with a total weight of at least `minimum`.

    The weights are first added as integers, rounded down, which takes a quarter of the time; exact
    sums are computed only for the few documents that this leaves undecided.

    Parameters
    ----------
    parts : (mask `(documents,)`, weight); a document has the weights whose masks are True for it.
    documents : number of documents of the segment.
    """
    unit = sum(weight for _, weight in parts) / _WEIGHT_UNITS or 1.0
    rough = np.zeros(documents, np.int16)
    for mask, weight in parts:
        scaled = mask.astype(np.int16)
        scaled *= int(weight / unit)
        rough += scaled
    threshold = minimum / unit
    matched = rough > threshold + 1
    # Rounding lowered each weight by less than one unit.
    undecided = np.flatnonzero(~matched & (rough >= threshold - len(parts) - 1))
    exact = np.zeros(len(undecided))
    for mask, weight in parts:
        exact += mask[undecided] * weight
    matched[undecided] = exact >= minimum
    return matched


def scores(features: Iterable[Feature], segment: Segment, documents: Ints) -> Floats:
    """Return the score of each of `documents`, `(n,)` float64.

    It is the sum of what the features add by the formula of `indexer.engines.bm25`, 0 for a
    document without any. `documents (n,)` int64 are document numbers, ascending.
    """
    if len(documents) * _SCORE_ALL_RATIO > segment.documents:
        # It is cheaper to score every document than to look these up.
        return _scores(features, segment, Candidates(None, segment.norms, segment.k1))[documents]
    return _scores(features, segment, Candidates(documents, segment.norms, segment.k1))


def _scores(features: Iterable[Feature], segment: Segment, candidates: Candidates) -> Floats:
    """Return the score of each candidate, `(candidates,)` float64."""
    count = len(candidates.norms)
    total = np.zeros(count)
    if not count:
        return total
    for feature in features:
        check_time()
        field = FIELDS[feature.kind]
        if len(feature.variants) == 1 and feature.variants[0][1] == 1:
            postings = segment.decoded_postings(field, feature.variants[0][0])
            postings.add_gains(total, candidates, feature.weight)
            continue
        tf = np.zeros(count)
        for term, weight in feature.variants:
            segment.decoded_postings(field, term).add_tf(tf, candidates, weight)
        total += bm25_gain(tf, candidates.norms, feature.weight, candidates.k1)
    return total


def _match_phrase(phrase: Phrase, segment: Segment, within: Mask | None = None) -> Mask:
    """Return the mask `(documents,)` of the documents that contain the phrase.

    If `within` is a mask `(documents,)`, positions are read only for its documents, and the result
    for others has no meaning; None searches all.
    """
    if phrase.outside:
        return _match_outside(phrase, segment, within)
    mask = np.zeros(segment.documents, np.bool_)
    if not phrase.slots:
        return ~mask
    if phrase.slop >= TITLE_GAP and phrase.field is TextField.TEXT:
        # The slop would allow a match from the title into the body, which is not "within one
        # field".
        for field in (TextField.TITLE, TextField.BODY):
            mask |= _match_phrase(Phrase(phrase.slots, phrase.slop, field), segment, within)
    elif phrase.field is TextField.TEXT and len(phrase.slots) == 1:
        for term in phrase.slots[0]:
            segment.decoded_postings("text", term).mark(mask)
    elif phrase.field is TextField.TEXT and len(phrase.slots) == 2 and not phrase.slop:
        _mark_pairs(phrase.slots[0], phrase.slots[1], segment, mask)
    else:
        remaining = ~mask if within is None else within.copy()
        starts = (
            _sloppy_starts(phrase, segment, remaining)
            if phrase.slop
            else _exact_starts(phrase, segment, remaining)
        )
        mask[segment.files.documents_of(starts)] = True
    return mask


def _match_outside(phrase: Phrase, segment: Segment, within: Mask | None) -> Mask:
    """Return what `_match_phrase` does for a strict phrase that does not count within longer ones.

    Positions are read only for documents that may have a longer one.
    """
    plain = Phrase(phrase.slots, field=phrase.field)
    mask = _match_phrase(plain, segment, within)
    longer = [_known_slots(slots, segment) for slots in phrase.outside]
    inside = [
        _exact_starts(Phrase(slots, field=phrase.field), segment, mask.copy())[:, np.newaxis]
        + np.arange(len(slots) - len(phrase.slots) + 1)
        for slots in longer
        if all(slots)
    ]
    covered = np.concatenate([np.zeros(0, np.int64), *(starts.ravel() for starts in inside)])
    if not len(covered):
        return mask
    doubtful = np.zeros(segment.documents, np.bool_)
    doubtful[segment.files.documents_of(np.unique(covered))] = True
    starts = _exact_starts(plain, segment, doubtful.copy())
    mask &= ~doubtful
    mask[segment.files.documents_of(np.setdiff1d(starts, covered))] = True
    return mask


def _known_slots(slots: Sequence[Slot], segment: Segment) -> tuple[Slot, ...]:
    """Return the slots with only the terms that form a pair of the segment with a term beside
    them, so that positions of no others are read."""
    known = []
    for at, slot in enumerate(slots):
        before, after = slots[at - 1] if at else (), slots[at + 1 : at + 2]
        known.append(
            tuple(
                term
                for term in slot
                if (not at or any(segment.pair_frequency(other, term) for other in before))
                and all(any(segment.pair_frequency(term, o) for o in next_) for next_ in after)
            )
        )
    return tuple(known)


def _mark_pairs(firsts: Slot, seconds: Slot, segment: Segment, mask: Mask) -> None:
    """Set `mask (documents,)` to True for the documents in which a term of `firsts` stands directly
    before one of `seconds`, anywhere in title or body."""
    for first in dict.fromkeys(firsts):
        check_time()
        for second in dict.fromkeys(seconds):
            if segment.pair_frequency(first, second):
                segment.decoded_postings("pairs", f"{first} {second}").mark(mask)


def _exact_starts(phrase: Phrase, segment: Segment, mask: Mask) -> Ints:
    """Return the global positions at which the phrase begins, all slots side by side.

    `(n,)` int64, ascending. Only documents of `mask (documents,)` are searched; the mask is
    modified. The search starts from the positions of the rarest slot and keeps those that have
    every other slot beside them.
    """
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
    """Return the global positions of the first slot that the other slots follow in order, within
    the slop.

    `(n,)` int64, ascending. Only documents of `mask (documents,)` are searched; the mask is
    modified. From each position of the first slot, the earliest following position of the next slot
    is taken, and so on: for a given start no other choice ends earlier.
    """
    for slot in phrase.slots:
        mask &= _match_phrase(Phrase((slot,)), segment)
    documents = np.flatnonzero(mask)
    positions = [_slot_positions(slot, phrase.field, segment, documents) for slot in phrase.slots]
    start = end = positions[0]
    span = len(phrase.slots) - 1 + min(phrase.slop, _MAX_SLOP)
    for following in positions[1:]:
        at = np.searchsorted(following, end, side="right")
        inside = at < len(following)
        start, end = start[inside], following[at[inside]]
        near = end - start <= span
        start, end = start[near], end[near]
    documents_of = segment.files.documents_of
    found: Ints = start[documents_of(start) == documents_of(end)]
    return found


def _slot_positions(slot: Slot, field: TextField, segment: Segment, documents: Ints) -> Ints:
    """Return the global positions of the terms of a slot in a field of some documents.

    `documents (n,)` int64 are document numbers, ascending; the result is `(k,)` int64, ascending,
    all terms together.
    """
    check_time()
    found = [segment.global_positions(term, documents) for term in dict.fromkeys(slot)]
    found = [positions for positions in found if positions.size]
    if not found:
        return np.zeros(0, np.int64)
    # A syllable has one term, so positions of different terms never coincide.
    positions = found[0] if len(found) == 1 else np.sort(np.concatenate(found))
    if field is TextField.TEXT:
        return positions
    owners = segment.files.documents_of(positions)
    in_body = positions - segment.position_bases[owners] >= segment.body_starts[owners]
    in_field: Ints = positions[in_body if field is TextField.BODY else ~in_body]
    return in_field


def feature_scores(
    features: Iterable[Feature], segment: Segment, number: int
) -> Iterator[FeatureScore]:
    """Yield a FeatureScore for each feature that one document contains, in the order of `features`.

    `number` is its document number in the segment. The points sum to what `scores` returns for it.
    """
    candidates = Candidates(np.array([number]), segment.norms, segment.k1)
    for feature in features:
        tf = np.zeros(1)
        for term, weight in feature.variants:
            segment.decoded_postings(FIELDS[feature.kind], term).add_tf(tf, candidates, weight)
        if tf[0]:
            points = bm25_gain(tf, candidates.norms, feature.weight, candidates.k1)
            yield FeatureScore(feature, float(tf[0]), float(points[0]))
