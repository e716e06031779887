"""Updates while the index is open in an `Archive`."""

from __future__ import annotations

from pathlib import Path

import pytest
from archives import build, write_jsonl

from indexer import Archive, DocumentNotFound, SearchRequest, SourceError, update


def names(archive: Archive) -> set[str]:
    return {hit.document.id for hit in archive.search(SearchRequest("dân vận")).hits}


def test_an_open_archive_follows_updates(tmp_path: Path) -> None:
    index = build(tmp_path / "index", {"id": "a", "text": "dân vận"})
    source = write_jsonl(tmp_path / "more.jsonl", {"id": "b", "text": "dân vận khéo"})
    with Archive.open(index) as archive:
        assert names(archive) == {"a"}
        update([source], index)
        assert names(archive) == {"a", "b"}
        assert archive.document("b").body == "dân vận khéo"
        update([], index, delete=["a"])
        assert names(archive) == {"b"}
        assert archive.status().documents == 1
        with pytest.raises(DocumentNotFound):
            archive.document("a")


def test_pruning_without_sources_is_refused(tmp_path: Path) -> None:
    index = build(tmp_path / "index", {"id": "a", "text": "dân vận"})
    with pytest.raises(SourceError):
        update([], index, prune=True)
    with Archive.open(index) as archive:
        assert names(archive) == {"a"}
