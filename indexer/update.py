"""An update: what changed in the sources since → the next generation, and a report of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.engines.whoosh.generations import incremental_update, index_directory
from indexer.errors import DocumentError, IndexMissing, SourceError
from indexer.models import Document, Status
from indexer.rebuild import Progress, Reading, rebuild


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What stands now, how many documents were what, and those that could not be read.

    `absent` ones are in the index and not in the sources; None where no source was read.
    """

    status: Status
    added: int
    replaced: int
    deleted: int
    unchanged: int
    absent: int | None
    broken: tuple[DocumentError, ...]


def update(
    sources: Sequence[Path],
    index_dir: Path,
    *,
    delete: Collection[str] = (),
    prune: bool = False,
    progress: Progress | None = None,
) -> UpdateReport:
    """Bring the index in `index_dir` to what `sources` have now, and switch to it.

    Documents are added, and replaced where their content changed; those with the ids in `delete`
    are taken out, and with `prune` all that the sources no longer have. Where nothing changed, no
    generation is made; where there is no index, it is built. Without sources nothing is read.

    Raises DocumentNotFound for an id in `delete` that the index does not have, SourceError as
    `rebuild` does, and with `prune` for every document that cannot be read (it may still be there);
    IndexBusy, IndexDamaged. The former generation then stays.
    """
    try:
        index_directory.current(index_dir)
    except IndexMissing:
        if delete:
            raise
        built = rebuild(sources, index_dir, progress=progress)
        return UpdateReport(built.status, built.status.documents, 0, 0, 0, 0, built.broken)
    reading = Reading(sources, progress)
    documents: Iterable[Document] = reading.documents() if sources or prune else ()
    changes = incremental_update.update(
        index_dir,
        _whole(documents, reading.broken) if prune else documents,
        delete=delete,
        prune=prune,
        progress=reading.done,
    )
    return UpdateReport(
        status=changes.status,
        added=changes.added,
        replaced=changes.replaced,
        deleted=changes.deleted,
        unchanged=changes.unchanged,
        absent=changes.absent if sources else None,
        broken=tuple(reading.broken),
    )


def _whole(documents: Iterable[Document], broken: Sequence[DocumentError]) -> Iterator[Document]:
    """The documents; raises SourceError in the end where some could not be read."""
    yield from documents
    if broken:
        raise SourceError(
            f"Nothing was changed, for {len(broken)} of the documents could not be read and would "
            f"be taken out. The first reason: {broken[0]}",
            "Or update without --prune.",
        )
