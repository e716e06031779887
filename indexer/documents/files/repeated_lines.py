"""Find the lines that many pages of a site or folder repeat, so that the keeper can leave them out.

The page rules know what portals in general put around a text; what only one site puts there ("Cổng
thông tin điện tử huyện …, giấy phép số …") shows by standing on most of its pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from indexer.documents.rules.administrative.form_lines import form_blocks
from indexer.models import Document

_OF_PAGES = frozenset((None, "text", "html", "mhtml", "warc", "wacz"))
"""Formats (`Document.format`) of pages with the menus and footers of a site around the text."""
_LEAST_PAGES = 10
"""Fewer pages than this with a line, and it is not reported: a series of articles has such lines,
too."""
_LEAST_SHARE = 0.5
"""Least share of the pages of a site or folder that must have the line."""
_LEAST_WORDS = 4
"""Shorter lines, such as "Mục lục" or "Điều 1.", may belong to each of the pages."""
_MOST_CHARACTERS = 300
"""Longer lines are text; two pages with one are copies."""
_MOST_LINES = 500_000
"""Greatest number of different lines that are counted, in about 100 MB. Lines that most pages have
are among the first."""


class RepeatedLine(NamedTuple):
    """A line that many pages have.

    Attributes
    ----------
    line : without the white space around it.
    pages : number of pages that have it.
    of : number of all pages of the site or folder.
    where : host of the site ("xa.vn"), or path of the folder below the source, "" for the source.
    """

    line: str
    pages: int
    of: int
    where: str


class RepeatedLines:
    """Counts the lines of pages. Lines of the letterheads and signatures of decisions and letters
    are not counted: all of an office repeat them."""

    def __init__(self) -> None:
        self._pages: Counter[str] = Counter()
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, document: Document) -> None:
        """Count the lines of a document, if it is a page; each once."""
        if document.format not in _OF_PAGES:
            return
        where = _place(document)
        self._pages[where] += 1
        for line in _lines(document):
            if len(self._counts) < _MOST_LINES or (where, line) in self._counts:
                self._counts[where, line] += 1

    def found(self) -> list[RepeatedLine]:
        """Return the lines that at least half of the pages of a site or folder have, and at least
        ten; those of most pages first, then by line."""
        lines = [
            RepeatedLine(line, count, self._pages[where], where)
            for (where, line), count in self._counts.items()
            if count >= max(_LEAST_PAGES, _LEAST_SHARE * self._pages[where])
        ]
        return sorted(lines, key=lambda found: (-found.pages, found.line))


def _place(document: Document) -> str:
    """Return the host of the page, or the folder of its file if it states no address."""
    try:
        host = urlsplit(document.url or "").hostname
    except ValueError:  # as of "http://["
        host = None
    return host or document.id.rpartition("/")[0]


def _lines(document: Document) -> Iterator[str]:
    """Yield the lines of a body that are counted, each once."""
    form: set[int] = set()
    if document.number or document.document_type:
        form = {line.start for block in form_blocks(document.body) for line in block.lines}
    seen = set()
    start = 0
    for written in document.body.split("\n"):
        line = written.strip()
        if (
            len(line) <= _MOST_CHARACTERS
            and line.count(" ") >= _LEAST_WORDS - 1
            and start not in form
            and line not in seen
        ):
            seen.add(line)
            yield line
        start += len(written) + 1
