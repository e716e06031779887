"""What the documents themselves teach about the language of this archive.

`findings(document)` is pure and cheap, so that it can run in any process of a rebuild; a `Learner`
adds them up; what it knows is kept with the index as JSON and read back as `Learned`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from indexer.analysis import fold
from indexer.models import Document

# "Mặt trận Tổ quốc (MTTQ)": the long form ends right before the parenthesis.
_SHORT = re.compile(r" \(([A-ZĐ]{2,8})\)")
_REACH = 1000  # characters, more than eight words have
_LETTERS = re.compile(r"[^\W\d_]+\Z")


class Findings(NamedTuple):
    """What one document teaches: (abbreviation, long form in lower case), as defined there."""

    abbreviations: tuple[tuple[str, str], ...]


def findings(document: Document) -> Findings:
    """What a document teaches."""
    found = []
    body = unicodedata.normalize("NFC", document.body)
    # The rare parenthesis is looked for first, and the words from there backwards.
    for match in _SHORT.finditer(body):
        short = match[1]
        before = body[max(0, match.start() - _REACH) : match.start()]
        words = before.rsplit(" ", len(short))[-len(short) :]
        first = _LETTERS.search(words[0])
        if first is None or not all(map(_LETTERS.fullmatch, words[1:])):
            continue
        long_form = [first[0], *words[1:]]
        # Ủy ban nhân dân is UBND: initials lose their marks, and some keep their Đ.
        if fold("".join(word[0] for word in long_form).lower()) == fold(short.lower()):
            found.append((short, " ".join(long_form).lower()))
    return Findings(tuple(dict.fromkeys(found)))


@dataclass(frozen=True, slots=True)
class Learned:
    """What an archive taught: abbreviation → long form → number of documents that define it so."""

    abbreviations: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """JSON-ready; `from_payload` undoes it."""
        return {"abbreviations": {k: dict(v) for k, v in self.abbreviations.items()}}

    @classmethod
    def from_payload(cls, payload: object) -> Learned:
        """What `payload` wrote down. Raises ValueError where it is of another shape."""
        known = payload.get("abbreviations", {}) if isinstance(payload, dict) else None
        if not isinstance(known, dict) or not all(
            isinstance(forms, dict) and all(type(count) is int for count in forms.values())
            for forms in known.values()
        ):
            raise ValueError("what was learned has a wrong type")
        return cls(known)


class Learner:
    """Adds up the findings of documents, in any order, to what was learned before."""

    def __init__(self, before: Learned | None = None) -> None:
        self._abbreviations: dict[str, Counter[str]] = defaultdict(Counter)
        for short, counted in (before or Learned()).abbreviations.items():
            self._abbreviations[short].update(counted)

    def add(self, found: Findings) -> None:
        """Take in what one document taught."""
        for short, long_form in found.abbreviations:
            self._abbreviations[short][long_form] += 1

    def remove(self, found: Findings) -> None:
        """Forget what one document taught that was taken in before."""
        for short, long_form in found.abbreviations:
            self._abbreviations[short][long_form] -= 1

    def learned(self) -> Learned:
        """All that was taught so far and not forgotten."""
        left = ((k, +v) for k, v in sorted(self._abbreviations.items()))
        return Learned({k: dict(v) for k, v in left if v})
