"""Find the element of an HTML page that shows its title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set
from typing import Any

from indexer.analysis import strip_marks
from indexer.documents.formats.html.article_root import find_content
from indexer.documents.formats.html.box_names import names_of
from indexer.documents.formats.html.page_chrome import BLOCKS, Box, events, is_chrome, is_link
from indexer.documents.formats.html.page_structure import heading_text, is_record_table
from indexer.documents.rules.administrative.letterhead import is_motto
from indexer.documents.rules.chrome import chrome_kind
from indexer.documents.rules.masthead import masthead
from indexer.documents.rules.publication_date import date_line
from indexer.documents.text.dates import DATE_PATTERN
from indexer.documents.text.lines import Line
from indexer.documents.text.text_keys import clean, key

_TITLE_SEPARATOR = re.compile(r"\s+(?:[|–—»·-]|::)\s+|\s*\|\s*")
_TITLE_NAMES = re.compile(
    r"(?:article|news|post|entry|detail|content|print)-?_?(?:title|heading|headline)"
    r"|(?:title|heading|headline)-?_?(?:article|news|post|entry|detail|content)|tieu-?de|headline",
    re.IGNORECASE,
)
_HEADER_NAMES = re.compile(r"(?:article|news|post|detail)-?_?head(?:er)?(?:$|[-_ ])", re.IGNORECASE)
"""Matches names of the box of a title, in which other boxes may stand."""
_OF_BOX = re.compile(
    r"(?:^|[-_ ])(?:trai|phai|left|right|module|box|block|widget|menu|side\w*)(?:$|[-_ ])",
    re.IGNORECASE,
)
"""Matches names of a box beside the text, whose title is none of the page."""
_HEADLINE = re.compile(r"(?:entry|post)-?title|headline", re.IGNORECASE)
"""Matches the names of the headline in the microformat hAtom and in schema.org."""
_HEADING = re.compile("h[1-6]")
_AROUND_TITLE = re.compile(r"[\s|–—»·:<>/-]*")


def find_heading(tree: Any, boxes: dict[Any, Box], titles: tuple[str, ...], site: str) -> Any:
    """Return the element that shows the title of the page, or None.

    Preferred is an element of 3 to 60 words that shows one of the stated `titles`, perhaps with the
    marks that a title without any lacks: one named as a headline, the longest, then the highest
    heading; of those in a box with the name of chrome, only an <h1> or one named as a title. Then
    the only <h1>; then an element whose name says that it is a title, which also comes before one
    that shows a stated title but is neither a heading nor named; then what stands out above the
    text by its letters. None of them names the whole site. `site` is the name of the site, or "".
    """
    keys = [key(title) for title in titles if title]
    unmarked = {title for title in keys if title.isascii()}
    longest = max(map(len, keys), default=0)
    site_key = key(site)
    best: tuple[bool, int, int] | None = None
    heading = hidden = None
    for element, box in boxes.items():
        if not 3 <= box.words <= 60 or element.tag in ("body", "html", "form", "main", "article"):
            continue
        text = clean("".join(element.itertext()))
        level = int(element.tag[1]) if _HEADING.fullmatch(element.tag) else 7
        if len(text) > longest and level > 1:
            continue  # a key is never shorter than its text
        shown = key(text)
        named = bool(_HEADLINE.search(f"{names_of(element)} {element.get('itemprop') or ''}"))
        if shown == site_key or not (
            any(_is_title(shown, title, named=named) for title in keys)
            or (level == 1 and any(shown.startswith(f"{title} ") for title in keys))
            or (level < 7 and any(_is_end_of(title, text) for title in titles))
            or (unmarked and key(strip_marks(text)) in unmarked)
        ):
            continue
        if is_banner(element):
            continue
        if any(is_chrome(a) for a in (element, *element.iterancestors())):
            named = named or _TITLE_NAMES.search(names_of(element)) is not None
            if (element.tag == "h1" or named) and not any(map(_is_aside, element.iterancestors())):
                hidden = element
            continue
        rank = (not named, -len(shown), level)
        if best is None or rank < best:
            best, heading = rank, element
    if heading is None:
        heading = hidden  # newspapers call the column of the article "sidebar-1"
    if heading is None or not _HEADING.fullmatch(heading.tag):
        text = find_content(tree, frozenset(), None)[1]
        named_title = _named_title(boxes, text)
        if heading is not None and not _TITLE_NAMES.search(names_of(heading)):
            if named_title is not None:
                return named_title  # the <title> of all pages is the name that the banner shows
            above = set(_above_text(next(text.iterancestors("body"), text))[0])
            if not any(holder in above for holder in (heading, *heading.iterancestors())):
                heading = None
    if heading is not None:
        return heading
    if (titled := next(iter(tree.find_class("MsoTitle")), None)) is not None and titled in boxes:
        return titled  # Word's style "Title"; its <h1> are chapters
    h1 = _main_heading(tree)
    shown = clean("".join(h1.itertext())) if h1 is not None else ""
    if shown and key(shown) != key(site) and not names_site(shown):
        return h1
    if named_title is None:
        named_title = _only_heading(tree, boxes)
    return _prominent(text, boxes) if named_title is None else named_title


def names_site(title: str) -> bool:
    """Return True if a title names the whole site, or is one that all its pages may have ("Chi tiết
    tin")."""
    line = Line(1, title, title)
    return (
        chrome_kind(line) is not None
        or masthead(line) is not None
        or _SHARED_TITLE.fullmatch(title) is not None
    )


_SHARED_TITLE = re.compile(
    r"(?:UBND|[ủu][ỷy] ban nhân dân|HĐND|hội đồng nhân dân) (?:tỉnh|thành phố|tp|huyện|quận|thị xã"
    r"|xã|phường|thị trấn)\.? [\w']+(?: [\w']+){0,4}"
    r"|cổng (?:thông tin|dịch vụ|giao tiếp|ttđt)\b.*|(?:trang|báo) (?:thông tin )?điện tử\b.*"
    r"|thông tin (?:chi tiết|thủ tục(?: hành chính)?|văn bản|tài liệu)"
    r"|(?:xem )?chi tiết (?:bản )?(?:tin(?: tức)?|bài(?: viết)?|văn bản|thủ tục(?: hành chính)?"
    r"|sự kiện|câu hỏi|thông báo|hiện vật|tài liệu|hồ sơ)",
    re.IGNORECASE,
)
"""Matches titles of more than one page: the name of a committee alone ("UBND Quận 6"), or "Chi tiết
thủ tục"."""


def _named_title(boxes: dict[Any, Box], text: Any) -> Any:
    """Return the first element of 4 to 60 words whose name says that it is a title, else one whose
    name says that it is a header, or None.

    It stands in no other column of the page than the element `text`, which holds the running text,
    and not after it.
    """
    around = {*text.iterancestors(), text}
    after = {
        later
        for holder in around
        if holder.tag not in ("body", "html")
        for later in holder.itersiblings()
    }
    second = None
    for element, box in boxes.items():
        names = names_of(element)
        named = _TITLE_NAMES.search(names) and not _OF_BOX.search(names)
        header = _HEADER_NAMES.search(names) and not any(e.tag in BLOCKS for e in element)
        if (
            4 <= box.words <= 60
            and (named or (header and second is None))
            and not names_site(clean("".join(element.itertext())))
            and not any(is_chrome(a) for a in element.iterancestors())
            and not _in_other_column(element, around)
            and not any(holder in after for holder in (element, *element.iterancestors()))
        ):
            if named:
                return element
            second = element
    return second


def is_banner(element: Any) -> bool:
    """Return True if an element is a link to the home page, or it, one around it or one in it has
    the name of a logo, or, if it is no heading, of the banner of a site."""
    if any(_HOME.fullmatch(link.get("href") or "#") for link in element.iter("a")):
        return True
    pattern = _LOGO if _HEADING.fullmatch(element.tag) else _BANNER
    return any(
        pattern.search(names_of(holder))
        for holder in (*element.iter(), *element.iterancestors())
        if holder.tag not in ("body", "html")
    )


def banner_texts(boxes: dict[Any, Box]) -> frozenset[str]:
    """Return the comparison keys of what the banner of a site says, by its name, and of links to
    the home page."""
    return frozenset(
        key(clean("".join(element.itertext())))
        for element, box in boxes.items()
        if 0 < box.words <= _LONGEST_NAME
        and (
            _BANNER.search(names_of(element))
            or (element.tag == "a" and _HOME.fullmatch(element.get("href") or "#"))
        )
    )


_LONGEST_NAME = 20
"""Greatest number of words of the name of a site."""
_HOME = re.compile(
    r"\.?/?(?:(?:index|default|home|trang-?chu)\.\w{2,5})?|https?://[^/?#]+/?", re.IGNORECASE
)
"""Matches the address of a home page."""
_LOGO = re.compile(r"(?:^|[-_ ])(?:logo|site-?(?:name|title))(?:$|[-_ ])", re.IGNORECASE)
_BANNER = re.compile(rf"{_LOGO.pattern}|(?:^|[-_ ])banner(?:$|[-_ ])", re.IGNORECASE)


def _prominent(text: Any, boxes: dict[Any, Box]) -> Any:
    """Return what stands out above the first words of a text, as a heading of pages without
    headings does, or None.

    It is the element of 3 to 40 words with the largest letters, if they are larger than those of
    the text (`<font size>`, `font-size`); one of two words if they are much larger. An element
    called a title, a bold one above a date, or the only heading of its level there comes first.
    `text` is the element with the running text; the boxes around it are examined, too, but no other
    column.
    """
    holder = text
    for _ in range(_LEVELS_ABOVE):
        best: tuple[bool, float] | None = None
        found = None
        candidates, size_of_text = _above_text(holder)
        outside = Counter(e.tag for e in candidates if text not in (e, *e.iterancestors()))
        for element in candidates:
            words = boxes[element].words if element in boxes else 0
            if any(True for _ in element.iter("a")):
                continue
            size = _font_size(element, holder)
            names = names_of(element)
            named = (
                (_IS_TITLE.search(names) is not None and _OF_BOX.search(names) is None)
                or _is_dated(element)
                or (_HEADING.fullmatch(element.tag) is not None and outside[element.tag] == 1)
            )
            least = 2 if size - size_of_text >= _MUCH_LARGER else 3
            if not least <= words <= 40 or not (named or size > size_of_text):
                continue
            shown = heading_text(element)
            if names_site(shown) or is_motto(shown) or date_line(Line(1, shown, shown)):
                continue
            if best is None or (named, size) > best:
                best, found = (named, size), element
        if found is not None or holder.tag in ("body", "td") or holder.getparent() is None:
            return found
        holder = holder.getparent()
    return None


def _is_dated(element: Any) -> bool:
    """Return True if all words of an element are bold, and a short one with a date follows it."""
    bold = element
    while bold.tag not in ("b", "strong"):
        if len(bold) != 1 or (bold.text or "").strip() or (bold[0].tail or "").strip():
            return False
        bold = bold[0]
    after = element.getnext()
    if after is None or not isinstance(after.tag, str):
        return False
    text = clean(" ".join("".join(after.itertext()).split()))
    return len(text.split()) <= _LONGEST_DATED and DATE_PATTERN.search(text) is not None


_LONGEST_DATED = 12
"""Greatest number of words of "Cập nhật: 22/04/2015 - Lượt xem: 3.902"."""


def _above_text(holder: Any) -> tuple[list[Any], float]:
    """Return the elements in `holder` above the first _LEAST_PROSE words in a row, in order, and
    the size of these letters.

    Links, tables of data, chrome, and what is in them are left out, and so are other columns and
    what, but for headings, stands above a menu: links to other pages of _LEAST_MENU words or more.
    """
    found: dict[Any, int] = {}  # with the number of words of links up to its end
    passed = linked = 0
    prose = None
    for event, element in events(holder):
        link = is_link(element)
        left_out = element is not holder and (
            link or is_chrome(element) or (element.tag == "table" and is_record_table(element))
        )
        if event == "start":
            passed += left_out
            if link and not re.match("#.|javascript:", element.get("href") or ""):
                linked += len("".join(element.itertext()).split())
            text = element.text
        else:
            passed -= left_out
            text = element.tail if element is not holder else None
            if element in found:
                found[element] = linked
        if passed:
            continue
        if len((text or "").split()) >= _LEAST_PROSE:
            prose = element if event == "start" else element.getparent()
            break
        if event == "start" and element is not holder:
            found[element] = linked
    around = {prose, *prose.iterancestors()} if prose is not None else set()
    above = [
        element
        for element, before in found.items()
        if (linked - before < _LEAST_MENU or _HEADING.fullmatch(element.tag))
        and not _in_other_column(element, around)
    ]
    return above, _NORMAL_SIZE if prose is None else _font_size(prose, holder)


def _in_other_column(element: Any, around: Set[Any]) -> bool:
    """Return True if an element stands in another cell of a row than a text; `around` is the
    element of the text and all around it."""
    return any(
        cell not in around and cell.getparent() in around
        for cell in (element, *element.iterancestors("td"))
        if cell.tag == "td"
    )


def _font_size(element: Any, holder: Any) -> float:
    """Return the size of the letters of an element by the scale of <font>, 1 to 7 (HTML standard,
    15.3.3 "the font element"), as it or an element around it up to `holder` states, or one in it
    with all its words; 3 if none does."""
    inside = [element]
    while not (inside[-1].text or "").strip():
        said = [e for e in inside[-1] if "".join(e.itertext()).strip() or (e.tail or "").strip()]
        if len(said) != 1 or not isinstance(said[0].tag, str) or (said[0].tail or "").strip():
            break
        inside.append(said[0])
    around = []
    for each in element.iterancestors():
        around.append(each)
        if each is holder:
            break
    for each in (*reversed(inside), *around):
        if (size := _own_size(each)) is not None:
            return size
    return _NORMAL_SIZE


def _own_size(element: Any) -> float | None:
    """Return the size that an element states, in the scale of <font>, or None."""
    if element.tag == "font" and (match := _SIZE.fullmatch(element.get("size") or "")):
        number = float(match["number"])
        sign = match["sign"]
        return _NORMAL_SIZE + (number if sign == "+" else -number) if sign else number
    if match := _FONT_SIZE.search(element.get("style") or ""):
        pixels = float(match["number"]) * _PIXELS[match["unit"].lower()]
        return _NORMAL_SIZE + (pixels - 16) / 4  # 4 is 18 px, 5 is 24 px
    return None


_IS_TITLE = re.compile(
    r"(?:^|[-_ ])(?:title|tieu[-_]?de|ten[-_]?(?:bai|tin)|sub[-_]?head)(?:$|[-_ ])"
    r"|(?:^| )p-?title(?:$| )",
    re.IGNORECASE,
)
"""Matches names of the title of a text, which titles of boxes have, too; those stand elsewhere."""
_LEVELS_ABOVE = 4
_LEAST_PROSE = 20
_LEAST_MENU = 8
_NORMAL_SIZE = 3.0
_MUCH_LARGER = 2
_SIZE = re.compile(r"\s*(?P<sign>[+-]?)(?P<number>\d)\s*")
_FONT_SIZE = re.compile(
    r"font-size\s*:\s*(?P<number>\d{1,3}(?:\.\d+)?)(?P<unit>px|pt|em|rem|%)", re.IGNORECASE
)
_PIXELS = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "%": 0.16}


