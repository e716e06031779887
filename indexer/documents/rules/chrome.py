"""Page rule: recognise the lines that belong to the portal (its chrome) and not to the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from functools import cache
from importlib.resources import files

from indexer.documents.text.lines import MAX_COMPARED, Line
from indexer.documents.text.text_keys import key


class Chrome(Enum):
    """The kinds of lines of a portal; the values are those of `chrome.tsv`.

    LINE is a line to leave out, STARTS a short line that begins with a known phrase. CLOSES is as
    LINE, and what follows it at the end of a page belongs to the portal too. HEADING names a menu
    or section: it is never a title, and is left out above the title.
    """

    LINE = "line"
    STARTS = "starts"
    CLOSES = "closes"
    HEADING = "heading"


_SAID = rf"(?:{key('bình luận')}|{key('phản hồi')}|{key('lượt thích')}|{key('thích')})"
_MENU = re.compile(r"\s*[|»›>•·/]\s*")
_EDGE = " .:*-–—|»›>•·+!…[]()<"
_COUNT = re.compile(r"\s*\(\d{1,5}\)$")
"""Matches a number of comments or views behind a heading: "Bình luận (3)"."""
_ZOOM = re.compile(r"\+? ?a{1,3} ?[+-]|[+-] ?a{1,3} ?[+-]?|phóng to|thu nhỏ|×", re.IGNORECASE)
"""Matches the text of buttons for the size of letters, and of the button that closes a picture."""
_COUNTED = re.compile(
    rf"\d{{1,6}} {_SAID}|{_SAID} \d{{1,6}}"
    rf"|[-–—•·]? ?\d[\d.]{{0,8}} (?:{key('lượt xem')}|{key('lượt đọc')}|{key('lượt tải')}"
    rf"|{key('yêu thích')}|{key('phút đọc')}|min read|views?|favorites?|comments?|likes?|replies)"
    rf"|[-–—•·|]? ?(?:{key('tổng')} )?(?:{key('số')} )?"
    rf"(?:{key('lượt')} |{key('lần')} |{key('đã')} )?(?:{key('xem')}|{key('đọc')}"
    rf"|{key('truy cập')}|{key('tải')}|{key('phản hồi')}|{key('bình luận')})"
    rf" ?: ?\d[\d.,]{{0,9}}(?: {key('lượt')})?"
)
_REPRINT = re.compile(
    r"(?i:(?:đề nghị |vui lòng |xin |yêu cầu )?ghi rõ nguồn) [“\"']?[A-ZĐ].{1,80}"
    r"\bkhi (?:sử dụng|phát hành|đăng|trích|dẫn|sao chép)"
    r"|(?i:khi sử dụng (?:các )?tài liệu)\b.{1,40}\btuân thủ Luật bản quyền"
)
"""Matches the condition under which a site, which it names, lets others print its texts; "ghi rõ
nguồn gốc khi trích dẫn" may be what a regulation says."""
_LOG_IN = re.compile(
    r"(?:(?:vui lòng|hãy|xin|mời) |bạn (?:cần|phải) )?(?:đăng nhập|đăng ký)\b.{0,60}"
    r"\bđể (?:gửi |viết |tham gia |được )?"
    r"(?:bình luận|phản hồi|thảo luận|trả lời|nhận xét|ý kiến)"
    r"|(?:vì |bạn |quý khách |do )*chưa đăng nhập\b"
    r"|ý kiến của bạn (?:sẽ )?được (?:biên tập|xét duyệt|kiểm duyệt)"
    r"|log ?in\b.{0,40}\bto (?:post|leave|add|write)",
    re.IGNORECASE,
)
"""Matches what is said to those who want to comment."""
_NEIGHBOURS = re.compile(
    r"(?:previous|next) (?:message|post|article|page|topic|thread)\b.{0,20}:|messages sorted by\b"
    r"|(?:trở về|trở lại|quay lại|về) (?:danh sách|trang (?:trước|chủ|đầu)|kết quả)\b.{0,20}\Z"
    r"|back to (?:list|results|top|home|index)\b"
    r"|(?:cập nhật|chỉnh sửa|sửa)(?: lần cuối)? bởi\b.{1,40}\bcách đây\b.{0,40}\Z"
    r"|(?:created|edited) by\b.{1,60}\blast (?:modified|updated)\b"
    r"|(?:page revision: \d+, )?last (?:modified|updated|edited)\b.{0,60}\Z",
    re.IGNORECASE,
)
"""Matches links to the texts before and after in archives of mailing lists and manuals, and what
wikis say of the last change."""
_FOLLOW = re.compile(
    r"(?:(?:mời|hãy|xin mời) )?(?:(?:quý|các|bạn|độc giả|bạn đọc|khán giả|thính giả|vị) ?)*"
    r"(?:theo dõi|đón đọc|bấm theo dõi)\b.{1,40}\b(?:trên|tại)\b(?: (?:google|facebook|youtube|zalo"
    r"|tiktok|fanpage)\b.{0,40}| *:?)\Z",
    re.IGNORECASE,
)
"""Matches what asks the reader to follow the site elsewhere ("Theo dõi báo … trên Google News")."""
_INVITATION = re.compile(
    r"\W*(?:kính )?mời (?:(?:quý|các|vị) )*(?:bạn đọc|độc giả|bạn)\b.{0,10}"
    r"(?:vào chuyên mục|xem (?:thêm|tiếp)|đọc (?:thêm|tiếp)|đón (?:đọc|xem))\b"
    r"|(?:tham gia|theo dõi) (?:nhóm|kênh|cộng đồng) (?:zalo|facebook|telegram|tiktok|youtube)\b"
    r".{0,40}\b(?:để nhận|của chúng tôi)\b"
    r"|(?:bạn )?(?:hãy|vui lòng|xin|nên) (?:dùng|viết|gõ|sử dụng) tiếng việt có dấu\b"
    r"|(?:giọng đọc|tốc độ đọc) ?:|(?:đọc|nghe) bài viết(?: (?:nam|nữ)(?: miền \w+)?)+\Z"
    r"|quét (?:mã )?qr để (?:đọc|xem) (?:bài|tin)\b"
    r"|\d{1,2}:\d\d ?/ ?\d{1,2}:\d\d(?: (?:nam|nữ) miền (?:bắc|trung|nam))*\Z"
    r"|miền (?:bắc|trung|nam) ?[-–,]? ?(?:nam|nữ)\Z"
    r"|(?:đánh giá|xếp hạng|rating)\s*:?\s*(?:[★☆✩⭐]|\d(?:[.,]\d)? ?/ ?(?:5|10)\b)",
    re.IGNORECASE,
)
"""Matches invitations to read more pages or to write properly, what players of a read text say, and
the stars that readers gave."""
_FEEDBACK = re.compile(
    r"(?:trang|bài(?: viết)?|nội dung|thông tin)(?: \w+)? này có (?:hữu ích|giúp)\b.{0,40}\?"
    r"|bạn (?:thấy|nghĩ|cảm thấy|đánh giá|chấm)\b.{0,20}"
    r"\b(?:bài viết|trang|thông tin|nội dung)\b.{0,30}\?"
    r"|mức độ hài lòng (?:về|với|của .{1,40} về) (?:bài viết|trang|thông tin|nội dung)"
    r"|bạn có hài lòng (?:về|với) (?:bài viết|trang|thông tin|nội dung)\b"
    r"|was this (?:page|article|helpful)\b",
    re.IGNORECASE,
)
"""Matches the question whether a page helped."""
_ASSISTANT = re.compile(
    r"xin chào\b.{0,40}\b(?:trợ lý (?:ảo|số)|chatbot|có thể (?:giúp|hỗ trợ)|cần (?:hỏi|giúp) gì)",
    re.IGNORECASE,
)
"""Matches the greeting of a chat window."""
_BACK = re.compile(rf"{key('trở lại')} (?P<to>.+)")
_MAX_WORDS = 12
"""Greatest number of words of a line that is chrome because it begins with a known phrase."""
_MAX_CHARACTERS = 300
"""Greatest number of code points of a line that is chrome."""


