"""Make the next generation from the current one: add, replace and delete documents.

Segments that stay are the same files under a second name (a hard link), with the same checksums.
The new generation adds one segment and the lists of deleted documents. The new segment has the new
documents and the live documents of the segments that `merge_policy` merges into it: merging adds
them to the `SegmentBuilder` again, one by one. The tables of syllables and phrases stay too, with a
file of what changed since they were made (`terms.table_changes`). So an update takes as long as the
documents that change, beside opening the index, until it merges segments or tables.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np

from indexer.engines.base import Change, Changes, Holdings, Kept, Withdrawn
from indexer.engines.damage import wrap_damage
from indexer.engines.document_digest import digest
from indexer.engines.whoosh.engine import WhooshEngine
from indexer.engines.whoosh.generations import index_directory, manifest, profile_file
from indexer.engines.whoosh.generations.audiences import (
    Spool,
    Union,
    audience_folders,
    rule_of,
)
from indexer.engines.whoosh.generations.index_directory import NewGeneration, Written
from indexer.engines.whoosh.generations.merge_policy import SegmentSize, segments_to_merge
from indexer.engines.whoosh.generations.table_update import TableUpdate, link_file
from indexer.engines.whoosh.postings.array_file import OpenFiles
from indexer.engines.whoosh.postings.elias_fano import Ints
from indexer.engines.whoosh.reader.live_docs import Decrements
from indexer.engines.whoosh.reader.segment import Segment
from indexer.engines.whoosh.reader.segment_files import DELETES_PART, PARTS
from indexer.engines.whoosh.terms.phrase_table import PHRASES_PART
from indexer.engines.whoosh.terms.term_dictionary import read_learned, write_learned
from indexer.engines.whoosh.whoosh_adapter.codec import StoredSegment
from indexer.engines.whoosh.whoosh_adapter.segment_list import (
    close_segments,
    open_segments,
    write_segment_list,
)
from indexer.engines.whoosh.writer.copy_lists import FormerCopies, write_copy_lists
from indexer.engines.whoosh.writer.deletes import delete_documents
from indexer.engines.whoosh.writer.segment_builder import Progress, SegmentBuilder
from indexer.errors import DocumentError, DocumentNotFound, SourceError
from indexer.profile.access import AccessRule, Audience
from indexer.profile.archive_profile import Profiles, merged, stated
from indexer.query.vocabulary.learning import Learner, findings

_PROGRESS_INTERVAL = 1 << 10
"""Number of documents between two calls of `progress`."""


def update(
    index_dir: Path,
    documents: Iterable[Change] | Callable[[Holdings], Iterable[Change]],
    *,
    delete: Collection[str] = (),
    prune: bool = False,
    profiles: Callable[[], Profiles] = dict,
    progress: Progress | None = None,
    rejected: Callable[[DocumentError], None] | None = None,
) -> Changes:
    """Add or replace documents, delete others, and make the resulting generation current.

    The index of each audience is updated with what it may see, by the rule of access that the
    generation has. If nothing changes, no generation is made. If it stops for any reason, the
    former generation stays as it was. Raises IndexMissing if there is no index, IndexDamaged if a
    file of it is not what was written, IndexBusy while another process builds or updates it,
    DocumentNotFound for an unknown id in `delete`, DocumentError for an id that occurs twice,
    SourceError if the profiles contradict each other or state another rule of access,
    UnusableIndex if the disk cannot be written, and any error that iterating `documents` raises.

    Parameters
    ----------
    index_dir : the index folder; locked while the function runs.
    documents : the new versions, in any order; or a function that yields them, given what the
        current generation has. One that is in the index with the same content is counted as
        unchanged, and so is a `Kept`.
    delete : ids of documents to delete, also if they are among `documents`.
    prune : True to delete every document that is not among `documents`.
    profiles : returns the profile of each source folder that was read; called once, after the last
        document. The profiles of other folders stay.
    progress : called with the number of documents done, after every _PROGRESS_INTERVAL of them.
    rejected : never called: every document can be indexed.
    """
    with index_directory.new_generation(index_dir) as new, ExitStack() as opened:
        former = index_dir / index_directory.current(index_dir)
        access = rule_of(former)
        # Blocks of files that both generations have are verified once, when they are first read.
        files = OpenFiles()
        engines: list[WhooshEngine] = []
        for audience, folder in audience_folders(former, access).items():
            engine = index_directory.open_index(
                folder, audience, files.open, generation=former.name
            )
            opened.callback(engine.close)
            engines.append(engine)
        holdings = Union(engines)
        for name in sorted(delete):
            if not holdings.has(name):
                raise DocumentNotFound(
                    f"No document has the id {name!r}; nothing was changed.",
                    "Search for it to find its id.",
                )
        given = documents(holdings) if callable(documents) else documents
        works = _apply_all(
            new, former, access, engines, files, given, frozenset(delete), prune, progress, opened
        )
        before = profile_file.read(former, manifest.read(former))
        profiles_now = stated(before | dict(profiles()))
        if merged(profiles_now).access != access:
            raise SourceError("The profiles state another [access] than the index has.", REBUILD)
        changes = _summed(works, holdings)
        if not any(work.changed for work in works) and profiles_now == before:
            return changes
        written = [work.written(profiles_now) for work in works]
        status = new.publish(written, changes.status.documents, files.open)
        return replace(changes, status=status)


REBUILD = "Run `tracuu rebuild` with all sources."


def _apply_all(
    new: NewGeneration,
    former: Path,
    access: AccessRule | None,
    engines: Sequence[WhooshEngine],
    files: OpenFiles,
    given: Iterable[Change],
    delete: frozenset[str],
    prune: bool,
    progress: Progress | None,
    opened: ExitStack,
) -> list[_Update]:
    """Apply the changes to the index of each audience, and write what is new in those that change.

    Returns one update for each of `engines`, in their order. Raises as `update` does.

    Parameters
    ----------
    new : the generation to write.
    former : folder of the current generation.
    access : its rule of access.
    engines : its indexes, open, one for each audience in the order of `audience_folders`.
    files : opens the files of both generations.
    given : the changes; iterated once.
    delete, prune, progress : as in `update`.
    opened : closes the updates and the spool of the changes.
    """
    works: list[_Update] = []
    spool: Spool[Change] | None = None
    old, fresh = audience_folders(former, access), audience_folders(new.folder, access)
    if access is not None:
        with index_directory.wrap_disk_errors(new.index_dir):
            spool = opened.enter_context(Spool(new.index_dir))
    for number, (engine, (audience, folder)) in enumerate(zip(engines, fresh.items(), strict=True)):
        with index_directory.wrap_disk_errors(new.index_dir):
            folder.mkdir(exist_ok=True)
        to_delete = frozenset(filter(engine.has, delete)) if access else delete
        work = _Update(old[audience], folder, new.index_dir, audience, engine, files, to_delete)
        opened.callback(work.close)
        items = given
        if access is not None and spool is not None:
            items = spool.again() if works else spool.recorded(given)
            items = _for_audience(items, access, audience, engine, delete)
        part = index_directory.shared_progress(progress, number, len(engines))
        work.apply(items, part)
        if prune:
            work.prune()
        if work.changed:
            work.finish()
        works.append(work)
    return works


def _for_audience(
    items: Iterable[Change],
    access: AccessRule,
    audience: Audience,
    engine: WhooshEngine,
    delete: Collection[str],
) -> Iterator[Change]:
    """Yield the changes to the index of one audience, which `engine` has open, in the order of
    `items`.

    A document that the audience may not see becomes a Withdrawn, as it may have seen the former
    version. A Kept is left out if the index does not have its document: the audience could not see
    it before, and still cannot. Documents whose ids are in `delete` are left out.
    """
    for item in items:
        if item.id in delete:
            continue
        if isinstance(item, Kept):
            if engine.has(item.id):
                yield item
        elif isinstance(item, Withdrawn) or access.sees(audience, item):
            yield item
        else:
            yield Withdrawn(item.id)


def _summed(works: Sequence[_Update], before: Union) -> Changes:
    """Return the changes of the indexes of all audiences together, each document counted once; its
    status is that of the former generation with the new number of documents.

    `works` are the updates, `before` are the documents of the former generation.
    """
    changed = {name for work in works for name in work.changed_ids}
    after = {name for name in changed if any(work.has_now(name) for work in works)}
    held = set(filter(before.has, changed))
    added, replaced, deleted = len(after - held), len(after & held), len(held - after)
    status = before.status
    documents = status.documents + added - deleted
    given = {name for work in works for name in work.given}
    unchanged = len(given) - added - replaced
    return Changes(
        replace(status, documents=documents),
        added,
        replaced,
        deleted,
        unchanged,
        documents - len(given),
    )


class _Update:
    """An update in progress of the index of one audience: which documents change, and the files of
    the new generation.

    Call `apply`, perhaps `prune`, and `finish`, which writes the new files; then `written`, which
    adds the profiles, and calls `finish` first if that was not done. Call `close` in any case. The
    constructor and the methods raise as `update` does.

    Attributes
    ----------
    given : ids of the documents that `apply` was given and that are to be in the index: new
        versions, and those that stay as they are.

    Parameters
    ----------
    former : folder of this index in the current generation.
    folder : folder of this index in the new generation, to which files are written.
    index_dir : the index folder, for messages.
    audience : the audience that may search this index (`AccessRule.audiences`).
    engine : this index in the current generation, open.
    files : opens the files of both generations, so that what they share is verified once.
    delete : ids of documents to delete; all of them are in this index.
    """

    def __init__(
        self,
        former: Path,
        folder: Path,
        index_dir: Path,
        audience: Audience,
        engine: WhooshEngine,
        files: OpenFiles,
        delete: frozenset[str],
    ) -> None:
        self._former, self._folder, self._engine = former, folder, engine
        self._index_dir, self._audience = index_dir, audience
        self._linked: list[str] | None = None  # the shared files, once it is finished
        self._open_arrays = files.open
        self._segments = engine.segments
        self._documents_before = engine.status.documents
        self._delete = delete
        self._seen: set[str] = set()
        self._to_delete: list[list[int]] = [[] for _ in self._segments]
        self._learner = Learner(read_learned(former))
        self._added: set[str] = set()
        self._replaced: set[str] = set()
        self._deleted: set[str] = set()
        self.given: set[str] = set()
        for name in sorted(delete):
            self._delete_document(name, self._locate(name))
        number = 1 + max(int(segment.stored.segid) for segment in self._segments)
        with index_directory.wrap_disk_errors(index_dir):
            self._builder = SegmentBuilder(folder, str(number))

    @property
    def changed(self) -> bool:
        """True if the update adds, replaces or deletes a document; profiles may change besides."""
        return bool(self._added or self._replaced or self._deleted)

    @property
    def changed_ids(self) -> set[str]:
        """The ids of the documents that are added, replaced or deleted."""
        return self._added | self._replaced | self._deleted

    def has_now(self, name: str) -> bool:
        """Return True if a document has this id after the update."""
        if name in self._added or name in self._replaced:
            return True
        return name not in self._deleted and self._engine.has(name)

    @property
    def _documents(self) -> int:
        return self._documents_before + len(self._added) - len(self._deleted)

    def apply(self, documents: Iterable[Change], progress: Progress | None) -> None:
        """Add and replace documents, and delete those that are withdrawn; those whose ids are to be
        deleted are skipped.

        `progress` is as in `update`. Raises DocumentError if an id occurs twice.
        """
        for count, document in enumerate(documents, 1):
            if document.id in self._seen:
                raise DocumentError(
                    f"The id {document.id!r} occurs twice.", "Give each document an id of its own."
                )
            self._seen.add(document.id)
            if document.id not in self._delete:
                self._apply_one(document)
            if progress is not None and count % _PROGRESS_INTERVAL == 0:
                progress(count)

    def _apply_one(self, document: Change) -> None:
        """Add a document, replace or withdraw its former version, or leave it as it is.

        It stays if it is a Kept or has the same `digest` as its former version.
        """
        if isinstance(document, Kept):
            self.given.add(document.id)
            return
        location = self._locate(document.id)
        if isinstance(document, Withdrawn):
            if location is not None:
                self._delete_document(document.id, location)
            return
        self.given.add(document.id)
        if location is None:
            self._added.add(document.id)
        else:
            at, number = location
            if int(self._segments[at].files.digests[number]) == digest(document):
                return
            self._replaced.add(document.id)
            self._mark_deleted(at, number)
        self._learner.add(findings(document))
        with index_directory.wrap_disk_errors(self._index_dir):
            self._builder.add(document)

    def prune(self) -> None:
        """Delete all documents that were not given to `apply`."""
        for at, segment in enumerate(self._segments):
            for number in segment.live_docs.nonzero()[0].tolist():
                name = segment.ids[number]
                if name not in self._seen and name not in self._delete:
                    self._delete_document(name, (at, number))

    def _locate(self, name: str) -> tuple[int, int] | None:
        """Return the index of the segment of the document with this id in the current generation,
        and its number there; None if there is no such document."""
        for at, segment in enumerate(self._segments):
            number = segment.document_number(name)
            if number >= 0:
                return at, number
        return None

    def _delete_document(self, name: str, location: tuple[int, int] | None) -> None:
        """Note that the document with this id, which is at `location`, is to be deleted."""
        if location is not None:
            self._deleted.add(name)
            self._mark_deleted(*location)

    def _mark_deleted(self, at: int, number: int) -> None:
        """Note that this version of a document, in the segment `at`, is to be deleted."""
        self._to_delete[at].append(number)
        self._learner.remove(findings(self._segments[at].document(number)))

    def written(self, profiles: Profiles) -> Written:
        """Write what is left to write but the manifest, and return the index.

        Raises as `finish` does, and SourceError if the profiles contradict each other.
        """
        if self._linked is None:
            self.finish()
        with index_directory.wrap_disk_errors(self._index_dir):
            profile_file.write(self._folder, profiles)
        entries = manifest.read(self._former).files
        unchanged = {name: entries[name] for name in self._linked or ()}
        return Written(self._folder, self._documents, self._audience, unchanged)

    def finish(self) -> None:
        """Write the files of the new index but its manifest and profiles.

        Raises IndexDamaged if a document or a table of the former generation cannot be read,
        UnusableIndex if the disk cannot be written.
        """
        sizes = [
            SegmentSize(segment.documents, int(segment.live_docs.sum()) - len(deleted))
            for segment, deleted in zip(self._segments, self._to_delete, strict=True)
        ]
        new = len(self._added) + len(self._replaced)
        merging = segments_to_merge(sizes, new)
        tables = TableUpdate(self._former, self._folder, self._engine, self._changed_documents)
        segments: list[StoredSegment] = []
        linked: list[str] = []
        with index_directory.wrap_disk_errors(self._index_dir):
            for at in sorted(merging):
                self._rewrite_live(self._segments[at], self._remaining(at))
                with wrap_damage("the tables of segments"):
                    tables.subtract_segment(self._segments[at])
            for at, segment in enumerate(self._segments):
                if at not in merging:
                    linked += self._link_files(segment, (*PARTS, PHRASES_PART))
                    if self._to_delete[at]:
                        stored, lowered = self._write_deletes(segment, self._to_delete[at])
                        with wrap_damage("the tables of segments"):
                            tables.subtract_deletes(segment, lowered)
                        segments.append(stored)
                    else:
                        if len(segment.deleted):
                            linked += self._link_files(segment, (DELETES_PART,))
                        segments.append(segment.stored)
            if merging or new:
                segments.append(self._builder.commit())
            write_segment_list(self._folder, segments)
            write_learned(self._folder, self._learner.learned())
            linked += self._write_tables(tables, self._former_copies(merging))
        self._linked = linked

    @property
    def _changed_documents(self) -> int:
        return len(self._added) + len(self._replaced) + len(self._deleted)

    def _write_deletes(
        self, segment: Segment, numbers: list[int]
    ) -> tuple[StoredSegment, dict[str, Decrements]]:
        """Write the list of deleted documents of a segment with further ones; return what
        `delete_documents` returns.

        `numbers` are document numbers in the segment, none of them deleted before. Raises
        IndexDamaged if a document cannot be read or has a term that its segment lacks,
        UnusableIndex if the disk cannot be written.
        """
        with (
            wrap_damage(f"segment {segment.stored.segid}"),
            index_directory.wrap_disk_errors(self._index_dir),
        ):
            return delete_documents(self._folder, self._former, segment, numbers)

    def _remaining(self, at: int) -> Ints:
        """Return the numbers of the documents of the segment `at` that are live after the update,
        ascending."""
        live = self._segments[at].live_docs.copy()
        live[self._to_delete[at]] = False
        return live.nonzero()[0]

    def _rewrite_live(self, segment: Segment, numbers: Ints) -> None:
        """Merge a segment into the new one: add its documents with `numbers (n,)`, ascending."""
        for number in numbers.tolist():
            self._builder.add(segment.document(number))

    def _former_copies(self, merged: Collection[int]) -> FormerCopies:
        """Return the copies of the current generation with the numbers that its documents have in
        the new one: first those of the segments that stay, then those of the new segment.

        `merged` are the indexes of the segments whose documents are in the new segment.
        """
        base, numbers = 0, []
        for at, segment in enumerate(self._segments):
            numbers.append(np.full(segment.documents, -1))
            if at not in merged:
                remaining = self._remaining(at)
                numbers[at][remaining] = remaining + base
                base += segment.documents
        added = np.arange(base, base + len(self._added) + len(self._replaced))
        base += len(added)
        for at in sorted(merged):
            remaining = self._remaining(at)
            numbers[at][remaining] = np.arange(base, base + len(remaining))
            base += len(remaining)
        return FormerCopies(self._segments, numbers, added)

    def _link_files(self, segment: Segment, parts: Iterable[str]) -> list[str]:
        """Link files of a segment into the new generation; return their names.

        `parts` are file name endings without the dot. A file is copied if the file system has no
        hard links. Raises OSError if that fails too.
        """
        names = [str(segment.stored.make_filename(f".{part}")) for part in parts]
        for name in names:
            link_file(self._former / name, self._folder / name)
        return names

    def _write_tables(self, tables: TableUpdate, copies: FormerCopies) -> list[str]:
        """Write what is about all segments of the new generation together: the lists of documents
        that are copies of each other, and the tables of syllables and phrases.

        Returns the names of the files that are those of the former generation (`link_file`); [] if
        there are none. Raises IndexDamaged if fingerprints or a table cannot be read, OSError if
        the disk cannot be written.

        Parameters
        ----------
        tables : knows by how much the update changes the counts of syllables and phrases.
        copies : the copies of the former generation, with the documents' new numbers.
        """
        segments = open_segments(self._folder, self._open_arrays)
        try:
            write_copy_lists(self._folder, segments, copies)
            with wrap_damage("the tables of segments"):
                return tables.write(segments)
        finally:
            close_segments(segments)

    def close(self) -> None:
        """End the worker processes of the segment builder, if any still run."""
        self._builder.cancel()
