"""Analyse many texts at once into NumPy columns: the results of `analyze`, faster, for rebuilds.

The texts are joined into one and cut at white space; each distinct chunk is analysed once
(`chunk_table.py`), and so is each distinct gap between two pieces (`gap_table.py`). A *piece* is a
syllable as it is written. A text that is not in NFC, or has characters that the tables do not cover
(`code_points.needing_single_analysis`: combining marks, Chinese characters, invisible and styled
ones, all beyond the Basic Multilingual Plane), is analysed by the functions for single texts.

Law: the tokens and words are those of `analyze`, text by text.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from indexer.analysis.batch.chunk_table import ChunkTable, PieceTable
from indexer.analysis.batch.code_points import (
    NEWLINE,
    RESPELLED,
    WHITE,
    Ints,
    JoinedTexts,
    join_texts,
    needing_single_analysis,
    text_indexes,
)
from indexer.analysis.batch.gap_table import SPACE, GapNumbers, SignTable
from indexer.analysis.decompounding import inner_words
from indexer.analysis.normalize import normalize
from indexer.analysis.syllables import codes, syllables
from indexer.analysis.words import segment
from indexer.analysis.words.batch_segmenter import (
    Chunks,
    chunk_numbers,
    chunk_starts,
    segment_chunks,
)
from indexer.analysis.words.piece_tables import rows_of

# Tables not in use. `pop` and `append` are atomic, so no two threads share a table, and a child
# forked at any time has its own.
_idle_tables: list[ChunkTable] = []


class Columns(NamedTuple):
    """Tokens and words of many texts. All arrays are int64.

    Attributes
    ----------
    vocabulary : each distinct term, in no particular order.
    spellings : each distinct written form of a token, in no particular order.
    gap_texts : each distinct text between two tokens, as given; "" and " " are the first two.
    respelled_texts : indexes of the texts in which a token may be written otherwise than in
        `spellings`, ascending.
    terms, pieces : `(tokens,)`, index in `vocabulary` and in `spellings` of each token. These and
        the other arrays of tokens are in text order, the texts one after another.
    texts : `(tokens,)`, index of the text of each token, ascending.
    positions : `(tokens,)`, position in its text, as in `Token`.
    after_space : `(tokens,)`, 1 if only a single space, of any kind that `normalize` makes a space,
        separates the token from the one before, else 0.
    gaps : `(tokens,)`, index in `gap_texts` of what stands between the token and the one before;
        that of "" for the first token of a text.
    starts, ends : `(tokens,)`, span in the text as given, in code points.
    firsts, lasts : `(words,)`, word k covers the tokens `[firsts[k], lasts[k])`; distinct,
        ascending by first, then last.
    """

    vocabulary: list[str]
    spellings: list[str]
    gap_texts: list[str]
    respelled_texts: list[int]
    terms: Ints
    pieces: Ints
    texts: Ints
    positions: Ints
    after_space: Ints
    gaps: Ints
    starts: Ints
    ends: Ints
    firsts: Ints
    lasts: Ints


def prepare() -> None:
    """Load the tables and the word model before the first text comes; takes 0.1 to 0.3 seconds.

    Raises WordModelError if the files of the word model are missing or changed.
    """
    analyze_many(["triển khai phương hướng nhiệm vụ"])


def analyze_many(texts: Sequence[str]) -> Columns:
    """Return the tokens and words of `texts` as columns. Accepts any strings.

    Many threads may call it at once; each call uses a table of its own. Raises WordModelError if
    the files of the word model are missing or changed.
    """
    try:
        table = _idle_tables.pop()
    except IndexError:
        table = ChunkTable()
    gaps = GapNumbers()
    joined = join_texts(texts)
    one_by_one = needing_single_analysis(texts, joined)
    parts = [_analyze_singly(texts[number], number, table.pieces, gaps) for number in one_by_one]
    if one_by_one:
        rest = list(texts)
        for number in one_by_one:
            rest[number] = ""
        joined = join_texts(rest)
    parts.append(_analyze_joined(joined, table, gaps))
    respelled = text_indexes(joined, np.flatnonzero(joined.has(RESPELLED))).tolist()
    columns = _columns(parts, table.pieces, gaps, sorted({*one_by_one, *respelled}))
    if not table.full:
        _idle_tables.append(table)
    return columns


_Part = tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints, Ints, Ints]
"""Tokens and words of some of the texts: pieces, texts, positions, after_space, gaps, starts and
ends per token, firsts and lasts per word. They are as in `Columns`, except that pieces are numbers
in the piece table, and firsts and lasts count the tokens of the part."""


def _columns(
    parts: Sequence[_Part], table: PieceTable, gaps: GapNumbers, respelled_texts: list[int]
) -> Columns:
    """Return the parts as one Columns, in text order, with the words inside long compounds.

    `table` and `gaps` have the strings that the numbers in the parts stand for; `vocabulary` and
    `spellings` of the result have only those that occur.
    """
    before, shifted = 0, []
    for part in parts:
        shifted.append((*part[:-2], part[-2] + before, part[-1] + before))
        before += len(part[0])
    *columns, firsts, lasts = map(np.concatenate, zip(*shifted, strict=True))
    if len(parts) > 1:
        order = np.argsort(columns[1], kind="stable")
        columns = [column[order] for column in columns]
        places = np.empty(len(order), np.int64)
        places[order] = np.arange(len(order))
        firsts, lasts = places[firsts], places[lasts - 1] + 1
    pieces, texts, positions, after_space, gap_numbers, starts, ends = columns
    used, pieces = _renumber(pieces, len(table))
    own, terms = _renumber(table.term[used], len(table.terms))
    every, spellings = list(table.terms), list(table)
    vocabulary = [every[number] for number in own.tolist()]
    terms = terms[pieces]
    words = _with_inner_words(vocabulary, terms, firsts, lasts)
    spelled = [spellings[number] for number in used.tolist()]
    lists = (vocabulary, spelled, list(gaps), respelled_texts)
    return Columns(
        *lists, terms, pieces, texts, positions, after_space, gap_numbers, starts, ends, *words
    )


def _renumber(numbers: Ints, count: int) -> tuple[Ints, Ints]:
    """Return the distinct values of `numbers (n,)`, and the index of each number among them.

    Two int64 arrays: `(distinct,)`, ascending, and `(n,)`. All numbers are from 0 to `count - 1`.
    """
    used = np.flatnonzero(np.bincount(numbers, minlength=count))
    places = np.zeros(count, np.int64)
    places[used] = np.arange(len(used))
    return used, places[numbers]


def _with_inner_words(
    terms: list[str], tokens: Ints, firsts: Ints, lasts: Ints
) -> tuple[Ints, Ints]:
    """Return the words given and the dictionary words inside long compounds, each once.

    Two int64 arrays `(words,)`, firsts and lasts as in `Columns`, ascending by first, then last.

    Parameters
    ----------
    terms : the vocabulary.
    tokens : `(tokens,)` int64, the index in `terms` of each token.
    firsts, lasts : `(n,)` int64, the words given, in any order.
    """
    inner: list[tuple[int, int]] = []
    known: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for k in np.flatnonzero(lasts - firsts > 2).tolist():
        first, last = int(firsts[k]), int(lasts[k])
        compound = tuple(tokens[first:last].tolist())
        if compound not in known:
            known[compound] = inner_words([terms[number] for number in compound])
        inner += [(first + i, first + j) for i, j in known[compound]]
    more = np.array(inner, np.int64).reshape(-1, 2)
    both = np.concatenate([firsts << 32 | lasts, more[:, 0] << 32 | more[:, 1]])
    both.sort()
    both = both[np.diff(both, prepend=-1) > 0]
    return both >> 32, both & 0xFFFFFFFF


def _analyze_singly(text: str, number: int, pieces: PieceTable, gaps: GapNumbers) -> _Part:
    """Return the part of one text, which has the index `number`, by the functions for single
    texts.

    Pieces and gaps that are new get a number in `pieces` and `gaps`. Raises WordModelError if the
    word model cannot be loaded.
    """
    normalized = normalize(text)
    normal = normalized.text
    found = syllables(normal)
    spans = np.array([*segment(normal), *codes(normal)], np.int64).reshape(-1, 2)
    numbers = np.array([pieces[normal[t.start : t.end]] for t in found], np.int64)
    positions = np.array([token.position for token in found], np.int64)
    after_space = np.array(
        [0, *(normal[a.end : b.start] == " " for a, b in pairwise(found))][: len(found)], np.int64
    )
    here = [normalized.source_span(token.start, token.end) for token in found]
    gap_numbers = np.array(
        [0, *(gaps[text[a:b]] for (_, a), (b, _) in pairwise(here))][: len(here)], np.int64
    )
    at = np.array(here, np.int64).reshape(-1, 2)
    normal_at = np.array([token[1:3] for token in found], np.int64).reshape(-1, 2)
    words = _whole_pieces(spans, normal_at[:, 0], normal_at[:, 1], len(normal))
    text_numbers = np.full(len(found), number, np.int64)
    return (numbers, text_numbers, positions, after_space, gap_numbers, at[:, 0], at[:, 1], *words)


def _analyze_joined(joined: JoinedTexts, table: ChunkTable, gaps: GapNumbers) -> _Part:
    """Return the part of all the joined texts, which need no single analysis.

    Chunks and gaps that are new get a number in `table` and `gaps`. Raises WordModelError if the
    word model cannot be loaded.
    """
    chunk_at, is_newline = chunk_starts(joined.has(NEWLINE), joined.has(WHITE))
    numbers = chunk_numbers(joined.text, is_newline, table)
    table.update_columns()
    bounds = np.searchsorted(chunk_at, joined.offsets)
    words = Chunks(chunk_at, table.word[numbers], bounds)
    spans = segment_chunks(words, table.words)
    counts, rows = rows_of(table.first, table.count, numbers)
    starts = np.repeat(chunk_at, counts) + table.start[rows]
    ends = starts + table.length[rows]
    pieces = table.piece[rows]
    texts = np.repeat(np.repeat(np.arange(len(bounds) - 1), np.diff(bounds)), counts)

    firsts, lasts = _whole_pieces(spans, starts, ends, len(joined.points))
    code_counts, rows = rows_of(table.code_row, table.codes, numbers)
    base = np.repeat(np.cumsum(counts) - counts, code_counts)
    firsts = np.append(firsts, base + table.code_first[rows])
    lasts = np.append(lasts, base + table.code_last[rows])

    gap_numbers = _gaps(joined, texts, starts, ends, gaps)
    signs = gaps.signs()
    after_space = signs.single_space[gap_numbers].astype(np.int64)
    steps = 1 + _sentences(signs, gap_numbers, pieces, table.pieces)
    positions = np.cumsum(steps)
    heads = np.flatnonzero(np.diff(texts, prepend=-1))
    positions -= np.repeat(positions[heads], np.diff(heads, append=len(texts)))
    before = joined.offsets[texts]
    return (
        pieces, texts, positions, after_space, gap_numbers, starts - before, ends - before,
        firsts, lasts,
    )  # fmt: skip


def _gaps(joined: JoinedTexts, texts: Ints, starts: Ints, ends: Ints, gaps: GapNumbers) -> Ints:
    """Return the number of the gap before each piece, `(pieces,)` int64; 0 for the first of a text.

    `texts`, `starts` and `ends (pieces,)` are the index of the text of each piece and its span in
    the joined text, in code points. A gap that is new gets a number in `gaps`.
    """
    numbers = np.zeros(len(starts), np.int64)
    same = texts[1:] == texts[:-1]
    single = same & (starts[1:] - ends[:-1] == 1)
    single &= joined.points[ends[:-1]] == ord(" ")
    numbers[1:][single] = SPACE
    at = np.flatnonzero(same & ~single)
    numbers[at + 1] = gaps.numbers(joined.text, joined.points, ends[at], starts[at + 1])
    return numbers


def _sentences(signs: SignTable, gaps: Ints, pieces: Ints, known: PieceTable) -> Ints:
    """Return 1 for each piece before which a sentence ends, else 0, `(pieces,)` int64.

    The rule is that of `ends_sentence`. `gaps` and `pieces`, both `(pieces,)`, are the number in
    `signs` of the gap before each piece, and the number of the piece in `known`.
    """
    small = known.small[pieces]
    abbreviation = known.abbreviation[pieces]
    ends = signs.stops[gaps] | (signs.breaks[gaps] & ~small)
    ends[1:] &= ~(signs.dotted[gaps[1:]] & abbreviation[:-1])
    return ends.astype(np.int64)


def _whole_pieces(spans: Ints, starts: Ints, ends: Ints, length: int) -> tuple[Ints, Ints]:
    """Return the first piece, and one past the last, of each span that covers whole pieces.

    Two int64 arrays `(k,)`, indexes of pieces in the order of the spans; other spans are left out.

    Parameters
    ----------
    spans : `(n, 2)` int64, starts and ends in one text, in code points.
    starts, ends : `(pieces,)` int64, where the pieces begin and end in it, ascending.
    length : length of the text in code points.
    """
    number = np.arange(len(starts), dtype=np.int32)
    first_at = np.full(length + 1, -1, np.int32)
    first_at[starts] = number
    last_at = np.full(length + 1, -1, np.int32)
    last_at[ends] = number + 1
    first, last = first_at[spans[:, 0]], last_at[spans[:, 1]]
    exact = (first >= 0) & (last > first)
    return first[exact].astype(np.int64), last[exact].astype(np.int64)
