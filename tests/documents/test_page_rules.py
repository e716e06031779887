"""Each page rule by itself, on the forms that real portals write."""

from __future__ import annotations

import re
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents.portal_page import read_page
from indexer.documents.rules import cited_documents
from indexer.documents.rules.byline import Byline, parse_byline
from indexer.documents.rules.chrome import Chrome, chrome_kind, repeated_phrase
from indexer.documents.rules.cited_documents import cited
from indexer.documents.rules.event_date import event_date
from indexer.documents.rules.masthead import masthead, recase
from indexer.documents.rules.organisations import organisations
from indexer.documents.rules.persons import persons
from indexer.documents.rules.places import find_places
from indexer.documents.rules.publication_date import date_line
from indexer.documents.rules.report_type import period, report_type
from indexer.documents.text.lines import Line, split_lines
from indexer.documents.text.text_keys import clean, key


def line(text: str) -> Line:
    return split_lines(text)[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [("HUYỆN ỦY", "huyện uỷ"), ("hoà", "hòa"), ("Mĩ Xuyên", "Mỹ Xuyên"), ("ngoe\u0309", "ngoẻ")],
)
def test_spellings_of_one_word_have_one_key(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_different_words_have_different_keys() -> None:
    assert len({key(word) for word in ("quý", "quy", "thủy", "thúy", "đông", "động", "dông")}) == 7
    assert clean(" Huye\u0323\u0302n\u00a0\u200bủy ") == "Huyện ủy"


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [
        ("(14:49 | 08/01/2021)", date(2021, 1, 8), time(14, 49)),
        ("Thứ tư, 10/01/2024", date(2024, 1, 10), None),
        ("Thứ Bảy, 16/1/2021", date(2021, 1, 16), None),
        ("08/01/2021 14:49", date(2021, 1, 8), time(14, 49)),
        ("Cập nhật lúc: 14h05, 08.01.2021", date(2021, 1, 8), time(14, 5)),
        ("Ngày đăng: 08/01/2021", date(2021, 1, 8), None),
        ("Ngày đăng: 08/01/2021 - Lượt xem: 1.204", date(2021, 1, 8), None),
        ("Thứ 4, ngày 10/01/2024 | 14:00 GMT+7", date(2024, 1, 10), time(14, 0)),
        ("10-07-2020", date(2020, 7, 10), None),
        ("Đăng ngày 10 tháng 7 năm 2020", date(2020, 7, 10), None),
        ("Chủ nhật, ngày 5 tháng Mười Một năm 2023", date(2023, 11, 5), None),
        ("2021-01-08 02:05 PM", date(2021, 1, 8), time(14, 5)),
        ("Friday, 08/01/2021", date(2021, 1, 8), None),
    ],
)
def test_a_line_that_is_only_a_date_gives_day_and_time(
    text: str, day: date, at: time | None
) -> None:
    found = date_line(line(text))
    assert found is not None
    assert (found.day, found.at) == (day, at)


@pytest.mark.parametrize(
    "text",
    [
        "Ngày 7/1/2021, huyện tổ chức hội nghị",
        "Ngày ban hành: 08/01/2021",
        "Hội nghị ngày 08/01/2021",
        "31/02/2021",
        "08/01/21",
        "Từ 01/01/2021 đến 08/01/2021",
        "Album: 2021",
        "(0297) 3 123 456",
    ],
)
def test_a_line_that_is_more_than_a_date_is_no_date_line(text: str) -> None:
    assert date_line(line(text)) is None


PAD = " cùng với lãnh đạo các ban, ngành, đoàn thể và đại diện nhân dân trên địa bàn toàn huyện."


@pytest.mark.parametrize(
    ("lead", "published", "day"),
    [
        ("Ngày 7/1/2021, huyện tổ chức hội nghị", None, date(2021, 1, 7)),
        ("Ngày 10-07-2020, Ban Dân vận họp", None, date(2020, 7, 10)),
        ("Sáng ngày 10/01, Ban Dân vận họp", date(2024, 1, 10), date(2024, 1, 10)),
        ("Sáng ngày 10/01, Ban Dân vận họp", None, None),
        ("Chiều 29/12, Ban Dân vận họp", date(2024, 1, 2), date(2023, 12, 29)),
        ("Trong 2 ngày 10-11/7/2020, huyện tổ chức tập huấn", None, date(2020, 7, 11)),
        ("Vừa qua, tại xã Tân Hội, ngày 5 tháng 3 năm 2019, huyện ra quân", None, date(2019, 3, 5)),
        ("Thực hiện Kế hoạch số 5 ngày 05/3/2020 của Huyện ủy, xã họp", None, None),
        ("Ngày 3/2/1930, Đảng ra đời", None, None),
        ("Ngày 3/2/2011, huyện họp", date(2020, 1, 1), None),
        ("Năm 2020, công tác dân vận tiếp tục được đẩy mạnh", None, None),
    ],
)
def test_the_event_date_is_read_from_the_lead(
    lead: str, published: date | None, day: date | None
) -> None:
    assert event_date([line(lead + PAD)], published) == day


