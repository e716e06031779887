"""Pieces of HTML with cases that the whole pages in `files/html` do not have."""

from __future__ import annotations

import re

import pytest

from indexer.documents.formats.html.html_reader import extract_page
from indexer.documents.portal_page import read_content
from indexer.models import BlockKind, Document

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


def test_books_that_an_article_lists_as_links_stay() -> None:
    items = ["Y thư lược khảo / Lê Trác. - H. : Văn học, 2001. - 120 tr.",
             "Châm cứu đồ thuyết / Phan Huy Tự. – Huế : Thuận Hóa, 1998. – 88 tr."]  # fmt: skip
    links = "".join(f"<li><a href='/opac/{n}'>{item}</a></li>" for n, item in enumerate(items))
    found = lines(f"<div><p>{SENTENCE}</p><h3>Sách mới nhập</h3><ol>{links}</ol></div>")
    assert found == [SENTENCE, "Sách mới nhập", *items]


def test_a_list_between_paragraphs_of_which_some_items_are_links_stays() -> None:
    items = ["Cắt may", "Điện lạnh dân dụng", "Sửa tủ lạnh", "Chế biến món ăn"]
    links = [f"<li><a href='/{n}'>{item}</a></li>" for n, item in enumerate(items)]
    links[2] = f"<li>{items[2]}</li>"
    body = f"<p>{SENTENCE}</p><h3>Các nghề</h3><ul>{''.join(links)}</ul>"
    assert lines(f"<div>{body}<p>{SENTENCE}</p></div>")[2:-1] == items
    assert lines(f"<div>{body}</div>") == [SENTENCE]


@pytest.mark.parametrize(
    ("items", "is_text"),
    [
        (["Bánh ít lá gai", "Bánh bò nướng: 5 phần", "Bánh tằm"], True),
        (["Bánh ít lá gai", "Bánh bò nướng"], False),
        (["Bánh ít lá gai", "Bánh bò", "Ngày hội bánh dân gian khai mạc sáng nay"], False),
        (["Facebook", "Zalo", "In bài viết"], False),
    ],
)
def test_a_list_of_names_between_paragraphs_stays_though_each_is_a_link(
    items: list[str], is_text: bool
) -> None:
    links = "".join(f"<li><a href='/{n}'>{item}</a></li>" for n, item in enumerate(items))
    found = lines(f"<div><p>{SENTENCE}</p><ul>{links}</ul><p>{SENTENCE}</p></div>")
    assert found == [SENTENCE, *(items if is_text else []), SENTENCE]


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


def test_text_after_the_end_tag_of_the_page_stays() -> None:
    page = f"<html><body><h1>{TITLE}</h1></body></html><p>{SENTENCE}</p><body><p>Hết bài viết."
    parts = extract_page(page, "a.html").parts
    assert [part.text for part in parts] == [TITLE, SENTENCE, "Hết bài viết."]


def test_text_between_the_items_of_a_list_stays() -> None:
    body = "<ul>Lời thưa trước.<li>Khơi cống</li>Lời kết.</ul>"
    assert lines(f"<div><p>{SENTENCE}</p>{body}</div>")[1:] == [
        "Lời thưa trước.", "Khơi cống", "Lời kết."
    ]  # fmt: skip


def test_a_page_of_one_table_keeps_its_rows() -> None:
    table = (
        "<table><tr><th>Ngày</th><th>Ca</th></tr><tr><td>1/6/2024</td><td>Sáng</td></tr></table>"
    )
    document = read(f"<div><div class='article-body'>{table}</div></div>")
    assert document.body == "Ngày\tCa\n1/6/2024\tSáng"
    assert [block.header for block in document.blocks] == [True, False]
    assert document.published is None


@pytest.mark.parametrize(
    "link", ["<a href='/t/{}.pdf'>{}.pdf</a>", "<a href='/t/{}.docx'>Tải mẫu số {}</a>"]
)
def test_a_list_of_files_to_download_stays(link: str) -> None:
    items = "".join(f"<li>{link.format(n, n)}</li>" for n in "123")
    box = f"<div class='files'><ul>{items}</ul></div>"
    found = lines(f"<div class='d'><div class='noi-dung'><p>{SENTENCE}</p></div>{box}</div>")
    assert len(found) == 4


def test_lines_above_a_tool_at_the_end_stay() -> None:
    names = ["Nguyễn Văn Hai", "Trần Thị Sáu"]
    body = f"<p>{SENTENCE}</p><p>{names[0]}</p><p>{names[1]}</p><p><a href='/'>Về trang chủ</a></p>"
    assert lines(f"<div>{body}</div>") == [SENTENCE, *names]


