"""The values of a facet that words name: `nơi:gia viễn`, `năm:2021`, `người:luu thi huyen`.

A month is named as addresses write it (`tháng:2021-01`) and as people do: `tháng:1/2021`,
`tháng:1 năm 2021`, and `tháng:1` in any year.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

from indexer.analysis import fold, has_marks, terms_in
from indexer.facets import facet_field, parse_month
from indexer.models import FacetKind
from indexer.query.vocabulary.lexicon import Lexicon


class _Lines(NamedTuple):
    """The values of a facet, a line each: their syllables between spaces; and where lines begin."""

    text: str
    begins: list[int]


_known: WeakKeyDictionary[Lexicon, dict[tuple[str, bool], _Lines]] = WeakKeyDictionary()


def find_values(terms: Sequence[str], facet: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The values that hold the syllables side by side; whatever their marks where none has any."""
    bare = not any(map(has_marks, terms))
    wanted = f" {' '.join(map(fold, terms) if bare else terms)} "
    values, lines = lexicon.facet_values(facet), _lines(facet, bare, lexicon)
    found = []
    at = lines.text.find(wanted)
    while at >= 0:
        number = bisect_right(lines.begins, at) - 1
        found.append(values[number])
        at = lines.text.find(wanted, lines.begins[number + 1])
    return tuple(found)


def value_length(terms: Sequence[str], facet: str, lexicon: Lexicon) -> int:
    """How many of the syllables name a value, from the first on; 0 where not even that does.

    `năm:2021 dân vận` asks for dân vận of 2021: the name ends where no value has the next word.
    """
    length = 0
    while length < len(terms) and find_values(terms[: length + 1], facet, lexicon):
        length += 1
    return length


def _lines(facet: str, bare: bool, lexicon: Lexicon) -> _Lines:
    """All values of a facet, folded where `bare`: there may be a hundred thousand persons."""
    known = _known.setdefault(lexicon, {})
    found = known.get((facet, bare))
    if found is None:
        lines = [_spelled(facet, value) for value in lexicon.facet_values(facet)]
        text = "".join(f" {' '.join(map(fold, terms) if bare else terms)} \n" for terms in lines)
        begins = [0, *(match.end() for match in re.finditer("\n", text))]
        found = known[facet, bare] = _Lines(text, begins)
    return found


def _spelled(facet: str, value: str) -> tuple[str, ...]:
    """The syllables of a value; those of a month in each order."""
    if facet_field(facet).kind is FacetKind.DATE and (found := parse_month(value)):
        year, month = found
        value += f" {month:02}/{year:04} {month:02} năm {year:04}"
    return terms_in(value)
