"""Which element of a web page shows its title, above all on old pages without headings."""

from __future__ import annotations

import pytest

from indexer.documents.formats.html.html_reader import extract_page
from indexer.documents.portal_page import read_content
from indexer.documents.rules.chrome import chrome_kind, is_menu
from indexer.documents.text.lines import Line
from indexer.models import Document

pytest.importorskip("lxml", reason="the extra html is not installed")

TITLE = "Mùa khô năm nay xảy ra 38 vụ cháy rừng"
PROSE = (
    "Theo tổng hợp của Chi cục Kiểm lâm, từ đầu mùa khô đến nay trên địa bàn tỉnh đã xảy ra 38 vụ"
    " cháy, thiệt hại 52 ha rừng trồng và trảng cỏ."
)
MENU = "".join(f"<a href='{n}.asp'>Mục số {n}</a> | " for n in range(6))


def read(body: str, title: str = "", head: str = "") -> Document:
    page = f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return read_content(extract_page(page, "a.html"), "a", is_web_page=True)


def in_columns(text: str) -> str:
    """Return a page of the years around 2003: banner, menu, a narrow column, the text."""
    return (
        "<table><tr><td colspan=2><font size=6><b>CHI CỤC KIỂM LÂM LÂM ĐỒNG</b></font></td></tr>"
        f"<tr><td colspan=2>{MENU}</td></tr>"
        "<tr><td width=120><font size=5><b>CẤP BÁO CHÁY IV</b></font><br><a href=b.asp>Bảo Lâm</a>"
        f"</td><td>{text}</td></tr></table>"
    )


@pytest.mark.parametrize(
    "heading",
    [
        f"<p><font size=3><b>{TITLE}</b></font></p>",
        f"<font size=+1>{TITLE}</font><br>",
        f"<p style='font-size: 18pt'>{TITLE}</p>",
        f"<p class=Title>{TITLE}</p>",
        f"<div class='hd-title'>{TITLE}</div>",
        f"<span id=lbl class=SubHead>{TITLE}</span><br>",
        f"<div class=ten_tin>{TITLE}</div>",
    ],
)
@pytest.mark.parametrize("title", ["Chi cuc Kiem lam Lam Dong", "CHI CỤC KIỂM LÂM LÂM ĐỒNG", ""])
def test_larger_letters_above_the_text_are_the_title(heading: str, title: str) -> None:
    text = f"{heading}<p><font size=2>(Cập nhật 17/03/2004)</font></p><p><font size=2>{PROSE}"
    document = read(in_columns(text), title)
    assert document.title == TITLE
    assert document.body == PROSE
    assert str(document.date) == "2004-03-17"


def test_a_title_of_two_words_has_much_larger_letters() -> None:
    text = f"<font size=6>CÁO PHÓ</font><br><font size=4>Chúng tôi báo tin</font><p>{PROSE}</p>"
    assert read(in_columns(text), "Cáo phó - Phân Ưu Buồn").title == "CÁO PHÓ"


def test_letters_as_large_as_those_of_the_text_are_no_title() -> None:
    text = f"<font size=3>Báo cáo của Chi cục</font><br><font size=3>{PROSE}</font>"
    document = read(in_columns(text), "Cháy rừng mùa khô ở Lâm Đồng")
    assert document.title == "Cháy rừng mùa khô ở Lâm Đồng"
    assert "Báo cáo của Chi cục" in document.body


def test_the_title_is_the_last_part_of_three() -> None:
    """WordPress 2 wrote "Site » Blog Archive » Title" into every page."""
    body = f"<h1><a href='/'>Chùa Linh Thứu</a></h1><div><h2>Thơ trên vách</h2><p>{PROSE}</div>"
    title = "Chùa Linh Thứu » Blog Archive » Thơ trên vách"
    assert read(body, title).title == "Thơ trên vách"


def test_a_heading_that_goes_on_after_the_stated_title_is_the_title() -> None:
    body = f"<h1>Xử lý nước thải bằng lục bình (Eichhornia crassipes)</h1><p>{PROSE}</p>"
    head = "<h1 class=pagetitle>Xử lý nước thải bằng lục bình</h1>"
    document = read(f"<div id=head>{head}</div>{body}", "Xử lý nước thải bằng lục bình")
    assert document.title == "Xử lý nước thải bằng lục bình (Eichhornia crassipes)"


def test_a_headline_that_the_page_does_not_show_is_not_its_title() -> None:
    head = (
        '<script type="application/ld+json">'
        '{"@type": "NewsArticle", "headline": "Nghỉ việc trong thời gian thử việc"}</script>'
    )
    body = f"<h1>Nghỉ ngang có được trả lương không?</h1><p>{PROSE}</p>"
    assert read(body, "Hỏi đáp", head).title == "Nghỉ ngang có được trả lương không?"


