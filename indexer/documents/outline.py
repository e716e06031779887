"""The outline of a law or decision: its parts, chapters, sections, articles, clauses and points.

    Phần thứ nhất  >  Chương I  >  Mục 1  >  Tiểu mục 1  >  Điều 1.  >  1. (khoản)  >  a) (điểm)

Source: the law on the promulgation of legal documents (80/2015/QH13, article 8; replaced in 2025 by
64/2025/QH15), and decree 30/2020/NĐ-CP, annex I, II.5. A unit begins at the beginning of a line.
Clauses and points are units only below an article: elsewhere "1." and "a)" are items of any list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

MAX_UNITS = 20_000
"""Greatest number of units that `outline` returns. No law has as many; the civil code has some
3,000."""

_MAX_TITLE = 300
"""Greatest length of a title in code points; a longer line is the text of its unit."""


class OutlineLevel(IntEnum):
    """The kind of a unit, from the widest to the narrowest: phần, chương, mục, tiểu mục, điều,
    khoản, điểm."""

    PART = 1
    CHAPTER = 2
    SECTION = 3
    SUBSECTION = 4
    ARTICLE = 5
    CLAUSE = 6
    POINT = 7


@dataclass(frozen=True, slots=True)
class OutlineUnit:
    """A unit of a law or decision, such as a chapter or an article.

    Attributes
    ----------
    label : the unit as a citation names it: "Chương II", "Điều 5", "Khoản 2", "Điểm đ".
    title : the heading of the unit; "" if it has none, as for clauses and points.
    start : offset in the body, in code points, of the first character of its line.
    anchor : name for links, unique in the document: "dieu-5", "chuong-2-dieu-5", "dieu-5-khoan-1".
    """

    level: OutlineLevel
    label: str
    title: str
    start: int
    anchor: str


_ORDINALS = {
    "nhất": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7,
    "tám": 8, "chín": 9, "mười": 10, "mười một": 11, "mười hai": 12, "mười ba": 13,
    "mười bốn": 14, "mười lăm": 15,
}  # fmt: skip
_ORDINAL = "|".join(sorted(_ORDINALS, key=len, reverse=True))
_ROMAN = re.compile(r"M{0,1}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\Z")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_NUMBER = r"(?:\d{1,4}[a-zđ]?|[IVXLCDM]{1,9})"
_UNIT = re.compile(
    r"[ \t\u00a0*#_“\"]{0,8}(?:"
    rf"(?P<wide>phần|chương|tiểu mục|mục)[ \t\u00a0]+(?:thứ[ \t\u00a0]+(?P<word>{_ORDINAL})"
    rf"|(?P<wide_number>{_NUMBER}))(?P<wide_end>[ \t\u00a0]*[.:–—-]|(?=[ \t\u00a0]*(?:\n|\Z))"
    r"|(?=[ \t\u00a0]+[^\W\d_]))"
    r"|[đð]iều[ \t\u00a0]+(?:thứ[ \t\u00a0]+)?"
    r"(?P<article>\d{1,4}[a-zđ]?)(?:[ \t\u00a0]*[.:–—-]|(?=[ \t\u00a0]*(?:\n|\Z)))"
    r"|(?P<clause>\d{1,3}[a-zđ]?)\.(?=[ \t\u00a0])"
    r"|(?P<point>[a-zđăâêôơư]{1,2}\d?)\)(?=[ \t\u00a0])"
    r")",
    re.IGNORECASE,
)
_LEVELS = {
    "phần": OutlineLevel.PART,
    "chương": OutlineLevel.CHAPTER,
    "mục": OutlineLevel.SECTION,
    "tiểu mục": OutlineLevel.SUBSECTION,
}
_SLUGS = {
    OutlineLevel.PART: "phan",
    OutlineLevel.CHAPTER: "chuong",
    OutlineLevel.SECTION: "muc",
    OutlineLevel.SUBSECTION: "tieu-muc",
    OutlineLevel.ARTICLE: "dieu",
    OutlineLevel.CLAUSE: "khoan",
    OutlineLevel.POINT: "diem",
}
_PLAIN = str.maketrans("đăâêôơư", "daaeoou")


def outline(body: str) -> tuple[OutlineUnit, ...]:
    """Return the units of `body` in reading order, at most MAX_UNITS.

    Returns () for a text without units; accepts any string and raises nothing.

    Laws: linear in the length of `body`; `start` ascends and is the beginning of a line; anchors
    are unique; the outline of a text does not change if text without units is added below.
    """
    units: list[OutlineUnit] = []
    above: dict[OutlineLevel, tuple[str, str]] = {}  # level → slug and anchor of the unit around
    used: dict[str, int] = {}  # anchor → number of units called so
    at = 0
    while at <= len(body) and len(units) < MAX_UNITS:
        end = body.find("\n", at)
        end = len(body) if end < 0 else end
        match = _UNIT.match(body, at, end)
        if match and (read := _read(match, body[match.end() : end], above)):
            level, label, slug, title = read
            if not title and level <= OutlineLevel.ARTICLE:
                title = _title_below(body, end)
            for deeper in [known for known in above if known >= level]:
                del above[deeper]
            anchor = _anchor(level, slug, above, used)
            used[anchor] = 1
            above[level] = (slug, anchor)
            units.append(OutlineUnit(level, label, title, at, anchor))
        at = end + 1
    return tuple(units)


def _read(
    match: re.Match[str], rest: str, above: Mapping[OutlineLevel, object]
) -> tuple[OutlineLevel, str, str, str] | None:
    """Return (level, label, slug, title) of the unit that begins at a match of `_UNIT`, or None if
    the match only looks like a unit.

    Parameters
    ----------
    rest : the text of the line after the match.
    above : level → unit, for the units around this line.
    """
    if article := match["article"]:
        number = article.lower()
        return (
            OutlineLevel.ARTICLE,
            f"Điều {number}",
            _slug(OutlineLevel.ARTICLE, number),
            _title(rest),
        )
    if clause := match["clause"]:
        if OutlineLevel.ARTICLE not in above:
            return None
        number = clause.lower()
        return OutlineLevel.CLAUSE, f"Khoản {number}", _slug(OutlineLevel.CLAUSE, number), ""
    if point := match["point"]:
        if OutlineLevel.ARTICLE not in above or not point.islower():
            return None
        return OutlineLevel.POINT, f"Điểm {point}", _slug(OutlineLevel.POINT, point), ""
    kind = " ".join(match["wide"].lower().split())
    level = _LEVELS[kind]
    if word := match["word"]:
        number = str(_ORDINALS[" ".join(word.lower().split())])
        label = f"{kind.capitalize()} thứ {word.lower()}"
    else:
        written = match["wide_number"]
        label = f"{kind.capitalize()} {written}"
        if written[0].isdigit():
            number = written.lower()
        elif written.isupper() and _ROMAN.match(written):
            number = str(_roman(written))
        else:
            return None
    title = _title(rest)
    # "Chương I của Luật này …", "Mục 2 và 3 …" in running text cite a unit.
    if not match["wide_end"] and title and not title[0].isupper():
        return None
    if not match["wide_end"] and title and not title.isupper() and not match["wide"][0].isupper():
        return None
    return level, label, _slug(level, number), title


def _slug(level: OutlineLevel, number: str) -> str:
    return f"{_SLUGS[level]}-{number.translate(_PLAIN) if 'đ' not in number else _d(number)}"


def _d(number: str) -> str:
    """Return the number of a unit without marks of vowels and with "dd" for đ, so that the points d
    and đ have different anchors."""
    return number.replace("đ", "dd").translate(_PLAIN)


def _anchor(
    level: OutlineLevel,
    slug: str,
    above: Mapping[OutlineLevel, tuple[str, str]],
    used: dict[str, int],
) -> str:
    """Return an anchor that no earlier unit has; the keys of `used` are the anchors of those.

    The anchor of a clause or point begins with that of its article. Any other unit is named alone;
    if that is taken, after its chapter; then after all units around it; then with a number at the
    end. `above` maps the level of each unit around it to its slug and anchor.
    """
    around = [known for known in sorted(above) if known < level]
    if level > OutlineLevel.ARTICLE:
        names = [f"{above[around[-1]][1]}-{slug}"]
    else:
        slugs = [above[known][0] for known in around]
        chapter = [above[OutlineLevel.CHAPTER][0]] if OutlineLevel.CHAPTER in around else slugs[-1:]
        names = ["-".join(parts) for parts in ([slug], [*chapter, slug], [*slugs, slug])]
    for name in names:
        if name not in used:
            return name
    count = used[names[-1]] + 1
    while f"{names[-1]}-{count}" in used:
        count += 1
    used[names[-1]] = count  # the next search goes on from here: linear in all
    return f"{names[-1]}-{count}"


def _title(rest: str) -> str:
    text = " ".join(rest.strip(" \t\u00a0*#_.:–—-").split()) if len(rest) <= 2 * _MAX_TITLE else ""
    return text if len(text) <= _MAX_TITLE else ""


def _title_below(body: str, end: int) -> str:
    """Return the title of a unit from the lines below its number; "" if there is none.

    The title is the run of lines in capitals at the beginning of the next six, blank ones skipped,
    joined by spaces and cut at _MAX_TITLE code points. The run ends before a line that is longer
    than that, begins another unit or is not in capitals. `end` is the offset in `body`, in code
    points, at which the line of the number ends.
    """
    titles: list[str] = []
    at = end + 1
    for _ in range(6):
        stop = body.find("\n", at, at + 2 * _MAX_TITLE)
        if at >= len(body) or (stop < 0 and len(body) - at > 2 * _MAX_TITLE):
            break
        stop = len(body) if stop < 0 else stop
        line = " ".join(body[at:stop].strip(" \t\u00a0*#_").split())
        at = stop + 1
        if not line:
            continue
        if _UNIT.match(line) or not line.isupper() or len(line) > _MAX_TITLE:
            break
        titles.append(line)
    return " ".join(titles)[:_MAX_TITLE]


def _roman(text: str) -> int:
    values = [_VALUES[char] for char in text]
    following = [*values[1:], 0]
    return sum(
        -value if value < after else value for value, after in zip(values, following, strict=True)
    )
