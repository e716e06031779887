"""Repair defects of text that are invisible on a page but keep a search from finding its words."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from indexer.analysis.orthography import is_syllable, place_tones

_AROUND = re.compile(r"([^\W\d_]+)\u200b+(?=([^\W\d_]+))")


def break_at_zero_width(text: str) -> str:
    """Replace zero-width spaces between two syllables by spaces: "cà\u200bphê" → "cà phê".

    They are kept where what stands around them is one syllable together ("ngư\u200bời"), or is no
    syllable on either side, because the analysis ignores them there.
    """
    if "\u200b" not in text:
        return text

    def broken(match: re.Match[str]) -> str:
        left, right = match[1].lower(), match[2].lower()
        separate = _is_syllable(left) and _is_syllable(right) and not _is_syllable(left + right)
        return f"{match[1]} " if separate else match[0]

    return _AROUND.sub(broken, text)


def _is_syllable(term: str) -> bool:
    return is_syllable(place_tones(term))


def composed(value: Any) -> Any:
    """Return a JSON value with all its keys and texts in NFC, so that column names can be compared.

    Raises RecursionError if it is nested too deeply.
    """
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [composed(item) for item in value]
    if isinstance(value, dict):
        return {composed(k): composed(v) for k, v in value.items()}
    return value
