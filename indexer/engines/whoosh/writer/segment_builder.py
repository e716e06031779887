"""Build a segment: batches of documents become runs, and these are merged into one segment.

If all documents fit into one batch, this process makes its run; otherwise it shares the batches
with one worker process per further processor. Workers, once started, also merge runs. The result
depends only on the documents and their order, not on the number of processes.
"""

from __future__ import annotations

import gc
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from indexer.analysis.batch import prepare
from indexer.engines.whoosh.terms import phrase_table
from indexer.engines.whoosh.whoosh_adapter.codec import Codec, StoredSegment
from indexer.engines.whoosh.whoosh_adapter.schema import INDEX_NAME
from indexer.engines.whoosh.writer import run_merge
from indexer.engines.whoosh.writer.runs import write_run
from indexer.models import Document
from indexer.query.vocabulary.learning import Findings, Learned, Learner
from indexer.runtime.worker_pool import WorkerPool, usable_processors

BATCH_CHARACTERS = 3 << 20
"""Greatest number of code points of text in one run, unless a single document has more. A process
needs about 60 bytes of memory for each while it makes the run."""
START_WORKERS_AT = BATCH_CHARACTERS // 8
"""Number of code points added after which workers are started: soon enough that they are ready when
the first batch is full, and not for small updates."""
BATCH_DOCUMENTS = 1 << 14
"""Greatest number of documents in one run, unless the caller sets another number."""

_RUNS = "runs"
"""Name of the subfolder that holds the runs until they are merged."""

Progress = Callable[[int], None]
"""A function that is called with the number of documents done so far."""


@contextmanager
def _without_garbage_collector() -> Iterator[None]:
    """Context manager that pauses Python's cyclic garbage collector, if it is on.

    The code inside makes no reference cycles, and the collector would search the large word tables
    for them again and again.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class SegmentBuilder:
    """Writes the documents it is given as one segment.

    Call `add` for each document, then `commit` once; or `cancel` at any time. Document numbers
    follow the order of the calls. Both methods raise OSError if the disk cannot be written; an
    error in a worker process is raised by the call that collects its result, which may be a later
    one. Not for use by several threads.

    Parameters
    ----------
    folder : existing folder for the files of the segment; runs are kept in a subfolder until
        `commit`.
    name : the name of the segment, an integer written in decimal.
    progress : called with the number of documents indexed so far, after each batch; None for no
        calls.
    max_documents : most documents in a batch; None for BATCH_DOCUMENTS. A batch also ends at
        BATCH_CHARACTERS.
    """

    def __init__(
        self,
        folder: Path,
        name: str = "1",
        progress: Progress | None = None,
        max_documents: int | None = None,
    ) -> None:
        self._folder = folder
        self._name = name
        self._progress = progress
        self._max_documents = max_documents or BATCH_DOCUMENTS
        self._runs: list[Path] = []
        self._batch: list[Document] = []
        self._characters = 0
        self._done = 0
        self._learner = Learner()
        self._exit_stack = ExitStack()
        self._workers: WorkerPool | None = None
        self._pending: deque[tuple[int, Future[list[Findings]]]] = deque()

    def add(self, document: Document) -> None:
        """Add a document; its id must not have been added before.

        If the current batch is full, it is first given to a worker process, or indexed here if the
        workers are busy.
        """
        size = len(document.body) + len(document.title)
        full = len(self._batch) == self._max_documents
        if self._batch and (full or self._characters + size > BATCH_CHARACTERS):
            self._submit_batch()
        self._batch.append(document)
        self._characters += size
        if self._characters > START_WORKERS_AT:
            self._start_workers()

    @property
    def learned(self) -> Learned:
        """The abbreviations and names that the documents of the segment explain; complete after
        `commit`."""
        return self._learner.learned()

    def commit(self) -> StoredSegment:
        """Index the documents that are left, write the segment, and return its entry for the list
        of segments.

        Ends the worker processes and removes the runs. No document may be added afterwards.
        """
        with _without_garbage_collector():
            if self._runs:
                workers = self._submit_batch()
                while workers.run_next():
                    self._collect()
                self._collect(wait=True)
            else:
                self._record_done(len(self._batch), write_run(self._next_run(), self._batch))
            self._batch = []
            segment = StoredSegment(Codec(), INDEX_NAME, self._done, self._name)
            self._merge(segment)
        shutil.rmtree(self._folder / _RUNS)
        self._exit_stack.close()
        return segment

    def cancel(self) -> None:
        """End the worker processes at once; the caller removes the folder. Does nothing after
        `commit`."""
        self._exit_stack.close()

    def _next_run(self) -> Path:
        """Return the path of a new run, and add it to the runs to merge; creates their folder."""
        (self._folder / _RUNS).mkdir(exist_ok=True)
        self._runs.append(self._folder / _RUNS / f"{len(self._runs):06}")
        return self._runs[-1]

    def _start_workers(self) -> WorkerPool:
        """Return the worker processes; the first call starts them."""
        if self._workers is None:
            self._workers = self._exit_stack.enter_context(
                WorkerPool(usable_processors() - 1, prepare)
            )
        return self._workers

    def _submit_batch(self) -> WorkerPool:
        """Queue the current batch as a run, begin an empty one, and return the worker processes.

        If the queue is longer than the number of workers, this process first writes a queued run
        itself.
        """
        workers = self._start_workers()
        future = workers.submit(write_run, self._next_run(), self._batch)
        self._pending.append((len(self._batch), future))
        self._batch, self._characters = [], 0
        # One batch per process waits in the queue, so that none is idle and memory stays bounded.
        if workers.queued > workers.count:
            workers.run_next()
        self._collect()
        return workers

    def _collect(self, *, wait: bool = False) -> None:
        """Record finished runs in the order of their documents; stop at the first unfinished run.

        With `wait`, wait for every run. Raises the error with which writing a run failed.
        """
        while self._pending and (wait or self._pending[0][1].done()):
            count, future = self._pending.popleft()
            self._record_done(count, future.result())

    def _record_done(self, count: int, learned: list[Findings]) -> None:
        """Count a batch of `count` documents as done, add the abbreviations that each defines
        (`learned`), and report progress."""
        for item in learned:
            self._learner.add(item)
        self._done += count
        if self._progress is not None and count:
            self._progress(self._done)

    def _merge(self, segment: StoredSegment) -> None:
        """Write the files of the segment from the runs: by the workers if there are any, else
        here."""

        def target(part: str) -> Path:
            return self._folder / str(segment.make_filename(f".{part}"))

        # The slowest first; merging phrases is slowest if there are few documents.
        work: list[tuple[Callable[..., None], tuple[Any, ...]]] = [
            (phrase_table.merge_phrases, (target(phrase_table.PHRASES_PART), self._runs)),
            (run_merge.merge_pairs, (target("pairs"), self._runs)),
            (run_merge.merge_stored_texts, (target("texts"), self._runs)),
            (run_merge.merge_syllables, (target("syllables"), target("positions"), self._runs)),
            (run_merge.merge_words, (target("words"), self._runs)),
            (run_merge.merge_documents, (target("docs"), self._runs)),
            (run_merge.merge_facets, (target("facets"), self._runs)),
        ]
        if self._workers is None:
            for function, args in work:
                function(*args)
            return
        futures = [self._workers.submit(function, *args) for function, args in work]
        while self._workers.run_next():
            pass
        for future in futures:
            future.result()
