"""The terms of many texts at once, as columns: what `analyze` says, for rebuilds.

The texts are laid end to end as one array of code points. Pieces are cut by looking each code
point up in a table; each distinct piece is normalised once. A text with characters that need more
care than that (combining marks, Chinese characters, letters beyond the first plane, invisible
ones) goes through the functions that `analyze` uses, one by one.

Law: the tokens and words are those of `analyze`, text by text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple
from unicodedata import is_normalized

import numpy as np

from indexer.analysis.compounds import inner_words
from indexer.analysis.normalize import INVISIBLE, ONE_TO_ONE, STYLED, normalize
from indexer.analysis.spelling import place_tones
from indexer.analysis.syllables import (
    HAN,
    THOUSANDS,
    codes,
    ends_sentence,
    is_code,
    syllables,
    term_of,
)
from indexer.analysis.words import segment, segment_many

Ints = np.ndarray[Any, np.dtype[np.int64]]
_Codes = np.ndarray[Any, np.dtype[np.uint32]]
_Bools = np.ndarray[Any, np.dtype[np.bool_]]

_CARE = re.compile(f"[{INVISIBLE}{STYLED}{HAN}\u0300-\u036f\U00010000-\U0010ffff]")
_PLANE = 1 << 16
_STOPS = ".!?…;\n"
_JOINERS = "-/.&:–"


class Columns(NamedTuple):
    """Tokens of many texts, grouped by text, in order within each.

    `vocabulary` holds each term once, `spellings` each way to write one. Per token: `terms` (number
    in the vocabulary), `pieces` (number in the spellings), `texts` (number of the text),
    `positions`, `touching` (1 where a single space is all between it and the token before), and its
    span `[starts, ends)` in the text as it was given.
    Word k covers the tokens `[firsts[k], lasts[k])`.
    """

    vocabulary: list[str]
    spellings: list[str]
    terms: Ints
    pieces: Ints
    texts: Ints
    positions: Ints
    touching: Ints
    starts: Ints
    ends: Ints
    firsts: Ints
    lasts: Ints


def analyze_many(texts: Sequence[str]) -> Columns:
    """The columns of `texts`. Total: any strings."""
    plain, careful = [], []
    for number, text in enumerate(texts):
        if not text:
            continue
        if is_plain(text):
            plain.append(number)
        else:
            careful.append(number)
    vocabulary = Vocabulary()
    parts = [_careful(texts[number], number, vocabulary) for number in careful]
    if plain:
        parts.append(_plain([texts[number] for number in plain], np.array(plain), vocabulary))
    before, shifted = 0, []
    for part in parts:
        shifted.append((*part[:6], part[6] + before, part[7] + before))
        before += len(part[0])
    if not shifted:
        return Columns([], [], *[np.zeros(0, np.int64)] * 9)
    pieces, owners, positions, touching, starts, ends, firsts, lasts = map(
        np.concatenate, zip(*shifted, strict=True)
    )
    terms = np.array(vocabulary.of_piece, np.int64)[pieces]
    words = _with_inner(vocabulary.terms, terms, firsts, lasts)
    columns = (terms, pieces, owners, positions, touching, starts, ends)
    return Columns(vocabulary.terms, list(vocabulary), *columns, *words)


def _with_inner(terms: list[str], tokens: Ints, firsts: Ints, lasts: Ints) -> tuple[Ints, Ints]:
    """The words, and the dictionary words inside long compounds."""
    inner: list[tuple[int, int]] = []
    known: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for k in np.flatnonzero(lasts - firsts > 2).tolist():
        first, last = int(firsts[k]), int(lasts[k])
        compound = tuple(tokens[first:last].tolist())
        if compound not in known:
            known[compound] = inner_words([terms[number] for number in compound])
        inner += [(first + i, first + j) for i, j in known[compound]]
    both = np.array(inner, np.int64).reshape(-1, 2)
    return _each_once(np.concatenate([firsts, both[:, 0]]), np.concatenate([lasts, both[:, 1]]))


def is_plain(text: str) -> bool:
    """Whether `cut` can take this text."""
    return text.isascii() or (_CARE.search(text) is None and is_normalized("NFC", text))


_Part = tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints, Ints]
"""Pieces, texts, positions, touching, starts, ends; firsts and lasts of the words."""


class Vocabulary(dict[str, int]):
    """Raw piece → its number; for each number its term's number and, if other, its spelling."""

    def __init__(self) -> None:
        self.terms: list[str] = []
        self.of_piece: list[int] = []
        self.placed: dict[int, str] = {}
        self._numbers: dict[str, int] = {}

    def term(self, term: str) -> int:
        """The number of a term."""
        number = self._numbers.setdefault(term, len(self.terms))
        if number == len(self.terms):
            self.terms.append(term)
        return number

    def known(self, term: str) -> int | None:
        """The number of a term, if it has one."""
        return self._numbers.get(term)

    def __missing__(self, piece: str) -> int:
        number = self[piece] = len(self.of_piece)
        placed = place_tones(piece)
        if placed != piece:
            self.placed[number] = placed
        self.of_piece.append(self.term(term_of(placed)))
        return number


