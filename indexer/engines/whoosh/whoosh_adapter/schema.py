"""The fields of the index, as Whoosh knows them.

    id            one term, unique
    text          syllables of title and body in one stream of positions
    pairs         two syllables side by side, "dân vận"; weights only
    words         pyvi's words, "đá", "dân_vận"; weights only
    facet_<name>  one per entry of FACETS: whole values as terms
    record        the document, stored: title and body as symbols, all else as JSON (see `files`)

The weight of a posting is TITLE_WEIGHT x occurrences in the title + occurrences in the body.
No field has an analyzer: terms are made by `indexer.analysis`, never by Whoosh.
"""

from __future__ import annotations

from array import array

import whoosh
from whoosh import fields, formats

from indexer.facets import FACET_NAMES

FORMAT = 5
"""Version of all that lies on disk. A change here, in the files of a segment, in folding
or terms that makes older generations unreadable or wrong raises it."""

WHOOSH_VERSION = whoosh.versionstring()
"""The version of the Whoosh library that is installed; a manifest records it."""

INDEX_NAME = "archive"
"""Whoosh's name for the index, in the names of its files."""


def encode_term(term: str) -> bytes:
    """UTF-8; lone surrogates, which JSON sources can contain, pass."""
    return term.encode("utf-8", "surrogatepass")


def decode_term(raw: bytes) -> str:
    """Undo `encode_term`."""
    return raw.decode("utf-8", "surrogatepass")


class WeightsFormat(formats.Format):  # type: ignore[misc]
    """Postings that hold a document and a weight."""

    posting_size = 0

    def decode_frequency(self, value: bytes) -> int:
        """Whoosh's name for what a posting without a value counts."""
        return 1


class PositionsFormat(formats.Format):  # type: ignore[misc]
    """Postings whose value is the ascending positions, each an unsigned 32-bit number."""

    posting_size = -1

    def decode_positions(self, value: bytes) -> list[int]:
        """What `codec.TermsReader.matcher` wrote."""
        found = array("I")
        found.frombytes(value)
        return found.tolist()

    def decode_frequency(self, value: bytes) -> int:
        """Number of positions."""
        return len(value) // 4


class TermsField(fields.FieldType):  # type: ignore[misc]
    """A field whose values are ready-made postings (see `runs`)."""

    def __init__(
        self, form: formats.Format, *, scorable: bool = False, unique: bool = False
    ) -> None:
        super().__init__(form, None, scorable=scorable, unique=unique)

    def to_bytes(self, value: str | bytes) -> bytes:
        """A term as it is kept."""
        return value if isinstance(value, bytes) else encode_term(value)

    def from_bytes(self, bs: bytes) -> str:
        """A term as it was given."""
        return decode_term(bs)


class RecordField(fields.FieldType):  # type: ignore[misc]
    """A JSON-ready dict that is stored only."""

    indexed = False

    def __init__(self) -> None:
        super().__init__(None, None, stored=True)


def facet_field(facet: str) -> str:
    """The name of the field that holds the values of a facet."""
    return f"facet_{facet}"


FACET_FIELDS = {facet_field(name): name for name in FACET_NAMES}
"""Field -> facet."""


SCHEMA = fields.Schema(
    id=TermsField(WeightsFormat(), unique=True),
    text=TermsField(PositionsFormat(), scorable=True),
    pairs=TermsField(WeightsFormat()),
    words=TermsField(WeightsFormat()),
    record=RecordField(),
    **{field: TermsField(WeightsFormat()) for field in FACET_FIELDS},
)
