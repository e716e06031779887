"""HTML pages, by lxml: the article with its structure, without the portal around it.

The reader prefers recall: everything inside the smallest element that holds the running text of the
page is kept, except subtrees that are navigation by their role, their name or their links. The page
rules then judge the lines at the top and the bottom. Nothing is fetched and no script runs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from indexer.documents.content import Content
from indexer.documents.dates import parse_date
from indexer.documents.formats.extras import require
from indexer.documents.legacy.convert import convert
from indexer.documents.legacy.fonts import font_encoding
from indexer.documents.text_keys import clean, key
from indexer.errors import DocumentError

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
    r"|sharing|addthis\w*|comments?|commentlist|respond|binh-?luan|related\w*|lien-?quan|tin-?khac"
    r"|tin-?lien-?quan|tin-?moi|other-?news|othernews|more-?news|latest-?news|most-?read|doc-?nhieu"
    r"|xem-?nhieu|ads?|advert\w*|quang-?cao|qc|banner\w*|popup\w*|modal\w*|cookies?|newsletter"
    r"|subscribe|login|dang-?nhap|search-?(?:form|box)|tim-?kiem|toolbar|tool-?bar|print|zoom"
    r"|font-?size|rating|vote|danh-?gia|pagination|pager|tags?|tag-?list|tu-?khoa|widget\w*|skip-?link"
    r"|sr-only|visually-hidden|copyright|logo|hotline|thong-?ke|luot-?truy-?cap|counter|lich|calendar"
    r"|language|lang-?switch\w*|topbar|top-?bar|header-?top|site-?header|page-?header|masthead"
    r"|audio-?player|tts|doc-?bao|nghe-?bai)(?:$|[-_ ])",
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
_TITLE_SEPARATOR = re.compile(r"\s+[|–—»·-]\s+|\s*\|\s*")


def extract_page(text: str, name: str) -> Content:
    """Return the article of a page with the fields that its markup states.

    Raises DocumentError if lxml is not installed or the page has no text.
    """
    tree = _parse(text, name)
    content = Content()
    _read_metadata(tree, content)
    root = _find_content(tree)
    _walk(root, content, _Walk())
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
    return content


def page_lines(text: str, name: str) -> str:
    """Return the whole page as a text dump, one block per line, for the page rules."""
    return _plain_text(_parse(text, name))


def _parse(text: str, name: str) -> Any:
    html = require("lxml.html", "html", name)
    text = _XML_HEAD.sub("", text).replace("\0", "")
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


def _find_content(tree: Any) -> Any:
    """The smallest element that holds the running text of the page."""
    weights: dict[Any, int] = {}
    body = tree.find("body") if tree.tag == "html" else None
    root = body if body is not None else tree
    _weigh(root, weights, 0)
    total = weights.get(root, 0)
    if not total:
        return root
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
            return root
        if weights[best] < _SHARE * weights[root] or not _has_blocks(best):
            return root
        root = best


_CONTAINERS = frozenset("div section article main td center form tbody table tr body".split())


def _has_blocks(element: Any) -> bool:
    return any(isinstance(child.tag, str) and child.tag in _BLOCKS for child in element)


def _weigh(element: Any, weights: dict[Any, int], depth: int) -> int:
    """Words outside links and outside the portal's own parts, for the element and all below it."""
    if depth > MAX_DEPTH or _is_chrome(element):
        return 0
    own = len((element.text or "").split()) if element.tag != "a" else 0
    for child in element:
        if isinstance(child.tag, str) and child.tag not in ("head", "script"):
            own += _weigh(child, weights, depth + 1)
        own += len((child.tail or "").split()) if element.tag != "a" else 0
    if own:
        weights[element] = own
    return own


def _is_chrome(element: Any) -> bool:
    """True for navigation by tag, role, or name, unless it holds many words outside links."""
    tag = element.tag
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if tag in ("body", "html", "article", "main"):
        return False
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
    return _words_outside_links(element, 150) < 150


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


# ---- structure -----------------------------------------------------------------------------------


class _Walk:
    """The state of a walk: whether chrome is dropped, and depth of the list around an element."""

    def __init__(self, *, chrome: bool = True) -> None:
        self.drops_chrome = chrome
        self.list_depth = 0


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
            if _starts_block(child):
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
    if tag in ("head", "script") or (state.drops_chrome and _is_chrome(element)):
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
    elif tag == "pre":
        for line in "".join(element.itertext()).split("\n"):
            content.paragraph(line.rstrip())
    elif (
        state.drops_chrome and tag in ("div", "section", "aside", "td") and _is_other_pages(element)
    ):
        return
    else:
        _walk(element, content, state, depth + 1)


def _is_other_pages(element: Any) -> bool:
    """True for a box of links to other pages: many links, and hardly a word outside them."""
    links = sum(1 for _ in element.iter("a"))
    return links >= 3 and _is_link_list(element) and _words_outside_links(element, 30) < 30


def _list(element: Any, content: Content, state: _Walk, depth: int) -> None:
    state.list_depth += 1
    for item in element:
        if not isinstance(item.tag, str):
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
    if _is_layout(table, cells):
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
        dropped = (
            state.drops_chrome and is_own_cell and (_is_chrome(child) or _is_other_pages(child))
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
    """The text of an element: line breaks for <br> and between blocks, none inside words."""
    parts = [_inline_text(element.text, element)]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in stop and child.tag != "script":
            if child.tag == "br":
                parts.append("\n")
            else:
                block = child.tag in _BLOCKS
                parts.append(("\n" if block else "") + _inline(child) + ("\n" if block else ""))
        parts.append(_inline_text(child.tail, element))
    return "".join(parts)


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


def _read_metadata(tree: Any, content: Content) -> None:
    """Fill fields from JSON-LD, then Open Graph, Dublin Core and other meta tags, then <time>."""
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
    h1 = _main_heading(tree)
    page_title = (
        clean("".join(tree.find(".//title").itertext()))
        if tree.find(".//title") is not None
        else ""
    )
    og = metas.get("og:title") or metas.get("dc.title") or metas.get("dcterms.title") or ""
    for candidate in (headline, h1, _without_site(og, site), _without_site(page_title, site)):
        if len(candidate.split()) >= 3:
            stated["stated_title"] = candidate
            break
    published = parse_date(str(linked.get("datePublished") or ""))
    for meta_name in sorted(_PUBLISHED & metas.keys()) if published is None else ():
        if published := parse_date(metas[meta_name]):
            break
    if published is None:
        for time in tree.iter("time"):
            marked = time.get("pubdate") is not None or "publi" in (
                f"{time.get('itemprop') or ''} {time.get('class') or ''}".lower()
            )
            if marked and (published := parse_date(time.get("datetime") or "")):
                break
    if published:
        stated["published"] = published
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


def _main_heading(tree: Any) -> str:
    """The only <h1> with three words or more outside navigation, or ""."""
    found = [
        text
        for h1 in tree.iter("h1")
        if len((text := clean(" ".join(h1.itertext()))).split()) >= 3
        and not any(_is_chrome(a) for a in h1.iterancestors() if isinstance(a.tag, str))
    ]
    return found[0] if len(set(found)) == 1 else ""


def _without_site(title: str, site: str) -> str:
    """A page title without the name of the site behind a separator."""
    parts = _TITLE_SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    if site and key(parts[-1]) == key(site):
        return clean(title[: title.rindex(parts[-1])]).rstrip(" |–—»·-")
    longest = max(parts, key=len)
    return longest if len(longest.split()) >= 4 else title
