"""Tell which elements of an HTML page are not its article by their tag, role and names, and which
are links.

`other_pages.py` judges elements by what they say and by the elements beside them, `teasers.py` the
parts that were read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from indexer.documents.formats.extras import require
from indexer.documents.formats.html.box_names import (
    bare_names,
    is_known_chrome,
    is_known_text,
    names_content,
    names_of,
    names_portal_part,
)

_CHROME_TAGS = frozenset(("nav", "footer", "aside"))
_CHROME_ROLES = frozenset(
    "navigation banner contentinfo complementary search menu menubar toolbar dialog alert".split()
)
_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|txt|csv|epub|zip|rar|7z|mp[34]|wav|wma|m4a|jpe?g|png)"
    r"(?:$|[?#])"
    r"|linkclick\.aspx\?|/get_file\?|/bitstream/|/(?:download|attachment)s?(?:/|\.php|\.aspx|\?|$)"
    r"|[?&](?:task|op|action|act|do|func)=download",
    re.IGNORECASE,
)
"""Matches addresses of files to download: by their endings, or by what systems use to send them
(DotNetNuke, Liferay, DSpace, Joomla and others)."""
BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hr legend li main marquee nav ol p pre section"
    " summary table tbody td tfoot th thead tr ul".split()
)


def is_chrome(element: Any, heading: Any = None) -> bool:
    """Return True if an element is navigation by its tag, role or name.

    False for most elements that hold the `heading` of the page, an element named as an article
    (`box_names`), or 150 words outside links. <nav>, <footer> (but not of a quotation) and their
    roles are navigation in any case, <body>, <main> and <article> never; a paragraph, an item or a
    table is, by its name, only without words outside links. `heading` is an element or None.
    """
    tag = element.tag
    if tag in ("body", "html", "article", "main"):
        return False
    names = names_of(element)
    if tag in ("div", "figure") and (kind := element.get("type")):
        names += f" {kind}"  # boxes in the articles of VCCorp's editor: type="RelatedOneNews"
    elif "-" in tag:  # a custom element: <app-footer>
        names += f" {tag}"
    names = bare_names(names)
    if is_known_chrome(element):
        return heading is None or not _holds(element, heading)
    if is_known_text(element):
        return False
    if tag in _LINK_BOXES and _SECTIONS.search(names) and _is_one_link_or_more(element):
        return True
    if tag in _TEXT_TAGS and not element.get("role"):
        # A paragraph, an item or a table is named for its look; only a short one is chrome.
        return bool(names_portal_part(names) and words_outside_links(element, 1) < 1)
    suspicious = (
        ((tag in _CHROME_TAGS or element.get("role") in _CHROME_ROLES) and not _is_inset(element))
        or tag == "marquee"  # running greetings and news of the site
        or (tag.endswith("header") and not _is_head_of_text(element))
        or names_portal_part(names)
    )
    if not suspicious:
        return False
    if tag == "nav" or element.get("role") in ("navigation", "contentinfo"):
        return True
    if tag == "footer" and not _is_inset(element):
        return True
    # A wrapper called "page-header-wrapper" or "print-area" may hold the article itself.
    if heading is not None and _holds(element, heading):
        return False
    if tag in _LINK_BOXES and gives_files(element):
        return False  # the files of the article, in a box called "related-files" or "tools"
    if _RELATED.search(names) and any(e.tag in _LINK_BOXES and gives_files(e) for e in element):
        return False  # such a box beside links to other pages, which are judged by themselves
    if not _ABOUT_OTHERS.search(names) and _holds_content(element):
        return False
    if heading is not None and _NEVER_THE_ARTICLE.search(names):
        return True
    if _holds_article(element):
        return False
    if _wraps_page(element):
        return False
    words = words_outside_links(element, 150)
    return words < 150 and not (
        words and _MAY_WRAP.search(names) and _is_most_of_page(element, words)
    )


def _wraps_page(element: Any) -> bool:
    """Return True if an element of <body> or a form has _MOST times the words of all others there,
    links included: it is the box around the page, whatever its name ("footerfix")."""
    holder = element.getparent()
    if holder is None or holder.tag not in ("body", "form"):
        return False
    left = sum(len(text.split()) for text in element.itertext()) / _MOST
    for other in holder:
        if other is not element and isinstance(other.tag, str):
            for text in other.itertext():
                left -= len(text.split())
                if left < 0:
                    return False
    return True


_MOST = 4
"""How many times the words of the other elements the box around a page has."""
_RELATED = re.compile(r"related|lien-?quan", re.IGNORECASE)
_LINK_BOXES = frozenset(("div", "ul", "p", "section"))
_SECTIONS = re.compile(
    r"(?:^|[-_ ])(?:categor(?:y|ies)|cats?-?links|(?:post|article|news|meta)-cat)(?:$|[-_ ])",
    re.IGNORECASE,
)
"""Matches names of boxes with the sections in which a page was posted."""


def _is_one_link_or_more(element: Any) -> bool:
    """Return True if an element says nothing but links to other pages."""
    return words_outside_links(element, 1) < 1 and any(map(is_link, element.iter("a")))


def gives_files(element: Any) -> bool:
    """Return True if an element has files to download and no link to another page."""
    links = [a for a in element.iter("a") if a.get("href")]
    return bool(links) and not any(map(is_link, links))


def _holds(element: Any, heading: Any) -> bool:
    return element is heading or element in heading.iterancestors()


def _is_head_of_text(element: Any) -> bool:
    """Return True if a <header> stands in an article or the main part of a page, or has the name of
    the head of an article: it introduces the text (HTML standard, 4.3.8)."""
    names = names_of(element)
    return bool(_HEAD_OF_TEXT.search(names)) or any(
        holder.tag in ("article", "main") for holder in element.iterancestors()
    )


_HEAD_OF_TEXT = re.compile(
    r"(?:article|post|entry|news|content|detail)[-_]*head(?:er)?", re.IGNORECASE
)


def is_surely_chrome(element: Any) -> bool:
    """Return True if an element that is chrome (`is_chrome`) is so by its tag, its role or a name
    that boxes of a text do not have; False if its name may also say how it looks ("banner")."""
    if element.tag in (*_CHROME_TAGS, "header", "marquee") or element.get("role") in _CHROME_ROLES:
        return True
    if is_known_chrome(element):
        return True
    return bool(_SURE_NAMES.search(bare_names(f"{names_of(element)} {element.get('type') or ''}")))


_SURE_NAMES = re.compile(
    r"comment|binh-?luan|respond|related|lien-?quan|tin-?(?:khac|moi)|other|more-?news|latest|most"
    r"|(?:doc|xem)-?nhieu|footer|sidebar|cookie|menu|nav|breadcrumb|share|sharing|social|login"
    r"|dang-?nhap|search|tim-?kiem|subscribe|newsletter|quang-?cao"
    r"|(?:^|[-_ ])(?:ads?|qc)(?:$|[-_ ])",
    re.IGNORECASE,
)


def _is_inset(element: Any) -> bool:
    """Return True if an element is a box in the text: the source of a quotation, or a note without
    links to other pages in an article or between paragraphs (HTML standard, 4.3.5 "the aside
    element")."""
    if element.tag == "footer":
        return element.getparent() is not None and element.getparent().tag == "blockquote"
    if element.tag != "aside" and element.get("role") not in ("alert", "complementary"):
        return False
    leads_away = any(
        is_link(link) and not (link.get("href") or "").startswith("#") for link in element.iter("a")
    )
    return not leads_away and (
        _stands_in_text(element)
        or any(
            holder.tag == "article"
            or holder.get("itemprop") == "articleBody"
            or names_content(names_of(holder))
            for holder in element.iterancestors()
        )
    )


def _stands_in_text(element: Any) -> bool:
    """Return True if paragraphs, lists or tables stand before and after an element."""
    return all(
        any(beside.tag in ("p", "ul", "ol", "table") for beside in siblings)
        for siblings in (element.itersiblings(), element.itersiblings(preceding=True))
    )


_TEXT_TAGS = frozenset(
    "p li table tbody tr h1 h2 h3 h4 h5 h6 blockquote figure figcaption pre code".split()
)
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
    beside it do not count.
    """
    root = element.getroottree().getroot()
    around = set(element.iterancestors())  # a newspaper calls its main column "sidebar-1"
    pending = [root]
    total = 0
    while pending and total <= 2 * words:
        node = pending.pop()
        if node is not root and node.tail and node.getparent().tag != "a":
            total += len(node.tail.split())
        skipped = not isinstance(node.tag, str) or node.tag in _BESIDE
        if skipped or (
            node.tag == "div" and node not in around and _ABOUT_OTHERS.search(names_of(node))
        ):
            continue
        total += len((node.text or "").split())
        pending.extend(node)
    return total <= 2 * words


_BESIDE = frozenset("a head script nav footer aside header h1 h2 h3 h4 h5 h6".split())


def _holds_content(element: Any) -> bool:
    """Return True if the element, or one in it, is named as an article."""
    return any(isinstance(e.tag, str) and names_content(names_of(e)) for e in element.iter())


def _holds_article(element: Any) -> bool:
    """Return True if an element in a box is named as an article, and has most of the page's words
    (`_is_most_of_page`): the box is a wrapper, such as "ArticleInMenu", and no menu."""
    return any(
        isinstance(e.tag, str)
        and names_content(names_of(e))
        and (words := words_outside_links(e, 150)) > 0
        and _is_most_of_page(e, words)
        for e in element.iterdescendants()
    )


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


CITATION = re.compile(r"\b\d+(?:/\d{4})?[/-][A-ZĐƯ]{2}|\. [-–—] [^\n]{2,80}?\b(?:1[5-9]|20)\d\d\b")
"""Matches the number of a document, and the description of a book up to its year: "Y thư lược khảo
/ Lê Trác. - H. : Văn học, 2001" (ISBD, 0.3: a point, a space and a dash begin an area). A link with
one more likely leads to what the article is about than to another page."""


def is_link_list(element: Any) -> bool:
    """Return True if a list or box has two links or more, and they are 70% of its text.

    That is so for menus and titles of other pages. Links to files are part of the article, and so
    is a list of links to documents by their numbers, or to books by their descriptions, because an
    article is often about them.
    """
    text = "".join(element.itertext())
    if not text.strip():
        return False
    found = [a for a in element.iter("a") if is_link(a)]
    links = sum(len("".join(a.itertext()).strip()) for a in found)
    count = len(found)
    cited = len(CITATION.findall(text))
    if cited >= 2 and cited >= 0.5 * count:
        return False  # documents or books that the article is about
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
    belongs to the article: by its ending, that of its text, or the attribute `download`.

    Links within the page ("#top") are links, too, as are those of scripts,
    which have no address; not an anchor (`name`, `id`) without one, nor a question that a script
    unfolds."""
    if element.tag != "a":
        return False
    address = str(element.get("href") or "")
    if (address.startswith(("#", "javascript:")) or not address) and "".join(
        element.itertext()
    ).rstrip()[-1:] == "?":
        return False
    if not address:
        return element.get("name") is None and element.get("id") is None
    return not (
        _FILE.search(address)
        or element.get("download") is not None
        or _FILE_NAME.search("".join(element.itertext()).rstrip())
    )


_FILE_NAME = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|csv|zip|rar|7z)\Z", re.IGNORECASE)
"""Matches the text of a link that is the name of a file."""


