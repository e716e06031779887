"""Look up the copies of a document: other documents with the same text, or nearly the same.

`engines.copies` decides which documents are copies of each other.
"""

from __future__ import annotations

from indexer.engines.base import Copies, SearchEngine
from indexer.errors import DocumentNotFound
from indexer.models import CopiedDocuments


def copies_of(engine: SearchEngine, document_id: str) -> Copies:
    """Return the ids of the copies of a document, as `SearchEngine.copies` does.

    Empty also if the index has no document with this id.
    """
    try:
        return engine.copies(document_id)
    except DocumentNotFound:  # it was deleted since the page that links to it was shown
        return Copies()


def group_of(engine: SearchEngine, document_id: str) -> frozenset[str]:
    """Return the id of a document and those of all its copies, exact and near."""
    found = copies_of(engine, document_id)
    return frozenset((document_id, *found.exact, *found.near))


def copied_documents(engine: SearchEngine, document_id: str, limit: int) -> CopiedDocuments:
    """Return the copies of a document, at most `limit` exact and `limit` near ones, ascending by
    id, and how many there are of each.

    Empty if the index has no document with this id. Raises IndexDamaged if a copy cannot be read.
    """
    found = copies_of(engine, document_id)
    return CopiedDocuments(
        tuple(map(engine.document, found.exact[:limit])),
        tuple(map(engine.document, found.near[:limit])),
        len(found.exact),
        len(found.near),
    )
