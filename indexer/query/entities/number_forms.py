"""Find numbers with several written forms: dates, numbers with units, codes, ordinals.

    2/9/1945 · 02-09-1945 · ngày 2 tháng 9 năm 1945        tháng 9/2004 · tháng 9 năm 2004
    7h30 · 7 giờ 30        10kg · 10 kg        100m² · 100 m2 · 100 mét vuông        37°C · 37 độ C
    5.000.000 · 5000000 · 5,000,000        covid19 · Covid-19        Louis XIV · Louis 14
    thế kỷ XX · thế kỷ 20      Đại hội XIII · Đại hội lần thứ 13      quý II · quý 2 · quý hai
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

from indexer.analysis import fold, terms_in
from indexer.analysis.decompounding import in_dictionary
from indexer.analysis.orthography import is_syllable
from indexer.analysis.roman import to_roman
from indexer.query.entities.date_forms import (
    DAY_WORDS,
    WORD_GAP,
    YEAR,
    Found,
    day_of_month,
    day_of_year,
    has_words,
    is_word,
    month_of_year,
    time_of_day,
)
from indexer.query.entities.dictionary import PhraseDictionary, Terms
from indexer.query.model import Entity, SurfaceForm, Syllable, Synonym
from indexer.query.vocabulary.lexicon import Lexicon

_CODE_GAP = re.compile(r"[.,\-–‐‑]|\) ?|\s?")
"""Matches what may stand between two pieces of one number or code: 5.000.000, Covid-19, 10 kg,
(024) 3825 1234."""
_NUMBER = re.compile(r"\d+")
_NUMBER_AND_UNIT = re.compile(r"(\d+)([^\W\d_]*[²³]?)")
_NUMBER_AND_SIGN = re.compile(r"(\d+)([^\W\d_]+[23²³]?)")
_GROUP_AND_UNIT = re.compile(r"(\d{3})([^\W\d_]*[²³]?)")
_UNITS_WITH_POWER = re.compile(r"(\d*)([dcmk]?m)([23²³])")
_POWERS = str.maketrans("23²³", "²³23")
_TO_DIGITS = str.maketrans("²³", "23")
_KINDS = re.compile(r"\d+|[^\W\d_]+|[²³]+")
_MAX_PIECES = 5
"""Greatest number of syllables of a number or code."""
_MAX_BOUNDARIES = 5
"""Greatest number of places in a code at which a run of digits meets one of letters; its written
forms are joined or apart at each of them."""
_PHONE = re.compile(r"0\d{8,10}|84\d{9}")
_SERVICE_PHONE = re.compile(r"1[89]00(?!1[5-9]|20)\d{4}|1[89]00\d{6}")
"""A telephone number of a service. Four digits that may be a year are none: 1900-1945 is a
period."""
_PHONE_GROUPS = (
    (4, 3, 3), (3, 3, 4), (3, 4, 3), (4, 6), (3, 7), (4, 4, 3), (2, 4, 4), (3, 4, 4), (4, 4),
    (4, 2, 2), (4, 2, 2, 2),
)  # fmt: skip
"""The ways to write a telephone number in groups: the number of digits of each group."""
_PLATE = re.compile(r"\d\d[^\W\d_]{1,2}\d? \d{3} \d\d")
"""The three pieces of the plate of a vehicle (29A 123.45), with a space between them."""

_UNITS = {
    "kg": ("kilogam", "kilôgam", "ki lô gam"),
    "g": ("gam", "gram"),
    "km": ("kilomet", "kilômét", "ki lô mét", "cây số"),
    "m": ("mét",),
    "cm": ("centimet", "xentimét", "xăng ti mét"),
    "mm": ("milimet", "milimét", "mi li mét"),
    "ha": ("hecta", "héc ta"),
    "l": ("lít",),
    "m2": ("m²", "mét vuông"),
    "m3": ("m³", "mét khối"),
    "km2": ("km²", "kilomet vuông", "kilômét vuông", "ki lô mét vuông"),
    "đ": ("đồng", "VNĐ", "VND"),
    "usd": ("đô la Mỹ", "đô la", "đôla"),
    "c": ("độ C",),
}
"""Sign of a unit, as it is written after a number → its other written forms. The c is that of
37 °C, whose ° is no syllable."""

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
    "lần": ("thứ",),
    "thứ": ("",),
    "giải": ("",),
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
_SAME_NOUNS = (("thế", "chiến"), ("chiến", "tranh", "thế", "giới"))
"""Two nouns of _ORDINAL_NOUNS for the same thing ("world war")."""
_COUNTED = ("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
"""The numbers from 1 to 10 in words."""
_ORDERED = {1: "nhất", 2: "nhì", 4: "tư"}
"""The numbers that have another word as ordinals ("thứ nhất")."""
_QUARTER = ("quý",)
_RANKED = (("hạng",), ("giải",))
"""Nouns with ordinals in words directly after them: giải nhất."""
_MAX_WORD = 19
"""Greatest number that is looked for in words."""


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
    for find in (day_of_year, month_of_year, day_of_month, _ordinal, _regnal, time_of_day,
                 _quantity, _code):  # fmt: skip
        if found := find(syllables, gaps, at):
            end, forms = found
            if not in_quotes and not any(is_word(syllables, at, word) for word in DAY_WORDS):
                # Redundant: the written form without the word is found as well.
                forms = [form for form in forms if form[0] not in DAY_WORDS]
            return variant_entity(syllables, at, end, forms, lexicon)
    return None


def _is_numeral(syllable: Syllable) -> bool:
    return not syllable.term.isalpha() or syllable.term in _numeral_words()


@cache
def _numeral_words() -> frozenset[str]:
    """Return the terms that may be a numeral without a digit: Roman ones, words, and words without
    marks."""
    words = (*_COUNTED, *_ORDERED.values())
    return frozenset((*_roman_numbers(), *words, *map(fold, words)))


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


def _ordinal(syllables: Sequence[Syllable], gaps: Sequence[str], at: int) -> Found:
    """Return the noun of _ORDINAL_NOUNS at syllable `at` with its number in Roman or Arabic
    numerals or in words; its written forms have all of them and all words that may stand
    between."""
    for terms, between in _ordinal_nouns().matches_at(syllables, at):
        end = at + len(terms)
        for words in sorted(between, key=len, reverse=True):
            start = end + len(words)
            if start < len(syllables) and has_words(syllables, end, words):
                is_ordered = (terms + words)[-1] == "thứ"
                number, last = _number_at(syllables, start, is_ordered or terms in _RANKED)
                if not is_ordered and last > start and syllables[start].term.isalpha():
                    # The words of numbers have other meanings, and so have short nouns.
                    typed = tuple(syllable.term for syllable in syllables[at:end])
                    if typed != terms and len(terms) == 1:
                        continue
                if number:
                    nouns = _SAME_NOUNS if terms in _SAME_NOUNS else (terms,)
                    forms = [
                        (*noun, *others, *numeral)
                        for noun in nouns
                        for others in between
                        for numeral in _numerals(number)
                    ]
                    return (
                        _with_year(syllables, gaps, last, forms)
                        if terms == _QUARTER
                        else (last, forms)
                    )
    return None


def _with_year(
    syllables: Sequence[Syllable], gaps: Sequence[str], at: int, forms: list[Terms]
) -> tuple[int, list[Terms]]:
    """Return the index after a quarter, or after its year, and its written forms: quý II/2020, quý
    2 năm 2020. `at` is the index after the number of the quarter, `forms` are those without a
    year."""
    start = at + (at < len(syllables) and is_word(syllables, at, "năm"))
    has_year = start < len(syllables) and YEAR.fullmatch(syllables[start].term)
    if not has_year or not WORD_GAP.fullmatch(gaps[at]):
        return at, forms
    year = syllables[start].term
    return start + 1, [(*form, *of, year) for form in forms for of in ((), ("năm",))]


def _number_at(syllables: Sequence[Syllable], at: int, is_ordered: bool) -> tuple[int | None, int]:
    """Return the number that is written at syllable `at` and the index after it; (None, at) if
    there is none.

    A word that makes a word of pyvi's dictionary with its neighbour is no number (nhóm tư vấn).
    `is_ordered` is True if the number is an ordinal by the word before it; only then may it be
    "nhất", "nhì" or "năm" ("five"), which also mean "most" and "year".
    """
    term = syllables[at].term
    number = _roman_numbers().get(term)
    if number is None and _NUMBER.fullmatch(term) and 1 <= int(term) <= _MAX_ORDINAL:
        number = int(term)
    if number is not None:
        return number, at + 1
    for size in (2, 1):
        typed = tuple(syllable.term for syllable in syllables[at : at + size])
        number = _numbers_in_words().get(typed)
        if number is None or len(typed) < size:
            continue
        if not is_ordered and typed in (("nhất",), ("nhì",), ("năm",)):
            continue
        after = tuple(syllable.restored.term for syllable in syllables[at + size : at + size + 1])
        if not in_dictionary((typed[-1], *after)) or not after:
            return number, at + size
    return None, at


def _numerals(number: int) -> Iterator[Terms]:
    """Yield the written forms of an ordinal, as terms: (4,), (iv,), (bốn,), (tư,)."""
    yield (str(number),)
    yield (to_roman(number).lower(),)
    for words, value in _numbers_in_words().items():
        if value == number:
            yield words


@cache
def _numbers_in_words() -> dict[Terms, int]:
    """Return the terms of each number from 1 to _MAX_WORD in words → the number."""
    units: dict[Terms, int] = {(word,): number for number, word in enumerate(_COUNTED, 1)}
    units.update({(word,): number for number, word in _ORDERED.items()})
    teens = {("mười", *words): 10 + number for words, number in units.items() if number < 10}
    return {**units, **teens, ("mười", "lăm"): 15}


def _regnal(syllables: Sequence[Syllable], gaps: Sequence[str], at: int) -> Found:
    """Return the foreign name at syllable `at` with the number after it: Louis XIV, Apollo 11.

    A Roman numeral has capitals; one of a single letter may be an initial.
    """
    name, after = syllables[at], syllables[at + 1 : at + 2]
    if (
        not after
        or not gaps[at + 1].isspace()
        or not (name.is_capitalized and name.term.isalpha() and len(name.term) > 2)
        or is_syllable(name.term)
    ):
        return None
    (typed,) = after
    number, _ = _number_at(syllables, at + 1, False)
    is_roman = len(typed.term) > 1 and typed.typed.isupper() and typed.term in _roman_numbers()
    if not number or not (is_roman or typed.term.isdigit()):
        return None
    return at + 2, [(name.term, str(number)), (name.term, to_roman(number).lower())]


def _quantity(syllables: Sequence[Syllable], gaps: Sequence[str], at: int) -> Found:
    """Return the number and unit that begin at syllable `at`: 100 mét vuông, 37 °C, 5.000đ."""
    end = at
    while (
        end < min(at + _MAX_PIECES, len(syllables))
        and syllables[end].term.isdigit()
        and (end == at or gaps[end] in (".", ","))
    ):
        end += 1
    numbers = [syllable.term for syllable in syllables[at:end]]
    if end < len(syllables) and (joined := _NUMBER_AND_SIGN.fullmatch(syllables[end].term)):
        number, sign = joined.groups()  # 5.000đ
        unit = sign.translate(_TO_DIGITS)
        if unit in _UNITS and (end == at or gaps[end] in (".", ",")):
            return end + 1, _quantities([*numbers, number], gaps[at + 1 : end + 1], unit)
    if end == at or end >= len(syllables) or not re.fullmatch(r"\s?[°º]?\s?", gaps[end]):
        return None
    for terms, unit in _unit_names().matches_at(syllables, end):
        if unit == "c" and terms == ("c",) and not gaps[end].strip():
            continue  # "5 c" is no temperature
        return end + len(terms), _quantities(numbers, gaps[at + 1 : end], unit)
    return None


def _quantities(numbers: Sequence[str], gaps: Sequence[str], unit: str) -> list[Terms]:
    """Return the written forms of a number, given by the terms of its pieces and the gaps between
    them, with each name of its unit."""
    # With a unit, four digits are no year: 1200 m².
    whole = numbers[0] if len(numbers) == 1 else _thousands(numbers, gaps)[0]
    written = [tuple(numbers)]
    if whole and len(whole) > 3:
        written += [(whole,), _groups_of_three(whole)]
    return [
        form
        for head in dict.fromkeys(written)
        for name in (unit, *_UNITS[unit])
        for terms in (terms_in(name),)
        for form in (
            (*head, *terms),
            *([(*head[:-1], head[-1] + terms[0])] if len(terms) == 1 else []),
        )
    ]


@cache
def _unit_names() -> PhraseDictionary[str]:
    """Return a dictionary of the names of units: terms → the sign of the unit. Built once."""
    return PhraseDictionary(
        (terms_in(name), unit) for unit, names in _UNITS.items() for name in (unit, *names)
    )


@cache
def _ordinal_nouns() -> PhraseDictionary[tuple[Terms, ...]]:
    return PhraseDictionary(
        (terms_in(noun), tuple(map(terms_in, between))) for noun, between in _ORDINAL_NOUNS.items()
    )


@cache
def _roman_numbers() -> dict[str, int]:
    return {to_roman(number).lower(): number for number in range(1, _MAX_ORDINAL + 1)}


def _code(syllables: Sequence[Syllable], gaps: Sequence[str], at: int) -> Found:
    """Return the longest number or code that begins at syllable `at`, of at most _MAX_PIECES
    syllables, whose digits and letters may be joined or apart."""
    after_word = syllables[at].term.isalpha() and " " in gaps[at + 1 : at + 2]
    if after_word and _quantity(syllables, gaps, at + 1):
        return None  # "có 10kg"
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
    if _PHONE.fullmatch(whole) or _SERVICE_PHONE.fullmatch(whole):
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
    """True if the pieces may be one code: there are at most two, or they are the plate of a
    vehicle, or no two of them are separated by spaces alone.

    Two may be a number and its unit (10 kg), or a word and a number (điều 5), whose joined form
    the index then lacks.
    """
    is_plate = _PLATE.fullmatch(" ".join(pieces)) is not None
    return len(pieces) <= 2 or is_plate or all(gap.strip() or not gap for gap in gaps)


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
