"""Where a page is about: what its masthead, its title and its lead name, in this order.

A district counts after "huyện", "thị xã", "Huyện ủy" and their like, never as a bare word, except
where it opens the title and the page names it in full elsewhere ("Giang Thành tổng kết …").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from indexer.documents.gazetteer import Unit, gazetteer, places_on
from indexer.documents.gazetteer.admin_units import REFORM
from indexer.documents.text_keys import clean, word_keys
from indexer.models import Place

_PREFIXES: tuple[tuple[str, tuple[str, ...], str | None], ...] = (
    ("tỉnh", ("province",), "tỉnh"), ("tỉnh ủy", ("province",), "tỉnh"),
    ("tỉnh đoàn", ("province",), "tỉnh"), ("báo", ("province",), None),
    ("thành phố", ("province", "district"), "thành phố"),
    ("thành ủy", ("province", "district"), "thành phố"),
    ("thành đoàn", ("province", "district"), "thành phố"),
    ("tp", ("province", "district"), "thành phố"),
    ("huyện", ("district",), "huyện"), ("huyện ủy", ("district",), "huyện"),
    ("huyện đoàn", ("district",), "huyện"), ("quận", ("district",), "quận"),
    ("quận ủy", ("district",), "quận"), ("thị xã", ("district",), "thị xã"),
    ("thị ủy", ("district",), "thị xã"), ("tx", ("district",), "thị xã"),
    ("xã", ("commune",), "xã"), ("phường", ("commune",), "phường"),
    ("đặc khu", ("commune",), "đặc khu"),
)  # fmt: skip
_LETTERS = {"H": "huyện", "Q": "quận"}
_WORD = re.compile(r"\w+")
_TPHCM = re.compile(r"\bTP\.? ?HCM\b")
_READ = 20_000
"""Characters of a text that are read for its place."""

_MOST = 4
"""A name that this many provinces share says too little to be kept as "one of these"."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Units of one name that a text speaks of, and the words `[start, end)` of the name.

    `stated` are the provinces named right behind it: "huyện Tam Nông (Đồng Tháp)".
    """

    units: tuple[Unit, ...]
    start: int
    end: int
    stated: frozenset[str] = frozenset()

    @property
    def level(self) -> str:
        """The level of its units; of a thành phố that may be either, the province."""
        return self.units[0].level


def find_places(
    masthead: str, title: str, lead: str, text: str, day: date | None
) -> tuple[Place, ...]:
    """The place of a page on its day; several where the text does not decide between them."""
    sources = [
        mentions(masthead, day, any_case=True),
        mentions(title, day),
        mentions(lead[:_READ], day),
    ]
    opening = _opening(title, masthead, text[:_READ], day)
    sources[1] = [*opening, *sources[1]]
    named = _provinces([mention for source in sources for mention in source])
    top: Mention | None = None
    for number, source in enumerate(sources):
        if day is not None and day >= REFORM and not opening:
            local = next((m for m in source if m.level == "commune"), None)
        else:
            local = next((m for m in source if m.level == "district"), None)
        local = local or next((m for m in source if m.level == "district"), None)
        province = next((m for m in source if m.level == "province"), None)
        if local and not (
            number == 2 and top and not any(_in(u, _provinces([top]), day) for u in local.units)
        ):
            return _decide(local, named, day)
        top = top or province
        if province and number == 1:
            break
    return places_on(top.units, day)[:_MOST] if top else ()


def mentions(text: str, day: date | None, *, any_case: bool = False) -> list[Mention]:
    """The units that `text` names with their kind, in order. Names begin with a capital unless
    `any_case`; communes are looked for since the reform only."""
    text = _TPHCM.sub("TP Hồ Chí Minh", clean(text))
    words = list(_WORD.finditer(text))
    keys = word_keys(text)
    if len(words) != len(keys):
        return []
    found: list[Mention] = []
    at = 0
    while at < len(keys):
        mention = _mention_at(text, words, keys, at, day, any_case=any_case)
        if mention:
            found.append(mention)
        at = mention.end if mention else at + 1
    return found


@cache
def _prefixes() -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...], str | None]]]:
    table: dict[str, list[tuple[tuple[str, ...], tuple[str, ...], str | None]]] = {}
    for phrase, levels, kind in _PREFIXES:
        head = word_keys(phrase)
        table.setdefault(head[0], []).append((head, levels, kind))
    for rows in table.values():
        rows.sort(key=lambda row: -len(row[0]))
    return table


def _mention_at(
    text: str,
    words: Sequence[re.Match[str]],
    keys: Sequence[str],
    at: int,
    day: date | None,
    *,
    any_case: bool,
) -> Mention | None:
    rows = _prefixes().get(keys[at], ())
    if letter := _LETTERS.get(words[at].group()):
        rows = [((keys[at],), ("district",), letter)] if text[words[at].end() :][:1] == "." else ()
    for head, levels, kind in rows:
        start = at + len(head)
        if tuple(keys[at:start]) != head or start >= len(keys):
            continue
        first = words[start].group()
        if not (any_case or first[0].isupper() or first.isdigit()):
            continue
        if words[start].start() - words[start - 1].end() > 3:
            continue
        for level in levels:
            if level == "commune" and (day is None or day < REFORM):
                continue
            units, end = gazetteer().longest_at(level, keys, start, kind)
            if levels != ("district",) and len(levels) > 1:
                units = [unit for unit in units if unit.kind == kind]
                units = [unit for unit in units if unit.on(day)] or units
                if day is None and level == "province" and end - start == 1:
                    units += gazetteer().units("district", keys[start:end], kind)
                    units.sort(key=lambda unit: unit.level != "district")
                elif level == "province" and not any(unit.on(day) for unit in units):
                    continue
            if units:
                return Mention(tuple(units), start, end, _stated(text, words, keys, end))
    return None


def _stated(
    text: str, words: Sequence[re.Match[str]], keys: Sequence[str], end: int
) -> frozenset[str]:
    """The province right behind a name: ", tỉnh Kiên Giang", " (Kiên Giang)", " - Kiên Giang"."""
    if end >= len(keys):
        return frozenset()
    gap = text[words[end - 1].end() : words[end].start()]
    start = end
    if keys[start : start + 1] == list(word_keys("tỉnh")) or keys[start] in word_keys("tỉnh tp"):
        start += 1
    elif not re.fullmatch(r" ?[,(–-] ?", gap):
        return frozenset()
    units, _ = gazetteer().longest_at("province", keys, start)
    return frozenset(unit.province for unit in units)


def _opening(title: str, masthead: str, text: str, day: date | None) -> list[Mention]:
    """The unit whose bare name opens the title, where the page names it in full elsewhere; a
    province needs no witness, unless the title is all capitals or the name an everyday word."""
    keys = word_keys(title)
    if not keys:
        return []
    words = _WORD.findall(clean(title))
    if not words[0][0].isupper():
        return []
    units, end = gazetteer().longest_at("district", keys, 0)
    if units:
        names = {unit.name for unit in units}
        for mention in (*mentions(masthead, day, any_case=True), *mentions(text, day)):
            same = tuple(unit for unit in mention.units if unit.name in names)
            if same and mention.level == "district":
                return [Mention(same, 0, end, mention.stated)]
    units, end = gazetteer().longest_at("province", keys, 0)
    plain = all(word[0].isupper() and not word.isupper() for word in words[:end])
    if units and plain and end >= 2:
        return [Mention(tuple(unit for unit in units if unit.on(day)) or tuple(units), 0, end)]
    return []


def _provinces(found: Sequence[Mention]) -> frozenset[str]:
    """The labels of the provinces that are named."""
    return frozenset(
        unit.province
        for mention in found
        if all(unit.level == "province" for unit in mention.units)
        for unit in mention.units
    )


def _in(unit: Unit, provinces: frozenset[str], day: date | None) -> bool:
    """The unit lies in one of the provinces, which bear the names of that day."""
    after = day is not None and day >= REFORM
    return unit.province in provinces or (after and unit.province_now in provinces)


def _decide(local: Mention, named: frozenset[str], day: date | None) -> tuple[Place, ...]:
    """The places that a name may mean: those in a province stated with it, else in one named in
    the page, else all that there are."""
    places: tuple[Place, ...] = ()
    for provinces in (local.stated, named):
        units = [unit for unit in local.units if _in(unit, provinces, day)]
        if units:
            places = places_on(units, day)
            break
    places = places or places_on(local.units, day)
    return places if len(places) <= _MOST else ()