def _only_heading(tree: Any, boxes: dict[Any, Box]) -> Any:
    """Return the only heading of its level on a page without any of a higher one, if it has three
    words or more and stands above the text; else None."""
    levels: dict[str, list[Any]] = {}
    for element in tree.iter("h2", "h3", "h4", "h5", "h6"):
        if element in boxes and boxes[element].words:
            levels.setdefault(element.tag, []).append(element)
    found = levels[min(levels)] if levels else []
    if len(found) != 1 or not 3 <= boxes[found[0]].words <= 60:
        return None
    heading = found[0]
    if names_site(clean("".join(heading.itertext()))) or any(
        is_chrome(a) for a in heading.iterancestors()
    ):
        return None
    above = sum(
        boxes[e].words - boxes[e].linked
        for holder in (heading, *heading.iterancestors())
        if holder.tag != "td"  # beside it are columns
        for e in holder.itersiblings(preceding=True)
        if e in boxes and e.tag != "head"
    )
    return heading if above < _MAX_ABOVE else None


_MAX_ABOVE = 20
"""Number of words outside links below which what stands above a heading is no text."""


def _is_aside(element: Any) -> bool:
    if element.tag == "header":
        return not element.xpath("ancestor::article | ancestor::main")
    return element.tag in ("nav", "footer", "aside")


