"""Which of the phrases that were counted are worth to be offered as completions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from indexer.analysis import fold, tokens
from indexer.analysis.spelling import place_tones
from indexer.analysis.syllables import term_of
from indexer.query.phrases import LEAST

# Half a phrase: this share of its documents go on to the same longer one.
_HALF = 0.7
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

    Of several spellings (hòa, hoà; Huyện ủy, huyện ủy) it is the commonest. Half a phrase is left
    out: nearly all documents that have it go on to the same longer one ("thi đua yêu" nước; "cao
    chất lượng" after nâng), and so is what a single document puts side by side, but for titles and
    names.
    """
    spelled: dict[tuple[str, ...], dict[str, int]] = {}
    for written, count in counted.items():
        if count > 1 or _telling(written):
            spelled.setdefault(_terms(written), {})[written] = count
    counts = {terms: sum(forms.values()) for terms, forms in spelled.items()}
    longer: dict[tuple[str, ...], int] = {}
    for terms, count in counts.items():
        for cut in range(LEAST, len(terms)):
            for part in (terms[:cut], terms[-cut:]):
                if longer.get(part, 0) < count:
                    longer[part] = count
    found = []
    for terms, forms in spelled.items():
        written = max(forms, key=lambda form: (forms[form], form))
        half = longer.get(terms, 0) >= _HALF * counts[terms]
        if not half or " " not in written:
            found.append(Phrase(written.replace("_", " "), key(terms), counts[terms]))
    return found


def _telling(written: str) -> bool:
    """Whether one document is enough: a word, a title, or only names after the first word."""
    _, *rest = written.split(" ")
    return not any(word.islower() for word in rest)


def _terms(written: str) -> tuple[str, ...]:
    plain = written.replace("_", " ")
    if _PLAIN.fullmatch(plain):
        return tuple(map(_term, plain.split(" ")))
    return tuple(token.term for token in tokens(plain))


@lru_cache(maxsize=1 << 16)
def _term(piece: str) -> str:
    return term_of(place_tones(piece))
