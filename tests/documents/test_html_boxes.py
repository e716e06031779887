"""Boxes, lists and titles of HTML pages whose markup says something else than what they are."""

from __future__ import annotations

import pytest
from lxml.html import fragment_fromstring

from indexer.documents.formats.html.html_reader import extract_page
from indexer.documents.formats.html.page_chrome import words_outside_links
from indexer.documents.portal_page import read_content
from indexer.models import BlockKind, Document

pytest.importorskip("lxml", reason="the extra html is not installed")

SENTENCE = "Trung tâm mở lớp dạy nghề đan lát cho 30 học viên ở xã Phú Lâm từ đầu tháng tư."
TITLE = "Lớp dạy nghề đan lát"
NAV = "<nav><a href='/'>Trang chủ</a> <a href='/tin'>Tin tức</a></nav>"
FOOTER = "<div class='footer'>© Trung tâm dạy nghề. Địa chỉ: ấp 2.</div>"


def read(body: str, *, title: str = TITLE) -> Document:
    page = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    return read_content(extract_page(page, "a.html"), "a", is_web_page=True)


def lines(body: str) -> list[str]:
    return [line for line in read(f"{NAV}<h1>{TITLE}</h1>{body}").body.split("\n") if line]


@pytest.mark.parametrize(
    "name",
    ["banner-text", "popup", "modal", "comment", "search-box", "banner", "newsletter-text", "ads",
     "tin-moi", "vote", "login-info", "related", "cookies", "tool-box", "hotline"],
)  # fmt: skip
def test_a_notice_in_a_box_with_the_name_of_something_else_stays(name: str) -> None:
    box = f"<div class='{name}'><p>Lớp mở ngày 5/4.</p><ul><li>Học phí: không</li></ul></div>"
    text = ["Lớp mở ngày 5/4.", "Học phí: không"]
    wanted = [] if name in ("related", "cookies", "newsletter-text", "login-info") else text
    assert lines(box + FOOTER) == wanted


@pytest.mark.parametrize(
    "box",
    [
        "<div class='popup'><p>Mời bà con cài ứng dụng của tỉnh.</p></div>",
        "<div class='comment'><p>Tôi cũng muốn học lớp này.</p></div>",
    ],
)
def test_a_box_with_a_misleading_name_is_no_text_beside_the_text(box: str) -> None:
    assert lines(f"<div class='text'><p>{SENTENCE}</p></div>{box}") == [SENTENCE]


@pytest.mark.parametrize(
    "box",
    [
        "<div class='comments'><div class='comment-author'>Ba</div><p>Hay quá, cảm ơn.</p></div>",
        "<div class='search-box'><form><p>Gõ từ cần tìm vào ô dưới đây</p><input></form></div>",
        "<div class='sidebar'><div class='widget'><p>Tiếp dân thứ năm hằng tuần</p></div></div>",
    ],
)
def test_a_page_of_a_title_only_takes_no_comments_forms_or_sidebars(box: str) -> None:
    assert lines(box + FOOTER) == []


@pytest.mark.parametrize(
    ("above", "host"),
    [("Bà con mang theo các mẫu sau:", ""), ("Danh mục được cập nhật hằng năm.", "http://khac.vn")],
)
def test_a_list_of_links_that_the_text_announces_stays(above: str, host: str) -> None:
    names = ["Mẫu đơn xin học nghề số một", "Mẫu giấy xác nhận hộ nghèo", "Bảng kê đồ dùng"]
    items = "".join(f"<li><a href='{host}/m{n}'>{name}</a></li>" for n, name in enumerate(names))
    found = read(f"{NAV}<h1>{TITLE}</h1><div><p>{SENTENCE}</p><p>{above}</p><ul>{items}</ul></div>")
    assert [line for line in found.body.split("\n") if line] == [SENTENCE, above, *names]
    assert [b.kind for b in found.blocks][2:] == [BlockKind.LIST_ITEM] * 3


