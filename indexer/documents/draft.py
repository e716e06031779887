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
    """The role of a line that is left out of the body.

    CHROME      menus, buttons and other text of the portal
    PREAMBLE    what stands above the title and is no prose
    MASTHEAD    the name of the site, of an office or of a place above the text
    DATE        only a date, perhaps with a time, a label, a number of views
    TITLE       the title, or a repetition of it
    LETTERHEAD  only fields of the letterhead of an official document, or a digital signature
    """

    CHROME = "chrome"
    PREAMBLE = "preamble"
    MASTHEAD = "masthead"
    DATE = "date"
    TITLE = "title"
    LETTERHEAD = "letterhead"


@dataclass
class Draft:
    """The state of a page while the page rules run.

    Attributes
    ----------
    lines : all lines of the page, blank ones included.
    roles : number of a line → its role; a line without one is part of the body, or blank.
    chrome_kinds : number of a line → the kind of chrome that it is by its own text.
    date_lines : the lines that are only a date, with the date.
    own_chrome : comparison keys (`text_keys.key`) of the lines that `archive.toml` names as chrome.
    text_dates : lines that are only a date and belong to the text (`Content.text_dates`).
    mastheads : names of sites, offices and places above the text, in which the place of the page is
        looked for.
    title : the title; None until it is chosen, and if there is none.
    letterhead : the letterhead of an official document; None for other pages.
    parts : number of a line → part of the structured file; empty for a text dump.
    pages : number of a line → number of the PDF page that begins at this line.
    fields : name of a field of `Document` → its value, as found so far.
    """

    lines: tuple[Line, ...]
    roles: dict[int, Role] = field(default_factory=dict)
    chrome_kinds: Mapping[int, Chrome] = field(default_factory=dict)
    date_lines: list[tuple[Line, PublicationDate]] = field(default_factory=list)
    own_chrome: frozenset[str] = frozenset()
    text_dates: frozenset[str] = frozenset()
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
        """Return the body as one Line per paragraph; hard-wrapped lines of a dump are joined."""
        lines = self.body_lines()
        return lines if self.parts else [join_lines(group) for group in paragraphs(lines)]

    def text(self) -> str:
        """Return the clean title and body as one text to find names in, one paragraph per line."""
        return "\n".join(
            [clean(self.fields.get("title", "")), *(p.text for p in self.paragraphs())]
        )
