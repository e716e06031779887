"""The markup of widespread systems: names of their boxes, records, forums, attachments, teasers."""

from __future__ import annotations

from importlib.resources import files

import pytest

from indexer.documents.content import Content
from indexer.documents.formats.html.html_reader import extract_page
from indexer.documents.portal_page import read_content
from indexer.models import Document

pytest.importorskip("lxml", reason="the extra html is not installed")

TITLE = "Lớp dạy nghề đan lát"
SENTENCE = "Trung tâm mở lớp dạy nghề đan lát cho 30 học viên ở xã Phú Lâm từ đầu tháng tư."
OTHER = "Học viên học vào buổi tối, do ba nghệ nhân của làng nghề cũ đứng lớp và chấm bài."


def content(body: str) -> Content:
    page = f"<html><head><title>{TITLE}</title></head><body>{body}</body></html>"
    return extract_page(page, "a.html")


def read(body: str) -> Document:
    return read_content(content(body), "a", is_web_page=True)


def lines(body: str) -> list[str]:
    return [line for line in read(f"<h1>{TITLE}</h1>{body}").body.split("\n") if line]


def test_every_known_name_is_of_one_kind_and_in_lower_case() -> None:
    text = files("indexer.documents.formats.html").joinpath("known_names.tsv").read_text("utf-8")
    rows = [row.split("\t") for row in text.splitlines() if not row.startswith("#")]
    assert all(len(row) == 3 and row[0] in ("chrome", "text", "record") for row in rows)
    names = [name for row in rows for name in row[2].split()]
    assert len(names) == len(set(names))
    assert names == [name.lower() for name in names]


@pytest.mark.parametrize(
    "name",
    ["sharedaddy", "author-bio", "node__links", "jp-relatedposts", "wp-block-post-terms",
     "td-post-next-prev", "activity-information",
     "itemRatingBlock", "itemAuthorBlock", "message-cell--user", "elementor-widget-posts"],
)  # fmt: skip
def test_what_a_system_calls_a_part_of_the_portal_is_none_of_the_text(name: str) -> None:
    box = f"<div class='x {name}'><p>Ba Tư viết đều mỗi tuần cho trang của làng.</p></div>"
    assert lines(f"<div class='text'><p>{SENTENCE}</p>{box}<p>{OTHER}</p></div>") == [
        SENTENCE,
        OTHER,
    ]


@pytest.mark.parametrize(
    "name",
    ["field field--label-hidden field__item", "hidden-xs l-text", "section--has-ads",
     "has-sidebar", "d-none d-md-block", "hidden md:block", "print-full", "language-bash"],
)  # fmt: skip
def test_a_name_that_says_how_a_box_looks_is_not_what_it_is(name: str) -> None:
    box = f"<div class='{name}'><p>Lớp mở ngày 5.</p></div>"
    assert lines(f"<div><p>{SENTENCE}</p>{box}<p>{OTHER}</p></div>")[1] == "Lớp mở ngày 5."


def test_a_box_that_no_screen_shows_is_none_of_the_text() -> None:
    box = "<div class='d-none'><p>Lớp mở ngày 5.</p></div>"
    assert lines(f"<div><p>{SENTENCE}</p>{box}<p>{OTHER}</p></div>") == [SENTENCE, OTHER]
    mark = "<span class='hidden' itemprop='url'>https://tin.example/12</span>"
    assert lines(f"<div>{mark}<p>{SENTENCE}</p></div>") == [SENTENCE]


@pytest.mark.parametrize(
    "header",
    [
        "<main><header><p>{}</p></header>{}</main>",
        "<header class='article-head'><p>{}</p></header>{}",
    ],
)
def test_the_header_of_a_text_has_its_lead(header: str) -> None:
    lead = "Lớp đầu tiên của huyện."
    assert lines(header.format(lead, f"<p>{SENTENCE}</p><p>{OTHER}</p>"))[0] == lead


def test_code_is_text_whatever_its_language() -> None:
    assert lines(f"<p>{SENTENCE}</p><pre class='language-sh'>quet --dpi 400</pre>")[1:] == [
        "quet --dpi 400"
    ]


FIELD = "<div class='field'><h3>{}</h3><div>{}</div></div>"


def test_links_in_the_fields_of_a_record_are_values() -> None:
    links = "<ul><li><a href='/p'>Mường Khoa</a></li><li><a href='/q'>Tà Hừa</a></li></ul>"
    fields = [("Mã", "HU-12"), ("Mô tả", f"<p>{SENTENCE}</p>"), ("Địa danh", links)]
    record = read(f"<h1>{TITLE}</h1>" + "".join(FIELD.format(*field) for field in fields))
    said = [line for line in record.body.split("\n") if line]
    assert said[-3:] == ["Địa danh", "Mường Khoa", "Tà Hừa"]
    assert record.author is None


