"""Tell where the lines of an administrative document stand on its printed form.

Source: decree 30/2020/NĐ-CP, annex I (the picture is in `letterhead.py`). A text keeps only the
order of the lines; which column they stand in follows from what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from indexer.documents.rules.administrative.letterhead import (
    MOTTO_INSIDE,
    NUMBER,
    PLACE_DATE,
    RULE,
    find_letterhead,
    is_motto,
)
from indexer.documents.rules.administrative.office_names import POSITION
from indexer.documents.rules.administrative.signing import (
    AUTHORITY,
    COLUMN_GAP,
    is_name,
    may_be_name,
)
from indexer.documents.text.lines import Line, split_lines
from indexer.documents.text.text_keys import key

_EXAMINED = 3_000
"""Number of code points at the beginning and at the end of a body that are examined: some sixty
lines of a letterhead or of recipients."""
_MAY_HAVE_LETTERHEAD = re.compile(
    r"^[ \t(*]*(?:[^\W\d_]+ ){0,4}số\b|cộng h(?:òa|oà)|đảng cộng sản|độc lập|kèm theo",
    re.IGNORECASE | re.MULTILINE,
)
"""Finds something in every text with a letterhead, and costs a tenth of reading one."""
_FEWEST = 2
"""Least number of lines of a block; a single one is a paragraph like others."""
_BREAK = re.compile(r"\r\n|\r|\n")
_BROKEN_MOTTO = key("cộng hòa xã hội chủ nghĩa việt nam độc lập tự do hạnh phúc")
_RECIPIENTS = re.compile(r"nơi nhận\s*:?\s*(?:[-–+•].*)?", re.IGNORECASE)
"""Matches the line above the recipients, not "Nơi nhận hồ sơ: …"."""
_MOST_WORDS = 12
"""Greatest number of words in a line of a signature."""


class FormColumn(StrEnum):
    """Where a line stands on the form: in the left or right column, or across both."""

    LEFT = "left"
    RIGHT = "right"
    ACROSS = "across"


@dataclass(frozen=True, slots=True)
class FormLine:
    """A line of the form, or the part of it that stands in one column.

    `start` and `end` are its range in code points of the body.
    """

    start: int
    end: int
    column: FormColumn


@dataclass(frozen=True, slots=True)
class FormBlock:
    """Lines of the form that follow each other: a letterhead, or recipients and signature.

    Attributes
    ----------
    lines : in the order of the text, disjoint; only white space is between them.
    is_letterhead : False for recipients and signature.
    """

    lines: tuple[FormLine, ...]
    is_letterhead: bool

    @property
    def start(self) -> int:
        """Offset at which it begins."""
        return self.lines[0].start

    @property
    def end(self) -> int:
        """Offset after it."""
        return self.lines[-1].end


def form_blocks(body: str) -> tuple[FormBlock, ...]:
    """Return the letterhead and the signature of an administrative document, in order, disjoint.

    Either may be divided by lines that are none of the form; () for a text that has neither.
    """
    found: list[FormBlock] = []
    head = body[: _line_start(body, _EXAMINED)]
    if _MAY_HAVE_LETTERHEAD.search(head):
        found += _blocks(head, 0, _head_columns(split_lines(head)), is_letterhead=True)
    at = max(found[-1].end if found else 0, _line_start(body, len(body) - _EXAMINED))
    tail = body[at:]
    if any(map(str.isupper, tail.splitlines())) or "nơi nhận" in tail.lower():
        found += _blocks(tail, at, _end_columns(split_lines(tail)), is_letterhead=False)
    return tuple(found)


def _line_start(body: str, at: int) -> int:
    """Return the offset of the first line that begins at offset `at` or later; the length of the
    body if there is none, 0 for a negative `at`."""
    if at <= 0:
        return 0
    return body.find("\n", at - 1) + 1 or len(body)


def _blocks(
    text: str, base: int, columns: Mapping[int, FormColumn], *, is_letterhead: bool
) -> Iterator[FormBlock]:
    """Yield runs of lines of the form that are long enough (_FEWEST).

    `text` begins at offset `base` of the body, `columns` has the column of each line of the form by
    its number in `text`.
    """
    run: list[FormLine] = []
    rows = start = 0
    ends = [*((match.start(), match.end()) for match in _BREAK.finditer(text)), (len(text),) * 2]
    for number, (end, following) in enumerate(ends, start=1):
        line = text[start:end]
        if column := columns.get(number):
            run += _parts(line, base + start, column)
            rows += 1
        elif line.strip():
            if rows >= _FEWEST:
                yield FormBlock(tuple(run), is_letterhead)
            run, rows = [], 0
        start = following
    if rows >= _FEWEST:
        yield FormBlock(tuple(run), is_letterhead)


def _parts(line: str, at: int, column: FormColumn) -> Iterator[FormLine]:
    """Yield the parts of a line that begins at offset `at`: one for each column that it is in."""
    cuts = {0, len(line)}
    gaps = COLUMN_GAP.finditer(line.rstrip())
    cuts.update(gap.end() for gap in gaps if gap[0].isspace())  # a "|" is a part of the text
    if column is not FormColumn.ACROSS:
        cuts.update(offset for match in MOTTO_INSIDE.finditer(line) for offset in match.span())
        if number := NUMBER.match(line.lstrip()):
            end = len(line) - len(line.lstrip()) + number.end()
            if PLACE_DATE.fullmatch(line[end:].strip()):
                cuts.add(end)
    offsets = sorted(cuts)
    parts = [(a, b) for a, b in pairwise(offsets) if line[a:b].strip()]
    for index, (start, end) in enumerate(parts):
        text = line[start:end]
        begin = at + start + len(text) - len(text.lstrip())
        side = column
        if len(parts) > 1:
            side = FormColumn.RIGHT if index or _is_right(text.strip()) else FormColumn.LEFT
        yield FormLine(begin, begin + len(text.strip()), side)


def _head_columns(lines: Sequence[Line]) -> dict[int, FormColumn]:
    """Return the column of each line of the letterhead, by its number; {} without a letterhead."""
    found = find_letterhead(lines)
    if found is None:
        return {}
    columns: dict[int, FormColumn] = {}
    column = FormColumn.LEFT
    for line in lines:
        if line.number in found.title_lines:
            # The subject of a letter ("V/v …") stands below its number.
            is_letter = found.document_type == "Công văn"
            column = FormColumn.LEFT if is_letter else FormColumn.ACROSS
        elif line.number not in found.claimed:
            continue
        elif not RULE.match(line.text):  # a rule belongs to the line above it
            column = FormColumn.RIGHT if _is_right(line.text) else FormColumn.LEFT
        columns[line.number] = column
    return columns


def _is_right(text: str) -> bool:
    """Return True for the motto, or a part of it, and for place and date."""
    bare = key(text).strip(" .-–—_*")
    dated = PLACE_DATE.match(text)
    return bool(is_motto(text) or dated or (" " in bare and bare in _BROKEN_MOTTO))


def _end_columns(lines: Sequence[Line]) -> dict[int, FormColumn]:
    """Return the column of each line of the recipients and of a signature, by its number.

    Lines are a signature if an office or position in capitals begins it, also beside a recipient,
    and a name ends it.
    """
    columns: dict[int, FormColumn] = {}
    signing: list[int] = []  # lines of which the name is still to come
    listing = False
    for line in lines:
        text = line.text
        if line.is_blank:
            continue
        left, *right = COLUMN_GAP.split(line.raw)
        if _RECIPIENTS.fullmatch(left) or (listing and _is_recipient(left)):
            columns[line.number] = FormColumn.LEFT
            if right and (signing or _opens_signature(right[0])):
                signing = [line.number]
            elif not listing:
                signing = []
            listing = True
        elif _opens_signature(text) or (signing and _continues_signature(text)):
            signing.append(line.number)
        else:
            if signing and (is_name(text) or may_be_name(text)):
                for number in (*signing, line.number):
                    columns.setdefault(number, FormColumn.RIGHT)
            listing, signing = False, []
    return columns


def _is_recipient(text: str) -> bool:
    return text.startswith(("-", "–", "+", "•")) or (
        text.endswith((";", ".")) and not text.isupper() and len(text) < 160
    )


def _opens_signature(text: str) -> bool:
    begins = AUTHORITY.match(text) or POSITION.match(text)
    return bool(begins and text.isupper() and len(text.split()) <= _MOST_WORDS)


def _continues_signature(text: str) -> bool:
    """Return True for an office in capitals, and for "(Đã ký)"."""
    return (text.isupper() or text.startswith("(")) and len(text.split()) <= _MOST_WORDS
