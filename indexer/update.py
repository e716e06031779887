"""Update an index: what changed in the sources → the next generation, with a report of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.documents import KnownFiles, Options, Unchanged, Withheld
from indexer.engines import backend
from indexer.engines.base import Change, Holdings, Kept, Withdrawn
from indexer.errors import DocumentError, IndexMissing, SourceError
from indexer.models import Status
from indexer.rebuild import Progress, ReadingReport, SourceReader, rebuild


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What an update did.

    Attributes
    ----------
    status : the generation that is current after it; the former one if nothing changed.
    added, replaced, deleted, unchanged : numbers of documents.
    absent : number of documents that the index has and the sources do not; None if no source was
        given.
    broken : the first errors of documents that could not be read (`MAX_REPORTS`).
    reading : the report on all files.
    fields_changed : True if `archive.toml` defines a field that the index had not or had otherwise;
        all files of the source were then read again.
    """

    status: Status
    added: int
    replaced: int
    deleted: int
    unchanged: int
    absent: int | None
    broken: tuple[DocumentError, ...]
    reading: ReadingReport = field(default_factory=ReadingReport)
    fields_changed: bool = False


def update(
    sources: Sequence[Path],
    index_dir: Path,
    *,
    delete: Collection[str] = (),
    prune: bool = False,
    progress: Progress | None = None,
    options: Options | None = None,
) -> UpdateReport:
    """Make the index in `index_dir` agree with `sources`, and make the result current.

    New documents are added, changed ones are replaced. If nothing changed, no generation is made;
    if there is no index and nothing to delete, it is built. Files that are as they were at the last
    rebuild or update are not read again.

    A document that nobody may see any more is deleted, and reported. Raises DocumentNotFound for an
    id in `delete` that the index does not have, IndexMissing if there is something to delete and no
    index, IndexBusy if another rebuild or update is running, IndexDamaged if a file of the index is
    damaged, UnusableIndex if the disk cannot be written, WordModelError if the word model cannot be
    loaded, SettingError if the engine that the setting names cannot be used, SourceError if a
    source cannot be read at all, if no document can be read, if two sources define a field
    differently, if who may see what (`[access]` of `archive.toml`) is not what the index has, with
    `prune` also if any document cannot be read (its source may still have it). The former
    generation then stays.

    Parameters
    ----------
    sources : files and folders; if there are none and `prune` is False, nothing is read.
    index_dir : the index folder.
    delete : ids of documents to delete.
    prune : True to delete all documents that the sources no longer have.
    progress : called as documents are read and indexed; None for no calls.
    options : how to read the sources; None for the defaults.
    """
    try:
        backend().current(index_dir)
    except IndexMissing:
        if delete:
            raise
        built = rebuild(sources, index_dir, progress=progress, options=options)
        return UpdateReport(
            built.status, built.status.documents, 0, 0, 0, 0, built.broken, built.reading
        )
    reader = SourceReader(sources, progress, options)

    def changes_in(holdings: Holdings) -> Iterator[Change]:
        documents = _changes(reader, index_dir, holdings, read=bool(sources or prune))
        return _all_or_error(documents, reader.broken) if prune else documents

    changes = backend().update(
        index_dir,
        changes_in,
        delete=delete,
        prune=prune,
        profiles=reader.found_profiles,
        progress=reader.report_done,
        rejected=reader.note_rejected,
    )
    reader.known.save(index_dir, changes.status.generation)
    return UpdateReport(
        status=changes.status,
        added=changes.added,
        replaced=changes.replaced,
        deleted=changes.deleted,
        unchanged=changes.unchanged,
        absent=changes.absent if sources else None,
        broken=tuple(reader.broken),
        reading=reader.report(),
        fields_changed=reader.has_new_fields,
    )


_MANY_IDS = 64
"""Least number of ids of one file for which all ids of the index are read and kept, to look up
these and all later ones; until then ids are asked for one by one."""


def _changes(
    reader: SourceReader, index_dir: Path, engine: Holdings, *, read: bool
) -> Iterator[Change]:
    """Yield the documents of the sources, a Kept for each that did not change, and a Withdrawn for
    each that nobody may see.

    `engine` is the current generation. Without `read`, nothing is yielded. Raises SourceError if
    the sources state another `[access]` than the index has.
    """
    if read and reader.access != engine.profile.access:
        raise SourceError(
            "archive.toml states another [access] than the index has.",
            "Run `tracuu rebuild` with all sources.",
        )
    all_ids: list[set[str]] = []

    def holds(ids: Sequence[str]) -> bool:
        if len(ids) < _MANY_IDS and not all_ids:
            return all(map(engine.has, ids))
        if not all_ids:
            all_ids.append(set(engine.ids()))
        return all_ids[0].issuperset(ids)

    reader.known = KnownFiles.load(index_dir, engine.status.generation, holds)
    _find_pinned(reader, engine)
    reader.note_known_fields(engine.profile.fields)
    for item in reader.changes() if read else ():
        if isinstance(item, Unchanged):
            yield from map(Kept, item.ids)
        elif isinstance(item, Withheld):
            yield Withdrawn(item.id)
        else:
            yield item


def _find_pinned(reader: SourceReader, engine: Holdings) -> None:
    """Look for pinned documents in the index, whose files may not be read again."""
    for name in filter(engine.has, reader.missing_pins):
        reader.note_pinned(name)
    if any("://" in name for name in reader.missing_pins):
        for name in engine.ids():
            reader.note_pinned(name, engine.document(name).url)


def _all_or_error(documents: Iterable[Change], broken: Sequence[DocumentError]) -> Iterator[Change]:
    """Yield the documents; raise SourceError after the last if `broken` then has any error."""
    yield from documents
    if broken:
        raise SourceError(
            f"Nothing was changed, for {len(broken)} of the documents could not be read and would "
            f"be taken out. The first reason: {broken[0]}",
            "Or update without --prune.",
        )
