"""Which lines belong to the portal and not to the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from functools import cache
from importlib.resources import files

from indexer.documents.lines import LONG, Line
from indexer.documents.text_keys import key


class Chrome(Enum):
    """What kind of chrome a line is; `chrome.tsv` says what each kind means."""

    LINE = "line"
    STARTS = "starts"
    CLOSES = "closes"
    HEADING = "heading"


_MENU = re.compile(r"\s*[|»›>•·/]\s*")
_EDGE = " .:*-–—|»›>•·+!…[]()<"
_LONGEST = 12
"""Words: what is longer is never dropped for how it begins."""
_WIDEST = 300
"""Characters: what is wider is no chrome."""


@cache
def _table() -> tuple[Mapping[str, Chrome], tuple[str, ...]]:
    exact: dict[str, Chrome] = {}
    starts: list[str] = []
    text = files(__package__).joinpath("chrome.tsv").read_text("utf-8")
    for row in text.splitlines():
        if row and not row.startswith("#"):
            kind, phrase = row.split("\t")
            if kind == "starts":
                starts.append(phrase.lower())
            exact[key(phrase).strip(_EDGE)] = Chrome(kind)
    return exact, tuple(starts)


def chrome_kind(line: Line) -> Chrome | None:
    """What kind of chrome `line` is by itself, None where it may belong to the page."""
    if line.blank or line.words > 2 * _LONGEST or len(line.text) > _WIDEST:
        return None
    exact, starts = _table()
    bare = line.key.strip(_EDGE)
    if not bare:
        return Chrome.LINE if len(line.text) > 1 or line.text in _EDGE else None
    if kind := exact.get(bare):
        return kind
    if (once := doubled(line)) is not None and (kind := exact.get(key(once))):
        return kind
    if line.words <= _LONGEST and not line.prose and line.text.lower().startswith(starts):
        return Chrome.STARTS
    if is_menu(line):
        return Chrome.LINE
    return None


def doubled(line: Line) -> str | None:
    """The phrase, where a line is one phrase twice ("Audio Audio"), as portlets write headings."""
    words = line.text.split(" ")
    half, odd = divmod(len(words), 2)
    if odd or not half or len(line.text) > LONG or not line.text[0].isalpha():
        return None
    first, second = " ".join(words[:half]), " ".join(words[half:])
    return first if key(first) == key(second) else None


def is_menu(line: Line) -> bool:
    """Three or more short labels between separators: a menu or a trail of crumbs."""
    labels = [label for label in _MENU.split(line.text) if label]
    return (
        len(labels) >= 3
        and not line.ends_sentence
        and not any(char.isdigit() for char in line.text)
        and all(label.count(" ") < 7 for label in labels)
        and len(re.findall(r" [|»›>•·/] |[|»›>•·]", line.text)) >= 2
    )
