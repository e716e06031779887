"""Convert the legacy encoding of a file's content, and refuse text that is unreadable."""

from __future__ import annotations

import unicodedata

from indexer.documents.content import Content
from indexer.documents.legacy.detect import repair, repair_lines, vietnamese_share
from indexer.documents.text.repair import break_at_zero_width
from indexer.documents.text.symbols import readable_symbols
from indexer.errors import DocumentError

_UNREADABLE = 0.3
"""A text is unreadable if Vietnamese syllables are less than a tenth of this share (0.03) of its
words with characters beyond ASCII: its fonts have no Unicode map."""


def repair_content(content: Content, name: str, warnings: list[str]) -> None:
    """Convert `content` in place from a legacy encoding if it is in one, and to NFC; put spaces for
    zero-width spaces between syllables, and characters for the signs of Symbol and Wingdings.

    A conversion is reported in `warnings`. Raises DocumentError, with `name` in its message, if the
    text is unreadable because its fonts have no Unicode map.
    """
    # A line is repaired by itself, so the cells of a row are joined only afterwards.
    stored = [_nfc(text) for part in content.parts for text in (part.cells or (part.text,))]
    text = "\n".join(stored)
    converted, encoding = repair_lines(stored)
    repaired = iter(converted)
    for part in content.parts:
        if encoding and part.cells:
            part.cells = tuple(next(repaired) for _ in part.cells)
        elif encoding:
            part.text = next(repaired)
        part.text = break_at_zero_width(readable_symbols(_nfc(part.text)))
        part.cells = tuple(readable_symbols(_nfc(cell)) for cell in part.cells)
        if part.cells:
            part.text = "\t".join(part.cells)
    for name_of_field, value in content.fields.items():
        if isinstance(value, str):
            content.fields[name_of_field] = repair(value, text if encoding else "").text
    for name_of_field, value in content.stated.items():
        if isinstance(value, str):
            content.stated[name_of_field] = repair(value, text if encoding else "").text
    if encoding:
        warnings.append(f"text converted from {encoding}")
    elif _is_rubbish(readable_symbols(text)):
        raise DocumentError(
            f"{name}: its fonts do not say which letters they show, so the text is unreadable.",
            "Read it with --ocr, or make the PDF again from its source.",
        )


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _is_rubbish(text: str) -> bool:
    """Return True if a text seems to be set in fonts without a Unicode map.

    It has more than 10% private, unassigned or control characters; or more than 5% letters beyond
    ASCII, and hardly any Vietnamese syllable among their words.
    """
    sample = text[:50_000]
    if not sample.strip():
        return False
    odd = sum(unicodedata.category(c) in ("Co", "Cn", "Cc") and c not in "\n\t\r\f" for c in sample)
    if odd > 0.1 * len(sample):
        return True
    marked = sum(not c.isascii() and c.isalpha() for c in sample)
    return marked > 0.05 * len(sample) and vietnamese_share(sample) < _UNREADABLE / 10
