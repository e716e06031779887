"""Find foreign names whose syllables are joined by hyphens, written as one word, or spaced.

    Kha-lít-xcô · Khalítxcô · Kha lít xcô        Napoléon · Napoleon

The other written forms are those that the index has; no table is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

import numpy as np

from indexer.analysis import fold, terms_in
from indexer.analysis.decompounding import in_dictionary
from indexer.analysis.orthography import is_syllable
from indexer.query.entities.dictionary import Terms
from indexer.query.entities.number_forms import variant_entity
from indexer.query.model import Entity, Syllable
from indexer.query.vocabulary.accent_compatibility import is_compatible
from indexer.query.vocabulary.lexicon import Lexicon

_MIN_JOINT_SHARE = 0.5
"""Least share of the documents with the rarer part of a foreign name in which the parts stand side
by side. With less they are taken for two words that meet by chance."""
_MIN_JOINED_LENGTH, _MAX_JOINED_LENGTH = 4, 16
"""Least and greatest number of letters of a foreign name in one word that is cut into syllables."""
_MAX_FORMS = 8
"""Greatest number of forms of a syllable of a foreign name that are tried, the most frequent
ones."""
_MAX_SYLLABLES = 5
"""Greatest number of syllables of a foreign name."""
_MAX_LETTERS = 6
"""Greatest number of letters of a syllable of a foreign name: those of the longest Vietnamese
syllables but one (nghiêng), and of "xtran"."""
_VOWELS = frozenset("aeiouy")


def find_foreign_name(
    syllables: Sequence[Syllable], gaps: Sequence[str], at: int, lexicon: Lexicon
) -> Entity | None:
    """Return the foreign name that begins at syllable `at`, if the index has it in another written
    form; or None.

    Raises IndexDamaged if the vocabulary cannot be read.

    Parameters
    ----------
    gaps : for each syllable, the text between it and the one before; "" for the first.
    """
    if not syllables[at].term.isalpha() or syllables[at].typed.isupper():
        return None  # in capitals, it is an abbreviation
    end = at + 1
    while end < len(syllables) and gaps[end] == "-" and syllables[end].term.isalpha():
        end += 1
    if end > at + 1:
        typed = syllables[at:end]
        if not typed[0].typed[0].isupper() and all(is_syllable(each.term) for each in typed):
            return None
        forms = [(term,) for term in lexicon.variants(fold(_joined(typed)))]
        return variant_entity(syllables, at, end, forms, lexicon)
    return _spaced(syllables, gaps, at, lexicon) or _single_word(syllables, at, lexicon)


def _joined(syllables: Sequence[Syllable]) -> str:
    """Return the syllables as one word, i and y as typed: those of a syllable of its own are
    written alike, those within a word are not."""
    word = "".join(each.typed.lower() for each in syllables)
    found = terms_in(word)
    return found[0] if len(found) == 1 else word


def _spaced(
    syllables: Sequence[Syllable], gaps: Sequence[str], at: int, lexicon: Lexicon
) -> Entity | None:
    """Return the spaced syllables from `at` on that the index has as one word; None if there are
    none, or if they do not look like a foreign name.

    In a transliteration only the first syllable has a capital (Kha lít xcô), unlike in a Vietnamese
    name; in small letters, one of the syllables must not be built like a Vietnamese one.
    """
    last, is_foreign = at + 1, syllables[at].is_capitalized or not is_syllable(syllables[at].term)
    while last < min(at + _MAX_SYLLABLES, len(syllables)):
        syllable = syllables[last]
        if gaps[last] != " " or syllable.typed[0].isupper() or not syllable.term.isalpha():
            break
        is_foreign = is_foreign or not is_syllable(syllable.term)
        last += 1
    for end in range(last if is_foreign else 0, at + 1, -1):
        typed = syllables[at:end]
        terms = [each.term for each in typed]
        if in_dictionary(terms) or (not typed[0].is_capitalized and all(map(is_syllable, terms))):
            continue
        word = _joined(typed)
        forms = [(t,) for t in lexicon.variants(fold(word)) if is_compatible(word, t)]
        if forms:
            return variant_entity(syllables, at, end, forms, lexicon)
    return None


def _single_word(syllables: Sequence[Syllable], at: int, lexicon: Lexicon) -> Entity | None:
    """Return the foreign name at syllable `at`, which is one word, or None.

    Its other written forms are cut into syllables, or have other marks: the marks of a foreign word
    are no tones, and many texts leave them out (Napoléon). With fewer than two vowels it is taken
    for an abbreviation (hđnd).
    """
    term = syllables[at].term
    if is_syllable(term) or not _MIN_JOINED_LENGTH <= len(term) <= _MAX_JOINED_LENGTH:
        return None
    if sum(letter in _VOWELS for letter in fold(term)) < 2:
        return None
    forms = [*_split(term, lexicon), *((other,) for other in lexicon.variants(fold(term)))]
    return variant_entity(syllables, at, at + 1, forms, lexicon)


def _split(term: str, lexicon: Lexicon) -> Iterator[Terms]:
    """Yield the ways to cut a foreign name into two syllables that the index has side by side; if
    there are none, those into three, and so on."""
    vowels = [fold(letter) in _VOWELS for letter in term]
    forms: dict[str, Sequence[str]] = {}
    for count in range(2, min(sum(vowels), _MAX_SYLLABLES) + 1):
        found = False
        for cuts in combinations(range(1, len(term)), count - 1):
            bounds = [0, *cuts, len(term)]
            # Each syllable has a vowel, also those that are not built like a Vietnamese one (xcô).
            if not all(any(vowels[a:b]) and b - a <= _MAX_LETTERS for a, b in pairwise(bounds)):
                continue
            parts = [term[a:b] for a, b in pairwise(bounds)]
            for part in parts:
                if part not in forms:
                    written = terms_in(part)
                    known = lexicon.variants(fold(written[0])) if len(written) == 1 else ()
                    forms[part] = known[:_MAX_FORMS]
                if not forms[part]:
                    break
            else:
                for path in _side_by_side([forms[part] for part in parts], lexicon):
                    found = True
                    yield path
        if found:
            return


def _side_by_side(forms: Sequence[Sequence[str]], lexicon: Lexicon) -> Iterator[Terms]:
    """Yield the sequences, of one form of each part, whose neighbours mostly stand side by side in
    the index (_MIN_JOINT_SHARE)."""
    paths: list[Terms] = [(form,) for form in forms[0]]
    for following in forms[1:]:
        ends = [path[-1] for path in paths]
        together = lexicon.pair_frequencies(ends, list(following))
        alone = np.minimum.outer(
            np.array(list(map(lexicon.frequency, ends))),
            np.array(list(map(lexicon.frequency, following))),
        )
        rows, columns = np.nonzero((together > 0) & (together >= _MIN_JOINT_SHARE * alone))
        paths = [
            (*paths[a], following[b]) for a, b in zip(rows.tolist(), columns.tolist(), strict=True)
        ]
        if not paths:
            return
    yield from paths
