"""Choose the element of an HTML page that is read: the smallest that holds the running text, the
heading and what belongs to them.
"""

from __future__ import annotations

import re
from typing import Any

from indexer.documents.formats.html.box_names import is_known_text, names_content, names_of
from indexer.documents.formats.html.imprint import MAX_IMPRINT, ends_a_text, states_owner
from indexer.documents.formats.html.page_chrome import (
    BLOCKS,
    Box,
    asks_reader,
    gives_files,
    is_chrome,
    is_link,
    is_link_list,
    names_author,
    words_outside_links,
)
from indexer.documents.formats.html.page_structure import (
    MAX_DEPTH,
    holds_data,
    is_caption,
    is_record_table,
)
from indexer.documents.text.text_keys import clean

_SHARE = 0.85
"""A smaller element is read instead of the one that is the article by its name or tag only if it
has at least this share of its words."""


def find_content(tree: Any, others: frozenset[Any], heading: Any) -> tuple[Any, Any]:
    """Return the body of the page, and the smallest element in it that holds the running text.

    Parameters
    ----------
    others : elements that are about other pages, whose words do not count.
    heading : the element that shows the title, or None.
    """
    weights: dict[Any, int] = {}
    body = tree.find("body") if tree.tag == "html" else None
    top = root = body if body is not None else tree
    _weigh(root, weights, 0, others, heading)
    total = weights.get(root, 0)
    if not total:
        return top, root
    for selector in (
        ".//*[@itemprop='articleBody']", ".//article", ".//main", ".//*[@role='main']"
    ):  # fmt: skip
        found = max(root.iterfind(selector), key=lambda e: weights.get(e, 0), default=None)
        if found is not None and weights.get(found, 0) >= 0.5 * total:
            root = found
            break
    named = [
        e
        for e in root.iter()
        if isinstance(e.tag, str)
        and names_content(names_of(e))
        and weights.get(e, 0) >= 0.5 * weights.get(root, 1)
    ]
    if named:
        root = named[-1] if weights[named[-1]] >= 0.9 * weights[named[0]] else named[0]
    least = weights.get(root, 0)
    while True:
        inside = [child for child in root if weights.get(child, 0)]
        best = max(inside, key=lambda e: weights[e], default=None)
        if best is None or best.tag not in _CONTAINERS:
            return top, root
        own = (root.text or "", *(child.tail or "" for child in root))
        if sum(len(text.split()) for text in own) > 0:
            return top, root
        if weights[best] < _SHARE * least or not _has_blocks(best):
            return top, root
        if best.tag == "table" and holds_data(best):
            return top, root
        if sum(child.get("role") == "tabpanel" for child in inside) > 1:
            return top, root
        root = best


def side_columns(heading: Any, boxes: dict[Any, Box]) -> frozenset[Any]:
    """Return the columns of a page beside the one that holds the heading and more words outside
    links than each of them.

    Columns are cells of one row, or elements of different classes with such a name (_COLUMN). If
    that with the heading has _LEAST_COLUMN words, whatever its name, the others may also be called
    a side (_SIDE). An empty set if `heading` is None. `boxes` is the result of
    `page_chrome.measure`.
    """
    if heading is None:
        return frozenset()
    found: set[Any] = set()
    for column in heading.iterancestors("td", "div", "section", "article", "main"):
        if _is_in_record(column):
            continue
        words = boxes[column].words - boxes[column].linked - boxes[heading].words
        is_named = _COLUMN.search(names_of(column)) is not None
        for beside in (*column.itersiblings(), *column.itersiblings(preceding=True)):
            box = boxes.get(beside)
            if box is None or box.words - box.linked > words:
                continue
            if column.tag == "td":
                is_column = beside.tag == "td"
            elif is_named:  # boxes of one class are parts of a text
                is_column = _COLUMN.search(names_of(beside)) is not None and (
                    not column.get("class") or beside.get("class") != column.get("class")
                )
            else:
                is_column = words >= _LEAST_COLUMN and _SIDE.search(names_of(beside)) is not None
            if is_column:
                found.add(beside)
    return frozenset(found)


