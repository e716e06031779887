"""Words of a short text, in plain Python.

Nearly every label is plain from the piece and its neighbours, so one pass from left to right gives
the words; only where a label depends on the one after it is the whole Viterbi path computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from indexer.analysis.memo import Memo
from indexer.analysis.words.exact_viterbi import exact_labels
from indexer.analysis.words.pieces import CHUNKS, piece_spans
from indexer.analysis.words.state_scores import DOUBT, describe, joins
from indexer.analysis.words.word_model import Pair, word_model
from indexer.models import Range

_NO_PAIRS: Mapping[str, Pair] = {}

Pieces = tuple[list[int], list[int], list[float], list[bool]]
"""The pieces of a text, in lists of one length: where they start and end; scores of label I_W minus
those of B_W, transitions left out; and whether pyvi may join a piece to the one before it at all.
"""

_Row = tuple[str, int, str, float, float, float, int, Mapping[str, Pair]]


def _rows_of(chunk: str) -> tuple[_Row, ...]:
    """For each piece of `chunk`: itself, length, lower case, parts of scores, kind, pairs from it.

    pyvi joins a piece only to one before it whose kind is as high, and those of kind 0 to nothing.
    """
    if not chunk:
        # The end of a text adds nothing to anything; a space is in no word.
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


# Some 30 MB together if someone fills them on purpose.
_described = Memo(describe, size=1 << 14, longest=32)
_rows = Memo(_rows_of, size=1 << 14, longest=16)


def _rows_in(text: str) -> Iterator[_Row]:
    chunks = CHUNKS.findall(text) if "\n" in text else text.split()
    chunks.append("")
    return chain.from_iterable(map(_rows.__getitem__, chunks))


def words(text: str) -> list[Range]:
    """The spans of pyvi's tokens in `text`, which is NFC.

    One pass. A piece's score is complete when the second one after it is known, so two wait: the
    nearer one's variables end in 1, the other's in 2.
    """
    pair_to_second, pair_to_first, triple_to_third, triple_to_first, *rest = joins()
    from_begin, from_inside, low, high = rest
    low -= DOUBT
    high += DOUBT
    spans = []
    find = text.find
    # What waits before the first piece are no pieces: each begins a word, dropped at the end. They
    # hand on what such words do, which the first piece must not get.
    score1 = score2 = -1000.0
    to_this = -from_begin
    carry = 0.0
    joins1 = joins2 = False
    at = start1 = end1 = start2 = end2 = first = last = kind_before = 0
    pairs, pair = _NO_PAIRS, None
    rows = _rows_in(text)
    # The row of the end brings the last piece but one to its decision.
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
            return _careful_words(text)
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
    if abs(total) < DOUBT:
        return _careful_words(text)
    if total > 0 and joins2:
        spans.append((first, end2))
    else:
        spans += [(first, last), (start2, end2)]
    return spans[3:]


def _careful_words(text: str) -> list[Range]:
    starts, ends, _, _ = pieces = read(text)
    spans: list[Range] = []
    for start, end, joined in zip(starts, ends, glued(text, pieces), strict=True):
        spans.append((spans.pop()[0], end) if joined else (start, end))
    return spans


def read(text: str) -> Pieces:
    """The pieces of `text`, which is NFC."""
    pair_to_second, pair_to_first, triple_to_third, triple_to_first, *_ = joins()
    starts: list[int] = []
    ends: list[int] = []
    scores: list[float] = []
    joinable: list[bool] = []
    find = text.find
    at = kind_before = 0
    # The score before this one waits for what this piece adds to it; before the first: nothing.
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
    # Before the first piece was nothing, and the last row is the end's.
    return starts[:-1], ends[:-1], scores[1:], joinable[:-1]


def glued(text: str, pieces: Pieces) -> list[bool]:
    """For each piece, whether pyvi joins it to the one before it. The whole Viterbi path."""
    starts, ends, scores, joinable = pieces
    labels = _labels(scores)
    if labels is None:
        labels = exact_labels([text[start:end] for start, end in zip(starts, ends, strict=True)])
    return [label and may for label, may in zip(labels, joinable, strict=True)]


def _labels(scores: list[float]) -> list[bool] | None:
    """The best labels (is it I_W?), or None where they are too close to call.

    With two labels, Viterbi's path follows from the difference of their two best totals.
    """
    if not scores:
        return []
    weights = joins()
    low, high, carry = weights.low, weights.high, 0.0
    totals = []
    for score in scores:
        totals.append(score + carry)
        carry = weights.carry(totals[-1])
    label = totals[-1] > 0
    doubt = abs(totals[-1]) < DOUBT
    labels = [label]
    for total in totals[-2::-1]:
        doubt = doubt or abs(total - high) < DOUBT or abs(total - low) < DOUBT
        # Between the two bounds, a piece has the label that the piece after it has not.
        label = total > high or (total > low and not label)
        labels.append(label)
    return None if doubt else labels[::-1]
