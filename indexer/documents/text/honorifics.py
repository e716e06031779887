"""Titles of persons (honorifics.tsv) and family names, for finding names of persons in texts.

The groups of titles, with examples:

    comrade     đồng chí, đ/c            sir         ông, bà
    rank        đại tá, giáo sư          position    bí thư, phó, chủ tịch
    office      what may follow a position: UBND, huyện

The table was made for this project (MIT), from what portal pages write before names. The page rules
and the query interpreter use both.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from indexer.documents.text.text_keys import key


@cache
def person_titles(group: str) -> tuple[str, ...]:
    """Return the titles of a group in lower case, in the order of the table.

    `group` is "comrade", "sir", "rank", "position" or "office"; any other has no titles.
    """
    text = files(__package__).joinpath("honorifics.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return tuple(title for name, title in rows if name == group)


@cache
def surnames() -> frozenset[str]:
    """Return the keys (see `text_keys`) of the Vietnamese family names in `surnames.txt`."""
    text = files("indexer.documents.rules").joinpath("surnames.txt").read_text("utf-8")
    return frozenset(key(row) for row in text.splitlines() if row and not row.startswith("#"))
