"""Results and documents as JSON, a contract with other programs (README, "JSON")."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import quote, urlencode

from indexer.models import CopiedDocuments, Document, Hit, Results


def document_url(document_id: str) -> str:
    """Return the path of the page of a document: `/doc/` and the id, percent-encoded in UTF-8.

    Raises UnicodeEncodeError for an id with a lone surrogate.
    """
    return f"/doc/{quote(document_id, safe='')}"


def search_url(text: str) -> str:
    """Return the path and query string of the page of a search for a query text.

    Raises UnicodeEncodeError for a text with a lone surrogate.
    """
    return f"/?{urlencode({'q': text})}"


def results_payload(
    results: Results,
    *,
    document_url: Callable[[str], str] = document_url,
    search_url: Callable[[str], str] = search_url,
) -> dict[str, Any]:
    """Return the JSON-ready body of `/api/search` and of `tracuu search --json`.

    The README describes it; keys may be added, but none changes its meaning.

    Parameters
    ----------
    document_url : returns the URL of a document, given its id.
    search_url : returns the URL of a search, given its query text.
    """
    suggestion = results.suggestion
    return {
        "query": {
            "text": results.request.text,
            "rung": results.rung,
            "suggestion": suggestion and {"text": suggestion, "url": search_url(suggestion)},
            "corrected": results.corrected
            and {"from": results.request.text, "to": results.corrected},
        },
        "total": results.total,
        "distinct": results.distinct,
        "incomplete": results.incomplete,
        "took_ms": round(results.took_ms, 3),
        "page": results.request.page,
        "size": results.request.size,
        "sort": results.request.sort,
        "hits": [_hit(hit, document_url) for hit in results.hits],
        "facets": [
            {
                "name": facet.name,
                "label": facet.label,
                "values": [
                    {
                        "value": value.value,
                        "label": value.label,
                        "count": value.count,
                        "selected": value.selected,
                    }
                    for value in facet.values
                ],
            }
            for facet in results.facets
        ],
    }


def document_payload(
    document: Document,
    copies: CopiedDocuments | None = None,
    document_url: Callable[[str], str] = document_url,
) -> dict[str, Any]:
    """Return the JSON-ready body of `/api/documents/<id>`.

    It has the keys "id", "title", "text" (the body), "blocks" if the document has any, with offsets
    in code points of the body, "copies" if they are given, and "fields" with the metadata that is
    known. `document_url` returns the URL of a copy, given its id.
    """
    payload: dict[str, Any] = {"id": document.id, "title": document.title, "text": document.body}
    if document.blocks:
        payload["blocks"] = [asdict(block) for block in document.blocks]
    if copies is not None:
        payload["copies"] = {
            "exact": [_reference(other, document_url) for other in copies.exact],
            "near": [_reference(other, document_url) for other in copies.near],
            "exact_count": copies.exact_count,
            "near_count": copies.near_count,
        }
    return payload | {"fields": _fields(document)}


def _hit(hit: Hit, document_url: Callable[[str], str]) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "id": hit.document.id,
        "title": hit.document.title,
        "title_ranges": [list(r) for r in hit.title_ranges],
        "url": document_url(hit.document.id),
        "score": round(hit.score, 6),
        "rung": hit.rung,
        "fields": _fields(hit.document),
        "snippet": {
            "text": hit.snippet.text,
            "ranges": [list(r) for r in hit.snippet.ranges],
            "start": hit.snippet.start,
            "more_before": hit.snippet.more_before,
            "more_after": hit.snippet.more_after,
        },
        "copies": [_reference(copy, document_url) for copy in hit.copies],
        "copy_count": hit.copy_count,
        "near_count": hit.near_count,
    }
    if hit.pinned:
        payload["pinned"] = True
    if hit.explanation:
        payload["explanation"] = asdict(hit.explanation)
    return payload


def _reference(document: Document, document_url: Callable[[str], str]) -> dict[str, Any]:
    """Return the entry of a document in a list of copies: id, title, URL and metadata."""
    return {
        "id": document.id,
        "title": document.title,
        "url": document_url(document.id),
        "fields": _fields(document),
    }


def _fields(document: Document) -> dict[str, Any]:
    """Return the known metadata of a document, JSON-ready, without id, title, body and blocks.

    "date" and "date_kind" are added if the document has a date (`Document.date`).
    """
    record = document.to_record()
    for name in ("id", "title", "body", "blocks"):
        record.pop(name, None)
    if document.own:
        record["own"] = {own.key: list(own.values) for own in document.own}
    if document.date:
        record["date"] = document.date.isoformat()
        record["date_kind"] = document.date_kind
    return record
