"""Tell the lists of links that are part of a text from those that are not: menus, headlines of
other pages, the contents list of the page itself.

In all functions, `tree` is the root element of a page (lxml).
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from indexer.documents.formats.html.box_names import is_known_chrome, is_record, names_of
from indexer.documents.formats.html.other_pages import OTHERS
from indexer.documents.formats.html.page_chrome import (
    Box,
    is_chrome,
    is_link,
    is_link_list,
    words_outside_links,
)
from indexer.documents.rules.chrome import chrome_kind
from indexer.documents.text.lines import Line
from indexer.documents.text.text_keys import clean

_LEAST_WORDS = 3
"""Least number of words outside links of a line that announces a list ("Nội dung gồm:")."""
_MAX_TITLE = 4
"""Greatest number of words outside links in a contents list, which are its title, such as "Nội dung
bài viết"."""
_ABOVE = ("p", "div", "h2", "h3", "h4", "h5", "h6")
_LISTS = ("ul", "ol", "dl")


def keep_announced(tree: Any) -> None:
    """Turn the links of lists that belong to the text of a page into plain text: in `tree`, their
    elements become <span>.

    A list of links belongs to the text if the text directly above it has _LEAST_WORDS or more and
    ends with a colon, if its links lead to other sites to which no other link of the page leads,
    or if it stands between paragraphs and its items are not all links and headlines.
    A list under a title of other pages ("Các tin khác:") does not. In the text of a wiki, where
    words are links, each list belongs to it but the contents list. None within chrome does. All
    links in a record of a library or an archive (`is_record`, `_fields`) are values.
    """
    records = [e for e in tree.iter(*_FIELD_TAGS) if is_record(e)]
    for element in (*records, *_fields(tree)):
        for link in list(filter(is_link, element.iter("a"))):
            link.tag = "span"
    listed = [
        (element, is_among_prose)
        for element in tree.iter(*_LISTS)
        if (is_among_prose := _is_among_prose(element)) or is_link_list(element)
    ]
    if not listed:
        return
    hosts = Counter(_site(a) for a in tree.iter("a") if is_link(a))
    for element, is_among_prose in listed:
        links = [a for a in element.iter("a") if is_link(a)]
        if not (is_among_prose or _is_of_wiki(element) or _is_announced(element, links, hosts)):
            continue
        if any(is_chrome(e) for e in (element, *element.iterancestors())):
            continue
        for link in links:
            link.tag = "span"


def mark_attachments(tree: Any) -> None:
    """Set the attribute `download` of links below the title of a list of files ("Tệp đính kèm:"):
    portals give files addresses without an ending.

    The links stand beside the title, or in the elements of one tag after the box that holds nothing
    else.
    """
    said = clean("".join(tree.itertext())).lower()
    if "kèm" not in said and "attachment" not in said:
        return
    for title in list(tree.iter(*_TITLE_TAGS)):
        if next(title.iter("a", "table", "ul"), None) is not None:
            continue
        text = clean(" ".join("".join(title.itertext()).split()))
        if len(text) > _LONGEST_FILES or not _FILES.fullmatch(text):
            continue
        box = title
        while len(box.getparent()) == 1 and not clean(box.tail or ""):
            box = box.getparent()
        below = [e for e in islice(box.itersiblings(), _MAX_FILES) if e.tag != "br"]
        for element in below:
            if element.tag != below[0].tag or next(element.iter("a"), None) is None:
                break
            for link in element.iter("a"):
                link.set("download", "")


_TITLE_TAGS = (
    "p",
    "div",
    "span",
    "b",
    "strong",
    "label",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "td",
    "th",
    "dt",
)
_FILES = re.compile(
    r"(?:các |danh sách )?(?:tệp|tập tin|file|tài liệu|văn bản|phụ lục)(?: tin)?"
    r" (?:đính )?kèm(?: theo)?\s*:?|attachments?\s*:?",
    re.IGNORECASE,
)
"""Matches titles of the files that belong to a page."""
_LONGEST_FILES = 40
"""Greatest length of such a title, in code points."""
_MAX_FILES = 50
"""Greatest number of elements with links below it."""

_FIELD_TAGS = ("div", "section", "span", "p", "td", "dd", "li")
_LABEL_TAGS = frozenset("h3 h4 h5 h6 b strong label dt".split())
_LABEL = re.compile(r"(?:^|[-_ ])label(?:$|[-_ ])", re.IGNORECASE)
_LEAST_FIELDS = 3
"""Least number of fields of a record."""
_LONGEST_LABEL = 6
"""Greatest number of words of the label of a field."""