def _is_title(shown: str, stated: str, *, named: bool) -> bool:
    """Return True if `shown` is the `stated` title, or what is left of it without the name of the
    site before or after a separator: its beginning, or at least half of it. Both are comparison
    keys.

    If its element is `named` as a headline, a title after the name of the site may be shorter.
    """
    at = stated.find(shown) if shown else -1
    if at < 0:
        return False
    before, after = stated[:at], stated[at + len(shown) :]
    clear = not before or _AROUND_TITLE.search(before[::-1]).end() > 1  # type: ignore[union-attr]
    if not clear or (after and _AROUND_TITLE.match(after).end() < 2):  # type: ignore[union-attr]
        return False
    return named or len(shown) >= len(before) + len(after) or not before


def _is_end_of(title: str, shown: str) -> bool:
    """Return True if the text of a heading is the first or the last part of a stated title between
    separators, of three parts or more ("Site » Blog Archive » Title")."""
    parts = _TITLE_SEPARATOR.split(title)
    return len(parts) > 2 and key(shown) in (key(parts[0]), key(parts[-1]))


def _main_heading(tree: Any) -> Any:
    """Return the <h1> outside navigation that has three words or more; None if the page has
    none, or several with different texts."""
    found = {
        text: h1
        for h1 in tree.iter("h1")
        if len((text := clean(" ".join(h1.itertext()))).split()) >= 3
        and not is_banner(h1)
        and not any(is_chrome(a) for a in h1.iterancestors() if isinstance(a.tag, str))
    }
    return next(iter(found.values())) if len(found) == 1 else None


def title_of_record(tree: Any) -> str:
    """Return the value beside the label "Nhan đề" of a record, if it has three words or more, else
    "". The label and the value are cells or terms beside each other."""
    for label in tree.iter("td", "th", "dt", "div", "span"):
        said = key(clean("".join(label.itertext()))) if len(label) < 2 else ""
        value = label.getnext()
        if said.rstrip(" :") in _TITLE_LABELS and value is not None:
            text = clean(" ".join("".join(value.itertext()).split()))
            if 3 <= len(text.split()) <= 60:
                return text
    return ""


_TITLE_LABELS = frozenset(
    map(key, ("Nhan đề", "Nhan đề chính", "Tiêu đề", "Tên đề tài", "Tên tài liệu", "Title"))
)


def without_site(title: str, site: str) -> str:
    """Return a title without the name of the site after its last separator ("|", "–"); if another
    name stands there, or that of the site is not known, its longest part if that has four words or
    more, else the whole title."""
    parts = _TITLE_SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    if site and key(parts[-1]) == key(site):
        return clean(title[: title.rindex(parts[-1])]).rstrip(" |–—»·-")
    longest = max(parts, key=len)
    return longest if len(longest.split()) >= 4 else title
