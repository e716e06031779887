"""Make e-mail messages (RFC 5322) of the files in which Outlook saves them (.msg), by olefile.

A .msg file is a compound file (OLE) whose streams are properties of the message. Their numbers and
types are those of Microsoft's [MS-OXPROPS] and [MS-OXMSG]; text that is stored as RTF only is
compressed by [MS-OXRTFCP].
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_string, policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from mimetypes import guess_type
from typing import Any

from indexer.documents.formats.extras import require
from indexer.documents.formats.office import rtf
from indexer.documents.formats.signature import OLE, renamed
from indexer.documents.source_file import Budget, SourceFile, in_memory
from indexer.documents.text.encodings import decode_html
from indexer.errors import DocumentError

MAX_DEPTH = 5
"""Greatest number of messages around an attached message that is read."""
_MAX_RTF = 64 << 20
"""Greatest number of bytes that the RTF of a message is unpacked to."""
_VIETNAM = timezone(timedelta(hours=7))
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
"""Times are stored as the number of 100 ns since then."""

_PROPERTIES = "__properties_version1.0"
"""Name of the stream with the properties of a fixed size."""
_UNICODE, _STRING, _BINARY, _STORAGE = "001F", "001E", "0102", "000D"
"""Types of properties: text in UTF-16, text in the code page of the message, bytes, a message."""
_INTEGER, _TIME = 0x0003, 0x0040
_SUBJECT, _BODY, _HTML, _RTF, _HEADERS = "0037", "1000", "1013", "1009", "007D"
_SENDER, _SENDER_ADDRESS, _SENT_FOR = "0C1A", "5D01", "0042"
_SENT, _DELIVERED = 0x0039, 0x0E06
_CODE_PAGE, _HTML_CODE_PAGE = 0x3FFD, 0x3FDE
_DATA, _NAME, _SHORT_NAME, _CONTENT_ID, _MIME_TYPE = "3701", "3707", "3704", "3712", "370E"


def as_message(file: SourceFile) -> SourceFile:
    """Return the message of a .msg file, with its attachments, as an .eml file in memory.

    Pictures that stand in its text are left out. Raises DocumentError if it is damaged or no such
    file, or if olefile is not installed.
    """
    olefile = require("olefile", "mail", file.name)
    data = file.read()
    no_message = DocumentError(f"{file.name}: no Outlook message.", "Save it again, or as .eml.")
    if not data.startswith(OLE):
        raise no_message
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            if not ole.exists(_PROPERTIES):
                raise no_message
            budget = Budget(2 * len(data))  # damaged or hostile streams may overlap
            message = _message(_Storage(ole, budget, [], 32), file.name, 0)
            return renamed(file, ".eml", message.as_bytes())
    except DocumentError:
        raise
    except Exception as error:  # olefile raises nearly anything over a damaged file
        raise DocumentError(
            f"{file.name}: damaged or no Outlook message ({type(error).__name__}).",
            "Save it again, or as .eml.",
        ) from error


class _Storage:
    """The properties of a message or an attachment.

    `path` is its path in the compound file, of which `budget` says how many bytes may still be
    read; `header` is the size in bytes of what stands before the entries in its stream of
    properties.
    """

    def __init__(self, ole: Any, budget: Budget, path: list[str], header: int) -> None:
        self.ole, self.budget, self.path = ole, budget, path
        self._values: dict[tuple[int, int], bytes] = {}
        entries = self._stream(_PROPERTIES)[header:]
        for at in range(0, len(entries) - 15, 16):
            kind, number = struct.unpack_from("<HH", entries, at)
            self._values[number, kind] = entries[at + 8 : at + 16]

    def _stream(self, name: str) -> bytes:
        path = [*self.path, name]
        if not self.ole.exists(path):
            return b""
        data = bytes(self.ole.openstream(path).read())
        self.budget.left -= len(data)
        if self.budget.left < 0:
            raise ValueError("its streams overlap")
        return data

    def integer(self, number: int) -> int:
        """Return a property that is a number of 32 bits; 0 without it."""
        return int.from_bytes(self._values.get((number, _INTEGER), b"")[:4], "little")

    def time(self, number: int) -> datetime | None:
        """Return a property that is a time, in Vietnam; None without it, or if it is impossible."""
        ticks = int.from_bytes(self._values.get((number, _TIME), b""), "little")
        with suppress(OverflowError):
            if ticks:
                return (_EPOCH + timedelta(microseconds=ticks // 10)).astimezone(_VIETNAM)
        return None

    def data(self, number: str) -> bytes:
        """Return a property that is bytes; b"" without it."""
        return self._stream(f"__substg1.0_{number}{_BINARY}")

    def text(self, number: str, code_page: str) -> str:
        """Return a property that is text; "" without it. `code_page` is Python's codec for text
        that is not in Unicode."""
        if found := self._stream(f"__substg1.0_{number}{_UNICODE}"):
            return found.decode("utf-16-le", "replace").rstrip("\0")
        return self._stream(f"__substg1.0_{number}{_STRING}").decode(code_page, "replace")

    def line(self, number: str, code_page: str) -> str:
        """Return a property that is text, as one line of characters that can be printed."""
        text = self.text(number, code_page)
        return " ".join("".join(c if c.isprintable() else " " for c in text).split())

    def attachments(self) -> Iterator[_Storage]:
        """Yield the attachments of a message, in order."""
        depth = len(self.path)
        names = {
            found[depth]
            for found in self.ole.listdir()
            if found[:depth] == self.path and found[depth].startswith("__attach_version1.0_#")
        }
        for name in sorted(names):
            yield _Storage(self.ole, self.budget, [*self.path, name], 8)

    def inner(self) -> _Storage | None:
        """Return the message in an attachment; None if it has something else."""
        path = [*self.path, f"__substg1.0_{_DATA}{_STORAGE}"]
        if not self.ole.exists([*path, _PROPERTIES]):
            return None
        return _Storage(self.ole, self.budget, path, 24)


def _message(stored: _Storage, name: str, depth: int) -> EmailMessage:
    """Return a message with its attachments; `depth` messages are around it, `name` is its file."""
    codec = _codec(stored.integer(_CODE_PAGE) or stored.integer(_HTML_CODE_PAGE))
    message = EmailMessage(policy.default)
    message["Subject"] = stored.line(_SUBJECT, codec)
    sender = stored.line(_SENT_FOR, codec) or stored.line(_SENDER, codec)
    address = stored.line(_SENDER_ADDRESS, codec)
    message["From"] = formataddr((sender, address if address.isascii() else ""), "utf-8")
    with suppress(Exception):  # `email` raises nearly anything over a damaged date
        message["Date"] = _date(stored, codec)
    text, is_html = _text(stored, codec, name)
    message.set_content(text, "html" if is_html else "plain", cte="base64")
    for number, attachment in enumerate(stored.attachments(), 1):
        title = attachment.line(_NAME, codec) or attachment.line(_SHORT_NAME, codec)
        if (inner := attachment.inner()) is not None:
            if depth < MAX_DEPTH:
                message.add_attachment(_message(inner, name, depth + 1), filename=title or None)
            continue
        kind = attachment.line(_MIME_TYPE, codec) or guess_type(title)[0] or ""
        if kind.startswith("image/") and attachment.text(_CONTENT_ID, codec):
            continue  # it stands in the text
        message.add_attachment(
            attachment.data(_DATA), "application", "octet-stream",
            filename=title or f"attachment {number}",
        )  # fmt: skip
    return message


def _date(stored: _Storage, codec: str) -> str:
    """Return the date of a message as its transport header states it, with its time zone, else as
    Outlook stores it, in Vietnamese time; "" without one."""
    headers = message_from_string(stored.text(_HEADERS, codec), policy=policy.compat32)
    if (stated := str(headers.get("date") or "").strip()) and stated.isprintable():
        return stated
    sent = stored.time(_SENT) or stored.time(_DELIVERED)
    return format_datetime(sent) if sent else ""


def _text(stored: _Storage, codec: str, name: str) -> tuple[str, bool]:
    """Return the text of a message, and True if it is HTML."""
    if plain := stored.text(_BODY, codec).strip():
        return plain, False
    page_codec = _codec(stored.integer(_HTML_CODE_PAGE))
    if page := stored.data(_HTML):
        return decode_html(page, name, page_codec)[0], True
    if page_text := stored.text(_HTML, page_codec):
        return page_text, True
    unpacked = unpack_rtf(stored.data(_RTF))
    if not unpacked.startswith(b"{\\rtf"):
        return "", False
    parts = rtf.read(in_memory(name, unpacked)).parts
    return "\n\n".join(part.text for part in parts), False


def _codec(code_page: int) -> str:
    """Return Python's codec for the number of a code page of Windows; cp1252 for an unknown one."""
    named = {65001: "utf-8", 20127: "ascii", 28591: "latin-1", 1200: "utf-16-le"}
    codec = named.get(code_page, f"cp{code_page}")
    try:
        "".encode(codec)
    except LookupError:
        return "cp1252"
    return codec


