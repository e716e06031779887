"""A rebuild: sources → documents → a new generation, and a report of what was left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.documents import read_sources, source_bytes
from indexer.engines.whoosh.generations import index_directory
from indexer.errors import DocumentError, SourceError
from indexer.models import Document, Status

Progress = Callable[[int, int], None]
"""Called with the number of documents done, and about how many there are: reckoned from the bytes
read until all are read."""


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What stands now, and the documents that could not be read, each with its reason."""

    status: Status
    broken: tuple[DocumentError, ...]


def rebuild(
    sources: Sequence[Path],
    index_dir: Path,
    *,
    progress: Progress | None = None,
) -> RebuildReport:
    """Build the index of `sources` in `index_dir` and switch to it.

    One broken document never stops a rebuild. Raises SourceError where a source cannot be read at
    all or nothing in it can (the former generation stays), IndexBusy where another rebuild or
    update is running.
    """
    reading = Reading(sources, progress)
    status = index_directory.build(index_dir, reading.documents(), progress=reading.done)
    return RebuildReport(status, tuple(reading.broken))


class Reading:
    """Sources being read; `broken` are the documents that could not be."""

    def __init__(self, sources: Sequence[Path], progress: Progress | None) -> None:
        self.broken: list[DocumentError] = []
        self._sources = sources
        self._progress = progress
        self._count = self._read = 0
        self._bytes = source_bytes(sources)

    def documents(self) -> Iterator[Document]:
        """All that can be read; raises SourceError in the end where nothing could."""
        for item in read_sources(self._sources, self._tell):
            if isinstance(item, DocumentError):
                self.broken.append(item)
            else:
                self._count += 1
                yield item
        if not self._count:
            first = f" The first reason: {self.broken[0]}" if self.broken else ""
            raise SourceError(
                "No document could be read; the index stays as it was.", first.strip()
            )

    def done(self, count: int) -> None:
        """Say that so many documents are indexed."""
        if self._progress is not None:
            reckoned = round(self._count * self._bytes / max(self._read, 1))
            self._progress(count, max(reckoned, self._count))

    def _tell(self, size: int) -> None:
        self._read += size