@pytest.mark.parametrize(
    ("text", "author", "source"),
    [
        ("Minh Trí - TTVH,TT và TT Giang Thành", "Minh Trí", "TTVH,TT và TT Giang Thành"),
        ("Chí Cường", "Chí Cường", None),
        ("Hồng Hạ (Trung tâm VHTT&TT)", "Hồng Hạ", "Trung tâm VHTT&TT"),
        ("Tin: ĐTT huyện", None, "ĐTT huyện"),
        ("(baosoctrang.org.vn)", None, "baosoctrang.org.vn"),
        ("Tin, ảnh: Thanh Hải", "Thanh Hải", None),
        ("Bài và ảnh: Thanh Hải - Minh Thư", "Thanh Hải - Minh Thư", None),
        ("Tác giả: Nguyễn Thị Hoa", "Nguyễn Thị Hoa", None),
        ("Tác giả bài viết: Nguyễn Thị Hoa", "Nguyễn Thị Hoa", None),
        ("Theo Báo Sóc Trăng", None, "Báo Sóc Trăng"),
        ("Nguồn: chinhphu.vn", None, "chinhphu.vn"),
        ("(Theo TTXVN)", None, "TTXVN"),
        ("BBT", "BBT", None),
    ],
)
def test_a_byline_gives_author_and_source(
    text: str, author: str | None, source: str | None
) -> None:
    assert parse_byline(text) == Byline(author, source)


@pytest.mark.parametrize(
    "text",
    [
        "Quang cảnh hội nghị",
        "Các đại biểu về dự Hội nghị",
        "Huyện Giang Thành",
        "Theo đó, các xã phải báo cáo hằng tháng",
        "Nhiệm vụ trọng tâm",
        "Ảnh: Thu Trang",
        "Hội Nông Dân",
        "",
    ],
)
def test_other_lines_are_no_byline(text: str) -> None:
    assert parse_byline(text) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("đ/c Tạ Văn Dũng – Phó Bí thư", ["Tạ Văn Dũng"]),
        ("Đ/c Huỳnh Trọng đức – Phó chủ tịch", ["Huỳnh Trọng Đức"]),
        ("Đ/C NGUYỄN VĂN AN, BÍ THƯ HUYỆN ỦY", ["Nguyễn Văn An"]),
        ("các đồng chí Lãnh đạo dự họp", []),
        ("đồng chí Bí thư Huyện ủy phát biểu", []),
        ("đồng chí Phó Trưởng Ban Dân vận", []),
        ("đồng chí Hồ Thị Cẩm Đào đề nghị", ["Hồ Thị Cẩm Đào"]),
        ("đồng chí Đại tá Lê Văn Minh", ["Lê Văn Minh"]),
        ("đồng chí Y Thanh Hà Niê Kđăm, Bí thư", ["Y Thanh Hà Niê Kđăm"]),
        (
            "các đồng chí: Lê An Bình, Bí thư; Võ Thị Ba và Y Hậu",
            ["Lê An Bình", "Võ Thị Ba", "Y Hậu"],
        ),
        ("Ông Trần Văn Tám – Phó trưởng Ban", ["Trần Văn Tám"]),
        ("Chủ tịch UBND xã ông Trần Văn Tám cho biết", ["Trần Văn Tám"]),
        ("Ông Trần Văn Tám ở ấp 3 hiến đất", []),
        ("hộ bà Nguyễn Thị Lan vay vốn", []),
        ("tỉnh Bà Rịa - Vũng Tàu, Chủ tịch", []),
        ("đ/c Lê An, Bí thư. Đồng chí Lê An nói", ["Lê An"]),
    ],
)
def test_persons_are_found_after_honorifics_and_positions(text: str, names: list[str]) -> None:
    assert list(persons(text)) == names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("chương trình số 42 của Ban", ["Chương trình số 42"]),
        ("Nghị quyết số 42/NQ-CP, Chỉ thị 25-CT/TW",
         ["Nghị quyết số 42/NQ-CP", "Chỉ thị số 25-CT/TW"]),
        ("theo 217-QĐ/TW", ["217-QĐ/TW"]),
        ("Luật Đất đai số 45/2013/QH13", ["Luật Đất đai số 45/2013/QH13"]),
        ("Quyết định số 217 - QĐ/TW, Quyết định số 217-QĐ/TW", ["Quyết định số 217-QĐ/TW"]),
        ("Nghị quyết của Đảng năm 2020, một số 42 mô hình", []),
        ("ngày 10/07/2020, giai đoạn 2020-2025, 24/7", []),
        ("Nghị quyết Đại hội lần thứ XXII", []),
    ],
)  # fmt: skip
def test_cited_documents_are_found_by_type_and_number_or_by_code(
    text: str, found: list[str]
) -> None:
    assert list(cited(text)) == found


