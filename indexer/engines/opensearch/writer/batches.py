"""Analyse batches of documents and write them to the cluster, in several processes.

Each batch is a request or a few to the cluster, and two files on this machine: what it adds to the
counts and to the table of documents. A batch that is sent again replaces what it wrote, so a try
that failed half-way does no harm.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np

from indexer.analysis.batch import Columns, analyze_many, fingerprints, prepare
from indexer.engines.document_digest import digest
from indexer.engines.opensearch.client import Cluster, connection
from indexer.engines.opensearch.storage import count_table, document_table, mapping
from indexer.engines.opensearch.storage.count_table import Counts
from indexer.engines.opensearch.storage.document_table import DocumentTable
from indexer.engines.opensearch.storage.occurrences import Occurrences, find_occurrences
from indexer.engines.whoosh.writer.segment_builder import BATCH_CHARACTERS, BATCH_DOCUMENTS
from indexer.errors import DocumentError, EngineUnavailable
from indexer.models import Document
from indexer.runtime.worker_pool import WorkerPool, usable_processors
from indexer.suggest.ngrams import SMALL_BATCH

REQUEST_BYTES = 4 << 20
"""Size of one `_bulk` request; OpenSearch advises 5 to 15 MB."""
_TRIES = 10
_AT_ONCE = 8
"""Count tables that are added up at once, which bounds the memory."""

Copies = Mapping[str, tuple[str, str]]
"""Id → (id that stands for its text, leader of its group), of documents with copies, as
`document_table.copies_of` returns it."""


class Rejected(NamedTuple):
    """A document that the cluster did not take, and why."""

    id: str
    reason: str


class Analyzed(NamedTuple):
    """A batch of documents and their terms.

    Text 2n of `columns` is the title of document n, text 2n + 1 its body; `found` is as
    `find_occurrences` returns it.
    """

    documents: Sequence[Document]
    columns: Columns
    found: Occurrences

    @property
    def counts(self) -> Counts:
        """What the documents add to the counts of a generation."""
        length = int(self.found.lengths.sum())
        return count_table.count(self.documents, self.columns, self.found, length)

    @property
    def table(self) -> DocumentTable:
        """Their rows in the table of documents, in the order of the batch."""
        prints = fingerprints(self.columns, [document.number for document in self.documents])
        digests = np.array([digest(document) for document in self.documents], np.uint64)
        ids = [document.id for document in self.documents]
        return DocumentTable(ids, digests, self.found.lengths, prints)


def analyze_batch(documents: Sequence[Document]) -> Analyzed:
    """Return documents with their terms; those of a batch are in its order."""
    columns = analyze_many([text for each in documents for text in (each.title, each.body)])
    return Analyzed(documents, columns, find_occurrences(columns, len(documents)))


def index_batch(
    path: Path, generation: str, documents: Sequence[Document], copies: Copies | None = None
) -> list[Rejected]:
    """Write documents to the index of a generation; return those that it did not take.

    Runs in any process. Raises EngineUnavailable if the cluster stays too busy or does not answer,
    UnusableIndex if it takes nothing, OSError if a file cannot be written.

    Parameters
    ----------
    path : what the documents that were taken add to the counts and to the table of documents is
        written to two files of this path, with the endings .counts and .table.
    copies : labels of the documents that have copies; None writes all as if they had none.
    """
    # An id that cannot be a term as it is would be another one in the answers.
    odd = [each for each in documents if mapping.keyword(each.id) != each.id]
    refused = [Rejected(each.id, "its id is too long, or no text") for each in odd]
    if odd:
        documents = [each for each in documents if mapping.keyword(each.id) == each.id]
    analyzed = analyze_batch(documents)
    entries = mapping.records(documents, analyzed.columns, analyzed.found, copies)
    ids = {mapping.key_of(each.id): each.id for each in documents}
    rejected = [Rejected(ids[key], reason) for key, reason in _send(generation, entries)]
    if rejected:
        gone = {each.id for each in rejected}
        analyzed = analyze_batch([each for each in documents if each.id not in gone])
    refused += rejected
    count_table.write(path.with_suffix(".counts"), analyzed.counts)
    document_table.write(path.with_suffix(".table"), analyzed.table)
    return refused


def count_batch(path: Path, documents: Sequence[Document]) -> list[Rejected]:
    """Write what documents add to the counts to a file of this path with the ending .counts.

    Returns [], for nothing goes to the cluster. Raises OSError if the file cannot be written.
    """
    count_table.write(path.with_suffix(".counts"), analyze_batch(documents).counts)
    return []


def delete(cluster: Cluster, generation: str, ids: Iterable[str]) -> None:
    """Delete documents from the index of a generation; it is no error if one is not there.

    Raises EngineUnavailable if a part of the cluster did not do so.
    """
    lines: list[object] = []
    for name in ids:
        lines.append({"delete": {"_id": mapping.key_of(name)}})
        if len(lines) == 5000:
            _bulk(cluster, generation, lines)
            lines = []
    if lines:
        _bulk(cluster, generation, lines)


def _bulk(cluster: Cluster, generation: str, lines: Sequence[object]) -> None:
    answer = cluster.ask_many(f"/{generation}/_bulk", lines, timeout=120)
    failed = [item["delete"] for item in answer["items"] if item["delete"]["status"] >= 500]
    if failed:
        raise EngineUnavailable("The cluster did not delete all documents.", "Try again.")


def _send(generation: str, entries: Iterator[tuple[str, bytes]]) -> list[tuple[str, str]]:
    """Send records in `_bulk` requests; return (`_id`, reason) of those that are refused."""
    refused = []
    for part in _parts(entries):
        waiting = dict(part)
        for number in range(_TRIES):
            lines = b"".join(
                b'{"index":{"_id":"%s"}}\n%s\n' % (key.encode(), record)
                for key, record in waiting.items()
            )
            answer = connection().ask("POST", f"/{generation}/_bulk", lines, timeout=120)
            again: dict[str, bytes] = {}
            for item in answer["items"]:
                done = item["index"]
                if done["status"] in (429, 502, 503):
                    again[done["_id"]] = waiting[done["_id"]]
                elif done["status"] >= 300:
                    refused.append((done["_id"], _cause(done)))
            waiting = again
            if not waiting:
                break
            time.sleep(min(0.2 * 2**number, 10))
        else:
            raise EngineUnavailable(
                "The cluster is too busy to take documents.", "Try again; look at its load."
            )
    return refused


def _parts(entries: Iterator[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    part: list[tuple[str, bytes]] = []
    size = 0
    for key, record in entries:
        if part and size + len(record) > REQUEST_BYTES:
            yield part
            part, size = [], 0
        part.append((key, record))
        size += len(record)
    if part:
        yield part


def _cause(item: Mapping[str, Any]) -> str:
    error: Mapping[str, Any] = item["error"]
    while isinstance(error.get("caused_by"), dict):
        error = error["caused_by"]
    return str(error.get("reason", error))[:200]


class Batches:
    """Documents on their way to the cluster; use as a context manager, which removes its files.

    Call `add` and `remove` in any order, then `finish`; the counts and tables are whole after that.
    `add`, `remove`, `finish` and `label` raise what `index_batch` raises, in this process or in one
    of the others.

    Parameters
    ----------
    generation : name of the index that is written.
    progress : called with the number of documents written so far, after each batch; None for no
        calls.
    rejected : called for each document that the cluster does not take; None for no calls.
    """

    def __init__(
        self,
        generation: str,
        progress: Callable[[int], None] | None = None,
        rejected: Callable[[DocumentError], None] | None = None,
    ) -> None:
        self._generation = generation
        self._progress = progress
        self._rejected = rejected
        self._exit_stack = ExitStack()
        self._folder = Path(self._exit_stack.enter_context(TemporaryDirectory(prefix="tracuu-")))
        self._workers: WorkerPool | None = None
        self._pending: deque[tuple[int, Future[list[Rejected]]]] = deque()
        self._added: list[Document] = []
        self._removed: list[Document] = []
        self._characters = 0
        self._done = 0
        self._numbers = 0
        self._added_paths: list[Path] = []
        self._removed_paths: list[Path] = []

    def __enter__(self) -> Batches:
        return self

    def __exit__(self, *exc: object) -> None:
        self._exit_stack.close()

    @property
    def folder(self) -> Path:
        """A folder for temporary files, removed when the context ends."""
        return self._folder

    def add(self, document: Document) -> None:
        """Write a document to the index, and count it."""
        size = len(document.body) + len(document.title)
        full = len(self._added) == BATCH_DOCUMENTS
        if self._added and (full or self._characters + size > BATCH_CHARACTERS):
            self._submit_added()
        self._added.append(document)
        self._characters += size

    def remove(self, document: Document) -> None:
        """Subtract a document from the counts. It stays in the index: `delete` deletes it, `add`
        replaces it."""
        self._removed.append(document)
        if len(self._removed) == SMALL_BATCH:  # of which every phrase is counted
            self._submit_removed()

    def finish(self) -> None:
        """Write what is left, and return when all documents are written and counted."""
        if self._added:
            self._submit_added()
        if self._removed:
            self._submit_removed()
        while self._workers and self._workers.run_next():
            self._collect()
        self._collect(wait=True)

    def label(self, documents: Iterable[Document], copies: Copies) -> None:
        """Write documents again, with their groups of copies, without counting them again.

        `documents` may be in any order. One without an entry in `copies` is written as one without
        copies.
        """
        batch: list[Document] = []
        size = 0
        for document in documents:
            batch.append(document)
            size += len(document.body)
            if size > BATCH_CHARACTERS:
                index_batch(self._next_path(), self._generation, batch, copies)
                batch, size = [], 0
        if batch:
            index_batch(self._next_path(), self._generation, batch, copies)

    def counts(self, before: Counts | None = None) -> Counts:
        """Return the counts of all documents that were added, minus those that were removed, plus
        `before`; None stands for no counts.

        Call it after `finish`. Raises ValueError if more was removed than there was, or if a file
        of counts is damaged.
        """
        signed = [(path, 1) for path in self._added_paths]
        signed += [(path, -1) for path in self._removed_paths]
        total = before or Counts.empty()
        for begin in range(0, len(signed), _AT_ONCE):
            some = [
                (count_table.read(path.with_suffix(".counts")), sign)
                for path, sign in signed[begin : begin + _AT_ONCE]
            ]
            total = count_table.add([(total, 1), *some])
        return total

    def tables(self) -> list[DocumentTable]:
        """Return the rows of all documents that the cluster took, one table for each batch, in the
        order in which they were added. Call it after `finish`."""
        return [document_table.read(path.with_suffix(".table")) for path in self._added_paths]

    def _next_path(self) -> Path:
        self._numbers += 1
        return self._folder / f"{self._numbers:06}"

    def _submit_added(self) -> None:
        path = self._next_path()
        self._added_paths.append(path)
        self._submit(len(self._added), index_batch, path, self._generation, self._added)
        self._added, self._characters = [], 0

    def _submit_removed(self) -> None:
        path = self._next_path()
        self._removed_paths.append(path)
        self._submit(0, count_batch, path, self._removed)
        self._removed = []

    def _submit(self, size: int, work: Callable[..., list[Rejected]], *args: object) -> None:
        if self._workers is None:
            # A small build is quicker without waiting for other processes to start.
            small = self._characters < BATCH_CHARACTERS // 8
            pool = WorkerPool(0 if small else usable_processors() - 1, prepare)
            self._workers = self._exit_stack.enter_context(pool)
        self._pending.append((size, self._workers.submit(work, *args)))
        # One batch per process waits in the queue, so that memory stays bounded.
        while self._workers.queued > self._workers.count:
            self._workers.run_next()
        self._collect()

    def _collect(self, *, wait: bool = False) -> None:
        while self._pending and (wait or self._pending[0][1].done()):
            size, future = self._pending.popleft()
            for document_id, reason in future.result():
                if self._rejected is not None:
                    self._rejected(
                        DocumentError(
                            f"The cluster refuses the document {document_id!r}: {reason}",
                            "It was left out.",
                        )
                    )
            self._done += size
            if self._progress is not None and size:
                self._progress(self._done)
