"""Make the next generation from the current one: add, replace and delete documents.

Segments that stay are the same files under a second name (a hard link), with the same checksums.
The new generation adds one segment and, for each segment that loses documents, a list of its
deleted documents. The new segment has the new documents and the live documents of the segments that
`merge_policy` merges into it: merging adds them to the `SegmentBuilder` again, one by one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from indexer.engines.base import Changes, Kept
from indexer.engines.whoosh.generations import index_directory, manifest, profile_file
from indexer.engines.whoosh.generations.merge_policy import SegmentSize, segments_to_merge
from indexer.engines.whoosh.reader.segment import Segment, wrap_damage
from indexer.engines.whoosh.reader.segment_files import DELETES_PART, PARTS
from indexer.engines.whoosh.terms.merged_terms import write_merged_terms
from indexer.engines.whoosh.terms.phrase_table import MERGED_PHRASES, PHRASES_PART, merge_phrases
from indexer.engines.whoosh.terms.term_dictionary import (
    MERGED_TERMS,
    is_single_without_deletes,
    read_learned,
    write_learned,
)
from indexer.engines.whoosh.whoosh_adapter.codec import StoredSegment
from indexer.engines.whoosh.whoosh_adapter.segment_list import (
    close_segments,
    open_segments,
    write_segment_list,
)
from indexer.engines.whoosh.writer.copy_lists import write_copy_lists
from indexer.engines.whoosh.writer.deletes import delete_documents
from indexer.engines.whoosh.writer.runs import digest
from indexer.engines.whoosh.writer.segment_builder import Progress, SegmentBuilder
from indexer.errors import DocumentError, DocumentNotFound
from indexer.models import Document, Status
from indexer.profile.archive_profile import Profiles, stated
from indexer.query.vocabulary.learning import Learner, findings

_PROGRESS_INTERVAL = 1 << 10
"""Number of documents between two calls of `progress`."""


def update(
    index_dir: Path,
    documents: Iterable[Document | Kept],
    *,
    delete: Collection[str] = (),
    prune: bool = False,
    profiles: Callable[[], Profiles] = dict,
    progress: Progress | None = None,
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
    documents : the new versions, in any order. One that is in the index with the same content is
        counted as unchanged.
    delete : ids of documents to delete, also if they are among `documents`.
    prune : True to delete every document that is not among `documents`.
    profiles : returns the profile of each source folder that was read; called once, after the last
        document. The profiles of other folders stay.
    progress : called with the number of documents done, after every _PROGRESS_INTERVAL of them.
    """
    with index_directory.new_generation(index_dir) as new:
        former = index_dir / index_directory.current(index_dir)
        listed = manifest.read(former)
        manifest.verify(former, listed)
        segments = open_segments(former)
        try:
            listed.check_count(former, sum(int(segment.live_docs.sum()) for segment in segments))
            work = _Update(former, new.folder, segments, frozenset(delete))
            try:
                work.apply(documents, progress)
                if prune:
                    work.prune()
                before = profile_file.read(former, listed)
                profiles_now = stated(before | dict(profiles()))
                changed = work.finish() if work.changed or profiles_now != before else None
            finally:
                work.close()
        finally:
            close_segments(segments)
        status = Status(former.name, listed.documents, listed.built_at)
        if changed is not None:
            with index_directory.wrap_disk_errors(index_dir):
                profile_file.write(new.folder, profiles_now)
            status = new.publish(work.documents, {name: listed.files[name] for name in changed})
        return work.changes(status)


