"""Word segmentation: exactly the words of pyvi 0.1.1, with offsets, without running pyvi.

    segment("Ban Dân vận Huyện uỷ")  →  [(0, 3), (4, 11), (12, 20)]

pyvi cuts a text into *pieces* (syllables, numbers, signs, newlines) and labels each with a
linear-chain CRF: B_W if a word begins there, I_W if it continues the word before. A *token* is a
word, sign or newline. Law: the pieces of each token joined by "_", and the tokens joined by " ",
are what pyvi returns for the same text (it returns a text without any piece unchanged).

    word_model.py       pyvi's CRF and dictionary, from `pyvi_model/` (crf_file.py: file format)
    pieces.py           cuts a text into pyvi's pieces
    state_scores.py     the score of each piece for label I_W against B_W
    short_segmenter.py  the words of a short text, in plain Python
    batch_segmenter.py  the words of many texts, or of a long one, in NumPy
    piece_tables.py     the tables of chunks and pieces that it uses
    exact_viterbi.py    the labels by CRFsuite's own arithmetic, used if rounding could decide

All caches are bounded, shared between threads without locks, and valid in a forked child.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from unicodedata import is_normalized

from indexer.analysis.nfc import compose
from indexer.analysis.words.short_segmenter import joined_to_previous, read_pieces, segment_short
from indexer.models import Range

if TYPE_CHECKING:
    from indexer.analysis.words.batch_segmenter import Spans

__all__ = ["segment", "segment_many", "segment_pieces"]

# From this many characters on, NumPy saves more than its fixed cost (benchmarks/words.py).
_LONG = 800


def segment(text: str) -> list[Range]:
    """Return the spans `[start, end)` of pyvi's tokens in `text`, in order, in code points.

    Accepts any string; linear in its length but for long runs of marks (`compose`). pyvi composes
    its input (NFC), but the spans are offsets in `text` as given, so `NFC(text[start:end])` is the
    token if its marks follow their letters. Raises WordModelError if the model files are missing or
    changed.
    """
    if len(text) >= _LONG:
        return [(start, end) for start, end in segment_many([text])[0].tolist()]
    if is_normalized("NFC", text):
        return segment_short(text)
    composed = compose(text)
    return composed.source_spans(segment_short(composed.text))


def segment_pieces(text: str) -> list[list[Range]]:
    """Return, for each of pyvi's tokens in `text`, the spans of the pieces that it joins, in order.

    Spans are code points of `text` as given. Accepts any string. Raises WordModelError if the model
    files are missing or changed.
    """
    composed = compose(text)
    pieces = read_pieces(composed.text)
    spans = composed.source_spans(list(zip(*pieces[:2], strict=True)))
    tokens: list[list[Range]] = []
    for span, joined in zip(spans, joined_to_previous(composed.text, pieces), strict=True):
        if joined:
            tokens[-1].append(span)
        else:
            tokens.append([span])
    return tokens


def segment_many(texts: Sequence[str]) -> list[Spans]:
    """Return the result of `segment` for each of `texts`, as an array `(tokens, 2)` int64.

    NumPy works on many texts at once. Needs, besides the result, 50 to 200 bytes of memory per code
    point of the longest text, and at most 40 MB for its tables. Raises WordModelError if the model
    files are missing or changed.
    """
    # Queries need no NumPy, so a process that never calls this function never loads it.
    from indexer.analysis.words.batch_segmenter import spans_of

    return spans_of(texts)
