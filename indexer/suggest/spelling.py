"""Correct syllables that look misspelt, with a noisy channel model, for `did_you_mean.py`.

The model is that of Kernighan, Church and Gale 1990, "A spelling correction program based on a
noisy channel model": of all sequences of syllables of the index, that one was meant for which the
product of its own probability and the probability of typing the text if it is meant is highest. The
former is given by `bigram_model.py`, the latter by `slip_model.py`. Only syllables that look wrong
(unknown, or never beside their neighbours) may change, so a query that the index knows stays as it
is.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from indexer.analysis import fold, has_marks, strip_marks
from indexer.analysis.decompounding import in_dictionary, words_like
from indexer.query.function_words import function_words
from indexer.query.model import Syllable
from indexer.query.vocabulary.accent_compatibility import is_compatible
from indexer.query.vocabulary.lexicon import Lexicon
from indexer.suggest.bigram_model import likeliest_sequence
from indexer.suggest.right_words import (
    LARGE_ARCHIVE,
    Kept,
    forms_word,
    is_foreign,
    is_right_syllable,
    kept,
    known_documents,
    provinces_like,
)
from indexer.suggest.slip_model import (
    can_be_misspelt,
    candidates,
    confused,
    forms_as_typed,
    is_likely_slip,
    keeps_marks,
)

_MARGIN = math.log(10)
"""How much likelier than the text as typed a correction of a right syllable must be, as a natural
logarithm: ten times, because most queries are spelt right. 0 is enough if what was typed is no
syllable of the language, or if the correction adds marks that make a word of the dictionary, in a
query with marks."""
_LARGE_MARGIN = math.log(100)
"""The same where more evidence is needed: of a right syllable that makes a word of the dictionary
with a neighbour if it has other letters or marks, in a query with marks, because `bigram_model` has
raised the probability of the word by ten already; of a foreign word with a vowel, which may be
meant as it is; of a syllable that is only likelier between its neighbours."""
_LONG = 6
"""Least number of letters of two foreign words that hardly differ in one letter by chance."""
_WELL_KNOWN_SHARE = 1e-3
"""Least share of the documents that have a foreign word (microsoft) for another, one slip away, to
be corrected to it."""
_VOWELS = frozenset("aeiouy")
_FOREIGN_MARKS = frozenset("\u0301\u0300\u0308\u0327\u0304")
"""The marks of foreign names that are no slips: acute and grave, which Vietnamese has, too, and
diaeresis, cedilla and macron, which it has not."""
_TWO_SYLLABLES = re.compile("[^aeiouy]+[aeiouy]+[^aeiouy]+[aeiouy]")
"""A consonant and a vowel, twice: no syllable of Vietnamese has vowels apart from each other (Đoàn
Thiện Thuật 1977, "Ngữ âm tiếng Việt")."""
_RARE_SPELLING, _LEAST_TIMES = 50, 2
"""A spelling is taken as wrong if another one, with other marks, is at least this many times as
frequent: the first number in an archive of LARGE_ARCHIVE documents or more, proportionally less in
a smaller one, but never less than the second."""
_OTHER_WORD = 10
"""How many times as frequent a word with marks must be for a query that is a word of the dictionary
without them ("thong dong") to be taken for it."""
_FEW = 2.0
"""Number of documents with a pair of syllables that make it known in a query that has hits; with
one, that document may have the same slip."""
_MARKS_OF_WORD, _OTHER_MARKS_OF_WORD = 0.2, 0.05
"""Probabilities that a syllable lacks marks, and that it has others, if a frequent word of the
dictionary is meant and what was typed is no word: who leaves out one mark leaves out others."""
_MAX_SYLLABLES = 32
"""Greatest number of syllables side by side that are corrected."""


def correct(
    syllables: Sequence[Syllable],
    text: str,
    lexicon: Lexicon,
    *,
    is_found: bool = False,
    is_lost: bool = False,
    is_added: bool = False,
) -> tuple[str, ...]:
    """Return the term that was probably meant by each of several syllables side by side.

    In the order of `syllables`. A syllable that needs no correction keeps its typed term, or gets
    the marks that were left out. More than _MAX_SYLLABLES syllables are returned as typed. Raises
    IndexDamaged if the vocabulary cannot be read, WordModelError if the word model cannot be
    loaded, SearchTimeout once the time limit of the thread (`runtime.time_limit`) has passed.

    Parameters
    ----------
    text : the normalised query text, to which the spans of the syllables refer.
    is_found : True if a document has all words of the query as typed; then _FEW documents with a
        pair of syllables make it known.
    is_lost : True if the index has no content word of the query; then a correction needs no further
        evidence if the index has all syllables of the result.
    is_added : True if the text as typed is searched as well; then a correction only has to be
        likelier, and needs further evidence only in a small archive.
    """
    typed = tuple(syllable.term for syllable in syllables)
    if not syllables or len(syllables) > _MAX_SYLLABLES:
        return typed
    marked = any(syllable.marked for syllable in syllables)
    slots = [forms_as_typed(syllable, marked) for syllable in syllables]
    enough = known_documents(lexicon)
    known = _known_pairs(slots, min(enough, _FEW) if is_found else enough, lexicon)
    words = _frequent_words(slots, known, lexicon)
    suspects = _suspects(slots, known, lexicon)
    if not suspects and not words and all(len(slot) == 1 for slot in slots):
        return typed
    keep = kept(text, syllables)
    slots = [
        slot if keep[at] < Kept.ALL else {syllable.term: 1.0}
        for at, (syllable, slot) in enumerate(zip(syllables, slots, strict=True))
    ]
    # A word that shares a syllable with a right one is not meant: hội đồng | tỉnh, not đồng tình.
    meant: dict[int, set[str]] = {}
    for begin, word in words:
        if max(keep[begin : begin + 2]) < Kept.ALL:
            for at, term in enumerate(word, begin):
                meant.setdefault(at, set()).add(term)
    suspects = frozenset(at for at in suspects if keep[at] < Kept.ALL) | meant.keys()
    wider = {at: candidates(syllables[at], slots[at], lexicon, marked, keep[at]) for at in suspects}
    for at, of_words in meant.items():
        for term in of_words:
            lacks = is_compatible(typed[at], term)
            chance = _MARKS_OF_WORD if lacks else _OTHER_MARKS_OF_WORD
            wider[at][term] = max(wider[at].get(term, 0.0), chance)
    # A syllable that is none of the language is the slip, not its neighbours, which are known
    # beside no other syllable because of it.
    broken = {at for at in wider if not is_right_syllable(typed[at], lexicon)}
    evidence = _Evidence(syllables, marked, is_lost, is_added, lexicon)
    right = first = None
    for tried in (broken, wider.keys()) if broken else (wider.keys(),):
        if not tried:
            break
        if right is None:
            right = likeliest_sequence(slots, lexicon)
        likely = evidence.correction(slots, {at: wider[at] for at in tried}, right)
        if likely and (tried is not broken or _has_all_pairs(likely, broken, lexicon)):
            return likely
        first = first or likely
    if first:
        return first
    if right is None and any(len(slot) > 1 for slot in slots):
        right = likeliest_sequence(slots, lexicon)
    result = _with_founded_marks(typed, right[0], lexicon, marked=marked) if right else typed
    if marked and not is_found:
        result = _fitting_context(syllables, result, keep, lexicon)
    return result


def _fitting_context(
    syllables: Sequence[Syllable], terms: Sequence[str], keep: Sequence[Kept], lexicon: Lexicon
) -> tuple[str, ...]:
    """Return the terms with the one changed that a slip makes much likelier between its neighbours,
    at least _LARGE_MARGIN; unchanged if there is none.

    So a syllable is corrected although it is right elsewhere: "hà lội và". It is
    for queries that no document has as typed, with marks.

    Parameters
    ----------
    terms : what the syllables mean as far as their spelling tells.
    keep : what a correction must keep of each, as `kept` returns it.
    """
    best = _LARGE_MARGIN
    result = tuple(terms)
    for at, (syllable, term) in enumerate(zip(syllables, terms, strict=True)):
        if len(terms) < 2 or keep[at] == Kept.ALL or not can_be_misspelt(term):
            continue
        begin = max(at - 1, 0)
        slots: list[Mapping[str, float]] = [{near: 1.0} for near in terms[begin : at + 2]]
        _, as_typed = likeliest_sequence(slots, lexicon)
        slots[at - begin] = candidates(syllable, {term: 1.0}, lexicon, True, keep[at])
        likely, score = likeliest_sequence(slots, lexicon)
        meant = likely[at - begin]
        if score - as_typed >= best and meant != term and _may_be_slip(term, meant):
            best = score - as_typed
            result = (*terms[:at], meant, *terms[at + 1 :])
    return result


def _may_be_slip(typed: str, meant: str) -> bool:
    """True unless `typed` is foreign and either stands for a syllable of the language, or is no
    likely slip (Gaga, Gaza), or both are alike by nature, or it has accents of its own: an archive
    lacks most foreign words."""
    if _are_alike_by_nature(typed, meant) or _has_own_accents(typed, meant):
        return False
    return not is_foreign(typed) or (is_foreign(meant) and is_likely_slip(fold(meant), fold(typed)))


def _are_alike_by_nature(one: str, other: str) -> bool:
    """True if two terms that differ by a slip are both initials, or singular and plural of a
    foreign word."""
    first, second = sorted((one, other), key=len)
    return (_is_initials(one) and _is_initials(other)) or second == f"{first}s"


def _has_all_pairs(terms: Sequence[str], changed: Collection[int], lexicon: Lexicon) -> bool:
    """True if the index has each of the changed terms side by side with both of its neighbours."""
    return all(
        lexicon.pair_frequency(*terms[at : at + 2])
        for at in range(len(terms) - 1)
        if at in changed or at + 1 in changed
    )


class _Evidence(NamedTuple):
    """What decides whether a correction has enough evidence; the fields are the parameters of
    `correct`, and `marked` is True if the query has marks."""

    syllables: Sequence[Syllable]
    marked: bool
    is_lost: bool
    is_added: bool
    lexicon: Lexicon

    def correction(
        self,
        slots: Sequence[Mapping[str, float]],
        wider: Mapping[int, Mapping[str, float]],
        right: tuple[Sequence[str], float],
    ) -> tuple[str, ...] | None:
        """Return the likeliest sequence of terms with a slip in some syllables, or None if the text
        as typed is likelier, or if there is not enough evidence.

        Parameters
        ----------
        slots : the forms of each syllable, as `forms_as_typed` returns them.
        wider : index of a syllable that may be misspelt → its candidates, as `candidates` returns
            them.
        right : the likeliest sequence without slips, as `likeliest_sequence` returns it.
        """
        lexicon = self.lexicon
        typed = [syllable.term for syllable in self.syllables]
        while wider:
            tried = [wider.get(at, slot) for at, slot in enumerate(slots)]
            likely, score = likeliest_sequence(tried, lexicon)
            changed = [at for at in wider if likely[at] not in slots[at]]
            if not changed or score - right[1] <= self._margin(likely, changed):
                return None
            # Two right syllables are no slip: bái tạ (bài tập), nơi chuyển (nói chuyện).
            rights = [
                at
                for at in changed
                if is_right_syllable(typed[at], lexicon)
                and not is_compatible(typed[at], likely[at])
            ]
            are_right = len(rights) > 1
            unfounded = {
                at
                for at in changed
                if (are_right and at in rights)
                or not (
                    (self.is_added and lexicon.documents >= LARGE_ARCHIVE)
                    or (self.is_lost and all(map(lexicon.frequency, likely)))
                    or _is_founded(self.syllables, likely, at, lexicon)
                )
            }
            if not unfounded:
                return likely
            wider = {at: slot for at, slot in wider.items() if at not in unfounded}
        return None

    def _margin(self, likely: Sequence[str], changed: Sequence[int]) -> float:
        """Return how much likelier than the text as typed `likely` must be, which differs from it
        in the syllables `changed`, as a natural logarithm."""
        if self.is_added:
            return 0.0
        margin = 0.0
        for at in changed:
            typed = self.syllables[at].term
            if is_right_syllable(typed, self.lexicon):
                if not (self.marked and forms_word(likely, at)):
                    margin = max(margin, _MARGIN)
                elif not is_compatible(typed, likely[at]):
                    margin = max(margin, _LARGE_MARGIN)
            elif self.marked and is_foreign(typed) and not _is_initials(typed):
                margin = max(margin, 0.0 if is_foreign(likely[at]) else _LARGE_MARGIN)
        return margin


def _with_founded_marks(
    typed: Sequence[str], restored: Sequence[str], lexicon: Lexicon, *, marked: bool
) -> tuple[str, ...]:
    """Return the restored terms, except that some stay as typed, because they lack no marks.

    Two neighbours stay as typed if they have the letters of a word of the dictionary, but restored
    are neither such a word nor side by side in the index: the archive then lacks the word that was
    meant. If the query is `marked` elsewhere, a syllable also stays as typed if restored it forms
    no word with a neighbour, unless the restored form is at least _RARE_SPELLING times as frequent,
    and the index has it beside a neighbour, if there is one: "lam" in "vi khuẩn lam" stays, "nguoi"
    in "nhiều nguoi" does not, "von" in "hugo von mohl" does; nor does it change if the
    index has it beside its neighbours, unless the restored form is that much more frequent there
    (phan in "phan bội châu"). A query that is a word of the dictionary as typed stays, unless the
    restored one is _OTHER_WORD times as frequent.
    """
    if not marked and typed != restored and in_dictionary(typed):
        as_typed, as_restored = (
            min(lexicon.pair_frequency(*pair) for pair in pairwise(terms))
            for terms in (typed, restored)
        )
        return tuple(restored if as_restored >= _OTHER_WORD * max(as_typed, 1) else typed)
    result = list(restored)
    for at, (before, after) in enumerate(zip(typed, restored, strict=True)):
        if not marked or before == after:
            continue
        is_word = forms_word(restored, at) or _forms_index_word(restored, at, lexicon)
        pairs = _pairs_with(restored, at)
        is_beside = not pairs or any(lexicon.pair_frequency(*pair) for pair in pairs)
        is_rare = lexicon.frequency(after) >= _RARE_SPELLING * lexicon.frequency(before)
        if not (is_word or (is_rare and is_beside)) or _fits_as_typed(typed, restored, at, lexicon):
            result[at] = before
    for at in range(len(typed) - 1):
        pair = restored[at : at + 2]
        if (
            pair != typed[at : at + 2]
            and words_like(tuple(map(fold, pair)))
            and not in_dictionary(pair)
            and not lexicon.pair_frequency(*pair)
        ):
            result[at : at + 2] = typed[at : at + 2]
    return tuple(result)


def _fits_as_typed(
    typed: Sequence[str], restored: Sequence[str], at: int, lexicon: Lexicon
) -> bool:
    """True if the index has syllable `at` as typed beside a neighbour, in _FEW documents or more,
    and the restored sequence is not _RARE_SPELLING times as frequent there: half a document is
    added to each number of documents, and the ratios of both neighbours are multiplied."""
    pairs = [(i, i + 2) for i in (at - 1, at) if 0 <= i < len(typed) - 1]
    before = [lexicon.pair_frequency(*typed[i:j]) for i, j in pairs]
    after = [lexicon.pair_frequency(*restored[i:j]) for i, j in pairs]
    ratio = math.prod((new + 0.5) / (old + 0.5) for old, new in zip(before, after, strict=True))
    return max(before, default=0.0) >= _FEW and ratio < _RARE_SPELLING


def _is_founded(
    syllables: Sequence[Syllable], terms: Sequence[str], at: int, lexicon: Lexicon
) -> bool:
    """True if there is enough evidence that syllable `at` is misspelt and means `terms[at]`.

    `terms` are the terms that the syllables probably mean. The first of these rules that applies
    decides:

    - `terms[at]` forms a word of the dictionary, or the name of a province, with a neighbour: there
      is enough evidence
    - the query has marks, and the syllable has none but vowels apart from each other, as only
      foreign words have (homo for hôm), and its letters are not only swapped (kahi for khai): there
      is not enough
    - the index has the syllable, and it is capitalised within the text, or alone: it is taken for a
      name, so there is not enough
    - the syllable is a foreign word with accents of its own (Cramér): there is not enough
    - `terms[at]` forms a word of the index with a neighbour: there is enough
    - the syllable is foreign, or initials: `_is_founded_foreign` decides
    - the syllable is alone: there is enough if it is none of the language (qả, jất), or the archive
      is large (LARGE_ARCHIVE)
    - the syllable is none of the language: the index must have `terms[at]` beside a neighbour
    - else the archive must be large, and `terms[at]` known beside a neighbour (`known_documents`):
      fewer documents may have the two side by side by chance
    """
    syllable = syllables[at]
    term = syllable.term
    beside = _pairs_with(terms, at)
    if forms_word(terms, at) or any(tuple(p) in provinces_like(*map(fold, p)) for p in beside):
        return True
    if any(s.marked for s in syllables) and _is_foreign_name_for(term, terms[at]):
        return False
    if syllable.is_capitalized and lexicon.frequency(term) and (at or len(syllables) == 1):
        return False
    if _has_own_accents(term, terms[at]):
        return False
    if _forms_index_word(terms, at, lexicon):
        return True
    if is_foreign(term) or _is_initials(term):
        return _is_founded_foreign(term, terms[at], beside, lexicon)
    is_right = is_right_syllable(term, lexicon)
    if is_right and lexicon.documents < LARGE_ARCHIVE:
        return False
    least = known_documents(lexicon) if is_right else 1
    return not beside or any(lexicon.pair_frequency(*pair) >= least for pair in beside)


def _pairs_with(terms: Sequence[str], at: int) -> list[Sequence[str]]:
    """Return the pairs that the term at index `at` forms with its neighbours: two, one or none."""
    return [terms[i : i + 2] for i in (at - 1, at) if 0 <= i < len(terms) - 1]


def _has_own_accents(typed: str, meant: str) -> bool:
    """True if `meant` is `typed` without marks, and no syllable of the language, and the marks are
    only those of foreign names (Cramér, Jürgen)."""
    marks = set(unicodedata.normalize("NFD", typed)) - set(meant)
    return meant == strip_marks(typed) and is_foreign(meant) and marks <= _FOREIGN_MARKS


def _is_foreign_name_for(typed: str, meant: str) -> bool:
    """True if `typed` has no marks and two syllables by itself, and `meant` is built like one, of
    other letters: a slip hardly makes two syllables of one, except if it swaps letters."""
    return (
        is_foreign(typed)
        and _TWO_SYLLABLES.match(typed) is not None
        and not is_foreign(meant)
        and sorted(fold(meant)) != sorted(typed)
    )


def _forms_index_word(terms: Sequence[str], at: int, lexicon: Lexicon) -> bool:
    """True if the term at index `at` forms a word of two documents or more with a neighbour."""
    return any(lexicon.word_frequency("_".join(pair)) > 1 for pair in _pairs_with(terms, at))


def _is_founded_foreign(
    typed: str, meant: str, beside: Sequence[Sequence[str]], lexicon: Lexicon
) -> bool:
    """True if there is enough evidence that `typed`, a foreign word or initials, is a slip for
    `meant`.

    `beside` are the pairs of `meant` with its neighbours. The first of these rules that applies
    decides:

    - `meant` is well known (_WELL_KNOWN_SHARE), and `typed` is it with a letter doubled: `typed`
      must be a rare spelling (_RARE_SPELLING)
    - both are initials: there is not enough
    - `typed` is known: `meant` must be a syllable of the language, known beside both neighbours, or
      beside the only one if `typed` is a rare spelling of it
    - both have _LONG letters, and `meant` is foreign, not plural or singular of `typed`: `meant`
      must be well known or, if `typed` is a likely slip that hardly any document has, known
    - else `meant` must be known beside a neighbour, which may be a function word only if `meant` is
      a syllable of the language; _FEW documents are enough if fewer have `typed`
    """
    enough = known_documents(lexicon)
    is_well_known = lexicon.frequency(meant) >= _WELL_KNOWN_SHARE * lexicon.documents
    is_rare = lexicon.frequency(meant) >= _RARE_SPELLING * lexicon.frequency(typed)
    is_unseen = lexicon.frequency(typed) < min(_FEW, enough)
    if len(typed) > len(meant) and is_likely_slip(meant, typed) and is_well_known:
        # A letter twice: hcmm, appple; documents have the same slips.
        return is_rare
    if _is_initials(typed) and _is_initials(meant):
        return False
    if lexicon.frequency(typed) >= enough:  # a known word that is known beside no neighbour
        return (
            (len(beside) > 1 or (is_rare and len(beside) == 1))
            and is_right_syllable(meant, lexicon)
            and all(lexicon.pair_frequency(*pair) >= enough for pair in beside)
        )
    is_plural = _are_alike_by_nature(typed, meant)
    if is_foreign(meant) and min(len(typed), len(meant)) >= _LONG and not is_plural:
        is_known = is_well_known or (is_unseen and lexicon.frequency(meant) >= enough)
        return is_known and is_likely_slip(fold(meant), fold(typed))
    least = min(_FEW, enough) if is_unseen else enough
    return any(
        lexicon.pair_frequency(first, second) >= least
        for first, second in beside
        if is_right_syllable(meant, lexicon)
        or (second if first == meant else first) not in function_words()
    )


def _is_initials(term: str) -> bool:
    """True if a term has no vowel, as initials have: hcm, đtđh."""
    return _VOWELS.isdisjoint(strip_marks(term))


def _known_pairs(
    slots: Sequence[Mapping[str, float]], enough: float, lexicon: Lexicon
) -> list[bool]:
    """Return, for each two neighbours, True if at least `enough` documents have a form of the first
    directly before one of the second.

    `slots` are the forms of each syllable, as `forms_as_typed` returns them. Entry k of the result
    is for the syllables k and k + 1.
    """
    known = []
    for left, right in pairwise(slots):
        if len(left) == len(right) == 1:
            known.append(lexicon.pair_frequency(*left, *right) >= enough)
        else:
            known.append(bool((lexicon.pair_frequencies([*left], [*right]) >= enough).any()))
    return known


def _suspects(
    slots: Sequence[Mapping[str, float]], known: Sequence[bool], lexicon: Lexicon
) -> frozenset[int]:
    """Return the indexes of the syllables that look misspelt.

    Such a syllable has only letters, and no form of it is in the index, or it has neighbours but
    forms no known pair with any of them, or it is alone, has marks, and is neither known nor a
    syllable of the language. `known` is as `_known_pairs` returns it.
    """
    is_single = len(slots) == 1
    enough = known_documents(lexicon)

    def is_spelt(slot: Mapping[str, float]) -> bool:
        """True unless the syllable has marks, is none of the language, and is hardly known."""
        term = next(iter(slot))
        is_known = lexicon.frequency(term) >= enough
        return not has_marks(term) or is_known or is_right_syllable(term, lexicon)

    return frozenset(
        at
        for at, slot in enumerate(slots)
        if can_be_misspelt(next(iter(slot)))
        and (
            not any(map(lexicon.frequency, slot))
            or not (any(known[max(at - 1, 0) : at + 1]) or (is_single and is_spelt(slot)))
        )
    )


def _frequent_words(
    slots: Sequence[Mapping[str, float]], known: Sequence[bool], lexicon: Lexicon
) -> list[tuple[int, tuple[str, ...]]]:
    """Return the words that two neighbours probably mean although their marks or sounds differ, as
    (index of the first syllable, word).

    Such a word of the dictionary, or name of a province, has the same letters, or sounds alike, but
    is not what the typed marks allow ("kinh nghiêm" for kinh nghiệm, "đà nẳng"). It must be much
    more frequent than the syllables as typed (_RARE_SPELLING), because documents have the same
    slips as queries. A word is left out if each syllable that it would change is known beside its
    other neighbour: the "thì trường" of "học thì trường …" does not mean thị trường. The words are
    in the order of their first syllables.

    Parameters
    ----------
    slots : the forms of each syllable, as `forms_as_typed` returns them, the typed term first.
    known : entry k is True if the forms of the syllables k and k + 1 stand side by side in the
        index, as `_known_pairs` returns it.
    """
    found = []
    share = min(1.0, lexicon.documents / LARGE_ARCHIVE)
    times = max(_LEAST_TIMES, _RARE_SPELLING * share)
    for at, (left, right) in enumerate(pairwise(slots)):
        first, second = next(iter(left)), next(iter(right))
        if in_dictionary((first, second)):
            continue
        folds = fold(first), fold(second)
        words = words_like(folds) + provinces_like(*folds)
        if any(word[0] in left and word[1] in right for word in words):
            continue
        words += tuple(_words_that_sound_alike(first, second))
        often = max(lexicon.pair_frequency(first, second), 1)
        stays = at > 0 and known[at - 1], at + 1 < len(known) and known[at + 1]
        for word in words:
            is_elsewhere = (word[0] == first or stays[0]) and (word[1] == second or stays[1])
            if not is_elsewhere and lexicon.pair_frequency(*word) > times * often:
                found.append((at, word))
    return found


def _words_that_sound_alike(first: str, second: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of the dictionary that differ from two syllables in one sound that dialects
    confuse, and have the marks as typed: chứng khoán for "chứng khoáng"."""
    one, other = fold(first), fold(second)
    # Without marks, a syllable stands for many, one of which may make a word by chance.
    for folds in [
        *((sound, other) for sound in (confused(one) if has_marks(first) else ())),
        *((one, sound) for sound in (confused(other) if has_marks(second) else ())),
    ]:
        for word in words_like(folds):
            if keeps_marks(word[0], first) and keeps_marks(word[1], second):
                yield word
