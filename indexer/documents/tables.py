"""Tell tables of data from tables that only place text on a page, such as a letterhead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_STATE = re.compile(r"CỘNG (?:HÒA|HOÀ) XÃ HỘI CHỦ NGHĨA|^\s*NƠI NHẬN\s*:", re.MULTILINE)
_STATE_OR_PARTY = re.compile(
    r"^\s*(?:ĐẢNG CỘNG SẢN VIỆT NAM|VIỆT NAM DÂN CHỦ CỘNG (?:HÒA|HOÀ)"
    r"|ĐOÀN TNCS HỒ CHÍ MINH)\s*$",
    re.MULTILINE,
)
"""Matches what stands in place of the motto on documents of the Party, of 1945 to 1976, and of the
Youth Union, as a line in capitals."""
_NUMBER = re.compile(
    r"^\s*Số\s*:?\s*\d*[a-zđ]?\s*(?:[/-]\S*|[A-ZĐƯ]{2,}/)[^\W\d_]", re.MULTILINE | re.IGNORECASE
)
"""Matches the number of a document with its symbol ("Số: 12/2021/QĐ-UBND"), also before the number
is filled in ("Số:     /BC-UBND"), and as written up to the 1990s ("Số 123 QĐ/UB")."""
_FIRST_ROWS = 3


def lays_out_text(rows: Sequence[Sequence[str]]) -> bool:
    """Return True if a table only places text on a page.

    That is a table with one column, or the head or foot of an official document, known by the
    national motto, the name of the Party or "Nơi nhận:" in its first three rows.

    Parameters
    ----------
    rows : the text of each cell, row by row, with a line break between its paragraphs.
    """
    if max(map(len, rows), default=0) < 2:
        return True
    text = "\n".join(cell for row in rows[:_FIRST_ROWS] for cell in row)
    return _is_head_or_foot(unicodedata.normalize("NFC", text))


def places_tables(text: str, nested: str) -> bool:
    """Return True if a table only places other tables on a page: at least half of its words are in
    them. Else these are part of what its cells say.

    `text` is all its text, `nested` that of the tables in its cells.
    """
    return bool(nested) and 2 * len(nested.split()) >= len(text.split())


def is_letterhead(text: str) -> bool:
    """Return True for a text in NFC that has the national motto, the name of the Party, or the
    number of a document with its symbol, as the head of an official document does."""
    return _is_head_or_foot(text) or bool(_NUMBER.search(text))


def _is_head_or_foot(text: str) -> bool:
    return bool(_STATE.search(text.upper()) or _STATE_OR_PARTY.search(text))
