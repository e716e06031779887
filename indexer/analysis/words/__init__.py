"""Word segmentation: exactly what pyvi 0.1.1 says, with offsets, without running pyvi.

    segment("Ban Dân vận Huyện uỷ")  →  [(0, 3), (4, 11), (12, 20)]

Law: the pieces of each token joined by "_", the tokens joined by " ", are what pyvi returns for the
same text (it returns a text without a single piece as it is). A newline is a token, as with pyvi.

    model.py    the CRF and the dictionary, from the installed package's files (crf.py: format)
    pieces.py   a text cut into pyvi's pieces
    scores.py   what each piece adds to the score of "a word goes on here"
    short.py    the words of a short text, in plain Python
    batch.py    the words of many texts, or of a long one, in NumPy (tables.py)
    exact.py    the labels by CRFsuite's own arithmetic, where rounding could decide

Everything kept between calls is bounded, shared without locks, and as good in a forked child.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from unicodedata import is_normalized

from indexer.analysis.nfc import compose
from indexer.analysis.words.short_segmenter import glued, read, words
from indexer.models import Range

if TYPE_CHECKING:
    from indexer.analysis.words.batch_segmenter import Spans

__all__ = ["segment", "segment_many", "segment_pieces"]

# From here on NumPy's fixed cost is less than what it saves (benchmarks/words.py).
_LONG = 800


def segment(text: str) -> list[Range]:
    """The spans `[start, end)` of pyvi's tokens in `text`, in order.

    Total: any string; linear in its length. pyvi composes its input (NFC); spans are in `text` as
    it is, so that `NFC(text[start:end])` is the token where marks stand beside their letters.
    Raises WordModelError if the model files are missing or changed.
    """
    if len(text) >= _LONG:
        return [(start, end) for start, end in segment_many([text])[0].tolist()]
    if is_normalized("NFC", text):
        return words(text)
    composed = compose(text)
    return composed.source_spans(words(composed.text))


def segment_pieces(text: str) -> list[list[Range]]:
    """For each of pyvi's tokens in `text` the spans of the pieces that it joins, in order."""
    composed = compose(text)
    pieces = read(composed.text)
    spans = composed.source_spans(list(zip(*pieces[:2], strict=True)))
    tokens: list[list[Range]] = []
    for span, joined in zip(spans, glued(composed.text, pieces), strict=True):
        if joined:
            tokens[-1].append(span)
        else:
            tokens.append([span])
    return tokens


def segment_many(texts: Sequence[str]) -> list[Spans]:
    """The same as `segment` for each of `texts`, as arrays of shape (tokens, 2), int64.

    Made for rebuilds: NumPy over many texts at once. Beside its answer it needs 50 to 200 bytes for
    each character of the longest text, and 40 MB at most for what it remembers.
    """
    # Queries do without NumPy, so a process that never asks for this never loads it.
    from indexer.analysis.words.batch_segmenter import spans_of

    return spans_of(texts)
