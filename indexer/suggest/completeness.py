"""Which phrases are wholes: word_spans that a person would search for, not pieces of sentences.

A Vietnamese noun phrase begins with its noun, and a name ends it: huyện Mỹ Xuyên, Chủ tịch Phan
Văn Khải. So what follows the name of a place or a person in small letters begins what is said of
it ("Việt Nam xuất khẩu", "TP HCM đề nghị"), but for what joins one noun to another (Đức và Pháp,
người Việt Nam ở nước ngoài). Names have all their syllables in capitals; institutions only the
first of a word (Quốc hội khóa mới, Ban quản lý), and initials stand for institutions as a rule
(UBND huyện).

Nor is it a is_complete where a mark of tense makes it a sentence (đã, sẽ), where its last word is a verb
that lacks its complement or a classifier that lacks its noun (incomplete.txt: "tác nhân gây", "xét
xử vụ"), or where pyvi took such a word, or a function word, for the end of one of its dictionary
(thực_hiện_tại).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

from indexer.analysis import terms_in
from indexer.analysis.decompounding import in_dictionary
from indexer.analysis.orthography import is_syllable
from indexer.suggest.ngrams import particles

_INITIALS_OF_PLACES = frozenset(("HCM", "TPHCM", "VN"))
_JOINTS = frozenset(
    "và hoặc của ở tại với từ đến cho trong về al bin da de der della du of van von".split()
)
"""What joins nouns, and what stands within foreign names."""
_TENSES = frozenset(("đã", "sẽ", "cũng", "vẫn", "đều"))


def is_complete(written: str) -> bool:
    """Whether a phrase, as it was counted ("thủ_tướng Phan_Văn_Khải"), is a is_complete."""
    words = written.split(" ")
    if written.count("_") > 1 and any(map(_glued, words)):
        return False
    return len(words) == 1 or not (
        words[-1] in _incomplete() or not _TENSES.isdisjoint(words) or _says(words)
    )


def _says(words: Sequence[str]) -> bool:
    """Whether something is said of a name."""
    for word, after in pairwise(words):
        if after[0].islower() and after not in _JOINTS and _is_name(word):
            return True
    return False


def _is_name(word: str) -> bool:
    """Whether a word is the name of a place or a person: all its syllables have capitals, or it is
    no Vietnamese one."""
    if not word[:1].isupper():
        return False
    if word.isupper():
        return word in _INITIALS_OF_PLACES
    syllables = word.split("_")
    return all(s[:1].isupper() for s in syllables) and (
        len(syllables) > 1 or not is_syllable(word.lower())
    )


def _glued(word: str) -> bool:
    """Whether it is a word of the dictionary with a function word, or the like, glued to it."""
    if word.count("_") < 2 or not word.islower():
        return False
    terms = terms_in(word.replace("_", " "))
    return not in_dictionary(terms) and (
        (terms[0] in particles() and in_dictionary(terms[1:]))
        or ((terms[-1] in particles() or terms[-1] in _incomplete()) and in_dictionary(terms[:-1]))
    )


@cache
def _incomplete() -> frozenset[str]:
    text = files("indexer.suggest").joinpath("incomplete.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
