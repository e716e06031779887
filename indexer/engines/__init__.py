"""Search engines behind one protocol. `backend()` is the one place that chooses between them.

base.py     the SearchEngine and Backend protocols and their result types
bm25.py     the scoring formula and its constants, which every engine uses
whoosh/     the embedded engine: an index on disk, searched with NumPy arrays
"""

from __future__ import annotations

import importlib
from typing import cast

from indexer.engines.base import Backend

_BACKENDS = {"whoosh": "indexer.engines.whoosh"}
"""Name of an engine → its package, which is imported only when it is used."""


def backend(name: str = "whoosh") -> Backend:
    """Return the engine of this name. Raises KeyError if there is none."""
    return cast(Backend, importlib.import_module(_BACKENDS[name]))
