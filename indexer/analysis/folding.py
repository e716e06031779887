"""Folding: remove the tone and vowel marks of syllables, and tell which marks a term has.

đ has no decomposition in Unicode, so it is mapped to d explicitly.
"""

from __future__ import annotations

import re
import unicodedata

from indexer.analysis.memo import memoize
from indexer.analysis.orthography import unify_i_y, unify_i_y_in

_D_WITHOUT_STROKE = str.maketrans("đĐ", "dD")


def _fold(term: str) -> str:
    """Return `term` without tone and vowel marks; đ becomes d, and i and y are unified
    (`unify_i_y`, and vy becomes vi).

    `term` is lower-case. Words ("dân_vận") and pairs ("dân vận") are folded syllable by syllable.

    >>> fold("đường"), fold("dân_vận"), fold("kỹ") == fold("kĩ")
    ('duong', 'dan_van', True)
    """
    for joint in "_ ":
        if joint in term:
            return joint.join(map(fold, term.split(joint)))
    bare = unify_i_y(strip_marks(term))
    # Vy and Vi are two names, so `unify_i_y` keeps both; without marks, vy may still mean vĩ.
    return "vi" if bare == "vy" else bare


fold = memoize(_fold, 1 << 17)
"""Return a lower-case term without tone and vowel marks, as `_fold` does. Cached."""


_VY = re.compile(r"(?<![^ \n])vy(?![^ \n])")


def fold_in(text: str) -> str:
    """Return a text in which each term is folded as `fold` does; for many terms, it is much faster.

    Terms are separated by single spaces or line breaks; they are lower-case and in NFC.
    """
    bare = text.translate({ord(char): strip_marks(char) for char in set(text)})
    return _VY.sub("vi", unify_i_y_in(bare))


def strip_marks(text: str) -> str:
    """Return `text` in NFC without tone and vowel marks, with đ as d; letter case is kept.

    Accepts any string. It removes all characters of Unicode category Mn, also of other languages.
    """
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text.translate(_D_WITHOUT_STROKE))
    unmarked = "".join(char for char in parts if unicodedata.category(char) != "Mn")
    return unicodedata.normalize("NFC", unmarked)


def _has_marks(term: str) -> bool:
    return strip_marks(term) != term


has_marks = memoize(_has_marks, 1 << 16)
"""Return True if an NFC term has a mark that `strip_marks` removes, or a đ. Cached."""


_MARKABLE = frozenset("aeiouyd")


def could_have_marks(term: str) -> bool:
    """True if marks may be missing from a lower-case term: it has a vowel or a d, and no digit.

    A d may stand for đ, also in initials (hdnd for HĐND); initials without d or vowel (mttq) have
    no letter that could carry a mark.
    """
    return not _MARKABLE.isdisjoint(strip_marks(term)) and not any(c.isdigit() for c in term)


def _marks(term: str) -> frozenset[tuple[int, str]]:
    """Return the marks of an NFC term as (index of the character, combining mark).

    The stroke of a đ is the mark "đ". A mark that NFC cannot compose with its letter is a character
    of its own, and has its own index.

    >>> sorted(_marks("vân")) == [(1, "\\u0302")]
    True
    """
    result = set()
    for at, char in enumerate(term):
        if char in "đĐ":
            result.add((at, "đ"))
        for part in unicodedata.normalize("NFD", char):
            if unicodedata.category(part) == "Mn":
                result.add((at, part))
    return frozenset(result)


marks = memoize(_marks, 1 << 15)
"""Return the marks of an NFC term as `_marks` does: pairs (index of the character, mark). Cached.
"""
