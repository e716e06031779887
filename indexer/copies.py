"""The copies of a document: the same text, or nearly the same, in other documents.

`engines.copies` says which they are.
"""

from __future__ import annotations

from indexer.engines.base import Copies, SearchEngine
from indexer.errors import DocumentNotFound
from indexer.models import CopiedDocuments


def copies_of(engine: SearchEngine, document_id: str) -> Copies:
    """Return the ids of the copies; none if the index has no such document."""
    try:
        return engine.copies(document_id)
    except DocumentNotFound:  # it was deleted since the page that links to it was shown
        return Copies()


def group_of(engine: SearchEngine, document_id: str) -> frozenset[str]:
    """Return the id of a document with those of its copies."""
    found = copies_of(engine, document_id)
    return frozenset((document_id, *found.exact, *found.near))


def copied_documents(engine: SearchEngine, document_id: str, limit: int) -> CopiedDocuments:
    """Return the copies of a document, at most `limit` of either kind."""
    found = copies_of(engine, document_id)
    return CopiedDocuments(
        tuple(map(engine.document, found.exact[:limit])),
        tuple(map(engine.document, found.near[:limit])),
        len(found.exact),
        len(found.near),
    )
