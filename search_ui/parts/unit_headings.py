"""Find the headings in the plain text of a body: those of chapters and articles, and numbered lines
in capitals. Only what is certain counts; other lines stay paragraphs.

Offsets count code points of the body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer import OutlineLevel, OutlineUnit, Range

_TITLE_LINES = 6
"""Greatest number of lines below "Chương I" that its title may take, blank ones counted
(`indexer.documents.outline` reads as many)."""
_FRAME = " \t\u00a0*#_"
_FEWEST_NUMBERED = 2
_NUMBERED = re.compile(r"^[ \t]*([IVX]{1,6})[.)][ \t]+(\S.{0,198})$", re.MULTILINE)
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV")


@dataclass(frozen=True, slots=True)
class TextHeading:
    """A heading: the ranges of its lines in the body, ascending, and its rank, 0 for the widest in
    the document, 1 for the next."""

    lines: tuple[Range, ...]
    rank: int

    @property
    def start(self) -> int:
        """Offset at which it begins."""
        return self.lines[0][0]

    @property
    def end(self) -> int:
        """Offset after it."""
        return self.lines[-1][1]


def text_headings(body: str, units: Sequence[OutlineUnit]) -> tuple[TextHeading, ...]:
    """Return the headings in a body, in order.

    `units` is its outline. A text without chapters and articles has those of `_numbered`, if any.
    """
    wide = [unit for unit in units if unit.level <= OutlineLevel.ARTICLE]
    if not wide:
        return tuple(TextHeading((line,), 0) for line in _numbered(body))
    found = [(unit, lines) for unit, lines in _of_units(body, wide)]
    levels = sorted({unit.level for unit, _ in found})
    return tuple(TextHeading(lines, levels.index(unit.level)) for unit, lines in found)


def _of_units(
    body: str, wide: Sequence[OutlineUnit]
) -> Iterator[tuple[OutlineUnit, tuple[Range, ...]]]:
    """Yield each chapter and article of which the first line is nothing but its label and title,
    with the ranges of the lines of its heading.

    What seems to be the title of an article above another one is its text, as in decisions.
    """
    for at, unit in enumerate(wide):
        first = _line(body, unit.start)
        text = " ".join(body[slice(*first)].split())
        if text.lower().startswith(unit.label.lower()):
            text = text[len(unit.label) :].lstrip(" .:")
        if text not in ("", unit.title):
            continue
        lines = (first,) if text else (first, *_title_below(body, first[1], unit.title))
        after = body[lines[-1][1] : wide[at + 1].start] if at + 1 < len(wide) else "…"
        if after.strip() or unit.level is not OutlineLevel.ARTICLE:
            yield unit, lines


def _title_below(body: str, at: int, title: str) -> Iterator[Range]:
    """Yield the ranges of the lines of the title of a unit, which stands below its label.

    `at` is the offset at which the line of the label ends; nothing is yielded if `title` is "".
    """
    read = ""
    for _ in range(_TITLE_LINES):
        at = body.find("\n", at) + 1
        if read == title or not at:
            return
        start, end = _line(body, at)
        text = " ".join(body[start:end].strip(_FRAME).split())
        if not text:
            continue
        read = f"{read} {text}".strip()
        if not read.startswith(title) and not title.startswith(read):
            return
        yield start, end


def _numbered(body: str) -> list[Range]:
    """Return the ranges of lines in capitals that are numbered I, II, III …: the parts of a report
    (decree 30/2020/NĐ-CP, annex I, II.5).

    None if there are fewer than two, or if a number is missing or occurs again: the numbers then
    belong to something else.
    """
    found = [m for m in _NUMBERED.finditer(body) if m[2].isupper()]
    numbers = [m[1] for m in found]
    if len(found) < _FEWEST_NUMBERED or numbers != list(_ROMAN[: len(found)]):
        return []
    return [_line(body, m.start()) for m in found]


def _line(body: str, at: int) -> Range:
    """Return the range of the line that begins at an offset, without spaces at its ends."""
    end = body.find("\n", at)
    text = body[at : end if end >= 0 else len(body)]
    return at + len(text) - len(text.lstrip()), at + len(text.rstrip())
