from __future__ import annotations

import sys
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import nfc
from indexer.analysis.nfc import compose

MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323\u0340\u0344\u0f71\u0f72\u0f73\u09be"
composable = st.text(
    alphabet=st.sampled_from("aeoAEăâơưđ xy\n\u212a\u0958\ufb2c\u1100\u1161\u11a8\uac00" + MARKS)
)


@given(composable | st.text())
@settings(max_examples=500)
def test_compose_is_nfc_and_its_spans_cover_the_source(text: str) -> None:
    composed = compose(text)
    assert composed.text == unicodedata.normalize("NFC", text)
    spans = composed.source_spans([(at, at + 1) for at in range(len(composed.text))])
    at = 0
    for start, end in spans:
        assert at <= start < end <= len(text) or composed.at
        at = start
    if spans:
        assert spans[-1][1] == len(text)


@given(composable)
def test_long_clusters_compose_to_nfc(text: str) -> None:
    assert nfc._compose_long(text) == unicodedata.normalize("NFC", text)


def test_every_character_that_composes_backwards_is_recognised() -> None:
    """Checked for the Unicode version of the running Python."""
    for code in range(sys.maxunicode + 1):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and parts[0][0] != "<":
            whole = unicodedata.normalize("NFD", chr(code))
            if unicodedata.normalize("NFC", whole) == chr(code):
                assert nfc._composes_backwards(chr(int(parts[1], 16))), hex(code)
        if unicodedata.combining(chr(code)):
            assert nfc._composes_backwards(chr(code)), hex(code)
