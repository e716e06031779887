"""Cut a text into pyvi's pieces: syllables, numbers, signs, addresses, newlines.

pyvi does it with one regular expression, whose part for e-mail addresses is quadratic on long runs
without a space. This module yields the same pieces in linear time: no piece but a newline has white
space, so a text is cut at white space first; and the "@" shows where an address can begin.
"""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Iterable

from indexer.models import Range

CHUNKS = re.compile(r"\S+|\n")
"""Matches each chunk: a run of characters without white space, or a newline, which is a piece in
pyvi."""

# The order within both is pyvi's, because the first alternative that matches wins; "\n" is omitted.
_BEFORE_EMAIL = r"[A-ZĐ]+\.|Tp\.|Mr\.|Mrs\.|Ms\.|Dr\.|ThS\.|==>|->|\.\.\.|>>|\w+://\S+"
_AFTER_EMAIL = r"\d+(?:[.,_]\d+)+|[^\w\s]|\w+"
_PIECE = re.compile(f"{_BEFORE_EMAIL}|{_AFTER_EMAIL}")
_FIRST = re.compile(_BEFORE_EMAIL)
_LAST = re.compile(_AFTER_EMAIL)

# An e-mail address is some of these characters, "@", and a domain; "@" is in neither.
_USER = string.ascii_letters + string.digits + "_.+-"
_DOMAIN = re.compile(r"(?:[a-zA-Z0-9-]+\.)+[a-zA-Z0-9-]+")


def piece_spans(chunk: str) -> list[Range]:
    """Return the spans of the pieces of a chunk, in order, in code points of the chunk.

    `chunk` is a match of CHUNKS. The pieces cover all its characters, and none is empty. Takes time
    linear in the length of the chunk.
    """
    length = len(chunk)
    if chunk.isalpha() or chunk == "\n":
        return [(0, length)]
    if chunk[-1] in ",;:?!)”" and chunk[:-1].isalpha():
        return [(0, length - 1), (length - 1, length)]
    emails = _emails(chunk) if "@" in chunk else []
    if not emails:
        return [match.span() for match in _PIECE.finditer(chunk)]
    spans = []
    at = 0
    for start, before_at, end in emails:
        while at < before_at:
            match = _FIRST.match(chunk, at)
            if match is None and at >= start:
                spans.append((at, end))
                at = end
                break
            match = match or _LAST.match(chunk, at)
            assert match is not None  # noqa: S101 - every character is a piece at least
            spans.append(match.span())
            at = match.end()
    spans.extend(match.span() for match in _PIECE.finditer(chunk, at))
    return spans


def pieces_of(chunks: Iterable[str]) -> list[str]:
    """Return the pieces of all chunks in one list, in order; faster than calling `piece_spans` for
    each.

    `chunks` are matches of CHUNKS.
    """
    pieces: list[str] = []
    for is_special, some in itertools.groupby(chunks, _is_special):
        if is_special:
            pieces += [chunk[start:end] for chunk in some for start, end in piece_spans(chunk)]
        else:
            pieces += _PIECE.findall(" ".join(some))
    return pieces


def _is_special(chunk: str) -> bool:
    """True if `_PIECE` alone cannot cut the chunk, because it may have an e-mail address or is a
    newline."""
    return "@" in chunk or chunk == "\n"


def _emails(chunk: str) -> list[tuple[int, int, int]]:
    """Return where e-mail addresses may be: (first possible start, offset of the "@", end), in
    order.

    All three are code points of the chunk. Addresses with the same "@" end at the same place,
    wherever they start, so each "@" is examined once, back to the "@" before it and forward to the
    one after it.
    """

    found = []
    at = 0
    for user, rest in itertools.pairwise(chunk.split("@")):
        at += len(user)
        length = len(user) - len(user.rstrip(_USER))
        domain = _DOMAIN.match(rest)
        if length and domain is not None:
            found.append((at - length, at, at + 1 + domain.end()))
        at += 1
    return found
