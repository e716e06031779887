"""Law: the tokens among are those of `tokens`, the others left out."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from texts import TEXTS

from indexer.analysis import tokens
from indexer.analysis.among import tokens_among

BITS = st.sampled_from(
    [
        "Hoà",
        "hòa",
        "kĩ",
        "06",
        "1.000.000",
        "42/NQ-CP",
        "漢字",
        "a\u200bb",
        "e\u0302\u0323",
        "𝐃𝐚̂𝐧",
        ". ",
    ]
)


@settings(max_examples=300, deadline=None)
@given(TEXTS | st.lists(BITS, max_size=9).map(" ".join), st.data())
def test_tokens_among(text: str, data: st.DataObject) -> None:
    every = tokens(text)
    terms = sorted({token.term for token in every})
    wanted = set(data.draw(st.lists(st.sampled_from([*terms, "xyz"]), max_size=4)))
    spans = [(token.start, token.end) for token in every]
    found = tokens_among(text, spans, [token.position for token in every], wanted)
    assert found == [token for token in every if token.term in wanted]
