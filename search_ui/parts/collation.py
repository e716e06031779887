"""Sort names in Vietnamese alphabetical order.

The letters are a ă â b c d đ e ê …; the tones are none, huyền, hỏi, ngã, sắc, nặng. Names are
compared letter by letter, and tones decide only between names of the same letters, as in
dictionaries (Hoàng Phê, "Từ điển tiếng Việt").
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTERS = {letter: rank for rank, letter in enumerate(_ALPHABET)}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}

Key = tuple[tuple[tuple[int, int], ...], tuple[int, ...]]
"""Key of a name: a (class, rank within the class) for each character, then a tone for each.

The classes are 0 for spaces, 1 for digits, 2 for letters, 3 for all else; the tones are 0 (none) to
5 (nặng).
"""


@lru_cache(maxsize=4096)
def sort_key(text: str) -> Key:
    """Return a key that sorts names in Vietnamese alphabetical order.

    Spaces sort first, then digits, letters, and other characters by code point; case does not
    matter.
    """
    letters: list[tuple[int, int]] = []
    tones: list[int] = []
    for char in unicodedata.normalize("NFC", text).lower():
        base = unicodedata.normalize("NFD", char)
        tone = next((_TONES[mark] for mark in base if mark in _TONES), 0)
        bare = unicodedata.normalize("NFC", "".join(c for c in base if c not in _TONES))
        letters.append(_place(bare))
        tones.append(tone)
    return tuple(letters), tuple(tones)


def initial(text: str) -> str:
    """Return the heading under which a name is listed: its first letter, a capital without tone
    ("A", "Ă", "Đ"); "0–9" for a digit, "…" for any other character."""
    (kind, rank), *_ = sort_key(text.strip())[0] or [(3, 0)]
    if kind == 2:
        return _ALPHABET[rank].upper()
    return "0–9" if kind == 1 else "…"


def _place(letter: str) -> tuple[int, int]:
    if letter.isspace():
        return (0, 0)
    if letter.isdigit():
        return (1, ord(letter[0]))
    if letter in _LETTERS:
        return (2, _LETTERS[letter])
    return (3, ord(letter[0]) if letter else 0)
