"""Write files so that they are on disk, complete, before the program goes on."""

from __future__ import annotations

import os
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
