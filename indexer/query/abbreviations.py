"""Abbreviations and their long forms as synonyms of each other: UBND ↔ uỷ ban nhân dân.

The pairs are those of abbreviations.tsv and those that the documents of the archive define
("Mặt trận Tổ quốc (MTTQ)", see `vocabulary/learning.py`). An abbreviation that the documents define
in several ways is used only if one of them has _MIN_SHARE of the definitions. An archive can add
groups of synonyms of its own (`synonyms` in archive.toml). `match_tree.py`, `approximate_match.py`
and `ranking.py` use the synonyms.

The *folded letters* of an abbreviation are the key under which its pairs are found: all its letters
in one string, folded ("gddt" for GD&ĐT).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple
from weakref import WeakKeyDictionary

from indexer.analysis import fold, terms_in
from indexer.analysis.decompounding import is_syllable_of_words
from indexer.analysis.orthography import is_syllable
from indexer.query.entities.dictionary import Terms
from indexer.query.grammar import LeafKind
from indexer.query.model import Clause, Synonym
from indexer.query.plan import Slot
from indexer.query.vocabulary.lexicon import Lexicon

_MIN_DEFINITIONS = 3
"""Least number of documents that must define a pair before it is used: one or two may err."""
_MIN_SHARE = 0.8
"""Least share of the definitions of an abbreviation that its long form must have."""
_MAX_PARTS = 5
"""Greatest number of parts of an abbreviation that are joined by signs."""
_MAX_LETTERS = 10
"""Greatest number of letters of an abbreviation of several parts."""
_MAX_DOTTED = 5
"""Greatest number of letters of an abbreviation that is sought letter by letter (U.B.N.D.)."""
_SIGN = re.compile(r"[.&,/\-–]|\s?[&\-–]\s?")
"""Matches a sign between two parts of an abbreviation: GD&ĐT, VH,TT&DL, KT - XH."""


class _Pairs(NamedTuple):
    """The abbreviations and synonyms of one index, arranged for look-up."""

    long_forms: Mapping[str, Sequence[Terms]]
    """Folded letters of an abbreviation → the terms of each of its long forms."""
    written_forms: Mapping[str, Sequence[Terms]]
    """Folded letters of an abbreviation → the terms of its written forms: (gdđt,), (gd, đt)."""
    abbreviations: Mapping[str, Sequence[tuple[Terms, Sequence[Terms]]]]
    """First term of a long form → (terms of the long form, written forms of its abbreviations), for
    all long forms that begin with it."""
    groups: Mapping[str, Sequence[tuple[Terms, Sequence[Terms]]]]
    """First term of a synonym in archive.toml → (terms of the synonym, terms of the others in its
    group) for all synonyms that begin with it."""
    groups_by_fold: Mapping[str, Sequence[str]]
    """Folded first term of a synonym in archive.toml → the first terms with this fold."""


_pairs_of_lexicon: WeakKeyDictionary[Lexicon, _Pairs] = WeakKeyDictionary()
"""Lexicon → its pairs; freed with the lexicon."""


def synonyms(clause: Clause, slots: Sequence[Slot], lexicon: Lexicon) -> tuple[Synonym, ...]:
    """Return the synonyms of parts of a clause whose terms the index has, each once.

    These are those of the clause's entities (the type of a cited document, other written forms of a
    number or name), abbreviations and their long forms, and the groups of archive.toml. A phrase in
    quotes, a prefix, `=word` and a facet value have none. Raises IndexDamaged if the vocabulary
    cannot be read.

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
                for terms in (
                    *pairs.long_forms.get(letters, ()),
                    *pairs.written_forms.get(letters, ()),
                )
                if not (end == at + 1 and len(terms) == 1 and fold(terms[0]) == letters)
                and _is_known(terms, lexicon)
            )
        for term in slots[at]:
            for long_form, written_forms in pairs.abbreviations.get(term, ()):
                end = at + len(long_form)
                if end <= len(slots) and all(map(_accepts, slots[at:end], long_form)):
                    known = (terms for terms in written_forms if _is_known(terms, lexicon))
                    found.extend(Synonym(at, end, terms) for terms in known)
        if pairs.groups:
            found.extend(_own_synonyms(clause, slots, at, pairs, lexicon))
    return tuple(dict.fromkeys(found))


def _is_known(terms: Terms, lexicon: Lexicon) -> bool:
    """True if the index has the terms, and single letters side by side (U.B.N.D.)."""
    return all(map(lexicon.frequency, terms)) and all(
        lexicon.pair_frequency(first, second)
        for first, second in pairwise(terms)
        if len(first) == len(second) == 1
    )


def _abbreviations_at(clause: Clause, at: int, pairs: _Pairs) -> Iterator[tuple[int, str]]:
    """Yield (end, folded letters) of the known abbreviations that begin at syllable `at`.

    `end` is the index after the last syllable; shorter ones come first. The parts of one are joined
    by signs, or separated by spaces and all in capitals (GD ĐT).
    """
    syllables, text, start = clause.syllables, clause.leaf.text, clause.leaf.start
    first = syllables[at]
    letters = fold(first.term)
    # A word in small letters is not an abbreviation: vật, vat.
    if letters in pairs.written_forms and (first.typed.isupper() or not is_syllable(letters)):
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
        if letters in pairs.written_forms:
            yield end, letters


