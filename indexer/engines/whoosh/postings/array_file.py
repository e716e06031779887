"""A file of named arrays with checksums: written once, then read through a memory map.

Layout: the one-dimensional arrays, each at a multiple of ALIGNMENT; the CRC-32 (uint32) of each
block of BLOCK_SIZE bytes of them; a JSON table {name: [dtype, number of elements, byte offset]}; a
footer (`_FOOTER`) with the byte offsets of the checksums and of the table, the CRC-32 of both, and
a magic number. Numbers are little-endian. All files of a segment but Whoosh's list of segments have
this format.

No byte is used before its checksum was verified: checksums and table when the file is opened, an
array when it is asked for (`file[name]`), and of a long array read in parts (`file.blocks(name)`)
the blocks of a part when they are first read. The checksum in the footer thus stands for the whole
file; the manifest of a generation records it.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from collections.abc import Set
from contextlib import suppress
from copy import copy
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
_Integers = np.ndarray[Any, np.dtype[np.int64]]

ALIGNMENT = 64
"""The offset of every array in the file is a multiple of it, in bytes: a cache line, and a multiple
of the size of every dtype."""
BLOCK_SIZE = 1 << 12
"""Number of bytes that share a checksum: a page of memory. A block is verified in about a
microsecond, and its checksum takes a thousandth of its size."""
_MAGIC = b"TCARRAY3"
_FOOTER = struct.Struct("<QQL4x8s")
_DTYPES = frozenset({"|u1", "<u2", "<u4", "<u8", "<i8"})
"""The dtypes of arrays in a file: unsigned integers of 1 to 8 bytes, and int64."""


class DamagedFile(ValueError):
    """A file whose bytes are not those that were written."""


class ArrayWriter:
    """Writes a file of one-dimensional arrays, one array after another, each whole or in parts.

    A file at `path` is replaced. As a context manager it completes the file unless the block
    raises; a file that is not completed cannot be opened with ArrayFile. The constructor and the
    methods raise OSError if the disk cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._table: dict[str, list[Any]] = {}
        self._checksums: list[int] = []
        self._block = bytearray()  # the bytes written since the last whole block

    def put(self, name: str, array: Array) -> None:
        """Write a whole array `(n,)`.

        Raises ValueError if the name was used before or the dtype is not one of `_DTYPES`.
        """
        self.begin(name, array.dtype)
        self.append(array)

    def begin(self, name: str, dtype: np.dtype[Any] | str) -> None:
        """Begin a new array, to which the following calls of `append` add.

        Raises ValueError if the name was used before or the dtype is not one of `_DTYPES` in either
        byte order.
        """
        kind = np.dtype(dtype).newbyteorder("<").str
        if kind not in _DTYPES or name in self._table:
            raise ValueError(f"cannot write {name} as {kind}")
        self._write(bytes(-self._file.tell() % ALIGNMENT))
        self._table[name] = [kind, 0, self._file.tell()]

    def append(self, array: Array) -> None:
        """Append `array (n,)`, cast to the dtype given to `begin`, to the array begun last."""
        entry = self._table[next(reversed(self._table))]
        # A memoryview of an empty array cannot be cast.
        if len(array):
            self._write(np.ascontiguousarray(array, entry[0]).data.cast("B"))
        entry[1] += len(array)

    def _write(self, raw: bytes | memoryview) -> None:
        self._file.write(raw)
        start = 0
        if self._block:
            start = BLOCK_SIZE - len(self._block)
            self._block += raw[:start]
            if len(self._block) < BLOCK_SIZE:
                return
            self._checksums.append(zlib.crc32(self._block))
        end = len(raw) - (len(raw) - start) % BLOCK_SIZE
        for at in range(start, end, BLOCK_SIZE):
            self._checksums.append(zlib.crc32(raw[at : at + BLOCK_SIZE]))
        self._block = bytearray(raw[end:])

    def close(self) -> None:
        """Write checksums, table and footer, and close the file. Does nothing if it is closed.

        Raises OSError if the disk cannot be written; the file is then closed but not complete.
        """
        if self._file.closed:
            return
        try:
            self._write_end()
            self._file.close()
        except BaseException:
            self._abandon()
            raise

    def _write_end(self) -> None:
        if self._block:
            self._checksums.append(zlib.crc32(self._block))
        checksums_offset = self._file.tell()
        checksums = np.array(self._checksums, "<u4").tobytes()
        table = json.dumps(self._table).encode()
        footer = _FOOTER.pack(
            checksums_offset,
            checksums_offset + len(checksums),
            zlib.crc32(table, zlib.crc32(checksums)),
            _MAGIC,
        )
        for raw in (checksums, table, footer):
            self._file.write(raw)

    def _abandon(self) -> None:
        """Close the file without completing it."""
        with suppress(OSError):  # what is left in its buffer cannot be written
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
            self._abandon()


