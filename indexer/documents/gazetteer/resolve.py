"""Resolve a place that a record states ("Giang Thành, Kiên Giang") to places of the gazetteer."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from indexer.documents.gazetteer.admin_units import REFORM, Unit, gazetteer, places_on
from indexer.documents.text.text_keys import word_keys
from indexer.models import Place

_KINDS: tuple[tuple[str, str], ...] = (
    ("thành phố", "thành phố"), ("thị xã", "thị xã"), ("tỉnh", "tỉnh"), ("huyện", "huyện"),
    ("quận", "quận"), ("tp", "thành phố"), ("tx", "thị xã"), ("h", "huyện"), ("q", "quận"),
)  # fmt: skip


@lru_cache(maxsize=4096)
def resolve(province: str, district: str = "", day: date | None = None) -> tuple[Place, ...]:
    """Return the places that a record means by these names; several if they are ambiguous.

    Names that the gazetteer lacks are kept as they are. () if both names are empty, or if only
    `district` is given and it is unknown, or `day` is after the end of the districts.

    Parameters
    ----------
    province : the name, with or without its kind; without `district` it may also name a district.
    day : the date of the record, None if unknown; see `places_on`.
    """
    provinces = _units("province", province) if province else []
    if not district:
        if provinces:
            return places_on(provinces, day)
        found = _units("district", province) if province else []
        return places_on(found, day) or ((Place(province),) if province else ())
    labels = {unit.label for unit in provinces}
    units = [
        unit
        for unit in _units("district", district)
        if not provinces or unit.province in labels or unit.province_now in labels
    ]
    if any(unit.existed_on(day) for unit in units) or (units and (day is None or day < REFORM)):
        return places_on(units, day)
    if not province:
        return ()
    return tuple(
        Place(place.province, district, place.province_now) for place in places_on(provinces, day)
    ) or (Place(province, district),)


def _units(level: str, text: str) -> list[Unit]:
    """Return the units of a level that `text` names, with or without their kind."""
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
