"""Reads documents from the index of a generation, by id or all of them."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any

from indexer.engines.opensearch.client import Cluster, NotFound
from indexer.engines.opensearch.mapping import key_of
from indexer.errors import DocumentNotFound, IndexDamaged
from indexer.models import Document

_AT_ONCE = 200
"""Documents of one request, so that an answer has a few MB."""


def document_of(source: dict[str, Any]) -> Document:
    """Return the document of a record. Raises IndexDamaged."""
    try:
        return Document.from_record(json.loads(source["record"]))
    except (KeyError, TypeError, ValueError) as error:
        raise IndexDamaged(
            f"A document in the cluster cannot be read ({error!r}).", "Run `tracuu rebuild`."
        ) from error


def read_documents(cluster: Cluster, generation: str, ids: Sequence[str]) -> Iterator[Document]:
    """Yield the documents with these ids, in this order, as they were last written.

    Raises DocumentNotFound for an id that none has, IndexDamaged if the generation is gone or a
    record cannot be read, EngineUnavailable if a part of it does not answer.
    """
    for begin in range(0, len(ids), _AT_ONCE):
        part = ids[begin : begin + _AT_ONCE]
        try:
            found = cluster.documents(generation, [*map(key_of, part)])
        except NotFound:
            raise IndexDamaged(
                f"{generation} is not in the cluster any more.",
                "Try again; `tracuu rebuild` if it stays so.",
            ) from None
        for name, entry in zip(part, found, strict=True):
            if not entry["found"]:
                raise not_found(name)
            yield document_of(entry["_source"])


def read_all(cluster: Cluster, generation: str) -> Iterator[Document]:
    """Yield all documents that can be searched, ascending by id."""
    after: list[Any] | None = None
    while True:
        body: dict[str, Any] = {"size": _AT_ONCE, "sort": [{"id": "asc"}], "_source": ["record"]}
        if after is not None:
            body["search_after"] = after
        found = cluster.ask(
            "POST", f"/{generation}/_search", body, allow_partial_search_results="false"
        )
        hits = found["hits"]["hits"]
        for hit in hits:
            yield document_of(hit["_source"])
        if len(hits) < _AT_ONCE:
            return
        after = hits[-1]["sort"]


_KEPT = 256
"""Documents that are kept, a few megabytes."""


class RecentDocuments:
    """Documents that were read lately, by id. A generation does not change, so none is outdated.

    Safe to use from many threads.
    """

    def __init__(self) -> None:
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self._lock = Lock()

    def put(self, source: dict[str, Any]) -> None:
        """Keep the document of a record. Raises IndexDamaged."""
        document = document_of(source)
        with self._lock:
            self._documents[document.id] = document
            self._documents.move_to_end(document.id)
            while len(self._documents) > _KEPT:
                self._documents.popitem(last=False)

    def get(self, document_id: str) -> Document | None:
        """Return a document, None if it is not among them."""
        with self._lock:
            return self._documents.get(document_id)


def not_found(document_id: str) -> DocumentNotFound:
    """Return the error for an id that no document has."""
    return DocumentNotFound(
        f"No document has the id {document_id!r}.", "Search for it to find its id."
    )
