"""HTML pages, by lxml: the article with its structure, without the portal around it.

The reader prefers recall: everything inside the smallest element that holds the running text of the
page is kept, except subtrees that are navigation by their role, their name or their links. The page
rules then judge the lines at the top and the bottom. Nothing is fetched and no script runs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from indexer.documents.content import CELL_SEPARATOR, Content, Part
from indexer.documents.dates import DATE_PATTERN, date_of, parse_date
from indexer.documents.formats.extras import require
from indexer.documents.legacy.convert import convert
from indexer.documents.legacy.fonts import font_encoding
from indexer.documents.lines import Line
from indexer.documents.rules.chrome import Chrome, chrome_kind
from indexer.documents.rules.masthead import masthead
from indexer.documents.rules.publication_date import date_line
from indexer.documents.text_keys import clean, key
from indexer.errors import DocumentError
from indexer.models import BlockKind

MAX_DEPTH = 300
"""Elements nested deeper than this are read as if they were not nested."""

_UNSEEN = frozenset(
    "script style noscript template head select button iframe svg object embed canvas audio video"
    " map input textarea datalist dialog".split()
)
_CHROME_TAGS = frozenset(("nav", "footer", "aside"))
_CHROME_ROLES = frozenset(
    "navigation banner contentinfo complementary search menu menubar toolbar dialog alert".split()
)
_CHROME_NAMES = re.compile(
    r"(?:^|[-_ ])(?:nav(?:bar|igation)?|menu\w*|breadcrumbs?|footer\w*|sidebar\w*|share\w*"
    r"|social\w*"
    r"|sharing|addthis\w*|comments?|commentlist|respond|binh-?luan|related\w*|lien-?quan|tin-?khac\w*"
    r"|(?:box-?)?tin-?lien-?quan\w*|tin-?moi|other-?news|othernews|more-?news|latest-?news|most-?read|doc-?nhieu"
    r"|xem-?nhieu|ads?|advert\w*|quang-?cao|qc|banner\w*|popup\w*|modal\w*|cookies?|newsletter"
    r"|subscribe|login|dang-?nhap|search-?(?:form|box)|tim-?kiem|toolbar|tool-?bar|print|zoom"
    r"|font-?size|rating|vote|danh-?gia|pagination|pager|tags?|tag-?list|tu-?khoa|widget\w*|skip-?link"
    r"|sr-only|visually-hidden|copyright|logo|hotline|thong-?ke|luot-?truy-?cap|counter|lich|calendar"
    r"|language|lang-?switch\w*|topbar|top-?bar|header-?top|site-?header|page-?header|masthead"
    r"|audio-?player|tts|doc-?bao|nghe-?bai|ad-?spot\w*|(?:view|hit|visitor)s?(?:-?count)?)"
    r"(?:$|[-_ ])",
    re.IGNORECASE,
)
"""Words in class and id that name parts of a portal; a part that holds the running text is kept."""

_CONTENT_NAMES = re.compile(
    r"article-?body|articlebody|entry-?content|post-?content|post-?body|article-?content|news-?detail"
    r"|detail-?content|content-?detail|noi-?dung|chi-?tiet|journal-content-article|ms-rtestate-field"
    r"|fck_detail|news-?content|body-?content|main-?content|bodytext|the-?article-?body|vanban"
    r"|singular-content|cms-body|article__body|contentdetail|detail__content|knc-content",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|zip|rar|7z)(?:$|[?#])", re.IGNORECASE)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hr legend li main nav ol p pre section summary"
    " table tbody td tfoot th thead tr ul".split()
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_XML_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>")
_SHARE = 0.85
"""An element takes in its only child with at least this share of its text."""

_PUBLISHED = frozenset(
    {"article:published_time", "datepublished", "date.issued", "dc.date.issued", "dcterms.created",
     "dc.date", "dcterms.date", "dcterms.issued", "pubdate", "publishdate", "publish_date",
     "publish-date", "og:published_time", "article:published", "date"}
)  # fmt: skip
_TITLE_SEPARATOR = re.compile(r"\s+(?:[|–—»·-]|::)\s+|\s*\|\s*")


def extract_page(text: str, name: str) -> Content:
    """Return the article of a page with the fields that its markup states.

    Raises DocumentError if lxml is not installed or the page has no text.
    """
    tree = _parse(text, name)
    content = Content()
    boxes = _measure(tree)
    heading = _read_metadata(tree, content, boxes)
    others = _other_pages(tree, boxes, heading)
    root, skipped = _with_heading(*_find_content(tree, others, heading), heading)
    _walk(root, content, _Walk(dropped=others | skipped, heading=heading))
    content.parts = _without_teasers(content.parts, content.fields.get("stated_title", ""))
    content.source_text = _plain_text(tree)
    if not any(any(map(str.isalnum, part.text)) for part in content.parts):
        raise DocumentError(f"{name}: no text found in this page.", "Save its text as .txt.")
    return content


def extract_fragment(text: str, name: str) -> Content:
    """Return all text of a fragment that has no portal around it (a book chapter, a CMS field)."""
    if not text.strip():
        return Content()
    tree = _parse(text, name)
    content = Content(source_text=_plain_text(tree))
    _walk(tree, content, _Walk(chrome=False))
    for part in content.parts:
        _settle(part)
    content.parts = [part for part in content.parts if part.text]
    return content


def page_lines(text: str, name: str) -> str:
    """Return the whole page as a text dump, one block per line, for the page rules."""
    return _plain_text(_parse(text, name))


def _parse(text: str, name: str) -> Any:
    html = require("lxml.html", "html", name)
    text = _XML_HEAD.sub("", text).replace("\0", "").replace(_LINK, "").replace(_LINK_END, "")
    if not text.strip():
        raise DocumentError(f"{name}: empty.", "Put a page in it, or delete it.")
    try:
        tree = html.fromstring(text, parser=html.HTMLParser(huge_tree=False))
    except Exception as error:  # lxml raises ParserError, ValueError, AssertionError …
        raise DocumentError(
            f"{name}: cannot be parsed ({type(error).__name__}).", "Save its text as .txt."
        ) from error
    for element in list(tree.iter()):
        hidden = isinstance(element.tag, str) and (
            element.tag in _UNSEEN
            or element.get("hidden") is not None
            or (element.get("aria-hidden") == "true" and element.tag in ("i", "span", "svg"))
            or _HIDDEN.search(element.get("style") or "")
        )
        if (hidden or not isinstance(element.tag, str)) and element.tag != "head":
            if element.tag == "script" and "ld+json" in (element.get("type") or ""):
                continue
            if element.getparent() is not None:
                element.drop_tree()
    return tree


def _plain_text(tree: Any) -> str:
    """All visible text, one block per line."""
    parts: list[str] = []
    for event, element in _events(tree):
        tag = element.tag
        if tag in ("head", "script", "title"):
            continue
        if tag in _BLOCKS or tag == "br":
            parts.append("\n")
        text = element.text if event == "start" else element.tail
        if event == "end" and element is tree:
            text = None
        if text and not _inside_unseen(element, event):
            parts.append(re.sub(r"\s+", " ", text))
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _events(tree: Any) -> Iterator[tuple[str, Any]]:
    etree = require("lxml.etree", "html", "")
    return etree.iterwalk(tree, events=("start", "end"))  # type: ignore[no-any-return]


def _inside_unseen(element: Any, event: str) -> bool:
    holder = element if event == "start" else element.getparent()
    return holder is not None and holder.tag in ("head", "script", "title", "style")


# ---- which element holds the article -------------------------------------------------------------


def _find_content(tree: Any, others: frozenset[Any], heading: Any) -> tuple[Any, Any]:
    """The body of the page, and in it the smallest element that holds its running text."""
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
        and _CONTENT_NAMES.search(f"{e.get('class') or ''} {e.get('id') or ''}")
        and weights.get(e, 0) >= 0.5 * weights.get(root, 1)
    ]
    if named:
        root = named[-1] if weights[named[-1]] >= 0.9 * weights[named[0]] else named[0]
    while True:
        inside = [child for child in root if weights.get(child, 0)]
        best = max(inside, key=lambda e: weights[e], default=None)
        if best is None or best.tag not in _CONTAINERS:
            return top, root
        if weights[best] < _SHARE * weights[root] or not _has_blocks(best):
            return top, root
        root = best


_CONTAINERS = frozenset("div section article main td center form tbody table tr body".split())


def _has_blocks(element: Any) -> bool:
    return any(isinstance(child.tag, str) and child.tag in _BLOCKS for child in element)


def _weigh(
    element: Any, weights: dict[Any, int], depth: int, others: frozenset[Any], heading: Any
) -> int:
    """Words outside links and outside the portal's own parts, for the element and all below it."""
    if depth > MAX_DEPTH or element in others or _is_chrome(element, heading):
        return 0
    own = len((element.text or "").split()) if element.tag != "a" else 0
    for child in element:
        if isinstance(child.tag, str) and child.tag not in ("head", "script"):
            own += _weigh(child, weights, depth + 1, others, heading)
        own += len((child.tail or "").split()) if element.tag != "a" else 0
    if own:
        weights[element] = own
    return own