def test_a_title_of_a_box_after_the_text_is_not_that_of_the_page() -> None:
    body = (
        f"<div><div class=hd-title>Cấp đổi giấy chứng nhận cho hộ</div><p>{PROSE}</p></div>"
        "<div class=khac><div class=tieude>Các câu hỏi khác cùng loại</div>"
        "<ul><li><a href=1>Tách thửa đất cho con</a></li></ul></div>"
    )
    assert read(body, "Hỏi đáp - Đất").title == "Cấp đổi giấy chứng nhận cho hộ"


def test_the_banner_names_the_site() -> None:
    body = (
        "<table><tr><td class=Banner>CÔNG BÁO TỈNH THÁI NGUYÊN</td></tr>"
        f"<tr><td>{MENU}</td></tr><tr><td><b>Công báo số 03 năm 2008 (ra hằng tuần)</b><br>"
        "<span>Ra ngày 20 tháng 01 năm 2008</span></td></tr>"
        "<tr><td><table border=1><tr><td>07-12-2007</td><td>Nghị quyết về dự toán</td></tr>"
        "<tr><td>08-12-2007</td><td>Nghị quyết về mức thu phí</td></tr></table></td></tr></table>"
    )
    document = read(body, "Công báo tỉnh Thái Nguyên")
    assert document.title == "Công báo số 03 năm 2008 (ra hằng tuần)"


def test_a_bold_line_above_a_date_is_the_title_but_a_motto_is_none() -> None:
    body = (
        "<div class=box_2><div><b>Kết quả kỳ thi học sinh giỏi lớp 9</b></div>"
        f"<div>Cập nhật: 22/04/2015 - Lượt xem: 3.902</div><div>{PROSE}</div></div>"
    )
    document = read(body, ":: Phòng Giáo dục và Đào tạo Long Mỹ ::")
    assert document.title == "Kết quả kỳ thi học sinh giỏi lớp 9"
    motto = f"<div><b>Độc lập - Tự do - Hạnh phúc</b></div><div>Ngày 5/3/2015</div><p>{PROSE}</p>"
    assert "Độc lập" not in read(motto, "Chỉ thị về phòng cháy").title


@pytest.mark.parametrize(
    "line",
    [
        "16/05/2020 14:20 | O Diệu",
        "Đăng ngày 16.05.2020 · Mã tin: SL-2103",
        "16/05/2020 - Tin: Út Cò",
        "16/05/2020 15.203 lượt xem",
    ],
)
def test_a_line_below_the_title_that_begins_with_a_date_is_that_of_the_page(line: str) -> None:
    document = read(f"<h1>{TITLE}</h1><div>{line}</div><p>{PROSE}</p>")
    assert str(document.date) == "2020-05-16"
    assert document.body == PROSE


def test_the_day_of_posting_comes_before_that_of_the_last_change() -> None:
    body = (
        f"<h1>{TITLE}</h1><div class=article-meta><span class=createdate>Thứ hai, 05 Tháng 4 2010"
        f" 10:33</span></div><p>{PROSE}</p><p>Lần cập nhật cuối ( Thứ năm, 08 Tháng 4 2010 )</p>"
    )
    assert str(read(body).date) == "2010-04-05"


def test_the_title_of_the_page_serves_a_letterhead_without_a_subject() -> None:
    body = (
        "<h1>Lịch tiếp công dân tháng 12 của lãnh đạo huyện</h1><div><p>UBND HUYỆN TÂN LĨNH</p>"
        "<p>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</p><p>Độc lập - Tự do - Hạnh phúc</p>"
        f"<p>Số: 12/TB-UBND</p><p>THÔNG BÁO</p><p>{PROSE}</p></div>"
    )
    document = read(body, "Lịch tiếp công dân tháng 12 của lãnh đạo huyện")
    assert document.title == "Lịch tiếp công dân tháng 12 của lãnh đạo huyện"
    assert document.number == "12/TB-UBND"


@pytest.mark.parametrize(
    "address",
    ["/LinkClick.aspx?fileticket=qLx3", "/c/document_library/get_file?uuid=1", "/bitstream/1/2/a",
     "/download/12", "/attachment.php?id=3", "/index.php?task=download&id=7"],
)  # fmt: skip
def test_a_link_to_a_file_by_the_address_of_a_system_belongs_to_the_text(address: str) -> None:
    row = f"<tr><td>Mẫu đơn, tờ khai</td><td><a href='{address}'>Mẫu 03 - Tờ khai</a></td></tr>"
    table = f"<table><tr><td>Lệ phí</td><td>Không thu phí</td></tr>{row}</table>"
    assert "Mẫu 03 - Tờ khai" in read(f"<h1>{TITLE}</h1><p>{PROSE}</p>{table}").body