@given(
    st.lists(
        st.sampled_from(
            ["Nghị quyết", "số", "SỐ:", "42", "42/NQ-CP", "/", "-", "–", "QH13", "2013", "TW",
             "Luật", " ", "\n", "đất"]
        ),
        max_size=10,
    ).map("".join)
)  # fmt: skip
def test_a_quick_look_misses_no_citation(text: str) -> None:
    found = cited(text)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cited_documents, "_HINT", re.compile(""))
        assert cited(text) == found


@pytest.mark.parametrize(
    ("title", "kind", "when"),
    [
        ("TỔNG KẾT NĂM 2020 VÀ TRIỂN KHAI NĂM 2021", "tổng kết", "năm 2020"),
        ("Hội nghị sơ kết 06 tháng đầu năm 2020", "sơ kết", "06 tháng đầu năm 2020"),
        ("Triển khai, sơ kết quý III/2021", "sơ kết", "quý III/2021"),
        ("Họp quý iv năm 2021", None, "quý IV năm 2021"),
        ("Sơ kết 9 tháng năm 2022", "sơ kết", "9 tháng năm 2022"),
        ("Tổng kết nhiệm kỳ 2015 - 2020", "tổng kết", "nhiệm kỳ 2015 - 2020"),
        ("Tổng kết năm học 2020-2021", "tổng kết", "năm học 2020-2021"),
        ("Tổng kết tháng 3/2021", "tổng kết", "tháng 3/2021"),
        ("Đoàn kết là sức mạnh", None, None),
    ],
)
def test_report_type_and_period_are_read_from_the_title(
    title: str, kind: str | None, when: str | None
) -> None:
    assert (report_type(title), period(title)) == (kind, when)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Trang thông tin điện tử huyện gia viễn", "Trang thông tin điện tử huyện Gia Viễn"),
        ("CỔNG TTĐT UBND TỈNH BÀ RỊA - VŨNG TÀU", "Cổng TTĐT UBND tỉnh Bà Rịa - Vũng Tàu"),
        ("CỔNG THÔNG TIN ĐIỆN TỬ XÃ TÂN HÒA, HUYỆN LAI VUNG",
         "Cổng thông tin điện tử xã Tân Hòa, huyện Lai Vung"),
        ("Chào mừng bạn đến với Cổng thông tin điện tử huyện Giang Thành",
         "Cổng thông tin điện tử huyện Giang Thành"),
        ("Báo Sóc Trăng", "Báo Sóc Trăng"),
        ("Báo Sóc Trăng ra mắt giao diện mới", None),
        ("Huyện Giang Thành tổng kết công tác dân vận", None),
    ],
)  # fmt: skip
def test_a_masthead_gives_the_name_of_the_site_with_place_names_recased(
    text: str, name: str | None
) -> None:
    assert masthead(line(text)) == name


def test_recasing_keeps_names_of_offices() -> None:
    assert recase("Trang tin Huyện ủy Giang Thành") == "Trang tin Huyện ủy Giang Thành"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Xem với cỡ chữAA", Chrome.STARTS),
        ("Audio Audio", Chrome.CLOSES),
        ("CHUYÊN MỤC CHUYÊN MỤC", Chrome.CLOSES),
        ("Gửi cho bạn bè", Chrome.CLOSES),
        ("Trang chủ » Tin tức » Xây dựng Đảng", Chrome.STARTS),
        ("Giới thiệu | Tin tức | Văn bản | Liên hệ", Chrome.LINE),
        ("Chính trị - Xã hội", Chrome.HEADING),
        ("Quang cảnh hội nghị", None),
        ("Xã A, xã B; xã C", None),
    ],
)
def test_the_kind_of_chrome_of_a_line(text: str, kind: Chrome | None) -> None:
    assert chrome_kind(line(text)) is kind


def test_the_phrase_of_a_line_that_repeats_it() -> None:
    assert repeated_phrase(line("Chính trị - Xã hội Chính trị - Xã hội")) == "Chính trị - Xã hội"
    assert repeated_phrase(line("Chính trị")) is None


