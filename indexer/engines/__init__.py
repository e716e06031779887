"""Search engines behind one protocol. `backend()` is the one place that chooses between them.

base.py     the SearchEngine and Backend protocols and their result types
bm25.py     the scoring formula and its constants, which every engine uses
copies.py   groups of documents that are copies of each other, from their fingerprints
whoosh/     the embedded engine: an index on disk, searched with NumPy arrays
"""

from __future__ import annotations

import importlib
from typing import cast

from indexer.engines.base import Backend

_BACKENDS = {"whoosh": "indexer.engines.whoosh"}
"""Name of an engine → dotted name of the package that is its Backend; `backend` imports it."""


def backend(name: str = "whoosh") -> Backend:
    """Return the package that builds, updates and opens indexes of the engine called `name`.

    Raises KeyError if there is no such engine.
    """
    return cast(Backend, importlib.import_module(_BACKENDS[name]))
