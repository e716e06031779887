"""The results of the latest searches of one generation, so that the same search is not made twice.

A search is the same if its request is, on the same day, for what is in force changes at midnight.
Readers come back from a document, reload a page and ask what others asked; another page or filter
of a query is another request.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, replace
from datetime import date
from sys import getsizeof
from threading import Lock
from time import perf_counter
from typing import Any

from indexer.models import Document, Results, SearchRequest

_DOCUMENT_BYTES = 4 << 10
"""Estimated memory of a hit or copy without its texts and blocks, in bytes; that of the request and
the totals is as much."""
_BLOCK_BYTES = 200
_CELL_BYTES = 120
_VALUE_BYTES = 250
"""Estimated memory of a block, of a cell and of a facet value, in bytes."""


class ResultCache:
    """The results of the latest searches of one generation, at most `most_bytes` of them by
    estimate; the least recently used are dropped first.

    Many threads may use it at once; two may make the same search at the same time.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._lock = Lock()
        self._results: OrderedDict[Hashable, tuple[Results, int]] = OrderedDict()
        self._bytes = 0

    def find(self, request: SearchRequest, search: Callable[[SearchRequest], Results]) -> Results:
        """Return what `search(request)` returned when it was called last for this request today, or
        call it.

        `took_ms` is the time that this call took. Errors of `search` pass, and results that are
        `incomplete` are not kept.
        """
        if not self._most_bytes:
            return search(request)
        began = perf_counter()
        key = (date.today(), *(_hashable(getattr(request, each.name)) for each in fields(request)))
        with self._lock:
            kept = self._results.get(key)
            if kept:
                self._results.move_to_end(key)
        if kept:
            took_ms = (perf_counter() - began) * 1000
            return replace(kept[0], request=request, took_ms=took_ms)
        results = search(request)
        if not results.incomplete:
            self._keep(key, results)
        return results

    def _keep(self, key: Hashable, results: Results) -> None:
        size = size_of(results)
        with self._lock:
            # Results that are larger than the cache would empty it.
            if size > self._most_bytes or key in self._results:
                return
            self._results[key] = results, size
            self._bytes += size
            while self._bytes > self._most_bytes:
                _, (_, dropped) = self._results.popitem(last=False)
                self._bytes -= dropped


def size_of(results: Results) -> int:
    """Return the estimated memory of results, in bytes."""
    documents = [each for hit in results.hits for each in (hit.document, *hit.copies)]
    values = sum(len(facet.values) for facet in results.facets)
    return _DOCUMENT_BYTES + sum(map(_document_size, documents)) + values * _VALUE_BYTES


def _document_size(document: Document) -> int:
    blocks = document.blocks
    return (
        _DOCUMENT_BYTES
        + getsizeof(document.title)
        + getsizeof(document.body)
        + len(blocks) * _BLOCK_BYTES
        + sum(len(block.cells) for block in blocks) * _CELL_BYTES
        + sum(getsizeof(value) for _, value in document.extra)
    )


def _hashable(value: Any) -> Any:
    """Return a value of a request as one that can be looked up; equal ones stay equal."""
    if isinstance(value, Mapping):
        return tuple(sorted((name, tuple(values)) for name, values in value.items()))
    return value