def _is_chrome(element: Any, heading: Any = None) -> bool:
    """True for navigation by tag, role, or name, unless it holds the page's own heading or many
    words outside links."""
    tag = element.tag
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if tag in ("div", "figure"):  # boxes in the articles of VCCorp's editor: type="RelatedOneNews"
        names += f" {element.get('type') or ''}"
    names = _CAMEL.sub("-", names)
    if tag in ("body", "html", "article", "main"):
        return False
    if tag in _TEXT_TAGS and not element.get("role"):
        # A paragraph, an item or a table is named for its look; only a short one is chrome.
        return bool(
            names.strip()
            and _CHROME_NAMES.search(names)
            and not _CONTENT_NAMES.search(names)
            and _words_outside_links(element, 4) < 4
        )
    suspicious = (
        tag in _CHROME_TAGS
        or element.get("role") in _CHROME_ROLES
        or (tag == "header" and not element.xpath("ancestor::article"))
        or (names.strip() and _CHROME_NAMES.search(names) and not _CONTENT_NAMES.search(names))
    )
    if not suspicious:
        return False
    if tag in ("nav", "footer") or element.get("role") in ("navigation", "contentinfo"):
        return True
    # A wrapper called "page-header-wrapper" or "print-area" may hold the article itself.
    if heading is not None and (element is heading or element in heading.iterancestors()):
        return False
    if not _ABOUT_OTHERS.search(names) and _holds_content(element):
        return False
    return _words_outside_links(element, 150) < 150


