"""Abbreviations and their long forms: UBND ↔ uỷ ban nhân dân, either finds the other.

The curated pairs (abbreviations.tsv) and those that the archive defines in its own pages. One that
is defined in several ways is taken only where one way is by far the commonest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from weakref import WeakKeyDictionary

from indexer.analysis import fold, terms_in
from indexer.query.entities.dictionary import Terms
from indexer.query.grammar import LeafKind
from indexer.query.model import Clause, Synonym
from indexer.query.plan import Slot
from indexer.query.vocabulary.lexicon import Lexicon

_DEFINITIONS = 3
"""Documents that must define a pair before it is believed."""
_CLEAR = 0.8
"""Share of the definitions of an abbreviation that its long form must have."""


class _Pairs(NamedTuple):
    long_forms: Mapping[str, Terms]
    """Folded abbreviation → terms of its long form."""
    shorts: Mapping[str, Sequence[tuple[Terms, tuple[str, ...]]]]
    """First term of a long form → long forms with their abbreviations as terms."""


_known: WeakKeyDictionary[Lexicon, _Pairs] = WeakKeyDictionary()


def synonyms(clause: Clause, slots: Sequence[Slot], lexicon: Lexicon) -> tuple[Synonym, ...]:
    """What may be written instead of parts of a clause, as far as the index has it.

    `slots` are the terms that each of its syllables may stand for on a rung.
    A phrase in quotes, a beginning and `=word` are meant to the letter.
    """
    if clause.leaf.kind is not LeafKind.WORDS or clause.facet:
        return ()
    pairs = _pairs(lexicon)
    found = [other for entity in clause.entities for other in entity.kinds]
    for at, syllable in enumerate(clause.syllables):
        long_form = pairs.long_forms.get(fold(syllable.term))
        if long_form and all(map(lexicon.frequency, long_form)):
            found.append(Synonym(at, at + 1, long_form))
        for term in slots[at]:
            for long_form, shorts in pairs.shorts.get(term, ()):
                end = at + len(long_form)
                if end <= len(slots) and all(map(_accepts, slots[at:end], long_form)):
                    known = filter(lexicon.frequency, shorts)
                    found.extend(Synonym(at, end, (short,)) for short in known)
    return tuple(found)


def _accepts(slot: Slot, term: str) -> bool:
    return term in slot


def _pairs(lexicon: Lexicon) -> _Pairs:
    pairs = _known.get(lexicon)
    if pairs is None:
        chosen = dict(_curated())
        for short, counted in lexicon.learned.abbreviations.items():
            long_form = max(counted, key=lambda form: (counted[form], form))
            enough = max(_DEFINITIONS, _CLEAR * sum(counted.values()))
            if counted[long_form] >= enough and len(short) > 2:
                chosen[short] = long_form
        long_forms: dict[str, Terms] = {}
        shorts: dict[Terms, tuple[str, ...]] = {}
        for short, long_form in chosen.items():
            terms = terms_in(long_form)
            long_forms[fold(short.lower())] = terms
            shorts[terms] = (*shorts.get(terms, ()), short.lower())
        by_first: dict[str, list[tuple[Terms, tuple[str, ...]]]] = {}
        for terms, written in shorts.items():
            by_first.setdefault(terms[0], []).append((terms, written))
        _known[lexicon] = pairs = _Pairs(long_forms, by_first)
    return pairs


@cache
def _curated() -> Mapping[str, str]:
    text = files("indexer.query").joinpath("abbreviations.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {row[0]: row[1] for row in rows}
