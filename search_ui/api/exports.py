"""Export the hits of a search as CSV, JSON or JSON Lines, streamed page by page.

If the index is rebuilt during an export, the remaining pages come from the new index.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from indexer import (
    MAX_PAGE,
    Archive,
    Hit,
    OwnField,
    RequestError,
    Results,
    SearchRequest,
    document_payload,
    own_facet,
    results_payload,
)
from search_ui.http.links import Links
from search_ui.parts import formatting

MOST = 1_000
"""Greatest number of documents in one export; the `total` in it counts all hits."""

_AT_ONCE = 100
"""Number of hits that are searched at a time."""

EVERYTHING = MAX_PAGE * _AT_ONCE
"""Greatest number of documents in an export for the administrator; the last page of a search that
can be asked for ends there."""

_COLUMNS = (
    "id", "title", "date", "date_kind", "place", "report_type", "section", "publisher", "source",
    "author", "url", "score", "rung", "snippet",
)  # fmt: skip

Parts = Iterator[bytes]
"""The parts of the body of a response, in order."""


def all_pages(archive: Archive, request: SearchRequest) -> Iterator[Results]:
    """Return an iterator over the pages of results of a search with all of its hits.

    Raises RequestError if there are more than EVERYTHING; the rest is as in `pages`.
    """
    total = archive.search(replace(request, page=1, size=1)).total
    if total > EVERYTHING:
        raise RequestError(
            f"{total:,} documents are more than one export can have ({EVERYTHING:,}).",
            "Export them in parts, by ?from= and ?to=.",
        )
    return pages(archive, request, EVERYTHING)


def pages(archive: Archive, request: SearchRequest, most: int = MOST) -> Iterator[Results]:
    """Return an iterator over the pages of results of a search, at most `most` hits in all.

    `most` is a multiple of 100, the number of hits on each of these pages. Copies are not grouped,
    because an export lists what the archive has. The first page is searched before this function
    returns, so that RequestError, UnusableIndex and SearchTimeout are raised by it as a rule, and
    not while the answer is sent.
    """
    request = replace(request, page=1, size=_AT_ONCE, grouped=False)
    first = archive.search(request)
    last = -(-min(first.total, most) // _AT_ONCE)
    rest = (archive.search(replace(request, page=page)) for page in range(2, last + 1))
    return chain((first,), rest)


def csv_lines(found: Iterator[Results], own: Sequence[OwnField] = ()) -> Parts:
    """Yield the parts of a CSV table with a header: RFC 4180 in UTF-8, with the byte order mark
    that Excel needs.

    `own` are the fields that the archive defines; they are the last columns.
    """
    keys = [field.key for field in own]
    head = "\ufeff" + _line((*_COLUMNS, *map(own_facet, keys)))
    yield head.encode()
    for results in found:
        yield "".join(_line(_row(hit, keys)) for hit in results.hits).encode("utf-8", "replace")


def json_parts(found: Iterator[Results], links: Links) -> Parts:
    """Yield the parts of the JSON object {"query", "total", "hits"}; hits are as in
    `/api/search`."""
    first = next(found)
    url = links.same_search(replace(first.request, grouped=True))
    answer = results_payload(first, document_url=links.document, search_url=url)
    head = _text({"query": answer["query"], "total": answer["total"]})
    yield head[:-1] + b', "hits": ['
    separator = b""
    for results in chain((first,), found):
        answer = results_payload(results, document_url=links.document, search_url=url)
        for hit in answer["hits"]:
            yield separator + _text(hit)
            separator = b",\n"
    yield b"]}\n"


def json_lines(found: Iterator[Results]) -> Parts:
    """Yield a line of JSON per document, with its text, as `/api/documents/<id>` without copies."""
    for results in found:
        yield b"".join(_text(document_payload(hit.document)) + b"\n" for hit in results.hits)


def _text(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _row(hit: Hit, keys: Sequence[str]) -> tuple[object, ...]:
    document = hit.document
    own = {field.key: "; ".join(map(str, field.values)) for field in document.own}
    return (
        document.id, document.title, document.date, document.date_kind,
        formatting.places(document.places), document.report_type, document.section,
        document.publisher, document.source, document.author, document.url,
        round(hit.score, 6), hit.rung, hit.snippet.text, *(own.get(key) for key in keys),
    )  # fmt: skip


def _line(cells: tuple[object, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([_harmless(cell) for cell in cells])
    return line.getvalue()


_FORMULA = re.compile(r"[\t\r\n]|[\s\u200b\u200e\u200f\u2060\ufeff]*[=+\-@＝＋－＠﹦﹢﹣﹫]")
"""Matches the beginning of a cell that spreadsheets may read as a formula (OWASP, "CSV Injection").

Programs skip blanks before it; those for East Asian languages accept full-width and small signs."""


def _harmless(cell: object) -> object:
    """Return the cell, with an apostrophe before it if a spreadsheet might read it as a formula."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell
