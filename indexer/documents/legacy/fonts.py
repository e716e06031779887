"""Tell the legacy encoding of a text from the name of its font."""

from __future__ import annotations

import re

_FONTS = (
    (re.compile(r"^[\s'\"]*(?:\.vn|vn(?:time|arial|avant|book|cent)|abc)", re.IGNORECASE), "tcvn3"),
    (re.compile(r"^[\s'\"]*vni[- ]", re.IGNORECASE), "vni"),
)


def font_encoding(font: str) -> str | None:
    """Return the legacy encoding of text in a font of this name: "tcvn3" for ".VnTime", "vni" for
    "VNI-Times"; None for a font of Unicode."""
    name = font.partition("+")[2] or font  # a subset in a PDF: "ABCDEF+.VnTime"
    for pattern, encoding in _FONTS:
        if pattern.match(name):
            return encoding
    return None
