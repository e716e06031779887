"""The manifest of a generation: versions, number of documents, and every file with size and
checksum.

`manifest.json` is written last. Opening a generation checks versions, names and sizes, which is
cheap; `problems` reads every byte.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from indexer.engines.whoosh.reader.segment import REBUILD_HINT, wrap_damage
from indexer.engines.whoosh.whoosh_adapter.schema import FORMAT, WHOOSH_VERSION
from indexer.errors import IndexDamaged

NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """Size in bytes and SHA-256 (hexadecimal) of one file."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of `manifest.json`.

    Attributes
    ----------
    format, whoosh : FORMAT and the version of Whoosh that wrote it; they decide whether it can be
        read.
    tracuu : version of the program that built it, for people only.
    documents : number of live documents.
    built_at : build time in ISO 8601 UTC.
    files : name of each other file of the generation → its entry.
    """

    format: int
    tracuu: str
    whoosh: str
    documents: int
    built_at: str
    files: dict[str, FileEntry]


def make(
    folder: Path, documents: int, built_at: str, unchanged: Mapping[str, FileEntry]
) -> Manifest:
    """Return the manifest of all files in `folder`, a generation that is being built.

    Raises OSError if a file cannot be read.

    Parameters
    ----------
    documents : number of live documents.
    built_at : build time in ISO 8601 UTC.
    unchanged : known entries of some files, which are not read again.
    """
    files = {
        path.name: unchanged.get(path.name) or _entry(path) for path in sorted(folder.iterdir())
    }
    return Manifest(FORMAT, _tracuu_version(), WHOOSH_VERSION, documents, built_at, files)


def write(folder: Path, manifest: Manifest) -> None:
    """Write `manifest.json` into `folder`. Raises OSError if the disk cannot be written."""
    text = json.dumps(asdict(manifest), indent=1)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")


def read(folder: Path) -> Manifest:
    """Return the manifest in `folder`.

    Raises IndexDamaged if it is missing, invalid or of another format or version of Whoosh.
    """
    path = folder / NAME
    with wrap_damage(f"{folder.name}/{NAME}"):
        content = json.loads(path.read_text(encoding="utf-8"))
        files = {name: FileEntry(**entry) for name, entry in content.pop("files").items()}
        manifest = Manifest(**content, files=files)
        _check_types(manifest)
    if (manifest.format, manifest.whoosh) != (FORMAT, WHOOSH_VERSION):
        raise IndexDamaged(
            f"The index {folder.name} is of format {manifest.format} (Whoosh {manifest.whoosh}), "
            f"wanted is {FORMAT} (Whoosh {WHOOSH_VERSION}).",
            REBUILD_HINT,
        )
    return manifest


def verify_sizes(folder: Path, manifest: Manifest) -> None:
    """Raise IndexDamaged if a file of the manifest is missing in `folder` or has another size."""
    for name, entry in manifest.files.items():
        problem = _size_problem(folder / name, entry)
        if problem:
            raise IndexDamaged(f"The index is damaged: {problem}.", REBUILD_HINT)


def problems(folder: Path, manifest: Manifest) -> list[str]:
    """Return what is wrong with the files in `folder`, one line each; [] if nothing is.

    A file may be missing, changed, or not of this generation. Raises OSError if one cannot be read.
    """
    found = []
    for name, entry in manifest.files.items():
        path = folder / name
        problem = _size_problem(path, entry)
        if problem:
            found.append(problem)
        elif _entry(path) != entry:
            found.append(f"{folder.name}/{name} was changed (its checksum differs)")
    known = {*manifest.files, NAME}
    found += [
        f"{folder.name}/{path.name} does not belong here"
        for path in sorted(folder.iterdir())
        if path.name not in known
    ]
    return found


def _entry(path: Path) -> FileEntry:
    """Return size and checksum of a file. Raises OSError."""
    with path.open("rb") as file:
        return FileEntry(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _size_problem(path: Path, entry: FileEntry) -> str | None:
    """Return a line that says that the file is missing or has another size, or None."""
    name = f"{path.parent.name}/{path.name}"
    if not path.is_file():
        return f"{name} is missing"
    size = path.stat().st_size
    return f"{name} has {size} bytes, not {entry.size}" if size != entry.size else None


def _check_types(manifest: Manifest) -> None:
    """Raise ValueError if a value of the manifest has a wrong type, or a name leads elsewhere."""
    numbers = [manifest.format, manifest.documents, *(e.size for e in manifest.files.values())]
    texts = [manifest.tracuu, manifest.whoosh, manifest.built_at]
    if not all(type(number) is int for number in numbers) or not all(
        type(text) is str for text in texts
    ):
        raise ValueError("a value has a wrong type")
    if any(Path(name).name != name for name in manifest.files):
        raise ValueError("a file name leads out of the folder")


def _tracuu_version() -> str:
    """Return the version of the installed program, "unknown" if it is not installed."""
    try:
        return metadata.version("tracuu")
    except metadata.PackageNotFoundError:
        return "unknown"
