"""The section of a site that a page stands in.

Chính trị - Xã hội Chính trị - Xã hội      a portlet's heading: one phrase twice
Chuyên mục: Xây dựng Đảng
"""

from __future__ import annotations

import re

from indexer.documents.lines import Line
from indexer.documents.rules.chrome import doubled

_LABEL = re.compile(r"^(?:chuyên mục|danh mục|chuyên trang)(?: tin)? ?: ?(?P<name>\S.*)$", re.I)
_LONGEST = 8


def portlet(line: Line) -> str | None:
    """The heading that a portlet writes twice."""
    if line.blank or line.words > 2 * _LONGEST:
        return None
    return doubled(line)


def labelled(line: Line) -> str | None:
    """The section that a line names as such."""
    match = _LABEL.match(line.text) if line.words <= 2 * _LONGEST else None
    return match["name"].strip(" .|") or None if match else None