_TEXT_TAGS = frozenset("p li table tbody tr h1 h2 h3 h4 h5 h6 blockquote figure figcaption".split())
_ABOUT_OTHERS = re.compile(
    r"comment|binh-?luan|related|lien-?quan|respond|other|footer|sidebar|cookie|menu", re.IGNORECASE
)


def _holds_content(element: Any) -> bool:
    """True if its name or that of an element in it says that the article is there."""
    return any(
        isinstance(e.tag, str)
        and _CONTENT_NAMES.search(_CAMEL.sub("-", f"{e.get('class') or ''} {e.get('id') or ''}"))
        for e in element.iter()
    )


def _words_outside_links(element: Any, enough: int) -> int:
    words = 0
    for node in element.iter():
        if not isinstance(node.tag, str):
            continue
        inside_link = node.tag == "a"
        if node.text and not inside_link:
            words += len(node.text.split())
        if node.tail and node is not element and node.getparent().tag != "a":
            words += len(node.tail.split())
        if words >= enough:
            break
    return words


def _is_link_list(element: Any) -> bool:
    """True for a list or box whose text is nearly all links: a menu, or titles of other pages."""
    text = "".join(element.itertext())
    if not text.strip():
        return False
    links = sum(len("".join(a.itertext()).strip()) for a in element.iter("a"))
    count = sum(1 for _ in element.iter("a"))
    return count >= 2 and links >= 0.7 * len(" ".join(text.split()))


# ---- what is about other pages -------------------------------------------------------------------


@dataclass(slots=True)
class _Box:
    """What an element and all below it hold.

    Attributes
    ----------
    words, linked : words, and those of them in links to other pages.
    lead : words in links before the first word outside one.
    after : the first character outside a link, or "".
    """

    words: int = 0
    linked: int = 0
    lead: int = 0
    after: str = ""

    def add(self, text: str | None) -> None:
        """Add text outside links."""
        if text and (words := len(text.split())):
            self.words += words
            if any(map(str.isalnum, text)):
                self.after = self.after or text.lstrip(" \t\r\n\u00a0•·-–»›>*+:")[:1] or "-"

    def take_in(self, other: _Box) -> None:
        """Add what a child holds."""
        if not self.after:
            self.lead += other.lead
            self.after = other.after
        self.words += other.words
        self.linked += other.linked


def _is_link(element: Any) -> bool:
    """True for a link to another page; a file to download belongs to the article."""
    address = element.get("href") if element.tag == "a" else None
    return bool(address) and not address.startswith("#") and not _FILE.search(address)


def _measure(tree: Any) -> dict[Any, _Box]:
    boxes: dict[Any, _Box] = {}
    for event, element in _events(tree):
        if event == "start" or not isinstance(element.tag, str):
            continue
        box = _Box()
        if element.tag not in ("head", "script", "style", "title"):
            box.add(element.text)
            for child in element:
                if child in boxes:
                    box.take_in(boxes[child])
                box.add(child.tail)
            if _is_link(element):
                box = _Box(box.words, box.words, box.words)
        boxes[element] = box
    return boxes


