"""Decide which text in the headers and footers of pages is part of the document.

Offices put the letterhead, with issuer, number and date, into the header of the first page. Running
heads repeat a title or count the pages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from indexer.documents.content import Part
from indexer.documents.tables import is_letterhead

_COUNTS_PAGES = re.compile(
    r"\W*(?:(?:trang|page)\W*)?\d{1,4}(?:\s*(?:/|of|trên)\s*\d{1,4})?\W*", re.IGNORECASE
)
"""Matches "Trang 2", "- 2 -" or "2/15" as a whole."""
_NUMBER = re.compile(r"\d+")


def of_document(first: Sequence[Part] | None, every: Sequence[Part]) -> list[Part]:
    """Return the parts of the header, or footer, of the first page that belong to the document.

    Those are a letterhead, and what stands on the first page only, without numbers of pages.

    Parameters
    ----------
    first : the parts on the first page, if it has a header of its own, else None.
    every : the parts on the other pages, or on all.
    """
    shown = every if first is None else first
    if not is_letterhead("\n".join(_plain(part.text) for part in shown)):
        running = {_masked(part.text) for part in every}
        shown = [part for part in shown if _masked(part.text) not in running]
    return [part for part in shown if not _COUNTS_PAGES.fullmatch(part.text)]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _masked(text: str) -> str:
    return _NUMBER.sub("#", " ".join(_plain(text).split()))
