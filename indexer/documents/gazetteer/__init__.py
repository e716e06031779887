"""The dated gazetteer: `gazetteer()` is read when first used; `resolve` places a stated place."""

from indexer.documents.gazetteer.resolve import resolve
from indexer.documents.gazetteer.units import Gazetteer, Unit, aliases, gazetteer, places_on

__all__ = ["Gazetteer", "Unit", "aliases", "gazetteer", "places_on", "resolve"]
