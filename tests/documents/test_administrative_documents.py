"""Administrative documents: of every type, and in every writing of its layout, the same fields are
found, and the body keeps its words."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from administrative import MOTTO, PAPERS, WRITINGS, Paper, columns, stacked

from indexer.documents import read_sources
from indexer.documents.portal_page import read_page
from indexer.documents.text.text_keys import key
from indexer.models import Document
from indexer.partial_date import PartialDate


def name_of(paper: Paper) -> str:
    return f"{paper.type} {paper.number}"


def read(text: str) -> Document:
    return read_page(text, "x")


@pytest.mark.parametrize("write", WRITINGS, ids=lambda write: write.__name__)
@pytest.mark.parametrize("paper", PAPERS, ids=name_of)
def test_every_type_in_every_writing_gives_the_same_fields(
    paper: Paper, write: Callable[[Paper], str]
) -> None:
    document = read(write(paper))
    assert document.number == paper.number
    assert document.document_type == paper.type
    assert document.issuer == paper.issuer
    assert document.published == paper.day
    assert key(document.title) == key(paper.title)
    assert (document.signer, document.signer_position) == (paper.signer, paper.position)
    assert document.recipients == paper.recipients
    assert document.author is None
    assert not [name for name in document.cited if name.endswith(paper.number or "")]


@pytest.mark.parametrize("write", WRITINGS, ids=lambda write: write.__name__)
@pytest.mark.parametrize("paper", PAPERS, ids=name_of)
def test_the_body_keeps_every_line_and_loses_the_motto(
    paper: Paper, write: Callable[[Paper], str]
) -> None:
    body = read(write(paper)).body
    lines = [*paper.above_body, *paper.body, *paper.recipients, *paper.authority, paper.signer]
    at = [body.find(line) for line in (*paper.above_body, *paper.body)]
    assert -1 not in at
    assert at == sorted(at)
    assert [line for line in lines if line not in body] == []
    assert MOTTO[0] not in body
    assert MOTTO[1] not in body


FORM = "ỦY BAN NHÂN DÂN\nXÃ YÊN ĐỒNG\n" + "\n".join(MOTTO) + "\n"
BODY = (
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;\n"
    "Điều 1. Giao các sở, ban, ngành có liên quan tổ chức thực hiện nội dung nêu trên.\n"
)


@pytest.mark.parametrize("number", ["Số:      /QĐ-UBND", "Số: ..../QĐ-UBND", "Số:…/QĐ-UBND"])
def test_a_draft_has_no_number_and_its_symbol_is_not_its_text(number: str) -> None:
    document = read(f"{FORM}{number}\nYên Đồng, ngày 5 tháng 3 năm 2022\n{BODY}")
    assert document.number is None
    assert document.document_type == "Quyết định"
    assert document.body == BODY.strip()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ngày     tháng 3 năm 2022", PartialDate(2022, 3)),
        ("ngày ... tháng ... năm 2022", PartialDate(2022)),
        ("ngày 31 tháng 02 năm 2022", PartialDate(2022, 2)),
        ("ngày 5 tháng 3 năm 2022", date(2022, 3, 5)),
        ("ngày 05/3/2022", date(2022, 3, 5)),
        ("05-3-2022", date(2022, 3, 5)),
    ],
)
@pytest.mark.parametrize("gap", ["\n", "          ", "\t"])
def test_the_date_of_signing_is_kept_as_far_as_it_is_known(
    written: str, expected: date, gap: str
) -> None:
    document = read(f"{FORM}Số: 5/TB-UBND{gap}Yên Đồng, {written}\nTHÔNG BÁO\nNghỉ lễ\n{BODY}")
    assert document.published is not None
    assert document.published.isoformat() == expected.isoformat()
    assert document.number == "5/TB-UBND"


def test_a_contract_is_dated_by_its_first_sentence_and_numbered_below_its_type() -> None:
    document = read(
        "\n".join(MOTTO) + "\nHỢP ĐỒNG THUÊ NHÀ\nSố: 12/2022/HĐTN\n"
        "Căn cứ Bộ luật Dân sự số 91/2015/QH13;\n"
        "Hôm nay, ngày 15 tháng 3 năm 2022, tại Nam Định, chúng tôi gồm:\nBÊN A: Ông Lê Văn Thử\n"
    )
    assert document.title == "Hợp đồng Thuê nhà"
    assert document.number == "12/2022/HĐTN"
    assert document.published == date(2022, 3, 15)


def test_a_judgment_is_numbered_with_its_type_and_keeps_in_whose_name_it_is_given() -> None:
    document = read(
        "TÒA ÁN NHÂN DÂN\nHUYỆN Ý YÊN\nBản án số: 05/2021/DS-ST\nNgày: 15-3-2021\n"
        "V/v tranh chấp hợp đồng vay tài sản\n" + "\n".join(MOTTO) + "\nNHÂN DANH\n"
        "NƯỚC CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n- Thành phần Hội đồng xét xử gồm có:\n"
    )
    assert document.title == "Bản án Về việc tranh chấp hợp đồng vay tài sản"
    assert document.published == date(2021, 3, 15)
    assert "NƯỚC CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in document.body


def test_lines_of_a_digital_signature_are_not_the_text() -> None:
    stamp = (
        "Ký bởi: Ủy ban nhân dân xã\nEmail: ubnd@vidu.gov.vn\nCơ quan: Xã Yên Đồng\n"
        "Thời gian ký: 15.03.2022 16:20:11 +07:00\n"
    )
    paper = PAPERS[1]
    assert replace(read(stamp + stacked(paper)), id="") == replace(read(stacked(paper)), id="")


def test_the_menu_above_a_letterhead_is_chrome() -> None:
    menu = "\n".join(f"Lĩnh vực {number}" for number in range(120)) + "\nThông báo\nVăn bản\n"
    assert read(menu + stacked(PAPERS[1])) == read(stacked(PAPERS[1]))


def test_table_cells_on_one_line_are_a_letterhead_too() -> None:
    document = read(
        "ỦY BAN NHÂN DÂN TỈNH NAM ĐỊNH -------\t" + " ".join(MOTTO) + " ----------\n"
        "Số: 12/QĐ-UBND\tNam Định, ngày 15 tháng 3 năm 2022\nQUYẾT ĐỊNH\nVề việc nghỉ lễ\n"
        f"{BODY}Nơi nhận: - Như Điều 1; - Lưu: VT.\tKT. CHỦ TỊCH PHÓ CHỦ TỊCH Trần Văn Mẫu\n"
    )
    assert document.issuer == "Ủy ban nhân dân tỉnh Nam Định"
    assert document.recipients == ("Như Điều 1", "Lưu: VT")
    assert (document.signer, document.signer_position) == ("Trần Văn Mẫu", "Phó Chủ tịch")


def test_a_broken_name_of_an_office_is_joined() -> None:
    document = read(
        "BAN CHỈ ĐẠO PHÒNG CHỐNG\nTHIÊN TAI VÀ TÌM KIẾM CỨU NẠN\n" + "\n".join(MOTTO) + "\n"
        "Số: 5/GM-BCĐ\nGIẤY MỜI\nDự họp Ban Chỉ đạo\nKính gửi: Ông Lê Văn Thử\n"
        "TL. TRƯỞNG BAN\nCHÁNH VĂN PHÒNG\nĐại tá, TS. Trần Văn Mẫu\n"
    )
    assert key(document.issuer or "") == key(
        "Ban Chỉ đạo phòng chống thiên tai và tìm kiếm cứu nạn"
    )
    assert (document.signer, document.signer_position) == ("Trần Văn Mẫu", "Chánh văn phòng")


@pytest.mark.parametrize("name", ["Giàng A Páo", "H'Ngăm Niê Kđăm", "Y Thanh Hà"])
def test_a_signer_need_not_have_a_kinh_surname(name: str) -> None:
    paper = replace(PAPERS[1], signer=name)
    assert read(stacked(paper)).signer == name
    assert read(columns(paper)).signer == name


def test_numbers_without_a_slash_as_written_up_to_the_1990s_are_read() -> None:
    document = read(
        FORM + "Số 123 QĐ/UB\nYên Đồng, ngày 5 tháng 4 năm 1985\nQUYẾT ĐỊNH\n"
        "CỦA UBND XÃ VỀ VIỆC THÀNH LẬP\nTRẠM KHUYẾN NÔNG KHÓA XI\n" + BODY
    )
    assert document.number == "123 QĐ/UB"
    assert document.title == "Quyết định Của UBND xã về việc thành lập trạm khuyến nông khóa XI"


def test_a_regulation_has_no_number_of_the_decision_that_it_is_attached_to() -> None:
    document = read(
        "QUY CHẾ\nLàm việc của Ban Chỉ đạo\n"
        "(Ban hành kèm theo Quyết định số 12/QĐ-UBND ngày 15 tháng 3 năm 2022 của UBND tỉnh)\n"
        f"Chương I\nQUY ĐỊNH CHUNG\n{BODY}"
    )
    assert document.title == "Quy chế Làm việc của Ban Chỉ đạo"
    assert (document.number, document.published) == (None, None)
    assert document.cited == ("Quyết định số 12/QĐ-UBND",)
    assert document.body.startswith("(Ban hành kèm theo")


PAGES_THAT_CITE = (
    "Danh mục văn bản mới\nQuyết định số 12/QĐ-UBND ngày 15 tháng 3 năm 2022 của UBND tỉnh\n"
    "Về việc phê duyệt kế hoạch\nSố: 15/QĐ-UBND\nVề việc ban hành quy chế\n",
    "Quyết định số 12/QĐ-UBND ngày 15 tháng 3 năm 2022\n"
    "Về việc phê duyệt kế hoạch dân vận khéo năm 2022 trên địa bàn tỉnh\n"
    "Ngày 15/3/2022, UBND tỉnh ban hành Quyết định số 12/QĐ-UBND về kế hoạch nêu trên.\n",
    "Triển khai Quyết định số 12/QĐ-UBND của UBND tỉnh\n"
    "Nhân dân nước Cộng hòa xã hội chủ nghĩa Việt Nam phấn khởi đón nhận quyết định nói trên.\n"
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 12/QĐ-UBND\nHà Nội, ngày 15 tháng 3 năm 2022\n",
)


@pytest.mark.parametrize("text", PAGES_THAT_CITE)
def test_a_page_that_cites_a_document_is_not_that_document(text: str) -> None:
    document = read(text)
    assert (document.number, document.document_type, document.published) == (None, None, None)
    assert any("12/QĐ-UBND" in name for name in document.cited)


def test_a_text_without_a_letterhead_keeps_its_first_provision() -> None:
    text = "Điều 1. Phê duyệt kế hoạch của tỉnh với những nội dung sau đây.\n" + BODY
    document = read(text)
    assert document.body == text.strip()
    assert document.number is None


def test_a_number_that_ends_with_that_of_the_document_is_cited() -> None:
    paper = replace(
        PAPERS[1], number="12/QĐ-UBND", body=("Thay thế Quyết định số 112/QĐ-UBND đã nêu.",)
    )
    assert read(stacked(paper)).cited == ("Quyết định số 112/QĐ-UBND",)


@pytest.mark.parametrize(
    ("sentence", "since", "until"),
    [
        ("Quyết định này có hiệu lực kể từ ngày ký.", date(2022, 3, 15), None),
        ("Quyết định này có hiệu lực thi hành từ ngày 01/5/2022.", date(2022, 5, 1), None),
        ("Quyết định này có hiệu lực sau 10 ngày kể từ ngày ký.", date(2022, 3, 25), None),
        ("Nghị quyết số 5/NQ-HĐND có hiệu lực từ ngày 01/5/2020.", None, None),
        (
            "Quy định này có hiệu lực kể từ ngày 1 tháng 5 năm 2022 đến hết ngày 31/12/2025.",
            date(2022, 5, 1),
            date(2025, 12, 31),
        ),
    ],
)
def test_the_time_in_force_is_what_the_document_says_of_itself(
    sentence: str, since: date | None, until: date | None
) -> None:
    document = read(stacked(replace(PAPERS[1], body=(sentence,))))
    assert (document.effective, document.expires) == (since, until)


FILES = Path(__file__).parent / "files"


@pytest.mark.parametrize("ending", ["odt", "pdf", "html", "rtf"])
def test_a_decision_saved_by_a_word_processor_keeps_its_fields(ending: str) -> None:
    """Both columns are cells of a table; that of the PDF breaks the motto over two lines."""
    (document,) = read_sources([FILES / f"decision.{ending}"])
    assert isinstance(document, Document)
    record = document.to_record()
    expected = json.loads((FILES / "decision.json").read_text("utf-8"))
    assert {name: record.get(name) for name in expected} == expected
    assert document.body.startswith("Căn cứ Luật Tổ chức chính quyền địa phương")
    assert "Điều 1. Giao các sở, ban, ngành" in document.body


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_a_motto_broken_over_lines_is_the_motto(lines: int) -> None:
    words = MOTTO[0].split()
    step = -(-len(words) // lines)
    broken = "\n".join(" ".join(words[at : at + step]) for at in range(0, len(words), step))
    assert read(stacked(PAPERS[1]).replace(MOTTO[0], broken)) == read(stacked(PAPERS[1]))


@pytest.mark.parametrize("write", WRITINGS, ids=lambda write: write.__name__)
def test_the_superior_office_is_kept_and_tells_the_place(write: Callable[[Paper], str]) -> None:
    paper = next(paper for paper in PAPERS if paper.issuer == "Sở Nội vụ")
    document = read(write(replace(paper, place="Thành phố")))
    assert document.issuer == "Sở Nội vụ"
    assert dict(document.extra) == {"Cơ quan chủ quản": "UBND tỉnh Nam Định"}
    assert [place.province for place in document.places] == ["Nam Định"]


def test_all_signers_of_a_joint_document_are_persons_of_it() -> None:
    document = read(
        "BỘ TÀI CHÍNH - BỘ NỘI VỤ\nSố: 71/2014/TTLT-BTC-BNV\n"
        f"{MOTTO}\nHà Nội, ngày 30 tháng 5 năm 2014\n"
        "THÔNG TƯ LIÊN TỊCH\nQuy định chế độ tự chủ về kinh phí quản lý hành chính\n"
        "Căn cứ Luật Ngân sách nhà nước;\nĐiều 1. Thông tư này quy định chế độ tự chủ.\n"
        "KT. BỘ TRƯỞNG BỘ NỘI VỤ\nTHỨ TRƯỞNG\n\nTrần Anh Tuấn\n"
        "KT. BỘ TRƯỞNG BỘ TÀI CHÍNH\nTHỨ TRƯỞNG\n\nNguyễn Thị Minh\n"
    )
    assert document.issuer == "Bộ Tài chính - Bộ Nội vụ"
    assert document.signer == "Trần Anh Tuấn"
    assert document.persons == ("Trần Anh Tuấn", "Nguyễn Thị Minh")


@pytest.mark.parametrize("kind", ["KẾ HOẠCH LIÊN TỊCH", "THÔNG TƯ LIÊN BỘ", "QUY CHẾ PHỐI HỢP"])
def test_the_type_of_a_joint_document_is_no_subject(kind: str) -> None:
    document = read(
        f"SỞ NỘI VỤ - SỞ TÀI CHÍNH\nSố: 9/LN-SNV-STC\n{MOTTO}\nBến Tre, ngày 4 tháng 8 năm 1996\n"
        f"{kind}\nTổ chức ngày hội học sinh\nHai ngành thống nhất thực hiện như sau.\n"
        "GIÁM ĐỐC\nLê Ngọc Bữu\n"
    )
    assert document.document_type == kind.capitalize()
    assert document.title == f"{kind.capitalize()} Tổ chức ngày hội học sinh"


@pytest.mark.parametrize("line", ["Ngày 10 tháng 9 năm 2022.", "Ngày 10/9/2022"])
def test_a_date_in_the_text_of_a_dated_document_stays(line: str) -> None:
    head = f"{FORM}Số: 41/KH-UBND\nYên Đồng, ngày 3 tháng 8 năm 2022\n\nKẾ HOẠCH\nTổ chức Trung thu"
    document = read(f"{head}\n\nI. MỤC ĐÍCH\nChăm lo cho trẻ em.\n\nII. THỜI GIAN\n{line}\n")
    assert line in document.body
    assert document.published == date(2022, 8, 3)


@pytest.mark.parametrize(
    ("kind", "code", "first"),
    [
        ("THÔNG BÁO", "TB", "Ủy ban nhân dân xã thông báo như sau:"),
        ("CÔNG ĐIỆN", "CĐ", "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ YÊN ĐỒNG điện:"),
        ("PHIẾU GỬI", "PG", "Ủy ban nhân dân xã gửi các tài liệu sau:"),
        ("GIẤY GIỚI THIỆU", "GGT", "Ủy ban nhân dân xã giới thiệu bà Vũ Thị Ngọc."),
    ],
)
def test_the_first_line_below_a_type_or_subject_is_no_subject(
    kind: str, code: str, first: str
) -> None:
    subject = "" if kind.startswith(("PHIẾU", "GIẤY")) else "Về việc phòng, chống bão\n"
    head = f"{FORM}Số: 8/{code}-UBND\nYên Đồng, ngày 3 tháng 8 năm 2022\n{kind}\n{subject}"
    document = read(f"{head}{first}\n1. Sổ bộ năm 1942.\n2. Danh mục phông.\n")
    assert document.body.startswith(first)
    assert first not in document.title


@pytest.mark.parametrize(
    "office", ["BẢO TÀNG TỈNH LÀO CAI", "THƯ VIỆN TỈNH LÀO CAI", "NHÀ HÁT CHÈO NAM ĐỊNH"]
)
def test_museums_and_libraries_issue_documents_too(office: str) -> None:
    above = "SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH"
    document = read(
        f"{above}\n{office}\n" + "\n".join(MOTTO) + "\nSố: 5/QyĐ-TV\nLào Cai, ngày 11 tháng 2 năm "
        "2022\n\nQUY ĐỊNH\nVề mượn, trả tài liệu\n\nĐiều 1. Bạn đọc được mượn 03 cuốn.\n"
    )
    assert key(document.issuer or "") == key(office)
    assert dict(document.extra)["Cơ quan chủ quản"].startswith("Sở Văn hóa")
    assert (document.number, document.title) == ("5/QyĐ-TV", "Quy định Về mượn, trả tài liệu")


@pytest.mark.parametrize("position", ["CHI CỤC TRƯỞNG", "CHỦ TỌA", "TRẠM TRƯỞNG", "THƯ KÝ"])
def test_a_position_is_kept_whole(position: str) -> None:
    end = f"Nơi nhận:\n- Lưu: VT.\n{position}\nVương Trinh Quốc\n"
    document = read(f"{FORM}Số: 6/BB-CC\n\nBIÊN BẢN\nHọp cơ quan\n\n{BODY}{end}")
    assert document.signer == "Vương Trinh Quốc"
    assert key(document.signer_position or "") == key(position)


def test_a_letterhead_of_the_party_in_a_table_of_a_page_is_read(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text(
        "<table><tr><td><p>TỈNH ỦY SÓC TRĂNG</p><p>BAN TUYÊN GIÁO</p><p>*</p>"
        "<p>Số 45-HD/BTGTU</p></td><td><p>ĐẢNG CỘNG SẢN VIỆT NAM</p>"
        "<p>Sóc Trăng, ngày 12 tháng 3 năm 2019</p></td></tr></table>"
        f"<p>HƯỚNG DẪN</p><p>tuyên truyền kỷ niệm 60 năm</p><p>{BODY}</p>"
    )
    [document] = read_sources([page])
    assert isinstance(document, Document)
    assert (document.number, document.issuer) == ("45-HD/BTGTU", "Ban Tuyên giáo")
