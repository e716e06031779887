"""Page rule: tell a passage, whose loss is reported, from the short lines of a portal."""

from __future__ import annotations

from indexer.documents.text.lines import Line

LEAST_WORDS = 8
"""Least number of words of a passage that ends no sentence; titles of boxes have fewer."""
_LEAST_SENTENCE = 5
"""Least number of words of a passage that is a sentence."""


def is_passage(line: Line) -> bool:
    """Return True if a line has LEAST_WORDS words, or is a sentence of _LEAST_SENTENCE words."""
    return line.word_count >= LEAST_WORDS or (
        line.ends_sentence and line.word_count >= _LEAST_SENTENCE
    )
