"""Documents become terms, terms become one Whoosh segment.

`document_terms` is pure, so that it can run in other processes; `SegmentBuilder` takes what it
made, in order.
"""

from __future__ import annotations

import contextlib
import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh.index import FileIndex
from whoosh.writing import PostingPool, SegmentWriter

from indexer.analysis import Token, analyze, pairs
from indexer.engines.base import TITLE_GAP, TITLE_WEIGHT
from indexer.engines.whoosh.codec import Codec
from indexer.engines.whoosh.schema import (
    SCHEMA,
    Positions,
    Posting,
    encode_term,
    facet_field,
)
from indexer.engines.whoosh.storage import MappedStorage, PlainUnpickler
from indexer.models import Document
from indexer.results.facets import FACETS

INDEX_NAME = "archive"
_MEMORY_MB = 192
"""What Whoosh may gather before it spills a sorted run; Python holds about twice that."""
_SPILL_CHUNK = 1024


@dataclass(frozen=True, slots=True)
class DocumentTerms:
    """All that the index keeps of one document, field by field."""

    id: str
    postings: dict[str, list[Posting]]
    record: dict[str, Any]
    length: int
    body_start: int
    day: int


def document_terms(document: Document) -> DocumentTerms:
    """Analyse a document. Pure, and what it gives can be pickled.

    Positions of the title count from 0, those of the body from the last one of the title (or -1)
    + TITLE_GAP + 1.
    """
    title, body = analyze(document.title), analyze(document.body)
    last = title.syllables[-1].position if title.syllables else -1
    body_start = last + TITLE_GAP + 1
    positions: dict[str, list[int]] = {}
    for token in title.syllables:
        positions.setdefault(token.term, []).append(token.position)
    for token in body.syllables:
        positions.setdefault(token.term, []).append(body_start + token.position)
    weights = _weights(title.syllables, body.syllables, _terms)
    encode = Positions().encode
    postings = {
        "id": [(encode_term(document.id), 1, b"")],
        "text": [(encode_term(t), weights[t], encode(at)) for t, at in positions.items()],
        "pairs": _plain(_weights(title.syllables, body.syllables, pairs)),
        "words": _plain(_weights(title.words, body.words, _terms)),
    }
    for facet in FACETS:
        values = dict.fromkeys(facet.values(document), 1)
        if values:
            postings[facet_field(facet.name)] = _plain(values)
    return DocumentTerms(
        id=document.id,
        postings=postings,
        record=document.to_record(),
        length=TITLE_WEIGHT * len(title.syllables) + len(body.syllables),
        body_start=body_start,
        day=document.date.toordinal() if document.date else 0,
    )


def _terms(tokens: Iterable[Token]) -> Iterator[str]:
    return (token.term for token in tokens)


def _weights(
    title: tuple[Token, ...],
    body: tuple[Token, ...],
    terms: Callable[[tuple[Token, ...]], Iterable[str]],
) -> Counter[str]:
    """Term -> TITLE_WEIGHT x occurrences in the title + occurrences in the body."""
    weights = Counter(terms(body))
    for term, count in Counter(terms(title)).items():
        weights[term] += TITLE_WEIGHT * count
    return weights


def _plain(weights: dict[str, int]) -> list[Posting]:
    return [(encode_term(term), weight, b"") for term, weight in weights.items()]


class _Pool(PostingPool):  # type: ignore[misc]
    """Whoosh's sorting pool, spilling in chunks that name no classes."""

    def _write_run(self, f: Any, items: Iterable[Any]) -> None:
        with f:
            chunk = []
            for item in items:
                chunk.append(item)
                if len(chunk) == _SPILL_CHUNK:
                    pickle.dump(chunk, f, pickle.HIGHEST_PROTOCOL)
                    chunk = []
            pickle.dump(chunk, f, pickle.HIGHEST_PROTOCOL)

    def _open_run(self, path: str) -> Any:
        return (Path(self.tempstore.folder) / path).open("rb")

    def _read_run(self, path: str) -> Iterator[Any]:
        with self._open_run(path) as file, contextlib.suppress(EOFError):
            while True:
                yield from PlainUnpickler(file).load()
        self._remove_run(path)


class SegmentBuilder:
    """Writes one segment into an empty folder. `cancel` or `commit` ends it."""

    def __init__(self, folder: Path) -> None:
        index = FileIndex.create(MappedStorage(str(folder)), SCHEMA, INDEX_NAME)
        # One builder per folder is the business of the store's lock, not of Whoosh's.
        self._writer = SegmentWriter(index, _lk=False, codec=Codec(), compound=False)
        self._writer.pool = _Pool(
            self._writer.temp_storage(), self._writer.newsegment, limitmb=_MEMORY_MB
        )
        # Even without documents there is one segment.
        self._writer._added = True

    def add(self, terms: DocumentTerms) -> None:
        """Add a document. After an error only `cancel` is possible."""
        self._writer.add_document(
            **terms.postings,
            record=terms.record,
            length=terms.length,
            body_start=terms.body_start,
            day=terms.day,
        )

    def commit(self) -> None:
        """Sort and write all postings. After an error only `cancel` is possible."""
        self._writer.commit(merge=False)

    def cancel(self) -> None:
        """Close and remove what was written, whatever state Whoosh's writer is in."""
        # Whoosh 2.7.4 may fail here after a failed add_document; the folder goes anyway, so all
        # that matters is that its files are closed.
        with contextlib.suppress(Exception):
            self._writer.cancel()
        for part in (self._writer.fieldwriter, self._writer.perdocwriter):
            with contextlib.suppress(Exception):
                part.close()
