"""How a segment lies on disk: Whoosh's W3 codec, with plain numbers where it writes pickles.

The postings of a term are blocks (see `blocks`); stored fields are JSON. The term dictionary and
the columns are Whoosh's own.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from whoosh import columns, formats
from whoosh.codec import whoosh3
from whoosh.filedb.structfile import StructFile
from whoosh.system import pack_ushort

from indexer.engines.whoosh.blocks import BLOCK_LIMIT, Block, decode_blocks, encode_block

PooledPosting = tuple[str, bytes, int, float, bytes]
"""Field, term, document, weight, value: what Whoosh's writer sorts."""


class FieldWriter(whoosh3.W3FieldWriter):  # type: ignore[misc]
    """Writes terms and their blocks, term by term instead of posting by posting."""

    def add_postings(self, schema: Any, lengths: Any, items: Iterable[PooledPosting]) -> None:
        """All postings of the segment, sorted."""
        for (field, term), postings in groupby(items, key=itemgetter(0, 1)):
            if field != self._fieldname:
                self.start_field(field, schema[field])
            _, _, ids, weights, values = zip(*postings, strict=True)
            # Whoosh makes floats of them; what `writer` gave are whole numbers.
            self._add_term(term, ids, list(map(int, weights)), values)

    def _add_term(
        self, term: bytes, ids: Sequence[int], weights: Sequence[int], values: Sequence[bytes]
    ) -> None:
        start = self._postfile.tell()
        for at in range(0, len(ids), BLOCK_LIMIT):
            part = slice(at, at + BLOCK_LIMIT)
            self._postfile.write(encode_block(ids[part], weights[part], values[part]))
        info = whoosh3.W3TermInfo(
            weight=sum(weights),
            df=len(ids),
            minlength=0,
            maxweight=max(weights),
            minid=ids[0],
            maxid=ids[-1],
        )
        info.set_extent(start, self._postfile.tell() - start)
        self._tindex.add(pack_ushort(self._fieldid) + term, info.to_bytes())


class PostingsMatcher(whoosh3.W3LeafMatcher):  # type: ignore[misc]
    """Whoosh's matcher over our blocks; `blocks` gives them whole."""

    def _read_header(self) -> None:
        self._bytes = self._postfile.get(self._startoffset, self._length)
        self._baseoffset = 0

    def blocks(self) -> list[Block]:
        """All postings of the term. Raises ValueError on damage."""
        return [block for _, block in decode_blocks(self._bytes)]

    def _goto(self, position: int) -> None:
        # The one block at `position`, decoded at once instead of bit by bit.
        self._nextoffset, block = next(decode_blocks(self._bytes[position:]))
        self._nextoffset += position
        self._lastblock = self._nextoffset >= len(self._bytes)
        self._i = 0
        self._blocklength = len(block.ids)
        self._ids = block.ids.tolist()
        self._weights = block.weights.astype(float).tolist()
        self._maxid = self._ids[-1]
        self._maxweight = max(self._weights)
        self._minlength = self._maxlength = 0
        ends = block.counts.cumsum().tolist()
        starts = [0, *ends[:-1]]
        numbers = block.positions.astype(np.uint32)
        self._values = [numbers[a:b].tobytes() for a, b in zip(starts, ends, strict=False)]

    def block_max_length(self) -> int:
        """Unknown, so as long as can be."""
        return 1 << 30

    def value(self) -> bytes:
        """The encoded positions; nothing in a field without."""
        return self._values[self._i] if self._values else b""


class TermsReader(whoosh3.W3TermsReader):  # type: ignore[misc]
    """The term dictionary, without postings inlined into it (Whoosh would unpickle them)."""

    def term_info(self, fieldname: str, tbytes: bytes) -> whoosh3.W3TermInfo:
        """Statistics and extent of a term. Raises TermNotFound, or ValueError on damage."""
        for start, length in self._tindex.ranges_for_key(self._keycoder(fieldname, tbytes)):
            return _term_info(self._dbfile.get(start, length))
        raise whoosh3.TermNotFound(f"No term {fieldname}:{tbytes!r}")

    def items(self) -> Iterator[tuple[tuple[str, bytes], whoosh3.W3TermInfo]]:
        """All terms with their statistics."""
        return ((self._keydecoder(key), _term_info(raw)) for key, raw in self._tindex.items())

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], whoosh3.W3TermInfo]]:
        """The terms from a prefix on, with their statistics."""
        start = self._keycoder(fieldname, prefix)
        return (
            (self._keydecoder(key), _term_info(raw)) for key, raw in self._tindex.items_from(start)
        )

    def cursor(self, fieldname: str, fieldobj: Any) -> Any:
        """Whoosh walks the dictionary so for fuzzy terms, which we expand ourselves."""
        raise NotImplementedError


