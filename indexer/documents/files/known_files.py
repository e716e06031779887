"""Remember the files from which an index was made, so that an update need not parse those that did
not change.

The list, FILES.jsonl, lies beside the generations of an index and names the one that it describes.
It only saves time: if it is missing, damaged or of another generation, all files are read again.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from indexer.runtime.durable_files import write_atomically

FILE_NAME = "FILES.jsonl"
"""The generation, then a line for each file: its path, a tab, and the KnownFile; all as JSON."""

_FRESH_NS = 2_000_000_000
"""Nanoseconds between a change of a file and its entry in the list. If fewer passed, the file may
have been changed again with the same modification time, so its content is compared. (Git calls such
entries "racily clean".)"""

_FEW_IDS = 16
"""Greatest number of ids that are looked for in the line of a file as text, before it is parsed."""


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
    """The files of an index: looked up in the former list, and listed anew while sources are
    read.

    Parameters
    ----------
    lines : path as JSON → KnownFile as JSON, the former list. Only what is asked for is parsed.
    holds : returns True if the index has all documents with these ids.
    """

    def __init__(
        self,
        lines: Mapping[bytes, bytes] | None = None,
        holds: Callable[[Sequence[str]], bool] = lambda _: True,
    ) -> None:
        self._former = lines or {}
        self._holds = holds
        self._files: dict[str, KnownFile] = {}
        self._before: dict[str, tuple[os.stat_result, str]] = {}  # and the settings
        self._unchanged: dict[str, KnownFile] = {}

    @classmethod
    def load(
        cls, index_dir: Path, generation: str, holds: Callable[[Sequence[str]], bool]
    ) -> KnownFiles:
        """Return the files from which `generation` was made.

        A file counts only if `holds` says that the index has all its documents. Without a usable
        list, the result has no file.
        """
        try:
            first, *lines = (index_dir / FILE_NAME).read_bytes().splitlines()
            if json.loads(first) != {"generation": generation}:
                return cls()
            # JSON has no tabs within strings.
            return cls(dict(line.split(b"\t") for line in lines), holds)
        except (OSError, ValueError):
            return cls()

    def save(self, index_dir: Path, generation: str) -> None:
        """Write the list of the files from which `generation` was made to `index_dir`.

        Files of other sources stay in the list, unless an id of theirs was read from another file.
        An OSError is ignored: the next update then reads all files.
        """
        lines = {}
        taken: set[str] = set()
        for path, known in self._files.items():
            key = _json(path)
            if known is self._unchanged.get(path) and self._parse(key) == known:
                lines[key] = self._former[key]
            else:
                lines[key] = _json(_entry(known))
                taken |= set(known.ids)
        visited = set(map(_json, self._before))
        kept = {
            key: line
            for key, line in self._former.items()
            if key not in visited and not self._has_any(key, taken)
        }
        rows = (b"\t".join(row) for row in (kept | lines).items())
        content = b"\n".join([_json({"generation": generation}), *rows]) + b"\n"
        with suppress(OSError):
            write_atomically(index_dir / FILE_NAME, content, index_dir / f".{FILE_NAME}.new")

    def _parse(self, key: bytes) -> KnownFile | None:
        """Return a file of the former list; None if it is not in it, or damaged there."""
        try:
            return _known_file(json.loads(self._former[key]))
        except (KeyError, ValueError, TypeError, AttributeError):
            return None

    def _has_any(self, key: bytes, ids: Set[str]) -> bool:
        """Return True if a file of the former list has one of these documents.

        True also if its line is damaged, unless there are few `ids` and the line has none of them.
        """
        line = self._former[key]
        # A list may have a hundred thousand ids, so it is not parsed for a few that it lacks.
        if len(ids) <= _FEW_IDS and not any(_json(name) in line for name in ids):
            return False
        known = self._parse(key)
        return known is None or not ids.isdisjoint(known.ids)

    def unchanged(self, path: Path, settings: str) -> tuple[str, ...] | None:
        """Return the ids of a file's documents if file and settings are unchanged, else None.

        `settings` is the `settings_digest` of the file. None also for a file that is not in the
        list or cannot be examined or read, or of which the index lacks a document. A file of
        another modification time, but with the same content, is unchanged.
        """
        key = str(path.absolute())
        try:
            now = path.stat()
        except OSError:
            return None
        self._before[key] = now, settings
        known = self._parse(_json(key))
        if known is None or known.settings != settings or known.size != now.st_size:
            return None
        if known.modified != now.st_mtime_ns or known.listed - known.modified < _FRESH_NS:
            try:
                if _content(path) != known.content:
                    return None
            except OSError:
                return None
            known = replace(known, modified=now.st_mtime_ns, listed=time.time_ns())
        if not self._holds(known.ids):
            return None
        self._unchanged[key] = known
        return known.ids

    def add(self, path: Path, ids: Iterable[str]) -> None:
        """Record a file and the ids of its documents, so that the next update can skip it.

        Call it after `unchanged(path, …)`, for a file that is unchanged or was read without errors
        and warnings. An unchanged file with the same ids is recorded as `unchanged` found it. Any
        other is not recorded if it changed since that call, or cannot be read.
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
    """Return the file of which `_entry` made this dict.

    Raises KeyError or TypeError if `entry` is no dict, lacks a field of KnownFile or has another
    one, or if a value has another type.
    """
    known = KnownFile(**entry | {"ids": tuple(entry["ids"])})
    numbers = known.size, known.modified, known.listed
    texts = known.content, known.settings, *known.ids
    if not (all(isinstance(n, int) for n in numbers) and all(isinstance(t, str) for t in texts)):
        raise TypeError("a value of another type")
    return known


def _entry(known: KnownFile) -> dict[str, Any]:
    # `asdict` would copy a hundred thousand ids one by one.
    return {name: getattr(known, name) for name in KnownFile.__slots__}


def _json(value: object) -> bytes:
    return json.dumps(value).encode("ascii")  # paths may hold bytes that are not UTF-8


def _state(found: os.stat_result) -> tuple[int, int]:
    return found.st_size, found.st_mtime_ns


def _content(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
