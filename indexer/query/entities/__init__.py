"""Find the entities of a query: several syllables that name one thing. Used by `interpret.py`.

citations.py       documents by type and number; document_types.py: the table of types
law_names.py       laws by name and year
person_names.py    persons after their titles
place_names.py     places and publishers of the facets
name_forms.py      names with several written forms: places, countries, foreign names
foreign_names.py   foreign names that no table has: Kha-lít-xcô, Khalítxcô
place_kinds.py     the kind of a place before its number or name: Q.1, huyện Củ Chi
periods.py         ranges of dates and numbers: trước 2005, `năm:2010-2015`
number_forms.py    numbers with several written forms: units, codes, ordinals
date_forms.py      dates and times of day with several written forms
facet_values.py    the facet values that words name, for `năm:2021`
dictionary.py      look-up of entries of several syllables, with marks missing
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from indexer.query.entities.citations import find_citation
from indexer.query.entities.law_names import find_law
from indexer.query.entities.name_forms import find_name, outside_longer_names
from indexer.query.entities.number_forms import find_number
from indexer.query.entities.periods import find_period
from indexer.query.entities.person_names import find_person
from indexer.query.entities.place_names import find_place
from indexer.query.model import Entity, Syllable
from indexer.query.vocabulary.lexicon import Lexicon


def find_entities(
    syllables: Sequence[Syllable], gaps: Sequence[str], lexicon: Lexicon
) -> Iterator[Entity]:
    """Yield the entities of a clause from left to right; none overlap.

    If several may begin at one syllable, a law is preferred, then a cited document, a period, a
    person; then the longest of a place, a number and a name with several written forms. Raises
    IndexDamaged if the vocabulary cannot be read.

    Parameters
    ----------
    syllables : those of the clause; the spans of the entities are indexes of them.
    gaps : for each syllable, the text between it and the one before; "" for the first.
    lexicon : the vocabulary of the index; it decides which numbers, persons and places are known.
    """
    at = entity_end = 0
    while at < len(syllables):
        entity = (
            find_law(syllables, at, lexicon)
            or find_citation(syllables, gaps, at, lexicon)
            or find_period(syllables, gaps, at, lexicon)
            or find_person(syllables, at, lexicon)
            or _longest(
                find_place(syllables, at, gaps[at].isspace() and at > entity_end, lexicon),
                find_number(syllables, gaps, at, lexicon),
                find_name(syllables, gaps, at, lexicon),
            )
        )
        if entity:
            yield outside_longer_names(entity, syllables)
            entity_end = entity.end
        at = entity_end if entity else at + 1


def find_numbers(
    syllables: Sequence[Syllable], gaps: Sequence[str], lexicon: Lexicon
) -> Iterator[Entity]:
    """Yield the numbers with several written forms, from left to right; none overlap.

    They are the only entities of a phrase in quotes. The parameters are those of `find_entities`.
    Raises IndexDamaged if the vocabulary cannot be read.
    """
    at = 0
    while at < len(syllables):
        entity = find_number(syllables, gaps, at, lexicon, in_quotes=True)
        if entity:
            yield entity
        at = entity.end if entity else at + 1


def _longest(*found: Entity | None) -> Entity | None:
    """Return the longest of the entities; None if all of `found` are None.

    All begin at the same syllable. If several are equally long, the result has the forms and
    synonyms of all of them, and the values and name terms of the first that has any.
    """
    longest = max((entity for entity in found if entity), key=lambda e: e.end, default=None)
    for other in found:
        if longest and other and other is not longest and other.end == longest.end:
            longest = replace(
                longest,
                surface_forms=tuple(dict.fromkeys((*longest.surface_forms, *other.surface_forms))),
                values=longest.values or other.values,
                synonyms=(*longest.synonyms, *other.synonyms),
                name_terms=longest.name_terms or other.name_terms,
            )
    return longest
