"""Compose a text (NFC) and keep the offset that each composed character came from.

`unicodedata.normalize` alone keeps no offsets, and it sorts a long run of marks in quadratic time;
`compose` is linear in the length of the text but for sorting such a run (n log n for n marks).
"""

from __future__ import annotations

import bisect
import functools
import re
import unicodedata
from dataclasses import dataclass

from indexer.models import Range

# Longer than any letter with its marks; up to this length quadratic sorting costs nothing.
_SHORT_CLUSTER = 32
# The only characters besides marks that NFC composes with the character before them: the vowels and
# finals of Korean syllables, and (from Unicode 16 on) a vowel of Kirat Rai.
_COMPOSING_NON_MARKS = frozenset(
    map(chr, (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3), 0x16D67))
)


@dataclass(frozen=True, slots=True)
class Composed:
    """The NFC form of a text, with the places where it differs from the source.

    Change k replaced the `source_lengths[k]` characters from `source_at[k]` on in the source by the
    `lengths[k]` characters from `at[k]` on in `text`, in code points. The four tuples have one item
    per change, in text order; they are empty if the source is in NFC.
    """

    text: str
    at: tuple[int, ...] = ()
    lengths: tuple[int, ...] = ()
    source_at: tuple[int, ...] = ()
    source_lengths: tuple[int, ...] = ()

    def source_spans(self, spans: list[Range]) -> list[Range]:
        """Return, for each span `[start, end)` of `text`, the span of the source that it came from.

        Both are in code points; no span may be empty.
        """
        if not self.at:
            return spans
        return [(self._source(start)[0], self._source(end - 1)[1]) for start, end in spans]

    def _source(self, at: int) -> Range:
        """Return the span in the source of the character at offset `at` of `text`."""
        change = bisect.bisect_right(self.at, at) - 1
        if change < 0:
            return at, at + 1
        nth, length = at - self.at[change], self.lengths[change]
        start, width = self.source_at[change], self.source_lengths[change]
        if nth >= length:
            after = start + width + nth - length
            return after, after + 1
        # Marks that do not compose remain at the end: a letter takes all the marks that it can.
        first = start if nth == 0 else start + max(0, width - (length - nth))
        last = start + max(1, width - (length - nth - 1))
        return first, last


def compose(text: str) -> Composed:
    """Return the NFC of `text`, as `unicodedata.normalize("NFC", text)` does, with offsets.

    Accepts any string. Takes linear time, but n log n for a run of n marks.
    """
    if unicodedata.is_normalized("NFC", text):
        return Composed(text)
    out: list[str] = []
    changes: list[tuple[int, int, int, int]] = []
    done = length = 0
    for match in _changing_pattern(text).finditer(text):
        start, end = match.span()
        cluster = match.group()
        composed = (
            _compose_short(cluster) if end - start <= _SHORT_CLUSTER else _compose_long(cluster)
        )
        if composed == cluster:
            continue
        out.append(text[done:start])
        length += start - done
        changes.append((length, len(composed), start, end - start))
        out.append(composed)
        length += len(composed)
        done = end
    out.append(text[done:])
    return Composed("".join(out), *zip(*changes, strict=True))


def _changing_pattern(text: str) -> re.Pattern[str]:
    """Return a pattern that matches every part of `text` that NFC may change.

    Such a part is a character with the marks after it, marks at the beginning of the text, or a
    character that NFC replaces by itself. The pattern is made from the characters of `text`, of
    which there is at least one that NFC may change.
    """
    chars = set(text)
    composing = {char for char in chars if _composes_backwards(char)}
    alone = {char for char in chars - composing if unicodedata.normalize("NFC", char) != char}
    # A character that NFC changes by itself may be the base of marks as well.
    patterns = [f".[{_escaped(composing)}]+", f"[{_escaped(composing)}]+"] if composing else []
    patterns += [f"[{_escaped(alone)}]"] if alone else []
    return re.compile("|".join(patterns), re.DOTALL)


def _escaped(chars: set[str]) -> str:
    """Return the characters, escaped, as the content of a character class of a pattern."""
    return "".join(map(re.escape, sorted(chars)))


@functools.lru_cache(maxsize=4096)
def _composes_backwards(char: str) -> bool:
    """True if NFC may compose `char` with the character before it, or reorder it among marks."""
    return unicodedata.category(char)[0] == "M" or char in _COMPOSING_NON_MARKS


@functools.lru_cache(maxsize=4096)
def _compose_short(cluster: str) -> str:
    return unicodedata.normalize("NFC", cluster)


def _compose_long(cluster: str) -> str:
    """Return the NFC of a character and its marks, in n log n time for n marks.

    It sorts the marks itself, because `unicodedata.normalize` takes quadratic time for that.
    """
    decomposed = "".join(unicodedata.normalize("NFD", char) for char in cluster)
    out: list[str] = []
    marks: list[str] = []
    for char in decomposed:
        if unicodedata.combining(char):
            marks.append(char)
            continue
        marks.sort(key=unicodedata.combining)
        out += marks
        marks = []
        out.append(char)
    marks.sort(key=unicodedata.combining)
    return unicodedata.normalize("NFC", "".join(out + marks))
