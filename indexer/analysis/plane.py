"""Texts laid end to end as one array of code points, and what tables say of those of the first
plane."""

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
_Bools = np.ndarray[Any, np.dtype[np.bool_]]

_PLANE = 1 << 16
_CARE = re.compile(f"[{INVISIBLE}{STYLED}{HAN}\u0300-\u036f]")


class Laid(NamedTuple):
    """Texts with a space between each two; text k begins at `offsets[k]`, and the one after the
    last would at the end of `offsets`."""

    text: str
    points: Points
    offsets: Ints


def lay(texts: Sequence[str]) -> Laid:
    """Lay texts end to end."""
    text = " ".join(texts)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    offsets = np.concatenate(([0], np.cumsum(lengths + 1)))
    return Laid(text, np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4"), offsets)


def owners(laid: Laid, places: Ints) -> Ints:
    """The texts in which these characters stand."""
    return np.searchsorted(laid.offsets, places, side="right") - 1


def in_need_of_care(texts: Sequence[str], laid: Laid) -> list[int]:
    """The texts that hold what tables do not know: characters beyond the first plane, such as
    change their neighbours or are none, and any that are not composed."""
    care = laid.points >= _PLANE
    care |= tables().care[np.minimum(laid.points, _PLANE - 1)]
    found = set(owners(laid, np.flatnonzero(care)).tolist())
    for number, text in enumerate(texts):
        if number not in found and not is_normalized("NFC", text):
            found.add(number)
    return sorted(found)


class Tables(NamedTuple):
    """What is to be known of each code point of the first plane."""

    plain: Points
    """What is written for it in terms."""
    space: _Bools
    care: _Bools


@functools.cache
def tables() -> Tables:
    """The tables, made once (10 to 20 ms)."""
    plain = np.arange(_PLANE, dtype=np.uint32)
    for code, char in ONE_TO_ONE.items():
        plain[code] = ord(char)
    chars = list(map(chr, range(_PLANE)))
    space = np.array([char.isspace() for char in chars], np.bool_)
    care = np.array([_CARE.match(char) is not None for char in chars], np.bool_)
    return Tables(plain, space, care)
