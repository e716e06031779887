"""Find persons after their titles: `đồng chí Nguyễn Văn A`, `Chủ tịch UBND huyện Nguyễn Văn A`.

A title says how a person is addressed, not who it is, so a page that names the person without the
title matches too; the title only adds to the score.

A name is recognised by its capitals or, in small letters, among the persons of the index. A name
that is also a place (Hồ Chí Minh) is not an entity here, so that its title must match as well: the
title distinguishes the person from the city.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from weakref import WeakKeyDictionary

from indexer.analysis import fold, terms_in
from indexer.analysis.syllables import term_of
from indexer.documents.gazetteer import gazetteer
from indexer.documents.text.honorifics import person_titles, surnames
from indexer.documents.text.text_keys import key, word_keys
from indexer.facets import PERSON
from indexer.query.entities.dictionary import PhraseDictionary, Terms
from indexer.query.model import Entity, SurfaceForm, Syllable
from indexer.query.vocabulary.lexicon import Lexicon

_MAX_NAME_SYLLABLES = 6
"""Greatest number of syllables of the name of a person."""
_MAX_TITLES = 8
"""Greatest number of titles and offices before a name."""

_Names = Mapping[tuple[str, str], Sequence[str]]
"""(folded first syllable, folded last syllable) → names of persons as facet values."""

_names_of_lexicon: WeakKeyDictionary[Lexicon, _Names] = WeakKeyDictionary()
"""Lexicon → the persons of its facet; freed with the lexicon."""


def find_person(syllables: Sequence[Syllable], at: int, lexicon: Lexicon) -> Entity | None:
    """Return the person whose title begins at syllable `at`, or None.

    One surface form is the name alone, the other the titles and the name. The name begins with a
    Vietnamese surname, has at least two syllables, and is not that of a province or district. What
    was typed with the marks of a surname is no title with more marks (Trương Thị Mai has no title
    trưởng). Raises IndexDamaged if the vocabulary cannot be read.
    """
    title_terms = _titles(syllables, at)
    start = at + len(title_terms)
    if not title_terms or start == len(syllables):
        return None
    first = syllables[at]
    if first.marked and first.term != title_terms[0] and key(first.term) in surnames():
        return None
    if key(syllables[start].restored.term) not in surnames():
        return None
    name = _known_name(syllables, start, lexicon)
    end = start + len(name) if name else _capitalized_name_end(syllables, start, lexicon)
    if end - start < 2 or _is_place(syllables[start:end]):
        return None
    surface_forms = (SurfaceForm(tuple(range(start, end))), SurfaceForm(tuple(range(at, end))))
    return Entity(at, end, surface_forms, name_terms=tuple(enumerate((*title_terms, *name), at)))


def _titles(syllables: Sequence[Syllable], at: int) -> Terms:
    """Return the terms of all titles and offices that follow each other from syllable `at` on.

    () if no title begins there: an office ("UBND huyện", "people's committee of the district")
    counts only after a title ("Chủ tịch", "chairman").
    """
    found: Terms = ()
    for _ in range(_MAX_TITLES):
        start = at + len(found)
        title = _title(syllables, start, "title") or (found and _title(syllables, start, "office"))
        if not title:
            break
        found += title
    return found


def _title(syllables: Sequence[Syllable], at: int, group: str) -> Terms:
    """Return the terms of the longest title that begins at syllable `at`, () if there is none.

    `group` is "title", or "office" for an office instead.
    """
    return next((terms for terms, _ in _title_dictionary(group).matches_at(syllables, at)), ())


def _known_name(syllables: Sequence[Syllable], start: int, lexicon: Lexicon) -> Terms:
    """Return the terms of the longest name of a person of the index that begins at syllable
    `start`, () if there is none.

    Names of two to _MAX_NAME_SYLLABLES syllables are compared; marks may be missing in what was
    typed.
    """
    names = _names_of_lexicon.get(lexicon)
    if names is None:
        _names_of_lexicon[lexicon] = names = _by_ends(lexicon.facet_values(PERSON))
    for end in range(min(start + _MAX_NAME_SYLLABLES, len(syllables)), start + 1, -1):
        typed = syllables[start:end]
        for name in names.get((fold(typed[0].term), fold(typed[-1].term)), ()):
            if name.count(" ") + 1 != len(typed):
                continue
            terms = terms_in(name)
            if len(terms) == len(typed) and all(map(Syllable.is_compatible, typed, terms)):
                return terms
    return ()


def _by_ends(values: Iterable[str]) -> _Names:
    """Return `values`, names of persons, by their folded first and last syllables.

    Distinct first and last syllables are few, so only these are folded; folding every syllable of
    100,000 names would take long.
    """
    by_written_ends: dict[tuple[str, str], list[str]] = {}
    for name in values:
        first, _, rest = name.partition(" ")
        by_written_ends.setdefault((first, rest.rpartition(" ")[2]), []).append(name)
    by_folded_ends: dict[tuple[str, str], list[str]] = {}
    for (first, last), names in by_written_ends.items():
        ends = fold(term_of(first)), fold(term_of(last))
        by_folded_ends.setdefault(ends, []).extend(names)
    return by_folded_ends


def _capitalized_name_end(syllables: Sequence[Syllable], start: int, lexicon: Lexicon) -> int:
    """Return the index after the capitalised name that begins at syllable `start`; `start` itself
    if that syllable is not capitalised.

    The name has at most _MAX_NAME_SYLLABLES syllables. It ends where the name of a province begins
    after three syllables or more. It also ends, after two syllables or more that the index has
    side by side, before a syllable that the index never has after them ("Phan Văn Khải Mỹ" is a
    name and the word Mỹ, America).
    """
    end = start
    limit = min(start + _MAX_NAME_SYLLABLES, len(syllables))
    while end < limit and syllables[end].is_capitalized:
        if end - start > 2 and _begins_province(syllables, end):
            break
        if end - start > 1 and not _is_pair(syllables, end, lexicon):
            before = range(start + 1, end)
            if all(_is_pair(syllables, at, lexicon) for at in before):
                break
        end += 1
    return end


def _is_pair(syllables: Sequence[Syllable], at: int, lexicon: Lexicon) -> bool:
    """True if the index has syllable `at` directly after the one before it, both in any form."""
    pairs = lexicon.pair_frequencies(syllables[at - 1].forms, syllables[at].forms)
    return bool(pairs.any())


def _begins_province(syllables: Sequence[Syllable], at: int) -> bool:
    """True if the name of a province of two or more syllables begins at syllable `at`."""
    provinces, end = gazetteer().longest_at("province", _keys(syllables[at : at + 4]), 0)
    return bool(provinces) and end > 1


def _is_place(syllables: Sequence[Syllable]) -> bool:
    """True if the syllables are together the name of a province or district."""
    keys = _keys(syllables)
    return any(gazetteer().units(level, keys) for level in ("province", "district"))


def _keys(syllables: Sequence[Syllable]) -> tuple[str, ...]:
    """Return the syllables, with their marks restored, as keys of the gazetteer
    (`documents.text.text_keys.word_keys`)."""
    return word_keys(" ".join(syllable.restored.term for syllable in syllables))


@cache
def _title_dictionary(group: str) -> PhraseDictionary[None]:
    """Return a dictionary of the titles of persons, or of the offices if `group` is "office".

    They are those of `documents.text.honorifics`; the entries have no values. Built once for each
    group.
    """
    groups = ("office",) if group == "office" else ("comrade", "sir", "rank", "position")
    return PhraseDictionary(
        (terms_in(title), None) for name in groups for title in person_titles(name)
    )
