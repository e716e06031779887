"""Tell which syllables of a query are spelt right, and so are left alone by `spelling.py`.

A word of pyvi's dictionary is right whether the archive has it or not: a small archive lacks most
words of the language. So are the parts of a loan word or a name with a hyphen (Pu-tin, Wi-Fi), a
foreign word that the index has, the name of a person (Phí Thị Thục), and English ("to be or not to
be"), whose words look like syllables without marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import cache

from indexer.analysis import fold, has_marks, terms_in
from indexer.analysis.decompounding import in_dictionary, is_syllable_of_words, words_like
from indexer.analysis.orthography import is_syllable
from indexer.documents.gazetteer import province_names
from indexer.documents.text.honorifics import surnames
from indexer.documents.text.text_keys import key
from indexer.query.model import Syllable
from indexer.query.vocabulary.accent_compatibility import is_compatible
from indexer.query.vocabulary.lexicon import Lexicon

LARGE_ARCHIVE = 1000
"""Least number of documents of an archive that has most words of the language: that two known
syllables never stand side by side in it is evidence of a slip."""
_KNOWN_SHARE = 1e-4
"""Least share of the documents that must have a syllable or pair for it to be known."""

_ENGLISH = frozenset(
    "a about after all am and any are as at be been but by can could did do for from had has have"
    " he her him his how i if in into is it its me my no not of on one or our out she should so"
    " some than that the their them then there these they this those to up us was we were what"
    " when where which who why will with would you your".split()
)
"""Function words of English (Quirk and others 1985, "A comprehensive grammar of the English
language", closed classes): articles, pronouns, prepositions, conjunctions, auxiliaries."""


_MIDDLE_NAME = "thị"
"""The usual middle name of women, after which any syllable may be a given name."""
_LONGEST_NAME = 5
"""Greatest number of syllables of a person's name."""


class Kept(IntEnum):
    """What a correction must keep of a syllable; a greater value keeps more."""

    NOTHING = 0
    """Letters and marks may be wrong."""
    LETTERS = 1
    """Only marks may be wrong or missing ("thuy điên" for thủy điện)."""
    ALL = 2
    """The syllable is right as it was typed."""


def kept(text: str, syllables: Sequence[Syllable]) -> list[Kept]:
    """Return what a correction must keep of each of several syllables side by side, in order.

    `text` is the normalised query text, to which the spans of the syllables refer. Raises
    WordModelError if the word model cannot be loaded.
    """
    if is_english(syllables):
        return [Kept.ALL] * len(syllables)
    found = [Kept.ALL if _is_hyphened(text, s) else Kept.NOTHING for s in syllables]
    for at in range(len(syllables)):
        for place in range(at, at + _name_length(syllables, at)):
            syllable = syllables[place]
            if is_syllable_of_words(syllable.term):
                found[place] = max(found[place], Kept.ALL if syllable.marked else Kept.LETTERS)
    for size in (2, 3):
        for at in range(len(syllables) - size + 1):
            these = syllables[at : at + size]
            keep = _kept_of_word([syllable.term for syllable in these])
            for place in range(at, at + size):
                found[place] = max(found[place], keep)
    return found


def _kept_of_word(terms: Sequence[str]) -> Kept:
    """Return what a correction must keep of two or three syllables because they are a word.

    ALL if they are a word of the dictionary as typed, and with marks or no other one; LETTERS if
    they may be one that lacks marks ("con so" for con số); else NOTHING.
    """
    words = [
        word
        for word in words_like([fold(term) for term in terms])
        if all(map(is_compatible, terms, word))
    ]
    if in_dictionary(terms) and (any(map(has_marks, terms)) or len(words) == 1):
        return Kept.ALL
    return Kept.LETTERS if words else Kept.NOTHING


def _name_length(syllables: Sequence[Syllable], at: int) -> int:
    """Return the number of syllables of the person's name that begins at index `at`; 0 if none
    does.

    Any syllable may be a given name, so an archive lacks most names. A name begins with a surname:
    all its syllables are capitalised ("Dương Mịch", not dương lịch), or thị and one more follow.
    """
    if key(syllables[at].term) not in surnames():
        return 0
    if [s.term for s in syllables[at + 1 : at + 2]] == [_MIDDLE_NAME]:
        return len(syllables[at : at + 3])
    end = at
    while end < len(syllables) and syllables[end].is_capitalized:
        end += 1
    return end - at if 2 <= end - at <= _LONGEST_NAME else 0


def _is_hyphened(text: str, syllable: Syllable) -> bool:
    """True if a hyphen without spaces joins the syllable to another one, and it is foreign or has a
    capital or marks.

    Such syllables are parts of loan words, names and codes (Wi-Fi, Pu-tin, cà-phê, UBND-VX). The
    others ("kinh te-xa hoi") may lack marks.
    """
    before, after = text[: syllable.start][-2:], text[syllable.end :][:2]
    is_joined = (before[-1:] == "-" and before[:1].isalnum()) or (
        after[:1] == "-" and after[1:].isalnum()
    )
    return is_joined and (
        syllable.marked or syllable.typed != syllable.typed.lower() or is_foreign(syllable.term)
    )


def is_foreign(term: str) -> bool:
    """True if a term has letters only, no marks, and is not built like a Vietnamese syllable."""
    return term.isalpha() and not has_marks(term) and not is_syllable(term)


def forms_word(terms: Sequence[str], at: int) -> bool:
    """True if the term at index `at` forms a word of pyvi's dictionary with a neighbour.

    Raises WordModelError if the word model cannot be loaded.
    """
    return any(in_dictionary(terms[i : i + 2]) for i in (at - 1, at) if i >= 0)


def provinces_like(first: str, second: str) -> tuple[tuple[str, ...], ...]:
    """Return the provinces and their former names whose two syllables have these folds, each as its
    terms, ascending; () if there is none."""
    return _provinces_by_folds().get((first, second), ())


@cache
def _provinces_by_folds() -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    found: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
    for name in sorted(map(terms_in, province_names())):
        folds = tuple(map(fold, name))
        found[folds] = (*found.get(folds, ()), name)
    return found


def is_right_syllable(term: str, lexicon: Lexicon) -> bool:
    """True if a term is a syllable of the language: one of a word of pyvi's dictionary, or one that
    is built like a syllable and that at least `known_documents` documents have.

    Raises WordModelError if the word model cannot be loaded, IndexDamaged if the vocabulary cannot
    be read.
    """
    return is_syllable_of_words(term) or (
        is_syllable(term) and lexicon.frequency(term) >= known_documents(lexicon)
    )


def known_documents(lexicon: Lexicon) -> float:
    """Return how many documents must have a syllable, or a pair, at least for it to be known.

    It is _KNOWN_SHARE of the documents, at least 1; at least 2 in an archive of LARGE_ARCHIVE
    documents or more, so that one document with the same slip does not prevent a suggestion.
    """
    least = 2.0 if lexicon.documents >= LARGE_ARCHIVE else 1.0
    return max(least, _KNOWN_SHARE * lexicon.documents)


def is_english(syllables: Sequence[Syllable]) -> bool:
    """True if the syllables are taken for English: two or more, none with marks, and many of them
    function words of English.

    Three function words are enough, or two that are at least half of the syllables. At least one
    must not be built like a Vietnamese syllable (or, the, of), because "to" and "in" may be either.
    """
    if len(syllables) < 2 or any(syllable.marked for syllable in syllables):
        return False
    words = [syllable.term for syllable in syllables if syllable.term in _ENGLISH]
    return (
        any(map(is_foreign, words))
        and len(words) > 1
        and (len(words) >= 3 or 2 * len(words) >= len(syllables))
    )
