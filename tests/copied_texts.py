"""Texts for the tests of copies: stories, edited ones, and forms that differ only in numbers."""

from __future__ import annotations

import random

SYLLABLES = (
    "dân vận khéo công tác xã huyện tỉnh ban nhân hội nghị tổng kết mùa vụ lúa nước biển đảo "
    "trường học sinh bệnh viện thuốc đường cầu chợ phiên tàu xe gió mưa nắng rừng núi sông hồ"
).split()


def story(seed: int, syllables: int = 300) -> list[str]:
    """Return the syllables of an invented text, without sentences and numbers."""
    choose = random.Random(seed)
    return [choose.choice(SYLLABLES) for _ in range(syllables)]


def edited(text: list[str], changes: int, seed: int = 0) -> list[str]:
    """Return the text with `changes` of its syllables, far from each other, replaced by "khác"."""
    choose = random.Random(seed)
    step = len(text) // changes
    at = {number * step + choose.randrange(step // 2) for number in range(changes)}
    return ["khác" if number in at else syllable for number, syllable in enumerate(text)]


def price_list(week: int) -> str:
    """Return the price list of a market in a week; those of other weeks differ only in numbers."""
    goods = "gạo tẻ,gạo nếp,thịt lợn,thịt bò,cá tra,tôm sú,rau cải,cà chua,dưa hấu,muối ăn".split(
        ","
    )
    rows = " ".join(
        f"Giá {name} loại một tại chợ trung tâm huyện là {week * 100 + 1000 + at} đồng một ký,"
        for at, name in enumerate(goods)
    )
    return f"Bảng giá hàng hóa thiết yếu trong tuần {week} của phòng tài chính huyện. {rows} hết."


def decision(number: int, day: int, name: str) -> str:
    """Return a decision on an appointment; two of them differ only in what is passed here."""
    return f"""ỦY BAN NHÂN DÂN TỈNH AN GIANG
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc
Số: {number}/QĐ-UBND An Giang, ngày {day} tháng 3 năm 2021
QUYẾT ĐỊNH Về việc bổ nhiệm cán bộ
Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;
Xét đề nghị của Giám đốc Sở Nội vụ tại Tờ trình về công tác cán bộ của tỉnh, QUYẾT ĐỊNH:
Điều 1. Bổ nhiệm {name} giữ chức Phó Giám đốc Sở kể từ ngày ký, thời hạn giữ chức vụ là 5 năm.
Điều 2. Chánh Văn phòng Ủy ban nhân dân tỉnh, Giám đốc Sở Nội vụ, thủ trưởng các đơn vị có liên
quan và {name} chịu trách nhiệm thi hành Quyết định này kể từ ngày ký, nơi nhận như trên, lưu văn
phòng, đã ký và đóng dấu."""


PORTALS = ("Báo An Giang", "Báo Cà Mau", "Báo Hậu Giang", "Báo Kiên Giang", "Báo Sóc Trăng",
           "Báo Vĩnh Long", "Cổng thông tin tỉnh")  # fmt: skip


def reprints() -> list[dict[str, str]]:
    """Return JSON records of documents, all with "dân vận": a story on seven portals, three edited
    versions of it, two decisions of one form, and an unrelated story."""
    text = f"Chuyện dân vận. {' '.join(story(1))}"
    told = [
        {
            "id": f"bai-{at}", "title": "Chuyện dân vận", "text": text, "publisher": portal,
            "date": f"202{at % 2}-01-0{at + 1}",
        }
        for at, portal in enumerate(PORTALS)
    ]  # fmt: skip
    edits = [
        {"id": f"ban-{at}", "title": "Dân vận ở xã", "date": "2019-05-01",
         "text": f"{' '.join(story(20 + at, 15))}. {text}"}
        for at in range(3)
    ]  # fmt: skip
    forms = [
        {"id": f"qd-{number}", "title": f"Quyết định {number} về dân vận", "date": "2021-03-09",
         "text": decision(number, 9, "ông Trần Văn An")}
        for number in (15, 16)
    ]  # fmt: skip
    own = {"id": "rieng", "title": "Chuyện khác", "text": f"Dân vận. {' '.join(story(9))}"}
    return [*told, *edits, *forms, own]
