"""Tell a legacy encoding by the name of a font."""

from __future__ import annotations

import re

_FONTS = (
    (re.compile(r"^[\s'\"]*(?:\.vn|vn(?:time|arial|avant|book|cent)|abc)", re.IGNORECASE), "tcvn3"),
    (re.compile(r"^[\s'\"]*vni[- ]", re.IGNORECASE), "vni"),
)


def font_encoding(font: str) -> str | None:
    """Return the encoding of text set in a font (".VnTime", "VNI-Times"), or None for Unicode."""
    name = font.partition("+")[2] or font  # a subset in a PDF: "ABCDEF+.VnTime"
    for pattern, encoding in _FONTS:
        if pattern.match(name):
            return encoding
    return None
