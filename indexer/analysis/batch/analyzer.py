"""The terms of many texts at once, as columns: what `analyze` says, for rebuilds.

The texts are laid end to end and cut at white space; each distinct chunk is looked at once
(`chunks`), and so is each distinct gap between two pieces (`gaps`). A text with characters that
need more care than that (combining marks, Chinese characters, letters beyond the first plane,
invisible ones) goes through the functions that `analyze` uses, one by one.

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
    Laid,
    in_need_of_care,
    lay,
    owners,
)
from indexer.analysis.batch.gap_table import SPACE, Gaps, SignTable
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

# Tables not in use. Taking one out and putting it back are atomic, so no two threads share one,
# and a child forked at any time has its own.
_idle: list[ChunkTable] = []


class Columns(NamedTuple):
    """Tokens of many texts, in order.

    `vocabulary` holds each term once, `spellings` each way to write one, `between` each gap between
    two tokens of a text, as it was given. Per token: `terms` (number in the vocabulary), `pieces`
    (number in the spellings), `texts` (number of the text), `positions`, `touching` (1 where a
    single space is all between it and the token before), `gaps` (what that is: number in `between`,
    of "" for the first of a text), and its span `[starts, ends)` in the text as it was given.
    Word k covers the tokens `[firsts[k], lasts[k])`.
    In the texts `odd` a piece may be written otherwise than its spelling is.
    """

    vocabulary: list[str]
    spellings: list[str]
    between: list[str]
    odd: list[int]
    terms: Ints
    pieces: Ints
    texts: Ints
    positions: Ints
    touching: Ints
    gaps: Ints
    starts: Ints
    ends: Ints
    firsts: Ints
    lasts: Ints


def prepare() -> None:
    """Load what is loaded once, before there is anything to analyse (0.1 to 0.3 s)."""
    analyze_many(["triển khai phương hướng nhiệm vụ"])


def analyze_many(texts: Sequence[str]) -> Columns:
    """The columns of `texts`. Total: any strings."""
    try:
        table = _idle.pop()
    except IndexError:
        table = ChunkTable()
    gaps = Gaps()
    laid = lay(texts)
    careful = in_need_of_care(texts, laid)
    parts = [_careful(texts[number], number, table.pieces, gaps) for number in careful]
    if careful:
        rest = list(texts)
        for number in careful:
            rest[number] = ""
        laid = lay(rest)
    parts.append(_plain(laid, table, gaps))
    respelled = owners(laid, np.flatnonzero(laid.has(RESPELLED))).tolist()
    columns = _columns(parts, table.pieces, gaps, sorted({*careful, *respelled}))
    if not table.full:
        _idle.append(table)
    return columns


_Part = tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints, Ints, Ints]
"""Pieces (numbers in the table), texts, positions, touching, gaps, starts, ends; firsts and lasts
of the words."""


def _columns(parts: Sequence[_Part], known: PieceTable, gaps: Gaps, odd: list[int]) -> Columns:
    """Parts together, with the vocabulary that they have."""
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
    pieces, texts, positions, touching, between, starts, ends = columns
    used, pieces = _renumbered(pieces, len(known))
    own, terms = _renumbered(known.term[used], len(known.terms))
    every, spellings = list(known.terms), list(known)
    vocabulary = [every[number] for number in own.tolist()]
    terms = terms[pieces]
    words = _with_inner(vocabulary, terms, firsts, lasts)
    spelled = [spellings[number] for number in used.tolist()]
    lists = (vocabulary, spelled, list(gaps), odd)
    return Columns(*lists, terms, pieces, texts, positions, touching, between, starts, ends, *words)


def _renumbered(numbers: Ints, count: int) -> tuple[Ints, Ints]:
    """Which of `count` numbers occur, ascending, and where each stands among these."""
    used = np.flatnonzero(np.bincount(numbers, minlength=count))
    places = np.zeros(count, np.int64)
    places[used] = np.arange(len(used))
    return used, places[numbers]


def _with_inner(terms: list[str], tokens: Ints, firsts: Ints, lasts: Ints) -> tuple[Ints, Ints]:
    """The words, each once, and the dictionary words inside long compounds."""
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


def _careful(text: str, number: int, pieces: PieceTable, gaps: Gaps) -> _Part:
    """One text by the functions for single texts."""
    normalized = normalize(text)
    normal = normalized.text
    found = syllables(normal)
    spans = np.array([*segment(normal), *codes(normal)], np.int64).reshape(-1, 2)
    numbers = np.array([pieces[normal[t.start : t.end]] for t in found], np.int64)
    positions = np.array([token.position for token in found], np.int64)
    touching = np.array(
        [0, *(normal[a.end : b.start] == " " for a, b in pairwise(found))][: len(found)], np.int64
    )
    here = [normalized.source_span(token.start, token.end) for token in found]
    between = np.array(
        [0, *(gaps[text[a:b]] for (_, a), (b, _) in pairwise(here))][: len(here)], np.int64
    )
    at = np.array(here, np.int64).reshape(-1, 2)
    normal_at = np.array([token[1:3] for token in found], np.int64).reshape(-1, 2)
    words = _covered(spans, normal_at[:, 0], normal_at[:, 1], len(normal))
    text_numbers = np.full(len(found), number, np.int64)
    return (numbers, text_numbers, positions, touching, between, at[:, 0], at[:, 1], *words)


def _plain(laid: Laid, table: ChunkTable, gaps: Gaps) -> _Part:
    """Texts of the first plane, composed, without marks of their own."""
    chunk_at, is_newline = chunk_starts(laid.has(NEWLINE), laid.has(WHITE))
    numbers = chunk_numbers(laid.text, is_newline, table)
    table.look()
    bounds = np.searchsorted(chunk_at, laid.offsets)
    words = Chunks(chunk_at, table.word[numbers], bounds)
    spans = segment_chunks(words, table.words)
    counts, rows = rows_of(table.first, table.count, numbers)
    starts = np.repeat(chunk_at, counts) + table.start[rows]
    ends = starts + table.length[rows]
    pieces = table.piece[rows]
    texts = np.repeat(np.repeat(np.arange(len(bounds) - 1), np.diff(bounds)), counts)

    firsts, lasts = _covered(spans, starts, ends, len(laid.points))
    code_counts, rows = rows_of(table.code_row, table.codes, numbers)
    base = np.repeat(np.cumsum(counts) - counts, code_counts)
    firsts = np.append(firsts, base + table.code_first[rows])
    lasts = np.append(lasts, base + table.code_last[rows])

    between = _gaps(laid, texts, starts, ends, gaps)
    signs = gaps.signs()
    touching = signs.touching[between].astype(np.int64)
    steps = 1 + _sentences(signs, between, pieces, table.pieces)
    positions = np.cumsum(steps)
    heads = np.flatnonzero(np.diff(texts, prepend=-1))
    positions -= np.repeat(positions[heads], np.diff(heads, append=len(texts)))
    before = laid.offsets[texts]
    return (
        pieces, texts, positions, touching, between, starts - before, ends - before, firsts, lasts,
    )  # fmt: skip


def _gaps(laid: Laid, texts: Ints, starts: Ints, ends: Ints, gaps: Gaps) -> Ints:
    """What stands before each piece, back to the one before it in its text."""
    numbers = np.zeros(len(starts), np.int64)
    same = texts[1:] == texts[:-1]
    single = same & (starts[1:] - ends[:-1] == 1)
    single &= laid.points[ends[:-1]] == ord(" ")
    numbers[1:][single] = SPACE
    at = np.flatnonzero(same & ~single)
    numbers[at + 1] = gaps.numbers(laid.text, laid.points, ends[at], starts[at + 1])
    return numbers


def _sentences(signs: SignTable, gaps: Ints, pieces: Ints, known: PieceTable) -> Ints:
    """For each piece 1 where a sentence ends before it, within one text: `ends_sentence`."""
    small = known.small[pieces]
    abbreviation = known.abbreviation[pieces]
    ends = signs.stops[gaps] | (signs.breaks[gaps] & ~small)
    ends[1:] &= ~(signs.dotted[gaps[1:]] & abbreviation[:-1])
    return ends.astype(np.int64)


def _covered(spans: Ints, starts: Ints, ends: Ints, length: int) -> tuple[Ints, Ints]:
    """For the spans that cover whole pieces exactly, their first and one past their last; `length`
    is that of the text."""
    number = np.arange(len(starts), dtype=np.int32)
    first_at = np.full(length + 1, -1, np.int32)
    first_at[starts] = number
    last_at = np.full(length + 1, -1, np.int32)
    last_at[ends] = number + 1
    first, last = first_at[spans[:, 0]], last_at[spans[:, 1]]
    exact = (first >= 0) & (last > first)
    return first[exact].astype(np.int64), last[exact].astype(np.int64)
