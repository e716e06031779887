"""Read the text on a picture by the program tesseract with its Vietnamese model, if installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from itertools import groupby
from pathlib import Path

SECONDS = 120
"""Greatest number of seconds that tesseract may take for a picture."""
MAX_PIXELS = 40_000_000
"""Greatest number of pixels of a picture that it is given: A2 at 300 dpi has 35 million."""
_LEAST_CONFIDENCE = 50.0
"""Least confidence, in percent, on average over the letters of a picture. Tesseract says 90 to 97
of a clean page and about 25 of the letters that it sees in the leaves of a tree."""
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
    uncertain on average (_LEAST_CONFIDENCE)."""
    rows = (row.split("\t") for row in table.split("\n"))
    words = [
        (row[1:5], float(row[10]), row[11].strip())
        for row in rows
        if len(row) == 12 and row[0] == _WORD and row[11].strip()
    ]
    letters = sum(len(word) for *_, word in words)
    if sum(sure * len(word) for _, sure, word in words) < _LEAST_CONFIDENCE * letters:
        return []
    return [
        " ".join(word for *_, word in line) for _, line in groupby(words, key=lambda word: word[0])
    ]
