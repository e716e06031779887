"""Choose the passage of a body that a hit shows, with its highlights: text and ranges, no HTML.

The passage is cut from the original text, and only highlights that lie within it are kept. It is
the one whose occurrences have the highest total weight. It begins with a sentence if one begins
shortly before its first occurrence, and as a rule not inside a word.
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

_MAX_LEAD = 80
"""Greatest number of code points of a passage before its first occurrence."""
_REPEAT_FACTOR = 0.05
"""Factor of the weight of an occurrence of a phrase that already occurs in the passage: not 0, so
that a passage with a repetition wins over one without."""
_SENTENCE = re.compile(r"[.!?…]\s+|\n\s*")
"""Matches what separates two sentences."""
_SPACE = re.compile(r"\s")
_BEFORE = re.compile(r"\w+(?= $)")
"""Matches the syllable before the space at the end of the part of the text that is searched."""
_AFTER = re.compile(r"\w+")
_MAX_SYLLABLE = 20
"""Number of code points before a space in which the syllable is looked for; nghiêng, the longest,
has 7 letters."""


def snippet(
    text: str, found: Sequence[Occurrence], weights: Sequence[float], width: int = WIDTH
) -> Snippet:
    """Return the passage of `text` whose occurrences weigh most; the beginning of `text` if there
    are none.

    Laws: `result.text == text[result.start : result.start + len(result.text)]`; its length is at
    most `width` unless one occurrence alone is longer; the ranges lie within it.

    Parameters
    ----------
    found : the occurrences of phrases in `text`, ascending.
    weights : the weight of each phrase, by its number in an occurrence.
    width : greatest length of the passage in code points.
    """
    window = _best_window(found, weights, width - _MAX_LEAD)
    if window:
        lead = max(0, min(_MAX_LEAD, width - (window[1] - window[0])))
        start = _passage_start(text, window[0], lead)
        end = _passage_end(text, start + width, least=window[1])
    else:
        start, end = 0, _passage_end(text, width, least=width // 2)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    before_end = found[: bisect_left(found, (end,))]
    inside = [r for _, _, _, ranges in before_end for r in ranges if start <= r[0] and r[1] <= end]
    return Snippet(
        text[start:end],
        tuple((a - start, b - start) for a, b in merge(inside)),
        start,
        more_before=bool(text[:start].strip()),
        more_after=bool(text[end:].strip()),
    )


def _best_window(found: Sequence[Occurrence], weights: Sequence[float], width: int) -> Range | None:
    """Return the range `[start, end)` of the text, at most `width` code points long, whose
    occurrences weigh most; the first of several.

    None if there is no occurrence. The range is longer than `width` only if a single occurrence is.
    Of a phrase that occurs several times, each repetition counts _REPEAT_FACTOR of its weight.
    `found` and `weights` are as in `snippet`. Takes linear time.
    """
    best = -1.0
    chosen: tuple[int, int] | None = None
    counts = [0] * len(weights)
    score, right, count = 0.0, 0, len(found)
    for left, (start, _, leaving, _) in enumerate(found):
        while right < count:
            _, end, number, _ = found[right]
            if end > start + width and right > left:
                break
            score += weights[number] * (_REPEAT_FACTOR if counts[number] else 1.0)
            counts[number] += 1
            right += 1
        if score > best + 1e-9:
            best, chosen = score, (left, right)
        counts[leaving] -= 1
        score -= weights[leaving] * (_REPEAT_FACTOR if counts[leaving] else 1.0)
    if chosen is None:
        return None
    window = found[slice(*chosen)]
    return window[0][0], max(end for _, end, _, _ in window)


def _passage_start(text: str, at: int, lead: int) -> int:
    """Return the offset at which a passage with offset `at` in it begins, at most `lead` before.

    That is 0 if it is within `lead`; else where the first sentence, else where the first word after
    `at - lead` begins; `at` if nothing begins there. All are in code points of `text`.
    """
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


def _passage_end(text: str, end: int, least: int) -> int:
    """Return the offset at which a passage ends: the last space up to `end` that separates words.

    A space between the syllables of one word is used only if there is no other, and `end` itself if
    there is no space from `least` on. The result is never below `least` unless the text is shorter.
    All are in code points of `text`.
    """
    end = max(end, least)
    if end >= len(text):
        return len(text)
    last = 0
    for at in range(end, least - 1, -1):
        if text[at].isspace():
            if not _inside_word(text, at + 1):
                return at
            last = last or at
    # No space to cut at: a script without spaces, or text in no language.
    return last or end


def _inside_word(text: str, at: int) -> bool:
    """True if the space before offset `at` separates syllables of one word ("Trung ương")."""
    before, after = _BEFORE.search(text, max(0, at - _MAX_SYLLABLE), at), _AFTER.match(text, at)
    return bool(before and after and _one_word(before.group(), after.group()))


def _are_one_word(*pieces: str) -> bool:
    """True if the pieces, syllables as they are written, are together a word of pyvi's
    dictionary."""
    return in_dictionary([term_of(normalize(piece).text) for piece in pieces])


_one_word = memoize_lru(_are_one_word, 1 << 15)
