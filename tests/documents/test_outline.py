"""The outline of a law: every unit is found where it stands, and has a name of its own."""

from __future__ import annotations

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents.outline import OutlineLevel, outline

LAW = """Căn cứ Hiến pháp nước Cộng hòa xã hội chủ nghĩa Việt Nam;

Phần thứ nhất
QUY ĐỊNH CHUNG

Chương I
PHẠM VI ĐIỀU CHỈNH
VÀ ĐỐI TƯỢNG ÁP DỤNG

Điều 1. Phạm vi điều chỉnh
Luật này quy định về dân chủ ở cơ sở, theo Điều 5 và Chương II của Luật này.
Điều 2. Đối tượng áp dụng
1. Cơ quan, tổ chức:
a) Cơ quan nhà nước;
đ) Tổ chức khác.
2. Cá nhân.
Chương II: QUYỀN VÀ NGHĨA VỤ
Mục 1. QUYỀN
Điều 3.
Công dân có các quyền sau đây.
Mục 2
NGHĨA VỤ
Điều 3a. Nghĩa vụ bổ sung
Điều 1. Điều có số trùng
1. Khoản của điều có số trùng.
"""


def test_the_units_of_a_law() -> None:
    found = [(s.level, s.label, s.title, s.anchor) for s in outline(LAW)]
    assert found == [
        (OutlineLevel.PART, "Phần thứ nhất", "QUY ĐỊNH CHUNG", "phan-1"),
        (OutlineLevel.CHAPTER, "Chương I", "PHẠM VI ĐIỀU CHỈNH VÀ ĐỐI TƯỢNG ÁP DỤNG", "chuong-1"),
        (OutlineLevel.ARTICLE, "Điều 1", "Phạm vi điều chỉnh", "dieu-1"),
        (OutlineLevel.ARTICLE, "Điều 2", "Đối tượng áp dụng", "dieu-2"),
        (OutlineLevel.CLAUSE, "Khoản 1", "", "dieu-2-khoan-1"),
        (OutlineLevel.POINT, "Điểm a", "", "dieu-2-khoan-1-diem-a"),
        (OutlineLevel.POINT, "Điểm đ", "", "dieu-2-khoan-1-diem-dd"),
        (OutlineLevel.CLAUSE, "Khoản 2", "", "dieu-2-khoan-2"),
        (OutlineLevel.CHAPTER, "Chương II", "QUYỀN VÀ NGHĨA VỤ", "chuong-2"),
        (OutlineLevel.SECTION, "Mục 1", "QUYỀN", "muc-1"),
        (OutlineLevel.ARTICLE, "Điều 3", "", "dieu-3"),
        (OutlineLevel.SECTION, "Mục 2", "NGHĨA VỤ", "muc-2"),
        (OutlineLevel.ARTICLE, "Điều 3a", "Nghĩa vụ bổ sung", "dieu-3a"),
        (OutlineLevel.ARTICLE, "Điều 1", "Điều có số trùng", "chuong-2-dieu-1"),
        (OutlineLevel.CLAUSE, "Khoản 1", "", "chuong-2-dieu-1-khoan-1"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "1. Việc thứ nhất\na) Mua\nb) Bán\n",
        "Theo Điều 5 của Luật này, ai cũng có quyền.\n",
        "Điều 5 của Luật này quy định như sau.\n",
        "Chương II của Luật này quy định như sau.\n",
        "Mục 2 và 3 đã được sửa.\nMục tiêu chung\nChương trình công tác\nPhần mềm\n",
        "Điều quan trọng là đoàn kết.\nĐiều kiện: không.\n",
        "",
    ],
)
def test_a_text_that_is_no_law_has_no_outline(text: str) -> None:
    assert outline(text) == ()


@pytest.mark.parametrize(
    ("line", "anchor"),
    [
        ("ĐIỀU 7: TỔ CHỨC THỰC HIỆN", "dieu-7"),
        ("Ðiều 7. Chữ Ð của bảng mã cũ", "dieu-7"),
        ("Điều thứ 7", "dieu-7"),
        ("Điều\u00a07.", "dieu-7"),
        ("  **Điều 7.** Chữ đậm", "dieu-7"),
        ("Chương XIV", "chuong-14"),
        ("PHẦN THỨ MƯỜI HAI", "phan-12"),
        ("Mục 3. XỬ LÝ VI PHẠM", "muc-3"),
        ("Tiểu mục 2", "tieu-muc-2"),
        ("Điều 12đ. Bổ sung", "dieu-12dd"),
    ],
)
def test_the_ways_in_which_units_are_written(line: str, anchor: str) -> None:
    assert [section.anchor for section in outline(f"Mở đầu\n{line}\n")] == [anchor]


UNITS = st.lists(
    st.sampled_from(
        ["Phần thứ hai", "Chương I", "Chương IV", "QUY ĐỊNH CHUNG", "Mục 1. QUYỀN", "Điều 1. Tên",
         "Điều 2", "Điều 2a.", "1. Khoản", "2. Khoản", "a) Điểm", "đ) Điểm", "d) Điểm", "", "Chữ."]
    ),
    max_size=60,
).map("\n".join)  # fmt: skip
TEXTS = st.text(max_size=200) | UNITS | st.from_regex(r"([ĐđPCMm1a][\w .)\n]{0,9}){0,30}")


@given(TEXTS)
def test_every_section_begins_a_line_and_has_an_anchor_of_its_own(body: str) -> None:
    units = outline(body)
    assert all(a.start < b.start for a, b in pairwise(units))
    assert all(s.start == 0 or body[s.start - 1] == "\n" for s in units)
    anchors = [section.anchor for section in units]
    assert len(set(anchors)) == len(anchors)
    assert all(anchor.isascii() and " " not in anchor for anchor in anchors)


@given(UNITS, UNITS)
def test_text_added_below_changes_no_section_above(body: str, more: str) -> None:
    before = outline(f"{body}\n\nHết.\n")
    assert outline(f"{body}\n\nHết.\n{more}")[: len(before)] == before


@pytest.mark.parametrize(
    "unit", ["Điều 1. Tên\n", "Chương I\n", "1. x\n", "a", "\n", "Mục 1\nTÊN\n"]
)
def test_the_time_is_linear_in_the_length(unit: str) -> None:
    def seconds(times: int) -> float:
        begin = process_time()
        outline(unit * times)
        return process_time() - begin

    assert min(seconds(80_000), seconds(80_000)) < 40 * max(seconds(8_000), 0.005)
