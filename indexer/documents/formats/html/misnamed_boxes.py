"""Find the text of a page in boxes that were left out because of their names.

A *box* is an element such as <div> or <section>. Boxes whose class or id names chrome ("banner",
"popup", "comment") are left out of the text (`page_chrome`). But sites also name a box for its look
("banner-text") or reuse one, and put a short notice in it. So if only the title of a page is left
without them, or few words beside those in such a box, one of these boxes has the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from indexer.documents.content import Part
from indexer.documents.formats.html.box_names import names_of
from indexer.documents.formats.html.imprint import is_imprint
from indexer.documents.formats.html.page_chrome import (
    is_chrome,
    is_link,
    is_link_list,
    words_outside_links,
)
from indexer.documents.text.lines import Line
from indexer.documents.text.text_keys import clean, key
from indexer.models import BlockKind

_LEAST_TEXT = 8
"""Least number of words beside the title that are the text of a page: a line with its date, author
and views has fewer."""
_LEAST_WORDS = 5
"""Least number of words outside links of a box with the text."""
_FEW_WORDS = 40
"""Greatest number of words beside the title of a page that may be less than its text: its lead,
date and author."""
_TIMES = 3
"""How many times as many words the text of such a page has. A box with the name of chrome that has
more than 150 words is none (`page_chrome.is_chrome`)."""
_COUNTED = 10_000
"""Number of words at which counting those of a box ends; longer boxes are taken as equally long."""
_BOXES = ("div", "section", "td", "aside", "center", "header")
_BESIDE = re.compile(r"sidebar|footer|menu|related|lien-?quan|tin-?khac|other", re.IGNORECASE)
"""Matches names of boxes that stand beside or below a text, or are about other pages."""
_OF_READERS = re.compile(
    r"\bcomments\b|avatar|author|nick|user|repl(?:y|ies)|tra-?loi|comment-?(?:body|text|content|meta|item|list)"
    r"|cookie|login|dang-?nhap|subscribe|newsletter",
    re.IGNORECASE,
)
"""Matches names of elements inside boxes of readers' comments, consent to cookies and logins."""


def misnamed_boxes(
    parts: Sequence[Part], tree: Any, others: frozenset[Any], heading: Any
) -> list[Any]:
    """Return the elements with the text of a page whose `parts` are only a title, or at most
    _FEW_WORDS words beside it, in the order of the page; [] if no box may have it.

    Of the boxes after the heading that were left out by their names, it is the one with most words
    outside links (at least _LEAST_WORDS, and _TIMES those of the parts), and those with the same
    parent, tag and class. Boxes with fields to fill in, with readers' comments, of links or with
    the imprint of the site are never the text.

    Parameters
    ----------
    parts : what was read of the page without such boxes.
    tree : the root element of the page (lxml).
    others : elements that are about other pages; none of them, and no box in them, is the text.
    heading : the element with the title of the page.
    """
    title = key(clean("".join(heading.itertext())))
    rest = [p for p in parts if p.kind is not BlockKind.PAGE and key(clean(p.text)) != title]
    words = sum(len(part.text.split()) for part in rest)
    has_text = words >= _LEAST_TEXT or any(map(_is_text, rest))
    if has_text and words > _FEW_WORDS:
        return []
    found: list[Any] = []
    below = False
    above = set(heading.iterancestors())
    for element in tree.iter():
        below = below or element is heading
        if (
            below
            and element.tag in _BOXES
            and element not in above
            and not any(holder in found for holder in element.iterancestors())
            and is_chrome(element, heading)
            and _may_be_text(element, others)
        ):
            found.append(element)
    lengths = {element: words_outside_links(element, _COUNTED) for element in found}
    longest = max(found, key=lambda element: lengths[element], default=None)
    if longest is None or lengths[longest] < _LEAST_WORDS:
        return []
    if has_text and (
        lengths[longest] < _TIMES * words or _OF_READERS.search(names_of(longest)) is not None
    ):
        return []
    return [
        element
        for element in found
        if element.getparent() is longest.getparent()
        and element.tag == longest.tag
        and element.get("class") == longest.get("class")
    ]


def _is_text(part: Part) -> bool:
    """Return True if a part is an item of a list or a row of a table, or ends a sentence."""
    if part.kind in (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW):
        return True
    text = clean(part.text)
    return Line(1, text, text).ends_sentence


def _may_be_text(element: Any, others: frozenset[Any]) -> bool:
    """Return True unless a box is one of those that `misnamed_boxes` says are never the text."""
    holders = (element, *element.iterancestors())
    if any(e in others or e.tag in ("nav", "footer") or e.get("role") for e in holders):
        return False
    if any(_BESIDE.search(names_of(e)) for e in holders):
        return False
    if any(e.get("type") != "hidden" for e in element.iter("input", "form", "select")):
        return False
    if any(isinstance(e.tag, str) and _OF_READERS.search(names_of(e)) for e in element.iter()):
        return False
    text = clean("".join(element.itertext()))
    links = sum(map(is_link, element.iter("a")))
    return not (is_imprint(text) or is_link_list(element) or (links and links >= len(element)))
