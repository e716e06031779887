"""Sort names and titles in Vietnamese alphabetical order.

The letters are a ă â b c d đ e ê …; the tones are none, huyền, hỏi, ngã, sắc, nặng. Names are
compared letter by letter, and tones decide only between names of the same letters, as in
dictionaries (Hoàng Phê, "Từ điển tiếng Việt"). Numbers are compared by their value, so that tháng 2
stands before tháng 10.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONE_MARKS = "\u0300\u0309\u0303\u0301\u0323"

# A key has these characters, which ascend, for what stands in a name:
_TONES_FOLLOW = "\x01"  # and a digit for the tone of each letter
_SPACE = " "
_NO_DIGITS = ord("!")  # the number of digits of a number, added to it, and then the digits
_MOST_DIGITS = 30  # longer numbers are compared digit by digit
_FIRST_LETTER = ord("@")  # the rank of a letter, added to it
_OTHER = "~"  # and then the character itself
_UNTITLED = "\x7f"

_THOUSANDS = re.compile(r"(?<=[0-9])\.(?=[0-9]{3}(?![0-9]))")
"""The full stop in 2.500."""


class _Letters(dict[int, str]):
    """Code point of a small letter, digit or other character → its part of a key, without tone.

    A digit is left as it is.
    """

    def __missing__(self, point: int) -> str:
        char = chr(point)
        parts = unicodedata.normalize("NFD", char)
        bare = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONE_MARKS))
        if char.isspace():
            found = _SPACE
        elif "0" <= char <= "9":
            found = char
        elif bare and bare in _ALPHABET:
            found = chr(_FIRST_LETTER + _ALPHABET.index(bare))
        else:
            found = _OTHER + char
        self[point] = found
        return found


class _Tones(dict[int, str]):
    """Code point → "0" to "5" for the tone of a letter, "" for any other character."""

    def __missing__(self, point: int) -> str:
        found = ""
        if not _LETTERS[point].startswith((_OTHER, _SPACE, *"0123456789")):
            marks = map(_TONE_MARKS.find, unicodedata.normalize("NFD", chr(point)))
            found = str(max(marks) + 1)
        self[point] = found
        return found


_LETTERS, _TONES = _Letters(), _Tones()


@lru_cache(maxsize=4096)
def name_key(text: str) -> str:
    """Return a key for a name: keys compared by code point are in Vietnamese alphabetical order.

    Spaces sort first, then numbers by value, letters, and other characters by code point; case does
    not matter, nor do zeros before a number. Accepts any string. Cached.
    """
    return _key(text)


def title_key(title: str) -> str:
    """Return a key for a title, which sorts as `name_key` does but by letters and digits only.

    Whatever else stands between two words counts as one space, so quotation marks do not matter,
    and 2.500 is one number. A title without letters and digits sorts last.
    """
    figures = _THOUSANDS.sub("", unicodedata.normalize("NFC", title))
    words = re.sub(r"[\W_]+", _SPACE, figures)
    return _key(words.strip()) or _UNTITLED


def name_initial(text: str) -> str:
    """Return the heading under which a name is listed: its first letter, a capital without tone
    ("A", "Ă", "Đ"); "0–9" for a digit, "…" for any other character or an empty name."""
    first = ord(name_key(text.strip())[:1] or _OTHER)
    if first == ord(_OTHER):
        return "…"
    return _ALPHABET[first - _FIRST_LETTER].upper() if first >= _FIRST_LETTER else "0–9"


def _key(text: str) -> str:
    small = unicodedata.normalize("NFC", text).lower()
    letters = re.sub("[0-9]+", _number, small.translate(_LETTERS))
    tones = small.translate(_TONES).rstrip("0")
    return f"{letters}{_TONES_FOLLOW}{tones}" if tones else letters


def _number(digits: re.Match[str]) -> str:
    value = digits[0].lstrip("0")
    return f"{chr(_NO_DIGITS + min(len(value), _MOST_DIGITS))}{value}"