def test_boxes_of_links_that_are_all_alike_are_no_record() -> None:
    links = "<ul><li><a href='/p'>Mường Khoa</a></li><li><a href='/q'>Tà Hừa</a></li></ul>"
    boxes = "".join(FIELD.format(name, links) for name in ("Xã", "Phường", "Thôn"))
    assert lines(f"<div><p>{SENTENCE}</p><p>{OTHER}</p></div><div>{boxes}</div>") == [
        SENTENCE,
        OTHER,
    ]


def test_a_text_in_several_boxes_of_the_same_class_is_read_whole() -> None:
    long, short = f"<p>{SENTENCE}</p>" * 8, f"<p>{OTHER}</p>"
    body = f"<div class='part'>{long}</div><aside>Xem ảnh</aside><div class='part'>{short}</div>"
    assert lines(body)[-1] == OTHER
    more = "<a href='/2'>Xem thêm ảnh của lớp học</a>"
    beside = f"<div class='part'>{long}</div><div class='note'>{short}{more}</div>"
    assert OTHER not in lines(beside)
    assert content(f"<h1>{TITLE}</h1>{beside}").left_out == [OTHER]


def test_prose_that_a_style_hides_in_the_text_is_named() -> None:
    hidden = f"<div style='display:none'>{OTHER}</div>"
    page = content(f"<h1>{TITLE}</h1><div><p>{SENTENCE}</p>{hidden}</div>")
    assert page.left_out == [OTHER]
    shown = content(f"<h1>{TITLE}</h1><div><p>{SENTENCE}</p><p>{OTHER}</p>{hidden}</div>")
    assert shown.left_out == []


def test_files_in_a_box_called_related_belong_to_the_text() -> None:
    given = (
        "<div class='related-files'><h4>Tệp</h4><ul><li><a href='a.pdf'>a.pdf</a></li></ul></div>"
    )
    other = "<div class='related-links'><ul><li><a href='/2'>Tin khác</a></li></ul></div>"
    text = f"<div class='news-text'><p>{SENTENCE}</p><p>{OTHER}</p></div>"
    assert lines(f"<div>{text}<div class='related-wrap'>{given}{other}</div></div>") == [
        SENTENCE,
        OTHER,
        "Tệp",
        "a.pdf",
    ]


CARD = (
    "<article class='post-{0} post'><h3><a href='/{0}'>Khởi công cầu bắc qua rạch {0}</a></h3>"
    "<p>Cầu dài {0} mét.</p></article>"
)


def test_teasers_may_differ_by_the_numbers_of_their_classes() -> None:
    cards = CARD.format(12) + CARD.format(15)
    assert lines(f"<article><p>{SENTENCE}</p></article><div>{cards}</div>") == [SENTENCE]


def test_the_title_of_a_box_of_teasers_goes_with_them() -> None:
    cards = CARD.format(12) + CARD.format(15)
    box = f"<div class='b1'><div class='t'>Tin trong huyện</div>{cards}</div>"
    links = "<ul><li><a href='/1'>Hỏi về hộ khẩu</a></li><li><a href='/2'>Hỏi về đất</a></li></ul>"
    asked = f"<div class='b2'><div class='t'>Hỏi đáp pháp luật</div>{links}</div>"
    assert lines(f"<div><p>{SENTENCE}</p><p>{OTHER}</p>{box}{asked}</div>") == [SENTENCE, OTHER]


def test_a_teaser_within_the_text_is_left_out_with_its_summary() -> None:
    card = "<a href='/1'>Khởi công cầu bắc qua rạch</a><p>Cầu dài trăm mét.</p>"
    text = f"<p>{SENTENCE}</p><div class='inner-article'>{card}</div><p>{OTHER}</p>"
    assert lines(f"<div>{text}</div>") == [SENTENCE, OTHER]


def test_a_bibliography_with_linked_titles_is_no_list_of_teasers() -> None:
    books = "".join(
        f"<li><a href='/{n}'>Nghề đan lát xứ Đoài tập {n}</a>. Nhà in Tân Dân, 19{n}.</li>"
        for n in (31, 32, 33)
    )
    assert len(lines(f"<p>{SENTENCE}</p><ul>{books}</ul><p>{OTHER}</p>")) == 5


def test_a_table_about_the_posting_is_none_of_the_text() -> None:
    rows = [("Người gửi:", "Ba Tư"), ("Ngày gửi:", "21h 12-02-2009"), ("Số lượt tải:", "431")]
    table = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in rows)
    assert lines(f"<div><table>{table}</table><p>{SENTENCE}</p></div>") == [SENTENCE]
    counted = "<tr><td>Xã</td><td>431</td></tr><tr><td>Huyện</td><td>12</td></tr>"
    assert len(lines(f"<div><table>{counted}</table><p>{SENTENCE}</p></div>")) == 3


