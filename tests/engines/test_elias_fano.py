"""Elias-Fano lists: what is decoded is what was encoded, and damage is noticed or harmless."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.whoosh.postings import elias_fano

UNIVERSE = 5000
ascending = st.lists(st.integers(0, UNIVERSE - 1), min_size=1, max_size=40, unique=True).map(sorted)


def packed(bits: np.ndarray) -> np.ndarray:
    """Return the bits as bytes, packed in two parts that do not end at a byte boundary."""
    packer = elias_fano.BitPacker()
    parts = [packer.pack(bits[:13]), packer.pack(bits[13:]), packer.flush()]
    assert packer.length == len(bits)
    return np.concatenate(parts)


@given(st.lists(ascending, min_size=1, max_size=6), st.booleans(), st.data())
def test_encoded_lists_decode_to_the_same_numbers_and_weights(found, weighted, data):
    values = np.array([number for one in found for number in one])
    counts = np.array(list(map(len, found)))
    weights = None
    if weighted:
        weight = st.integers(1, 9)
        weights = np.array(data.draw(st.lists(weight, min_size=len(values), max_size=len(values))))
    bits, bounds = elias_fano.encode(values, counts, UNIVERSE, weights)
    raw = packed(bits)
    at = 0
    for number, one in enumerate(found):
        start, end = int(bounds[number]), int(bounds[number + 1])
        assert elias_fano.decode(raw, start, len(one), UNIVERSE).tolist() == one
        size = int(elias_fano.encoded_sizes(counts, UNIVERSE)[number])
        if weights is None:
            assert end - start == size
            assert size <= len(one) * (2 + np.log2(UNIVERSE / len(one))) + 2
        else:
            own = weights[at : at + len(one)].tolist()
            decoded = elias_fano.decode_weighted(raw, start, end, len(one), UNIVERSE)
            assert [array.tolist() for array in decoded] == [one, own]
        at += len(one)


@given(ascending, st.integers(0, 200), st.integers(0, 7), st.integers(1, 4))
def test_a_damaged_list_raises_a_value_error_or_decodes_to_as_many_numbers(one, byte, bit, most):
    weights = np.arange(len(one)) % most + 1
    bits, bounds = elias_fano.encode(np.array(one), np.array([len(one)]), UNIVERSE, weights)
    raw = packed(bits)
    raw[byte % len(raw)] ^= 1 << bit
    for decoded in (
        lambda: [elias_fano.decode(raw, 0, len(one), UNIVERSE)],
        lambda: elias_fano.decode_weighted(raw, 0, int(bounds[1]), len(one), UNIVERSE),
    ):
        try:
            assert {*map(len, decoded())} == {len(one)}
        except ValueError:
            continue
