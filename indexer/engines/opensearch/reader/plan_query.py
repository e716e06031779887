"""A plan as a query of OpenSearch: what matches (`match_query`), and the scores (`score_query`).

| node                                  | query                                                    |
| ------------------------------------- | -------------------------------------------------------- |
| phrase of one syllable                | `terms` on syllables, or on the title or body            |
| phrase of two, side by side, anywhere | `terms` on pairs                                         |
| longer phrase, or within one field    | `terms` on its pairs, then `match_phrase` or `intervals` |
| phrase with slop                      | ordered `intervals`                                      |
| facet value, All, Any, Not            | `terms`; `bool` with filter, should, must_not            |
| AtLeast                               | `constant_score`s, their sum with `min_score`            |
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from indexer.engines.bm25 import B, k1
from indexer.engines.opensearch.storage.mapping import FIELDS, MAX_TERMS, keyword, token
from indexer.query import plan as plans
from indexer.query.plan import (
    All,
    AtLeast,
    Feature,
    FeatureKind,
    HasValue,
    Node,
    Not,
    Phrase,
    Slot,
    TextField,
)
from indexer.query.ranking import document_frequency
from indexer.query.vocabulary.lexicon import Lexicon

Query = dict[str, Any]

NONE: Query = {"match_none": {}}
EVERY: Query = {"match_all": {}}
_PLACES = {
    TextField.TEXT: ("title_at", "body_at"),
    TextField.TITLE: ("title_at",),
    TextField.BODY: ("body_at",),
}
_MAX_SLOP = 1 << 30
_WHOLE = 1 << 22
"""Weights that are no multiples of a power of two are scaled to this sum; float32, in which Lucene
adds them, is exact up to four times as much."""


def match_query(node: Node, lexicon: Lexicon) -> Query:
    """Return the query for the documents that match a node, to be used as a filter: its score means
    nothing. Terms that no document has are left out; NONE and EVERY are returned as such."""
    match node:
        case Phrase():
            return _phrase(node, lexicon)
        case HasValue(facet, values):
            return value_query(facet, values)
        case All(children):
            return _all(children, lexicon)
        case plans.Any(children):
            return _any([match_query(child, lexicon) for child in children])
        case Not():
            return _all((node,), lexicon)
        case AtLeast(children, minimum):
            weighted = [(match_query(child, lexicon), weight) for child, weight in children]
            return _at_least([(q, w) for q, w in weighted if w and q is not NONE], minimum)


def value_query(facet: str, values: Sequence[str]) -> Query:
    """Return the query for the documents with one of the values of a facet; NONE for no values."""
    names = list(map(keyword, values))
    parts = range(0, len(names), MAX_TERMS)
    return _any([{"terms": {f"facet.{facet}": names[at : at + MAX_TERMS]}} for at in parts])


def _all(children: Sequence[Node], lexicon: Lexicon) -> Query:
    must, must_not = [], []
    for child in children:
        if isinstance(child, Not):
            must_not.append(match_query(child.child, lexicon))
        else:
            must.append(match_query(child, lexicon))
    if NONE in must or EVERY in must_not:
        return NONE
    must = [query for query in must if query is not EVERY]
    must_not = [query for query in must_not if query is not NONE]
    if not must_not:
        return EVERY if not must else must[0] if len(must) == 1 else {"bool": {"filter": must}}
    return {"bool": {"filter": must or [EVERY], "must_not": must_not}}


def _any(queries: Sequence[Query]) -> Query:
    some = [query for query in queries if query is not NONE]
    if EVERY in some:
        return EVERY
    if not some:
        return NONE
    return some[0] if len(some) == 1 else {"bool": {"should": some, "minimum_should_match": 1}}


def _at_least(weighted: Sequence[tuple[Query, float]], minimum: float) -> Query:
    if minimum <= 0:
        return EVERY
    if math.fsum(weight for _, weight in weighted) < minimum:
        return NONE
    weights, least = _whole_numbers([weight for _, weight in weighted], minimum)
    # A sum of constant scores; as functions of one query, the same take twice the time.
    parts = [
        {"constant_score": {"filter": query, "boost": weight}}
        for (query, _), weight in zip(weighted, weights, strict=True)
    ]
    return {"function_score": {"query": {"bool": {"should": parts}}, "min_score": least}}


def _whole_numbers(weights: Sequence[float], minimum: float) -> tuple[list[int], int]:
    """Scale weights and minimum to integers, so that "the sum of the matching weights is at least
    the minimum" stays true or false as it was.

    Exact if a power of two makes all weights whole; else they are rounded to units of their sum
    divided by _WHOLE.
    """
    total = math.fsum(weights)
    for power in range(24):
        scale = 1 << power
        if total * scale >= _WHOLE * 4:
            break
        if all((weight * scale).is_integer() for weight in weights):
            return [int(weight * scale) for weight in weights], math.ceil(minimum * scale)
    unit = total / _WHOLE
    whole = [max(1, round(weight / unit)) for weight in weights]
    # Sums may be rounded by half a unit for each weight, so the minimum is between two sums.
    return whole, max(1, math.ceil(minimum / unit - len(weights) / 2))


def _phrase(phrase: Phrase, lexicon: Lexicon) -> Query:
    if phrase.outside:
        return _outside(phrase, lexicon)
    if not phrase.slots:
        return EVERY
    if not all(phrase.slots):
        return NONE
    fields = _PLACES[phrase.field]
    if len(phrase.slots) == 1:
        if phrase.field is TextField.TEXT:
            fields = (FIELDS[FeatureKind.SYLLABLE],)
        known = [term for term in phrase.slots[0] if lexicon.frequency(term)]
        return {"terms": {fields[0]: [*map(token, known)]}} if known else NONE
    if phrase.slop:
        gaps = min(phrase.slop, _MAX_SLOP)
        return _any([_ordered(phrase.slots, field, gaps) for field in fields])
    # A phrase has all of its pairs; they are few documents, and cheap to find.
    pairs = [_pair_terms(first, second, lexicon) for first, second in pairwise(phrase.slots)]
    if not all(pairs):
        return NONE
    needed = [{"terms": {FIELDS[FeatureKind.PAIR]: terms}} for terms in pairs]
    if len(pairs) == 1 and phrase.field is TextField.TEXT:
        return needed[0]
    if all(len(slot) == 1 for slot in phrase.slots):
        text = " ".join(token(slot[0]) for slot in phrase.slots)
        exact: list[Query] = [
            {"match_phrase": {field: {"query": text, "analyzer": "whitespace"}}} for field in fields
        ]
    else:
        exact = [_ordered(phrase.slots, field, 0) for field in fields]
    return {"bool": {"filter": [*needed, _any(exact)]}}


def _outside(phrase: Phrase, lexicon: Lexicon) -> Query:
    """Return the query for a strict phrase that does not count within longer ones."""
    plain = _phrase(Phrase(phrase.slots, field=phrase.field), lexicon)
    longer = [slots for slots in phrase.outside if all(_is_known(slot, lexicon) for slot in slots)]
    if plain is NONE or not longer:
        return plain
    # One filter for each: of several intervals Lucene keeps only those that contain no other one.
    rule: Query = {"all_of": _side_by_side(phrase.slots)}
    for slots in longer:
        inside = {"not_contained_by": {"all_of": _side_by_side(slots)}}
        rule = {"all_of": {"intervals": [rule], "filter": inside}}
    outside = _any([{"intervals": {field: rule}} for field in _PLACES[phrase.field]])
    return {"bool": {"filter": [plain, outside]}}


def _is_known(slot: Slot, lexicon: Lexicon) -> bool:
    return any(map(lexicon.frequency, slot))


def _side_by_side(slots: Sequence[Slot]) -> Query:
    return {"ordered": True, "max_gaps": 0, "intervals": [_any_interval(slot) for slot in slots]}


def _pair_terms(first: Slot, second: Slot, lexicon: Lexicon) -> list[str]:
    """Return the pairs of a term of each slot that documents have, as they are indexed."""
    found = lexicon.pair_frequencies(first, second)
    return [
        token(f"{one} {other}")
        for at, one in enumerate(first)
        for to, other in enumerate(second)
        if found[at, to]
    ]


def _ordered(slots: Sequence[Slot], field: str, gaps: int) -> Query:
    """Return the query for documents that have one term of each slot in a field, in this order,
    with at most `gaps` other syllables between them in all."""
    intervals = [_any_interval(slot) for slot in slots]
    return {
        "intervals": {
            field: {"all_of": {"ordered": True, "max_gaps": gaps, "intervals": intervals}}
        }
    }


def _any_interval(slot: Slot) -> Query:
    rules = [
        {"match": {"query": token(term), "analyzer": "whitespace"}} for term in dict.fromkeys(slot)
    ]
    return rules[0] if len(rules) == 1 else {"any_of": {"intervals": rules}}


_GAIN = "_score * w / (_score + a + b * doc['length'].value)"
"""BM25's saturation of one feature (`indexer.engines.bm25`), as an expression of Lucene."""


