"""`rebuild`: sources → documents → a new generation, with a report of what was left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.documents import read_sources, source_bytes
from indexer.engines import backend
from indexer.errors import DocumentError, SourceError
from indexer.models import Document, Status

Progress = Callable[[int, int], None]
"""Called with the number of documents done and the number of all, which is estimated from the bytes
read until all documents are read."""


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """The status of the new generation, and the documents that could not be read, with reasons."""

    status: Status
    broken: tuple[DocumentError, ...]


def rebuild(
    sources: Sequence[Path],
    index_dir: Path,
    *,
    progress: Progress | None = None,
) -> RebuildReport:
    """Build the index of `sources` in `index_dir` and switch to it.

    A broken document never stops a rebuild. Raises SourceError if a source cannot be read at all or
    has no readable document, IndexBusy if another rebuild or update is running; the former
    generation then stays.
    """
    reader = SourceReader(sources, progress)
    status = backend().build(index_dir, reader.documents(), progress=reader.report_done)
    return RebuildReport(status, tuple(reader.broken))


class SourceReader:
    """Reads documents from sources, collects the unreadable ones in `broken`, reports progress."""

    def __init__(self, sources: Sequence[Path], progress: Progress | None) -> None:
        self.broken: list[DocumentError] = []
        self._sources = sources
        self._progress = progress
        self._documents_read = self._bytes_read = 0
        self._bytes_total = source_bytes(sources)

    def documents(self) -> Iterator[Document]:
        """Yield all readable documents; raise SourceError at the end if there were none."""
        for item in read_sources(self._sources, self._add_bytes):
            if isinstance(item, DocumentError):
                self.broken.append(item)
            else:
                self._documents_read += 1
                yield item
        if not self._documents_read:
            first = f" The first reason: {self.broken[0]}" if self.broken else ""
            raise SourceError(
                "No document could be read; the index stays as it was.", first.strip()
            )

    def report_done(self, count: int) -> None:
        """Report that `count` documents are indexed."""
        if self._progress is not None:
            estimate = round(self._documents_read * self._bytes_total / max(self._bytes_read, 1))
            self._progress(count, max(estimate, self._documents_read))

    def _add_bytes(self, size: int) -> None:
        self._bytes_read += size