class ArrayFile:
    """The arrays of a file that ArrayWriter completed, memory-mapped and read-only.

    Many threads may read it at once. The constructor raises DamagedFile (a ValueError) if footer,
    checksums or table are not what was written, OSError if the file cannot be opened. `checksum` is
    the CRC-32 in its footer.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            # An empty file cannot be mapped.
            if not os.fstat(file.fileno()).st_size:
                raise DamagedFile(f"{path.name} is empty")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        checksums_offset, table_offset, self.checksum = _read_footer(self._map, path.name)
        table_end = len(self._map) - _FOOTER.size
        blocks = -(-checksums_offset // BLOCK_SIZE)
        if table_offset != checksums_offset + 4 * blocks or table_offset > table_end:
            raise DamagedFile(f"{path.name} has a footer that does not fit")
        with memoryview(self._map) as view, view[checksums_offset:table_end] as part:
            if zlib.crc32(part) != self.checksum:
                raise DamagedFile(f"the table of {path.name} is not what was written")
        self._size = checksums_offset
        self._checksums = np.frombuffer(self._map, "<u4", blocks, checksums_offset).tolist()
        # One byte per block, 1 until it is verified; the array is the same memory.
        self._unverified = bytearray(b"\1") * blocks
        self._flags = np.frombuffer(self._unverified, np.bool_)
        self._arrays: dict[str, tuple[Array, int]] = {}
        for name, (kind, length, offset) in json.loads(self._map[table_offset:table_end]).items():
            if kind not in _DTYPES or offset < 0 or length < 0:
                raise DamagedFile(f"{name} has a foreign type")
            if offset + length * np.dtype(kind).itemsize > self._size:
                raise DamagedFile(f"{name} is cut short")
            self._arrays[name] = np.frombuffer(self._map, kind, length, offset), offset

    @property
    def names(self) -> Set[str]:
        """The names of the arrays."""
        return self._arrays.keys()

    def __getitem__(self, name: str) -> Array:
        """Verify a whole array and return it, `(n,)`, read-only.

        Raises ValueError if there is none of this name, DamagedFile if its bytes are not those that
        were written.
        """
        array, offset = self._find(name)
        self.verify(offset, offset + array.nbytes)
        return array

    def blocks(self, name: str) -> BlockArray:
        """Return the array of this name as one that verifies only the parts that are read.

        Raises ValueError if there is none of this name.
        """
        return BlockArray(self, *self._find(name))

    def _find(self, name: str) -> tuple[Array, int]:
        try:
            return self._arrays[name]
        except KeyError:
            raise ValueError(f"there is no {name}") from None

    def verify(self, start: int, end: int) -> None:
        """Verify those blocks with bytes `[start, end)` of the file that were not verified yet.

        Raises DamagedFile if one is not what was written.
        """
        last = -(-end // BLOCK_SIZE)
        block = self._unverified.find(1, start // BLOCK_SIZE, last)
        while block >= 0:
            self._verify_block(block)
            block = self._unverified.find(1, block + 1, last)

    def verify_at(self, offsets: _Integers, length: int) -> None:
        """Verify the blocks with the `length` bytes that begin at each of some places in the file.

        `offsets (n,)` int64 are those places, in bytes from the beginning of the file, in any
        order; `length` is 1 to BLOCK_SIZE. Raises DamagedFile if a block is not what was written.
        """
        first, last = offsets // BLOCK_SIZE, (offsets + (length - 1)) // BLOCK_SIZE
        for blocks in (first, last):
            if self._flags[blocks].any():
                for block in np.unique(blocks[self._flags[blocks]]).tolist():
                    self._verify_block(block)

    def _verify_block(self, block: int) -> None:
        start = block * BLOCK_SIZE
        part = self._map[start : min(start + BLOCK_SIZE, self._size)]
        if zlib.crc32(part) != self._checksums[block]:
            raise DamagedFile(
                f"{self._path.name} was changed at bytes {start} to {start + len(part)}"
            )
        self._unverified[block] = 0

    def release_pages(self) -> None:
        """Release the memory of the pages read so far; later accesses read the file again."""
        self._map.madvise(mmap.MADV_DONTNEED)

    def another(self) -> ArrayFile:
        """Return the same open file once more, to be closed on its own. A block that was verified
        through one of the two is verified for both."""
        other = copy(self)
        other._arrays = dict(self._arrays)
        return other

    def close(self) -> None:
        """Forget the arrays, so that no more can be asked for. Those returned before stay valid;
        the file stays mapped while any of them is in use."""
        self._arrays.clear()


class OpenFiles:
    """Opens files of arrays, each only once, however many names (hard links) it has.

    An update opens two generations that share most of their files, and verifies each block that it
    reads once.
    """

    def __init__(self) -> None:
        self._files: dict[tuple[int, int], ArrayFile] = {}

    def open(self, path: Path) -> ArrayFile:
        """Return the open file, which the caller may close. Raises as ArrayFile does."""
        found = path.stat()
        # A mapped file keeps its inode, so no other file can have the same number.
        key = found.st_dev, found.st_ino
        if key not in self._files:
            self._files[key] = ArrayFile(path)
        return self._files[key].another()


class BlockArray:
    """A long one-dimensional array of a file, of which only the parts that are read are verified.

    Slicing (without a step) returns a read-only array, after verifying its blocks that are read for
    the first time; it raises DamagedFile if one of them is not what was written.
    """

    def __init__(self, file: ArrayFile, array: Array, offset: int) -> None:
        self._file = file
        self._offset = offset
        self.unverified = array
        """The whole array `(n,)`, read-only. Call `verify_at` before reading an element."""

    def __len__(self) -> int:
        return len(self.unverified)

    def __getitem__(self, part: slice) -> Array:
        array = self.unverified[part]
        if len(array):
            start, size = part.indices(len(self.unverified))[0], array.itemsize
            begin = self._offset + start * size
            self._file.verify(begin, begin + len(array) * size)
        return array

    def verify_at(self, indexes: _Integers, length: int) -> None:
        """Verify the `length` bytes that begin at each index in `indexes (n,)` int64.

        Only for an array of bytes (uint8), whose indexes are byte offsets; `length` is 1 to
        BLOCK_SIZE. Raises DamagedFile if a block is not what was written.
        """
        self._file.verify_at(indexes + self._offset, length)


def read_checksum(path: Path) -> int | None:
    """Return the checksum in the footer of a file of arrays, None for a file of another kind.

    Raises OSError if the file cannot be read.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        file.seek(max(size - _FOOTER.size, 0))
        raw = file.read(_FOOTER.size)
    if len(raw) < _FOOTER.size:
        return None
    *_, checksum, magic = _FOOTER.unpack(raw)
    return int(checksum) if magic == _MAGIC else None


def _read_footer(content: mmap.mmap, name: str) -> tuple[int, int, int]:
    """Return from the footer the byte offsets of checksums and table, and the CRC-32 of both.

    Raises DamagedFile if the content is too short or does not end with _MAGIC.
    """
    size = len(content)
    if size < _FOOTER.size:
        raise DamagedFile(f"{name} is too short")
    checksums, table, checksum, magic = _FOOTER.unpack_from(content, size - _FOOTER.size)
    if magic != _MAGIC:
        raise DamagedFile(f"{name} is not a file of arrays")
    return checksums, table, checksum


def shrink_dtype(array: Array) -> Array:
    """Return a copy of `array (n,)`, integers of 0 or more, in the narrowest unsigned dtype that
    holds them all; uint8 for an empty array."""
    top = int(array.max()) if len(array) else 0
    return array.astype(np.min_scalar_type(top))
