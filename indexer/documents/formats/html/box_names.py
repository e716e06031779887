"""Tell from the names of a box (its class and id) whether it is a part of the portal.

Names are words of designers: "news-related", "entry-content". `known_names.tsv` lists the names
that widespread systems give to their parts whatever the site; the patterns here are for words that
any site may use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

_CHROME_NAMES = re.compile(
    r"(?:^|[-_ ])(?:nav(?:bar|igation)?|menu\w*|(?:bread)?crumbs?|foot|footer\w*|sidebar\w*"
    r"|share\w*|social\w*"
    r"|sharing|addthis\w*|comments?|commentlist|respond|binh-?luan|relate\w*|lien-?quan|tin-?khac\w*"
    r"|(?:box-?)?tin-?lien-?quan\w*|tin-?moi|latest|recent-?(?:posts?|news|comments?)|other-?news|othernews|more-?news|latest-?news|most-?read|doc-?nhieu"
    r"|xem-?nhieu|ads?|advert\w*|quang-?cao|qc|banner\w*|popup\w*|modal\w*|cookies?|newsletter"
    r"|subscribe|login|dang-?nhap|search-?(?:form|box)|tim-?kiem|tools|toolbar|tool-?bar"
    r"|no-?print|print-?(?:btn|button|icon|tools?|action|link|version|friendly|mail)?(?=$| )|zoom"
    r"|font-?size|ratings?|vote|danh-?gia|pagination|pager|page-?links|jump-?link|site-?sub|tags?|tag-?list|tu-?khoa|widget\w*|disclaimer|skip-?link"
    r"|sr-only|visually-hidden|copyright|logo|hotline|thong-?ke|luot-?truy-?cap|counter|(?<!-)lich(?!-)|calendar"
    r"|language(?!-\w)|language-?(?:switch\w*|select\w*|block|menu|bar)|lang-?switch\w*|topbar|top-?bar|header-?top|site-?header|page-?header|(?:site|page)-?(?:bottom|top)|masthead"
    r"|tts|doc-?bao|nghe-?bai|ad-?spot\w*|post-?views|view-?counts?|hits|hidden|invisible"
    r"|d-none|element-hidden|(?:audio-?|video-?)?player|(?:detail|article|news|post|vc|box|read)-?audio|audio-?(?:box|wrap\w*)|(?:\w+-?)?screen-?reader(?:-text)?)"
    r"(?:$|[-_ ])",
    re.IGNORECASE,
)
"""Matches words in class and id that name parts of a portal. An element with such a name is kept if
it holds the running text."""

_CONTENT_NAMES = re.compile(
    r"article-?body|articlebody|entry-?content|post-?content|post-?body|article-?content|news-?detail"
    r"|detail-?content|content-?detail|noi-?dung|chi-?tiet|journal-content-article|ms-rtestate-field"
    r"|fck-detail|news-?content|body-?content|main-?content|bodytext|the-?article-?body|vanban"
    r"|singular-content|cms-body|contentdetail|knc-content",
    re.IGNORECASE,
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
_QUALIFIER = re.compile(
    r"(?:^|(?<= ))(?:\S*-(?:label|title)-hidden|field-label-hidden"
    r"|(?:\S*--)?(?:has|with|is|no)-(?!print|hidden|invisible)\S*|(?:\S*-)?not-\S*"
    r"|(?:foot|end)notes?\S*"
    r"|\S*hidden-(?:xs|sm|md|lg|xl|phone|tablet|desktop)|(?:xs|sm|md|lg|xl|xxl):hidden"
    r"|d-(?:sm|md|lg|xl|xxl)-none|ms-hidden\S*)(?= |$)",
    re.IGNORECASE,
)
"""Matches names that say something else about a box than what it is: that the label beside a field
is hidden (Drupal), that the page has a sidebar, on which screens the box is hidden (Bootstrap,
Tailwind), that it is no footer (Weebly); and those of footnotes."""
_SHOWN_ON_SOME = re.compile(
    r"(?:^| )(?:d-(?:sm|md|lg|xl|xxl)-(?!none)\w+|visible-\w+"
    r"|(?:sm|md|lg|xl|2xl):(?:block|flex|grid|inline\S*|table))(?: |$)"
)
"""Matches names of a box that is hidden on some screens only."""
_HIDDEN = re.compile(r"(?:^|(?<= ))(?:hidden|hide|d-none|invisible)(?= |$)", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

_UNDERSCORES = re.compile("_+")


def names_of(element: Any) -> str:
    """Return the classes and the id of an element as one text, with camel case split by hyphens:
    "newsDetail" becomes "news-Detail"."""
    return _split(element.get("class") or "", element.get("id") or "")


@lru_cache(maxsize=4096)
def _split(classes: str, identifier: str) -> str:
    return _CAMEL.sub("-", f"{classes} {identifier}")


@lru_cache(maxsize=4096)
def bare_names(names: str) -> str:
    """Return names, as of `names_of`, without those that say nothing of what a box is."""
    names = _QUALIFIER.sub("", _PAGE_BUILDER.sub("", _CAMEL.sub("-", names)))
    return _HIDDEN.sub("", names) if _SHOWN_ON_SOME.search(names) else names


@lru_cache(maxsize=4096)
def names_portal_part(names: str) -> bool:
    """Return True if some of the `bare_names` is that of a part of a portal, and none that of an
    article."""
    return bool(names.strip() and _CHROME_NAMES.search(names) and not names_content(names))


@lru_cache(maxsize=4096)
def names_content(names: str) -> bool:
    """Return True if one of the names is that of an article."""
    return _CONTENT_NAMES.search(_UNDERSCORES.sub("-", names)) is not None


def is_known_chrome(element: Any) -> bool:
    """Return True if a class or the id of an element is one that a widespread system gives to a
    part of the portal (`known_names.tsv`)."""
    return _known_kind(element.get("class") or "", element.get("id") or "") == "chrome"


def is_known_text(element: Any) -> bool:
    """Return True if a class or the id of an element is one that a widespread system gives to the
    text of a page, or to the data of a record."""
    return _known_kind(element.get("class") or "", element.get("id") or "") in ("text", "record")


def is_record(element: Any) -> bool:
    """Return True if a class or the id of an element is one that a widespread system gives to
    labels and values of a record."""
    return _known_kind(element.get("class") or "", element.get("id") or "") == "record"


@lru_cache(maxsize=4096)
def _known_kind(classes: str, identifier: str) -> str | None:
    names = (*classes.lower().split(), identifier.lower())
    kinds = {kind for name in names if (kind := _known_names().get(name))}
    return "chrome" if "chrome" in kinds else next(iter(kinds), None)


@cache
def _known_names() -> Mapping[str, str]:
    text = files(__package__).joinpath("known_names.tsv").read_text("utf-8")
    rows = [row.split("\t") for row in text.splitlines() if row and not row.startswith("#")]
    return {name: kind for kind, _, names in rows for name in names.split()}


def is_hidden_by_name(element: Any) -> bool:
    """Return True if a class of an element hides it on all screens ("d-none" of Bootstrap)."""
    classes = element.get("class") or ""
    return bool(_HIDDEN.search(classes)) and _SHOWN_ON_SOME.search(classes) is None
