"""Documents become runs, runs become one Whoosh segment.

A batch of documents is one run; what fits into one batch is analysed here, more is shared with a
process for each further processor. The result depends on the documents alone, not on how many
there are.
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
from indexer.engines.whoosh.writer import segment_merge
from indexer.engines.whoosh.writer.runs import write_run
from indexer.engines.whoosh.writer.worker_pool import Workers, processors
from indexer.models import Document
from indexer.query.vocabulary.learning import Findings, Learned, Learner

BATCH_CHARACTERS = 3 << 20
"""Text in one run; while it is made, a worker needs about 60 bytes for each."""
EARLY_CHARACTERS = BATCH_CHARACTERS // 8
"""More text is no small build: processes are started, so that they are ready when it is read."""
BATCH_DOCUMENTS = 1 << 14

_RUNS = "runs"

Progress = Callable[[int], None]
"""Called with the number of documents done so far."""


@contextmanager
def _without_collector() -> Iterator[None]:
    """Have Python's collector of cycles rest: there are none, and it would look for them among all
    that is known of words, again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class SegmentBuilder:
    """Writes a segment called `name` into a folder, from runs of at most `most` documents.
    `commit` or `cancel` ends it."""

    def __init__(
        self,
        folder: Path,
        name: str = "1",
        progress: Progress | None = None,
        most: int | None = None,
    ) -> None:
        self._folder = folder
        self._name = name
        self._progress = progress
        self._most = most or BATCH_DOCUMENTS
        self._runs: list[Path] = []
        self._batch: list[Document] = []
        self._characters = 0
        self._done = 0
        self._learner = Learner()
        self._ending = ExitStack()
        self._workers: Workers | None = None
        self._waiting: deque[tuple[int, Future[list[Findings]]]] = deque()

    def add(self, document: Document) -> None:
        """Take in a document."""
        size = len(document.body) + len(document.title)
        full = len(self._batch) == self._most
        if self._batch and (full or self._characters + size > BATCH_CHARACTERS):
            self._start()
        self._batch.append(document)
        self._characters += size
        if self._characters > EARLY_CHARACTERS:
            self._hire()

    @property
    def learned(self) -> Learned:
        """What the documents of the finished segment taught."""
        return self._learner.learned()

    def commit(self) -> StoredSegment:
        """Write the segment."""
        with _without_collector():
            if self._runs:
                workers = self._start()
                while workers.help():
                    self._collect()
                self._collect(wait=True)
            else:
                self._finish(len(self._batch), write_run(self._next(), self._batch))
            self._batch = []
            segment = StoredSegment(Codec(), INDEX_NAME, self._done, self._name)
            self._merge(segment)
        shutil.rmtree(self._folder / _RUNS)
        self._ending.close()
        return segment

    def cancel(self) -> None:
        """End all work at once; the folder is the caller's to remove."""
        self._ending.close()

    def _next(self) -> Path:
        """The file of the next run."""
        (self._folder / _RUNS).mkdir(exist_ok=True)
        self._runs.append(self._folder / _RUNS / f"{len(self._runs):06}")
        return self._runs[-1]

    def _hire(self) -> Workers:
        """The processes that help."""
        if self._workers is None:
            self._workers = self._ending.enter_context(Workers(processors() - 1, prepare))
        return self._workers

    def _start(self) -> Workers:
        workers = self._hire()
        future = workers.submit(write_run, self._next(), self._batch)
        self._waiting.append((len(self._batch), future))
        self._batch, self._characters = [], 0
        # One batch for each process waits ready, so that none is idle and memory stays bounded.
        if workers.waiting > workers.count:
            workers.help()
        self._collect()
        return workers

    def _collect(self, *, wait: bool = False) -> None:
        """Take in what is done; with `wait`, all."""
        while self._waiting and (wait or self._waiting[0][1].done()):
            count, future = self._waiting.popleft()
            self._finish(count, future.result())

    def _finish(self, count: int, found: list[Findings]) -> None:
        for item in found:
            self._learner.add(item)
        self._done += count
        if self._progress is not None and count:
            self._progress(self._done)

    def _merge(self, segment: StoredSegment) -> None:
        def target(part: str) -> Path:
            return self._folder / str(segment.make_filename(f".{part}"))

        # The dearest first; phrases are that where documents are few.
        work: list[tuple[Callable[..., None], tuple[Any, ...]]] = [
            (phrase_table.merge_phrases, (target(phrase_table.PART), self._runs)),
            (segment_merge.merge_pairs, (target("pairs"), self._runs)),
            (segment_merge.write_merged_texts, (target("texts"), self._runs)),
            (segment_merge.merge_text, (target("text"), target("places"), self._runs)),
            (segment_merge.merge_words, (target("words"), self._runs)),
            (segment_merge.merge_documents, (target("docs"), self._runs)),
            (segment_merge.merge_facets, (target("facets"), self._runs)),
        ]
        if self._workers is None:
            for function, args in work:
                function(*args)
            return
        futures = [self._workers.submit(function, *args) for function, args in work]
        while self._workers.help():
            pass
        for future in futures:
            future.result()
