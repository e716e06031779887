"""Find the kind of a place before its number or name, which may be abbreviated.

    Q.1 · Q1 · quận 1        H. Củ Chi · huyện Củ Chi        huyện củ chi

A document matches by either way to write the kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from indexer.analysis.decompounding import in_dictionary
from indexer.query.entities.dictionary import PLACE_KINDS, PhraseDictionary, Terms
from indexer.query.entities.number_forms import variant_entity
from indexer.query.model import Condition, Entity, SurfaceForm, Syllable
from indexer.query.vocabulary.lexicon import Lexicon

_KINDS: Mapping[str, Terms] = {
    **PLACE_KINDS,
    "t": ("tỉnh",),
    "ql": ("quốc", "lộ"),
    "tl": ("tỉnh", "lộ"),
    "hl": ("hương", "lộ"),
}
"""PLACE_KINDS, and the abbreviations of a province and of national, provincial and rural roads."""
_NUMBERED_KINDS = ("q", "p", "ql", "tl", "hl")
"""Abbreviations of the kinds of places that may have a number as their name (Q.1, QL1A)."""
_NUMBERED = re.compile(r"([qp])(\d{1,2})|(ql|tl|hl)(\d{1,3}[a-e]?)")
_NUMBER = re.compile(r"\d{1,3}[a-e]?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MAX_NAME_SYLLABLES = 4
"""Greatest number of syllables of the name after the kind of a place."""


def find_kind_of_place(
    syllables: Sequence[Syllable], gaps: Sequence[str], at: int, lexicon: Lexicon
) -> Entity | None:
    """Return the kind of a place, in short or in full, with the number or name after it, as an
    entity with the other way to write the kind; or None.

    Raises IndexDamaged if the vocabulary cannot be read.

    Parameters
    ----------
    gaps : for each syllable, the text between it and the one before; "" for the first.
    """
    joined = _NUMBERED.fullmatch(syllables[at].term)
    if joined:
        if at + 1 < len(syllables) and _YEAR.fullmatch(syllables[at + 1].term):
            return None  # a quarter of a year
        short, number = (group for group in joined.groups() if group)
        forms = [(short, number), (*_KINDS[short], number)]
        return variant_entity(syllables, at, at + 1, forms, lexicon)
    for short, kind, start in _kinds_at(syllables, gaps, at):
        is_short = syllables[at].term == short
        missing = _missing_marks(syllables, at, kind) if not is_short else ()
        if _NUMBER.fullmatch(syllables[start].term):
            number = syllables[start].term
            if short not in _NUMBERED_KINDS or (len(short) == 1 and len(number) > 2):
                continue
            others = [(short, number), (*kind, number), (short + number,)]
            entity = variant_entity(syllables, at, start + 1, others, lexicon)
            return _with_condition(entity, missing) if entity else None
        if len(syllables[start].term) == 1:
            continue  # T.Ư, not a province
        other = kind if is_short else (short,)
        end = _name_end(syllables, gaps, start, other, lexicon)
        if end == start or not all(map(lexicon.frequency, other)):
            continue
        as_typed = SurfaceForm(tuple(range(at, end)))
        name = tuple(range(start, end))
        in_other = SurfaceForm((*((term,) for term in other), *name), missing)
        return Entity(at, end, (as_typed, in_other))
    return None


def _kinds_at(
    syllables: Sequence[Syllable], gaps: Sequence[str], at: int
) -> Iterator[tuple[str, Terms, int]]:
    """Yield (short form, terms, index of the syllable after it) of each kind of place that begins
    at syllable `at` and is not the end of the text.

    A full stop stands after a short form, or it has a capital and spaces after it; the marks of a
    full one may be missing.
    """
    typed = syllables[at]
    kind = _KINDS.get(typed.term)
    if kind and at + 1 < len(syllables):
        after = gaps[at + 1]
        if after.strip() == "." or (typed.typed[0].isupper() and after.isspace()):
            yield typed.term, kind, at + 1
    for terms, short in _full_kinds().matches_at(syllables, at):
        if at + len(terms) < len(syllables):
            yield short, terms, at + len(terms)


def _missing_marks(syllables: Sequence[Syllable], at: int, kind: Terms) -> Condition:
    """Return the condition that a rung allows for the marks that lack in the kind as typed, () if
    none do."""
    return tuple(
        (place, term) for place, term in enumerate(kind, at) if term != syllables[place].term
    )


def _with_condition(entity: Entity, condition: Condition) -> Entity:
    as_typed, *others = entity.surface_forms
    return Entity(
        entity.start,
        entity.end,
        (as_typed, *(SurfaceForm(form.slots, condition) for form in others)),
        synonyms=() if condition else entity.synonyms,
    )


def _name_end(
    syllables: Sequence[Syllable],
    gaps: Sequence[str],
    start: int,
    other: Terms,
    lexicon: Lexicon,
) -> int:
    """Return the index after the name of a place that begins at syllable `start`; `start` if it is
    no name.

    It is the run of capitalised syllables with spaces between them, at most _MAX_NAME_SYLLABLES. In
    small letters it is one syllable, which the index must have directly after `other`, the other
    way to write the kind, and which must make no word of pyvi's dictionary with the kind (xã hội).
    """
    end = start
    while (
        end < min(len(syllables), start + _MAX_NAME_SYLLABLES)
        and syllables[end].is_capitalized
        and (end == start or gaps[end].isspace())
    ):
        end += 1
    if end > start or not syllables[start].term.isalpha() or not gaps[start].isspace():
        return end
    pair = (syllables[start - 1].restored.term, syllables[start].restored.term)
    is_name = lexicon.pair_frequency(other[-1], pair[1]) and not in_dictionary(pair)
    return start + 1 if is_name else start


@cache
def _full_kinds() -> PhraseDictionary[str]:
    """Return a dictionary of the kinds of places in full: terms → short form. Built once."""
    return PhraseDictionary((kind, short) for short, kind in _KINDS.items())