def _other_pages(tree: Any, boxes: dict[Any, _Box], heading: Any) -> frozenset[Any]:
    """Elements that present other pages, or the site: teasers, what stands under "Tin liên quan",
    imprints."""
    found: set[Any] = set()
    around = set(heading.iterancestors()) | {heading} if heading is not None else set()
    total = boxes[tree].words - boxes[tree].linked
    for element, box in boxes.items():
        if element in around or not box.words or element.tag in ("body", "html", "head"):
            continue
        if box.words <= _MAX_IMPRINT and element.tag in _BLOCKS:
            text = clean("".join(element.itertext()))
            if _is_imprint(text):
                found.add(element)
            elif box.words <= 8 and _is_closing(text):
                found |= _under(element, boxes, around, total)
        after = element.getnext()
        if (
            after is not None
            and after not in around
            and _looks_like(element, after)
            and _is_teaser(element, box)
            and _is_teaser(after, boxes.get(after))
        ):
            found |= {element, after}
    return frozenset(found)


def _looks_like(element: Any, other: Any) -> bool:
    return element.tag == other.tag and element.get("class") == other.get("class")


def _is_teaser(element: Any, box: _Box | None) -> bool:
    """True for a headline that links to its page, perhaps with a summary: no sentence of which a
    link is part."""
    return (
        box is not None
        and element.tag in _BLOCKS
        and box.lead >= _LEAST_HEADLINE
        and box.words - box.lead <= _MAX_SUMMARY
        and not box.after.islower()
    )


def _is_imprint(text: str) -> bool:
    """True for the small print of a site: who owns and runs it, or its use of cookies."""
    if _COOKIES.search(text):
        return True
    marks = {match.group().lower() for match in _IMPRINT.finditer(text)}
    return len(marks) >= 2 and bool(_OWNER.search(text))


def _is_closing(text: str) -> bool:
    return chrome_kind(Line(1, text, text)) is Chrome.CLOSES if text else False


def _under(title: Any, boxes: dict[Any, _Box], around: set[Any], total: int) -> set[Any]:
    """The box that a title such as "Tin liên quan" opens, or the teasers that follow it."""
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
        if not held.linked and not (after_headline and held.words <= _MAX_SUMMARY):
            break
        if held.words - held.linked > 0.5 * total:
            break
        after_headline = held.linked >= 0.8 * held.words
        found.add(sibling)
    return found


_LEAST_HEADLINE = 4
"""Words of a link that may be the headline of another page."""
_MAX_SUMMARY = 70
"""Words below such a headline."""
_MAX_IMPRINT = 150
_OWNER = re.compile(
    r"bản quyền|giấy phép|chịu trách nhiệm|ghi rõ nguồn|cơ quan chủ quản|©|copyright|powered by"
    r"|thiết kế bởi|phát triển bởi",
    re.IGNORECASE,
)
_IMPRINT = re.compile(
    rf"{_OWNER.pattern}|địa chỉ|điện thoại|\bđt\s*:|\btel\b|\bfax\b|e-?mail|website|đường dây nóng",
    re.IGNORECASE,
)
_COOKIES = re.compile(r"\bcookies?\b.{0,200}(?:đồng ý|chấp nhận|chính sách|accept)", re.I | re.S)


def _with_heading(top: Any, root: Any, heading: Any) -> tuple[Any, frozenset[Any]]:
    """What is read so that the heading and a lead above the running text are in it: the element to
    walk, and the elements in it that stand before the heading or after the text."""
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
    skipped = {e for node in path_to_heading for e in node.itersiblings(preceding=True)}
    for node in path_of_text[:-1]:
        skipped |= {e for e in node.itersiblings() if not _names_author(e)}
    return common, frozenset(skipped)


def _names_author(element: Any) -> bool:
    names = _CAMEL.sub("-", f"{element.get('class') or ''} {element.get('id') or ''}")
    return bool(_AUTHOR_NAMES.search(names)) and _words_outside_links(element, 16) < 16


_AUTHOR_NAMES = re.compile(r"author|tac-?gia|byline|source|nguon-?tin|but-?danh", re.IGNORECASE)


def _without_teasers(parts: list[Part], title: str) -> list[Part]:
    """The parts without marks of links, and without headlines of other pages with their summaries.

    Two headlines that are links, each perhaps with a summary, are teasers; a single one between
    paragraphs is too, unless it is about a document or a download.
    """
    linked = [_settle(part) for part in parts]
    parts, linked = (
        [part for part in parts if part.text],
        [flag for part, flag in zip(parts, linked, strict=True) if part.text],
    )
    heads = [
        number
        for number, part in enumerate(parts)
        if linked[number]
        and part.kind is not BlockKind.TABLE_ROW
        and len(part.text.split()) >= _LEAST_HEADLINE
        and key(part.text) != key(title)
    ]
    dropped: set[int] = set()
    for number, begin in enumerate(heads):
        after = heads[number + 1] if number + 1 < len(heads) else None
        if after is not None and _is_summary(parts[begin + 1 : after]):
            dropped |= set(range(begin, after + 1))
            last = after
            tail = after - begin - 1
            if _is_summary(parts[last + 1 : last + 1 + tail]):
                dropped |= set(range(last, min(last + 1 + tail, len(parts))))
        elif (
            parts[begin].kind is BlockKind.PARAGRAPH
            and 0 < begin < len(parts) - 1
            and len(parts[begin].text.split()) >= 6
            and not _ABOUT_DOCUMENT.search(parts[begin].text)
        ):
            dropped.add(begin)
    left = [part for number, part in enumerate(parts) if number not in dropped]
    if not any(key(part.text) != key(title) for part in left):
        return parts  # a page of teasers: a list of news
    return left


