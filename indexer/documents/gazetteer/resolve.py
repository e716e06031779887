"""A place that a record states ("Giang Thành, Kiên Giang") → what the gazetteer knows of it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from indexer.documents.gazetteer.admin_units import REFORM, Unit, gazetteer, places_on
from indexer.documents.text_keys import word_keys
from indexer.models import Place

_KINDS: tuple[tuple[str, str], ...] = (
    ("thành phố", "thành phố"), ("thị xã", "thị xã"), ("tỉnh", "tỉnh"), ("huyện", "huyện"),
    ("quận", "quận"), ("tp", "thành phố"), ("tx", "thị xã"), ("h", "huyện"), ("q", "quận"),
)  # fmt: skip


@lru_cache(maxsize=4096)
def resolve(province: str, district: str = "", day: date | None = None) -> tuple[Place, ...]:
    """The places of that name on that day, more than one where the name does not decide.

    `province` alone may also name a district. What the gazetteer does not know is kept as it is.
    """
    tops = _units("province", province) if province else []
    if not district:
        if tops:
            return places_on(tops, day)
        found = _units("district", province) if province else []
        return places_on(found, day) or ((Place(province),) if province else ())
    names = {unit.label for unit in tops}
    units = [
        unit
        for unit in _units("district", district)
        if not tops or unit.province in names or unit.province_now in names
    ]
    if any(unit.on(day) for unit in units) or (units and (day is None or day < REFORM)):
        return places_on(units, day)
    if not province:
        return ()
    return tuple(
        Place(top.province, district, top.province_now) for top in places_on(tops, day)
    ) or (Place(province, district),)


def _units(level: str, text: str) -> list[Unit]:
    """The units that `text` names, with or without its kind."""
    words = word_keys(text)
    if found := gazetteer().units(level, words):
        return found
    for prefix, kind in _KINDS:
        head = word_keys(prefix)
        if words[: len(head)] == head and len(words) > len(head):
            found = gazetteer().units(level, words[len(head) :], kind)
            if found:
                return found
    return []
