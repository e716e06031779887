"""Reads documents from the index of a generation, by id or all of them."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence, Set
from threading import Lock
from typing import Any, NamedTuple

from indexer.analysis import Token, tokens
from indexer.engines.base import DocumentTokens
from indexer.engines.opensearch.client import Cluster, NotFound
from indexer.engines.opensearch.storage.mapping import SENTENCE_END, key_of, token
from indexer.engines.opensearch.storage.token_spans import decode_spans
from indexer.errors import DocumentNotFound, IndexDamaged
from indexer.models import Document

_AT_ONCE = 200
"""Documents of one request, so that an answer has a few MB."""


def document_of(source: Mapping[str, Any]) -> Document:
    """Return the document of a `_source`, `{"record": JSON}`. Raises IndexDamaged."""
    try:
        return Document.from_record(json.loads(source["record"]))
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> IndexDamaged:
    return IndexDamaged(
        f"A document in the cluster cannot be read ({error!r}).", "Run `tracuu rebuild`."
    )


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
    """Yield all documents that can be searched, ascending by id, _AT_ONCE for each request.

    Raises IndexDamaged if a record cannot be read, NotFound if the generation is gone,
    EngineUnavailable if a part of it does not answer.
    """
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


class RecentDocument(NamedTuple):
    """What came with a hit: its `_source`, and its syllables in order, as in `exact_scores.Row`."""

    source: Mapping[str, Any]
    title: Sequence[str]
    body: Sequence[str]

    @property
    def document(self) -> Document:
        """The document. Raises IndexDamaged if it cannot be read."""
        return document_of(self.source)

    def matched_tokens(self, terms: Set[str]) -> DocumentTokens:
        """Return the document with its syllables whose term is in `terms`. Raises IndexDamaged."""
        document = self.document
        spans = self.source.get("spans")
        if spans is None:
            return tokens_of(document, terms)
        names = {token(term): term for term in terms}
        try:
            title, body = spans
            return DocumentTokens(
                document, _tokens(self.title, title, names), _tokens(self.body, body, names)
            )
        except (TypeError, ValueError, IndexError) as error:
            raise _unreadable(error) from error


def tokens_of(document: Document, terms: Set[str]) -> DocumentTokens:
    """Return a document with its syllables whose term is in `terms`; analyses its texts."""
    title, body = (
        [found for found in tokens(text) if found.term in terms] if terms else []
        for text in (document.title, document.body)
    )
    return DocumentTokens(document, title, body)


def _tokens(text: Sequence[str], spans: str, names: Mapping[str, str]) -> list[Token]:
    """Return the syllables of a text whose token is in `names`, in text order, with their ranges
    and positions.

    Parameters
    ----------
    text : the tokens of the text by position, SENTENCE_END in free ones (`exact_scores.Row`).
    spans : the ranges of its syllables, as `encode_spans` writes them.
    names : token as it is stored → term.
    """
    places = [position for position, name in enumerate(text) if name in names]
    if not places:
        return []
    starts, ends = decode_spans(spans)
    found = []
    before = pauses = 0
    for at in places:
        pauses += text[before:at].count(SENTENCE_END)
        before, number = at, at - pauses
        found.append(Token(names[text[at]], starts[number], ends[number], at))
    return found


_KEPT = 256
"""Greatest number of documents that RecentDocuments keeps: a few megabytes."""


class RecentDocuments:
    """The hits that the cluster returned last, by id, because a page reads them again to show them.
    A generation does not change, so none is outdated.

    Safe to use from many threads.
    """

    def __init__(self) -> None:
        self._documents: OrderedDict[str, RecentDocument] = OrderedDict()
        self._lock = Lock()

    def put(self, document_id: str, found: RecentDocument) -> None:
        """Keep a hit, instead of the one that was put first if there are _KEPT."""
        with self._lock:
            self._documents[document_id] = found
            self._documents.move_to_end(document_id)
            while len(self._documents) > _KEPT:
                self._documents.popitem(last=False)

    def get(self, document_id: str) -> RecentDocument | None:
        """Return what came with the hit with this id; None if it is not kept."""
        with self._lock:
            return self._documents.get(document_id)


def not_found(document_id: str) -> DocumentNotFound:
    """Return the error for an id that no document has."""
    return DocumentNotFound(
        f"No document has the id {document_id!r}.", "Search for it to find its id."
    )
