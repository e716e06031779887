"""What several syllables typed mean together, beyond words: documents, persons, places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.query.laws import law
from indexer.query.lexicon import Lexicon
from indexer.query.parts import Meaning, Syllable
from indexer.query.people import person
from indexer.query.places import place
from indexer.query.references import reference


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