@pytest.mark.parametrize("name", ["print-area", "lich-cong-tac", "zoom", "widget", "tts", "hidden"])
def test_a_short_article_in_a_box_named_like_a_tool_stays(name: str) -> None:
    footer = "<div class='footer'>Ủy ban nhân dân xã Mỹ Lợi giữ bản quyền. Địa chỉ: ấp 2.</div>"
    assert lines(f"<div class='{name}'><p>Mời bà con đến họp.</p></div>{footer}") == [
        "Mời bà con đến họp."
    ]


def test_paragraphs_that_a_page_builder_calls_widgets_stay() -> None:
    widget = "<div class='elementor-widget elementor-widget-text-editor'><p>{}</p></div>"
    footer = "<div class='elementor-location-footer'><p>Văn phòng: ấp 2.</p></div>"
    body = "".join(map(widget.format, ["Họp lúc 7 giờ.", "Mời bà con đến."]))
    assert lines(f"<div>{body}</div>{footer}") == ["Họp lúc 7 giờ.", "Mời bà con đến."]


@pytest.mark.parametrize(
    "item",
    [
        "<h2><button data-bs-toggle='collapse' aria-controls='p'>Nộp ở đâu?</button></h2>"
        "<div id=p class=collapse style='display:none'><p>Nộp ở bộ phận một cửa.</p></div>",
        "<button class='accordion'>Nộp ở đâu?</button>"
        "<div style='display:none'><p>Nộp ở bộ phận một cửa.</p></div>",
        "<div role=tabpanel><p>Nộp ở đâu?</p></div>"
        "<div role=tabpanel hidden><p>Nộp ở bộ phận một cửa.</p></div>",
    ],
)
def test_answers_that_a_button_opens_stay(item: str) -> None:
    modal = "<button data-toggle=modal data-target='#m'>Góp ý</button><div id=m hidden>Ý kiến khác"
    found = lines(f"<div><p>{SENTENCE}</p>{item}</div>{modal}</div>")
    assert found == [SENTENCE, "Nộp ở đâu?", "Nộp ở bộ phận một cửa."]


def test_insets_of_an_article_stay_and_boxes_beside_it_do_not() -> None:
    inset = "<aside><p>Xã có 120 hộ.</p></aside><blockquote><p>Lời hay.</p><footer>Bác Ba</footer>"
    beside = "<aside class='col'><p>Liên hệ ban biên tập.</p></aside>"
    body = f"<article><p>{SENTENCE}</p>{inset}</blockquote></article>{beside}"
    assert lines(body) == [SENTENCE, "Xã có 120 hộ.", "Lời hay.", "Bác Ba"]


def test_cards_that_are_links_as_a_whole_are_teasers() -> None:
    cards = "".join(f"<a href='/{n}'><h4>Bế giảng lớp bồi dưỡng {n}</h4></a>" for n in "abc")
    assert lines(f"<div><p>{SENTENCE}</p></div><div>{cards}</div>") == [SENTENCE]


def test_parts_of_an_article_beside_its_longest_stay() -> None:
    second = "<div class='b'><p>Danh sách nhận quà được niêm yết tại nhà văn hóa ấp Ba.</p></div>"
    body = f"<div class='r'><div class='b'>{f'<p>{SENTENCE}</p>' * 12}</div>{second}</div>"
    address = "<address>Văn phòng Hội, ấp Ba</address>"
    assert lines(body + address)[12:] == [
        "Danh sách nhận quà được niêm yết tại nhà văn hóa ấp Ba.", "Văn phòng Hội, ấp Ba"
    ]  # fmt: skip


def test_the_heading_of_an_article_in_a_column_called_sidebar_is_found() -> None:
    page = (
        f"<html><head><title>{TITLE} - Báo Tỉnh</title></head><body><div class='sidebar-1'>"
        f"<h1>{TITLE}</h1><article><p>Bà con vui mừng.</p></article>"
        "<div class='box_comment'><p>Tôi cũng thấy thế.</p></div></div>"
        "<div class='sidebar-2'><h3><a href='/x'>Khánh thành cầu Rạch Gốc</a></h3></div>"
    )
    document = read_content(extract_page(page, "a.html"), "a", is_web_page=True)
    assert (document.title, document.body) == (TITLE, "Bà con vui mừng.")


