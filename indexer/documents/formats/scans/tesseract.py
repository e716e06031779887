"""Read the text on a picture by the program tesseract with its Vietnamese model, if installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from indexer.documents.formats.pdf.columns import BREAK, has_halves

SECONDS = 120
"""Greatest number of seconds that tesseract may take for a picture."""
MAX_PIXELS = 40_000_000
"""Greatest number of pixels of a picture that it is given: A2 at 300 dpi has 35 million."""
_LEAST_CONFIDENCE = 50.0
"""Least confidence, in percent, on average over the letters of a picture. Tesseract says 90 to 97
of a clean page and about 25 of the letters that it sees in the leaves of a tree."""
_COLUMNS = 12
"""Number of columns of the table that tesseract writes."""
_WORD = "5"
"""The level of a word in the table that tesseract writes, below page, block, paragraph and line."""


def is_installed() -> bool:
    """Return True if tesseract and its Vietnamese model are installed."""
    program = shutil.which("tesseract")
    if program is None:
        return False
    done = subprocess.run(  # noqa: S603  (a program of the system, fixed arguments)
        [program, "--list-langs"], capture_output=True, text=True, timeout=20, check=False
    )
    return "vie" in (done.stdout + done.stderr).split()


def read_picture(picture: Path) -> list[str]:
    """Return the lines of text on a picture (PNG, at most MAX_PIXELS); [] if there is no text, or
    if what seems to be some is too uncertain, as on a photograph.

    Raises FileNotFoundError if tesseract is not installed, subprocess.TimeoutExpired if it takes
    longer than SECONDS.
    """
    done = subprocess.run(  # noqa: S603  (a program of the system, fixed arguments)
        [shutil.which("tesseract") or "tesseract", str(picture), "-", "-l", "vie", "tsv"],
        capture_output=True, timeout=SECONDS, check=False,
        env=os.environ | {"OMP_THREAD_LIMIT": "1"},  # files are read on all processors already
    )  # fmt: skip
    return lines_of(done.stdout.decode("utf-8", "replace"))


def lines_of(table: str) -> list[str]:
    """Return the lines of text in the table (TSV) that tesseract writes; [] if its letters are too
    uncertain on average (_LEAST_CONFIDENCE).

    Where a page has a letterhead or a signature in two halves, blocks side by side stand before
    those below them, for tesseract reads all of the left half first; and BREAK before a block that
    does not go on in the middle of a sentence.
    """
    words = [word for row in table.split("\n") if (word := _word(row.split("\t")))]
    letters = sum(len(word.text) for word in words)
    if sum(word.sure * len(word.text) for word in words) < _LEAST_CONFIDENCE * letters:
        return []
    lines = _joined(words)
    if not has_halves(lines):
        return lines
    blocks = [list(block) for _, block in groupby(words, key=lambda word: word.line[0])]
    ordered: list[str] = []
    for band in _bands(blocks):
        for block in band:
            within = _joined(block)
            ordered += within if within[0][0].islower() else [BREAK, *within]
    return ordered


class _Word(NamedTuple):
    """A word on a page: the numbers of its block, paragraph and line, its upper and lower edge in
    pixels from the top, the confidence in percent, and the text."""

    line: tuple[str, ...]
    top: int
    bottom: int
    sure: float
    text: str


def _word(row: Sequence[str]) -> _Word | None:
    """Return the word in a row of the table; None if it has none."""
    if len(row) != _COLUMNS or row[0] != _WORD or not row[11].strip():
        return None
    top, height = int(row[7]), int(row[9])
    return _Word(tuple(row[2:5]), top, top + height, float(row[10]), row[11].strip())


def _joined(words: Sequence[_Word]) -> list[str]:
    return [
        " ".join(word.text for word in line)
        for _, line in groupby(words, key=lambda word: word.line)
    ]


def _bands(blocks: Sequence[list[_Word]]) -> list[list[list[_Word]]]:
    """Return the blocks of a page in bands from top to bottom, between which no block reaches; the
    blocks of a band are in their former order."""
    spans = [(min(w.top for w in block), max(w.bottom for w in block)) for block in blocks]
    bands: list[list[int]] = []
    lowest = 0
    for at in sorted(range(len(blocks)), key=lambda at: spans[at]):
        if not bands or spans[at][0] >= lowest:
            bands.append([])
        bands[-1].append(at)
        lowest = max(lowest, spans[at][1])
    return [[blocks[at] for at in sorted(band)] for band in bands]