@pytest.mark.parametrize("above", ["Các tin khác:", "Tin liên quan", SENTENCE, "Xem thêm:"])
def test_a_list_of_links_to_other_pages_of_the_site_is_left_out(above: str) -> None:
    items = "".join(f"<li><a href='/t{n}'>Khánh thành cầu treo số {n}</a></li>" for n in "123")
    found = lines(f"<div><p>{SENTENCE}</p><p>{above}</p><ul>{items}</ul></div>")
    assert found == [SENTENCE] * (2 if above == SENTENCE else 1)


def test_a_table_in_a_cell_of_a_table_with_headers_keeps_all_cells() -> None:
    inner = "<table><tr><td>Giếng<td>3<tr><td>Bể<td>2</table>"
    table = f"<table><tr><th>Xã<th>Chi tiết<tr><td>Ea Pô<td>{inner}</table>"
    assert lines(f"<p>{SENTENCE}</p>{table}") == [
        SENTENCE, "Xã\tChi tiết", "Ea Pô\tGiếng 3 Bể 2"
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["Liên hệ", "Bình luận", "Xem thêm", "Video"])
def test_a_short_chapter_called_like_a_box_stays_between_chapters(name: str) -> None:
    text = "Học viên gọi phòng đào tạo."
    body = f"<h2>Nội dung học</h2><p>{SENTENCE}</p><h2>{name}</h2><p>{text}</p>"
    assert lines(f"<article>{body}</article>") == ["Nội dung học", SENTENCE, name, text]


def test_the_contents_list_of_a_page_and_its_title_are_left_out() -> None:
    links = "<li><a href='#a'>Nội dung học</a></li><li><a href='#b'>Học phí</a></li>"
    box = f"<div class='toc'><p>Nội dung bài viết</p><ul>{links}</ul></div>"
    body = f"{box}<h2 id=a>Nội dung học</h2><p>{SENTENCE} <a href='#a'>↩</a></p>"
    assert lines(f"<article>{body}</article>") == ["Nội dung học", SENTENCE]


@pytest.mark.parametrize(
    ("stated", "body", "wanted"),
    [
        ("Gia pha ho Phan", "<b>Gia phả họ Phan</b>", "Gia phả họ Phan"),  # <title> without marks
        ("Phan Minh: Đời thứ bảy", "<h1>Phan Minh</h1><h3 class='entry-title'>Đời thứ bảy</h3>",
         "Đời thứ bảy"),
        ("Báo cáo", f"<p class=MsoTitle>{TITLE}</p><h1>1. Về giao thông</h1>", TITLE),
        (TITLE, f"<div class='page-header'><h2 itemprop='headline'>{TITLE}</h2></div>", TITLE),
    ],
)  # fmt: skip
def test_the_title_is_what_the_page_shows_as_its_headline(
    stated: str, body: str, wanted: str
) -> None:
    found = read(f"{NAV}{body}<p>{SENTENCE}</p>", title=stated)
    assert found.title == wanted
    assert wanted not in found.body


def test_the_box_that_says_when_a_page_was_posted_is_no_text_of_it() -> None:
    about = (
        "<dl class='article-info'><dt>Chi tiết bài viết này</dt><dd>Viết bởi Super User</dd>"
        "<dd>Được đăng: 09 Tháng 11 2018</dd><dd>Lượt xem: 12</dd></dl>"
    )
    found = read(f"{NAV}<div><h1>{TITLE}</h1>{about}<p>{SENTENCE}</p></div>")
    assert (found.body, str(found.published), found.author) == (SENTENCE, "2018-11-09", None)


@pytest.mark.parametrize("widget", ["icon-list", "icon-box", "image", "counter", "toggle"])
def test_every_widget_of_a_page_builder_is_read(widget: str) -> None:
    name = f"elementor-widget elementor-widget-{widget}"
    box = f"<div class='{name}'><div class='elementor-widget-container'><p>Không mang.</p></div>"
    share = "<div class='elementor-widget elementor-widget-share-buttons'><p>Gửi bạn bè</p></div>"
    assert lines(f"<div><p>{SENTENCE}</p>{box}</div>{share}</div>") == [SENTENCE, "Không mang."]


