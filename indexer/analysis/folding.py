"""Folding: what a syllable is without its marks. đ has no decomposition and is named here."""

from __future__ import annotations

import unicodedata

from indexer.analysis.memo import remembered
from indexer.analysis.orthography import unify_i_y

_D = str.maketrans("đĐ", "dD")


def _fold(term: str) -> str:
    """`term` without tone and vowel marks; đ becomes d, and i and y have one spelling.

    Words ("dân_vận") and pairs ("dân vận") fold syllable by syllable.

    >>> fold("đường"), fold("dân_vận"), fold("kỹ") == fold("kĩ")
    ('duong', 'dan_van', True)
    """
    for joint in "_ ":
        if joint in term:
            return joint.join(map(fold, term.split(joint)))
    bare = unify_i_y(strip_marks(term))
    # Vy and Vi are two names, so they are no one spelling; without marks vy may still be vĩ.
    return "vi" if bare == "vy" else bare


fold = remembered(_fold, 1 << 17)
"""The fold of a term, kept at hand."""


def strip_marks(text: str) -> str:
    """Any text without tone and vowel marks, đ as d: what a person types without accents."""
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text.translate(_D))
    kept = "".join(char for char in parts if unicodedata.category(char) != "Mn")
    return unicodedata.normalize("NFC", kept)


def _has_marks(term: str) -> bool:
    return strip_marks(term) != term


has_marks = remembered(_has_marks, 1 << 16)
"""Whether a lower-case term carries any tone or vowel mark, or a đ."""


_MARKABLE = frozenset("aeiouyd")


def could_have_marks(term: str) -> bool:
    """Whether marks could be missing from the term: it has a vowel or a d, and no digit.

    The d is for initials (hdnd for HĐND); those without either (mttq) have nothing to mark.
    """
    return not _MARKABLE.isdisjoint(strip_marks(term)) and not any(c.isdigit() for c in term)


def _marks(term: str) -> frozenset[tuple[int, str]]:
    """The marks of an NFC term as (letter index, combining mark); đ counts as a mark of its d.

    >>> sorted(marks("vân")) == [(1, "\\u0302")]
    True
    """
    found = set()
    for at, char in enumerate(term):
        if char in "đĐ":
            found.add((at, "đ"))
        for part in unicodedata.normalize("NFD", char):
            if unicodedata.category(part) == "Mn":
                found.add((at, part))
    return frozenset(found)


marks = remembered(_marks, 1 << 15)
"""The marks of a term, kept at hand."""
