"""The best passage of a body: text and ranges, no HTML.

The passage is cut from the text as the author wrote it. It holds the most of what was asked for,
the rare counting most; it begins with its sentence where that is near, and never inside a word.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from indexer.analysis.decompounding import in_dictionary
from indexer.analysis.memo import memoize_lru
from indexer.analysis.normalize import normalize
from indexer.analysis.syllables import term_of
from indexer.models import Range, Snippet
from indexer.results.matcher import Occurrence, merge

WIDTH = 280
"""Length of a passage in code points, about three lines on a wide screen."""

_LEAD = 80
_REPEAT = 0.05
_SENTENCE = re.compile(r"[.!?…]\s+|\n\s*")
_SPACE = re.compile(r"\s")
_BEFORE = re.compile(r"\w+(?= $)")
_AFTER = re.compile(r"\w+")
_LONGEST = 20
"""Characters of a syllable, and some to spare."""


def snippet(
    text: str, found: Sequence[Occurrence], weights: Sequence[float], width: int = WIDTH
) -> Snippet:
    """The best passage of `text` for the occurrences in it (by start), or its beginning.

    `weights` says how much each run counts.

    Laws: `result.text == text[result.start : result.start + len(result.text)]`; its length is at
    most `width` unless one occurrence alone is longer; ranges lie within it.
    """
    must_show = _best(found, weights, width - _LEAD)
    if must_show:
        lead = max(0, min(_LEAD, width - (must_show[1] - must_show[0])))
        start = _begin(text, must_show[0], lead)
        end = _finish(text, start + width, least=must_show[1])
    else:
        start, end = 0, _finish(text, width, least=width // 2)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    near = found[: bisect_left(found, (end,))]
    inside = [r for _, _, _, ranges in near for r in ranges if start <= r[0] and r[1] <= end]
    return Snippet(
        text[start:end],
        tuple((a - start, b - start) for a, b in merge(inside)),
        start,
        more_before=bool(text[:start].strip()),
        more_after=bool(text[end:].strip()),
    )


def _best(found: Sequence[Occurrence], weights: Sequence[float], width: int) -> Range | None:
    """The window of occurrences with the most weight; a repetition counts little."""
    best = -1.0
    chosen: tuple[int, int] | None = None
    counts = [0] * len(weights)
    score, right, count = 0.0, 0, len(found)
    for left, (start, _, leaving, _) in enumerate(found):
        while right < count:
            _, end, run, _ = found[right]
            if end > start + width and right > left:
                break
            score += weights[run] * (_REPEAT if counts[run] else 1.0)
            counts[run] += 1
            right += 1
        if score > best + 1e-9:
            best, chosen = score, (left, right)
        counts[leaving] -= 1
        score -= weights[leaving] * (_REPEAT if counts[leaving] else 1.0)
    if chosen is None:
        return None
    window = found[slice(*chosen)]
    return window[0][0], max(end for _, end, _, _ in window)


def _begin(text: str, at: int, lead: int) -> int:
    """Where a passage that shows `at` begins, at most `lead` before: its sentence, or a word."""
    earliest = max(0, at - lead)
    if earliest == 0:
        return 0
    sentences = [match.end() for match in _SENTENCE.finditer(text, earliest, at)]
    if sentences:
        return sentences[0]
    first = 0
    for space in _SPACE.finditer(text, earliest, at):
        if not _inside_word(text, space.end()):
            return space.end()
        first = first or space.end()
    return first or at


def _finish(text: str, end: int, least: int) -> int:
    """The end of a passage: the last space before `end`, but not before `least`."""
    end = max(end, least)
    if end >= len(text):
        return len(text)
    last = 0
    for at in range(end, least, -1):
        if text[at].isspace():
            if not _inside_word(text, at + 1):
                return at
            last = last or at
    # No space to cut at: an unbroken run of a script without spaces, or of no language at all.
    return last or end


def _inside_word(text: str, at: int) -> bool:
    """Whether the space before `at` stands between two syllables of one word ("Trung ương")."""
    before, after = _BEFORE.search(text, max(0, at - _LONGEST), at), _AFTER.match(text, at)
    return bool(before and after and _one_word(before.group(), after.group()))


def _are_one_word(*pieces: str) -> bool:
    return in_dictionary([term_of(normalize(piece).text) for piece in pieces])


_one_word = memoize_lru(_are_one_word, 1 << 15)
