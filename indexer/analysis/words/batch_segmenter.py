"""Word segmentation of many texts, or of a long one, in NumPy; same results as `short_segmenter`.

Groups of texts are joined into one and cut into *chunks*: the longest stretches without white
space, and each newline by itself. Each chunk is looked up for its pieces, each piece for its
scores. The labels of a text depend on that text alone. A caller that has looked up the chunks
already (the batch analyzer) passes their numbers to `segment_chunks`.

Functions that look up pieces raise WordModelError if the model files are missing or changed.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.analysis.nfc import compose
from indexer.analysis.words.exact_viterbi import exact_labels
from indexer.analysis.words.piece_tables import (
    ChunkTable,
    Floats,
    Ints,
    StringNumbers,
    dictionary,
    has_bit,
    rows_of,
)
from indexer.analysis.words.state_scores import TIE_MARGIN, shared_weights

Spans = npt.NDArray[np.int64]
"""`(tokens, 2)`: start and end of each token in a text, in code points, ascending."""

_Bools = npt.NDArray[np.bool_]

# Characters, and chunks, per group: columns of this many pieces or fewer fit a processor's cache.
_GROUP_CHARACTERS = 1 << 18
_GROUP_CHUNKS = 1 << 16

_PAST_LAST_SPACE = 0x3001  # the code point after U+3000, the last one that is white space
_VECTOR_STEPS = 64
"""Number of steps that `_totals` takes for all chains at once; what is left of longer ones is
computed piece by piece, because few chains are so long."""

# Tables not in use. `pop` and `append` are atomic, so no two threads share a table, and a child
# forked at any time has its own.
_idle_tables: list[ChunkTable] = []


def spans_of(texts: Sequence[str]) -> list[Spans]:
    """Return the spans of pyvi's tokens in each of `texts`, as code points of the text as given.

    Many threads may call it at once; each call uses a table of its own. Raises WordModelError if
    the model files are missing or changed.
    """
    answers: list[Spans] = []
    for group in _groups(texts):
        composed = [compose(text) for text in group]
        try:
            table = _idle_tables.pop()
        except IndexError:
            table = ChunkTable()
        for text, spans in zip(
            composed, _spans_per_text([c.text for c in composed], table), strict=True
        ):
            if text.at:
                pairs = [(start, end) for start, end in spans.tolist()]
                spans = np.array(text.source_spans(pairs), np.int64).reshape(-1, 2)
            answers.append(spans)
        if not table.full:
            _idle_tables.append(table)
    return answers


def _groups(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield the texts, in order, in groups of at most _GROUP_CHARACTERS code points, or of a single
    longer text."""
    group: list[str] = []
    length = 0
    for text in texts:
        if group and length + len(text) > _GROUP_CHARACTERS:
            yield group
            group, length = [], 0
        group.append(text)
        length += len(text)
    if group:
        yield group


class Chunks(NamedTuple):
    """The chunks of texts joined into one, in order; a newline is a chunk of its own. All int64.

    Attributes
    ----------
    starts : `(chunks,)`, where each begins in the joined text, in code points, ascending.
    numbers : `(chunks,)`, the number of each in a ChunkTable.
    bounds : `(texts + 1,)`; text k has the chunks `[bounds[k], bounds[k + 1])`.
    """

    starts: Ints
    numbers: Ints
    bounds: Ints


def segment_chunks(chunks: Chunks, table: ChunkTable) -> Spans:
    """Return the spans of pyvi's tokens in all texts, as code points of the joined text, in order.

    `table` is the one that numbered the chunks, with its columns up to date.
    """
    found = [np.zeros((0, 2), np.int64)]
    first = 0
    while first < len(chunks.bounds) - 1:
        enough = (
            np.searchsorted(chunks.bounds, chunks.bounds[first] + _GROUP_CHUNKS, side="right") - 1
        )
        last = max(int(enough), first + 1)
        begin, end = chunks.bounds[[first, last]].tolist()
        bounds = chunks.bounds[first : last + 1] - begin
        these = Chunks(chunks.starts[begin:end], chunks.numbers[begin:end], bounds)
        found.append(_segment(these, table)[0])
        first = last
    return np.concatenate(found)


def _spans_per_text(texts: Sequence[str], table: ChunkTable) -> Iterator[Spans]:
    """Yield the spans of the tokens of each text, as code points of that text; `texts` are in NFC.

    Chunks that are new get a number in `table`.
    """
    joined = " ".join(texts)
    lengths = np.array([len(text) for text in texts], np.int64)
    offsets = np.concatenate(([0], np.cumsum(lengths + 1)))
    spans, bounds = _segment(_read(joined, offsets, table), table)
    spans -= np.repeat(offsets[:-1], np.diff(bounds))[:, np.newaxis]
    for start, end in itertools.pairwise(bounds.tolist()):
        yield spans[start:end]


