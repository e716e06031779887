"""Read HTML pages by lxml: the article with its structure, without the portal around it.

The reader prefers recall: everything inside the smallest element that holds the running text of the
page is kept, except elements that are navigation by their role, their name or their links. The page
rules then examine the lines at the top and the bottom. Nothing is fetched and no script runs.
"""

from __future__ import annotations

import re
from typing import Any

from indexer.documents.content import Content, Part
from indexer.documents.formats.extras import require
from indexer.documents.formats.html.article_root import (
    closing_boxes,
    files_below,
    find_content,
    side_columns,
    with_heading,
)
from indexer.documents.formats.html.box_names import (
    bare_names,
    is_hidden_by_name,
    is_known_chrome,
    names_of,
    names_portal_part,
)
from indexer.documents.formats.html.imprint import is_imprint, is_notice
from indexer.documents.formats.html.left_out import boxes_of_text, left_out
from indexer.documents.formats.html.metadata.fields import read_metadata
from indexer.documents.formats.html.misnamed_boxes import misnamed_boxes
from indexer.documents.formats.html.other_pages import other_pages
from indexer.documents.formats.html.page_chrome import (
    BLOCKS,
    drop_members,
    events,
    is_chrome,
    is_link,
    is_surely_chrome,
    measure,
    words_outside_links,
)
from indexer.documents.formats.html.page_disclosure import HIDDEN, open_panels
from indexer.documents.formats.html.page_links import (
    cards,
    contents_lists,
    keep_announced,
    mark_attachments,
    titles_of_lists,
)
from indexer.documents.formats.html.page_structure import (
    MAX_DEPTH,
    Walk,
    font_of_style,
    own_font,
    read_block,
    walk,
)
from indexer.documents.formats.html.teasers import LINK, LINK_END, settle, without_teasers
from indexer.documents.legacy.fonts import font_encoding
from indexer.documents.rules.chrome import Chrome, chrome_kind
from indexer.documents.text.lines import Line
from indexer.documents.text.text_keys import clean, key
from indexer.errors import DocumentError
from indexer.models import BlockKind

_UNSEEN = frozenset(
    "script style noscript noframes template head select button iframe svg object embed canvas"
    " audio video map textarea datalist dialog amp-ad amp-embed amp-sticky-ad amp-sidebar"
    " amp-consent amp-user-notification amp-social-share".split()
)
_METADATA = frozenset(
    "base basefont bgsound link meta noframes noscript script style template title".split()
)
"""Elements that may stand in the head of a page."""
_XML_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>")
_END_OF_PAGE = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
"""Matches the end tags after which libxml2 ignores the rest of a page; the HTML standard does not
(13.2.6.4.19 "after body")."""


def extract_page(text: str, name: str) -> Content:
    """Return the article of a page with the fields that its markup states.

    `text` is the decoded page, `name` the file for messages. A page of nothing but links is
    returned whole. Raises DocumentError if the page cannot be parsed or has no text, or if lxml is
    not installed.
    """
    hidden: list[tuple[Any, str]] = []
    tree = _parse(text, name, hidden)
    content = Content(from_office=_is_from_office(tree))
    if not content.from_office:
        mark_attachments(tree)
        keep_announced(tree)
        drop_members(tree)
    boxes = measure(tree)
    heading, said_by = read_metadata(tree, content, boxes)
    others = other_pages(tree, boxes, heading)
    others |= contents_lists(boxes, heading) | cards(tree, heading)
    others |= titles_of_lists(tree, others)
    if said_by is not None:
        others |= {said_by}
    if content.from_office:
        return _whole(tree, content, name)
    beside = side_columns(heading, boxes)
    others |= closing_boxes(tree, heading, boxes)
    top, article = find_content(tree, others | beside, heading)
    root, skipped = with_heading(top, article, heading)
    state = Walk(dropped=others | beside | skipped, heading=heading)
    walk(root, content, state)
    title = content.fields.get("stated_title", "")
    _drop_imprint(content.parts)
    content.parts = without_teasers(content.parts, title)
    if heading is not None and (boxed := misnamed_boxes(content.parts, tree, others, heading)):
        inner = Content()
        second = Walk(dropped=others, heading=heading)
        for box in boxed:
            walk(box, inner, second)
        state.read |= second.read
        content.parts += without_teasers(inner.parts, title)
    _drop_imprint(content.parts)
    content.source_text = _plain_text(tree, state.read, others, heading)
    kept = frozenset(key(clean(part.text)) for part in content.parts)
    passages = left_out(tree, state.read, others, heading, root, kept, beside)
    further = boxes_of_text(passages, boxes, heading, article)
    further += [box for box in files_below(root, others) if box not in further]
    if further:
        for box in further:
            inner = Content()
            more = Walk(dropped=others, heading=heading)
            walk(box, inner, more) if box.tag not in BLOCKS else read_block(box, inner, more)
            state.read |= more.read
            content.parts += without_teasers(inner.parts, title)
        passages = left_out(tree, state.read, others, heading, root, kept, beside)
    content.left_out = [passage.text for passage in passages]
    content.left_out += [
        text for holder, text in hidden if holder in state.read and key(text) not in kept
    ]
    if not content.parts:  # a page of nothing but links and teasers is a list of news
        walk(tree, content, Walk(chrome=False, dropped=frozenset(tree.iterfind("head"))))
        content.left_out = []
        content.parts = [part for part in content.parts if settle(part) or part.text]
    if not any(any(map(str.isalnum, part.text)) for part in content.parts):
        if frames := [frame.get("src") or "" for frame in tree.iter("frame")]:
            raise DocumentError(
                f"{name}: a page of frames; its text is in {', '.join(filter(None, frames))}.",
                "Put these files beside it: they are read by themselves.",
            )
        raise DocumentError(f"{name}: no text found in this page.", "Save its text as .txt.")
    return content


