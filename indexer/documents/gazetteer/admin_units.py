"""Look-up of Vietnam's administrative units by name and date.

There were 63 provinces with districts until 30 June 2025; since 1 July 2025 there are 34 provinces
with communes and no districts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from indexer.documents.text.text_keys import word_keys
from indexer.models import Place

NameKey = tuple[str, ...]
"""What a name is looked up by, made by `name_key`: the comparison keys of its words. "Bà Rịa - Vũng
Tàu" and "BÀ RỊA-VŨNG TÀU" have the same."""

REFORM = date(2025, 7, 1)
"""The first day of the 34 provinces (resolutions 202/2025/QH15 and 203/2025/QH15 of the National
Assembly); the districts ended on the day before."""

_FINAL_K = re.compile("k(?=[\u0300-\u0323]*$)")
_DAK = frozenset(key for spelling in ("đăk", "đắk", "đắc", "đăc", "đak", "dak", "đác")
                 for key in word_keys(spelling))  # fmt: skip


def name_key(words: Sequence[str]) -> NameKey:
    """Return the key by which a name is looked up, given the comparison keys of its words.

    The spellings of Đắk get one key, and so do final k and c (Krông Pắk, Krông Pắc).
    """
    return tuple("đăk" if word in _DAK else _FINAL_K.sub("c", word) for word in words)


@dataclass(frozen=True, slots=True)
class Unit:
    """A province, a district, or (since 2025) a commune, under one of its names.

    Attributes
    ----------
    level : "province", "district" or "commune".
    kind : the kind that precedes the name, such as "huyện" or "thị xã".
    name : the name without the kind; of a numbered district the number ("1").
    label : the name to show ("Quận 1").
    province : the label of its province at the time; of a province its own label.
    province_now : the label of the province of today that contains it.
    since, until : the first and the last day of the unit; `since` is None if unknown, `until` if
        the unit still exists.
    """

    level: str
    kind: str
    name: str
    label: str
    province: str
    province_now: str
    since: date | None = None
    until: date | None = None

    def existed_on(self, day: date | None) -> bool:
        """Return True if the unit existed on that day, or if `day` is None (unknown)."""
        return day is None or (
            (self.since is None or self.since <= day) and (self.until is None or day <= self.until)
        )

    def place(self) -> Place:
        """Return the unit as the place of a document; a commune takes the place of the district."""
        district = None if self.level == "province" else self.label
        return Place(self.province, district, self.province_now)


class Gazetteer:
    """Looks up units by name.

    Parameters
    ----------
    units : all units, of all times.
    aliases : name key of an alias → name key of its province.
    """

    def __init__(self, units: Sequence[Unit], aliases: Mapping[NameKey, NameKey]) -> None:
        self._units: dict[tuple[str, NameKey], list[Unit]] = defaultdict(list)
        for unit in units:
            for name in dict.fromkeys((unit.name, unit.label)):
                self._units[unit.level, name_key(word_keys(name))].append(unit)
        for alias, official in aliases.items():
            self._units["province", alias] += self._units["province", official]
        self._max_words: dict[tuple[str, str], int] = defaultdict(int)
        for level, words in self._units:
            self._max_words[level, words[0]] = max(self._max_words[level, words[0]], len(words))

    def units(self, level: str, words: Sequence[str], kind: str | None = None) -> list[Unit]:
        """Return all units of a level with exactly this name, past ones too; [] if there is none.

        Parameters
        ----------
        level : "province", "district" or "commune".
        words : the word keys of the name (`text_keys.word_keys`).
        kind : return only units of this kind if there are any, else all of that name, because texts
            still call a thị xã by its former kind, huyện; None for all kinds.
        """
        return self.longest_at(level, words, 0, kind, whole=True)[0]

    def longest_at(
        self,
        level: str,
        words: Sequence[str],
        start: int,
        kind: str | None = None,
        *,
        whole: bool = False,
    ) -> tuple[list[Unit], int]:
        """Return the units of the longest name that begins at `words[start]`, and the index of the
        word after the name; ([], start) if no name begins there.

        Parameters
        ----------
        level, kind : as in `units`.
        words : the word keys of a text (`text_keys.word_keys`).
        whole : True if the name must reach to the last word.
        """
        first = name_key(words[start : start + 1])
        max_words = self._max_words.get((level, first[0]), 0) if first else 0
        ahead = name_key(words[start : start + max_words])
        shortest = len(words) - start if whole else 1
        for length in range(len(ahead), shortest - 1, -1):
            if found := self._units.get((level, ahead[:length])):
                return [u for u in found if u.kind == kind] or list(found), start + length
        return [], start


def places_on(units: Sequence[Unit], day: date | None) -> tuple[Place, ...]:
    """Return the places that a name may mean in a text of that day, given the units of this name.

    These are the units that existed on `day`, or all if it is None (unknown). If none existed, the
    text speaks of the past or future: since the reform (`REFORM`) the name means the province of
    today, before it the units themselves. () for no units.
    """
    existing = [unit for unit in units if unit.existed_on(day)]
    if existing or day is None or day < REFORM:
        result = [unit.place() for unit in existing or units]
    else:
        result = [Place(unit.province_now, None, unit.province_now) for unit in units]
    return tuple(dict.fromkeys(result))


@cache
def gazetteer() -> Gazetteer:
    """Return the gazetteer; it is read from its tables on the first call, and then shared."""
    rows = list(_rows("units.tsv"))
    now = _provinces_now()
    units = [
        Unit(level, kind, name, label, province or label, now[province or label],
             _day(since), _day(until))
        for level, kind, name, label, province, since, until, *_ in rows
    ]  # fmt: skip
    units += [
        Unit("commune", kind, name, name, province, province, REFORM)
        for kind, name, province in _rows("communes.tsv")
    ]
    keys = {name_key(word_keys(alias)): name_key(word_keys(name)) for alias, name in aliases()}
    return Gazetteer(units, keys)


def province_names() -> frozenset[str]:
    """Return the names of all provinces, past ones too, without kinds and aliases.

    It reads their table only; the whole gazetteer takes twenty times as long.
    """
    return frozenset(name for level, _, name, *_ in _rows("units.tsv") if level == "province")


@cache
def _provinces_now() -> Mapping[str, str]:
    return {row[3]: row[7] for row in _rows("units.tsv") if row[0] == "province"}


def province_now(label: str) -> str:
    """Return the province of today that a province became or joined; an unknown one itself."""
    return _provinces_now().get(label, label)


def aliases() -> Iterator[tuple[str, str]]:
    """Yield (alias, name) for the other names of provinces: ("HCM", "Hồ Chí Minh")."""
    return ((alias, name) for alias, _, name in _rows("aliases.tsv"))


def _rows(name: str) -> Iterator[list[str]]:
    text = files(__package__).joinpath(name).read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    yield from rows[1:] if name != "aliases.tsv" else rows


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
