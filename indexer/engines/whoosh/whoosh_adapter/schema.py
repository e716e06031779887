"""The fields of the index, as Whoosh knows them.

    id            the id of the document as one term, unique
    text          syllables of title and body in one stream of positions
    pairs         two syllables side by side, "dân vận"; without positions
    words         the words of `analyze`, "đá", "dân_vận"; without positions
    facet_<name>  the values of a facet, one field for each in FACETS: whole values as terms
    record        the document, stored: title and body as symbols, everything else as JSON (see
                  `reader.segment_files`)

The weight of a posting is TITLE_WEIGHT x occurrences in the title + occurrences in the body. No
field has a Whoosh analyzer: terms are made by `indexer.analysis`.
"""

from __future__ import annotations

from array import array

import whoosh
from whoosh import fields, formats

from indexer.engines.whoosh.postings.string_table import decode_term, encode_term
from indexer.facets import FACET_NAMES

FORMAT = 11
"""Version of the files of a generation, which are read only if it is the same. Raise it with any
change here, in the files of a segment, in folding or in terms that makes older generations
unreadable or wrong."""

WHOOSH_VERSION = whoosh.versionstring()
"""Version of the installed Whoosh library, recorded in the manifest of a generation."""

INDEX_NAME = "archive"
"""The index name in Whoosh's file names."""


class WeightsFormat(formats.Format):  # type: ignore[misc]
    """Whoosh's format of postings that consist of a document and a weight, without positions."""

    posting_size = 0

    def decode_frequency(self, value: bytes) -> int:
        """Return 1 as the term frequency of any posting (called by Whoosh).

        These postings have an empty value, which does not tell the term frequency; plans use the
        weights instead.
        """
        return 1


class PositionsFormat(formats.Format):  # type: ignore[misc]
    """Whoosh's format of postings whose value holds the positions of a syllable in a document.

    The positions are ascending, each an unsigned 32-bit integer in the byte order of the machine.
    """

    posting_size = -1

    def decode_positions(self, value: bytes) -> list[int]:
        """Return the positions in a value that `codec.TermsReader.matcher` made, ascending.

        Raises ValueError if its length is not a multiple of 4 bytes.
        """
        found = array("I")
        found.frombytes(value)
        return found.tolist()

    def decode_frequency(self, value: bytes) -> int:
        """Return the number of positions in a value: how often the syllable occurs."""
        return len(value) // 4


class TermsField(fields.FieldType):  # type: ignore[misc]
    """A field of terms, without an analyzer: `writer.runs` makes its postings.

    Parameters
    ----------
    form : the format in which Whoosh decodes the value of a posting.
    scorable : True if documents have a length in this field.
    unique : True if no two documents share a term.
    """

    def __init__(
        self, form: formats.Format, *, scorable: bool = False, unique: bool = False
    ) -> None:
        super().__init__(form, None, scorable=scorable, unique=unique)

    def to_bytes(self, value: str | bytes) -> bytes:
        """Return a term as Whoosh stores it, in UTF-8; bytes are returned unchanged."""
        return value if isinstance(value, bytes) else encode_term(value)

    def from_bytes(self, bs: bytes) -> str:
        """Return the term that `to_bytes` encoded. Raises UnicodeDecodeError for other bytes."""
        return decode_term(bs)


class RecordField(fields.FieldType):  # type: ignore[misc]
    """A field that is only stored, not searched: the dict of `Document.to_record`."""

    indexed = False

    def __init__(self) -> None:
        super().__init__(None, None, stored=True)


def facet_field(facet: str) -> str:
    """Return the name of the field that holds the values of the facet named `facet`."""
    return f"facet_{facet}"


FACET_FIELDS = {facet_field(name): name for name in FACET_NAMES}
"""Field name -> facet name."""


SCHEMA = fields.Schema(
    id=TermsField(WeightsFormat(), unique=True),
    text=TermsField(PositionsFormat(), scorable=True),
    pairs=TermsField(WeightsFormat()),
    words=TermsField(WeightsFormat()),
    record=RecordField(),
    **{field: TermsField(WeightsFormat()) for field in FACET_FIELDS},
)
"""The fields of every generation, used instead of the schema that Whoosh stores on disk."""
