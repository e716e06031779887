"""Reading the files of Whoosh's own that an index has, and never trusting a pickle.

Whoosh unpickles in several places. This is how each of them is closed:

    the list of segments in the TOC     `MappedFile.read_pickle`: only the classes in `ALLOWED_CLASSES`
    the schema in the TOC               never read: ours is in `schema`
    directory of a compound file        never written; such a segment is refused
    all files of Whoosh's own codec     never written: ours are plain arrays (`arrays`)
"""

from __future__ import annotations

import io
import mmap
import pickle
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile

ALLOWED_CLASSES = frozenset(
    {
        ("indexer.engines.whoosh.whoosh_adapter.codec", "Codec"),
        ("indexer.engines.whoosh.whoosh_adapter.codec", "StoredSegment"),
    }
)
"""The classes that a pickle of ours names; what these two do when built is set attributes."""


class PlainUnpickler(pickle.Unpickler):
    """Reads numbers, strings and containers; raises UnpicklingError at the name of any class."""

    def find_class(self, module: str, name: str) -> Any:
        """Refuse."""
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed in an index file")


class SegmentUnpickler(PlainUnpickler):
    """Reads, besides plain values, instances of the classes in `ALLOWED_CLASSES`."""

    def find_class(self, module: str, name: str) -> Any:
        """The class, if it is on the list."""
        if (module, name) not in ALLOWED_CLASSES:
            return super().find_class(module, name)
        return pickle.Unpickler.find_class(self, module, name)


class MappedFile(StructFile):  # type: ignore[misc]
    """A file of Whoosh's that unpickles nothing but what is `ALLOWED_CLASSES`."""

    def __init__(self, path: str, name: str) -> None:
        with Path(path).open("rb") as file:
            # An empty file cannot be mapped.
            empty = file.seek(0, io.SEEK_END) == 0
            mapped = None if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        super().__init__(mapped or io.BytesIO(), name=name)

    def read_pickle(self) -> Any:
        """What was pickled at the current position. Raises UnpicklingError on foreign classes."""
        return SegmentUnpickler(self.file).load()


class MappedStorage(FileStorage):  # type: ignore[misc]
    """A folder of Whoosh files, read through `MappedFile`."""

    def open_file(self, name: str, **_: Any) -> MappedFile:
        """The file `name`, mapped."""
        return MappedFile(self._fpath(name), name)
