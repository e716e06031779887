"""What a page shows by style, script or role alone, and pages that no portal made."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.documents.files.document_reader import read_path
from indexer.documents.files.reading import Options
from indexer.documents.formats.html.html_reader import extract_page
from indexer.documents.portal_page import read_content
from indexer.models import BlockKind, Document

pytest.importorskip("lxml", reason="the extra html is not installed")

TITLE = "Cấp thẻ bạn đọc của thư viện tỉnh"
SENTENCE = "Thẻ bạn đọc có giá trị mười hai tháng kể từ ngày cấp, và được gia hạn một lần."
NAV = "<nav><a href='/'>Trang chủ</a> <a href='/sach'>Sách mới</a></nav>"


def read(body: str) -> Document:
    page = (
        f"<html><head><title>{TITLE}</title></head><body>{NAV}<h1>{TITLE}</h1>{body}</body></html>"
    )
    return read_content(extract_page(page, "a.html"), "a", is_web_page=True)


def lines(body: str) -> list[str]:
    return [line for line in read(body).body.split("\n") if line]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<span class=l>Khổ:</span><span>Lớn</span>", "Khổ: Lớn"),
        ("<b>Kho đọc</b><span>Sẵn sàng</span>", "Kho đọc Sẵn sàng"),
        ("<a href='/1'>Năm 1976</a><i>Ảnh gia đình</i>", "Năm 1976 Ảnh gia đình"),
        ("<span>N</span><span>guyễn</span> <b>A</b><b>B</b>", "Nguyễn AB"),
        ("15 m<sup>2</sup><i>đất</i>", "15 m2đất"),
    ],
)
def test_a_capital_after_another_element_begins_a_word(markup: str, text: str) -> None:
    assert lines(f"<div><p>{SENTENCE}</p><p>{markup}</p><p>{SENTENCE}</p></div>")[1] == text
    assert lines(f"<div><p>{SENTENCE}</p><div>{markup}</div></div>")[1] == text


def test_an_answer_hidden_below_its_question_is_read() -> None:
    folded = (
        "<div class='accordion-item'><div class='accordion-title'><a>Mất thẻ thì sao?</a></div>"
        "<div class='accordion-body' style='display:none'><p>Báo quầy số hai.</p></div></div>"
    )
    menu = "<div class='menu-toggle'>☰</div><div style='display:none'><a href='/2'>Sách</a></div>"
    assert lines(f"<div><p>{SENTENCE}</p>{folded}</div>{menu}") == [
        SENTENCE, "Mất thẻ thì sao?", "Báo quầy số hai."
    ]  # fmt: skip


def test_the_title_of_a_tab_is_a_heading_of_its_panel() -> None:
    tabs = (
        "<ul class='nav nav-tabs'><li><a href='#a'>Người lớn</a></li>"
        "<li><a href='#b'>Trẻ em</a></li></ul>"
        "<div class='tab-content'><div class='tab-pane' id='a'><p>Nộp 60.000 đồng.</p></div>"
        "<div class='tab-pane' id='b'><p>Trẻ em không phải nộp gì.</p></div></div>"
    )
    found = read(f"<div><p>{SENTENCE}</p>{tabs}</div>")
    assert [line for line in found.body.split("\n") if line][1:] == [
        "Người lớn", "Nộp 60.000 đồng.", "Trẻ em không phải nộp gì."
    ]  # fmt: skip
    assert [block.kind for block in found.blocks][1] is BlockKind.HEADING


def test_a_link_to_a_chapter_adds_no_heading_to_it() -> None:
    chapter = f"<div id='a'><p>{SENTENCE}</p></div>"
    assert lines(f"<p>Xem <a href='#a'>mục dưới</a>.</p>{chapter}") == ["Xem mục dưới.", SENTENCE]


def test_a_table_made_by_roles_is_a_table() -> None:
    cells = "<span role='{0}'>{1}</span><span role='{0}'>{2}</span>".format
    rows = (
        f"<div role='row'>{cells('columnheader', 'Cấp', 'Hạn')}</div>"
        f"<div role='row'>{cells('cell', 'Xã', '5 ngày')}</div>"
    )
    found = read(f"<div><p>{SENTENCE}</p><div role='table'>{rows}</div></div>")
    tables = [block for block in found.blocks if block.kind is BlockKind.TABLE_ROW]
    assert [found.body[row.start : row.end] for row in tables] == ["Cấp\tHạn", "Xã\t5 ngày"]
    assert [row.header for row in tables] == [True, False]
    assert "Hai cột" in lines(f"<div><p>{SENTENCE}</p><div role='grid'><p>Hai cột</p></div></div>")


@pytest.mark.parametrize("program", ["Microsoft Word 15", "LibreOffice 7.3 (Linux)"])
def test_a_page_of_a_word_processor_is_read_whole(tmp_path: Path, program: str) -> None:
    note = "<div id='ftn1'><p><a href='#r'>[1]</a> Vay từ năm 2009, đã trả.</p></div>"
    page = (
        f"<meta charset='utf-8'><meta name='Generator' content='{program}'><p>Hồi ký chưa in</p>"
        f"<h1>{TITLE}</h1><p>{SENTENCE}</p><p>Liên hệ</p><table><tr><td>Video</table>{note}"
    )
    path = tmp_path / "a.html"
    path.write_text(page, encoding="utf-8")
    [(_, found)] = read_path(path, lambda _: None, Options())
    assert isinstance(found, Document)
    assert found.title == TITLE
    assert [line for line in found.body.split("\n") if line] == [
        "Hồi ký chưa in", SENTENCE, "Liên hệ", "Video", "[1] Vay từ năm 2009, đã trả."
    ]  # fmt: skip


def test_the_lists_of_a_wiki_are_text() -> None:
    contents = (
        "<div class='toc'><ul><li><a href='#a'>1 A</a></li><li><a href='#b'>2 B</a></li></ul></div>"
    )
    listed = (
        "<ul><li><a href='/wiki/1'>Cầu Lường</a></li><li><a href='/wiki/2'>Ga Kép</a></li></ul>"
    )
    page = f"<p>{SENTENCE}</p>{contents}<h2>Xem thêm</h2>{listed}"
    wanted = [SENTENCE, "Xem thêm", "Cầu Lường", "Ga Kép"]
    assert lines(f"<div class='mw-parser-output'>{page}</div>") == wanted
    assert lines(f"<div>{page}</div>") == [SENTENCE]


@pytest.mark.parametrize(
    "markup",
    [
        "<div class='image-caption'>Quầy số hai. Ảnh: Hoài Thu</div>",
        "<p class='wp-caption-text'>Quầy số hai. Ảnh: Hoài Thu</p>",
        "<div class='PhotoCMS_Caption'><p>Quầy số hai. Ảnh: Hoài Thu</p></div>",
    ],
)
def test_a_caption_by_its_name_is_one_also_above_the_title(markup: str) -> None:
    found = read(f"<div>{markup}<p>{SENTENCE}</p></div>")
    assert found.blocks[0].kind is BlockKind.CAPTION
    page = f"<div>{markup}<h2>{TITLE}</h2><div class='noi-dung'><p>{SENTENCE}</p></div></div>"
    content = extract_page(f"<title>{TITLE}</title>{page}", "a.html")
    text = read_content(content, "a", is_web_page=True).body
    assert ("Hoài Thu" in text) is (not markup.startswith("<div class='Photo"))


@pytest.mark.parametrize(
    "title", ["Hiện vật cùng bộ sưu tập", "Bạn có thể thích", "Mới nhất từ Lê Tân", "Văn bản mới"]
)
def test_links_of_scripts_below_a_title_of_other_pages_are_left_out(title: str) -> None:
    links = "<div><a onclick='go(1)'>Thạp đồng</a></div><div><a class='x'>Rìu gót vuông</a></div>"
    assert lines(f"<div><p>{SENTENCE}</p></div><h3>{title}</h3>{links}") == [SENTENCE]
    text = f"<h3>{title}</h3><p>Thư viện nhận về chín bộ sách in trước năm 1945.</p>"
    assert title in lines(f"<div><p>{SENTENCE}</p>{text}<h3>Giờ mở cửa</h3></div>")


def test_an_anchor_without_an_address_is_text() -> None:
    assert lines(f"<p><a name='a'>{SENTENCE}</a></p><p><a id='b'>Mở từ bảy giờ sáng.</a></p>") == [
        SENTENCE, "Mở từ bảy giờ sáng."
    ]  # fmt: skip


def test_a_label_of_contact_data_stays_before_its_value() -> None:
    field = "<div><div>Liên hệ:</div><div>Cô Thục, phòng 203</div></div>"
    assert lines(f"<div><p>{SENTENCE}</p>{field}</div>")[1:] == ["Liên hệ:", "Cô Thục, phòng 203"]
    assert lines(f"<div><p>{SENTENCE}</p><p>Liên hệ</p></div>") == [SENTENCE]


def test_a_list_of_words_that_are_links_is_no_headline() -> None:
    words = "<a href='/1'>thơ Nôm</a>, <a href='/2'>văn khắc hang động</a>"
    found = lines(f"<div><p>{SENTENCE}</p><h2>Từ khóa</h2><div>{words}</div></div>")
    assert found[1:] == ["Từ khóa", "thơ Nôm, văn khắc hang động"]


@pytest.mark.parametrize(
    ("tools", "is_text"),
    [
        ("<div><a href='#'>In bài viết</a><a href='#'>Tải về máy</a></div>", False),
        ("<div><a href='javascript:go()'>Nhỏ</a> <a onclick='go()'>To</a></div>", False),
        ("<p><a href='#'>Điều nào cấm thả trâu bò trên mặt đê?</a></p>", True),
    ],
)
def test_a_row_of_links_to_scripts_is_no_text(tools: str, is_text: bool) -> None:
    assert (len(lines(f"<div>{tools}<p>{SENTENCE}</p></div>")) == 2) is is_text


def test_the_name_of_a_file_to_download_stays_with_its_label() -> None:
    link = "<div>Tệp đính kèm: <a href='/f/ds.pdf'>danhsach.pdf</a></div>"
    assert lines(f"<div><p>{SENTENCE}</p>{link}</div>")[1] == "Tệp đính kèm: danhsach.pdf"
    assert lines(f"<div><p>{SENTENCE}</p><div>Tệp đính kèm:</div></div>") == [SENTENCE]


@pytest.mark.parametrize("name", ["sr-only", "visually-hidden", "pkp_screen_reader", "jump-link"])
def test_what_only_a_screen_reader_says_is_no_text(name: str) -> None:
    spoken = f"<h2 class='{name}'>Các tác giả</h2>"
    assert lines(
        f"<div><p>{SENTENCE} <span class='{name}'>(cửa sổ mới)</span></p>{spoken}</div>"
    ) == [SENTENCE]
    assert lines(f"<div class='{name}'><p>{SENTENCE}</p></div>") == [SENTENCE]


@pytest.mark.parametrize(
    "notice",
    ["Powered by Drupal", "Phần mềm thư viện tích hợp phiên bản 6.0", "Thiết kế bởi Sao Mai",
     "Đài Phố Cũ giữ bản quyền âm thanh"],
)  # fmt: skip
def test_the_maker_of_a_page_below_its_text_is_left_out(notice: str) -> None:
    tools = "<div><a href='/b'>Về trang trước</a> <a href='/d'>Đặt mượn</a></div>"
    assert lines(f"<div><p>{SENTENCE}</p></div>{tools}<div>{notice}</div>") == [SENTENCE]


def test_a_hidden_panel_of_an_accordion_is_read_whatever_its_class() -> None:
    button = "<h3><button aria-expanded='false' aria-controls='p1'>Ai được xét?</button></h3>"
    panel = "<div id='p1' class='panel panel--hidden'><p>Học sinh lớp mười hai.</p></div>"
    assert lines(f"<div><p>{SENTENCE}</p>{button}{panel}</div>")[1:] == [
        "Ai được xét?", "Học sinh lớp mười hai."
    ]  # fmt: skip


@pytest.mark.parametrize("tag", ["app-footer", "app-header", "ds-breadcrumb"])
def test_a_custom_element_is_known_by_its_tag(tag: str) -> None:
    box = f"<{tag}><div>Hỗ trợ kỹ thuật: 1022</div></{tag}>"
    assert lines(f"<div><p>{SENTENCE}</p></div>{box}") == [SENTENCE]


def test_a_card_in_the_text_is_about_another_page() -> None:
    card = "<div><a href='/2'><h2>Cầu đổi phận</h2><div>Từ Rạch Miễu đến Hàm Luông.</div></a></div>"
    assert lines(f"<div><p>{SENTENCE}</p>{card}<p>{SENTENCE}</p></div>") == [SENTENCE, SENTENCE]


@pytest.mark.parametrize(
    "count",
    ["212 lượt xem", "3 Yêu thích", "1.204 lượt tải", "5 min read",
     "Phản hồi: 0", "- Xem: 522", "Số lượt xem: 1.204",
     "Tổng lượt truy cập: 88.213", "Thích 3"],
)  # fmt: skip
def test_counts_of_readers_are_left_out(count: str) -> None:
    assert lines(f"<div><p>{SENTENCE}</p><div>{count}</div><p>{SENTENCE}</p></div>") == [
        SENTENCE, SENTENCE
    ]  # fmt: skip


def test_a_box_named_as_a_title_comes_before_the_name_of_the_site() -> None:
    page = (
        "<title>Ban Dân tộc tỉnh</title><div>BAN DÂN TỘC TỈNH</div>"
        f"<div class='contentheading'>{TITLE}</div><div><p>{SENTENCE}</p></div>"
    )
    found = read_content(extract_page(page, "a.html"), "a", is_web_page=True)
    assert (found.title, found.body) == (TITLE, SENTENCE)


def test_what_stands_in_for_elements_of_amp_is_no_text() -> None:
    frame = "<amp-iframe src='x'><p placeholder>Đang tải đoạn phim</p></amp-iframe>"
    advert = "<amp-ad><div fallback>Nơi đặt biển hiệu</div></amp-ad>"
    assert lines(f"<div><p>{SENTENCE}</p>{frame}{advert}<p>{SENTENCE}</p></div>") == [
        SENTENCE, SENTENCE
    ]  # fmt: skip


def test_an_item_named_as_a_tool_is_left_out_of_its_list() -> None:
    tool = "<li class='hidden-print'><a href='/in'>In bản này ra giấy</a></li>"
    assert lines(f"<div><p>{SENTENCE}</p><ul><li>Nộp ảnh 3x4</li>{tool}</ul></div>") == [
        SENTENCE, "Nộp ảnh 3x4"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "saying",
    ["Mời quý độc giả theo dõi VOV.VN trên", "Theo dõi Báo Phố Cũ trên Google News",
     "Vì chưa Đăng Nhập nên bạn chỉ xem được thuộc tính của văn bản.",
     "* Mời bạn đọc vào chuyên mục Đời sống xem các tin, bài liên quan.",
     "Bạn thấy bài viết thế nào?",
     "0:00 / 2:45 Nam miền Bắc Nữ miền Bắc", "Đánh giá: ★★★★☆ (4/5) - 12 lượt đánh giá",
     "Tham gia nhóm Zalo của chúng tôi để nhận tin mới nhất!",
     "Đọc bài viết Nam Nữ", "Quét mã QR để đọc bài viết trên điện thoại",
     "Bạn chấm bài viết này bao nhiêu sao?", "Số lần xem: 118",
     "Khi sử dụng các tài liệu trong thư viện số phải tuân thủ Luật bản quyền.",
     "Giọng đọc: Nữ miền Nam", "Bạn hãy dùng tiếng Việt có dấu khi gửi ý kiến."],
)  # fmt: skip
def test_what_a_site_asks_its_readers_to_do_is_left_out(saying: str) -> None:
    assert lines(f"<div><p>{SENTENCE}</p></div><div>{saying}</div>") == [SENTENCE]
    told = "Bà con theo dõi mực nước trên sông Hậu."
    assert lines(f"<div><p>{SENTENCE}</p><p>{told}</p></div>") == [SENTENCE, told]


@pytest.mark.parametrize("tools", ["<span>A</span><span>A+</span>", "A- | A+ |", "0", ""])
def test_a_row_of_tools_with_buttons_for_the_size_of_letters_is_left_out(tools: str) -> None:
    row = f"<div>{tools}<a href='#'>Ghi lại</a> <a href='#'>Chuyển cho bạn</a></div>"
    assert lines(f"<div>{row}<p>{SENTENCE}</p></div>") == [SENTENCE]


def test_a_label_and_a_value_of_different_classes_are_two_words() -> None:
    box = "<div><span class='n'>35 m</span><span class='t'>chiều cao tháp</span></div>"
    assert lines(f"<div><p>{SENTENCE}</p>{box}</div>")[1] == "35 m chiều cao tháp"
    word = "<div><span class='dau'>N</span><span class='chu'>guyễn</span></div>"
    assert lines(f"<div><p>{SENTENCE}</p>{word}</div>")[1] == "Nguyễn"


@pytest.mark.parametrize("heading", ["<div><b>Liên hệ</b></div>", "<p><b>Liên hệ</b></p>"])
def test_a_title_above_an_address_stays(heading: str) -> None:
    address = "<div>Địa chỉ: 58 Nguyễn Thị Bảy, thị trấn Cần Giuộc.</div>"
    assert lines(f"<div><p>{SENTENCE}</p>{heading}{address}</div>")[1] == "Liên hệ"


def test_a_divider_between_two_parts_of_a_story_stays() -> None:
    assert lines(f"<div><p>{SENTENCE}</p><p>* * *</p><p>{SENTENCE}</p></div>")[1] == "* * *"
    assert lines(f"<div><p>{SENTENCE}</p><p>* * *</p></div>") == [SENTENCE]


def test_keywords_between_two_summaries_stay() -> None:
    words = "Từ khóa: giấy dó, nấm mốc."
    other = "Abstract: The proceedings consist of fourteen papers."
    assert lines(f"<div><p>{SENTENCE}</p><p>{words}</p><p>{other}</p></div>")[1] == words
    assert lines(f"<div><p>{SENTENCE}</p><p>{words}</p></div>") == [SENTENCE]


@pytest.mark.parametrize(
    "line",
    ["Đăng ngày: 12/03/2025 | Người đăng: admin | Lượt xem: 2.412",
     "<span>12/03/2025</span><span>Lượt xem 204</span>",
     "<span>Ngày đăng: 12/03/2025</span><span>Lượt xem: 5.110</span><span>Cỡ chữ: - +</span>",
     "<i class='clock'></i> 12/03/2025 <i class='eye'></i> 98 <i class='talk'></i> 0"],
)  # fmt: skip
def test_what_stands_beside_the_date_of_a_page_is_left_out_with_it(line: str) -> None:
    found = read(f"<div class='sub'>{line}</div><div><p>{SENTENCE}</p></div>")
    assert (str(found.published), found.body) == ("2025-03-12", SENTENCE)


def test_the_highest_heading_is_the_title_where_the_stated_one_names_an_office() -> None:
    page = (
        f"<title>UBND QUẬN 6</title><div><h3>{TITLE}</h3><p>{SENTENCE}</p><h4>Lệ phí</h4>"
        "<p>Không thu.</p><h4>Nơi cấp</h4><p>Quầy số hai.</p></div>"
    )
    assert read_content(extract_page(page, "a.html"), "a", is_web_page=True).title == TITLE


def test_a_page_whose_title_is_that_of_all_pages_takes_its_own() -> None:
    law = (
        "<title>Chi tiết văn bản</title><div><p><b>PHÁP LỆNH</b></p><p><b>Bảo vệ đê điều của"
        f" tổng</b></p><p>{SENTENCE}</p></div>"
    )
    found = read_content(extract_page(law, "a.html"), "a", is_web_page=True)
    assert found.title == "Bảo vệ đê điều của tổng"
    assert [line for line in found.body.split("\n") if line] == ["PHÁP LỆNH", SENTENCE]


def test_the_count_of_visitors_below_an_address_is_part_of_an_imprint() -> None:
    imprint = "Sở Kế hoạch - Điện thoại 3822 456 - Bạn là khách thứ 120311"
    assert lines(f"<div><p>{SENTENCE}</p></div><div>{imprint}</div>") == [SENTENCE]


@pytest.mark.parametrize(
    "tools",
    ["<a>Lưu</a><a>Chia sẻ</a><span>Nghe đọc bài</span><span>Miền Nam - Nữ</span>",
     "<span>Bởi</span> <b>Lê Thị Tám</b> <a href='#comments'>Bình luận (0)</a>"],
)  # fmt: skip
def test_tools_beside_other_words_above_a_text_are_left_out(tools: str) -> None:
    found = lines(f"<div class='x'>{tools}</div><div><p>{SENTENCE}</p></div>")
    assert not {"Chia", "Miền", "luận"} & set(" ".join(found).split())
    assert found[-1] == SENTENCE


@pytest.mark.parametrize("column", ["text", "sidebar-1"])
def test_a_list_that_is_hidden_by_its_class_is_left_out(column: str) -> None:
    hidden = "<ul class='list hidden'><li>Bế giảng lớp học hè của thư viện</li></ul>"
    text = f"<div class='{column}'><h1>{TITLE}</h1><p>{SENTENCE}</p>{hidden}<p>{SENTENCE}</p></div>"
    page = f"<html><head><title>{TITLE}</title></head><body>{NAV}{text}</body></html>"
    body = read_content(extract_page(page, "a.html"), "a", is_web_page=True).body
    assert body == f"{SENTENCE}\n\n{SENTENCE}"


def test_an_accordion_of_bootstrap_3_says_each_title_once() -> None:
    """Its group has the role of a list of tabs, but each panel stands below its title."""
    panels = "".join(
        "<div class='panel'><div class='panel-heading' role='tab'><h4 class='panel-title'>"
        f"<a class='collapsed' role='button' href='#c{n}'>{title}</a></h4></div>"
        f"<div id='c{n}' class='panel-collapse collapse'><div class='panel-body'>{text}</div></div>"
        "</div>"
        for n, (title, text) in enumerate(
            [("Trình tự", f"<p>{SENTENCE}</p>"), ("Lệ phí", "<ul><li>Không thu phí.</li></ul>")]
        )
    )
    assert lines(f"<div class='panel-group' role='tablist'>{panels}</div>") == [
        "Trình tự", SENTENCE, "Lệ phí", "Không thu phí."
    ]  # fmt: skip


def test_tabs_without_a_target_open_the_panels_in_their_order() -> None:
    tabs = (
        "<div role='tablist'><div role='tab'><a href=''>Giải thưởng</a></div>"
        "<div role='tab'><a href=''>Cách gửi bài</a></div></div>"
        "<div><div role='tabpanel'><p>Một giải nhất, hai giải nhì.</p></div>"
        "<div role='tabpanel'><p>Gửi qua bưu điện tỉnh.</p></div></div>"
    )
    assert lines(f"<div><p>{SENTENCE}</p><div>{tabs}</div></div>") == [
        SENTENCE, "Giải thưởng", "Một giải nhất, hai giải nhì.", "Cách gửi bài",
        "Gửi qua bưu điện tỉnh.",
    ]  # fmt: skip


def test_a_panel_of_vuetify_below_its_button_is_read() -> None:
    panel = (
        "<div class='v-expansion-panel'><button class='v-expansion-panel-header'>Đèn bão</button>"
        "<div style='display:none;'><div>Ba mặt kính đỏ, xanh, trắng.</div></div></div>"
    )
    assert lines(f"<div><p>{SENTENCE}</p>{panel}</div>") == [
        SENTENCE, "Đèn bão", "Ba mặt kính đỏ, xanh, trắng."
    ]  # fmt: skip


def test_a_tab_called_lich_is_no_calendar() -> None:
    panel = "<div class='tab-pane active' id='tab-lich'><p>Khám từ thứ hai đến thứ sáu.</p></div>"
    assert lines(f"<div><p>{SENTENCE}</p>{panel}</div>") == [
        SENTENCE,
        "Khám từ thứ hai đến thứ sáu.",
    ]
    box = "<div class='lich'><p>Hôm nay là mùng 3.</p></div>"
    assert lines(f"<div><p>{SENTENCE}</p></div>{box}") == [SENTENCE]


@pytest.mark.parametrize(
    "fields",
    [
        "<div class='css-info6'><h3>Vũ Hoài Nam</h3><dl><dt>Sinh năm</dt><dd>1971, Nam Định</dd>"
        "<dt>Vào nghề</dt><dd>1990</dd></dl></div>",
        "<div class='infobox'><div class='field'><div class='field__label'>Sinh năm</div>"
        "<div class='field__item'>1971, Nam Định</div></div><div class='field'>"
        "<div class='field__label'>Vào nghề</div><div class='field__item'>1990</div></div></div>",
    ],
)
def test_fields_after_the_text_belong_to_it(fields: str) -> None:
    found = lines(f"<div class='a1'><p>{SENTENCE}</p><p>{SENTENCE}</p></div>{fields}")
    assert found[-4:] == ["Sinh năm", "1971, Nam Định", "Vào nghề", "1990"]


def test_fields_of_the_page_do_not() -> None:
    fields = "<dl><dt>Người đăng</dt><dd>Lan</dd><dt>Lượt xem</dt><dd>12</dd></dl>"
    text = f"<p>{SENTENCE}</p>" * 9
    assert lines(f"<div class='a1'>{text}</div><div class='info'>{fields}</div>") == [SENTENCE] * 9


def test_what_a_forum_says_of_its_members_is_no_post() -> None:
    def post(member: str, text: str) -> str:
        return (
            "<table><tr><td>14-03-2010</td><td>#1</td></tr><tr><td class='alt2'><div>"
            f"<a class='bigusername' href='member.php?u=51'>{member}</a></div>"
            "<div>Thành viên mới</div><div>Tham gia ngày: Jan 2010</div><div>Bài gởi: 7</div></td>"
            f"<td class='alt1'><div>{text}</div><div>__________________<br>Cây không phụ người"
            "</div></td></tr></table>"
        )

    found = lines(post("haivuon", SENTENCE) + post("baythuduc", "Cách cứu: rút bầu ra."))
    assert SENTENCE in found
    assert "Cách cứu: rút bầu ra." in found
    assert not [line for line in found if "vuon" in line or "gia ngày" in line or "phụ" in line]


def test_the_foot_of_a_personal_home_page_is_no_text() -> None:
    foot = (
        "<hr><p><font>Bạn là người khách thứ <img src=c.gif> Trang này xem tốt nhất với Internet"
        " Explorer 4.0, độ phân giải 800x600</font></p><p>Cập nhật lần cuối: tháng 11 năm 1999</p>"
    )
    greeting = "<marquee>Chào mừng các bạn đã ghé thăm trang nhà của tôi!</marquee>"
    assert lines(f"{greeting}<p>{SENTENCE}</p>{foot}") == [SENTENCE]


def test_a_panel_hidden_below_a_heading_is_read() -> None:
    """WPBakery names only the box around all panels an accordion."""
    panel = (
        "<div class='x-panel'><div><h4><span>Cần mang theo những gì?</span></h4></div>"
        "<div class='x-body' style='display:none'><ul><li>Sổ khám thai, thẻ BHYT</li></ul></div>"
        "</div>"
    )
    assert lines(f"<div><p>{SENTENCE}</p><div class='x-all'>{panel}</div></div>") == [
        SENTENCE, "Cần mang theo những gì?", "Sổ khám thai, thẻ BHYT"
    ]  # fmt: skip
