"""Tell the format of a file by its first bytes. Portals export web pages as .xls and .doc, and
people save a PDF as .txt."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

from indexer.documents.source_file import SourceFile, in_memory

OLE = b"\xd0\xcf\x11\xe0"
"""The first bytes of old office files and of encrypted new ones."""
_TEXTS = frozenset(
    (".txt", ".text", ".html", ".htm", ".md", ".markdown", ".csv", ".tsv", ".pdf", ".rtf")
)
_SHEETS = frozenset((".xls", ".xlsx", ".xlsm", ".xlsb"))
_START = 4096
"""Number of bytes at the beginning of a file that tell its format."""
_MEMBERS = {
    "word/document.xml": ".docx",
    "xl/workbook.xml": ".xlsx",
    "xl/workbook.bin": ".xlsb",
}
"""Member of a ZIP file → the file ending of the format that has it."""
_TYPES = {
    b"application/vnd.oasis.opendocument.text": ".odt",
    b"application/vnd.oasis.opendocument.spreadsheet": ".ods",
    b"application/epub+zip": ".epub",
}
"""Content of the member "mimetype" of an OpenDocument file or a book → its file ending."""


def actual_ending(data: bytes) -> str | None:
    """Return the file ending of the format that `data` really has: .rtf, .mhtml, .html or .pdf.

    None for old office files (OLE) and for unknown content. Portals offer web pages and RTF under
    names that end with .doc. Our own readers read these, because LibreOffice, which reads .doc,
    would fetch what a web page links to. `data` may be only the beginning of a file.
    """
    start = data[:_START].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data.startswith(OLE):
        return None
    if start.startswith(b"{\\rtf"):
        return ".rtf"
    if start.startswith(b"mime-version:"):
        return ".mhtml"
    if start.startswith(b"<") or data.startswith((b"\xff\xfe<\0", b"\xfe\xff\0<")):
        return ".html"
    return ".pdf" if start.startswith(b"%pdf") else None


def under_its_ending(file: SourceFile) -> SourceFile:
    """Return a file whose ending is that of another format with the ending that it should have, and
    any other file unchanged.

    Raises DocumentError if the file is larger than `file.max_bytes`, OSError if it cannot be read.
    """
    if file.ending not in _TEXTS | _SHEETS:
        return file
    with file.open() as stream:
        start = stream.read(_START)
    ending = actual_ending(start)
    if start.startswith(b"PK\3\4"):
        ending = _ending_of_zip(file.read())
    elif start.startswith(OLE):
        ending = ".doc"
    elif file.ending in _SHEETS:
        if b"office:spreadsheet" in start:
            return file  # XML of Excel 2003
        if ending is None and b"\t" in start and b"\3" not in start:
            ending = ".csv"  # "Unicode text" of Excel
    elif ending == ".html" and file.ending != ".pdf":
        return file  # a text may begin with "<"
    if ending is None or (ending in _SHEETS | {".doc"} and file.ending in _SHEETS):
        return file
    return file if ending == file.ending else renamed(file, ending, file.read())


def _ending_of_zip(data: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = set(packed.namelist())
            if "mimetype" in names and packed.getinfo("mimetype").file_size < _START:
                return _TYPES.get(packed.read("mimetype").strip())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return None
    return next((ending for name, ending in _MEMBERS.items() if name in names), None)


def renamed(file: SourceFile, ending: str, data: bytes) -> SourceFile:
    """Return a file of these bytes in memory with the name of `file` under another ending, and its
    stem, from which ids are made."""
    name = file.name[: len(file.name) - len(file.ending)] + ending
    made = in_memory(name, data, depth=file.depth, budget=file.budget)
    return replace(made, stem=file.stem, charset=file.charset)
