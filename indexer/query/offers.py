"""Which of the phrases that were counted are worth to be offered as completions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from indexer.analysis import fold, terms_in
from indexer.analysis.cached import cached
from indexer.analysis.spelling import place_tones
from indexer.analysis.syllables import term_of
from indexer.query.phrases import LONGEST, SHORTEST
from indexer.query.wholes import whole

# Half a phrase: this share of its documents go on to the same longer one.
_HALF = 0.7
_Terms = tuple[str, ...]
_SPACE = re.compile("[_ ]")
_PLAIN = re.compile(r"[^\W_]+(?: [^\W_]+)*")


class Phrase(NamedTuple):
    """A phrase as it is offered, what it is looked up by, and how many documents have it."""

    text: str
    key: str
    documents: int


def key(terms: Iterable[str]) -> str:
    """What phrases are looked up by: folded syllables, with one letter for i and y (kiểm, kỹ)."""
    return " ".join(map(fold, terms)).replace("y", "i")


def offered(counted: Mapping[str, int]) -> list[Phrase]:
    """The phrases that are worth to be offered, one for each way to read them.

    Of several spellings (hòa, hoà; Huyện ủy, huyện ủy) it is the commonest, of equal ones that of
    fewer words. What is no whole (`indexer.query.wholes`) is left out. So is half a phrase: most
    documents that have it go on to the same longer one ("thi đua yêu" nước; "huyện Mỹ" Xuyên), or
    it is a name that goes on in many ways ("Nguyễn Văn"). So is what a single document puts side
    by side, but for titles and names.

    Law: whether a phrase is offered depends on those alone that begin with the same two syllables.
    """
    spelled: dict[_Terms, dict[str, int]] = {}
    for written, count in counted.items():
        spelled.setdefault(terms_of(written), {})[written] = count
    counts = {terms: sum(forms.values()) for terms, forms in spelled.items()}
    best = {
        terms: max(forms, key=lambda form: (forms[form], form.count("_"), form))
        for terms, forms in spelled.items()
    }
    longest: Counter[_Terms] = Counter()
    named: Counter[_Terms] = Counter()
    names: Counter[_Terms] = Counter()
    for terms, count in counts.items():
        capitals = [piece[:1].isupper() for piece in _SPACE.split(best[terms])]
        name = " " not in best[terms] and all(capitals)
        for cut in range(SHORTEST, len(terms)):
            longest[terms[:cut]] = max(longest[terms[:cut]], count)
            names[terms[:cut]] += name * count
            if len(capitals) == len(terms) <= LONGEST and all(capitals[cut - 1 : cut + 1]):
                named[terms[:cut]] = max(named[terms[:cut]], count)
    found = []
    for terms, written in best.items():
        word = " " not in written
        half = (
            1 < longest[terms] >= _HALF * counts[terms]
            or named[terms] >= _HALF * counts[terms]
            or (word and names[terms] >= counts[terms])
        )
        if word and written.islower():
            half = False
        if not half and (counts[terms] > 1 or _telling(written)) and whole(written):
            found.append(Phrase(written.replace("_", " "), key(terms), counts[terms]))
    return found


def _telling(written: str) -> bool:
    """Whether one document is enough: a word, a title, or only names after the first word."""
    _, *rest = written.split(" ")
    return not any(word.islower() for word in rest)


def terms_of(written: str) -> _Terms:
    """The syllables of a phrase."""
    plain = written.replace("_", " ")
    if _PLAIN.fullmatch(plain):
        return tuple(map(term, plain.split(" ")))
    return terms_in(plain)


def _term(piece: str) -> str:
    return term_of(place_tones(piece))


term = cached(_term, 1 << 16)
"""The term of a syllable as it is written."""
