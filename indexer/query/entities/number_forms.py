"""Find numbers with several written forms: dates, numbers with units, codes, ordinals.

    2/9/1945 · 02-09-1945 · ngày 2 tháng 9 năm 1945        tháng 9/2004 · tháng 9 năm 2004
    10kg · 10 kg      5.000.000 · 5000000 · 5,000,000      covid19 · Covid-19      100m² · 100 m2
    thế kỷ XX · thế kỷ 20      Đại hội XIII · Đại hội lần thứ 13      quý II · quý 2
    29A-123.45 · 29A12345      0912 345 678 · 0912.345.678 · 0912345678

A document matches by any of the forms, also in quotes, because they are one number. The forms
are alternatives in the query, not in the index, so the index stays as small as the text, phrases
stay exact and the words found are marked as the document has them. A form with a syllable or
pair of neighbours that the index lacks is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import combinations, pairwise

from indexer.analysis import terms_in
from indexer.query.entities.dictionary import PhraseDictionary, Terms
from indexer.query.model import Entity, SurfaceForm, Syllable, Synonym
from indexer.query.vocabulary.accent_compatibility import is_compatible
from indexer.query.vocabulary.lexicon import Lexicon

_DAY = re.compile(r"[1-9]|[12]\d|3[01]")
_MONTH = re.compile(r"[1-9]|1[0-2]")
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_DATE_SEPARATOR = re.compile(r"\s*[/.\-–]\s*")
_SLASH = re.compile(r"\s*/\s*")
_WORD_GAP = re.compile(r"\s*[/.,\-–]\s*|\s+")

_CODE_GAP = re.compile(r"[.,\-–]|\s?")
"""Matches what may stand between two pieces of one number or code: 5.000.000, Covid-19, 10 kg, 0912
345 678."""
_NUMBER = re.compile(r"\d+")
_NUMBER_AND_UNIT = re.compile(r"(\d+)([^\W\d_]*[²³]?)")
_GROUP_AND_UNIT = re.compile(r"(\d{3})([^\W\d_]*[²³]?)")
_UNITS_WITH_POWER = re.compile(r"(\d*)([dcmk]?m)([23²³])")
_POWERS = str.maketrans("23²³", "²³23")
_KINDS = re.compile(r"\d+|[^\W\d_]+|[²³]+")
_MAX_PIECES = 5
"""Greatest number of syllables of a number or code."""
_MAX_BOUNDARIES = 5
"""Greatest number of places in a code at which a run of digits meets one of letters; its written
forms are joined or apart at each of them."""
_PHONE = re.compile(r"0\d{8,10}|84\d{9}")
_PHONE_GROUPS = ((4, 3, 3), (3, 3, 4), (3, 4, 3), (4, 6), (3, 7), (4, 4, 3), (2, 4, 4), (3, 4, 4))
"""The ways to write a telephone number in groups: the number of digits of each group."""

_ORDINAL_NOUNS: dict[str, tuple[str, ...]] = {
    "thế kỷ": ("", "thứ"),
    "quý": ("",),
    "khóa": ("", "thứ"),
    "chương": ("", "thứ"),
    "phần": ("", "thứ"),
    "mục": ("",),
    "tập": ("",),
    "quyển": ("",),
    "giai đoạn": ("",),
    "kỳ": ("", "thứ"),
    "kỳ họp": ("thứ", "lần thứ"),
    "quân khu": ("",),
    "quân đoàn": ("",),
    "liên khu": ("",),
    "hạng": ("",),
    "loại": ("",),
    "cấp": ("",),
    "nhóm": ("",),
    "lần thứ": ("",),
    "đại hội": ("", "lần thứ", "thứ", "lần", "đảng", "đảng lần thứ",
                "đại biểu toàn quốc lần thứ"),
    "hội nghị": ("lần thứ",),
    "hội nghị trung ương": ("", "lần thứ"),
    "thế chiến": ("", "thứ", "lần thứ"),
    "chiến tranh thế giới": ("", "thứ", "lần thứ"),
}  # fmt: skip
"""Noun whose number is written in Roman or Arabic numerals ("century", "congress") → the words that
may stand between the noun and its number, "" for none."""
_MAX_ORDINAL = 39
"""Greatest number that is looked for in Roman numerals; those of congresses and centuries are
lower."""
_MAX_BEFORE_NUMERAL = 12
"""Number of syllables, from the beginning of a number that begins with words, among which its
numeral must be."""
_ROMAN_DIGITS = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def find_number(
    syllables: Sequence[Syllable],
    gaps: Sequence[str],
    at: int,
    lexicon: Lexicon,
    *,
    in_quotes: bool = False,
) -> Entity | None:
    """Return the number that begins at syllable `at` if it has several written forms, or None.

    Raises IndexDamaged if the vocabulary cannot be read.

    Parameters
    ----------
    gaps : for each syllable, the text between it and the one before; "" for the first.
    in_quotes : True if the number is part of a phrase in quotes, so that the words before and after
        it must stand beside it; then all forms are kept, also those with "ngày" ("day") before.
    """
    if not any(map(_is_numeral, syllables[at : at + _MAX_BEFORE_NUMERAL])):
        return None
    for find in (_date, _month, _day_and_month, _ordinal, _code):
        if found := find(syllables, gaps, at):
            end, forms = found
            if not in_quotes and not _is_word(syllables, at, "ngày"):
                # Redundant: the written form without the word is found as well.
                forms = [form for form in forms if form[0] != "ngày"]
            return variant_entity(syllables, at, end, forms, lexicon)
    return None


def _is_numeral(syllable: Syllable) -> bool:
    return not syllable.term.isalpha() or syllable.term in _roman_numbers()


def variant_entity(
    syllables: Sequence[Syllable], at: int, end: int, forms: Iterable[Terms], lexicon: Lexicon
) -> Entity | None:
    """Return an entity of the syllables `[at, end)` that `forms` are other forms of, or None.

    The first surface form is the text as typed, the others are `forms` without those that have a
    term or a pair of neighbours that the index lacks. None if none of them is left. Raises
    IndexDamaged if the vocabulary cannot be read.
    """
    typed = tuple(syllable.term for syllable in syllables[at:end])
    others = [
        form
        for form in dict.fromkeys(forms)
        if form != typed and all(map(lexicon.frequency, form)) and _is_possible(form, lexicon)
    ]
    if not others:
        return None
    as_typed = SurfaceForm(tuple(range(at, end)))
    written = (SurfaceForm(tuple((term,) for term in form)) for form in others)
    return Entity(
        at,
        end,
        (as_typed, *written),
        synonyms=tuple(Synonym(at, end, form) for form in others),
    )


def _is_possible(form: Terms, lexicon: Lexicon) -> bool:
    return all(lexicon.pair_frequency(first, second) for first, second in pairwise(form))


_Found = tuple[int, Iterable[Terms]] | None
"""The index after the last syllable of a number, and all its written forms; None for no number."""


def _date(syllables: Sequence[Syllable], gaps: Sequence[str], at: int) -> _Found:
    """Return the day of a year that begins at syllable `at`: 2/9/1945, ngày 2 tháng 9 năm 1945, 2-9
    năm 1945."""
    at += _is_word(syllables, at, "ngày")
    found = _day_month(syllables, gaps, at)
    if not found:
        return None
    end, day, month, separator = found
    if _is_word(syllables, end, "năm"):
        end += 1
    elif end < len(gaps) and not (
        _DATE_SEPARATOR.fullmatch(gaps[end]) if separator else gaps[end].strip(" ,") == ""
    ):
        return None
    if end >= len(syllables) or not _YEAR.fullmatch(syllables[end].term):
        return None
    year = syllables[end].term
    written = (
        (day, month, year),
        (day, "tháng", month, "năm", year),
        (day, "tháng", month, year),
        (day, month, "năm", year),
    )
    return end + 1, (*written, *(("ngày", *terms) for terms in written))


def _day_and_month(syllables: Sequence[Syllable], gaps: Sequence[str], at: int) -> _Found:
    """Return the day without a year that begins at syllable `at`: 2/9, ngày 2-9, ngày 2 tháng 9."""
    first = at + _is_word(syllables, at, "ngày")
    found = _day_month(syllables, gaps, first)
    if not found:
        return None
    end, day, month, separator = found
    # "2-1" is a score, unless the word before it says that it is a day.
    if separator and first == at and not _SLASH.fullmatch(separator):
        return None
    if end < len(gaps) and _SLASH.fullmatch(gaps[end]):
        return None  # 2/9/45 and codes
    written = ((day, "tháng", month), (day, month))
    return end, (*written, *(("ngày", *terms) for terms in written))


def _day_month(
    syllables: Sequence[Syllable], gaps: Sequence[str], at: int
) -> tuple[int, str, str, str] | None:
    """Return the day and month that begin at syllable `at`, or None.

    As (index after them, term of the day, term of the month, the sign between them with its spaces;
    "" if the word tháng stands between).
    """
    if at >= len(syllables) or not _DAY.fullmatch(syllables[at].term):
        return None
    day, end, separator = syllables[at].term, at + 1, ""
    if _is_word(syllables, end, "tháng"):
        end += 1
    elif end < len(gaps) and _DATE_SEPARATOR.fullmatch(gaps[end]):
        separator = gaps[end]
    else:
        return None
    if end >= len(syllables) or not _MONTH.fullmatch(syllables[end].term):
        return None
    return end + 1, day, syllables[end].term, separator


def _month(syllables: Sequence[Syllable], gaps: Sequence[str], at: int) -> _Found:
    """Return the month of a year that begins at syllable `at`: tháng 9/2004, tháng 9 năm 2004,
    9/2004."""
    has_word = _is_word(syllables, at, "tháng")
    month = at + has_word
    year = month + 1
    if _is_word(syllables, year, "năm"):
        year += 1
    elif year < len(gaps) and not (
        _WORD_GAP.fullmatch(gaps[year]) if has_word else _SLASH.fullmatch(gaps[year])
    ):
        return None
    if year >= len(syllables) or not (has_word or year == month + 1):
        return None
    one, other = syllables[month].term, syllables[year].term
    if not _MONTH.fullmatch(one) or not _YEAR.fullmatch(other):
        return None
    return year + 1, (("tháng", one, other), ("tháng", one, "năm", other), (one, other))


def _is_word(syllables: Sequence[Syllable], at: int, word: str) -> bool:
    """True if there is a syllable with index `at` and it may be this word; marks may be missing."""
    return at < len(syllables) and is_compatible(syllables[at].term, word)


def _ordinal(syllables: Sequence[Syllable], gaps: Sequence[str], at: int) -> _Found:
    """Return the noun of _ORDINAL_NOUNS at syllable `at` with its number in Roman or Arabic
    numerals; its written forms have both numerals and all words that may stand between."""
    for terms, between in _ordinal_nouns().matches_at(syllables, at):
        end = at + len(terms)
        for words in sorted(between, key=len, reverse=True):
            last = end + len(words)
            if all(_is_word(syllables, end + n, word) for n, word in enumerate(words)) and (
                last < len(syllables) and (numerals := _numerals(syllables[last].term))
            ):
                return last + 1, (
                    (*terms, *others, numeral) for others in between for numeral in numerals
                )
    return None


@cache
def _ordinal_nouns() -> PhraseDictionary[tuple[Terms, ...]]:
    return PhraseDictionary(
        (terms_in(noun), tuple(map(terms_in, between))) for noun, between in _ORDINAL_NOUNS.items()
    )


def _numerals(term: str) -> tuple[str, ...]:
    """Return a number from 1 to _MAX_ORDINAL in Arabic and in Roman numerals, as terms ("4", "iv"),
    () for others; `term` is either."""
    number = _roman_numbers().get(term)
    if number is None and _NUMBER.fullmatch(term) and 1 <= int(term) <= _MAX_ORDINAL:
        number = int(term)
    return (str(number), _roman(number)) if number else ()


@cache
def _roman_numbers() -> dict[str, int]:
    return {_roman(number): number for number in range(1, _MAX_ORDINAL + 1)}


def _roman(number: int) -> str:
    out = ""
    for value, letters in _ROMAN_DIGITS:
        while number >= value:
            out, number = out + letters, number - value
    return out


def _code(syllables: Sequence[Syllable], gaps: Sequence[str], at: int) -> _Found:
    """Return the longest number or code that begins at syllable `at`, of at most _MAX_PIECES
    syllables, whose digits and letters may be joined or apart."""
    most = at + 1
    while most < len(syllables) and most - at < _MAX_PIECES and _CODE_GAP.fullmatch(gaps[most]):
        most += 1
    for end in range(most, at, -1):
        pieces = [syllable.term for syllable in syllables[at:end]]
        if forms := _writings(pieces, gaps[at + 1 : end]):
            return end, forms
    return None


def _writings(pieces: Sequence[str], gaps: Sequence[str]) -> list[Terms]:
    """Return the written forms of the pieces as one number or code, [] if they are not one.

    `pieces` are terms side by side, `gaps` the texts between them. Telephone numbers, large numbers
    and other codes have rules of their own.
    """
    if not any(map(str.isdigit, "".join(pieces))):
        return []
    whole = "".join(pieces)
    if _PHONE.fullmatch(whole):
        return [(whole,), *_grouped(whole)]
    number, rest = _thousands(pieces, gaps)
    if number:
        heads: list[Terms] = [(number,), _groups_of_three(number)]
        return [
            written
            for head in dict.fromkeys(heads)
            for tail in (_powers((rest,)) if rest else [()])
            for written in ((*head, *tail), (*head[:-1], head[-1] + tail[0]) if tail else head)
        ]
    if len(pieces) > 1 and any(gap == "," for gap in gaps):
        return []
    runs = [_KINDS.findall(piece) for piece in pieces]
    if not all(runs):  # a letter that Python's tables of Unicode lack
        return []
    # Two numbers side by side are one only in codes such as plates, whose first piece has letters.
    for left, right in pairwise(runs):
        if left[-1].isdigit() and right[0].isdigit() and not any(map(str.isalpha, runs[0])):
            return []
    atoms = [run for piece in runs for run in piece]
    if len(atoms) == 3 and [*map(len, atoms)][::2] == [2, 5] and len(atoms[1]) <= 2:
        atoms[2:] = atoms[2][:3], atoms[2][3:]  # a plate: 29A-123.45
    if len(atoms) < 2 or len(atoms) > _MAX_BOUNDARIES + 1:
        return []
    if not all(len(run) <= 8 for run in atoms) or not _is_one_code(pieces, gaps):
        return []
    return list(_joined_or_apart(atoms))


def _is_one_code(pieces: Sequence[str], gaps: Sequence[str]) -> bool:
    """True if the pieces may be one code: there are at most two, or no two of them are separated by
    spaces alone.

    Two may be a number and its unit (10 kg), or a word and a number (điều 5), whose joined form
    the index then lacks.
    """
    return len(pieces) <= 2 or all(gap.strip() or not gap for gap in gaps)


def _joined_or_apart(atoms: Sequence[str]) -> Iterator[Terms]:
    """Yield the terms of all ways to join neighbours among the runs of digits and of letters, all
    joined first."""
    inner = range(1, len(atoms))
    for count in range(len(atoms)):
        for cuts in combinations(inner, count):
            bounds = [0, *cuts, len(atoms)]
            terms = [_term("".join(atoms[a:b])) for a, b in pairwise(bounds)]
            yield from _powers(tuple(terms))


def _term(piece: str) -> str:
    found = terms_in(piece)
    return found[0] if len(found) == 1 else piece


def _powers(terms: Terms) -> Iterator[Terms]:
    """Yield the terms, and, if one of them is a unit with a power, the same with m2 for m² and the
    other way round."""
    yield terms
    changed = tuple(
        found[1] + found[2] + found[3].translate(_POWERS)
        if (found := _UNITS_WITH_POWER.fullmatch(term))
        else term
        for term in terms
    )
    if changed != terms:
        yield changed


def _thousands(pieces: Sequence[str], gaps: Sequence[str]) -> tuple[str, str]:
    """Return (digits, unit) of a number above 999; ("", "") if the pieces are not such a number.

    Its groups of three digits are separated by one kind of sign, full stop, comma or space, or
    joined (5000000); then it has 5 to 15 digits. Two groups with a space between them, without a
    unit, are two numbers. The unit is "" if none is written.
    """
    first = _NUMBER_AND_UNIT.fullmatch(pieces[0])
    if not first:
        return "", ""
    digits, unit = first.groups()
    end = 1
    while (
        end < len(pieces)
        and not unit
        and gaps[end - 1] == gaps[0]
        and gaps[0] in (".", ",", " ")
        and (group := _GROUP_AND_UNIT.fullmatch(pieces[end]))
    ):
        digits, unit = digits + group[1], group[2]
        end += 1
    if end == 1:
        is_number = 4 < len(digits) < 16 and (len(pieces) > 1 or digits[0] != "0")
        is_number = is_number and not (unit and len(pieces) > 1)
    else:
        is_number = len(first[1]) <= 3 and digits[0] != "0"
        # "12 345" are two numbers.
        is_number = is_number and not (gaps[0] == " " and end == 2 and not unit)
    if not is_number:
        return "", ""
    if end == len(pieces):
        return digits, unit
    is_unit = end == len(pieces) - 1 and pieces[end].isalpha() and gaps[end - 1] == " "
    return (digits, pieces[end]) if is_unit and not unit else ("", "")


def _groups_of_three(digits: str) -> Terms:
    first = len(digits) % 3 or 3
    return (digits[:first], *(digits[at : at + 3] for at in range(first, len(digits), 3)))


def _grouped(digits: str) -> Iterator[Terms]:
    for sizes in _PHONE_GROUPS:
        if sum(sizes) == len(digits):
            at, groups = 0, []
            for size in sizes:
                groups.append(_term(digits[at : at + size]))
                at += size
            yield tuple(groups)
