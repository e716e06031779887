"""The state of a page while the page rules run: its lines, their roles, the fields known so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from indexer.documents.content import Part
from indexer.documents.rules.administrative.letterhead import Letterhead
from indexer.documents.rules.chrome import Chrome
from indexer.documents.rules.publication_date import PublicationDate
from indexer.documents.rules.title import Title
from indexer.documents.text.lines import Line, join_lines, paragraphs
from indexer.documents.text.text_keys import clean


class Role(Enum):
    """The role of a line that is not part of the body."""

    CHROME = "chrome"
    MASTHEAD = "masthead"
    DATE = "date"
    TITLE = "title"
    LETTERHEAD = "letterhead"


@dataclass
class Draft:
    """The state of a page while the rules run: its lines, their roles and the fields found.

    Attributes
    ----------
    fields : fields of `Document`.
    own_chrome : keys of lines that the archive names as chrome.
    parts : line number → part of the structured file; empty for a text dump.
    pages : line number → number of the PDF page that begins at this line.
    """

    lines: tuple[Line, ...]
    roles: dict[int, Role] = field(default_factory=dict)
    chrome_kinds: Mapping[int, Chrome] = field(default_factory=dict)
    date_lines: list[tuple[Line, PublicationDate]] = field(default_factory=list)
    own_chrome: frozenset[str] = frozenset()
    mastheads: list[str] = field(default_factory=list)
    title: Title | None = None
    letterhead: Letterhead | None = None
    parts: Mapping[int, Part] = field(default_factory=dict)
    pages: Mapping[int, int] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)

    def body_lines(self) -> list[Line]:
        """Return the lines that have no role yet, without blank ones."""
        return [line for line in self.lines if not line.is_blank and line.number not in self.roles]

    def claim(self, line: Line, role: Role) -> None:
        """Give a line a role; the first role that a line gets is final."""
        self.roles.setdefault(line.number, role)

    def paragraphs(self) -> list[Line]:
        """Return the body as paragraphs; hard-wrapped lines are joined."""
        lines = self.body_lines()
        return lines if self.parts else [join_lines(group) for group in paragraphs(lines)]

    def text(self) -> str:
        """Return the clean title and body to find names in, one paragraph per line."""
        return "\n".join(
            [clean(self.fields.get("title", "")), *(p.text for p in self.paragraphs())]
        )
