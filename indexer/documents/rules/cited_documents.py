"""Page rule: the documents that a page cites.

A citation is a type of document with a number, or a code, which is a number with the letters that
stand for its type and issuer:

    Nghị quyết số 42     Kế hoạch số 18     42-NQ/TW     217/QĐ-TW
"""

from __future__ import annotations

import re
from collections.abc import Iterator

TYPES = (
    "Nghị quyết liên tịch", "Thông tư liên tịch", "Nghị quyết", "Nghị định", "Quyết định",
    "Chỉ thị", "Kết luận", "Kế hoạch", "Chương trình phối hợp", "Chương trình hành động",
    "Chương trình", "Quy chế phối hợp", "Quy chế", "Quy định", "Hướng dẫn", "Thông báo",
    "Thông tri", "Thông tư", "Công văn", "Công điện", "Báo cáo", "Tờ trình", "Đề án", "Pháp lệnh",
    "Sắc lệnh", "Sắc luật", "Bộ luật", "Luật", "Lệnh", "Văn bản", "Hiến pháp", "Điều lệ",
)  # fmt: skip

_LETTERS = r"[A-ZĐƯƠ][A-ZĐƯƠa-z]{0,9}\d{0,2}"
_CODE = (
    rf"\d{{1,5}}(?: ?/ ?(?:19|20)\d\d)?"
    rf"(?: ?[-–/] ?{_LETTERS}(?: ?[-–/] ?{_LETTERS}){{1,3}}| ?/ ?QH\d{{1,2}})"
)
_TYPED = re.compile(
    rf"\b(?P<type>{'|'.join(TYPES)})"
    rf"(?:(?P<name>(?: [\w,]+){{0,12}}?) số(?: ?:)? ?(?P<number>{_CODE}|\d{{1,5}}(?![\d.,]*\d|%))"
    rf"| (?P<code>{_CODE}))",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?<![\w/.-]){_CODE}(?![\w/])")
_NAMED = frozenset({"luật", "bộ luật", "pháp lệnh"})
_COUNTED = re.compile(
    r"(?:lượt|người|hộ|triệu|tỷ|tỉ|đồng|mô hình|văn bản|nội dung|nhiệm vụ|tiêu chí|giải pháp)\b"
)


_AFTER_WORD = "|".join(rf"(?<=[ốỐ]{between}\d)" for between in ("", " ", ":", ": ", " :", " : "))
_HINT = re.compile(rf"\d(?:{_AFTER_WORD}| ?[-–/] ?[^\W\d_])")
"""What each citation has somewhere: a number after "số", or a sign between a number and letters.
Only lines with it are searched for citations, which takes a tenth of the time; it begins with the
digit, for which the regular expression engine looks fastest."""


def cited_elsewhere(text: str, own: str | None) -> tuple[str, ...]:
    """Return the documents cited in `text`, as `cited` does, but the one with the number `own`,
    which is that of the text itself; None if it has none."""
    return tuple(
        name for name in cited(text) if not own or (name != own and not name.endswith(f" {own}"))
    )


def number_in_title(title: str) -> str | None:
    """Return the number of the official document that a title names at its beginning ("Nghị định
    42/2019/NĐ-CP về …"), None if it names none there."""
    found = _TYPED.match(title)
    if not found or found["name"]:
        return None
    return _without_spaces(found["number"] or found["code"])


def cited(text: str) -> tuple[str, ...]:
    """Return the documents cited in `text`, in order and each once: "Kế hoạch số 18", or the code
    alone if the text has it nowhere after a type.

    The type begins with a capital, the number is as written but without spaces. Left out are
    numbers whose first letter is small ("18/năm"), and numbers of things (_COUNTED).
    `text` is clean and has one paragraph per line (`Draft.text`).
    """
    found: list[tuple[int, str]] = []
    codes: set[str] = set()
    lines = list(_lines_with_numbers(text))
    for at, end in lines:
        while match := _TYPED.search(text, at, end):
            at = match.end()
            name, number = match["name"] or "", match["number"] or match["code"]
            kind = match["type"].lower()
            if name and kind not in _NAMED:
                at = match.start("name")  # "kế hoạch theo Quyết định số 12": another may follow
                continue
            if _begins_lower(number):
                continue
            if number.isdigit() and _COUNTED.match(text[match.end() :].lstrip()[:12]):
                continue
            number = _without_spaces(number)
            codes.add(number)
            found.append((match.start(), f"{kind.capitalize()}{name} số {number}"))
    for begin, end in lines:
        for match in _BARE.finditer(text, begin, end):
            code = _without_spaces(match.group())
            if code not in codes and not _begins_lower(code):
                found.append((match.start(), code))
    return tuple(dict.fromkeys(citation for _, citation in sorted(found)))


def _lines_with_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges `[begin, end)` of the lines of `text` in which a citation may stand, in
    order."""
    end = -1
    for hint in _HINT.finditer(text):
        if hint.start() > end:
            end = text.find("\n", hint.start())
            end = len(text) if end < 0 else end
            yield text.rfind("\n", 0, hint.start()) + 1, end


def _without_spaces(number: str) -> str:
    return re.sub(r" ?([-–/]) ?", lambda sign: sign[1].replace("–", "-"), number)


def _begins_lower(number: str) -> bool:
    """Return True if the letters of a number begin in lower case ("18/năm", a rate), as those of a
    document never do."""
    letters = [char for char in number if char.isalpha()]
    return bool(letters) and not letters[0].isupper()
