"""The dated gazetteer: `gazetteer()` is read when first used; `resolve` places a stated place."""

from indexer.documents.gazetteer.admin_units import Gazetteer, Unit, aliases, gazetteer, places_on
from indexer.documents.gazetteer.resolve import resolve

__all__ = ["Gazetteer", "Unit", "aliases", "gazetteer", "places_on", "resolve"]
