"""Read web crawls (WARC files) by warcio: the newest copy of each address."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from mimetypes import guess_extension
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from indexer.documents.formats import format_of
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
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel": ".xls", "text/csv": ".csv", "application/csv": ".csv",
    "application/vnd.oasis.opendocument.text": ".odt", "application/rtf": ".rtf",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods", "text/rtf": ".rtf",
    "application/epub+zip": ".epub", "application/vnd.ms-powerpoint": ".ppt",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/zip": ".zip", "application/x-zip-compressed": ".zip",
}  # fmt: skip
"""Content type that is read as a document → file ending of its format."""
_VAGUE = frozenset((
    "", "application/octet-stream", "binary/octet-stream", "application/force-download",
    "application/download", "application/x-download",
))  # fmt: skip
"""Content types that do not tell the format: servers send files to download with them."""
_PARTS_OF_PAGES = re.compile(
    r"(?:image|font)/|text/(?:css|xml|dns|.*(?:java|ecma)script)"
    r"|application/(?:.*(?:javascript|ecmascript|json|xml|font|woff).*|wasm)"
)
"""Content types of what makes up a page or lists pages: images, style sheets, scripts, fonts, data,
feeds and sitemaps."""
_DOCUMENTS = frozenset("html pdf docx odt rtf office spreadsheet csv epub text zip".split())
_FILE_NAME = re.compile(r"filename=\"?([^\";]+)", re.IGNORECASE)


def read(file: SourceFile) -> Iterator[tuple[str, SourceFile] | DocumentError]:
    """Yield (address, file in memory) for each page of a WARC file, in its order.

    An address that was crawled several times gives its newest copy. An address of a type that is
    not read, such as a video, gives an empty file whose ending no format has; they come first,
    without those of `_PARTS_OF_PAGES`. A DocumentError is yielded for a page that is too large or
    needs a library that is not installed, and once if the file is damaged, before the pages that
    can be read. Raises DocumentError if it is damaged from the beginning, or if warcio is not
    installed. The file is read twice: first for the addresses, then for the contents.
    """
    archiveiterator = require("warcio.archiveiterator", "web", file.name)
    newest: dict[str, tuple[str, int]] = {}
    unread: dict[str, str] = {}
    try:
        responses = enumerate(_responses(archiveiterator, file, keep=False))
        for number, (address, when, ending, record, _) in responses:
            if number >= MAX_RECORDS:
                break
            if ending is None:
                if not _PARTS_OF_PAGES.match(_content_type(record).lower()):
                    unread[address] = _unread_ending(record, address)
            elif address not in newest or newest[address][0] <= when:
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
    for address, unread_ending in unread.items():
        if address not in newest:
            yield address, in_memory(f"{address}{unread_ending}", b"", depth=file.depth + 1)
    try:
        responses = enumerate(_responses(archiveiterator, file, keep=True))
        for number, (address, when, ending, record, data) in responses:
            if newest.get(address) != (when, number):
                continue
            kind = _content_type(record).lower()
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


def _responses(
    archiveiterator: Any, file: SourceFile, *, keep: bool
) -> Iterator[tuple[str, str, str | None, Any, bytes]]:
    """Yield (address, time, ending, record, content) for each successful response.

    The address is that of WARC-Target-URI, the time that of the crawl in ISO 8601; "" if the record
    does not state it. The ending is that of `_ending`, the record one of warcio. The content is b""
    unless `keep`, or if its type is not read; it is cut off after `file.max_bytes` + 1 bytes, by
    which the caller knows that it is too large. Raises EOFError if the last record is cut off,
    which warcio does not report, and exceptions of warcio and zlib for other damage.
    """
    with file.open() as stream:
        is_packed = stream.read(2) == b"\x1f\x8b"
        stream.seek(0)
        records = archiveiterator.ArchiveIterator(io.BufferedReader(stream))  # type: ignore[type-var]
        for record in records:
            address = record.rec_headers.get_header("WARC-Target-URI") or ""
            is_success = _is_success(record)
            ending = _ending(record, address) if is_success else None
            data = b""
            if keep and ending is not None:
                data = record.content_stream().read(file.max_bytes + 1)
            while record.raw_stream.read(1 << 16):
                pass
            if getattr(record.raw_stream, "limit", 0) > 0:
                raise EOFError("a record is cut off")
            if is_success:
                when = record.rec_headers.get_header("WARC-Date") or ""
                yield address, when, ending, record, data
        if is_packed and sum(records.member_info or (0, 0)) < stream.tell():
            raise EOFError("the last record is cut off")


def _is_success(record: Any) -> bool:
    """Return True if a record is a successful response (200, 203) or a resource."""
    if record.rec_type == "response":
        headers = record.http_headers
        return headers is not None and headers.get_statuscode() in ("200", "203")
    return bool(record.rec_type == "resource")


def _ending(record: Any, address: str) -> str | None:
    """Return the file ending of the format of a response, by its content type; of one without a
    telling type (_VAGUE), by its file name, else its address, in lower case.

    ".html" for a response without any type whose address has no dot after the last "/". None for a
    type that is not read.
    """
    kind = _content_type(record).partition(";")[0].strip().lower()
    if kind not in _VAGUE:
        return _TYPES.get(kind)
    named = _FILE_NAME.search(_header(record, "content-disposition"))
    path = urlsplit(address).path
    for name in (named[1] if named else "", path):
        found = format_of(name)
        if found is not None and found.name in _DOCUMENTS:
            return PurePosixPath(name.lower()).suffix
    return ".html" if not kind and "." not in path.rpartition("/")[2] else None


def _unread_ending(record: Any, address: str) -> str:
    """Return the ending to count a response by whose type is not read: that of its type, else of
    its address; ".bin" if neither has one that no format reads."""
    kind = _content_type(record).partition(";")[0].strip().lower()
    guessed = None if kind in _VAGUE else guess_extension(kind)
    named = PurePosixPath(urlsplit(address).path.lower()).suffix
    known = (ending for ending in (guessed, named) if ending and format_of(ending) is None)
    return next(known, ".bin")


def _content_type(record: Any) -> str:
    return _header(record, "content-type")


def _header(record: Any, name: str) -> str:
    """Return an HTTP header of a response, or a WARC header of a record without HTTP headers; "" if
    it is absent."""
    headers = record.rec_headers if record.http_headers is None else record.http_headers
    return (headers.get_header(name) or "").strip()
