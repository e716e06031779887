"""Convert text that was typed in a legacy Vietnamese encoding and then read as windows-1252.

Such text comes from the bytes of old files, from old fonts in a PDF or a web page, and from
databases that took the bytes for Latin-1.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

ENCODINGS = ("tcvn3", "vni", "viscii", "windows-1258", "utf-8")
"""Names of the encodings that a text can be converted from; "utf-8" is UTF-8 read as
windows-1252."""


def convert(text: str, encoding: str) -> str:
    """Decode a text that is in `encoding` but was decoded as windows-1252; return it in NFC.

    `encoding` is one of ENCODINGS; raises FileNotFoundError for any other. Characters that the
    encoding does not use are kept.
    """
    if encoding == "utf-8":
        return _from_utf8(text)
    if encoding == "windows-1258":
        converted = _bytes(text).decode("cp1258", "replace") if _is_single_byte(text) else text
        return unicodedata.normalize("NFC", converted)
    table, pattern = _tables(encoding)
    return unicodedata.normalize("NFC", pattern.sub(lambda match: table[match.group()], text))


def encode(text: str, encoding: str) -> str:
    """Encode Vietnamese text in `encoding`, and return it decoded as windows-1252.

    The inverse of `convert`, for the tests. Raises FileNotFoundError as `convert` does.
    """
    text = unicodedata.normalize("NFC", text)
    if encoding == "utf-8":
        return "".join(_SLOPPY[byte] for byte in text.encode("utf-8"))
    if encoding == "windows-1258":
        return "".join(_SLOPPY[byte] for char in text for byte in _in_1258(char))
    table, _ = _tables(encoding)
    back: dict[str, str] = {}
    for written, char in table.items():
        back.setdefault(char, written)
    if encoding == "tcvn3":  # capitals with tones are small letters in a capital font
        return "".join(back.get(char) or back.get(char.lower(), char) for char in text)
    return "".join(back.get(char, char) for char in text)


def decode_bytes(data: bytes, encoding: str) -> str:
    """Decode the bytes of a file in `encoding`, one of ENCODINGS; return the text in NFC.

    Raises FileNotFoundError for any other encoding.
    """
    return convert(as_windows_1252(data), encoding)


def as_windows_1252(data: bytes) -> str:
    """Decode bytes as windows-1252, one character per byte; any bytes can be decoded."""
    return "".join(_SLOPPY[byte] for byte in data)


def _sloppy() -> list[str]:
    """Return the character of each byte, 0 to 255, in windows-1252.

    Its five undefined bytes become C1 control characters, as in the WHATWG Encoding Standard.
    """
    chars = []
    for byte in range(256):
        try:
            chars.append(bytes([byte]).decode("cp1252"))
        except UnicodeDecodeError:
            chars.append(chr(byte))
    return chars


_SLOPPY = _sloppy()
_BYTE_OF = {char: byte for byte, char in enumerate(_SLOPPY)} | {chr(b): b for b in range(128, 160)}


def _class(first: int, last: int) -> str:
    """Return a pattern that matches one byte from `first` to `last`, decoded as windows-1252 or as
    Latin-1."""
    shown = {*_SLOPPY[first : last + 1], *(chr(byte) for byte in range(first, last + 1))}
    return "[" + "".join(map(re.escape, sorted(shown))) + "]"


_CONTINUATION = _class(0x80, 0xBF)
_UTF8 = re.compile(
    f"{_class(0xC2, 0xDF)}{_CONTINUATION}"
    f"|{_class(0xE0, 0xEF)}{_CONTINUATION}{{2}}"
    f"|{_class(0xF0, 0xF4)}{_CONTINUATION}{{3}}"
)
_LOST_SPACE = re.compile("Ã (?:(ch|ng|nh|[cimnoptuy])(?![^\\W\\d_]))?")
"""Matches the UTF-8 bytes of "à" (C3 A0) if the second, a no-break space in windows-1252, was
replaced by a plain space: at the end of a word, or before letters that can follow "à" in a syllable
but are no word by themselves."""


def _from_utf8(text: str) -> str:
    """Decode the UTF-8 sequences in a text that was read as windows-1252; keep all else."""

    def decoded(match: re.Match[str]) -> str:
        try:
            return _bytes(match.group()).decode("utf-8")
        except UnicodeDecodeError:
            return match.group()

    text = _UTF8.sub(decoded, text)
    text = _LOST_SPACE.sub(lambda match: "à" + (match[1] or " "), text)
    return unicodedata.normalize("NFC", text)


def _is_single_byte(text: str) -> bool:
    return all(char in _BYTE_OF for char in text)


def _bytes(text: str) -> bytes:
    return bytes(_BYTE_OF[char] for char in text)


def _in_1258(char: str) -> bytes:
    """Return the windows-1258 bytes of a character, b"?" in place of what the encoding lacks.

    The encoding has letters with vowel marks, and separate combining tones.
    """
    try:
        return char.encode("cp1258")
    except UnicodeEncodeError:
        decomposed = unicodedata.normalize("NFD", char)
        tones = [mark for mark in decomposed if mark in "\u0300\u0301\u0303\u0309\u0323"]
        base = "".join(mark for mark in decomposed if mark not in tones)
        return (unicodedata.normalize("NFC", base) + "".join(tones)).encode("cp1258", "replace")


@cache
def _tables(encoding: str) -> tuple[Mapping[str, str], re.Pattern[str]]:
    """Return (table, pattern) of an encoding.

    The table maps one or more characters of windows-1252 to the letter that they stand for; the
    pattern finds its keys, the longest first. Raises FileNotFoundError without a table.
    """
    table: dict[str, str] = {}
    text = files(__package__).joinpath(f"{encoding}.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        written, char = line.split("\t")
        if encoding != "vni":
            byte = int(written, 16)
            table[_SLOPPY[byte]] = char
            table.setdefault(chr(byte), char)
        else:
            table[written] = char
    longest_first = sorted(table, key=len, reverse=True)
    return table, re.compile("|".join(map(re.escape, longest_first)))