@pytest.mark.parametrize(
    ("text", "offices"),
    [
        ("Ban dân vận huyện uỷ Long Điền họp", ["Ban Dân vận Huyện ủy Long Điền"]),
        ("ỦY BAN NHÂN DÂN TỈNH KIÊN GIANG", ["UBND tỉnh Kiên Giang"]),
        ("UBND huyện, Ban Dân vận Huyện ủy và Huyện ủy Atlantis", []),
        ("huyện Giang Thành", []),
    ],
)
def test_organisations_are_offices_with_a_known_place(text: str, offices: list[str]) -> None:
    assert list(organisations(text)) == offices


@pytest.mark.parametrize(
    ("masthead", "title", "lead", "day", "places"),
    [
        ("", "", "Ban Dân vận Huyện ủy Tam Nông họp", None,
         ["Đồng Tháp/Tam Nông", "Phú Thọ/Tam Nông"]),
        ("", "", "Huyện ủy Tam Nông, tỉnh Phú Thọ họp", None, ["Phú Thọ/Tam Nông"]),
        ("Cổng TTĐT tỉnh Phú Thọ", "", "Huyện Tam Nông họp", None, ["Phú Thọ/Tam Nông"]),
        ("Cổng TTĐT tỉnh Phú Thọ", "", "Huyện Giang Thành họp", None, ["Phú Thọ"]),
        ("", "Tỉnh ủy Sóc Trăng họp", "tại huyện Mỹ Xuyên", None, ["Sóc Trăng"]),
        ("", "Sóc Trăng: Mùa lúa mới", "", None, ["Sóc Trăng"]),
        ("", "Giang Thành được mùa", "Nông dân phấn khởi", None, []),
        ("", "Giang Thành được mùa", "Nông dân huyện Giang Thành", None,
         ["Kiên Giang/Giang Thành"]),
        ("", "TP.HCM tổng kết", "", None, ["Thành phố Hồ Chí Minh"]),
        ("", "Q. Gò Vấp và H. Hóc Môn", "", None, ["Thành phố Hồ Chí Minh/Gò Vấp"]),
        ("", "Thành phố Huế họp", "", date(2023, 1, 1), ["Thừa Thiên Huế/Huế"]),
        ("", "Thành phố Huế họp", "", date(2025, 2, 1), ["Huế"]),
        ("", "Thành phố Hà Đông họp", "", date(2007, 5, 1), ["Hà Tây/Hà Đông"]),
        ("", "Quận Hà Đông họp", "", date(2012, 5, 1), ["Hà Nội/Hà Đông"]),
        ("", "Tỉnh Kiên Giang (cũ)", "", date(2025, 9, 1), ["An Giang"]),
        ("", "Xã Giang Thành họp", "", date(2025, 9, 1), ["An Giang/Giang Thành"]),
        ("", "Xã Giang Thành họp", "", date(2024, 9, 1), []),
        ("", "Đoàn TNCS Hồ Chí Minh, Chủ tịch Hồ Chí Minh", "hòa bình, huyện nhà", None, []),
    ],
)  # fmt: skip
def test_places_come_from_masthead_title_and_lead_in_this_order(
    masthead: str, title: str, lead: str, day: date | None, places: list[str]
) -> None:
    found = find_places(masthead, title, lead, lead, day)
    assert ["/".join(filter(None, (p.province, p.district))) for p in found] == places


def test_the_motto_is_no_title_even_without_a_letterhead() -> None:
    text = "Báo cáo tình hình sản xuất nông nghiệp ở huyện Yên Mỹ năm 1996"
    document = read_page(f"Cộng hòa xã hội chủ nghĩa Việt Nam\n{text}\n", "x")
    assert document.title == text


@pytest.mark.parametrize(
    ("text", "is_chrome"),
    [
        ("Ghi rõ nguồn Báo Đất Mới khi phát hành lại thông tin từ trang này.", True),
        ("Ghi rõ nguồn gốc tài liệu khi trích dẫn.", False),
        ("Đăng nhập hoặc đăng ký để gửi bình luận", True),
        ("Đăng ký trước ngày 5 để nhận chỗ ngồi.", False),
        ("Previous message: [hannom] Phông chữ", True),
        ("Messages sorted by: [ date ] [ thread ]", True),
        ("Created by Lê Thu, last modified on Feb 02, 2019", True),
        ("Trang này có hữu ích không?", True),
        ("Cập nhật bởi Tổ kỹ thuật cách đây hơn 2 năm · 3 lần sửa", True),
        ("Cập nhật bởi cán bộ văn thư mỗi tháng một lần.", False),
        ("212 Views", True),
        ("TrackBacks (0)", True),
        ("Về trang chủ", True),
        ("Về kết quả khảo sát giếng cổ ở phố Hiến năm ấy", False),
    ],
)
def test_sentences_of_portals(text: str, is_chrome: bool) -> None:
    assert (chrome_kind(Line(1, text, text)) is Chrome.LINE) is is_chrome
