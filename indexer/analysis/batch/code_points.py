"""Texts laid end to end as one array of code points, and what kind each of them is."""

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

WHITE, NEWLINE, RESPELLED, _CARE, _DOUBT = 1, 2, 4, 8, 16
"""Kinds of characters, as bits: white space (and a newline also by itself); letters for which terms
have another. Tables do not know those that change their neighbours or are none; nor, of those in
doubt, whether they are composed with what stands before."""

_PLANE = 1 << 16
_CAREFUL = re.compile(f"[{INVISIBLE}{STYLED}{HAN}\u0300-\u036f]+")
# All that Vietnamese texts have as a rule; whole blocks of letters and signs that compose with
# nothing and are composed.
_DOUBTFUL = re.compile("[^\0-\u02ff\u1e00-\u1eff\u2002-\u206f]+")


class Laid(NamedTuple):
    """Texts with a space between each two; text k begins at `offsets[k]`, and the one after the
    last would at the end of `offsets`. Of each character its code point and its kind."""

    text: str
    points: Points
    kinds: _Kinds
    offsets: Ints

    def has(self, kind: int) -> Bools:
        """Which characters are of this kind."""
        found: Bools = (self.kinds & kind) != 0
        return found


def lay(texts: Sequence[str]) -> Laid:
    """Lay texts end to end."""
    text = " ".join(texts)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    offsets = np.concatenate(([0], np.cumsum(lengths + 1)))
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    return Laid(text, points, _kinds().take(points, mode="clip"), offsets)


def owners(laid: Laid, places: Ints) -> Ints:
    """The texts in which these characters stand."""
    return np.searchsorted(laid.offsets, places, side="right") - 1


def in_need_of_care(texts: Sequence[str], laid: Laid) -> list[int]:
    """The texts that hold what tables do not know: characters beyond the first plane, such as
    change their neighbours or are none, and any that are not composed."""
    found = set(owners(laid, np.flatnonzero(laid.has(_CARE))).tolist())
    for number in np.unique(owners(laid, np.flatnonzero(laid.has(_DOUBT)))).tolist():
        if number not in found and not is_normalized("NFC", texts[number]):
            found.add(number)
    return sorted(found)


@functools.cache
def _kinds() -> _Kinds:
    """The kind of each code point of the first plane, and of all beyond; made once."""
    plane = "".join(map(chr, range(_PLANE)))
    kinds = np.zeros(_PLANE + 1, np.uint8)
    kinds[[code for code, char in ONE_TO_ONE.items() if not char.isspace()]] |= RESPELLED
    kinds[[code for code, char in ONE_TO_ONE.items() if char == "\n"]] |= NEWLINE
    kinds[ord("\n")] |= NEWLINE
    for pattern, kind in ((re.compile(r"\s+"), WHITE), (_CAREFUL, _CARE), (_DOUBTFUL, _DOUBT)):
        for match in pattern.finditer(plane):
            kinds[match.start() : match.end()] |= kind
    kinds[_PLANE] = _CARE
    return kinds
