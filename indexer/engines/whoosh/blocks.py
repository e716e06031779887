"""The postings of a term as bytes: blocks of plain numbers, one after the other.

A block holds, each as narrow as its largest number allows: gaps between document numbers,
weights, and, in fields that keep them, the number of positions of each posting and all positions.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Collection, Iterator, Sequence
from operator import sub
from sys import byteorder
from typing import Any, NamedTuple

import numpy as np

BLOCK_LIMIT = 1024
"""Postings in a block. Larger than Whoosh's 128: blocks are decoded whole, as arrays."""

_HEADER = struct.Struct("<IIBBBB")
"""Length of what follows, postings, and four widths (bytes of one number; 0: no such array)."""

Ints = np.ndarray[Any, np.dtype[np.int64]]


class Block(NamedTuple):
    """Decoded postings. `counts` and `positions` are empty where a field keeps none."""

    ids: Ints
    weights: Ints
    counts: Ints
    positions: Ints


def _narrow(numbers: Collection[int]) -> tuple[int, bytes]:
    """The bytes per number that suffice, and the numbers as little-endian bytes of that width."""
    top = max(numbers)
    width, code = (1, "B") if top < 1 << 8 else (2, "H") if top < 1 << 16 else (4, "I")
    packed = array(code, numbers)
    if byteorder == "big":
        packed.byteswap()
    return width, packed.tobytes()


def encode_block(ids: Sequence[int], weights: Sequence[int], values: Sequence[bytes]) -> bytes:
    """A block: header, gaps between ids (the first from 0), weights, and, where there are values,
    the number of positions of each posting and all positions."""
    parts = [_narrow([ids[0], *map(sub, ids[1:], ids)]), _narrow(weights)]
    if values[0]:
        positions = array("I")
        positions.frombytes(b"".join(values))
        parts += [_narrow([len(value) // 4 for value in values]), _narrow(positions)]
    else:
        parts += [(0, b""), (0, b"")]
    body = b"".join([data for _, data in parts])
    return _HEADER.pack(len(body), len(ids), *[width for width, _ in parts]) + body


def decode_blocks(data: bytes) -> Iterator[tuple[int, Block]]:
    """The blocks in `data`, each with the offset of its end. Raises ValueError on damage."""
    at = 0
    none = np.zeros(0, np.int64)
    while at < len(data):
        if at + _HEADER.size > len(data):
            raise ValueError("a block of postings is cut short")
        length, size, *widths = _HEADER.unpack_from(data, at)
        at += _HEADER.size
        end = at + length
        found: list[Ints] = []
        for column, width in enumerate(widths):
            number = int(found[2].sum()) if column == 3 and width else size if width else 0
            if width not in (0, 1, 2, 4) or at + number * width > end:
                raise ValueError("a block of postings has an impossible header")
            raw = np.frombuffer(data, f"<u{width}", number, at) if number else none
            found.append(raw.astype(np.int64))
            at += number * width
        if at != end or end > len(data):
            raise ValueError("a block of postings has the wrong length")
        yield end, Block(found[0].cumsum(), *found[1:])
