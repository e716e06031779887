"""Which files there are to read: folders walked in a fixed order, nothing opened yet."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from indexer.errors import DocumentError, SourceError

TEXT_ENDINGS = (".txt",)
HTML_ENDINGS = (".html", ".htm")
JSONL_ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.xz")
ENDINGS = (*TEXT_ENDINGS, *HTML_ENDINGS, *JSONL_ENDINGS)

Found = Path | DocumentError


def is_readable_name(name: str) -> bool:
    """A file of this name is read; hidden files are not."""
    return not name.startswith(".") and name.lower().endswith(ENDINGS)


def find_files(sources: Sequence[Path]) -> list[Found]:
    """The files to read, in order: sources as given, folders by name, subfolders among the files.

    What cannot be looked at inside a folder is a DocumentError in its place. Raises SourceError
    where a source does not exist, has an ending that is not read, or is a folder that holds
    nothing to read.
    """
    found: list[Found] = []
    seen: set[str] = set()
    for source in sources:
        for item in _find(Path(source)):
            if isinstance(item, Path):
                real = os.path.realpath(item)
                if real in seen:
                    continue
                seen.add(real)
            found.append(item)
    return found


def source_bytes(sources: Sequence[Path]) -> int:
    """The size of all files to read, in bytes on disk: the whole that progress counts towards.

    Raises SourceError as `find_files` does.
    """
    return sum(size_of(path) for path in find_files(sources) if isinstance(path, Path))


def size_of(path: Path) -> int:
    """Size in bytes; 0 where it cannot be told."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def shown(path: Path) -> str:
    """The path for a message: printable even where a name is no UTF-8."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def _find(source: Path) -> list[Found]:
    try:
        mode = source.stat().st_mode
    except FileNotFoundError:
        raise SourceError(
            f"{shown(source)} does not exist.", "Name a folder or a file that does."
        ) from None
    except (OSError, ValueError) as error:
        raise SourceError(
            f"{shown(source)} cannot be looked at: {reason(error)}.", "Check its permissions."
        ) from None
    if stat.S_ISDIR(mode):
        found = list(_walk(source))
        if not found:
            raise SourceError(
                f"{shown(source)} holds nothing to read.",
                f"Put files there that end in {', '.join(ENDINGS)}.",
            )
        return found
    if not source.name.lower().endswith(ENDINGS):
        raise SourceError(
            f"{shown(source)} is of no kind that can be read.",
            f"Files must end in {', '.join(ENDINGS)}.",
        )
    return [source]


def _walk(root: Path) -> Iterator[Found]:
    """The files below `root`; a folder met again through a link is passed over."""
    seen: set[tuple[int, int]] = set()
    pending: list[Path] = [root]
    while pending:
        path = pending.pop()
        try:
            status = path.stat()
            if not stat.S_ISDIR(status.st_mode):
                yield path
                continue
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            names = sorted(
                entry.name
                for entry in os.scandir(path)
                if is_readable_name(entry.name) or (_is_dir(entry) and entry.name[0] != ".")
            )
        except OSError as error:
            yield DocumentError(f"{shown(path)}: {reason(error)}.", "Check its permissions.")
            continue
        pending.extend(path / name for name in reversed(names))


def _is_dir(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def reason(error: Exception) -> str:
    """What the system says went wrong, in lower case."""
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
