"""One file of a source, on disk or inside an archive, as the format modules see it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from indexer.errors import DocumentError

MAX_FILE_BYTES = 256 << 20
"""Size of the largest file that is read whole, in bytes; a format that is read record by record
may be larger."""


@dataclass(slots=True)
class Budget:
    """A count of the bytes that the archives inside one file on disk may still unpack.

    All of them share one Budget; each subtracts its unpacked size from `left`.
    """

    left: int


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read.

    Attributes
    ----------
    name : for messages: the path, and for a member of an archive "archive.zip/member.txt".
    stem : the file name without its ending, from which ids are made.
    size : size in bytes, of a member of an archive after unpacking.
    open : opens the file for reading bytes; the caller closes it. Raises OSError.
    path : where the file lies on disk; None for a member of an archive and for converted files.
    depth : number of archives and messages around it.
    max_bytes : the largest size in bytes that `read` accepts.
    charset : the encoding that the server declared, as it wrote it; None without one.
    budget : the unpacking budget of the outermost archive; None outside archives.
    """

    name: str
    stem: str
    size: int
    open: Callable[[], IO[bytes]] = field(repr=False)
    path: Path | None = None
    depth: int = 0
    max_bytes: int = MAX_FILE_BYTES
    charset: str | None = None
    budget: Budget | None = field(default=None, repr=False, compare=False)

    def read(self) -> bytes:
        """Return the whole content.

        Raises DocumentError if it has more than `max_bytes`, OSError if it cannot be read.
        """
        if self.size > self.max_bytes:
            raise self.too_large()
        with self.open() as stream:
            data = stream.read(self.max_bytes + 1)
        if len(data) > self.max_bytes:
            raise self.too_large()
        return data

    def too_large(self) -> DocumentError:
        """Return (do not raise) the error for a file that is larger than `max_bytes`."""
        return DocumentError(
            f"{self.name}: larger than {self.max_bytes >> 20} MB.", "Split it into several files."
        )

    @property
    def ending(self) -> str:
        """The last ending of the name in lower case, with its dot: ".pdf"; "" if it has none."""
        last = self.name.rpartition("/")[2]
        _, dot, ending = last.rpartition(".")
        return f".{ending.lower()}" if dot else ""


def in_memory(
    name: str,
    data: bytes,
    *,
    depth: int = 0,
    max_bytes: int = MAX_FILE_BYTES,
    budget: Budget | None = None,
) -> SourceFile:
    """Return a SourceFile for bytes in memory, such as a member of an archive.

    The parameters are the attributes of SourceFile.
    """
    stem = name.rpartition("/")[2].rpartition(".")[0] or name
    return SourceFile(
        name,
        stem,
        len(data),
        lambda: io.BytesIO(data),
        depth=depth,
        max_bytes=max_bytes,
        budget=budget,
    )


def is_hidden(name: str) -> bool:
    """Return True for the name of a hidden, lock or backup file; those are not read or counted."""
    return name.startswith((".", "~$")) or name.endswith("~")
