"""What several syllables typed mean together, beyond words: documents, persons, places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.query.entities.citations import reference
from indexer.query.entities.law_names import law
from indexer.query.entities.person_names import person
from indexer.query.entities.place_names import place
from indexer.query.model import Meaning, Syllable
from indexer.query.vocabulary.lexicon import Lexicon


def meanings_in(
    syllables: Sequence[Syllable], gaps: Sequence[str], lexicon: Lexicon
) -> Iterator[Meaning]:
    """The meanings from left to right, none of them overlapping.

    `gaps` are the signs and spaces before each syllable.
    """
    at = since = 0
    while at < len(syllables):
        found = (
            law(syllables, at, lexicon)
            or reference(syllables, gaps, at, lexicon)
            or person(syllables, at, lexicon)
            or place(syllables, at, gaps[at].isspace() and at > since, lexicon)
        )
        if found:
            yield found
            since = found.end
        at = since if found else at + 1
