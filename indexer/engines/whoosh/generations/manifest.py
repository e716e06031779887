"""The manifest of a generation: versions, number of documents, and every file with size and
checksum.

`manifest.json` is written last, with a checksum of itself. Opening a generation verifies versions,
names and sizes, the SHA-256 of each file but those of arrays, and of a file of arrays the checksum
in its footer, because its other bytes are verified when they are read (`postings.array_file`).
`problems` reads every byte.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from indexer.engines.damage import REBUILD_HINT, wrap_damage
from indexer.engines.whoosh.postings.array_file import read_checksum
from indexer.engines.whoosh.whoosh_adapter.schema import FORMAT, WHOOSH_VERSION
from indexer.errors import IndexDamaged
from indexer.runtime.durable_files import read_regular_file

NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """The state of one file when it was written.

    Attributes
    ----------
    size : in bytes.
    sha256 : of all bytes, hexadecimal.
    checksum : the CRC-32 in the footer of a file of arrays (`array_file.read_checksum`); None for
        other files.
    """

    size: int
    sha256: str
    checksum: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of `manifest.json`.

    Attributes
    ----------
    format, whoosh : `schema.FORMAT` and the version of Whoosh when the generation was written; it
        can be read only if both are those of this program.
    tracuu : version of the program that built it, for people only.
    documents : number of live documents.
    built_at : build time in ISO 8601 UTC.
    files : name of each file of the generation but the manifest → its entry.
    audience : the audience whose index it is: the values that its readers may see
        (`indexer.profile.access`), ascending; () in an archive without a rule of access.
    """

    format: int
    tracuu: str
    whoosh: str
    documents: int
    built_at: str
    files: dict[str, FileEntry]
    audience: tuple[str, ...] = ()

    def check_count(self, folder: Path, found: int) -> None:
        """Raise IndexDamaged unless `found`, the number of live documents in the segments of
        `folder`, is that of the manifest."""
        if found != self.documents:
            raise IndexDamaged(
                f"{folder.name} holds {found} documents, not {self.documents}.", REBUILD_HINT
            )


def make(
    folder: Path,
    documents: int,
    built_at: str,
    unchanged: Mapping[str, FileEntry],
    audience: tuple[str, ...] = (),
) -> Manifest:
    """Return the manifest of all files in `folder`, a generation that is being built.

    Reads each file whole. Raises OSError if one cannot be read.

    Parameters
    ----------
    documents : number of live documents.
    built_at : build time in ISO 8601 UTC.
    unchanged : name → entry of the files that are shared with the former generation; they are not
        read again.
    audience : as in Manifest. Folders in `folder`, which have the indexes of other audiences, are
        left out.
    """
    files = {
        path.name: unchanged.get(path.name) or _entry(path)
        for path in sorted(folder.iterdir())
        if not path.is_dir()
    }
    versions = FORMAT, _tracuu_version(), WHOOSH_VERSION
    return Manifest(*versions, documents, built_at, files, audience)


def write(folder: Path, manifest: Manifest) -> None:
    """Write `manifest.json` into `folder`. Raises OSError if the disk cannot be written."""
    content = asdict(manifest)
    if not manifest.audience:
        del content["audience"]  # as before there were audiences
    text = json.dumps(content | {"checksum": _checksum(content)}, indent=1)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")


def read(folder: Path) -> Manifest:
    """Return the manifest in `folder`.

    Raises IndexDamaged if it is missing, changed, or of another format or version of Whoosh,
    UnusableIndex if it cannot be read for another reason.
    """
    path = folder / NAME
    with wrap_damage(f"{folder.name}/{NAME}"):
        content = json.loads(read_regular_file(path))
        versions = content["format"], content["whoosh"]
    if versions != (FORMAT, WHOOSH_VERSION):
        raise IndexDamaged(
            f"The index {folder.name} is of format {versions[0]} (Whoosh {versions[1]}), "
            f"wanted is {FORMAT} (Whoosh {WHOOSH_VERSION}).",
            REBUILD_HINT,
        )
    with wrap_damage(f"{folder.name}/{NAME}"):
        if content.pop("checksum") != _checksum(content):
            raise ValueError("it was changed")
        files = {name: FileEntry(**entry) for name, entry in content.pop("files").items()}
        audience = tuple(content.pop("audience", ()))
        manifest = Manifest(**content, files=files, audience=audience)
        _check_types(manifest)
    return manifest


def verify(folder: Path, manifest: Manifest, only: str = "") -> None:
    """Verify the files that `manifest` lists in `folder`, as far as is done when an index is opened
    (module docstring).

    `only` is the name of the one file to verify; "" for all. Raises IndexDamaged if a file is
    missing or of another size, has another SHA-256, or is a file of arrays whose footer has another
    checksum, UnusableIndex if a file cannot be read.
    """
    for name, entry in manifest.files.items():
        if only not in ("", name):
            continue
        path = folder / name
        with wrap_damage(f"{folder.name}/{name}"):
            problem = _size_problem(path, entry)
            if not problem and entry.checksum is None:
                problem = _change_problem(path, entry)
            elif not problem and read_checksum(path) != entry.checksum:
                problem = f"{folder.name}/{name} is not the file that was written"
        if problem:
            raise IndexDamaged(f"The index is damaged: {problem}.", REBUILD_HINT)


def problems(folder: Path, manifest: Manifest, folders: Collection[str] = ()) -> list[str]:
    """Return what is wrong with the files in `folder`, one line each; [] if nothing is.

    Reads every byte. A file may be missing, changed, or not listed in the manifest. `folders` are
    the names of folders that may be there, too. Raises OSError if a file cannot be read.
    """
    found = []
    for name, entry in manifest.files.items():
        path = folder / name
        problem = _size_problem(path, entry) or _change_problem(path, entry)
        if problem:
            found.append(problem)
    known = {*manifest.files, NAME, *folders}
    found += [
        f"{folder.name}/{path.name} does not belong here"
        for path in sorted(folder.iterdir())
        if path.name not in known
    ]
    return found


def _entry(path: Path) -> FileEntry:
    """Return the entry of a file, which is read whole. Raises OSError if it cannot be read."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileEntry(path.stat().st_size, digest, read_checksum(path))


def _checksum(content: Mapping[str, Any]) -> str:
    """Return the SHA-256, hexadecimal, of the values of a manifest other than "checksum".

    It is computed over their JSON with sorted keys.
    """
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode("ascii")).hexdigest()


def _change_problem(path: Path, entry: FileEntry) -> str | None:
    if _entry(path) == entry:
        return None
    return f"{path.parent.name}/{path.name} was changed (its checksum differs)"


def _size_problem(path: Path, entry: FileEntry) -> str | None:
    """Return a line that says that the file is missing or has another size, or None."""
    name = f"{path.parent.name}/{path.name}"
    if not path.is_file():
        return f"{name} is missing"
    size = path.stat().st_size
    return f"{name} has {size} bytes, not {entry.size}" if size != entry.size else None


def _check_types(manifest: Manifest) -> None:
    entries = manifest.files.values()
    numbers = [manifest.format, manifest.documents, *(entry.size for entry in entries)]
    numbers += [entry.checksum for entry in entries if entry.checksum is not None]
    texts = [manifest.tracuu, manifest.whoosh, manifest.built_at, *manifest.audience]
    texts += [entry.sha256 for entry in entries]
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
