"""Abbreviations and their long forms as synonyms of each other: UBND ↔ uỷ ban nhân dân.

The pairs are those of abbreviations.tsv and those that the documents of the archive define
("Mặt trận Tổ quốc (MTTQ)", see `vocabulary/learning.py`). An abbreviation that the documents define
in several ways is used only if one of them has _MIN_SHARE of the definitions. The administrator can
add groups of synonyms (`synonyms` in archive.toml). `match_tree.py`,
`approximate_match.py` and `ranking.py` use the synonyms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from weakref import WeakKeyDictionary

from indexer.analysis import fold, terms_in
from indexer.analysis.orthography import is_syllable
from indexer.query.entities.dictionary import Terms
from indexer.query.grammar import LeafKind
from indexer.query.model import Clause, Synonym
from indexer.query.plan import Slot
from indexer.query.vocabulary.lexicon import Lexicon

_MIN_DEFINITIONS = 3
"""Documents that must define a pair before it is used."""
_MIN_SHARE = 0.8
"""Share of the definitions of an abbreviation that its long form must have."""
_MAX_PARTS = 5
_MAX_LETTERS = 10
_SIGN = re.compile(r"[.&,/\-–]|\s?[&\-–]\s?")
"""A sign between two parts of an abbreviation: GD&ĐT, VH,TT&DL, KT - XH."""


class _Pairs(NamedTuple):
    long_forms: Mapping[str, Sequence[Terms]]
    """Folded letters of an abbreviation → terms of its long forms."""
    writings: Mapping[str, Sequence[Terms]]
    """Folded letters of an abbreviation → its writings: (gdđt), (gd, đt)."""
    abbreviations: Mapping[str, Sequence[tuple[Terms, Sequence[Terms]]]]
    """First term of a long form → long forms with the writings of their abbreviations."""
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
    found = [synonym for entity in clause.entities for synonym in entity.synonyms]
    for at in range(len(clause.syllables)):
        for end, letters in _abbreviations_at(clause, at, pairs):
            found.extend(
                Synonym(at, end, terms)
                for terms in (*pairs.long_forms.get(letters, ()), *pairs.writings.get(letters, ()))
                if _is_known(terms, lexicon) and not (end == at + 1 and len(terms) == 1)
            )
        for term in slots[at]:
            for long_form, writings in pairs.abbreviations.get(term, ()):
                end = at + len(long_form)
                if end <= len(slots) and all(map(_accepts, slots[at:end], long_form)):
                    known = (terms for terms in writings if _is_known(terms, lexicon))
                    found.extend(Synonym(at, end, terms) for terms in known)
        if pairs.groups:
            found.extend(_own_synonyms(clause, slots, at, pairs, lexicon))
    return tuple(dict.fromkeys(found))


def _is_known(terms: Terms, lexicon: Lexicon) -> bool:
    return all(map(lexicon.frequency, terms))


def _abbreviations_at(clause: Clause, at: int, pairs: _Pairs) -> Iterator[tuple[int, str]]:
    """Yield end and folded letters of the abbreviations that begin at syllable `at`.

    The parts of one are joined by signs, or are all in capitals (GD ĐT).
    """
    syllables, text, start = clause.syllables, clause.leaf.text, clause.leaf.start
    first = syllables[at]
    letters = fold(first.term)
    # A word in small letters is not an abbreviation: vật, vat.
    if letters in pairs.writings and (first.typed.isupper() or not is_syllable(letters)):
        yield at + 1, letters
    for end in range(at + 2, min(len(syllables), at + _MAX_PARTS) + 1):
        before, syllable = syllables[end - 2], syllables[end - 1]
        gap = text[before.end - start : syllable.start - start]
        if gap == " ":
            if not (before.typed.isupper() and syllable.typed.isupper()):
                return
        elif not _SIGN.fullmatch(gap):
            return
        letters += fold(syllable.term)
        if len(letters) > _MAX_LETTERS:
            return
        if letters in pairs.writings:
            yield end, letters


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
        chosen = list(_curated())
        for short, counts in lexicon.learned.abbreviations.items():
            long_form = max(counts, key=lambda form: (counts[form], form))
            enough = max(_MIN_DEFINITIONS, _MIN_SHARE * sum(counts.values()))
            if counts[long_form] >= enough and len(short) > 2:
                chosen.append((short, long_form))
        long_forms: dict[str, dict[Terms, None]] = {}
        writings: dict[str, dict[Terms, None]] = {}
        letters_of: dict[Terms, dict[str, None]] = {}
        for short, long_form in chosen:
            parts = terms_in(short)
            joined = "".join(parts)
            letters = fold(joined)
            writings.setdefault(letters, {}).update({(joined,): None, parts: None})
            for terms in _with_and_without_and(terms_in(long_form)):
                long_forms.setdefault(letters, {})[terms] = None
                letters_of.setdefault(terms, {})[letters] = None
        by_first: dict[str, list[tuple[Terms, Sequence[Terms]]]] = {}
        for terms, every in letters_of.items():
            shorts = tuple(written for letters in every for written in writings[letters])
            by_first.setdefault(terms[0], []).append((terms, shorts))
        groups, by_fold = _own_groups(lexicon.profile.synonyms)
        pairs = _Pairs(
            {letters: tuple(forms) for letters, forms in long_forms.items()},
            {letters: tuple(forms) for letters, forms in writings.items()},
            by_first,
            groups,
            by_fold,
        )
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


def _with_and_without_and(terms: Terms) -> Iterator[Terms]:
    """Yield a long form, and the same without "và"."""
    yield terms
    if "và" in terms:
        yield tuple(term for term in terms if term != "và")


@cache
def _curated() -> Sequence[tuple[str, str]]:
    """Return the pairs (abbreviation, long form) of abbreviations.tsv."""
    text = files("indexer.query").joinpath("abbreviations.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return [(row[0], row[1]) for row in rows]
