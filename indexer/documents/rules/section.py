"""Page rule: the section of the site that a page is in.

It is named by the heading of a portlet, which is one phrase twice, or after a label:

    Chính trị - Xã hội Chính trị - Xã hội
    Chuyên mục: Xây dựng Đảng
"""

from __future__ import annotations

import re

from indexer.documents.rules.chrome import repeated_phrase
from indexer.documents.text.lines import Line

_LABEL = re.compile(r"^(?:chuyên mục|danh mục|chuyên trang)(?: tin)? ?: ?(?P<name>\S.*)$", re.I)
_MAX_WORDS = 8


def portlet_heading(line: Line) -> str | None:
    """Return the heading of a portlet, of at most _MAX_WORDS words, if the line consists of it
    twice (`repeated_phrase`); None for other lines."""
    if line.is_blank or line.word_count > 2 * _MAX_WORDS:
        return None
    return repeated_phrase(line)


def labelled_section(line: Line) -> str | None:
    """Return the section of the site that a line names after a label ("Chuyên mục: Thời sự" →
    "Thời sự"); None for a line without such a label, or of more than 2 * _MAX_WORDS words."""
    match = _LABEL.match(line.text) if line.word_count <= 2 * _MAX_WORDS else None
    return match["name"].strip(" .|") or None if match else None
