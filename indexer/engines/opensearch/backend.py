"""The Backend of this engine: what commands and the page call.

The cluster is the one that the settings name. The parameter `index_dir` of all functions is only
the folder to which files are fetched; where a function fetches none, it is not used.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from indexer.engines.base import Change, Changes, Holdings, Kept, Withdrawn
from indexer.engines.damage import wrap_damage
from indexer.engines.opensearch.client import Cluster, connection
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.engines.opensearch.reader.mapped_lexicon import MappedLexicon
from indexer.engines.opensearch.storage import artifacts, document_table, generations
from indexer.engines.opensearch.writer import building, parts
from indexer.errors import (
    DocumentError,
    EngineUnavailable,
    IndexDamaged,
    IndexMissing,
    UnsupportedByEngine,
    UnusableIndex,
)
from indexer.models import Document, Status
from indexer.profile.access import AccessRule
from indexer.profile.archive_profile import Profiles, merged

_STAMP_SECONDS = 1.0
"""How long what `current_stamp` found is believed; a new generation is answered from after that."""
_stamps: dict[Cluster, tuple[float, str | None]] = {}


def build(
    index_dir: Path,
    documents: Iterable[Document],
    *,
    access: AccessRule | None = None,
    profiles: Callable[[], Profiles] = dict,
    progress: Callable[[int], None] | None = None,
    rejected: Callable[[DocumentError], None] | None = None,
) -> Status:
    """Build a generation of these documents and switch to it; return its status.

    See `Backend.build` for the parameters and errors. Raises EngineUnavailable if the cluster does
    not answer, UnsupportedByEngine if there is a rule of access.
    """
    if access is not None:
        raise _no_audiences()
    return building.build(connection(), documents, profiles, progress, rejected)


def build_part(
    index_dir: Path,
    documents: Iterable[Document],
    part: tuple[int, int],
    *,
    profiles: Callable[[], Profiles] = dict,
    progress: Callable[[int], None] | None = None,
    rejected: Callable[[DocumentError], None] | None = None,
) -> tuple[Status, tuple[int, ...]]:
    """Build a part of a generation; see `Backend.build_part` and `parts.build_part`."""
    return parts.build_part(connection(), documents, part, profiles, progress, rejected)


def update(
    index_dir: Path,
    documents: Iterable[Change] | Callable[[Holdings], Iterable[Change]],
    *,
    delete: Collection[str] = (),
    prune: bool = False,
    profiles: Callable[[], Profiles] = dict,
    progress: Callable[[int], None] | None = None,
    rejected: Callable[[DocumentError], None] | None = None,
) -> Changes:
    """Add, replace and delete documents, switch to the result and say what changed.

    See `Backend.update` for the parameters and errors. Raises IndexMissing without a current
    generation, EngineUnavailable if the cluster does not answer, UnsupportedByEngine if a document
    is Withdrawn.
    """
    cluster = connection()

    def given(before: str) -> Iterator[Document | Kept]:
        if not callable(documents):
            yield from _visible(documents)
            return
        engine = _open(cluster, before, index_dir)
        try:
            yield from _visible(documents(engine))
        finally:
            engine.close()

    return building.update(cluster, index_dir, given, delete, prune, profiles, progress, rejected)


def check(index_dir: Path) -> list[str]:
    """Return every problem of the current generation, one line each; [] if it has none.

    Raises IndexMissing without one, EngineUnavailable if the cluster does not say which it is.
    """
    cluster = connection()
    return building.problems(cluster, generations.current(cluster))


def current(index_dir: Path) -> str:
    """Return the name of the current generation. Raises IndexMissing, EngineUnavailable."""
    return generations.current(connection())


def current_stamp(index_dir: Path) -> str | None:
    """Return the name of the current generation as it was a second ago at most.

    While the cluster does not answer, it is the last known one; None if none is known.
    """
    cluster = connection()
    at, known = _stamps.get(cluster, (float("-inf"), None))
    if time.monotonic() - at >= _STAMP_SECONDS:
        _stamps[cluster] = time.monotonic(), known  # one thread asks, the others go on
        try:
            known = generations.served(cluster)
        except UnusableIndex:
            return known
        _stamps[cluster] = time.monotonic(), known
    return known


def audience_sizes(index_dir: Path) -> dict[str, int]:
    """Return {}: everyone may see all documents."""
    return {}


def open_engine(index_dir: Path, group: str = "") -> OpenSearchEngine:
    """Open the current generation, whose vocabulary is fetched to `index_dir` unless it is there;
    the caller closes it.

    Raises IndexMissing if there is none, IndexDamaged if a file of it is missing or not what was
    stored, EngineUnavailable if the cluster does not answer, UnusableIndex if the folder cannot be
    written, and UnsupportedByEngine if `group` is not "": the cluster has no groups of readers.
    """
    if group:
        raise _no_audiences()
    cluster = connection()
    while True:
        name = generations.current(cluster)
        try:
            return _open(cluster, name, index_dir)
        except IndexDamaged:
            # Two rebuilds may have ended, and removed this generation, since the alias was read.
            if generations.current(cluster) == name:
                raise


def open_former_engine(index_dir: Path, group: str = "") -> OpenSearchEngine:
    """Open the generation that was served before the current one; raises as `open_engine` does."""
    if group:
        raise _no_audiences()
    cluster = connection()
    return _open(cluster, _former(cluster), index_dir)


def rollback(index_dir: Path) -> Status:
    """Verify the former generation and make it current again; return its status.

    The one that was current becomes the former. Raises IndexMissing without a former one,
    IndexDamaged if it has a problem, IndexBusy if a rebuild or update is at work, EngineUnavailable
    if the cluster does not answer.
    """
    cluster = connection()
    with generations.locked(cluster):
        name = _former(cluster)
        if found := building.problems(cluster, name):
            raise IndexDamaged(f"The former index is damaged: {found[0]}.", "Run `tracuu rebuild`.")
        generations.switch(cluster, name, generations.served(cluster))
        return generations.status_of(name, generations.read_meta(cluster, name))


def health(index_dir: Path) -> dict[str, object]:
    """Return the state of the current generation and its cluster.

    `"status"` is "ok" or "degraded" (copies are missing), `"nodes"` the number of data nodes,
    `"missing_copies"` that of copies of shards without a node. Raises EngineUnavailable if a shard
    has no copy or the cluster does not answer, IndexMissing without a current generation.
    """
    cluster = connection()
    found = cluster.health(generations.current(cluster))
    if found["status"] == "red":
        raise EngineUnavailable(
            "A part of the index has no copy that runs (the index is red).",
            "Start the lost nodes; look at _cluster/health.",
        )
    status = "ok" if found["status"] == "green" else "degraded"
    return {
        "status": status,
        "nodes": found["number_of_data_nodes"],
        "missing_copies": found["unassigned_shards"],
    }


def copy_index(source: Path, target: Path, *, keep_access: bool = False) -> Status:
    """Raise UnsupportedByEngine: a cluster has snapshots."""
    raise UnsupportedByEngine(
        "The engine opensearch has no backup and restore of its own.",
        "Use snapshots of the cluster (docs/scaling.md).",
    )


def _no_audiences() -> UnsupportedByEngine:
    return UnsupportedByEngine(
        "The engine opensearch shows every document to everyone; it knows no [access].",
        "Take [access] out of archive.toml, or set TRACUU_ENGINE=whoosh.",
    )


def _visible(changes: Iterable[Change]) -> Iterator[Document | Kept]:
    """Yield the changes; raise UnsupportedByEngine if a document is withdrawn from view."""
    for item in changes:
        if isinstance(item, Withdrawn):
            raise _no_audiences()
        yield item


def _former(cluster: Cluster) -> str:
    name = generations.former(cluster)
    if name is None:
        raise IndexMissing("There is no former index in the cluster.", "Run `tracuu rebuild`.")
    return name


def _open(cluster: Cluster, name: str, index_dir: Path) -> OpenSearchEngine:
    _ = cluster.version  # raises if it cannot be used
    meta = generations.read_meta(cluster, name)
    profile = merged(meta.profiles)

    def fetch(artifact: str) -> Path:
        return artifacts.fetch(cluster, name, artifact, meta.artifacts[artifact], index_dir)

    def ids() -> list[str]:
        with wrap_damage(building.DOCUMENTS):
            return document_table.read_ids(fetch(building.DOCUMENTS))

    lexicon = MappedLexicon(fetch(building.LEXICON), profile)
    _forget_old_files(cluster, name, index_dir)
    return OpenSearchEngine(cluster, generations.status_of(name, meta), meta, profile, lexicon, ids)


def _forget_old_files(cluster: Cluster, name: str, index_dir: Path) -> None:
    kept = set()
    for generation in {name, generations.served(cluster), generations.former(cluster)}:
        if generation is not None:
            try:
                meta = generations.read_meta(cluster, generation)
            except IndexDamaged:
                continue
            kept |= {stored.sha256 for stored in meta.artifacts.values()}
    artifacts.forget_others(index_dir, kept)
