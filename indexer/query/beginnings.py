"""The syllables that begin as typed: what `dân*` asks for, and what a completion offers.

The index keeps one spelling of i and y (ki is kept as ky), so the beginning of a longer syllable
(ki: kiểm) is looked up as typed, and a whole syllable as it is kept.
"""

from __future__ import annotations

from indexer.analysis import Token, fold, strip_marks
from indexer.query.lexicon import Lexicon


def beginning_with(
    text: str, token: Token, lexicon: Lexicon, limit: int, *, folded: bool
) -> tuple[str, ...]:
    """At most `limit` terms that begin with the syllable `token` of `text`, most frequent first.

    With `folded`, whatever their marks.
    """
    typed = text[token.start : token.end].lower()
    if folded:
        longer = lexicon.folded_with_prefix(strip_marks(typed), limit)
        whole = lexicon.variants(fold(token.term))
    else:
        longer = lexicon.with_prefix(typed, limit)
        whole = (token.term,) if lexicon.frequency(token.term) else ()
    found = dict.fromkeys((*longer, *whole))
    return tuple(sorted(found, key=lambda term: (-lexicon.frequency(term), term))[:limit])
