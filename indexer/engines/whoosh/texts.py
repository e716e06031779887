"""The texts of documents, kept as the syllables that they are made of.

A text is a row of *symbols*: its pieces as they are written, and what stands between two of them
where that is not a single space. Symbols are numbered by how often they occur, numbers are written
as dense codes (`dense`) and deflated: three quarters of what deflating the text itself takes, and
where each syllable lies comes with it. This is the spaceless word model of Moura et al. (2000,
"Fast and flexible word searching on compressed text").

    symbols, kinds            the string of each, and which of the KINDS it is
    learnt                    what the compression takes for known
    texts, text_ends          title, separator and body of each document
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from indexer.analysis import Token
from indexer.analysis.batch import Columns, is_plain
from indexer.analysis.normalize import ONE_TO_ONE
from indexer.engines.whoosh.arrays import ArrayFile, ArrayWriter, smallest
from indexer.engines.whoosh.dense import decode_dense, encode_dense
from indexer.engines.whoosh.joining import joined_tables
from indexer.engines.whoosh.lists import Ints
from indexer.engines.whoosh.terms import Strings, write_strings

PIECE, GAP, STOP = KINDS = "012"
"""A piece; what stands between; the same where a sentence ends in it."""
_SEPARATOR = 0
"""The number that stands between title and body; symbols follow from 1 on."""
_SEPARATOR_RAW = b"\x80"

_STRINGS = 1 << 17
"""Strings of symbols that are kept at hand, about ten megabytes."""
_LONGEST = 64
"""Characters of such a string; a longer one may be as long as a document, and is read again."""
MAX_RAW = 1 << 28
"""Bytes of a text before compression: more than the longest document takes."""
_LEARNT = 32 << 10
_EXAMPLES = 64
_CHANGED = re.compile(f"[{''.join(map(chr, ONE_TO_ONE))}]")


class Text(NamedTuple):
    """A text, and spans `[starts, ends)` and positions of its syllables."""

    text: str
    starts: Ints
    ends: Ints
    positions: Ints

    def tokens(self, positions: Ints, terms: Sequence[str]) -> list[Token]:
        """The syllables at these positions, with their terms."""
        at = self.positions.searchsorted(positions)
        columns = (self.starts[at].tolist(), self.ends[at].tolist(), positions.tolist())
        return list(map(Token, terms, *columns))


def write_texts(writer: ArrayWriter, texts: Sequence[str], columns: Columns) -> None:
    """Write the texts of a run: title and body of each document in turn, with their tokens."""
    order = np.argsort(columns.texts, kind="stable")
    owners, starts, ends, positions, pieces = (
        column[order]
        for column in (
            columns.texts, columns.starts, columns.ends, columns.positions, columns.pieces
        )
    )  # fmt: skip
    bounds = np.searchsorted(owners, np.arange(len(texts) + 1))
    first = np.diff(owners, prepend=-1) != 0
    before = np.where(first, 0, np.concatenate(([0], ends[:-1]))[: len(ends)])
    single = columns.touching[order].astype(np.bool_)
    numbers: dict[str, int] = {PIECE + spelling: n for n, spelling in enumerate(columns.spellings)}

    def number(symbol: str) -> int:
        return numbers.setdefault(symbol, len(numbers))

    for at in _odd(texts):
        text, begin, end = texts[at], int(bounds[at]), int(bounds[at + 1])
        for k, start, stop in zip(
            range(begin, end), starts[begin:end].tolist(), ends[begin:end].tolist(), strict=True
        ):
            pieces[k] = number(PIECE + text[start:stop])
            single[k] = not first[k] and text[before[k] : start] == " "
    gaps = np.flatnonzero(np.where(first, starts > 0, ~single))
    stops = np.diff(positions, prepend=0) > 1
    between = [
        number((STOP if stop else GAP) + texts[owner][begin:end])
        for owner, begin, end, stop in zip(
            owners[gaps].tolist(), before[gaps].tolist(), starts[gaps].tolist(),
            (stops & ~first)[gaps].tolist(), strict=True,
        )
    ]  # fmt: skip
    last = np.zeros(len(texts), np.int64)
    last[owners] = ends  # the last one of each text stays
    tails = [
        (at, number(GAP + text[end:]))
        for at, (text, end) in enumerate(zip(texts, last.tolist(), strict=True))
        if end < len(text)
    ]
    # Keys that sort as the symbols stand: text, then piece, then what comes before it.
    keys = [2 * np.arange(len(owners)) + 1, 2 * gaps, 2 * bounds[[at + 1 for at, _ in tails]] - 1]
    keys += [2 * bounds[1::2] - 1]
    parts: list[Any] = [pieces + 1, np.array(between, np.int64) + 1]
    parts += [np.array([n for _, n in tails], np.int64) + 1]
    parts += [np.full(len(texts) // 2, _SEPARATOR)]
    owner_parts = [owners, owners[gaps], np.array([at for at, _ in tails], np.int64)]
    owner_parts += [np.arange(0, len(texts), 2)]
    ranks = np.repeat(np.arange(4), [len(part) for part in parts])
    every = np.concatenate(owner_parts)
    sorting = np.lexsort((ranks, np.concatenate(keys), every))
    stream = np.concatenate(parts)[sorting]
    write_strings(writer, "symbols", numbers)
    writer.put("symbol_counts", smallest(np.bincount(stream, minlength=len(numbers) + 1)[1:]))
    writer.put("stream", stream.astype(np.uint32))
    writer.put("stream_ends", np.searchsorted(every[sorting], np.arange(2, len(texts) + 1, 2)))


def _odd(texts: Sequence[str]) -> Iterator[int]:
    """The texts whose pieces are not written as their analysis has them."""
    for at, text in enumerate(texts):
        if not is_plain(text) or _CHANGED.search(text):
            yield at


def merge_texts(writer: ArrayWriter, files: Sequence[ArrayFile]) -> None:
    """Write the texts of all runs."""
    names, maps = joined_tables([Strings(file, "symbols").all() for file in files])
    counts = np.zeros(len(names), np.int64)
    for file, own in zip(files, maps, strict=True):
        counts[own] += file["symbol_counts"]
    order = np.argsort(-counts, kind="stable")[: int(np.count_nonzero(counts))]
    ranks = np.zeros(len(names), np.int64)
    ranks[order] = np.arange(1, len(order) + 1)
    chosen = [names[number] for number in order.tolist()]
    write_strings(writer, "symbols", [name[1:] for name in chosen])
    writer.put("kinds", np.array([int(name[0]) for name in chosen], np.uint8))
    learnt = b""
    sizes = []
    writer.begin("texts", "u1")
    for file, own in zip(files, maps, strict=True):
        numbers = np.concatenate(([_SEPARATOR], ranks[own]))[file["stream"]]
        raw, ends = encode_dense(numbers)
        cuts = np.concatenate(([0], ends))[np.concatenate(([0], file["stream_ends"]))].tolist()
        whole = raw.tobytes()
        coded = [whole[begin:end] for begin, end in pairwise(cuts)]
        learnt = learnt or _examples(coded)
        packed = [compress(text, learnt) for text in coded]
        writer.append(np.frombuffer(b"".join(packed), np.uint8))
        sizes += list(map(len, packed))
        file.forget()
    writer.put("text_ends", smallest(np.cumsum(np.array(sizes, np.int64))))
    writer.put("learnt", np.frombuffer(learnt, np.uint8))


def _examples(coded: Sequence[bytes]) -> bytes:
    """What compression may take for known: the beginnings of texts from all over a run."""
    some = coded[:: max(len(coded) // _EXAMPLES, 1)]
    part = _LEARNT // max(len(some), 1)
    return b"".join(text[:part] for text in some)


def compress(raw: bytes, known: bytes) -> bytes:
    """Bytes as they are kept, where these are known."""
    packer = _packer(known).copy()
    kept: bytes = packer.compress(raw) + packer.flush()
    return kept


@lru_cache(maxsize=1)
def _packer(known: bytes) -> Any:
    """What has learnt `known`, to be copied: cheaper than to learn it for every document."""
    if not known:
        return zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS, 8, zdict=known)


def decompress(kept: bytes, known: bytes) -> bytes:
    """Undo `compress`. Raises zlib.error, and ValueError where bytes are missing or too many."""
    packer = zlib.decompressobj(-zlib.MAX_WBITS, zdict=known)
    raw = packer.decompress(kept, MAX_RAW + 1)
    if not packer.eof or len(raw) > MAX_RAW:
        raise ValueError("compressed bytes are cut short or too long")
    return raw


class _Spaced(dict[int, str]):
    """Twice the number of a symbol → its string; one more → that after a space."""

    def __init__(self, symbols: Strings) -> None:
        self.symbols = symbols

    def __missing__(self, key: int) -> str:
        if len(self) > _STRINGS:
            self.clear()
        number = key >> 1
        string = self.symbols[number - 1] if number != _SEPARATOR else ""
        found = " " * (key & 1) + string
        if len(found) <= _LONGEST:
            self[key] = found
        return found


class TextReader:
    """What `merge_texts` wrote. Raises ValueError, zlib.error and their like on damage."""

    def __init__(self, file: ArrayFile) -> None:
        self.kept = _Spaced(Strings(file, "symbols"))
        self._kinds = np.concatenate(([int(GAP)], file["kinds"]))
        self._texts, self._ends = file["texts"], file["text_ends"]
        self._learnt = file["learnt"].tobytes()
        if len(self._kinds) != len(self.kept.symbols) + 1:
            raise ValueError("the symbols differ in number")

    def __len__(self) -> int:
        return len(self._ends)

    def read(self, numbers: Sequence[int]) -> list[tuple[Text, Text]]:
        """Title and body of some documents."""
        raw = b"".join(map(self._raw, numbers))
        symbols = decode_dense(raw)
        cuts = np.flatnonzero(symbols == _SEPARATOR)
        if len(cuts) != 2 * len(numbers):
            raise ValueError("a text has no title")
        kinds = self._kinds[symbols]
        pieces = kinds == int(PIECE)
        # A single space stands between two pieces with nothing between them.
        spaced = np.zeros(len(symbols), np.bool_)
        spaced[1:] = pieces[1:] & pieces[:-1]
        strings = list(map(self.kept.__getitem__, (2 * symbols + spaced).tolist()))
        ends = np.cumsum(np.fromiter(map(len, strings), np.int64, len(strings)))
        starts = np.concatenate(([0], ends))[:-1] + spaced
        steps = np.cumsum(pieces + (kinds == int(STOP)))
        # All texts stand one after another; from here on each counts from its own beginning.
        every = "".join(strings)
        at = np.flatnonzero(pieces)
        bounds = [0, *at.searchsorted(cuts).tolist()]
        begins, before = (np.concatenate(([0], column[cuts])) for column in (ends, steps))
        owner = np.repeat(np.arange(len(cuts)), np.diff(bounds))
        starts, ends = starts[at] - begins[owner], ends[at] - begins[owner]
        positions = steps[at] - before[owner] - 1
        texts = [
            Text(every[begin:end], starts[first:last], ends[first:last], positions[first:last])
            for (begin, end), (first, last) in zip(
                pairwise(begins.tolist()), pairwise(bounds), strict=True
            )
        ]
        return list(zip(texts[::2], texts[1::2], strict=True))

    def _raw(self, number: int) -> bytes:
        """The numbers of a document's symbols as bytes, with a separator behind them."""
        start = int(self._ends[number - 1]) if number else 0
        kept = self._texts[start : int(self._ends[number])].tobytes()
        return decompress(kept, self._learnt) + _SEPARATOR_RAW
