"""The SearchEngine protocol over one generation."""

from __future__ import annotations

from pathlib import Path

from indexer.engines.base import Filters, Matches
from indexer.engines.whoosh.lexicon import WhooshLexicon
from indexer.engines.whoosh.search import PlanCollector, PlanQuery, SegmentSearcher
from indexer.engines.whoosh.segment import Segment, damage
from indexer.errors import DocumentNotFound
from indexer.models import Document, Sort, Status
from indexer.query.plan import Plan


class WhooshEngine:
    """An open generation. Made by `store.open_engine`. Safe to use from many threads."""

    def __init__(self, folder: Path, status: Status) -> None:
        self.status = status
        self._segment = Segment(folder)
        try:
            self._lexicon = WhooshLexicon(folder, self._segment)
            with damage("the facets"):
                self._searcher = SegmentSearcher(self._segment)
        except BaseException:
            self._segment.close()
            raise

    @property
    def generation(self) -> str:
        """The name of the generation."""
        return self.status.generation

    @property
    def lexicon(self) -> WhooshLexicon:
        """The vocabulary of this generation."""
        return self._lexicon

    def find(
        self,
        plan: Plan,
        *,
        filters: Filters,
        sort: Sort = Sort.RELEVANCE,
        offset: int = 0,
        limit: int = 10,
        with_facets: bool = True,
    ) -> Matches:
        """Evaluate a plan. Raises IndexDamaged where postings cannot be read."""
        collector = PlanCollector(filters, sort, offset, limit, with_facets)
        self._searcher.search_with_collector(PlanQuery(plan), collector)
        return collector.found

    def document(self, document_id: str) -> Document:
        """The stored document. Raises DocumentNotFound."""
        number = self._segment.files.number_of(document_id)
        if number < 0:
            raise DocumentNotFound(
                f"No document has the id {document_id!r}.", "Search for it to find its id."
            )
        record = self._segment.record(number)
        with damage(f"the record of {document_id!r}"):
            return Document.from_record(record)

    def ids(self) -> tuple[str, ...]:
        """The ids of all documents, in ascending order."""
        with damage("the ids"):
            return tuple(self._segment.files.ordered_ids())

    def close(self) -> None:
        """Let go of files and memory at once: nothing below points in a circle."""
        self._searcher.close()
        self._segment.close()
        del self._searcher, self._segment, self._lexicon
