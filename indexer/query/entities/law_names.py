"""Find laws that are cited by name and year: `Luật Đất đai 2024`, `Bộ luật Lao động năm 2019`.

The year identifies the law, so it must stand beside the name: alone, after "năm", or in the law's
code (Luật Đất đai số 31/2024/QH15). Only names of law_names.txt count, because "luật" may be
followed by anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from indexer.analysis import terms_in
from indexer.query.entities.citations import YEAR
from indexer.query.entities.dictionary import PhraseDictionary
from indexer.query.model import Entity, SurfaceForm, Syllable
from indexer.query.plan import Slot
from indexer.query.vocabulary.lexicon import Lexicon

_LAW_NUMBERS = range(1, 200)
"""Possible numbers of a law. The National Assembly begins with 1 again each year, or each term."""


def find_law(syllables: Sequence[Syllable], at: int, lexicon: Lexicon) -> Entity | None:
    """Return the law that is named with its year from syllable `at` on, or None.

    It is the longest name of law_names.txt there that a year follows, alone or after "năm". Raises
    IndexDamaged if the vocabulary cannot be read.
    """
    for name, _ in _names().matches_at(syllables, at):
        end = at + len(name)
        if end == len(syllables):
            continue
        year = end + (syllables[end].is_compatible("năm") and end + 1 < len(syllables))
        if not YEAR.fullmatch(syllables[year].term):
            continue
        name_slots = tuple(range(at, end))
        surface_forms = [
            SurfaceForm((*name_slots, year)),
            SurfaceForm((*name_slots, ("năm",), year)),
        ]
        if numbers := _numbers_before(syllables[year].term, lexicon):
            surface_forms.append(SurfaceForm((*name_slots, ("số",), numbers, year)))
        return Entity(at, year + 1, tuple(surface_forms), number=syllables[year].term)
    return None


def _numbers_before(year: str, lexicon: Lexicon) -> Slot:
    """Return the numbers of laws that stand directly before this year in the index, as in
    31/2024/QH15.

    `year` is a term of four digits. The numbers, of _LAW_NUMBERS, are terms without leading zeros,
    in ascending order; () if there is none.
    """
    numbers = map(str, _LAW_NUMBERS)
    return tuple(number for number in numbers if lexicon.pair_frequency(number, year))


@cache
def _names() -> PhraseDictionary[None]:
    """Return a dictionary of the names of laws in law_names.txt, without values. Built once."""
    text = files("indexer.query.entities").joinpath("law_names.txt").read_text(encoding="utf-8")
    return PhraseDictionary((terms_in(line), None) for line in text.splitlines())