def test_a_page_without_any_title_has_that_of_its_site() -> None:
    body = f"<div><p>{PROSE}</p><p>{PROSE}</p></div>"
    assert read(body, "CLB Chạy bộ Sông Hương").title == "CLB Chạy bộ Sông Hương"
    assert read(body, "Cổng dịch vụ công tỉnh Hà Nam").title == "Cổng dịch vụ công tỉnh Hà Nam"


def test_the_only_heading_above_the_text_is_the_title_though_the_text_has_others() -> None:
    rows = "".join(f"<div><div>Mục {n}</div><div>Giá trị {n}</div></div>" for n in range(9))
    tabs = (
        "<ul class='nav nav-tabs'><li><a href='#t1'>Thông tin chung</a></li>"
        "<li><a href='#t2'>Trình tự</a></li></ul><div class='tab-content'><div class='tab-pane'"
        f" id='t1'>{rows}</div><div class='tab-pane' id='t2'><p>{PROSE}</p></div></div>"
    )
    heading = "<h4 class='text-primary'>Cấp giấy phép khai thác nước dưới đất</h4>"
    other = (
        "<div class='card'><h4>Thủ tục cùng lĩnh vực</h4><a href='/2'>Gia hạn giấy phép</a></div>"
    )
    column = f"<div class='col-md-8'>{heading}{tabs}</div>"
    body = f"<div class='row'>{column}<div class='col-md-4'>{other}</div></div>"
    document = read(body, "Cổng dịch vụ công tỉnh Lâm Viên")
    assert document.title == "Cấp giấy phép khai thác nước dưới đất"
    assert "Trình tự" in document.body


def test_a_link_that_is_named_as_a_file_belongs_to_the_text() -> None:
    files = (
        "<div>File đính kèm: <ul><li><a href='/x?id=1'>CV 512 - To chuc thi.doc</a></li></ul></div>"
    )
    assert "CV 512 - To chuc thi.doc" in read(f"<h1>{TITLE}</h1><p>{PROSE}</p>{files}").body


@pytest.mark.parametrize(
    ("line", "menu"),
    [
        ("Chủ đề: Nghề cá | Văn hóa dân gian | Vân Phong", False),
        ("Từ khóa: nghề cá | văn hóa | Vân Phong", True),
        ("Trang chủ | Giới thiệu | Liên hệ", True),
    ],
)
def test_a_field_with_bars_is_no_menu(line: str, menu: bool) -> None:
    assert is_menu(Line(1, line, line)) is menu
    if not menu:
        assert line in read(f"<h1>{TITLE}</h1><p>{PROSE}</p><p>{line}</p><p>{PROSE}</p>").body


def test_the_title_of_a_record_is_one_of_its_fields() -> None:
    rows = "".join(
        f"<tr><td class=label>{label}:&nbsp;</td><td>{value}</td></tr>"
        for label, value in [
            ("Nhan đề", "Nghiên cứu kỹ thuật ương cá chình hoa từ giai đoạn bạch tử"),
            ("Tác giả", "Tôn Thất Vy"),
            ("Năm xuất bản", "2016"),
            ("Tóm tắt", PROSE),
        ]
    )
    document = read(f"<table>{rows}</table>", "Thư viện số Sông Kôn: Nghiên cứu kỹ thuật ương cá")
    assert document.title == "Nghiên cứu kỹ thuật ương cá chình hoa từ giai đoạn bạch tử"
    assert "Tôn Thất Vy" in document.body


def test_the_name_of_a_title_comes_before_that_of_a_header_or_of_a_box() -> None:
    body = (
        "<div class=tieude_trai>Danh mục sản phẩm của hợp tác xã</div>"
        "<div class=ArticleHeader><a class=cate>Tin kinh tế - xã hội</a></div>"
        f"<div class=ArticleTitle>{TITLE}</div><p>{PROSE}</p>"
    )
    assert read(body, "UBND xã Tân Hòa Đông - Chi tiết bài viết").title == TITLE
    assert read(f"<span class=ArticleHead>{TITLE}</span><p>{PROSE}</p>", "Tin tức").title == TITLE


@pytest.mark.parametrize(
    ("line", "chrome"),
    [
        ("Xin chào, tôi là trợ lý ảo của xã. Bạn cần hỏi gì?", True),
        ("Xin chào! Tôi có thể giúp gì cho bạn?", True),
        ("Bạn có hài lòng với thông tin này?", True),
        ("Khi sử dụng các tài liệu trong Thư viện số phải tuân thủ Luật bản quyền.", True),
        ("Xin chào các em học sinh thân mến!", False),
        ("Trợ lý ảo của xã trả lời 300 câu hỏi mỗi ngày.", False),
    ],
)
def test_the_greeting_of_a_chat_window_is_chrome(line: str, chrome: bool) -> None:
    assert (chrome_kind(Line(1, line, line)) is not None) is chrome
