"""Compare a typed syllable, which may lack marks and letters, with a syllable of the index.

Marks that were typed are binding. A tone belongs to the whole syllable, because it moves from vowel
to vowel while a syllable is being typed (hòa, hoàn). The marks of a vowel, and đ, belong to their
letter. Used by entities, completions and `Syllable`.
"""

from __future__ import annotations

import unicodedata

from indexer.analysis import fold
from indexer.analysis.folding import marks
from indexer.analysis.memo import memoize_lru

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_I_Y = frozenset("iy")

Parts = tuple[tuple[tuple[str, str], ...], str]
"""A syllable taken apart: the pairs (letter without marks, its marks but the tone) in order, and
the tone of the syllable, a combining character or ""."""


def may_begin(typed: str, syllable: str) -> bool:
    """True if `typed` may be `syllable` or its beginning, with marks missing.

    Both are lower-case. The marks that were typed must be those of `syllable`.

    >>> may_begin("vâ", "vận"), may_begin("hò", "hoàn"), may_begin("ki", "kỹ")
    (True, True, True)
    >>> may_begin("va", "đa")
    False
    """
    letters = parts(typed)[0]
    return may_be(typed, syllable) or (
        _typed_marks_agree(typed, syllable)
        and [a[0] for a in letters] == [b[0] for b in parts(syllable)[0][: len(letters)]]
    )


def may_be(typed: str, syllable: str) -> bool:
    """True if `typed` may be `syllable` with marks missing; i and y are the same letter.

    Both are lower-case.

    >>> may_be("vân", "vận"), may_be("ủy", "uỷ"), may_be("kĩ", "kỹ"), may_be("vận", "vân")
    (True, True, True, False)
    """
    letters, wanted = parts(typed)[0], parts(syllable)[0]
    return (
        len(letters) == len(wanted)
        and _typed_marks_agree(typed, syllable)
        and all(a[0] == b[0] or {a[0], b[0]} == _I_Y for a, b in zip(letters, wanted, strict=True))
    )


def _typed_marks_agree(typed: str, syllable: str) -> bool:
    """True if `syllable` has every mark of `typed`: its tone on any letter, the others on the same
    letter, as far as `typed` goes."""
    (letters, tone), (wanted, wanted_tone) = parts(typed), parts(syllable)
    return tone in ("", wanted_tone) and all(
        a[1] in ("", b[1]) for a, b in zip(letters, wanted, strict=False)
    )


def is_compatible(typed: str, term: str) -> bool:
    """True if `term` has the fold of the term `typed` and all of its marks, on the same letters.

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
"""Return the `Parts` of a lower-case syllable: letters with their marks, and the tone. Cached."""
