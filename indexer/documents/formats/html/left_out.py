"""Find the passages of an HTML page that are in no part of its content and that no rule of chrome
leaves out.

`page_structure.Walk.read` has the elements whose text was read. What others say is chrome if a rule
names it (a menu by its tag, comments by their title, headlines by their links). All else was lost
by the choice of the element that holds the article: it is read, too, if it stands in a box like
that of the article (`boxes_of_text`), or else reported.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from indexer.documents.formats.html.imprint import is_imprint
from indexer.documents.formats.html.page_chrome import (
    BLOCKS,
    Box,
    asks_reader,
    events,
    is_chrome,
    is_link,
    is_link_list,
    is_surely_chrome,
)
from indexer.documents.formats.html.page_structure import holds_data, is_other_pages
from indexer.documents.rules.chrome import chrome_kind
from indexer.documents.rules.masthead import masthead
from indexer.documents.rules.passage import LEAST_WORDS, is_passage
from indexer.documents.rules.publication_date import date_line
from indexer.documents.text.lines import Line
from indexer.documents.text.text_keys import clean, key

_LEAST_ITEM = 3
"""Least number of words of an item of a list outside the article."""
_ITEMS = frozenset("li td th dt dd figcaption caption".split())
"""Elements of which a single word is a passage."""


def left_out(
    tree: Any,
    read: set[Any],
    others: frozenset[Any],
    heading: Any,
    root: Any,
    kept: frozenset[str],
    beside: frozenset[Any] = frozenset(),
) -> list[Passage]:
    """Return the passages of a page that were not read without a rule, in the order of the page.

    A passage is the text of a block up to the next block or <br>. Within `root`, it has the length
    of one (`is_passage`), or is an item of a list, a cell or a caption. Outside of it, and in boxes
    that are chrome by a name which boxes of the text may have, it is a sentence of LEAST_WORDS or
    prose; outside also an item of _LEAST_ITEM words of a list without links. The title, dates,
    imprints, the name of the site and lines that are chrome by their own text are none, nor is a
    text of that length that was read elsewhere on the page.

    Parameters
    ----------
    tree : the root element of the page (lxml).
    read : the elements whose own text, outside the elements in them, was read.
    others : elements that are about other pages, or about this one.
    heading : the element that shows the title, or None.
    root : the element that was read as the article.
    kept : the comparison keys (`text_keys.key`) of the texts that were read.
    beside : columns beside the article, which are outside of it though `root` holds them; those
        with links to other pages have no passage.
    """
    found: list[Passage] = []
    pending: list[str] = []
    shown = key(clean("".join(heading.itertext()))) if heading is not None else ""
    around = [_State()]

    def flush(block: Any) -> None:
        if not pending:
            return
        text = clean(" ".join("".join(pending).split()))
        pending.clear()
        if text and key(text) != shown and _is_passage(text, block, around[-1]):
            if key(text) in kept and is_passage(Line(1, text, text)):
                return  # once for phones and once for other screens
            found.append(Passage(text, block, around[-1].is_doubtful or around[-1].is_beside))

    for event, element in events(tree):
        is_block = element.tag in BLOCKS
        if event == "start":
            if is_block or element.tag == "br":
                flush(element.getparent())
            inside = _inside(element, around[-1], read, others, heading, root)
            if element in beside:
                is_named = inside.is_named or any(map(is_link, element.iter("a")))
                inside = replace(inside, is_named=is_named, is_within=False, is_beside=True)
            around.append(inside)
            text, holder = element.text, element
        else:
            if is_block:
                flush(element)
            around.pop()
            text, holder = element.tail, element.getparent()
        if text and not around[-1].is_named and holder is not None and holder not in read:
            pending.append(text)
    return found


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that was not read.

    Attributes
    ----------
    text : what it says.
    block : the element that holds it.
    is_doubtful : True if it stands in a box that is chrome by a name which boxes of the text may
        have, or in a column beside the article.
    """

    text: str
    block: Any
    is_doubtful: bool


