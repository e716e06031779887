"""Which line is the title.

The line that is repeated above the text (once with `null ` before it, as some portals write an
empty icon), else the first line that is no chrome and reads as a headline.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.documents.lines import Line
from indexer.documents.rules.chrome import doubled
from indexer.documents.text_keys import key

_NULL = re.compile(r"^null\s+")
_LONGEST = 90
_WIDEST = 700
_HEAD = 400
"""Lines: no portal has a longer menu."""
_SURE = 7
_SHORTEST = 4
_PORTLET = 8
"""Spaces; a shorter phrase that a line says twice is a portlet's heading, not a headline."""

_LEAD = re.compile(
    r"(?:(?:vào )?(?:sáng|chiều|tối|trưa)?,? ?ngày \d|(?:sáng|chiều|tối|trưa) \d"
    r"|(?:sáng|chiều|tối|trưa) nay)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:tin|ảnh|bài|nguồn|tác giả|album|chuyên (?:mục|trang)|danh mục"
    r"|số [\w ]{1,20})\b[^:]{0,15}:",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Title:
    """The title as its author wrote it, the line it begins on, and the numbers of all lines
    that say nothing else."""

    text: str
    line: Line
    numbers: frozenset[int]


def find_title(lines: Sequence[Line]) -> Title | None:
    """The title among `lines`: what of a page is neither chrome nor date; None without one."""
    head = _head([line for line in lines if not line.blank])
    headlines = [line for line in head if reads_as_headline(line)]
    said = Counter(_key(line) for line in head)
    for line in headlines:
        if said[_key(line)] > 1:
            return _title(line, head, lines)
    for sentence in (False, True):
        for shortest in (_SURE, _SHORTEST):
            for line in headlines:
                if line.words >= shortest and line.text.endswith(".") is sentence:
                    return _title(line, head, lines)
    return None


def reads_as_headline(line: Line) -> bool:
    """Long enough to say something, short enough to be read at a glance, and no sentence of
    the text."""
    if len(line.text) > _WIDEST:
        return False
    text = _NULL.sub("", line.text)
    once = doubled(line)
    if once and once.count(" ") < _PORTLET:
        return False
    if not _SHORTEST <= line.words <= _LONGEST or not any(char.isalpha() for char in text):
        return False
    if not (text[0].isupper() or text[0].isdigit() or text[0] in "\"“«‘'"):
        return False
    if _LEAD.match(text) or _LABEL.match(text) or text.endswith((",", ";", ":")):
        return False
    return line.words <= 30 and not _two_sentences(text) if line.ends_sentence else not line.prose


def _two_sentences(text: str) -> bool:
    return bool(re.search(r"\w{2}[.!?…] \w", text))


def _head(lines: Sequence[Line]) -> list[Line]:
    """The lines above the text: up to the first line that is prose and no headline."""
    head: list[Line] = []
    found = False
    for line in lines:
        headline = reads_as_headline(line)
        if line.prose and not headline:
            if found:
                break
        else:
            found = found or headline
            head.append(line)
    return head[:_HEAD]


def _key(line: Line) -> str:
    once = doubled(line)
    return key(once) if once else _NULL.sub("", line.key)


def _title(line: Line, head: Sequence[Line], lines: Sequence[Line]) -> Title:
    same = [other for other in head if _key(other) == _key(line)]
    best = next((other for other in same if not _NULL.match(other.text)), line)
    text = doubled(best) or _NULL.sub("", best.raw)
    numbers = {other.number for other in same}
    last = best
    while (more := _continuation(text, last, lines)) is not None:
        text, last = f"{text} {more.raw}", more
        numbers.add(more.number)
    return Title(text, best, frozenset(numbers))


def _continuation(text: str, last: Line, lines: Sequence[Line]) -> Line | None:
    """The next line, where a headline was broken over two: nothing stands between, and it goes
    on in the same capitals or with a small letter."""
    after = next((line for line in lines if line.number == last.number + 1), None)
    if after is None or after.blank or after.prose or last.words < _SHORTEST:
        return None
    if last.ends_sentence or len(text) + len(after.raw) > 500:
        return None
    if text.isupper():
        return after if after.text.isupper() else None
    return after if after.text[0].islower() and not after.ends_sentence else None
