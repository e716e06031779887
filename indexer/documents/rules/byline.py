"""Page rule: the author and the source of a page, from the byline at the end of its text.

These lines are bylines:

    Minh Trí - TTVH,TT và TT Giang Thành     Hồng Hạ (Trung tâm VHTT&TT)     Chí Cường
    Tin: ĐTT huyện     Bài và ảnh: Thanh Hải     Theo Báo Sóc Trăng     (baosoctrang.org.vn)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.documents.text.lines import Line

_MAX_WORDS = 16
"""Greatest number of words of a byline."""
_MAX_CHARACTERS = 160
"""Greatest number of characters of a byline."""
_LABEL = re.compile(
    r"^(?P<label>(?:tin|bài|ảnh|hình)"
    r"(?: ?(?:,|-|/|và|\+|&)? ?(?:tin|bài|ảnh|hình|viết|clip|video))*"
    r"|tác giả(?: bài viết)?|người viết|người đưa tin|thực hiện|biên tập|biên soạn|bài viết|pv|ctv"
    r"|theo|nguồn(?: tin)?|nguồn bài viết|by|source)(?P<colon> ?: ?| )(?P<rest>\S.*)$",
    re.IGNORECASE,
)
_BARE_LABEL = re.compile(
    r"^(?:tác giả(?: bài viết)?|người viết|nguồn(?: tin)?|bài(?: viết)?(?: và ảnh|, ảnh)?)\s*:$"
    r"|^(?:tác giả|nguồn)$",
    re.IGNORECASE,
)
_SOURCES = frozenset({"theo", "nguồn", "nguồn tin", "nguồn bài viết", "source"})
_PICTURES = frozenset({"ảnh", "hình", "ảnh, clip", "ảnh, video"})
_NAME = r"[^\W\d_]+"
_SEPARATOR = re.compile(r" ?[–—-] | [–—-] ?|\s*/\s*|,\s+")
_SITE = re.compile(r"^(?:https?://)?(?:[\w-]+\.)+[a-z]{2,6}(?:/\S*)?$", re.IGNORECASE)
_AGENCY = re.compile(r"^(?:TTXVN|VOV|VTV|VOV\.VN|TTXVN/Vietnam\+|Vietnam\+|TTX)$")
_OFFICE = re.compile(
    r"\b(?:ban|báo|bộ|sở|phòng|trung tâm|đài|huyện|tỉnh|thành ủy|thị xã|quận|xã|phường|hội|đoàn"
    r"|văn phòng|ubnd|hđnd|ubmttq|mttq|công an|cổng|trang|trường|chi cục|cục|tổ|khối|mặt trận"
    r"|đảng ủy|đảng bộ|ttvh|tttt|ttxvn|đtt|vhtt|vh-tt|bdv|bbt|ttđt|tạp chí|liên đoàn)\b",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"^(?:quang cảnh|toàn cảnh|các|một số|kết luận|kết quả|hội nghị|đại biểu|đại hội|lễ|ảnh|hình"
    r"|phần|mục|chương|nội dung|xem|trang|bài|tin|trân trọng|xin|video|nguồn|audio|việt nam)\b",
    re.IGNORECASE,
)
_STAFF = frozenset({"pv", "ctv", "bbt", "btv", "bqt", "ban biên tập"})


@dataclass(frozen=True, slots=True)
class Byline:
    """The author and the source that a line states; None for what it does not state."""

    author: str | None = None
    source: str | None = None


def find_byline(lines: Sequence[Line]) -> tuple[Line, Byline] | None:
    """Return the last line of the body that is a byline, and what it states; None without one.

    Only short lines below the last line of prose are examined, at most 13. A bare name without a
    label counts only in the last line; without prose, only a last line with a label does. `lines`
    has no blank lines.
    """
    has_prose = any(line.is_prose for line in lines)
    for back, (line, text) in enumerate(_with_labels(lines)):
        if not has_prose and (back or ":" not in text):
            return None
        if line.is_prose or back > 12:
            return None
        if found := parse_byline(text, last=back == 0):
            return line, _completed(found, _with_labels(lines)[back + 1 : back + 2])
    return None


def _with_labels(lines: Sequence[Line]) -> list[tuple[Line, str]]:
    """Return up to the last 30 lines with their texts, the last line first.

    A label on a line of its own ("Tác giả:") is joined with the line below it ("Tác giả: Chí Hà").
    """
    joined: list[tuple[Line, str]] = []
    for line in reversed(lines[-30:]):
        if joined and _BARE_LABEL.match(line.text) and not joined[-1][0].is_prose:
            label = line.text.strip(" :")
            joined[-1] = (line, f"{label}: {joined[-1][1]}")
        else:
            joined.append((line, line.text))
    return joined


def _completed(found: Byline, above: Sequence[tuple[Line, str]]) -> Byline:
    """Return the byline, with a missing author or source taken from the line above it, if that is a
    byline with a colon.

    `above` are the lines above, the nearest first.
    """
    if not above or above[0][0].is_prose or (found.author and found.source):
        return found
    text = above[0][1]
    other = parse_byline(text, last=False) if ":" in text else None
    if other is None:
        return found
    return Byline(found.author or other.author, found.source or other.source)


def parse_byline(text: str, *, last: bool = True) -> Byline | None:
    """Return the author and the source that a line states; None if it is not a byline.

    `last` is True for the last line of a text, in which a name without a label is a byline too.
    """
    if not text or len(text) > _MAX_CHARACTERS or text.count(" ") >= _MAX_WORDS:
        return None
    if match := _LABEL.match(text):
        return _parse_labelled(match)
    if text[0] in "([" and text[-1] in ")]":
        inner = text[1:-1].strip()
        if match := _LABEL.match(inner):
            return _parse_labelled(match)
        if _SITE.match(inner) or _AGENCY.match(inner):
            return Byline(source=inner)
        return Byline(author=inner) if last and _is_name(inner) else None
    if _SITE.match(text) or _AGENCY.match(text):
        return Byline(source=text)
    found = _parse_author_and_source(text)
    if found.author and found.source:
        return found
    if last and (found.author or text.lower() in _STAFF):
        return found if found.author else Byline(author=text)
    return None


def _parse_labelled(match: re.Match[str]) -> Byline | None:
    """Return the byline of a line that begins with a label, or None if it is not a byline.

    `match` is one of `_LABEL`. After a label of a source ("theo", "nguồn") and a colon, the whole
    rest is the source; without a colon it must name an office, a site or a news agency. None for
    other labels without a colon, for labels of pictures alone ("ảnh", "hình"), if the rest has a
    colon, and after a label of an author if the rest names neither persons nor a source.
    """
    label, rest = match["label"].lower(), match["rest"].strip(" .")
    if not rest or ":" in rest:
        return None
    if not match["colon"].strip():
        named = rest[0].isupper() or _SITE.match(rest)
        if label not in _SOURCES or not named or rest.count(" ") > 6 or not _is_source(rest):
            return None
    if label in _SOURCES:
        return Byline(source=rest)
    if label in _PICTURES:
        return None
    found = _parse_author_and_source(rest)
    if found.author or found.source:
        return found
    if _is_source(rest):
        return Byline(source=rest)
    return Byline(author=rest) if rest.lower() in _STAFF or _is_pen_name(rest) else None


def _parse_author_and_source(text: str) -> Byline:
    """Return the byline of a text of the form `name`, `name - office`, `name (office)` or `name,
    name`; an empty one for other texts."""
    if match := re.fullmatch(r"(?P<name>[^()]+?) ?\((?P<office>[^()]+)\)", text):
        name, office = match["name"].strip(), match["office"].strip(" .")
        if _is_names(name) and _is_source(office):
            return Byline(name, office)
    if _is_names(text):
        return Byline(author=text)
    for separator in _SEPARATOR.finditer(text):
        name, office = text[: separator.start()].strip(), text[separator.end() :].strip(" .")
        if _is_names(name) and _is_source(office):
            return Byline(name, office)
    return Byline()


def _is_names(text: str) -> bool:
    """Return True if a text is one to three names of persons, with signs or "và" between them."""
    names = [part for part in re.split(r" ?[–—-] ?|, ?| và | & ", text) if part]
    return 1 <= len(names) <= 3 and all(_is_name(name) for name in names)


def _is_name(text: str) -> bool:
    """Return True if a text may be the name of a person: two to five capitalised syllables ("Chí
    Cường") that are not in capitals and name no office."""
    syllables = text.split(" ")
    return (
        2 <= len(syllables) <= 5
        and all(re.fullmatch(_NAME, part) and part[0].isupper() for part in syllables)
        and not any(len(part) > 1 and part.isupper() for part in syllables)
        and not _OFFICE.search(text)
        and not _NO_NAME.match(text)
    )


def _is_pen_name(text: str) -> bool:
    """Return True if a text is one word or initials ("Hoa", "T.H"); after a label, it is a name."""
    return bool(re.fullmatch(r"[^\W\d_][\w.]{0,11}", text)) and text[0].isupper()


def _is_source(text: str) -> bool:
    """Return True if a text names an office, a web site or a news agency."""
    return bool(_OFFICE.search(text) or _SITE.match(text) or _AGENCY.match(text))
