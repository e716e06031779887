"""ZIP files, and formats that are ZIP files inside: bounded in entries, size, ratio and depth."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from indexer.documents.source_file import SourceFile, in_memory
from indexer.errors import DocumentError

MAX_ENTRIES = 100_000
MAX_DEPTH = 3
MAX_UNPACKED = 2 << 30
MAX_RATIO = 200
"""Unpacked bytes for one packed byte, in files above 10 MB; text compresses to a tenth."""


MAX_DOCUMENT_UNPACKED = 512 << 20
"""Of a ZIP file that is one document, such as DOCX, and is held in memory."""


def check_zip(data: bytes, name: str) -> None:
    """Raise DocumentError if a ZIP file is damaged, or would unpack to more than the bounds."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            _check(packed.infolist(), len(data), name, MAX_DOCUMENT_UNPACKED)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise DocumentError(f"{name}: damaged ({error}).", "Save or copy it again.") from error


def read_zip(file: SourceFile) -> Iterator[SourceFile | DocumentError]:
    """Yield the members of a ZIP file in the order of their names; folders and hidden files not."""
    if file.depth >= MAX_DEPTH:
        yield DocumentError(f"{file.name}: archives inside archives inside archives.", "Unpack it.")
        return
    try:
        with file.open() as stream, zipfile.ZipFile(stream) as packed:
            members = packed.infolist()
            _check(members, file.size, file.name)
            for member in sorted(members, key=lambda m: m.filename):
                base = member.filename.rstrip("/").rpartition("/")[2]
                if (
                    member.is_dir()
                    or base.startswith((".", "__MACOSX"))
                    or "__MACOSX/" in (member.filename)
                ):
                    continue
                where = f"{file.name}/{member.filename}"
                if member.flag_bits & 1:
                    yield DocumentError(f"{where}: encrypted.", "Unpack it with its password.")
                    continue
                if member.file_size > file.max_bytes:
                    yield DocumentError(
                        f"{where}: larger than {file.max_bytes >> 20} MB.", "Split the file."
                    )
                    continue
                try:
                    with packed.open(member) as content:
                        data = content.read(file.max_bytes + 1)
                except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
                    yield DocumentError(f"{where}: damaged ({error}).", "Copy the archive again.")
                    continue
                yield in_memory(where, data, depth=file.depth + 1, max_bytes=file.max_bytes)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        yield DocumentError(f"{file.name}: damaged ({error}).", "Copy it again.")


def _check(members: list[zipfile.ZipInfo], size: int, name: str, most: int = MAX_UNPACKED) -> None:
    if len(members) > MAX_ENTRIES:
        raise DocumentError(
            f"{name}: holds {len(members)} files, more than {MAX_ENTRIES}.", "Split it."
        )
    unpacked = sum(member.file_size for member in members)
    if unpacked > most or (unpacked > 10 << 20 and unpacked > MAX_RATIO * max(size, 1)):
        raise DocumentError(
            f"{name}: would unpack to {unpacked >> 20} MB, as archives made to do harm do.",
            "Unpack it by hand if you trust it.",
        )