def test_an_entry_of_a_chronicle_with_a_date_is_text() -> None:
    entry = "<li class='timeline-item'><b>Năm 1930</b><p>Ngày 30/3/1930, thợ bãi công.</p></li>"
    assert lines(f"<ul>{entry}<li><p>{SENTENCE}</p></li></ul>") == [
        "Năm 1930", "Ngày 30/3/1930, thợ bãi công.", SENTENCE
    ]  # fmt: skip


def test_a_row_of_a_table_that_begins_like_a_tool_stays() -> None:
    rows = "<tr><td>Số<td>45/KH<tr><td>Tệp đính kèm<td><a href='/f/45.pdf'>45-KH.pdf</a>"
    assert lines(f"<p>{SENTENCE}</p><table>{rows}</table>")[1:] == [
        "Số\t45/KH", "Tệp đính kèm\t45-KH.pdf"
    ]  # fmt: skip


def test_a_list_of_recordings_stays() -> None:
    songs = "<li><a href='/a.mp3'>Bắc phản</a></li><li><a href='/b.mp3'>Hồng tuyết</a></li>"
    assert lines(f"<p>{SENTENCE}</p><h2>Tư liệu nghe</h2><ul>{songs}</ul>") == [
        SENTENCE, "Tư liệu nghe", "Bắc phản", "Hồng tuyết"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "box",
    [
        "<div><a href='/y'><h2>Cầu Long Biên cần sửa chữa</h2><p>Nhịp đã hoen gỉ.</p></a></div>",
        "<h4>Trong chuyên đề này</h4><ul><li><a href='/1'>Đêm hội</a></li>"
        "<li><a href='/2'>Bến sông</a></li></ul>",
        "<div class='page-links'>Trang: <a href='/1'>1</a> 2 <a href='/3'>3</a></div>",
    ],
)
def test_a_card_and_the_title_of_a_list_of_other_pages_are_left_out(box: str) -> None:
    assert lines(f"<article><p>{SENTENCE}</p>{box}</article>") == [SENTENCE]


def test_the_only_heading_of_a_page_is_its_title() -> None:
    found = read(f"{NAV}<h3>Thông báo cắt điện</h3><p>{SENTENCE}</p>", title="Xã Ea Bar")
    assert found.title == "Thông báo cắt điện"
    below = read(f"{NAV}<p>{SENTENCE}</p><h3>Cách đi đến lớp</h3><p>Đi bộ.</p>", title="Xã Ea Bar")
    assert "Cách đi đến lớp" in below.body


def test_an_imprint_in_loose_text_at_the_end_is_left_out() -> None:
    imprint = "<font size=1>© 2003 Trung tâm dạy nghề. Điện thoại: 025 812. Email: a@x.vn</font>"
    assert lines(f"<center><p>{SENTENCE}</p><hr>{imprint}</center>") == [SENTENCE]


def test_a_labelled_author_below_short_paragraphs_is_found() -> None:
    found = read(f"{NAV}<h1>{TITLE}</h1><p>Lớp có ba bạn.</p><p>Tác giả: Vì Văn Hặc</p>")
    assert found.author == "Vì Văn Hặc"


@pytest.mark.parametrize(
    "inside", ["{}", "<span>{}</span>", "<i></i> <b>{}</b>", "<b><i>{}</i></b>"]
)
def test_words_of_elements_inside_a_link_are_words_of_the_link(inside: str) -> None:
    link = f"<a href='/1'>{inside.format('Chuyên mục tin tức')}</a>"
    box = fragment_fromstring(f"<div>Xem {link} rồi <p>đọc {link} tiếp</p> nhé</div>")
    assert words_outside_links(box, 100) == 5


TEXT = f"<p>{SENTENCE}</p>" * 3


