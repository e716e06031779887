"""How often queries have question words, for accent restoration.

Queries ask and documents state: an archive may lack "bao nhiêu" ("how many") or have it far more
rarely than "nhiều" ("many"), so that its vocabulary alone restores "bao nhieu" to "bao nhiều". The
list of question words (question_words.txt, made for this project) has the interrogative pronouns
and adverbs of the grammars (Nguyễn Tài Cẩn 1975, "Ngữ pháp tiếng Việt").
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import pairwise

from indexer.analysis import fold

_ASKED_SHARE = 0.1
"""Share of the documents of an index in which a pair of a question word is taken to stand, if fewer
have it: about the share of queries that have one of the frequent ones. .02 to .2 restore equally
well."""


@cache
def question_words() -> frozenset[str]:
    """Return the words of question_words.txt as pyvi writes them: ai, bao_nhiêu. Read once."""
    text = files("indexer.query").joinpath("question_words.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


def asked_forms(folded: str) -> tuple[str, ...]:
    """Return the syllables of question words whose fold is `folded`, ascending; () for most.

    >>> asked_forms("nhieu"), asked_forms("van")
    (('nhiêu',), ())
    """
    return _forms().get(folded, ())


def asked_pair_frequency(first: str, second: str, documents: int) -> float:
    """Return the least number of documents, of `documents`, that two syllables side by side count
    as having: above 0 if they stand so in a question word."""
    return _ASKED_SHARE * documents if (first, second) in _pairs() else 0.0


@cache
def _pairs() -> frozenset[tuple[str, str]]:
    return frozenset(pair for word in question_words() for pair in pairwise(word.split("_")))


@cache
def _forms() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for term in sorted({term for word in question_words() for term in word.split("_")}):
        found.setdefault(fold(term), []).append(term)
    return {folded: tuple(terms) for folded, terms in found.items()}
