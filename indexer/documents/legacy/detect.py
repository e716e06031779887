"""Tell whether a text is Vietnamese, and repair one that was read in the wrong encoding.

The evidence is the share of known Vietnamese syllables among the words with characters beyond
ASCII. In real Vietnamese nearly all of them are (names and loan words are the rest); in a text read
in the wrong encoding hardly any is, and in the right one nearly all are again. Texts in other
languages reach that share in no encoding, so they stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from indexer.analysis.orthography import is_syllable, place_tones, unify_i_y
from indexer.analysis.words.word_model import word_model
from indexer.documents.legacy.convert import ENCODINGS, convert

_CHUNK = re.compile(r"[^ \t\n\r\f\v]+")
_EDGE = "".join(map(chr, range(33, 48))) + ":;<=>?@[\\]^_`{|}~“”‘’„‚…–—•·→°′″\ufeff"
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_ONLY_UNICODE = re.compile(
    "[\u0300-\u036f\u0102\u0103\u0110\u0111\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]"
)
_QUICK_LOOK = 1_000
"""Number of characters at the beginning of a text among which `_is_plainly_unicode` counts the
letters that windows-1252 lacks, such as ạ and ơ: half of the accented letters of Vietnamese. A text
that was read as windows-1252 has none of them."""

_SAMPLE = 50_000
"""Number of characters at the beginning of a text that are examined."""

_WRONG, _RIGHT = 0.6, 0.8
"""Shares of Vietnamese syllables: a text is examined only if it has less than `_WRONG`, and is
converted only if it then has at least `_RIGHT`."""
_LEAST = 2
"""Least number of words with characters beyond ASCII that are evidence enough."""
_LEAST_IN_LINE = 4
"""Least number of such words for a single line of a text in Unicode."""
_GAIN = 0.3
"""Least rise of the share of Vietnamese syllables by a conversion."""
_STRANGE = (
    re.compile(
        "[\u00a1-\u00a6\u00a8\u00aa\u00ac\u00ad\u00af\u00b4-\u00b6\u00b8\u00b9\u00bf\u00c4-\u00c7\u00cb"
        "\u00ce-\u00d1\u00d6\u00d8\u00db\u00dc\u00de\u00df\u00e4-\u00e7\u00eb\u00ee-\u00f1\u00f6\u00f8\u00fb"
        "\u00fc\u00fe\u00ff]"
    ),
    re.compile("[âêôýõãÂÊÔÝÕÃ][ìòÌÒÞ]"),
)
"""Match what Vietnamese does not use, as letters or as signs: characters of Latin-1, and the tone
marks of windows-1258 after a vowel with a mark."""


class Repaired(NamedTuple):
    """A text in Unicode, and the encoding that it was converted from; None if it was not
    converted."""

    text: str
    encoding: str | None


def repair(text: str, also: str = "") -> Repaired:
    """Convert a text, or only some of its lines, from a legacy encoding if that makes them
    Vietnamese; else return it unchanged.

    Parameters
    ----------
    also : further text of the same document, which helps to recognise the encoding if `text` is
        short.
    """
    lines, encoding = repair_lines(text.split("\n"), also)
    return Repaired("\n".join(lines), encoding) if encoding else Repaired(text, None)


def repair_lines(lines: Sequence[str], also: str = "") -> tuple[list[str], str | None]:
    """Return the lines of a text, converted where that makes them Vietnamese, and the encoding of
    those that were converted; None if none was.

    Documents of the years around 2003 are partly in Unicode and partly in a legacy encoding,
    paragraph by paragraph. `also` is as in `repair`.
    """
    text = "\n".join(lines)
    encoding = wrong_encoding(f"{text}\n{also}" if also else text)
    if encoding:
        converted = [_converted(line, encoding, 0.0) for line in lines]
        if encoding == "utf-8" and wrong_encoding("\n".join(converted)) == "utf-8":
            converted = [convert(line, encoding) for line in converted]  # read wrongly twice
        return converted, encoding
    sample = text[:_SAMPLE]
    if max(len(strange.findall(sample)) for strange in _STRANGE) < _LEAST:
        return list(lines), None
    found = Counter(
        encoding
        for line in lines
        if len(_marked_chunks(line)) >= _LEAST_IN_LINE and (encoding := wrong_encoding(line))
    )
    if not found:
        return list(lines), None
    encoding = found.most_common(1)[0][0]
    return [_converted(line, encoding, _GAIN) for line in lines], encoding


def _converted(line: str, encoding: str, gain: float) -> str:
    """Return a line converted from an encoding of its text; the line itself if the share of
    Vietnamese syllables does not rise by `gain` or more."""
    chunks = _marked_chunks(line)
    if not chunks:
        return line
    converted = convert(line, encoding)
    risen = syllable_share(_marked_chunks(converted)) - syllable_share(chunks)
    return line if risen < gain else converted


def wrong_encoding(text: str) -> str | None:
    """Return the encoding, one of `convert.ENCODINGS`, of a text that was decoded as windows-1252.

    None if the text was decoded correctly, is not Vietnamese, or is too short to tell.
    """
    if _is_plainly_unicode(text[:_QUICK_LOOK]):
        return None
    sample = text[:_SAMPLE]
    chunks = _marked_chunks(sample)
    if len(chunks) < _LEAST:
        return None
    now = syllable_share(chunks)
    if now >= _WRONG:
        return None
    best, best_share = None, now
    for encoding in ENCODINGS:
        share = syllable_share(_marked_chunks(convert(sample, encoding)))
        if share > best_share:
            best, best_share = encoding, share
    return best if best_share >= _RIGHT and best_share - now >= _GAIN else None


def _is_plainly_unicode(text: str) -> bool:
    """Return True if windows-1252 lacks a third or more of the characters beyond ASCII.

    This quick test decides nearly every text without splitting it into words.
    """
    found = len(_ONLY_UNICODE.findall(text))
    return found > 0 and 3 * found >= len(_NOT_ASCII.findall(text))


def syllable_share(chunks: list[str]) -> float:
    """Return the share (0 to 1) of Vietnamese syllables among the words with characters beyond
    ASCII.

    It tells whether a text was decoded rightly. `chunks` are the stretches of the text between
    spaces; signs at their edges and between words are ignored. 0.0 if there are no such words.
    """
    words = [word for chunk in chunks for word in _words(chunk)]
    return sum(map(_is_vietnamese, words)) / len(words) if words else 0.0


def vietnamese_share(text: str) -> float:
    """Return the share (0 to 1) of Vietnamese syllables among the words of a text that have
    characters beyond ASCII.

    1.0 for a text without such words, because nothing suggests that it is damaged. Only the first
    50,000 characters are examined.
    """
    chunks = _marked_chunks(text[:_SAMPLE])
    return syllable_share(chunks) if chunks else 1.0


def _marked_chunks(text: str) -> list[str]:
    """Return the pieces between spaces that have a character beyond ASCII."""
    return [chunk for chunk in _CHUNK.findall(text) if not chunk.isascii()]


def _words(chunk: str) -> list[str]:
    stripped = chunk.strip(_EDGE)
    if stripped.startswith(("«", "\u00ab")) and stripped.endswith("»"):
        stripped = stripped[1:-1]
    parts = re.split(r"[-/–,.;:()&]+", stripped)
    return [part for part in parts if part and not part.isascii()]


def _is_vietnamese(word: str) -> bool:
    if not (word[1:].islower() or word.isupper() or len(word) == 1):
        return False  # "bÈm": a capital within small letters is a byte of TCVN3, no Vietnamese
    return word.isalpha() and unify_i_y(place_tones(word).lower()) in _known_syllables()


@cache
def _known_syllables() -> frozenset[str]:
    """Return the syllables of pyvi's dictionary, some 5,700: nearly all that Vietnamese texts
    use. They are read once."""
    words = word_model().pairs
    pieces = set(words) | {second for row in words.values() for second in row}
    return frozenset(unify_i_y(piece) for piece in pieces if is_syllable(piece))
