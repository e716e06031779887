"""Here is text. Which terms?

The order of the steps is the order of `analyze`: normalise, cut into syllables, find the words and
the words inside long ones, lead every span back to the original text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.analysis.decompounding import inner_words
from indexer.analysis.folding import fold, has_marks, strip_marks
from indexer.analysis.normalize import Normalized, normalize
from indexer.analysis.syllables import Token, codes, syllables
from indexer.analysis.words import segment
from indexer.models import Range

__all__ = [
    "Analysis",
    "Token",
    "analyze",
    "fold",
    "has_marks",
    "pairs",
    "strip_marks",
    "terms_in",
    "tokens",
]


@dataclass(frozen=True, slots=True)
class Analysis:
    """The terms of a text, spans in the text as it was given.

    `syllables` in order; `words` are pyvi's, of one syllable ("đá") or more ("bóng_đá"), the
    dictionary words inside its long compounds ("dân_vận" in "dân_vận_gắn"), and codes
    ("42_nq_cp"), in order of their first syllable.
    """

    syllables: tuple[Token, ...]
    words: tuple[Token, ...]


def analyze(text: str) -> Analysis:
    """All terms of `text`. Total: any string.

    Laws: spans lie within the text, syllables do not overlap; `text` and any other Unicode form of
    it give the same terms.
    """
    normalized = normalize(text)
    found = syllables(normalized.text)
    words = _with_inner(_words(normalized.text, found), found)
    return Analysis(_to_source(normalized, found), _to_source(normalized, words))


def tokens(text: str) -> tuple[Token, ...]:
    """The syllables alone, without the cost of word segmentation."""
    normalized = normalize(text)
    return _to_source(normalized, syllables(normalized.text))


def terms_in(text: str) -> tuple[str, ...]:
    """The terms of the syllables, without their spans."""
    return tuple(token.term for token in syllables(normalize(text).text))


def pairs(found: Sequence[Token]) -> Iterator[str]:
    """Every two syllables side by side, as "dân vận"; none across the end of a sentence."""
    for first, second in pairwise(found):
        if second.position == first.position + 1:
            yield f"{first.term} {second.term}"


def _to_source(normalized: Normalized, found: Sequence[Token]) -> tuple[Token, ...]:
    if normalized.composed is None and normalized.kept is None:
        return tuple(found)
    return tuple(
        Token(token.term, *normalized.source_span(token.start, token.end), token.position)
        for token in found
    )


def _words(text: str, found: Sequence[Token]) -> list[Token]:
    """pyvi's words and codes, each once, in order."""
    words = set(_covered(segment(text), found))
    words.update(_covered(codes(text), found))
    return sorted(words, key=lambda word: (word.start, word.end))


def _with_inner(words: Sequence[Token], found: Sequence[Token]) -> list[Token]:
    """The words, and the dictionary words inside long compounds (`indexer.analysis.decompounding`)."""
    spans = [
        (found[i].start, found[j - 1].end)
        for word in words
        if word.term.count("_") > 1
        for i, j in _inner_spans(word, found)
    ]
    inner = _covered(spans, found)
    return sorted({*words, *inner}, key=lambda word: (word.start, word.end)) if spans else [*words]


def _inner_spans(word: Token, found: Sequence[Token]) -> Iterator[Range]:
    """The inner words of a compound as spans `[i, j)` of syllables."""
    first = bisect_left(found, word.start, key=lambda token: token.start)
    for i, j in inner_words(word.term.split("_")):
        yield first + i, first + j


def _covered(spans: Iterable[Range], found: Sequence[Token]) -> Iterator[Token]:
    """For each span that covers whole syllables exactly, the word that they make."""
    at = 0
    for start, end in spans:
        while at < len(found) and found[at].start < start:
            at += 1
        first = at
        while at < len(found) and found[at].end <= end:
            at += 1
        inside = found[first:at]
        if inside and inside[0].start == start and inside[-1].end == end:
            term = "_".join(token.term for token in inside)
            yield Token(term, start, end, inside[0].position)
