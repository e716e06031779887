"""Pieces of HTML with cases that the whole pages in `files/html` do not have."""

from __future__ import annotations

import pytest

from indexer.documents.formats.html.html_reader import extract_page
from indexer.documents.portal_page import read_content
from indexer.models import Document

pytest.importorskip("lxml", reason="the extra html is not installed")

SENTENCE = (
    "Sáng 12/5, Hội Liên hiệp Phụ nữ xã Mỹ Lợi tặng quà cho 25 hội viên có hoàn cảnh khó khăn."
)
TITLE = "Tặng quà hội viên phụ nữ khó khăn"


def read(body: str) -> Document:
    page = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>{body}</body></html>"
    return read_content(extract_page(page, "a.html"), "a", is_web_page=True)


def lines(body: str) -> list[str]:
    return [line for line in read(body).body.split("\n") if line]


def test_documents_that_an_article_lists_as_links_stay() -> None:
    items = ["Nghị định 43/2014/NĐ-CP", "Nghị định 01/2017/NĐ-CP", "Thông tư 23/2014/TT-BTNMT"]
    links = "".join(f"<li><a href='/{item}'>{item}</a></li>" for item in items)
    assert lines(f"<div><p>{SENTENCE}</p><ul>{links}</ul></div>") == [SENTENCE, *items]


def test_paragraphs_that_begin_with_a_link_are_no_teasers() -> None:
    text = ["Bộ luật Lao động năm 2019 có hiệu lực từ ngày 1/1/2021.",
            "Luật Việc làm năm 2013 vẫn được áp dụng cho tới khi có luật mới."]  # fmt: skip
    body = "".join(f"<p><a href='/l'>{p[:23]}</a>{p[23:]}</p>" for p in text)
    assert lines(f"<div>{body}<p>{SENTENCE}</p></div>") == [*text, SENTENCE]


def test_comments_longer_than_the_article_are_left_out() -> None:
    comment = (
        "<div><b>Anh Ba</b><p>Bài viết này rất hay và bổ ích cho bà con ở nông thôn.</p></div>"
    )
    body = f"<div><p>{SENTENCE}</p></div><div class='comments-area'>{comment * 30}</div>"
    assert lines(body) == [SENTENCE]


def test_contact_data_in_an_article_are_no_imprint() -> None:
    contact = (
        "Liên hệ: Phòng Tổ chức, địa chỉ: 12 Trần Phú, điện thoại: 0290 3831 234, email: a@b.vn."
    )
    assert lines(f"<div><p>{SENTENCE}</p><p>{contact}</p></div>") == [SENTENCE, contact]


def test_a_file_to_download_is_part_of_the_article() -> None:
    link = "<a href='/tep/kh.pdf'>Kế hoạch số 12 của Hội Phụ nữ xã</a>"
    body = f"<p>{SENTENCE}</p><p>{link}</p><p>Hết.</p>"
    assert "Kế hoạch số 12 của Hội Phụ nữ xã" in lines(f"<div>{body}</div>")


def test_a_page_of_teasers_only_is_read_as_a_list() -> None:
    headline = "<h3><a href='/{0}'>Hội nghị thi đua lần thứ {0}</a></h3>"
    teaser = f"<div class='i'>{headline}<p>Tóm tắt {{0}}.</p></div>"
    page = "".join(teaser.format(number) for number in range(5))
    content = extract_page(f"<html><body>{page}</body></html>", "a.html")
    assert [part.text for part in content.parts][:2] == ["Hội nghị thi đua lần thứ 0", "Tóm tắt 0."]
    assert len(content.parts) == 10


def test_cells_stand_in_their_columns_beside_cells_of_several_rows_and_columns() -> None:
    table = ("<table><tr><th>Xã</th><th>Ngày</th><th>Ca</th></tr><tr><td rowspan=2>An Phú</td>"
             "<td>1/6</td><td>sáng</td></tr><tr><td>2/6</td><td>chiều</td></tr>"
             "<tr><td colspan='2'>Tổng</td><td>2 ca</td></tr>"
             "<tr><td colspan=99999999>Ghi chú</td></tr></table>")  # fmt: skip
    document = read(f"<p>{SENTENCE}</p>{table}")
    rows = [
        [document.body[start:end] for start, end in block.cells][:4]
        for block in document.blocks
        if block.cells
    ]
    assert rows == [
        ["Xã", "Ngày", "Ca"], ["An Phú", "1/6", "sáng"], ["", "2/6", "chiều"], ["Tổng", "", "2 ca"],
        ["Ghi chú", "", "", ""],
    ]  # fmt: skip


def test_an_article_in_verse_keeps_its_lines() -> None:
    verse = ["Quê hương là chùm khế ngọt", "Cho con trèo hái mỗi ngày"]
    assert lines(f"<div class='noidung'>{'<br>'.join(verse)}</div>") == verse


def test_chapters_called_like_boxes_of_a_portal_stay() -> None:
    body = f"<h2>Video</h2><p>{SENTENCE}</p><h2>Ý kiến</h2><p>{SENTENCE}</p><p>Hết.</p>"
    assert lines(f"<div>{body}</div>") == ["Video", SENTENCE, "Ý kiến", SENTENCE, "Hết."]


def test_a_link_that_the_text_announces_stays() -> None:
    link = "<p><a href='https://a.vn/x'>Cổng thông tin Bộ Y tế</a></p>"
    found = lines(f"<div><p>{SENTENCE}</p><p>Nguồn tham khảo:</p>{link}</div>")
    assert found == [SENTENCE, "Nguồn tham khảo:", "Cổng thông tin Bộ Y tế"]


def test_footnotes_stay_with_the_text_that_refers_to_them() -> None:
    text = f"<p>{SENTENCE}<a href='#n1'>[1]</a></p><p>{SENTENCE}</p>"
    note = "<p><a href='#r1'>[1]</a> Báo cáo số 12/BC-UBND ngày 3/4/2020.</p>"
    found = lines(f"<div>{text}<hr>{note}</div>")
    assert found == [f"{SENTENCE}[1]", SENTENCE, "[1] Báo cáo số 12/BC-UBND ngày 3/4/2020."]


@pytest.mark.parametrize(
    "page",
    [
        "<!doctype html><meta charset=utf-8><title>T</title><main><article>{}</article></main>",
        "<!doctype html><html lang=vi><head><title>T</title><link rel=icon href=x><article>{}",
        "<title>T</title><section>{}</section><p>Câu cuối của bài viết này.",
    ],
)
def test_a_page_whose_head_is_not_closed_keeps_its_text(page: str) -> None:
    text = "<h2>Mục tiêu</h2><ul><li>Trồng rừng</li></ul><p>Dân vận khéo ở xã Tam Nông.</p>"
    found = [part.text for part in extract_page(page.format(text), "a.html").parts]
    assert found[:3] == ["Mục tiêu", "Trồng rừng", "Dân vận khéo ở xã Tam Nông."]
