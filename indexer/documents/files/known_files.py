"""Remember the files from which an index was made, so that an update need not parse those that did
not change.

The list, FILES.json, lies beside the generations of an index and names the one that it describes.
It only saves time: if it is missing, damaged or of another generation, all files are read again.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Set
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from indexer.durable_files import write_atomically

FILE_NAME = "FILES.json"

_FRESH_NS = 2_000_000_000
"""Nanoseconds between a change of a file and its entry in the list. If fewer passed, the file may
have been changed again with the same modification time, so its content is compared. (Git calls such
entries "racily clean".)"""


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file whose documents are in the index.

    Attributes
    ----------
    size, modified : size in bytes; modification time in nanoseconds since 1970.
    listed : time at which it was entered in the list, in nanoseconds since 1970.
    content : SHA-256 of the file, in hexadecimal.
    settings : the `settings_digest` with which it was read.
    ids : ids of its documents.
    """

    size: int
    modified: int
    listed: int
    content: str
    settings: str
    ids: tuple[str, ...]


class KnownFiles:
    """The files of an index: the list of the former generation, and a new one that grows while
    sources are read.

    Parameters
    ----------
    files : absolute path → entry of the former list; None for an empty list.
    """

    def __init__(self, files: dict[str, KnownFile] | None = None) -> None:
        self._former = files or {}
        self._files: dict[str, KnownFile] = {}
        self._before: dict[str, tuple[os.stat_result, str]] = {}  # and the settings
        self._unchanged: dict[str, KnownFile] = {}

    @classmethod
    def load(cls, index_dir: Path, generation: str, ids: Set[str]) -> KnownFiles:
        """Return the list of the files from which `generation` was made.

        It has only files of which all documents are in `ids`, the ids of the index. It is empty if
        FILES.json in `index_dir` is missing, damaged, or that of another generation.
        """
        try:
            record = json.loads((index_dir / FILE_NAME).read_bytes())
            if record["generation"] != generation:
                return cls()
            files = {path: _known_file(entry) for path, entry in record["files"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls()
        return cls({path: known for path, known in files.items() if ids >= set(known.ids)})

    def save(self, index_dir: Path, generation: str) -> None:
        """Write the list of the files from which `generation` was made to `index_dir`.

        Files of other sources stay in the list, unless an id of theirs was read from another file.
        An OSError is ignored: the next update then reads all files.
        """
        taken = {name for known in self._files.values() for name in known.ids}
        kept = {
            path: known
            for path, known in self._former.items()
            if path not in self._before and taken.isdisjoint(known.ids)
        }
        record = {
            "generation": generation,
            "files": {path: asdict(known) for path, known in (kept | self._files).items()},
        }
        content = json.dumps(record).encode("ascii")  # paths may hold bytes that are not UTF-8
        with suppress(OSError):
            write_atomically(index_dir / FILE_NAME, content, index_dir / f".{FILE_NAME}.new")

    def unchanged(self, path: Path, settings: str) -> tuple[str, ...] | None:
        """Return the ids of a file's documents if file and settings are unchanged, else None.

        `settings` is the `settings_digest` of the file. None also for a file that is not in the
        list or cannot be examined.
        """
        key = str(path.absolute())
        try:
            now = path.stat()
        except OSError:
            return None
        self._before[key] = now, settings
        known = self._former.get(key)
        if known is None or known.settings != settings or known.size != now.st_size:
            return None
        if known.modified != now.st_mtime_ns or known.listed - known.modified < _FRESH_NS:
            if _content(path) != known.content:
                return None
            known = replace(known, modified=now.st_mtime_ns, listed=time.time_ns())
        self._unchanged[key] = known
        return known.ids

    def add(self, path: Path, ids: Iterable[str]) -> None:
        """Record a file and the ids of its documents, so that the next update can skip it.

        Call it after `unchanged(path, …)`, for a file that is unchanged or was read without errors
        and warnings. Does nothing if the file changed since that call, or cannot be read.
        """
        key, ids = str(path.absolute()), tuple(ids)
        if (known := self._unchanged.get(key)) is not None and known.ids == ids:
            self._files[key] = known
            return
        if key not in self._before:
            return
        before, settings = self._before[key]
        listed = time.time_ns()
        try:
            content, now = _content(path), path.stat()
        except OSError:
            return
        if _state(before) != _state(now):
            return
        size, modified = _state(now)
        self._files[key] = KnownFile(size, modified, listed, content, settings, ids)


def settings_digest(*settings: object) -> str:
    """Return the SHA-256 of the settings and of the code of the program, in hexadecimal.

    A file that was read with another digest must be read again. The settings are compared by their
    `repr`.
    """
    return hashlib.sha256(f"{_program()} {settings!r}".encode()).hexdigest()


@cache
def _program() -> str:
    here = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted({*here.rglob("*"), *here.parent.rglob("*.py")}):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _known_file(entry: dict[str, Any]) -> KnownFile:
    return KnownFile(**entry | {"ids": tuple(entry["ids"])})


def _state(found: os.stat_result) -> tuple[int, int]:
    return found.st_size, found.st_mtime_ns


def _content(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
