"""Abbreviations and their long forms as synonyms of each other: UBND ↔ uỷ ban nhân dân.

The pairs are those of abbreviations.tsv and those that the documents of the archive define
("Mặt trận Tổ quốc (MTTQ)", see `vocabulary/learning.py`). An abbreviation that the documents define
in several ways is used only if one of them is by far the most frequent. `match_tree.py`,
`approximate_match.py` and `ranking.py` use the synonyms.
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

_MIN_DEFINITIONS = 3
"""Documents that must define a pair before it is used."""
_MIN_SHARE = 0.8
"""Share of the definitions of an abbreviation that its long form must have."""


class _Pairs(NamedTuple):
    """The abbreviations that an index may use, looked up in both directions."""

    long_forms: Mapping[str, Terms]
    """Folded abbreviation → terms of its long form."""
    abbreviations: Mapping[str, Sequence[tuple[Terms, tuple[str, ...]]]]
    """First term of a long form → long forms with their abbreviations as terms."""


_pairs_of_lexicon: WeakKeyDictionary[Lexicon, _Pairs] = WeakKeyDictionary()


def synonyms(clause: Clause, slots: Sequence[Slot], lexicon: Lexicon) -> tuple[Synonym, ...]:
    """Return the synonyms of parts of a clause whose terms the index has.

    These are, in this order, the type synonyms of cited documents, then long forms of abbreviations
    and abbreviations of long forms from left to right. A phrase in quotes, a prefix, `=word` and a
    facet value have none.

    Parameters
    ----------
    slots : for each syllable of the clause, the terms that it may stand for on a rung.
    """
    if clause.leaf.kind is not LeafKind.WORDS or clause.facet:
        return ()
    pairs = _pairs(lexicon)
    found = [synonym for entity in clause.entities for synonym in entity.type_synonyms]
    for at, syllable in enumerate(clause.syllables):
        long_form = pairs.long_forms.get(fold(syllable.term))
        if long_form and all(map(lexicon.frequency, long_form)):
            found.append(Synonym(at, at + 1, long_form))
        for term in slots[at]:
            for long_form, abbreviations in pairs.abbreviations.get(term, ()):
                end = at + len(long_form)
                if end <= len(slots) and all(map(_accepts, slots[at:end], long_form)):
                    known = filter(lexicon.frequency, abbreviations)
                    found.extend(Synonym(at, end, (abbreviation,)) for abbreviation in known)
    return tuple(found)


def _accepts(slot: Slot, term: str) -> bool:
    return term in slot


def _pairs(lexicon: Lexicon) -> _Pairs:
    """Return the pairs of the table and those that the documents of an index define, cached per
    lexicon.

    A definition of the documents replaces that of the table; it needs _MIN_DEFINITIONS, _MIN_SHARE
    and an abbreviation of three letters or more.
    """
    pairs = _pairs_of_lexicon.get(lexicon)
    if pairs is None:
        chosen = dict(_curated())
        for short, counts in lexicon.learned.abbreviations.items():
            long_form = max(counts, key=lambda form: (counts[form], form))
            enough = max(_MIN_DEFINITIONS, _MIN_SHARE * sum(counts.values()))
            if counts[long_form] >= enough and len(short) > 2:
                chosen[short] = long_form
        long_forms: dict[str, Terms] = {}
        abbreviations: dict[Terms, tuple[str, ...]] = {}
        for short, long_form in chosen.items():
            terms = terms_in(long_form)
            long_forms[fold(short.lower())] = terms
            abbreviations[terms] = (*abbreviations.get(terms, ()), short.lower())
        by_first: dict[str, list[tuple[Terms, tuple[str, ...]]]] = {}
        for terms, shorts in abbreviations.items():
            by_first.setdefault(terms[0], []).append((terms, shorts))
        _pairs_of_lexicon[lexicon] = pairs = _Pairs(long_forms, by_first)
    return pairs


@cache
def _curated() -> Mapping[str, str]:
    """Return abbreviation (capitals) → long form (a text), from abbreviations.tsv."""
    text = files("indexer.query").joinpath("abbreviations.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {row[0]: row[1] for row in rows}
