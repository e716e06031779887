"""A file of named arrays: written once, then read through a memory map.

Layout: the arrays, each at a multiple of ALIGNMENT; a JSON table {name: [dtype, length, offset]};
the offset of that table and a magic number. Numbers are little-endian. Reading a name that was not
written raises ValueError. All files of a segment but Whoosh's list of segments have this format.
"""

from __future__ import annotations

import json
import mmap
import struct
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

ALIGNMENT = 64
"""Bytes; the offset of every array is a multiple of it."""
_MAGIC = b"TCARRAY2"
_FOOTER = struct.Struct("<Q8s")
_DTYPES = frozenset({"|u1", "<u2", "<u4", "<u8", "<i8"})


class ArrayWriter:
    """Writes a file of arrays, one array after another, each whole or in parts.

    As a context manager it completes the file unless the block raises. A file at `path` is
    replaced. Raises OSError.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._table: dict[str, list[Any]] = {}

    def put(self, name: str, array: Array) -> None:
        """Write a whole one-dimensional array. Raises ValueError as `begin` does."""
        self.begin(name, array.dtype)
        self.append(array)

    def begin(self, name: str, dtype: np.dtype[Any] | str) -> None:
        """Begin a new array, to which the following calls of `append` add.

        Raises ValueError if the name was used before or the dtype is not one of `_DTYPES`.
        """
        kind = np.dtype(dtype).newbyteorder("<").str
        if kind not in _DTYPES or name in self._table:
            raise ValueError(f"cannot write {name} as {kind}")
        self._file.write(b"\0" * (-self._file.tell() % ALIGNMENT))
        self._table[name] = [kind, 0, self._file.tell()]

    def append(self, array: Array) -> None:
        """Append `array (n,)`, cast to the dtype given to `begin`, to the array begun last."""
        entry = self._table[next(reversed(self._table))]
        self._file.write(np.ascontiguousarray(array, entry[0]).data)
        entry[1] += len(array)

    def close(self) -> None:
        """Write the table and close the file. Does nothing if the file is closed."""
        if self._file.closed:
            return
        table_offset = self._file.tell()
        self._file.write(json.dumps(self._table).encode())
        self._file.write(_FOOTER.pack(table_offset, _MAGIC))
        self._file.close()

    def __enter__(self) -> ArrayWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._file.close()


class ArrayFile:
    """The arrays of a file, memory-mapped and read-only.

    Raises ValueError if the file has no valid table, OSError if it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        size = len(self._map)
        if size < _FOOTER.size:
            raise ValueError("too short")
        table_offset, magic = _FOOTER.unpack_from(self._map, size - _FOOTER.size)
        if magic != _MAGIC or table_offset > size - _FOOTER.size:
            raise ValueError("not a file of arrays")
        self._arrays: dict[str, Array] = {}
        for name, (kind, length, offset) in json.loads(
            self._map[table_offset : size - _FOOTER.size]
        ).items():
            if kind not in _DTYPES or offset < 0 or length < 0:
                raise ValueError(f"{name} has a foreign type")
            if offset + length * np.dtype(kind).itemsize > table_offset:
                raise ValueError(f"{name} is cut short")
            self._arrays[name] = np.frombuffer(self._map, kind, length, offset)

    def __getitem__(self, name: str) -> Array:
        """Return an array `(n,)`, read-only. Raises ValueError if there is none of this name."""
        try:
            return self._arrays[name]
        except KeyError:
            raise ValueError(f"there is no {name}") from None

    def release_pages(self) -> None:
        """Release the memory of the pages read so far; later accesses read the file again."""
        self._map.madvise(mmap.MADV_DONTNEED)

    def close(self) -> None:
        """Release the arrays. The file stays mapped while any array that it returned is in use."""
        self._arrays.clear()


def shrink_dtype(array: Array) -> Array:
    """Return the same non-negative integers with the narrowest unsigned dtype that holds them."""
    top = int(array.max()) if len(array) else 0
    return array.astype(np.min_scalar_type(top))
