"""Open the original file of a document, which `archive.toml` may let readers download.

The index has the path, size and SHA-256 of each such file. Only a file with exactly this content
is opened, and only below a source folder that allows it: a file that was changed since, a path or a
symbolic link that leads out of the folder, a pipe or a device are not. Files inside a ZIP, a
message or a crawl are not offered: the container holds other documents too, which may have been
left out on purpose, and unpacking a damaged or hostile one is no task for a server of pages.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from indexer.errors import OriginalNotFound
from indexer.models import Document

_MAX_KNOWN = 4096
_known: dict[tuple[int, ...], str] = {}
"""State of a file (device, inode, size, times) → its SHA-256. A reader of a long PDF asks for many
ranges of it, and hashing it each time would be slow."""


@dataclass(frozen=True, slots=True)
class Original:
    """An open original file.

    Attributes
    ----------
    file : the file, open for reading bytes at its beginning; the caller of `open_original` closes
        it.
    name : the file name, without folders.
    size : size in bytes.
    sha256 : SHA-256 of the content, in hexadecimal.
    """

    file: BufferedReader
    name: str
    size: int
    sha256: str


def digest_of(path: Path, root: Path) -> tuple[int, str] | None:
    """Return the size in bytes and the SHA-256, in hexadecimal, of a file of a source.

    None if it cannot be offered, because it cannot be read, or a link leads to it from the source
    folder `root` while it lies outside.
    """
    if not _is_inside(os.path.realpath(path), str(root)):
        return None
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            return size, hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def open_original(document: Document, folders: Sequence[str]) -> Original:
    """Open the original file of a document, and verify that it is the one that was indexed.

    `folders` are the folders in which it may lie (`ArchiveProfile.originals`). Raises
    OriginalNotFound if the document has no file that may be downloaded, or if the file was moved or
    changed since it was indexed.
    """
    path, sha256 = document.original, document.original_sha256
    if path is None or sha256 is None or not folders:
        raise OriginalNotFound(
            f"The original file of {document.id!r} is not offered.",
            "Allow it in archive.toml: [originals] download = true.",
        )
    was_changed = False
    for folder in folders:
        file = _open_inside(folder, path)
        if file is None:
            continue
        if (found := _sha256(file)) == sha256:
            return Original(file, path.rpartition("/")[2], document.original_size or 0, found)
        file.close()
        was_changed = True
    what = "was changed since it was indexed" if was_changed else "is not where it was"
    raise OriginalNotFound(f"The original file {path!r} {what}.", "Run `tracuu update`.")


def _is_inside(real: str, folder: str) -> bool:
    return Path(real).is_relative_to(os.path.realpath(folder))


def _open_inside(folder: str, path: str) -> BufferedReader | None:
    """Open the regular file at `path` below a folder; None if there is none, if it cannot be
    opened, or if a link or the path leads out of the folder."""
    try:
        real = os.path.realpath(Path(folder, path))
        if not _is_inside(real, folder):
            return None
        # The real path has no link; one that appears meanwhile is not followed. A pipe would block.
        handle = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return None
    return open(handle, "rb")  # noqa: PTH123


def _sha256(file: BufferedReader) -> str:
    """Return the SHA-256 of an open file, in hexadecimal; cached while the file is not changed.

    The file is at its beginning, and is left there.
    """
    found = os.fstat(file.fileno())
    state = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    known = _known.get(state)
    if known is None:
        known = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        if len(_known) >= _MAX_KNOWN:
            _known.clear()
        _known[state] = known
    return known
