"""Word segmentation: exactly what pyvi 0.1.1 says, with offsets.

    segment("Ban Dân vận Huyện uỷ")  →  [(0, 3), (4, 11), (12, 20)]
"""

from __future__ import annotations

from pyvi import ViTokenizer


def segment(text: str) -> list[tuple[int, int]]:
    """The spans `[start, end)` of pyvi's tokens in `text`, in order.

    `text` is NFC and already normalised (`indexer.analysis.normalize`). A token is a single piece
    (syllable, number, sign) or several that pyvi joins.
    """
    spans = []
    at = 0
    for token in ViTokenizer.tokenize(text).split():
        start = -1
        for piece in token.split("_"):
            if piece:
                found = text.index(piece, at)
                start = found if start < 0 else start
                at = found + len(piece)
        if start >= 0:
            spans.append((start, at))
    return spans
