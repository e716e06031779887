"""Page rule: the offices that a page names in full, by office, level of administration, and place.

    Ban Dân vận Huyện ủy Long Điền      UBND huyện Giang Thành      Tỉnh ủy Sóc Trăng

Names without a place ("UBND huyện", "Ban chỉ đạo") are left out, because many offices have them.
"""

from __future__ import annotations

import re

from indexer.documents.gazetteer import gazetteer
from indexer.documents.text.text_keys import word_keys

_OFFICES: tuple[tuple[str, str], ...] = (
    ("Ủy ban Mặt trận Tổ quốc Việt Nam", r"(?:[uủ][yỷ] ban |ub)(?:mặt trận tổ quốc|mttq)"
     r"(?: việt nam| vn)?"),
    ("Ủy ban Kiểm tra", r"[uủ][yỷ] ban kiểm tra|ubkt"),
    ("UBND", r"ubnd|[uủ][yỷ] ban nhân dân"),
    ("HĐND", r"hđnd|hội đồng nhân dân"),
    ("Ban Thường vụ", r"ban thường vụ|btv"),
    ("Ban Dân vận", r"ban dân vận"),
    ("Ban Tuyên giáo", r"ban tuyên giáo"),
    ("Ban Tổ chức", r"ban tổ chức"),
    ("Ban Nội chính", r"ban nội chính"),
    ("Ban Chỉ huy Quân sự", r"ban chỉ huy quân sự|ban chqs"),
    ("Bộ Chỉ huy Quân sự", r"bộ chỉ huy quân sự|bộ chqs"),
    ("Công an", r"công an"),
    ("Hội Nông dân", r"hội nông dân"),
    ("Hội Cựu chiến binh", r"hội cựu chiến binh|hội ccb"),
    ("Hội Liên hiệp Phụ nữ", r"hội liên hiệp phụ nữ|hội lhpn"),
    ("Hội Chữ thập đỏ", r"hội chữ thập đỏ"),
    ("Liên đoàn Lao động", r"liên đoàn lao động|lđlđ"),
    ("Văn phòng", r"văn phòng"),
    ("Đảng bộ", r"đảng bộ"),
)  # fmt: skip
_LEVELS: tuple[tuple[str, str, str, str], ...] = (
    ("Huyện ủy", r"huyện [uủ][yỷ]", "district", "huyện"),
    ("Thị ủy", r"thị [uủ][yỷ]", "district", "thị xã"),
    ("Quận ủy", r"quận [uủ][yỷ]", "district", "quận"),
    ("Tỉnh ủy", r"tỉnh [uủ][yỷ]", "province", "tỉnh"),
    ("huyện", r"huyện", "district", "huyện"),
    ("thị xã", r"thị xã", "district", "thị xã"),
    ("quận", r"quận", "district", "quận"),
    ("tỉnh", r"tỉnh", "province", "tỉnh"),
)
_OFFICE = "|".join(f"(?P<o{number}>{pattern})" for number, (_, pattern) in enumerate(_OFFICES))
_LEVEL = "|".join(f"(?P<l{number}>{row[1]})" for number, row in enumerate(_LEVELS))
_PATTERN = re.compile(rf"(?<!\w)(?:(?:{_OFFICE}) )?(?:{_LEVEL}) (?=[^\W\d_])", re.IGNORECASE)
_LONGEST_NAME = 60


def organisations(text: str) -> tuple[str, ...]:
    """Return the offices that `text` names, in order and each once, in one spelling: "UBND huyện
    Giang Thành". Only those of a place that the gazetteer has.

    `text` is clean and has one paragraph per line (`Draft.text`).
    """
    found: dict[str, None] = {}
    for match in _PATTERN.finditer(text):
        office = next((row[0] for n, row in enumerate(_OFFICES) if match[f"o{n}"]), None)
        label, _, level, kind = next(row for n, row in enumerate(_LEVELS) if match[f"l{n}"])
        if office is None and not label.endswith("ủy"):
            continue
        ahead = text[match.end() : match.end() + _LONGEST_NAME]
        if not ahead[:1].isupper():
            continue
        ahead = re.split(r"[,.;:()\n]", ahead, maxsplit=1)[0]
        units, _end = gazetteer().longest_at(level, word_keys(ahead), 0, kind)
        if units:
            name = units[0].label if units[0].name.isdigit() else units[0].name
            found[" ".join(filter(None, (office, label, name)))] = None
    return tuple(found)