def _is_from_office(tree: Any) -> bool:
    """Return True if a word processor wrote the page, by its statement."""
    return any(
        (meta.get("name") or "").lower() == "generator" and _OFFICE.match(meta.get("content") or "")
        for meta in tree.iter("meta")
    )


_OFFICE = re.compile(r"\s*(?:microsoft word|libreoffice|openoffice|kingsoft|wps )", re.IGNORECASE)


def _whole(tree: Any, content: Content, name: str) -> Content:
    """Add all text of a page that a word processor wrote to its content, without the headers and
    footers of printed pages, which LibreOffice marks; raises DocumentError if it has none."""
    printed = frozenset(div for div in tree.iter("div") if div.get("title") in ("header", "footer"))
    walk(tree, content, Walk(chrome=False, dropped=printed))
    for part in content.parts:
        settle(part)
    content.parts = [part for part in content.parts if part.text]
    if not content.parts:
        raise DocumentError(f"{name}: no text found in this page.", "Save its text as .txt.")
    return content


def _drop_imprint(parts: list[Part]) -> None:
    """Remove the paragraphs at the end that are the imprint of the site, in loose text of an old
    page, or a notice of its owner or maker; the first part stays."""
    while len(parts) > 1 and parts[-1].kind is BlockKind.PARAGRAPH:
        text = parts[-1].text.replace(LINK, "").replace(LINK_END, "")
        if not (is_imprint(text) or is_notice(text)):
            return
        parts.pop()


def extract_fragment(text: str, name: str) -> Content:
    """Return all text of markup without a portal around it, such as the chapter of a book.

    `text` is the markup, `name` the file for messages. Raises DocumentError if the markup cannot be
    parsed, or if lxml is not installed.
    """
    if not text.strip():
        return Content()
    tree = _parse(text, name)
    content = Content()
    walk(tree, content, Walk(chrome=False))
    for part in content.parts:
        settle(part)
    content.parts = [part for part in content.parts if part.text]
    return content


