"""Read web crawls (WARC files) by warcio: the newest copy of each address."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from indexer.documents.formats.extras import require
from indexer.documents.source_file import SourceFile, in_memory
from indexer.errors import DocumentError

MAX_RECORDS = 5_000_000
"""Greatest number of pages of a file that are read."""
_TYPES = {
    "text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf",
    "text/plain": ".txt",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}  # fmt: skip
"""Content type that is read as a document → file ending of its format."""


def read(file: SourceFile) -> Iterator[tuple[str, SourceFile] | DocumentError]:
    """Yield (address, file in memory) for each page of a WARC file.

    An address that was crawled several times gives its newest copy. A DocumentError is yielded for
    a page that is too large or needs a library that is not installed, and once if the file is
    damaged, before the pages that can be read. Raises DocumentError if it is damaged from the
    beginning, or if warcio is not installed. The file is read twice: first for the addresses, then
    for the contents.
    """
    archiveiterator = require("warcio.archiveiterator", "web", file.name)
    newest: dict[str, tuple[str, int]] = {}
    try:
        for number, (address, when, *_) in enumerate(_records(archiveiterator, file, keep=False)):
            if number >= MAX_RECORDS:
                break
            if address not in newest or newest[address][0] <= when:
                newest[address] = (when, number)
    except Exception as error:  # warcio raises its own classes, and those of zlib
        if not newest:
            raise DocumentError(
                f"{file.name}: damaged or no WARC ({type(error).__name__}).", "Crawl it again."
            ) from error
        yield DocumentError(
            f"{file.name}: damaged after {len(newest)} pages ({type(error).__name__}).",
            "Crawl it again; what comes after is not read.",
        )
    try:
        records = _records(archiveiterator, file, keep=True)
        for number, (address, when, record, data) in enumerate(records):
            if newest.get(address) != (when, number):
                continue
            kind = _content_type(record).lower()
            ending = _TYPES[kind.partition(";")[0].strip()]
            charset = re.search(r"charset=[\"']?([\w.-]+)", kind)
            if _header(record, "content-encoding") == "br" and find_spec("brotli") is None:
                yield DocumentError(
                    f"{file.name}: {address} is compressed with Brotli.",
                    "Run `pip install brotli`.",
                )
                continue
            if len(data) > file.max_bytes:
                yield DocumentError(f"{file.name}: {address} is too large.", "Leave it out.")
                continue
            inner = in_memory(f"{address}{ending}", data, depth=file.depth + 1)
            yield address, replace(inner, charset=charset[1] if charset else None)
    except Exception:
        return  # the damage was reported by the first pass


def _records(
    archiveiterator: Any, file: SourceFile, *, keep: bool
) -> Iterator[tuple[str, str, Any, bytes]]:
    """Yield (address, time, record, content) for each successful response whose type can be read.

    The time is that of the crawl in ISO 8601, the record one of warcio. The content is b"" unless
    `keep`, and has at most `file.max_bytes` + 1 bytes. Raises EOFError if the last record is cut
    off, which warcio does not report, and exceptions of warcio and zlib for other damage.
    """
    with file.open() as stream:
        is_packed = stream.read(2) == b"\x1f\x8b"
        stream.seek(0)
        records = archiveiterator.ArchiveIterator(io.BufferedReader(stream))  # type: ignore[type-var]
        for record in records:
            address = record.rec_headers.get_header("WARC-Target-URI") or ""
            is_page = _is_page(record)
            data = record.content_stream().read(file.max_bytes + 1) if keep and is_page else b""
            while record.raw_stream.read(1 << 16):
                pass
            if getattr(record.raw_stream, "limit", 0) > 0:
                raise EOFError("a record is cut off")
            if is_page:
                yield address, record.rec_headers.get_header("WARC-Date") or "", record, data
        if is_packed and sum(records.member_info or (0, 0)) < stream.tell():
            raise EOFError("the last record is cut off")


def _is_page(record: Any) -> bool:
    """Return True if a record is a successful response (200, 203) or a resource, with a content
    type that is read."""
    if record.rec_type == "response":
        if record.http_headers is None:
            return False
        if record.http_headers.get_statuscode() not in ("200", "203"):
            return False
    elif record.rec_type != "resource":
        return False
    return _content_type(record).partition(";")[0].strip().lower() in _TYPES


def _content_type(record: Any) -> str:
    return _header(record, "content-type")


def _header(record: Any, name: str) -> str:
    """Return an HTTP header of a response, or a WARC header of a record without HTTP headers; "" if
    it is absent."""
    headers = record.rec_headers if record.http_headers is None else record.http_headers
    return (headers.get_header(name) or "").strip()