class _Update:
    """An update in progress: which documents change, and the files of the new generation.

    Call `apply` and perhaps `prune`, then `finish`, and `close` in any case. The constructor and
    the methods raise as `update` does.

    Parameters
    ----------
    former : folder of the current generation.
    folder : folder of the new one, to which files are written.
    segments : the segments of the current generation, open.
    delete : ids to delete.
    """

    def __init__(
        self, former: Path, folder: Path, segments: tuple[Segment, ...], delete: frozenset[str]
    ) -> None:
        self._former, self._folder, self._segments = former, folder, segments
        self._delete = delete
        self._locations = {
            name: (at, number)
            for at, segment in enumerate(segments)
            for number, name in enumerate(segment.ids)
            if segment.live_docs[number]
        }
        self._seen: set[str] = set()
        self._to_delete: list[list[int]] = [[] for _ in segments]
        self._learner = Learner(read_learned(former))
        self._added = self._replaced = self._deleted = self._unchanged = 0
        for name in delete:
            if name not in self._locations:
                raise DocumentNotFound(
                    f"No document has the id {name!r}; nothing was changed.",
                    "Search for it to find its id.",
                )
        for name in sorted(delete):
            self._delete_document(name)
        self._deleted = len(delete)
        number = 1 + max(int(segment.stored.segid) for segment in segments)
        with index_directory.wrap_disk_errors(folder.parent):
            self._builder = SegmentBuilder(folder, str(number))

    @property
    def changed(self) -> bool:
        """True if the update changes anything."""
        return bool(self._added or self._replaced or self._deleted)

    @property
    def documents(self) -> int:
        """Number of documents after the update."""
        return len(self._locations) + self._added - self._deleted

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
        location = self._locations.get(document.id)
        if location is None:
            self._added += 1
        else:
            at, number = location
            if int(self._segments[at].files.digests[number]) == digest(document):
                self._unchanged += 1
                return
            self._replaced += 1
            self._delete_document(document.id)
        self._learner.add(findings(document))
        with index_directory.wrap_disk_errors(self._folder.parent):
            self._builder.add(document)

    def prune(self) -> None:
        """Delete all documents that were not given to `apply`."""
        for name in self._locations:
            if name not in self._seen and name not in self._delete:
                self._delete_document(name)
                self._deleted += 1

    def _delete_document(self, name: str) -> None:
        """Note that the document with the id `name` is to be deleted, and no longer count its
        abbreviations.

        Raises KeyError if it is not a live document of the current generation.
        """
        at, number = self._locations[name]
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
        segments: list[StoredSegment] = []
        linked: list[str] = []
        with index_directory.wrap_disk_errors(self._folder.parent):
            for at in sorted(merged):
                self._rewrite_live(self._segments[at], frozenset(self._to_delete[at]))
            for at, segment in enumerate(self._segments):
                if at not in merged:
                    linked += self._link_files(segment, PARTS)
                    if self._to_delete[at]:
                        segments.append(self._write_deletes(segment, self._to_delete[at]))
                    else:
                        linked += self._link_files(
                            segment,
                            (PHRASES_PART, DELETES_PART)
                            if len(segment.deleted)
                            else (PHRASES_PART,),
                        )
                        segments.append(segment.stored)
            if merged or self._added or self._replaced:
                segments.append(self._builder.commit())
            write_segment_list(self._folder, segments)
            write_learned(self._folder, self._learner.learned())
            self._write_merged_tables()
        return linked

    def _write_deletes(self, segment: Segment, numbers: list[int]) -> StoredSegment:
        """Write that these documents of a segment are deleted; return the segment's new entry in
        the list of segments.

        `numbers` are document numbers in the segment, none of them deleted before. Raises
        IndexDamaged if a document cannot be read or has a term that its segment lacks,
        UnusableIndex if the disk cannot be written.
        """
        with (
            wrap_damage(f"segment {segment.stored.segid}"),
            index_directory.wrap_disk_errors(self._folder.parent),
        ):
            return delete_documents(self._folder, self._former, segment, numbers)

    def _rewrite_live(self, segment: Segment, deleted: frozenset[int]) -> None:
        """Merge a segment into the new one: add its live documents that are not in `deleted`.

        `deleted` are document numbers in the segment.
        """
        for number in segment.live_docs.nonzero()[0].tolist():
            if number not in deleted:
                self._builder.add(segment.document(number))

    def _link_files(self, segment: Segment, parts: Iterable[str]) -> list[str]:
        """Link files of a segment into the new generation; return their names.

        `parts` are file name endings without the dot. A file is copied if the file system has no
        hard links. Raises OSError if that fails too.
        """
        names = [str(segment.stored.make_filename(f".{part}")) for part in parts]
        for name in names:
            try:
                os.link(self._former / name, self._folder / name)
            except OSError:  # a file system without hard links
                shutil.copyfile(self._former / name, self._folder / name)
        return names

    def _write_merged_tables(self) -> None:
        """Write the files that concern all segments of the new generation together.

        They are the list of copies, and the merged tables of syllables and phrases unless the
        generation is a single segment without deletes, whose own tables serve. Raises IndexDamaged
        if a table of a segment is damaged, UnusableIndex if the disk cannot be written.
        """
        segments = open_segments(self._folder)
        try:
            with index_directory.wrap_disk_errors(self._folder.parent):
                write_copy_lists(self._folder, segments)
            if not is_single_without_deletes(segments):
                parts = [self._folder / _phrases_file(segment) for segment in segments]
                before = (
                    _phrases_file(self._segments[0])
                    if is_single_without_deletes(self._segments)
                    else MERGED_PHRASES
                )
                with (
                    wrap_damage("the tables of segments"),
                    index_directory.wrap_disk_errors(self._folder.parent),
                ):
                    write_merged_terms(
                        self._folder / MERGED_TERMS, [segment.files for segment in segments]
                    )
                    merge_phrases(self._folder / MERGED_PHRASES, parts, self._former / before)
        finally:
            close_segments(segments)

    def close(self) -> None:
        """End the worker processes of the segment builder, if any still run."""
        self._builder.cancel()


def _phrases_file(segment: Segment) -> str:
    """Return the name of the phrase file of a segment."""
    return str(segment.stored.make_filename(f".{PHRASES_PART}"))