def asks_reader(element: Any) -> bool:
    """Return True if an element has something to fill in: a poll, or what a reader is asked for."""
    return any(e.get("type") != "hidden" for e in element.iter("input", "form", "select"))


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


def names_author(element: Any) -> bool:
    """Return True if an element has fewer than 16 words outside links, and a name such as "author"
    or "source"."""
    names = names_of(element)
    return bool(_AUTHOR_NAMES.search(names)) and words_outside_links(element, 16) < 16


_AUTHOR_NAMES = re.compile(r"author|tac-?gia|byline|source|nguon|but-?danh", re.IGNORECASE)


def drop_members(tree: Any) -> None:
    """Remove from the pages of a forum what it says of those who post: since when and how often
    they do, and the signature below each post."""
    for link in list(tree.iter("a")):
        if _MEMBER.search(link.get("href") or "") or _MEMBER_NAMES.search(link.get("class") or ""):
            for holder in link.iterancestors("td", "div", "li", "dl"):
                text = " ".join(holder.itertext())
                if len(text.split()) >= _LONGEST_MEMBER:
                    break
                if _STATISTICS.search(text):
                    holder.drop_tree()
                    break
    for element in list(tree.iter("div", "p", "td", "span")):
        if (element.text or "").lstrip().startswith("_" * 10) and words_outside_links(
            element, _LONGEST_MEMBER
        ) < _LONGEST_MEMBER:
            element.drop_tree()  # vBulletin puts this row of underscores above a signature


_MEMBER = re.compile(
    r"(?:^|/)(?:members?|memberlist|profile|users?)(?:\.php|/|\?|$)|[?&]action=profile",
    re.IGNORECASE,
)
"""Matches addresses of the page of a member (vBulletin, phpBB, SMF, MyBB, XenForo, Discourse)."""
_MEMBER_NAMES = re.compile(r"(?:^| )(?:bigusername|username|member-?name)(?: |$)", re.IGNORECASE)
_STATISTICS = re.compile(
    r"(?:tham gia(?: ngày)?|gia nhập|bài (?:gửi|gởi|viết)|số bài|nơi (?:cư ngụ|ở)|đến từ|joined"
    r"|join date|posts|location)\s*:|thành viên\b",
    re.IGNORECASE,
)
_LONGEST_MEMBER = 40
"""Number of words from which on a box is no description of a member, and no signature."""
