"""Write files that are whole and on disk before the program goes on; read files without waiting."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until the content of a file, or the names in a folder, are on disk (fsync).

    Raises OSError if it does not exist or the disk fails.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomically(path: Path, content: bytes, temporary: Path) -> None:
    """Write `content` to `path` by renaming a temporary file, so that no partial file is ever
    visible.

    `temporary` is a path in the same folder; files at both paths are replaced. Returns when the
    content and its name are on disk. Raises OSError if that fails; `path` is then as it was, unless
    only the last sync failed, and `temporary` may be left.
    """
    temporary.write_bytes(content)
    sync(temporary)
    temporary.replace(path)
    sync(path.parent)


def read_regular_file(path: Path) -> bytes:
    """Return the content of a regular file.

    Raises OSError if it cannot be read, or is a pipe, device or folder, from which a reader might
    wait for data without end.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(f"{path.name} is not a regular file")
        # Without `closefd`, because `open` fails for a folder before it owns the descriptor.
        with open(handle, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(handle)
