"""The values of a facet that words name: `nơi:gia viễn`, `năm:2021`, `người:luu thi huyen`.

A month is named as addresses write it (`tháng:2021-01`) and as people do: `tháng:1/2021`,
`tháng:1 năm 2021`, and `tháng:1` in any year.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from indexer.analysis import fold, has_marks, tokens
from indexer.query.lexicon import Lexicon

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


def values_named(terms: Sequence[str], facet: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The values that hold the syllables side by side; whatever their marks where none has any."""
    bare = not any(map(has_marks, terms))
    wanted = f" {' '.join(map(fold, terms) if bare else terms)} "
    return tuple(v for v in lexicon.facet_values(facet) if wanted in _spelled(facet, v)[bare])


def length_named(terms: Sequence[str], facet: str, lexicon: Lexicon) -> int:
    """How many of the syllables name a value, from the first on; 0 where not even that does.

    `năm:2021 dân vận` asks for dân vận of 2021: the name ends where no value has the next word.
    """
    length = 0
    while length < len(terms) and values_named(terms[: length + 1], facet, lexicon):
        length += 1
    return length


@lru_cache(maxsize=1 << 16)
def _spelled(facet: str, value: str) -> tuple[str, str]:
    """The syllables of a value between spaces, as they are and folded; a month's in each order."""
    if facet == "month" and (month := _MONTH.fullmatch(value)):
        value += f" {month[2]}/{month[1]} {month[2]} năm {month[1]}"
    terms = [token.term for token in tokens(value)]
    return f" {' '.join(terms)} ", f" {' '.join(map(fold, terms))} "
