"""Find the entities of a query: several syllables that name one thing. Used by `interpret.py`.

citations.py       documents by type and number; document_types.py: the table of types
law_names.py       laws by name and year
person_names.py    persons after their titles
place_names.py     places and publishers
facet_values.py    the facet values that words name, for `năm:2021`
dictionary.py      look-up of entries of several syllables, with marks missing
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.query.entities.citations import find_citation
from indexer.query.entities.law_names import find_law
from indexer.query.entities.person_names import find_person
from indexer.query.entities.place_names import find_place
from indexer.query.model import Entity, Syllable
from indexer.query.vocabulary.lexicon import Lexicon


def find_entities(
    syllables: Sequence[Syllable], gaps: Sequence[str], lexicon: Lexicon
) -> Iterator[Entity]:
    """Yield the entities of a clause from left to right; none overlap.

    If several may begin at one syllable, a law is preferred, then a citation, a person, a place.

    Parameters
    ----------
    syllables : those of the clause; the spans of the entities are indexes in it.
    gaps : for each syllable, the text between it and the one before; "" for the first.
    lexicon : the vocabulary of the index; it decides which numbers, persons and places are known.
    """
    at = entity_end = 0
    while at < len(syllables):
        entity = (
            find_law(syllables, at, lexicon)
            or find_citation(syllables, gaps, at, lexicon)
            or find_person(syllables, at, lexicon)
            or find_place(syllables, at, gaps[at].isspace() and at > entity_end, lexicon)
        )
        if entity:
            yield entity
            entity_end = entity.end
        at = entity_end if entity else at + 1
