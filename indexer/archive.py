"""`Archive`: the open index that a web server or a program searches.

It follows the index folder: after a rebuild or an update has switched to a new generation, the next
request is answered from it, while requests in flight finish on the former one. If a generation is
damaged when it is opened, the former one answers; if damage is found later, only the requests that
need the damaged part fail. In both cases `Archive.damage` tells what is damaged.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import monotonic

from indexer.copies import copied_documents
from indexer.engines import backend
from indexer.engines.base import SearchEngine
from indexer.errors import IndexDamaged, SearchTimeout, UnusableIndex
from indexer.models import CopiedDocuments, Document, Results, SearchRequest, Sort, Status
from indexer.profile.archive_profile import ArchiveProfile
from indexer.profile.originals import Original, open_original
from indexer.results.result_cache import ResultCache
from indexer.runtime.settings import cache_sizes
from indexer.runtime.time_limit import time_limit
from indexer.search import Highlights, highlight, search
from indexer.similar import similar
from indexer.suggest.complete import complete

_RETRY_SECONDS = 30.0
"""Seconds after which a generation that could not be opened is tried again."""


class _OpenEngine:
    """An open engine, `users`, the number of requests that use it, and `results`, those of its
    latest searches.

    When `retired` is True, the last of these requests closes it. Both are read and written only
    while `Archive._lock` is held.
    """

    def __init__(self, engine: SearchEngine, status: Status) -> None:
        self.engine = engine
        self.status = status
        self.results = ResultCache(cache_sizes().results)
        self.users = 0
        self.retired = False


class Archive:
    """The built index of one folder, as one group of readers may see it, open for searching. Many
    threads may use it at once.

    Use `Archive.open`, and close it or use it as a context manager. After a rebuild or update, the
    next call uses the new generation. Every method but `close` and `health` raises UnusableIndex
    after `close`, IndexDamaged if a file turns out to be damaged, and UnusableIndex if one cannot
    be read for another reason. `search`, `overview`, `highlight` and `similar` raise WordModelError
    if the word model cannot be loaded.
    """

    def __init__(self, index_dir: Path, timeout: float | None = None, group: str = "") -> None:
        self._dir = index_dir
        self._timeout = timeout
        self._group = group
        self._backend = backend()
        self._lock = threading.Lock()
        self._closed = False
        self._opening = threading.Lock()
        # A generation that could not be opened, and when to try it again.
        self._failed_generation = ""
        self._retry_at = 0.0
        # The state of CURRENT when it named the open generation.
        self._known_current: object = None
        self._damage: str | None = None
        self._open = self._open_newest()

    @classmethod
    def open(cls, index_dir: Path, timeout: float | None = None, group: str = "") -> Archive:
        """Open the current generation of a folder, or the former one if the current is damaged.

        The caller closes the archive. Raises IndexMissing if the folder has no index, NoSuchGroup
        if that has no such group, IndexDamaged if neither generation can be opened, UnusableIndex
        if a file cannot be read for another reason, SettingError if the engine that the setting
        names cannot be used, or the memory for caches is no number.

        Parameters
        ----------
        index_dir : the index folder.
        timeout : number of seconds that each search or highlighting may take; None for no
            limit.
        group : open what this group of `[access]` in `archive.toml` may see; "" for what everyone
            may see.
        """
        return cls(index_dir, timeout, group)

    def search(self, request: SearchRequest) -> Results:
        """Return the results of a search, as `indexer.search.search` does; the same request again
        gets the same results from memory (`TRACUU_CACHE`).

        Raises RequestError if a parameter of the request is out of range or unknown, SearchTimeout
        if it takes longer than the archive's timeout and has no hits by then.
        """
        with self._opened() as opened, time_limit(self._timeout):
            return opened.results.find(request, partial(search, opened.engine))

    def overview(self) -> Results:
        """Return the results of an empty query: the six newest documents, and the facets of all.

        The front page shows them. Raises SearchTimeout as `search` does.
        """
        return self.search(SearchRequest(sort=Sort.NEWEST, size=6))

    def document(self, document_id: str) -> Document:
        """Return the document with this id. Raises DocumentNotFound if there is none."""
        with self._engine() as engine:
            return engine.document(document_id)

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all documents, ascending by code point."""
        with self._engine() as engine:
            return tuple(engine.ids())

    def highlight(self, document: Document, text: str) -> Highlights:
        """Return the ranges of title and body that the query `text` matches, in code points.

        Empty if nothing in them matches, because the document is a hit by a facet value, if the
        index has no document with its id and the same text, or if the time limit passes.
        """
        with self._engine() as engine, time_limit(self._timeout):
            try:
                return highlight(engine, document, text)
            except SearchTimeout:
                return Highlights((), ())

    def similar(self, document: Document, limit: int = 5) -> tuple[Document, ...]:
        """Return at most `limit` other documents about the same subject, most similar first.

        `document` need not be in the index.
        """
        with self._engine() as engine:
            return similar(engine, document, limit)

    def copies(self, document: Document, limit: int = 20) -> CopiedDocuments:
        """Return the copies of a document, at most `limit` exact and `limit` near ones, ascending
        by id, and how many there are of each.

        Empty if it has none or is not in the index.
        """
        with self._engine() as engine:
            return copied_documents(engine, document.id, limit)

    def suggest(self, text: str, limit: int = 8) -> tuple[str, ...]:
        """Return at most `limit` completions of a query text that is being typed, the likeliest
        first.

        Each is a whole query text. Accepts any string; () if there is nothing to offer.
        """
        with self._engine() as engine:
            return complete(text, engine.lexicon, limit)

    @property
    def group(self) -> str:
        """The group of readers whose documents it has; "" if it has those that everyone may see."""
        return self._group

    @property
    def damage(self) -> str | None:
        """A line that says what is damaged in the current generation, as far as it was read, and
        what to do about it; None if no damage was found."""
        return self._damage

    def status(self) -> Status:
        """Return the name, number of documents and build time of the open generation."""
        with self._engine():
            return self._open.status

    def health(self) -> dict[str, object]:
        """Return the state of the machines that have the index, as `Backend.health` does; {} if it
        is in a folder.

        Raises EngineUnavailable if a part of it cannot be searched.
        """
        return self._backend.health(self._dir)

    def profile(self) -> ArchiveProfile:
        """Return what `archive.toml` states about the archive, as the open generation has it."""
        with self._engine() as engine:
            return engine.profile

    def original(self, document: Document) -> Original:
        """Open the original file of a document; the caller closes `Original.file`.

        Raises OriginalNotFound if the archive does not offer it, or it was moved or changed since
        it was indexed.
        """
        return open_original(document, self.profile().originals)

    def close(self) -> None:
        """Release the index as soon as the requests in flight are answered; does not wait for
        them. May be called more than once."""
        with self._lock:
            self._closed = True
            last = self._open
        self._retire(last)

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _open_newest(self) -> _OpenEngine:
        """Open the current generation, or the former one if the current one is damaged; set
        `_damage` in that case. Raises as `open` does."""
        try:
            engine = self._backend.open_engine(self._dir, self._group)
        except IndexDamaged as error:
            try:
                engine = self._backend.open_former_engine(self._dir, self._group)
            except UnusableIndex:
                raise error from None
            self._damage = str(error)
        return _OpenEngine(engine, engine.status)

    def _switch_generation(self) -> None:
        """Switch to the current generation, if it is not the open one and can be opened.

        If it cannot be opened, a call after _RETRY_SECONDS tries again; until then the open
        generation is used. While one thread opens it, others go on with the open one. No error of
        an unusable generation is raised.
        """
        written = self._backend.current_stamp(self._dir)
        if written == self._known_current:
            return
        try:
            name = self._backend.current(self._dir)
        except UnusableIndex:
            return  # the open generation still answers
        if name == self._open.status.generation:
            self._known_current = written
            return
        if self._closed:
            return
        if name == self._failed_generation and monotonic() < self._retry_at:
            return
        if not self._opening.acquire(blocking=False):
            return
        try:
            engine = self._backend.open_engine(self._dir, self._group)
            fresh = _OpenEngine(engine, engine.status)
            with self._lock:
                former = fresh
                if not self._closed:
                    former, self._open = self._open, fresh
                    self._damage = None
            self._retire(former)
        except UnusableIndex as error:
            if isinstance(error, IndexDamaged):
                self._damage = str(error)
            self._failed_generation, self._retry_at = name, monotonic() + _RETRY_SECONDS
        finally:
            self._opening.release()

    @contextmanager
    def _engine(self) -> Iterator[SearchEngine]:
        """Context manager that gives the engine of `_opened`."""
        with self._opened() as opened:
            yield opened.engine

    @contextmanager
    def _opened(self) -> Iterator[_OpenEngine]:
        """Context manager that gives the open engine of the current generation, which stays open
        during its block.

        Raises UnusableIndex if the archive is closed. An IndexDamaged that the block raises is
        kept in `_damage` and passes.
        """
        self._switch_generation()
        with self._lock:
            if self._closed:
                raise UnusableIndex("The archive is closed.", "Open it anew with Archive.open.")
            opened = self._open
            opened.users += 1
        try:
            yield opened
        except IndexDamaged as error:
            self._damage = str(error)
            raise
        finally:
            with self._lock:
                opened.users -= 1
                last = opened.retired and not opened.users
            if last:
                opened.engine.close()

    def _retire(self, opened: _OpenEngine) -> None:
        """Close an engine now if no request uses it, else when the last one ends."""
        with self._lock:
            already, opened.retired = opened.retired, True
            idle = not opened.users and not already
        if idle:
            opened.engine.close()
