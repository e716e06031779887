"""One rebuild by several processes or machines: each analyses and sends a part of the documents.

Every part reads all sources and takes the documents whose id hashes to it. The first that comes
makes the generation; each stores its counts and its table of documents beside it; the last that
ends adds them up and switches. A document in the cluster (`<name>-lock/_doc/parts`) says which
generation it is and which parts are done; a part that was killed is simply started again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any
from zlib import crc32

from indexer.engines.opensearch.client import Cluster, Conflict, NotFound
from indexer.engines.opensearch.storage import artifacts, count_table, document_table, generations
from indexer.engines.opensearch.storage.artifacts import Artifact
from indexer.engines.opensearch.writer import building
from indexer.engines.opensearch.writer.batches import Batches
from indexer.errors import DocumentError, IndexBusy
from indexer.models import Document, Status
from indexer.profile.archive_profile import Profiles

Part = tuple[int, int]
"""Number of a part, from 1 on, and the number of parts."""


def build_part(
    cluster: Cluster,
    documents: Iterable[Document],
    part: Part,
    profiles: Callable[[], Profiles],
    progress: Callable[[int], None] | None,
    rejected: Callable[[DocumentError], None] | None,
) -> tuple[Status, tuple[int, ...]]:
    """Build one part of a generation; return a status, and the numbers of the parts still to come.

    The status is that of the part; if no part is to come, the generation was completed and is
    served, and the status is that of the generation. The numbers ascend. Raises DocumentError for
    an id that occurs twice, IndexBusy if the part is done already, or if a rebuild in another
    number of parts is under way, EngineUnavailable if the cluster does not answer.

    Parameters
    ----------
    documents : all documents of the archive; those of other parts are passed over.
    part : number of the part, from 1 on, and number of all.
    profiles : returns the profile of each source folder; called only to complete the generation.
    progress : called with the number of documents done so far; None for no calls.
    rejected : called for each document that the cluster refuses; None for no calls.
    """
    number, count = part
    name = _join(cluster, part)
    with Batches(name, progress, rejected) as work:
        for document in building.distinct(_of_part(documents, part)):
            work.add(document)
        work.finish()
        table = document_table.join(work.tables())
        count_table.write(work.folder / "part.counts", work.counts())
        document_table.write(work.folder / "part.table", table)
        stored = {
            ending: artifacts.store(
                cluster, name, f"part-{number}.{ending}", work.folder / f"part.{ending}"
            )
            for ending in ("counts", "table")
        }
        done = _mark_done(cluster, part, stored)
        missing = tuple(each for each in range(1, count + 1) if str(each) not in done)
        if missing:
            return Status(name, len(table.ids), generations.now()), missing
        return _complete(cluster, name, work, done, profiles()), ()


def _of_part(documents: Iterable[Document], part: Part) -> Iterator[Document]:
    number, count = part
    for document in documents:
        if crc32(document.id.encode("utf-8", "surrogatepass")) % count == number - 1:
            yield document


def _join(cluster: Cluster, part: Part) -> str:
    """Return the generation that the parts fill; the first part makes it."""
    number, count = part
    generations.create_lock_index(cluster)
    while True:
        found = generations.shared_build(cluster)
        if found is None:
            name = building.create(cluster)
            body = {"generation": name, "parts": count, "done": {}}
            with suppress(Conflict):  # another part was quicker; its generation is taken
                cluster.ask("PUT", _path(cluster), body, op_type="create", refresh="true")
            continue
        if found["parts"] != count:
            raise IndexBusy(
                f"A rebuild in {found['parts']} parts is under way.",
                "Start the missing ones, or run `tracuu rebuild` without --part to begin anew.",
            )
        if str(number) in found["done"]:
            missing = [str(n) for n in range(1, count + 1) if str(n) not in found["done"]]
            raise IndexBusy(
                f"Part {number} is done already; missing: {', '.join(missing) or 'none'}.",
                "Start the missing ones, or run `tracuu rebuild` without --part to begin anew.",
            )
        return str(found["generation"])


def _mark_done(cluster: Cluster, part: Part, stored: dict[str, Artifact]) -> dict[str, Any]:
    """Say that a part is done; return number of a part, as text → what it stored, for all that are
    done.

    `stored` are the two artifacts of this part, by the endings of their names.
    """
    while True:
        found = cluster.ask("GET", _path(cluster))
        body = found["_source"]
        body["done"][str(part[0])] = {ending: list(each) for ending, each in stored.items()}
        with suppress(Conflict):
            cluster.ask(
                "PUT",
                _path(cluster),
                body,
                if_seq_no=found["_seq_no"],
                if_primary_term=found["_primary_term"],
                refresh="true",
            )
            return dict(body["done"])


def _complete(
    cluster: Cluster, name: str, work: Batches, done: dict[str, Any], profiles: Profiles
) -> Status:
    """Join what the parts stored, complete the generation `name` and switch to it; return its
    status. `done` is the result of `_mark_done`. Raises as `building.build` does."""
    with generations.locked(cluster) as lock:
        counts, tables = count_table.Counts.empty(), []
        for number, stored in sorted(done.items()):

            def fetch(ending: str, number: str = number, stored: Any = stored) -> Any:
                label = f"part-{number}.{ending}"
                artifact = Artifact(*stored[ending])
                return artifacts.fetch(cluster, name, label, artifact, work.folder)

            counts = count_table.add([(counts, 1), (count_table.read(fetch("counts")), 1)])
            tables.append(document_table.read(fetch("table")))
        table = document_table.join(tables)
        status = building.complete(cluster, lock, name, work, table, counts, profiles)
        with suppress(NotFound):
            cluster.ask("DELETE", _path(cluster), refresh="true")
        return status


def _path(cluster: Cluster) -> str:
    return f"/{cluster.name}-lock/_doc/parts"
