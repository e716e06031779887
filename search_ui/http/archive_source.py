"""Give the archive to the routes; open it as soon as an index exists."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from indexer import Archive


class ArchiveSource:
    """An open archive, or a folder whose index is opened as soon as one has been built.

    A server may start before the first rebuild: until then every answer is 503, and the first
    request after the rebuild succeeds.
    """

    def __init__(self, archive: Archive | None, index_dir: Path) -> None:
        self._archive = archive
        self._index_dir = index_dir
        self._lock = Lock()

    def get(self) -> Archive:
        """Return the archive. Raises UnusableIndex if no usable index has been built yet."""
        if self._archive is None:
            with self._lock:
                if self._archive is None:
                    self._archive = Archive.open(self._index_dir)
        return self._archive
