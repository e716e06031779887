"""Find the question words and framing phrases of a query, to give them a low weight.

Question words ("bao nhiêu", how much; "ai", who) are rare in documents, which answer questions
instead of asking them, so their inverse document frequency is high although they say nothing about
the subject. *Framing phrases* ask for the answer without naming the subject ("hãy nêu", please
state). Both match like any word, but get a lower weight in `ranking.py` and `approximate_match.py`.
The list of question words is described in `vocabulary/question_model.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from indexer.analysis import fold, terms_in
from indexer.query.entities.dictionary import PhraseDictionary
from indexer.query.model import Clause, Syllable
from indexer.query.vocabulary.question_model import question_words

QUESTION_WEIGHT = 0.3
"""Weight of a question word relative to another word of the same rarity; 0.1 to 0.5 rank equally
well."""

_MIN_FRAMED = 4
"""Least number of syllables of a clause in which framing phrases are looked for; in a shorter one
every word is the subject."""


def question_syllables(clause: Clause) -> frozenset[int]:
    """Return the indexes of the syllables of a clause that belong to question words.

    Names are excluded: "ai" ("who") counts, but not in "Ai Cập" (Egypt) or "AI", nor "sao" ("why")
    in the name Sao Mai. If all syllables are question words, the result is empty, because they are
    then the subject.
    """
    found: set[int] = set()
    in_entities = {at for entity in clause.entities for at in range(entity.start, entity.end)}
    if len(clause.words) > 1:  # a single word is the subject of the search
        for start, end, word in clause.words:
            if word in question_words() and not _is_acronym(clause.syllables[start:end]):
                found.update(range(start, end))
    # An index without questions restores the marks of "bao nhieu" to another word.
    unmarked = [None if syllable.marked else fold(syllable.term) for syllable in clause.syllables]
    for at in range(len(unmarked) - 1):
        if f"{unmarked[at]}_{unmarked[at + 1]}" in _folded_bao_words():
            found.update((at, at + 1))
    found -= in_entities
    return frozenset(found) if len(found) < len(clause.syllables) else frozenset()


def light_syllables(clause: Clause) -> frozenset[int]:
    """Return the indexes of the syllables of a clause that weigh little: those of question words
    and framing phrases.

    Framing phrases are those of framing_phrases.txt ("hãy nêu", "please state") and, in a yes-no
    question, "có" with a final "không" or "chưa"; none is part of an entity. If that would be all
    syllables, or the clause has fewer than _MIN_FRAMED, only those of question words are returned.
    """
    questions = question_syllables(clause)
    syllables = clause.syllables
    if len(syllables) < _MIN_FRAMED:
        return questions
    found = set(questions)
    last = len(syllables)
    for at in range(last):
        for terms, place in _framing_phrases().matches_at(syllables, at):
            end = at + len(terms)
            if (place == "^" and at) or (place == "$" and end < last):
                continue
            if all(s.restored.term == t for s, t in zip(syllables[at:end], terms, strict=True)):
                found.update(range(at, end))
                break
    if syllables[-1].restored.term in ("không", "chưa"):
        yes = [at for at, syllable in enumerate(syllables) if syllable.restored.term == "có"]
        if yes:
            found.update((yes[-1], last - 1))
    found -= {at for entity in clause.entities for at in range(entity.start, entity.end)}
    return frozenset(found) if len(found) < last else questions


@cache
def _framing_phrases() -> PhraseDictionary[str]:
    """Return the phrases of framing_phrases.txt, each with the place in a clause where it counts.

    "^" stands for the beginning, "$" for the end, "" for anywhere.
    """
    text = files("indexer.query").joinpath("framing_phrases.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line and line[0] != "#")
    return PhraseDictionary(
        (terms_in(line.lstrip("^$ ")), line[0] if line[0] in "^$" else "") for line in lines
    )


def _is_acronym(syllables: Sequence[Syllable]) -> bool:
    """True if every syllable is typed in capitals and has several letters (AI)."""
    return all(s.typed.isupper() and len(s.typed) > 1 for s in syllables)


@cache
def _folded_bao_words() -> frozenset[str]:
    """Return the question words that begin with "bao", folded: bao_nhieu, bao_gio."""
    return frozenset(fold(word) for word in question_words() if word.startswith("bao_"))
