"""Law: texts are read back as they were written, with the syllables that analysis finds in them."""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from texts import TEXTS

from indexer.analysis import tokens
from indexer.engines.whoosh.doc_store.compression import (
    compress,
    decompress,
    decompress_until,
)
from indexer.engines.whoosh.doc_store.text_reader import TextReader
from indexer.engines.whoosh.postings.array_file import ArrayFile
from indexer.engines.whoosh.postings.dense_codes import decode_dense, encode_dense
from indexer.engines.whoosh.postings.list_merge import merge_run_strings
from indexer.engines.whoosh.writer.run_merge import merge_stored_texts
from indexer.engines.whoosh.writer.runs import write_run
from indexer.models import Document

BITS = st.sampled_from(
    ["Hoà", "hòa", "kĩ", "06", "1.000.000", "42/NQ-CP", "漢字", "a\u200bb", "e\u0302\u0323", "Ðại",
     "𝐃𝐚̂𝐧", ". B", "\n\n", "a\u00a0b", " ", "", "TP. Huế", "x\ud800y", "vận. Dân", "(", "0",
     "x\u0958y"]
)  # fmt: skip
ANY = TEXTS | st.lists(BITS, max_size=9).map(" ".join) | st.lists(BITS, max_size=9).map("".join)


def read_back(folder: Path, runs: list[list[str]]) -> tuple[TextReader, list[str]]:
    """Write texts as runs, merge these, and return their reader and the terms by number."""
    paths = []
    for number, texts in enumerate(runs):
        paths.append(folder / str(number))
        both = zip(texts[::2], texts[1::2], strict=True)
        write_run(
            paths[-1],
            [Document(f"{number} {n}", title, body) for n, (title, body) in enumerate(both)],
        )
    merge_stored_texts(folder / "all", paths)
    terms, _ = merge_run_strings(paths, "syllables")
    return TextReader(ArrayFile(folder / "all")), terms


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(st.tuples(ANY, ANY), max_size=3), max_size=3),
    st.frozensets(st.sampled_from(["hoà", "6", "1000000", "vận", "a", "漢"])),
)
def test_texts_and_tokens_are_read_back_as_written(
    runs: list[list[tuple[str, str]]], without: frozenset[str]
) -> None:
    with TemporaryDirectory() as folder:
        flat = [[text for both in run for text in both] for run in runs]
        reader, terms = read_back(Path(folder), flat)
        expected = [both for run in runs for both in run]
        assert len(reader) == len(expected)
        assert reader.read(range(len(expected))) == expected
        assert reader.titles(range(len(expected))) == [title for title, _ in expected]
        asked = {t.term for both in expected for text in both for t in tokens(text)} - without
        wanted = {number: term for number, term in enumerate(terms) if term in asked}
        assert set(wanted.values()) == asked
        every = reader.matched_tokens(range(len(expected)), wanted)
        places = reader.term_places(range(len(expected)), [-1, *wanted])
        assert all(map(np.array_equal, places, expected_places(expected, [*wanted.values()])))
        for number, both in enumerate(expected):
            assert reader.read([number]) == [both]
            assert reader.matched_tokens([number], wanted) == [every[number]]
            for found, text in zip(every[number], both, strict=True):
                assert found.text == text
                assert found.tokens == [t for t in tokens(text) if t.term in asked], text


def expected_places(
    documents: list[tuple[str, str]], terms: list[str]
) -> tuple[list[int], list[int], list[int]]:
    """Return the three columns of `TermPlaces` for these terms, whose indexes are from 1 on."""
    found = [
        (text, token.position, 1 + terms.index(token.term))
        for text, content in enumerate(part for both in documents for part in both)
        for token in tokens(content)
        if token.term in terms
    ]
    texts, positions, indexes = zip(*found, strict=True) if found else ((), (), ())
    return list(texts), list(positions), list(indexes)


def test_a_long_title_is_read_without_its_body(tmp_path: Path) -> None:
    # Number 128, 256 … of the symbols have codes that end with the code of the separator.
    title = " ".join(f"chữ{number}" for number in range(3_000))
    reader, _ = read_back(tmp_path, [[title, "dân vận", "", title]])
    assert reader.titles([1, 0, 1]) == ["", title, ""]


@given(st.binary(max_size=2_000), st.binary(max_size=50))
def test_a_beginning_is_decompressed_up_to_a_mark(raw: bytes, dictionary: bytes) -> None:
    end = re.compile(rb"mark")
    whole = compress(raw.replace(b"mark", b"") + b"mark" + raw, dictionary)
    assert decompress_until(whole, dictionary, end) == raw.replace(b"mark", b"") + b"mark"
    for damaged in (compress(raw.replace(b"mark", b""), dictionary), whole[:1], b""):
        with pytest.raises((ValueError, zlib.error)):
            decompress_until(damaged, dictionary, end)


@given(st.lists(st.integers(0, 2**34)))
def test_dense_codes_decode_to_the_same_numbers(numbers: list[int]) -> None:
    raw, ends = encode_dense(np.array(numbers, np.int64))
    assert decode_dense(raw.tobytes()).tolist() == numbers
    assert len(ends) == len(numbers)
    for number, end, start in zip(numbers, ends, [0, *ends], strict=False):
        assert decode_dense(raw[start:end].tobytes()).tolist() == [number]
        assert end - start == (1 if number < 128 else 2 if number < 16512 else end - start)


@pytest.mark.parametrize("damaged", [b"\x01", b"\x81\x01", b"\x01" * 7 + b"\x81"])
def test_incomplete_dense_codes_raise_value_error(damaged: bytes) -> None:
    with pytest.raises(ValueError, match="cut short"):
        decode_dense(damaged)


@given(st.binary(max_size=300), st.binary(max_size=50), st.integers(0, 300))
def test_compressed_bytes_are_restored_and_truncation_is_noticed(
    raw: bytes, dictionary: bytes, cut: int
) -> None:
    compressed = compress(raw, dictionary)
    assert decompress(compressed, dictionary) == raw
    if cut < len(compressed):
        with pytest.raises((ValueError, zlib.error)):
            decompress(compressed[:cut], dictionary)


def test_a_text_over_the_maximum_length_raises_value_error(monkeypatch: pytest.MonkeyPatch) -> None:
    compressed = compress(b"x" * 1000, b"")
    monkeypatch.setattr("indexer.engines.whoosh.doc_store.compression.MAX_RAW", 1000)
    assert len(decompress(compressed, b"")) == 1000
    monkeypatch.setattr("indexer.engines.whoosh.doc_store.compression.MAX_RAW", 999)
    with pytest.raises(ValueError, match="cut short or too long"):
        decompress(compressed, b"")
