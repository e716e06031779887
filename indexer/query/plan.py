"""The plan that an engine executes: a match tree and the features of the score.

The *match* tree decides which documents are found; its leaves are phrases and facet values. The
*features* decide the order of the documents and never exclude one; the first of them are ordered
also by how *near* to each other, and how early, they have the terms of the query. Accents, words
and the rungs of the ladder are already resolved in a plan, so an engine needs to know nothing of
them.

Terms are those of `indexer.analysis`: lower-case, normalised, accented. A pair is two terms of
neighbouring syllables joined by a space ("dân vận"); a word is joined by underscores ("dân_vận").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

Slot = tuple[str, ...]
"""The terms that are accepted at one position of a phrase, as alternatives of each other."""


class TextField(StrEnum):
    """The fields that a phrase is searched in: title and body (`TEXT`), or one of them."""

    TEXT = "text"
    TITLE = "title"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Matches documents in which the slots occur in order, side by side, within one field.

    Positions increase by one from syllable to syllable, and by one more across the end of a
    sentence. A slot without terms matches nothing, a phrase without slots matches every document.

    Attributes
    ----------
    slots : the accepted terms at each position of the phrase, in order.
    slop : number of positions that may lie between the slots in all; 0 for a strict phrase.
    field : where it is searched.
    outside : of a strict phrase, the slots of longer ones that contain it; an occurrence within an
        occurrence of one of them does not count: Thái Bình in Thái Bình Dương.
    """

    slots: tuple[Slot, ...]
    slop: int = 0
    field: TextField = TextField.TEXT
    outside: tuple[tuple[Slot, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class HasValue:
    """Matches documents with at least one of `values` in the facet named `facet`."""

    facet: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Matches documents that match every child; all documents if there is no child."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Matches documents that match at least one child; no document if there is no child."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Matches documents that do not match the child."""

    child: Node


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Matches documents whose matching children have a total weight of at least `minimum`.

    `children` are pairs (node, weight) with weights of 0 or more. Weights that are multiples of
    WEIGHT_UNIT (`whole_weight`) and add up to less than 4096 are added without rounding by every
    engine, also in single precision.
    """

    children: tuple[tuple[Node, float], ...]
    minimum: float


Node = Phrase | HasValue | All | Any | Not | AtLeast

EVERYTHING = All(())
"""Matches every document."""
NOTHING = Any(())
"""Matches no document."""


WEIGHT_UNIT = 1 / 4096
"""`whole_weight` makes weights multiples of this (see `AtLeast`)."""


def whole_weight(weight: float) -> float:
    """Return the multiple of WEIGHT_UNIT that is closest to a weight above 0, but never 0."""
    return max(round(weight / WEIGHT_UNIT), 1) * WEIGHT_UNIT


class FeatureKind(StrEnum):
    """The unit that a feature counts: a syllable, a pair of neighbouring syllables, or a word
    (`indexer.analysis.Analysis`)."""

    SYLLABLE = "syllable"
    PAIR = "pair"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Feature:
    """Something that adds to the score of a document: a syllable, a pair of neighbours, a word.

    It adds what the formula of `indexer.engines.bm25` gives for its weight and its term frequency
    `tf`, which is the sum over the variants of variant weight * (TITLE_WEIGHT * occurrences in the
    title + occurrences in the body).

    Attributes
    ----------
    kind : what the variants are: syllables, pairs ("dân vận") or words ("dân_vận").
    variants : (term, weight) of the forms that count as one term; weights are above 0, 1 at most.
    weight : 0 or more; the inverse document frequency is a factor of it.
    """

    kind: FeatureKind
    variants: tuple[tuple[str, float], ...]
    weight: float


@dataclass(frozen=True, slots=True)
class NearTerm:
    """A term of the query that should be near the others, and early in the text
    (`indexer.engines.proximity`).

    Attributes
    ----------
    variants : ways to write it, each as terms that stand side by side; any of them is an occurrence
        of the term, at the position of its first syllable.
    weight : its inverse document frequency, above 0.
    """

    variants: tuple[tuple[str, ...], ...]
    weight: float


@dataclass(frozen=True, slots=True)
class FeatureScore:
    """What a feature adds to the score of one document.

    `tf` is the weighted frequency as in `Feature`, `points` the addend of the score.
    """

    feature: Feature
    tf: float
    points: float


class PlacementKind(StrEnum):
    """What of the places of terms counts: how near to each other, or how early they are."""

    CLOSENESS = "closeness"
    EARLINESS = "earliness"


@dataclass(frozen=True, slots=True)
class PlacementScore:
    """What the places of the terms add to the score of one document (`indexer.engines.proximity`).

    Attributes
    ----------
    kind : what of the places counts.
    terms : those of the plan.
    share : the closeness or earliness of the document, 0 to 1.
    weight : what a share of 1 adds.
    points : the addend of the score, `share * weight`.
    """

    kind: PlacementKind
    terms: tuple[NearTerm, ...]
    share: float
    weight: float
    points: float


@dataclass(frozen=True, slots=True)
class Plan:
    """One rung of one query, as an engine executes it.

    `match` decides which documents are found; the score of a document is the sum of what `features`
    add, 0 if there are none. The first hits by relevance are ranked by the places of `near`
    too (`indexer.engines.proximity`); with fewer than two terms there, it changes nothing.
    """

    match: Node
    features: tuple[Feature, ...] = ()
    near: tuple[NearTerm, ...] = ()


def positive_phrases(node: Node) -> tuple[Phrase, ...]:
    """Return the phrases of a match tree that are not below a `Not`, each once, in the order of the
    tree.

    These are the phrases to highlight.
    """
    return tuple(leaf for leaf in _positive_leaves(node) if isinstance(leaf, Phrase))


def positive_values(node: Node) -> tuple[HasValue, ...]:
    """Return the `HasValue` nodes of a match tree that are not below a `Not`, each once, in the
    order of the tree."""
    return tuple(leaf for leaf in _positive_leaves(node) if isinstance(leaf, HasValue))


def _positive_leaves(node: Node) -> Iterable[Phrase | HasValue]:
    """Return the leaves of a match tree that are not below a `Not`, each once, in order."""
    leaves: dict[Phrase | HasValue, None] = {}
    stack: list[Node] = [node]
    while stack:
        match stack.pop():
            case Phrase() | HasValue() as leaf:
                leaves[leaf] = None
            case All(children) | Any(children):
                stack.extend(reversed(children))
            case AtLeast(children):
                stack.extend(child for child, _ in reversed(children))
            case _:
                pass
    return leaves
