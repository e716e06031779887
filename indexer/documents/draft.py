"""A page while it is being read: its lines, what each of them is, the fields known so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from indexer.documents.lines import Line, joined, paragraphs
from indexer.documents.rules.chrome import Chrome
from indexer.documents.rules.publication_date import Published
from indexer.documents.rules.title import Title
from indexer.documents.text_keys import clean


class Role(Enum):
    """What a line is, where it is not body."""

    CHROME = "chrome"
    MASTHEAD = "masthead"
    DATE = "date"
    TITLE = "title"


@dataclass
class Draft:
    """What is known of a page so far. `fields` are those of `Document`."""

    lines: tuple[Line, ...]
    roles: dict[int, Role] = field(default_factory=dict)
    kinds: Mapping[int, Chrome] = field(default_factory=dict)
    dates: list[tuple[Line, Published]] = field(default_factory=list)
    mastheads: list[str] = field(default_factory=list)
    title: Title | None = None
    fields: dict[str, Any] = field(default_factory=dict)

    def body_lines(self) -> list[Line]:
        """The lines that no step has claimed, blank ones left out."""
        return [line for line in self.lines if not line.blank and line.number not in self.roles]

    def claim(self, line: Line, role: Role) -> None:
        """Say what a line is; who speaks first is right."""
        self.roles.setdefault(line.number, role)

    def paragraphs(self) -> list[Line]:
        """The body as paragraphs: lines broken by hand are whole again."""
        return [joined(group) for group in paragraphs(self.body_lines())]

    def text(self) -> str:
        """The title and the body for reading names from: clean, one paragraph a line."""
        return "\n".join(
            [clean(self.fields.get("title", "")), *(p.text for p in self.paragraphs())]
        )