def score_query(
    match: Query, features: Sequence[Feature], average_length: float, lexicon: Lexicon
) -> Query:
    """Return the query for the documents of `match` with the scores of `engines.bm25`, which the
    cluster computes in single precision.

    Each feature is a script over the sum of the weights of its variants. Variants and features that
    no document has are left out. `average_length` is in syllables, as BM25 counts them.
    """
    factor = k1(average_length)
    scripts = [
        {
            "script_score": {
                "query": _any([_variant(feature, term, weight) for term, weight in variants]),
                "script": {
                    "lang": "expression",
                    "source": _GAIN,
                    "params": {
                        "w": feature.weight * (factor + 1),
                        "a": factor * (1 - B),
                        "b": factor * B / (average_length or 1.0),
                    },
                },
            }
        }
        for feature, variants in known_variants(features, lexicon)
    ]
    if not scripts:
        return {"constant_score": {"filter": match, "boost": 0.0}}
    return {"bool": {"filter": [match], "should": scripts}}


def known_variants(
    features: Sequence[Feature], lexicon: Lexicon
) -> Iterator[tuple[Feature, list[tuple[str, float]]]]:
    """Yield (feature, its (term, weight) variants that a document has), in order; features without
    such variants are left out."""
    for feature in features:
        known = [
            (term, weight)
            for term, weight in feature.variants
            if weight and document_frequency(feature.kind, term, lexicon)
        ]
        if known and feature.weight:
            yield feature, known


def _variant(feature: Feature, term: str, weight: float) -> Query:
    return {"term": {FIELDS[feature.kind]: {"value": token(term), "boost": weight}}}


def exact_points(feature: Feature, tf: float, length: int, average_length: float) -> float:
    """Return what a feature adds to the score of a document, in double precision (`engines.bm25`).

    `tf` is the sum of the weights of its variants in the document; `length` and `average_length`
    are in syllables, those of the title counted TITLE_WEIGHT times.
    """
    factor = k1(average_length)
    norm = factor * (1 - B + B * length / (average_length or 1.0))
    return feature.weight * tf * (factor + 1) / (tf + norm) if tf else 0.0
