"""Join the lines of a PDF page to paragraphs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.documents.formats.pdf.columns import BREAK, OPEN_DATE

_SENTENCE_END = re.compile(r"[.!?…:;][”\"»’')\]]*$")
ITEM = re.compile(
    r"^(?:[-–•+*]|\(?\d{1,2}[.)]|[a-zđ]\)|Điều \d+[a-zđ]?\.|Chương [IVXLC\d]+|Mục \d+"
    r"|Phần |Phụ lục|Căn cứ |Kính gửi|Nơi nhận)",
)


def join_lines(lines: Sequence[str]) -> list[str]:
    """Return the paragraphs of a page, in order, joined from lines that were broken at the right
    margin.

    A line continues in the next if it is nearly as wide as the widest and does not end a sentence,
    or if the next begins with a small letter and it does not end with a full stop, semicolon or
    colon, or if the next begins with the rest of a date. Items of lists and lines in capitals are
    not joined, nor lines with a BREAK between them.
    """
    sizes = sorted(len(line) for line in lines if line != BREAK)
    widest = sizes[int(len(sizes) * 0.9)] if sizes else 0
    paragraphs: list[str] = []
    last = ""
    for line in lines:
        if line == BREAK:
            last = ""
            continue
        may_go_on = last and not ITEM.match(line) and not line.isupper() and not last.isupper()
        goes_on = may_go_on and (
            (line[0].islower() and not last.endswith((".", ";", ":")))
            or (len(last) >= 0.75 * widest and not _SENTENCE_END.search(last))
            or (line[0].isdigit() and OPEN_DATE.search(last))
        )
        if goes_on:
            paragraphs[-1] = f"{paragraphs[-1]} {line}"
        else:
            paragraphs.append(line)
        last = line
    return paragraphs
