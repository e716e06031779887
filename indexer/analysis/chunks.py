"""What `batch` knows of the chunks it has met, as columns for NumPy.

A chunk is what stands between white space. The pieces in it, the codes, and where tone marks
belong, depend on nothing around it, so the functions for single texts say so once for each.
"""

from __future__ import annotations

from array import array

from indexer.analysis.normalize import ONE_TO_ONE
from indexer.analysis.spelling import place_tones
from indexer.analysis.syllables import PIECE, codes, is_abbreviation, term_of
from indexer.analysis.words.tables import ChunkTable as WordTable
from indexer.models import Range

# Beyond this the table is given up and begun anew: about 40 MB, besides what the words take.
_LARGEST = 1 << 18
_LONG = 64


class ChunkTable(dict[str, int]):
    """Chunk (composed, of the first plane) → its number, given when it is first asked for. Not to
    be shared by threads.

    Chunk n has the rows `first[n]`, `first[n] + 1`, …, `count[n]` of them, one for each piece:
    `start` (in the chunk), `length`, and `piece`, a number in `pieces`. In the same way it has
    `codes[n]` rows from `code_row[n]` on, one for each code: the pieces `[code_first, code_last)`
    of the chunk. With its tone marks in place it has the number `word[n]` in `words`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.words = WordTable()
        self.pieces = PieceTable()
        self.word, self.first, self.count = array("q"), array("q"), array("q")
        self.start, self.length, self.piece = array("q"), array("q"), array("q")
        self.code_row, self.codes = array("q"), array("q")
        self.code_first, self.code_last = array("q"), array("q")
        self._weight = 0

    def __missing__(self, chunk: str) -> int:
        number = self[chunk] = len(self)
        plain = chunk if chunk.isascii() else chunk.translate(ONE_TO_ONE)
        spans = [(0, len(chunk))] if plain.isalpha() else [m.span() for m in PIECE.finditer(plain)]
        self.word.append(self.words[place_tones(plain)])
        self.first.append(len(self.piece))
        self.count.append(len(spans))
        for start, end in spans:
            self.piece.append(self.pieces[plain[start:end]])
            self.start.append(start)
            self.length.append(end - start)
        self.code_row.append(len(self.code_first))
        if len(spans) > 1:
            self._add_codes(plain, spans)
        self.codes.append(len(self.code_first) - self.code_row[-1])
        # Long chunks hardly come twice, and weigh more.
        self._weight += len(spans) + len(chunk) // _LONG
        return number

    def _add_codes(self, chunk: str, spans: list[Range]) -> None:
        begins = {start: at for at, (start, _) in enumerate(spans)}
        ends = {end: at + 1 for at, (_, end) in enumerate(spans)}
        for start, end in codes(chunk):
            if start in begins and end in ends:
                self.code_first.append(begins[start])
                self.code_last.append(ends[end])

    @property
    def full(self) -> bool:
        """Is it time to begin anew?"""
        return self._weight > _LARGEST or self.words.full


class PieceTable(dict[str, int]):
    """Piece as it is spelled → its number; per number its `term` (a number in `terms`), whether it
    may be the abbreviation before a full stop, and whether it begins with a small letter."""

    def __init__(self) -> None:
        super().__init__()
        self.terms: dict[str, int] = {}
        self.term = array("q")
        self.abbreviation = array("B")
        self.small = array("B")

    def __missing__(self, piece: str) -> int:
        number = self[piece] = len(self)
        placed = place_tones(piece)
        self.term.append(self.terms.setdefault(term_of(placed), len(self.terms)))
        self.abbreviation.append(is_abbreviation(placed))
        self.small.append(placed[0].islower())
        return number
