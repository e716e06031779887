"""Correct syllables that look misspelt, with a noisy channel model, for `did_you_mean.py`.

The model is that of Kernighan, Church and Gale 1990, "A spelling correction program": of all
sequences of syllables of the index, the one with the highest product of its probability in the
index and the probability of the typed text given it. The former is a bigram model over the
syllables of the index; the latter is given by the constants below. Only syllables that look wrong
(unknown, or never beside their neighbours) may change, so a query that the index knows stays as it
is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from string import ascii_lowercase
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from indexer.analysis import fold, has_marks, strip_marks
from indexer.analysis.decompounding import in_dictionary, second_syllables, words_like
from indexer.analysis.folding import could_have_marks
from indexer.query.model import Syllable
from indexer.query.vocabulary.accent_compatibility import parts
from indexer.query.vocabulary.lexicon import Lexicon
from indexer.suggest.ngrams import particles
from indexer.suggest.right_words import (
    LARGE_ARCHIVE,
    Kept,
    forms_word,
    is_foreign,
    is_right_syllable,
    kept,
    known_documents,
)
from indexer.suggest.telex_vni import telex, vni
from indexer.time_limit import check_time

# Probabilities of a typed syllable if another was meant. Studies of typing find one slip in
# a hundred syllables (Grudin 1983; Norvig 2009 uses a similar rate); a given slip is one of many.
_WRONG_MARK = 1e-2
"""Probability of one given wrong mark."""
_SLIP = 2e-4
"""Probability of one given slip in a letter."""
_LIKELY_SLIP = 5e-3
"""The same of a letter left out or doubled, a neighbouring key or two letters swapped, which are
the commonest slips (Grudin 1983)."""
_CONFUSED = 5e-3
"""The same of a sound that is confused with another."""
_AND_WRONG_MARK = 0.01
"""Factor for a slip in a letter that also changes the marks, in a query with marks."""
_RAW_KEYS = 0.05
"""Probability that one syllable was typed with the input method off."""
_MARGIN = math.log(10)
"""Logarithm of how much likelier than the text as typed a correction must be, unless it makes a
word of the dictionary or what was typed is no syllable: most queries are spelt right. In a query
without marks a word is not evidence enough, because each syllable stands for many."""
_LONG = 6
"""Letters from which on two foreign words hardly differ in one letter by chance …"""
_WELL_KNOWN_SHARE = 1e-3
"""… if this share of the documents, or more, has one of them (microsoft)."""
_VOWELS = frozenset("aeiouy")
_RARE_SPELLING, _LEAST_TIMES = 50, 2
"""How many times as frequent the right spelling of a word is than one with a wrong mark, in a
large archive and in a small one."""
_DICTIONARY_BONUS = 10.0
"""Factor for two syllables that are a word of the dictionary: a name has the same letters more
often (Thụy Điển, thủy điện), but is typed with capitals."""
_SOUNDS = (("s", "x"), ("ch", "tr"), ("n", "l"), ("d", "gi"), ("d", "r"), ("gi", "r"), ("d", "v"))
_ENDS = (("n", "ng"), ("c", "t"), ("n", "nh"), ("i", "y"), ("ch", "t"))
"""Initial and final sounds that dialects confuse (Đoàn Thiện Thuật 1977, "Ngữ âm tiếng Việt"), as
they are written."""
_MARKS_LEFT_OUT = 0.02
"""Probability that one syllable lacks marks in a query with marks elsewhere; 1 in a query
without."""
_BIGRAM_SHARE = 0.9
"""Share of a syllable's probability that the one before it decides, as in `restore`."""
_FEW = 2.0
"""Documents that make a pair of a query known that has hits: one page may have the same slip."""
_UNKNOWN = 1e-3
"""Documents that a syllable counts for that no document has."""
_MARKS_OF_WORD = 0.2
"""Probability that one syllable has the marks typed, if a frequent word of the dictionary is meant
and what was typed is none: who leaves out one mark leaves out others."""
_DOCUMENT_SYLLABLES = 100
"""Syllables of a document, roughly: makes frequencies of syllables comparable to those of pairs."""
_MAX_CANDIDATES = 24
"""Candidates for a syllable besides its forms."""
_MAX_VARIANTS = 16
"""Forms of a folded syllable that a slip may be corrected to, the most frequent ones."""
_MAX_FOLDS = 50_000
"""Folded syllables of the index that a slip may be corrected to."""
_MAX_SYLLABLES = 32
"""Syllables side by side up to which they are corrected."""

