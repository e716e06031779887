"""Page rule: the persons that a page names after "đồng chí" or "đ/c" (comrade), "ông" or "bà".

For example:

    đ/c Tạ Văn Dũng – Phó Bí thư      các đồng chí: Trần Văn A, Bí thư …; Lê Thị B, Phó …

A name begins with a family name (`surnames.txt`), so "đồng chí Bí thư" names nobody. The titles
come from `honorifics.py`. A name after ông or bà counts only with a position before or after it,
because pages also mention private people.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from indexer.documents.text.honorifics import person_titles, surnames
from indexer.documents.text.text_keys import key

_COMRADE = r"đồng chí|đ[/.]c\.?|đc\."
_SIR = r"ông|bà"
_HONORIFIC = re.compile(
    rf"(?<!\w)(?P<plural>các )?(?:(?P<comrade>{_COMRADE})|(?P<sir>{_SIR}))(?P<colon> ?:)? ?"
    r"(?=[^\W\d_])",
    re.IGNORECASE,
)
_RANK = re.compile(rf"(?:{'|'.join(person_titles('rank'))})[ ,.-]+", re.IGNORECASE)
_SYLLABLE = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_POSITION = re.compile(
    rf"(?:nguyên )?(?:quyền )?(?:{'|'.join(person_titles('position'))}|uv )", re.IGNORECASE
)
_POSITION_BEFORE = re.compile(
    r"(?:bí thư|chủ tịch|trưởng|giám đốc|ủy viên|uỷ viên|chánh|chủ nhiệm|đại biểu|phó)"
    r"[^.;:,]{0,60}\Z",
    re.IGNORECASE,
)
_TITLE_WORDS = re.compile(
    r"(?:phó|bí thư|chủ tịch|chủ nhiệm|trưởng (?:ban|phòng|khối)|giám đốc|ủy viên|uỷ viên|chánh"
    r"|nguyên (?:bí|phó|chủ|trưởng)|thường trực|đại diện|chỉ huy trưởng|uvb|uv)",
    re.IGNORECASE,
)
_AFTER = re.compile(r" ?(?:[–—,(]| - |-(?= ))\s*")
_NEXT = re.compile(r"(?:\s*;\s*|,?\s+và\s+|,\s*)")
_MAX_SYLLABLES = 6
_MAX_IN_LIST = 60
_MAX_LIST_CHARACTERS = 4000
_STOP = re.compile(r"\w{2}\. |\n")


def persons(text: str) -> tuple[str, ...]:
    """Return the names of the persons in `text` in title case, in order and each once.

    `text` is clean and has one paragraph per line (`Draft.text`).
    """
    names: dict[str, str] = {}
    for honorific in _HONORIFIC.finditer(text):
        for name in _names_after(text, honorific):
            names.setdefault(key(name), name)
    return tuple(names.values())


def _names_after(text: str, honorific: re.Match[str]) -> Iterator[str]:
    """Yield the names that follow a match of `_HONORIFIC`: one, or after a plural ("các đồng chí:")
    a list of at most _MAX_IN_LIST in the same sentence.

    One name counts after "đồng chí", after other honorifics only with a position beside it.
    """
    at = honorific.end()
    if honorific["sir"] and honorific["sir"][0].isupper() and text[at : at + 4] == "Rịa ":
        return
    found = _name_at(text, at)
    if not honorific["plural"]:
        if found and (honorific["comrade"] or _has_position(text, honorific.start(), found[1])):
            yield found[0]
        return
    sentence_end = _sentence_end(text, at)
    for _ in range(_MAX_IN_LIST):
        if found is None:
            return
        yield found[0]
        found = None
        for gap in _NEXT.finditer(text, at, sentence_end):
            if (found := _name_at(text, gap.end())) is not None:
                at = found[1]
                break


def _sentence_end(text: str, at: int) -> int:
    limit = min(len(text), at + _MAX_LIST_CHARACTERS)
    match = _STOP.search(text, at, limit)
    return match.start() + 2 if match else limit


def _has_position(text: str, start: int, end: int) -> bool:
    """Return True if a position follows a name, or precedes its honorific in the same clause.

    The honorific and the name are `text[start:end]`.
    """
    after = _AFTER.match(text, end)
    if after and _POSITION.match(text, after.end()):
        return True
    return bool(_POSITION_BEFORE.search(text[max(0, start - 80) : start]))


def _name_at(text: str, at: int) -> tuple[str, int] | None:
    """Return the full name that begins at offset `at` of `text`, in title case, and the offset of
    its end; None if no name begins there. Offsets are code points."""
    while rank := _RANK.match(text, at):
        at = rank.end()
    syllables: list[str] = []
    end = at
    for _ in range(_MAX_SYLLABLES):
        match = _SYLLABLE.match(text, end + 1 if syllables else end)
        if match is None or (syllables and text[end] != " "):
            break
        if syllables and _TITLE_WORDS.match(text, match.start()):
            break
        if not match.group()[0].isupper() and not _is_last_syllable(text, match, len(syllables)):
            break
        syllables.append(match.group())
        end = match.end()
    if len(syllables) < 2 or key(syllables[0]) not in surnames():
        return None
    return " ".join(_title_case(syllable) for syllable in syllables), end


def _is_last_syllable(text: str, match: re.Match[str], before: int) -> bool:
    """Return True if a match is the last syllable of a name, in lower case by mistake.

    It has at most 7 letters, and a position must follow: "Huỳnh Trọng đức – Phó chủ tịch". `before`
    is the number of syllables of the name before it, of which there must be two or more.
    """
    if before < 2 or len(match.group()) > 7:
        return False
    after = _AFTER.match(text, match.end())
    return bool(after and _POSITION.match(text, after.end()))


def _title_case(syllable: str) -> str:
    syllable = unicodedata.normalize("NFC", syllable)
    return syllable if syllable[0].isupper() and not syllable[1:].isupper() else syllable.title()
