"""Find dates and times of day with several written forms, for `number_forms.py`.

    2/9/1945 · 02-09-1945 · ngày 2 tháng 9 năm 1945 · ngày 2 tháng Chín năm 1945
    tháng 9/2004 · tháng 9 năm 2004 · 9/2004        8/3 · ngày 8-3 · mùng 8 tháng 3
    7h30 · 7 giờ 30 · 7g30 · 7:30

Each function returns what begins at a syllable, or None. Its parameters are those of `find_number`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indexer.query.entities.dictionary import Terms
from indexer.query.model import Syllable
from indexer.query.vocabulary.accent_compatibility import is_compatible

Found = tuple[int, Sequence[Terms]] | None
"""The index after the last syllable of a number, and all its written forms; None for no number."""

_DAY = re.compile(r"[1-9]|[12]\d|3[01]")
_MONTH = re.compile(r"[1-9]|1[0-2]")
YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_DATE_SEPARATOR = re.compile(r"\s*[/.\-–‐‑]\s*")
_SLASH = re.compile(r"\s*/\s*")
WORD_GAP = re.compile(r"\s*[/.,\-–‐‑]\s*|\s+")

_MONTH_WORDS: dict[Terms, str] = {
    ("giêng",): "1", ("một",): "1", ("hai",): "2", ("ba",): "3", ("tư",): "4", ("bốn",): "4",
    ("năm",): "5", ("sáu",): "6", ("bảy",): "7", ("tám",): "8", ("chín",): "9", ("mười",): "10",
    ("mười", "một"): "11", ("mười", "hai"): "12",
}  # fmt: skip
"""The months in words, after "tháng" ("tháng Tư năm 1975") → their numbers. "Tháng chạp" is left
out, since it is the last month of the lunar year only."""
_OF = ("năm",)
"""The word between a month and its year; it also means "five"."""
DAY_WORDS = ("ngày", "mùng", "mồng")
"""The words before a day; the last two only before the first _LAST_MUNG of a month."""
_LAST_MUNG = 10
_MOST_GOALS = 12
"""Greatest number before a hyphen that may be half of a score."""
_HOUR_WORDS = ("giờ", "h", "g")
"""The word and the signs after the hour of a time of day."""
_HOUR, _MINUTE = re.compile(r"1?\d|2[0-4]"), re.compile(r"[0-5]?\d")
_TIME = re.compile(r"([01]?\d|2[0-4])(?:[hg](?=\d)|h)((?:[0-5]?\d)?)")


def day_of_year(syllables: Sequence[Syllable], gaps: Sequence[str], at: int) -> Found:
    """Return the day of a year that begins at syllable `at`: 2/9/1945, ngày 2 tháng 9 năm 1945, 2-9
    năm 1945."""
    at += _has_day_word(syllables, at)
    found = _day_month(syllables, gaps, at, in_words=True)
    if not found:
        return None
    end, day, month, separator = found
    if is_word(syllables, end, "năm"):
        end += 1
    elif end < len(gaps) and not (
        _DATE_SEPARATOR.fullmatch(gaps[end]) if separator else gaps[end].strip(" ,") == ""
    ):
        return None
    if end >= len(syllables) or not YEAR.fullmatch(syllables[end].term):
        return None
    year = syllables[end].term
    written = (
        (day, month, year),
        *((day, *words, "năm", year) for words in _months(month)),
        *((day, *words, year) for words in _months(month)),
        (day, month, "năm", year),
    )
    return end + 1, (*written, *_after_day_words(day, written))


def day_of_month(syllables: Sequence[Syllable], gaps: Sequence[str], at: int) -> Found:
    """Return the day without a year that begins at syllable `at`: 2/9, ngày 2-9, ngày 2 tháng 9,
    mùng 2 tháng 9."""
    first = at + _has_day_word(syllables, at)
    # "3 tháng một lần" ("once in three months") is no day.
    found = _day_month(syllables, gaps, first, in_words=first > at)
    if not found:
        return None
    end, day, month, separator = found
    # "2-1" is a score, unless the word before it says that it is a day; "30-4" hardly is one.
    is_score = separator and not _SLASH.fullmatch(separator) and int(day) <= _MOST_GOALS
    if is_score and first == at:
        return None
    if end < len(gaps) and _SLASH.fullmatch(gaps[end]):
        return None  # 2/9/45 and codes
    written = (*((day, *words) for words in _months(month)), (day, month))
    return end, (*written, *_after_day_words(day, written))


def month_of_year(syllables: Sequence[Syllable], gaps: Sequence[str], at: int) -> Found:
    """Return the month of a year that begins at syllable `at`: tháng 9/2004, tháng 9 năm 2004,
    tháng Chín năm 2004, 9/2004."""
    has_word = is_word(syllables, at, "tháng")
    month, after = _month_at(syllables, at + has_word, in_words=has_word)
    year = after
    if is_word(syllables, year, "năm"):
        year += 1
    elif year < len(gaps) and not (
        WORD_GAP.fullmatch(gaps[year]) if has_word else _SLASH.fullmatch(gaps[year])
    ):
        return None
    if not month or year >= len(syllables) or not (has_word or year == after):
        return None
    number = syllables[year].term
    if not YEAR.fullmatch(number):
        return None
    with_word = [(*words, *between, number) for words in _months(month) for between in ((), _OF)]
    return year + 1, (*with_word, (month, number))


def time_of_day(syllables: Sequence[Syllable], gaps: Sequence[str], at: int) -> Found:
    """Return the time of day that begins at syllable `at`: 7h30, 7 giờ 30, 7g30, 7:30, 7h."""
    if joined := _TIME.fullmatch(syllables[at].term):
        return at + 1, tuple(_times(joined[1], joined[2]))
    if _is_clock_time(syllables, gaps, at):
        return at + 2, tuple(_times(syllables[at].term, syllables[at + 1].typed))
    if not _HOUR.fullmatch(syllables[at].term) or not any(
        is_word(syllables, at + 1, word) and gaps[at + 1] == " " for word in _HOUR_WORDS[:2]
    ):
        return None
    end, minute = at + 2, ""
    if end < len(syllables) and gaps[end] == " " and _MINUTE.fullmatch(syllables[end].term):
        end, minute = end + 1, syllables[end].term
    return end, tuple(_times(syllables[at].term, minute))


def _is_clock_time(syllables: Sequence[Syllable], gaps: Sequence[str], at: int) -> bool:
    """True if syllable `at` is an hour with a colon and two digits of minutes after it (7:30)."""
    return (
        at + 1 < len(syllables)
        and gaps[at + 1] == ":"
        and _HOUR.fullmatch(syllables[at].term) is not None
        and len(syllables[at + 1].typed) == 2
        and _MINUTE.fullmatch(syllables[at + 1].typed) is not None
    )


def _day_month(
    syllables: Sequence[Syllable], gaps: Sequence[str], at: int, *, in_words: bool
) -> tuple[int, str, str, str] | None:
    """Return the day and month that begin at syllable `at`, or None.

    As (index after them, term of the day, number of the month, the sign between them with its
    spaces; "" if the word tháng stands between). `in_words` is True if the month may be a word.
    """
    if at >= len(syllables) or not _DAY.fullmatch(syllables[at].term):
        return None
    separator = ""
    has_word = is_word(syllables, at + 1, "tháng")
    if not has_word:
        if at + 1 >= len(gaps) or not _DATE_SEPARATOR.fullmatch(gaps[at + 1]):
            return None
        separator = gaps[at + 1]
    month, end = _month_at(syllables, at + 1 + has_word, in_words=in_words and has_word)
    return (end, syllables[at].term, month, separator) if month else None


def _month_at(syllables: Sequence[Syllable], at: int, *, in_words: bool) -> tuple[str, int]:
    """Return the number of the month at syllable `at`, in digits or, if `in_words`, in a word, and
    the index after it; ("", at) if there is none.

    "Năm" ("five") also means "year": it is a month only before that word.
    """
    if at < len(syllables) and _MONTH.fullmatch(syllables[at].term):
        return syllables[at].term, at + 1
    for words, month in _MONTH_WORDS.items() if in_words else ():
        end = at + len(words)
        if has_words(syllables, at, words) and (words != _OF or is_word(syllables, end, *_OF)):
            return month, end
    return "", at


def _months(month: str) -> Iterator[Terms]:
    """Yield the written forms of a month after "tháng", in digits and in words."""
    yield ("tháng", month)
    for words, number in _MONTH_WORDS.items():
        if number == month:
            yield ("tháng", *words)


def _has_day_word(syllables: Sequence[Syllable], at: int) -> bool:
    return any(is_word(syllables, at, word) for word in DAY_WORDS)


def _after_day_words(day: str, written: Sequence[Terms]) -> Iterator[Terms]:
    """Yield the written forms of a day after each word that may stand before it."""
    for word in DAY_WORDS if int(day) <= _LAST_MUNG else DAY_WORDS[:1]:
        for terms in written:
            yield (word, *terms)


def _times(hour: str, minute: str) -> Iterator[Terms]:
    """Yield the written forms of a time; `minute` is "" for a full hour, which is not written with
    g, the sign of grams."""
    hour, minute = hour.lstrip("0") or "0", minute.lstrip("0") or minute[:1]
    for word in _HOUR_WORDS if minute else _HOUR_WORDS[:2]:
        yield (hour, word, minute) if minute else (hour, word)
        for padded in dict.fromkeys((hour, hour.zfill(2))):
            yield (f"{padded}{word}{minute.zfill(2) if minute else ''}",)
            if minute:
                yield (f"{padded}{word}", minute)
    if minute:
        yield (hour, minute)


def is_word(syllables: Sequence[Syllable], at: int, word: str) -> bool:
    """True if there is a syllable with index `at` and it may be this word; marks may be missing."""
    return at < len(syllables) and is_compatible(syllables[at].term, word)


def has_words(syllables: Sequence[Syllable], at: int, words: Terms) -> bool:
    """True if the syllables from `at` on may be these words; marks may be missing."""
    return all(is_word(syllables, at + n, word) for n, word in enumerate(words))
