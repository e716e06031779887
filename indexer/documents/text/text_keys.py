"""Two forms of page text: clean text for display, and a key for comparison.

    clean("Huyện\\u200b  ủy ") == "Huyện ủy"   NFC, single spaces, nothing invisible
    key("HUYỆN ỦY") == key("huyện uỷ")         case, tone placement and i/y do not matter

Page text is compared by its key, and stored as its author wrote it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")
"""Matches soft hyphens, zero-width characters, direction marks and byte order marks."""

_SPACE = re.compile(r"[\s\x00-\x20]+")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_FINAL_Y = re.compile(r"(?:[bcdđghklmnprstvx]+|qu)?y\Z")


def clean(text: str) -> str:
    """Return `text` in NFC, on one line, with single spaces and without invisible characters."""
    return _SPACE.sub(" ", INVISIBLE.sub("", unicodedata.normalize("NFC", text))).strip()


@lru_cache(maxsize=65536)
def _syllable_key(syllable: str) -> str:
    """Return the syllable in lower case, with its tone mark at the end, and with i for a final y
    where both spellings are in use ("lý", "lí")."""
    marks = unicodedata.normalize("NFD", syllable.lower().replace("ð", "đ"))
    tones = "".join(mark for mark in marks if mark in _TONES)
    bare = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES))
    if _FINAL_Y.match(bare):
        bare = bare[:-1] + "i"
    return bare + tones


_WORD = re.compile(r"\w+")


def key(text: str) -> str:
    """Return the comparison key of `text`, in lower case and never displayed.

    Law: spellings that differ only in case, placement of the tone mark, i or y, or white space have
    the same key.
    """
    return _WORD.sub(lambda match: _syllable_key(match.group()), clean(text))


def word_keys(text: str) -> tuple[str, ...]:
    """Return the comparison keys of the words of `text`, in order and without punctuation."""
    return tuple(_syllable_key(word) for word in _WORD.findall(clean(text)))
