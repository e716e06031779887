"""The fields of the index, and how a value of each becomes postings.

    id            one term, unique; also a column
    text          syllables of title and body in one stream of positions (see `writer`)
    pairs         two syllables side by side, "dân vận"; weights only
    words         compounds, "dân_vận"; weights only
    facet_<name>  one per entry of FACETS: whole values as terms
    record        the document as JSON, stored
    length        TITLE_WEIGHT x syllables of the title + syllables of the body
    body_start    the first position of the body in `text`: below it is the title
    day           ordinal of the date (1 = 1 January of the year 1), 0 where there is none

The weight of a posting is TITLE_WEIGHT x occurrences in the title + occurrences in the body.
The last three are columns of whole numbers (Whoosh's own lengths are rounded to one byte).
No field has an analyzer: terms are made by `indexer.analysis`, never by Whoosh.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from whoosh import columns, fields, formats

from indexer.results.facets import FACET_NAMES

FORMAT = 1
"""Version of all that lies on disk. A change here or in `codec`, `lexicon`, folding or terms that
makes older generations unreadable or wrong raises it."""

Posting = tuple[bytes, int, bytes]
"""Term, weight, positions (as `Positions` encodes them; empty in the other fields)."""


def encode_term(term: str) -> bytes:
    """UTF-8; lone surrogates, which JSON sources can contain, pass."""
    return term.encode("utf-8", "surrogatepass")


def decode_term(raw: bytes) -> str:
    """Undo `encode_term`."""
    return raw.decode("utf-8", "surrogatepass")


class Weights(formats.Format):  # type: ignore[misc]
    """Postings that hold a document and a weight."""

    posting_size = 0

    def decode_frequency(self, value: bytes) -> int:
        """Whoosh's name for what a posting without a value counts."""
        return 1


class Positions(formats.Format):  # type: ignore[misc]
    """Postings whose value is the ascending positions, each an unsigned 32-bit number."""

    posting_size = -1

    def encode(self, positions: Iterable[int]) -> bytes:
        """The value of a posting, in the byte order of this machine (`codec` fixes the order)."""
        return array("I", positions).tobytes()

    def decode_positions(self, value: bytes) -> list[int]:
        """What `encode` wrote."""
        found = array("I")
        found.frombytes(value)
        return found.tolist()

    def decode_frequency(self, value: bytes) -> int:
        """Number of positions."""
        return len(value) // 4


class Terms(fields.FieldType):  # type: ignore[misc]
    """A field whose values are ready-made postings (see `writer`)."""

    def __init__(
        self, form: formats.Format, *, scorable: bool = False, unique: bool = False
    ) -> None:
        super().__init__(form, None, scorable=scorable, unique=unique)

    def index(self, value: Sequence[Posting], **_: Any) -> Iterator[tuple[bytes, int, int, bytes]]:
        """(term, frequency, weight, value) as Whoosh's writer takes them."""
        for term, weight, encoded in value:
            yield term, weight, weight, encoded

    def to_bytes(self, value: str | bytes) -> bytes:
        """A term as it is kept."""
        return value if isinstance(value, bytes) else encode_term(value)

    def from_bytes(self, bs: bytes) -> str:
        """A term as it was given."""
        return decode_term(bs)


class Identifier(Terms):
    """The id of a document: one term, and the same bytes in a column."""

    def __init__(self) -> None:
        super().__init__(Weights(), unique=True)
        self.set_sortable(columns.VarBytesColumn())

    def to_column_value(self, value: Sequence[Posting]) -> bytes:
        """The id as it is kept."""
        return value[0][0]


class Numbers(columns.NumericColumn):  # type: ignore[misc]
    """A column of unsigned 32-bit numbers that is read as one array."""

    def __init__(self) -> None:
        super().__init__("I", default=0)

    class Reader(columns.NumericColumn.Reader):  # type: ignore[misc]
        """Reads the whole column."""

        def array(self) -> np.ndarray[Any, np.dtype[np.int64]]:
            """One number per document, int64."""
            kept = np.frombuffer(self._dbfile.get(self._basepos, 4 * self._count), ">u4")
            # Whoosh leaves out the default values at the end.
            found = np.zeros(self._doccount, np.int64)
            found[: len(kept)] = kept
            return found


class Number(fields.FieldType):  # type: ignore[misc]
    """A number that is kept in a column only."""

    indexed = False

    def __init__(self) -> None:
        super().__init__(None, None, sortable=Numbers())

    def to_column_value(self, value: int) -> int:
        """As it is."""
        return value

    def from_column_value(self, value: int) -> int:
        """As it is."""
        return value


class Record(fields.FieldType):  # type: ignore[misc]
    """A JSON-ready dict that is stored only (as JSON: see `codec.JsonColumn`)."""

    indexed = False

    def __init__(self) -> None:
        super().__init__(None, None, stored=True)


def facet_field(facet: str) -> str:
    """The name of the field that holds the values of a facet."""
    return f"facet_{facet}"


SCHEMA = fields.Schema(
    id=Identifier(),
    text=Terms(Positions(), scorable=True),
    pairs=Terms(Weights()),
    words=Terms(Weights()),
    record=Record(),
    length=Number(),
    body_start=Number(),
    day=Number(),
    **{facet_field(name): Terms(Weights()) for name in FACET_NAMES},
)
