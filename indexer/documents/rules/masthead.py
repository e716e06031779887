"""Page rule: find the name of the site of a page in its masthead."""

from __future__ import annotations

import re

from indexer.documents.gazetteer import gazetteer
from indexer.documents.text.lines import Line
from indexer.documents.text.text_keys import word_keys

_MAX_WORDS = 22
_MAX_CHARACTERS = 250
_GREETING = re.compile(
    r"^chào mừng (?:(?:bạn|quý vị|các bạn)(?: đã)? )?(?:đến|ghé thăm|truy cập)(?: với| vào)?\s+",
    re.I,
)
_SITE = re.compile(
    r"^(?:cổng|trang) (?:thông tin(?: điện tử)?|ttđt|tin điện tử)\b|^báo điện tử\b", re.I
)
_PAPER = re.compile(r"^(?:báo|tạp chí|đài phát thanh(?:[ -]+truyền hình)?)\s+(?P<name>.+)$", re.I)
_PAPERS = frozenset(
    word_keys(name)
    for name in ("Nhân Dân", "Tuổi Trẻ", "Thanh Niên", "Quân đội nhân dân", "Công an nhân dân",
                 "Sài Gòn Giải Phóng", "Hà Nội Mới", "Lao Động", "Người Lao Động", "Dân vận",
                 "Ấp Bắc", "Đồng Khởi", "Tiền Phong", "Đại Đoàn Kết", "Cộng sản", "Xây dựng Đảng")
)  # fmt: skip
_SITES = frozenset({"vnexpress", "vietnamnet", "vietnamplus", "vietnam+"})
"""Newspapers, in lower case, whose name alone is a masthead."""
_KINDS = ("tỉnh", "thành phố", "tp", "thị xã", "huyện", "quận", "xã", "phường", "thị trấn")
_KIND = re.compile(rf"(?<!\w)(?:{'|'.join(_KINDS)})\.? (?!ủy\b|uỷ\b)", re.IGNORECASE)
_STOP = re.compile(r"\s*(?:[-–—,|()]| (?:tỉnh|thành phố|huyện|thị xã|quận)\b)", re.IGNORECASE)
_ACRONYMS = frozenset({"ubnd", "hđnd", "ttđt", "mttq", "ubmttq", "tp", "tx", "hcm", "tphcm"})


def masthead(line: Line) -> str | None:
    """Return the name of the site that `line` shows, with the usual capitals ("Cổng thông tin điện
    tử tỉnh Nam Định"); None if the line is not a masthead.

    The name of a newspaper alone ("Nhân Dân điện tử", "VnExpress") is returned as it is written.
    """
    if (
        line.is_blank
        or line.word_count > _MAX_WORDS
        or len(line.text) > _MAX_CHARACTERS
        or line.ends_sentence
    ):
        return None
    text = _GREETING.sub("", line.text)
    if _SITE.match(text):
        return recase(text)
    paper = _PAPER.match(text)
    if paper and line.word_count <= 6:
        name = word_keys(re.sub(r" (?:điện tử|online)$", "", paper["name"], flags=re.IGNORECASE))
        is_online = re.search(r" (?:điện tử|online)$", paper["name"], flags=re.IGNORECASE)
        if name in _PAPERS or is_online or gazetteer().units("province", name):
            return _paper_name(text, paper["name"]) if line.text.isupper() else recase(text)
    online = re.match(r"^(?P<name>.+?) (?:online|điện tử)$", text, re.IGNORECASE)
    if online and word_keys(online["name"]) in _PAPERS:
        return text
    return text if text.lower() in _SITES else None


def _paper_name(text: str, name: str) -> str:
    """Return the name of a newspaper with the usual capitals: BÁO NAM ĐỊNH ĐIỆN TỬ → Báo Nam Định
    điện tử.

    `text` is the line, `name` the part of it after "báo".
    """
    bare = re.sub(r" (?:điện tử|online)$", "", name, flags=re.IGNORECASE)
    kind = text[: len(text) - len(name)]
    written = _gazetteer_name(bare) or bare.title()
    return f"{kind.capitalize()}{written}{name[len(bare) :].lower()}"


def recase(text: str) -> str:
    """Return the name of a site or office with a capital at its beginning, and the places in it
    with the capitals of the gazetteer.

    A place is what follows its kind ("tỉnh", "huyện"). It is changed only if it is in lower case,
    and in a name not given in capitals only if the gazetteer has it. A name in capitals first
    becomes lower case, except acronyms; a place in it that the gazetteer lacks is capitalised.
    """
    all_capitals = text.isupper()
    if all_capitals:
        words = (word if word.lower() in _ACRONYMS else word.lower() for word in text.split(" "))
        text = " ".join(words)
    text = text[:1].upper() + text[1:]
    at = 0
    while kind := _KIND.search(text, at):
        at = kind.end()
        stops = [*(stop.start() for stop in _STOP.finditer(text, at)), len(text)]
        names = [text[at:stop] for stop in stops if text[stop - 1].isalnum()] or [""]
        known = next((name for name in reversed(names) if _gazetteer_name(name)), names[0])
        if known.islower() and (_gazetteer_name(known) or all_capitals):
            text = text[:at] + (_gazetteer_name(known) or known.title()) + text[at + len(known) :]
    return text


def _gazetteer_name(name: str) -> str | None:
    """Return the name of a place as the gazetteer writes it; None if the gazetteer lacks it."""
    words = word_keys(name)
    for level in ("district", "province", "commune"):
        for unit in gazetteer().units(level, words):
            if word_keys(unit.name) == words:
                return unit.name
    return None
