"""Page rule: find the line that is the title.

Portals print a title twice before the text: a line that occurs twice there is the title. One of the
two may begin with `null `, which some portals print for an empty icon. If no line occurs twice, the
title is the first line that is not chrome and has the length and form of a headline.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.documents.rules.chrome import repeated_phrase
from indexer.documents.text.lines import Line
from indexer.documents.text.text_keys import key

_NULL = re.compile(r"^null\s+")
_MAX_WORDS = 90
_MAX_CHARACTERS = 700
_MAX_HEAD_LINES = 400
"""Number of lines above the text that are examined: no portal has a longer menu."""
_LIKELY_WORDS = 7
_MIN_WORDS = 4
_MAX_PORTLET_SPACES = 8
"""A line that is one phrase twice is the heading of a portlet if the phrase has fewer spaces than
this, else a headline."""

_LEAD = re.compile(
    r"(?:(?:vào )?(?:sáng|chiều|tối|trưa)?,? ?ngày \d|(?:sáng|chiều|tối|trưa) \d"
    r"|(?:sáng|chiều|tối|trưa) nay)",
    re.IGNORECASE,
)
_PROVISION = re.compile(r"^(?:điều|khoản|chương|mục) (?:\d+|[ivxlc]+)[a-zđ]?[.:]", re.IGNORECASE)
"""Matches the beginning of a provision of a law, which is part of the text and never its title."""
_LABEL = re.compile(
    r"^(?:tin|ảnh|bài|nguồn|tác giả|album|chuyên (?:mục|trang)|danh mục"
    r"|số [\w ]{1,20})\b[^:]{0,15}:",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Title:
    """The title of a page.

    Attributes
    ----------
    text : the title as written.
    line : the line on which it begins.
    numbers : the numbers of all lines that contain, repeat or continue it.
    """

    text: str
    line: Line
    numbers: frozenset[int]


def find_title(lines: Sequence[Line]) -> Title | None:
    """Return the title among `lines`, which are neither chrome nor dates; None without one."""
    head = _head([line for line in lines if not line.is_blank])
    headlines = [line for line in head if reads_as_headline(line)]
    counts = Counter(_comparison_key(line) for line in head)
    for line in headlines:
        if counts[_comparison_key(line)] > 1:
            return _title(line, head, lines)
    for sentence in (False, True):
        if sentence and (first := _short_first_line(lines)):
            return _title(first, head, lines)
        for shortest in (_LIKELY_WORDS, _MIN_WORDS):
            for line in headlines:
                if line.word_count >= shortest and line.text.endswith(".") is sentence:
                    return _title(line, head, lines)
    return None


def _short_first_line(lines: Sequence[Line]) -> Line | None:
    """Return the first line if it may be the title of a short note, else None.

    It must have two words or more, begin with a capital, be no prose and no sentence, and be
    followed by an empty line and text. It is a better title than the first sentence of the text.
    """
    first = next((line for line in lines if not line.is_blank), None)
    if first is None or first.word_count < 2 or first.is_prose or first.ends_sentence:
        return None
    after = [line for line in lines if line.number > first.number and not line.is_blank]
    if not first.text[0].isupper() or not after or after[0].number == first.number + 1:
        return None
    return first


def reads_as_headline(line: Line) -> bool:
    """Return True if a line may be a headline.

    It has 4 to 90 words and at most 700 characters, begins with a capital, a digit or a quote, does
    not end with a comma, semicolon or colon, and is one sentence of at most 30 words or no prose at
    all. A lead, a label, a provision of a law, a text with a web address and the heading of a
    portlet are no headlines.
    """
    if len(line.text) > _MAX_CHARACTERS:
        return False
    text = _NULL.sub("", line.text)
    phrase = repeated_phrase(line)
    if phrase and phrase.count(" ") < _MAX_PORTLET_SPACES:
        return False
    if not _MIN_WORDS <= line.word_count <= _MAX_WORDS or not any(char.isalpha() for char in text):
        return False
    if "://" in text:
        return False
    if not (text[0].isupper() or text[0].isdigit() or text[0] in "\"“«‘'"):
        return False
    if (
        _PROVISION.match(text)
        or _LEAD.match(text)
        or _LABEL.match(text)
        or text.endswith((",", ";", ":"))
    ):
        return False
    return (
        line.word_count <= 30 and not _two_sentences(text)
        if line.ends_sentence
        else not line.is_prose
    )


def _two_sentences(text: str) -> bool:
    return bool(re.search(r"\w{2}[.!?…] \w", text))


def _head(lines: Sequence[Line]) -> list[Line]:
    """Return the lines above the text, in order, at most `_MAX_HEAD_LINES`.

    These are the lines before the first line of prose that has a headline above it; lines of prose
    among them are left out.
    """
    head: list[Line] = []
    found = False
    for line in lines:
        headline = reads_as_headline(line)
        if line.is_prose and not headline:
            if found:
                break
        else:
            found = found or headline
            head.append(line)
    return head[:_MAX_HEAD_LINES]


def _comparison_key(line: Line) -> str:
    phrase = repeated_phrase(line)
    return key(phrase) if phrase else _NULL.sub("", line.key)


def _title(line: Line, head: Sequence[Line], lines: Sequence[Line]) -> Title:
    repetitions = [other for other in head if _comparison_key(other) == _comparison_key(line)]
    best = next((other for other in repetitions if not _NULL.match(other.text)), line)
    text = repeated_phrase(best) or _NULL.sub("", best.raw)
    numbers = {other.number for other in repetitions}
    last = best
    while (more := _continuation(text, last, lines)) is not None:
        text, last = f"{text} {more.raw}", more
        numbers.add(more.number)
    return Title(text, best, frozenset(numbers))


def _continuation(text: str, last: Line, lines: Sequence[Line]) -> Line | None:
    """Return the line below `last` if it continues a headline that is broken over lines, else None.

    `text` is the headline so far. If it is in capitals, the line must be too; otherwise the line
    must begin with a small letter.
    """
    after = next((line for line in lines if line.number == last.number + 1), None)
    if after is None or after.is_blank or after.is_prose or last.word_count < _MIN_WORDS:
        return None
    if last.ends_sentence or len(text) + len(after.raw) > 500:
        return None
    if text.isupper():
        return after if after.text.isupper() else None
    return after if after.text[0].islower() and not after.ends_sentence else None
