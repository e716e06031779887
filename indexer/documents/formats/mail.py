"""Read e-mail (.eml) and saved pages of browsers (.mhtml), by `email` of the standard library."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage, MIMEPart
from email.utils import parsedate_to_datetime

from indexer.documents.content import Content
from indexer.documents.formats.html.html_reader import extract_fragment, extract_page
from indexer.documents.formats.pdf import join_lines
from indexer.documents.source_file import SourceFile, in_memory
from indexer.documents.text.encodings import decode_html
from indexer.errors import DocumentError

MAX_PARTS = 1_000
"""Greatest number of attachments of a message that are read."""
MAX_DEPTH = 5
"""A message with this many messages and archives around it, or more, is not read."""


def read_mail(file: SourceFile) -> Iterator[Content | SourceFile]:
    """Yield the content of a message, then its first MAX_PARTS attachments as files in memory,
    without empty ones and ones without a name.

    Raises DocumentError if the file is not an e-mail message, is too large, or is nested deeper
    than MAX_DEPTH.
    """
    if file.depth >= MAX_DEPTH:
        raise DocumentError(f"{file.name}: messages inside messages inside messages.", "Unpack it.")
    message = _parse(file)
    content = Content()
    sender = _header(message, "from")
    content.fields = {
        "stated_title": _header(message, "subject"),
        "stated_author": sender.partition("<")[0].strip(' "') or sender,
    }
    with suppress(Exception):  # `email` raises nearly anything over a damaged date
        content.fields["published"] = parsedate_to_datetime(str(message["date"])).date()
    body = message.get_body(("plain", "html"))
    if body is not None:
        text = _text(body)
        if body.get_content_type() == "text/html":
            content.parts = extract_fragment(text, file.name).parts
        else:
            for paragraph in _paragraphs(text):
                content.paragraph(paragraph)
    yield content
    for number, part in enumerate(message.iter_attachments()):
        if number >= MAX_PARTS:
            break
        name = part.get_filename()
        payload = part.get_payload(decode=True)
        if part.get_content_type() == "message/rfc822":  # a message that was forwarded
            inner_message = part.get_payload(0) if part.is_multipart() else None
            if isinstance(inner_message, EmailMessage):
                payload = inner_message.as_bytes()
            name = f"{(name or f'message {number + 1}').removesuffix('.eml')}.eml"
        if name and isinstance(payload, bytes) and payload:
            inner = f"{file.name}/{name.replace('/', '_')}"
            yield in_memory(inner, payload, depth=file.depth + 1, budget=file.budget)


def read_mhtml(file: SourceFile) -> Content:
    """Return the content of the first HTML page in a file that a browser saved.

    Raises DocumentError if it has no page, or one that `extract_page` cannot read.
    """
    message = _parse(file)
    pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
    if not pages:
        raise DocumentError(f"{file.name}: holds no HTML page.", "Save the page again.")
    payload = pages[0].get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    text, _ = decode_html(data, file.name, pages[0].get_content_charset())
    content = extract_page(text, file.name)
    address = str(
        pages[0].get("content-location") or message.get("snapshot-content-location") or ""
    )
    if address.startswith(("http://", "https://")):
        content.fields.setdefault("url", address)
    return content


def _parse(file: SourceFile) -> EmailMessage:
    message = email.message_from_bytes(file.read(), policy=email.policy.default)
    if not message.keys():
        raise DocumentError(f"{file.name}: no message headers.", "Export or save it again.")
    return message


def _header(message: EmailMessage, name: str) -> str:
    """Return a header of a message as text; "" if it is absent or damaged.

    Headers with bytes of UTF-8, which old programs send instead of encoded words (RFC 2047), are
    decoded too. `name` is in lower case.
    """
    for found, raw in message.raw_items():
        if found.lower() == name:
            with suppress(UnicodeError):
                if not str(raw).isascii():
                    plain = str(raw).encode("utf-8", "surrogateescape").decode("utf-8")
                    return " ".join(plain.split())
            break
    try:
        return str(message.get(name, ""))
    except Exception:  # `email` raises nearly anything over a damaged header
        return ""


def _paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of a plain-text message; its hard-wrapped lines are joined."""
    lines: list[str] = []
    for line in (*text.replace("\r", "").split("\n"), ""):
        if line.strip():
            lines.append(" ".join(line.split()))
        else:
            yield from join_lines(lines)
            lines = []


def _text(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