_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_KEYS_BESIDE = {
    row[at]: row[max(at - 1, 0) : at] + row[at + 1 : at + 2]
    for row in _KEYBOARD
    for at in range(len(row))
}

_folds: WeakKeyDictionary[Lexicon, frozenset[str]] = WeakKeyDictionary()


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

    A syllable that needs no correction keeps its typed term, or gets the marks that were left out.
    More than _MAX_SYLLABLES syllables are returned as typed.

    Parameters
    ----------
    text : the normalised query text, to which the spans of the syllables refer.
    is_found : True if a document has all words of the query as typed, so that few documents with a
        pair of syllables make it known.
    is_lost : True if the index has no content word of the query, so that a correction to
        known words helps.
    is_added : True if the text as typed is searched as well, so that it is enough for a correction
        to be likelier; a small archive needs more evidence nevertheless.
    """
    typed = tuple(syllable.term for syllable in syllables)
    if not syllables or len(syllables) > _MAX_SYLLABLES:
        return typed
    marked = any(syllable.marked for syllable in syllables)
    slots = [_forms(syllable, marked) for syllable in syllables]
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
    wider = {
        at: _candidates(syllables[at], slots[at], lexicon, marked, keep[at])
        | dict.fromkeys(meant.get(at, ()), _MARKS_OF_WORD)
        for at in suspects
    }
    right = likely = None
    while wider:
        tried = [wider.get(at, slot) for at, slot in enumerate(slots)]
        likely, score = _likeliest_sequence(tried, lexicon)
        if right is None:
            right, right_score = _likeliest_sequence(slots, lexicon)
        changed = [at for at in wider if likely[at] not in slots[at]]
        is_sure = all(
            (marked and forms_word(likely, at)) or not is_right_syllable(typed[at], lexicon)
            for at in changed
        )
        margin = 0.0 if is_sure or is_added else _MARGIN
        if score - right_score <= margin:
            break
        unfounded = {
            at
            for at in changed
            if not (is_added and lexicon.documents >= LARGE_ARCHIVE)
            and not (is_lost and all(map(lexicon.frequency, likely)))
            and not _is_founded(syllables, likely, at, lexicon)
        }
        if not unfounded:
            return likely
        wider = {at: slot for at, slot in wider.items() if at not in unfounded}
    if right is None and any(len(slot) > 1 for slot in slots):
        right, _ = _likeliest_sequence(slots, lexicon)
    return _with_founded_marks(typed, right, lexicon, marked=marked) if right else typed


def _with_founded_marks(
    typed: Sequence[str], restored: Sequence[str], lexicon: Lexicon, *, marked: bool
) -> tuple[str, ...]:
    """Return the restored terms, but some as typed, whose marks were probably not left out.

    That is those that have the letters of a word of the dictionary, and in the index no neighbour:
    the archive lacks the word then, and another reading would be no word (chòm chọp: chôm chớp).
    If the query is `marked` elsewhere, it is also those that form no word, unless nearly all
    documents write them with marks: "vi khuẩn lam" has no mark to restore, "nhiều nguoi" has.
    """
    result = list(restored)
    for at, (before, after) in enumerate(zip(typed, restored, strict=True)):
        if (
            marked
            and before != after
            and not forms_word(restored, at)
            and not _forms_index_word(restored, at, lexicon)
            and lexicon.frequency(after) < _RARE_SPELLING * lexicon.frequency(before)
        ):
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


def _is_founded(
    syllables: Sequence[Syllable], terms: Sequence[str], at: int, lexicon: Lexicon
) -> bool:
    """Return True if there is enough evidence that syllable `at` is misspelt and means
    `terms[at]`.

    What is no syllable of the language (qả, jất) is a slip. A syllable of the language, a name and
    a foreign word may be right although the index does not know them beside their neighbours; then
    `terms` must form a word there: of the dictionary if it is capitalised within a text, which
    names are; of the dictionary or the index if the archive is small, because that lacks most
    words; or else be frequent beside a neighbour that is no function word, if it is foreign.
    """
    syllable = syllables[at]
    term = syllable.term
    if forms_word(terms, at):
        return True
    beside = [terms[i : i + 2] for i in (at - 1, at) if 0 <= i < len(terms) - 1]
    if syllable.is_capitalized and lexicon.frequency(term) and (at or len(syllables) == 1):
        return False
    if _forms_index_word(terms, at, lexicon):
        return True
    if is_foreign(term) or _is_initials(term):
        return _is_founded_foreign(term, terms[at], beside, lexicon)
    return lexicon.documents >= LARGE_ARCHIVE or not is_right_syllable(term, lexicon)


def _forms_index_word(terms: Sequence[str], at: int, lexicon: Lexicon) -> bool:
    """Return True if the term at `at` forms a word of several documents with a neighbour."""
    beside = (terms[i : i + 2] for i in (at - 1, at) if 0 <= i < len(terms) - 1)
    return any(lexicon.word_frequency("_".join(pair)) > 1 for pair in beside)


def _is_founded_foreign(
    typed: str, meant: str, beside: Sequence[Sequence[str]], lexicon: Lexicon
) -> bool:
    """Return True if a foreign word, or what looks like one, is a slip for `meant`.

    `beside` are the pairs of `meant` with its neighbours.
    """
    enough = known_documents(lexicon)
    is_well_known = lexicon.frequency(meant) >= _WELL_KNOWN_SHARE * lexicon.documents
    if len(typed) > len(meant) and _is_likely_slip(meant, typed) and is_well_known:
        return not lexicon.frequency(typed)  # a letter twice: hcmm, appple
    if _is_initials(typed) and _is_initials(meant):
        return False
    if lexicon.frequency(typed) >= enough:  # a known word that is known beside no neighbour
        return (
            len(beside) > 1
            and is_right_syllable(meant, lexicon)
            and all(lexicon.pair_frequency(*pair) >= enough for pair in beside)
        )
    is_plural = {typed, meant} == {min(typed, meant), f"{min(typed, meant)}s"}
    if is_foreign(meant) and min(len(typed), len(meant)) >= _LONG and not is_plural:
        return is_well_known
    return any(
        lexicon.pair_frequency(first, second) >= enough
        for first, second in beside
        if is_right_syllable(meant, lexicon)
        or (second if first == meant else first) not in particles()
    )


def _is_initials(term: str) -> bool:
    """Return True if a term has no vowel: hcm, đtđh."""
    return _VOWELS.isdisjoint(strip_marks(term))


def _forms(syllable: Syllable, marked: bool) -> dict[str, float]:
    """Return the terms that a correctly typed syllable may stand for, as term → probability.

    The probability is that of typing the syllable if the term is meant. `marked` is True if any
    syllable of the query has marks.
    """
    if syllable.literal or syllable.marked or not could_have_marks(syllable.term):
        return {syllable.term: 1.0}
    chance = _MARKS_LEFT_OUT if marked else 1.0
    return {form: 1.0 if form == syllable.term else chance for form in syllable.forms[:16]}


def _known_pairs(
    slots: Sequence[Mapping[str, float]], enough: float, lexicon: Lexicon
) -> list[bool]:
    """Return, for each two neighbours, True if `enough` documents have two of their forms side by
    side.

    `slots` are the forms of each syllable, from `_forms`.
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
    """Return the indices of the syllables that look misspelt.

    These have no form in the index, or a neighbour and none that is `known` (`_known_pairs`).
    """
    is_single = len(slots) == 1
    return frozenset(
        at
        for at, slot in enumerate(slots)
        if _can_be_misspelt(next(iter(slot)))
        and (
            not any(map(lexicon.frequency, slot))
            or not (any(known[max(at - 1, 0) : at + 1]) or is_single)
        )
    )


