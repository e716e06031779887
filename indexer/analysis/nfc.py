"""Compose a text (NFC) and know where each composed character came from. Linear in the length.

`unicodedata.normalize` alone keeps no offsets, and sorts a long run of marks in quadratic time.
"""

from __future__ import annotations

import bisect
import functools
import re
import unicodedata
from dataclasses import dataclass

from indexer.models import Range

# Longer than any letter with its marks; up to here quadratic sorting costs nothing.
_SHORT = 32
# The only characters beside marks that NFC joins to what stands before them: the vowels and finals
# of Korean syllables, and (from Unicode 16 on) a vowel of Kirat Rai.
_VOWELS = frozenset(map(chr, (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3), 0x16D67)))


@dataclass(frozen=True, slots=True)
class Composed:
    """The NFC form of a text.

    A change is a place where the two differ: `at[k]` counts in `text`, `lengths[k]` characters
    there were made of `source_lengths[k]` characters from `source_at[k]` on in the source.
    """

    text: str
    at: tuple[int, ...] = ()
    lengths: tuple[int, ...] = ()
    source_at: tuple[int, ...] = ()
    source_lengths: tuple[int, ...] = ()

    def source_spans(self, spans: list[Range]) -> list[Range]:
        """The spans in the source of `spans` in `text`; none of them is empty."""
        if not self.at:
            return spans
        return [(self._source(start)[0], self._source(end - 1)[1]) for start, end in spans]

    def _source(self, at: int) -> Range:
        """Where the character at `at` came from."""
        change = bisect.bisect_right(self.at, at) - 1
        if change < 0:
            return at, at + 1
        nth, length = at - self.at[change], self.lengths[change]
        start, width = self.source_at[change], self.source_lengths[change]
        if nth >= length:
            after = start + width + nth - length
            return after, after + 1
        # What does not compose is left over at the end: a letter takes the marks that it can.
        first = start if nth == 0 else start + max(0, width - (length - nth))
        last = start + max(1, width - (length - nth - 1))
        return first, last


def compose(text: str) -> Composed:
    """NFC of `text`, equal to `unicodedata.normalize("NFC", text)`. Total: any string."""
    if unicodedata.is_normalized("NFC", text):
        return Composed(text)
    out: list[str] = []
    changes: list[tuple[int, int, int, int]] = []
    done = length = 0
    for match in _changing(text).finditer(text):
        start, end = match.span()
        cluster = match.group()
        composed = _composed(cluster) if end - start <= _SHORT else _long_composed(cluster)
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


def _changing(text: str) -> re.Pattern[str]:
    """Matches every stretch of `text` that NFC may change, whole: a base with what joins it."""
    chars = set(text)
    joins = {char for char in chars if _joins(char)}
    alone = {char for char in chars - joins if unicodedata.normalize("NFC", char) != char}
    # A character that is changed by itself may be the base of marks too.
    patterns = [f".[{_escaped(joins)}]+", f"[{_escaped(joins)}]+"] if joins else []
    patterns += [f"[{_escaped(alone)}]"] if alone else []
    return re.compile("|".join(patterns), re.DOTALL)


def _escaped(chars: set[str]) -> str:
    return "".join(map(re.escape, sorted(chars)))


@functools.lru_cache(maxsize=4096)
def _joins(char: str) -> bool:
    """Can NFC join `char` to what stands before it, or sort it among marks?"""
    return unicodedata.category(char)[0] == "M" or char in _VOWELS


@functools.lru_cache(maxsize=4096)
def _composed(cluster: str) -> str:
    return unicodedata.normalize("NFC", cluster)


def _long_composed(cluster: str) -> str:
    """NFC of a long cluster: the marks are sorted here, for `normalize` sorts in O(n²)."""
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
