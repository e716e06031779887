"""Read files of many documents: lines and records of JSON, library records, rows of tables."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import IO, Any

from indexer.documents.content import assemble
from indexer.documents.files.content_repair import repair_content
from indexer.documents.files.reading import Item, Options, too_long, with_warnings
from indexer.documents.formats import format_of
from indexer.documents.formats.office.spreadsheet import Sheet, above_table, sheet_content
from indexer.documents.formats.records import (
    MAX_DOCUMENT_CHARS,
    find_header,
    foot_of_list,
    is_total,
    parse_line,
    read_record,
    row_record,
)
from indexer.documents.portal_page import read_content
from indexer.documents.source_file import SourceFile
from indexer.documents.text.encodings import decode_text
from indexer.errors import DocumentError
from indexer.profile.archive_profile import FieldType

ABOVE_TABLE = "bảng"
"""Key of `Document.extra` for the text above the table that a row comes from, and its total."""

GENERATED_KEYS = frozenset((ABOVE_TABLE, "Cơ quan chủ quản"))
"""Keys of `Document.extra` that the reading adds; all others are keys of the source."""

MAX_LINE_BYTES = 4 * MAX_DOCUMENT_CHARS
"""Greatest length in bytes of a line of JSON or a text dump: UTF-8 takes up to four a character."""


def read_lines(
    file: SourceFile, options: Options, tell: Callable[[int], None]
) -> Iterator[tuple[str, Item]]:
    """Yield (name, item) for each line of a JSON lines file; the name has the number of the line.

    A line that cannot be used is yielded as a DocumentError. Of a damaged compressed file, the
    lines before the damage are yielded, then DocumentError is raised; it is also raised if the file
    is empty. `tell` is called with the number of bytes read so far, as they are on disk.
    """
    number = 0
    with file.open() as raw, _unpacked(raw, file.name.lower()) as stream:
        try:
            while line := stream.readline(MAX_LINE_BYTES + 1):
                number += 1
                where = f"{file.name}:{number}"
                if number == 1:
                    line = line.removeprefix(b"\xef\xbb\xbf")
                tell(raw.tell())
                if len(line) > MAX_LINE_BYTES:
                    _skip_line(stream)
                    yield where, too_long(where)
                elif line.strip():
                    try:
                        stated = (options.columns, options.fields, options.access)
                        read = parse_line(line, where, f"{file.stem}:{number}", *stated)
                        yield from with_warnings(where, read.document, read.warnings, "jsonl")
                    except DocumentError as error:
                        yield where, error
        except (EOFError, lzma.LZMAError, zlib.error, gzip.BadGzipFile) as error:
            raise DocumentError(
                f"{file.name}: damaged after line {number} ({error}).",
                "Copy the file again; what comes after is not read.",
            ) from error
    if not number:
        raise DocumentError(f"{file.name}: empty.", "Put documents in it, or delete it.")


def read_json(file: SourceFile, options: Options) -> Iterator[tuple[str, Item]]:
    """Yield (name, item) for each record of a JSON file.

    The file is an array of records, an object without "text" that has arrays, of which the longest
    is read, or one record. Raises DocumentError if it is not JSON or has no record.
    """
    text, _ = decode_text(file.read(), file.name)
    try:
        data: Any = json.loads(text)
    except RecursionError:
        raise DocumentError(f"{file.name}: nested too deeply.", "Give text as a string.") from None
    except ValueError as error:
        raise DocumentError(f"{file.name}: not JSON ({error}).", "Export it again.") from None
    if isinstance(data, dict) and "text" not in data:
        lists = [value for value in data.values() if isinstance(value, list)]
        data = max(lists, key=len, default=[data])
    records = data if isinstance(data, list) else [data]
    if not records:
        raise DocumentError(f"{file.name}: holds no records.", "Put objects with text in it.")
    yield from read_records(file, enumerate(records, 1), options)


def read_records(
    file: SourceFile, found: Iterator[tuple[int, Any]] | enumerate[Any], options: Options
) -> Iterator[tuple[str, Item]]:
    """Yield (name, item) for each (number, record) in `found`: its document, then its warnings.

    The name is `<file name>:<number>`; numbers of lines or records begin at 1. A record that cannot
    be used is yielded as a DocumentError, as is an error among `found`."""
    name = format_.name if (format_ := format_of(file.name)) else "json"
    for number, record in found:
        where = f"{file.name}:{number}"
        if isinstance(record, DocumentError):
            yield where, record
            continue
        try:
            stated = (options.columns, options.fields, options.access)
            read = read_record(record, where, f"{file.stem}:{number}", *stated)
            if not (read.document.title or read.document.body.strip()):
                raise DocumentError(f"{where}: no text found.", "Export it again.")
            yield from with_warnings(where, read.document, read.warnings, name)
        except DocumentError as error:
            yield where, error


def read_table(file: SourceFile, sheet: Sheet, options: Options) -> Iterator[tuple[str, Item]]:
    """Yield (name, item) for each row below the header of a table, or for the whole table if it has
    no header that names known columns, or nothing below it.

    The ids begin with the name of the sheet. A row that cannot be used is yielded as a
    DocumentError. Raises DocumentError if there are none.
    """
    stem, rows = sheet.name, sheet.rows
    if not rows:
        raise DocumentError(f"{file.name}: empty.", "Fill it, or delete it.")
    name = format_.name if (format_ := format_of(file.name)) else "csv"
    found = find_header(rows, options.columns)
    if found is None or found.first == len(rows) - 1:
        yield from _sheet(file, unicodedata.normalize("NFC", stem), rows, name)
        return
    own = [at for at, name in enumerate(found.names) if name in ("text", "title", "number")]
    rows = [*rows[: found.end], *sheet.entries(found.end, own)]
    foot = foot_of_list(found, rows)
    apart = {number for number, cells in rows[found.end :] if is_total(found.names, cells)}
    apart |= {number for number, _ in rows[foot:]}
    about = [
        cells for at, (number, cells) in enumerate(rows) if at < found.first or number in apart
    ]
    above = " ".join(cell for cells in about for cell in cells if cell.strip())
    lists = [
        own.key
        for own in options.fields
        if own.facet or own.type in (FieldType.NUMBER, FieldType.DATE)
    ]
    for number, cells in rows[found.end :]:
        if number in apart:
            continue
        where = f"{file.name}:{number}"
        try:
            record = row_record(found.names, cells, found.headings, lists)
            if above:
                record.setdefault(ABOVE_TABLE, above)
            stated = (None, options.fields, options.access)
            read = read_record(record, where, f"{stem}:{number}", *stated)
            generated = [w for w in read.warnings if not w.startswith("no usable `id`")]
            yield from with_warnings(where, read.document, generated, name)
        except DocumentError as error:
            yield where, error


def _sheet(
    file: SourceFile, stem: str, rows: Sequence[tuple[int, Sequence[str]]], format_name: str
) -> Iterator[tuple[str, Item]]:
    """Yield (name, item) for a table as one document with all its rows, then for its warnings.

    Its title is the first line of three words or more above the table, else `stem`, which is also
    its id. Raises DocumentError if the text is unreadable or too long.
    """
    content = sheet_content(rows)
    warnings: list[str] = []
    repair_content(content, file.name, warnings)
    body, blocks = assemble(content.parts)
    above = [part.text for part in content.parts[: above_table(rows)]]
    title = next((text for text in above if len(text.split()) >= 3), stem)
    read = read_content(content, stem, is_web_page=False)
    document = replace(read, title=title, body=body, blocks=blocks)
    yield from with_warnings(file.name, document, warnings, format_name)


def _unpacked(raw: IO[bytes], name: str) -> IO[bytes]:
    if name.endswith(".gz"):
        return io.BufferedReader(gzip.GzipFile(fileobj=raw))
    if name.endswith(".xz"):
        return io.BufferedReader(lzma.LZMAFile(raw))
    return raw


def _skip_line(stream: IO[bytes]) -> None:
    """Read up to the end of a line of any length, without keeping it in memory."""
    while (part := stream.readline(1 << 20)) and not part.endswith(b"\n"):
        pass
