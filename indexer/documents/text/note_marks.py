"""Tell the mark of a note after a word ("Óc Eo¹") from an exponent or the sign of a unit (km²).

Glued to the word, the mark would make another word of it: a search for Óc Eo would not find "Eo1".
"""

from __future__ import annotations

import re

_MARK = re.compile(r"\d{1,3}|\*{1,3}|†{1,2}|[a-z]|[ivx]{2,4}")
_WORD = re.compile(r"([^\W\d_]{2,})[”\"’»)\].,;:!?]*$")
_WITH_POWERS = frozenset("mm cm dm dam hm km ft yd mi sin cos tan tg cotg cot log lg ln".split())
"""Units and functions, after which a small number is a power."""
_ROMAN = re.compile(r"[IVXLC]+")
"""Matches what has an ordinal ending in French: "XIX" of "XIXᵉ siècle"."""
_FORMULA = re.compile(
    r"(?:H|He|Li|B|C|N|O|F|Na|Mg|Al|Si|P|S|Cl|K|Ca|Cr|Mn|Fe|Ni|Cu|Zn|Br|Ag|Sn|I|Ba|Au|Hg|Pb|U)+"
)
"""Matches what a chemical formula has before a small number: "CO" of "CO₂"."""


def is_note_mark(before: str, mark: str, *, is_raised: bool = True) -> bool:
    """Return True if a small `mark` directly after the text `before` is that of a note.

    It is a number, a star or, if it is known to be raised, a letter or a small Roman numeral, after
    a word of two letters or more. A number that may be lowered is none after a chemical formula.
    """
    mark = mark.strip()
    word = _WORD.search(before)
    if not word or not _MARK.fullmatch(mark) or word[1].lower() in _WITH_POWERS:
        return False
    if mark[0].isalpha():
        return is_raised and not _ROMAN.fullmatch(word[1])
    return is_raised or not _FORMULA.fullmatch(word[1])