def _fields(tree: Any) -> list[Any]:
    """Return the fields of a record: _LEAST_FIELDS boxes or more of the same tag and first class,
    each a label of at most _LONGEST_LABEL words and a value after it, at least half of them without
    a link. Labels are such by their tag or name, or all labels and values are elements of the same
    classes.

    Boxes of a sidebar are alike, too, but hold links.
    """
    groups: dict[tuple[str, ...], list[Any]] = {}
    for element in tree.iter(*_FIELD_TAGS):
        classes = (element.get("class") or "").split()
        if not classes or not len(element):
            continue
        if _is_field(element):
            groups.setdefault((element.tag, classes[0]), []).append(element)
        elif len(element) == 2 and element[0].get("class") and _begins_with_label(element):
            alike = (
                element.tag,
                classes[0],
                element[0].get("class"),
                element[1].get("class") or "",
            )
            groups.setdefault(alike, []).append(element)
    return [
        field
        for fields in groups.values()
        if len(fields) >= _LEAST_FIELDS
        and 2 * sum(next(field.iter("a"), None) is None for field in fields) >= len(fields)
        for field in fields
        if not any(map(is_chrome, (field, *field.iterancestors())))
    ]


def _is_field(element: Any) -> bool:
    """Return True if an element begins with a short label without a link (`_begins_with_label`),
    which is one by its tag or name."""
    label = element[0]
    if not isinstance(label.tag, str):
        return False
    if label.tag not in _LABEL_TAGS and not _LABEL.search(names_of(label)):
        return False
    return _begins_with_label(element)


def _begins_with_label(element: Any) -> bool:
    """Return True if the first element in another, at its beginning, has at most _LONGEST_LABEL
    words and no link, and more stands after it."""
    label = element[0]
    if not isinstance(label.tag, str) or (element.text or "").strip():
        return False
    text = clean("".join(label.itertext()))
    has_value = (label.tail or "").strip() or len(element) > 1
    is_label = 0 < len(text.split()) <= _LONGEST_LABEL and next(label.iter("a"), None) is None
    return bool(has_value and is_label)


def _is_of_wiki(element: Any) -> bool:
    """Return True if a list stands in the text of a page of MediaWiki and has a link to another."""
    return any("mw-parser-output" in names_of(e) for e in element.iterancestors()) and any(
        not (a.get("href") or "#").startswith("#") for a in element.iter("a")
    )


def _is_announced(element: Any, links: list[Any], hosts: Counter[str]) -> bool:
    above = _text_above(element)
    if len(above.split()) < _LEAST_WORDS or chrome_kind(Line(1, above, above)) is not None:
        return False
    if OTHERS.fullmatch(above.rstrip(" :")):
        return False
    return above.endswith(":") or _leads_elsewhere(links, hosts)


def _is_among_prose(element: Any) -> bool:
    """Return True if a list stands between paragraphs of _LEAST_PROSE words, at most _MAX_BETWEEN
    elements away, and has an item of _LEAST_PLAIN words without a link, or only items too short for
    headlines (`_names_things`). Each item of a list of other pages is a link and a headline."""
    above = _text_above(element)
    if not above or OTHERS.fullmatch(above.rstrip(" :")):
        return False
    if chrome_kind(Line(1, above, above)) is not None:
        return False
    for beside in (element.itersiblings(preceding=True), element.itersiblings()):
        if not any(map(_is_prose, islice(beside, _MAX_BETWEEN))):
            return False
    items = list(element.iter("li"))
    return _names_things(items) or any(
        next(item.iter("a"), None) is None
        and words_outside_links(item, _LEAST_PLAIN) >= _LEAST_PLAIN
        for item in items
    )


def _names_things(items: list[Any]) -> bool:
    """Return True if some items are _LEAST_NAMES or more, of at most _LONGEST_NAME words each, and
    none is a known part of a portal or a link within the page."""
    texts = [clean(" ".join("".join(item.itertext()).split())) for item in items]
    return (
        len(texts) >= _LEAST_NAMES
        and all(0 < len(text.split()) <= _LONGEST_NAME for text in texts)
        and not any(chrome_kind(Line(1, text, text)) for text in texts)
        and not any((a.get("href") or "").startswith("#") for li in items for a in li.iter("a"))
    )


_LEAST_NAMES = 3
_LONGEST_NAME = 6
"""18% of the headlines of the corpus VNTC have at most 6 words; so 0.6% of three together."""


def _is_prose(element: Any) -> bool:
    """Return True if an element is a paragraph, by its tag or as a box without boxes in it."""
    return (
        element.tag in ("p", "div")
        and words_outside_links(element, _LEAST_PROSE) >= _LEAST_PROSE
        and next(element.iterdescendants("div", "p", "table", *_LISTS), None) is None
    )