def _careful(text: str, number: int, vocabulary: Vocabulary) -> _Part:
    """One text by the functions for single texts."""
    normalized = normalize(text)
    normal = normalized.text
    found = syllables(normal)
    starts = np.array([token.start for token in found], np.int64)
    ends = np.array([token.end for token in found], np.int64)
    spans = np.array([*segment(normal), *codes(normal)], np.int64).reshape(-1, 2)
    pieces = np.array([vocabulary[normal[t.start : t.end]] for t in found], np.int64)
    positions = np.array([token.position for token in found], np.int64)
    owners = np.full(len(found), number, np.int64)
    single = [normal[a.end : b.start] == " " for a, b in pairwise(found)]
    touching = np.array([0, *single][: len(found)], np.int64)
    given = [normalized.source_span(token.start, token.end) for token in found]
    here = np.array(given, np.int64).reshape(-1, 2)
    columns = (pieces, owners, positions, touching, here[:, 0], here[:, 1])
    return (*columns, *_covered(spans, starts, ends))


class Cut(NamedTuple):
    """Texts laid end to end and cut into pieces. `text` is normalised, text k stands in it at
    `offsets[k]`; runs are those of letters and digits, from which pieces differ in numbers."""

    text: str
    points: _Codes
    offsets: Ints
    runs: tuple[Ints, Ints]
    starts: Ints
    ends: Ints
    pieces: Ints
    owners: Ints
    positions: Ints


def cut(texts: Sequence[str], vocabulary: Vocabulary) -> Cut:
    """Cut texts of the first plane, composed, without marks of their own."""
    joined = " ".join(texts)
    lengths = np.array([len(text) for text in texts], np.int64)
    offsets = np.concatenate(([0], np.cumsum(lengths + 1)))
    points = _tables().plain[np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4")]
    letters = _tables().letters[points]
    runs = _edges(letters)
    _join_thousands(joined, points, letters, *runs)
    starts, ends = _edges(letters)
    words = _text(np.where(letters, points, np.uint32(ord(" ")))).split()
    pieces = np.fromiter(map(vocabulary.__getitem__, words), np.int64, len(words))
    _place(points, pieces, starts, ends, vocabulary)
    normal = _text(points)

    owners = np.searchsorted(offsets, starts, side="right") - 1
    steps = 1 + _sentences(normal, points, starts, ends, owners)
    positions = np.cumsum(steps)
    firsts = np.flatnonzero(np.diff(owners, prepend=-1))
    positions -= np.repeat(positions[firsts], np.diff(firsts, append=len(owners)))
    return Cut(normal, points, offsets, runs, starts, ends, pieces, owners, positions)


def _plain(texts: Sequence[str], numbers: Ints, vocabulary: Vocabulary) -> _Part:
    """The columns of texts that `cut` can take."""
    laid = cut(texts, vocabulary)
    at = laid.offsets.tolist()
    spans = segment_many([laid.text[at[i] : at[i + 1] - 1] for i in range(len(texts))])
    every = [np.concatenate([s + o for s, o in zip(spans, at, strict=False)])]
    every.append(_codes(laid.text, laid.points, *laid.runs))
    touching = np.zeros(len(laid.starts), np.int64)
    touching[1:] = laid.starts[1:] - laid.ends[:-1] == 1
    touching[1:] &= laid.points[laid.ends[:-1]] == ord(" ")
    touching[1:] &= laid.owners[1:] == laid.owners[:-1]
    covered = _covered(np.concatenate(every), laid.starts, laid.ends)
    before = laid.offsets[laid.owners]
    columns = (laid.pieces, numbers[laid.owners], laid.positions, touching)
    return (*columns, laid.starts - before, laid.ends - before, *covered)


def _edges(letters: _Bools) -> tuple[Ints, Ints]:
    """Where the runs of True begin and end."""
    steps = np.diff(letters.view(np.int8), prepend=0, append=0)
    return np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)


