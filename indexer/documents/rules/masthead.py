"""The name of the site that a page comes from, as its masthead gives it."""

from __future__ import annotations

import re

from indexer.documents.lines import Line

_LONGEST = 22
_GREETING = re.compile(
    r"^chào mừng (?:(?:bạn|quý vị|các bạn)(?: đã)? )?(?:đến|ghé thăm|truy cập)(?: với| vào)?\s+",
    re.I,
)
_SITE = re.compile(
    r"^(?:cổng|trang) (?:thông tin(?: điện tử)?|ttđt|tin điện tử)\b"
    r"|^cổng thông tin\b|^báo điện tử\b|^tạp chí\b",
    re.I,
)


def masthead(line: Line) -> str | None:
    """The site's name that `line` is, None where it is no masthead."""
    if line.blank or line.words > _LONGEST or line.ends_sentence:
        return None
    text = _GREETING.sub("", line.text)
    return text if _SITE.match(text) else None