_MAX_BETWEEN = 4
"""Greatest distance of a list from the paragraph before or after it, in elements: a heading, a
picture, a table may stand between."""
_LEAST_PLAIN = 2
"""Least number of words of an item that is no sign or number."""
_LEAST_PROSE = 10
"""Least number of words outside links of a paragraph around a list."""


def _text_above(element: Any) -> str:
    """Return the text directly above a list: a paragraph, a heading or, of loose text, the last
    line; "" if there is none, or if that element has links, lists or tables itself."""
    before = element.getprevious()
    while before is not None and not isinstance(before.tag, str):
        before = before.getprevious()
    loose = element.getparent().text if before is None else before.tail
    if text := clean(loose or ""):
        return text.split("\n")[-1]
    if before is None or before.tag not in _ABOVE or any(map(is_link, before.iter("a"))):
        return ""
    if any(True for _ in before.iter(*_LISTS, "table")):
        return ""
    return clean(" ".join("".join(before.itertext()).split()))


def _leads_elsewhere(links: list[Any], hosts: Counter[str]) -> bool:
    """Return True if all of some links lead to other sites, to which no other link of the page
    leads.

    `hosts` maps a host to the number of links of the page that lead there; "" is the host of
    relative addresses, which lead to the page's own site.
    """
    own = Counter(map(_site, links))
    return "" not in own and all(hosts[host] == count for host, count in own.items())


def _site(link: Any) -> str:
    """Return the host to which a link leads; "" for a relative address."""
    return _host(link.get("href") or "")


def _host(address: str) -> str:
    """Return the host of an address in lower case, without "www." before it; "" if it has none or
    cannot be parsed."""
    try:
        return (urlsplit(address.strip()).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def cards(tree: Any, heading: Any) -> frozenset[Any]:
    """Return the elements <a> that have a heading and a paragraph or box inside: teasers of other
    pages, of which the whole headline and summary is the link.

    Links within the page ("#top") are no teasers, nor are those around `heading`, the element with
    the title of the page, or None.
    """
    around = set(heading.iterancestors()) if heading is not None else set()
    return frozenset(
        link
        for link in tree.iter("a")
        if link not in around
        and is_link(link)
        and not (link.get("href") or "").startswith("#")
        and next(link.iter("h1", "h2", "h3", "h4", "h5", "h6"), None) is not None
        and next(link.iter("p", "div"), None) is not None
    )


def titles_of_lists(tree: Any, others: frozenset[Any] = frozenset()) -> frozenset[Any]:
    """Return the headings (<h2> to <h6>) of lists of links, of known parts of the portal, and of
    boxes of nothing but `others`, elements about other pages.

    Nothing stands below such a heading before the next one of its level but what is left out, so it
    is left out too.
    """
    return frozenset(
        before
        for element in tree.iter(*_LISTS, "div", "section", "table", "nav")
        if (
            is_link_list(element)
            if element.tag in _LISTS
            else is_known_chrome(element) or _holds_only(element, others)
        )
        and (before := element.getprevious()) is not None
        and before.tag in ("h2", "h3", "h4", "h5", "h6")
        and (element.getnext() is None or element.getnext().tag == before.tag)
        and not (element.tail or "").strip()
    )


def _holds_only(element: Any, others: frozenset[Any]) -> bool:
    """Return True if all text of an element stands in its children, which are all in `others`."""
    own = (element.text, *(child.tail for child in element))
    return (
        len(element) > 0
        and others.issuperset(element)
        and not any(text and text.strip() for text in own)
    )


def contents_lists(boxes: dict[Any, Box], heading: Any) -> frozenset[Any]:
    """Return the elements that list the chapters of their own page: all of their links, two or
    more, lead to places on the page ("#chuong-1"), and they have at most _MAX_TITLE words besides.

    `boxes` is the result of `page_chrome.measure`. `heading`, the element with the title of the
    page, or None, and the elements around it are never among them.
    """
    around = set(heading.iterancestors()) | {heading} if heading is not None else set()
    return frozenset(
        element
        for element, box in boxes.items()
        if element not in around
        and element.tag in ("div", "section", "aside", "table", "details", "ul", "ol")
        and box.linked >= 2
        and box.words - box.linked <= _MAX_TITLE
        and _leads_to_own_chapters(element)
    )


def _leads_to_own_chapters(element: Any) -> bool:
    addresses = [a.get("href") or "" for a in element.iter("a") if is_link(a)]
    return len(addresses) >= 2 and all(
        address.startswith("#") and len(address) > 1 for address in addresses
    )
