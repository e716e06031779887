"""An archive with an archive.toml, from `rebuild` to the answer: its profile, fields, pins."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Archive, ArchiveProfile, FieldType, OwnField, Pinned, SourceError
from indexer import rebuild as run_rebuild
from indexer import update as run_update
from indexer.engines import backend
from indexer.profile.archive_profile import merged


def source(folder: Path, toml: str, *records: Mapping[str, Any]) -> Path:
    """Write a source folder: archive.toml, and records as JSON lines."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "archive.toml").write_text(toml, encoding="utf-8")
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
    (folder / "records.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


ONE = {"id": "a", "title": "Công tác dân vận", "text": "Dân vận khéo ở xã."}

texts = st.text(max_size=8)
profiles = st.builds(
    ArchiveProfile,
    texts,
    texts,
    texts,
    st.lists(
        st.builds(OwnField, texts, st.sampled_from(FieldType), texts, texts, st.booleans()),
        max_size=3,
    ).map(tuple),
    st.lists(st.lists(texts, max_size=3).map(tuple), max_size=2).map(tuple),
    st.lists(st.builds(Pinned, texts, st.lists(texts, max_size=3).map(tuple)), max_size=2).map(
        tuple
    ),
    st.lists(texts, max_size=2).map(tuple),
)


@given(profiles)
def test_a_profile_survives_json(profile: ArchiveProfile) -> None:
    record = json.loads(json.dumps(profile.to_record()))
    assert ArchiveProfile.from_record(record) == profile


def test_the_first_source_with_a_name_decides_it_and_the_rest_adds_up() -> None:
    one = ArchiveProfile(description="Một", synonyms=(("a", "b"),), originals=("/x",))
    two = ArchiveProfile("Hai", "Hai", synonyms=(("c", "d"),), originals=("/x", "/y"))
    both = merged({"/x": one, "/y": two})
    assert (both.name, both.description) == ("Hai", "Một")
    assert both.synonyms == (("a", "b"), ("c", "d"))
    assert both.originals == ("/x", "/y")


def test_the_index_knows_what_its_archive_toml_says(tmp_path: Path) -> None:
    folder, index = source(tmp_path / "kho", 'name = "Kho lưu trữ"', ONE), tmp_path / "index"
    run_rebuild([folder], index)
    with Archive.open(index) as archive:
        assert archive.profile().name == "Kho lưu trữ"
    assert backend().check(index) == []


def test_a_changed_archive_toml_is_in_force_after_an_update(tmp_path: Path) -> None:
    folder, index = source(tmp_path / "kho", 'name = "Kho cũ"', ONE), tmp_path / "index"
    run_rebuild([folder], index)
    with Archive.open(index) as archive:
        former = archive.status().generation
        assert run_update([folder], index).unchanged == 1
        assert archive.status().generation == former
        source(folder, 'name = "Kho mới"', ONE)
        assert run_update([folder], index).unchanged == 1
        assert archive.profile().name == "Kho mới"
        assert archive.status().generation != former
        assert archive.document("a").title == ONE["title"]
        (folder / "archive.toml").unlink()
        run_update([folder], index)
        assert archive.profile() == ArchiveProfile()


def test_an_update_of_one_source_leaves_what_another_says(tmp_path: Path) -> None:
    index = tmp_path / "index"
    one = source(tmp_path / "one", 'name = "Một"', ONE)
    two = source(tmp_path / "two", 'contact = "hai@kho.example"', {**ONE, "id": "b"})
    run_rebuild([one, two], index)
    source(two, 'contact = "ba@kho.example"', {**ONE, "id": "b"})
    run_update([two], index)
    run_update([], index, delete=["b"])
    with Archive.open(index) as archive:
        assert archive.profile() == ArchiveProfile("Một", contact="ba@kho.example")


def test_sources_that_define_a_field_differently_are_refused(tmp_path: Path) -> None:
    index = tmp_path / "index"
    one = source(tmp_path / "one", '[fields.kho]\ntype = "text"', ONE)
    two = source(tmp_path / "two", '[fields.kho]\ntype = "number"', {**ONE, "id": "b"})
    with pytest.raises(SourceError, match=r"one and of .*two define \[fields.kho\] differently"):
        run_rebuild([one, two], index)
    assert not (index / "CURRENT").exists()
