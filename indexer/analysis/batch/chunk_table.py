"""Tables of the chunks and pieces that the batch analyzer has seen, as columns for NumPy.

A *chunk* is a run of characters without white space, a *piece* a syllable in it as it is written
(`syllables.PIECE`), a *code* joined pieces such as "42/NQ-CP". The pieces, the codes and the tone
marks of a chunk depend on nothing around it, so the functions for single texts are called once for
each distinct chunk: on all new chunks together, joined by spaces.
"""

from __future__ import annotations

import numpy as np

from indexer.analysis.normalize import ONE_TO_ONE
from indexer.analysis.orthography import place_tones
from indexer.analysis.syllables import PIECE, codes, is_abbreviation, term_of
from indexer.analysis.words.piece_tables import ChunkTable as WordTable
from indexer.analysis.words.piece_tables import Ints, SplitTable, StringNumbers

# Beyond this many rows the table is dropped and a new one begun: about 40 MB, besides the words.
_LARGEST = 1 << 18

# No chunk has a space of any kind, so only letters are left to be replaced.
_LETTERS = {code: char for code, char in ONE_TO_ONE.items() if not char.isspace()}


class ChunkTable(SplitTable):
    """Chunk (NFC, Basic Multilingual Plane) → its number; and its pieces, codes and normalised form
    by number.

    The columns of `SplitTable` have the pieces of each chunk; all columns are int64. Numbers are
    given when a chunk is looked up, its columns when `update_columns` is called. Not thread-safe.

    Attributes
    ----------
    words : the chunks with their tone marks in place, numbered.
    pieces : the pieces, numbered.
    word : `(chunks,)`, the number in `words` of each chunk.
    code_row, codes : `(chunks,)`; chunk n has `codes[n]` codes, in the rows from `code_row[n]` on.
    code_first, code_last : `(rows,)`; the code covers the pieces `[code_first, code_last)` of its
        chunk, counted from 0.
    """

    def __init__(self) -> None:
        super().__init__()
        self.words = WordTable()
        self.pieces = PieceTable()
        self.word = self.code_row = self.codes = np.zeros(0, np.int64)
        self.code_first = self.code_last = np.zeros(0, np.int64)

    def update_columns(self) -> None:
        """Append to the columns the chunks numbered since the last call of this method, with their
        pieces.

        Raises WordModelError if the word model cannot be loaded.
        """
        if chunks := self.take_new():
            text = " ".join(chunks)
            for code, char in _LETTERS.items():
                text = text.replace(chr(code), char)
            self.word = np.append(self.word, self.words.numbers(place_tones(text).split(" ")))
            self.words.update_columns()
            starts: list[int] = []
            pieces: list[str] = []
            for match in PIECE.finditer(text):
                starts.append(match.start())
                pieces.append(match[0])
            places = np.array(starts, np.int64)
            self.add_pieces(chunks, places, pieces, self.pieces)
            self._add_codes(text, places, self.first[-len(chunks) :])
        self.pieces.update_columns()

    def _add_codes(self, text: str, starts: Ints, first: Ints) -> None:
        """Add the codes of new chunks, which are joined by spaces in `text`.

        `starts (pieces,)` are the offsets of the pieces in `text`, in code points, `first (new
        chunks,)` the first row of each chunk in the columns of `SplitTable`.
        """
        before = first[0]
        ends = starts + self.length[before:]
        found = np.array(list(codes(text)), np.int64).reshape(-1, 2)
        firsts, lasts = np.searchsorted(starts, found[:, 0]), np.searchsorted(ends, found[:, 1])
        whole = (firsts < len(starts)) & (lasts < len(starts))
        firsts, lasts, found = firsts[whole], lasts[whole], found[whole]
        whole = (starts[firsts] == found[:, 0]) & (ends[lasts] == found[:, 1])
        firsts, lasts = firsts[whole] + before, lasts[whole] + 1 + before
        owners = np.searchsorted(first, firsts, side="right") - 1
        counts = np.bincount(owners, minlength=len(first))
        self.code_row = np.append(self.code_row, len(self.code_first) + np.cumsum(counts) - counts)
        self.codes = np.append(self.codes, counts)
        self.code_first = np.append(self.code_first, firsts - first[owners])
        self.code_last = np.append(self.code_last, lasts - first[owners])

    @property
    def full(self) -> bool:
        """True if the table has become too large and should be dropped."""
        return self.cost > _LARGEST or self.words.full


class PieceTable(StringNumbers):
    """Piece as it is written → its number, and columns by number. Not thread-safe.

    Attributes
    ----------
    terms : the distinct terms of the pieces, numbered.
    term : `(pieces,)` int64, the number in `terms` of each piece.
    abbreviation : `(pieces,)` bool, True if a full stop after the piece may mark an abbreviation.
    small : `(pieces,)` bool, True if the piece begins with a small letter.
    """

    def __init__(self) -> None:
        super().__init__()
        self.terms = StringNumbers()
        self.term = np.zeros(0, np.int64)
        self.abbreviation = self.small = np.zeros(0, np.bool_)

    def update_columns(self) -> None:
        """Add the pieces that were numbered since the last call to the columns."""
        if not (new := self.take_new()):
            return
        placed = place_tones(" ".join(new)).split(" ")
        self.term = np.append(self.term, self.terms.numbers(list(map(term_of, placed))))
        short = np.array([is_abbreviation(piece) for piece in placed], np.bool_)
        self.abbreviation = np.append(self.abbreviation, short)
        small = np.array([piece[0].islower() for piece in placed], np.bool_)
        self.small = np.append(self.small, small)
