"""Decode the bytes of a text file or HTML page: Unicode, and legacy Vietnamese encodings."""

from __future__ import annotations

import codecs
import re
import unicodedata

from indexer.documents.legacy.convert import as_windows_1252, decode_bytes
from indexer.documents.legacy.detect import wrong_encoding
from indexer.errors import DocumentError

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
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
    """Return the text of a file, decoded by `decode_text`, which raises DocumentError."""
    return decode_text(data, name, declared)[0]


def decode_html(data: bytes, name: str, declared: str | None = None) -> tuple[str, str]:
    """Return the text of an HTML page, and Python's name of its encoding.

    `name` names the page in error messages. `declared` is the encoding that the HTTP header states;
    it takes precedence over that of <meta>, but counts only if the bytes tell no other encoding
    (`decode_text`). Raises DocumentError if no encoding fits or the text has NUL characters.
    """
    shown = _MARKUP.sub(b" ", data[:_SAMPLE])
    return decode_text(data, name, web_encoding(declared) or declared_charset(data), shown)


_SAMPLE = 200_000
"""Number of bytes by which the encoding of a text is told."""
_MARKUP = re.compile(rb"<(script|style)\b.*?</\1|<[^<>]*>", re.IGNORECASE | re.DOTALL)
"""Matches what is no text of a page: English words of tags hide the language of a short one."""


def decode_text(
    data: bytes, name: str, declared: str | None = None, sample: bytes | None = None
) -> tuple[str, str]:
    """Return `data` as text without its byte order mark, and the name of its encoding.

    The encoding is that of the byte order mark; else UTF-16 if many bytes at even or at odd offsets
    are zero; else UTF-8 if the bytes are valid UTF-8; else the legacy Vietnamese encoding in which
    `sample` has Vietnamese syllables; else `declared`. Its name is one of a Python codec ("utf-8",
    "utf-16-le"), or for a legacy encoding that of `legacy.detect.wrong_encoding`. Raises
    DocumentError, with `name` in its message, if none of them fits or the text has NUL characters.

    Parameters
    ----------
    name : name of the file, for messages.
    declared : name of a Python codec; None if the file states none. One that is unknown or does not
        fit is passed over.
    sample : bytes of the file by which a legacy encoding is told, such as those of a page without
        its tags; None for its first _SAMPLE bytes.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _whole(data[len(mark) :], encoding, name), encoding
    if utf16 := _utf16(data):
        return _whole(data, utf16, name), utf16
    try:
        return _without_nul(data.decode("utf-8"), name), "utf-8"
    except UnicodeDecodeError as error:
        position, byte = error.start, data[error.start]
    told_by = data[:_SAMPLE] if sample is None else sample
    if b"\0" not in data and (legacy := wrong_encoding(as_windows_1252(told_by))):
        return decode_bytes(data, legacy), legacy
    if declared:
        try:
            return _without_nul(unicodedata.normalize("NFC", data.decode(declared)), name), declared
        except (UnicodeDecodeError, LookupError):
            pass
    raise DocumentError(f"{name}: not UTF-8 (byte 0x{byte:02x} at {position}).", _REMEDY)


def _utf16(data: bytes) -> str | None:
    """Return "utf-16-le" or "utf-16-be" if the zero bytes of `data` suggest it, else None.

    In UTF-16, every other byte of ASCII letters is zero, and most letters of a text are ASCII.
    """
    sample = data[:4000]
    if len(sample) < 8 or len(data) % 2:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > 0.3 * half and even < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.3 * half and odd < 0.05 * half else None


def declared_charset(data: bytes) -> str | None:
    """Return Python's name of the encoding that an HTML page declares in its first 4096 bytes.

    None if it declares none, or one that `web_encoding` does not know.
    """
    match = _CHARSET.search(data[:4096])
    return web_encoding(match[1].decode("ascii")) if match else None


def web_encoding(label: str | None) -> str | None:
    """Return Python's name for an encoding label of the WHATWG Encoding Standard, or None.

    Other names of Python codecs ("undefined", "idna", "rot13") are no encodings of pages.
    """
    if not label:
        return None
    name = _WEB_ENCODINGS.get(label.strip().lower().replace("_", "-"))
    return name and codecs.lookup(name).name


def _whole(data: bytes, encoding: str, name: str) -> str:
    try:
        return _without_nul(data.decode(encoding), name)
    except (UnicodeDecodeError, LookupError):
        raise DocumentError(f"{name}: says it is {encoding} and is not.", _REMEDY) from None


def _without_nul(text: str, name: str) -> str:
    if "\0" in text:
        raise DocumentError(f"{name}: holds NUL characters, so it is no text.", _REMEDY)
    return text


_WEB_ENCODINGS = {
    label: target
    for target, labels in (
        ("utf-8", "utf-8 utf8 unicode-1-1-utf-8"),
        ("cp1252", "windows-1252 cp1252 iso-8859-1 iso8859-1 latin1 l1 us-ascii ascii x-cp1252"),
        ("cp1258", "windows-1258 cp1258 x-cp1258"),
        ("cp1250", "windows-1250 cp1250"), ("cp1251", "windows-1251 cp1251"),
        ("cp1253", "windows-1253 cp1253"), ("cp1254", "windows-1254 cp1254 iso-8859-9 latin5"),
        ("cp1255", "windows-1255 cp1255"), ("cp1256", "windows-1256 cp1256"),
        ("cp1257", "windows-1257 cp1257"), ("cp874", "windows-874 iso-8859-11 tis-620"),
        ("iso8859-2", "iso-8859-2 latin2"), ("iso8859-15", "iso-8859-15 latin9"),
        ("koi8-r", "koi8-r"), ("koi8-u", "koi8-u"), ("mac-roman", "macintosh x-mac-roman"),
        ("gb18030", "gb18030 gbk gb2312 x-gbk"), ("big5", "big5 big5-hkscs"),
        ("euc-jp", "euc-jp"), ("shift-jis", "shift-jis sjis windows-31j"),
        ("iso2022-jp", "iso-2022-jp"), ("euc-kr", "euc-kr ks-c-5601-1987 windows-949"),
        ("utf-16-le", "utf-16 utf-16le"), ("utf-16-be", "utf-16be"),
    )
    for label in labels.split()
}  # fmt: skip
"""Label of the WHATWG Encoding Standard (https://encoding.spec.whatwg.org) → name of a Python
codec."""
