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
from indexer.profile.access import AccessRule
from indexer.profile.archive_profile import ArchiveProfile, Profiles
from indexer.query.plan import FeatureScore, PlacementScore, Plan
from indexer.query.vocabulary.lexicon import Lexicon

Filters = Mapping[str, Sequence[str]]
"""Facet name -> chosen values. A document passes if, in every facet named, it has at least one of
the chosen values."""


@dataclass(frozen=True, slots=True)
class Copies:
    """The other documents in the group of copies of one document (`indexer.engines.copies`).

    `exact` are the ids of those with the same text, `near` those of the rest of the group, whose
    text is nearly the same. Both ascend by code point; both are empty for a document without
    copies.
    """

    exact: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matches:
    """The result of a search: counts over all documents found, and one slice of hits.

    Attributes
    ----------
    matched : number of documents that match the plan, before filters (also `only` of `find`) and
        without pinned ones that do not match.
    total : number of documents that match the plan or are pinned, and pass the filters.
    hits : (document id, score) of the requested slice, in the requested order, pinned documents
        first. Documents of equal date or title are ordered by descending score, those of equal
        score by id.
    facets : facet → value → number of documents that match the plan or are pinned and pass the
        filters of all *other* facets, 1 or more. It has the facets that are listed or filtered by.
    distinct : number of hits in all slices together. With `grouped` a group of copies is one hit,
        that of its first document in the requested order; otherwise it equals `total`.
    copies : id of a hit → the others of its group that are counted in `total`; hits that have none
        are left out, and it is empty unless `grouped`.
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

    `title` and `body` are subsequences of what `indexer.analysis.tokens` returns for the two
    texts: in text order, with ranges in code points of the title or body, and positions that count
    from 0 in each of the two.
    """

    document: Document
    title: Sequence[TokenSpan]
    body: Sequence[TokenSpan]


class SearchEngine(Protocol):
    """One generation of an index, open for reading. Its content never changes.

    Many threads may use it at once. Every method but `close` raises IndexDamaged if a file turns
    out to be damaged, UnusableIndex if it cannot be read for another reason.
    """

    @property
    def status(self) -> Status:
        """The name, number of documents and build time of the open generation."""
        ...

    @property
    def profile(self) -> ArchiveProfile:
        """The name, own fields, synonyms and pinned documents that `archive.toml` states."""
        ...

    @property
    def lexicon(self) -> Lexicon:
        """The terms, phrases and facet values of this index, with their document frequencies."""
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
        """Execute a plan; return the counts and the hits `[offset, offset + limit)`.

        Raises IndexDamaged if postings or facet values cannot be read, SearchTimeout once the time
        limit of the thread (`indexer.runtime.time_limit`) has passed.

        Parameters
        ----------
        filters : a document must pass in every facet, by one of its values (`Filters`); an unknown
            facet or value matches no document.
        sort : by descending score, newest first, oldest first, or by title
            (`indexer.analysis.collation.title_key`); documents without a date or title come last in
            every order by it.
        offset, limit : numbers of hits, 0 or more.
        with_facets : False to leave `Matches.facets` empty.
        pinned : ids of documents that come first, in this order, if they pass the filters, whether
            they match the plan or not; unknown ids are ignored.
        grouped : True to make documents that are copies of each other one hit.
        only : ids of the documents that pass, a further filter; unknown ids are ignored, and None
            lets all pass.
        """
        ...

    def explain(self, plan: Plan, document_id: str) -> Sequence[FeatureScore | PlacementScore]:
        """Return what each feature of the plan that a document has adds to its score.

        The FeatureScores are in the order of `plan.features`. PlacementScores follow them, for
        closeness and earliness (`indexer.engines.proximity`), each if it is above 0. The sum of
        all points is the score of a hit that is ranked by them; for other hits, pass a plan
        without `near`. Empty if the document has no feature. Raises DocumentNotFound
        if the index has no document with this id.
        """
        ...

    def document(self, document_id: str) -> Document:
        """Return the document with this id. Raises DocumentNotFound if there is none."""
        ...

    def copies(self, document_id: str) -> Copies:
        """Return the other documents in the document's group of copies; empty if it has none.

        Raises DocumentNotFound if no document has this id.
        """
        ...

    def matched_tokens(
        self, document_ids: Sequence[str], terms: Set[str]
    ) -> Sequence[DocumentTokens]:
        """Return the documents with these ids, each with its syllables whose term is in `terms`.

        In the order of `document_ids`. Raises DocumentNotFound if no document has one of the ids.
        """
        ...

    def has(self, document_id: str) -> bool:
        """Return True if a document has this id."""
        ...

    def ids(self) -> Iterable[str]:
        """Return the ids of all live documents, ascending by code point."""
        ...

    def close(self) -> None:
        """Release files and memory. The engine must not be used afterwards."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """Stands for a document that has not changed since the last update, among those given to
    `Backend.update`; `id` is the id of the document, which must be in the index."""

    id: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Stands for a document that nobody may see any more, among those given to `Backend.update`,
    which deletes it; `id` is the id of the document, which need not be in the index."""

    id: str


Change = Document | Kept | Withdrawn
"""What `Backend.update` is told about a document."""