def test_a_time_element_below_the_heading_states_the_date() -> None:
    document = read(f"<time datetime='2023-08-19'>3 ngày trước</time><p>{SENTENCE}</p>")
    assert str(document.published) == "2023-08-19"


def test_text_above_a_line_that_may_be_the_title_stays() -> None:
    page = (
        f"<html><head><title>Bản in</title></head><body><p>{SENTENCE}</p><ul><li>Việc thứ nhất</li>"
        "</ul><p>Mức đóng góp quỹ của thôn</p><p>Mỗi khẩu 50.000 đồng.</p></body></html>"
    )
    document = read_content(extract_page(page, "a.html"), "a", is_web_page=True)
    text = f"{document.title}\n{document.body}"
    assert all(part in text for part in (SENTENCE, "Việc thứ nhất", "Mức đóng góp quỹ của thôn"))


def test_a_form_after_the_text_is_no_part_of_it() -> None:
    poll = "<div><p>Bạn đánh giá thế nào về giao diện của trang này?</p><input type=radio>Tốt</div>"
    body = f"<div class='noidung'><p>{SENTENCE}</p><p>{SENTENCE}</p></div>{poll}"
    assert lines(body) == [SENTENCE, SENTENCE]


@pytest.mark.parametrize("head", ["<tr><th>Tên<th>Nơi nhận", "<tr><td>Tên<td>Nơi nhận"])
def test_a_table_with_a_column_called_recipients_is_a_table(head: str) -> None:
    rows = "".join(f"<tr><td>Khai sinh {n}<td>Phòng hộ tịch" for n in range(8))
    found = read(f"<p>{SENTENCE}</p><table>{head}{rows}</table>")
    assert sum(block.kind is BlockKind.TABLE_ROW for block in found.blocks) == 9


def test_what_is_said_to_readers_below_a_heading_of_the_portal_is_no_chapter() -> None:
    said = "Ý kiến của bạn được biên tập trước khi đăng. Xin vui lòng gõ tiếng Việt có dấu."
    box = f"<div><h4>Bình luận của bạn</h4><div>{said}</div></div>"
    assert lines(f"<div><p>{SENTENCE}</p><p>{SENTENCE}</p>{box}</div>") == [SENTENCE, SENTENCE]


@pytest.mark.parametrize(
    "value", ["<h3>Nơi chụp</h3><p>Tà Hừa</p>", "<p>Nơi chụp:</p><ul><li>Tà Hừa</li></ul>"]
)
def test_a_value_of_a_record_is_no_author(value: str) -> None:
    assert read(f"<p>{SENTENCE}</p>{value}").author is None
    assert read(f"<p>{SENTENCE}</p><p>Tà Hừa</p>").author == "Tà Hừa"


@pytest.mark.parametrize(
    "label", ["<h4>Danh mục</h4>", "<p><b>Danh mục</b></p>", "<h3>Phản hồi</h3>"]
)
def test_a_table_below_a_heading_like_a_menu_stays(label: str) -> None:
    table = (
        "<table><tr><th>Nhan đề</th><th>Ký hiệu</th></tr>"
        "<tr><td>Phố cũ ven sông</td><td>959.7</td></tr></table>"
    )
    after = "<h4>Phố cũ ven sông</h4><p>Cuốn sách kể chuyện buôn bán trên bến dưới thuyền.</p>"
    found = lines(f"<p>{SENTENCE}</p>{label}{table}{after}")
    assert found[1:] == [
        re.sub(r"<[^>]+>", "", label), "Nhan đề\tKý hiệu", "Phố cũ ven sông\t959.7",
        "Phố cũ ven sông", "Cuốn sách kể chuyện buôn bán trên bến dưới thuyền.",
    ]  # fmt: skip


def test_a_list_below_a_heading_called_catalogue_stays() -> None:
    items = "<ul><li>Phố cũ ven sông, 1998</li><li>Bia đá xứ Đông, 2003</li></ul>"
    found = lines(f"<p>{SENTENCE}</p><h4>Danh mục</h4>{items}<p>{SENTENCE}</p>")
    assert "Phố cũ ven sông, 1998" in found
    assert "Bia đá xứ Đông, 2003" in found


@pytest.mark.parametrize(
    "saying", ["Quảng cáo tài trợ", "Trang này xem tốt nhất ở độ phân giải 1024x768"]
)
def test_sayings_of_a_site_are_left_out(saying: str) -> None:
    page = f"<p>{SENTENCE}</p><div>{saying}</div><p>{SENTENCE}</p>"
    assert saying not in lines(page)
