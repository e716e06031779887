"""Files of a generation that are stored in the cluster, in chunks, each file with its SHA-256.

They are in an index of their own beside that of the documents (`<generation>-files`). Each *front*
(a machine that runs Tra Cứu and searches the cluster) fetches those it needs once, into its index
folder, and maps them into memory.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from indexer.engines.opensearch.client import Cluster, Conflict, NotFound
from indexer.errors import IndexDamaged, UnusableIndex
from indexer.runtime.durable_files import sync

CHUNK = 4 << 20
"""Bytes of a chunk; base64 makes them a third more, and a request may have 100 MB."""
_FOLDER = ".cluster"
"""Folder for fetched files below the index folder."""


class Artifact(NamedTuple):
    """A stored file: its SHA-256 (hexadecimal), size in bytes, and number of chunks."""

    sha256: str
    size: int
    chunks: int


def files_index(generation: str) -> str:
    """Return the name of the index with the files of a generation."""
    return f"{generation}-files"


def create_files_index(cluster: Cluster, generation: str) -> None:
    """Create the index for the files of a generation; it is no error if it exists."""
    body = {
        "settings": {"number_of_shards": 1, "number_of_replicas": 0},
        "mappings": {
            "dynamic": False,
            "properties": {"data": {"type": "binary"}, "name": {"type": "keyword"}},
        },
    }
    with suppress(Conflict):
        cluster.ask("PUT", f"/{files_index(generation)}", body)


def store(cluster: Cluster, generation: str, name: str, path: Path) -> Artifact:
    """Store the file `path` with a generation under the name `name`, replacing what was stored
    under it; return its Artifact, with which `fetch` finds it.

    It can be fetched at once. Raises OSError if the file cannot be read, UnusableIndex if the
    cluster does not take it.
    """
    digest = hashlib.sha256()
    chunks = 0
    with path.open("rb") as file:
        while part := file.read(CHUNK):
            digest.update(part)
            body = {"name": name, "data": base64.b64encode(part).decode("ascii")}
            cluster.ask(
                "PUT", f"/{files_index(generation)}/_doc/{name}.{chunks}", body, timeout=120
            )
            chunks += 1
    return Artifact(digest.hexdigest(), path.stat().st_size, chunks)


def fetch(cluster: Cluster, generation: str, name: str, stored: Artifact, index_dir: Path) -> Path:
    """Return the path of a stored file below the index folder, fetched if it is not there.

    A file of the stored size with the stored SHA-256 in its name counts as fetched; it is verified
    when it is downloaded. Several processes may fetch at once. Raises IndexDamaged if a chunk is
    missing or the file is not the one that was stored, EngineUnavailable if the cluster does not
    answer, UnusableIndex if the folder cannot be written.

    Parameters
    ----------
    generation, name : those under which it was stored.
    stored : what `store` returned.
    index_dir : the index folder; the file is in its subfolder _FOLDER.
    """
    folder = index_dir / _FOLDER
    path = folder / f"{stored.sha256[:32]}.{name}"
    if path.exists() and path.stat().st_size == stored.size:
        return path
    temporary = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f"{path.name}.{secrets.token_hex(4)}.new"
        _download(cluster, generation, name, stored, temporary)
        sync(temporary)
        temporary.replace(path)
    except OSError as error:
        raise UnusableIndex(
            f"Cannot write the vocabulary of the archive to {folder}: {error.strerror}.",
            "Let TRACUU_INDEX be a folder that may be written.",
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    return path


def _download(cluster: Cluster, generation: str, name: str, stored: Artifact, path: Path) -> None:
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for number in range(stored.chunks):
            try:
                found: Any = cluster.ask(
                    "GET", f"/{files_index(generation)}/_doc/{name}.{number}", timeout=120
                )
            except NotFound:
                raise IndexDamaged(
                    f"The cluster lacks a part of {name} of {generation}.",
                    "Run `tracuu rebuild`, or `tracuu rollback`.",
                ) from None
            part = base64.b64decode(found["_source"]["data"])
            digest.update(part)
            file.write(part)
    if digest.hexdigest() != stored.sha256:
        raise IndexDamaged(
            f"{name} of {generation} is not what was stored.",
            "Run `tracuu rebuild`, or `tracuu rollback`.",
        )


def forget_others(index_dir: Path, kept: set[str]) -> None:
    """Remove the fetched files below the index folder whose SHA-256 (hexadecimal) is not in `kept`.

    Those that a process has mapped into memory stay readable for it. A file that cannot be removed
    is left, and so are downloads in progress.
    """
    with suppress(OSError):
        for path in (index_dir / _FOLDER).iterdir():
            if path.suffix != ".new" and not any(path.name.startswith(s[:32]) for s in kept):
                path.unlink(missing_ok=True)
