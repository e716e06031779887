"""Search engines behind one protocol. `backend()` is the one place that chooses between them.

base.py             the SearchEngine and Backend protocols and their result types
bm25.py             the scoring formula and its constants, which every engine uses
proximity.py        what terms near each other, or early, add to a score
copies.py           groups of documents that are copies of each other, from their fingerprints
document_digest.py  the hash of a document, by which an update detects what changed
damage.py           the errors of damaged files → IndexDamaged
whoosh/             the embedded engine: an index on disk, searched with NumPy arrays
opensearch/         the same searches on a cluster of OpenSearch
"""

from __future__ import annotations

import importlib
from typing import cast

from indexer.engines.base import Backend
from indexer.errors import SettingError
from indexer.runtime.settings import setting

_BACKENDS = {
    "whoosh": "indexer.engines.whoosh",
    "opensearch": "indexer.engines.opensearch.backend",
}
"""Name of an engine → dotted name of the module that is its Backend; `backend` imports it."""


def backend() -> Backend:
    """Return the module that builds, updates and opens indexes of the engine that the setting
    `engine` names.

    Raises SettingError if there is none of this name, or if its library is not installed.
    """
    name = str(setting("engine"))
    if name not in _BACKENDS:
        names = " or ".join(_BACKENDS)
        raise SettingError(f"TRACUU_ENGINE={name!r} is no engine.", f"Use {names}.")
    return cast(Backend, importlib.import_module(_BACKENDS[name]))