@cache
def _table() -> tuple[Mapping[str, Chrome], tuple[str, ...]]:
    exact: dict[str, Chrome] = {}
    starts: list[str] = []
    text = files(__package__).joinpath("chrome.tsv").read_text("utf-8")
    for row in text.splitlines():
        if row and not row.startswith("#"):
            kind, phrase = row.split("\t")
            if kind == "starts":
                starts.append(phrase.lower())
            exact[key(phrase).strip(_EDGE)] = Chrome(kind)
    return exact, tuple(starts)


def chrome_kind(line: Line) -> Chrome | None:
    """Return the kind of chrome that `line` is by its own text; None if it may belong to the
    page."""
    if line.is_blank or line.word_count > 2 * _MAX_WORDS or len(line.text) > _MAX_CHARACTERS:
        return None
    exact, starts = _table()
    bare = _COUNT.sub("", line.key).strip(_EDGE)
    if _ZOOM.fullmatch(line.text) or _COUNTED.fullmatch(line.key):
        return Chrome.LINE
    if any(
        rule.match(line.text)
        for rule in (_REPRINT, _LOG_IN, _NEIGHBOURS, _FEEDBACK, _ASSISTANT, _FOLLOW, _INVITATION)
    ):
        return Chrome.LINE
    if (back := _BACK.match(line.key)) and back["to"] in exact:
        return Chrome.LINE  # "Trở lại Thời sự"
    if not bare:
        return Chrome.LINE if len(line.text) > 1 or line.text in _EDGE else None
    if kind := exact.get(bare):
        return kind
    if (once := repeated_phrase(line)) is not None and (kind := exact.get(key(once))):
        return kind
    if line.word_count <= _MAX_WORDS and not line.is_prose and line.text.lower().startswith(starts):
        return Chrome.STARTS
    if is_menu(line) or is_row_of_sections(line):
        return Chrome.LINE
    return None


