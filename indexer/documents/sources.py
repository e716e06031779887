"""Find the files to read: walks folders in a fixed order, opens nothing."""

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

SourceItem = Path | DocumentError


def is_readable_name(name: str) -> bool:
    """Return True if a file of this name is read; hidden files are not."""
    return not name.startswith(".") and name.lower().endswith(ENDINGS)


def find_files(sources: Sequence[Path]) -> list[SourceItem]:
    """Return the files to read: sources in the order given, folder entries by name, recursively.

    A folder or file inside a source that cannot be examined is a DocumentError in its place. Raises
    SourceError if a source does not exist, has an ending that is not read, or is a folder without
    anything to read.
    """
    result: list[SourceItem] = []
    seen: set[str] = set()
    for source in sources:
        for item in _files_of(Path(source)):
            if isinstance(item, Path):
                real = os.path.realpath(item)
                if real in seen:
                    continue
                seen.add(real)
            result.append(item)
    return result


def source_bytes(sources: Sequence[Path]) -> int:
    """Return the size of all files to read, in bytes on disk: the total that progress counts to.

    Raises SourceError as `find_files` does.
    """
    return sum(size_of(path) for path in find_files(sources) if isinstance(path, Path))


def size_of(path: Path) -> int:
    """Return the size in bytes; 0 if it cannot be determined."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def printable(path: Path) -> str:
    """Return the path for a message, printable even if a name is not UTF-8."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def _files_of(source: Path) -> list[SourceItem]:
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
        found = list(_walk(source))
        if not found:
            raise SourceError(
                f"{printable(source)} holds nothing to read.",
                f"Put files there that end in {', '.join(ENDINGS)}.",
            )
        return found
    if not source.name.lower().endswith(ENDINGS):
        raise SourceError(
            f"{printable(source)} is of no kind that can be read.",
            f"Files must end in {', '.join(ENDINGS)}.",
        )
    return [source]


def _walk(root: Path) -> Iterator[SourceItem]:
    """Yield the files below `root`; a folder reached again through a link is skipped."""
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
            yield DocumentError(
                f"{printable(path)}: {error_reason(error)}.", "Check its permissions."
            )
            continue
        pending.extend(path / name for name in reversed(names))


def _is_dir(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def error_reason(error: Exception) -> str:
    """Return the operating system's reason for an error, in lower case."""
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
