"""The texts of documents, written as the syllables that they are made of; `text_reader` reads them.

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
from typing import Any

import numpy as np

from indexer.analysis.batch import Columns, is_plain
from indexer.analysis.normalize import ONE_TO_ONE
from indexer.engines.whoosh.arrays import ArrayFile, ArrayWriter, smallest
from indexer.engines.whoosh.dense import encode_dense
from indexer.engines.whoosh.joining import joined_tables
from indexer.engines.whoosh.terms import Strings, write_strings

PIECE, GAP, STOP = KINDS = "012"
"""A piece; what stands between; the same where a sentence ends in it."""
SEPARATOR = 0
"""The number that stands between title and body; symbols follow from 1 on."""
MAX_RAW = 1 << 28
"""Bytes of a text before compression: more than the longest document takes."""
_LEARNT = 32 << 10
_EXAMPLES = 64
_CHANGED = re.compile(f"[{''.join(map(chr, ONE_TO_ONE))}]")


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
    parts += [np.full(len(texts) // 2, SEPARATOR)]
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
        numbers = np.concatenate(([SEPARATOR], ranks[own]))[file["stream"]]
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