@pytest.mark.parametrize(
    "text",
    [
        f"<ul><li><b>02/09/1958</b><p>{SENTENCE}</p></li></ul>",
        "<ul><li>02/09/1958</li><li>15/05/1976</li></ul>",
        f"<dl><dt>02/09/1958</dt><dd>{SENTENCE}</dd></dl>",
        f"<div class='timeline-item'><div class='time'>02/09/1958</div>{SENTENCE}</div>",
        f"<div><p>02/09/1958</p><p>{SENTENCE}</p></div><div><p>2/9/1976</p><p>{SENTENCE}</p></div>",
    ],
)
def test_a_date_of_a_timeline_is_text_and_not_the_date_of_the_page(text: str) -> None:
    found = read(f"{NAV}<h1>{TITLE}</h1><div>{text}{TEXT}</div>")
    assert found.published is None
    assert "02/09/1958" in found.body
    dated = read(f"{NAV}<h1>{TITLE}</h1><div class='date'>3/4/2020</div><div>{text}{TEXT}</div>")
    assert str(dated.published) == "2020-04-03"
    assert "02/09/1958" in dated.body
    assert "3/4/2020" not in dated.body


def test_dates_beside_that_of_the_page_stay_in_the_text() -> None:
    found = read(f"{NAV}<h1>{TITLE}</h1><p>3/4/2020</p><p>2/9/1958</p>{TEXT}")
    assert (str(found.published), found.body.split("\n")[0]) == ("2020-04-03", "2/9/1958")


def test_a_date_that_a_chapter_consists_of_stays_in_the_text() -> None:
    found = read(f"{NAV}<h1>{TITLE}</h1><h3>Ngày viết</h3><div>2/11/1967</div>{TEXT}")
    assert str(found.published) == "1967-11-02"
    assert "2/11/1967" in found.body


def test_a_chapter_of_further_reading_stays() -> None:
    books = "<ul><li>Địa chí huyện Đan Phượng</li><li>Gia phả họ Nguyễn</li></ul>"
    assert lines(f"<div>{TEXT}<h2>Xem thêm</h2>{books}</div>")[3:] == [
        "Xem thêm", "Địa chí huyện Đan Phượng", "Gia phả họ Nguyễn"
    ]  # fmt: skip
    assert "Xem thêm" in lines(f"<div>{TEXT}<h2>Xem thêm</h2><p>Địa chí của huyện nhà.</p></div>")
    assert "Xem thêm" not in lines(f"<div>{TEXT}<h2>Xem thêm</h2></div>")


@pytest.mark.parametrize(
    ("above", "items"),
    [
        ("", ["Bưởi", "Bưởi Bưởi", "Cam", "Video"]),
        ("<p>Cổng có các mục:</p>", ["Hỏi đáp", "Video", "Liên hệ"]),
    ],
)
def test_items_of_a_list_that_read_as_chrome_stay(above: str, items: list[str]) -> None:
    listed = "".join(f"<li>{item}</li>" for item in items)
    end = "Ông Ba giữ cuốn sổ ấy."
    found = lines(f"<div>{TEXT}{above}<ul>{listed}</ul><p>{end}</p></div>")
    assert found[-len(items) - 1 :] == [*items, end]


def test_a_list_of_tools_is_left_out() -> None:
    tools = "<ul><li>In ra</li><li>Lưu bài viết này</li><li>Gửi bài</li></ul>"
    assert "In ra" not in lines(f"<div>{TEXT}{tools}</div>")
    assert "Facebook" not in lines(f"<div>{TEXT}<p>Chia sẻ:</p><ul><li>Facebook</li></ul></div>")


@pytest.mark.parametrize(
    ("notice", "is_text"),
    [
        ("Bản quyền thuộc Sở Văn hóa và Thể thao tỉnh.", False),
        ("BẢN QUYỀN THUỘC VỀ BÁO TỈNH NHÀ", False),
        ("© 2019 Trung tâm dạy nghề Phú Lâm", False),
        ("Copyright 2008 by Phu Lam", False),
        ("Bản quyền thuộc về tác giả theo luật hiện hành.", True),
    ],
)
def test_the_copyright_notice_below_the_text_is_left_out(notice: str, is_text: bool) -> None:
    assert (notice in lines(f"<div>{TEXT}<p>{notice}</p></div>")) is is_text
    assert notice in lines(f"<div>{TEXT}<p>{notice}</p>{TEXT}</div>")


