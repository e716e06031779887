"""Read the files that Whoosh itself would unpickle, so that a changed file cannot run code.

A pickle can call any function when it is read. Whoosh unpickles in several places, and this is what
happens instead:

    list of segments in the TOC       `MappedFile.read_pickle`: only the classes in ALLOWED_CLASSES
    schema in the TOC                 never read: `schema.SCHEMA` is used instead
    directory of a compound file      never written; such a segment is rejected
    all files of Whoosh's own codec   never written: ours are plain arrays (`postings.array_file`)
"""

from __future__ import annotations

import io
import mmap
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile

from indexer.engines.whoosh.postings.array_file import ArrayFile

ALLOWED_CLASSES = frozenset(
    {
        ("indexer.engines.whoosh.whoosh_adapter.codec", "Codec"),
        ("indexer.engines.whoosh.whoosh_adapter.codec", "StoredSegment"),
    }
)
"""(module, name) of the classes that may occur in a pickled list of segments. Making an instance of
one of them only sets attributes."""


class PlainUnpickler(pickle.Unpickler):
    """Reads pickled numbers, strings and containers; raises UnpicklingError for any class."""

    def find_class(self, module: str, name: str) -> Any:
        """Raise UnpicklingError: no class is allowed (called by `load`)."""
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed in an index file")


class SegmentUnpickler(PlainUnpickler):
    """Reads pickled instances of ALLOWED_CLASSES as well as numbers, strings and containers."""

    def find_class(self, module: str, name: str) -> Any:
        """Return the class `name` of `module` if it is in ALLOWED_CLASSES (called by `load`).

        Raises UnpicklingError for any other class.
        """
        if (module, name) not in ALLOWED_CLASSES:
            return super().find_class(module, name)
        return pickle.Unpickler.find_class(self, module, name)


class MappedFile(StructFile):  # type: ignore[misc]
    """A file that Whoosh wrote, opened for reading through a memory map.

    `name` is the name that Whoosh uses for it. Raises OSError if `path` cannot be opened.
    """

    def __init__(self, path: str, name: str) -> None:
        with Path(path).open("rb") as file:
            # An empty file cannot be mapped.
            empty = file.seek(0, io.SEEK_END) == 0
            mapped = None if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        super().__init__(mapped or io.BytesIO(), name=name)

    def read_pickle(self) -> Any:
        """Return the object pickled at the current position of the file.

        Raises UnpicklingError if it refers to a class that is not in ALLOWED_CLASSES, and this or
        another error of `damage.DAMAGE` if it is no complete pickle.
        """
        return SegmentUnpickler(self.file).load()


class MappedStorage(FileStorage):  # type: ignore[misc]
    """A folder of Whoosh files, each of which is read through MappedFile.

    `open_arrays` opens a file of arrays by its path.
    """

    def __init__(
        self,
        path: str,
        readonly: bool = False,
        open_arrays: Callable[[Path], ArrayFile] = ArrayFile,
    ) -> None:
        super().__init__(path, readonly=readonly)
        self.open_arrays = open_arrays

    def open_file(self, name: str, **_: Any) -> MappedFile:
        """Return the file `name` of the folder, open for reading; other arguments are ignored.

        Raises OSError if it cannot be opened.
        """
        return MappedFile(self._fpath(name), name)
