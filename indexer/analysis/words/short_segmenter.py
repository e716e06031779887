"""Word segmentation of a short text, in plain Python.

Nearly every label is certain from the piece and its neighbours, so one pass from left to right
gives the words; the whole Viterbi path is computed only if a label depends on the one after it, or
on a difference below TIE_MARGIN.

Functions that look up pieces raise WordModelError if the model files are missing or changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from indexer.analysis.memo import Memo
from indexer.analysis.words.exact_viterbi import exact_labels
from indexer.analysis.words.pieces import CHUNKS, piece_spans
from indexer.analysis.words.state_scores import TIE_MARGIN, describe, shared_weights
from indexer.analysis.words.word_model import Pair, word_model
from indexer.models import Range

_NO_PAIRS: Mapping[str, Pair] = {}

Pieces = tuple[list[int], list[int], list[float], list[bool]]
"""The pieces of a text, in order, as four lists of the same length: their starts and ends in code
points; their scores, of label I_W minus that of B_W without transitions, in log odds; True if pyvi
may join the piece to the one before it."""

_Row = tuple[str, int, str, float, float, float, int, Mapping[str, Pair]]
"""What is known of a piece; `_rows_of` says what each item is."""


def _rows_of(chunk: str) -> tuple[_Row, ...]:
    """Return a row for each piece of a chunk; for "", the row that stands for the end of a text.

    A row is the piece, its length in code points, its lower case, its scores `own`, `to_next` and
    `to_previous` (`state_scores.Piece`), its kind (`piece_tables.PieceTable`), and the dictionary's
    pairs that begin with it (`WordModel.pairs`). Raises WordModelError if the word model cannot be
    loaded.
    """
    if not chunk:
        # The end of a text adds nothing to any score; a space is in no word.
        return (("", 0, " ", 0.0, 0.0, 0.0, 0, _NO_PAIRS),)
    rows = []
    pairs_from = word_model().pairs
    for start, end in piece_spans(chunk):
        piece = chunk[start:end]
        known = _described[piece]
        kind = known.may_join * (1 + known.is_title)
        pairs = pairs_from.get(known.lower, _NO_PAIRS)
        scores = (known.own, known.to_next, known.to_previous)
        rows.append((piece, end - start, known.lower, *scores, kind, pairs))
    return tuple(rows)


# Some 30 MB together in the worst case.
_described = Memo(describe, size=1 << 14, longest=32)
_rows = Memo(_rows_of, size=1 << 14, longest=16)


def _rows_in(text: str) -> Iterator[_Row]:
    """Return the rows of all pieces of a text in order, and last the row of its end."""
    chunks = CHUNKS.findall(text) if "\n" in text else text.split()
    chunks.append("")
    return chain.from_iterable(map(_rows.__getitem__, chunks))


def segment_short(text: str) -> list[Range]:
    """Return the spans `[start, end)` of pyvi's tokens in `text`, in order, in code points.

    `text` is in NFC. Makes one pass. The score of a piece is complete once the second piece after
    it is known, so two pieces are pending: the names of the variables of the nearer one end in 1,
    those of the other in 2. Raises WordModelError if the word model cannot be loaded.
    """
    pair_to_second, pair_to_first, triple_to_third, triple_to_first, *rest = shared_weights()
    from_begin, from_inside, low, high = rest
    low -= TIE_MARGIN
    high += TIE_MARGIN
    spans = []
    find = text.find
    # The two pending places before the first piece are not pieces: each begins a word that is
    # dropped at the end. `to_this` cancels what such a word carries over to the first piece.
    score1 = score2 = -1000.0
    to_this = -from_begin
    carry = 0.0
    joins1 = joins2 = False
    at = start1 = end1 = start2 = end2 = first = last = kind_before = 0
    pairs, pair = _NO_PAIRS, None
    rows = _rows_in(text)
    # The row of the end of the text decides the last piece but one.
    for piece, length, lower, own, to_next, to_previous, kind, pairs_from in rows:
        # Only white space lies between `at` and the piece.
        start = find(piece, at)
        at = start + length
        score = own + to_this
        score1 += to_previous
        if pair and lower in pair[1]:
            score += triple_to_third
            score2 += triple_to_first
        pair = pairs.get(lower)
        if pair and pair[0]:
            score += pair_to_second
            score1 += pair_to_first

        total = score2 + carry
        if total > high:
            carry = from_inside
            joined = joins2
        elif total < low:
            carry = from_begin
            joined = False
        else:
            return _segment_by_viterbi(text)
        if joined:
            last = end2
        else:
            spans.append((first, last))
            first, last = start2, end2

        score2, start2, end2, joins2 = score1, start1, end1, joins1
        score1, start1, end1 = score, start, at
        joins1 = kind_before >= kind > 0
        to_this, pairs, kind_before = to_next, pairs_from, kind
    total = score2 + carry
    if abs(total) < TIE_MARGIN:
        return _segment_by_viterbi(text)
    if total > 0 and joins2:
        spans.append((first, end2))
    else:
        spans += [(first, last), (start2, end2)]
    return spans[3:]


def _segment_by_viterbi(text: str) -> list[Range]:
    """Return the result of `segment_short` by computing the whole Viterbi path."""
    starts, ends, _, _ = pieces = read_pieces(text)
    spans: list[Range] = []
    for start, end, joined in zip(starts, ends, joined_to_previous(text, pieces), strict=True):
        spans.append((spans.pop()[0], end) if joined else (start, end))
    return spans


def read_pieces(text: str) -> Pieces:
    """Return the pieces of `text`, which is in NFC, with their scores.

    Raises WordModelError if the word model cannot be loaded.
    """
    pair_to_second, pair_to_first, triple_to_third, triple_to_first, *_ = shared_weights()
    starts: list[int] = []
    ends: list[int] = []
    scores: list[float] = []
    joinable: list[bool] = []
    find = text.find
    at = kind_before = 0
    # `waiting`: the score of the piece before, to which this one still adds; at first of none.
    waiting = to_this = 0.0
    pairs, pair = _NO_PAIRS, None
    for piece, length, lower, own, to_next, to_previous, kind, pairs_from in _rows_in(text):
        start = find(piece, at)
        at = start + length
        score = own + to_this
        waiting += to_previous
        if pair and lower in pair[1]:
            score += triple_to_third
            scores[-1] += triple_to_first
        pair = pairs.get(lower)
        if pair and pair[0]:
            score += pair_to_second
            waiting += pair_to_first
        starts.append(start)
        ends.append(at)
        scores.append(waiting)
        joinable.append(kind_before >= kind > 0)
        waiting, to_this, pairs, kind_before = score, to_next, pairs_from, kind
    # The first score belongs to no piece, and the last row is that of the end.
    return starts[:-1], ends[:-1], scores[1:], joinable[:-1]


def joined_to_previous(text: str, pieces: Pieces) -> list[bool]:
    """Return, for each piece of a text, True if pyvi joins it to the one before it.

    Computes the whole Viterbi path. `pieces` is the result of `read_pieces` for `text`.
    """
    starts, ends, scores, joinable = pieces
    labels = _labels(scores)
    if labels is None:
        labels = exact_labels([text[start:end] for start, end in zip(starts, ends, strict=True)])
    return [label and may for label, may in zip(labels, joinable, strict=True)]


def _labels(scores: list[float]) -> list[bool] | None:
    """Return, for each piece, True if its label on the best path is I_W, False for B_W.

    None if a label depends on a difference below TIE_MARGIN. `scores` are those of `Pieces`. With
    two labels, Viterbi's path follows from the difference of their totals alone
    (`SharedWeights.carry`).
    """
    if not scores:
        return []
    weights = shared_weights()
    low, high, carry = weights.low, weights.high, 0.0
    totals = []
    for score in scores:
        totals.append(score + carry)
        carry = weights.carry(totals[-1])
    label = totals[-1] > 0
    doubt = abs(totals[-1]) < TIE_MARGIN
    labels = [label]
    for total in totals[-2::-1]:
        doubt = doubt or abs(total - high) < TIE_MARGIN or abs(total - low) < TIE_MARGIN
        # Between the bounds, a piece has the label that the piece after it does not have.

        label = total > high or (total > low and not label)
        labels.append(label)
    return None if doubt else labels[::-1]
