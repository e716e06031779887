"""Text dumps of newspapers: their menus and buttons are chrome, their bylines are read."""

from __future__ import annotations

import pytest

from indexer.documents.portal_page import read_page

TITLE = "Tổng kết công tác dân vận năm 2020"
TEXT = (
    "Sáng 8/1, UBND tỉnh tổ chức hội nghị tổng kết công tác dân vận. Tham dự có các sở, ngành.\n"
    "Phát biểu tại hội nghị, Chủ tịch UBND tỉnh nhấn mạnh vai trò của công tác dân vận hiện nay."
)


@pytest.mark.parametrize(
    ("byline", "author", "source"),
    [
        ("Tác giả:\nTrần Văn Mẫu\nNguồn:\nBáo Nam Định", "Trần Văn Mẫu", "Báo Nam Định"),
        ("Tác giả: Trần Văn Mẫu\nNguồn: Báo Nam Định", "Trần Văn Mẫu", "Báo Nam Định"),
        ("Tác giả\nTrần Văn Mẫu\nNguồn\nTTXVN", "Trần Văn Mẫu", "TTXVN"),
        ("Nguồn:\nBáo Nam Định", None, "Báo Nam Định"),
        ("Tác giả:\nTrần Văn Mẫu", "Trần Văn Mẫu", None),
        ("Trần Mẫu\nTheo TTXVN", None, "TTXVN"),
    ],
)
def test_author_and_source_may_stand_on_lines_of_their_own(
    byline: str, author: str | None, source: str | None
) -> None:
    document = read_page(f"{TITLE}\n08/01/2021 14:30\n{TEXT}\n{byline}\n", "x")
    assert (document.author, document.source) == (author, source)
    assert document.body == f"{TEXT}\n{byline}"


@pytest.mark.parametrize(
    "lines",
    [
        "Cỡ chữ\nA-\nA\nA+",
        "+ aA -",
        "a+\na-",
        "Phóng to\nThu nhỏ",
        "Thời sự Kinh tế Xã hội Thể thao",
    ],
)
def test_buttons_and_menus_are_chrome(lines: str) -> None:
    document = read_page(f"{TITLE}\n08/01/2021 14:30\n{lines}\n{TEXT}\n", "x")
    assert document.body == TEXT


@pytest.mark.parametrize(
    "lines", ["Bình luận (3)", "0 bình luận", "Bình luận 0", "Trở lại Thời sự\n×", "Ý kiến (12)"]
)
def test_counts_and_ways_back_below_the_text_are_chrome(lines: str) -> None:
    document = read_page(f"{TITLE}\n08/01/2021 14:30\n{TEXT}\n{lines}\n", "x")
    assert document.body == TEXT


@pytest.mark.parametrize("line", ["A", "Phần A", "3 bình luận viên", "Trở lại quê hương", "A+B"])
def test_lines_that_only_look_like_buttons_stay(line: str) -> None:
    document = read_page(f"{TITLE}\n08/01/2021 14:30\n{TEXT}\n{line}\n{TEXT}\n", "x")
    assert document.body == f"{TEXT}\n{line}\n{TEXT}"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("BÁO NAM ĐỊNH ĐIỆN TỬ", "Báo Nam Định điện tử"),
        ("BÁO NHÂN DÂN", "Báo Nhân Dân"),
        ("Tuổi Trẻ Online", "Tuổi Trẻ Online"),
        ("Báo điện tử Dân Việt", "Báo điện tử Dân Việt"),
        ("VnExpress", "VnExpress"),
    ],
)
def test_the_name_of_a_newspaper_is_the_publisher(line: str, name: str) -> None:
    document = read_page(f"{line}\n{TITLE}\n08/01/2021 14:30\n{TEXT}\n", "x")
    assert document.publisher == name
    assert document.title == TITLE
