"""Decode the bytes of a text file, or raise a DocumentError that says how to repair the file."""

from __future__ import annotations

import codecs
import re

from indexer.errors import DocumentError

_BYTE_ORDER_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its first two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_REMEDY = (
    "Save it as UTF-8; older Vietnamese files are often windows-1258 "
    "(`iconv -f CP1258 -t UTF-8`), TCVN3 or VISCII."
)


def decode(data: bytes, name: str, declared: str | None = None) -> str:
    """Return the text of `data`: by its byte order mark, else as UTF-8, else as `declared`.

    Raises DocumentError, naming `name`, if that fails or the text has NUL characters.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode_as(data[len(mark) :], encoding, name)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if declared:
            return _decode_as(data, declared, name)
        raise DocumentError(
            f"{name}: not UTF-8 (byte 0x{data[error.start]:02x} at {error.start}).", _REMEDY
        ) from None
    return _reject_nul(text, name)


def declared_charset(data: bytes) -> str | None:
    """Return the charset that an HTML page declares in its first 4 KB, if Python supports it."""
    match = _CHARSET.search(data[:4096])
    try:
        return codecs.lookup(match[1].decode("ascii")).name if match else None
    except LookupError:
        return None


def _decode_as(data: bytes, encoding: str, name: str) -> str:
    try:
        return _reject_nul(data.decode(encoding), name)
    except (UnicodeDecodeError, LookupError):
        raise DocumentError(f"{name}: says it is {encoding} and is not.", _REMEDY) from None


def _reject_nul(text: str, name: str) -> str:
    if "\0" in text:
        raise DocumentError(
            f"{name}: holds NUL characters (UTF-16 without a mark, or no text at all).", _REMEDY
        )
    return text
