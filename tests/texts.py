"""Texts for property tests: any string, and Vietnamese with all kinds of irregular writing."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from hypothesis import strategies as st

SEEDS = Path(__file__).resolve().parent.parent / "seeds"

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)
"""Any string, lone surrogates included."""

_SYLLABLES = sorted(
    {
        syllable
        for path in SEEDS.glob("*.txt")
        for syllable in unicodedata.normalize("NFC", path.read_text(encoding="utf-8")).split()
    }
)
_DIFFICULT = (
    "hòa hoà HOÀ thuỷ thủy cuả khỏe khoẻ ủy ban quý quí qúy kĩ kỹ Ở ý đ/c 42/NQ-CP 10/01/2024 "
    "Covid-19 06 1.000.000 1.000,5 VHTT&TT UBND. TP. Đặng Ðặng ðặng nghiêng giếng gì 漢字 漢hòa "
    "n\u0303ăm hi ky dân_vận a_b www.x.vn 𝐃𝐚̂𝐧 ＤÂＮ ﬁ İ ſ Vỹ x\u030còa 2hòa ÷hòa"
).split()
_SEPARATORS = [
    " ", " ", " ", "  ", "\u00a0", "\n", "\n\n", "\u2028", "\t", ", ", ". ", "… ", " – ", "-", "/",
    "\u200b", "\u00ad", "\ufeff", "_", "“", "” ", "(", ") ", "*", ":", "",
]  # fmt: skip

VIETNAMESE = st.lists(
    st.tuples(
        st.sampled_from(_SYLLABLES) | st.sampled_from(_DIFFICULT), st.sampled_from(_SEPARATORS)
    ),
    max_size=14,
).map(lambda parts: "".join(word + gap for word, gap in parts))
"""Syllables of the seed pages and difficult ones, joined by all kinds of separators."""

TEXTS = VIETNAMESE | ANYTHING

LONG_RUNS = [
    "a", "à", "aà", "đ", "漢", "9", "1.000.", "a-", "bb-", ".", "-", "\n ", " ", "\u200b", "\u0323",
    "(", ")", '"', "“", "«", "*", "=", "~", ":", "x:", "a OR ", "OR ", "- ", "-a ", "a* ", "_",
    "\ud800", "𝐃",
]  # fmt: skip
"""Strings that, repeated, have made analysers and parsers hang."""


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def long_run(piece: str, length: int = 100_000) -> str:
    return (piece * (length // len(piece) + 1))[:length]
