"""Page rule: the place that a page is about, from its masthead, title and lead, in this order.

The name of a district counts only after its kind ("huyện", "thị xã", "Huyện ủy"), except at the
beginning of the title ("Giang Thành tổng kết …") if the page has it with its kind elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from indexer.documents.gazetteer import Unit, gazetteer, places_on
from indexer.documents.gazetteer.admin_units import REFORM
from indexer.documents.text.text_keys import clean, word_keys
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
"""(phrase before a name, levels that a unit after it may have, its kind or None for any kind)."""
_ABBREVIATED_KINDS = {"H": "huyện", "Q": "quận"}
_WORD = re.compile(r"\w+")
_TPHCM = re.compile(r"\bTP\.? ?HCM\b")
_MAX_CHARACTERS = 20_000
"""Number of code points at the beginning of a text that are searched for places."""

_MAX_PLACES = 4
"""Greatest number of places for one page. A name that more places share says too little, and is
ignored."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that a text names.

    Attributes
    ----------
    units : the units with that name; several if it is ambiguous.
    start, end : the range `[start, end)` of the name, in words of the text.
    stated : label of the province named right after it ("huyện Tam Nông (Đồng Tháp)"), or empty.
    """

    units: tuple[Unit, ...]
    start: int
    end: int
    stated: frozenset[str] = frozenset()

    @property
    def level(self) -> str:
        """The level of the first unit: "province", "district" or "commune". Only a thành phố can
        have units of two levels."""
        return self.units[0].level


def find_places(
    masthead: str, title: str, lead: str, text: str, day: date | None
) -> tuple[Place, ...]:
    """Return the place that a page is about: a district or commune, else a province.

    Several places if the page does not decide between them, () if it names none. Only the first
    _MAX_CHARACTERS of `lead` and `text` are read.

    Parameters
    ----------
    masthead, title, lead : parts of the page, in which places are looked for in this order.
    text : the whole body, in which a district at the beginning of the title must be named with its
        kind.
    day : the date of the page, which decides which places there were; None if unknown.
    """
    sources = [
        mentions(masthead, day, any_case=True),
        mentions(title, day),
        mentions(lead[:_MAX_CHARACTERS], day),
    ]
    opening = _opening(title, masthead, text[:_MAX_CHARACTERS], day)
    sources[1] = [*opening, *sources[1]]
    named = _provinces([mention for source in sources for mention in source])
    province_mention: Mention | None = None
    for number, source in enumerate(sources):
        if day is not None and day >= REFORM and not opening:
            local_mention = next((m for m in source if m.level == "commune"), None)
        else:
            local_mention = next((m for m in source if m.level == "district"), None)
        local_mention = local_mention or next((m for m in source if m.level == "district"), None)
        province = next((m for m in source if m.level == "province"), None)
        if local_mention and not (
            number == 2
            and province_mention
            and not any(
                _lies_in(u, _provinces([province_mention]), day) for u in local_mention.units
            )
        ):
            return _places_of_mention(local_mention, named, day)
        province_mention = province_mention or province
        if province and number == 1:
            break
    return places_on(province_mention.units, day)[:_MAX_PLACES] if province_mention else ()


def mentions(text: str, day: date | None, *, any_case: bool = False) -> list[Mention]:
    """Return the places that `text` names with their kind, in order.

    Names must begin with a capital unless `any_case`. `day` is the date of the text, or None;
    communes are found only if it is not before the reform (`REFORM`).
    """
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
    if letter := _ABBREVIATED_KINDS.get(words[at].group()):
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
                units = [unit for unit in units if unit.existed_on(day)] or units
                if day is None and level == "province" and end - start == 1:
                    units += gazetteer().units("district", keys[start:end], kind)
                    units.sort(key=lambda unit: unit.level != "district")
                elif level == "province" and not any(unit.existed_on(day) for unit in units):
                    continue
            if units:
                return Mention(tuple(units), start, end, _stated_provinces(text, words, keys, end))
    return None


def _stated_provinces(
    text: str, words: Sequence[re.Match[str]], keys: Sequence[str], end: int
) -> frozenset[str]:
    """Return the label of the province that stands right after a name: ", tỉnh Kiên Giang", " (Kiên
    Giang)"; an empty set without one.

    `words` are the words of `text` and `keys` their keys; `end` is the index after the name in
    both.
    """
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
    """Return the place whose name begins the title without its kind, as a list of one or none.

    A district must be named with its kind in the masthead or in `text`. A province need not, but
    its name must have two or more syllables, each with only the first letter in capitals: "Hòa
    bình" may be everyday words, and a title in capitals is no evidence.
    """
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
        return [
            Mention(tuple(unit for unit in units if unit.existed_on(day)) or tuple(units), 0, end)
        ]
    return []


def _provinces(found: Sequence[Mention]) -> frozenset[str]:
    """Return the labels of the provinces that are mentioned, not those of districts or communes
    that are; a name that a province shares with one of these does not count."""
    return frozenset(
        unit.province
        for mention in found
        if all(unit.level == "province" for unit in mention.units)
        for unit in mention.units
    )


def _lies_in(unit: Unit, provinces: frozenset[str], day: date | None) -> bool:
    """Return True if the unit lies in one of the provinces; since the reform, the province of today
    counts too.

    `provinces` are labels, `day` is the date of the text that names them, or None.
    """
    after = day is not None and day >= REFORM
    return unit.province in provinces or (after and unit.province_now in provinces)


def _places_of_mention(
    local_mention: Mention, named: frozenset[str], day: date | None
) -> tuple[Place, ...]:
    """Return the places that a mention may mean; () if they are more than `_MAX_PLACES`.

    These are the places in the province stated with the mention; without any, those in one of the
    provinces `named` on the page (labels); without any, all.
    """
    places: tuple[Place, ...] = ()
    for provinces in (local_mention.stated, named):
        units = [unit for unit in local_mention.units if _lies_in(unit, provinces, day)]
        if units:
            places = places_on(units, day)
            break
    places = places or places_on(local_mention.units, day)
    return places if len(places) <= _MAX_PLACES else ()