def _frequent_words(
    slots: Sequence[Mapping[str, float]], known: Sequence[bool], lexicon: Lexicon
) -> list[tuple[int, tuple[str, ...]]]:
    """Return (index of the first syllable, word) for each two syllables that have the letters of a
    word of the dictionary, or sound like one, but cannot stand for it (kinh nghiêm: kinh
    nghiệm).

    The word must be much more frequent than the syllables as typed: documents have the same slips
    as queries. It is left out if all that it would change is `known` beside the other neighbour:
    "học thì trường …" does not mean thị trường.
    """
    found = []
    share = min(1.0, lexicon.documents / LARGE_ARCHIVE)
    times = max(_LEAST_TIMES, _RARE_SPELLING * share)
    for at, (left, right) in enumerate(pairwise(slots)):
        first, second = next(iter(left)), next(iter(right))
        if in_dictionary((first, second)):
            continue
        words = words_like((fold(first), fold(second)))
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
    """Yield the words of the dictionary that one confused sound makes of two syllables, with the
    tones as typed (chứng khoáng: chứng khoán)."""
    one, other = fold(first), fold(second)
    # Without marks, a syllable stands for many, one of which may make a word by chance.
    for folds in [
        *((sound, other) for sound in (_confused(one) if has_marks(first) else ())),
        *((one, sound) for sound in (_confused(other) if has_marks(second) else ())),
    ]:
        for word in words_like(folds):
            if _keeps_marks(word[0], first) and _keeps_marks(word[1], second):
                yield word


