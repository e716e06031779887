"""Values of an archive's own fields: types, spellings, what is not understood."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Document, FieldType, OwnField, OwnValues
from indexer.documents import Warned, read_sources
from indexer.documents.own_fields import own_values
from indexer.facets import facet_values, format_number, parse_number, storable_number

KHO = OwnField("kho", FieldType.TEXT, "Kho lưu", "Repository", True)
PHONG = OwnField("phong", FieldType.HIERARCHY, "Phông", "Fonds", True)
TRANG = OwnField("so_trang", FieldType.NUMBER, "Số trang", "Pages")
NGAY = OwnField("ngay_nhap", FieldType.DATE, "Ngày nhập", "Accession")
FIELDS = (KHO, PHONG, TRANG, NGAY)

TOML = """
[columns]
"Ngày vào sổ" = "ngay_nhap"
[fields.kho]
label.vi = "Kho lưu"
facet = true
[fields.phong]
type = "hierarchy"
facet = true
[fields.so_trang]
type = "number"
label.vi = "Số trang"
[fields.ngay_nhap]
type = "date"
"""


def documents(folder: Path) -> dict[str, Document]:
    items = list(read_sources([folder]))
    return {item.id: item for item in items if isinstance(item, Document)}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), ("1.234", 1234), ("1.234.567", 1_234_567), ("1 234", 1234), ("1,5", 1.5),
        ("1.234,5", 1234.5), ("1.5", 1.5), ("12.50", 12.5), ("-3", -3), ("1,234,567", 1_234_567),
        ("1,234.5", 1234.5), ("007", 7), ("0.125", 0.125), ("", None), ("12 tờ", None),
        ("1.23.4", None), ("1e5", None), ("vô cực", None), ("nan", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_vietnamese_writes_them(text: str, number: float | None) -> None:
    assert parse_number(text) == number


@given(st.integers(-(10**15), 10**15) | st.decimals(-(10**9), 10**9, places=2).map(float))
def test_a_number_is_read_as_it_is_shown(number: float) -> None:
    number = storable_number(number) or 0
    assert parse_number(format_number(number)) == number


ANYTHING = st.text() | st.floats() | st.integers() | st.none() | st.booleans() | st.lists(st.text())


@given(st.dictionaries(st.sampled_from([own.key for own in FIELDS]), ANYTHING))
def test_any_record_gives_storable_values(record: dict[str, object]) -> None:
    own, _ = own_values(record, FIELDS, [])
    document = Document("x", own=own)
    assert Document.from_record(json.loads(json.dumps(document.to_record()))) == document
    for values in own:
        assert values.values
        json.dumps(values.values, allow_nan=False, ensure_ascii=False).encode()
        assert facet_values(document, f"field.{values.key}")


def test_a_path_counts_for_every_path_above_it() -> None:
    own, _ = own_values({"phong": [" Ủy ban / Hộp 3>Tờ 1 ", "Ủy ban"]}, FIELDS, [])
    assert own == (OwnValues("phong", "hierarchy", ("Ủy ban/Hộp 3/Tờ 1", "Ủy ban")),)
    found = facet_values(Document("x", own=own), "field.phong")
    assert found == ("Ủy ban", "Ủy ban/Hộp 3", "Ủy ban/Hộp 3/Tờ 1")


def test_records_tables_front_matter_and_meta_state_own_fields(tmp_path: Path) -> None:
    (tmp_path / "archive.toml").write_text(TOML, "utf-8")
    record = {"id": "j", "text": "Dân vận", "kho": ["K1", "K2"], "so_trang": 12, "la": "x"}
    (tmp_path / "a.jsonl").write_text(json.dumps(record), "utf-8")
    (tmp_path / "b.csv").write_text(
        "Mã,Nội dung,KHO LƯU,Phong,Số trang,Ngày vào sổ\nc,Dân vận,K1; K3,A/B,1.200,5/1990\n",
        "utf-8",
    )
    (tmp_path / "m.md").write_text(
        "---\ntitle: Ghi chú về dân vận\nkho: [K1, K4]\nngay_nhap: 2020-01-02\nla: y\n---\n"
        "Một câu.",
        "utf-8",
    )
    (tmp_path / "h.html").write_text(
        '<html><head><meta name="Phong" content="A/C"><title>Công tác dân vận khéo ở xã</title>'
        "</head><body><article><h1>Công tác dân vận khéo ở xã</h1><p>"
        + "Phong trào dân vận khéo được nhân dân hưởng ứng. " * 8
        + "</p></article></body></html>",
        "utf-8",
    )
    found = documents(tmp_path)
    assert found["j"].own == (
        OwnValues("kho", "text", ("K1", "K2")),
        OwnValues("so_trang", "number", (12,)),
    )
    assert found["j"].extra == (("la", "x"),)
    assert found["c"].own == (
        OwnValues("kho", "text", ("K1", "K3")),
        OwnValues("phong", "hierarchy", ("A/B",)),
        OwnValues("so_trang", "number", (1200,)),
        OwnValues("ngay_nhap", "date", ("1990-05",)),
    )
    assert found["c"].extra == ()
    assert found["m"].own == (
        OwnValues("kho", "text", ("K1", "K4")),
        OwnValues("ngay_nhap", "date", ("2020-01-02",)),
    )
    assert found["m"].extra == (("la", "y"),)
    assert found["h"].own == (OwnValues("phong", "hierarchy", ("A/C",)),)


def test_a_value_of_another_type_is_reported_and_kept(tmp_path: Path) -> None:
    (tmp_path / "archive.toml").write_text(TOML, "utf-8")
    record = {"id": "j", "text": "Dân vận", "so_trang": "nhiều", "ngay_nhap": ["1990", "hôm qua"]}
    (tmp_path / "a.jsonl").write_text(json.dumps(record), "utf-8")
    items = list(read_sources([tmp_path]))
    (document,) = (item for item in items if isinstance(item, Document))
    assert document.own == (OwnValues("ngay_nhap", "date", ("1990",)),)
    assert document.extra == (("so_trang", "nhiều"), ("ngay_nhap", "1990, hôm qua"))
    warnings = [item.message for item in items if isinstance(item, Warned)]
    assert warnings == ["`so_trang` 'nhiều' is no number", "`ngay_nhap` 'hôm qua' is no date"]


def test_a_label_does_not_take_a_column_or_a_key_away(tmp_path: Path) -> None:
    (tmp_path / "archive.toml").write_text(
        '[fields.kho]\nlabel.vi = "Kho lưu"\nlabel.en = "Source"', "utf-8"
    )
    (tmp_path / "b.csv").write_text("Mã,Nội dung,Source,kho\nc,Dân vận,Báo A,K1\n", "utf-8")
    record = {"id": "j", "text": "Dân vận", "Kho lưu": "K2", "kho": "K1"}
    (tmp_path / "a.jsonl").write_text(json.dumps(record), "utf-8")
    found = documents(tmp_path)
    assert (found["c"].source, found["c"].own[0].values) == ("Báo A", ("K1",))
    assert found["j"].own[0].values == ("K1",)
    assert found["j"].extra == (("Kho lưu", "K2"),)


def test_without_archive_toml_all_keys_are_kept(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "j", "text": "Dân vận", "kho": "K1"}', "utf-8")
    assert documents(tmp_path)["j"].extra == (("kho", "K1"),)
