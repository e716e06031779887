"""Spreadsheets and CSV: a row with known columns is a document, any other sheet is one."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from pathlib import Path

import pytest

from indexer.documents import read_sources
from indexer.errors import DocumentError
from indexer.models import Document

FILES = Path(__file__).parent / "files"


def read(path: Path) -> tuple[list[Document], list[str]]:
    found = list(read_sources([path]))
    documents = [item for item in found if isinstance(item, Document)]
    return documents, [str(item) for item in found if isinstance(item, DocumentError)]


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods", "csv"])
def test_rows_under_vietnamese_column_names_are_documents(ending: str) -> None:
    documents, errors = read(FILES / f"register.{ending}")
    assert errors == []
    assert [d.number for d in documents] == ["12/BC-UBND", "13/KH-UBND"]
    assert documents[0].title == "Báo cáo kết quả dân vận, quý I; năm 2021"
    assert str(documents[0].published) == "2021-03-05"
    assert documents[1].title == "Kế hoạch trồng cây, bảo vệ rừng"
    assert all(unicodedata.is_normalized("NFC", d.title + d.body) for d in documents)


@pytest.mark.parametrize(
    ("head", "row", "expected"),
    [
        (
            ["Số TT", "Số, ký hiệu hồ sơ", "Tiêu đề hồ sơ", "Thời gian (BĐ - KT)", "Số tờ"],
            ["1", "01/KT", "Khen thưởng", "15/01/1998 - 20/12/1998", "25"],
            {"title": "Khen thưởng", "number": "01/KT", "published": "1998-01-15/1998-12-20"},
        ),
        (
            ["Số, ký hiệu văn bản", "Ngày tháng văn bản",
             "Tên loại và trích yếu nội dung văn bản", "Người ký"],
            ["01/QĐ-UBND", "02/01/2020", "Quyết định về việc nghỉ hưu", "Nguyễn Văn A"],
            {"title": "Quyết định về việc nghỉ hưu", "number": "01/QĐ-UBND",
             "published": "2020-01-02", "signer": "Nguyễn Văn A"},
        ),
        (
            ["Tên loại", "Tác giả văn bản", "SỐ / KÝ HIỆU:", "Trích yếu nội dung văn bản"],
            ["Công văn", "Sở Nội vụ", "12/SNV", "Báo cáo biên chế"],
            {"title": "Báo cáo biên chế", "number": "12/SNV", "issuer": "Sở Nội vụ",
             "document_type": "Công văn"},
        ),
    ],
)  # fmt: skip
def test_the_columns_of_registers_are_known(
    tmp_path: Path, head: list[str], row: list[str], expected: dict[str, str]
) -> None:
    lines = ["UBND HUYỆN BA BỂ", "MỤC LỤC", *("\t".join(cells) for cells in (head, row))]
    (tmp_path / "a.tsv").write_text("\n".join(lines), "utf-8")
    (document,) = read_sources([tmp_path])
    assert isinstance(document, Document)
    assert {name: str(getattr(document, name)) for name in expected} == expected


def test_a_head_of_two_rows_with_numbers_of_columns_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "MỤC LỤC HỒ SƠ;;;;\nSTT;Tiêu đề hồ sơ;Thời gian;;Số tờ\n;;Bắt đầu;Kết thúc;\n"
        "(1);(2);(3);(4);(5)\n1;Khen thưởng;15/01/1998;20/12/1998;25\n2;Quyết định;1999;;112\n"
        "Tổng cộng;;;;137\n",
        "utf-8",
    )
    documents, errors = read(tmp_path / "a.csv")
    assert errors == []
    assert [(d.title, str(d.published)) for d in documents] == [
        ("Khen thưởng", "1998-01-15/1998-12-20"),
        ("Quyết định", "1999"),
    ]
    assert documents[0].body.split("\n")[2:] == [
        "Thời gian (Bắt đầu): 15/01/1998", "Thời gian (Kết thúc): 20/12/1998", "Số tờ: 25"
    ]  # fmt: skip
    assert ("bảng", "MỤC LỤC HỒ SƠ Tổng cộng 137") in documents[0].extra


@pytest.mark.parametrize(
    "rows",
    [
        "1;Về đất đai;2\n2;Về rừng;3",  # no head of two rows: a heading stands above each cell
        "Một;Về đất đai;Hai\n2;Về rừng;3",
        "3;Về đất đai;\nTổng;Báo cáo tổng kết;5",  # a document, no total
    ],
)
def test_rows_like_a_second_head_or_a_total_are_documents(tmp_path: Path, rows: str) -> None:
    (tmp_path / "a.csv").write_text(f"STT;Trích yếu;Số tờ\n{rows}\n", "utf-8")
    documents, errors = read(tmp_path / "a.csv")
    assert (len(documents), errors) == (2, [])


def test_a_row_without_a_text_has_its_cells_under_their_headings(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Số hiệu,Trích yếu,Hộp\n5/QĐ,Về đất đai,3\n", "utf-8")
    (document,), _ = read(tmp_path / "a.csv")
    assert document.body == "Số hiệu: 5/QĐ\nTrích yếu: Về đất đai\nHộp: 3"


def test_a_title_above_the_column_names_is_kept_with_each_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "Danh mục hồ sơ năm 2020,,\n,,\nSTT,Số hiệu,Trích yếu\n1,5/QĐ,Về đất đai\n", "utf-8"
    )
    (document,), _ = read(tmp_path / "a.csv")
    assert document.title == "Về đất đai"
    assert ("bảng", "Danh mục hồ sơ năm 2020") in document.extra


def test_a_table_without_known_columns_is_one_document_with_every_row(tmp_path: Path) -> None:
    text = "Thống kê hộ dân các xã;;\nXã;Hộ;Ngày\nPhú Lợi;120;05/3/2021\nPhú Mỹ;95;06/3/2021\n"
    (tmp_path / "a.csv").write_text(unicodedata.normalize("NFD", text), "utf-8")
    (document,), errors = read(tmp_path / "a.csv")
    assert errors == []
    assert document.title == "Thống kê hộ dân các xã"
    assert document.body == (
        "Thống kê hộ dân các xã\n\nXã\tHộ\tNgày\nPhú Lợi\t120\t05/3/2021\nPhú Mỹ\t95\t06/3/2021"
    )


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_separator_is_the_one_that_cuts_all_rows_alike(
    tmp_path: Path, separator: str, encoding: str
) -> None:
    rows = [("Tiêu đề", "Nội dung")] + [
        (f'"Bài {n}, phần một; hai"', '"Câu một, câu hai; câu ""ba""\nDòng hai"') for n in range(5)
    ]
    text = "\r\n".join(separator.join(row) for row in rows)
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    documents, errors = read(tmp_path / "a.csv")
    assert errors == []
    assert [d.title for d in documents] == [f"Bài {n}, phần một; hai" for n in range(5)]
    assert documents[0].body == 'Câu một, câu hai; câu "ba"\nDòng hai'


def sheet(cells: str) -> bytes:
    packed = io.BytesIO()
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(packed, "w") as out:
        out.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Override PartName="/xl/workbook.xml" ContentType="application/'
            'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        )
        out.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{relations}"><Relationship Id="r1" '
            f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        out.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        out.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        out.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
        )
    return packed.getvalue()


def test_a_sheet_that_is_as_large_as_sheets_can_be_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(
        sheet(
            '<row r="1"><c r="A1"><v>1</v></c></row>'
            '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
        )
    )
    documents, errors = read(tmp_path / "a.xlsx")
    assert documents == []
    assert len(errors) == 1
    assert "stray cells" in errors[0]


@pytest.mark.parametrize("data", [b"", b"PK\3\4", b"\xd0\xcf\x11\xe0" + b"\0" * 600, sheet("<row")])
def test_a_damaged_workbook_is_one_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.xlsx").write_bytes(data)
    documents, errors = read(tmp_path / "a.xlsx")
    assert documents == []
    assert len(errors) == 1


def test_the_number_of_a_day_is_a_date(tmp_path: Path) -> None:
    (path := tmp_path / "a.csv").write_text("title,text,date\nHọp,Bàn việc,43832\n", "utf-8")
    assert [str(d.published) for d in read_sources([path]) if isinstance(d, Document)] == [
        "2020-01-02"
    ]


@pytest.mark.parametrize("name", ["merged.xlsx", "merged.xls"])
def test_a_cell_that_spans_rows_holds_for_each_entry(name: str) -> None:
    documents, errors = read(FILES / name)
    assert errors == []
    assert [(d.title, dict(d.extra)["Hộp số"], str(d.published)) for d in documents] == [
        ("Khen thưởng", "01", "1998"), ("Kỷ luật", "01", "1999"), ("Đào tạo", "01", "2000"),
        ("Tài sản", "02", "2001"),
    ]  # fmt: skip
    assert dict(documents[3].extra)["Ghi chú"] == "Thiếu tờ cuối Có bản sao"
    assert dict(documents[3].extra)["STT"] == "4"


def test_a_title_above_a_csv_does_not_hide_its_separator(tmp_path: Path) -> None:
    text = (
        "SỔ ĐĂNG KÝ CÔNG VĂN ĐẾN\nTừ ngày 1/1/2021, đến ngày 31/12/2021\n\n"
        "STT;Số ký hiệu;Ngày;Trích yếu\n1;12/BC-UBND;5/3/2021;Báo cáo dân vận, quý I, năm 2021\n"
        '2;13/KH-UBND;6/3/2021;"Kế hoạch; nhiều\ndòng"\n'
    )
    (tmp_path / "a.csv").write_text(text, "utf-16")
    documents, errors = read(tmp_path / "a.csv")
    assert errors == []
    assert [(d.number, d.title) for d in documents] == [
        ("12/BC-UBND", "Báo cáo dân vận, quý I, năm 2021"), ("13/KH-UBND", "Kế hoạch; nhiều dòng"),
    ]  # fmt: skip


def test_the_separator_that_a_csv_states_for_excel_counts(tmp_path: Path) -> None:
    """It is no row of the table."""
    (tmp_path / "a.csv").write_text(
        "\ufeffsep=|\r\nTiêu đề|Nội dung\r\nBáo cáo, quý I|Một; hai, ba\r\n", "utf-8"
    )
    (document,), errors = read(tmp_path / "a.csv")
    assert errors == []
    assert (document.title, document.body) == ("Báo cáo, quý I", "Một; hai, ba")
    assert document.extra == ()


FOOT = (
    ";;Tổng cộng: 2 văn bản;\n;;;Giang Thành, ngày 31/12/2021\nNGƯỜI LẬP;;;CHÁNH VĂN PHÒNG\n"
    "Lê Văn A;;;Trần Thị B\n"
)


@pytest.mark.parametrize("number", ["STT", "TT", "Số TT", "S.T.T", "Số thứ tự"])
def test_the_date_and_signatures_below_a_list_are_no_documents(tmp_path: Path, number: str) -> None:
    (tmp_path / "a.csv").write_text(
        f"{number};Số ký hiệu;Trích yếu;Ghi chú\n1;12/BC-UBND;Báo cáo quý I;\n"
        f"2.;13/KH-UBND;Kế hoạch;gấp\n{FOOT}",
        "utf-8",
    )
    documents, errors = read(tmp_path / "a.csv")
    assert errors == []
    assert [d.number for d in documents] == ["12/BC-UBND", "13/KH-UBND"]
    (above,) = {dict(d.extra)["bảng"] for d in documents}
    assert above.startswith("Tổng cộng: 2 văn bản Giang Thành, ngày 31/12/2021 NGƯỜI LẬP")


@pytest.mark.parametrize(
    "rows",
    [
        "STT;Số ký hiệu;Trích yếu;Ghi chú\n1;12/BC;Báo cáo;\n;;Kế hoạch;\n2;;Thông báo;\n",
        "STT;Số ký hiệu;Trích yếu;Ghi chú\n1;12/BC;Báo cáo;\n2;;Thông báo;\n;13/KH;Kế hoạch;gấp\n",
        "STT;Số ký hiệu;Trích yếu;Ghi chú\n;12/BC;Báo cáo;\n;;Kế hoạch;\n;;Thông báo;\n",
        "STT;Trích yếu;Ghi chú\n1;Báo cáo;\n;Kế hoạch;\n;Thông báo;\n",
    ],
    ids=["in between", "with three cells", "no numbers", "few columns"],
)
def test_entries_without_a_number_are_documents(tmp_path: Path, rows: str) -> None:
    (tmp_path / "a.csv").write_text(rows, "utf-8")
    documents, errors = read(tmp_path / "a.csv")
    assert (len(documents), errors) == (3, [])