def _can_be_misspelt(term: str) -> bool:
    """Return True if a term has only letters, at most 12, so that it may be a syllable with a
    slip."""
    return term.isalpha() and len(term) <= 12


def _candidates(
    syllable: Syllable, forms: Mapping[str, float], lexicon: Lexicon, marked: bool, keep: Kept
) -> dict[str, float]:
    """Return the terms that a syllable may stand for if it is misspelt, as term → probability.

    These are the `forms` (from `_forms`), and the likeliest terms with other marks or, unless
    `keep` has the letters, with one slip.
    """
    check_time()
    if syllable.literal:
        return dict(forms)
    chances = dict(forms)
    known = any(map(lexicon.frequency, forms))
    doubt = min(1.0, lexicon.documents / LARGE_ARCHIVE) if known else 1.0
    for form in syllable.forms:
        is_left_out = syllable.is_compatible(form)
        chances.setdefault(form, (_MARKS_LEFT_OUT if is_left_out else _WRONG_MARK) * doubt)
    # Wrong marks are the commonest slip in Vietnamese, so a small archive considers them too; it
    # considers slips in letters only of unknown syllables.
    if doubt == 1.0 and keep < Kept.LETTERS:
        for form, chance in _misspelt(syllable.term, lexicon, marked):
            if chance > chances.get(form, 0.0):
                chances[form] = chance
    ranked = sorted(chances, key=lambda form: -chances[form] * (lexicon.frequency(form) + 0.01))
    return {form: chances[form] for form in (*forms, *ranked[:_MAX_CANDIDATES])}


def _misspelt(term: str, lexicon: Lexicon, marked: bool) -> Iterator[tuple[str, float]]:
    """Yield (term that may be meant, probability of typing `term` for it): all with one slip in the
    letters.

    `marked` is True if the query has marks: then a slip in a letter leaves the marks as typed.
    """
    folded = fold(term)
    for other, chance in _near(folded, lexicon):
        for form in lexicon.variants(other)[:_MAX_VARIANTS]:
            is_kept = not marked or _keeps_marks(form, term)
            yield form, chance * (1.0 if is_kept else _AND_WRONG_MARK)
    if marked and not has_marks(term):
        for decode in (telex, vni):
            decoded = decode(term)
            if decoded and lexicon.frequency(decoded):
                yield decoded, _RAW_KEYS


def _keeps_marks(meant: str, typed: str) -> bool:
    """Return True if `typed` has the marks of `meant`, except those of a letter that was left
    out."""
    letters, tone = parts(meant)
    typed_letters, typed_tone = parts(typed)
    wanted = [mark for _, mark in letters if mark]
    found = [mark for _, mark in typed_letters if mark]
    if len(letters) <= len(typed_letters):
        return (found, typed_tone) == (wanted, tone)
    rest = iter(wanted)
    return typed_tone in ("", tone) and all(mark in rest for mark in found)


def _near(folded: str, lexicon: Lexicon) -> list[tuple[str, float]]:
    """Return the folded syllables of the index that are one slip away, with the slip's probability.

    A slip is a letter dropped, added, swapped with its neighbour, or wrong, or a sound that is
    confused with another (_SOUNDS, _ENDS). Ascending.
    """
    vocabulary = _vocabulary(lexicon)
    chances = {
        other: _LIKELY_SLIP if _is_likely_slip(other, folded) else _SLIP
        for other in vocabulary.intersection(_one_slip_away(folded))
    }
    chances.update((other, _CONFUSED) for other in vocabulary.intersection(_confused(folded)))
    return sorted(chances.items())


