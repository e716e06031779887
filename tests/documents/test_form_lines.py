"""In which column of its printed form each line of an administrative document stands."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import FormColumn, form_blocks

LETTERHEAD = """ỦY BAN NHÂN DÂN
TỈNH NAM ĐỊNH
-------
Số: 1234/QĐ-UBND
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Nam Định, ngày 15 tháng 3 năm 2022
QUYẾT ĐỊNH
Về việc phê duyệt kế hoạch dân vận khéo"""
SIGNATURE = """Nơi nhận:
- Như Điều 3;
- Lưu: VT.
TM. ỦY BAN NHÂN DÂN
KT. CHỦ TỊCH
PHÓ CHỦ TỊCH
(Đã ký)
Trần Văn Mẫu"""
TEXT = """Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;
Điều 1. Giao các sở, ban, ngành thực hiện nội dung nêu trên."""


def columns(body: str) -> list[list[tuple[str, str]]]:
    """Return, for each block, (first letter of the column, text) of its lines."""
    return [
        [(line.column.value[0], body[line.start : line.end]) for line in block.lines]
        for block in form_blocks(body)
    ]


def test_a_decision_has_a_letterhead_and_a_signature() -> None:
    body = f"{LETTERHEAD}\n{TEXT}\n{SIGNATURE}\n"
    letterhead, signature = columns(body)
    assert [text for _, text in letterhead] == LETTERHEAD.split("\n")
    assert "".join(column for column, _ in letterhead) == "llllrrraa"
    assert [text for _, text in signature] == SIGNATURE.split("\n")
    assert "".join(column for column, _ in signature) == "lllrrrrr"
    assert [block.is_letterhead for block in form_blocks(body)] == [True, False]


def test_columns_side_by_side_are_parted() -> None:
    body = (
        "ỦY BAN NHÂN DÂN\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
        "TỈNH NAM ĐỊNH     Độc lập - Tự do - Hạnh phúc\n"
        "Số: 12/QĐ-UBND Nam Định, ngày 15 tháng 3 năm 2022\n\n"
        "QUYẾT ĐỊNH\nVề việc dân vận khéo\n\n"
        f"{TEXT}\n\n"
        "Nơi nhận:                TM. ỦY BAN NHÂN DÂN\n"
        "- Như Điều 3;            CHỦ TỊCH\n"
        "- Lưu: VT.\n\n"
        "                         Trần Văn Mẫu\n"
    )
    letterhead, signature = columns(body)
    assert letterhead == [
        ("l", "ỦY BAN NHÂN DÂN"),
        ("r", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("l", "TỈNH NAM ĐỊNH"),
        ("r", "Độc lập - Tự do - Hạnh phúc"),
        ("l", "Số: 12/QĐ-UBND"),
        ("r", "Nam Định, ngày 15 tháng 3 năm 2022"),
        ("a", "QUYẾT ĐỊNH"),
        ("a", "Về việc dân vận khéo"),
    ]
    assert signature == [
        ("l", "Nơi nhận:"),
        ("r", "TM. ỦY BAN NHÂN DÂN"),
        ("l", "- Như Điều 3;"),
        ("r", "CHỦ TỊCH"),
        ("l", "- Lưu: VT."),
        ("r", "Trần Văn Mẫu"),
    ]


def test_the_subject_of_a_letter_stands_below_its_number() -> None:
    body = (
        "BAN DÂN VẬN\nSố 12-CV/BDV\nV/v báo cáo kết quả\nĐẢNG CỘNG SẢN VIỆT NAM\n"
        "Nam Định, ngày 15 tháng 3 năm 2022\nKính gửi: Các huyện ủy\n"
        "Đề nghị gửi báo cáo trước ngày 20.\nTRƯỞNG BAN\nNguyễn Thị Hoa"
    )
    letterhead, signature = columns(body)
    assert "".join(column for column, _ in letterhead) == "lllrr"
    assert signature == [("r", "TRƯỞNG BAN"), ("r", "Nguyễn Thị Hoa")]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Ngày 15 tháng 3, UBND tỉnh ra Quyết định số 12/QĐ-UBND.\nCác huyện thực hiện.",
        "TIN TRONG NƯỚC\nNguyễn Văn A\nHội nghị khai mạc sáng nay tại Hà Nội.",
        "GIÁM ĐỐC\nnói rằng công ty sẽ trả lương đúng hạn cho người lao động trong tháng này.",
        "Nơi nhận hồ sơ: Phòng Tổ chức, số 5 phố Huế.\nHồ sơ gồm đơn và lý lịch.\nHạn nộp: 5/3.",
        "Số liệu mới công bố.\nĐộc lập về tài chính là mục tiêu.",
    ],
)
def test_other_texts_have_none(body: str) -> None:
    assert form_blocks(body) == ()


def test_a_bar_between_columns_is_a_part_of_the_text() -> None:
    motto = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    body = LETTERHEAD.replace("ỦY BAN NHÂN DÂN\n", f"ỦY BAN NHÂN DÂN | {motto}\n")
    shown = "".join(text for block in columns(body) for _, text in block)
    assert "".join(shown.split()) == "".join(body.split())


@given(st.integers(0, 80))
def test_only_whole_lines_of_a_long_text_are_taken(shift: int) -> None:
    body = f"{'x' * shift}\n{LETTERHEAD}\n" + f"{TEXT}\n" * 60 + SIGNATURE
    for block in form_blocks(body):
        assert body[block.start - 1] == "\n"
        assert body[block.end : block.end + 1] in ("", "\n")


LINES = [
    "A | B",
    *LETTERHEAD.split("\n"),
    *SIGNATURE.split("\n"),
    *TEXT.split("\n"),
    "",
    " ",
    "Kết luận",
]


@given(st.lists(st.sampled_from(LINES), max_size=30), st.sampled_from(["\n", "\n\n", "\r\n"]))
def test_lines_are_whole_and_ascending_with_only_spaces_between(
    lines: list[str], joiner: str
) -> None:
    body = joiner.join(lines)
    blocks = form_blocks(body)
    for block in blocks:
        for line in block.lines:
            text = body[line.start : line.end]
            assert text == text.strip() != ""
            assert line.column in FormColumn
        for one, other in pairwise(block.lines):
            assert not body[one.end : other.start].strip()
    assert all(one.end <= other.start for one, other in pairwise(blocks))
