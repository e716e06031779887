"""Law: offsets read back are those that were written, of any texts."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import TEXTS

from indexer.analysis import Token, tokens
from indexer.engines.whoosh.offsets import Offsets, decode_offsets, encode_offsets


def offsets(found: tuple[Token, ...]) -> Offsets:
    columns = (
        zip(*((t.start, t.end, t.position) for t in found), strict=True) if found else [()] * 3
    )
    return Offsets(*(np.array(column, np.int64) for column in columns))


def plain(text: Offsets) -> list[list[int]]:
    return [column.tolist() for column in text]


@given(TEXTS, TEXTS | st.just("a" * 300 + " " * 200 + "b. c"))
def test_offsets(title: str, body: str) -> None:
    both = offsets(tokens(title)), offsets(tokens(body))
    found = decode_offsets(encode_offsets(*both))
    assert list(map(plain, found)) == list(map(plain, both))


@pytest.mark.parametrize("damaged", [b"", b"\x02", b"\x01\xff\xff\xff\xff", b"\x01\0\0\0\0\xff"])
def test_damage_is_an_error(damaged: bytes) -> None:
    with pytest.raises((ValueError, struct.error, zlib.error)):
        decode_offsets(damaged)
