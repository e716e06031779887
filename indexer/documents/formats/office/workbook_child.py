"""A program that reads a workbook from standard input and writes lines of JSON to standard output.

It runs as a process of its own, with bounds on memory and output, because calamine allocates a
sheet as large as a file says it is, and ends its process if there is no room: two cells in opposite
corners of a sheet, one kilobyte on disk, ask for 400 GB. A line is the name of a sheet, or a list
of the number of a row, from 1, its cells, and for each cell that a merged one above covers its
column, from 0, and the number of the row of the merged one.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import date, datetime

MAX_CELLS = 5_000_000
"""Greatest number of cells, empty ones included, of a sheet that is read."""


def bound(memory: int, output: int) -> None:
    """Limit the memory and the output of this process, in bytes; does nothing on Windows."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def cell_text(cell: object) -> str:
    """Return a cell as text: whole numbers without a fraction, dates as YYYY-MM-DD, with the time
    after a space unless it is midnight, "" for an empty cell."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == cell.time().min else str(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()


def main() -> None:
    """Write the sheets of the workbook on standard input to standard output.

    Ends the process with a message on standard error and status 1 if the workbook cannot be read or
    a sheet has more than MAX_CELLS.
    """
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(
            io.BytesIO(sys.stdin.buffer.read())
        )
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            if sheet.height * sheet.width > MAX_CELLS:
                sys.exit(f"sheet {name!r} has more than {MAX_CELLS:,} cells")
            print(json.dumps(name))
            start, left = sheet.start or (0, 0)
            covered: dict[int, list[tuple[int, int]]] = {}
            # Of ODS, and by an older version, they are not known.
            for (top, column), (bottom, _) in getattr(sheet, "merged_cell_ranges", None) or ():
                for row in range(top + 1, min(bottom, start + sheet.height) + 1):
                    covered.setdefault(row + 1, []).append((column - left, top + 1))
            for number, cells in enumerate(sheet.to_python(), start + 1):
                if any(texts := [cell_text(cell) for cell in cells]):
                    print(json.dumps([number, texts, covered.get(number, [])]))
    except Exception as error:  # calamine raises its own classes
        sys.exit(f"{error}" or type(error).__name__)


if __name__ == "__main__":
    bound(int(sys.argv[1]), int(sys.argv[2]))
    main()