_ABOUT_DOCUMENT = re.compile(r"\d/|tại đây|toàn văn|tải về|tệp|đính kèm|phụ lục|[.;:]$", re.I)


def _is_summary(parts: list[Part]) -> bool:
    return (
        len(parts) <= 3
        and sum(len(part.text.split()) for part in parts) <= _MAX_SUMMARY
        and all(part.kind in (BlockKind.PARAGRAPH, BlockKind.CAPTION) for part in parts)
    )


def _settle(part: Part) -> bool:
    """Take the marks of links out of a part; True if nearly all of it is in links."""
    inside = sum(len(run.split()) for run in _LINKED.findall(part.text))
    part.text = _without_marks(part.text)
    part.cells = tuple(_without_marks(cell) for cell in part.cells)
    if part.cells:
        part.text = CELL_SEPARATOR.join(part.cells)
    return inside > 0 and inside >= 0.8 * len(part.text.split())


def _without_marks(text: str) -> str:
    if _LINK not in text and _LINK_END not in text:
        return text
    return _tidy(text.replace(_LINK, "").replace(_LINK_END, ""))


_LINK, _LINK_END = "\ufdd0", "\ufdd1"
"""Noncharacters around the text of links, which no page may hold."""
_LINKED = re.compile(f"{_LINK}([^{_LINK_END}]*){_LINK_END}")


# ---- structure -----------------------------------------------------------------------------------


class _Walk:
    """The state of a walk: whether chrome is dropped, which elements are, the page's heading, and
    the depth of the list around an element."""

    def __init__(
        self, *, chrome: bool = True, dropped: frozenset[Any] = frozenset(), heading: Any = None
    ) -> None:
        self.drops_chrome = chrome
        self.dropped = dropped
        self.heading = heading
        self.list_depth = 0

    def drops(self, element: Any) -> bool:
        """True if an element is no part of the article."""
        return self.drops_chrome and (element in self.dropped or _is_chrome(element, self.heading))


def _walk(element: Any, content: Content, state: _Walk, depth: int = 0) -> None:
    """Add the parts below an element; text outside any block becomes paragraphs."""
    inline: list[str] = []

    def flush() -> None:
        for line in "".join(inline).split("\n"):
            content.paragraph(_tidy(line))
        inline.clear()

    inline.append(_inline_text(element.text, element))
    for child in element:
        if isinstance(child.tag, str):
            if child in state.dropped:
                flush()
            elif _starts_block(child):
                flush()
                _block(child, content, state, depth)
            else:
                inline.append("\n" if child.tag == "br" else _inline(child))
        inline.append(_inline_text(child.tail, element))
    flush()


def _starts_block(element: Any) -> bool:
    if element.tag in _BLOCKS:
        return True
    return element.tag not in ("br", "img") and any(
        isinstance(e.tag, str) and e.tag in _BLOCKS for e in element.iterdescendants()
    )


def _block(element: Any, content: Content, state: _Walk, depth: int) -> None:
    tag = element.tag
    if tag in ("head", "script") or (state.drops(element)):
        return
    if depth > MAX_DEPTH:
        content.paragraph(_tidy("".join(element.itertext())))
        return
    if re.fullmatch("h[1-6]", tag):
        content.heading(_tidy(_inline(element)).replace("\n", " "), int(tag[1]))
    elif tag in ("ul", "ol", "dl"):
        if state.drops_chrome and _is_link_list(element):
            return
        _list(element, content, state, depth)
    elif tag == "table":
        _table(element, content, state, depth)
    elif tag in ("figcaption", "caption"):
        content.caption(_tidy(_inline(element)).replace("\n", " "))
    elif (level := _LIST_LEVEL.search(element.get("style") or "")) and tag in ("p", "div"):
        _word_item(element, content, int(level[1]))
    elif tag == "pre":
        for line in "".join(element.itertext()).split("\n"):
            content.paragraph(line.rstrip())
    elif (
        state.drops_chrome and tag in ("div", "section", "aside", "td") and _is_other_pages(element)
    ):
        return
    else:
        _walk(element, content, state, depth + 1)


_LIST_LEVEL = re.compile(r"mso-list:\s*l\d+ level(\d)", re.IGNORECASE)


