"""An archive with an archive.toml, from `rebuild` to the answer: its profile, fields, pins."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import (
    Archive,
    ArchiveProfile,
    Document,
    FieldType,
    OwnField,
    OwnValues,
    Pinned,
    RequestError,
    SearchRequest,
    SourceError,
    document_payload,
    facet_schema,
    loosen,
)
from indexer import rebuild as run_rebuild
from indexer import update as run_update
from indexer.engines import backend
from indexer.facets import facet_values
from indexer.profile.archive_profile import merged
from indexer.query.plan import EVERYTHING, Plan


def source(folder: Path, toml: str, *records: Mapping[str, Any]) -> Path:
    """Write a source folder with an archive.toml and records as JSON lines; return it."""
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


FIELDS = """
[fields.kho]
label.vi = "Kho lưu"
label.en = "Repository"
facet = true
[fields."phông"]
type = "hierarchy"
label.vi = "Phông lưu trữ"
facet = true
[fields.so_trang]
type = "number"
[fields.ky_hieu]
label.vi = "Ký hiệu kho"
"""
RECORDS = (
    {"id": "a", "text": "Dân vận khéo ở xã", "kho": "Kho A", "phông": "Ủy ban/Hộp 1",
     "so_trang": 12, "ky_hieu": "KH-7"},
    {"id": "b", "text": "Dân vận ở huyện", "kho": ["Kho A", "Kho B"], "phông": "Ủy ban/Hộp 2"},
    {"id": "c", "text": "Dân vận ở tỉnh", "phông": "Tỉnh đoàn", "la": "x"},
)  # fmt: skip


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Archive]:
    run_rebuild([source(tmp_path / "kho", FIELDS, *RECORDS)], tmp_path / "index")
    with Archive.open(tmp_path / "index") as archive:
        yield archive


def ids(archive: Archive, text: str, **filters: tuple[str, ...]) -> set[str]:
    chosen = {name.replace("__", "."): values for name, values in filters.items()}
    return {hit.document.id for hit in archive.search(SearchRequest(text, filters=chosen)).hits}


def test_own_facets_are_counted_and_filtered_like_the_others(own: Archive) -> None:
    results = own.search(SearchRequest("dân vận", filters={"field.kho": ("Kho B",)}))
    assert [hit.document.id for hit in results.hits] == ["b"]
    facets = {facet.name: facet for facet in results.facets}
    assert list(facets) == ["field.kho", "field.phông"]
    kho = facets["field.kho"]
    assert (kho.label, kho.label_en) == ("Kho lưu", "Repository")
    assert [(v.value, v.count, v.selected) for v in kho.values] == [
        ("Kho A", 2, False),  # disjunctive: without the filter of this facet
        ("Kho B", 1, True),
    ]
    assert {(v.value, v.label, v.count) for v in facets["field.phông"].values} == {
        ("Ủy ban", "Ủy ban", 1),
        ("Ủy ban/Hộp 2", "Ủy ban › Hộp 2", 1),
    }


def test_a_path_is_found_by_every_path_above_it(own: Archive) -> None:
    assert ids(own, "", field__phông=("Ủy ban",)) == {"a", "b"}
    assert ids(own, "", field__phông=("Ủy ban/Hộp 1", "Tỉnh đoàn")) == {"a", "c"}


def test_own_fields_are_fields_of_the_query_language(own: Archive) -> None:
    assert ids(own, 'kho:"kho b"') == {"b"}
    assert ids(own, "phông:tỉnh đoàn") == ids(own, "phong:tinh doan") == {"c"}
    assert ids(own, "phong:hộp 1 dân vận") == {"a"}
    assert ids(own, 'dân vận -kho:"Kho A"') == {"c"}
    assert ids(own, "so_trang:12") == {"a"}
    for name in ("phông_lưu_trữ", "phong_luu_tru", "Phông_lưu_trữ"):  # the label
        assert ids(own, f"{name}:tỉnh đoàn") == {"c"}
    assert ids(own, "kho_lưu:kho b") == {"b"}
    assert ids(own, "ky_hieu:KH-7") == {"a"}  # not listed, but asked for
    assert own.search(SearchRequest("ky_hieu:khác")).total == 0
    assert loosen('phông:"tỉnh đoàn" "dân vận"', own_query_fields(own)) == (
        'dân vận phông:"tỉnh đoàn"'
    )


def own_query_fields(archive: Archive) -> Mapping[str, str]:
    return facet_schema(archive.profile().fields).own_query_fields


def test_an_unknown_own_facet_is_refused_with_the_known_ones(own: Archive) -> None:
    with pytest.raises(RequestError, match=r"no facet 'field.x'.*year.*field.kho, field.phông"):
        own.search(SearchRequest(filters={"field.x": ("1",)}))


def test_an_explanation_names_the_own_facet(own: Archive) -> None:
    (hit,) = own.search(SearchRequest("kho:b", explain=True)).hits
    assert hit.explanation
    assert "Kho lưu của trang: Kho B." in hit.explanation.reasons


def test_values_are_stored_with_their_types_and_in_the_json(own: Archive) -> None:
    payload = document_payload(own.document("a"))["fields"]
    assert payload["own"] == {
        "kho": ["Kho A"],
        "phông": ["Ủy ban/Hộp 1"],
        "so_trang": [12],
        "ky_hieu": ["KH-7"],
    }
    assert own.document("c").extra == (("la", "x"),)


def test_changed_fields_are_in_force_after_an_update(own: Archive, tmp_path: Path) -> None:
    folder = source(
        tmp_path / "kho",
        '[fields.kho]\ntype = "hierarchy"\nfacet = true\n[fields.la]\nfacet = true',
        *RECORDS,
    )
    report = run_update([folder], tmp_path / "index")
    assert report.replaced == 3
    assert report.fields_changed
    assert not run_update([folder], tmp_path / "index").fields_changed
    assert ids(own, "", **{"field__la": ("x",)}) == {"c"}
    with pytest.raises(RequestError, match=r"no facet 'field\.phông'"):
        own.search(SearchRequest(filters={"field.phông": ("Ủy ban",)}))
    assert dict(own.document("a").extra)["phông"] == "Ủy ban/Hộp 1"
    again = run_rebuild([folder], tmp_path / "again").status
    assert again.documents == report.status.documents


def test_unknown_keys_are_reported_once(tmp_path: Path) -> None:
    more = [{"id": str(n), "text": "Dân vận", "la": n, "khác": 1} for n in range(3)]
    folder = source(tmp_path / "kho", FIELDS, *RECORDS, *more)
    report = run_rebuild([folder], tmp_path / "index").reading
    assert report.unknown_keys == {"la": 4, "khác": 3}
    assert report.is_complete
    assert run_update([folder], tmp_path / "index").reading.unknown_keys == {}


def test_two_sources_share_a_field(tmp_path: Path) -> None:
    one = source(tmp_path / "one", FIELDS, RECORDS[0])
    two = source(tmp_path / "two", FIELDS, RECORDS[1])
    run_rebuild([one, two], tmp_path / "index")
    with Archive.open(tmp_path / "index") as archive:
        assert ids(archive, "", field__kho=("Kho A",)) == {"a", "b"}


@given(st.lists(st.lists(st.sampled_from(("A", "A/B", "A/B/C", "D", "x=y")), max_size=3)))
def test_counts_agree_with_the_documents(
    tmp_path_factory: pytest.TempPathFactory, paths: list[list[str]]
) -> None:
    documents = [
        Document(str(n), body="dân vận", own=(OwnValues("p", "hierarchy", tuple(values)),))
        for n, values in enumerate(paths)
    ]
    index = tmp_path_factory.mktemp("index")
    backend().build(index, documents)
    engine = backend().open_engine(index)
    try:
        counted = engine.find(Plan(EVERYTHING), filters={}).facets.get("field.p", {})
    finally:
        engine.close()
    assert counted == Counter(
        value for document in documents for value in facet_values(document, "field.p")
    )


def test_own_synonyms_find_each_other_and_are_highlighted(tmp_path: Path) -> None:
    records = [
        {"id": "a", "title": "Chi cục XKBV kiểm tra", "text": "Một câu."},
        {"id": "b", "title": "Chi cục khu bảo vệ xanh", "text": "Hai câu."},
        {"id": "c", "title": "Chợ quê", "text": "Xanh bảo vệ khu."},
    ]
    folder, index = source(tmp_path / "kho", "", *records), tmp_path / "index"
    run_rebuild([folder], index)
    with Archive.open(index) as archive:
        before = ids(archive, "XKBV chi")
        source(folder, 'synonyms = [["XKBV", "khu bảo vệ xanh"]]', *records)
        assert run_update([folder], index).replaced == 0  # no file is read again
        assert before == {"a"}
        for text in ("XKBV chi", "chi cục khu bảo vệ xanh", "chi cuc khu bao ve xanh"):
            results = archive.search(SearchRequest(text))
            assert {hit.document.id for hit in results.hits} == {"a", "b"}, text
            for hit in results.hits:
                marked = " ".join(hit.document.title[s:e] for s, e in hit.title_ranges)
                assert "XKBV" in marked or ("bảo vệ" in marked and "xanh" in marked), text
        assert ids(archive, '"XKBV"') == {"a"}