def test_a_word_set_apart_by_its_style_alone_is_a_word() -> None:
    assert lines(f"<p><span class='place'>Bình Định</span>{SENTENCE}</p>") == [
        f"Bình Định {SENTENCE}"
    ]
    given = "<span class='l'>Đơn</span><a href='don.pdf'>don.pdf</a><span class='s'>2 MB</span>"
    assert lines(f"<p>{SENTENCE}</p><div>{given}</div>")[1] == "Đơn don.pdf 2 MB"


def test_words_of_tools_beside_others_are_left_out_and_in_a_sentence_kept() -> None:
    tools = "<div><a href='/f'>Follow</a><span>·</span><span>5 min read</span></div>"
    assert lines(f"<div>{tools}<p>{SENTENCE}</p></div>") == [SENTENCE]
    said = "Bấm nút <a href='/f'>Share</a> rồi chép địa chỉ."
    assert lines(f"<div><p>{SENTENCE}</p><p>{said}</p></div>")[1] == (
        "Bấm nút Share rồi chép địa chỉ."
    )


def test_a_list_under_the_title_of_other_pages_is_not_announced() -> None:
    links = "".join(f"<li><a href='/{n}'>Khởi công cầu số {n}</a></li>" for n in (1, 2))
    body = f"<div><p>{SENTENCE}</p><p>{OTHER}</p><div>Bài liên quan:</div><ul>{links}</ul></div>"
    assert lines(body) == [SENTENCE, OTHER]


def test_a_box_to_write_in_is_none_of_the_text() -> None:
    box = "<div><b>Tin mới</b><p>Ghi địa chỉ để nhận tin hằng tuần</p><input type='email'></div>"
    assert lines(f"<div><p>{SENTENCE}</p>{box}<p>{OTHER}</p></div>") == [SENTENCE, OTHER]


@pytest.mark.parametrize("name", ["wsite-not-footer", "footnotes-footer"])
def test_a_name_that_denies_the_footer_or_is_of_footnotes_is_text(name: str) -> None:
    box = f"<div class='{name}'><p>Theo sổ kho năm 1981.</p></div>"
    assert lines(f"<div><p>{SENTENCE}</p>{box}<p>{OTHER}</p></div>")[1] == "Theo sổ kho năm 1981."


def test_the_box_around_a_page_is_no_footer() -> None:
    page = f"<div id='footerfix'>{{}}<h2>{TITLE}</h2><div><p>Lớp mở ngày 5.</p></div></div>"
    assert read(page.format("<nav><a href='/'>Trang đầu</a></nav>")).body == "Lớp mở ngày 5."


def test_a_table_with_links_below_the_text_stays_with_its_heading() -> None:
    rows = "<tr><td><a href='/l'>Thư viện huyện</a></td><td>929.2 GI</td><td>Sẵn sàng</td></tr>"
    table = f"<table><tr><th>Nơi giữ</th><th>Ký hiệu</th><th>Trạng thái</th></tr>{rows}</table>"
    text = f"<div class='c'><div class='d'><p>{SENTENCE}</p><p>{OTHER}</p></div></div>"
    assert lines(f"<div>{text}<h2>Bản sao</h2>{table}</div>")[2:] == [
        "Bản sao",
        "Nơi giữ\tKý hiệu\tTrạng thái",
        "Thư viện huyện\t929.2 GI\tSẵn sàng",
    ]


HEADLINE = "Nối lại tuyến xe buýt số 07"


@pytest.mark.parametrize(
    "markup",
    ["<p>&gt;&gt;&gt; Xem thêm: <a href='/2'>{0}</a></p>",
     "<p><b>Bài liên quan:</b> <a href='/2'>{0}</a></p>",
     "<p><a href='/2'>Đọc thêm</a>: <a href='/2'>{0}</a></p>",
     "<p><strong>&gt;&gt; <a href='/2'>{0}</a></strong></p>",
     "<div>Bài viết trước: <a href='/2'>{0}</a></div>",
     "<div><b>BÀI VIẾT CÙNG CHỦ ĐỀ:</b><br>+ <a href='/2'>{0}</a><br>+ <a href='/3'>{0}</a></div>",
     "<div class='et_pb_cta'><h2>Ủng hộ quỹ</h2><p>Mỗi suất 500.000 đồng.</p></div>",
     "<div class='detail-audio'><p>Nghe tin này</p></div>",
     "<div class='nd__box'><a href='/2'><img></a><h4><a href='/2'>{0}</a></h4></div>",
     "<div class='ask'><h3>Hỏi gì?</h3><p>Luật sư đáp.</p><a class='btn' href='/g'>Gửi</a></div>",
     "<form><h3>Ghi danh</h3><label>Tên</label><input><p>Cảm ơn bạn đã gửi.</p></form>",
     "<ul class='list-news'><li><a href='/2'>{0}</a></li></ul>"],
)  # fmt: skip
def test_a_line_that_leads_to_another_page_is_left_out_of_the_text(markup: str) -> None:
    assert lines(f"<p>{SENTENCE}</p>{markup.format(HEADLINE)}<p>{OTHER}</p>") == [SENTENCE, OTHER]


