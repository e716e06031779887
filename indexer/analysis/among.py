"""The tokens of a text that have one of a few terms: what a hit is marked with.

Where the syllables lie is known from the index, so the text is not cut again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from functools import lru_cache

from indexer.analysis.normalize import normalize
from indexer.analysis.spelling import place_tones
from indexer.analysis.syllables import Token, term_of

_PIECES = 1 << 16


def tokens_among(
    text: str, spans: Iterable[tuple[int, int]], positions: Sequence[int], wanted: Set[str]
) -> list[Token]:
    """The syllables whose terms are `wanted`: those of `tokens(text)`, the others left out.

    `spans` and `positions` are those of all syllables of the text.
    """
    spans = list(spans)
    terms = map(_term, [text[start:end] for start, end in spans])
    return [
        Token(term, *spans[at], positions[at]) for at, term in enumerate(terms) if term in wanted
    ]


@lru_cache(_PIECES)
def _term(piece: str) -> str:
    """The term of a piece as it stands in the text."""
    return term_of(place_tones(normalize(piece).text))
