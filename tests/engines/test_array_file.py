"""Array files, and the string tables and small numbers stored in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.engines.whoosh.postings.array_file import ArrayFile, ArrayWriter, shrink_dtype
from indexer.engines.whoosh.postings.list_merge import SmallNumbers, write_small_numbers
from indexer.engines.whoosh.terms.string_table import StringTable, write_strings


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