@pytest.mark.parametrize("name", ["Đỗ Văn Đức", "Trần Văn Đức", "Ưng Thị Ửng", "Nguyễn Thu Hà"])
def test_the_person_who_posted_a_page_has_any_letters(name: str) -> None:
    about = (
        f"<dl class='article-info'><dd>Viết bởi <span>{name}</span></dd>"
        "<dd>Được đăng: 09 Tháng 11 2018</dd></dl>"
    )
    assert read(f"{NAV}<div><h1>{TITLE}</h1>{about}<p>{SENTENCE}</p></div>").author == name


def test_a_short_page_of_boxes_that_ends_with_its_imprint_is_no_imprint() -> None:
    links = "<li><a href='/1'>Kinh tế</a></li><li><a href='/2'>Lễ</a></li>"
    menu = f"<div class='left'><ul>{links}</ul></div>"
    text = "<div>Ngày đầu, các nhà mổ lợn.</div><div>Ngày sau, thanh niên chơi đu.</div>"
    imprint = "<div>Cơ quan chủ quản: UBND huyện</div><div>Điện thoại: 0213 222</div>"
    found = read(f"<div class='w'>{menu}<div>{text}</div><div class='b'>{imprint}</div></div>")
    assert [line for line in found.body.split("\n") if line] == [
        "Ngày đầu, các nhà mổ lợn.", "Ngày sau, thanh niên chơi đu."
    ]  # fmt: skip


def test_a_wrapper_with_the_word_menu_in_its_name_holds_the_article() -> None:
    article = (
        f"<div class='ArticleInMenu'><div class='ArticleDetail'><span class='ArticleTitle'>{TITLE}"
        f"</span><div class='ArticleContent'><p>{SENTENCE}</p></div></div></div>"
    )
    beside = "<div class='right'><p>Trạm y tế: 3841 115</p></div>"
    assert lines(NAV + article + beside) == [SENTENCE]
    found = read(f"{NAV}{article}{beside}")
    assert (found.title, found.body) == (TITLE, SENTENCE)


def test_a_menu_with_the_name_of_an_article_inside_is_a_menu() -> None:
    menu = "<div class='menu'><div class='news-detail'><p>Giờ mở cửa: 7 giờ</p></div></div>"
    assert lines(f"<div class='text'><p>{SENTENCE}</p></div>{menu}") == [SENTENCE]


def test_the_title_of_a_page_that_goes_on_after_that_of_the_letterhead_is_taken() -> None:
    page = (
        "<title>Quyết định ban hành Quy chế quản lý nghĩa trang xã Vĩnh Hậu</title>"
        "<h1>Quyết định ban hành Quy chế quản lý nghĩa trang xã Vĩnh Hậu</h1><div><table><tr>"
        "<td>ỦY BAN NHÂN DÂN<br>XÃ VĨNH HẬU<br>Số: 41/QĐ-UBND</td><td>CỘNG HÒA XÃ HỘI CHỦ NGHĨA"
        " VIỆT NAM<br>Độc lập - Tự do - Hạnh phúc<br>Vĩnh Hậu, ngày 03 tháng 3 năm 2021</td></tr>"
        "</table><p><b>QUYẾT ĐỊNH</b></p><p><b>Ban hành Quy chế quản lý nghĩa trang</b></p>"
        "<p>Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;</p>"
        "<p>Điều 1. Ban hành Quy chế.</p></div>"
    )
    found = read_content(extract_page(page, "a.html"), "a", is_web_page=True)
    assert found.title == "Quyết định ban hành Quy chế quản lý nghĩa trang xã Vĩnh Hậu"
    assert found.number == "41/QĐ-UBND"


