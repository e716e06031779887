"""Step 1 of the analysis: write the same characters in one way, and keep offsets to the original.

    normalize("Hoà\\u200bbình")  →  Normalized("Hoàbình") whose spans map back to the original

Case and punctuation are kept, because pyvi's word segmentation uses both.
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
"""The characters that `normalize` removes, as the content of a character class of a pattern: soft
hyphens, zero-width characters, marks of direction, variation selectors."""
STYLED = "\U0001d400-\U0001d7ff\uff01-\uff5e\ufb00-\ufb06"
"""The characters that `normalize` replaces by plain ones, written as INVISIBLE is: letters of a
"font", as pasted from social networks (𝐃𝐚̂𝐧 𝐯𝐚̣̂𝐧), full-width forms, ligatures."""
_NEEDS_CARE = re.compile(f"[{INVISIBLE}{STYLED}]")
_IS_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_IS_STYLED = re.compile(f"[{STYLED}]")

ONE_TO_ONE = {
    **dict.fromkeys([0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " "),
    **dict.fromkeys([0x85, 0x2028, 0x2029], "\n"),
    # Eth and African D look like the Vietnamese Đ and đ, and are typed instead of them.
    0xD0: "Đ",
    0xF0: "đ",
    0x0189: "Đ",
    0x0256: "đ",
}
"""Code point → the one character that replaces it; offsets do not change."""


@dataclass(frozen=True, slots=True)
class Normalized:
    """A normalised text, with what is needed to map its spans to the original text.

    Attributes
    ----------
    text : the normalised text.
    composed : how NFC changed the characters left after step 1 (see `normalize`); None if it
        changed nothing. Steps 3 and 4 change no offset.
    source_offsets : for each character left after step 1, its offset in the original, in code
        points; None if step 1 changed nothing.
    """

    text: str
    composed: Composed | None = None
    source_offsets: Sequence[int] | None = None

    def source_span(self, start: int, end: int) -> Range:
        """Return the span of the original text from which `text[start:end]` came.

        Both spans are in code points; `start < end`.
        """
        if self.composed:
            ((start, end),) = self.composed.source_spans([(start, end)])
        if self.source_offsets is not None:
            return self.source_offsets[start], self.source_offsets[end - 1] + 1
        return start, end


def normalize(text: str) -> Normalized:
    """Return `text` normalised for terms. Accepts any string.

    1. remove invisible characters (INVISIBLE); replace STYLED ones by plain ones
    2. compose (NFC)
    3. replace characters by ONE_TO_ONE: no-break and other Unicode spaces by a space, U+0085,
       U+2028 and U+2029 by a newline, letters that look like Đ and đ by these; tabs and other ASCII
       white space stay
    4. move the tone mark to where the new spelling puts it (hoà, uỷ, của)

    Takes linear time but for long runs of combining marks (`nfc.compose`).

    Laws: `normalize(NFD(t)).text == normalize(NFC(t)).text`; normalising twice changes nothing.
    """
    if text.isascii():
        return Normalized(text)
    source_offsets = None
    if _NEEDS_CARE.search(text):
        text, source_offsets = _without_invisible_and_styled(text)
    composed = compose(text)
    text = place_tones(composed.text.translate(ONE_TO_ONE))
    return Normalized(text, composed if composed.at else None, source_offsets)


def _without_invisible_and_styled(text: str) -> tuple[str, list[int]]:
    """Return the text after step 1 of `normalize` and, for each of its characters, the offset in
    `text` that it came from."""
    out: list[str] = []
    source_offsets: list[int] = []
    for at, char in enumerate(text):
        if _IS_INVISIBLE.match(char):
            continue
        plain = unicodedata.normalize("NFKC", char) if _IS_STYLED.match(char) else char
        out.append(plain)
        source_offsets.extend([at] * len(plain))
    return "".join(out), source_offsets
