"""Learn abbreviations and foreign names from the documents that explain them.

    Mặt trận Tổ quốc (MTTQ)        Kha-lít-xcô (Halitsco)

`findings` extracts the definitions of one document; it is pure and cheap, so it runs in any process
of a rebuild. A `Learner` adds the findings up. The sum is stored with the index as JSON and read
back as `Learned`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from indexer.analysis import fold, strip_marks
from indexer.models import Document

# "Mặt trận Tổ quốc (MTTQ)": the long form ends right before the parenthesis.
_ABBREVIATION = re.compile(r" \(([A-ZĐ]{2,8})\)")
_MAX_LONG_FORM = 1000  # characters before the parenthesis; eight words have fewer
_LETTERS = re.compile(r"[^\W\d_]+\Z")
# "Kha-lít-xcô (Halitsco)": a name in syllables and in its own spelling, in either order.
_IN_PARENTHESES = re.compile(r" \(([^\W\d_a-z][^\W\d_]+(?:[ -][^\W\d_]+){0,5})\)")
_SYLLABLES = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_MAX_NAME = 60  # characters of a name before the parenthesis
_MAX_WORDS = 4  # words of a name
_SOUNDS = tuple(
    (spelt, sound)
    for sound, every in {
        "k": "ch c k q", "s": "x sh s ts z tch", "f": "ph f", "g": "gi gh g j h kh d",
        "d": "đ d t th", "b": "b p", "v": "v w u o", "l": "l", "m": "m", "n": "nh n", "r": "r",
        "a": "a e i y",
    }.items()
    for spelt in every.split()
)  # fmt: skip
"""Initial letters → what they sound like, roughly; a name and its transliteration begin alike."""


class Findings(NamedTuple):
    """What one document teaches.

    `abbreviations` are the pairs (abbreviation in capitals, long form in lower case) that it
    defines, each once. `names` are the pairs (transliteration, own spelling), in lower case, of
    foreign names that it gives side by side.
    """

    abbreviations: tuple[tuple[str, str], ...]
    names: tuple[tuple[str, str], ...] = ()


def findings(document: Document) -> Findings:
    """Return the abbreviations and foreign names that the body of a document explains, each in the
    order of the text.

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
    return Findings(tuple(dict.fromkeys(found)), tuple(dict.fromkeys(_names(body))))


def _names(body: str) -> Iterator[tuple[str, str]]:
    """Yield (transliteration, own spelling) of each foreign name that a text gives in both, one of
    them in parentheses after the other.

    The transliteration has hyphens and small letters after them, the other no hyphens; both have
    the same number of words, all with a capital, which begin alike.
    """
    for match in _IN_PARENTHESES.finditer(body):
        words = match[1].split(" ")
        if len(words) > _MAX_WORDS or not all(word[0].isupper() for word in words):
            continue
        before = body[max(0, match.start() - _MAX_NAME) : match.start()].rsplit(" ", len(words))
        others = before[-len(words) :]
        if not all(_SYLLABLES.fullmatch(other) for other in others):
            continue
        one, other = sorted((others, words), key=lambda name: not any("-" in w for w in name))
        if (
            any("-" in word for word in one)
            and not any("-" in word for word in other)
            and all(map(str.istitle, (word.replace("-", "") for word in (*one, *other))))
            and all(map(_begin_alike, one, other))
        ):
            yield " ".join(one).lower(), " ".join(other).lower()


def _begin_alike(one: str, other: str) -> bool:
    return bool(_initial_sounds(one) & _initial_sounds(other))


def _initial_sounds(word: str) -> set[str]:
    start = strip_marks(word.lower())
    start = "đ" + start[1:] if word[0] in "đĐ" else start
    return {sound for spelt, sound in _SOUNDS if start.startswith(spelt)}


@dataclass(frozen=True, slots=True)
class Learned:
    """What the documents of an archive teach together.

    `abbreviations` is abbreviation ("MTTQ") → long form in lower case → number of documents that
    define it so, 1 or more. `names` is the transliteration of a foreign name → its own spelling →
    number of documents that give both.
    """

    abbreviations: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """Return a JSON-ready dict from which `from_payload` makes an equal object."""
        return {
            name: {k: dict(v) for k, v in pairs.items()}
            for name, pairs in (("abbreviations", self.abbreviations), ("names", self.names))
        }

    @classmethod
    def from_payload(cls, payload: object) -> Learned:
        """Return the object from which `payload` made this dict.

        Raises ValueError if the types are not those of `payload`.
        """
        if not isinstance(payload, dict):
            raise ValueError("the learned abbreviations have a wrong type")
        learned = [payload.get(name, {}) for name in ("abbreviations", "names")]
        for pairs in learned:
            if not isinstance(pairs, dict) or not all(
                isinstance(forms, dict) and all(type(count) is int for count in forms.values())
                for forms in pairs.values()
            ):
                raise ValueError("the learned abbreviations have a wrong type")
        return cls(*learned)


class Learner:
    """Adds up the findings of documents, in any order.

    `before` is an earlier sum to begin with; None begins with nothing.
    """

    def __init__(self, before: Learned | None = None) -> None:
        before = before or Learned()
        self._abbreviations = _counters(before.abbreviations)
        self._names = _counters(before.names)

    def add(self, found: Findings) -> None:
        """Add the findings of a document."""
        self._count(found, 1)

    def remove(self, found: Findings) -> None:
        """Subtract the findings of a document that were added before."""
        self._count(found, -1)

    def add_all(self, learned: Learned, sign: int = 1) -> None:
        """Add what other documents teach together; subtract it if `sign` is -1."""
        for counters, pairs in (
            (self._abbreviations, learned.abbreviations),
            (self._names, learned.names),
        ):
            for key, counts in pairs.items():
                for value, times in counts.items():
                    counters[key][value] += sign * times

    def _count(self, found: Findings, times: int) -> None:
        for short, long_form in found.abbreviations:
            self._abbreviations[short][long_form] += times
        for name, other in found.names:
            self._names[name][other] += times

    def learned(self) -> Learned:
        """Return the sum so far, ascending by abbreviation and name, without pairs whose count is
        0."""
        return Learned(_positive(self._abbreviations), _positive(self._names))


def _counters(pairs: Mapping[str, Mapping[str, int]]) -> defaultdict[str, Counter[str]]:
    counters: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for key, counts in pairs.items():
        counters[key].update(counts)
    return counters


def _positive(counters: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    left = ((key, +counts) for key, counts in sorted(counters.items()))
    return {key: dict(counts) for key, counts in left if counts}
