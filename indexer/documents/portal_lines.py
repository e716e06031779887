"""Mark the lines of a draft that belong to the portal and are known by their text.

A line that is so elsewhere may belong to a text: the title of a chapter ("Bình luận"), a label
above files, an item of a list.
"""

from __future__ import annotations

import re

from indexer.documents.draft import Draft, Role
from indexer.documents.rules.chrome import Chrome, chrome_kind, is_zoom
from indexer.documents.text.lines import Line
from indexer.documents.text.text_keys import clean, key
from indexer.models import BlockKind


def mark_chrome(draft: Draft) -> None:
    """Mark the lines of the portal that are known by their text, wherever they are on the page."""
    draft.chrome_kinds = {
        line.number: kind
        for line in draft.lines
        if (kind := chrome_kind(line)) is not None
        and not _opens_chapter(draft, line)
        and not _is_row(draft, line)
        and not (
            is_below_chapter(draft, line)
            and chrome_kind(draft.lines[line.number - 2]) is not Chrome.LINE
        )
        and not _is_label(draft, line)
        and not (_DIVIDER.fullmatch(line.text) and _is_between(draft, line))
        and not (draft.parts and _FILE.search(line.text))
    }
    _keep_lists(draft)
    own = draft.own_chrome
    for line in draft.lines:
        if own and line.key in own:
            draft.claim(line, Role.CHROME)
    for line in draft.lines:
        if draft.chrome_kinds.get(line.number, Chrome.HEADING) is not Chrome.HEADING:
            draft.claim(line, Role.CHROME)
    written = [line for line in draft.lines if not line.is_blank]
    for before, line, after in zip(written, written[1:], written[2:], strict=False):
        if line.text in ("A", "a", "Aa") and is_zoom(before) and is_zoom(after):
            draft.claim(line, Role.CHROME)  # between A- and A+


def _is_between(draft: Draft, line: Line) -> bool:
    """Return True if a line of a structured file stands between two paragraphs."""
    return all(
        (part := draft.parts.get(number)) is not None
        and part.kind is BlockKind.PARAGRAPH
        and chrome_kind(draft.lines[number - 1]) is None
        for number in (line.number - 1, line.number + 1)
    )


_DIVIDER = re.compile(r"\*(?: ?\*){2,9}")
"""Matches the sign between two parts of a story: "* * *"."""


def _is_label(draft: Draft, line: Line) -> bool:
    """Return True if the line is a label of contact data or files with a colon ("Liên hệ:"), and
    the part below is no chrome; also without a colon above an address or the name of a file, and
    "Từ khóa: …" above a sentence."""
    below = draft.parts.get(line.number + 1)
    if below is None or chrome_kind(draft.lines[line.number]) is not None:
        return False
    label = line.key.rstrip(" :")
    if label in _FILE_LABELS and _FILE.search(below.text):
        return True
    if label in _LABELS and _CONTACT.match(below.text):
        return True
    if _KEYWORDS.match(line.text):
        return Line(0, clean(below.text), clean(below.text)).ends_sentence
    return line.text.endswith(":") and (label in _LABELS or label in _FILE_LABELS)


_FILE = re.compile(
    r"\w\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|epub|zip|rar|7z|mp[34])\b", re.IGNORECASE
)
"""Matches the name of a file to download, which is part of the text."""
_CONTACT = re.compile(r"(?:địa chỉ|điện thoại|đt|tel|e-?mail|số \d)\b", re.IGNORECASE)
"""Matches the beginning of an address below its label ("Liên hệ")."""
_KEYWORDS = re.compile(r"từ khóa ?: ?\w", re.IGNORECASE)
"""Matches the keywords of a paper, between its summaries."""
_FILE_LABELS = frozenset(map(key, ("tệp đính kèm", "file đính kèm")))
_LABELS = frozenset(map(key, ("liên hệ", "email", "facebook", "zalo", "website")))


def _keep_lists(draft: Draft) -> None:
    """Take the items of lists out of `draft.chrome_kinds`, except those of a list of tools.

    Of such a list, at least half of the items are chrome, and the line above does not announce it
    with a colon.
    """
    items: list[int] = []
    for number in (*draft.parts, max(draft.parts, default=0) + 1):
        part = draft.parts.get(number)
        if part is not None and part.kind is BlockKind.LIST_ITEM:
            items.append(number)
            continue
        chrome = [item for item in items if item in draft.chrome_kinds]
        above = draft.parts.get(items[0] - 1) if items else None
        announced = (
            above is not None
            and above.text.rstrip().endswith(":")
            and chrome_kind(draft.lines[items[0] - 2]) is None
        )
        if 2 * len(chrome) < len(items) or announced:
            draft.chrome_kinds = {n: k for n, k in draft.chrome_kinds.items() if n not in chrome}
        items = []


def _is_row(draft: Draft, line: Line) -> bool:
    """Return True if the line is a row of a table with two cells or more that are not empty."""
    part = draft.parts.get(line.number)
    return part is not None and sum(map(bool, part.cells)) > 1


def _opens_chapter(draft: Draft, line: Line) -> bool:
    """Return True if the line is a marked-up heading directly above the text of a chapter, or a
    paragraph such as "Bình luận" directly above prose.

    Either may stand above a table with headings of columns, and "Danh mục" above a list: menus of
    portals are links. Else the text of a chapter is prose; or, below a heading that closes no text
    ("Xem thêm"), an item of a list, a row of a table or a sentence. One sentence is also enough
    below another chapter with a heading of the same level; else it must be prose, because "Bình
    luận" also stands above "Đăng nhập để bình luận."
    """
    here, below = draft.parts.get(line.number), draft.parts.get(line.number + 1)
    if here is None or below is None:
        return False
    text = Line(0, clean(below.text), clean(below.text))
    if below.header and sum(map(bool, below.cells)) > 1:
        return here.kind in (BlockKind.HEADING, BlockKind.PARAGRAPH)
    if here.kind is BlockKind.PARAGRAPH and below.kind is BlockKind.PARAGRAPH:
        return chrome_kind(line) is Chrome.CLOSES and ":" not in line.text and text.is_prose
    if here.kind is not BlockKind.HEADING:
        return False
    if chrome_kind(line) is chrome_kind(text) is Chrome.LINE:
        return False
    closes = chrome_kind(line) is Chrome.CLOSES
    if below.kind in (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW):
        return (not closes or line.key == _CATALOGUE) and chrome_kind(text) is None
    if below.kind is not BlockKind.PARAGRAPH:
        return False
    if not closes and text.ends_sentence and text.word_count >= LEAST_SENTENCE:
        return True
    if chrome_kind(line) is Chrome.STARTS and chrome_kind(text) is None:
        return True  # "Từ khóa" in the record of a document
    return text.is_prose or (
        text.ends_sentence
        and text.word_count >= LEAST_SENTENCE
        and any(
            part.kind is BlockKind.HEADING and part.level == here.level
            for number, part in draft.parts.items()
            if number < line.number and chrome_kind(draft.lines[number - 1]) is None
        )
    )


_CATALOGUE = key("Danh mục")
LEAST_SENTENCE = 5
"""Least number of words of a sentence below the heading of a chapter."""


def is_below_chapter(draft: Draft, line: Line) -> bool:
    """Return True if a marked-up heading other than the first one and the title stands directly
    above the line."""
    headings = [n for n, part in draft.parts.items() if part.kind is BlockKind.HEADING]
    above = line.number - 1
    return (
        above in headings
        and above != min(headings)
        and key(clean(draft.parts[above].text)) != key(clean(draft.fields.get("title", "")))
    )
