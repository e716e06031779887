"""Spans of syllables are written and read back unchanged."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import tokens
from indexer.analysis.batch import analyze_many
from indexer.engines.opensearch.storage.token_spans import decode_spans, encode_spans

numbers = st.integers(0, 60) | st.sampled_from([55_246, 55_247, 55_248, 55_296, 1_000_000])


@given(st.lists(st.lists(st.tuples(numbers, numbers), max_size=5), max_size=4))
def test_spans_are_read_as_they_were_written(every: list[list[tuple[int, int]]]) -> None:
    texts, starts, ends, expected = [], [], [], []
    for number, gaps in enumerate(every):
        bounds = np.cumsum(np.array(gaps, np.int64).ravel()).tolist()
        expected.append((bounds[::2], bounds[1::2]))
        texts += [number] * len(gaps)
        starts += bounds[::2]
        ends += bounds[1::2]
    written = encode_spans(
        *(np.array(each, np.int64) for each in (texts, starts, ends)), len(every)
    )
    assert [decode_spans(each or "") for each in written] == expected
    for each in written:
        assert each is not None
        each.encode("utf-8")  # no lone surrogate


def test_spans_that_cannot_be_written_are_none_and_the_others_are_not() -> None:
    texts, starts = np.array([0, 1, 1]), np.array([2_000_000, 0, 1])
    assert encode_spans(texts, starts, starts + 1, 3) == [None, "0101", ""]
    overlapping = encode_spans(np.array([0, 0]), np.array([0, 1]), np.array([2, 3]), 1)
    assert overlapping == [None]


@given(st.text(alphabet="aâđ 1.,\n漢ﬁ\u0323\u200bĐ42/NQ", max_size=40))
def test_the_spans_of_a_text_are_those_of_its_syllables(text: str) -> None:
    columns = analyze_many([text])
    (written,) = encode_spans(columns.texts, columns.starts, columns.ends, 1)
    expected = tokens(text)
    if written is not None:
        starts, ends = decode_spans(written)
        assert starts == [token.start for token in expected]
        assert ends == [token.end for token in expected]
