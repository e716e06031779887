"""The end of an administrative document: who signed it, in which position, and who receives it.

    Nơi nhận:                       TM. ỦY BAN NHÂN DÂN
    - Như Điều 3;                       KT. CHỦ TỊCH
    - Lưu: VT.                          PHÓ CHỦ TỊCH
                                        Trần Văn Mẫu

Source: decree 30/2020/NĐ-CP, annex I. The columns stand side by side or one below the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.documents.rules.administrative.office_names import BODIES, POSITION, office_name
from indexer.documents.text.honorifics import surnames
from indexer.documents.text.lines import Line
from indexer.documents.text.text_keys import key


@dataclass(slots=True)
class Signing:
    """The signer, the position of the signer, and the recipients of a document.

    The first two are None, and the recipients empty, if not stated. A document of several offices
    has further signers in `cosigners`.
    """

    signer: str | None = None
    cosigners: tuple[str, ...] = ()
    signer_position: str | None = None
    recipients: tuple[str, ...] = ()


COLUMN_GAP = re.compile(r"\s{3,}|\t|\s*\|\s*")
"""Matches what separates two columns: three or more spaces, a tab, or "|"."""
AUTHORITY = re.compile(r"^(?:TM|KT|TL|TUQ|Q|T/M|K/T|T/L)\s*\.\s*", re.IGNORECASE)
_POSITION_INSIDE = re.compile(
    r"\b(?:(?:KT|TL|TUQ|Q)\s*\.\s*|QUYỀN\s+|PHÓ\s+)?"
    r"(?:CHỦ TỊCH|TỔNG GIÁM ĐỐC|GIÁM ĐỐC|BỘ TRƯỞNG|THỨ TRƯỞNG"
    r"|THỦ TƯỚNG|(?:(?:CHI|TỔNG) )?CỤC TRƯỞNG|CHỦ (?:TỌA|TOẠ)|VỤ TRƯỞNG"
    r"|VIỆN TRƯỞNG|HIỆU TRƯỞNG|CHÁNH|BÍ THƯ|TRƯỞNG (?:BAN|PHÒNG))"
)
_RECIPIENTS = re.compile(r"^nơi nhận\s*:?", re.IGNORECASE)
_END = 60
"""Number of lines at the end of a document that are examined: signers and a long list of
recipients."""
_RANKS = re.compile(
    r"^(?:GS|PGS|TS|ThS|BS|KS|CN|Luật sư|(?:Đại|Thượng|Trung|Thiếu) (?:tướng|tá|úy))[.,\s]+",
    re.IGNORECASE,
)


def read_end(lines: Sequence[Line]) -> Signing:
    """Return the signer and the recipients from the last lines of a document.

    The two may stand side by side or one below the other. `lines` has no blank lines.
    """
    found = Signing()
    tail = [(line, _columns(line)) for line in lines[-_END:]]
    begin = next(
        (at for at in range(len(tail) - 1, -1, -1) if _RECIPIENTS.match(tail[at][0].text)), None
    )
    signing: list[tuple[Line, str]] = []
    recipients: list[str] = []
    listing = beside = False
    for at, (line, columns) in enumerate(tail):
        if at == begin:
            listing = True
            first = _RECIPIENTS.sub("", columns[0]).strip()
            if first:
                recipients.append(first)
        elif listing and (
            columns[0].startswith(("-", "–", "+", "•"))
            or (columns[0].endswith((";", ".")) and not columns[0].isupper())
            or (recipients and recipients[-1][-1] not in ";." and columns[0][0].islower())
        ):
            if columns[0][0].islower() and recipients:
                recipients[-1] = f"{recipients[-1]} {columns[0]}"
            else:
                recipients.append(columns[0])
        else:
            signing.append((line, columns[0]))
            listing = listing and beside
        if begin is not None and at >= begin and len(columns) > 1:
            listing = beside = True  # the signer's lines stand in the right column from here on
        signing += [(line, column) for column in columns[1:]]
    signing = [(line, part) for line, text in signing for part in _signing_lines(text)]
    recipients = [part for text in recipients for part in re.split(r"(?<=[;.]) (?=[-–+•] )", text)]
    found.recipients = tuple(text for r in recipients if (text := r.strip(" -–+•;.")))
    for at, (_, text) in enumerate(signing):
        if not (AUTHORITY.match(text) or (text.isupper() and POSITION.match(text))):
            continue
        position = [AUTHORITY.sub("", text)]
        for later, name in signing[at + 1 : at + 9]:
            if name.isupper() and len(name.split()) <= 12 and not is_name(name):
                position.append(AUTHORITY.sub("", name))
            elif is_name(name) or may_be_name(name):
                words = _name_of(name).split()
                signer = " ".join(w.capitalize() if w.isupper() else w for w in words)
                if found.signer is None:
                    found.signer = signer
                    titles = [p for p in position if POSITION.match(p)] or position[-1:]
                    found.signer_position = office_name(titles[-1])
                elif signer not in (found.signer, *found.cosigners):
                    found.cosigners += (signer,)
                break
            elif later.is_prose:
                break
    return found


def _columns(line: Line) -> list[str]:
    """Return the texts of the columns of a line, from left to right; one for a line without
    COLUMN_GAP."""
    columns = [" ".join(part.split()) for part in COLUMN_GAP.split(line.raw) if part.strip()]
    return columns or [line.text]


def _signing_lines(text: str) -> list[str]:
    """Split the office, position and name of a signer that stand on one line, as in a table cell.

    "TM. ỦY BAN NHÂN DÂN CHỦ TỊCH Trần Văn Mẫu" gives three lines; other lines are returned whole.
    """
    words = text.split()
    capital = next((at for at, word in enumerate(words) if not word.isupper()), len(words))
    if capital < 2 or len(words) > 40:
        return [text]
    offices, name = " ".join(words[:capital]), " ".join(words[capital:])
    if name and not is_name(re.sub(r"^\(.*?\)\s*", "", name)):
        return [text]
    cuts = [0, *(match.start() for match in _POSITION_INSIDE.finditer(offices)), len(offices)]
    lines = [offices[a:b].strip() for a, b in pairwise(cuts) if offices[a:b].strip()]
    return [*lines, name] if name else lines


def _name_of(text: str) -> str:
    text = re.sub(r"\(.*?\)", "", text).strip(" .")
    while shorter := _RANKS.sub("", text):
        if shorter == text:
            break
        text = shorter
    return text


def is_name(text: str) -> bool:
    """Return True if a text is a name that begins with a Kinh surname, with a rank or without."""
    words = _name_of(text).split()
    return (
        2 <= len(words) <= 5
        and all(word.isalpha() and word[0].isupper() for word in words)
        and key(words[0]) in surnames()
    )


def may_be_name(text: str) -> bool:
    """Return True if two to six capitalised words may be the name of a person without a Kinh
    surname, such as Giàng A Páo and H'Ngăm Niê Kđăm."""
    words = _name_of(text).split()
    return (
        2 <= len(words) <= 6
        and not text.isupper()
        and all(re.fullmatch(r"[^\W\d_]+(?:['’-][^\W\d_]+)?", word) for word in words)
        and all(word[0].isupper() for word in words)
        and not BODIES.match(text)
    )
