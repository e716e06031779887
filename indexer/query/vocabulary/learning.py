"""Learn abbreviations from the documents that define them: "Mặt trận Tổ quốc (MTTQ)".

`findings` extracts the definitions of one document; it is pure and cheap, so it runs in any process
of a rebuild. A `Learner` adds the findings up. The sum is stored with the index as JSON and read
back as `Learned`.
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
_ABBREVIATION = re.compile(r" \(([A-ZĐ]{2,8})\)")
_MAX_LONG_FORM = 1000  # characters before the parenthesis; eight words have fewer
_LETTERS = re.compile(r"[^\W\d_]+\Z")


class Findings(NamedTuple):
    """What one document teaches.

    `abbreviations` are the pairs (abbreviation in capitals, long form in lower case) that it
    defines, each once.
    """

    abbreviations: tuple[tuple[str, str], ...]


def findings(document: Document) -> Findings:
    """Return the abbreviations that the body of a document defines, in the order of the text.

    A definition is "long form (ABBREVIATION)" with two to eight capitals, which are the initials of
    the words before it, marks ignored (Schwartz and Hearst 2003 describe the pattern in "A simple
    algorithm for identifying abbreviation definitions"). Empty if there is none.
    """
    found = []
    body = unicodedata.normalize("NFC", document.body)
    # Parentheses with capitals are rare, so they are searched first, and then the words before.
    for match in _ABBREVIATION.finditer(body):
        short = match[1]
        before = body[max(0, match.start() - _MAX_LONG_FORM) : match.start()]
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
    """What the documents of an archive teach together.

    `abbreviations` is abbreviation ("MTTQ") → long form in lower case → number of documents that
    define it so, 1 or more.
    """

    abbreviations: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """Return a JSON-ready dict from which `from_payload` makes an equal object."""
        return {"abbreviations": {k: dict(v) for k, v in self.abbreviations.items()}}

    @classmethod
    def from_payload(cls, payload: object) -> Learned:
        """Return the object from which `payload` made this dict.

        Raises ValueError if the types are not those of `payload`.
        """
        known = payload.get("abbreviations", {}) if isinstance(payload, dict) else None
        if not isinstance(known, dict) or not all(
            isinstance(forms, dict) and all(type(count) is int for count in forms.values())
            for forms in known.values()
        ):
            raise ValueError("the learned abbreviations have a wrong type")
        return cls(known)


class Learner:
    """Adds up the findings of documents, in any order.

    `before` is an earlier sum to begin with; None begins with nothing.
    """

    def __init__(self, before: Learned | None = None) -> None:
        self._abbreviations: dict[str, Counter[str]] = defaultdict(Counter)
        for short, counts in (before or Learned()).abbreviations.items():
            self._abbreviations[short].update(counts)

    def add(self, found: Findings) -> None:
        """Add the findings of a document."""
        for short, long_form in found.abbreviations:
            self._abbreviations[short][long_form] += 1

    def remove(self, found: Findings) -> None:
        """Subtract the findings of a document that were added before."""
        for short, long_form in found.abbreviations:
            self._abbreviations[short][long_form] -= 1

    def learned(self) -> Learned:
        """Return the sum so far, ascending by abbreviation, without definitions whose count is
        0."""
        left = ((k, +v) for k, v in sorted(self._abbreviations.items()))
        return Learned({k: dict(v) for k, v in left if v})
