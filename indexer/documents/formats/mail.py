"""Read e-mail (.eml, .mbox) and saved pages of browsers (.mhtml), by `email` of the standard
library."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext, suppress
from email.message import EmailMessage, MIMEPart
from email.utils import parsedate_to_datetime
from mimetypes import guess_extension

from indexer.documents.content import Content
from indexer.documents.formats.html.html_reader import extract_fragment, extract_page
from indexer.documents.formats.pdf.paragraphs import join_lines
from indexer.documents.source_file import SourceFile, in_memory
from indexer.documents.text.encodings import decode_html
from indexer.errors import DocumentError

MAX_PARTS = 1_000
"""Greatest number of attachments of a message that are read."""
MAX_DEPTH = 5
"""A message with this many messages and archives around it, or more, is not read."""


def read_mail(file: SourceFile) -> Iterator[Content | SourceFile]:
    """Yield the content of a message, then its first MAX_PARTS attachments as files in memory.

    Text parts without a name belong to the content. Another attachment without a name is named by
    its number and type; an image without one belongs to the message and is left out. A warning
    names empty attachments, and counts those beyond MAX_PARTS. Raises DocumentError if the file is
    not an e-mail message, is too large, or is nested deeper than MAX_DEPTH.
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
    _add_body(message, content, file.name)
    parts = []
    for part in message.iter_attachments():
        if part.get_filename() or part.get_content_type() not in ("text/plain", "text/html"):
            parts.append(part)
        else:  # text after an attachment
            _add_text(part, content, file.name)
    if len(parts) > MAX_PARTS:
        content.warnings.append(f"only the first {MAX_PARTS:,} of {len(parts):,} attachments read")
    attached = [found for at, part in enumerate(parts[:MAX_PARTS], 1) if (found := _file(part, at))]
    content.warnings += [f"the attachment {name} is empty" for name, data in attached if not data]
    yield content
    for name, data in attached:
        if data:
            inner = f"{file.name}/{name.replace('/', '_')}"
            yield in_memory(inner, data, depth=file.depth + 1, budget=file.budget)


def _add_body(message: EmailMessage, content: Content, name: str) -> None:
    """Add the paragraphs of the text of a message to its content; of two forms of it, plain text
    and HTML, those of the plain one, unless it is a stub, with less than half of the words.

    `name` is the file for messages. HTML that cannot be read is passed over beside plain text.
    """
    forms: list[Content] = []
    for kind in ("plain", "html"):
        if (part := message.get_body((kind,))) is not None:
            form = Content()
            with suppress(DocumentError) if forms else nullcontext():
                _add_text(part, form, name)
                forms.append(form)
    words = [sum(len(part.text.split()) for part in form.parts) for form in forms]
    if forms:
        content.parts += forms[-1 if 2 * words[0] < words[-1] else 0].parts


def _add_text(part: MIMEPart, content: Content, name: str) -> None:
    """Add the paragraphs of a text part to the content of the message in the file `name`."""
    text = _text(part)
    if part.get_content_type() == "text/html":
        content.parts += extract_fragment(text, name).parts
    else:
        for paragraph in _paragraphs(text):
            content.paragraph(paragraph)


def _file(part: MIMEPart, number: int) -> tuple[str, bytes] | None:
    """Return the name and the content of an attachment; None for an image without a name."""
    name, kind = part.get_filename(), part.get_content_type()
    payload = part.get_payload(decode=True)
    if kind == "message/rfc822":  # a message that was forwarded
        inner = part.get_payload(0) if part.is_multipart() else None
        if isinstance(inner, EmailMessage):
            payload = inner.as_bytes()
        name = f"{(name or f'message {number}').removesuffix('.eml')}.eml"
    if not name:
        if kind.startswith("image/"):
            return None
        name = f"attachment {number}{guess_extension(kind) or ''}"
    return name, payload if isinstance(payload, bytes) else b""


_BEGIN = re.compile(rb"From .*\b\d\d?:\d\d\b.*\b\d{4}\s*\Z")
"""Matches the line before a message of a mailbox: "From c@x.vn Fri Mar  5 10:00:00 2021". A line of
a text that begins with "From " states no time (RFC 4155, appendix A)."""
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_EXPUNGED = re.compile(rb"^X-Mozilla-Status: ...[89a-f]", re.MULTILINE | re.IGNORECASE)
"""Matches the header of a message that Thunderbird deleted, and has not yet taken out of the
file."""


def read_mailbox(
    file: SourceFile, tell: Callable[[int], None]
) -> Iterator[tuple[int, SourceFile | DocumentError]]:
    """Yield (number from 1, message) for each message of a file of many (.mbox); deleted ones are
    counted and left out.

    The file is read as it comes, message by message; one that has more than `file.max_bytes` is
    yielded as a DocumentError. `tell` is called with the number of bytes read so far. Raises
    DocumentError if the file begins with no message.
    """
    with file.open() as stream:
        number, lines, size, blank = 0, list[bytes](), 0, True
        while line := stream.readline(_MAX_LINE):
            if blank and _BEGIN.match(line):
                if number and (found := _message(file, number, lines, size)):
                    yield number, found
                number, lines, size = number + 1, [], 0
                tell(stream.tell())
            elif number:
                size += len(line)
                if size <= file.max_bytes:
                    lines.append(line)
            elif line.strip():
                raise DocumentError(f"{file.name}: no mailbox.", "Export or save it again.")
            blank = not line.strip(b"\r\n")
        if number and (found := _message(file, number, lines, size)):
            yield number, found


_MAX_LINE = 1 << 20
"""Greatest number of bytes of a line that are read at once."""


def _message(
    file: SourceFile, number: int, lines: Sequence[bytes], size: int
) -> SourceFile | DocumentError | None:
    """Return a message of a mailbox as a file, or the error if it is too large, as `size`, its size
    in bytes, says; None if it is deleted."""
    name = f"{file.name}:{number}"
    if size > file.max_bytes:
        return DocumentError(
            f"{name}: larger than {file.max_bytes >> 20} MB.", "Split it into several files."
        )
    data = b"".join(lines)
    if _EXPUNGED.search(re.split(rb"\r?\n\r?\n", data, maxsplit=1)[0]):
        return None
    data = _QUOTED.sub(rb"\1", data)
    return in_memory(name, data, depth=file.depth + 1, budget=file.budget)


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
    """Yield the paragraphs of a plain-text message; its hard-wrapped lines are joined, and those
    that it quotes begin with the marks of their lines (">")."""
    lines: list[str] = []
    marks = ""
    for raw in (*text.replace("\r", "").split("\n"), ""):
        said = raw.lstrip("> ")
        quoted, line = raw[: len(raw) - len(said)].replace(" ", ""), " ".join(said.split())
        if lines and (not line or quoted != marks):
            yield from (f"{marks} {paragraph}".strip() for paragraph in join_lines(lines))
            lines = []
        if line:
            lines.append(line)
            marks = quoted


def _text(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
