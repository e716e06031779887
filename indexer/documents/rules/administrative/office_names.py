"""Names of offices and positions: recognise them, and write them in small letters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.documents.rules.masthead import recase
from indexer.documents.text.text_keys import word_keys

BODIES = re.compile(
    r"^(?:ủy ban|uỷ ban|ubnd|hđnd|hội đồng|quốc hội|chính phủ|thủ tướng|chủ tịch nước|bộ "
    r"|sở |cục |chi cục|tổng cục"
    r"|vụ |ban |phòng |văn phòng|thanh tra|tòa án|toà án|viện |kho bạc|bảo hiểm|ngân hàng"
    r"|trường |đại học|học viện"
    r"|thư viện|bảo tàng|lưu trữ |nhà |đài |hợp tác xã|liên minh|liên hiệp|hiệp hội|chi nhánh"
    r"|xí nghiệp|nông trường|lâm trường|đội |trạm |khoa |sư đoàn|quân khu|đại sứ quán"
    r"|bệnh viện|trung tâm|công ty|tổng công ty|tập đoàn|tỉnh ủy|tỉnh uỷ|thành ủy|thành uỷ"
    r"|huyện ủy|huyện uỷ|quận ủy"
    r"|thị ủy|đảng ủy|đảng uỷ|đảng bộ|chi bộ|mặt trận|ubmttq|hội |liên đoàn|công đoàn"
    r"|đoàn |công an|bộ chỉ huy|kiểm toán"
    r"|tỉnh |thành phố |huyện |quận |thị xã |xã |phường |thị trấn |tổ |hạt )",
    re.IGNORECASE,
)
POSITION = re.compile(
    r"^(?:quyền\s+|phó\s+)?(?:chủ tịch|giám đốc|tổng giám đốc|bộ trưởng|thứ trưởng"
    r"|thủ tướng|trưởng|vụ trưởng"
    r"|cục trưởng|tổng cục trưởng|chánh|viện trưởng|hiệu trưởng|bí thư|thống đốc"
    r"|tổng kiểm toán|chánh án"
    r"|tổng thư ký|(?:chi cục|\w+) trưởng|chủ (?:tọa|toạ|trì)|chủ nhiệm|tư lệnh|chính ủy"
    r"|người đứng đầu|kế toán|thẩm phán|kiểm sát viên|thư ký)\b",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"^(?:tỉnh|thành phố|tp\.?|huyện|quận|thị xã|xã|phường|thị trấn|việt nam"
    r"|nước|khu|vùng|và|số \d)\b(?! (?:ủy|uỷ)\b)",
    re.IGNORECASE,
)
_FIELDS = (
    r"bộ|sở|phòng|cục|chi cục|tổng cục|vụ|ban|văn phòng|viện|học viện|trường|đại học|trung tâm"
    r"|tòa án|toà án"
)
_OTHER_KINDS = frozenset(("ban", "văn phòng", "viện", "học viện", "trường", "đại học", "trung tâm"))
_AFTER_KIND = re.compile(rf"(?:^(?:{_FIELDS})|(?<=[^,]) và|,| [-–]) (?=[^\W\d_])", re.IGNORECASE)
_WITHIN = re.compile(
    r"(?<!^)(?<!\w)(?:ủy ban|uỷ ban|hội đồng nhân dân|quốc hội|chính phủ|tỉnh (?:ủy|uỷ)"
    r"|thành (?:ủy|uỷ)|huyện (?:ủy|uỷ)|thị (?:ủy|uỷ)|quận (?:ủy|uỷ)|đảng (?:ủy|uỷ)|đảng bộ|sở|bộ"
    r"|chủ tịch|chủ (?:tọa|toạ)|giám đốc|bí thư|trưởng (?:ban|phòng)|chánh|bộ trưởng|thủ tướng"
    r"|hiệu trưởng|cục trưởng|vụ trưởng|viện trưởng|chủ nhiệm|tổng giám đốc|thống đốc)(?!\w)"
)
_COMMITTEE = re.compile(r"^(?:tỉnh|thành|huyện|quận|thị|đảng)\s(?:ủy|uỷ|bộ) ", re.IGNORECASE)


_JOINT = re.compile(r"\s+[-–]\s+")


def office_name(text: str) -> str:
    """Return the name of an office or position with the capitals that decree 30/2020 prescribes.

    By its annex II, part IV, the kind of the office, its field and the places begin with capitals
    ("Sở Nội vụ tỉnh Nam Định"). A name that is not given in capitals changes only in the names of
    places. Several offices stand with dashes between them. Raises IndexError for an empty text.
    """
    offices = _JOINT.split(text)
    if len(offices) > 1 and all(map(BODIES.match, offices)):
        return " - ".join(map(office_name, offices))
    name = recase(text)
    if not text.isupper():
        return name
    if committee := _COMMITTEE.match(name):  # of a place without its kind: HUYỆN ỦY Ý YÊN
        place = name[committee.end() :]
        if place.islower():
            return name[: committee.end()] + recase(f"tỉnh {place}".upper())[5:]
    head = re.match(_FIELDS, name, re.IGNORECASE)
    if head and not re.match(
        r"(?:tòa|toà) án nhân dân|trường đại học|\w+ trưởng\b", name, re.IGNORECASE
    ):
        at = {m.end() for m in _AFTER_KIND.finditer(name)}
        if head[0].lower() in _OTHER_KINDS:  # of their names only the first letter is known
            at = {place for place in at if place == head.end() + 1}
        name = "".join(char.upper() if place in at else char for place, char in enumerate(name))
    return _WITHIN.sub(lambda m: m[0][0].upper() + m[0][1:], name)


def same_office(one: str, other: str) -> bool:
    """Return True if one of two names of offices is the beginning of the other, ignoring case.

    Letterheads name a court twice, the second time with its province.
    """
    return all(a == b for a, b in zip(word_keys(one), word_keys(other), strict=False))


def join_offices(parts: Sequence[str]) -> list[str]:
    """Return the names of the offices in a letterhead, each joined from its lines; the last is that
    of the issuer.

    `parts` are the lines of the names, in order.
    """
    offices: list[str] = []
    for part in parts:
        text = part.strip(" .*-–—")
        if offices and _CONTINUES.match(text):
            offices[-1] = f"{offices[-1]} {text}"
        elif text:
            offices.append(text)
    return [office_name(office) for office in offices]
