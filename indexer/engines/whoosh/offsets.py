"""Where the syllables of a document lie in its texts, in few bytes.

Two rows of numbers for the title and the body together: the gap before each syllable, doubled,
plus one where a sentence ends in it; and its length. Nearly all fit a byte, and most gaps are one
space, so that DEFLATE leaves about half a byte of each syllable.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from indexer.analysis import Token
from indexer.engines.whoosh.lists import Ints

_HEAD = struct.Struct("<BI")  # bytes of a number, syllables in the title


class Offsets(NamedTuple):
    """The spans `[starts, ends)` in code points, and positions, of the syllables of one text."""

    starts: Ints
    ends: Ints
    positions: Ints

    def tokens(self, positions: Ints, terms: Sequence[str]) -> list[Token]:
        """The syllables at these positions, with their terms."""
        at = np.searchsorted(self.positions, positions)
        columns = (self.starts[at].tolist(), self.ends[at].tolist(), positions.tolist())
        return list(map(Token, terms, *columns))


def encode_offsets(title: Offsets, body: Offsets) -> bytes:
    """The bytes of a document. Positions grow by one or two, from 0 in each text."""
    rows = np.concatenate([_rows(title), _rows(body)], axis=1)
    size = 1 if rows.max(initial=0) < 1 << 8 else 4
    raw = rows.astype(f"<u{size}").tobytes()
    return _HEAD.pack(size, len(title.starts)) + zlib.compress(raw, 6, -zlib.MAX_WBITS)


def decode_offsets(raw: bytes) -> tuple[Offsets, Offsets]:
    """Title and body. Raises ValueError, struct.error or zlib.error on damage."""
    size, titles = _HEAD.unpack_from(raw)
    if size not in (1, 4):
        raise ValueError("offsets of a foreign size")
    flat = zlib.decompress(raw[_HEAD.size :], -zlib.MAX_WBITS)
    rows = np.frombuffer(flat, f"<u{size}").reshape(2, -1).astype(np.int64)
    if titles > rows.shape[1]:
        raise ValueError("offsets of a title that is too long")
    return _offsets(rows[:, :titles]), _offsets(rows[:, titles:])


def _rows(text: Offsets) -> Ints:
    gaps = text.starts.copy()
    gaps[1:] -= text.ends[:-1]
    steps = np.diff(text.positions, prepend=-1) - 1
    rows: Ints = np.stack([gaps << 1 | steps, text.ends - text.starts])
    return rows


def _offsets(rows: Ints) -> Offsets:
    gaps, lengths = rows
    ends = np.cumsum((gaps >> 1) + lengths)
    return Offsets(ends - lengths, ends, np.cumsum((gaps & 1) + 1) - 1)
