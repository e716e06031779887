"""Write the texts of documents as the syllables that they consist of; `text_reader` reads them.

A text is a sequence of *symbols*: its *pieces* (syllables as they are written) and its *gaps* (the
text between two pieces, if it is not a single space). Symbols are numbered by decreasing frequency,
the numbers are written as dense codes (`postings.dense_codes`) and deflated. That takes three
quarters of the space of the deflated text, and the offsets of syllables follow from it. It is the
spaceless word model of Moura et al. (2000, "Fast and flexible word searching on compressed text").

    symbols, kinds            the string of each symbol, and its kind (one of KINDS)
    dictionary                the preset dictionary of the compression
    texts, text_ends          title, separator and body of each document, compressed; where the
                              bytes of each document end

A run has these arrays instead, in which symbols are numbered from 1 on in any order and begin with
the character of their kind:

    symbols, symbol_counts    each symbol, and how often it occurs
    stream, stream_ends       the numbers of all symbols; where those of each document end
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from indexer.analysis.batch import Columns
from indexer.analysis.batch.gap_table import SPACE
from indexer.engines.whoosh.doc_store.compression import compress, sample_dictionary
from indexer.engines.whoosh.postings.array_file import ArrayFile, ArrayWriter, shrink_dtype
from indexer.engines.whoosh.postings.dense_codes import encode_dense
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.postings.list_merge import merge_sorted_strings
from indexer.engines.whoosh.postings.string_table import StringTable, write_strings

PIECE, GAP, SENTENCE_GAP = KINDS = "012"
"""A piece; a gap; a gap in which a sentence ends."""
SEPARATOR = 0
"""The number that stands between title and body; symbols are numbered from 1 on."""
_DICTIONARY_BYTES = 32 << 10
"""The window of deflate: a longer dictionary would not be used."""


def write_texts(writer: ArrayWriter, texts: Sequence[str], columns: Columns) -> None:
    """Write the texts of a run.

    Parameters
    ----------
    texts : title and body of each document in turn.
    columns : the result of `analyze_many` for `texts`.
    """
    symbols = _SymbolNumbers(PIECE + spelling for spelling in columns.spellings)
    stream, stream_ends = _stream(texts, columns, symbols)
    write_strings(writer, "symbols", symbols)
    writer.put("symbol_counts", shrink_dtype(np.bincount(stream, minlength=len(symbols) + 1)[1:]))
    writer.put("stream", stream.astype(np.uint32))
    writer.put("stream_ends", stream_ends)


class _SymbolNumbers(dict[str, int]):
    """Kind and string of a symbol, as one string → its number in a run, from 1 on.

    An unknown symbol gets the next number when it is looked up; the symbols `first` get the first
    ones.
    """

    def __init__(self, first: Iterable[str]) -> None:
        super().__init__((symbol, number) for number, symbol in enumerate(first, 1))

    def __missing__(self, symbol: str) -> int:
        number = self[symbol] = len(self) + 1
        return number


def _stream(texts: Sequence[str], columns: Columns, symbols: _SymbolNumbers) -> tuple[Ints, Ints]:
    """Return the numbers of all symbols, and where those of each document end.

    `(symbols,)` int64, in text order with SEPARATOR after each title; `(documents,)` int64.
    """
    owners = columns.texts
    bounds = np.searchsorted(owners, np.arange(len(texts) + 1))
    pieces = _piece_symbols(texts, columns, bounds, symbols)
    at, between = _gap_symbols(texts, columns, symbols)
    tailed, tails = _tail_symbols(texts, columns, symbols)
    # Keys that sort the symbols of a text in order: a piece has an odd key, the gap before it the
    # even key below; the separator follows all of a title.
    titles = np.arange(0, len(texts), 2)
    parts = (
        (owners, 2 * np.arange(len(owners)) + 1, pieces),
        (owners[at], 2 * at, between),
        (tailed, 2 * bounds[tailed + 1], tails),
        (titles, 2 * bounds[titles + 1] + 1, np.full(len(titles), SEPARATOR)),
    )
    texts_of, keys, numbers = (np.concatenate(column) for column in zip(*parts, strict=True))
    sorting = np.lexsort((keys, texts_of))
    ends = np.searchsorted(texts_of[sorting], np.arange(2, len(texts) + 1, 2))
    return numbers[sorting], ends


def _piece_symbols(
    texts: Sequence[str], columns: Columns, bounds: Ints, symbols: _SymbolNumbers
) -> Ints:
    """Return the symbol of every piece, as it is written in its text; `(tokens,)` int64.

    `bounds (texts + 1,)` are the numbers of the first token of each text, and of all tokens.
    """
    numbers: Ints = columns.pieces + 1
    for text in columns.respelled_texts:
        begin, end = int(bounds[text]), int(bounds[text + 1])
        spans = zip(
            columns.starts[begin:end].tolist(), columns.ends[begin:end].tolist(), strict=True
        )
        numbers[begin:end] = [symbols[PIECE + texts[text][start:stop]] for start, stop in spans]
    return numbers


def _gap_symbols(
    texts: Sequence[str], columns: Columns, symbols: _SymbolNumbers
) -> tuple[Ints, Ints]:
    """Return the pieces that follow a gap (anything but a single space), and the symbols of the
    gaps.

    Two arrays `(gaps,)` int64: indexes of tokens, not ordered, and symbols. The gap before the
    first piece of a text is all that precedes it.
    """
    first = np.diff(columns.texts, prepend=-1) != 0
    heads = np.flatnonzero(first & (columns.starts > 0))
    begins = zip(columns.texts[heads].tolist(), columns.starts[heads].tolist(), strict=True)
    begun = np.array([symbols[GAP + texts[text][:start]] for text, start in begins], np.int64)
    inner = np.flatnonzero(~first & (columns.gaps != SPACE))
    stops = np.diff(columns.positions, prepend=0)[inner] > 1
    kinds, which = np.unique(columns.gaps[inner] << 1 | stops, return_inverse=True)
    names = [
        ((GAP, SENTENCE_GAP)[kind & 1], columns.gap_texts[kind >> 1]) for kind in kinds.tolist()
    ]
    known = np.array([symbols[kind + gap] for kind, gap in names], np.int64)
    return np.append(heads, inner), np.append(begun, known[which])


def _tail_symbols(
    texts: Sequence[str], columns: Columns, symbols: _SymbolNumbers
) -> tuple[Ints, Ints]:
    """Return the texts that continue after their last piece, and the symbols of what follows there.

    Two arrays `(n,)` int64: indexes of texts, ascending, and symbols.
    """
    last = np.zeros(len(texts), np.int64)
    last[columns.texts] = columns.ends  # the last assignment of each text wins
    tailed = np.flatnonzero(last < np.fromiter(map(len, texts), np.int64, len(texts)))
    ends = zip(tailed.tolist(), last[tailed].tolist(), strict=True)
    return tailed, np.array([symbols[GAP + texts[text][end:]] for text, end in ends], np.int64)


def merge_texts(writer: ArrayWriter, files: Sequence[ArrayFile]) -> None:
    """Write the texts of all runs, in this order, with one table of symbols.

    Raises ValueError if a run is damaged.
    """
    names, maps = merge_sorted_strings([StringTable(file, "symbols").all() for file in files])
    counts = np.zeros(len(names), np.int64)
    for file, own in zip(files, maps, strict=True):
        counts[own] += file["symbol_counts"]
    order = np.argsort(-counts, kind="stable")[: int(np.count_nonzero(counts))]
    ranks = np.zeros(len(names), np.int64)
    ranks[order] = np.arange(1, len(order) + 1)
    chosen = [names[number] for number in order.tolist()]
    write_strings(writer, "symbols", [name[1:] for name in chosen])
    writer.put("kinds", np.array([int(name[0]) for name in chosen], np.uint8))
    dictionary = b""
    sizes = []
    writer.begin("texts", "u1")
    for file, own in zip(files, maps, strict=True):
        numbers = np.concatenate(([SEPARATOR], ranks[own]))[file["stream"]]
        raw, ends = encode_dense(numbers)
        cuts = np.concatenate(([0], ends))[np.concatenate(([0], file["stream_ends"]))].tolist()
        whole = raw.tobytes()
        coded = [whole[begin:end] for begin, end in pairwise(cuts)]
        dictionary = dictionary or sample_dictionary(coded, _DICTIONARY_BYTES)
        packed = [compress(text, dictionary) for text in coded]
        writer.append(np.frombuffer(b"".join(packed), np.uint8))
        sizes += list(map(len, packed))
        file.release_pages()
    writer.put("text_ends", shrink_dtype(np.cumsum(np.array(sizes, np.int64))))
    writer.put("dictionary", np.frombuffer(dictionary, np.uint8))
