"""Find the elements of an HTML page that are about other pages, and those about this one.

These are headlines of other pages with their summaries, boxes under titles such as "Tin liên quan",
rows of tools, imprints of the site, and what says how the page was posted. They are told by their
links, their order and their titles, whatever their names.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import Any

from indexer.documents.formats.html.box_names import is_record, names_of
from indexer.documents.formats.html.imprint import MAX_IMPRINT, ends_a_text, is_imprint
from indexer.documents.formats.html.page_chrome import (
    BLOCKS,
    CITATION,
    Box,
    asks_reader,
    is_link,
    is_link_list,
)
from indexer.documents.rules.chrome import Chrome, chrome_kind
from indexer.documents.text.lines import Line
from indexer.documents.text.text_keys import clean


def other_pages(tree: Any, boxes: dict[Any, Box], heading: Any) -> frozenset[Any]:
    """Return the elements of `tree` that are not about this page.

    These are teasers of other pages, boxes under titles such as "Tin liên quan", and imprints of
    the site. The `heading` of the page (or None) and the elements around it are never among them.
    `boxes` is the result of `measure(tree)`.
    """
    found: set[Any] = set()
    around = set(heading.iterancestors()) | {heading} if heading is not None else set()
    total = boxes[tree].words - boxes[tree].linked
    for element, box in boxes.items():
        if element in around or not box.words or element.tag in ("body", "html", "head"):
            continue
        if box.words <= MAX_IMPRINT and element.tag in BLOCKS:
            text = clean("".join(element.itertext()))
            if is_imprint(text):
                if not ends_a_text(element):
                    found.add(element)
            elif element not in found:
                found |= _under_title(element, text, boxes, around, total)
        if (
            _is_about_page(element, box)
            or _is_embedded_teaser(element, box)
            or (2 * box.words < total and _calls_to_act(element, box))
            or (2 * box.words < total and _is_form(element, box))
        ):
            found.add(element)
        after = element.getnext()
        if (
            after is not None
            and after not in around
            and _looks_like(element, after)
            and _is_teaser(element, box)
            and _is_teaser(after, boxes.get(after))
        ):
            found |= {element, after}
        found |= _alternating(element, boxes, around)
        if element.tag in _TITLED and _is_titled_box(element, found, boxes):
            found.add(element)
    return frozenset(found - around)


def _under_title(
    element: Any, text: str, boxes: dict[Any, Box], around: set[Any], total: int
) -> set[Any]:
    """Return what is left out if `text`, that of an element, is the title of a box about other
    pages or of one that closes a text, else an empty set; the other parameters are those of
    `_under`."""
    if boxes[element].words > _LONGEST_TITLE or _is_plain_item(element, boxes):
        return set()
    if any(map(is_record, element.iterancestors())):
        return set()
    if boxes[element].words <= _LONGEST_CLOSING and _is_closing(text):
        return _under(element, boxes, around, total)
    if OTHERS.fullmatch(text.rstrip(" :")):
        return _linked_under(element, boxes, around, total)
    return set()


def _is_about_page(element: Any, box: Box) -> bool:
    """Return True for a row of tools, a table that says how the page was posted, and a few words
    about something to type, such as an address for news."""
    if box.linked == box.words or _has_only_signs(element, box):
        return _is_toolbar(element)
    if element.tag == "table":
        return box.words <= _LONGEST_POSTING and (
            _tells_of_posting(element) or _is_calendar(element)
        )
    return (
        element.tag == "div"
        and box.words <= _LONGEST_REQUEST
        and any(field.get("type") in _TYPED for field in element.iter("input"))
    )


def _has_only_signs(element: Any, box: Box) -> bool:
    """Return True if all text of an element outside links is signs, counts and buttons for the
    size of letters: "A- A A+ | In"."""
    if not 0 < box.linked <= _LONGEST_ROW or box.words - box.linked > _LONGEST_ROW:
        return False
    outside = [element.text or ""]
    for inner in element.iterdescendants():
        if isinstance(inner.tag, str) and not (
            is_link(inner) or any(map(is_link, inner.iterancestors("a")))
        ):
            outside.append(inner.text or "")
        outside.append(inner.tail or "")
    return all(text.strip(" \t\r\n|+-–·:0123456789").lower() in ("", "a", "aa") for text in outside)


_LONGEST_ROW = 20
"""Greatest number of words of a row of tools."""
_TYPED = ("text", "email", "password", "search", "tel")
"""Types of fields in which a reader writes."""
_LONGEST_REQUEST = 30
"""Greatest number of words of a box that asks a reader to write something."""
_TITLED = ("div", "section", "aside", "td")
"""Elements that may be a box with a title."""
_LONGEST_BOX_TITLE = 6
"""Greatest number of words of the title of such a box."""


def _is_titled_box(element: Any, found: set[Any], boxes: dict[Any, Box]) -> bool:
    """Return True if a box is a title of at most _LONGEST_BOX_TITLE words, no sentence, and under
    it nothing but two or more elements about other pages (`found`), or a list of links."""
    if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
        return False
    title, *rest = [child for child in element if child in boxes and boxes[child].words] or [None]
    if title is None or title in found or boxes[title].words > _LONGEST_BOX_TITLE:
        return False
    text = clean("".join(title.itertext()))
    if text[-1:] in tuple(".:;?!"):
        return False
    if len(rest) == 1 and rest[0].tag in ("ul", "ol"):
        return is_link_list(rest[0])
    return len(rest) >= 2 and found.issuperset(rest)


def _is_embedded_teaser(element: Any, box: Box) -> bool:
    """Return True for a box in the text with the name of an article's (_EMBEDDED) that is the
    headline of another page, a link, with or without a summary; also for any among paragraphs
    that is such a headline alone."""
    if (
        element.tag in ("div", "section", "aside")
        and box.words == box.linked >= LEAST_HEADLINE
        and _is_one_headline(element)
    ):
        return True
    return (
        box.lead >= LEAST_HEADLINE
        and box.words - box.lead <= MAX_SUMMARY
        and _EMBEDDED.search(names_of(element)) is not None
    )


def _is_one_headline(element: Any) -> bool:
    """Return True if all links of a box among paragraphs lead to one other page, and not to a
    document (ABOUT_DOCUMENT)."""
    links = [a.get("href") or "" for a in element.iter("a")]
    if len(set(links)) != 1 or links[0].startswith(("#", "javascript:")) or not links[0]:
        return False
    text = clean("".join(element.itertext()))
    before, after = element.getprevious(), element.getnext()
    return (
        before is not None
        and before.tag in _TEXTS
        and (after is None or after.tag in _TEXTS)
        and clean("".join(before.itertext()))[-1:] != ":"
        and not CITATION.search(text)
        and not ABOUT_DOCUMENT.search(text)
    )


_TEXTS = ("p", "table", "ul", "ol", "figure", "blockquote", "h2", "h3", "h4")
ABOUT_DOCUMENT = re.compile(
    r"\d/|tại đây|toàn văn|tải về|tệp|đính kèm|phụ lục|[.;:]$", re.IGNORECASE
)
"""Matches links that lead to what the page is about: to a document, a file, an annex."""
_EMBEDDED = re.compile(
    r"(?:inner|embed\w*|related?|box)[-_]+(?:article|story|news|post)s?(?:$|[-_ ])"
    r"|(?:article|story|news|post)s?[-_]+(?:embed\w*|related?|inner|preview|teaser|card)"
    r"(?:$|[-_ ])",
    re.IGNORECASE,
)
"""Matches names of a box with another article: "inner-article", "post-preview"."""


def _is_form(element: Any, box: Box) -> bool:
    """Return True for a form of at most _LONGEST_CALL words with a field to fill in."""
    return element.tag == "form" and box.words <= _LONGEST_CALL and asks_reader(element)


def _calls_to_act(element: Any, box: Box) -> bool:
    """Return True for a box of at most _LONGEST_CALL words without lists and tables that ends with
    a button: a link of at most _LONGEST_BUTTON words to another page, called so ("btn")."""
    if element.tag not in ("div", "section", "aside") or not 0 < box.linked <= _LONGEST_BUTTON:
        return False
    if box.words > _LONGEST_CALL or box.words < box.linked + _LEAST_CALL:
        return False
    links = [a for a in element.iter("a") if a.get("href")]
    if len(links) != 1 or not _BUTTON.search(names_of(links[0])):
        return False
    if any(True for _ in element.iter("ul", "ol", "table", "dl", "figure")):
        return False
    last = links[0]
    while last is not element:
        if (last.tail or "").strip() or any(
            "".join(beside.itertext()).strip() for beside in last.itersiblings()
        ):
            return False
        last = last.getparent()
    return True


_BUTTON = re.compile(r"(?:^|[-_ ])(?:btn|button|cta)(?:$|[-_ ])", re.IGNORECASE)
_LONGEST_BUTTON = 6
_LONGEST_CALL = 40
_LEAST_CALL = 3
"""Least number of words beside a button that say what it is for."""


def _is_calendar(table: Any) -> bool:
    """Return True if a table has a row of the seven days of the week, and under it only days of a
    month."""
    rows = [
        [clean("".join(cell.itertext())) for cell in row if cell.tag in ("td", "th")]
        for row in table.iter("tr")
    ]
    for at, row in enumerate(rows):
        if len(row) == 7 and all(map(_DAY.fullmatch, row)):
            below = [cell for week in rows[at + 1 :] for cell in week if cell]
            return bool(below) and all(cell.isdigit() and int(cell) <= 31 for cell in below)
    return False


_DAY = re.compile(
    r"t(?:hứ )?[2-7]|thứ \w+|cn|chủ nhật|(?:mon?|tue?|wed?|thu?|fri?|sat?|sun?)|[hbtnsc]",
    re.IGNORECASE,
)
"""Matches the names of the days above a calendar."""


def _tells_of_posting(table: Any) -> bool:
    """Return True if all rows of a table, two or more, are a label and a value about how the page
    was posted, one of them a count of readers."""
    labels = [
        clean("".join(cells[0].itertext())).casefold().rstrip(" :")
        for row in table.iter("tr")
        if len(cells := row.findall("td") + row.findall("th")) == 2
    ]
    return (
        len(labels) >= 2
        and len(labels) == sum(1 for _ in table.iter("tr"))
        and all(map(_POSTING.fullmatch, labels))
        and any(label.find("lượt") >= 0 for label in labels)
    )


_POSTING = re.compile(
    r"nguồn|tác giả|(?:người|ngày) (?:gửi|đăng|tạo|cập nhật)|(?:số )?lượt \w+|dung lượng|chuyên mục"
    r"|danh mục|từ khóa|thẻ|cập nhật"
)
_LONGEST_POSTING = 60
"""Greatest number of words of a table about how a page was posted."""
_LONGEST_CLOSING = 8
"""Greatest number of words of a title that closes a text wherever it stands."""
_LONGEST_TITLE = 12
"""Greatest number of words of the title of a box of other pages."""


def _alternating(element: Any, boxes: dict[Any, Box], around: set[Any]) -> set[Any]:
    """Return three headlines that are links, with their summaries, if `element` is the first.

    Headlines and summaries are siblings and alternate. Returns an empty set for any other element.
    `around` are elements that must not be among the result.
    """
    run = [element, *islice(element.itersiblings(), 5)]
    heads, summaries = run[::2], run[1::2]
    if len(heads) < 3 or not all(
        _is_linked(boxes.get(head)) and _looks_like(element, head) for head in heads
    ):
        return set()
    between = [summary for summary in summaries[:2] if _may_summarise(summary, boxes, around)]
    if len(between) < 2:
        return set()
    last = [e for e in summaries[2:] if _may_summarise(e, boxes, around)]
    return {*heads, *between, *(e for e in last if _looks_like(e, between[0]))}


def _is_linked(box: Box | None) -> bool:
    return box is not None and box.words >= LEAST_HEADLINE and box.linked == box.words


def _may_summarise(element: Any, boxes: dict[Any, Box], around: set[Any]) -> bool:
    box = boxes.get(element)
    if box is None or element in around or box.linked == box.words:
        return False
    return box.words <= MAX_SUMMARY


def _looks_like(element: Any, other: Any) -> bool:
    """Return True if two elements have the same tag and the same classes but for numbers: WordPress
    gives each post one of its own ("post-12")."""
    one, two = (_NUMBER.sub("", e.get("class") or "") for e in (element, other))
    return bool(element.tag == other.tag and one == two)


_NUMBER = re.compile(r"\d+")


def _is_teaser(element: Any, box: Box | None) -> bool:
    """Return True if an element is a headline that is a link, with or without a summary below it.

    The link has at least LEAST_HEADLINE words, the rest at most MAX_SUMMARY. A sentence that
    contains a link is not a teaser, nor is an element with a CITATION.
    """
    return (
        box is not None
        and box.lead >= LEAST_HEADLINE
        and (element.tag in BLOCKS or (element.tag == "a" and _holds_block(element)))
        and box.words - box.lead <= MAX_SUMMARY
        and not box.after.islower()
        and box.after not in tuple(".,;")
        and not CITATION.search("".join(element.itertext()))
    )


def _holds_block(element: Any) -> bool:
    return any(isinstance(e.tag, str) and e.tag in BLOCKS for e in element.iterdescendants())


def _is_toolbar(element: Any) -> bool:
    """Return True if a block of links alone has two or more, and each is short and leads nowhere
    but to a script or the place where it stands."""
    links = [a for a in element.iter("a") if is_link(a)]
    return len(links) >= 2 and all(
        (a.get("href") or "#").startswith(("#", "javascript:"))
        and len((a.get("href") or "#").partition("#")[2]) == 0
        and len("".join(a.itertext()).split()) <= _LONGEST_TOOL
        for a in links
    )


_LONGEST_TOOL = 4
"""Greatest number of words of the link of a tool ("Gửi cho bạn bè")."""


def _is_plain_item(element: Any, boxes: dict[Any, Box]) -> bool:
    """Return True if an element is an item of a list without links."""
    return element.tag in ("li", "dt", "dd") and not boxes[element.getparent()].linked


@lru_cache(maxsize=4096)
def _is_closing(text: str) -> bool:
    return chrome_kind(Line(1, text, text)) is Chrome.CLOSES if text else False


OTHERS = re.compile(
    r"(?:các |những |một số )?(?:tin|bài|văn bản|video|ảnh|album|sách|tài liệu|hồ sơ|hiện vật"
    r"|sự kiện|chuyên đề|phóng sự|nội dung|luận văn|ấn phẩm)(?: \w+){0,2} (?:khác|liên quan"
    r"|tương tự|mới(?: hơn| nhất)?|cũ hơn|đã (?:đưa|đăng)|nổi bật|(?:đọc|xem) nhiều(?: nhất)?"
    r"|cùng \w+.{0,40})|(?:bạn )?có thể (?:bạn )?(?:quan tâm|thích|muốn (?:đọc|xem))"
    r"|đừng bỏ lỡ|khám phá (?:thêm|ngay)|dành cho bạn|xem thêm|đọc (?:thêm|tiếp)"
    r"|mới nhất từ .{1,40}",
    re.IGNORECASE,
)
"""Matches titles of boxes about other pages, which are also titles of chapters: "Tài liệu liên
quan". So half of the words below must be links."""


