"""Make the next generation from the current one: add, replace and delete documents.

Segments that stay are the same files under a second name (a hard link), with the same checksums.
The new generation adds one segment and the lists of deleted documents. The new segment has the new
documents and the live documents of the segments that `merge_policy` merges into it: merging adds
them to the `SegmentBuilder` again, one by one. The tables of syllables and phrases stay too, with a
file of what changed since they were made (`terms.table_changes`). So an update takes as long as the
documents that change, beside opening the index, until it merges segments or tables.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import numpy as np

from indexer.engines.base import Changes, Kept
from indexer.engines.damage import wrap_damage
from indexer.engines.document_digest import digest
from indexer.engines.whoosh.engine import WhooshEngine
from indexer.engines.whoosh.generations import index_directory, manifest, profile_file
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
from indexer.errors import DocumentError, DocumentNotFound
from indexer.models import Document, Status
from indexer.profile.archive_profile import Profiles, stated
from indexer.query.vocabulary.learning import Learner, findings

_PROGRESS_INTERVAL = 1 << 10
"""Number of documents between two calls of `progress`."""


def update(
    index_dir: Path,
    documents: Iterable[Document | Kept] | Callable[[WhooshEngine], Iterable[Document | Kept]],
    *,
    delete: Collection[str] = (),
    prune: bool = False,
    profiles: Callable[[], Profiles] = dict,
    progress: Progress | None = None,
    rejected: Callable[[DocumentError], None] | None = None,
) -> Changes:
    """Add or replace documents, delete others, and make the resulting generation current.

    If nothing changes, no generation is made. If it stops for any reason, the former generation
    stays as it was. Raises IndexMissing if there is no index, IndexDamaged if a file of it is not
    what was written, IndexBusy while another process builds or updates it, DocumentNotFound for an
    unknown id in `delete`, DocumentError for an id that occurs twice, SourceError if the profiles
    contradict each other, UnusableIndex if the disk cannot be written, and any error that iterating
    `documents` raises.

    Parameters
    ----------
    index_dir : the index folder; locked while the function runs.
    documents : the new versions, in any order; or a function that yields them, given the engine of
        the current generation. One that is in the index with the same content is counted as
        unchanged, and so is a `Kept`.
    delete : ids of documents to delete, also if they are among `documents`.
    prune : True to delete every document that is not among `documents`.
    profiles : returns the profile of each source folder that was read; called once, after the last
        document. The profiles of other folders stay.
    progress : called with the number of documents done, after every _PROGRESS_INTERVAL of them.
    rejected : never called: every document can be indexed.
    """
    with index_directory.new_generation(index_dir) as new:
        former = index_dir / index_directory.current(index_dir)
        listed = manifest.read(former)
        # Blocks of files that both generations have are verified once, when they are first read.
        files = OpenFiles()
        engine = index_directory.open_generation(former, files.open)
        try:
            work = _Update(former, new.folder, engine, files, frozenset(delete))
            try:
                work.apply(documents(engine) if callable(documents) else documents, progress)
                if prune:
                    work.prune()
                before = profile_file.read(former, listed)
                profiles_now = stated(before | dict(profiles()))
                changed = work.finish() if work.changed or profiles_now != before else None
            finally:
                work.close()
        finally:
            engine.close()
        status = engine.status
        if changed is not None:
            with index_directory.wrap_disk_errors(index_dir):
                profile_file.write(new.folder, profiles_now)
            unchanged = {name: listed.files[name] for name in changed}
            status = new.publish(work.documents, unchanged, files.open)
        return work.changes(status)


class _Update:
    """An update in progress: which documents change, and the files of the new generation.

    Call `apply` and perhaps `prune`, then `finish`, and `close` in any case. The constructor and
    the methods raise as `update` does.

    Parameters
    ----------
    former : folder of the current generation.
    folder : folder of the new one, to which files are written.
    engine : the current generation, open.
    files : its open files, and those of the new generation.
    delete : ids to delete.
    """

    def __init__(
        self,
        former: Path,
        folder: Path,
        engine: WhooshEngine,
        files: OpenFiles,
        delete: frozenset[str],
    ) -> None:
        self._former, self._folder, self._engine = former, folder, engine
        self._open_arrays = files.open
        self._segments = engine.segments
        self._documents_before = engine.status.documents
        self._delete = delete
        self._seen: set[str] = set()
        self._to_delete: list[list[int]] = [[] for _ in self._segments]
        self._learner = Learner(read_learned(former))
        self._added = self._replaced = self._deleted = self._unchanged = 0
        found = {}
        for name in delete:
            location = self._locate(name)
            if location is None:
                raise DocumentNotFound(
                    f"No document has the id {name!r}; nothing was changed.",
                    "Search for it to find its id.",
                )
            found[name] = location
        for name in sorted(delete):
            self._delete_document(*found[name])
        self._deleted = len(delete)
        number = 1 + max(int(segment.stored.segid) for segment in self._segments)
        with index_directory.wrap_disk_errors(folder.parent):
            self._builder = SegmentBuilder(folder, str(number))

    @property
    def changed(self) -> bool:
        """True if the update adds, replaces or deletes a document; profiles may change besides."""
        return bool(self._added or self._replaced or self._deleted)

    @property
    def documents(self) -> int:
        """Number of documents after the update."""
        return self._documents_before + self._added - self._deleted

    def changes(self, status: Status) -> Changes:
        """Return the counts of the update; `status` is that of the resulting generation."""
        absent = self.documents - self._added - self._replaced - self._unchanged
        return Changes(status, self._added, self._replaced, self._deleted, self._unchanged, absent)

    def apply(self, documents: Iterable[Document | Kept], progress: Progress | None) -> None:
        """Add and replace documents; those whose ids are to be deleted are skipped.

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

    def _apply_one(self, document: Document | Kept) -> None:
        """Add a document, replace its former version, or count it as unchanged.

        It is unchanged if it is a Kept or has the same `digest` as its former version.
        """
        if isinstance(document, Kept):
            self._unchanged += 1
            return
        location = self._locate(document.id)
        if location is None:
            self._added += 1
        else:
            at, number = location
            if int(self._segments[at].files.digests[number]) == digest(document):
                self._unchanged += 1
                return
            self._replaced += 1
            self._delete_document(at, number)
        self._learner.add(findings(document))
        with index_directory.wrap_disk_errors(self._folder.parent):
            self._builder.add(document)

    def prune(self) -> None:
        """Delete all documents that were not given to `apply`."""
        for at, segment in enumerate(self._segments):
            for number in segment.live_docs.nonzero()[0].tolist():
                name = segment.ids[number]
                if name not in self._seen and name not in self._delete:
                    self._delete_document(at, number)
                    self._deleted += 1

    def _locate(self, name: str) -> tuple[int, int] | None:
        """Return the index of the segment of the document with this id in the current generation,
        and its number there; None if there is no such document."""
        for at, segment in enumerate(self._segments):
            number = segment.document_number(name)
            if number >= 0:
                return at, number
        return None

    def _delete_document(self, at: int, number: int) -> None:
        """Note that a document of the segment `at`, with this number there, is to be deleted."""
        self._to_delete[at].append(number)
        self._learner.remove(findings(self._segments[at].document(number)))

    def finish(self) -> list[str]:
        """Write the files of the new generation but its manifest and profiles.

        Returns the names of the files that it shares with the former generation. Raises
        IndexDamaged if a document or a table of the former generation cannot be read, UnusableIndex
        if the disk cannot be written.
        """
        sizes = [
            SegmentSize(segment.documents, int(segment.live_docs.sum()) - len(deleted))
            for segment, deleted in zip(self._segments, self._to_delete, strict=True)
        ]
        merged = segments_to_merge(sizes, self._added + self._replaced)
        tables = TableUpdate(self._former, self._folder, self._engine, self._changed_documents)
        segments: list[StoredSegment] = []
        linked: list[str] = []
        with index_directory.wrap_disk_errors(self._folder.parent):
            for at in sorted(merged):
                self._rewrite_live(self._segments[at], self._remaining(at))
                with wrap_damage("the tables of segments"):
                    tables.subtract_segment(self._segments[at])
            for at, segment in enumerate(self._segments):
                if at not in merged:
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
            if merged or self._added or self._replaced:
                segments.append(self._builder.commit())
            write_segment_list(self._folder, segments)
            write_learned(self._folder, self._learner.learned())
            linked += self._write_tables(tables, self._former_copies(merged))
        return linked

    @property
    def _changed_documents(self) -> int:
        return self._added + self._replaced + self._deleted

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
            index_directory.wrap_disk_errors(self._folder.parent),
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
        added = np.arange(base, base + self._added + self._replaced)
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
        """Write the copies of all segments, and their syllables and phrases together; return the
        names of files that are linked."""
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
