"""What an engine is asked: which documents match, and what adds to their score.

The two are kept apart. The *match* tree decides which documents are found and is made of runs of
syllables side by side; the *features* decide their order and never exclude a document. An engine
needs to know nothing of accents, words or the ladder: all that is already in here.

Terms are those of `indexer.analysis`: lower-case, normalised, accented. A pair is two terms of
neighbouring syllables joined by a space ("dân vận"); a word is joined by underscores ("dân_vận").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

Slot = tuple[str, ...]
"""The syllable terms that one place of a run accepts."""


class TextField(StrEnum):
    """Where a run is looked for: anywhere in title and body, or in one of them."""

    TEXT = "text"
    TITLE = "title"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Documents in which the slots stand side by side, in order, within one field.

    Positions grow by one from syllable to syllable and by one more across the end of a sentence.
    `slop` is how many positions more than side by side the whole run may take (in order), 0 for
    a strict run. A slot that accepts no term matches nothing.
    """

    slots: tuple[Slot, ...]
    slop: int = 0
    field: TextField = TextField.TEXT


@dataclass(frozen=True, slots=True)
class HasValue:
    """Documents with at least one of `values` in the facet named `facet`."""

    facet: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Documents that match every child; all documents where there is none."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Documents that match at least one child; none where there is no child."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Documents that do not match the child."""

    child: Node


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Documents whose matching children weigh `minimum` or more together."""

    children: tuple[tuple[Node, float], ...]
    minimum: float


Node = Phrase | HasValue | All | Any | Not | AtLeast

EVERYTHING = All(())
NOTHING = Any(())


class FeatureKind(StrEnum):
    """What a feature counts: single syllables, pairs of neighbours, pyvi's words."""

    SYLLABLE = "syllable"
    PAIR = "pair"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that adds to the score of a document.

    With `tf` = sum over variants of (variant weight x occurrences in the title x TITLE_WEIGHT +
    occurrences in the body) it adds `weight * saturation(tf, length)`, where `weight` already
    holds the inverse document frequency, and saturation is BM25's (see `indexer.engines.bm25`).
    """

    kind: FeatureKind
    variants: tuple[tuple[str, float], ...]
    weight: float


@dataclass(frozen=True, slots=True)
class FeatureScore:
    """What a feature adds to the score of one document, with the `tf` of its docstring."""

    feature: Feature
    tf: float
    points: float


@dataclass(frozen=True, slots=True)
class Plan:
    """One rung of one query, ready to be evaluated."""

    match: Node
    features: tuple[Feature, ...] = ()


def positive_phrases(node: Node) -> tuple[Phrase, ...]:
    """The runs that a match can be made of, each once, in order: what is to be highlighted."""
    return tuple(leaf for leaf in _wanted(node) if isinstance(leaf, Phrase))


def positive_values(node: Node) -> tuple[HasValue, ...]:
    """The values that a match can be made of, each once, in order."""
    return tuple(leaf for leaf in _wanted(node) if isinstance(leaf, HasValue))


def _wanted(node: Node) -> Iterable[Phrase | HasValue]:
    """The leaves that a match can be made of, each once, in order."""
    found: dict[Phrase | HasValue, None] = {}
    stack: list[Node] = [node]
    while stack:
        match stack.pop():
            case Phrase() | HasValue() as leaf:
                found[leaf] = None
            case All(children) | Any(children):
                stack.extend(reversed(children))
            case AtLeast(children):
                stack.extend(child for child, _ in reversed(children))
            case _:
                pass
    return found
