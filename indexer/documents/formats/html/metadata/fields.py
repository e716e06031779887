"""Read the metadata that an HTML page states: title, date, author, section, publisher, address."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import takewhile
from typing import Any

from indexer.documents.content import Content
from indexer.documents.formats.html.box_names import names_of
from indexer.documents.formats.html.metadata.heading import (
    banner_texts,
    find_heading,
    names_site,
    title_of_record,
    without_site,
)
from indexer.documents.formats.html.page_chrome import BLOCKS, Box
from indexer.documents.formats.html.page_structure import heading_text, holds_data
from indexer.documents.rules.byline import parse_byline
from indexer.documents.rules.publication_date import date_line
from indexer.documents.text.dates import DATE_PATTERN, date_of, parse_date
from indexer.documents.text.lines import Line
from indexer.documents.text.text_keys import clean, key

_PUBLISHED = frozenset(
    {"article:published_time", "datepublished", "date.issued", "dc.date.issued", "dcterms.created",
     "dc.date", "dcterms.date", "dcterms.issued", "pubdate", "publishdate", "publish_date",
     "publish-date", "og:published_time", "article:published", "date"}
)  # fmt: skip


def read_metadata(tree: Any, content: Content, boxes: dict[Any, Box]) -> tuple[Any, Any]:
    """Fill `content.fields` and `content.stated` from JSON-LD, meta tags and the page itself.

    Returns the element that is the heading of the page, or None, and the element that says when and
    by whom the page was posted, or None. `boxes` is the result of `page_chrome.measure(tree)`.
    """
    stated = content.fields
    metas: dict[str, str] = {}
    every: dict[str, list[str]] = {}  # a page may state a name several times
    for meta in tree.iter("meta"):
        value = clean(meta.get("content") or "")
        for attribute in ("property", "name", "itemprop"):
            if value and (meta_name := (meta.get(attribute) or "").lower()):
                metas.setdefault(meta_name, value)
                every.setdefault(meta_name, []).append(value)
    content.stated = {name: v if len(v) > 1 else v[0] for name, v in every.items()}
    linked = _linked_data(tree)
    headline = clean(str(linked.get("headline") or linked.get("name") or ""))
    site = clean(metas.get("og:site_name", "")) or _name(linked.get("publisher"))
    page_title = (
        clean("".join(tree.find(".//title").itertext()))
        if tree.find(".//title") is not None
        else ""
    )
    og = metas.get("og:title") or metas.get("dc.title") or metas.get("dcterms.title") or ""
    heading = find_heading(tree, boxes, (headline, og, page_title), site)
    shown = heading_text(heading) if heading is not None else ""
    banners = banner_texts(boxes) if heading is None else frozenset()
    # A headline that the page does not show is one for search engines.
    if heading is None:
        first = (headline, title_of_record(tree))
    else:
        first = (shown, headline) if heading.tag == "h1" else (headline, shown)
    for candidate in (*first, without_site(og, site), without_site(page_title, site)):
        is_begun = candidate == shown and key(page_title).startswith(f"{key(shown)} ")
        if len(candidate.split()) >= (2 if is_begun else 3) and not (
            names_site(candidate) or key(candidate) in banners
        ):
            stated["stated_title"] = candidate
            break
    stated["page_title"] = page_title
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
    content.text_dates = _dates_in_text(boxes, heading)
    near, said_by = _date_near(tree, boxes, heading, content.text_dates)
    if near:
        stated["stated_date"] = near
    author = (
        _name(linked.get("author"))
        or metas.get("author")
        or metas.get("dc.creator")
        or (metas.get("article:author", ""))
    )
    author = clean(author)
    if said_by is not None:
        author = author or _posted_by("\n".join(map(clean, said_by.itertext())))
    if _ACCOUNT.fullmatch(author):
        author = ""
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
    return heading, said_by


_ACCOUNT = re.compile(
    r"super ?user|admin\w*|root|web ?master|quan ?tri\w*|quản trị(?: viên)?|user", re.IGNORECASE
)
"""Matches the accounts by which systems are administered, which are no authors."""
_DATE_PROPERTY = re.compile(r"publi|created|issued")
_DATE_NAMES = re.compile(
    r"date|time(?!line)|created|publish|posted|submitted|ngay|thoi-?gian"
    r"|(?:entry|post|article|news|node)[-_]*meta",
    re.IGNORECASE,
)


def _dates_in_text(boxes: dict[Any, Box], heading: Any) -> frozenset[str]:
    """Return the texts of the elements that are only a date and belong to the text: to an entry of
    a timeline.

    An entry is an item of a list with a sentence or several dates, a box whose name says so
    (_TIMELINE), or one of several boxes of the same tag and class beside each other that have a
    date and further words.
    `boxes` and `heading` are as in `_date_near`.
    """
    around = set(heading.iterancestors()) | {heading} if heading is not None else set()
    dates: dict[Any, str] = {}
    for element, box in boxes.items():
        if not 0 < box.words <= _MAX_DATE or element in around:
            continue
        text = clean(" ".join("".join(element.itertext()).split()))
        if any(map(str.isdigit, text)) and date_line(Line(1, text, text)):
            dates[element] = text
    held: dict[Any, set[str]] = {}  # element → the texts of the dates in it
    for date, text in dates.items():
        for holder in (date, *date.iterancestors()):
            if holder not in around and holder.tag not in ("body", "html"):
                held.setdefault(holder, set()).add(text)
    groups = Counter(
        (holder.getparent(), holder.tag, holder.get("class"))
        for holder, texts in held.items()
        if _has_further_words(holder, texts, boxes)
    )
    entries = {
        holder
        for holder, texts in held.items()
        if _TIMELINE.search(names_of(holder))
        or (holder.tag in ("ul", "ol", "dl") and (len(texts) > 1 or _has_sentence(holder)))
        or (
            groups[holder.getparent(), holder.tag, holder.get("class")] > 1
            and _has_further_words(holder, texts, boxes)
        )
    }
    return frozenset(
        text
        for date, text in dates.items()
        if any(holder in entries for holder in (date, *date.iterancestors()))
    )


def _has_further_words(holder: Any, dates: set[str], boxes: dict[Any, Box]) -> bool:
    """Return True if an element has _LEAST_SENTENCE words outside links beside its dates."""
    words = max(len(text.split()) for text in dates)
    return boxes[holder].words - boxes[holder].linked >= words + _LEAST_SENTENCE


def _has_sentence(element: Any) -> bool:
    """Return True if an item of a list is a sentence of _LEAST_SENTENCE words or more."""
    lines = (clean(" ".join("".join(item.itertext()).split())) for item in element)
    return any(
        line.ends_sentence and line.word_count >= _LEAST_SENTENCE
        for line in (Line(1, text, text) for text in lines)
    )


_TIMELINE = re.compile(r"time-?line|milestone|nien-?bieu|(?:cot|dau)-?moc", re.IGNORECASE)
_MAX_DATE = 8
"""Greatest number of words of a date ("Thứ hai, ngày 3 tháng 4 năm 2020")."""
_LEAST_SENTENCE = 5
"""Least number of words that an entry of a timeline has beside its date."""


def _date_near(
    tree: Any, boxes: dict[Any, Box], heading: Any, in_text: frozenset[str]
) -> tuple[str | None, Any]:
    """Return the date (YYYY-MM-DD) in a short element near the heading, and that element.

    Short is 25 words or less. A date counts if the element says no more than it (`date_line`), or
    if it is the only one there and a name of the element (_DATE_NAMES) is that of a date, or the
    element is one of the first _BELOW below the heading and has the date, a bar or dash, and at
    most some words about the page ("16/05/2020 14:20 | O Diệu"); of
    several, the first below the heading is taken, else the last above it. Without any, the date is
    that of the attribute of a <time>. The element is the box about the page in which the date
    stands; it is None if it says no more than the date, and for a <time>. Both are None if there is
    no date or no heading. Dates in the text (`in_text`, `_dates_in_text`) do not count.
    """
    if heading is None:
        return None, None
    order = [e for e in tree.iter() if e in boxes]
    at = order.index(heading)
    below = set(order[at + 1 : at + 1 + _BELOW])
    stated = None  # by a <time> whose text may be "3 ngày trước"
    for element in (*order[at + 1 : at + 60], *reversed(order[max(0, at - 30) : at])):
        if not 0 < boxes[element].words <= 25 or heading in element.iterdescendants():
            continue
        if any(holds_data(table) for table in element.iterancestors("table")):
            continue
        text = clean(" ".join("".join(element.itertext()).split()))
        if text in in_text:
            continue
        if element.tag == "time" and (day := parse_date(element.get("datetime") or "")):
            stated = stated or day.isoformat()
        bare = _COUNTS.sub("", text)
        if found := date_line(Line(1, bare, bare)):
            about = _box_about_page(element, boxes, heading) if bare == text else element
            return found.day.isoformat(), about
        dates = list(DATE_PATTERN.finditer(text))
        if len(dates) != 1 or Line(1, text, text).ends_sentence:
            continue  # a sentence with a date is text
        if not _DATE_NAMES.search(names_of(element)):
            near = element in below and boxes[element].words <= _MAX_ABOUT_LINE
            near = near and not any(e.tag in BLOCKS for e in element.iterdescendants())
            opening = text[: dates[0].start()]
            rest = _TIME.sub("", text[dates[0].end() :], count=1)
            bare = f"{opening}{dates[0].group()}"
            if not (near and _SEPARATED.match(rest) and date_line(Line(1, bare, bare))):
                continue
        if day := date_of(dates[0]):
            return day.isoformat(), element
    return stated, None


def _box_about_page(date: Any, boxes: dict[Any, Box], heading: Any) -> Any:
    """Return the box in which the element `date` stands beside author, section and views, or None.

    `boxes` and `heading` are as in `_date_near`.
    """
    for holder in date.iterancestors():
        if boxes[holder].words > _MAX_ABOUT or heading in holder.iterdescendants():
            return None
        if _ABOUT_NAMES.search(names_of(holder)):
            return holder
    return None


_BELOW = 12
_MAX_ABOUT_LINE = 14
"""Greatest number of words of a line with the date and, say, the author or the number of views."""
_TIME = re.compile(r"\s*,?\s*(?:lúc )?\d{1,2}(?::\d{2}){1,2}(?: ?(?:am|pm|sa|ch))?", re.IGNORECASE)
_SEPARATED = re.compile(r"\s*[|·•/–—-]\s*\w")
_COUNTS = re.compile(r"(?<=\d{4})(?: \d{1,6}){1,3}\Z")
"""Matches the numbers of views and comments after a date, which icons name."""
_ABOUT_NAMES = re.compile(r"(?:entry|post|article|news|node)[-_]*(?:meta|info)", re.IGNORECASE)
_MAX_ABOUT = 40
"""Greatest number of words of the box that says when and by whom a page was posted."""


def _posted_by(text: str) -> str:
    """Return the name of a person after "bởi", "tác giả" or "by" ("Được viết bởi Nguyễn Thu Hà vào
    thứ ba"), on the same line or the next; "" if there is none."""
    for match in _POSTED_BY.finditer(text):
        words = list(takewhile(lambda word: word[0].isupper(), match["words"].split()))
        byline = parse_byline(f"Tác giả: {' '.join(words)}") if 2 <= len(words) <= 5 else None
        if byline and byline.author:
            return byline.author
    return ""


_POSTED_BY = re.compile(
    r"\b(?:bởi|tác giả|người viết|by)\b[ :\n]*(?P<words>[^\W\d_]+(?: [^\W\d_]+){0,7})"
)


def _linked_data(tree: Any) -> dict[str, Any]:
    """Return the first JSON-LD object of the page whose type is that of an article or of a law;
    without one, the first that states a headline or a date; else {}."""
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
