"""Read ZIP files, and formats that are ZIP files inside, within limits of entries, size, ratio and
depth."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import IO

from indexer.documents.source_file import Budget, SourceFile, in_memory, is_hidden
from indexer.errors import DocumentError

MAX_ENTRIES = 100_000
"""Greatest number of members of a ZIP file."""
MAX_DEPTH = 3
"""A ZIP file with this many archives and messages around it, or more, is not read."""
MAX_UNPACKED = 2 << 30
"""Greatest number of bytes that a ZIP file may unpack to."""
MAX_RATIO = 200
"""Greatest number of unpacked bytes per packed byte, above 10 MB unpacked; text has about ten."""


MAX_DOCUMENT_UNPACKED = 512 << 20
"""Greatest number of bytes that a ZIP file that is one document, such as DOCX, may unpack to; it is
read into memory."""


def check_zip(data: bytes, name: str) -> None:
    """Raise DocumentError, with `name` in its message, if `data`, a ZIP file that is one document,
    is damaged, has more than MAX_ENTRIES members, or would unpack to more than
    MAX_DOCUMENT_UNPACKED or than its size allows."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            _check(packed.infolist(), len(data), name, MAX_DOCUMENT_UNPACKED)
    except _DAMAGE as error:
        raise DocumentError(f"{name}: damaged ({error}).", "Save or copy it again.") from error


def read_zip(file: SourceFile) -> Iterator[SourceFile | DocumentError]:
    """Yield the members of a ZIP file in the order of their names, without folders and hidden
    files.

    A DocumentError is yielded for a member that is damaged, encrypted or too large, and for a file
    that is damaged or nested too deeply. Raises DocumentError if the file has too many members, or
    would unpack to too much, alone or with the archives around it (`file.budget`). Members larger
    than `file.max_bytes` that are read record by record are opened in place; all others are loaded
    into memory, one after another.
    """
    if file.depth >= MAX_DEPTH:
        yield DocumentError(f"{file.name}: archives inside archives inside archives.", "Unpack it.")
        return
    budget = file.budget or Budget(_most_unpacked(file.size))
    try:
        with file.open() as stream, zipfile.ZipFile(stream) as packed:
            members = packed.infolist()
            _check(members, file.size, file.name)
            budget.left -= sum(member.file_size for member in members)
            if budget.left < 0:
                raise DocumentError(
                    f"{file.name}: the archives around it would unpack to too much, as archives "
                    "made to do harm do.",
                    "Unpack them by hand if you trust them.",
                )
            for member in sorted(members, key=_member_name):
                name = _member_name(member)
                if member.is_dir() or any(map(_is_passed_over, name.split("/"))):
                    continue
                where = f"{file.name}/{name}"
                if member.flag_bits & 1:
                    yield DocumentError(f"{where}: encrypted.", "Unpack it with its password.")
                elif member.file_size <= file.max_bytes:
                    try:
                        data = packed.read(member)
                    except _DAMAGE as error:
                        yield DocumentError(f"{where}: damaged ({error}).", "Copy it again.")
                        continue
                    yield in_memory(
                        where, data, depth=file.depth + 1, max_bytes=file.max_bytes, budget=budget
                    )
                elif where.lower().endswith(_STREAMED):
                    inner = in_memory(where, b"", depth=file.depth + 1, budget=budget)
                    yield replace(
                        inner, size=member.file_size, open=partial(_open_member, file, member)
                    )
                else:
                    yield DocumentError(
                        f"{where}: larger than {file.max_bytes >> 20} MB.", "Split the file."
                    )
    except _DAMAGE as error:
        yield DocumentError(f"{file.name}: damaged ({error}).", "Copy it again.")


_DAMAGE = (
    zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, RuntimeError,
    zlib.error, lzma.LZMAError,
)  # fmt: skip
_STREAMED = (".warc", ".warc.gz", ".jsonl", ".ndjson", ".jsonl.gz", ".jsonl.xz", ".mbox")


def _open_member(file: SourceFile, member: zipfile.ZipInfo) -> IO[bytes]:
    return zipfile.ZipFile(file.open()).open(member)


def _member_name(member: zipfile.ZipInfo) -> str:
    """Return the name of a member, decoded as UTF-8 if that is possible, else as cp437.

    `zipfile` decodes names without the UTF-8 flag as cp437, as the format says, but many programs
    write UTF-8 without setting the flag.
    """
    if member.flag_bits & 0x800 or member.filename.isascii():
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _is_passed_over(name: str) -> bool:
    return is_hidden(name) or name == "__MACOSX"


def _most_unpacked(size: int) -> int:
    """Return the number of bytes that an archive of `size` bytes may unpack to.

    That is MAX_RATIO times its size, but at least 10 MB, and at most MAX_UNPACKED or 20 times its
    size, whichever is more: a large crawl is hardly compressed.
    """
    return min(max(10 << 20, MAX_RATIO * size), max(MAX_UNPACKED, 20 * size))


def _check(members: list[zipfile.ZipInfo], size: int, name: str, most: int | None = None) -> None:
    if len(members) > MAX_ENTRIES:
        raise DocumentError(
            f"{name}: holds {len(members)} files, more than {MAX_ENTRIES}.", "Split it."
        )
    unpacked = sum(member.file_size for member in members)
    bound = _most_unpacked(size)
    if unpacked > (bound if most is None else min(bound, most)):
        raise DocumentError(
            f"{name}: would unpack to {unpacked >> 20} MB, as archives made to do harm do.",
            "Unpack it by hand if you trust it.",
        )
