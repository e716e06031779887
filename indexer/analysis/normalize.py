"""Step 1: one way to write the same characters. Offsets to the original text survive.

    normalize("Hoà\\u200bbình")  →  Normalized("Hoàbình") whose spans lead back to the original

The steps, in order, are those of `normalize`. Case and punctuation stay: pyvi looks at both.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from indexer.analysis.spelling import place_tones
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

    `starts` and `ends` are None where the two texts have the same length and offsets.
    """

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def source_span(self, start: int, end: int) -> Range:
        """The span of the original text that `text[start:end]` (not empty) came from."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def normalize(text: str) -> Normalized:
    """Normalise `text` for terms. Total: any string, lone surrogates included.

    1. NFC; invisible characters go; styled letters become plain ones
    2. every space is a space; Ð and ð are Đ and đ
    3. the tone mark stands where the new spelling puts it (hoà, uỷ, của)

    Laws: `normalize(NFD(t)).text == normalize(NFC(t)).text`; normalising twice changes nothing.
    """
    if text.isascii():
        return Normalized(text)
    starts = ends = None
    if not unicodedata.is_normalized("NFC", text) or _NEEDS_CARE.search(text):
        text, starts, ends = _compose(text)
    return Normalized(place_tones(text.translate(ONE_TO_ONE)), starts, ends)


def _compose(text: str) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """Step 1, cluster by cluster: a base character and the marks that follow it."""
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def emit(cluster: str, start: int, end: int) -> None:
        composed = unicodedata.normalize("NFC", cluster)
        out.append(composed)
        starts.extend([start] * len(composed))
        ends.extend([end] * len(composed))

    cluster, begin, end = "", 0, 0
    for at, char in enumerate(text):
        if _IS_INVISIBLE.match(char):
            continue
        if cluster and _extends(char):
            cluster += char
        else:
            if cluster:
                emit(cluster, begin, end)
            cluster = unicodedata.normalize("NFKC", char) if _IS_STYLED.match(char) else char
            begin = at
        end = at + 1
    if cluster:
        emit(cluster, begin, end)
    return "".join(out), tuple(starts), tuple(ends)


def _extends(char: str) -> bool:
    """Marks, and the vowels and finals of decomposed Hangul, which NFC joins to their base."""
    return unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff"
