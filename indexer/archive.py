"""An archive stands open: what a page or a program holds on to.

It follows the index folder: once a rebuild or an update has switched to a new generation, the next
request is answered from it, while requests in flight finish on the former one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from indexer.engines.base import SearchEngine
from indexer.engines.whoosh.generations.index_directory import (
    CurrentStamp,
    current,
    current_stamp,
    open_engine,
)
from indexer.errors import UnusableIndex
from indexer.models import Document, Results, SearchRequest, Sort, Status
from indexer.search import Highlights, highlight, search
from indexer.similar import similar
from indexer.suggest.complete import complete

_RETRY_SECONDS = 30.0


class _Open:
    """An engine and the number of requests that are using it; closed by the last one."""

    def __init__(self, engine: SearchEngine, status: Status) -> None:
        self.engine = engine
        self.status = status
        self.users = 0
        self.retired = False


class Archive:
    """The built index of one folder. Safe to use from many threads.

    Use `Archive.open`; close it, or use it as a context manager. Every question to a closed one
    raises UnusableIndex.
    """

    def __init__(self, index_dir: Path) -> None:
        self._dir = index_dir
        self._lock = threading.Lock()
        self._closed = False
        self._opening = threading.Lock()
        self._unusable = ""  # a generation that could not be opened, and when it may be tried again
        self._retry_at = 0.0
        self._known: CurrentStamp | None = None  # the state of CURRENT that named what stands open
        self._open = self._open_current()

    @classmethod
    def open(cls, index_dir: Path) -> Archive:
        """Open the current generation in a folder. Raises IndexMissing or IndexDamaged."""
        return cls(index_dir)

    def search(self, request: SearchRequest) -> Results:
        """Answer a request. Raises RequestError where it is out of range."""
        with self._engine() as engine:
            return search(engine, request)

    def overview(self) -> Results:
        """Everything, newest first: what the front page tells of the archive."""
        return self.search(SearchRequest(sort=Sort.NEWEST, size=5))

    def document(self, document_id: str) -> Document:
        """One document. Raises DocumentNotFound."""
        with self._engine() as engine:
            return engine.document(document_id)

    def highlight(self, document: Document, text: str) -> Highlights:
        """The words of a document that a query text matches."""
        with self._engine() as engine:
            return highlight(engine, document, text)

    def similar(self, document: Document, limit: int = 5) -> tuple[Document, ...]:
        """At most `limit` other documents that are about the same, the most alike first."""
        with self._engine() as engine:
            return similar(engine, document, limit)

    def suggest(self, text: str, limit: int = 8) -> tuple[str, ...]:
        """At most `limit` completions of a query text that is being typed."""
        with self._engine() as engine:
            return complete(text, engine.lexicon, limit)

    def status(self) -> Status:
        """Which generation stands open, and how large it is."""
        with self._engine():
            return self._open.status

    def close(self) -> None:
        """Let go of the index once the requests in flight are answered."""
        with self._lock:
            self._closed = True
            last = self._open
        self._retire(last)

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _open_current(self) -> _Open:
        engine = open_engine(self._dir)
        return _Open(engine, engine.status)

    def _follow(self) -> None:
        """Move to the generation that CURRENT names, if it is another and can be opened.

        One that cannot is tried again after a while; what stands open goes on answering.
        """
        written = current_stamp(self._dir)
        if written == self._known:
            return
        try:
            name = current(self._dir)
        except UnusableIndex:
            return  # what stands open still answers
        if name == self._open.status.generation:
            self._known = written
            return
        if self._closed:
            return
        if name == self._unusable and monotonic() < self._retry_at:
            return
        if not self._opening.acquire(blocking=False):
            return
        try:
            fresh = self._open_current()
            with self._lock:
                former = fresh
                if not self._closed:
                    former, self._open = self._open, fresh
            self._retire(former)
        except UnusableIndex:
            self._unusable, self._retry_at = name, monotonic() + _RETRY_SECONDS
        finally:
            self._opening.release()

    @contextmanager
    def _engine(self) -> Iterator[SearchEngine]:
        """The engine of the current generation, kept open for the length of a request."""
        self._follow()
        with self._lock:
            if self._closed:
                raise UnusableIndex("The archive is closed.", "Open it anew with Archive.open.")
            held = self._open
            held.users += 1
        try:
            yield held.engine
        finally:
            with self._lock:
                held.users -= 1
                last = held.retired and not held.users
            if last:
                held.engine.close()

    def _retire(self, held: _Open) -> None:
        with self._lock:
            already, held.retired = held.retired, True
            idle = not held.users and not already
        if idle:
            held.engine.close()
