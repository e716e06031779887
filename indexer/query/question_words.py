"""Find question words, which get a low weight: a page with the answer rarely contains them.

Statements rarely contain "bao nhiêu" or "ai", so by rarity these words would seem important,
although they say nothing about the subject of a page. They match like any word but get a lower
weight in `ranking.py` and `approximate_match.py`. The list (question_words.txt, made for this
project) has the interrogative pronouns and adverbs of the grammars (Nguyễn Tài Cẩn 1975, "Ngữ pháp
tiếng Việt").
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from indexer.analysis import fold
from indexer.query.model import Clause, Syllable

QUESTION_WEIGHT = 0.3
"""Weight of a question word relative to another word of the same rarity; 0.1 to 0.5 rank equally
well."""


def question_syllables(clause: Clause) -> frozenset[int]:
    """Return the indexes of the syllables of a clause that belong to question words.

    Names are excluded: "ai" counts, but not in "Ai Cập" or "AI", nor "sao" in the name Sao Mai. If
    all syllables are question words, the result is empty, because they are then the subject.
    """
    found: set[int] = set()
    in_entities = {at for entity in clause.entities for at in range(entity.start, entity.end)}
    if len(clause.words) > 1:  # a single word is the subject of the search
        for start, end, word in clause.words:
            if word in _words() and not _is_acronym(clause.syllables[start:end]):
                found.update(range(start, end))
    # An index without questions restores the marks of "bao nhieu" to another word.
    unmarked = [None if syllable.marked else fold(syllable.term) for syllable in clause.syllables]
    for at in range(len(unmarked) - 1):
        if f"{unmarked[at]}_{unmarked[at + 1]}" in _folded_bao_words():
            found.update((at, at + 1))
    found -= in_entities
    return frozenset(found) if len(found) < len(clause.syllables) else frozenset()


def _is_acronym(syllables: Sequence[Syllable]) -> bool:
    """Return True if every syllable is typed in capitals and has several letters (AI)."""
    return all(s.typed.isupper() and len(s.typed) > 1 for s in syllables)


@cache
def _words() -> frozenset[str]:
    """Return the words of question_words.txt as pyvi writes them: ai, bao_nhiêu."""
    path = files("indexer.query").joinpath("question_words.txt")
    return frozenset(path.read_text(encoding="utf-8").split())


@cache
def _folded_bao_words() -> frozenset[str]:
    """Return the question words that begin with "bao", folded: bao_nhieu, bao_gio."""
    return frozenset(fold(word) for word in _words() if word.startswith("bao_"))
