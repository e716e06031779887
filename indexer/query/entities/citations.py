"""Find documents by type and number: `Nghị quyết 42`, `NQ số 42`, `nq42`, `100/2019/NĐ-CP`.

A number identifies a document only together with its type, so the two must stand side by side, in
any of the ways in which they are written: the type in its long or short form, before the number or
in the code after it, with "số" between or not. Further parts that are typed (year, office) must
match too; parts that are not typed may be present in the document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from weakref import WeakKeyDictionary

from indexer.analysis import fold, has_marks, terms_in
from indexer.analysis.orthography import is_syllable
from indexer.query.entities.dictionary import Terms
from indexer.query.entities.document_types import long_forms, short_forms
from indexer.query.model import Condition, Entity, SurfaceForm, Syllable, Synonym
from indexer.query.plan import Slot
from indexer.query.vocabulary.accent_compatibility import is_compatible
from indexer.query.vocabulary.lexicon import Lexicon

Slots = tuple[int | Slot, ...]
"""The slots of a surface form, one for each of its syllables, as in `SurfaceForm.slots`: the index
of a syllable of the clause, or a tuple of the terms that may stand there."""

_NUMBER = re.compile(r"\d{1,5}[a-zđ]?")
YEAR = re.compile(r"(?:19|20)\d\d")
"""Matches a year from 1900 to 2099."""
_ASSEMBLY = re.compile(r"qh\d{1,2}")  # 31/2024/QH15: a law, with the term of the National Assembly
_OFFICE = re.compile(r"[^\W\d_]+\d{0,2}")
_TYPE_AND_NUMBER = re.compile(r"([^\W\d_]{2,4})(\d{1,5})")  # nq42
_SLASH = re.compile(r"\s*/\s*")
_CODE_SEPARATOR = re.compile(r"\s*[-–/.&]\s*")
_MAX_OFFICES = 4
"""Greatest number of offices after the type in a code (TTLT-BCA-BTC has two)."""
_MAX_SYLLABLES = 14
"""Greatest number of syllables of a citation."""


class _Piece(NamedTuple):
    """A syllable of the query, or one half of a syllable such as nq42.

    Attributes
    ----------
    at : index of the syllable in the clause; both halves of nq42 have the same.
    term : normalised term of the piece.
    slot : the slot for the piece in a `SurfaceForm`: `at` for a whole syllable, so that each rung
        decides its terms; a tuple of its only term for a half.
    gap : text between the piece and the one before; "" for a second half.
    """

    at: int
    term: str
    slot: int | Slot
    gap: str


class _DocumentType(NamedTuple):
    """The type of a cited document.

    Attributes
    ----------
    end : number of pieces, at the beginning of the citation, that name the type; 0 if it is known
        only from the code after the number.
    long_forms : the terms of the type's long form; several if a typed short form stands for
        several.
    short_forms : the short forms of the type; the typed one alone if a short form was typed.
    is_long : True if the long form was typed.
    """

    end: int
    long_forms: tuple[Terms, ...]
    short_forms: Terms
    is_long: bool


def find_citation(
    syllables: Sequence[Syllable], gaps: Sequence[str], at: int, lexicon: Lexicon
) -> Entity | None:
    """Return the document cited by type and number from syllable `at` on, or None.

    Its surface forms are the ways to write the citation, without those whose type or year the index
    lacks. Raises IndexDamaged if the vocabulary cannot be read.

    Parameters
    ----------
    syllables : those of a clause.
    gaps : for each syllable, the text between it and the one before; "" for the first.
    at : index of a syllable.
    """
    if not _may_begin_citation(syllables[at].term):
        return None
    pieces = _pieces(syllables, gaps, at)
    kind = _document_type(pieces)
    if kind is None:
        return _code(pieces, 0, None, lexicon)
    number = kind.end
    has_number_word = number < len(pieces) and is_compatible(pieces[number].term, "số")
    number += has_number_word
    if number >= len(pieces) or not _NUMBER.fullmatch(pieces[number].term):
        return None
    if code := _code(pieces, number, kind, lexicon):
        return code
    year_end = _year_end(pieces, number)
    is_explicit = has_number_word or year_end or isinstance(pieces[number].slot, tuple)
    if not is_explicit and _is_quantity(pieces, kind.end - 1, number, lexicon):
        return None
    year = year_end - 1 if year_end else None
    return _type_and_number(pieces, kind, number, year, year_end or number + 1, lexicon)


def _may_begin_citation(term: str) -> bool:
    """True if a citation may begin with this term: it begins with a digit, is the first term of a
    type, or is a type and a number (nq42).

    A quick test that rules out most syllables.
    """
    folded = fold(term)
    return (
        term[0].isdigit()
        or long_forms().has_first(folded)
        or folded in short_forms()
        or _TYPE_AND_NUMBER.fullmatch(term) is not None
    )


def _pieces(syllables: Sequence[Syllable], gaps: Sequence[str], at: int) -> list[_Piece]:
    """Return the syllables from `at` on that a citation may cover, at most _MAX_SYLLABLES, as
    pieces.

    A first syllable of a type and a number (nq42) becomes two pieces, nq and 42.
    """
    pieces: list[_Piece] = []
    for index in range(at, min(len(syllables), at + _MAX_SYLLABLES)):
        term = syllables[index].term
        joined = _TYPE_AND_NUMBER.fullmatch(term) if index == at else None
        if joined and (known := short_forms().get(fold(joined[1]))):
            pieces.append(_Piece(index, known[0][0], (known[0][0],), gaps[index]))
            pieces.append(_Piece(index, joined[2], (joined[2],), ""))
        else:
            pieces.append(_Piece(index, term, index, gaps[index]))
    return pieces


def _document_type(pieces: Sequence[_Piece]) -> _DocumentType | None:
    """Return the type that the first pieces name, in its long or short form; the one with the
    longest name if there are several.

    None if they name no type.
    """
    folded = fold(pieces[0].term)
    longest = next(long_forms().matches_at(pieces, 0), None)
    if longest:
        long_form, shorts = longest
        return _DocumentType(len(long_form), (long_form,), shorts, is_long=True)
    known = [row for row in short_forms().get(folded, ()) if is_compatible(pieces[0].term, row[0])]
    if known:
        return _DocumentType(1, tuple(long for _, long in known), (known[0][0],), is_long=False)
    return None


def _code(
    pieces: Sequence[_Piece],
    number: int,
    kind: _DocumentType | None,
    lexicon: Lexicon,
) -> Entity | None:
    """Return the document that is cited by a code whose number is the piece `number`, or None.

    A code is number, year (optional), type and offices: 100/2019/NĐ-CP. `number` is an index of
    pieces; `kind` is the type that is named before the code, None if there is none. If the type in
    the code does not agree with it, None is returned.
    """
    if not _NUMBER.fullmatch(pieces[number].term):
        return None
    at = number + 1
    year = None
    if at < len(pieces) and _SLASH.fullmatch(pieces[at].gap) and YEAR.fullmatch(pieces[at].term):
        year, at = at, at + 1
    if at >= len(pieces) or not _CODE_SEPARATOR.fullmatch(pieces[at].gap):
        return None
    known = short_forms().get(fold(pieces[at].term), ())
    types_of_code = tuple(long_form for _, long_form in known)
    is_office = _SLASH.fullmatch(pieces[at].gap) and _is_initials(pieces[at].term)
    if not (known or is_office or _ASSEMBLY.fullmatch(pieces[at].term)):
        return None
    if kind and known and not set(types_of_code).intersection(kind.long_forms):
        return None
    end = at + 1
    while (
        end < len(pieces)
        and end - at <= _MAX_OFFICES
        and _CODE_SEPARATOR.fullmatch(pieces[end].gap)
        and _OFFICE.fullmatch(pieces[end].term)
    ):
        end += 1
    if end == at + 1 and known:  # without an office, the type may also stand before the number
        named = kind or _DocumentType(0, types_of_code, (known[0][0],), is_long=False)
        return _type_and_number(pieces, named, number, year, end, lexicon)
    head = (pieces[number].slot,)
    tail = tuple(piece.slot for piece in pieces[at:end])
    if year is not None:
        surface_forms = [(*head, pieces[year].slot, *tail)]
    else:
        surface_forms = [(*head, *tail)]
        if years := _years_of(pieces[number].term, lexicon):
            surface_forms.append((*head, years, *tail))
    any_marks = tuple(_with_any_marks(piece, lexicon) for piece in pieces[at:end])
    if any_marks != tail:  # codes are often written without marks: ND-CP
        surface_forms += [(*slots[: -len(tail)], *any_marks) for slots in surface_forms]
    elif is_office and not known:
        return None  # no other form than the words side by side
    return _entity(
        pieces, end, [SurfaceForm(slots) for slots in surface_forms], pieces[number].term, ()
    )


def _with_any_marks(piece: _Piece, lexicon: Lexicon) -> int | Slot:
    """Return what a surface form has at the place of a piece of a code, such as NĐ in NĐ-CP.

    The document may be cited with the marks or without: it is a tuple of the term and its folded
    form ("nđ", "nd") or, if the piece is no syllable, of all forms that the index has. For a piece
    with one form, it is `piece.slot`.
    """
    folded = fold(piece.term)
    forms = [piece.term, folded] if has_marks(piece.term) else [piece.term]
    if _is_initials(piece.term):
        forms += lexicon.variants(folded)
    known = tuple(dict.fromkeys(forms))
    return known if len(known) > 1 else piece.slot


def _is_initials(term: str) -> bool:
    """True if a term has only letters and is not built like a syllable (bgdđt, qđ)."""
    return len(term) > 1 and term.isalpha() and not is_syllable(term)


def _type_and_number(
    pieces: Sequence[_Piece],
    kind: _DocumentType,
    number: int,
    year: int | None,
    end: int,
    lexicon: Lexicon,
) -> Entity:
    """Return the entity of a document cited by type and number, with the ways to write it.

    Short and long forms of the type that were not typed are left out if the index lacks their
    terms.

    `number` and `year` are indexes of pieces, `year` None if no year was typed. The entity covers
    the pieces before index `end`.
    """
    typed: Slots = tuple(piece.slot for piece in pieces[: kind.end])
    first, last = pieces[0].at, pieces[max(kind.end - 1, 0)].at + 1
    number_slot = pieces[number].slot
    long: list[tuple[Slots, Condition]] = []
    short: list[tuple[Slots, Condition]] = []
    type_synonyms: list[Synonym] = []
    if kind.is_long:
        long.append((typed, ()))
        condition = tuple(
            (piece.at, term) for piece, term in zip(pieces, kind.long_forms[0], strict=False)
        )
        for term in kind.short_forms:
            forms = tuple(dict.fromkeys((term, fold(term))))  # ND 100 for NĐ 100
            if any(map(lexicon.frequency, forms)):
                short.append(((forms,), condition))
            if lexicon.frequency(term):
                type_synonyms.append(Synonym(first, last, (term,)))
    else:
        short.append((typed or (kind.short_forms,), ()))
        for long_form in kind.long_forms:
            if all(map(lexicon.frequency, long_form)):
                long.append((tuple((term,) for term in long_form), ()))
                if kind.end:
                    type_synonyms.append(Synonym(first, last, long_form))
    dated: Slots = (number_slot,) if year is None else (number_slot, pieces[year].slot)
    tails = [dated] if year is None else [dated, (number_slot, ("năm",), pieces[year].slot)]
    surface_forms = [
        SurfaceForm((*before, *between, *tail), condition)
        for before, condition in (*long, *short)
        for between in ((), (("số",),))
        for tail in tails
    ]
    surface_forms += [SurfaceForm((*dated, *after), condition) for after, condition in short]
    if year is None and (years := _years_of(pieces[number].term, lexicon)):
        surface_forms += [
            SurfaceForm((number_slot, years, *after), condition) for after, condition in short
        ]
    return _entity(pieces, end, surface_forms, pieces[number].term, tuple(type_synonyms))


def _entity(
    pieces: Sequence[_Piece],
    end: int,
    surface_forms: Sequence[SurfaceForm],
    number: str,
    type_synonyms: tuple[Synonym, ...],
) -> Entity:
    """Return the entity of the first `end` pieces; its first surface form is the text as typed.

    `number` is the term of the number of the document; the other parameters are as in `Entity`.
    """
    first, last = pieces[0].at, pieces[end - 1].at + 1
    as_typed = SurfaceForm(tuple(range(first, last)))
    forms = tuple(dict.fromkeys((as_typed, *surface_forms)))
    return Entity(first, last, forms, number=number, synonyms=type_synonyms)


def _year_end(pieces: Sequence[_Piece], number: int) -> int:
    """Return the index of the piece after the year that follows piece `number` ("/2019", "năm
    2019"); 0 if no year follows."""
    at = number + 1
    if at < len(pieces) and _SLASH.fullmatch(pieces[at].gap):
        return at + 1 if YEAR.fullmatch(pieces[at].term) else 0
    if at + 1 < len(pieces) and is_compatible(pieces[at].term, "năm"):
        return at + 2 if YEAR.fullmatch(pieces[at + 1].term) else 0
    return 0


def _is_quantity(pieces: Sequence[_Piece], kind: int, number: int, lexicon: Lexicon) -> bool:
    """True if the piece `number` is a year or counts the noun after it (báo cáo 6 tháng, "report of
    six months"), so that it is not the number of a document.

    It counts the noun if that is one of counted_nouns.txt, or if more documents of the index have
    it beside the noun than beside the type or "số"; not if a date follows ("ngày 9/4"). `kind` is
    the index of the last piece of the type.
    """
    term = pieces[number].term
    if YEAR.fullmatch(term):
        return True
    if number + 1 == len(pieces) or not pieces[number + 1].gap.isspace():
        return False
    after = pieces[number + 1].term
    if number + 2 < len(pieces) and fold(after) == "ngay" and pieces[number + 2].term.isdigit():
        return False  # Nghị quyết 42 ngày 9/4
    if after in _counted_nouns():
        return True
    beside_type = max(
        lexicon.pair_frequency(pieces[kind].term, term), lexicon.pair_frequency("số", term)
    )
    return lexicon.pair_frequency(term, after) > beside_type


_years: WeakKeyDictionary[Lexicon, Terms] = WeakKeyDictionary()
"""Lexicon → the years from 1945 to 2099 that it has, ascending; freed with the lexicon."""


def _years_of(number: str, lexicon: Lexicon) -> Slot:
    """Return the years from 1945 to 2099 that stand directly after this number in the index,
    ascending; () if there is none.

    They complete a code that was typed without its year.
    """
    years = _years.get(lexicon)
    if years is None:
        years = tuple(y for y in map(str, range(1945, 2100)) if lexicon.frequency(y))
        _years[lexicon] = years
    return tuple(year for year in years if lexicon.pair_frequency(number, year))


@cache
def _counted_nouns() -> frozenset[str]:
    """Return the nouns of time and measure in counted_nouns.txt, with their marks and folded.

    A number before one of them counts it ("báo cáo 6 tháng").
    """
    text = files("indexer.query.entities").joinpath("counted_nouns.txt").read_text(encoding="utf-8")
    nouns = terms_in(text)
    return frozenset((*nouns, *map(fold, nouns)))
