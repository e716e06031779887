"""Spreadsheets (XLSX, XLS, ODS) by python-calamine, and CSV: a row is a record, or a sheet a
document.

A sheet whose first row names columns that a document has (`text`, `title` … or the names that
`archive.toml` maps) gives one record per row; any other sheet is one document with a table.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from indexer.documents.content import Content
from indexer.documents.encodings import decode
from indexer.documents.formats.extras import require
from indexer.documents.source_file import SourceFile
from indexer.errors import DocumentError

MAX_CELLS = 5_000_000

Row = tuple[int, Sequence[str]]
"""Number of a row, from 1, and its cells as text."""


def read_csv(file: SourceFile) -> Iterator[Row]:
    """Yield the rows of a CSV file; the separator is found out from its first lines.

    Raises DocumentError if the file is no text.
    """
    text = decode(file.read(), file.name)
    try:
        dialect: Any = csv.Sniffer().sniff(text[:20_000], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    csv.field_size_limit(1 << 30)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), dialect), 1):
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error as error:
        raise DocumentError(f"{file.name}: no CSV ({error}).", "Save it as UTF-8 CSV.") from None


def read_workbook(file: SourceFile) -> Iterator[tuple[str, Iterator[Row]]]:
    """Yield the name and the rows of each sheet. Raises DocumentError if the file is damaged."""
    calamine = require("python_calamine", "tables", file.name)
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
        sheets = [(name, workbook.get_sheet_by_name(name)) for name in workbook.sheet_names]
    except DocumentError:
        raise
    except Exception as error:  # calamine raises its own classes, and panics of Rust
        raise DocumentError(
            f"{file.name}: damaged, encrypted, or no spreadsheet ({error}).",
            "Open it and save it again without a password.",
        ) from error
    for name, sheet in sheets:
        if sheet.height * sheet.width > MAX_CELLS:
            raise DocumentError(
                f"{file.name}: sheet {name!r} has more than {MAX_CELLS:,} cells.", "Split it."
            )
        yield name, _rows(sheet)


def _rows(sheet: Any) -> Iterator[Row]:
    for number, cells in enumerate(sheet.to_python(skip_empty_area=False), 1):
        texts = [_text(cell) for cell in cells]
        if any(texts):
            yield number, texts


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == cell.time().min else str(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()


def sheet_content(title: str, rows: Sequence[Row]) -> Content:
    """Return a sheet as one document with a table."""
    content = Content(fields={"stated_title": title})
    for at, (_, cells) in enumerate(rows):
        content.table_row(cells, header=at == 0 and len(rows) > 1)
    return content
