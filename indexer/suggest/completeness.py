"""Distinguish phrases that a person would search for from fragments of sentences, for
`selection.py`.

A Vietnamese noun phrase begins with its noun, and a name ends it: huyện Mỹ Xuyên, Chủ tịch Phan
Văn Khải. A word in small letters after the name of a place or a person is therefore the beginning
of a predicate ("Việt Nam xuất khẩu", "TP HCM đề nghị"), unless it connects nouns (Đức và Pháp,
người Việt Nam ở nước ngoài). All syllables of such a name are capitalised; the name of an
institution has a capital only at the first syllable of a word (Quốc hội khóa mới, Ban quản lý), and
initials are institutions as a rule (UBND huyện). A number after a name belongs to it (World Cup
2006), and "và" ("and") after a name connects it to another one.

A phrase is also a fragment if it has a tense marker (đã, sẽ); if its last word is a verb without
its complement or a classifier without its noun (incomplete.txt: "tác nhân gây", "xét xử vụ"); or if
pyvi attached such a word, or a function word, to a dictionary word (thực_hiện_tại).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from indexer.analysis import terms_in
from indexer.analysis.decompounding import in_dictionary
from indexer.analysis.orthography import is_syllable
from indexer.query.function_words import function_words

_INITIALS_OF_PLACES = frozenset(("HCM", "TPHCM", "VN"))
_CONNECTIVES = frozenset(
    "và hoặc của ở tại với từ đến cho trong về al bin da de der della du of van von".split()
)
"""Words that connect nouns ("and", "of", "in"), and particles in foreign names ("de", "van")."""
_COORDINATORS = frozenset(("và", "hoặc"))
"""Connectives between two parts of the same kind, such as two names."""
_TENSE_MARKERS = frozenset(("đã", "sẽ", "cũng", "vẫn", "đều"))
"""Words that stand only before a predicate: marks of tense and adverbs such as "also", "still"."""


def is_complete(written: str) -> bool:
    """True if a phrase is not a fragment of a sentence, by the rules of this module.

    `written` is a phrase as `count_phrases` writes it: "thủ_tướng Phan_Văn_Khải". Raises
    WordModelError if the word model cannot be loaded.
    """
    words = written.split(" ")
    if written.count("_") > 1 and any(map(_is_missegmented, words)):
        return False
    return len(words) == 1 or not (
        words[-1] in _incomplete()
        or not _TENSE_MARKERS.isdisjoint(words)
        or _has_predicate_after_name(words)
    )


def _has_predicate_after_name(words: Sequence[str]) -> bool:
    """True if a word in small letters directly follows a name and does not connect it to what
    follows."""
    in_name = False
    for at, word in enumerate(words[:-1]):
        # One capitalised syllable ends a name of several words: Phan_Văn Khải.
        follows = at > 0 and words[at - 1][:1].isupper() and word[:1].isupper()
        is_last = not word.isupper() and follows and "_" not in word
        in_name = _is_name(word) or is_last or (in_name and word.isdigit())
        after, *rest = words[at + 1 :]
        if in_name and after[0].islower():
            if after not in _CONNECTIVES:
                return True
            if after in _COORDINATORS and rest and rest[0][0].islower():
                return True
    return False


def _is_name(word: str) -> bool:
    """True if a word ("Mỹ_Xuyên") is, as a rule, the name of a place or a person.

    All its syllables are capitalised, and it has several of them or is not built like a Vietnamese
    syllable. A word in capitals ("UBND") counts only if it is in _INITIALS_OF_PLACES.
    """
    if not word[:1].isupper():
        return False
    if word.isupper():
        return word in _INITIALS_OF_PLACES
    syllables = word.split("_")
    return all(s[:1].isupper() for s in syllables) and (
        len(syllables) > 1 or not is_syllable(word.lower())
    )


def _is_missegmented(word: str) -> bool:
    """True if pyvi attached a function word, or one of incomplete.txt, to a dictionary word.

    `word` is one of pyvi's ("thực_hiện_tại"). False for one of fewer than three syllables, with
    capitals, or in the dictionary.
    """
    if word.count("_") < 2 or not word.islower():
        return False
    terms = terms_in(word.replace("_", " "))
    return not in_dictionary(terms) and (
        (terms[0] in function_words() and in_dictionary(terms[1:]))
        or (
            (terms[-1] in function_words() or terms[-1] in _incomplete())
            and in_dictionary(terms[:-1])
        )
    )


@cache
def _incomplete() -> frozenset[str]:
    """Return the words of incomplete.txt: verbs that need a complement, classifiers that need a
    noun."""
    text = files("indexer.suggest").joinpath("incomplete.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
