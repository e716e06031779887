"""Where the pages get their archive from."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from indexer import Archive


class ArchiveSource:
    """An archive, or the folder to open one from as soon as something has been built there.

    A server may be started before the first rebuild: until then every answer is 503, and the
    first request after it succeeds.
    """

    def __init__(self, archive: Archive | None, index_dir: Path) -> None:
        self._archive = archive
        self._index_dir = index_dir
        self._lock = Lock()

    def get(self) -> Archive:
        """The archive. Raises UnusableIndex where nothing usable has been built yet."""
        if self._archive is None:
            with self._lock:
                if self._archive is None:
                    self._archive = Archive.open(self._index_dir)
        return self._archive
