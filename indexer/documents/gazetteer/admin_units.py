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
"""The word keys of a name: "Bà Rịa - Vũng Tàu" and "BÀ RỊA-VŨNG TÀU" have the same."""

REFORM = date(2025, 7, 1)
"""The first day of the 34 provinces; the districts ended on the day before."""

_FINAL_K = re.compile("k(?=[\u0300-\u0323]*$)")
_DAK = frozenset(key for spelling in ("đăk", "đắk", "đắc", "đăc", "đak", "dak", "đác")
                 for key in word_keys(spelling))  # fmt: skip


def name_key(words: Sequence[str]) -> NameKey:
    """Return the key by which a name is looked up, given the keys of its words.

    The spellings of Đắk and of a final k or c are made one: Krông Pắk, Krông Pắc.
    """
    return tuple("đăk" if word in _DAK else _FINAL_K.sub("c", word) for word in words)


@dataclass(frozen=True, slots=True)
class Unit:
    """A province, a district, or (since 2025) a commune, under one of its names.

    Attributes
    ----------
    level : "province", "district" or "commune".
    kind : the kind that precedes the name, such as "huyện" or "thị xã".
    name : the name without the kind.
    label : the name to show.
    province : the label of its province; its own label for a province.
    province_now : the label of the present province that contains it.
    since, until : the first and last day of the unit; None if unknown or still open.
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
        """Return True if the unit existed on that day, or if the day is None (unknown)."""
        return day is None or (
            (self.since is None or self.since <= day) and (self.until is None or day <= self.until)
        )

    def place(self) -> Place:
        """Return the unit as the place of a document; a commune stands for a district."""
        district = None if self.level == "province" else self.label
        return Place(self.province, district, self.province_now)


class Gazetteer:
    """Looks up units by the word keys of their names.

    `units` are all units, `aliases` map the name key of an alias to that of a province.
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
        """Return the units of a level with exactly this name, of any time; [] if there is none.

        `level` is as in Unit, `words` are the word keys of the name. If `kind` is given, only units
        of that kind are returned; if there are none, all are, because texts still call a thị xã by
        its former kind, huyện.
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
        """Return the units of the longest name from `words[start]` on, and the index after the
        name.

        ([], start) without one. With `whole`, the name must consist of all words from there on.
        `words` are word keys (`text_keys.word_keys`); `kind` is as in `units`.
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
    """Return the places that `units`, which share a name, mean on a day; None for an unknown day.

    If none of them existed on that day, the name refers to the past or future: after the reform it
    means the province of today, before the reform the units themselves.
    """
    existing = [unit for unit in units if unit.existed_on(day)]
    if existing or day is None or day < REFORM:
        result = [unit.place() for unit in existing or units]
    else:
        result = [Place(unit.province_now, None, unit.province_now) for unit in units]
    return tuple(dict.fromkeys(result))


@cache
def gazetteer() -> Gazetteer:
    """Return the gazetteer, loaded on first use."""
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
