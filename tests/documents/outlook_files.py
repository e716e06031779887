"""Write .msg files: a compound file (OLE, [MS-CFB]) with the properties of a message in it."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise

_SECTOR, _MINI, _END, _FREE, _CUTOFF = 512, 64, 0xFFFFFFFE, 0xFFFFFFFF, 4096

Tree = Mapping[str, "bytes | Tree"]
"""Name of a stream → its content, of a storage → what is in it."""


def compound(tree: Tree) -> bytes:
    """Return a compound file of version 3 with this content."""
    entries: list[list[int | str | bytes]] = []  # name, type, left, right, child, start, size
    mini, big = bytearray(), bytearray()
    mini_fat: list[int] = []
    fat: list[int] = []

    def store(data: bytes, into: bytearray, table: list[int], size: int) -> int:
        start, count = len(table), -(-len(data) // size)
        into += data.ljust(count * size, b"\0")
        table += [*range(start + 1, start + count), _END] if count else []
        return start if count else _END

    def add(name: str, content: bytes | Tree, kind: int) -> int:
        at = len(entries)
        entries.append([name, kind, _FREE, _FREE, _FREE, 0, 0])
        if isinstance(content, bytes):
            small = len(content) < _CUTOFF
            place = (mini, mini_fat, _MINI) if small else (big, fat, _SECTOR)
            entries[at][5:] = [store(content, *place), len(content)]
            return at
        # The children of a storage are a tree; one that is a list to the right will do.
        below = sorted(content.items(), key=lambda item: (len(item[0]), item[0].upper()))
        children = [add(*item, 2 if isinstance(item[1], bytes) else 1) for item in below]
        for child, following in pairwise([*children, _FREE]):
            entries[child][3] = following
        entries[at][4] = children[0] if children else _FREE
        return at

    add("Root Entry", tree, 5)
    entries[0][5:] = [store(bytes(mini), big, fat, _SECTOR), len(mini)]
    table = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    table += b"\xff" * (-len(table) % _SECTOR)
    mini_start = store(table, big, fat, _SECTOR)
    directory = b""
    for name, kind, left, right, child, start, size in entries:
        encoded = str(name).encode("utf-16-le") + b"\0\0"
        directory += struct.pack(
            "<64sHBBIII16xI16xIQ",
            encoded,
            len(encoded),
            kind,
            1,
            left,
            right,
            child,
            0,
            start,
            size,
        )
    directory_start = store(directory, big, fat, _SECTOR)
    count = 1
    while count * 128 < len(fat) + count:
        count += 1
    fat_start = len(fat)
    fat += [0xFFFFFFFD] * count
    fat += [_FREE] * (count * 128 - len(fat))
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0,
        count, directory_start, 0, _CUTOFF, mini_start, len(table) // _SECTOR, _END, 0,
        fat_start,
    )  # fmt: skip
    head += struct.pack("<108I", *range(fat_start + 1, fat_start + count), *[_FREE] * (109 - count))
    return head + bytes(big) + struct.pack(f"<{len(fat)}I", *fat)


def properties(
    texts: Mapping[str, str | bytes], numbers: Mapping[int, int], sent: datetime | None, header: int
) -> dict[str, bytes | Tree]:
    """Return the streams of properties: `texts` is number → Unicode text or, as bytes, binary data;
    one with a type ("1000001E") is stored as it is."""
    streams: dict[str, bytes | Tree] = {}
    entries = b""
    for number, value in texts.items():
        kind = "001F" if isinstance(value, str) else "0102" if len(number) == 4 else ""
        data = value.encode("utf-16-le") if isinstance(value, str) else value
        streams[f"__substg1.0_{number}{kind}"] = data
    for key, value in numbers.items():
        entries += struct.pack("<HHIQ", 3, key, 6, value)
    if sent:
        ticks = int((sent - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
        entries += struct.pack("<HHIQ", 0x40, 0x39, 6, ticks)
    streams["__properties_version1.0"] = b"\0" * header + entries
    return streams


def message(
    texts: Mapping[str, str | bytes],
    *attachments: Tree,
    numbers: Mapping[int, int] | None = None,
    sent: datetime | None = None,
    header: int = 32,
) -> dict[str, bytes | Tree]:
    """Return the content of a .msg file; with `header` 24, that of a message within another."""
    tree = properties(texts, numbers or {}, sent, header)
    for at, attachment in enumerate(attachments):
        tree[f"__attach_version1.0_#{at:08X}"] = attachment
    return tree


def attachment(texts: Mapping[str, str | bytes], inner: Tree | None = None) -> Tree:
    """Return an attachment, with the message `inner` in it if that is given."""
    tree = properties(texts, {}, None, 8)
    if inner is not None:
        tree["__substg1.0_3701000D"] = inner
    return tree
