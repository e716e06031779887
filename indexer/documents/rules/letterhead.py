"""Administrative and legal documents: the parts whose place and form are fixed by decree.

Source: Nghị định 30/2020/NĐ-CP, annex I (layout of administrative documents), which keeps the order
of Thông tư 01/2011/TT-BNV, and Hướng dẫn 36-HD/VPTW for documents of the Party:

    ỦY BAN NHÂN DÂN                 CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM     issuing body | motto
    TỈNH NAM ĐỊNH                       Độc lập - Tự do - Hạnh phúc
    Số: 1234/QĐ-UBND                 Nam Định, ngày 15 tháng 3 năm 2022   number | place and date
    V/v …                                                               subject of a letter
                                QUYẾT ĐỊNH                                type
                  Về việc phê duyệt …                                     subject
    …                                                                     body
    Nơi nhận: …                          TM. ỦY BAN NHÂN DÂN               recipients | signer
                                              CHỦ TỊCH
                                           Trần Văn Mẫu

The two columns come one below the other, or side by side on one line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from indexer.documents.honorifics import surnames
from indexer.documents.lines import Line
from indexer.documents.rules.masthead import recase
from indexer.documents.text_keys import key
from indexer.partial_date import PartialDate

TYPES = (
    "Bộ luật", "Luật", "Pháp lệnh", "Lệnh", "Nghị quyết liên tịch", "Nghị quyết", "Nghị định",
    "Quyết định", "Thông tư liên tịch", "Thông tư", "Chỉ thị", "Quy chế", "Quy định", "Thông cáo",
    "Thông báo", "Thông tri", "Hướng dẫn", "Chương trình", "Kế hoạch", "Phương án", "Đề án",
    "Dự án",
    "Báo cáo", "Biên bản", "Tờ trình", "Hợp đồng", "Công văn", "Công điện", "Bản ghi nhớ",
    "Bản thỏa thuận", "Giấy ủy quyền", "Giấy mời", "Giấy giới thiệu", "Giấy nghỉ phép", "Giấy phép",
    "Giấy chứng nhận", "Phiếu gửi", "Phiếu chuyển", "Phiếu báo", "Thư công", "Kết luận", "Sắc lệnh",
    "Sắc luật", "Thông báo kết luận", "Quy trình", "Quy hoạch", "Điều lệ", "Hiến pháp", "Nội quy",
    "Án lệ", "Bản án", "Lời kêu gọi", "Thư", "Văn bản hợp nhất",
)  # fmt: skip
"""Types of documents (decree 30/2020, article 7, the law on legal documents, and those of the
Party)."""

_TYPE_KEYS = {key(name): name for name in TYPES}
_TYPE_CODES = {
    "QĐ": "Quyết định", "NQ": "Nghị quyết", "NĐ": "Nghị định", "CT": "Chỉ thị", "TT": "Thông tư",
    "TTLT": "Thông tư liên tịch", "KH": "Kế hoạch", "BC": "Báo cáo", "TB": "Thông báo",
    "HD": "Hướng dẫn", "TTr": "Tờ trình", "CTr": "Chương trình", "KL": "Kết luận",
    "QC": "Quy chế", "QyĐ": "Quy định", "PA": "Phương án", "ĐA": "Đề án", "DA": "Dự án",
    "BB": "Biên bản", "HĐ": "Hợp đồng", "CĐ": "Công điện", "GM": "Giấy mời", "PL": "Pháp lệnh",
    "TC": "Thông cáo", "VBHN": "Văn bản hợp nhất", "QH": "Luật",
}  # fmt: skip
"""Codes in the symbol of a number → type (decree 30/2020, annex III)."""

_MOTTOS = frozenset(map(key, ("cộng hòa xã hội chủ nghĩa việt nam", "việt nam dân chủ cộng hòa")))
_SECOND_MOTTO = re.compile(r"độc lập\W+tự do\W+hạnh phúc", re.IGNORECASE)
_PARTY = key("Đảng Cộng sản Việt Nam")
_MOTTO_INSIDE = re.compile(
    r"(?:cộng h(?:òa|oà) xã hội chủ nghĩa việt nam|việt nam dân chủ cộng h(?:òa|oà)"
    r"|độc lập\s*[-–—]\s*tự do\s*[-–—]\s*hạnh phúc|đảng cộng sản việt nam)\s*$",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"^(?P<head>(?:[^\W\d_]+ ){0,4})?số(?: hiệu)?\s*[:.]?\s*"
    r"(?P<number>\d{0,5}[a-zđ]?\s*(?:[/-]\s*(?:19|20)\d\d)?\s*[/-]\s*[A-ZĐƯ][\w.&]*(?:\s?[-/]\s?[A-ZĐƯ][\w.&]*)*)",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"^số\s*[:.]?\s*(?P<number>\d{1,5}(?:\s*/\s*\d{4})?)\s*$", re.IGNORECASE)
_PLACE_DATE = re.compile(
    r"(?P<place>[^\W\d_][^,;:()\d]{1,40}?),?\s+ngày\s*(?P<d>\d{1,2})?[\s.…_]*tháng\s*(?P<m>\d{1,2})?"
    r"[\s.…_]*năm\s*(?P<y>\d{4})\s*\.?\s*$",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"^(?:v/v|về việc|trích yếu)\s*:?\s*", re.IGNORECASE)
_RULE = re.compile(r"^[\s\-–—_*=.~]+$")
_BODY_BEGINS = re.compile(
    r"^(?:căn cứ|kính gửi|xét đề nghị|theo đề nghị|thực hiện|để |nhằm |phần (?:thứ"
    r"|[ivx\d])|chương [ivx\d]"
    r"|điều \d|mục [ivx\d]|[ivx]+\.|\d+\.|[a-z]\)|-|\+|hôm nay)",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"^(?:tỉnh|thành phố|tp\.?|huyện|quận|thị xã|xã|phường|thị trấn|việt nam"
    r"|nước|khu|vùng|và|số \d)\b",
    re.IGNORECASE,
)
_AUTHORITY = re.compile(r"^(?:TM|KT|TL|TUQ|Q|T/M|K/T|T/L)\s*\.\s*", re.IGNORECASE)
_POSITION = re.compile(
    r"^(?:quyền\s+|phó\s+)?(?:chủ tịch|giám đốc|tổng giám đốc|bộ trưởng|thứ trưởng"
    r"|thủ tướng|trưởng|vụ trưởng"
    r"|cục trưởng|tổng cục trưởng|chánh|viện trưởng|hiệu trưởng|bí thư|thống đốc"
    r"|tổng kiểm toán|chánh án"
    r"|tổng thư ký|chi cục trưởng|hạt trưởng|đội trưởng|chủ nhiệm|tư lệnh|chính ủy|người đứng đầu"
    r"|kế toán)\b",
    re.IGNORECASE,
)
_RECIPIENTS = re.compile(r"^nơi nhận\s*:?", re.IGNORECASE)
_EFFECT = re.compile(
    r"(?:có )?hiệu lực(?: thi hành)?(?: kể)? (?:từ|kể từ) ngày (?:(?P<signed>ký)\b"
    r"|(?P<d>\d{1,2})(?:/| tháng )(?P<m>\d{1,2})(?:/| năm )(?P<y>\d{4}))",
    re.IGNORECASE,
)
_EXPIRY = re.compile(
    r"(?:hiệu lực|thực hiện|áp dụng)[^.;\n]{0,40} đến(?: hết)? ngày "
    r"(?P<d>\d{1,2})(?:/| tháng )(?P<m>\d{1,2})(?:/| năm )(?P<y>\d{4})",
    re.IGNORECASE,
)
_HEAD = 60
"""Lines that the letterhead can take."""
_SIDE_BY_SIDE = re.compile(r"\s{3,}|\t")


@dataclass(slots=True)
class Letterhead:
    """What the form of an administrative document states. `claimed` are numbers of lines that say
    nothing else, `title_lines` those of type and subject."""

    number: str | None = None
    document_type: str | None = None
    issuer: str | None = None
    place: str | None = None
    issued: date | None = None
    subject: str = ""
    signer: str | None = None
    signer_position: str | None = None
    recipients: tuple[str, ...] = ()
    claimed: set[int] = field(default_factory=set)
    title_lines: set[int] = field(default_factory=set)

    @property
    def title(self) -> str:
        """Type and subject: "Quyết định Về việc phê duyệt …"; the subject alone for a letter."""
        if self.document_type in (None, "Công văn"):
            return self.subject
        if not self.subject:
            return self.document_type or ""
        if key(self.subject).startswith(key(self.document_type or "")):
            return self.subject
        return f"{self.document_type} {self.subject}"


def find_letterhead(lines: Sequence[Line]) -> Letterhead | None:
    """Read the form of an administrative document from the lines of a page; None if it has none.

    It has one if the national motto or the Party's name stands in the head, together with a number,
    a line of place and date or a type; or a number and a type without the motto.
    """
    head = [line for line in lines if not line.is_blank][:_HEAD]
    found = Letterhead()
    motto = _read_head(head, found)
    if not (found.number or found.issued or found.document_type):
        return None
    if not motto and not (found.number and (found.document_type or found.subject)):
        return None
    if found.document_type is None and found.number:
        found.document_type = _type_of_number(found.number) or "Công văn"
    _read_end([line for line in lines if not line.is_blank], found)
    return found


def _read_head(head: Sequence[Line], found: Letterhead) -> bool:
    motto = False
    issuer: list[str] = []
    begun = False  # the type or the body has been reached
    at = 0
    while at < len(head):
        line = head[at]
        raw = _unspaced(line.raw)
        if _RULE.match(raw):
            found.claimed.add(line.number)
            at += 1
            continue
        pieces = _pieces(raw)
        rest: list[str] = []
        for piece in pieces:
            if _is_motto(piece):
                motto = True
            elif (inside := _MOTTO_INSIDE.search(piece)) and inside.start():
                motto = True
                rest.append(piece[: inside.start()].strip())
            else:
                rest.append(piece)
        if len(rest) != len(pieces) or rest != pieces:
            found.claimed.add(line.number)
        for piece in rest:
            if found.number is None and (number := _number(piece)):
                found.number = number
                found.claimed.add(line.number)
                trailing = _PLACE_DATE.search(piece)
                if trailing:
                    _take_date(trailing, found)
                tail = piece[piece.find(number[-3:]) + 3 :].strip() if number[-3:] in piece else ""
                if _SUBJECT.match(tail):
                    at = _take_subject(head, at, tail, found)
            elif _BARE_NUMBER.match(piece) and not begun:
                found.claimed.add(line.number)
            elif found.issued is None and (dated := _PLACE_DATE.search(piece)) and len(piece) < 90:
                if dated.start() <= 2 or not begun:
                    _take_date(dated, found)
                    found.claimed.add(line.number)
            elif not found.subject and _SUBJECT.match(piece) and not begun and found.number:
                at = _take_subject(head, at, piece, found)
            elif (
                (kind := _type_line(piece))
                and not found.document_type
                and (motto or found.number or issuer)
            ):
                found.document_type, tail = kind
                begun = True
                found.title_lines.add(line.number)
                at = _take_title(head, at, tail, found)
            elif not begun and _is_body_name(piece) and (len(head) < 4 or at < 14):
                issuer.append(piece)
                found.claimed.add(line.number)
            elif _BODY_BEGINS.match(piece) or line.is_prose:
                begun = True
        if begun and (found.document_type or line.is_prose):
            break
        at += 1
    if motto or found.number:
        found.issuer = _issuer(issuer)
    else:
        found.claimed.clear()
    return motto


def _pieces(raw: str) -> list[str]:
    """The columns of a line: split at wide gaps, if one of them belongs to a letterhead."""
    pieces = [piece.strip() for piece in _SIDE_BY_SIDE.split(raw) if piece.strip()]
    if len(pieces) > 1 and any(
        _is_motto(p) or _number(p) or _PLACE_DATE.search(p) or _is_body_name(p) for p in pieces
    ):
        return pieces
    text = " ".join(raw.split())
    # "Số: 12/QĐ-UBND Nam Định, ngày 15 tháng 3 năm 2022" on one line with one space
    if (number := _NUMBER.match(text)) and (dated := _PLACE_DATE.search(text, number.end())):
        return [text[: number.end()], text[number.end() :].strip()] if dated else [text]
    return [text] if text else []


def _unspaced(raw: str) -> str:
    """Letters set apart ("Q U Y Ế T  Đ Ị N H") as words."""
    if re.fullmatch(r"(?:\w ){3,}\w(?: {2,}(?:\w )*\w)*", raw.strip()):
        return " ".join(part.replace(" ", "") for part in re.split(r" {2,}", raw.strip()))
    return raw


def _is_motto(piece: str) -> bool:
    bare = key(piece).strip(" .-–—_*")
    return (
        bare in _MOTTOS or bare == _PARTY or bool(_SECOND_MOTTO.fullmatch(piece.strip(" .-–—_*")))
    )


def _number(piece: str) -> str | None:
    match = _NUMBER.match(piece)
    if not match or len(piece) > 140:
        return None
    head = (match["head"] or "").strip()
    if head and key(head) not in _TYPE_KEYS:
        return None
    number = re.sub(r"\s*([/-])\s*", r"\1", match["number"]).strip(" .")
    return number if number[:1].isdigit() else None


def _type_of_number(number: str) -> str | None:
    for part in re.split(r"[/-]", number)[1:]:
        if kind := _TYPE_CODES.get(part) or (
            _TYPE_CODES["QH"] if re.match(r"QH\d", part) else None
        ):
            return kind
    return None


def _take_date(match: re.Match[str], found: Letterhead) -> None:
    try:
        year, month, day = int(match["y"]), match["m"], match["d"]
        if day and month:
            found.issued = date(year, int(month), int(day))
        elif month:
            found.issued = PartialDate(year, int(month))
        else:
            found.issued = PartialDate(year)
    except ValueError:
        return
    found.place = match["place"].strip()


def _type_line(piece: str) -> tuple[str, str] | None:
    """The type that a line in capitals (or a line of its own) names, and what follows it there."""
    text = piece.strip(" :.*-–")
    if kind := _TYPE_KEYS.get(key(text)):
        return (kind, "") if text[:1].isupper() else None
    for known, name in sorted(_TYPE_KEYS.items(), key=lambda item: -len(item[0])):
        head = text[: len(name)]
        if key(head) == known and len(text) > len(name) and not text[len(name)].isalnum():
            tail = text[len(name) :].strip(" :")
            if head.isupper() and (tail.isupper() or _SUBJECT.match(tail)):
                return name, tail
    return None


def _take_title(head: Sequence[Line], at: int, tail: str, found: Letterhead) -> int:
    """Collect the subject below the type: neighbouring lines up to the body. Returns the last."""
    parts = [tail] if tail else []
    last = head[at].number
    while at + 1 < len(head):
        line = head[at + 1]
        text = " ".join(line.raw.split())
        if _RULE.match(text):
            found.claimed.add(line.number)
            at += 1
            if parts:
                break
            continue
        gap = line.number > last + 1
        if _BODY_BEGINS.match(text) or text.endswith(";") or _is_issuer_again(text, found):
            break
        if parts and (gap or (line.is_prose and line.ends_sentence) or len(" ".join(parts)) > 600):
            break
        if not parts and line.is_prose and line.ends_sentence and not _SUBJECT.match(text):
            break
        if parts and parts[-1].isupper() is False and text.isupper():
            break
        parts.append(text)
        found.title_lines.add(line.number)
        last = line.number
        at += 1
    subject = " ".join(parts).strip(" .")
    if subject.isupper():
        subject = recase(subject)
    if subject:
        found.subject = subject
    return at


def _take_subject(head: Sequence[Line], at: int, piece: str, found: Letterhead) -> int:
    """Collect the subject of a letter (V/v …), which may be broken over lines."""
    parts = [_SUBJECT.sub("", piece).strip()]
    found.title_lines.add(head[at].number)
    while at + 1 < len(head) and head[at + 1].number == head[at].number + 1:
        line = head[at + 1]
        text = " ".join(line.raw.split())
        if (
            _BODY_BEGINS.match(text)
            or _PLACE_DATE.search(text)
            or _is_motto(text)
            or (line.is_prose and len(text) > 160)
        ):
            break
        parts.append(text)
        found.title_lines.add(line.number)
        at += 1
    subject = " ".join(parts).strip(" .")
    found.subject = f"Về việc {subject}" if subject else ""
    return at


def _is_issuer_again(text: str, found: Letterhead) -> bool:
    """The office that decides, in capitals above the body: CHỦ TỊCH ỦY BAN NHÂN DÂN …"""
    return text.isupper() and bool(
        _POSITION.match(text)
        or re.match(r"^(?:ỦY|UỶ) BAN|^HỘI ĐỒNG|^QUỐC HỘI|^CHÍNH PHỦ|^BỘ |^BAN ", text)
    )


_BODIES = re.compile(
    r"^(?:ủy ban|uỷ ban|ubnd|hđnd|hội đồng|quốc hội|chính phủ|thủ tướng|chủ tịch nước|bộ "
    r"|sở |cục |chi cục|tổng cục"
    r"|vụ |ban |phòng |văn phòng|thanh tra|tòa án|toà án|viện |kho bạc|bảo hiểm|ngân hàng"
    r"|trường |đại học|học viện"
    r"|bệnh viện|trung tâm|công ty|tổng công ty|tập đoàn|tỉnh ủy|tỉnh uỷ|thành ủy|thành uỷ"
    r"|huyện ủy|huyện uỷ|quận ủy"
    r"|thị ủy|đảng ủy|đảng uỷ|đảng bộ|chi bộ|mặt trận|ubmttq|hội |liên đoàn|công đoàn"
    r"|đoàn |công an|bộ chỉ huy|kiểm toán"
    r"|tỉnh |thành phố |huyện |quận |thị xã |xã |phường |thị trấn |tổ |hạt )",
    re.IGNORECASE,
)


def _is_body_name(piece: str) -> bool:
    """An office in capitals, as letterheads write it, or its continuation (TỈNH NAM ĐỊNH)."""
    letters = [c for c in piece if c.isalpha()]
    if not letters or len(piece) > 90 or sum(c.isupper() for c in letters) < 0.9 * len(letters):
        return False
    return bool(_BODIES.match(piece)) and _type_line(piece) is None


def _issuer(parts: Sequence[str]) -> str | None:
    """The office that issues: the last of those named, each joined with what continues it."""
    offices: list[str] = []
    for part in parts:
        text = part.strip(" .*-–—")
        if offices and _CONTINUES.match(text):
            offices[-1] = f"{offices[-1]} {text}"
        elif text:
            offices.append(text)
    return recase(offices[-1]) if offices else None


def _read_end(lines: Sequence[Line], found: Letterhead) -> None:
    """Signer and recipients, from the last lines."""
    tail = lines[-60:]
    begin = next(
        (at for at in range(len(tail) - 1, -1, -1) if _RECIPIENTS.match(tail[at].text)), None
    )
    if begin is not None:
        recipients = []
        after = _RECIPIENTS.sub("", tail[begin].text).strip()
        if after:
            recipients.append(after)
        for line in tail[begin + 1 :]:
            text = line.text
            if not text.startswith(("-", "–", "+", "•")) and not text.endswith((";", ".")):
                break
            recipients.append(text.strip(" -–+•;."))
        found.recipients = tuple(r for r in recipients if r)
    for at, line in enumerate(tail):
        text = line.text
        if not (_AUTHORITY.match(text) or (text.isupper() and _POSITION.match(text))):
            continue
        position = [_AUTHORITY.sub("", text)]
        for later in tail[at + 1 : at + 8]:
            if later.text.isupper() and len(later.text.split()) <= 12 and not _is_name(later.text):
                position.append(_AUTHORITY.sub("", later.text))
            elif _is_name(later.text):
                found.signer = " ".join(word.capitalize() for word in _name_of(later.text).split())
                titles = [p for p in position if _POSITION.match(p)] or position[-1:]
                found.signer_position = recase(titles[-1])
                break
            elif later.is_prose:
                break
        if found.signer:
            return


_RANKS = re.compile(
    r"^(?:GS|PGS|TS|ThS|BS|KS|Đại tá|Thượng tá|Trung tá|Thiếu tướng|Trung tướng)[.\s]+",
    re.IGNORECASE,
)


def _name_of(text: str) -> str:
    text = re.sub(r"\(.*?\)", "", text).strip(" .")
    while shorter := _RANKS.sub("", text):
        if shorter == text:
            break
        text = shorter
    return text


def _is_name(text: str) -> bool:
    words = _name_of(text).split()
    return (
        2 <= len(words) <= 5
        and all(word.isalpha() and word[0].isupper() for word in words)
        and key(words[0]) in surnames()
    )


def effect(text: str, issued: date | None) -> tuple[date | None, date | None]:
    """Return (date from which, date until which) a document says that it is in force."""

    def day(match: re.Match[str] | None) -> date | None:
        if match is None:
            return None
        try:
            return date(int(match["y"]), int(match["m"]), int(match["d"]))
        except ValueError:
            return None

    begins = _EFFECT.search(text)
    since = issued if begins and begins["signed"] else day(begins)
    return since, day(_EXPIRY.search(text))
