"""Columns of PDF pages: read one after the other where they are prose, a letterhead or a signature,
and never where they are a table."""

from __future__ import annotations

from collections import Counter
from itertools import zip_longest
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents import read_sources
from indexer.documents.formats.pdf.columns import has_halves, in_reading_order
from indexer.documents.formats.pdf.paragraphs import join_lines
from indexer.models import Document

LEFT = [
    "Phong trào trồng cây ở xã Hòa Bình", "bắt đầu từ mùa xuân năm ngoái, khi",
    "hội cựu chiến binh vận động mỗi nhà", "trồng mười cây keo ven đường liên",
    "thôn. Đến nay cả xã đã trồng được", "hơn bốn nghìn cây keo lai.",
]  # fmt: skip
RIGHT = [
    "Nhưng khi trạm bơm được sửa xong,", "nước về đến từng thửa ruộng, ai cũng",
    "hăng hái đào hố. Thanh niên gánh", "nước, phụ nữ ươm cây giống, học sinh",
    "chăm bón sau giờ học. Mỗi cây được", "gắn một tấm biển nhỏ.",
]  # fmt: skip
HEADLINE = "Bốn nghìn cây keo phủ xanh đường quê và bờ kênh của xã Hòa Bình trong mùa mưa năm nay"


def side_by_side(*columns: list[str], width: int = 48) -> tuple[list[str], str]:
    """Return the lines of columns as they are drawn line by line, and their layout."""
    rows = list(zip_longest(*columns, fillvalue=""))
    drawn = [cell for row in rows for cell in row if cell]
    return drawn, "\n".join("".join(cell.ljust(width) for cell in row).rstrip() for row in rows)


def test_two_columns_of_prose_are_read_one_after_the_other() -> None:
    drawn, layout = side_by_side(LEFT, RIGHT)
    found = in_reading_order([HEADLINE, *drawn], f"{HEADLINE}\n\n{layout}")
    assert join_lines(found) == [HEADLINE, " ".join(LEFT), " ".join(RIGHT)]


def test_three_columns_of_different_length_are_read_one_after_the_other() -> None:
    drawn, layout = side_by_side(LEFT, RIGHT[:5], LEFT, width=40)
    found = in_reading_order(drawn, layout)
    assert join_lines(found) == [" ".join(LEFT), " ".join(RIGHT[:5]), " ".join(LEFT)]


def test_marks_of_notes_that_stand_apart_do_not_hide_columns() -> None:
    drawn, layout = side_by_side(LEFT, [RIGHT[0] + "12", *RIGHT[1:]])
    apart = [piece for line in drawn for piece in line.replace(",12", ",\n12").split("\n")]
    lines, layout = [HEADLINE, *apart], f"{HEADLINE}\n\n{layout}"
    found = in_reading_order(lines, layout, [(RIGHT[0], "12")])
    assert join_lines(found) == [HEADLINE, " ".join(LEFT), " ".join(RIGHT).replace(",", ",12", 1)]
    assert in_reading_order(lines, layout) == lines  # another number beside a word


def test_columns_that_are_drawn_one_after_the_other_stay_as_they_are() -> None:
    _, layout = side_by_side(LEFT, RIGHT)
    assert in_reading_order([*LEFT, *RIGHT], layout) == [*LEFT, *RIGHT]


@pytest.mark.parametrize(
    "table",
    [
        [["Tên xã", *(f"Xã {name}" for name in "ABCDEFG")], ["Số hộ", *map(str, range(120, 127))]],
        [[f"Trường Tiểu học Kim Đồng số {n}" for n in range(8)],
         [f"Số {n} đường Trần Hưng Đạo" for n in range(8)]],
    ],
)  # fmt: skip
def test_the_rows_of_a_table_of_two_columns_stay_together(table: list[list[str]]) -> None:
    drawn, layout = side_by_side(*table)
    assert in_reading_order(drawn, layout) == drawn


