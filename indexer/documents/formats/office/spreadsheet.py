"""Read spreadsheets (XLSX, XLS, ODS) by python-calamine, and CSV.

A sheet with a row that names columns that a document has (`text`, `title` … or the names that
`archive.toml` maps) gives one record per row below it; any other sheet is one document with a
table.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import IO, NamedTuple

from indexer.documents.content import Content
from indexer.documents.formats.extras import require
from indexer.documents.formats.office import workbook_child
from indexer.documents.formats.packed import check_zip
from indexer.documents.source_file import SourceFile
from indexer.documents.text.encodings import decode
from indexer.errors import DocumentError

MAX_SECONDS = 300
"""Greatest number of seconds for reading a workbook."""
MAX_MEMORY = 4 << 30
"""Greatest memory, in bytes, of the process that reads a workbook; the largest sheet that is read,
five million cells, takes a quarter of it."""

MAX_OUTPUT = 1 << 30
"""Greatest size, in bytes, of the JSON of a workbook."""
_SEPARATORS = ",;\t|"
_STATED_SEPARATOR = re.compile(r"\ufeff?\"?sep=(.)\"?\r?\n", re.IGNORECASE)
_SAMPLE = 100_000
"""Number of code points at the beginning of a CSV file that decide its separator."""
_SAMPLE_ROWS = 50
"""Number of rows at the beginning of a CSV file that decide its separator."""

Row = tuple[int, Sequence[str]]
"""The number of a row, from 1, and the texts of its cells."""


class Sheet(NamedTuple):
    """A sheet of a workbook.

    Attributes
    ----------
    name : its name.
    rows : its rows that are not empty.
    covered : number of a row → for each of its cells that a merged one above covers, the column,
        from 0, and the number of the row of that one.
    """

    name: str
    rows: list[Row]
    covered: dict[int, list[tuple[int, int]]]

    def entries(self, first: int, own: Collection[int]) -> list[Row]:
        """Return the entries in the rows from index `first` on, each under its first row.

        A cell that spans several rows holds for each of them. If it is in one of the columns `own`,
        such as that of titles, these rows are one entry, and its other cells are joined.
        """
        entries: dict[int, list[str]] = {}
        for number, cells in self.rows[first:]:
            above = {column: at for column, at in self.covered.get(number, ()) if at in entries}
            if entry := next((entries[at] for column, at in above.items() if column in own), None):
                for column, cell in enumerate(cells[: len(entry)]):
                    if cell and cell != entry[column]:
                        entry[column] = f"{entry[column]} {cell}".strip()
                continue
            entries[number] = [
                entries[above[column]][column] if column in above else cell
                for column, cell in enumerate(cells)
            ]
        return list(entries.items())


def read_csv(file: SourceFile) -> Iterator[Row]:
    """Yield the rows of a CSV file that are not empty; the separator is the one that a line such as
    "sep=;" states for Excel, else detected from the first rows, in a .tsv file a tab.

    Raises DocumentError if the file is not text, not CSV, or too large.
    """
    text = unicodedata.normalize("NFC", decode(file.read(), file.name))
    if stated := _STATED_SEPARATOR.match(text):
        separator, text = stated[1], text[stated.end() :]
    else:
        separator = "\t" if file.ending == ".tsv" else _separator(text)
    csv.field_size_limit(1 << 30)
    lines = io.StringIO(text, newline="")
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=separator), 1):
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error as error:
        raise DocumentError(f"{file.name}: no CSV ({error}).", "Save it as UTF-8 CSV.") from None


def _separator(text: str) -> str:
    """Return the separator of a CSV text: the one that splits most of its first rows into the same
    number of cells, two or more; of several, the one that gives more cells.

    The very first row does not count more than others: it may be the title of a list.

    `csv.Sniffer` is not used because it takes the commas of Vietnamese sentences for separators.
    """
    best, best_score = ",", (0.0, 0)
    for separator in _SEPARATORS:
        reader = csv.reader(io.StringIO(text[:_SAMPLE], newline=""), delimiter=separator)
        widths: list[int] = []
        with suppress(csv.Error):
            widths += (len(cells) for cells in islice(reader, _SAMPLE_ROWS) if cells)
        if len(widths) > 2 and len(text) > _SAMPLE:
            widths.pop()  # its row may be cut off
        for width, count in Counter(width for width in widths if width > 1).items():
            score = count / len(widths), width
            best, best_score = max((best, best_score), (separator, score), key=lambda x: x[1])
    return best


def read_workbook(file: SourceFile) -> Iterator[Sheet]:
    """Yield the sheets of a workbook, in order.

    A child process reads it, see `workbook_child.py`. Raises DocumentError if the file is damaged,
    encrypted or too large, takes longer than MAX_SECONDS or more memory than MAX_MEMORY, or if
    python-calamine is not installed.
    """
    require("python_calamine", "tables", file.name)
    data = file.read()
    if data.startswith(b"PK"):
        check_zip(data, file.name)
    command = [sys.executable, "-P", workbook_child.__file__, str(MAX_MEMORY), str(MAX_OUTPUT)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"}
    with tempfile.TemporaryFile() as output:
        try:
            done = subprocess.run(  # noqa: S603  (our own program, fixed arguments)
                command, input=data, stdout=output, stderr=subprocess.PIPE, timeout=MAX_SECONDS,
                check=False, env=environment,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise DocumentError(
                f"{file.name}: takes longer than {MAX_SECONDS} s to read.", "Split it."
            ) from None
        reason = done.stderr.decode("utf-8", "replace").strip()
        if done.returncode == 1:
            raise DocumentError(
                f"{file.name}: damaged, encrypted, or no spreadsheet ({reason.splitlines()[-1]}).",
                "Open it and save it again without a password.",
            )
        if done.returncode:
            raise DocumentError(
                f"{file.name}: its sheets need more than {MAX_MEMORY >> 20} MB of memory.",
                "Delete stray cells far below or to the right of the table, or split it.",
            )
        output.seek(0)
        yield from _sheets(output)


def _sheets(output: IO[bytes]) -> Iterator[Sheet]:
    sheet: Sheet | None = None
    for line in output:
        found = json.loads(line)
        if isinstance(found, str):
            if sheet is not None:
                yield sheet
            sheet = Sheet(found, [], {})
        elif sheet is not None:
            number, cells, covered = found
            sheet.rows.append((number, [unicodedata.normalize("NFC", cell) for cell in cells]))
            if covered:
                sheet.covered[number] = covered
    if sheet is not None:
        yield sheet


def above_table(rows: Sequence[Row]) -> int:
    """Return the number of rows above the table, such as a title: the rows up to the first with two
    cells or more; 0 if there is none."""
    for at, (_, cells) in enumerate(rows):
        if sum(bool(cell.strip()) for cell in cells) > 1:
            return at
    return 0


def sheet_content(rows: Sequence[Row]) -> Content:
    """Return the content of a sheet: the rows above the table as paragraphs, then the table.

    The first row of the table is its header, unless it is the only one.
    """
    content = Content()
    above = above_table(rows)
    for _, cells in rows[:above]:
        content.paragraph(" ".join(filter(None, map(str.strip, cells))))
    for at, (_, cells) in enumerate(rows[above:]):
        content.table_row(cells, header=at == 0 and len(rows) > above + 1)
    return content
