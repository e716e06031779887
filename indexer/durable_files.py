"""Files that are on disk, whole, before the program goes on."""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomically(path: Path, content: bytes, temporary: Path) -> None:
    """Write a temporary file and rename it to `path`, so that no partial file is ever visible."""
    temporary.write_bytes(content)
    sync(temporary)
    temporary.replace(path)
    sync(path.parent)