def _parse(text: str, name: str, hidden_text: list[tuple[Any, str]] | None = None) -> Any:
    """Return the root element of a page without what no reader sees.

    Prose that a style or an attribute hides is added to `hidden_text`, with the element around it.
    """
    html = require("lxml.html", "html", name)
    text = (
        _END_OF_PAGE.sub("", _XML_HEAD.sub("", text))
        .replace("\0", "")
        .replace(LINK, "")
        .replace(LINK_END, "")
    )
    if not text.strip():
        raise DocumentError(f"{name}: empty.", "Put a page in it, or delete it.")
    parser = html.HTMLParser(huge_tree=True)  # else it stops at 256 levels without a word
    try:
        tree = html.document_fromstring(text, parser=parser)
    except Exception as error:  # lxml raises ParserError, ValueError, AssertionError …
        raise DocumentError(
            f"{name}: cannot be parsed ({type(error).__name__}).", "Save its text as .txt."
        ) from error
    if any("epth" in entry.message for entry in parser.error_log):
        raise DocumentError(f"{name}: nested too deeply.", "Save its text as .txt.")
    _end_head(tree)
    _flatten(tree)
    _set_fonts(tree)
    _distrust_fonts(tree)
    shown = open_panels(tree)
    for element in list(tree.iter()):
        if element in shown:
            continue
        hidden = isinstance(element.tag, str) and (
            element.tag in _UNSEEN
            or element.get("hidden") is not None
            or (element.get("aria-hidden") == "true" and element.tag in ("i", "span", "svg"))
            or HIDDEN.search(element.get("style") or "")
            or _is_mark(element)
            or _is_stand_in(element)
        )
        if (hidden or not isinstance(element.tag, str)) and element.tag != "head":
            if element.tag == "script" and "ld+json" in (element.get("type") or ""):
                continue
            if element.getparent() is not None:
                if hidden_text is not None and element.tag in BLOCKS and not is_chrome(element):
                    said = clean(" ".join("".join(element.itertext()).split()))
                    if Line(1, said, said).is_prose:
                        hidden_text.append((element.getparent(), said))
                element.drop_tree()
    return tree


def _is_stand_in(element: Any) -> bool:
    """Return True if an element is shown only until or unless an element of AMP is loaded (AMP HTML
    specification, "placeholder" and "fallback")."""
    holder = element.getparent()
    if element.get("placeholder") is None and element.get("fallback") is None:
        return False
    return holder is not None and str(holder.tag).startswith("amp-")


def _is_mark(element: Any) -> bool:
    """Return True for signs in the text that are no part of it: the arrow from a footnote back to
    its place, the word "edit" beside a heading of MediaWiki, words that only screen readers say."""
    names = names_of(element)
    if _SPOKEN.search(names) and element.tag not in ("body", "h1", "main", "article"):
        return words_outside_links(element, _LONGEST_SPOKEN) < _LONGEST_SPOKEN
    if element.tag in _INLINE and (
        is_known_chrome(element) or is_hidden_by_name(element) or _is_tool(element)
    ):
        return True
    if element.tag == "span" and names_portal_part(bare_names(names)):
        return any(map(is_link, element.iter("a"))) and words_outside_links(element, 1) < 1
    return (
        element.tag == "a"
        and (element.get("href") or "").startswith("#")
        and not any(map(str.isalnum, "".join(element.itertext())))
        and next(element.iter("img"), None) is None
    )


def _is_tool(element: Any) -> bool:
    """Return True for a word beside others that is a tool or the time of reading ("Follow", "5 min
    read"): an element without elements in it, in a box whose own text is only signs."""
    holder = element.getparent()
    if len(element) or holder is None or holder.tag not in ("div", "section", "span"):
        return False
    if len(holder) == 1 and element.tag in ("b", "strong"):
        return False  # a title of its own
    if (
        element.tag == "a"
        and (element.get("href") or "#").startswith(("#", "javascript:"))
        and words_outside_links(holder, 1) < 1
    ):
        return False  # `other_pages` knows rows of nothing but these
    text = clean(element.text or "")
    if not text or len(text) > _LONGEST_TOOL:
        return False
    own = (holder.text, *(child.tail for child in holder))
    if any(any(map(str.isalnum, part)) for part in own if part):
        return False
    kind = chrome_kind(Line(1, text, text))
    # With a count, the heading of comments is a link to them: "Bình luận (0)".
    return kind is Chrome.LINE or (kind is Chrome.CLOSES and text.endswith(")"))


_LONGEST_TOOL = 20
"""Greatest length of the name of a tool, in code points."""
_SPOKEN = re.compile(
    r"(?:^|[-_ ])(?:sr-only|unseen|visually-?hidden|screen[-_]?reader(?:-text)?|element-invisible"
    r"|hide-accessible|jump-?link|skip-?link)(?:$|[-_ ])",
    re.IGNORECASE,
)
_INLINE = frozenset("a abbr b em font i small span strong time u".split())
_LONGEST_SPOKEN = 9
"""Number of words from which on an element with such a name is text."""


