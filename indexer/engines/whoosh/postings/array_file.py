"""A file of named arrays, read by mapping it into memory.

The arrays come first, one after another, each at a multiple of ALIGNMENT; then a JSON table
{name: [type, length, offset]}; then the table's offset and a mark. Numbers are little-endian.
A name that was not written is an empty array to its reader's eyes, and an error of the caller.
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
_MARK = b"TCARRAY2"
_END = struct.Struct("<Q8s")
_TYPES = frozenset({"|u1", "<u2", "<u4", "<u8", "<i8"})


class ArrayWriter:
    """Writes a file of arrays. Each array may grow by many `append`s, one array at a time."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._table: dict[str, list[Any]] = {}

    def put(self, name: str, array: Array) -> None:
        """Write a whole array."""
        self.begin(name, array.dtype)
        self.append(array)

    def begin(self, name: str, dtype: np.dtype[Any] | str) -> None:
        """What follows belongs to a new array."""
        kind = np.dtype(dtype).newbyteorder("<").str
        if kind not in _TYPES or name in self._table:
            raise ValueError(f"cannot write {name} as {kind}")
        self._file.write(b"\0" * (-self._file.tell() % ALIGNMENT))
        self._table[name] = [kind, 0, self._file.tell()]

    def append(self, array: Array) -> None:
        """More of the array begun last."""
        entry = self._table[next(reversed(self._table))]
        self._file.write(np.ascontiguousarray(array, entry[0]).data)
        entry[1] += len(array)

    def close(self) -> None:
        """End the file."""
        if self._file.closed:
            return
        at = self._file.tell()
        self._file.write(json.dumps(self._table).encode())
        self._file.write(_END.pack(at, _MARK))
        self._file.close()

    def __enter__(self) -> ArrayWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._file.close()


class ArrayFile:
    """The arrays of a file, mapped and read-only. Raises ValueError where it is not one."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        size = len(self._map)
        if size < _END.size:
            raise ValueError("too short")
        at, mark = _END.unpack_from(self._map, size - _END.size)
        if mark != _MARK or at > size - _END.size:
            raise ValueError("not a file of arrays")
        self._arrays: dict[str, Array] = {}
        for name, (kind, length, offset) in json.loads(self._map[at : size - _END.size]).items():
            if kind not in _TYPES or offset < 0 or length < 0:
                raise ValueError(f"{name} has a foreign type")
            if offset + length * np.dtype(kind).itemsize > at:
                raise ValueError(f"{name} is cut short")
            self._arrays[name] = np.frombuffer(self._map, kind, length, offset)

    def __getitem__(self, name: str) -> Array:
        """An array. Raises ValueError where there is none of this name."""
        try:
            return self._arrays[name]
        except KeyError:
            raise ValueError(f"there is no {name}") from None

    def release_pages(self) -> None:
        """Give back the memory of what was read; it is read again when it is asked for."""
        self._map.madvise(mmap.MADV_DONTNEED)

    def close(self) -> None:
        """Let go of the file; it is unmapped with the last array that looks at it."""
        self._arrays.clear()


def shrink_dtype(array: Array) -> Array:
    """The same unsigned numbers as narrow as they fit."""
    top = int(array.max()) if len(array) else 0
    return array.astype(np.min_scalar_type(top))
