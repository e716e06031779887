"""Recognise the imprint of a site (its owner, address and licence), and its notice of cookies."""

from __future__ import annotations

import re
from typing import Any

from indexer.documents.text.lines import Line
from indexer.documents.text.text_keys import clean

MAX_IMPRINT = 150
"""Greatest number of words of an imprint."""
_LEAST_SENTENCE = 5
"""Least number of words of a sentence of a text."""
_OWNER = re.compile(
    r"bản quyền|giấy phép|chịu trách nhiệm|ghi rõ nguồn|cơ quan chủ quản|©|copyright|powered by"
    r"|thiết kế bởi|phát triển bởi|bạn là (?:người |vị )?(?:khách|người)(?: [\w]+)? thứ"
    r"|lượt truy cập|xem (?:tốt|đẹp|rõ) nhất (?:với|ở|trên|bằng)"
    r"|trang (?:web |nhà )?này do\b.{2,40}\b(?:dựng|làm|thực hiện|thiết kế)\b",
    re.IGNORECASE,
)
_IMPRINT = re.compile(
    rf"{_OWNER.pattern}|cập nhật lần cuối|độ phân giải|địa chỉ|điện thoại|\bđt\s*:|\btel\b|\bfax\b"
    r"|e-?mail|website|đường dây nóng",
    re.IGNORECASE,
)
_COOKIES = re.compile(r"\bcookies?\b.{0,200}(?:đồng ý|chấp nhận|chính sách|accept)", re.I | re.S)


def is_imprint(text: str) -> bool:
    """Return True if a text is the imprint of a site, or asks for consent to cookies.

    An imprint has two or more different marks of one ("địa chỉ", "điện thoại", "giấy phép"), one of
    which tells of an owner or a licence (_OWNER). How long it may be (MAX_IMPRINT) is left to the
    caller.
    """
    if ("ookie" in text or "OOKIE" in text) and _COOKIES.search(text):
        return True
    if not _OWNER.search(text):
        return False
    return len({match.group().lower() for match in _IMPRINT.finditer(text)}) >= 2


def is_notice(text: str) -> bool:
    """Return True if a text of at most _LONGEST_NOTICE words is a copyright notice, or names the
    program or person that made the page.

    It begins with "©" or "Copyright", or with "Bản quyền thuộc" and the name of an owner ("Sở Y
    tế"); "Bản quyền thuộc về tác giả" speaks of copyright instead.
    """
    if len(text.split()) > _LONGEST_NOTICE:
        return False
    if _MADE_BY.match(text):
        return True
    begins = _COPYRIGHT.match(text)
    return begins is not None and (begins["owned"] is None or text[begins.end() :][:1].isupper())


_LONGEST_NOTICE = 25
_MADE_BY = re.compile(
    r"(?:powered|designed|developed) by\b|thiết kế (?:web )?(?:bởi|:)|phát triển (?:bởi|trên nền)"
    r"|(?:được )?(?:cung cấp|chạy) bằng \w+\W*\Z|phần mềm\b.{1,60}\bphiên bản [\d.]+\Z"
    r"|[^.!?]{1,60}\bgiữ (?:toàn bộ |mọi )?bản quyền\b"
    r"|trang (?:web )?này được tạo (?:bởi|bằng)|webmaster\s*:|cập nhật lần cuối\b[^.]{0,40}\Z",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(
    r"©|\(c\) ?\d{4}|copyright\b|bản quyền (?:© ?)?(?:\d{4}|(?P<owned>thuộc|của)(?: về)? )",
    re.IGNORECASE,
)


def states_owner(text: str) -> bool:
    """Return True if a text has some mark of an imprint, such as an address or an editor: enough
    for the last box of a page."""
    return _IMPRINT.search(text) is not None or _EDITOR.search(text) is not None


_EDITOR = re.compile(
    r"tổng biên tập|ban biên tập|trụ sở|tòa soạn|toà soạn|hotline|tổng đài"
    r"|cơ quan (?:của|thường trực)|gpkd\b",
    re.IGNORECASE,
)


def ends_a_text(element: Any) -> bool:
    """Return True if an element that ends with an imprint has a text above it: if a paragraph, an
    item or a box inside without further boxes is a sentence of _LEAST_SENTENCE words or more
    without a mark of an imprint."""
    for block in element.iter("p", "li", "div", "td"):
        if (
            block.tag in ("div", "td")
            and next(block.iterdescendants("p", "div", "td"), None) is not None
        ):
            continue
        text = clean("".join(block.itertext()))
        line = Line(1, text, text)
        is_sentence = line.ends_sentence and line.word_count >= _LEAST_SENTENCE
        if is_sentence and block is not element and _IMPRINT.search(text) is None:
            return True
    return False
