"""Array files, and the string tables and small numbers stored in them."""

from __future__ import annotations

import os
from bisect import bisect_left
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.whoosh.postings.array_file import (
    ALIGNMENT,
    BLOCK_SIZE,
    ArrayFile,
    ArrayWriter,
    DamagedFile,
    OpenFiles,
    read_checksum,
    shrink_dtype,
)
from indexer.engines.whoosh.postings.list_merge import SmallNumbers, write_small_numbers
from indexer.engines.whoosh.postings.string_table import StringTable, write_strings


def test_arrays_strings_and_small_numbers_are_read_back_as_written(tmp_path: Path):
    words = sorted(["", "dân", "dần", "văn", "\ud800"])
    numbers = np.array([1, 254, 255, 256, 70000, 3])
    with ArrayWriter(tmp_path / "a") as file:
        file.put("numbers", shrink_dtype(numbers))
        write_strings(file, "words", words)
        write_small_numbers(file, "small", [shrink_dtype(numbers[:2]), shrink_dtype(numbers[2:])])
    found = ArrayFile(tmp_path / "a")
    assert found["numbers"].tolist() == numbers.tolist()
    strings = StringTable(found, "words")
    assert strings.all() == list(strings) == words
    assert [strings.find(word) for word in words] == list(range(len(words)))
    assert strings.find("vận") == -1
    assert strings.prefix_range("d") == (1, 3)
    for start in range(6):
        assert SmallNumbers(found, "small")[start:6].tolist() == numbers[start:].tolist()
    with pytest.raises(ValueError, match="no others"):
        found["others"]
    whole = (tmp_path / "a").read_bytes()
    for broken in (whole[:-1], whole[:10], whole[:-16] + b"x" * 16):
        (tmp_path / "a").write_bytes(broken)
        with pytest.raises(ValueError, match=r"too short|not a file"):
            ArrayFile(tmp_path / "a")


@given(st.lists(st.lists(st.integers(0, 255), max_size=5000), max_size=4), st.data())
@settings(max_examples=60)
def test_a_changed_byte_of_a_file_is_noticed_when_it_is_read(lists, data):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        with ArrayWriter(path) as writer:
            for number, values in enumerate(lists):
                writer.begin(str(number), "u1")
                cut = data.draw(st.integers(0, len(values)))
                for part in (values[:cut], values[cut:]):
                    writer.append(np.array(part, np.uint8))
        whole = path.read_bytes()
        checksum = read_checksum(path)
        assert checksum == ArrayFile(path).checksum
        at = data.draw(st.integers(0, len(whole) - 1))
        path.write_bytes(
            whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
        )
        noticed = False
        try:
            file = ArrayFile(path)
            for number, values in enumerate(lists):
                blocks = file.blocks(str(number))
                for start in range(0, len(values), 1000):
                    try:
                        part = blocks[start : start + 1000]
                    except DamagedFile:
                        noticed = True
                    else:
                        assert part.tolist() == values[start : start + 1000]
                try:
                    blocks.verify_at(np.arange(max(len(values) - 2, 0)), 3)
                    assert file[str(number)].tolist() == values
                except DamagedFile:
                    noticed = True
        except DamagedFile:
            noticed = True
        used = at < sum(len(values) + -len(values) % ALIGNMENT for values in lists)
        # Bytes between the arrays and unused bytes of the footer are never used.
        assert noticed or read_checksum(path) == checksum
        assert noticed or not used or whole[at] == 0


def test_reading_a_part_does_not_read_other_blocks(tmp_path: Path):
    with ArrayWriter(tmp_path / "a") as file:
        file.put("numbers", np.zeros(10 * BLOCK_SIZE, np.uint8))
    raw = bytearray((tmp_path / "a").read_bytes())
    raw[5 * BLOCK_SIZE] = 1
    (tmp_path / "a").write_bytes(raw)
    numbers = ArrayFile(tmp_path / "a").blocks("numbers")
    assert not numbers[: 5 * BLOCK_SIZE].any()
    assert not numbers[6 * BLOCK_SIZE :].any()
    numbers.verify_at(np.array([0, 5 * BLOCK_SIZE - 8]), 8)
    for start, stop in ((5 * BLOCK_SIZE, 5 * BLOCK_SIZE + 1), (0, 10 * BLOCK_SIZE)):
        with pytest.raises(DamagedFile, match=f"changed at bytes {5 * BLOCK_SIZE} to"):
            numbers[start:stop]
    with pytest.raises(DamagedFile):
        numbers.verify_at(np.array([0, 5 * BLOCK_SIZE - 7]), 8)


@given(st.lists(st.text(alphabet="abđ", max_size=4), unique=True, max_size=120), st.text("abđ"))
def test_a_string_is_found_like_in_a_sorted_list(words, wanted):
    words = sorted(words)
    with TemporaryDirectory() as folder:
        with ArrayWriter(Path(folder) / "a") as file:
            write_strings(file, "words", words)
        table = StringTable(ArrayFile(Path(folder) / "a"), "words")
        assert table.lower_bound(wanted.encode()) == bisect_left(words, wanted)
        assert [table.find(word) for word in words] == list(range(len(words)))
        first, last = table.prefix_range(wanted)
        assert words[first:last] == [word for word in words if word.startswith(wanted)]


def test_a_file_opened_under_two_names_is_verified_once(tmp_path: Path) -> None:
    path, link = tmp_path / "a", tmp_path / "b"
    with ArrayWriter(path) as writer:
        writer.put("numbers", np.arange(9))
    os.link(path, link)
    files = OpenFiles()
    one = files.open(path)
    assert one["numbers"].tolist() == list(range(9))
    with path.open("r+b") as file:
        file.write(b"\7")
    other = files.open(link)
    one.close()
    assert other["numbers"].tolist() == [7, *range(1, 9)]
    with pytest.raises(DamagedFile):
        ArrayFile(link)["numbers"]