@pytest.mark.parametrize(
    "line",
    ["<p>Xem thêm: <a href='/2'>Quyết định 15/2019/QĐ-UBND về phí chợ</a></p>",
     "<p>Xem thêm <a href='/2'>sơ đồ đường đi</a> ở cuối trang.</p>",
     "<p>Đơn vị tổ chức: <a href='/2'>Trung tâm dạy nghề huyện</a></p>"],
)  # fmt: skip
def test_a_line_with_a_link_that_is_about_the_page_stays(line: str) -> None:
    assert len(lines(f"<p>{SENTENCE}</p>{line}<p>{OTHER}</p>")) == 3


def test_documents_of_the_same_field_with_their_dates_are_left_out() -> None:
    item = (
        "<li><div><p><a href='/v1'>Quyết định 15/2019/QĐ-UBND</a></p><div>Quy định mức thu phí chợ"
        "</div><p><label>Ban hành:</label> 04/05/2019</p></div></li>"
    )
    box = f"<div class='box'><div><span>Văn bản cùng lĩnh vực</span></div><ul>{item}</ul></div>"
    assert lines(f"<div class='t'><p>{SENTENCE}</p><p>{OTHER}</p></div>{box}") == [SENTENCE, OTHER]


def test_a_box_with_a_button_or_a_form_that_is_the_page_stays() -> None:
    button = "<a class='btn' href='/full'>Biểu ghi đầy đủ</a>"
    assert lines(f"<div class='item'><p>{SENTENCE}</p>{button}</div>")[0] == SENTENCE
    assert lines(f"<form><input name='q'><div><p>{SENTENCE}</p><p>{OTHER}</p></div></form>") == [
        SENTENCE, OTHER
    ]  # fmt: skip


def test_the_title_above_cards_of_other_pages_is_left_out() -> None:
    card = "<a href='/{0}'><h3>Cầu đổi phận</h3><p>Từ Rạch Miễu đến Hàm Luông.</p></a>"
    cards = (
        f"<div><h2>Từ kho ảnh</h2><div class='cards'>{card.format(1)}{card.format(2)}</div></div>"
    )
    assert lines(f"<div class='t'><p>{SENTENCE}</p><p>{OTHER}</p></div>{cards}") == [
        SENTENCE,
        OTHER,
    ]


def test_a_link_in_a_field_of_rows_of_labels_and_values_is_a_value() -> None:
    row = "<div class='row'><div class='col-3'>{0}</div><div class='col-9'>{1}</div></div>"
    rows = [
        ("Cấp", "Huyện"),
        ("Phí", "Không"),
        ("Hạn", "Mười ngày"),
        ("Mẫu", "<a href='/9'>M01</a>"),
    ]
    fields = "".join(row.format(*each) for each in rows)
    assert lines(f"<div><p>{SENTENCE}</p></div><div>{fields}</div>")[-1] == "M01"


def test_the_fields_above_the_title_in_the_table_of_a_record_are_rows() -> None:
    table = (
        "<table><tr><th>Số ký hiệu</th><td>88/2017/NQ-HĐND</td></tr>"
        f"<tr><th>Trích yếu</th><td>{TITLE}</td></tr><tr><th>Cơ quan</th><td>HĐND tỉnh</td></tr>"
        "</table>"
    )
    page = f"<title>{TITLE}</title><div>{table}<div><p>{SENTENCE}</p></div></div>"
    found = read_content(extract_page(page, "a.html"), "a", is_web_page=True)
    assert [line for line in found.body.split("\n") if line] == [
        "Số ký hiệu\t88/2017/NQ-HĐND", f"Trích yếu\t{TITLE}", "Cơ quan\tHĐND tỉnh", SENTENCE
    ]  # fmt: skip


def test_a_calendar_is_left_out_and_a_timetable_is_not() -> None:
    days = "<tr><td>T2</td><td>T3</td><td>T4</td><td>T5</td><td>T6</td><td>T7</td><td>CN</td></tr>"
    row = "<tr>{}</tr>".format
    month = row("".join(f"<td>{day}</td>" for day in range(1, 8)))
    lessons = row(
        "".join(f"<td>{word}</td>" for word in ("Toán", "Văn", "Sử", "Địa", "Lý", "", ""))
    )
    text = f"<div><p>{SENTENCE}</p><table>{days}{{}}</table><p>{OTHER}</p></div>"
    assert lines(text.format(month)) == [SENTENCE, OTHER]
    assert len(lines(text.format(lessons))) == 4