def _word_item(element: Any, content: Content, level: int) -> None:
    """A paragraph that Word wrote for an item of a list; its sign goes, its number stays."""
    for sign in element.xpath(".//*[contains(translate(@style, 'I', 'i'), 'mso-list:ignore')]"):
        text = "".join(sign.itertext()).strip()
        if len(text) <= 1 and not text.isdigit():
            sign.drop_tree()
    content.list_item(_tidy(_inline(element)).replace("\n", " "), level)


def _is_other_pages(element: Any) -> bool:
    """True for a box of links to other pages: many links, and hardly a word outside them."""
    links = sum(1 for _ in element.iter("a"))
    return links >= 3 and _is_link_list(element) and _words_outside_links(element, 30) < 30


def _list(element: Any, content: Content, state: _Walk, depth: int) -> None:
    state.list_depth += 1
    for item in element:
        if not isinstance(item.tag, str) or item in state.dropped:
            continue
        if item.tag in ("ul", "ol"):
            _list(item, content, state, depth + 1)
        elif any(isinstance(e.tag, str) and e.tag in ("table", "p", "div") for e in item):
            inner = Content()
            _walk(item, inner, state, depth + 1)
            first = True
            for part in inner.parts:
                if part.kind.value == "paragraph" and first:
                    content.list_item(part.text, state.list_depth)
                    first = False
                else:
                    content.parts.append(part)
        else:
            own = _inline(item, stop=("ul", "ol", "table"))
            content.list_item(_tidy(own).replace("\n", " "), state.list_depth)
            for child in item:
                if isinstance(child.tag, str) and child.tag in ("ul", "ol", "table"):
                    _block(child, content, state, depth + 1)
    state.list_depth -= 1


def _table(table: Any, content: Content, state: _Walk, depth: int) -> None:
    """Rows with cells; a table that only lays out the page is walked like boxes."""
    rows = [row for row in table.iter("tr") if _owner(row) is table]
    cells = [[c for c in row if c.tag in ("td", "th")] for row in rows]
    holds_heading = state.heading is not None and table in state.heading.iterancestors()
    if holds_heading or _is_layout(table, cells):
        for element in table:
            if isinstance(element.tag, str):
                if element.tag == "caption":
                    content.caption(_tidy(_inline(element)))
                else:
                    _layout(element, content, state, depth)
        return
    for caption in table.iterfind("caption"):
        content.caption(_tidy(_inline(caption)).replace("\n", " "))
    for number, row in enumerate(cells):
        header = bool(row) and (
            all(c.tag == "th" for c in row)
            or rows[number].getparent().tag == "thead"
            or (number == 0 and len(rows) > 1 and all(_is_bold(c) for c in row))
        )
        content.table_row([_tidy(_inline(c)) for c in row], header=header)


def _layout(element: Any, content: Content, state: _Walk, depth: int) -> None:
    for child in element.iter():
        is_own_cell = child.tag in ("td", "th") and _table_of(child) is _table_of(element)
        dropped = is_own_cell and any(e in state.dropped for e in (child.getparent(), element))
        dropped = dropped or (
            state.drops_chrome and is_own_cell and (state.drops(child) or _is_other_pages(child))
        )
        if is_own_cell and not dropped:
            _walk(child, content, state, depth + 1)


def _owner(row: Any) -> Any:
    return _table_of(row)


def _table_of(element: Any) -> Any:
    while element is not None and element.tag != "table":
        element = element.getparent()
    return element


def _is_layout(table: Any, cells: list[list[Any]]) -> bool:
    """True if the table places boxes: nested tables, one column, a letterhead, long cells."""
    if table.get("role") == "presentation" or any(True for _ in table.iterfind(".//table")):
        return True
    if max(map(len, cells), default=0) < 2:
        return True
    text = clean("".join(table.itertext())).upper()
    if "CỘNG HÒA XÃ HỘI" in text or "CỘNG HOÀ XÃ HỘI" in text or "NƠI NHẬN" in text[:400]:
        return True
    if any(True for _ in table.iter("th")):
        return False
    words = [len("".join(cell.itertext()).split()) for row in cells for cell in row]
    blocks = sum(
        len(cell.findall(".//p")) + len(cell.findall(".//div")) for r in cells for cell in r
    )
    return len(words) <= 6 and max(words, default=0) >= 100 and blocks >= 2


def _is_bold(cell: Any) -> bool:
    bold = "".join("".join(b.itertext()) for b in (*cell.iter("b"), *cell.iter("strong")))
    return bool(bold.strip()) and len(bold.split()) >= len("".join(cell.itertext()).split())


