"""Question words: they stand for the answer, so a page that answers does not hold them.

Statements rarely say "bao nhiêu" or "ai", so rarity makes these words look important where they
say nothing of what the page should be about. They are looked for like any word, but weigh less.
The list (question_words.txt, made for this project) is that of the interrogative pronouns and
adverbs of the grammars (Nguyễn Tài Cẩn 1975, "Ngữ pháp tiếng Việt").
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from indexer.analysis import fold
from indexer.query.model import Clause, Syllable

QUESTION_WEIGHT = 0.3
"""What a question word weighs beside another word as rare; 0.1 to 0.5 are as good."""


def question_syllables(clause: Clause) -> frozenset[int]:
    """The indices of the syllables that ask and do not name: "ai" but not in "Ai Cập" or "AI", nor
    "sao" in the name of Sao Mai."""
    found: set[int] = set()
    named = {at for entity in clause.entities for at in range(entity.start, entity.end)}
    if len(clause.words) > 1:  # alone, it is what is looked for
        for start, end, word in clause.words:
            if word in _words() and not _capitals(clause.syllables[start:end]):
                found.update(range(start, end))
    # Without marks, an index that never asks reads "bao nhieu" as something else.
    bare = [None if syllable.marked else fold(syllable.term) for syllable in clause.syllables]
    for at in range(len(bare) - 1):
        if f"{bare[at]}_{bare[at + 1]}" in _bare_words():
            found.update((at, at + 1))
    found -= named
    return frozenset(found) if len(found) < len(clause.syllables) else frozenset()


def _capitals(syllables: Sequence[Syllable]) -> bool:
    return all(s.typed.isupper() and len(s.typed) > 1 for s in syllables)


@cache
def _words() -> frozenset[str]:
    path = files("indexer.query").joinpath("question_words.txt")
    return frozenset(path.read_text(encoding="utf-8").split())


@cache
def _bare_words() -> frozenset[str]:
    return frozenset(fold(word) for word in _words() if word.startswith("bao_"))
