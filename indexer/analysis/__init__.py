"""Text analysis: the terms of a text, for indexing and for queries.

`analyze` runs the steps in this order: normalise, cut into syllables, segment into words, find the
dictionary words inside long compounds, map every span back to the original text.

    normalize.py      step 1: one way to write the same characters (nfc.py composes, keeps offsets)
    orthography.py    position of the tone mark, i or y; which strings can be syllables
    syllables.py      step 2: syllables, codes such as "42/NQ-CP", ends of sentences
    words/            step 3: the words of pyvi
    decompounding.py  step 4: dictionary words inside long compounds
    folding.py        removing and comparing marks
    batch/            all steps for many texts at once with NumPy, for rebuilds
    collation.py      alphabetical order of names and titles
    memo.py           caches for functions of terms
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.analysis.decompounding import inner_words
from indexer.analysis.folding import fold, has_marks, strip_marks
from indexer.analysis.normalize import Normalized, normalize
from indexer.analysis.syllables import PIECE, Token, codes, syllables, term_of
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
    """The terms of a text; all spans are code points of the text as it was given.

    Attributes
    ----------
    syllables : in text order; none overlap.
    words : ascending by start, then end: pyvi's words, of one syllable ("đá") or more ("bóng_đá"),
        and codes ("42_nq_cp"), as far as they consist of whole syllables; and the dictionary words
        inside those of three syllables or more ("dân_vận" in "dân_vận_gắn"). Words may overlap.
    """

    syllables: tuple[Token, ...]
    words: tuple[Token, ...]


def analyze(text: str) -> Analysis:
    """Return all terms of `text`. Accepts any string.

    Raises WordModelError if the files of the word model are missing or changed.

    Laws: spans lie within the text, syllables do not overlap; `text` and any other Unicode form of
    it (NFC, NFD) give the same terms.
    """
    normalized = normalize(text)
    syllable_tokens = syllables(normalized.text)
    words = _with_inner_words(_words(normalized.text, syllable_tokens), syllable_tokens)
    return Analysis(_to_source(normalized, syllable_tokens), _to_source(normalized, words))


def tokens(text: str) -> tuple[Token, ...]:
    """Return the syllables of `text` in text order, as `analyze` does, without the cost of word
    segmentation. Accepts any string; spans are code points of `text`."""
    normalized = normalize(text)
    return _to_source(normalized, syllables(normalized.text))


def terms_in(text: str) -> tuple[str, ...]:
    """Return the terms of the syllables of `text`, in text order. Accepts any string."""
    return tuple(map(term_of, PIECE.findall(normalize(text).text)))


def pairs(syllable_tokens: Sequence[Token]) -> Iterator[str]:
    """Yield every two adjacent syllables as "dân vận", in order; none across the end of a sentence.

    `syllable_tokens` are in text order.
    """
    for first, second in pairwise(syllable_tokens):
        if second.position == first.position + 1:
            yield f"{first.term} {second.term}"


def _to_source(normalized: Normalized, syllable_tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Return the tokens with their spans mapped from the normalised text to the original."""
    if normalized.composed is None and normalized.source_offsets is None:
        return tuple(syllable_tokens)
    return tuple(
        Token(token.term, *normalized.source_span(token.start, token.end), token.position)
        for token in syllable_tokens
    )


def _words(text: str, syllable_tokens: Sequence[Token]) -> list[Token]:
    """Return pyvi's words and the codes of a normalised text, each once, ascending by span.

    Only those that cover whole syllables exactly; `syllable_tokens` are all of the text. Raises
    WordModelError if the word model cannot be loaded.
    """
    words = set(_tokens_of_spans(segment(text), syllable_tokens))
    words.update(_tokens_of_spans(codes(text), syllable_tokens))
    return sorted(words, key=lambda word: (word.start, word.end))


def _with_inner_words(words: Sequence[Token], syllable_tokens: Sequence[Token]) -> list[Token]:
    """Return the words and the dictionary words inside long ones (`decompounding`), ascending by
    span. `syllable_tokens` are all of the text."""
    inner = {
        _joined(syllable_tokens[i:j])
        for word in words
        if word.term.count("_") > 1
        for i, j in _inner_ranges(word, syllable_tokens)
    }
    return sorted({*words, *inner}, key=lambda word: (word.start, word.end)) if inner else [*words]


def _joined(syllable_tokens: Sequence[Token]) -> Token:
    """Return the word that one or more neighbouring syllables form."""
    first, last = syllable_tokens[0], syllable_tokens[-1]
    term = "_".join(token.term for token in syllable_tokens)
    return Token(term, first.start, last.end, first.position)


def _inner_ranges(word: Token, syllable_tokens: Sequence[Token]) -> Iterator[Range]:
    """Yield the dictionary words inside `word` as ranges `[i, j)` of indexes of `syllable_tokens`,
    ascending."""
    first = bisect_left(syllable_tokens, word.start, key=lambda token: token.start)
    for i, j in inner_words(word.term.split("_")):
        yield first + i, first + j


def _tokens_of_spans(spans: Iterable[Range], syllable_tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield, for each span that covers whole syllables exactly, the word that they form, in order.

    `spans` are ascending, in code points of the text of the syllables; one whose first syllable
    lies in an earlier one is left out too.
    """
    at = 0
    for start, end in spans:
        while at < len(syllable_tokens) and syllable_tokens[at].start < start:
            at += 1
        first = at
        while at < len(syllable_tokens) and syllable_tokens[at].end <= end:
            at += 1
        inside = syllable_tokens[first:at]
        if inside and inside[0].start == start and inside[-1].end == end:
            yield _joined(inside)
