"""Files that are on disk, whole, before the program goes on; and reading them without waiting."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until a file, or the list of names in a folder, is on disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomically(path: Path, content: bytes, temporary: Path) -> None:
    """Write `content` to `path` by renaming a temporary file, so that no partial file is ever
    visible.

    `temporary` is a path in the same folder. Returns when both are on disk. Raises OSError.
    """
    temporary.write_bytes(content)
    sync(temporary)
    temporary.replace(path)
    sync(path.parent)


def read_regular_file(path: Path) -> bytes:
    """Return the content of a file. Raises OSError, also if it is a pipe or device, from which a
    reader would wait for data."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as file:  # noqa: PTH123  (a descriptor)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(f"{path.name} is not a regular file")
        return file.read()