def _end_head(tree: Any) -> None:
    """Move what is no metadata from the head to the beginning of the body.

    A page may omit `</head><body>`, and then its first other element ends the head (HTML standard,
    13.2.6.4.4 "in head"). libxml2 does not know elements of HTML 5, and leaves `<main>` and
    `<article>` in the head with all that they hold.
    """
    head = next(tree.iter("head"), None)
    if head is None or head.getparent() is None:
        return
    moved: list[Any] = []
    for element in head:
        if moved or (isinstance(element.tag, str) and element.tag not in _METADATA):
            moved.append(element)
    if not moved:
        return
    body = next((element for element in head.itersiblings("body")), None)
    if body is None:
        body = head.makeelement("body")
        head.addnext(body)
    else:
        moved[-1].tail = (moved[-1].tail or "") + (body.text or "")
        body.text = None
    for at, element in enumerate(moved):
        body.insert(at, element)


def _flatten(tree: Any) -> None:
    """Replace elements nested deeper than `MAX_DEPTH` by their text, with a line break where a
    block began. Old pages have thousands of unclosed <font>."""
    etree = require("lxml.etree", "html", "")
    depth = 0
    deep = []
    for event, element in events(tree):
        depth += 1 if event == "start" else -1
        if event == "start" and depth == MAX_DEPTH and len(element):
            deep.append(element)
    for element in deep:
        lines = [""]
        for event, inner in events(element):
            if not isinstance(inner.tag, str) or inner.tag in _UNSEEN:
                text = inner.tail if event == "end" else None
            elif event == "start":
                text = inner.text
            else:
                text = inner.tail if inner is not element else None
            if inner.tag in BLOCKS or (inner.tag == "br" and event == "start"):
                lines.append("")
            lines[-1] += text or ""
        for child in list(element):
            element.remove(child)
        element.text, *rest = lines
        for line in rest:
            etree.SubElement(element, "br").tail = line


def _set_fonts(tree: Any) -> None:
    """Set the attribute `face` of the elements to which a style sheet of the page gives a font
    (`.cu { font-family: VNI-Times }`), if any of its fonts is a legacy one. <font> is left as it
    is."""
    sheets = "\n".join(style.text or "" for style in tree.iter("style"))
    fonts = {
        selector.strip().lower(): font
        for selectors, rule in _RULE.findall(sheets)
        if (font := font_of_style(rule))
        for selector in selectors.split(",")
    }
    if not any(map(font_encoding, fonts.values())):
        return
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag == "font":
            continue
        classes = [f".{name}" for name in (element.get("class") or "").lower().split()]
        for name in (
            element.tag, *classes, *(element.tag + name for name in classes),
            f"#{(element.get('id') or '').lower()}",
        ):  # fmt: skip
            if name in fonts:
                element.set("face", fonts[name])


def _distrust_fonts(tree: Any) -> None:
    """Remove the names of legacy fonts from the tree, with the attributes `face` and `style` that
    have them, if the text set in them is already Unicode.

    That is so if a page was converted but kept its font names, or if its bytes were already
    decoded.
    """
    named = [
        element
        for element in tree.iter()
        if isinstance(element.tag, str) and font_encoding(own_font(element))
    ]
    letters = marked = 0
    for element in named:
        for text in element.itertext():
            letters += sum(map(str.isalpha, text))
            marked += sum("\u1ea0" <= char <= "\u1ef9" for char in text)
        if letters > 100_000:
            break
    if marked > 0.02 * letters:  # Vietnamese has some 20 % of them, a legacy encoding none
        for element in named:
            element.attrib.pop("face", None)
            element.attrib.pop("style", None)


_RULE = re.compile(r"([^{}]{1,1000})\{([^{}]*)\}")


def _plain_text(tree: Any, read: set[Any], others: frozenset[Any], heading: Any) -> str:
    """Return the visible text of a page, one block per line, without links to other pages, elements
    in `others`, and what is chrome for sure, such as comments (`is_surely_chrome`); elements in
    `read` are not."""
    parts: list[str] = []
    skipped = [False]
    for event, element in events(tree):
        if element.tag in BLOCKS or element.tag == "br":
            parts.append("\n")
        if event == "start":
            skipped.append(
                skipped[-1]
                or not isinstance(element.tag, str)
                or element.tag in ("head", "script", "style", "title")
                or element in others
                or is_link(element)
                or (
                    element not in read
                    and is_surely_chrome(element)
                    and is_chrome(element, heading)
                )
            )
            text = element.text
        else:
            skipped.pop()
            text = element.tail if element is not tree else None
        if text and not skipped[-1]:
            parts.append(re.sub(r"\s+", " ", text))
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)
