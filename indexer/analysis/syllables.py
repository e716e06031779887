"""Step 2 of the analysis: cut a normalised text into syllables, with offsets and positions.

A *piece* is a run of letters and digits; each is a syllable, and its term is the form to index.
Three things in Vietnamese texts need rules of their own:

- codes (`42/NQ-CP`, `10/01/2024`, `Covid-19`, `đ/c`, `VHTT&TT`): each part is a syllable, so that
  a query for any part finds them; the whole is a word, so that the whole ranks first
- numbers with dots for thousands (`1.000.000`) are one piece, their decimals another
- numbers below ten with the leading zero of official letters (`06 tháng`) have the bare number as
  their term
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from indexer.analysis.memo import memoize
from indexer.analysis.orthography import unify_i_y

HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
"""Chinese characters, as the content of a character class of a pattern."""
_LETTER = rf"[^\W_{HAN}]"
_THOUSANDS = r"(?<![\w.,])\d{1,3}(?:\.\d{3})+(?!\w|\.\d)"
# Each Chinese character is a syllable of its own: Hán Nôm is written without spaces.
PIECE = re.compile(rf"{_THOUSANDS}|[{HAN}]|{_LETTER}(?:{_LETTER}|[\u0300-\u036f])*")

# Matches only at the start of a run, and possessively: linear in a run of any length.
_CODE = re.compile(r"(?<![^\W_])[^\W_]++(?:[-/.&:–][^\W_]++)+")
# Makes joined pieces a code, not two words with a dash or a missing space: a digit, a lone letter.
_CODE_PART = re.compile(r"\d|(?:^|[^\w])[^\W\d_](?:$|[^\w])")

_SENTENCE_END = re.compile(r"[.!?…;]|\n\s*\n")
_ABBREVIATION = re.compile(r"[A-ZĐ]+|[A-ZĐ][^\W\d_]{0,2}|[a-zđ]")


class Token(NamedTuple):
    """A term with the span `[start, end)` that it covers in the text, in code points.

    `position` is the number of syllables before it in the text, plus one for each end of a sentence
    before it, so that no phrase spans two sentences. For a word it is the position of its first
    syllable.
    """

    term: str
    start: int
    end: int
    position: int


def syllables(text: str) -> list[Token]:
    """Return the syllables of a normalised text in order, with spans in that text.

    Accepts any string. Law: no two overlap, and each covers the characters that its term was made
    of.
    """
    tokens: list[Token] = []
    position, end, previous = -1, 0, ""
    for match in PIECE.finditer(text):
        start, piece = match.start(), match.group()
        position += 1
        if start - end > 1 and tokens and ends_sentence(text[end:start], previous, piece):
            position += 1
        end = match.end()
        tokens.append(Token(term_of(piece), start, end, position))
        previous = piece
    return tokens


def ends_sentence(gap: str, before: str, after: str) -> bool:
    """True if a sentence ends in the gap between two pieces.

    A sentence ends at . ! ? … ; and at a blank line. A full stop after an abbreviation does not end
    one if only full stops and spaces follow it ("TP. Hồ Chí Minh", "đ/c. Tạ"). A single line break
    ends one before anything but a small letter, which continues a hard-wrapped paragraph.

    Parameters
    ----------
    gap : the text between the pieces, two characters or more.
    before, after : the pieces, as written.
    """
    signs = signs_of(gap)
    if signs.dotted and is_abbreviation(before):
        return False
    return signs.stops or (signs.breaks and not after[0].islower())


class Signs(NamedTuple):
    """The signs in a gap between two pieces that decide if a sentence ends there."""

    dotted: bool
    """True if the gap begins with a full stop and has only full stops and spaces. A sentence ends
    in it unless an abbreviation stands before it."""
    stops: bool
    """True if the gap has a sign that ends a sentence (. ! ? … ;), or a blank line."""
    breaks: bool
    """True if the gap has a line break. A sentence ends in it unless a small letter follows."""


def signs_of(gap: str) -> Signs:
    """Return the signs in a gap that decide if a sentence ends there.

    `gap` is normalised and not empty, else IndexError is raised.
    """
    dotted = gap[0] == "." and gap.strip(" .") == ""
    return Signs(dotted, _SENTENCE_END.search(gap) is not None, "\n" in gap)


def is_abbreviation(piece: str) -> bool:
    """True if a full stop after this piece may mark an abbreviation: capitals, also with "&"
    ("TP."), up to three letters with a capital first ("Ths."), or one small letter; capitals and
    the small letter have no marks, but may be Đ and đ."""
    return _ABBREVIATION.fullmatch(piece) is not None


def _term_of(piece: str) -> str:
    term = piece.lower()
    if piece.isdigit() and len(piece) == 2 and piece[0] == "0":
        return piece[1]
    if "." in term:
        return term.replace(".", "")
    return unify_i_y(term)


term_of = memoize(_term_of, 1 << 17)
"""Return the term of a normalised piece: lower-case, i and y unified, 06 as 6, 1.000 as 1000.
Cached."""


def codes(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans `[start, end)` of codes, dates and times in a normalised text.

    They are runs of letters and digits joined by single signs - / . & : – for which `is_code` is
    True. In text order, in code points; none overlap.
    """
    for match in _CODE.finditer(text):
        if is_code(match.group()):
            yield match.span()


def is_code(joined: str) -> bool:
    """True if pieces joined by signs ("42/NQ-CP") are a code, not separate words.

    They are if they have a digit or a letter that stands alone, or are written in capitals.
    """

    return _CODE_PART.search(joined) is not None or joined.isupper()