def _linked_under(title: Any, boxes: dict[Any, Box], around: set[Any], total: int) -> set[Any]:
    """Return the elements of `_under` if at least half of the words below the title are links, or
    each item of lists there begins with one; else an empty set."""
    found = _under(title, boxes, around, total)
    words = sum(boxes[element].words for element in found) - boxes[title].words
    linked = sum(boxes[element].linked for element in found) - boxes[title].linked
    if 0 < words <= 2 * linked:
        return found
    items = [item for element in found for item in element.iter("li")]
    return found if items and all(_begins_with_link(boxes.get(item)) for item in items) else set()


def _begins_with_link(box: Box | None) -> bool:
    """Return True if an item is the name of a document or page, a link, and a short summary."""
    return box is not None and box.lead >= _LEAST_NAME and box.words - box.lead <= MAX_SUMMARY


_LEAST_NAME = 3
"""Least number of words of the name of a document: "Nghị định 30/2020/NĐ-CP"."""


def _under(title: Any, boxes: dict[Any, Box], around: set[Any], total: int) -> set[Any]:
    """Return the elements to leave out for a title such as "Tin liên quan" ("related news").

    They are the box that has the title and its teasers; or if the box has only the title, this box
    and the teasers that follow it. An empty set if a paragraph of the article follows the title.

    Parameters
    ----------
    title : the element of the title.
    boxes : the result of `measure`.
    around : elements that must not be among the result.
    total : number of words of the page outside links. A box or sibling that has more than half of
        them is the article, and is kept.
    """
    if _opens_chapter(title, boxes):
        return set()
    box = title
    while True:
        parent = box.getparent()
        if parent is None or parent in around or parent.tag in ("body", "html"):
            break
        if (parent.text or "").strip() or any(
            boxes[e].words for e in box.itersiblings(preceding=True) if e in boxes
        ):
            break
        if boxes[parent].words - boxes[parent].linked > 0.5 * total:
            break
        box = parent
    found = {box}
    if box is not title and boxes[box].words > boxes[title].words:
        return found
    after_headline = False
    for sibling in box.itersiblings():
        held = boxes.get(sibling)
        if held is None or not held.words or sibling in around:
            if sibling in around:
                break
            continue
        if not held.linked and not (after_headline and held.words <= MAX_SUMMARY):
            break
        if held.words - held.linked > 0.5 * total:
            break
        if sibling.tag in _HEADINGS and sibling.tag <= title.tag and not held.linked:
            break  # the next chapter
        after_headline = held.linked >= 0.8 * held.words and sibling.tag not in ("ul", "ol")
        found.add(sibling)
    return found if len(found) > 1 else set()  # the page rules know the title alone


def _opens_chapter(title: Any, boxes: dict[Any, Box]) -> bool:
    """Return True if a heading opens a chapter of the article that is called "Video" or "Bình
    luận": a paragraph without links stands below it, which is none of the portal's lines ("Chưa có
    bình luận nào")."""
    after = title.getnext()
    if title.tag not in _HEADINGS or after is None or after.tag != "p":
        return False
    box = boxes.get(after)
    if box is None or not box.words or box.linked:
        return False
    text = clean(" ".join("".join(after.itertext()).split()))
    return chrome_kind(Line(1, text, text)) is None


_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
LEAST_HEADLINE = 4
"""Least number of words of a link that may be the headline of another page."""
MAX_SUMMARY = 70
"""Greatest number of words of the summary below such a headline."""