def _read(text: str, offsets: Ints, table: ChunkTable) -> Chunks:
    """Return the chunks of `text`, numbered by `table`, whose columns are then up to date.

    `text` is texts joined by spaces; text k begins at the code point `offsets[k]`. `offsets` is
    `(texts + 1,)`; its last entry is where a further text would begin.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    starts, is_newline = chunk_starts(
        codes == ord("\n"), _spaces()[np.minimum(codes, _PAST_LAST_SPACE)]
    )
    numbers = chunk_numbers(text, is_newline, table)
    table.update_columns()
    return Chunks(starts, numbers, np.searchsorted(starts, offsets))


def chunk_starts(newline: _Bools, space: _Bools) -> tuple[Ints, _Bools]:
    """Return where the chunks of a text begin, and which of them are newlines.

    A chunk is a longest stretch of characters without white space, or a single newline; other white
    space is in no chunk. Two arrays `(chunks,)`: the offset of the first character of each in the
    text, in code points, int64 ascending; and True for a newline, bool.

    Parameters
    ----------
    newline : `(characters,)` bool, True for each character that is a newline.
    space : `(characters,)` bool, True for each that is white space, newlines included.
    """
    begins = ~space
    begins[1:] &= space[:-1]
    begins |= newline
    starts = np.flatnonzero(begins)
    return starts, newline[starts]


def chunk_numbers(text: str, is_newline: _Bools, table: StringNumbers) -> Ints:
    """Return the number of each chunk of `text` in `table`, `(chunks,)` int64.

    The chunks are in text order, `is_newline (chunks,)` is True for those that are a newline. The
    caller then calls `table.update_columns`, which adds columns for new chunks.
    """
    numbers = np.empty(len(is_newline), np.int64)
    numbers[~is_newline] = table.numbers(text.split())
    numbers[is_newline] = table["\n"]
    return numbers


class _Pieces(NamedTuple):
    """The pieces of all texts, in order. All int64.

    Attributes
    ----------
    starts, ends : `(pieces,)`, spans in the joined text, in code points.
    piece : `(pieces,)`, number of each piece in a PieceTable.
    bounds : `(texts + 1,)`; text k has the pieces `[bounds[k], bounds[k + 1])`.
    """

    starts: Ints
    ends: Ints
    piece: Ints
    bounds: Ints


def _segment(chunks: Chunks, table: ChunkTable) -> tuple[Spans, Ints]:
    """Return the spans of the tokens of all texts, and the index of the first span of each text.

    The spans are `(tokens, 2)` int64, code points of the joined text; the indexes `(texts + 1,)`
    int64, the last of which is the number of tokens.
    """
    pieces = _pieces(chunks, table)
    heads = np.flatnonzero(~_joined_to_previous(pieces, table))
    spans = np.empty((len(heads), 2), np.int64)
    spans[:, 0] = pieces.starts[heads]
    if len(heads):
        spans[:-1, 1] = pieces.ends[heads[1:] - 1]
        spans[-1, 1] = pieces.ends[-1]
    return spans, np.searchsorted(heads, pieces.bounds)


def _pieces(chunks: Chunks, table: ChunkTable) -> _Pieces:
    count, row = rows_of(table.first, table.count, chunks.numbers)
    starts = np.repeat(chunks.starts, count) + table.start[row]
    ends = starts + table.length[row]
    before = np.concatenate(([0], np.cumsum(count)))
    piece = table.piece[row]
    return _Pieces(starts, ends, piece, before[chunks.bounds])


@functools.cache
def _spaces() -> _Bools:
    """Return the mask `(_PAST_LAST_SPACE + 1,)` of the code points that are white space; none
    beyond them is. Cached."""
    return np.array([chr(code).isspace() for code in range(_PAST_LAST_SPACE + 1)])


def _joined_to_previous(pieces: _Pieces, table: ChunkTable) -> _Bools:
    """Return the mask `(pieces,)` of the pieces that pyvi joins to the one before.

    Those with label I_W, except where pyvi never joins: the first piece of a text, a sign or a
    number (`Piece.may_join`), a piece after one, and a capitalised piece after a small one.
    """
    if not len(pieces.piece):
        return np.zeros(0, np.bool_)
    filled = pieces.bounds[:-1] < pieces.bounds[1:]
    first = pieces.bounds[:-1][filled]
    last = pieces.bounds[1:][filled] - 1
    totals = _totals(_scores(pieces, first, last, table), first)
    labels, doubtful = _labels(totals, last)
    names = list(table.pieces) if len(doubtful) else []
    for number in np.unique(np.searchsorted(last, doubtful)).tolist():
        these = slice(int(first[number]), int(last[number]) + 1)
        labels[these] = exact_labels([names[piece] for piece in pieces.piece[these].tolist()])
    kind = table.pieces.kind[pieces.piece]
    labels &= kind > 0
    labels[1:] &= kind[:-1] >= kind[1:]
    labels[first] = False
    return labels


def _scores(pieces: _Pieces, first: Ints, last: Ints, table: ChunkTable) -> Floats:
    """Return the score of label I_W minus that of B_W for each piece, without transitions.

    `(pieces,)` float64, in log odds. `first` and `last`, both `(texts,)`, are the indexes of the
    first and last piece of each text that has any.
    """
    weights, known, rows, words = shared_weights(), table.pieces, pieces.piece, dictionary()
    scores: Floats = known.own[rows]
    to_next = known.to_next[rows]
    to_next[last] = 0.0
    scores[1:] += to_next[:-1]
    to_previous = known.to_previous[rows]
    to_previous[first] = 0.0
    scores[:-1] += to_previous[1:]

    # Number 0 is that of pieces in no word, so no table has a code made with it.
    one = known.first[rows]
    one[last] = 0
    codes = one[:-1] * words.width + known.second[rows[1:]]
    at = np.flatnonzero(has_bit(words.words, codes))
    scores[at] += weights.pair_to_first
    scores[at + 1] += weights.pair_to_second

    at = np.flatnonzero(has_bit(words.begins, codes[:-1]))
    # The middle piece of a triple is not the last of its text.
    at = at[~np.isin(at + 1, last)]
    third = known.third[rows[at + 2]]
    triple = codes[at] * words.thirds + third
    found = np.searchsorted(words.triples, triple)
    found[found == len(words.triples)] = 0
    at = at[words.triples[found] == triple]
    scores[at] += weights.triple_to_first
    scores[at + 2] += weights.triple_to_third
    return scores


def _totals(scores: Floats, first: Ints) -> Floats:
    """Return Viterbi's totals, `(pieces,)` float64 log odds: the score of each piece plus what the
    piece before it carries over (`SharedWeights.carry`).

    A piece whose total is beyond the bounds `low` and `high` whatever is carried over to it carries
    a constant to the next. The others, a few in a hundred, are computed from there, one step of all
    chains of them at a time, or after _VECTOR_STEPS steps one by one. `first (texts,)` are the
    indexes of the first piece of each text.
    """
    weights = shared_weights()
    carried_over = np.full(len(scores) + 1, np.nan)
    after = carried_over[1:]
    after[scores + weights.from_inside > weights.high] = weights.from_inside
    after[scores + weights.from_begin < weights.low] = weights.from_begin
    # Nothing is carried over to the first piece of a text.
    after[first] = weights.carries(scores[first])
    carried_over[first] = 0.0
    open_ = np.flatnonzero(np.isnan(after))
    for _ in range(_VECTOR_STEPS):
        if not len(open_):
            break
        after[open_] = weights.carries(scores[open_] + carried_over[open_])
        open_ = open_[np.isnan(after[open_])]
    for at in open_.tolist():
        after[at] = weights.carry(scores[at] + carried_over[at])
    totals: Floats = scores + carried_over[:-1]
    return totals


def _labels(totals: Floats, last: Ints) -> tuple[_Bools, Ints]:
    """Return the mask `(pieces,)` of the pieces with label I_W, and the pieces whose label rounding
    could decide.

    These are indexes of pieces, `(n,)` int64 ascending, whose label depends on a difference below
    TIE_MARGIN. `totals` are as `_totals` returns them; `last (texts,)` are the indexes of the last
    piece of each text.
    """
    weights = shared_weights()
    middle, half = (weights.high + weights.low) / 2, (weights.high - weights.low) / 2
    distance = np.abs(totals - middle)
    labels = totals > middle
    labels[last] = totals[last] > 0
    # Between the bounds, a piece has the label that the piece after it does not have.
    turns = distance < half
    turns[last] = False
    at = np.flatnonzero(turns)
    settled = np.flatnonzero(~turns)
    after = settled[np.searchsorted(settled, at)]
    labels[at] = labels[after] ^ ((after - at) & 1 != 0)
    distance -= half
    distance[last] = totals[last]
    return labels, np.flatnonzero(np.abs(distance) < TIE_MARGIN)