_RTF_BEGINNING = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What the window of the compression holds at its beginning (section 2.1.2.1 of [MS-OXRTFCP])."""


def unpack_rtf(data: bytes) -> bytes:
    """Return compressed RTF unpacked ([MS-OXRTFCP], LZFu); as far as it goes if it is cut off, b""
    if it is no such data."""
    if len(data) < 16:
        return b""
    size, kind = struct.unpack_from("<4xI4s", data)
    if kind == b"MELA":  # stored as it is
        return data[16 : 16 + size]
    if kind != b"LZFu" or size > _MAX_RTF:
        return b""
    out = bytearray(_RTF_BEGINNING)
    end, at = len(out) + size, 16
    while at < len(data) and len(out) < end:
        control = data[at]
        at += 1
        for bit in range(8):
            if not control >> bit & 1:
                out += data[at : at + 1]
                at += 1
                continue
            token = data[at : at + 2]
            at += 2
            if len(token) < 2:
                break
            place, length = token[0] << 4 | token[1] >> 4, (token[1] & 15) + 2
            begin = len(out) - (len(out) - place) % 4096
            if begin == len(out) or begin < 0:  # the end; or damaged
                return bytes(out[len(_RTF_BEGINNING) :])
            for offset in range(begin, begin + length):
                out.append(out[offset])
    return bytes(out[len(_RTF_BEGINNING) : end])
