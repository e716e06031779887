"""Abbreviations and their long forms as synonyms of each other: UBND ↔ uỷ ban nhân dân.

The pairs are those of abbreviations.tsv and those that the documents of the archive define
("Mặt trận Tổ quốc (MTTQ)", see `vocabulary/learning.py`). An abbreviation that the documents define
in several ways is used only if one of them is by far the most frequent. The keeper of an archive
adds groups of writings that find each other (`synonyms` in archive.toml). `match_tree.py`,
`approximate_match.py` and `ranking.py` use the synonyms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    groups: Mapping[str, Sequence[tuple[Terms, Sequence[Terms]]]]
    """First term of a writing of the keeper's groups → such writings with the others of theirs."""
    groups_by_fold: Mapping[str, Sequence[str]]
    """Folded first term → first terms."""


_pairs_of_lexicon: WeakKeyDictionary[Lexicon, _Pairs] = WeakKeyDictionary()


def synonyms(clause: Clause, slots: Sequence[Slot], lexicon: Lexicon) -> tuple[Synonym, ...]:
    """Return the synonyms of parts of a clause whose terms the index has.

    These are abbreviations, long forms, the keeper's own, and the type synonyms of cited documents.
    A phrase in
    quotes, a prefix, `=word` and a facet value have none.

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
        found.extend(_own_synonyms(clause, slots, at, pairs, lexicon))
    return tuple(dict.fromkeys(found))


def _own_synonyms(
    clause: Clause, slots: Sequence[Slot], at: int, pairs: _Pairs, lexicon: Lexicon
) -> Iterator[Synonym]:
    """Yield the synonyms of the keeper's writings that begin at this syllable."""
    typed = [syllable.term for syllable in clause.syllables]
    for term in dict.fromkeys((*slots[at], *pairs.groups_by_fold.get(fold(typed[at]), ()))):
        for writing, others in pairs.groups.get(term, ()):
            end = at + len(writing)
            if end > len(slots) or not all(
                term in slot or _is_unknown_form(term, syllable, lexicon)
                for term, slot, syllable in zip(writing, slots[at:end], typed[at:end], strict=True)
            ):
                continue
            for other in others:
                if all(map(lexicon.frequency, other)):
                    yield Synonym(at, end, other)


def _is_unknown_form(term: str, typed: str, lexicon: Lexicon) -> bool:
    """True if a term that no document has was typed, with its marks or with none.

    Forms of a syllable are looked up in the index, so such a term is never among them.
    """
    return not lexicon.frequency(term) and typed in (term, fold(term))


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
        groups, by_fold = _own_groups(lexicon.profile.synonyms)
        pairs = _Pairs(long_forms, by_first, groups, by_fold)
        _pairs_of_lexicon[lexicon] = pairs
    return pairs


def _own_groups(
    synonyms: Sequence[Sequence[str]],
) -> tuple[dict[str, list[tuple[Terms, Sequence[Terms]]]], dict[str, list[str]]]:
    """Return the last two fields of _Pairs for the groups of writings in archive.toml."""
    groups: dict[str, list[tuple[Terms, Sequence[Terms]]]] = {}
    by_fold: dict[str, list[str]] = {}
    for group in synonyms:
        writings = tuple(dict.fromkeys(terms for text in group if (terms := terms_in(text))))
        for writing in writings:
            first = writing[0]
            if first not in groups:
                by_fold.setdefault(fold(first), []).append(first)
            others = [other for other in writings if other != writing]
            groups.setdefault(first, []).append((writing, others))
    return groups, by_fold


@cache
def _curated() -> Mapping[str, str]:
    """Return abbreviation (capitals) → long form (a text), from abbreviations.tsv."""
    text = files("indexer.query").joinpath("abbreviations.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {row[0]: row[1] for row in rows}
