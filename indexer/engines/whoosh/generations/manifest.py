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
    """The content of `manifest.json`. `format` and `whoosh` decide whether it can be read;
    `tracuu`, the version that built it, is information for people."""

    format: int
    tracuu: str
    whoosh: str
    documents: int
    built_at: str
    files: dict[str, FileEntry]


def make(
    folder: Path, documents: int, built_at: str, unchanged: Mapping[str, FileEntry]
) -> Manifest:
    """Return the manifest of the files in `folder`.

    `unchanged` has the known entries of some files, which are not read again.
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
    """Read `manifest.json`. Raises IndexDamaged if it is missing, invalid or of another version."""
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
    """Raise IndexDamaged if a file is missing or has another size."""
    for name, entry in manifest.files.items():
        problem = _size_problem(folder / name, entry)
        if problem:
            raise IndexDamaged(f"The index is damaged: {problem}.", REBUILD_HINT)


def problems(folder: Path, manifest: Manifest) -> list[str]:
    """Return what is wrong with the files, one line each: missing, changed, or not of this
    generation."""
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
    with path.open("rb") as file:
        return FileEntry(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _size_problem(path: Path, entry: FileEntry) -> str | None:
    name = f"{path.parent.name}/{path.name}"
    if not path.is_file():
        return f"{name} is missing"
    size = path.stat().st_size
    return f"{name} has {size} bytes, not {entry.size}" if size != entry.size else None


def _check_types(manifest: Manifest) -> None:
    numbers = [manifest.format, manifest.documents, *(e.size for e in manifest.files.values())]
    texts = [manifest.tracuu, manifest.whoosh, manifest.built_at]
    if not all(type(number) is int for number in numbers) or not all(
        type(text) is str for text in texts
    ):
        raise ValueError("a value has a wrong type")
    if any(Path(name).name != name for name in manifest.files):
        raise ValueError("a file name leads out of the folder")


def _tracuu_version() -> str:
    try:
        return metadata.version("tracuu")
    except metadata.PackageNotFoundError:
        return "unknown"
