"""Find the facet values that words name: `nơi:gia viễn`, `năm:2021`, `người:luu thi huyen`.

A month is named as in URLs (`tháng:2021-01`) or as people write it: `tháng:1/2021`, `tháng:1 năm
2021`, and `tháng:1` for that month of any year. Whether a document is in force is named by what
holds today: `hiệu_lực:còn`, `hiệu_lực:"đã hết hiệu lực"`. Used by `match_tree.py` and
`interpret.py`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from weakref import WeakKeyDictionary

from indexer.analysis import fold, has_marks, terms_in
from indexer.facets import DATE, MONTH, VALIDITY, facet_field, parse_month
from indexer.query.vocabulary.lexicon import Lexicon
from indexer.validity import Validity, validity_on

_STILL = ", còn hiệu lực, đang có hiệu lực"
"""How people also ask for what has taken effect and not ended."""
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


class _ValueLines(NamedTuple):
    """All values of a facet in one text, so that one search looks through all of them.

    Attributes
    ----------
    text : a line per value, in the order of `Lexicon.facet_values`: its terms with a space before
        and after each.
    starts : the offset in `text`, in code points, at which each line begins, and at last the length
        of `text`.
    """

    text: str
    starts: list[int]


_cache: WeakKeyDictionary[Lexicon, dict[tuple[str, bool, date | None], _ValueLines]] = (
    WeakKeyDictionary()
)
"""Lexicon → (name of a facet, True if folded, day for which they hold or None) → its lines."""


def find_values(terms: Sequence[str], facet: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the values of a facet that contain the terms side by side, in the order of the
    lexicon; () if there is none.

    If no term has marks, the marks of the values are ignored; otherwise terms are compared exactly.
    Raises IndexDamaged if the vocabulary cannot be read.

    Parameters
    ----------
    terms : normalised terms, at least one.
    facet : name of the facet; an unknown one has no values.
    """
    is_unmarked = not any(map(has_marks, terms))
    wanted = f" {' '.join(map(fold, terms) if is_unmarked else terms)} "
    values, lines = lexicon.facet_values(facet), _lines(facet, is_unmarked, lexicon)
    found = []
    at = lines.text.find(wanted)
    while at >= 0:
        number = bisect_right(lines.starts, at) - 1
        found.append(values[number])
        at = lines.text.find(wanted, lines.starts[number + 1])
    return tuple(found)


def value_length(terms: Sequence[str], facet: str, lexicon: Lexicon) -> int:
    """Return the number of terms, from the first on, that name a value of the facet: the greatest n
    for which a value contains the first n terms side by side. 0 if none contains the first.

    For `năm:2021 dân vận` it is 1, because no year has "2021 dân": the other words are text. The
    parameters and errors are those of `find_values`; without terms, the result is 0.
    """
    length = 0
    while length < len(terms) and find_values(terms[: length + 1], facet, lexicon):
        length += 1
    return length


def _lines(facet: str, folded: bool, lexicon: Lexicon) -> _ValueLines:
    """Return the values of a facet as lines of terms, folded if `folded` is True.

    Cached per lexicon, because there may be 100,000 values.
    """
    cached = _cache.setdefault(lexicon, {})
    key = facet, folded, date.today() if facet == VALIDITY else None
    lines = cached.get(key)
    if lines is None:
        spellings = [_spelling(facet, value) for value in lexicon.facet_values(facet)]
        text = "".join(f" {' '.join(map(fold, s) if folded else s)} \n" for s in spellings)
        starts = [0, *(match.end() for match in re.finditer("\n", text))]
        lines = cached[key] = _ValueLines(text, starts)
    return lines


def _spelling(facet: str, value: str) -> tuple[str, ...]:
    """Return the terms of a value; for a month or a day those of several ways to write it, one
    after another, for the dates of a document in force what they say of today."""
    if facet == MONTH and (found := parse_month(value)):
        year, month = found
        value += f" {month:02}/{year:04} {month:02} năm {year:04}"
    elif facet == DATE and (day := _DAY.fullmatch(value)):
        value += f" {day[3]}/{day[2]}/{day[1]}"
    elif facet == VALIDITY:
        state = validity_on(value, date.today())
        value = facet_field(VALIDITY).label_of(state) if state else ""
        value += _STILL if state is Validity.IN_FORCE else ""
    return terms_in(value)
