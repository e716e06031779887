"""Find the letterhead of an administrative or legal document, whose layout is fixed by decree.

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

from indexer.analysis.orthography import is_syllable, place_tones
from indexer.documents.rules.administrative.in_force import day_of
from indexer.documents.rules.administrative.office_names import (
    BODIES,
    POSITION,
    join_offices,
    same_office,
)
from indexer.documents.rules.administrative.signing import COLUMN_GAP, Signing, read_end
from indexer.documents.rules.administrative.type_names import (
    DATED_INSIDE,
    TYPE_CODES,
    TYPE_KEYS,
    WITHOUT_SUBJECT,
)
from indexer.documents.rules.masthead import recase
from indexer.documents.text.dates import possible_date
from indexer.documents.text.lines import Line
from indexer.documents.text.text_keys import key

_MOTTOS = frozenset(map(key, ("cộng hòa xã hội chủ nghĩa việt nam", "việt nam dân chủ cộng hòa")))
_SECOND_MOTTO = re.compile(r"độc lập\W+tự do\W+hạnh phúc", re.IGNORECASE)
_PARTY = key("Đảng Cộng sản Việt Nam")
MOTTO_INSIDE = re.compile(
    r"(?:cộng h(?:òa|oà) xã hội chủ nghĩa việt nam|việt nam dân chủ cộng h(?:òa|oà)"
    r"|độc lập\s*[-–—]\s*tự do\s*[-–—]\s*hạnh phúc|đảng cộng sản việt nam)(?:[\s.*_=–—-]+|$)",
    re.IGNORECASE,
)
NUMBER = re.compile(
    r"^[(*]?(?P<head>(?:[^\W\d_]+ ){0,4})?số(?: hiệu)?\s*[:.]?\s*"
    r"(?P<number>(?:\d{1,5}[a-zđ]?|[.…_\s]*)\s*"
    r"(?:(?:[/-]\s*(?:19|20)\d\d)?\s*[/–-]\s*[A-ZĐƯ][\w.&]*(?:\s?[–/-]\s?[A-ZĐƯ][\w.&]*)*"
    r"|(?-i:(?<=\d) ?[A-ZĐƯ]{2,}[/–-][A-ZĐƯ][\w.&]*)))\)?",
    re.IGNORECASE,
)
"""Matches the number of a document, also as written up to the 1990s: "Số 123 QĐ/UB"."""
_BARE_NUMBER = re.compile(r"^số\s*[:.]?\s*(?P<number>\d{1,5}(?:\s*/\s*\d{4})?)\s*$", re.IGNORECASE)
PLACE_DATE = re.compile(
    r"(?:(?P<place>[^\W\d_][^,;:()/]{1,40}?)(?:,\s*|\s+)(?=ngày|\d)|^(?=ngày\b))"
    r"(?:ngày\s*(?P<d>\d{1,2})?[\s.…_]*tháng\s*(?P<m>\d{1,2})?[\s.…_]*năm\s*(?P<y>\d{4})"
    r"|(?:ngày\s*)?(?P<d2>\d{1,2})\s?[/.-]\s?(?P<m2>\d{1,2})\s?[/.-]\s?(?P<y2>\d{4}))\s*\.?\s*$",
    re.IGNORECASE,
)
_DATE_GAPS = re.compile(r"(ngày)\s+(\d{0,2})\s*(tháng)\s*(\d{0,2})\s*(năm)", re.IGNORECASE)
_NUMBER_GAPS = re.compile(
    r"(\bsố\s?:?)\s+(\d{0,5})\s*(?=[/-]\s?[A-ZĐ]|[/-](?:19|20)\d\d)", re.IGNORECASE
)
"""Matches the gap in a document number that a form leaves for handwriting: "Số:     /QĐ-UBND"."""
SUBJECT = re.compile(r"^(?:v/v|về việc|trích yếu)\s*:?\s*", re.IGNORECASE)
RULE = re.compile(r"^[\s\-–—_*=.~|]+$")
_PROSE_BEGINS = re.compile(r"^(?:thực hiện|để|nhằm)\b", re.IGNORECASE)
"""Matches the beginning of a sentence of the body; a subject may begin so too, but is no prose."""
_BODY_BEGINS = re.compile(
    r"^(?:căn cứ|kính gửi|xét đề nghị|theo đề nghị|phần (?:thứ"
    r"|[ivx\d])|chương [ivx\d]"
    r"|điều \d|mục [ivx\d]|[ivx]+\.|\d+\.|[a-z]\)|-|\+|hôm nay)",
    re.IGNORECASE,
)
_HEAD = 60
"""Greatest number of lines of a letterhead."""
_FIRST_LINES = 400
"""Number of lines at the top of a page that may have the motto: no portal has a longer menu."""
_ABOVE_MOTTO = 8
"""Number of lines above the motto that can have the issuing body, its superiors, number, date."""
_TODAY = re.compile(
    r"^hôm nay,?.{0,40}?\bngày (?P<d>\d{1,2})"
    r"(?:[/.-]| tháng )(?P<m>\d{1,2})(?:[/.-]| năm )(?P<y>\d{4})",
    re.IGNORECASE,
)
"""Matches the first sentence of contracts and minutes, which states their date."""
_ATTACHED = re.compile(r"^\((?:được )?(?:ban hành )?kèm theo\b", re.IGNORECASE)
"""Matches "(Ban hành kèm theo …)", below the title of a regulation that a decision promulgates."""
_URGENCY = frozenset(
    (
        "MẬT",
        "TỐI MẬT",
        "TUYỆT MẬT",
        "KHẨN",
        "THƯỢNG KHẨN",
        "HỎA TỐC",
        "HOẢ TỐC",
        "DỰ THẢO",
        "BẢN SAO",
    )
)
"""What may be stamped below the name of an office."""
_STAMP = re.compile(
    r"^(?:ký bởi|người ký|được ký bởi|ký số bởi|digitally signed by|signature not verified"
    r"|signature valid|email|cơ quan|thời gian ký|ngày ký|chức vụ|date|reason|location)\s*(?::|$)",
    re.IGNORECASE,
)
_STAMPED = re.compile(r"^(?:ký bởi|người ký|được ký|ký số|digitally|signature)", re.IGNORECASE)


@dataclass(slots=True)
class Letterhead:
    """The fields that the layout of an administrative document states; None or empty if not stated.

    Attributes
    ----------
    number : the number with its letters, "15/2023/QĐ-UBND".
    document_type : the type in one of the spellings of `type_names.TYPES`.
    type_of_code : the type that the letters in the number stand for.
    issuer, superior : the issuing body, and the body above it.
    place, issued : the place and the date of issue.
    subject : what the document is about, as written below its type or after "V/v".
    signing : the signer and the recipients at the end.
    claimed : the numbers of the lines that contain nothing but these fields.
    title_lines : the numbers of the lines with the type and the subject.
    """

    number: str | None = None
    document_type: str | None = None
    type_of_code: str | None = None
    issuer: str | None = None
    superior: str | None = None
    place: str | None = None
    issued: date | None = None
    subject: str = ""
    signing: Signing = field(default_factory=Signing)
    claimed: set[int] = field(default_factory=set)
    title_lines: set[int] = field(default_factory=set)

    @property
    def title(self) -> str:
        """Type and subject ("Quyết định Về việc …"); the subject of a letter; "" if not known."""
        if self.document_type in (None, "Công văn"):
            return self.subject
        if not self.subject:
            return self.document_type or ""
        if key(self.subject).startswith(key(self.document_type or "")):
            return self.subject
        return f"{self.document_type} {self.subject}"


def find_letterhead(lines: Sequence[Line]) -> Letterhead | None:
    """Return the letterhead of the administrative document on a page; None if the page has none.

    A page has one if its head contains the national motto or the name of the Party, together with a
    number, a type, or a line of place and date. Without the motto, a number with a type (or subject
    and issuer or date) is enough, unless the head has several numbers: then it only cites them. An
    attachment ("Ban hành kèm theo …") needs only its type; it has no number and date.
    """
    written = [line for line in lines if not line.is_blank]
    at_motto = _motto_line(written)
    begin = max(0, at_motto - _ABOVE_MOTTO) if at_motto is not None else 0
    head = written[begin : begin + _HEAD]
    found = Letterhead()
    motto = _read_head(head, found, at_motto - begin if at_motto is not None else None)
    if not (found.number or found.issued or found.document_type):
        return None
    attached = not motto and _is_attached(head)
    if attached:
        found.number = found.issued = None
    elif not motto:
        stated = found.issuer or found.issued
        if not found.number or not (found.document_type or (found.subject and stated)):
            return None
        numbers = {number[0] for line in head if (number := _number(line.text))}
        if len(numbers) > 1:
            return None
    if found.document_type is None:
        found.document_type = found.type_of_code or ("Công văn" if found.number else None)
    if found.issued is None and found.document_type in DATED_INSIDE:
        opening = (_TODAY.search(line.text) for line in head)
        if today := next((match for match in opening if match), None):
            found.issued = day_of(today)
    _claim_stamps(written, found)
    found.signing = read_end(written)
    return found


def _is_attached(head: Sequence[Line]) -> bool:
    """Return True for the head of an attachment: a type in capitals, then "(Ban hành kèm theo"."""
    opens = next((at for at, line in enumerate(head[:6]) if _type_line(line.text)), None)
    if opens is None or not head[opens].text.split()[0].isupper():
        return False
    return any(_ATTACHED.match(line.text) for line in head[opens + 1 : opens + 8])


def _motto_line(written: Sequence[Line]) -> int | None:
    """Return the index in `written` of the first line with the motto above the text, or None."""
    for at, line in enumerate(written[:_FIRST_LINES]):
        if any(is_motto(p) or _without_motto(p) is not None for p in _pieces(line.raw)):
            return at
        if _broken_motto(written, at):
            return at
        if line.is_prose:
            return None
    return None


def _broken_motto(lines: Sequence[Line], at: int) -> int:
    """Return the number of lines over which a motto that begins at `lines[at]` is broken, or 0."""
    if lines[at].word_count > 8:
        return 0
    for count in (2, 3):
        text = " ".join(line.text for line in lines[at : at + count])
        if len(text) < 60 and is_motto(text) and not is_motto(lines[at].text):
            return count
    return 0


def _read_head(head: Sequence[Line], found: Letterhead, at_motto: int | None) -> bool:
    motto = False
    attached = at_motto is None and _is_attached(head)
    issuer: list[tuple[int, str]] = []
    begun = False  # the type or the body has been reached
    at = 0
    while at < len(head):
        line = head[at]
        raw = _unspaced(line.raw)
        if RULE.match(raw):
            found.claimed.add(line.number)
            at += 1
            continue
        if broken := _broken_motto(head, at):
            motto = True
            found.claimed.update(each.number for each in head[at : at + broken])
            at += broken
            continue
        said = True  # every piece of the line is a part of the letterhead
        pieces: list[str] = []
        for piece in _pieces(raw):
            if is_motto(piece):
                motto = True
            elif (rest := _without_motto(piece)) is not None:
                motto = True
                pieces += rest
            else:
                pieces.append(piece)
        here = at
        for piece in pieces:
            if RULE.match(piece):
                continue
            if found.number is None and (number := _number(piece)):
                tail = piece[number[2] :].strip(" ,.;")
                dated = PLACE_DATE.search(tail) if tail else None
                cites = at_motto is None and number[1] and ":" not in piece[: number[2]]
                if cites or (tail and not dated and not SUBJECT.match(tail)):
                    said = False  # "Quyết định số 12/QĐ-UBND của …"
                    begun = begun or line.is_prose
                    continue
                _take_number(number, found)
                if dated and found.issued is None:
                    _take_date(dated, found)
                if SUBJECT.match(tail):
                    at = _take_subject(head, at, tail, found)
            elif _BARE_NUMBER.match(piece) and not begun:
                pass
            elif (
                found.issued is None
                and (dated := PLACE_DATE.search(piece))
                and dated.start() <= 2
                and len(piece) < 90
                and (dated["place"] or motto or found.number)
                and not _BODY_BEGINS.match(piece)
            ):
                _take_date(dated, found)
            elif (
                not found.subject
                and SUBJECT.match(piece)
                and not begun
                and (found.number or found.type_of_code)
            ):
                at = _take_subject(head, at, piece, found)
            elif (
                (kind := _type_line(piece))
                and not found.document_type
                and (at_motto is None or at >= at_motto)
                and (motto or found.number or (issuer and piece.isupper()) or attached)
            ):
                found.document_type, tail = kind
                begun = True
                said = False
                found.title_lines.add(line.number)
                at = _take_title(head, at, tail, found)
            elif not begun and (len(head) < 4 or at < 14) and _is_office(piece, line, issuer):
                if issuer and not _is_body_name(piece):
                    piece = f"{issuer.pop()[1]} {piece}"
                issuer.append((line.number, piece))
            else:
                said = False
                if at_motto is None or at >= at_motto:  # above is the menu of a portal
                    begun = begun or line.is_prose or _begins_body(piece)
        if said:
            found.claimed.add(head[here].number)
        if begun and (found.document_type or line.is_prose):
            break
        at += 1
    if motto or found.number or attached:
        offices = join_offices([piece for _, piece in issuer])
        found.issuer = offices[-1] if offices else None
        others = [office for office in offices[:-1] if not same_office(office, offices[-1])]
        found.superior = others[-1] if others else None
    else:
        found.claimed.clear()
    return motto


def _begins_body(piece: str) -> bool:
    return bool(_BODY_BEGINS.match(piece) or _PROSE_BEGINS.match(piece))


def _is_office(piece: str, line: Line, issuer: Sequence[tuple[int, str]]) -> bool:
    """Return True for an office in capitals, or for a piece that continues the name above it.

    `issuer` has (number of the line, text) of the names found so far; `line` is that of `piece`.
    """
    if _is_body_name(piece):
        return True
    letters = [char for char in piece if char.isalpha()]
    return (
        bool(issuer)
        and line.number - issuer[-1][0] == 1
        and len(piece) < 60
        and piece not in _URGENCY
        and all(map(str.isupper, letters))
        and not any(map(str.isdigit, piece))
        and _type_line(piece) is None
        and not POSITION.match(piece)
        and not is_motto(piece)
        and "CỘNG H" not in piece
    )


def _claim_stamps(written: Sequence[Line], found: Letterhead) -> None:
    """Claim lines of a digital signature: two or more in a row, one with the signer ("Ký bởi")."""
    group: list[Line] = []
    for line in [*written, None]:
        if line is not None and len(line.text) < 160 and _STAMP.match(line.text):
            group.append(line)
            continue
        if len(group) > 1 and any(_STAMPED.match(each.text) for each in group):
            found.claimed.update(each.number for each in group)
        group = []


def _pieces(raw: str) -> list[str]:
    """Return the columns, or number and date, of a line of a letterhead; any other line whole."""
    raw = _NUMBER_GAPS.sub(r"\1 \2", _DATE_GAPS.sub(r"\1 \2 \3 \4 \5", raw))
    pieces = [piece.strip() for piece in COLUMN_GAP.split(raw) if piece.strip()]
    if len(pieces) > 1 and any(
        is_motto(p) or _number(p) or PLACE_DATE.search(p) or _is_body_name(p) for p in pieces
    ):
        return pieces
    text = " ".join(raw.split())
    # "Số: 12/QĐ-UBND Nam Định, ngày 15 tháng 3 năm 2022" on one line with one space
    if (number := NUMBER.match(text)) and PLACE_DATE.search(text[number.end() :].strip()):
        return [text[: number.end()], text[number.end() :].strip()]
    return [text] if text else []


def _unspaced(raw: str) -> str:
    """Join the letters of a letter-spaced line: "Q U Y Ế T Đ Ị N H" becomes "QUYẾT ĐỊNH"."""
    text = raw.strip()
    if not re.fullmatch(r"\w(?:\s+\w){3,}", text) or text.isdigit():
        return raw
    words = [re.sub(r"\s", "", part) for part in re.split(r"\s{2,}", text)]
    if len(words) == 1 and (kind := TYPE_KEYS.get(_joined(key(words[0])))):
        return kind.upper()
    by_letters = {_joined(known): name for known, name in TYPE_KEYS.items()}
    if len(words) == 1 and (kind := by_letters.get(_joined(key(words[0])))):
        return kind.upper()
    return " ".join(words)


def _joined(text: str) -> str:
    return text.replace(" ", "")


def is_motto(piece: str) -> bool:
    """Return True if a piece of a line is the national motto, or the name of the Party."""
    bare = key(piece).strip(" .-–—_*")
    return (
        bare in _MOTTOS or bare == _PARTY or bool(_SECOND_MOTTO.fullmatch(piece.strip(" .-–—_*")))
    )


def _without_motto(piece: str) -> list[str] | None:
    """Return what a piece has beside the motto (offices, a number, a place with a date), or None if
    it has no motto, or anything else, such as a sentence about the country."""
    if len(piece) > 240 or not MOTTO_INSIDE.search(piece):
        return None
    rest = [part.strip() for part in MOTTO_INSIDE.split(piece)]
    rest = [part for part in rest if part and not RULE.match(part)]
    for part in rest:
        if not (_is_body_name(part.strip(" -–—_*")) or _number(part) or PLACE_DATE.match(part)):
            return None
    return rest


def _number(piece: str) -> tuple[str, str, int] | None:
    """Return (number, type, end) of the document number that begins `piece`; None without one.

    The number has its letters ("31/2024/QH15"); of a draft it is the letters alone ("/QĐ-UBND").
    The type is that named before it, or "". `end` is the offset in `piece` after the number.
    """
    match = NUMBER.match(piece)
    if not match or len(piece) > 240:
        return None
    head = (match["head"] or "").strip()
    if head and key(head) not in TYPE_KEYS:
        return None
    number = re.sub(r"\s*([/–-])\s*", r"\1", match["number"]).replace("–", "-").strip(" .")
    return number, TYPE_KEYS.get(key(head), ""), match.end()


def _take_number(read: tuple[str, str, int], found: Letterhead) -> None:
    number, kind, _ = read
    if number[:1].isdigit():
        found.number = number
    found.type_of_code = kind or _type_of_number(number) or found.type_of_code


def _type_of_number(number: str) -> str | None:
    for part in re.split(r"[/ -]", number)[1:]:
        if kind := TYPE_CODES.get(part) or (TYPE_CODES["QH"] if re.match(r"QH\d", part) else None):
            return kind
    return None


def _take_date(match: re.Match[str], found: Letterhead) -> None:
    year, month, day = (
        int(value) if (value := match[part] or match[f"{part}2"]) else None for part in "ymd"
    )
    found.issued = possible_date(year or 0, month, day)
    if found.issued and match["place"]:
        found.place = match["place"].strip()


def _type_line(piece: str) -> tuple[str, str] | None:
    """Return the type (of TYPES) that begins a piece of a line, and the text after it, or None.

    It must be all of the piece, with a capital first, or in capitals before others or a subject.
    """
    text = piece.strip(" :.*-–")
    if kind := TYPE_KEYS.get(key(text)):
        return (kind, "") if text[:1].isupper() else None
    if BODIES.match(text) and not text.upper().startswith("BỘ LUẬT"):
        return None  # "THƯ VIỆN TỈNH" is no letter ("Thư")
    for known, name in sorted(TYPE_KEYS.items(), key=lambda item: -len(item[0])):
        head = text[: len(name)]
        if key(head) == known and len(text) > len(name) and not text[len(name)].isalnum():
            tail = text[len(name) :].strip(" :")
            if head.isupper() and (tail.isupper() or SUBJECT.match(tail)):
                return name, tail
    return None


def _take_title(head: Sequence[Line], at: int, tail: str, found: Letterhead) -> int:
    """Store the subject below the type in `found`; return the index in `head` of its last line.

    `at` is the index of the line with the type, `tail` the text after the type there.
    """
    parts = [tail] if tail else []
    last = head[at].number
    while at + 1 < len(head):
        line = head[at + 1]
        text = " ".join(line.raw.split())
        if RULE.match(text):
            found.claimed.add(line.number)
            at += 1
            if parts:
                break
            continue
        gap = line.number > last + 1
        if found.number is None and (number := _number(text)) and not text[number[2] :].strip():
            _take_number(number, found)  # contracts have it below the type
            found.claimed.add(line.number)
            at += 1
            if parts:
                break
            continue
        if found.issued is None and (dated := PLACE_DATE.match(text)):
            _take_date(dated, found)
            found.claimed.add(line.number)
            at += 1
            if parts:
                break
            continue
        if text.startswith("(") or (_PROSE_BEGINS.match(text) and line.is_prose):
            break  # "(Ban hành kèm theo Quyết định …)"
        if parts and (line.is_prose or line.ends_sentence) and text[:1].isupper():
            break
        if _BODY_BEGINS.match(text) or text[-1] in ";:" or _is_issuer_again(text):
            break
        if line.ends_sentence and found.document_type in WITHOUT_SUBJECT:
            break
        if parts and (gap or (line.is_prose and line.ends_sentence) or len(" ".join(parts)) > 600):
            break
        if not parts and line.is_prose and line.ends_sentence and not SUBJECT.match(text):
            break
        if parts and parts[-1].isupper() is False and text.isupper():
            break
        parts.append(text)
        found.title_lines.add(line.number)
        last = line.number
        at += 1
    subject = " ".join(parts).strip(" .")
    if subject.isupper():
        subject = _small_letters(subject)
    if subject:
        found.subject = subject
    return at


def _small_letters(text: str) -> str:
    """Return a subject in small letters, except names of places, abbreviations, Roman numbers."""
    words: list[str] = []
    for word in text.split():
        bare = word.strip('.,;:()"“”')
        roman = re.fullmatch(r"[IVX]+", bare) and (
            bare not in ("VI", "XI") or (words and words[-1].lower() in _ORDINALS)
        )
        keeps = roman or (bare.isupper() and not _is_spelled(bare))
        words.append(word if keeps else word.lower())
    return recase(" ".join(words))


_ORDINALS = frozenset(("quý", "lần", "khóa", "khoá", "kỳ", "thứ", "hạng", "nhóm", "phần", "đợt"))


def _is_spelled(word: str) -> bool:
    """Return True if a word is no abbreviation: it is a syllable, or has signs or digits."""
    return not word.isalpha() or is_syllable(place_tones(word.lower()))


def _take_subject(head: Sequence[Line], at: int, piece: str, found: Letterhead) -> int:
    """Store the subject of a letter ("V/v …") in `found`; return the index of its last line.

    `at` is the index in `head` of its first line, `piece` its text there.
    """
    parts = [SUBJECT.sub("", piece).strip()]
    found.title_lines.add(head[at].number)
    while at + 1 < len(head) and head[at + 1].number == head[at].number + 1:
        line = head[at + 1]
        text = " ".join(line.raw.split())
        if (
            _BODY_BEGINS.match(text)
            or RULE.match(text)
            or _type_line(text)
            or (_is_body_name(text) and text.isupper())
            or PLACE_DATE.match(text)
            or is_motto(text)
            or (line.is_prose and (len(text) > 160 or text[0].isupper()))
        ):
            break
        parts.append(text)
        found.title_lines.add(line.number)
        at += 1
    subject = " ".join(parts).strip(" .")
    found.subject = f"Về việc {subject}" if subject else ""
    return at


def _is_issuer_again(text: str) -> bool:
    """Return True if a line in capitals begins like an office or a position, as of the issuer."""
    return text.isupper() and bool(
        POSITION.match(text)
        or re.match(r"^(?:ỦY|UỶ) BAN|^HỘI ĐỒNG|^QUỐC HỘI|^CHÍNH PHỦ|^BỘ |^BAN ", text)
    )


def _is_body_name(piece: str) -> bool:
    """Return True if a piece names an office or its place ("TỈNH …"), has 90 characters at most,
    90 % of its letters capitals, and is no type of document."""
    letters = [c for c in piece if c.isalpha()]
    if not letters or len(piece) > 90 or sum(c.isupper() for c in letters) < 0.9 * len(letters):
        return False
    return bool(BODIES.match(piece)) and _type_line(piece) is None
