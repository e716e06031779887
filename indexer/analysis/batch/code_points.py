"""Join texts into one array of code points, and find the kinds of each character (white space,
newline …)."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from unicodedata import is_normalized

import numpy as np

from indexer.analysis.normalize import INVISIBLE, ONE_TO_ONE, STYLED
from indexer.analysis.syllables import HAN

Ints = np.ndarray[Any, np.dtype[np.int64]]
Points = np.ndarray[Any, np.dtype[np.uint32]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]
_Kinds = np.ndarray[Any, np.dtype[np.uint8]]

WHITE, NEWLINE, RESPELLED, _SINGLY, _CHECK_NFC = 1, 2, 4, 8, 16
"""Kinds of characters, as bits, because a character may have several.

WHITE: white space. NEWLINE: a line break, which is also WHITE. RESPELLED: a letter that is replaced
in terms (`ONE_TO_ONE`). _SINGLY: a combining mark, a Chinese, invisible or styled character, or one
beyond the Basic Multilingual Plane, because of which its text must be analysed by itself.
_CHECK_NFC: a character with which a text may not be in NFC.
"""

_PLANE = 1 << 16
"""Number of code points of the Basic Multilingual Plane."""
_SINGLY_PATTERN = re.compile(f"[{INVISIBLE}{STYLED}{HAN}\u0300-\u036f]+")
"""Matches the characters of the kind _SINGLY in the Basic Multilingual Plane."""
# Everything but the blocks that Vietnamese texts use as a rule: in those, all characters are
# composed and compose with nothing.
_CHECK_NFC_PATTERN = re.compile("[^\0-\u02ff\u1e00-\u1eff\u2002-\u206f]+")


class JoinedTexts(NamedTuple):
    """Texts joined by single spaces.

    Attributes
    ----------
    text : the texts joined.
    points : `(characters,)` uint32, the code points of `text`.
    kinds : `(characters,)` uint8, the kinds of each character as bits.
    offsets : `(texts + 1,)` int64, the code point of `text` at which each text begins, ascending;
        the last entry is where a further text would begin.
    """

    text: str
    points: Points
    kinds: _Kinds
    offsets: Ints

    def has(self, kind: int) -> Bools:
        """Return the mask `(characters,)` of the characters with this kind (WHITE, NEWLINE …)."""
        found: Bools = (self.kinds & kind) != 0
        return found


def join_texts(texts: Sequence[str]) -> JoinedTexts:
    """Return the texts joined by single spaces.

    Accepts any strings; lone surrogates keep their code points. For no texts, `text` is "" and
    `offsets` is `[0]`.
    """
    text = " ".join(texts)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    offsets = np.concatenate(([0], np.cumsum(lengths + 1)))
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    return JoinedTexts(text, points, _kinds().take(points, mode="clip"), offsets)


def text_indexes(joined: JoinedTexts, places: Ints) -> Ints:
    """Return the index of the text that each character belongs to, `(n,)` int64.

    `places (n,)` int64 are the offsets of the characters in the joined text, in code points.
    """
    return np.searchsorted(joined.offsets, places, side="right") - 1


def needing_single_analysis(texts: Sequence[str], joined: JoinedTexts) -> list[int]:
    """Return the indexes of the texts that the tables cannot handle, ascending.

    Such a text is not in NFC, or has combining marks, Chinese, invisible or styled characters, or
    characters beyond the Basic Multilingual Plane. `joined` is `join_texts(texts)`.
    """
    found = set(text_indexes(joined, np.flatnonzero(joined.has(_SINGLY))).tolist())
    for number in np.unique(text_indexes(joined, np.flatnonzero(joined.has(_CHECK_NFC)))).tolist():
        if number not in found and not is_normalized("NFC", texts[number]):
            found.add(number)
    return sorted(found)


@functools.cache
def _kinds() -> _Kinds:
    """Return the kinds of each code point as bits, `(_PLANE + 1,)` uint8; the last entry is for all
    code points from _PLANE on. Cached."""
    plane = "".join(map(chr, range(_PLANE)))
    kinds = np.zeros(_PLANE + 1, np.uint8)
    kinds[[code for code, char in ONE_TO_ONE.items() if not char.isspace()]] |= RESPELLED
    kinds[[code for code, char in ONE_TO_ONE.items() if char == "\n"]] |= NEWLINE
    kinds[ord("\n")] |= NEWLINE
    for pattern, kind in (
        (re.compile(r"\s+"), WHITE),
        (_SINGLY_PATTERN, _SINGLY),
        (_CHECK_NFC_PATTERN, _CHECK_NFC),
    ):
        for match in pattern.finditer(plane):
            kinds[match.start() : match.end()] |= kind
    kinds[_PLANE] = _SINGLY
    return kinds
