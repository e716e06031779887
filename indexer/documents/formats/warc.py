"""Web crawls (WARC, by warcio; WACZ, a ZIP of them): the newest copy of each address."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator
from typing import Any

from indexer.documents.formats.extras import require
from indexer.documents.source_file import SourceFile, in_memory
from indexer.errors import DocumentError

MAX_RECORDS = 5_000_000
_TYPES = {
    "text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf",
    "text/plain": ".txt",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}  # fmt: skip
"""Content types that are read as documents, with the ending of their format."""


def read(file: SourceFile) -> Iterator[tuple[str, str, str, SourceFile] | DocumentError]:
    """Yield (address, date of the crawl as YYYY-MM-DD, charset or "", file) of each page.

    An address that was crawled several times gives its newest copy. The file is read twice: first
    for the addresses, then for the contents. Raises DocumentError if it is damaged from the
    beginning.
    """
    archiveiterator = require("warcio.archiveiterator", "web", file.name)
    newest: dict[str, tuple[str, int]] = {}
    try:
        for number, (address, when, _) in enumerate(_records(archiveiterator, file)):
            if number >= MAX_RECORDS:
                break
            if address not in newest or newest[address][0] <= when:
                newest[address] = (when, number)
    except Exception as error:
        if not newest:
            raise DocumentError(
                f"{file.name}: damaged or no WARC ({type(error).__name__}).", "Crawl it again."
            ) from error
        yield DocumentError(
            f"{file.name}: damaged after {len(newest)} pages ({type(error).__name__}).",
            "Crawl it again; what comes after is not read.",
        )
    try:
        for number, (address, when, record) in enumerate(_records(archiveiterator, file)):
            if newest.get(address) != (when, number):
                continue
            kind = (record.http_headers.get_header("content-type") or "").lower()
            ending = _TYPES[kind.partition(";")[0].strip()]
            charset = re.search(r"charset=[\"']?([\w.-]+)", kind)
            data = record.content_stream().read(file.max_bytes + 1)
            if len(data) > file.max_bytes:
                yield DocumentError(f"{file.name}: {address} is too large.", "Leave it out.")
                continue
            inner = in_memory(f"{address}{ending}", data, depth=file.depth + 1)
            yield address, when[:10], charset[1] if charset else "", inner
    except (OSError, EOFError, ValueError, KeyError, gzip.BadGzipFile):
        return  # the damage was reported by the first pass


def _records(archiveiterator: Any, file: SourceFile) -> Iterator[tuple[str, str, Any]]:
    """The successful responses with a type that is read: address, time of the crawl, record."""
    with file.open() as stream:
        for record in archiveiterator.ArchiveIterator(io.BufferedReader(stream)):  # type: ignore[type-var]
            if record.rec_type not in ("response", "resource") or record.http_headers is None:
                continue
            if record.http_headers.get_statuscode() not in ("200", "203"):
                continue
            kind = (record.http_headers.get_header("content-type") or "").partition(";")[0]
            if kind.strip().lower() in _TYPES:
                address = record.rec_headers.get_header("WARC-Target-URI") or ""
                yield address, record.rec_headers.get_header("WARC-Date") or "", record
