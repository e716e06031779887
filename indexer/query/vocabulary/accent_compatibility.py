"""Whether a syllable may be what was typed, where marks and letters may be missing still.

Marks that were typed are binding. A tone belongs to the whole syllable: it wanders from vowel to
vowel while one is being typed (hòa, hoàn). The marks of a vowel, and đ, belong to their letter.
"""

from __future__ import annotations

import unicodedata

from indexer.analysis import fold
from indexer.analysis.folding import marks
from indexer.analysis.memo import memoize_lru

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_I_Y = frozenset("iy")

Parts = tuple[tuple[tuple[str, str], ...], str]
"""The letters, each with the mark of its own, and the tone of all."""


def begins(typed: str, syllable: str) -> bool:
    """Whether `syllable` (lower-case) may come of `typed` when more is typed, or is it.

    >>> begins("vâ", "vận"), begins("hò", "hoàn"), begins("ki", "kỹ"), begins("va", "đa")
    (True, True, True, False)
    """
    letters = parts(typed)[0]
    return carries(typed, syllable) or (
        _marks_agree(typed, syllable)
        and [a[0] for a in letters] == [b[0] for b in parts(syllable)[0][: len(letters)]]
    )


def carries(typed: str, syllable: str) -> bool:
    """Whether `syllable` is `typed`, perhaps with further marks; i and y are one letter.

    >>> carries("vân", "vận"), carries("ủy", "uỷ"), carries("kĩ", "kỹ"), carries("vận", "vân")
    (True, True, True, False)
    """
    letters, wanted = parts(typed)[0], parts(syllable)[0]
    return (
        len(letters) == len(wanted)
        and _marks_agree(typed, syllable)
        and all(a[0] == b[0] or {a[0], b[0]} == _I_Y for a, b in zip(letters, wanted, strict=True))
    )


def _marks_agree(typed: str, syllable: str) -> bool:
    """Whether the tone typed is the syllable's, and so is each mark of a letter."""
    (letters, tone), (wanted, wanted_tone) = parts(typed), parts(syllable)
    return tone in ("", wanted_tone) and all(
        a[1] in ("", b[1]) for a, b in zip(letters, wanted, strict=False)
    )


def is_compatible(typed: str, term: str) -> bool:
    """Whether `term` may be meant by the term `typed`: it folds alike and has all its marks.

    >>> is_compatible("vân", "vận"), is_compatible("kĩ", "kỹ"), is_compatible("vận", "vân")
    (True, True, False)
    """
    return typed == term or (fold(typed) == fold(term) and marks(typed) <= marks(term))


def _parts(syllable: str) -> Parts:
    letters: list[tuple[str, str]] = []
    tone = ""
    for char in unicodedata.normalize("NFD", syllable):
        if char in _TONES:
            tone = char
        elif char == "đ":
            letters.append(("d", "đ"))
        elif unicodedata.combining(char) and letters:
            letters[-1] = (letters[-1][0], letters[-1][1] + char)
        else:
            letters.append((char, ""))
    return tuple(letters), tone


parts = memoize_lru(_parts, 1 << 15)
"""A lower-case syllable taken apart."""