def closing_boxes(tree: Any, heading: Any, boxes: dict[Any, Box]) -> frozenset[Any]:
    """Return the boxes at the end of a page that have some mark of an imprint, no sentence of a
    text and at most MAX_IMPRINT words; an empty set if `heading` is None.

    They stand after the box that holds the heading, and more words than each of them, among the
    elements of the page or of that box. `boxes` is the result of `page_chrome.measure`.
    """
    found: set[Any] = set()
    holder, around = tree, set(heading.iterancestors()) if heading is not None else set()
    for _ in range(_PAGE_LEVELS):
        inside = _boxes_in(holder, boxes)
        while len(inside) == 1 and inside[0] in around:
            inside = _boxes_in(inside[0], boxes)
        at = next((at for at, e in enumerate(inside) if e in around), None)
        if at is None:
            break
        holder = inside[at]
        found |= {
            box
            for box in inside[at + 1 :]
            if box.tag in ("div", "section", "table", "tr", "center")
            and boxes[box].words <= min(MAX_IMPRINT, boxes[holder].words)
            and states_owner(" ".join(box.itertext()))
            and not ends_a_text(box)
        }
    return frozenset(found)


def _boxes_in(element: Any, boxes: dict[Any, Box]) -> list[Any]:
    return [e for e in element if e in boxes and boxes[e].words and e.tag != "head"]


_PAGE_LEVELS = 2
"""How many levels of boxes, beside each other, are those of the page: deeper ones are of the
article, whose last box may be an address, too."""


_CONTAINERS = frozenset("div section article main td center form tbody table tr body".split())


def _has_blocks(element: Any) -> bool:
    return any(isinstance(child.tag, str) and child.tag in BLOCKS for child in element)


def _weigh(
    element: Any, weights: dict[Any, int], depth: int, others: frozenset[Any], heading: Any
) -> int:
    """Return the number of words outside links and chrome in `element`.

    The numbers of `element` and of each element below it are stored in `weights`, except zeros.
    `depth` is the number of elements around it; `others` and `heading` are as in `find_content`.
    """
    if depth > MAX_DEPTH or element.tag == "a" or element in others or is_chrome(element, heading):
        return 0
    own = len((element.text or "").split())
    for child in element:
        if isinstance(child.tag, str) and child.tag not in ("head", "script"):
            own += _weigh(child, weights, depth + 1, others, heading)
        own += len((child.tail or "").split())
    if own:
        weights[element] = own
    return own


def _goes_on(element: Any) -> bool:
    """Return True if an element after the text belongs to it: it has files to download, or
    _LEAST_FURTHER words, or is one of _FURTHER (a list, a table, an address) with any word.

    True for a known part of the text or a record, fields of what the text is about, a table of data
    that is no list of links, and for files beside links to other pages. False
    for an element with links to other pages or a visible form, and for one that has, itself
    or in a child, a name of _ABOUT_PAGE (a date, a tool).
    """
    links = list(element.iter("a"))
    if asks_reader(element):
        return False
    children = [child for child in element if isinstance(child.tag, str)]
    if any(map(is_known_text, (element, *children))) or _has_fields(element):
        return True
    if any(map(gives_files, children)) and all(
        gives_files(child) or is_chrome(child) for child in children
    ):
        return True
    if any(
        holds_data(table) and not is_link_list(table)
        for table in ([element] if element.tag == "table" else element.iter("table"))
    ):
        return True
    if any(map(is_link, links)) or any(
        _ABOUT_PAGE.search(names_of(e)) for e in (element, *element)
    ):
        return False
    words = words_outside_links(element, _LEAST_FURTHER)
    return any(a.get("href") for a in links) or words >= (
        1 if element.tag in _FURTHER else _LEAST_FURTHER
    )


def _has_fields(element: Any) -> bool:
    """Return True if an element has two or more labels of fields with text beside links, and none
    says who posted the page or when."""
    labels = [
        clean("".join(each.itertext()))
        for each in element.iter()
        if each.tag == "dt" or (isinstance(each.tag, str) and _FIELD_LABEL.search(names_of(each)))
    ]
    return (
        len([label for label in labels if label]) > 1
        and not any(map(_OF_PAGE.match, labels))
        and words_outside_links(element, 3 * len(labels)) >= 2 * len(labels)
    )


_FIELD_LABEL = re.compile(r"(?:^|[-_ ])field[-_]{0,2}label(?:$| )", re.IGNORECASE)
_OF_PAGE = re.compile(
    r"(?:ngày|thời gian|người) (?:đăng|gửi|tạo|cập nhật)|tác giả|nguồn|lượt|số lần|chuyên mục"
    r"|từ khóa|chia sẻ|đánh giá|posted|author|tags?\b|views?\b",
    re.IGNORECASE,
)
"""Matches labels of what a portal says of a page."""


