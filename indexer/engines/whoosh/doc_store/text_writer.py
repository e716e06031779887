"""Write the texts of documents as the syllables that they consist of; `text_reader` reads them.

A text is a sequence of *symbols*: its *pieces* (the strings of its tokens, which are syllables as
they are written) and its *gaps* (the text before the first piece and after the last, and between
two pieces if it is not a single space). Symbols are numbered by decreasing frequency,
the numbers are written as dense codes (`postings.dense_codes`) and deflated. That takes three
quarters of the space of the deflated text, and the offsets of syllables follow from it. It is the
spaceless word model of Moura et al. (2000, "Fast and flexible word searching on compressed text").

    symbols, kinds            the string of each symbol, and its kind (uint8, one of KINDS), from
                              symbol 1 on
    symbol_terms              1 + the term number in the segment of the term of each piece, 0 for a
                              gap (unsigned), from symbol 1 on
    dictionary                the preset dictionary of the compression (uint8)
    texts, text_ends          title, separator and body of each document, compressed (uint8); the
                              byte in `texts` at which each document ends

A run has these arrays instead. Its symbols are numbered from 1 on in any order, and their strings
begin with the character of their kind:

    symbols, symbol_counts    the string of each symbol, and how often it occurs
    symbol_terms              1 + the term number in the run of the term of each piece; 0 for a gap
    stream, stream_ends       the numbers of all symbols in text order (uint32); the index in
                              `stream` at which each document ends
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
"""The kinds of symbols: a piece; a gap within a sentence; a gap in which a sentence ends. A kind is
stored as its digit."""
SEPARATOR = 0
"""Stands between title and body in place of a symbol number; those begin at 1."""
_DICTIONARY_BYTES = 32 << 10
"""Greatest size of the preset dictionary: the window of deflate (RFC 1951), beyond which nothing
would be used."""


def write_texts(writer: ArrayWriter, texts: Sequence[str], columns: Columns, terms: Ints) -> None:
    """Write the texts of a run, as the arrays that the module docstring describes.

    Raises OSError if the disk cannot be written.

    Parameters
    ----------
    texts : title and body of each document in turn.
    columns : the result of `analyze_many` for `texts`.
    terms : `(tokens,)` int64, the term number in the run of each token of `columns`.
    """
    symbols = _SymbolNumbers(PIECE + spelling for spelling in columns.spellings)
    bounds = np.searchsorted(columns.texts, np.arange(len(texts) + 1))
    pieces = _piece_symbols(texts, columns, bounds, symbols)
    stream, stream_ends = _stream(texts, columns, bounds, pieces, symbols)
    symbol_terms = np.zeros(len(symbols) + 1, np.int64)
    symbol_terms[pieces] = terms + 1  # the same string has the same term everywhere
    write_strings(writer, "symbols", symbols)
    writer.put("symbol_counts", shrink_dtype(np.bincount(stream, minlength=len(symbols) + 1)[1:]))
    writer.put("symbol_terms", shrink_dtype(symbol_terms[1:]))
    writer.put("stream", stream.astype(np.uint32))
    writer.put("stream_ends", stream_ends)


class _SymbolNumbers(dict[str, int]):
    """Symbol → its number, from 1 on.

    A symbol is a stretch of characters of one kind, with a character for the kind before it. The
    symbols `first`, all different, are numbered in order; any other gets the next number when it is
    looked up for the first time.
    """

    def __init__(self, first: Iterable[str]) -> None:
        super().__init__((symbol, number) for number, symbol in enumerate(first, 1))

    def __missing__(self, symbol: str) -> int:
        number = self[symbol] = len(self) + 1
        return number


def _stream(
    texts: Sequence[str], columns: Columns, bounds: Ints, pieces: Ints, symbols: _SymbolNumbers
) -> tuple[Ints, Ints]:
    """Return `stream` and `stream_ends` of a run, and number its gaps in `symbols`.

    The first is `(n,)` int64, the numbers of all symbols in text order, with SEPARATOR after each
    title; the second `(documents,)` int64, the index in it at which each document ends. `pieces`
    and `bounds` are as in `_piece_symbols`.
    """
    owners = columns.texts
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
    """Return the number of the symbol of each token's piece, `(tokens,)` int64 in text order.

    A piece is the token as its text has it, which may differ from the spelling that `columns` gives
    it; new ones get a number in `symbols`. The tokens of text k are `[bounds[k], bounds[k + 1])`;
    `bounds` is `(texts + 1,)` int64.
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
    """Return the gaps before tokens (anything but a single space), and the tokens that follow them.

    Two arrays `(gaps,)` int64: the index of the token after each gap, in no order, and the number
    of the gap's symbol. The gap before the first token of a text is all that precedes it.
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
    """Return the texts that continue after their last token, and what follows it.

    Two arrays `(n,)` int64: indexes of texts, ascending, and the number of the symbol of what
    follows, a gap. A text without tokens is such a gap as a whole.
    """
    last = np.zeros(len(texts), np.int64)
    last[columns.texts] = columns.ends  # the last assignment of each text wins
    tailed = np.flatnonzero(last < np.fromiter(map(len, texts), np.int64, len(texts)))
    ends = zip(tailed.tolist(), last[tailed].tolist(), strict=True)
    return tailed, np.array([symbols[GAP + texts[text][end:]] for text, end in ends], np.int64)


def merge_texts(writer: ArrayWriter, files: Sequence[ArrayFile], term_maps: Sequence[Ints]) -> None:
    """Write the texts of all runs, in this order, with one table of symbols.

    Symbols are numbered by descending frequency, those that occur nowhere are left out. Raises
    ValueError or IndexError if a run is damaged, OSError if the disk cannot be written.

    Parameters
    ----------
    term_maps : for each run, the term number in the segment of each of its terms, `(terms of the
        run,)` int64.
    """
    names, maps = merge_sorted_strings([StringTable(file, "symbols").all() for file in files])
    counts, terms = np.zeros(len(names), np.int64), np.zeros(len(names), np.int64)
    for file, own, numbers in zip(files, maps, term_maps, strict=True):
        counts[own] += file["symbol_counts"]
        own_terms = file["symbol_terms"]
        (pieces,) = own_terms.nonzero()
        terms[own[pieces]] = numbers[own_terms[pieces] - 1] + 1
    order = np.argsort(-counts, kind="stable")[: int(np.count_nonzero(counts))]
    ranks = np.zeros(len(names), np.int64)
    ranks[order] = np.arange(1, len(order) + 1)
    chosen = [names[number] for number in order.tolist()]
    write_strings(writer, "symbols", [name[1:] for name in chosen])
    writer.put("kinds", np.array([int(name[0]) for name in chosen], np.uint8))
    writer.put("symbol_terms", shrink_dtype(terms[order]))
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
