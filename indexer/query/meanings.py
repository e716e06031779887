"""What several syllables typed mean together, beyond words: documents, persons, places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.query.laws import law
from indexer.query.lexicon import Lexicon
from indexer.query.parts import Meaning, Syllable
from indexer.query.references import reference


def meanings_in(
    syllables: Sequence[Syllable], gaps: Sequence[str], lexicon: Lexicon
) -> Iterator[Meaning]:
    """The meanings from left to right, none of them overlapping.

    `gaps` are the signs and spaces before each syllable.
    """
    at = 0
    while at < len(syllables):
        found = law(syllables, at, lexicon) or reference(syllables, gaps, at, lexicon)
        if found:
            yield found
        at = found.end if found else at + 1
