"""Which syllables typed are one word: they must stand side by side in what is found.

pyvi's words are a first guess; the index has the last word. Names and places that pyvi does not
know are units too where this index uses them so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.models import Range
from indexer.query.lexicon import Lexicon

# Two neighbours are a unit of this index where the rarer of them stands in at least this share of
# its documents beside the other.
_SHARE = 0.5


def units(
    terms: Sequence[str], touching: Sequence[bool], words: Sequence[Range], lexicon: Lexicon
) -> Iterator[Range]:
    """Spans `[i, j)` of the syllables, side by side and together all of them.

    pyvi's words are split where this index never has them side by side, and single syllables joined
    to a neighbour where it nearly always does.

    Parameters
    ----------
    terms : the syllables as they were probably meant, at least one.
    touching : whether nothing but space stands before each of them.
    words : spans of pyvi's words, and of the words inside its long compounds.
    """
    # A long compound with words inside it is a phrase: its words make the units.
    plain = [
        (i, j)
        for i, j in words
        if not any(i <= k and m <= j and 1 < m - k < j - i for k, m in words)
    ]
    joined = {at for start, end in plain for at in range(start + 1, end)}
    begin = 0
    for at in range(1, len(terms)):
        first, second = terms[at - 1], terms[at]
        together = lexicon.pair_frequency(first, second)
        if at in joined:
            if together:
                continue
        elif touching[at] and (at - 1 not in joined or at + 1 not in joined):
            rarer = min(lexicon.frequency(first), lexicon.frequency(second))
            if together and together >= _SHARE * rarer:
                continue
        yield begin, at
        begin = at
    yield begin, len(terms)
