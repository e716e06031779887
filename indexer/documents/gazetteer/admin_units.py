"""The administrative units of Vietnam, dated: which province has, on a day, a district of a name.

63 provinces with districts until 30 June 2025, 34 provinces with communes since 1 July 2025.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from indexer.documents.text_keys import word_keys
from indexer.models import Place

NameKey = tuple[str, ...]
"""The keys of the words of a name: "Bà Rịa - Vũng Tàu" and "BÀ RỊA-VŨNG TÀU" have the same."""

REFORM = date(2025, 7, 1)
"""The first day of the 34 provinces; districts ended the day before."""

_FINAL_K = re.compile("k(?=[\u0300-\u0323]*$)")
_DAK = frozenset(key for spelling in ("đăk", "đắk", "đắc", "đăc", "đak", "dak", "đác")
                 for key in word_keys(spelling))  # fmt: skip


def name_key(words: Sequence[str]) -> NameKey:
    """Word keys with the many spellings of Đắk, and of a final k (Krông Pắk, Pắc), made one."""
    return tuple("đăk" if word in _DAK else _FINAL_K.sub("c", word) for word in words)


@dataclass(frozen=True, slots=True)
class Unit:
    """A province, a district, or (since 2025) a commune, for as long as it bore this name.

    `label` is how it is shown, `province` the label of its province (its own for a province),
    `province_now` that of the province it belongs to today.
    """

    level: str
    kind: str
    name: str
    label: str
    province: str
    province_now: str
    since: date | None = None
    until: date | None = None

    def on(self, day: date | None) -> bool:
        """It was there on that day; every unit was on an unknown day."""
        return day is None or (
            (self.since is None or self.since <= day) and (self.until is None or day <= self.until)
        )

    def place(self) -> Place:
        """The unit as the place of a document."""
        district = self.label if self.level == "district" else None
        return Place(self.province, district, self.province_now)


class Gazetteer:
    """Look-up of units by name."""

    def __init__(self, units: Sequence[Unit], aliases: Mapping[NameKey, NameKey]) -> None:
        self._units: dict[tuple[str, NameKey], list[Unit]] = defaultdict(list)
        for unit in units:
            for name in dict.fromkeys((unit.name, unit.label)):
                self._units[unit.level, name_key(word_keys(name))].append(unit)
        for alias, meant in aliases.items():
            self._units["province", alias] += self._units["province", meant]
        self._reach: dict[tuple[str, str], int] = defaultdict(int)
        for level, words in self._units:
            self._reach[level, words[0]] = max(self._reach[level, words[0]], len(words))

    def units(self, level: str, words: Sequence[str], kind: str | None = None) -> list[Unit]:
        """The units of a level whose name has these word keys, of any time.

        A kind narrows them only where some unit is of that kind: a thị xã of today is spoken of
        as the huyện it was.
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
        """The units of the longest name that begins at `words[start]`, and its end; with
        `whole`, of the name that all words make."""
        first = name_key(words[start : start + 1])
        reach = self._reach.get((level, first[0]), 0) if first else 0
        ahead = name_key(words[start : start + reach])
        shortest = len(words) - start if whole else 1
        for length in range(len(ahead), shortest - 1, -1):
            if found := self._units.get((level, ahead[:length])):
                return [u for u in found if u.kind == kind] or list(found), start + length
        return [], start


def places_on(units: Sequence[Unit], day: date | None) -> tuple[Place, ...]:
    """What the `units` of one name mean on a day: their places as of then.

    Where none of them was there on that day they are spoken of in retrospect (or ahead of time):
    what became of them is the place after the reform, they themselves before it.
    """
    there = [unit for unit in units if unit.on(day)]
    if there or day is None or day < REFORM:
        found = [unit.place() for unit in there or units]
    else:
        found = [Place(unit.province_now, None, unit.province_now) for unit in units]
    return tuple(dict.fromkeys(found))


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer, read when it is first asked for."""
    rows = list(_rows("units.tsv"))
    now = {row[3]: row[7] for row in rows if row[0] == "province"}
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


def aliases() -> Iterator[tuple[str, str]]:
    """Other names of provinces, each with the name."""
    return ((alias, name) for alias, _, name in _rows("aliases.tsv"))


def _rows(name: str) -> Iterator[list[str]]:
    text = files(__package__).joinpath(name).read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    yield from rows[1:] if name != "aliases.tsv" else rows


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
