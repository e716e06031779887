"""Find places and publishers: `gia viễn`, `tỉnh Kiên Giang`, `báo ninh bình`.

A page may be about a place, or come from a publisher, although its text does not name it, because
the masthead does. So a name that is a value of these facets matches by the text or by the value.
Pages have the name of their province at their date and the one of today, so either name finds them.

A name that is also an everyday word (hòa bình, tuổi trẻ, in pyvi's dictionary) is taken as a place
only if it is capitalised or follows the kind of the place (tỉnh), a name that may be a person's (Hồ
Chí Minh) only after the kind, and a single syllable (Huế) by the rules of `_is_one_syllable_name`.
A river, street, battle or team with the name of a place is not the place and must be in the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple
from weakref import WeakKeyDictionary

from indexer.analysis import terms_in
from indexer.analysis.decompounding import in_dictionary
from indexer.analysis.orthography import is_syllable
from indexer.documents.gazetteer import aliases
from indexer.documents.text.honorifics import surnames
from indexer.documents.text.text_keys import key
from indexer.facets import PATH_SEPARATOR, PLACE, PUBLISHER
from indexer.query.entities.dictionary import PhraseDictionary, Terms
from indexer.query.entities.name_forms import is_named_after
from indexer.query.model import Entity, NamedValue, SurfaceForm, Syllable
from indexer.query.vocabulary.lexicon import Lexicon

PROVINCE, DISTRICT = "province", "district"
"""The levels of names: a province, a district; the third is PUBLISHER, for publishers."""

_PLACE_KINDS: Mapping[str, tuple[str, ...]] = {
    "tỉnh": (PROVINCE,),
    "thành phố": (PROVINCE, DISTRICT),
    "tp": (PROVINCE, DISTRICT),
    "thị xã": (DISTRICT,),
    "tx": (DISTRICT,),
    "huyện": (DISTRICT,),
    "quận": (DISTRICT,),
}
"""Kind that may stand before the name of a place ("tỉnh", province) → levels that the name then can
have."""


class _Name(NamedTuple):
    """A name under which a query may ask for a facet value.

    Attributes
    ----------
    terms : the terms of the name.
    level : PROVINCE, DISTRICT or PUBLISHER.
    facet, value : the facet value that it names.
    written : the terms of the place or publisher as the value has it, with its kind; for an alias
        they differ from `terms`.
    alias : True for another name of a province ("sài gòn" for TP. Hồ Chí Minh).
    """

    terms: Terms
    level: str
    facet: str
    value: str
    written: Terms
    alias: bool = False


_Names = PhraseDictionary[_Name]
_names_of_lexicon: WeakKeyDictionary[Lexicon, _Names] = WeakKeyDictionary()


def find_place(
    syllables: Sequence[Syllable], at: int, is_beside: bool, lexicon: Lexicon
) -> Entity | None:
    """Return the place or publisher that is named from syllable `at` on, or None.

    `values` of the entity are all facet values with that name and of a level that the kind before
    it allows; without places if something named after the place stands before it
    (`is_named_after`). The rules in the docstring of the module decide whether the name is meant.
    Raises IndexDamaged if the vocabulary cannot be read.

    Parameters
    ----------
    is_beside : True if a syllable that belongs to no entity stands before `at` with only white
        space between.
    """
    names = _names(lexicon)
    kind, levels = _kind(syllables, at)
    start = at + len(kind)
    found = [name for name in _longest(syllables, start, names) if name.level in levels]
    if not found:
        kind, start = (), at
        found = _longest(syllables, at, names)
    if not found:
        return None
    terms = found[0].terms
    end = start + len(terms)
    whole = SurfaceForm(tuple(range(at, end)))
    name = SurfaceForm(tuple(range(start, end)))
    surface_forms: tuple[SurfaceForm, ...]
    if start > at:
        surface_forms = (name, whole) if _is_unambiguous(found[0]) else (whole,)
    elif (is_beside and _follows_surname(syllables, at)) or not (
        _is_one_syllable_name(syllables, at, names)
        if len(terms) == 1 and not found[0].alias
        else _is_meant_as_name(syllables[at:end], found[0])
    ):
        return None
    else:
        written = (SurfaceForm(tuple((term,) for term in each.written)) for each in found)
        surface_forms = (name, *written) if found[0].alias else (name,)
    values = tuple(
        NamedValue(each.facet, each.value, tuple(zip(range(start, end), each.terms, strict=True)))
        for each in found
        if each.level == PUBLISHER or not is_named_after(syllables, at)
    )
    name_terms = tuple(enumerate((*kind, *terms), at))
    return Entity(at, end, tuple(dict.fromkeys(surface_forms)), values, name_terms=name_terms)


def _kind(syllables: Sequence[Syllable], at: int) -> tuple[Terms, tuple[str, ...]]:
    """Return the terms of the kind of place that begins at syllable `at`, and the levels that a
    place of this kind can have.

    If no kind begins there, () and all levels.
    """
    return next(_kinds().matches_at(syllables, at), ((), (PROVINCE, DISTRICT, PUBLISHER)))


def _longest(syllables: Sequence[Syllable], at: int, names: _Names) -> list[_Name]:
    """Return the names that begin at syllable `at` and have the most syllables; [] if none begins
    there.

    There are several if several values have the same name, or names that differ in marks that were
    not typed.
    """
    found = [name for _, name in names.matches_at(syllables, at)]
    return [name for name in found if len(name.terms) == len(found[0].terms)]


def _is_meant_as_name(typed: Sequence[Syllable], name: _Name) -> bool:
    """True if the typed syllables mean the name although no kind of place stands before them.

    A name that is an everyday word must be capitalised; one that may be a person's is not meant.
    """
    if name.alias or _is_unambiguous(name):
        return True
    return in_dictionary(name.terms) and all(syllable.is_capitalized for syllable in typed)


def _is_one_syllable_name(syllables: Sequence[Syllable], at: int, names: _Names) -> bool:
    """True if the syllable at index `at` is by itself meant as a name.

    It must be typed with all its marks, have a capital or a mark (Huế, huế, Vinh, but not vinh),
    and must not be part of a longer name (Vinh Quang) or of a word (Vinh dự). A capital after it is
    allowed if another name begins there (Vinh Nghệ An).
    """
    syllable, before, after = syllables[at], syllables[max(at - 1, 0) : at], syllables[at + 1 :][:1]
    if not (syllable.is_capitalized or syllable.marked) or not any(
        terms == (syllable.term,) for terms, _ in names.matches_at(syllables, at)
    ):
        return False
    if syllable.is_capitalized and any(
        other.is_capitalized and is_syllable(other.term) for other in (*before, *after)
    ):
        return bool(_longest(syllables, at + 1, names))  # Vinh Nghệ An
    pairs = ((*before, syllable), (syllable, *after))
    return not any(in_dictionary([each.restored.term for each in pair]) for pair in pairs)


def _is_unambiguous(name: _Name) -> bool:
    """True if the name is not in pyvi's dictionary, has several syllables, and cannot be a
    person's.

    A name can be a person's if it has three syllables or more, of which the first is a surname, and
    is not a publisher's.
    """
    if len(name.terms) == 1 or in_dictionary(name.terms):
        return False
    return name.level == PUBLISHER or len(name.terms) == 2 or key(name.terms[0]) not in surnames()


def _follows_surname(syllables: Sequence[Syllable], at: int) -> bool:
    """True if the syllable before index `at`, which must exist, is a surname and not part of a
    word.

    Then the name is a person's: Nguyễn Thái Bình is one; in "tỉnh đoàn Thái Bình" ("youth union of
    the province …"), "đoàn" is a surname, too, but part of a word.
    """
    before = [syllable.restored.term for syllable in syllables[max(at - 2, 0) : at]]
    return key(before[-1]) in surnames() and not in_dictionary(before)


def _names(lexicon: Lexicon) -> _Names:
    """Return a dictionary of the names of all places and publishers of an index: terms → _Name.

    Cached per lexicon.
    """
    names = _names_of_lexicon.get(lexicon)
    if names is None:
        _names_of_lexicon[lexicon] = names = PhraseDictionary(
            (name.terms, name) for name in sorted(_all_names(lexicon))
        )
    return names


def _all_names(lexicon: Lexicon) -> Iterator[_Name]:
    """Yield every name of every place and publisher of an index.

    These are the value as written, the value without its kind ("tỉnh"), and the aliases of
    provinces. Publishers of one syllable are left out.
    """
    aliases_of: dict[Terms, list[Terms]] = {}
    for alias, name in aliases():
        aliases_of.setdefault(terms_in(name), []).append(terms_in(alias))
    for value in lexicon.facet_values(PLACE):
        province, _, district = value.partition(PATH_SEPARATOR)
        level = DISTRICT if district else PROVINCE
        written = terms_in(district or province)
        if not written:  # a value such as "???" is not a name
            continue
        for terms in dict.fromkeys((written, _without_kind(written))):
            if terms:
                yield _Name(terms, level, PLACE, value, written)
            for alias_terms in () if district else aliases_of.get(terms, ()):
                yield _Name(alias_terms, level, PLACE, value, written, alias=True)
    for value in lexicon.facet_values(PUBLISHER):
        if len(written := terms_in(value)) > 1:
            yield _Name(written, PUBLISHER, PUBLISHER, value, written)


def _without_kind(terms: Terms) -> Terms:
    """Return the terms of a name without the kind of place before it ("Thành phố Cao Lãnh" → "cao
    lãnh").

    () if no kind stands before it, or a number or nothing follows the kind (Quận 1).
    """
    for kind in map(terms_in, _PLACE_KINDS):
        rest = terms[len(kind) :]
        if terms[: len(kind)] == kind and rest and not rest[0].isdigit():
            return rest
    return ()


@cache
def _kinds() -> PhraseDictionary[tuple[str, ...]]:
    """Return a dictionary of the kinds of places: terms → levels that a place of it can have. Built
    once."""
    return PhraseDictionary((terms_in(kind), levels) for kind, levels in _PLACE_KINDS.items())
