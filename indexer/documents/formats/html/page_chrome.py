"""Find the parts of an HTML page that are not its article: menus, teasers, imprints, tools.

An element (of lxml) is judged by its tag, role and names, by the share of its text in links, and by
the elements beside it. `teasers.py` judges the parts that were read from the other elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from indexer.documents.formats.extras import require
from indexer.documents.formats.html.imprint import MAX_IMPRINT, ends_a_text, is_imprint
from indexer.documents.rules.chrome import Chrome, chrome_kind
from indexer.documents.text.lines import Line
from indexer.documents.text.text_keys import clean

_CHROME_TAGS = frozenset(("nav", "footer", "aside"))
_CHROME_ROLES = frozenset(
    "navigation banner contentinfo complementary search menu menubar toolbar dialog alert".split()
)
_CHROME_NAMES = re.compile(
    r"(?:^|[-_ ])(?:nav(?:bar|igation)?|menu\w*|(?:bread)?crumbs?|foot|footer\w*|sidebar\w*"
    r"|share\w*|social\w*"
    r"|sharing|addthis\w*|comments?|commentlist|respond|binh-?luan|relate\w*|lien-?quan|tin-?khac\w*"
    r"|(?:box-?)?tin-?lien-?quan\w*|tin-?moi|latest|recent-?(?:posts?|news|comments?)|other-?news|othernews|more-?news|latest-?news|most-?read|doc-?nhieu"
    r"|xem-?nhieu|ads?|advert\w*|quang-?cao|qc|banner\w*|popup\w*|modal\w*|cookies?|newsletter"
    r"|subscribe|login|dang-?nhap|search-?(?:form|box)|tim-?kiem|tools|toolbar|tool-?bar"
    r"|print(?![-_]?(?:title|date|content|area|body|page|view|news))|zoom"
    r"|font-?size|ratings?|vote|danh-?gia|pagination|pager|page-?links|jump-?link|site-?sub|tags?|tag-?list|tu-?khoa|widget\w*|skip-?link"
    r"|sr-only|visually-hidden|copyright|logo|hotline|thong-?ke|luot-?truy-?cap|counter|lich|calendar"
    r"|language|lang-?switch\w*|topbar|top-?bar|header-?top|site-?header|page-?header|masthead"
    r"|tts|doc-?bao|nghe-?bai|ad-?spot\w*|post-?views|view-?counts?|hits|hidden|invisible"
    r"|d-none|element-hidden|(?:audio-?|video-?)?player|(?:\w+-?)?screen-?reader(?:-text)?)"
    r"(?:$|[-_ ])",
    re.IGNORECASE,
)
"""Matches words in class and id that name parts of a portal. An element with such a name is kept if
it holds the running text."""

CONTENT_NAMES = re.compile(
    r"article-?body|articlebody|entry-?content|post-?content|post-?body|article-?content|news-?detail"
    r"|detail-?content|content-?detail|noi-?dung|chi-?tiet|journal-content-article|ms-rtestate-field"
    r"|fck_detail|news-?content|body-?content|main-?content|bodytext|the-?article-?body|vanban"
    r"|singular-content|cms-body|article__body|contentdetail|detail__content|knc-content",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|txt|csv|epub|zip|rar|7z|mp[34]|wav|wma|m4a|jpe?g|png)"
    r"(?:$|[?#])",
    re.IGNORECASE,
)
BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hr legend li main nav ol p pre section summary"
    " table tbody td tfoot th thead tr ul".split()
)


def names_of(element: Any) -> str:
    """Return the classes and the id of an element as one text, with camel case split by hyphens:
    "newsDetail" becomes "news-Detail"."""
    return _CAMEL.sub("-", f"{element.get('class') or ''} {element.get('id') or ''}")


def is_chrome(element: Any, heading: Any = None) -> bool:
    """Return True if an element is navigation by its tag, role or name.

    False for most elements that hold the `heading` of the page, an element named as an article
    (CONTENT_NAMES), or 150 words outside links. <nav>, <footer> (but not of a quotation) and their
    roles are navigation in any case, <body>, <main> and <article> never; a paragraph, an item or a
    table is, by its name, only without words outside links. `heading` is an element or None.
    """
    tag = element.tag
    names = names_of(element)
    if tag in ("div", "figure"):  # boxes in the articles of VCCorp's editor: type="RelatedOneNews"
        names += f" {element.get('type') or ''}"
    elif "-" in tag:  # a custom element: <app-footer>
        names += f" {tag}"
    names = _PAGE_BUILDER.sub("", _CAMEL.sub("-", names))
    if tag in ("body", "html", "article", "main"):
        return False
    if tag in _TEXT_TAGS and not element.get("role"):
        # A paragraph, an item or a table is named for its look; only a short one is chrome.
        return bool(
            names.strip()
            and _CHROME_NAMES.search(names)
            and not CONTENT_NAMES.search(names)
            and words_outside_links(element, 1) < 1
        )
    suspicious = (
        ((tag in _CHROME_TAGS or element.get("role") in _CHROME_ROLES) and not _is_inset(element))
        or (tag.endswith("header") and not element.xpath("ancestor::article"))
        or (names.strip() and _CHROME_NAMES.search(names) and not CONTENT_NAMES.search(names))
    )
    if not suspicious:
        return False
    if tag == "nav" or element.get("role") in ("navigation", "contentinfo"):
        return True
    if tag == "footer" and not _is_inset(element):
        return True
    # A wrapper called "page-header-wrapper" or "print-area" may hold the article itself.
    if heading is not None and (element is heading or element in heading.iterancestors()):
        return False
    if not _ABOUT_OTHERS.search(names) and _holds_content(element):
        return False
    if heading is not None and _NEVER_THE_ARTICLE.search(names):
        return True
    words = words_outside_links(element, 150)
    return words < 150 and not (
        words and _MAY_WRAP.search(names) and _is_most_of_page(element, words)
    )


def is_surely_chrome(element: Any) -> bool:
    """Return True if an element that is chrome (`is_chrome`) is so by its tag, its role or a name
    that boxes of a text do not have; False if its name may also say how it looks ("banner")."""
    if element.tag in (*_CHROME_TAGS, "header") or element.get("role") in _CHROME_ROLES:
        return True
    return bool(
        _SURE_NAMES.search(f"{names_of(element)} {_CAMEL.sub('-', element.get('type') or '')}")
    )


_SURE_NAMES = re.compile(
    r"comment|binh-?luan|respond|related|lien-?quan|tin-?(?:khac|moi)|other|more-?news|latest|most"
    r"|(?:doc|xem)-?nhieu|footer|sidebar|cookie|menu|nav|breadcrumb|share|sharing|social|login"
    r"|dang-?nhap|search|tim-?kiem|subscribe|newsletter|quang-?cao"
    r"|(?:^|[-_ ])(?:ads?|qc)(?:$|[-_ ])",
    re.IGNORECASE,
)


def _is_inset(element: Any) -> bool:
    """Return True if an element is a box in the text: the source of a quotation, or a note without
    links in an article (HTML standard, 4.3.5 "the aside element")."""
    if element.tag == "footer":
        return element.getparent() is not None and element.getparent().tag == "blockquote"
    if element.tag != "aside" and element.get("role") not in ("alert", "complementary"):
        return False
    return not any(map(is_link, element.iter("a"))) and any(
        holder.tag == "article" or CONTENT_NAMES.search(names_of(holder))
        for holder in element.iterancestors()
    )


_PAGE_BUILDER = re.compile(
    r"(?:^|(?<= ))(?:(?:elementor-(?:widget-)?|et_pb_number_|fusion-)counters?\S*|display-counter"
    r"|counter-box-\S*"
    r"|elementor-widget(?:-|(?= |$))|widget-image-caption|so-widget\S*|widget_sow-editor"
    r"|siteorigin-widget-\S+|fl-module\S*)",
    re.IGNORECASE,
)
"""Matches what page builders of WordPress (Elementor, Divi, SiteOrigin, Beaver) put before the
name of each paragraph and heading, and not only of boxes of the sidebar."""
_TEXT_TAGS = frozenset("p li table tbody tr h1 h2 h3 h4 h5 h6 blockquote figure figcaption".split())
_ABOUT_OTHERS = re.compile(
    r"comment|binh-?luan|related|lien-?quan|respond|other|footer|sidebar|cookie|menu", re.IGNORECASE
)


_NEVER_THE_ARTICLE = re.compile(
    r"(?:^|[-_ ])(?:comments?(?:-?list|-?area)?|binh-?luan|related\w*|lien-?quan|tin-?lien-?quan\w*"
    r"|respond|cookies?)(?:$|[-_ ])",
    re.IGNORECASE,
)
"""Matches names of parts, such as comments, that are left out of a page with a heading even if they
have more text than the article."""


_MAY_WRAP = re.compile(
    r"(?:^|[-_ ])(?:print|zoom|font-?size|tools|lich|calendar|danh-?gia|rating|vote|thong-?ke"
    r"|hidden|invisible|d-none|element-hidden|doc-?bao|nghe-?bai|tts|widget\w*|tags?|share\w*"
    r"|social\w*|hits|language)"
    r"(?:$|[-_ ])",
    re.IGNORECASE,
)
"""Matches names that pages give also to the box of a short article: that which is printed, read
aloud or revealed by a script."""


def _is_most_of_page(element: Any, words: int) -> bool:
    """Return True if an element has at least half of the words of its page outside links.

    `words` is its number of such words; words in headings, footers, sidebars, comments and the like
    do not count.
    """
    root = element.getroottree().getroot()
    pending = [root]
    total = 0
    while pending and total <= 2 * words:
        node = pending.pop()
        if node is not root and node.tail and node.getparent().tag != "a":
            total += len(node.tail.split())
        skipped = not isinstance(node.tag, str) or node.tag in _BESIDE
        if skipped or (node.tag == "div" and _ABOUT_OTHERS.search(names_of(node))):
            continue
        total += len((node.text or "").split())
        pending.extend(node)
    return total <= 2 * words


_BESIDE = frozenset("a head script nav footer aside header h1 h2 h3 h4 h5 h6".split())


def _holds_content(element: Any) -> bool:
    """Return True if the element, or one in it, is named as an article (CONTENT_NAMES)."""
    return any(isinstance(e.tag, str) and CONTENT_NAMES.search(names_of(e)) for e in element.iter())


def words_outside_links(element: Any, enough: int) -> int:
    """Return the number of words of an element outside links.

    Counting stops once `enough` are found, so the number is exact only if it is less than that.
    """
    words = 0
    pending = [element]
    while pending and words < enough:
        node = pending.pop()
        if isinstance(node.tag, str) and node.tag != "a":
            words += len((node.text or "").split())
            pending.extend(node)
        if node is not element:
            words += len((node.tail or "").split())
    return words


DOCUMENT_NUMBER = re.compile(r"\b\d+(?:/\d{4})?[/-][A-ZĐƯ]{2}")
"""Matches the number of a document. A link with one more likely leads to what the article is about
than to another page."""


def is_link_list(element: Any) -> bool:
    """Return True if a list or box has two links or more, and they are 70% of its text.

    That is so for menus and titles of other pages. Links to files are part of the article, and so
    is a list of links to documents by their numbers, because an article is often about them.
    """
    text = "".join(element.itertext())
    if not text.strip():
        return False
    found = [a for a in element.iter("a") if is_link(a)]
    links = sum(len("".join(a.itertext()).strip()) for a in found)
    count = len(found)
    numbers = len(DOCUMENT_NUMBER.findall(text))
    if numbers >= 2 and numbers >= 0.5 * count:
        return False  # documents that the article is about
    return count >= 2 and links >= 0.7 * len(" ".join(text.split()))


def events(tree: Any) -> Iterator[tuple[str, Any]]:
    """Yield ("start", element) and ("end", element) for all elements, in the order of the page.

    Raises DocumentError if lxml is not installed.
    """
    etree = require("lxml.etree", "html", "")
    return etree.iterwalk(tree, events=("start", "end"))  # type: ignore[no-any-return]


@dataclass(slots=True)
class Box:
    """Counts of the text of an element and all elements in it.

    Attributes
    ----------
    words : number of words.
    linked : number of words in links to other pages.
    lead : number of words in links before the first word outside a link.
    after : the first character outside a link that is no bullet or space; "-" if there are only
        such, "" if there is no text outside links.
    """

    words: int = 0
    linked: int = 0
    lead: int = 0
    after: str = ""

    def add(self, text: str | None) -> None:
        """Add text outside links to the counts; None is no text."""
        if text and (words := len(text.split())):
            self.words += words
            if any(map(str.isalnum, text)):
                self.after = self.after or text.lstrip(" \t\r\n\u00a0•·-–»›>*+:")[:1] or "-"

    def take_in(self, other: Box) -> None:
        """Add the counts of a child; children must be added in the order of the page."""
        if not self.after:
            self.lead += other.lead
            self.after = other.after
        self.words += other.words
        self.linked += other.linked


def is_link(element: Any) -> bool:
    """Return True if an element is a link (<a>) to an address, and not to a file to download, which
    belongs to the article. Links within the page ("#top") are links, too, as are those of scripts,
    which have no address; not an anchor (`name`, `id`) without one, nor a question that a script
    unfolds."""
    if element.tag != "a":
        return False
    address = str(element.get("href") or "")
    if not address:
        return element.get("name") is None and element.get("id") is None
    if (
        address.startswith(("#", "javascript:"))
        and "".join(element.itertext()).rstrip()[-1:] == "?"
    ):
        return False
    return not _FILE.search(address)


def measure(tree: Any) -> dict[Any, Box]:
    """Return element → its `Box` for `tree` and all elements below it, children before their
    parents."""
    boxes: dict[Any, Box] = {}
    for event, element in events(tree):
        if event == "start" or not isinstance(element.tag, str):
            continue
        box = Box()
        if element.tag not in ("head", "script", "style", "title"):
            box.add(element.text)
            for child in element:
                if child in boxes:
                    box.take_in(boxes[child])
                box.add(child.tail)
            if is_link(element):
                box = Box(box.words, box.words, box.words)
        boxes[element] = box
    return boxes


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
            elif box.words <= 8 and element not in found and not _is_plain_item(element, boxes):
                if _is_closing(text):
                    found |= _under(element, boxes, around, total)
                elif OTHERS.fullmatch(text):
                    found |= _linked_under(element, boxes, around, total)
        if box.linked == box.words and _is_toolbar(element):
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
    return frozenset(found - around)


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
    return bool(element.tag == other.tag and element.get("class") == other.get("class"))


def _is_teaser(element: Any, box: Box | None) -> bool:
    """Return True if an element is a headline that is a link, with or without a summary below it.

    The link has at least LEAST_HEADLINE words, the rest at most MAX_SUMMARY. A sentence that
    contains a link is not a teaser, nor is an element with the number of a document.
    """
    return (
        box is not None
        and box.lead >= LEAST_HEADLINE
        and (element.tag in BLOCKS or (element.tag == "a" and _holds_block(element)))
        and box.words - box.lead <= MAX_SUMMARY
        and not box.after.islower()
        and not DOCUMENT_NUMBER.search("".join(element.itertext()))
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


def _is_closing(text: str) -> bool:
    return chrome_kind(Line(1, text, text)) is Chrome.CLOSES if text else False


OTHERS = re.compile(
    r"(?:các |những |một số )?(?:tin|bài|văn bản|video|ảnh|album|sách|tài liệu|hồ sơ|hiện vật"
    r"|sự kiện|chuyên đề|phóng sự|nội dung|luận văn|ấn phẩm)(?: \w+){0,2} (?:khác|liên quan"
    r"|mới(?: hơn| nhất)?|cũ hơn|đã (?:đưa|đăng)|nổi bật|(?:đọc|xem) nhiều(?: nhất)?"
    r"|cùng \w+.{0,20})|(?:bạn )?có thể (?:bạn )?(?:quan tâm|thích|muốn (?:đọc|xem))"
    r"|đừng bỏ lỡ|dành cho bạn|xem thêm|đọc (?:thêm|tiếp)|mới nhất từ .{1,40}",
    re.IGNORECASE,
)
"""Matches titles of boxes about other pages, which are also titles of chapters: "Tài liệu liên
quan". So half of the words below must be links."""


