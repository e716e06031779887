"""Read source files into documents, one after another; errors take the place of broken ones."""

from __future__ import annotations

import gzip
import io
import lzma
import stat
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from indexer.documents.encodings import declared_charset, decode
from indexer.documents.formats.html import read_html
from indexer.documents.formats.jsonl import MAX_DOCUMENT_CHARS, parse_line
from indexer.documents.portal_page import read_page
from indexer.documents.sources import (
    HTML_ENDINGS,
    JSONL_ENDINGS,
    SourceItem,
    error_reason,
    find_files,
    printable,
    size_of,
)
from indexer.errors import DocumentError
from indexer.models import Document

MAX_DOCUMENT_BYTES = 4 * MAX_DOCUMENT_CHARS
"""UTF-8 takes at most four bytes per character."""

ReadItem = Document | DocumentError
Progress = Callable[[int], None]


def read_sources(sources: Sequence[Path], progress: Progress | None = None) -> Iterator[ReadItem]:
    """Yield the documents of all `sources`, in a fixed order, read lazily.

    For a document that cannot be read, a DocumentError is yielded that names the file (and line),
    the reason and the remedy; likewise for the second document with the same id. `progress` is
    called with the number of bytes (on disk) read since its last call; the numbers add up to
    `source_bytes(sources)`.

    Raises SourceError at once if a source does not exist or has nothing to read.
    """
    return _read_all(find_files(sources), progress or (lambda _: None))


def _read_all(files: Sequence[SourceItem], progress: Progress) -> Iterator[ReadItem]:
    first_seen: dict[str, Path] = {}
    for item in files:
        if isinstance(item, DocumentError):
            yield item
            continue
        for where, read in _read_file(item, progress):
            if isinstance(read, Document):
                if read.id in first_seen:
                    yield DocumentError(
                        f"{where}: the id {read.id!r} was seen before in "
                        f"{printable(first_seen[read.id])}.",
                        "Give every document an id of its own.",
                    )
                    continue
                first_seen[read.id] = item
            yield read


def _read_file(path: Path, progress: Progress) -> Iterator[tuple[str, ReadItem]]:
    """Yield the documents in `path`, each with its location for messages (file, or file:line)."""
    name, size = printable(path), size_of(path)
    reported = 0

    def report_up_to(at: int) -> None:
        nonlocal reported
        if (at := min(at, size)) > reported:
            progress(at - reported)
            reported = at

    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise DocumentError(f"{name}: is no regular file.", "Take it out of the sources.")
        if path.name.lower().endswith(JSONL_ENDINGS):
            yield from _read_jsonl(path, name, report_up_to)
        else:
            yield name, _read_whole(path, name)
    except DocumentError as error:
        yield name, error
    except OSError as error:
        yield name, DocumentError(f"{name}: {error_reason(error)}.", "Check the file.")
    report_up_to(size)


def _read_whole(path: Path, name: str) -> Document:
    """Return the one page of a .txt or .html file. Raises DocumentError."""
    document_id = unicodedata.normalize("NFC", path.stem)
    if document_id != document_id.encode("utf-8", "replace").decode("utf-8"):
        raise DocumentError(f"{name}: the file name is not UTF-8.", "Rename the file.")
    with path.open("rb") as stream:
        data = stream.read(MAX_DOCUMENT_BYTES + 1)
    if len(data) > MAX_DOCUMENT_BYTES:
        raise _too_long(name)
    is_html = path.name.lower().endswith(HTML_ENDINGS)
    text = decode(data, name, declared_charset(data) if is_html else None)
    if len(text) > MAX_DOCUMENT_CHARS:
        raise _too_long(name)
    if not text.strip():
        raise DocumentError(f"{name}: empty.", "Put a page in it, or delete it.")
    return read_html(text, document_id, name) if is_html else read_page(text, document_id)


def _read_jsonl(
    path: Path, name: str, report_up_to: Callable[[int], None]
) -> Iterator[tuple[str, ReadItem]]:
    """Yield the documents of a JSON lines file; of a damaged archive, those before the damage."""
    number = 0
    with path.open("rb") as raw, _decompressed(raw, path.name.lower()) as stream:
        try:
            while line := stream.readline(MAX_DOCUMENT_BYTES + 1):
                number += 1
                where = f"{name}:{number}"
                if number == 1:
                    line = line.removeprefix(b"\xef\xbb\xbf")
                report_up_to(raw.tell())
                if len(line) > MAX_DOCUMENT_BYTES:
                    _skip_line(stream)
                    yield where, _too_long(where)
                elif line.strip():
                    try:
                        document = parse_line(line, where)
                        too_long = len(document.body) > MAX_DOCUMENT_CHARS
                        yield where, _too_long(where) if too_long else document
                    except DocumentError as error:
                        yield where, error
        except (EOFError, lzma.LZMAError, zlib.error, gzip.BadGzipFile) as error:
            raise DocumentError(
                f"{name}: damaged after line {number} ({error}).",
                "Copy the file again; what comes after is not read.",
            ) from error
    if not number:
        raise DocumentError(f"{name}: empty.", "Put documents in it, or delete it.")


def _decompressed(raw: IO[bytes], name: str) -> IO[bytes]:
    if name.endswith(".gz"):
        return io.BufferedReader(gzip.GzipFile(fileobj=raw))
    if name.endswith(".xz"):
        return io.BufferedReader(lzma.LZMAFile(raw))
    return raw


def _skip_line(stream: IO[bytes]) -> None:
    """Read to the end of a line of any length without keeping it."""
    while (part := stream.readline(1 << 20)) and not part.endswith(b"\n"):
        pass


def _too_long(name: str) -> DocumentError:
    return DocumentError(
        f"{name}: longer than {MAX_DOCUMENT_CHARS:,} characters.", "Split it into several."
    )