def boxes_of_text(
    passages: list[Passage], boxes: dict[Any, Box], heading: Any, article: Any
) -> list[Any]:
    """Return the elements outside the article that belong to the text, in the order of the page.

    They stand in boxes like that of the article (`_is_like_article`), below the `heading` or
    anywhere on a page without one: the largest elements of whose words outside links at least
    _LEAST_SHARE are `passages`. None has a form. `boxes` is the result of `page_chrome.measure`;
    `article` is the smallest element that holds the running text.
    """
    said: dict[Any, int] = {}
    around = set(article.iterancestors())
    for passage in passages:
        block = passage.block
        if passage.is_doubtful or block is None:
            continue
        beside = takewhile(lambda e: e not in around, (block, *block.iterancestors()))
        holders = [e for e in beside if e is not article]
        if any(map(asks_reader, holders)):
            continue
        for holder in holders:
            said[holder] = said.get(holder, 0) + len(passage.text.split())
    if not said:
        return []
    found: dict[Any, None] = {}  # in the order of the page
    is_below = heading is None
    for element in article.getroottree().getroot().iter():
        is_below = is_below or element is heading
        box = boxes.get(element)
        if (
            is_below
            and box is not None
            and said.get(element, 0) >= _LEAST_SHARE * (box.words - box.linked)
            and element in said
            and not any(holder in found for holder in element.iterancestors())
            and _is_like_article(element, article, around)
        ):
            found[element] = None
    return list(found)


def _is_like_article(element: Any, article: Any, around: set[Any]) -> bool:
    """Return True if an element stands in a box beside the one that holds the `article`, of the
    same tag and first class: a text may be split into several. `around` are the elements around the
    article."""
    while element.getparent() not in around:
        element = element.getparent()
    while article.getparent() is not element.getparent():
        article = article.getparent()
    one, two = ((e.get("class") or "").split()[:1] for e in (element, article))
    return bool(element.tag == article.tag and one == two)


_LEAST_SHARE = 0.6
"""Least share of passages in the words outside links of a box of the text; the rest are titles and
labels."""


@dataclass(frozen=True, slots=True)
class _State:
    """Where a text stands: in an element that a rule leaves out, in one that is chrome by a name
    which boxes of the text may have, in the article, in a column beside it."""

    is_named: bool = False
    is_doubtful: bool = False
    is_within: bool = False
    is_beside: bool = False


def _inside(
    element: Any, around: _State, read: set[Any], others: frozenset[Any], heading: Any, root: Any
) -> _State:
    """Return the state within an element that stands in `around`; the other parameters are those of
    `left_out`."""
    if around.is_named:
        return around
    is_within = around.is_within or element is root
    if element in read:
        return around if is_within == around.is_within else replace(around, is_within=is_within)
    is_named = _is_named(element, others)
    is_doubtful = not is_named and is_chrome(element, heading)
    if is_doubtful and is_surely_chrome(element):
        is_named = True
    return _State(is_named, around.is_doubtful or is_doubtful, is_within, around.is_beside)


def _is_passage(text: str, block: Any, around: _State) -> bool:
    line = Line(1, text, text)
    if not any(map(str.isalpha, text)) or chrome_kind(line) is not None or is_imprint(text):
        return False
    if date_line(line) is not None or masthead(line) is not None:
        return False
    if (
        not (around.is_doubtful or around.is_within or around.is_beside)
        and line.word_count >= _LEAST_ITEM
    ):
        holder = next(block.iterancestors("ul", "ol", "dl"), None) if block is not None else None
        if holder is not None and not any(map(is_link, holder.iter("a"))):
            return True
    if around.is_doubtful or not around.is_within:
        return line.is_prose or (line.ends_sentence and line.word_count >= LEAST_WORDS)
    return _is_item(block) or is_passage(line)


def _is_item(block: Any) -> bool:
    """Return True if an element, or the first one around it that is no <p> or <div>, is one of
    _ITEMS; a cell only in a table of data."""
    while block is not None and block.tag in ("p", "div"):
        block = block.getparent()
    if block is None or block.tag not in _ITEMS:
        return False
    if block.tag not in ("td", "th"):
        return True
    table = next(block.iterancestors("table"), None)
    return table is not None and holds_data(table)


def _is_named(element: Any, others: frozenset[Any]) -> bool:
    """Return True if a rule leaves out an element whatever it says."""
    if not isinstance(element.tag, str) or element.tag in ("head", "script", "style", "title"):
        return True
    if element in others or is_link(element):
        return True
    if element.tag in ("ul", "ol", "dl"):
        return is_link_list(element)
    return element.tag in ("div", "section", "aside", "td") and is_other_pages(element)
