"""The content of a file before the page rules read it: headings, paragraphs, rows … in order.

Every format module builds a `Content`; `indexer.documents.portal_page` turns it into a document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from indexer.models import Block, BlockKind, Document

CELL_SEPARATOR = "\t"
"""Separates the cells of a table row in the text of a document."""


@dataclass(slots=True)
class Part:
    """A heading, paragraph, list item, table row, caption, or the beginning of a page.

    Attributes
    ----------
    kind : which of these it is.
    text : the text; "" for the beginning of a page.
    level : 1 to 6 for a heading, depth from 1 for a list item, page number from 1 for a page,
        else 0.
    cells : the texts of the cells of a table row; `text` is these texts joined by CELL_SEPARATOR.
    header : True if the cells are column headings.
    """

    kind: BlockKind
    text: str
    level: int = 0
    cells: tuple[str, ...] = ()
    header: bool = False


@dataclass(slots=True)
class Content:
    """What a format module found in a file.

    Attributes
    ----------
    parts : headings, paragraphs, list items, table rows …, in the order of the file.
    fields : fields of `Document` that the file states. `stated_title`, `stated_author`,
        `stated_date` (all text) and `stated_publisher` are no such fields: `read_content` decides
        between them and what the page rules find.
    stated : name → value of what else the file states (front matter, <meta>), among which may be
        own fields of the archive.
    keeps_stated : True if the values of `stated` that are no own fields are kept as `extra`.
    warnings : what could not be read or understood, one line each, for the report.
    from_office : True for a web page that a word processor wrote: no portal is around its text.
    text_dates : the texts of dates of a web page that belong to its text, such as those of a
        timeline, and never to the page.
    left_out : passages of a web page that are in no part, although no rule says that they are no
        part of the text; one line each.
    source_text : the text of a web page without links to other pages, comments and menus, to
        measure what was kept; "" for others.
    """

    parts: list[Part] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    stated: dict[str, str | list[str]] = field(default_factory=dict)
    keeps_stated: bool = False
    warnings: list[str] = field(default_factory=list)
    from_office: bool = False
    text_dates: frozenset[str] = frozenset()
    left_out: list[str] = field(default_factory=list)
    source_text: str = ""

    def heading(self, text: str, level: int = 1) -> None:
        """Add a heading. Level 1 is the highest; a level outside 1 to 6 becomes the nearest one."""
        self._add(Part(BlockKind.HEADING, text, min(max(level, 1), 6)))

    def paragraph(self, text: str) -> None:
        """Add a paragraph; line breaks in it are kept."""
        self._add(Part(BlockKind.PARAGRAPH, text))

    def list_item(self, text: str, depth: int = 1) -> None:
        """Add a list item at this depth; the outermost list has depth 1."""
        self._add(Part(BlockKind.LIST_ITEM, text, max(depth, 1)))

    def caption(self, text: str) -> None:
        """Add the caption of a figure or a table."""
        self._add(Part(BlockKind.CAPTION, text))

    def table_row(self, cells: Sequence[str], *, header: bool = False) -> None:
        """Add a table row, with single spaces in its cells; do nothing if all cells are empty."""
        cells = tuple(" ".join(cell.split()) for cell in cells)
        if any(cells):
            text = CELL_SEPARATOR.join(cells)
            self.parts.append(Part(BlockKind.TABLE_ROW, text, 0, cells, header))

    def page(self, number: int) -> None:
        """Mark where a page of a paged format begins; `number` counts from 1."""
        self.parts.append(Part(BlockKind.PAGE, "", number))

    def _add(self, part: Part) -> None:
        if part.text.strip():
            part.text = part.text.strip()
            self.parts.append(part)


def assemble(parts: Sequence[Part]) -> tuple[str, tuple[Block, ...]]:
    """Return the text of the parts, and one block for each part with its range in the text.

    Ranges count code points. Items of a list and rows of a table stand on neighbouring lines, other
    parts are separated by an empty line. Law: `text[block.start:block.end]` is the text of the
    part; for a page it is empty.
    """
    texts: list[str] = []
    blocks: list[Block] = []
    at = 0
    previous: Part | None = None
    for part in parts:
        if part.kind is BlockKind.PAGE:
            blocks.append(Block(part.kind, at, at, part.level))
            continue
        if previous is not None:
            together = part.kind is previous.kind and part.kind in _JOINED
            separator = "\n" if together else "\n\n"
            texts.append(separator)
            at += len(separator)
        cells = []
        begin = at
        for cell in part.cells:
            cells.append((begin, begin + len(cell)))
            begin += len(cell) + len(CELL_SEPARATOR)
        blocks.append(
            Block(part.kind, at, at + len(part.text), part.level, tuple(cells), part.header)
        )
        texts.append(part.text)
        at += len(part.text)
        previous = part
    return "".join(texts), tuple(blocks)


_JOINED = frozenset((BlockKind.LIST_ITEM, BlockKind.TABLE_ROW))


def kept_share(document: Document, content: Content) -> float | None:
    """Return the number of words in a document, as a share (0 to 1) of those of its web page.

    Of the page, words in links, comments and menus do not count, so that these do not hide what is
    lost. The lines of a letterhead, which became fields, count as kept. None if the page has no
    such words, and for files that are no web pages.
    """
    words = len(content.source_text.split())
    if not words:
        return None
    if document.issuer:
        kept = sum(len(part.text.split()) for part in content.parts)
    else:
        kept = len(document.body.split()) + len(document.title.split())
    return min(1.0, kept / words)


def loss_warnings(passages: Sequence[str], share: float | None) -> list[str]:
    """Return the warnings about what a web page says and its document does not.

    They name each of the first _MAX_PASSAGES passages of `Content.left_out` and count the others;
    the last says that the `share` of the words that were kept (`kept_share`) is less than
    _LITTLE_KEPT.
    """
    warnings = [
        f"the page says “{text if len(text) <= _MAX_QUOTED else text[:_MAX_QUOTED] + '…'}” "
        f"({len(text.split())} words), and the document does not; "
        "save its text as .txt if this belongs to it"
        for text in passages[:_MAX_PASSAGES]
    ]
    if more := len(passages) - len(warnings):
        warnings.append(f"the page says {more:,} more passages that the document does not")
    if share is not None and share < _LITTLE_KEPT:
        warnings.append(
            f"only {share:.0%} of the words of the page are in the document; "
            "compare it with the page, and save its text as .txt if some is missing"
        )
    return warnings


_LITTLE_KEPT = 0.5
"""Least share of the words of a web page that its document has as a rule."""


_MAX_PASSAGES = 10
"""Greatest number of passages of a page that are reported one by one as not in its document."""
_MAX_QUOTED = 80
"""Greatest number of code points of such a passage that a warning quotes."""