def _own_synonyms(
    clause: Clause, slots: Sequence[Slot], at: int, pairs: _Pairs, lexicon: Lexicon
) -> Iterator[Synonym]:
    """Yield the synonyms that archive.toml states for the words from syllable `at` on, as far as
    the index has them."""
    typed = [syllable.term for syllable in clause.syllables]
    for term in dict.fromkeys((*slots[at], *pairs.groups_by_fold.get(fold(typed[at]), ()))):
        for form, others in pairs.groups.get(term, ()):
            end = at + len(form)
            if end > len(slots) or not all(
                term in slot or _is_unknown_form(term, syllable, lexicon)
                for term, slot, syllable in zip(form, slots[at:end], typed[at:end], strict=True)
            ):
                continue
            for other in others:
                if all(map(lexicon.frequency, other)):
                    yield Synonym(at, end, other)


def _is_unknown_form(term: str, typed: str, lexicon: Lexicon) -> bool:
    """True if no document has `term`, and `typed` equals `term` or its folded form.

    The forms of a syllable come from the index, so a term that no document has is not among them
    and must be compared with what was typed.
    """
    return not lexicon.frequency(term) and typed in (term, fold(term))


def _accepts(slot: Slot, term: str) -> bool:
    return term in slot


def _pairs(lexicon: Lexicon) -> _Pairs:
    """Return the pairs of the table, those that the documents of an index define, and the groups of
    archive.toml. Cached per lexicon.

    A definition of the documents is added to those of the table if it has _MIN_DEFINITIONS and
    _MIN_SHARE and its abbreviation has three letters or more.
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
        written_forms: dict[str, dict[Terms, None]] = {}
        shorts_of: dict[Terms, dict[str, None]] = {}
        for short, long_form in chosen:
            letters = fold("".join(terms_in(short)))
            written_forms.setdefault(letters, {}).update(dict.fromkeys(_written_forms(short)))
            for terms in _with_and_without_and(terms_in(long_form)):
                long_forms.setdefault(letters, {})[terms] = None
                shorts_of.setdefault(terms, {})[letters] = None
        # Two abbreviations of one long form stand for each other: TW, T.Ư.
        alike = {
            letters: [
                written
                for terms in forms
                for other in shorts_of[terms]
                for written in written_forms[other]
            ]
            for letters, forms in long_forms.items()
        }
        by_first: dict[str, list[tuple[Terms, Sequence[Terms]]]] = {}
        for terms, every in shorts_of.items():
            others = (
                form
                for letters in every
                for form in (*written_forms[letters], *long_forms[letters])
                if form in written_forms[letters] or _without_and(form) == _without_and(terms)
            )
            by_first.setdefault(terms[0], []).append(
                (terms, tuple(form for form in dict.fromkeys(others) if form != terms))
            )
        written_forms = {k: dict.fromkeys(forms) for k, forms in alike.items()}
        groups, by_fold = _own_groups(lexicon.profile.synonyms)
        pairs = _Pairs(
            {letters: tuple(forms) for letters, forms in long_forms.items()},
            {letters: tuple(forms) for letters, forms in written_forms.items()},
            by_first,
            groups,
            by_fold,
        )
        _pairs_of_lexicon[lexicon] = pairs
    return pairs


def _own_groups(
    synonyms: Sequence[Sequence[str]],
) -> tuple[dict[str, list[tuple[Terms, Sequence[Terms]]]], dict[str, list[str]]]:
    """Return `groups` and `groups_by_fold` of _Pairs for the groups of synonyms in archive.toml."""
    groups: dict[str, list[tuple[Terms, Sequence[Terms]]]] = {}
    by_fold: dict[str, list[str]] = {}
    for group in synonyms:
        written_forms = tuple(dict.fromkeys(terms for text in group if (terms := terms_in(text))))
        for form in written_forms:
            first = form[0]
            if first not in groups:
                by_fold.setdefault(fold(first), []).append(first)
            others = [other for other in written_forms if other != form]
            groups.setdefault(first, []).append((form, others))
    return groups, by_fold


def _written_forms(short: str) -> Iterator[Terms]:
    """Yield the written forms of an abbreviation, as terms: (gdđt,), (gd, đt), (gd, và, đt), and
    letter by letter (u, b, n, d).

    A joined form that is a word in small letters (tư, ai, ca) is left out, because the index does
    not tell it from the word.
    """
    parts = terms_in(short)
    joined = "".join(parts)
    if not is_syllable_of_words(joined):
        yield (joined,)
    if len(parts) > 1:
        yield parts
        yield (*parts[:-1], "và", parts[-1])
    if 2 < len(joined) <= _MAX_DOTTED:
        yield tuple(joined)


def _with_and_without_and(terms: Terms) -> Iterator[Terms]:
    """Yield the terms of a long form, and, if "và" ("and") is among them, the same without it."""
    yield terms
    if "và" in terms:
        yield _without_and(terms)


def _without_and(terms: Terms) -> Terms:
    return tuple(term for term in terms if term != "và")


@cache
def _curated() -> Sequence[tuple[str, str]]:
    """Return the pairs (abbreviation, long form) of abbreviations.tsv, in its order."""
    text = files("indexer.query").joinpath("abbreviations.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return [(row[0], row[1]) for row in rows]
