"""The SearchEngine protocol: the interface between an index and the rest of the program.

An engine stores terms and finds documents by them. It executes the plans of `indexer.query.plan`
and knows nothing of accents, snippets or pages, which are implemented once, above all engines
(`indexer.search`, `indexer.results`). Every engine computes the same scores, by the formula of
`indexer.engines.bm25`; `tests/engines/test_conformance.py` holds them to it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from indexer.errors import DocumentError
from indexer.models import Document, Sort, Status, TokenSpan
from indexer.profile.archive_profile import ArchiveProfile, Profiles
from indexer.query.plan import FeatureScore, Plan
from indexer.query.vocabulary.lexicon import Lexicon

Filters = Mapping[str, Sequence[str]]
"""Facet name -> chosen values. A document passes if, for every facet, it has one of the values."""


@dataclass(frozen=True, slots=True)
class Copies:
    """The ids of other documents of the same text, and of those of nearly the same; ascending.

    `indexer.engines.copies` says which they are.
    """

    exact: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matches:
    """The documents that a plan and the filters select.

    `matched` counts the documents before the filters, `total` after them, with pinned
    documents. `hits` are (document id,
    score) of the requested slice, best first; documents with equal score (or date) are ordered by
    score, then by id. `facets` gives, per facet that is
    listed or filtered by, and per value, the number of documents that match the
    plan and the filters of all *other* facets.

    If the documents are grouped, only the first of each group of copies can be a hit; `distinct` is
    the number of groups, a document without copies being one of its own, and `copies` gives the
    others of its group for each hit that has any. `total` and `facets` count documents always. If
    they are not grouped, `distinct` equals `total`.
    """

    matched: int
    total: int
    hits: tuple[tuple[str, float], ...]
    facets: Mapping[str, Mapping[str, int]]
    distinct: int
    copies: Mapping[str, Copies] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DocumentTokens:
    """A document with those syllables of its title and body that have a requested term.

    `title` and `body` are subsequences of what `indexer.analysis.tokens` returns for the two texts.
    """

    document: Document
    title: Sequence[TokenSpan]
    body: Sequence[TokenSpan]


class SearchEngine(Protocol):
    """One index, open for reading. Safe to use from many threads. Its content never changes."""

    @property
    def status(self) -> Status:
        """The name, number of documents and build time of the open generation."""
        ...

    @property
    def profile(self) -> ArchiveProfile:
        """What the keeper of the archive states about it."""
        ...

    @property
    def lexicon(self) -> Lexicon:
        """The vocabulary of this index."""
        ...

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
        """Execute a plan and return the requested slice of hits. Raises IndexDamaged.

        The documents `pinned` come first, in this order, if they pass the filters, whether they
        match the plan or not; unknown ids are ignored.

        Without `with_facets`, `Matches.facets` is empty. An unknown facet or value in `filters`
        matches no document. With `grouped`, documents that are copies of each other are one hit.
        `only` are the ids of the documents that pass, as a further filter; unknown ids are ignored.
        """
        ...

    def explain(self, plan: Plan, document_id: str) -> Sequence[FeatureScore]:
        """Return the features of the plan that a document has, in plan order.

        Their points sum to its score. Raises DocumentNotFound if the index has no document with
        this id.
        """
        ...

    def document(self, document_id: str) -> Document:
        """Return the document with this id. Raises DocumentNotFound."""
        ...

    def copies(self, document_id: str) -> Copies:
        """Return the copies of a document. Raises DocumentNotFound."""
        ...

    def matched_tokens(
        self, document_ids: Sequence[str], terms: Set[str]
    ) -> Sequence[DocumentTokens]:
        """Return the documents with these ids, each with its syllables whose term is in `terms`.

        In the order of `document_ids`. Raises DocumentNotFound.
        """
        ...

    def ids(self) -> Iterable[str]:
        """Return the ids of all documents, ascending."""
        ...

    def close(self) -> None:
        """Release files and memory. The engine must not be used afterwards."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """Stands in `update` for a document that has not changed; `id` is the id of the document."""

    id: str


@dataclass(frozen=True, slots=True)
class Changes:
    """The outcome of an update.

    Attributes
    ----------
    status : the current generation.
    added, replaced, deleted, unchanged : numbers of documents.
    absent : number of documents that are still in the index but were not among those given.
    """

    status: Status
    added: int
    replaced: int
    deleted: int
    unchanged: int
    absent: int


class Backend(Protocol):
    """What an engine's package offers: building, updating, checking and opening an index.

    A module with these functions is a Backend. All of them raise IndexMissing, IndexDamaged,
    IndexBusy or UnusableIndex; building and updating leave the former index as it was if they stop.
    """

    def build(
        self,
        index_dir: Path,
        documents: Iterable[Document],
        *,
        profiles: Callable[[], Profiles] = dict,
        progress: Callable[[int], None] | None = None,
        rejected: Callable[[DocumentError], None] | None = None,
    ) -> Status:
        """Build an index of these documents and switch to it.

        `profiles` is called after the last document. `progress` is called with the number of
        documents done, `rejected` for each document that the engine cannot index, which is left
        out. Also raises DocumentError for an id that occurs twice, and any error of `documents`.
        """
        ...

    def build_part(
        self,
        index_dir: Path,
        documents: Iterable[Document],
        part: tuple[int, int],
        *,
        profiles: Callable[[], Profiles] = dict,
        progress: Callable[[int], None] | None = None,
        rejected: Callable[[DocumentError], None] | None = None,
    ) -> tuple[Status, tuple[int, ...]]:
        """Build part (number, of how many) of an index, of all `documents` those that belong to it.

        Returns a status, and the parts that are still to come; the one after which none is to come
        switches to the index. Raises UnsupportedByEngine if the index is in a folder.
        """
        ...

    def update(
        self,
        index_dir: Path,
        documents: Iterable[Document | Kept],
        *,
        delete: Collection[str] = (),
        prune: bool = False,
        profiles: Callable[[], Profiles] = dict,
        progress: Callable[[int], None] | None = None,
        rejected: Callable[[DocumentError], None] | None = None,
    ) -> Changes:
        """Add or replace documents, delete others, and switch to the result.

        `profiles` is called after the last document; the profiles of other sources stay. Deletes
        the ids in `delete` and, with `prune`, every document that is not in `documents`.
        `documents` is iterated while the index is locked, so that a Kept document is one of the
        generation that `open_engine` opens meanwhile. A changed document that the engine cannot
        index stays as it was; `rejected` is called for it. Also raises DocumentNotFound for an
        unknown id in `delete`, DocumentError for an id that occurs twice, and any error of
        `documents`.
        """
        ...

    def check(self, index_dir: Path) -> list[str]:
        """Return every problem of the current index, one line each; [] if there are none."""
        ...

    def current(self, index_dir: Path) -> str:
        """Return the name of the current generation."""
        ...

    def current_stamp(self, index_dir: Path) -> object:
        """Return a value that changes when another generation becomes current; None without one."""
        ...

    def open_engine(self, index_dir: Path) -> SearchEngine:
        """Open the current generation."""
        ...

    def open_former_engine(self, index_dir: Path) -> SearchEngine:
        """Open the generation that was served before the current one."""
        ...

    def rollback(self, index_dir: Path) -> Status:
        """Verify the former generation and make it current again; return its status."""
        ...

    def copy_index(self, source: Path, target: Path) -> Status:
        """Copy the current generation to another index folder, verify the copy, and make it current
        there; return its status. Raises UnsupportedByEngine if the index is in no folder."""
        ...

    def health(self, index_dir: Path) -> dict[str, object]:
        """Return the state of the machines that have the index, for monitoring; {} for a folder.

        `"status"` is "ok", or "degraded" if all can be searched but copies are missing. Raises
        EngineUnavailable if a part cannot be searched.
        """
        ...