class Holdings(Protocol):
    """What the current generation has, for whoever decides what an update changes: the documents of
    all audiences together."""

    @property
    def status(self) -> Status:
        """The name of the generation, the number of its documents and its build time."""
        ...

    @property
    def profile(self) -> ArchiveProfile:
        """What `archive.toml` stated when it was built."""
        ...

    def has(self, document_id: str) -> bool:
        """Return True if a document has this id."""
        ...

    def ids(self) -> Iterable[str]:
        """Return the ids of all live documents, ascending by code point."""
        ...

    def document(self, document_id: str) -> Document:
        """Return the document with this id. Raises DocumentNotFound if there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Changes:
    """The outcome of an update.

    Attributes
    ----------
    status : the generation that is current after the update; the former one if nothing changed. Its
        number of documents is that of all audiences together.
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

    A module with these functions is a Backend. A generation has an index for each audience of its
    rule of access (`indexer.profile.access`), which are built, switched and copied together. Where
    a function does not say otherwise, it raises IndexMissing if the folder has no index,
    IndexDamaged if a file of it is missing, changed or of another version, IndexBusy while another
    process builds or updates it, UnusableIndex if the disk cannot be read or written, and
    EngineUnavailable if a cluster does not answer. If building or updating stops for any reason,
    the former generation stays current.
    """

    def build(
        self,
        index_dir: Path,
        documents: Iterable[Document],
        *,
        access: AccessRule | None = None,
        profiles: Callable[[], Profiles] = dict,
        progress: Callable[[int], None] | None = None,
        rejected: Callable[[DocumentError], None] | None = None,
    ) -> Status:
        """Build a generation of these documents and make it current; return its status, with the
        number of documents of all audiences together.

        Also raises DocumentError for an id that occurs twice, SourceError if the profiles
        contradict each other, and any error that iterating `documents` raises.

        Parameters
        ----------
        index_dir : the index folder; created if it is missing.
        access : who may see which of the documents, as the profiles state it; None for all.
        profiles : returns the profile of each source folder; called once, after the last document.
        progress : called now and then with the number of documents done so far; None for no calls.
        rejected : called for each document that the engine cannot index, which is left out; None
            for no calls.
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
        """Build one part of a new generation; return a status, and the parts still to come.

        These are their numbers, ascending. If there are none, the generation was completed and is
        current, and the status is its own; else it is that of the part. Also raises
        UnsupportedByEngine if the index is in a folder, UnusableIndex if a rebuild in another
        number of parts is under way. Parameters not named here are as in `build`.

        Parameters
        ----------
        documents : all documents; each part takes those that belong to it.
        part : number of the part, from 1 on, and number of all parts.
        """
        ...

    def update(
        self,
        index_dir: Path,
        documents: Iterable[Change] | Callable[[Holdings], Iterable[Change]],
        *,
        delete: Collection[str] = (),
        prune: bool = False,
        profiles: Callable[[], Profiles] = dict,
        progress: Callable[[int], None] | None = None,
        rejected: Callable[[DocumentError], None] | None = None,
    ) -> Changes:
        """Add or replace documents, delete others, and make the result current.

        Also raises DocumentNotFound for an unknown id in `delete`, DocumentError for an id that
        occurs twice, SourceError if the profiles contradict each other or state another rule of
        access than the index has, and any error that iterating `documents` raises.

        Parameters
        ----------
        documents : the new versions, in any order; or a function that yields them, given what the
            current generation has, which is called and iterated while the index is locked.
        delete : ids of documents to delete, also if they are among `documents`.
        prune : True to delete every document that is not among `documents`.
        profiles : returns the profile of each source folder that was read; called once, after the
            last document. The profiles of other folders stay.
        progress : called now and then with the number of documents done so far; None for no calls.
        rejected : called for each document that the engine cannot index, which stays as it was;
            None for no calls.
        """
        ...

    def check(self, index_dir: Path) -> list[str]:
        """Return every problem of the current generation, one line each; [] if there are none.

        Reads every byte of all its indexes. A damaged file is a problem in the list, not an error.
        """
        ...

    def audience_sizes(self, index_dir: Path) -> Mapping[str, int]:
        """Return group → number of documents that it may see, with "" first for the public; {} if
        everyone may see all documents."""
        ...

    def current(self, index_dir: Path) -> str:
        """Return the name of the current generation."""
        ...

    def current_stamp(self, index_dir: Path) -> object:
        """Return a value that changes when another generation becomes current, perhaps a second
        later; None if there is no generation or it cannot be told. Raises nothing, and is cheap
        enough to call before every request."""
        ...

    def open_engine(self, index_dir: Path, group: str = "") -> SearchEngine:
        """Open the index of the current generation with what a group may see, "" for what everyone
        may see; the caller closes it. Raises NoSuchGroup if there is no such group."""
        ...

    def open_former_engine(self, index_dir: Path, group: str = "") -> SearchEngine:
        """Open that of the generation that was served before; the caller closes it.

        Also raises IndexMissing if there is none.
        """
        ...

    def rollback(self, index_dir: Path) -> Status:
        """Verify the generation that was served before the current one and make it current again;
        return its status. The one that was current becomes the former.

        Also raises IndexMissing if there is no former generation, IndexDamaged if it has any
        problem.
        """
        ...

    def copy_index(self, source: Path, target: Path, *, keep_access: bool = False) -> Status:
        """Copy the current generation of `source` to the index folder `target`, verify the copy,
        and make it current there; return its status.

        With `keep_access`, raises UnusableIndex if the index in `target` has another rule of
        access. Raises UnsupportedByEngine if the index is in no folder.
        """
        ...

    def health(self, index_dir: Path) -> dict[str, object]:
        """Return the state of the machines that have the index, for monitoring; {} for a folder.

        `"status"` is "ok", or "degraded" if all can be searched but copies are missing; other keys
        are the engine's own. Raises EngineUnavailable if a part cannot be searched.
        """
        ...