@pytest.mark.parametrize(
    ("one", "other"),
    [("div class='col-md-9'", "div class='col-md-3'"), ("td width=500", "td width=200"),
     ("div class='center-main'", "div class='right-main'"), ("div id='cot-2'", "div id='cot-3'")],
)  # fmt: skip
def test_a_column_beside_that_of_a_short_article_is_no_text(one: str, other: str) -> None:
    article = f"<h2>{TITLE}</h2><div class='t'><p>{SENTENCE}</p></div>"
    beside = (
        "<div class='khoi'><p>Thứ hai: giao ban</p><p>Thứ ba: họp tổ đại biểu khóa mười</p></div>"
    )
    tags = [part.split()[0] for part in (one, other)]
    row = f"<{one}>{article}</{tags[0]}><{other}>{beside}</{tags[1]}>"
    row = f"<table><tr>{row}</tr></table>" if tags[0] == "td" else f"<div class='row'>{row}</div>"
    assert read(f"{NAV}<div>{row}</div>").body == SENTENCE


def test_a_text_in_a_larger_column_beside_its_title_is_read() -> None:
    page = (
        f"<div class='row'><div class='col-3'><h1>{TITLE}</h1><p>Phú Lâm, 5/4/2019</p></div>"
        f"<div class='col-9'><p>{SENTENCE}</p><p>{SENTENCE}</p></div></div>"
    )
    assert read(NAV + page).body.count(SENTENCE) == 2


def test_a_chapter_called_comments_in_a_box_of_its_own_stays() -> None:
    chapter = f"<section><h2>Bình luận</h2><p>{SENTENCE}</p><p>Nghề cũ còn đó.</p></section>"
    comments = "<section><h2>Bình luận</h2><p>Chưa có bình luận nào.</p><p>Sắp xếp</p></section>"
    text = f"<div><section><p>{SENTENCE}</p></section>{{}}</div>"
    assert lines(text.format(chapter)) == [SENTENCE, "Bình luận", SENTENCE, "Nghề cũ còn đó."]
    assert lines(text.format(comments)) == [SENTENCE]


def test_the_title_of_similar_documents_is_left_out_with_them() -> None:
    similar = (
        "<div><h3>Tài liệu tương tự</h3><ul><li><a href='/1'>Nghề đan lát ở Thủ Sỹ</a><br>Tác giả:"
        " Bùi Văn Chất (2014)</li></ul></div>"
    )
    assert lines(f"<div class='t'><p>{SENTENCE}</p></div>{similar}") == [SENTENCE]


def test_a_side_of_a_page_is_no_text_though_the_article_is_no_column() -> None:
    article = f"<section class='post'><h1>{TITLE}</h1><p>{SENTENCE}</p><p>{SENTENCE}</p></section>"
    side = "<section class='side'><h4>Giờ phục vụ</h4><p>Thứ bảy: 8g - 16g</p></section>"
    assert (
        read(f"{NAV}<div class='page'>{article}{side}</div>").body.split("\n\n") == [SENTENCE] * 2
    )


def test_an_aside_between_paragraphs_is_a_box_of_the_text() -> None:
    aside = "<aside><h4>Sách nên đọc</h4><ul><li>Nghề rơm rạ</li></ul></aside>"
    assert lines(f"<div><p>{SENTENCE}</p>{aside}<p>{SENTENCE}</p></div>") == [
        SENTENCE, "Sách nên đọc", "Nghề rơm rạ", SENTENCE
    ]  # fmt: skip
    assert lines(f"<div><p>{SENTENCE}</p></div>{aside}") == [SENTENCE]


def test_boxes_of_one_class_are_parts_of_a_text_though_they_are_called_columns() -> None:
    part = f"<div class='inner layoutSingleColumn'>{{}}<p>{SENTENCE}</p><p>{SENTENCE}</p></div>"
    text = part.format(f"<h1>{TITLE}</h1>") + part.format("<h3>Về sau</h3>")
    assert read(f"{NAV}<div class='post'>{text}</div>").body.count(SENTENCE) == 4


