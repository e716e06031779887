"""Persons with their titles: `đồng chí Nguyễn Văn A`, `Chủ tịch UBND huyện Nguyễn Văn A`.

A title says how somebody is addressed, not who it is: a page that names the find_person without it
speaks of the same one. So the name alone is a match; the title only adds to the score.

A name is known by its capitals, or, where it is typed without, from the persons that this index
has. What is also a place (Hồ Chí Minh) needs its title: it tells the find_person from the city.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from weakref import WeakKeyDictionary

from indexer.analysis import fold, terms_in
from indexer.analysis.syllables import term_of
from indexer.documents.gazetteer import gazetteer
from indexer.documents.honorifics import person_titles, surnames
from indexer.documents.text_keys import key, word_keys
from indexer.facets import PERSON
from indexer.query.entities.dictionary import PhraseDictionary, Terms
from indexer.query.model import Entity, SurfaceForm, Syllable
from indexer.query.vocabulary.lexicon import Lexicon

_MOST_SYLLABLES = 6
_MOST_TITLES = 8

_Names = Mapping[tuple[str, str], Sequence[str]]
"""Folded first and last syllable → names."""

_persons: WeakKeyDictionary[Lexicon, _Names] = WeakKeyDictionary()


def find_person(syllables: Sequence[Syllable], at: int, lexicon: Lexicon) -> Entity | None:
    """The find_person whose titles begin at syllable `at`, or None."""
    before = _titles(syllables, at)
    start = at + len(before)
    if not before or start == len(syllables):
        return None
    if key(syllables[start].restored.term) not in surnames():
        return None
    names = _known(syllables, start, lexicon)
    end = start + len(names) if names else _capitals(syllables, start)
    if end - start < 2 or _is_place(syllables[start:end]):
        return None
    surface_forms = (SurfaceForm(tuple(range(start, end))), SurfaceForm(tuple(range(at, end))))
    return Entity(at, end, surface_forms, names=tuple(enumerate((*before, *names), at)))


def _titles(syllables: Sequence[Syllable], at: int) -> Terms:
    """The titles that begin at `at`; offices only after one."""
    found: Terms = ()
    for _ in range(_MOST_TITLES):
        start = at + len(found)
        title = _title(syllables, start, "title") or (found and _title(syllables, start, "office"))
        if not title:
            break
        found += title
    return found


def _title(syllables: Sequence[Syllable], at: int, what: str) -> Terms:
    """The longest title (or office) that the syllables from `at` on are."""
    return next((terms for terms, _ in _table(what).at(syllables, at)), ())


def _known(syllables: Sequence[Syllable], start: int, lexicon: Lexicon) -> Terms:
    """The longest name from `start` on that a page of this index has, or nothing."""
    names = _persons.get(lexicon)
    if names is None:
        _persons[lexicon] = names = _by_ends(lexicon.facet_values(PERSON))
    for end in range(min(start + _MOST_SYLLABLES, len(syllables)), start + 1, -1):
        typed = syllables[start:end]
        for name in names.get((fold(typed[0].term), fold(typed[-1].term)), ()):
            if name.count(" ") + 1 != len(typed):
                continue
            terms = terms_in(name)
            if len(terms) == len(typed) and all(map(Syllable.is_compatible, typed, terms)):
                return terms
    return ()


def _by_ends(values: Iterable[str]) -> _Names:
    """The names by their ends, which are few: to fold all that is in them would take long."""
    written: dict[tuple[str, str], list[str]] = {}
    for name in values:
        first, _, rest = name.partition(" ")
        written.setdefault((first, rest.rpartition(" ")[2]), []).append(name)
    folded: dict[tuple[str, str], list[str]] = {}
    for (first, last), names in written.items():
        ends = fold(term_of(first)), fold(term_of(last))
        folded.setdefault(ends, []).extend(names)
    return folded


def _capitals(syllables: Sequence[Syllable], start: int) -> int:
    """The end of the name in capitals that begins at `start`; not beyond where a place begins."""
    end = start
    while end < min(start + _MOST_SYLLABLES, len(syllables)) and syllables[end].capital:
        if end - start > 2 and _begins_place(syllables, end):
            break
        end += 1
    return end


def _begins_place(syllables: Sequence[Syllable], at: int) -> bool:
    word_spans, end = gazetteer().longest_at("province", _keys(syllables[at : at + 4]), 0)
    return bool(word_spans) and end > 1


def _is_place(syllables: Sequence[Syllable]) -> bool:
    keys = _keys(syllables)
    return any(gazetteer().units(level, keys) for level in ("province", "district"))


def _keys(syllables: Sequence[Syllable]) -> tuple[str, ...]:
    return word_keys(" ".join(syllable.restored.term for syllable in syllables))


@cache
def _table(what: str) -> PhraseDictionary[None]:
    """The titles, or the offices."""
    groups = ("office",) if what == "office" else ("comrade", "sir", "rank", "position")
    return PhraseDictionary(
        (terms_in(title), None) for group in groups for title in person_titles(group)
    )
