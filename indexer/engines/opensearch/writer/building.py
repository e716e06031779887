"""Builds, updates and verifies generations.

A rebuild fills a new index; an update fills a clone of the current one, whose segments are links to
the same files, so both show readers nothing before they are complete, and a kill at any moment
leaves only an index that no alias names. Documents are written first, and counted while they are
analysed. Then the groups of copies are found, the members of groups are written once more with
their labels, and the artifacts are stored. `_meta` and the switch of the aliases come last.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from indexer.engines.base import Changes, Kept
from indexer.engines.damage import wrap_damage
from indexer.engines.document_digest import digest
from indexer.engines.opensearch.client import Cluster, Conflict
from indexer.engines.opensearch.reader.stored_documents import read_all, read_documents
from indexer.engines.opensearch.storage import (
    artifacts,
    count_table,
    document_table,
    generations,
    mapping,
)
from indexer.engines.opensearch.storage.artifacts import Artifact
from indexer.engines.opensearch.storage.count_table import Counts
from indexer.engines.opensearch.storage.document_table import DocumentTable
from indexer.engines.opensearch.storage.generations import Lock, Meta
from indexer.engines.opensearch.writer.batches import Batches, Copies, delete
from indexer.errors import DocumentError, DocumentNotFound, IndexDamaged, UnusableIndex
from indexer.models import Document, Status
from indexer.profile.archive_profile import Profiles, merged, stated
from indexer.runtime.settings import int_setting

LEXICON, DOCUMENTS = "lexicon.arrays", "documents.arrays"
"""Names of the artifacts."""

Progress = Callable[[int], None]
Rejection = Callable[[DocumentError], None]


def build(
    cluster: Cluster,
    documents: Iterable[Document],
    profiles: Callable[[], Profiles],
    progress: Progress | None,
    rejected: Rejection | None,
) -> Status:
    """Build a generation of these documents and switch to it; return its status.

    Raises DocumentError for an id that occurs twice, IndexBusy if another process is at work,
    IndexDamaged if not all documents can be found afterwards, EngineUnavailable if the cluster does
    not answer, and what iterating `documents` raises. The parameters are as in `Backend.build`.
    """
    with generations.locked(cluster) as lock:
        generations.forget_shared_build(cluster)
        generations.remove_unused(cluster)
        name = create(cluster)
        with Batches(name, progress, rejected) as work:
            for document in distinct(documents):
                work.add(document)
            work.finish()
            table = document_table.join(work.tables())
            return complete(cluster, lock, name, work, table, work.counts(), profiles())


def complete(
    cluster: Cluster,
    lock: Lock,
    name: str,
    work: Batches,
    table: DocumentTable,
    counts: Counts,
    profiles: Profiles,
) -> Status:
    """Label the copies in a generation whose documents are written, and switch to it; return its
    status. Raises as `build` does.

    Parameters
    ----------
    lock : the lock of the archive, which the caller holds; it is checked before the switch.
    name : name of the generation.
    work : writes the documents that have copies once more.
    table, counts : those of all documents of the generation.
    profiles : the profile of each source folder.
    """
    copies = document_table.copies_of(table)
    work.label(read_documents(cluster, name, sorted(copies)), copies)
    _merge_segments(cluster, name)
    return _publish(cluster, lock, name, work.folder, table, counts, copies, profiles)


def create(cluster: Cluster) -> str:
    """Create the index of a new generation, with as many shards as the settings say, and that of
    its files; return its name."""
    name = generations.new_name(cluster)
    body = mapping.index_body(int_setting("opensearch_shards"), {"building": True})
    with suppress(Conflict):  # asked twice, if the manager was lost in between; no other has it
        cluster.ask("PUT", f"/{name}", body, timeout=60)
    artifacts.create_files_index(cluster, name)
    return name


def distinct(documents: Iterable[Document]) -> Iterator[Document]:
    """Yield documents in their order. Raises DocumentError at an id that occurred before."""
    seen: set[str] = set()
    for document in documents:
        if document.id in seen:
            raise twice(document.id)
        seen.add(document.id)
        yield document


def twice(document_id: str) -> DocumentError:
    """Return the error for an id that occurs twice."""
    return DocumentError(
        f"The id {document_id!r} occurs twice.", "Give each document an id of its own."
    )


def _merge_segments(cluster: Cluster, name: str) -> None:
    """Merge the segments of a new generation: fewer are searched faster."""
    cluster.ask("POST", f"/{name}/_refresh", timeout=600)
    cluster.ask("POST", f"/{name}/_forcemerge", max_num_segments=1, timeout=3600)


def _publish(
    cluster: Cluster,
    lock: Lock,
    name: str,
    folder: Path,
    table: DocumentTable,
    counts: Counts,
    copies: Copies,
    profiles: Profiles,
) -> Status:
    """Store the artifacts and `_meta` of a generation, verify it and switch to it; return its
    status.

    `folder` is one for temporary files; the other parameters are those of `complete`. Raises as
    `build` does, and SourceError if the profiles contradict each other.
    """
    merged(profiles)
    stored = store_artifacts(cluster, name, folder, table, counts)
    meta = Meta(
        documents=len(table.ids),
        built_at=generations.now(),
        length=counts.length,
        groups=len({leader for _, leader in copies.values()}),
        artifacts=stored,
        profiles=profiles,
    )
    cluster.ask("PUT", f"/{name}/_mapping", {"_meta": meta.to_record()})
    generations.prepare_to_serve(cluster, name, int_setting("opensearch_replicas"))
    cluster.ask("POST", f"/{name}/_refresh", timeout=600)
    found = generations.count_documents(cluster, name)
    if found != meta.documents or counts.documents != meta.documents:
        raise IndexDamaged(
            f"Of {meta.documents} documents written {found} can be found.",
            generations.REBUILD_HINT,
        )
    lock.check()
    before = generations.served(cluster)
    generations.switch(cluster, name, before)
    generations.remove_unused(cluster)
    return generations.status_of(name, meta)


def store_artifacts(
    cluster: Cluster, name: str, folder: Path, table: DocumentTable, counts: Counts
) -> dict[str, Artifact]:
    """Store the vocabulary and the table of documents of a generation; return name → artifact.

    The files are written to `folder` first. Raises OSError, UnusableIndex.
    """
    count_table.write(folder / LEXICON, counts, whole=True)
    document_table.write(folder / DOCUMENTS, table)
    return {
        each: artifacts.store(cluster, name, each, folder / each) for each in (LEXICON, DOCUMENTS)
    }


def update(
    cluster: Cluster,
    index_dir: Path,
    documents_after: Callable[[str], Iterable[Document | Kept]],
    delete_ids: Collection[str],
    prune: bool,
    profiles: Callable[[], Profiles],
    progress: Progress | None,
    rejected: Rejection | None,
) -> Changes:
    """Add, replace and delete documents, and switch to the resulting generation.

    Without a change of documents or profiles, the current generation stays. Raises DocumentNotFound
    for an unknown id in `delete_ids`, and as `build` does.

    Parameters
    ----------
    index_dir : folder for fetched files.
    documents_after : returns the new versions, given the name of the current generation; it is
        called and iterated while the index is locked.
    delete_ids : ids of documents to delete, also if they are among the new versions.
    prune, profiles, progress, rejected : as in `Backend.update`.
    """
    with generations.locked(cluster) as lock:
        generations.remove_unused(cluster)
        before = generations.current(cluster)
        meta = generations.read_meta(cluster, before)
        path = artifacts.fetch(cluster, before, DOCUMENTS, meta.artifacts[DOCUMENTS], index_dir)
        with wrap_damage(DOCUMENTS):
            table = document_table.read(path)
        work = _Update(cluster, before, meta, table, frozenset(delete_ids))
        with Batches(work.name, progress, rejected) as batches:
            work.apply(documents_after(before), batches)
            if prune:
                work.prune()
            profiles_now = stated({**meta.profiles, **profiles()})
            status = generations.status_of(before, meta)
            if work.changed or profiles_now != stated(meta.profiles):
                meta = replace(meta, profiles=profiles_now)
                status = work.finish(batches, lock, index_dir, meta)
            return work.changes(status)


class _Update:
    """An update in progress; the clone is made when the first change is found.

    Call `apply`, perhaps `prune`, then `finish` if something changed. The constructor raises
    DocumentNotFound for an unknown id in `delete_ids`.

    Attributes
    ----------
    name : name of the new generation.

    Parameters
    ----------
    before : name of the current generation.
    meta : what is known of it.
    table : the table of its documents.
    delete_ids : ids of documents to delete.
    """

    def __init__(
        self,
        cluster: Cluster,
        before: str,
        meta: Meta,
        table: DocumentTable,
        delete_ids: frozenset[str],
    ) -> None:
        self.name = generations.new_name(cluster)
        self._cluster, self._before, self._meta, self._table = cluster, before, meta, table
        self._delete = delete_ids
        self._rows = {name: row for row, name in enumerate(table.ids)}
        self._seen: set[str] = set()
        self._new: set[str] = set()
        self._gone: list[str] = []
        self._cloned = False
        self._added = self._replaced = self._unchanged = 0
        for name in delete_ids:
            if name not in self._rows:
                raise DocumentNotFound(
                    f"No document has the id {name!r}; nothing was changed.",
                    "Search for it to find its id.",
                )
        self._gone = sorted(delete_ids)

    @property
    def changed(self) -> bool:
        """True if the update changes documents."""
        return bool(self._added or self._replaced or self._gone)

    def apply(self, documents: Iterable[Document | Kept], batches: Batches) -> None:
        """Write new and changed documents to the clone; count what was unchanged.

        Raises DocumentError for an id that occurs twice, and what iterating `documents` raises.
        """
        for document in documents:
            if document.id in self._seen:
                raise twice(document.id)
            self._seen.add(document.id)
            if document.id in self._delete:
                continue
            row = self._rows.get(document.id)
            if isinstance(document, Kept) or (
                row is not None and int(self._table.digests[row]) == digest(document)
            ):
                self._unchanged += 1
                continue
            if row is None:
                self._added += 1
            else:
                self._replaced += 1
            self._new.add(document.id)
            self._clone()
            batches.add(document)

    def prune(self) -> None:
        """Delete all documents that `apply` did not get."""
        self._gone += [
            name for name in self._table.ids if name not in self._seen and name not in self._delete
        ]

    def changes(self, status: Status) -> Changes:
        """Return how many documents the update changes; if `finish` is needed, call this after it,
        for the cluster may refuse documents. `status` is that of the resulting generation."""
        deleted = len(self._gone)
        absent = len(self._rows) - deleted - self._replaced - self._unchanged
        return Changes(status, self._added, self._replaced, deleted, self._unchanged, absent)

    def finish(self, batches: Batches, lock: Lock, index_dir: Path, meta: Meta) -> Status:
        """Complete the clone and switch to it; return its status. Raises as `build` does.

        Parameters
        ----------
        batches : the one that `apply` was given.
        lock : the lock of the archive, which the caller holds.
        index_dir : folder for fetched files.
        meta : that of the current generation, with the profiles of the new one.
        """
        cluster = self._cluster
        self._clone()
        batches.finish()
        tables = batches.tables()
        written = {name for part in tables for name in part.ids}
        # What the cluster refused stays as it was.
        self._added -= len(self._new - written - self._rows.keys())
        self._replaced -= len((self._new - written) & self._rows.keys())
        left_out = [name for name in self._table.ids if name in written] + self._gone
        for document in read_documents(cluster, self._before, left_out):
            batches.remove(document)
        batches.finish()
        delete(cluster, self.name, self._gone)
        dropped = set(left_out)
        kept = np.array([row for name, row in self._rows.items() if name not in dropped], np.int64)
        table = document_table.join([document_table.select(self._table, kept), *tables])
        former_copies = document_table.copies_of(self._table)
        copies = document_table.copies_of(table)
        indexed = {name: label for name, label in former_copies.items() if name not in dropped}
        relabelled = sorted(
            name
            for name in {*indexed, *copies}
            if name not in dropped - written and indexed.get(name) != copies.get(name)
        )
        batches.label(read_documents(cluster, self.name, relabelled), copies)
        path = artifacts.fetch(cluster, self._before, LEXICON, meta.artifacts[LEXICON], index_dir)
        with wrap_damage(LEXICON):
            counts = batches.counts(count_table.read(path))
        return _publish(
            cluster, lock, self.name, batches.folder, table, counts, copies, meta.profiles
        )

    def _clone(self) -> None:
        if self._cloned:
            return
        self._cloned = True
        cluster = self._cluster
        # A clone is made of an index that takes no changes; it is changed by nobody anyway.
        cluster.ask("PUT", f"/{self._before}/_settings", {"index": {"blocks.write": True}})
        settings = {"index.number_of_replicas": 0, "index.blocks.write": False}
        cluster.ask(
            "PUT",
            f"/{self._before}/_clone/{self.name}",
            {"settings": settings},
            timeout=600,
            wait_for_active_shards="all",
        )
        cluster.ask("PUT", f"/{self._before}/_settings", {"index": {"blocks.write": None}})
        artifacts.create_files_index(cluster, self.name)


def problems(cluster: Cluster, generation: str) -> list[str]:
    """Return every problem of a generation, one line each; [] if it has none.

    Reads every document and every artifact. Artifacts are fetched to a temporary folder, so that
    those in the cluster are verified and not the ones that were fetched before. A cluster that does
    not answer and a generation that is gone are problems in the list, not errors.
    """
    try:
        return list(_problems(cluster, generation))
    except UnusableIndex as error:
        return [error.message]


def _problems(cluster: Cluster, generation: str) -> Iterator[str]:
    health = cluster.health(generation)
    if health["status"] == "red":
        yield f"{generation}: a part has no copy that runs ({health['unassigned_shards']} missing)"
        return
    meta = generations.read_meta(cluster, generation)
    with TemporaryDirectory(prefix="tracuu-") as folder:
        paths = {
            name: artifacts.fetch(cluster, generation, name, stored, Path(folder))
            for name, stored in meta.artifacts.items()
        }
        with wrap_damage("the artifacts"):
            table = document_table.read(paths[DOCUMENTS])
            counts = count_table.read(paths[LEXICON])
    if counts.documents != meta.documents or len(table.ids) != meta.documents:
        yield f"{generation}: the artifacts are not those of {meta.documents} documents"
    digests = dict(zip(table.ids, table.digests.tolist(), strict=True))
    for document in read_all(cluster, generation):
        if digests.pop(document.id, None) != digest(document):
            yield f"the record of {document.id!r} is not its own"
    for name in digests:
        yield f"{name!r} is missing"
