"""Invented administrative documents of every type, and the ways in which archives write them.

A `Paper` has the fields that the page rules must find; `WRITINGS` are functions that write it as
the text of a page. Layout: decree 30/2020/NĐ-CP, annex I, and Hướng dẫn 36-HD/VPTW for documents of
the Party.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
PARTY = "ĐẢNG CỘNG SẢN VIỆT NAM"


@dataclass(frozen=True)
class Paper:
    """An invented document: its parts as a page shows them, and the fields expected of it."""

    type: str
    subject: str
    number: str | None = "12/QĐ-UBND"
    office: tuple[str, ...] = ("ỦY BAN NHÂN DÂN", "TỈNH NAM ĐỊNH")
    issuer: str = "Ủy ban nhân dân tỉnh Nam Định"
    place: str = "Nam Định"
    day: date = date(2022, 3, 15)
    above_body: tuple[str, ...] = ()
    body: tuple[str, ...] = (
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;",
        "Theo đề nghị của Giám đốc Sở Nội vụ tại Tờ trình số 45/TTr-SNV ngày 10 tháng 3 năm 2022,",
        "Điều 1. Giao các sở, ban, ngành có liên quan tổ chức thực hiện nội dung nêu trên.",
        "Điều 2. Văn phòng theo dõi, đôn đốc và báo cáo kết quả trước ngày 30/6/2022.",
    )
    recipients: tuple[str, ...] = ("Như Điều 2", "Sở Nội vụ", "Lưu: VT, NC")
    authority: tuple[str, ...] = ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")
    position: str = "Chủ tịch"
    signer: str = "Trần Văn Mẫu"
    is_party: bool = False

    @property
    def title(self) -> str:
        """The expected title: type and subject; of a letter only the subject."""
        return self.subject if self.type == "Công văn" else f"{self.type} {self.subject}".strip()


def _ubnd(type_: str, code: str, subject: str, **more: object) -> Paper:
    return Paper(type_, subject, f"34/{code}-UBND", **more)  # type: ignore[arg-type]


DECREE_TYPES = (
    Paper("Nghị quyết", "Về dự toán ngân sách địa phương năm 2022", "08/NQ-HĐND",
          ("HỘI ĐỒNG NHÂN DÂN", "TỈNH NAM ĐỊNH"), "Hội đồng nhân dân tỉnh Nam Định",
          authority=("CHỦ TỊCH",)),
    _ubnd("Quyết định", "QĐ", "Về việc phê duyệt kế hoạch dân vận khéo"),
    _ubnd("Chỉ thị", "CT", "Về việc tăng cường phòng cháy, chữa cháy rừng mùa khô"),
    _ubnd("Quy chế", "QC", "Làm việc của Ban Chỉ đạo công tác dân vận"),
    _ubnd("Quy định", "QyĐ", "Về quản lý, sử dụng tài sản công tại các đơn vị"),
    _ubnd("Thông cáo", "TC", "Về kết quả kỳ họp thứ năm"),
    _ubnd("Thông báo", "TB", "Về việc nghỉ lễ Quốc khánh năm 2022"),
    _ubnd("Hướng dẫn", "HD", "Thực hiện công tác thi đua, khen thưởng năm 2022"),
    _ubnd("Chương trình", "CTr", "Công tác trọng tâm năm 2022"),
    _ubnd("Kế hoạch", "KH", "Triển khai phong trào thi đua dân vận khéo năm 2022"),
    _ubnd("Phương án", "PA", "Ứng phó với bão mạnh và siêu bão"),
    _ubnd("Đề án", "ĐA", "Phát triển nông nghiệp hữu cơ giai đoạn 2022 - 2030"),
    _ubnd("Dự án", "DA", "Nâng cấp hệ thống thủy lợi Nghĩa Hưng"),
    _ubnd("Báo cáo", "BC", "Kết quả thực hiện công tác dân vận năm 2021"),
    _ubnd("Biên bản", "BB", "Họp giao ban tháng 3 năm 2022"),
    _ubnd("Tờ trình", "TTr", "Về việc đề nghị phê duyệt quy hoạch chung"),
    _ubnd("Hợp đồng", "HĐ", "Về việc thuê khoán chuyên môn"),
    _ubnd("Công điện", "CĐ", "Về việc chủ động ứng phó với mưa lũ"),
    _ubnd("Bản ghi nhớ", "BGN", "Về hợp tác giữa hai địa phương"),
    _ubnd("Bản thỏa thuận", "BTT", "Về phối hợp tuyên truyền"),
    _ubnd("Giấy ủy quyền", "GUQ", "Về việc ký kết hợp đồng"),
    _ubnd("Giấy mời", "GM", "Dự hội nghị tổng kết công tác dân vận"),
    _ubnd("Giấy giới thiệu", "GGT", ""),
    _ubnd("Giấy nghỉ phép", "GNP", ""),
    _ubnd("Phiếu gửi", "PG", ""),
    _ubnd("Phiếu chuyển", "PC", ""),
    _ubnd("Phiếu báo", "PB", ""),
    _ubnd("Thư công", "TC", ""),
    Paper("Công văn", "Về việc báo cáo tình hình thực hiện chế độ tiền lương", "567/UBND-NC",
          above_body=("Kính gửi: Các sở, ban, ngành tỉnh",),
          body=("Thực hiện Công văn số 88/BNV-CCVC ngày 05 tháng 01 năm 2022 của Bộ Nội vụ, "
                "Ủy ban nhân dân tỉnh yêu cầu báo cáo trước ngày 20 tháng 4 năm 2022.",)),
)  # fmt: skip
"""The 29 types of documents of article 7 of the decree."""

OTHERS = (
    Paper("Luật", "Thực hiện dân chủ ở cơ sở", "10/2022/QH15", ("QUỐC HỘI",), "Quốc hội",
          "Hà Nội", date(2022, 11, 10), authority=("CHỦ TỊCH QUỐC HỘI",),
          position="Chủ tịch Quốc hội",
          body=("Căn cứ Hiến pháp nước Cộng hòa xã hội chủ nghĩa Việt Nam;",
                "Chương I", "NHỮNG QUY ĐỊNH CHUNG", "Điều 1. Phạm vi điều chỉnh",
                "Luật này quy định về thực hiện dân chủ ở cơ sở, trách nhiệm của cơ quan.")),
    Paper("Bộ luật", "Lao động", "45/2019/QH14", ("QUỐC HỘI",), "Quốc hội", "Hà Nội",
          date(2019, 11, 20), authority=("CHỦ TỊCH QUỐC HỘI",), position="Chủ tịch Quốc hội"),
    Paper("Pháp lệnh", "Ưu đãi người có công với cách mạng", "02/2020/UBTVQH14",
          ("ỦY BAN THƯỜNG VỤ QUỐC HỘI",), "Ủy ban thường vụ Quốc hội", "Hà Nội", date(2020, 12, 9),
          authority=("TM. ỦY BAN THƯỜNG VỤ QUỐC HỘI", "CHỦ TỊCH")),
    Paper("Nghị định", "Về công tác văn thư", "30/2020/NĐ-CP", ("CHÍNH PHỦ",), "Chính phủ",
          "Hà Nội", date(2020, 3, 5), authority=("TM. CHÍNH PHỦ", "THỦ TƯỚNG"),
          position="Thủ tướng"),
    Paper("Thông tư", "Hướng dẫn thể thức và kỹ thuật trình bày văn bản", "01/2011/TT-BNV",
          ("BỘ NỘI VỤ",), "Bộ Nội vụ", "Hà Nội", date(2011, 1, 19), authority=("BỘ TRƯỞNG",),
          position="Bộ trưởng"),
    Paper("Quyết định", "Về việc bổ nhiệm công chức lãnh đạo", "77/QĐ-SNV",
          ("UBND TỈNH NAM ĐỊNH", "SỞ NỘI VỤ"), "Sở Nội vụ",
          authority=("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
          position="Phó Giám đốc"),
    Paper("Nghị quyết", "Về lãnh đạo phát triển du lịch đến năm 2025", "15-NQ/TU",
          ("TỈNH ỦY NAM ĐỊNH", "*"), "Tỉnh ủy Nam Định", authority=("T/M TỈNH ỦY", "BÍ THƯ"),
          position="Bí thư", is_party=True),
    Paper("Báo cáo", "Kết quả công tác dân vận quý I năm 2022", "21-BC/HU",
          ("ĐẢNG BỘ TỈNH NAM ĐỊNH", "HUYỆN ỦY Ý YÊN", "*"), "Huyện ủy Ý Yên", "Ý Yên",
          authority=("T/M BAN THƯỜNG VỤ", "PHÓ BÍ THƯ"), position="Phó Bí thư", is_party=True),
    Paper("Bản án", "Về tranh chấp hợp đồng vay tài sản", "05/2021/DS-ST",
          ("TÒA ÁN NHÂN DÂN", "HUYỆN Ý YÊN"), "Tòa án nhân dân huyện Ý Yên", "Ý Yên",
          authority=("TM. HỘI ĐỒNG XÉT XỬ", "THẨM PHÁN - CHỦ TỌA PHIÊN TÒA"),
          position="Thẩm phán - Chủ tọa phiên tòa"),
)  # fmt: skip
PAPERS = DECREE_TYPES + OTHERS


def _motto(paper: Paper) -> list[str]:
    return [PARTY] if paper.is_party else list(MOTTO)


def _date(paper: Paper) -> str:
    day = paper.day
    return f"{paper.place}, ngày {day.day:02} tháng {day.month:02} năm {day.year}"


def _number(paper: Paper) -> str:
    return f"Số: {paper.number}" if not paper.is_party else f"Số {paper.number}"


def _letter_subject(paper: Paper) -> list[str]:
    return [f"V/v {paper.subject.removeprefix('Về việc ')}"] if paper.type == "Công văn" else []


def _title(paper: Paper) -> list[str]:
    if paper.type == "Công văn":
        return []
    subject = [paper.subject] if paper.subject else []
    return [paper.type.upper(), *subject]


def _end(paper: Paper) -> list[str]:
    recipients = [f"- {r};" for r in paper.recipients[:-1]] + [f"- {paper.recipients[-1]}."]
    return ["Nơi nhận:", *recipients, *paper.authority, "(Đã ký)", paper.signer]


def _beside(left: list[str], right: list[str], gap: str) -> list[str]:
    rows = zip_longest(left, right, fillvalue="")
    return [f"{a}{gap}{b}".rstrip() for a, b in rows]


def _text(*groups: list[str] | tuple[str, ...], between: str = "\n") -> str:
    return between.join("\n".join(group) for group in groups if group) + "\n"


def stacked(paper: Paper) -> str:
    """Write the parts one below the other."""
    return _text([*paper.office, "-------"], [*_motto(paper), "---------------"],
                 [_number(paper), *_letter_subject(paper)], [_date(paper)], _title(paper),
                 paper.above_body, paper.body, _end(paper))  # fmt: skip


def motto_first(paper: Paper) -> str:
    """Write the motto at the top, and blank lines between the parts."""
    return _text(_motto(paper), list(paper.office), [_number(paper), *_letter_subject(paper)],
                 [_date(paper)], _title(paper), paper.above_body, paper.body, _end(paper),
                 between="\n\n")  # fmt: skip


def every_line_apart(paper: Paper) -> str:
    """Write a blank line after every line."""
    return stacked(paper).replace("\n", "\n\n")


def columns(paper: Paper, gap: str = " " * 12) -> str:
    """Write both columns of the letterhead and of the end side by side, with `gap` between them."""
    left = [*paper.office, "-------"]
    right = [*_motto(paper), "-----------"]
    right += [""] * (len(left) - len(right))
    left += [""] * (len(right) - len(left))
    recipients = ["Nơi nhận:", *(f"- {r};" for r in paper.recipients)]
    signed = [*paper.authority, "", paper.signer]
    return _text(_beside([*left, _number(paper), *_letter_subject(paper)],
                         [*right, _date(paper)], gap), [""], _title(paper), [""], paper.above_body,
                 paper.body, _beside(recipients, signed, gap))  # fmt: skip


def tabs(paper: Paper) -> str:
    """Write the columns with a tab between them, as tables are copied from word processors."""
    return columns(paper, "\t")


def letters_apart(paper: Paper) -> str:
    """Write the type with spaces between its letters: Q U Y Ế T   Đ Ị N H."""
    if paper.type == "Công văn":
        return stacked(paper)
    apart = "   ".join(" ".join(word) for word in paper.type.upper().split())
    return stacked(paper).replace(f"\n{paper.type.upper()}\n", f"\n{apart}\n", 1)


def lower_motto(paper: Paper) -> str:
    """Write the motto in small letters, with en dashes."""
    text = stacked(paper).replace(PARTY, "Đảng Cộng sản Việt Nam")
    text = text.replace(MOTTO[0], "Cộng hòa xã hội chủ nghĩa Việt Nam")
    return text.replace(MOTTO[1], "Độc lập – Tự do – Hạnh phúc")


def wrapped_subject(paper: Paper) -> str:
    """Write the subject over three lines."""
    words = paper.subject.split()
    third = max(1, (len(words) + 2) // 3)
    broken = "\n".join(" ".join(words[at : at + third]) for at in range(0, len(words), third))
    if paper.type == "Công văn":
        short = paper.subject.removeprefix("Về việc ")
        return stacked(paper).replace(short, broken.removeprefix("Về việc").strip(), 1)
    return (
        stacked(paper).replace(f"\n{paper.subject}\n", f"\n{broken}\n", 1)
        if words
        else stacked(paper)
    )


def capital_subject(paper: Paper) -> str:
    """Write the subject in capitals below the type."""
    return stacked(paper).replace(f"\n{paper.subject}\n", f"\n{paper.subject.upper()}\n", 1)


def one_line_title(paper: Paper) -> str:
    """Write type and subject on one line, in capitals."""
    if paper.type == "Công văn":
        return stacked(paper)
    return stacked(paper).replace("\n".join(_title(paper)), " ".join(_title(paper)).upper(), 1)


def place_beside_number(paper: Paper) -> str:
    """Write number, place and date on one line, with a single space between number and place."""
    return stacked(paper).replace(
        "\n".join([_number(paper), *_letter_subject(paper), _date(paper)]),
        "\n".join([f"{_number(paper)} {_date(paper)}", *_letter_subject(paper)]),
    )


def signer_first(paper: Paper) -> str:
    """Write the signer above the recipients."""
    end = _end(paper)
    cut = 1 + len(paper.recipients)
    return stacked(paper).replace("\n".join(end), "\n".join([*end[cut:], *end[:cut]]))


WRITINGS: tuple[Callable[[Paper], str], ...] = (
    stacked, motto_first, every_line_apart, columns, tabs, letters_apart, lower_motto,
    wrapped_subject, capital_subject, one_line_title, place_beside_number, signer_first,
)  # fmt: skip