@pytest.mark.parametrize("tag", ["div", "center", "section"])
def test_the_last_boxes_of_a_page_with_an_address_are_its_imprint(tag: str) -> None:
    article = f"<div class='cols'><h1>{TITLE}</h1><p>{SENTENCE}</p><p>{SENTENCE}</p></div>"
    imprint = f"<{tag}><p>Đan lát Phú Lâm</p><p>Trụ sở: 71 Nguyễn Huệ</p></{tag}>"
    chat = "<div class='robot'><p>Bạn muốn hỏi gì?</p></div>"
    page = f"{NAV}<div class='body'><div class='ten'>Đan lát</div>{article}{imprint}</div>{chat}"
    assert "Trụ sở" not in read(page).body


def test_an_address_at_the_end_of_an_article_is_text() -> None:
    address = "<p>Trụ sở: 71 Nguyễn Huệ</p>"
    assert lines(f"<div><p>{SENTENCE}</p><div>{address}</div></div>") == [
        SENTENCE, "Trụ sở: 71 Nguyễn Huệ"
    ]  # fmt: skip


def test_a_paragraph_below_a_list_of_other_pages_goes_on_with_the_text() -> None:
    others = (
        "<ul><li><a href='/1'>Hội thi nấu bánh</a></li><li><a href='/2'>Xã có bác sĩ</a></li></ul>"
    )
    text = f"<p>{SENTENCE}</p><p><b>Xem thêm:</b></p>{others}<p>Mười bốn giờ, lớp tan.</p>"
    assert lines(f"<div>{text}<p>{SENTENCE}</p></div>") == [
        SENTENCE, "Mười bốn giờ, lớp tan.", SENTENCE
    ]  # fmt: skip


def test_the_only_heading_in_a_cell_is_the_title_whatever_the_columns_beside_it_say() -> None:
    notice = "Cúp điện sáng chủ nhật từ 7 giờ đến 11 giờ ở khu phố 3 và khu phố 4, xin báo bà con."
    left = f"<td><p>{notice}</p></td>"
    cell = f"<td><h3>{TITLE}</h3><p>{SENTENCE}</p><p>{SENTENCE}</p></td>"
    found = read(f"<table><tr>{left}{cell}</tr></table>", title="Phường 5")
    assert (found.title, found.body.split("\n\n")) == (TITLE, [SENTENCE, SENTENCE])


@pytest.mark.parametrize("name", ["popup-body", "tin-moi", "banner-content"])
def test_the_text_is_in_a_misnamed_box_though_a_lead_stands_above_it(name: str) -> None:
    lead = "Lớp học vào buổi tối, không thu học phí."
    box = f"<div class='{name}'><p>{SENTENCE}</p><ul><li>{SENTENCE}</li></ul></div>"
    assert lines(f"<div class='lead'>{lead}</div>{box}{FOOTER}") == [lead, SENTENCE, SENTENCE]
    short = f"<div class='{name}'><p>Mời bà con cài ứng dụng của tỉnh.</p></div>"
    assert lines(f"<div class='lead'>{lead}</div>{short}{FOOTER}") == [lead]


def test_a_paragraph_that_is_the_title_of_a_chapter_stays_above_prose() -> None:
    prose = "Ông Trương Đình Hòe cho rằng cước tàu sẽ hạ từ tháng 10, và giá cá tra sẽ lên theo."
    chapter = (
        f"<p><b>Bình luận</b></p><p>{prose}</p><p><b>Khuyến nghị</b></p><ul><li>Giữ kho</li></ul>"
    )
    assert lines(f"<div><p>{SENTENCE}</p>{chapter}</div>")[1:3] == ["Bình luận", prose]
    assert lines(f"<div><p>{SENTENCE}</p><p>Bình luận</p><p>Hay quá</p></div>") == [SENTENCE]


def test_a_page_of_a_cell_without_a_table_is_read() -> None:
    assert read(f"<td><h1>{TITLE}</h1><p>{SENTENCE}</p></td>").body == SENTENCE
