"""Files to download that belong to a web page, and the labels above them."""

from __future__ import annotations

import pytest

from indexer.documents.formats.html.html_reader import extract_page
from indexer.documents.portal_page import read_content

pytest.importorskip("lxml", reason="the extra html is not installed")

TITLE = "Mời chào giá thanh lý bàn ghế"
SENTENCE = (
    "Thư viện tỉnh bán thanh lý 120 bộ bàn ghế của phòng đọc, mời các đơn vị gửi bản chào giá."
)


def lines(body: str) -> list[str]:
    page = f"<title>{TITLE}</title><nav><a href='/'>Trang chủ</a></nav>{body}"
    found = read_content(extract_page(page, "a.html"), "a", is_web_page=True)
    return [line for line in found.body.split("\n") if line]


@pytest.mark.parametrize("label", ["Tệp đính kèm:", "Tập tin đính kèm", "Tài liệu kèm theo:"])
@pytest.mark.parametrize("address", ["/f/tb.pdf", "/documents/20182/41?version=1.0", "#"])
def test_files_stay_below_their_label_whatever_their_address(label: str, address: str) -> None:
    files = f"<div class='h3'>{label}</div><div><a href='{address}'>Thông báo 37.pdf</a></div>"
    article = f"<div class='text'><h1>{TITLE}</h1><div><p>{SENTENCE}</p></div>{files}</div>"
    assert lines(article) == [SENTENCE, label, "Thông báo 37.pdf"]


def test_links_after_another_title_are_no_files() -> None:
    files = "<h3>File đính kèm</h3><div><a href='/down?id=1'>Thông báo 37</a></div>"
    others = "<h3>Các tin khác</h3><div><a href='/2'>Hội thi nấu bánh chưng</a></div>"
    text = f"<div><h1>{TITLE}</h1><p>{SENTENCE}</p>{files}{others}</div>"
    assert lines(text) == [SENTENCE, "File đính kèm", "Thông báo 37"]


def test_files_below_the_box_of_the_article_are_read() -> None:
    article = f"<div class='print'><span class='ArticleTitle'>{TITLE}</span><p>{SENTENCE}</p></div>"
    tools = "<div class='tools'><a href='#'>Quay lại</a> <a href='#'>In trang</a></div>"
    files = "<div class='files'><b>Tài liệu đính kèm:</b><br><a href='/37.docx'>37.docx</a></div>"
    column = "<div class='col-md-3'><p>Biểu mẫu</p><a href='/mau.doc'>Mẫu khai sinh</a></div>"
    page = f"<div class='row'><div class='col-md-9'>{article}{tools}{files}</div>{column}</div>"
    assert lines(page) == [SENTENCE, "Tài liệu đính kèm:", "37.docx"]