def _term_info(raw: bytes) -> whoosh3.W3TermInfo:
    if not raw or raw[0]:
        raise ValueError("a term has inlined postings, which are never written here")
    info = whoosh3.W3TermInfo.from_bytes(raw)
    offset, length = info.extent()
    # Whoosh 2.7.4 forgets to take the number out of the tuple that unpacking gives.
    info.set_extent(offset, length[0] if isinstance(length, tuple) else length)
    return info


class JsonColumn(columns.VarBytesColumn):  # type: ignore[misc]
    """Stored fields: a dict per document, as compressed JSON."""

    class Writer(columns.VarBytesColumn.Writer):  # type: ignore[misc]
        """Appends."""

        def add(self, docnum: int, v: dict[str, Any]) -> None:
            """The stored fields of one document."""
            text = json.dumps(v, ensure_ascii=False, separators=(",", ":"))
            super().add(docnum, zlib.compress(text.encode("utf-8", "surrogatepass"), 6))

    class Reader(columns.VarBytesColumn.Reader):  # type: ignore[misc]
        """Reads one at a time."""

        def __getitem__(self, docnum: int) -> dict[str, Any]:
            raw = super().__getitem__(docnum)
            if not raw:
                return {}
            text = zlib.decompress(raw).decode("utf-8", "surrogatepass")
            return dict(json.loads(text))


STORED = "_stored"


class PerDocWriter(whoosh3.W3PerDocWriter):  # type: ignore[misc]
    """Columns and lengths, stored fields as JSON."""

    def _create_column(self, fieldname: str, column: columns.Column) -> None:
        super()._create_column(fieldname, JsonColumn() if fieldname == STORED else column)

    def close(self) -> None:
        """Write the columns out."""
        super().close()
        # A defaultdict in the pickled segment would widen the list of allowed classes.
        self._segment._fieldlengths = dict(self._fieldlengths)


class PerDocReader(whoosh3.W3PerDocReader):  # type: ignore[misc]
    """Columns, stored fields from JSON."""

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """The stored fields of one document. Raises ValueError or zlib.error on damage."""
        found: dict[str, Any] = self._cached_reader(STORED, JsonColumn())[docnum]
        return found


class StoredSegment(whoosh3.W3Segment):  # type: ignore[misc]
    """What the TOC says of a segment: name, number of documents, total lengths."""

    def should_assemble(self) -> bool:
        """Never one compound file: its directory is a pickle."""
        return False


class Codec(whoosh3.W3Codec):  # type: ignore[misc]
    """The layout of our segments."""

    # Whoosh would look up a length for every posting, to skip blocks that score too low.
    length_stats = False

    def __init__(self) -> None:
        super().__init__(compression=0, inlinelimit=0)

    def per_document_writer(self, storage: Any, segment: Any) -> PerDocWriter:
        """For columns and stored fields."""
        return PerDocWriter(self, storage, segment)

    def per_document_reader(self, storage: Any, segment: Any) -> PerDocReader:
        """For columns and stored fields."""
        return PerDocReader(storage, segment)

    def field_writer(self, storage: Any, segment: Any) -> FieldWriter:
        """For terms and postings."""
        return FieldWriter(self, storage, segment)

    def postings_reader(
        self,
        dbfile: StructFile,
        terminfo: whoosh3.W3TermInfo,
        format_: formats.Format,
        term: Any = None,
        scorer: Any = None,
    ) -> PostingsMatcher:
        """The postings of one term."""
        offset, length = terminfo.extent()
        return PostingsMatcher(dbfile, offset, length, format_, term=term, scorer=scorer)

    def terms_reader(self, storage: Any, segment: Any) -> TermsReader:
        """The term dictionary."""
        name = segment.make_filename(self.TERMS_EXT)
        terms = storage.open_file(name)
        postings = segment.open_file(storage, self.POSTS_EXT)
        return TermsReader(self, terms, storage.file_length(name), postings)

    def new_segment(self, storage: Any, indexname: str) -> StoredSegment:
        """An empty segment."""
        return StoredSegment(self, indexname)
