"""Vietnam's administrative units, dated: provinces, districts and communes.

admin_units.py  `gazetteer()`: look-up of units by name, loaded on first use
resolve.py      `resolve`: a place that a record states → Places
"""

from indexer.documents.gazetteer.admin_units import (
    Gazetteer,
    Unit,
    aliases,
    gazetteer,
    places_on,
    province_names,
    province_now,
)
from indexer.documents.gazetteer.resolve import resolve

__all__ = [
    "Gazetteer",
    "Unit",
    "aliases",
    "gazetteer",
    "places_on",
    "province_names",
    "province_now",
    "resolve",
]