def _join_thousands(text: str, points: _Codes, letters: _Bools, starts: Ints, ends: Ints) -> None:
    """Make letters of the dots in `1.000.000`."""
    dotted = np.flatnonzero((starts[1:] - ends[:-1] == 1) & (points[ends[:-1]] == ord(".")))
    for start in starts[dotted].tolist():
        match = THOUSANDS.match(text, start)
        if match:
            letters[start : match.end()] = True


def _place(points: _Codes, piece: Ints, starts: Ints, ends: Ints, vocabulary: Vocabulary) -> None:
    """Put the tone marks of all pieces where they belong."""
    if not vocabulary.placed:
        return
    changed = np.zeros(len(vocabulary.of_piece), np.bool_)
    changed[list(vocabulary.placed)] = True
    spelled = {n: [ord(char) for char in text] for n, text in vocabulary.placed.items()}
    for at in np.flatnonzero(changed[piece]).tolist():
        points[starts[at] : ends[at]] = spelled[int(piece[at])]


def _sentences(text: str, points: _Codes, starts: Ints, ends: Ints, owners: Ints) -> Ints:
    """For each piece 1 where a sentence ends before it, within one text."""
    broken = np.zeros(len(starts), np.int64)
    if not len(starts):
        return broken
    stops = np.concatenate(([0], np.cumsum(_tables().stops[points])))
    may = starts[1:] - ends[:-1] > 1
    may &= stops[starts[1:]] > stops[ends[:-1]]
    may &= owners[1:] == owners[:-1]
    for at in (np.flatnonzero(may) + 1).tolist():
        gap = text[ends[at - 1] : starts[at]]
        before, after = text[starts[at - 1] : ends[at - 1]], text[starts[at] : ends[at]]
        broken[at] = ends_sentence(gap, before, after)
    return broken


def _codes(text: str, points: _Codes, starts: Ints, ends: Ints) -> Ints:
    """The spans of codes: runs of letters and digits with one joining sign between each two."""
    linked = starts[1:] - ends[:-1] == 1
    linked &= _tables().joiners[points[ends[:-1]]]
    chain_starts, chain_ends = _edges(linked)
    found = [
        (start, end)
        for start, end in zip(starts[chain_starts].tolist(), ends[chain_ends].tolist(), strict=True)
        if is_code(text[start:end])
    ]
    return np.array(found, np.int64).reshape(-1, 2)


def _covered(spans: Ints, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """For the spans that cover whole pieces exactly, their first and one past their last, each
    once."""
    first = np.searchsorted(starts, spans[:, 0])
    last = np.searchsorted(ends, spans[:, 1], side="right")
    some = last > first
    first, last, spans = first[some], last[some], spans[some]
    exact = (starts[first] == spans[:, 0]) & (ends[last - 1] == spans[:, 1])
    return _each_once(first[exact], last[exact])


def _each_once(firsts: Ints, lasts: Ints) -> tuple[Ints, Ints]:
    both = np.sort(firsts << 32 | lasts)
    both = both[np.diff(both, prepend=-1) > 0]
    return both >> 32, both & 0xFFFFFFFF


def _text(points: _Codes) -> str:
    return points.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")


class _Tables(NamedTuple):
    """What is to be known of each code point of the first plane."""

    plain: _Codes
    letters: _Bools
    stops: _Bools
    joiners: _Bools


@functools.cache
def _tables() -> _Tables:
    plain = np.arange(_PLANE, dtype=np.uint32)
    for code, char in ONE_TO_ONE.items():
        plain[code] = ord(char)
    letters = np.array([chr(code).isalnum() for code in range(_PLANE)])
    stops, joiners = np.zeros(_PLANE, np.bool_), np.zeros(_PLANE, np.bool_)
    stops[[ord(char) for char in _STOPS]] = True
    joiners[[ord(char) for char in _JOINERS]] = True
    return _Tables(plain, letters, stops, joiners)
