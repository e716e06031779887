"""Documents by kind and number: `Nghị quyết 42`, `NQ số 42`, `nq42`, `42-NQ/TW`, `100/2019/NĐ-CP`.

A number says which document only together with its kind, so the two are looked for side by side,
in every way in which they are written: the kind whole or short, before the number or in the code
after it, with "số" between or not. What is typed beyond that (year, office) must be there too;
what is not typed may be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from weakref import WeakKeyDictionary

from indexer.analysis import fold, terms_in
from indexer.query.entities.dictionary import Terms
from indexer.query.entities.document_types import longs, shorts
from indexer.query.model import Condition, Entity, SurfaceForm, Syllable, Synonym
from indexer.query.plan import Slot
from indexer.query.vocabulary.accent_compatibility import is_compatible
from indexer.query.vocabulary.lexicon import Lexicon

Slots = tuple[int | Slot, ...]

_NUMBER = re.compile(r"\d{1,5}[a-zđ]?")
YEAR = re.compile(r"(?:19|20)\d\d")
_ASSEMBLY = re.compile(r"qh\d{1,2}")  # 31/2024/QH15: a law, by the National Assembly's term
_OFFICE = re.compile(r"[^\W\d_]+\d{0,2}")
_GLUED = re.compile(r"([^\W\d_]{2,4})(\d{1,5})")
_SLASH = re.compile(r"\s*/\s*")
_SIGN = re.compile(r"\s*[-–/.&]\s*")
_MOST_OFFICES = 4


class _Piece(NamedTuple):
    """A syllable typed, or half of one such as nq42; `slot` is what stands for it in a writing."""

    at: int
    term: str
    slot: int | Slot
    gap: str


class _Kind(NamedTuple):
    """The kind that some pieces name: its long forms and short forms, one of them as typed."""

    end: int
    longs: tuple[Terms, ...]
    shorts: Terms
    typed_long: bool


def find_citation(
    syllables: Sequence[Syllable], gaps: Sequence[str], at: int, lexicon: Lexicon
) -> Entity | None:
    """The document that is named from syllable `at` on, or None.

    `gaps` are the signs and spaces before each syllable.
    """
    if not _may_begin(syllables[at].term):
        return None
    pieces = _pieces(syllables, gaps, at)
    kind = _kind(pieces)
    if kind is None:
        return _code(pieces, 0, None, lexicon)
    number = kind.end
    said = number < len(pieces) and is_compatible(pieces[number].term, "số")
    number += said
    if number >= len(pieces) or not _NUMBER.fullmatch(pieces[number].term):
        return None
    if found := _code(pieces, number, kind, lexicon):
        return found
    after = _year_after(pieces, number)
    named = said or after or isinstance(pieces[number].slot, tuple)
    if not named and _counts(pieces, kind.end - 1, number, lexicon):
        return None
    year = after - 1 if after else None
    return _meaning(pieces, kind, number, year, after or number + 1, lexicon)


def _may_begin(term: str) -> bool:
    folded = fold(term)
    return (
        term[0].isdigit()
        or longs().begins(folded)
        or folded in shorts()
        or _GLUED.fullmatch(term) is not None
    )


def _pieces(syllables: Sequence[Syllable], gaps: Sequence[str], at: int) -> list[_Piece]:
    """The syllables from `at` on as far as a find_citation may reach, nq42 as nq and 42."""
    pieces: list[_Piece] = []
    for index in range(at, min(len(syllables), at + 14)):
        term = syllables[index].term
        glued = _GLUED.fullmatch(term) if index == at else None
        if glued and (known := shorts().get(fold(glued[1]))):
            pieces.append(_Piece(index, known[0][0], (known[0][0],), gaps[index]))
            pieces.append(_Piece(index, glued[2], (glued[2],), ""))
        else:
            pieces.append(_Piece(index, term, index, gaps[index]))
    return pieces


def _kind(pieces: Sequence[_Piece]) -> _Kind | None:
    """The longest kind that the first pieces name."""
    folded = fold(pieces[0].term)
    longest = next(longs().at(pieces, 0), None)
    if longest:
        long_form, short_forms = longest
        return _Kind(len(long_form), (long_form,), short_forms, typed_long=True)
    known = [row for row in shorts().get(folded, ()) if is_compatible(pieces[0].term, row[0])]
    if known:
        return _Kind(1, tuple(long for _, long in known), (known[0][0],), typed_long=False)
    return None


def _code(
    pieces: Sequence[_Piece],
    number: int,
    kind: _Kind | None,
    lexicon: Lexicon,
) -> Entity | None:
    """A code of its own: number, year if there is one, kind, and offices: 100/2019/NĐ-CP."""
    if not _NUMBER.fullmatch(pieces[number].term):
        return None
    at = number + 1
    year = None
    if at < len(pieces) and _SLASH.fullmatch(pieces[at].gap) and YEAR.fullmatch(pieces[at].term):
        year, at = at, at + 1
    if at >= len(pieces) or not _SIGN.fullmatch(pieces[at].gap):
        return None
    known = shorts().get(fold(pieces[at].term), ())
    longs_of = tuple(long_form for _, long_form in known)
    if not known and not _ASSEMBLY.fullmatch(pieces[at].term):
        return None
    if kind and known and not set(longs_of).intersection(kind.longs):
        return None
    end = at + 1
    while (
        end < len(pieces)
        and end - at <= _MOST_OFFICES
        and _SIGN.fullmatch(pieces[end].gap)
        and _OFFICE.fullmatch(pieces[end].term)
    ):
        end += 1
    if end == at + 1 and known:  # no office: the kind is as good before the number
        told = kind or _Kind(0, longs_of, (known[0][0],), typed_long=False)
        return _meaning(pieces, told, number, year, end, lexicon)
    head = (pieces[number].slot,)
    tail = tuple(piece.slot for piece in pieces[at:end])
    if year is not None:
        surface_forms = [(*head, pieces[year].slot, *tail)]
    else:
        surface_forms = [(*head, *tail)]
        if years := _years_of(pieces[number].term, lexicon):
            surface_forms.append((*head, years, *tail))
    return _finish(
        pieces, end, [SurfaceForm(slots) for slots in surface_forms], pieces[number].term, ()
    )


def _meaning(
    pieces: Sequence[_Piece],
    kind: _Kind,
    number: int,
    year: int | None,
    end: int,
    lexicon: Lexicon,
) -> Entity:
    """Kind and number in all ways to write them."""
    typed: Slots = tuple(piece.slot for piece in pieces[: kind.end])
    first, last = pieces[0].at, pieces[max(kind.end - 1, 0)].at + 1
    number_slot = pieces[number].slot
    whole: list[tuple[Slots, Condition]] = []
    short: list[tuple[Slots, Condition]] = []
    others: list[Synonym] = []
    if kind.typed_long:
        whole.append((typed, ()))
        given = tuple((piece.at, term) for piece, term in zip(pieces, kind.longs[0], strict=False))
        for term in filter(lexicon.frequency, kind.shorts):
            short.append((((term,),), given))
            others.append(Synonym(first, last, (term,)))
    else:
        short.append((typed or (kind.shorts,), ()))
        for long_form in kind.longs:
            if all(map(lexicon.frequency, long_form)):
                whole.append((tuple((term,) for term in long_form), ()))
                if kind.end:
                    others.append(Synonym(first, last, long_form))
    dated: Slots = (number_slot,) if year is None else (number_slot, pieces[year].slot)
    tails = [dated] if year is None else [dated, (number_slot, ("năm",), pieces[year].slot)]
    surface_forms = [
        SurfaceForm((*before, *between, *tail), given)
        for before, given in (*whole, *short)
        for between in ((), (("số",),))
        for tail in tails
    ]
    surface_forms += [SurfaceForm((*dated, *after), given) for after, given in short]
    if year is None and (years := _years_of(pieces[number].term, lexicon)):
        surface_forms += [
            SurfaceForm((number_slot, years, *after), given) for after, given in short
        ]
    return _finish(pieces, end, surface_forms, pieces[number].term, tuple(others))


def _finish(
    pieces: Sequence[_Piece],
    end: int,
    surface_forms: Sequence[SurfaceForm],
    number: str,
    kinds: tuple[Synonym, ...],
) -> Entity:
    """The entity of the first `end` pieces, which themselves are a way to write it."""
    first, last = pieces[0].at, pieces[end - 1].at + 1
    as_typed = SurfaceForm(tuple(range(first, last)))
    ways = tuple(dict.fromkeys((as_typed, *surface_forms)))
    return Entity(first, last, ways, number=number, kinds=kinds)


def _year_after(pieces: Sequence[_Piece], number: int) -> int:
    """Where a year ends that follows the number, as /2019 or năm 2019; 0 where none does."""
    at = number + 1
    if at < len(pieces) and _SLASH.fullmatch(pieces[at].gap):
        return at + 1 if YEAR.fullmatch(pieces[at].term) else 0
    if at + 1 < len(pieces) and is_compatible(pieces[at].term, "năm"):
        return at + 2 if YEAR.fullmatch(pieces[at + 1].term) else 0
    return 0


def _counts(pieces: Sequence[_Piece], kind: int, number: int, lexicon: Lexicon) -> bool:
    """Whether the number counts what follows it, or is a year, rather than naming a document.

    It counts where this index has it more often beside what follows than beside the kind.
    """
    term = pieces[number].term
    if YEAR.fullmatch(term):
        return True
    if number + 1 == len(pieces) or not pieces[number + 1].gap.isspace():
        return False
    after = pieces[number + 1].term
    if number + 2 < len(pieces) and fold(after) == "ngai" and pieces[number + 2].term.isdigit():
        return False  # Nghị quyết 42 ngày 9/4
    if after in _counted():
        return True
    beside = max(
        lexicon.pair_frequency(pieces[kind].term, term), lexicon.pair_frequency("số", term)
    )
    return lexicon.pair_frequency(term, after) > beside


_years: WeakKeyDictionary[Lexicon, Terms] = WeakKeyDictionary()


def _years_of(number: str, lexicon: Lexicon) -> Slot:
    """The years that stand after this number in the index, for codes in which none was typed."""
    known = _years.get(lexicon)
    if known is None:
        known = tuple(y for y in map(str, range(1945, 2100)) if lexicon.frequency(y))
        _years[lexicon] = known
    return tuple(year for year in known if lexicon.pair_frequency(number, year))


@cache
def _counted() -> frozenset[str]:
    """Words of time and measure, which a number before them counts; with marks and without."""
    text = files("indexer.query.entities").joinpath("counted_nouns.txt").read_text(encoding="utf-8")
    nouns = terms_in(text)
    return frozenset((*nouns, *map(fold, nouns)))
