"""Step 1: one way to write the same characters. Offsets to the original text survive.

    normalize("Hoà\\u200bbình")  →  Normalized("Hoàbình") whose spans lead back to the original

The steps, in order, are those of `normalize`. Case and punctuation stay: pyvi looks at both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.analysis.nfc import Composed, compose
from indexer.analysis.orthography import place_tones
from indexer.models import Range

INVISIBLE = (
    "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069"
    "\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef"
)
# Letters of a "font", as pasted from social networks (𝐃𝐚̂𝐧 𝐯𝐚̣̂𝐧), full-width forms, ligatures.
STYLED = "\U0001d400-\U0001d7ff\uff01-\uff5e\ufb00-\ufb06"
_NEEDS_CARE = re.compile(f"[{INVISIBLE}{STYLED}]")
_IS_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_IS_STYLED = re.compile(f"[{STYLED}]")

ONE_TO_ONE = {
    **dict.fromkeys([0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " "),
    **dict.fromkeys([0x85, 0x2028, 0x2029], "\n"),
    # Eth looks like the Vietnamese letter and is typed for it.
    0xD0: "Đ",
    0xF0: "đ",
    0x0189: "Đ",
    0x0256: "đ",
}


@dataclass(frozen=True, slots=True)
class Normalized:
    """Normalised `text`, and for each of its characters where it came from.

    `composed` leads from `text` to the characters kept of the source; `kept` says which these are,
    None where all were kept.
    """

    text: str
    composed: Composed | None = None
    kept: Sequence[int] | None = None

    def source_span(self, start: int, end: int) -> Range:
        """The span of the original text that `text[start:end]` (not empty) came from."""
        if self.composed:
            ((start, end),) = self.composed.source_spans([(start, end)])
        if self.kept is not None:
            return self.kept[start], self.kept[end - 1] + 1
        return start, end


def normalize(text: str) -> Normalized:
    """Normalise `text` for terms. Total: any string, lone surrogates included; linear.

    1. invisible characters go; styled letters become plain ones
    2. NFC
    3. every space is a space; Ð and ð are Đ and đ
    4. the tone mark stands where the new spelling puts it (hoà, uỷ, của)

    Laws: `normalize(NFD(t)).text == normalize(NFC(t)).text`; normalising twice changes nothing.
    """
    if text.isascii():
        return Normalized(text)
    kept = None
    if _NEEDS_CARE.search(text):
        text, kept = _plain(text)
    composed = compose(text)
    text = place_tones(composed.text.translate(ONE_TO_ONE))
    return Normalized(text, composed if composed.at else None, kept)


def _plain(text: str) -> tuple[str, list[int]]:
    """Step 1; for each character that is left the offset of the one that it comes from."""
    out: list[str] = []
    kept: list[int] = []
    for at, char in enumerate(text):
        if _IS_INVISIBLE.match(char):
            continue
        plain = unicodedata.normalize("NFKC", char) if _IS_STYLED.match(char) else char
        out.append(plain)
        kept.extend([at] * len(plain))
    return "".join(out), kept
