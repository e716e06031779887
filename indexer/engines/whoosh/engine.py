"""WhooshEngine: the SearchEngine protocol over one generation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence, Set
from heapq import merge
from pathlib import Path

import numpy as np

from indexer.engines.base import Copies, DocumentTokens, Filters, Matches
from indexer.engines.damage import wrap_damage
from indexer.engines.proximity import placements
from indexer.engines.whoosh.postings.array_file import ArrayFile
from indexer.engines.whoosh.reader.copy_lists import read_copy_lists
from indexer.engines.whoosh.reader.execute import feature_scores
from indexer.engines.whoosh.reader.segment import Segment
from indexer.engines.whoosh.terms.term_dictionary import WhooshLexicon
from indexer.engines.whoosh.whoosh_adapter.collector import (
    PlanCollector,
    PlanQuery,
    PlanSearcher,
    copies_in_group,
)
from indexer.engines.whoosh.whoosh_adapter.segment_list import close_segments, open_segments
from indexer.errors import DocumentNotFound
from indexer.facets import facet_schema
from indexer.models import Document, Sort, Status
from indexer.profile.archive_profile import NO_PROFILE, ArchiveProfile
from indexer.query.plan import FeatureScore, PlacementScore, Plan


class WhooshEngine:
    """An open generation: the SearchEngine protocol. Many threads may use it at once.

    Made by `generations.index_directory.open_engine`. The constructor and the methods raise
    IndexDamaged if a file is damaged, UnusableIndex if it cannot be read for another reason. A
    constructor that raises leaves no file open.

    Parameters
    ----------
    folder : folder of the generation.
    status : its name, number of documents and build time.
    profile : what `archive.toml` stated when it was built.
    open_arrays : opens the files of the segments.
    """

    def __init__(
        self,
        folder: Path,
        status: Status,
        profile: ArchiveProfile = NO_PROFILE,
        open_arrays: Callable[[Path], ArrayFile] = ArrayFile,
    ) -> None:
        self.status, self.profile = status, profile
        self._segments = open_segments(folder, open_arrays)
        try:
            self._lexicon = WhooshLexicon(folder, self._segments, profile)
            with wrap_damage("the facets"):
                uncounted = facet_schema(profile.fields).unlisted
                self._searcher = PlanSearcher(self._segments, uncounted)
            with wrap_damage("the copies"):
                sizes = [segment.documents for segment in self._segments]
                for segment, listed in zip(
                    self._segments, read_copy_lists(folder, sizes), strict=True
                ):
                    segment.copies = listed
        except BaseException:
            close_segments(self._segments)
            raise

    @property
    def generation(self) -> str:
        """The name of the generation."""
        return self.status.generation

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The open segments of this generation."""
        return self._segments

    @property
    def lexicon(self) -> WhooshLexicon:
        """The terms, phrases and facet values of this generation, with document frequencies."""
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
        pinned: Sequence[str] = (),
        grouped: bool = False,
        only: Collection[str] | None = None,
    ) -> Matches:
        """Execute a plan and return the requested slice of hits, as `SearchEngine.find` describes.

        Raises IndexDamaged if postings or facet values cannot be read, SearchTimeout once the time
        limit of the thread has passed.
        """
        collector = PlanCollector(
            filters, sort, offset, limit, with_facets, pinned, grouped=grouped, only=only
        )
        self._searcher.search_with_collector(PlanQuery(plan), collector)
        return collector.result

    def explain(self, plan: Plan, document_id: str) -> tuple[FeatureScore | PlacementScore, ...]:
        """Return the features of a plan that a document has, in the order of `plan.features`, with
        their points, and last what the places of the terms add (`indexer.engines.proximity`).

        The points sum to the score that the document has among the first hits. Raises
        DocumentNotFound if no document has this id.
        """
        segment, number = self._locate(document_id)
        features = tuple(feature_scores(plan.features, segment, number))
        (placement,) = placements(plan.near, segment, [number])
        score = sum(feature.points for feature in features)
        return (*features, *placement.scores(plan.near, score))

    def document(self, document_id: str) -> Document:
        """Return the document with this id. Raises DocumentNotFound if there is none."""
        segment, number = self._locate(document_id)
        return segment.document(number)

    def copies(self, document_id: str) -> Copies:
        """Return the other documents in the document's group of copies; empty if it has none.

        Raises DocumentNotFound if no document has this id.
        """
        segment, number = self._locate(document_id)
        (group,) = segment.copies.groups_of(np.array([number]))
        if group < 0:
            return Copies()
        return copies_in_group([(each, each.copies) for each in self._segments], group, document_id)

    def _locate(self, document_id: str) -> tuple[Segment, int]:
        """Return the segment of the document with this id, and its document number there.

        Raises DocumentNotFound if there is none.
        """
        for segment in self._segments:
            number = segment.document_number(document_id)
            if number >= 0:
                return segment, number
        raise _not_found(document_id)

    def matched_tokens(self, document_ids: Sequence[str], terms: Set[str]) -> list[DocumentTokens]:
        """Return the documents with these ids, each with its syllables whose term is in `terms`.

        In the order of `document_ids`. Raises DocumentNotFound if there is none with one of the
        ids.
        """
        found: dict[str, DocumentTokens] = {}
        for segment in self._segments:
            here = {
                name: number
                for name in document_ids
                if name not in found and (number := segment.document_number(name)) >= 0
            }
            if here:
                found |= zip(here, segment.matched_tokens([*here.values()], terms), strict=True)
        for name in document_ids:
            if name not in found:
                raise _not_found(name)
        return [found[name] for name in document_ids]

    def has(self, document_id: str) -> bool:
        """Return True if a document has this id."""
        return any(segment.document_number(document_id) >= 0 for segment in self._segments)

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all live documents, ascending by code point."""
        return tuple(merge(*(segment.live_ids() for segment in self._segments)))

    def close(self) -> None:
        """Release files and memory at once. No thread may use the engine afterwards."""
        self._searcher.close()
        close_segments(self._segments)
        del self._searcher, self._segments, self._lexicon


def _not_found(document_id: str) -> DocumentNotFound:
    return DocumentNotFound(
        f"No document has the id {document_id!r}.", "Search for it to find its id."
    )