def _confused(folded: str) -> set[str]:
    """Return the folded syllables that sound alike in some part of the country."""
    found = set()
    for pairs, cut in ((_SOUNDS, str.removeprefix), (_ENDS, str.removesuffix)):
        for pair in pairs:
            for typed, meant in (pair, pair[::-1]):
                rest = cut(folded, typed)
                if rest != folded and rest:
                    found.add(meant + rest if pairs is _SOUNDS else rest + meant)
    return found - {folded}


def _is_likely_slip(meant: str, typed: str) -> bool:
    """Return True if `typed` lacks a letter, or has a neighbouring key, a letter twice or two
    letters swapped."""
    if len(meant) == len(typed):
        differing = [(a, b) for a, b in zip(meant, typed, strict=True) if a != b]
        return len(differing) > 1 or differing[0][1] in _KEYS_BESIDE.get(differing[0][0], "")
    return len(meant) > len(typed) or any(
        a == b and typed[:at] + typed[at + 1 :] == meant
        for at, (a, b) in enumerate(pairwise(typed))
    )


def _one_slip_away(typed: str) -> set[str]:
    """Return all strings one slip away from `typed` (Norvig 2009, "Natural language corpus data").

    They are fewer than the syllables of an index, so looking them up is faster than comparing all.
    """
    cuts = [(typed[:at], typed[at:]) for at in range(len(typed) + 1)]
    dropped = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    wrong = {a + letter + b[1:] for a, b in cuts if b for letter in ascii_lowercase}
    added = {a + letter + b for a, b in cuts for letter in ascii_lowercase}
    return (dropped | swapped | wrong | added) - {typed}


def _vocabulary(lexicon: Lexicon) -> frozenset[str]:
    """Return the folded syllables that a slip may be corrected to, cached per lexicon.

    Of a large index only the _MAX_FOLDS most frequent.
    """
    folds = _folds.get(lexicon)
    if folds is None:
        folds = frozenset(filter(_can_be_misspelt, lexicon.folds(_MAX_FOLDS)))
        _folds[lexicon] = folds
    return folds


def _dictionary_bonus(
    lefts: Sequence[str], rights: Sequence[str]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return _DICTIONARY_BONUS for each pair that is a word of the dictionary, else 1:
    `(lefts, rights)` float64."""
    bonus = np.ones((len(lefts), len(rights)))
    for row, left in enumerate(lefts):
        seconds = second_syllables(left)
        if seconds:
            bonus[row, [right in seconds for right in rights]] = _DICTIONARY_BONUS
    return bonus


def _likeliest_sequence(
    slots: Sequence[Mapping[str, float]], lexicon: Lexicon
) -> tuple[tuple[str, ...], float]:
    """Return the likeliest sequence of terms, one from each slot, and the logarithm of its
    probability (Viterbi 1967).

    A slot maps the terms that a syllable may stand for to probabilities, as `_forms` returns them.
    """
    total = max(lexicon.documents, 1) * _DOCUMENT_SYLLABLES
    terms = [list(slot) for slot in slots]
    frequencies = [np.array(list(map(lexicon.frequency, slot))) for slot in terms]
    chances = [np.log(list(slot.values())) for slot in slots]
    unigrams = [(counts + _UNKNOWN) / total for counts in frequencies]
    scores, backpointers = chances[0] + np.log(unigrams[0]), []
    for at in range(1, len(slots)):
        pairs = lexicon.pair_frequencies(terms[at - 1], terms[at])
        bonus = _dictionary_bonus(terms[at - 1], terms[at])
        bigrams = bonus * pairs / np.maximum(frequencies[at - 1], 1)[:, np.newaxis]
        transitions = np.log(_BIGRAM_SHARE * bigrams + (1 - _BIGRAM_SHARE) * unigrams[at])
        paths = scores[:, np.newaxis] + transitions
        backpointers.append(paths.argmax(axis=0))
        scores = paths.max(axis=0) + chances[at]
    best, score = [int(scores.argmax())], float(scores.max())
    for previous in reversed(backpointers):
        best.append(int(previous[best[-1]]))
    chosen = tuple(slot[at] for slot, at in zip(terms, reversed(best), strict=True))
    return chosen, score