def _stays(element: Any) -> bool:
    """Return True if an element after the text goes on with it, or is the heading of one that does,
    or the title of a box with files to download."""
    after = element.getnext()
    if after is not None:
        if re.fullmatch("h[2-6]", element.tag):
            return _goes_on(after)
        if _is_title(element) and gives_files(after):
            return True
    return _goes_on(element)


def _is_title(element: Any) -> bool:
    """Return True if an element has fewer than _LEAST_FURTHER words, and no link."""
    return (
        next(element.iter("a"), None) is None
        and 0 < words_outside_links(element, _LEAST_FURTHER) < _LEAST_FURTHER
    )


def files_below(root: Any, others: frozenset[Any]) -> list[Any]:
    """Return the boxes of files to download below the article, with their titles, in order.

    They stand after `root`, the element that is read, or after one of the _LEVELS boxes around it,
    but in no other column of the page. `others` are elements about other pages.
    """
    found: list[Any] = []
    for _ in range(_LEVELS):
        if root.tag in ("body", "html", "td", "main") or _COLUMN.search(names_of(root)):
            break
        for box in root.itersiblings():
            if not isinstance(box.tag, str) or box in others or _COLUMN.search(names_of(box)):
                continue
            if gives_files(box) and not is_chrome(box):
                title = box.getprevious()
                if title is not root and isinstance(title.tag, str) and _is_title(title):
                    found.append(title)
                found.append(box)
        root = root.getparent()
    return found


_SIDE = re.compile(
    r"(?:^|[-_ ])(?:side|side-?(?:bar|col\w*|wrap\w*|box|right|left)|(?:col|cot|box|block|wrap)-?"
    r"(?:right|phai|side)|right-?(?:col\w*|side|bar|box|wrap\w*))(?:$|[-_ ])",
    re.IGNORECASE,
)
"""Matches names of a column at the side of a page."""
_LEAST_COLUMN = 20
"""Least number of words outside links and the heading of the column of an article."""
_LEVELS = 3
_COLUMN = re.compile(
    r"(?:^|[-_ ])(?:col(?:umn)?s?(?!\w)|cot(?!\w)|pane|zone|span\d|side\w*|left|right|center|main)"
    r"(?:$|[-_ ])",
    re.IGNORECASE,
)
"""Matches names of the columns of a page."""


_ABOUT_PAGE = re.compile(r"date|info|meta|tool|view|hits", re.IGNORECASE)
_FURTHER = frozenset("address blockquote dl figure ol pre table ul".split())
_LEAST_FURTHER = 8
"""Least number of words of a further part of the text. Tools have fewer ("Chia sẻ tới bạn bè")."""


def with_heading(top: Any, root: Any, heading: Any) -> tuple[Any, frozenset[Any]]:
    """Extend the content `root` so that it includes the heading and the lead.

    Returns the element to read, which is `top` or lies below it, and the elements in it to skip:
    those before the heading but captions and fields of its record, and those after the text that
    neither name the author nor go on with it. If there is no heading, if it is inside `root` or not
    above the text in `top`, `root` is returned with nothing to skip.
    """
    if heading is None or root is heading or root in heading.iterancestors():
        return root, frozenset()
    above = set(heading.iterancestors())
    path_of_text = [root]
    while path_of_text[-1].getparent() is not None and path_of_text[-1] not in above:
        path_of_text.append(path_of_text[-1].getparent())
    common = path_of_text[-1]
    if common not in above or top not in (common, *common.iterancestors()):
        return root, frozenset()
    path_to_heading = [heading]
    while path_to_heading[-1].getparent() is not common:
        path_to_heading.append(path_to_heading[-1].getparent())
    if common.index(path_to_heading[-1]) > common.index(path_of_text[-2]):
        return root, frozenset()
    skipped = {
        element
        for node in path_to_heading
        if not _is_in_record(node)
        for element in node.itersiblings(preceding=True)
        if not is_caption(element)
    }
    for node in path_of_text[:-1]:
        skipped |= {e for e in node.itersiblings() if not (names_author(e) or _stays(e))}
    return common, frozenset(skipped)


def _is_in_record(element: Any) -> bool:
    """Return True if an element is a row or cell of a table with the data of a document."""
    if element.tag not in ("tbody", "tr", "td", "th"):
        return False
    table = next(element.iterancestors("table"), None)
    return table is not None and is_record_table(table)