def is_zoom(line: Line) -> bool:
    """Return True if the line is a button that makes letters larger or smaller: "A+"."""
    return bool(_ZOOM.fullmatch(line.text))


def is_row_of_sections(line: Line) -> bool:
    """Return True if the line is three or more names of sections: "Chính trị Kinh tế Văn hóa"."""
    exact, _ = _table()
    words = line.key.split(" ")
    if not 3 <= len(words) <= 2 * _MAX_WORDS:
        return False
    # fewest[i]: the fewest names that the first i words are made of, or None.
    fewest: list[int | None] = [0] + [None] * len(words)
    for end in range(1, len(words) + 1):
        for begin in range(max(0, end - 8), end):
            before = fewest[begin]
            phrase = " ".join(words[begin:end]).strip(_EDGE)
            if before is not None and phrase in exact:
                best = fewest[end]
                fewest[end] = before + 1 if best is None else min(best, before + 1)
    return (fewest[-1] or 0) >= 3


def repeated_phrase(line: Line) -> str | None:
    """Return the phrase that a line consists of twice; None for other lines, and for one that does
    not begin with a letter or is too long to compare (MAX_COMPARED).

    Portals write the headings of their portlets so: "Audio Audio".
    """
    words = line.text.split(" ")
    half, odd = divmod(len(words), 2)
    if odd or not half or len(line.text) > MAX_COMPARED or not line.text[0].isalpha():
        return None
    first, second = " ".join(words[:half]), " ".join(words[half:])
    return first if key(first) == key(second) else None


def is_menu(line: Line) -> bool:
    """Return True if the line is a menu or breadcrumb trail: three or more labels of up to seven
    words with separators ("|", "»", "/") between them, without digits, no sentence, and no field
    of a record ("Chủ đề: Nghề cá | Văn hóa dân gian")."""
    labels = [label for label in _MENU.split(line.text) if label]
    return (
        len(labels) >= 3
        and not line.ends_sentence
        and not any(char.isdigit() for char in line.text)
        and all(label.count(" ") < 7 for label in labels)
        and len(re.findall(r" [|»›>•·/] |[|»›>•·]", line.text)) >= 2
        and not _FIELD.match(line.text)
    )


_FIELD = re.compile(
    r"(?!từ khóa|tags?\b|thẻ\b|chuyên mục|liên kết|xem thêm|chia sẻ|bạn đang|trang)"
    r"[^\W\d]+(?: [^\W\d]+){0,3}: \w",
    re.IGNORECASE,
)
"""Matches a label with its value, but none that a portal puts before its own links."""
