"""A rebuild: sources → documents → a new generation, and a report of what was left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.documents import read_sources
from indexer.engines.whoosh import store
from indexer.errors import DocumentError, SourceError
from indexer.models import Document, Status


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What stands now, and the documents that could not be read, each with its reason."""

    status: Status
    broken: tuple[DocumentError, ...]


def rebuild(
    sources: Sequence[Path],
    index_dir: Path,
    *,
    progress: Callable[[int], None] | None = None,
) -> RebuildReport:
    """Build the index of `sources` in `index_dir` and switch to it.

    `progress` is called with the number of documents done. One broken document never stops a
    rebuild. Raises SourceError where a source cannot be read at all or nothing in it can (the
    former generation stays), IndexBusy where another rebuild is running.
    """
    broken: list[DocumentError] = []

    def readable() -> Iterator[Document]:
        count = 0
        for item in read_sources(sources):
            if isinstance(item, DocumentError):
                broken.append(item)
            else:
                count += 1
                yield item
        if not count:
            first = f" The first reason: {broken[0]}" if broken else ""
            raise SourceError(
                "No document could be read; the index stays as it was.", first.strip()
            )

    status = store.build(index_dir, readable(), progress=progress)
    return RebuildReport(status, tuple(broken))