def _inline(element: Any, stop: tuple[str, ...] = ()) -> str:
    """The text of an element: line breaks for <br> and between blocks, none inside words; links to
    other pages between marks."""
    parts = [_inline_text(element.text, element)]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in stop and child.tag != "script":
            if child.tag == "br":
                parts.append("\n")
            else:
                block = child.tag in _BLOCKS
                parts.append(("\n" if block else "") + _inline(child) + ("\n" if block else ""))
        parts.append(_inline_text(child.tail, element))
    text = "".join(parts)
    return (
        _LINK + text.replace("\n", f"{_LINK_END}\n{_LINK}") + _LINK_END
        if _is_link(element)
        else text
    )


def _inline_text(text: str | None, holder: Any) -> str:
    if not text:
        return ""
    text = re.sub(r"[ \t\r\n\f]+", " ", text)
    encoding = _font_of(holder)
    return convert(text, encoding) if encoding else text


def _font_of(element: Any) -> str | None:
    """The legacy encoding of the font that an element is set in (`.VnTime`, `VNI-Times`), or
    None."""
    for _ in range(12):
        if element is None or not isinstance(element.tag, str):
            return None
        face = element.get("face") or ""
        style = element.get("style") or ""
        if "font-family" in style.lower():
            face = style.lower().partition("font-family")[2].lstrip(" :")
        if face:
            return font_encoding(face)
        element = element.getparent()
    return None


