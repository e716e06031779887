"""Law: selecting again only phrases whose counts changed gives the same as selecting all of
them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.whoosh.postings.array_file import ArrayWriter
from indexer.engines.whoosh.terms import phrase_table
from indexer.engines.whoosh.terms.phrase_table import merge_phrases, write_phrase_counts

syllables = st.lists(st.sampled_from("dân vận khéo Hòa hoà Văn".split()), min_size=2, max_size=4)
written = st.tuples(syllables, st.lists(st.sampled_from("_ "), min_size=3, max_size=3)).map(
    lambda parts: "".join(p + sign for p, sign in zip(parts[0], [*parts[1], ""], strict=False))
)
counts = st.dictionaries(written.map(lambda text: text.strip("_ ")), st.integers(1, 5), max_size=12)


def write(path: Path, counted: dict[str, int]) -> Path:
    with ArrayWriter(path) as writer:
        write_phrase_counts(writer, counted)
    return path


@given(counts, counts, counts, st.integers(1, 20))
def test_incremental_selection_equals_selection_from_scratch(before, removed, added, limit) -> None:
    after = {name: n for name, n in (before | added).items() if name not in removed}
    with tempfile.TemporaryDirectory() as folder, patch.object(phrase_table, "MAX_PHRASES", limit):
        at = Path(folder)
        merge_phrases(at / "former", [write(at / "before", before)])
        merge_phrases(at / "since", [write(at / "after", after)], at / "former")
        merge_phrases(at / "anew", [at / "after"])
        assert (at / "since").read_bytes() == (at / "anew").read_bytes()