def test_each_row_of_a_table_of_more_columns_is_a_paragraph() -> None:
    table = [list("1234"), ["Lò Văn A", "Vàng B", "Giàng C", "Lý D"], ["500 đồng"] * 4]
    drawn, layout = side_by_side(*table, width=20)
    found = join_lines(in_reading_order([HEADLINE, *drawn], f"{HEADLINE}\n{layout}"))
    assert found == [HEADLINE, *(" ".join(row) for row in zip(*table, strict=True))]


LETTERHEAD = """\
BỘ NỘI VỤ                                      CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT
                                               NAM

                                               Độc lập - Tự do - Hạnh phúc

Số: 16/2014/TT-BNV                             Hà Nội, ngày 20 tháng 11 năm
                                               2014


                                        THÔNG TƯ

       Hướng dẫn giao, nhận tài liệu lưu trữ vào Lưu trữ lịch sử các cấp
       Căn cứ Luật Lưu trữ ngày 11 tháng 11 năm 2011;
Điều 1. Phạm vi

Nơi nhận:                                      BỘ TRƯỞNG

- Thủ tướng;                                   (Đã ký)

- Lưu: VT.                                     Nguyễn Thái Bình
"""


def test_the_halves_of_a_letterhead_and_of_a_signature_are_read_one_after_the_other() -> None:
    drawn = [" ".join(line.split()) for line in LETTERHEAD.split("\n") if line.strip()]
    assert has_halves(drawn)
    assert join_lines(in_reading_order(drawn, LETTERHEAD)) == [
        "BỘ NỘI VỤ", "Số: 16/2014/TT-BNV",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT", "NAM", "Độc lập - Tự do - Hạnh phúc",
        "Hà Nội, ngày 20 tháng 11 năm 2014",
        "THÔNG TƯ",
        "Hướng dẫn giao, nhận tài liệu lưu trữ vào Lưu trữ lịch sử các cấp",
        "Căn cứ Luật Lưu trữ ngày 11 tháng 11 năm 2011;", "Điều 1. Phạm vi",
        "Nơi nhận:", "- Thủ tướng;", "- Lưu: VT.", "BỘ TRƯỞNG", "(Đã ký)", "Nguyễn Thái Bình",
    ]  # fmt: skip


def test_a_layout_with_other_words_is_not_used() -> None:
    drawn, layout = side_by_side(LEFT, RIGHT)
    assert in_reading_order(drawn, layout.replace("keo", "k eo")) == drawn


_CELL = st.sampled_from(
    ["", "Nơi nhận: a", "mười cây keo ven đường", "CỘNG HÒA XÃ HỘI", "12", "Xã"]
)


@given(st.lists(st.lists(_CELL, max_size=4), max_size=30), st.integers(10, 40))
def test_no_word_is_lost_or_added(rows: list[list[str]], width: int) -> None:
    layout = "\n".join("".join(cell.ljust(width) for cell in row) for row in rows)
    drawn = [cell for row in rows for cell in row if cell]
    found = in_reading_order(drawn, layout)
    assert Counter(" ".join(found).split()) == Counter(" ".join(drawn).split())


def test_a_newspaper_drawn_line_by_line_is_read_by_columns(tmp_path: Path) -> None:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas", reason="reportlab is not installed")
    left = ["Phong trao trong cay o xa Hoa Binh", *["bat dau tu mua xuan nam ngoai, khi"] * 6]
    right = ["Nhung khi tram bom sua xong,", *["nuoc ve den tung thua ruong, ai"] * 6]
    drawing = canvas.Canvas(str(tmp_path / "a.pdf"))
    for at, (one, other) in enumerate(zip(left, right, strict=True)):
        drawing.drawString(60, 760 - 14 * at, one)
        drawing.drawString(320, 760 - 14 * at, other)
    drawing.save()
    [document] = read_sources([tmp_path / "a.pdf"])
    assert isinstance(document, Document)
    paragraphs = [document.title, *document.body.split("\n\n")]
    assert {" ".join(left), " ".join(right)} <= set(paragraphs)