def _tidy(text: str) -> str:
    lines = (" ".join(line.replace("\u00a0", " ").split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


# ---- what the markup states ----------------------------------------------------------------------


def _read_metadata(tree: Any, content: Content, boxes: dict[Any, _Box]) -> Any:
    """Fill fields from JSON-LD, then Open Graph, Dublin Core and other meta tags, then the page.

    Returns the element that is the heading of the page, or None.
    """
    stated = content.fields
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        value = clean(meta.get("content") or "")
        for attribute in ("property", "name", "itemprop"):
            if value and (meta_name := (meta.get(attribute) or "").lower()):
                metas.setdefault(meta_name, value)
    linked = _linked_data(tree)
    headline = clean(str(linked.get("headline") or linked.get("name") or ""))
    site = clean(metas.get("og:site_name", "")) or _name(linked.get("publisher"))
    page_title = (
        clean("".join(tree.find(".//title").itertext()))
        if tree.find(".//title") is not None
        else ""
    )
    og = metas.get("og:title") or metas.get("dc.title") or metas.get("dcterms.title") or ""
    heading = _heading_of(tree, boxes, (headline, og, page_title), site)
    shown = clean("".join(heading.itertext())) if heading is not None else ""
    for candidate in (headline, shown, _without_site(og, site), _without_site(page_title, site)):
        if len(candidate.split()) >= 3 and not _names_site(candidate):
            stated["stated_title"] = candidate
            break
    published = parse_date(str(linked.get("datePublished") or ""))
    for meta_name in sorted(_PUBLISHED & metas.keys()) if published is None else ():
        if published := parse_date(metas[meta_name]):
            break
    if published is None:
        for element in tree.iter():
            names = f"{element.get('itemprop') or ''} {element.get('property') or ''}".lower()
            if element.tag == "time":
                names += f" {element.get('class') or ''}".lower()
            marked = element.get("pubdate") is not None or _DATE_PROPERTY.search(names)
            at = element.get("datetime") or element.get("content") or ""
            if marked and (published := parse_date(at)):
                break
    if published:
        stated["published"] = published
    elif heading is not None and (near := _date_near(tree, boxes, heading)):
        stated["stated_date"] = near
    author = (
        _name(linked.get("author"))
        or metas.get("author")
        or metas.get("dc.creator")
        or (metas.get("article:author", ""))
    )
    author = clean(author)
    if author and key(author) != key(site) and not author.startswith("http") and len(author) < 120:
        stated["author"] = author
    section = linked.get("articleSection") or metas.get("article:section") or ""
    if isinstance(section, list):
        section = section[0] if section else ""
    if section := clean(str(section)):
        stated["section"] = section
    if site:
        stated["publisher"] = site
    link = tree.find(".//link[@rel='canonical']")
    address = (link.get("href") if link is not None else None) or metas.get("og:url", "")
    if address.startswith(("http://", "https://")):
        stated["url"] = address
    return heading


_DATE_PROPERTY = re.compile(r"publi|created|issued")
_DATE_NAMES = re.compile(
    r"date|time|created|publish|posted|submitted|ngay|thoi-?gian", re.IGNORECASE
)
_TITLE_NAMES = re.compile(
    r"(?:article|news|post|entry|detail|content)-?_?(?:title|heading|headline)"
    r"|(?:title|heading|headline)-?_?(?:article|news|post|entry|detail|content)|tieu-?de|headline",
    re.IGNORECASE,
)
_AROUND_TITLE = re.compile(r"[\s|–—»·:<>/-]*")


def _date_near(tree: Any, boxes: dict[Any, _Box], heading: Any) -> str | None:
    """The date (ISO) that a short element beside the heading states: the first below it, else the
    last above; an element named for a date may say more (who posted it)."""
    order = [e for e in tree.iter() if e in boxes]
    at = order.index(heading)
    below = order[at + 1 : at + 60]
    for element in (*below, *reversed(order[max(0, at - 30) : at])):
        box = boxes[element]
        if not 0 < box.words <= 25 or element in heading.iterancestors():
            continue
        text = clean(" ".join("".join(element.itertext()).split()))
        names = _CAMEL.sub("-", f"{element.get('class') or ''} {element.get('id') or ''}")
        if found := date_line(Line(1, text, text)):
            return found.day.isoformat()
        dates = list(DATE_PATTERN.finditer(text))
        if len(dates) == 1 and _DATE_NAMES.search(names) and (day := date_of(dates[0])):
            return day.isoformat()
        if element in below and box.words >= 20 and text.endswith("."):
            below = []
    return None


def _names_site(title: str) -> bool:
    """True for a title that is of the site or of all its pages ("Chi tiết tin")."""
    line = Line(1, title, title)
    return chrome_kind(line) is not None or masthead(line) is not None


def _heading_of(tree: Any, boxes: dict[Any, _Box], titles: tuple[str, ...], site: str) -> Any:
    """The element that shows the title of the page: one that agrees with what the page states of
    its title, best an <h1>; else its only <h1>; else one named for it."""
    keys = [key(title) for title in titles if title]
    best: tuple[int, int] | None = None
    heading = None
    for element, box in boxes.items():
        if not 3 <= box.words <= 60 or element.tag in ("body", "html", "form", "main", "article"):
            continue
        shown = key(clean("".join(element.itertext())))
        if not any(_is_title(shown, title) for title in keys) or shown == key(site):
            continue
        if any(_is_chrome(a) for a in (element, *element.iterancestors())):
            continue
        level = int(element.tag[1]) if re.fullmatch("h[1-6]", element.tag) else 7
        rank = (-len(shown), level)
        if best is None or rank < best:
            best, heading = rank, element
    if heading is not None:
        return heading
    h1 = _main_heading(tree)
    if h1 is not None and not _names_site(text := clean("".join(h1.itertext()))):
        if key(text) != key(site):
            return h1
    for element, box in boxes.items():
        names = _CAMEL.sub("-", f"{element.get('class') or ''} {element.get('id') or ''}")
        if (
            4 <= box.words <= 60
            and _TITLE_NAMES.search(names)
            and not _names_site(clean("".join(element.itertext())))
            and not any(_is_chrome(a) for a in element.iterancestors())
        ):
            return element
    return None


def _is_title(shown: str, stated: str) -> bool:
    """True if a text is a stated title, or that without the name of the site around it."""
    at = stated.find(shown) if shown else -1
    if at < 0:
        return False
    before, after = stated[:at], stated[at + len(shown) :]
    clear = not before or _AROUND_TITLE.search(before[::-1]).end() > 1  # type: ignore[union-attr]
    if not clear or (after and _AROUND_TITLE.match(after).end() < 2):  # type: ignore[union-attr]
        return False
    return len(shown) >= len(before) + len(after) or not before


def _linked_data(tree: Any) -> dict[str, Any]:
    """The first JSON-LD object of the page that describes an article, or states its date."""
    stated: dict[str, Any] = {}
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            data = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        pending = [data]
        for _ in range(200):
            if not pending:
                break
            item = pending.pop(0)
            if isinstance(item, list):
                pending += item
            elif isinstance(item, dict):
                kinds = item.get("@type")
                kinds = kinds if isinstance(kinds, list) else [kinds]
                if any(str(k).endswith(("Article", "BlogPosting", "Legislation")) for k in kinds):
                    return item
                if not stated and ("datePublished" in item or "headline" in item):
                    stated = item
                pending += [v for k, v in item.items() if k == "@graph"]
    return stated


def _name(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_name, value)))
    if isinstance(value, dict):
        return clean(str(value.get("name") or ""))
    return clean(value) if isinstance(value, str) else ""


def _main_heading(tree: Any) -> Any:
    """The only <h1> with three words or more outside navigation, or None."""
    found = {
        text: h1
        for h1 in tree.iter("h1")
        if len((text := clean(" ".join(h1.itertext()))).split()) >= 3
        and not any(_is_chrome(a) for a in h1.iterancestors() if isinstance(a.tag, str))
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _without_site(title: str, site: str) -> str:
    """A page title without the name of the site behind a separator."""
    parts = _TITLE_SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    if site and key(parts[-1]) == key(site):
        return clean(title[: title.rindex(parts[-1])]).rstrip(" |–—»·-")
    longest = max(parts, key=len)
    return longest if len(longest.split()) >= 4 else title
