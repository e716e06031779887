"""What several syllables typed mean together, beyond words: documents, persons, places."""

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
    """The entities from left to right, none of them overlapping.

    `gaps` are the signs and spaces before each syllable.
    """
    at = since = 0
    while at < len(syllables):
        found = (
            find_law(syllables, at, lexicon)
            or find_citation(syllables, gaps, at, lexicon)
            or find_person(syllables, at, lexicon)
            or find_place(syllables, at, gaps[at].isspace() and at > since, lexicon)
        )
        if found:
            yield found
            since = found.end
        at = since if found else at + 1