def _linked_under(title: Any, boxes: dict[Any, Box], around: set[Any], total: int) -> set[Any]:
    """Return the elements of `_under` if at least half of the words below the title are links, else
    an empty set."""
    found = _under(title, boxes, around, total)
    words = sum(boxes[element].words for element in found) - boxes[title].words
    linked = sum(boxes[element].linked for element in found) - boxes[title].linked
    return found if 0 < words <= 2 * linked else set()


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
    after = box.getnext()
    if title.tag in _HEADINGS and after is not None and after.tag == "p":
        held = boxes.get(after)
        if held is not None and held.words and not held.linked:
            return set()  # a chapter of the article that is called "Video" or "Ý kiến"
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
        after_headline = held.linked >= 0.8 * held.words
        found.add(sibling)
    return found


_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
LEAST_HEADLINE = 4
"""Least number of words of a link that may be the headline of another page."""
MAX_SUMMARY = 70
"""Greatest number of words of the summary below such a headline."""


def names_author(element: Any) -> bool:
    """Return True if an element has fewer than 16 words outside links, and a name such as "author"
    or "source"."""
    names = names_of(element)
    return bool(_AUTHOR_NAMES.search(names)) and words_outside_links(element, 16) < 16


_AUTHOR_NAMES = re.compile(r"author|tac-?gia|byline|source|nguon|but-?danh", re.IGNORECASE)
