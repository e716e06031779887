"""Find the files to read: walk folders in a fixed order, without opening a file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from indexer.documents.formats import ENDINGS, format_of
from indexer.documents.source_file import is_hidden
from indexer.errors import DocumentError, SourceError


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not read.

    Attributes
    ----------
    ending : the ending of its name in lower case, with the dot; "" if it has none.
    name : the path of the file.
    reason : why it is not read; "" if no format has its ending.
    """

    ending: str
    name: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning: a document was read, but a part of it was lost or not understood.

    `where` names the file, and the line or member in it; `message` is one line.
    """

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(frozen=True, slots=True)
class KeptShare(Warned):
    """How much of a web page is in its document: the share (0 to 1) of the page's words outside
    links. The message is empty."""

    share: float


Found = Path | DocumentError | Skipped
"""A file to read, or what is reported in its place."""

_ON_PURPOSE = (
    "readme.md",
    "readme.txt",
    "archive.toml",
    "harvest.json",
    "thumbs.db",
    "desktop.ini",
)
"""Names, in lower case, of files that explain or configure a source, or that an operating system
leaves there; they are not read."""


def find_files(
    sources: Sequence[Path], skip: Mapping[Path, Sequence[str]] | None = None
) -> list[Found]:
    """Return the files of the sources in order: sources as given, folders by name, depth first.

    A file that is not read is a Skipped, one that cannot be examined a DocumentError, in its place.
    The parts of a saved page (`page_files/` beside `page.html`) and hidden files are left out. A
    file that several sources contain, also through links, is returned once. Raises SourceError if a
    source does not exist or cannot be examined, or has no file that can be read.

    Parameters
    ----------
    skip : source folder → `fnmatch` patterns of paths below it, or of file names, that are skipped.
    """
    result: list[Found] = []
    seen: set[str] = set()
    for source in sources:
        for item in _find(Path(source), (skip or {}).get(Path(source), ())):
            if isinstance(item, Path):
                real = os.path.realpath(item)
                if real in seen:
                    continue
                seen.add(real)
            result.append(item)
    return result


def source_bytes(sources: Sequence[Path]) -> int:
    """Return the total size of all files to read, in bytes on disk; progress counts to this number.

    Raises SourceError as `find_files` does.
    """
    return sum(size_of(path) for path in find_files(sources) if isinstance(path, Path))


def source_state(sources: Sequence[Path]) -> dict[str, tuple[int, int, int] | None]:
    """Return path → (size in bytes, modification time in nanoseconds since 1970, inode number) for
    each file and folder of the sources; path → None for one that cannot be examined.

    Hidden files are left out. If nothing changed, two calls return equal dicts.
    """
    found: dict[str, tuple[int, int, int] | None] = {}
    folders: set[tuple[int, int]] = set()
    pending = [os.fspath(source) for source in sources]
    while pending:
        path = pending.pop()
        try:
            status = os.stat(path)  # noqa: PTH116  (a hundred thousand files in each call)
            found[path] = status.st_size, status.st_mtime_ns, status.st_ino
            key = status.st_dev, status.st_ino
            if stat.S_ISDIR(status.st_mode) and key not in folders:
                folders.add(key)
                pending += (entry.path for entry in os.scandir(path) if not is_hidden(entry.name))
        except OSError:
            found[path] = None
    return found


def size_of(path: Path) -> int:
    """Return the size of a file in bytes; 0 if it cannot be determined."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def printable(path: Path) -> str:
    """Return the path as text for a message; bytes in it that are not UTF-8 become escapes."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def _find(source: Path, skip: Sequence[str]) -> list[Found]:
    try:
        mode = source.stat().st_mode
    except FileNotFoundError:
        raise SourceError(
            f"{printable(source)} does not exist.", "Name a folder or a file that does."
        ) from None
    except (OSError, ValueError) as error:
        raise SourceError(
            f"{printable(source)} cannot be looked at: {error_reason(error)}.",
            "Check its permissions.",
        ) from None
    if stat.S_ISDIR(mode):
        found = list(_walk(source, skip))
        if not any(isinstance(item, Path | DocumentError) for item in found):
            raise SourceError(
                f"{printable(source)} holds nothing to read.",
                f"Put files there that end in {', '.join(ENDINGS)}.",
            )
        return found
    if format_of(source.name) is None:
        raise SourceError(
            f"{printable(source)} is of no kind that can be read.",
            f"Files must end in {', '.join(ENDINGS)}.",
        )
    return [source]


def _walk(root: Path, skip: Sequence[str]) -> Iterator[Found]:
    """Yield the files below `root`; a folder that is reached again through a link is left out."""
    seen: set[tuple[int, int]] = set()
    pending: list[Path] = [root]
    while pending:
        path = pending.pop()
        try:
            status = path.stat()
            if not stat.S_ISDIR(status.st_mode):
                yield _file(path, root, skip)
                continue
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            entries = [entry for entry in os.scandir(path) if not is_hidden(entry.name)]
            names = {entry.name for entry in entries}
            kept = sorted(
                entry.name
                for entry in entries
                if not (_is_dir(entry) and _belongs_to_page(entry.name, names))
            )
        except OSError as error:
            yield DocumentError(
                f"{printable(path)}: {error_reason(error)}.", "Check its permissions."
            )
            continue
        pending.extend(path / name for name in reversed(kept))


def _file(path: Path, root: Path, skip: Sequence[str]) -> Found:
    below = path.relative_to(root).as_posix()
    if path.name.lower() in _ON_PURPOSE:
        return Skipped(path.suffix.lower(), printable(path), "explains or configures the source")
    if any(fnmatchcase(below, pattern) or fnmatchcase(path.name, pattern) for pattern in skip):
        return Skipped(path.suffix.lower(), printable(path), "named in archive.toml")
    if format_of(path.name) is None:
        return Skipped(path.suffix.lower(), printable(path))
    return path


def _belongs_to_page(name: str, names: set[str]) -> bool:
    """Return True for a folder that belongs to a saved page: "page_files" beside "page.html"."""
    for ending in ("_files", ".files", "_tep", "_tập tin"):
        if name.endswith(ending):
            stem = name.removesuffix(ending)
            return any(f"{stem}{page}" in names for page in (".html", ".htm", ".HTML", ".HTM"))
    return False


def _is_dir(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def error_reason(error: Exception) -> str:
    """Return the reason of an error in lower case: that of the operating system, else its text."""
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
