"""Places, and the offices that publish: `gia viễn`, `tỉnh Kiên Giang`, `báo ninh bình`.

A page is about a find_place or comes from an office also where its text does not say so: its masthead
did. So words that name a value of these facets are matched by the text or by the value. Pages bear
the name of their province at their date and that of today, so that either name finds them.

A name that is also an everyday word (hòa bình, tuổi trẻ: pyvi's dictionary has it) or a person's
(Hồ Chí Minh) is taken as a find_place where it is typed as a name is, or after the kind of the find_place; so
is one of a single syllable (Huế).
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
from indexer.documents.honorifics import surnames
from indexer.documents.text_keys import key
from indexer.facets import PATH_SEPARATOR, PLACE, PUBLISHER
from indexer.query.entities.dictionary import PhraseDictionary, Terms
from indexer.query.model import Entity, NamedValue, SurfaceForm, Syllable
from indexer.query.vocabulary.lexicon import Lexicon

PROVINCE, DISTRICT = "province", "district"

_KINDS: Mapping[str, tuple[str, ...]] = {
    "tỉnh": (PROVINCE,),
    "thành phố": (PROVINCE, DISTRICT),
    "tp": (PROVINCE, DISTRICT),
    "thị xã": (DISTRICT,),
    "tx": (DISTRICT,),
    "huyện": (DISTRICT,),
    "quận": (DISTRICT,),
}
"""What may stand before the name of a find_place, and of which level the find_place is then."""


class _Name(NamedTuple):
    """A name and the value it is of; `written` is how the value itself is written."""

    terms: Terms
    level: str
    facet: str
    value: str
    written: Terms
    alias: bool = False


_Names = PhraseDictionary[_Name]
_known: WeakKeyDictionary[Lexicon, _Names] = WeakKeyDictionary()


def find_place(
    syllables: Sequence[Syllable], at: int, beside: bool, lexicon: Lexicon
) -> Entity | None:
    """The find_place or office that is named from syllable `at` on, or None.

    `beside` says that nothing but space and no other entity stands before it.
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
        surface_forms = (name, whole) if _plain(found[0]) else (whole,)
    elif (beside and _after_surname(syllables, at)) or not (
        _alone(syllables, at, names)
        if len(terms) == 1 and not found[0].alias
        else _meant(syllables[at:end], found[0])
    ):
        return None
    else:
        own = (SurfaceForm(tuple((term,) for term in each.written)) for each in found)
        surface_forms = (name, *own) if found[0].alias else (name,)
    values = tuple(
        NamedValue(each.facet, each.value, tuple(zip(range(start, end), each.terms, strict=True)))
        for each in found
    )
    named = tuple(enumerate((*kind, *terms), at))
    return Entity(at, end, tuple(dict.fromkeys(surface_forms)), values, names=named)


def _kind(syllables: Sequence[Syllable], at: int) -> tuple[Terms, tuple[str, ...]]:
    """The kind of a find_place that stands at `at`, if any, and the levels that it leaves."""
    return next(_kinds().at(syllables, at), ((), (PROVINCE, DISTRICT, PUBLISHER)))


def _longest(syllables: Sequence[Syllable], at: int, names: _Names) -> list[_Name]:
    """The names of most syllables that those from `at` on may be."""
    found = [name for _, name in names.at(syllables, at)]
    return [name for name in found if len(name.terms) == len(found[0].terms)]


def _meant(typed: Sequence[Syllable], name: _Name) -> bool:
    """Whether what was typed is meant as the name, no kind before it."""
    if name.alias or _plain(name):
        return True
    return in_dictionary(name.terms) and all(syllable.capital for syllable in typed)


def _alone(syllables: Sequence[Syllable], at: int, names: _Names) -> bool:
    """Whether a syllable alone is meant as a name: typed to the last mark, with a capital or a mark
    (Huế, huế, Vinh, not vinh), and no part of a longer name (Vinh Quang) or a word (Vinh dự)."""
    syllable, before, after = syllables[at], syllables[max(at - 1, 0) : at], syllables[at + 1 :][:1]
    if not (syllable.capital or syllable.marked) or not any(
        terms == (syllable.term,) for terms, _ in names.at(syllables, at)
    ):
        return False
    if syllable.capital and any(
        other.capital and is_syllable(other.term) for other in (*before, *after)
    ):
        return bool(_longest(syllables, at + 1, names))  # Vinh Nghệ An
    beside = ((*before, syllable), (syllable, *after))
    return not any(in_dictionary([each.restored.term for each in pair]) for pair in beside)


def _plain(name: _Name) -> bool:
    """Whether it is nothing but a name: no word, no person's name, no single syllable."""
    if len(name.terms) == 1 or in_dictionary(name.terms):
        return False
    return name.level == PUBLISHER or len(name.terms) == 2 or key(name.terms[0]) not in surnames()


def _after_surname(syllables: Sequence[Syllable], at: int) -> bool:
    """Whether the syllable before begins a person's name: Nguyễn Thái Bình, not tỉnh đoàn Thái
    Bình."""
    before = [syllable.restored.term for syllable in syllables[max(at - 2, 0) : at]]
    return key(before[-1]) in surnames() and not in_dictionary(before)


def _names(lexicon: Lexicon) -> _Names:
    """The names of this index's places and publishers."""
    names = _known.get(lexicon)
    if names is None:
        _known[lexicon] = names = PhraseDictionary(
            (name.terms, name) for name in sorted(_read(lexicon))
        )
    return names


def _read(lexicon: Lexicon) -> Iterator[_Name]:
    others: dict[Terms, list[Terms]] = {}
    for alias, name in aliases():
        others.setdefault(terms_in(name), []).append(terms_in(alias))
    for value in lexicon.facet_values(PLACE):
        province, _, district = value.partition(PATH_SEPARATOR)
        level = DISTRICT if district else PROVINCE
        written = terms_in(district or province)
        if not written:  # "???" is a value, but no name
            continue
        for terms in dict.fromkeys((written, _without_kind(written))):
            if terms:
                yield _Name(terms, level, PLACE, value, written)
            for alias_terms in () if district else others.get(terms, ()):
                yield _Name(alias_terms, level, PLACE, value, written, alias=True)
    for value in lexicon.facet_values(PUBLISHER):
        if len(written := terms_in(value)) > 1:
            yield _Name(written, PUBLISHER, PUBLISHER, value, written)


def _without_kind(terms: Terms) -> Terms:
    """The name alone where a value has its kind ("Thành phố Cao Lãnh"); a number is no name."""
    for kind in map(terms_in, _KINDS):
        rest = terms[len(kind) :]
        if terms[: len(kind)] == kind and rest and not rest[0].isdigit():
            return rest
    return ()


@cache
def _kinds() -> PhraseDictionary[tuple[str, ...]]:
    return PhraseDictionary((terms_in(kind), levels) for kind, levels in _KINDS.items())
