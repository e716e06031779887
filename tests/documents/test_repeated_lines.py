"""Lines that most pages of a site repeat are reported, and left out once the keeper says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents import RepeatedLines
from indexer.models import Document
from indexer.rebuild import SourceReader

FOOTER = "Tiếng chuông chùa Một Mái ngân xa mười dặm"
PAGE = """<html><head><title>Tin số {n}</title></head><body><div class="x1">
<h1>Tin số {n}</h1>
<p>Ngày {n} tháng 5, hội nghị lần thứ {n} bàn việc cấy lúa vụ mùa của thôn {n}.</p>
<p>Các hộ dân thôn {n} đăng ký giống lúa mới với hợp tác xã trước ngày {n} tháng 6.</p>
<p>{footer}</p></div></body></html>"""


def pages(folder: Path, count: int) -> Path:
    folder.mkdir()
    for n in range(1, count + 1):
        path = folder / f"{n}.html"
        path.write_text(PAGE.format(n=n, footer=FOOTER), encoding="utf-8")
    return folder


def read(folder: Path) -> tuple[list[Document], SourceReader]:
    reader = SourceReader([folder], None)
    return list(reader.documents()), reader


def test_a_line_of_all_pages_is_reported_and_left_out_on_request(tmp_path: Path) -> None:
    folder = pages(tmp_path / "kho", 10)
    documents, reader = read(folder)
    assert all(FOOTER in document.body for document in documents)
    assert reader.report().repeated_lines == ((FOOTER, 10, 10, ""),)
    (folder / "archive.toml").write_text(f'chrome = ["{FOOTER}"]', encoding="utf-8")
    documents, reader = read(folder)
    assert not any(FOOTER in document.body for document in documents)
    assert reader.report().repeated_lines == ()


def test_few_pages_have_no_repeated_lines(tmp_path: Path) -> None:
    _, reader = read(pages(tmp_path / "kho", 9))
    assert reader.report().repeated_lines == ()


def document(n: int, body: str, **others: str) -> Document:
    return Document(id=f"a/{n}", title=str(n), body=body, **others)  # type: ignore[arg-type]


def found(documents: list[Document]) -> list[tuple[str, int, int, str]]:
    lines = RepeatedLines()
    for one in documents:
        lines.add(one)
    return [*map(tuple, lines.found())]  # type: ignore[misc]


def test_sites_are_counted_apart() -> None:
    ours = [document(n, FOOTER, url=f"https://xa.vn/{n}") for n in range(10)]
    others = [document(n, "Một bài khác hẳn", url=f"http://b.vn/{n}") for n in range(9)]
    assert found([*ours, *others]) == [(FOOTER, 10, 10, "xa.vn")]


def test_an_address_that_is_none_costs_nothing() -> None:
    assert found([document(n, FOOTER, url="http://[") for n in range(10)])[0][3] == "a"


def test_lines_of_the_form_of_letters_are_not_reported() -> None:
    body = """ỦY BAN NHÂN DÂN
XÃ TÂN PHÚ
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Số: {n}/QĐ-UBND
Tân Phú, ngày 1 tháng 2 năm 2024
QUYẾT ĐỊNH
Về việc giao đất cho hộ số {n}
Giao cho hộ số {n} một thửa đất ở thôn {n}.
Nơi nhận:
- Như trên;
- Lưu: VT.
TM. ỦY BAN NHÂN DÂN XÃ TÂN PHÚ
CHỦ TỊCH
Nguyễn Văn An"""
    assert not found([document(n, body.format(n=n), number=f"{n}/QĐ-UBND") for n in range(1, 13)])


@pytest.mark.parametrize("format_name", ["pdf", "jsonl", "eml"])
def test_only_pages_are_counted(format_name: str) -> None:
    assert not found([document(n, FOOTER, format=format_name) for n in range(12)])


@given(st.lists(st.sets(st.sampled_from("abcd")), max_size=40))
def test_counts_are_those_of_the_pages(pages: list[set[str]]) -> None:
    """A line is reported exactly if half of the pages and at least ten have it."""

    def line(name: str) -> str:
        return f"dòng {name} của trang"

    bodies = ["\n".join(map(line, sorted(names))) for names in pages]
    wanted = {
        line(name): count
        for name in "abcd"
        if (count := sum(name in names for names in pages)) >= max(10, len(pages) / 2)
    }
    lines = found([document(n, body) for n, body in enumerate(bodies)])
    assert {one[0]: one[1] for one in lines} == wanted
    assert [-one[1] for one in lines] == sorted(-one[1] for one in lines)
