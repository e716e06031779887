"""Completions of what is being typed: the last syllable, read through the index's vocabulary."""

from __future__ import annotations

from indexer.analysis import fold, has_marks, tokens
from indexer.analysis.normalize import normalize
from indexer.query.beginnings import beginning_with
from indexer.query.language import MAX_CHARACTERS
from indexer.query.lexicon import Lexicon

_CANDIDATES = 256
"""Endings that are looked at: with fewer, the thôn of nông thôn is behind common words in th."""

_TAIL = 200
"""Characters at the end of the text that are looked at."""


def complete(text: str, lexicon: Lexicon, limit: int) -> tuple[str, ...]:
    """At most `limit` whole query texts that `text` may be the beginning of, likeliest first.

    What is typed without marks is completed with any. Where a syllable stands before the last
    one, completions that this index has beside it come first, and only those where there are any.
    """
    if len(text) > MAX_CHARACTERS:
        return ()
    whole = normalize(text).text
    kept, normalized = whole[:-_TAIL], whole[-_TAIL:]
    found = tokens(normalized)
    if not found or not normalized[-1:].isalnum():
        return ()
    last = found[-1]
    folded = not has_marks(last.term)
    ends = beginning_with(normalized, last, lexicon, _CANDIDATES, folded=folded)
    before = normalized[: last.start]
    if len(found) > 1 and found[-2].position == last.position - 1:
        previous = lexicon.variants(fold(found[-2].term)) or (found[-2].term,)
        if has_marks(found[-2].term):
            previous = (found[-2].term,)
        weighed = [
            (lexicon.pair_frequency(first, end), first, end) for first in previous for end in ends
        ]
        best = sorted((item for item in weighed if item[0]), key=lambda item: -item[0])
        if best:
            head = normalized[: found[-2].start]
            gap = normalized[found[-2].end : last.start]
            return tuple(f"{kept}{head}{first}{gap}{end}" for _, first, end in best[:limit])
    return tuple(kept + before + end for end in ends[:limit])
