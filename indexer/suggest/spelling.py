"""Correct syllables that look misspelt, with a noisy channel model, for `did_you_mean.py`.

The model is that of Kernighan, Church and Gale 1990, "A spelling correction program based on a
noisy channel model": of all sequences of syllables of the index, that one was meant for which the
product of its own probability and the probability of typing the text if it is meant is highest. The
former is given by a bigram model over the syllables of the index; the latter by the constants
below. Only syllables that look wrong (unknown, or never beside their neighbours) may change, so a
query that the index knows stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from string import ascii_lowercase
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from indexer.analysis import fold, has_marks, strip_marks
from indexer.analysis.decompounding import in_dictionary, second_syllables, words_like
from indexer.analysis.folding import could_have_marks
from indexer.query.model import Syllable
from indexer.query.vocabulary.accent_compatibility import is_compatible, parts
from indexer.query.vocabulary.lexicon import Lexicon
from indexer.runtime.time_limit import check_time
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

# Probabilities of a typed syllable if another was meant. Studies of typing find one slip in
# a hundred syllables (Grudin 1983; Norvig 2009 uses a similar rate); a given slip is one of many.
_WRONG_MARK = 1e-2
"""Probability that one given other mark was typed."""
_ANOTHER_MARK = 0.1
"""Factor of that for each further wrong mark of the syllable."""
_CONFUSED_TONE, _CONFUSED_TONES = 0.05, {"\u0309", "\u0303"}
"""Probability that hỏi was typed for ngã or the other way round; the dialects of the south and the
centre do not distinguish them (Đoàn Thiện Thuật 1977, "Ngữ âm tiếng Việt")."""
_SLIP = 2e-4
"""Probability of one given slip in a letter."""
_LIKELY_SLIP = 5e-3
"""Probability of one given slip of the commonest kinds: a letter left out or doubled, a
neighbouring key, two letters swapped (Grudin 1983)."""
_CONFUSED = 5e-3
"""Probability that one given sound was typed for another that dialects confuse it with."""
_AND_WRONG_MARK = 0.01
"""Factor of the probability of a slip in a letter that also changes the marks, in a query with
marks."""
_RAW_KEYS = 0.05
"""Probability that one syllable was typed with the input method off."""
_MARGIN = math.log(10)
"""How much likelier than the text as typed a correction must be, as a natural logarithm: ten times,
because most queries are spelt right. 0 is enough if it makes a word of the dictionary in a query
with marks, or if what was typed is no syllable of the language; without marks a word is not enough
evidence, because each syllable stands for many."""
_LONG = 6
"""Least number of letters of two foreign words that hardly differ in one letter by chance."""
_WELL_KNOWN_SHARE = 1e-3
"""Least share of the documents that have a foreign word (microsoft) for another, one slip away, to
be corrected to it."""
_VOWELS = frozenset("aeiouy")
_RARE_SPELLING, _LEAST_TIMES = 50, 2
"""A spelling is taken as wrong if another one, with other marks, is at least this many times as
frequent: the first number in an archive of LARGE_ARCHIVE documents or more, proportionally less in
a smaller one, but never less than the second."""
_DICTIONARY_BONUS = 10.0
"""Factor of the probability of two syllables that are a word of the dictionary. A name with the
same letters may be more frequent in documents (Thụy Điển, Sweden, than thủy điện, hydropower), but
it is typed with capitals."""
_SOUNDS = (("s", "x"), ("ch", "tr"), ("n", "l"), ("d", "gi"), ("d", "r"), ("gi", "r"), ("d", "v"))
"""Pairs of initial sounds that dialects confuse (Đoàn Thiện Thuật 1977, "Ngữ âm tiếng Việt"), as
they are written."""
_ENDS = (("n", "ng"), ("c", "t"), ("n", "nh"), ("i", "y"), ("ch", "t"))
"""Pairs of final sounds that dialects confuse (the same book), as they are written."""
_MARKS_LEFT_OUT = 0.02
"""Probability that one syllable was typed without its marks in a query with marks elsewhere; in a
query without marks it is 1."""
_BIGRAM_SHARE = 0.9
"""Share of a syllable's probability, 0 to 1, that comes from how often it follows the one before
it; the rest comes from its own frequency, as in `accent_restoration`."""
_FEW = 2.0
"""Number of documents with a pair of syllables that make it known in a query that has hits; with
one, that document may have the same slip."""
_UNKNOWN = 1e-3
"""Number of documents that is added to that of each syllable, so that none has the probability
0."""
_MARKS_OF_WORD = 0.2
"""Probability that one syllable has the marks typed if a frequent word of the dictionary is meant
and what was typed is no word: who types one wrong mark types others."""
_DOCUMENT_SYLLABLES = 100
"""Assumed number of distinct syllables of a document, which makes the frequencies of syllables
comparable to those of pairs."""
_MAX_CANDIDATES = 24
"""Greatest number of candidates for a misspelt syllable besides its forms."""
_MAX_VARIANTS = 16
"""Greatest number of forms of a folded syllable that a slip may be corrected to, the most frequent
ones."""
_MAX_FOLDS = 50_000
"""Greatest number of folded syllables of the index that a slip may be corrected to, the most
frequent ones."""
_MAX_SYLLABLES = 32
"""Greatest number of syllables side by side that are corrected."""

_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_KEYS_BESIDE = {
    row[at]: row[max(at - 1, 0) : at] + row[at + 1 : at + 2]
    for row in _KEYBOARD
    for at in range(len(row))
}
"""Letter → the letters beside it in its row of the keyboard."""

_folds: WeakKeyDictionary[Lexicon, frozenset[str]] = WeakKeyDictionary()
"""Lexicon → the result of `_vocabulary`; freed with the lexicon."""


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
    # A syllable that is none of the language is the slip, not its neighbours, which are known
    # beside no other syllable because of it.
    broken = {at for at in wider if not is_right_syllable(typed[at], lexicon)}
    evidence = _Evidence(syllables, marked, is_lost, is_added, lexicon)
    right = None
    for tried in (broken, wider.keys()) if broken else (wider.keys(),):
        if not tried:
            break
        if right is None:
            right = _likeliest_sequence(slots, lexicon)
        likely = evidence.correction(slots, {at: wider[at] for at in tried}, right)
        if likely:
            return likely
    if right is None and any(len(slot) > 1 for slot in slots):
        right = _likeliest_sequence(slots, lexicon)
    return _with_founded_marks(typed, right[0], lexicon, marked=marked) if right else typed


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
        slots : the forms of each syllable, as `_forms` returns them.
        wider : index of a syllable that may be misspelt → its candidates, as `_candidates` returns
            them.
        right : the likeliest sequence without slips, as `_likeliest_sequence` returns it.
        """
        lexicon = self.lexicon
        typed = [syllable.term for syllable in self.syllables]
        while wider:
            tried = [wider.get(at, slot) for at, slot in enumerate(slots)]
            likely, score = _likeliest_sequence(tried, lexicon)
            changed = [at for at in wider if likely[at] not in slots[at]]
            is_sure = all(
                (self.marked and forms_word(likely, at))
                or not is_right_syllable(typed[at], lexicon)
                for at in changed
            )
            margin = 0.0 if is_sure or self.is_added else _MARGIN
            if not changed or score - right[1] <= margin:
                return None
            unfounded = {
                at
                for at in changed
                if not (self.is_added and lexicon.documents >= LARGE_ARCHIVE)
                and not (self.is_lost and all(map(lexicon.frequency, likely)))
                and not _is_founded(self.syllables, likely, at, lexicon)
            }
            if not unfounded:
                return likely
            wider = {at: slot for at, slot in wider.items() if at not in unfounded}
        return None


def _with_founded_marks(
    typed: Sequence[str], restored: Sequence[str], lexicon: Lexicon, *, marked: bool
) -> tuple[str, ...]:
    """Return the restored terms, except that some stay as typed, because they lack no marks.

    Two neighbours stay as typed if they have the letters of a word of the dictionary, but restored
    are neither such a word nor side by side in the index: the archive then lacks the word that was
    meant. If the query is `marked` elsewhere, a syllable also stays as typed if restored it forms
    no word with a neighbour, unless the restored form is at least _RARE_SPELLING times as frequent:
    "lam" in "vi khuẩn lam" stays, "nguoi" in "nhiều nguoi" does not.
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
    """True if there is enough evidence that syllable `at` is misspelt and means `terms[at]`.

    `terms` are the terms that the syllables probably mean. The first of these rules that applies
    decides:

    - `terms[at]` forms a word of the dictionary with a neighbour: there is enough evidence
    - the index has the syllable, and it is capitalised within the text, or alone: it is taken for a
      name, so there is not enough
    - `terms[at]` forms a word of the index with a neighbour: there is enough
    - the syllable is foreign, or initials: `_is_founded_foreign` decides
    - else there is enough if the archive is large (LARGE_ARCHIVE) or the syllable is none of the
      language (qả, jất)
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
    """True if the term at index `at` forms a word of two documents or more with a neighbour."""
    beside = (terms[i : i + 2] for i in (at - 1, at) if 0 <= i < len(terms) - 1)
    return any(lexicon.word_frequency("_".join(pair)) > 1 for pair in beside)


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
    if len(typed) > len(meant) and _is_likely_slip(meant, typed) and is_well_known:
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
    is_plural = {typed, meant} == {min(typed, meant), f"{min(typed, meant)}s"}
    if is_foreign(meant) and min(len(typed), len(meant)) >= _LONG and not is_plural:
        is_likely = is_unseen and _is_likely_slip(fold(meant), fold(typed))
        return is_well_known or (is_likely and lexicon.frequency(meant) >= enough)
    least = min(_FEW, enough) if is_unseen else enough
    return any(
        lexicon.pair_frequency(first, second) >= least
        for first, second in beside
        if is_right_syllable(meant, lexicon)
        or (second if first == meant else first) not in particles()
    )


def _is_initials(term: str) -> bool:
    """True if a term has no vowel, as initials have: hcm, đtđh."""
    return _VOWELS.isdisjoint(strip_marks(term))


def _forms(syllable: Syllable, marked: bool) -> dict[str, float]:
    """Return the terms that a correctly typed syllable may stand for, as term → probability.

    The probability is that of typing the syllable if the term is meant, so they need not sum to 1.
    At most 16 terms, the first of `Syllable.forms`. `marked` is True if any syllable of the query
    has marks.
    """
    if syllable.literal or syllable.marked or not could_have_marks(syllable.term):
        return {syllable.term: 1.0}
    chance = _MARKS_LEFT_OUT if marked else 1.0
    return {form: 1.0 if form == syllable.term else chance for form in syllable.forms[:16]}


def _known_pairs(
    slots: Sequence[Mapping[str, float]], enough: float, lexicon: Lexicon
) -> list[bool]:
    """Return, for each two neighbours, True if at least `enough` documents have a form of the first
    directly before one of the second.

    `slots` are the forms of each syllable, as `_forms` returns them. Entry k of the result is for
    the syllables k and k + 1.
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
        if _can_be_misspelt(next(iter(slot)))
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

    Such a word of the dictionary has the same letters, or sounds alike, but is not what the typed
    marks allow ("kinh nghiêm" for kinh nghiệm). It must be much more frequent than the syllables as
    typed (_RARE_SPELLING), because documents have the same slips as queries. A word is left out if
    each syllable that it would change is known beside its other neighbour: the "thì trường" of "học
    thì trường …" does not mean thị trường. The words are in the order of their first syllables.

    Parameters
    ----------
    slots : the forms of each syllable, as `_forms` returns them, the typed term first.
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
    """Yield the words of the dictionary that differ from two syllables in one sound that dialects
    confuse, and have the marks as typed: chứng khoán for "chứng khoáng"."""
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
    """True if a term has only letters, at most 12, so that it may be a syllable with a slip."""
    return term.isalpha() and len(term) <= 12


def _candidates(
    syllable: Syllable, forms: Mapping[str, float], lexicon: Lexicon, marked: bool, keep: Kept
) -> dict[str, float]:
    """Return the terms that a syllable may stand for if it is misspelt, as term → probability.

    These are `forms`, as `_forms` returns them, and at most _MAX_CANDIDATES others: the likeliest
    terms with other marks or, if `keep` is NOTHING, with one slip in the letters; the latter only
    of a syllable that the index lacks, or in an archive of LARGE_ARCHIVE documents. A literal
    syllable has no others. The probability is that of typing the syllable if the term is meant.
    """
    check_time()
    if syllable.literal:
        return dict(forms)
    chances = dict(forms)
    known = any(map(lexicon.frequency, forms))
    doubt = min(1.0, lexicon.documents / LARGE_ARCHIVE) if known else 1.0
    for form in syllable.forms:
        chances.setdefault(form, _chance_of_marks(form, syllable.term) * doubt)
    # Wrong marks are the commonest slip in Vietnamese, so a small archive considers them too; it
    # considers slips in letters only of unknown syllables.
    if doubt == 1.0 and keep < Kept.LETTERS:
        for form, chance in _misspelt(syllable.term, lexicon, marked):
            if chance > chances.get(form, 0.0):
                chances[form] = chance
    ranked = sorted(chances, key=lambda form: -chances[form] * (lexicon.frequency(form) + 0.01))
    return {form: chances[form] for form in (*forms, *ranked[:_MAX_CANDIDATES])}


def _chance_of_marks(meant: str, typed: str) -> float:
    """Return the probability that the marks of `typed` were typed if `meant`, a term with the same
    fold, is meant."""
    if is_compatible(typed, meant):
        return _MARKS_LEFT_OUT
    letters, tone = parts(meant)
    typed_letters, typed_tone = parts(typed)
    wrong = sum(mark != other for (_, mark), (_, other) in zip(letters, typed_letters, strict=True))
    if tone == typed_tone:
        return _WRONG_MARK * _ANOTHER_MARK ** (wrong - 1)
    of_tone = _CONFUSED_TONE if {tone, typed_tone} == _CONFUSED_TONES else _WRONG_MARK
    return of_tone * _ANOTHER_MARK**wrong


def _misspelt(term: str, lexicon: Lexicon, marked: bool) -> Iterator[tuple[str, float]]:
    """Yield (term of the index one slip in the letters away, probability of typing `term` for it).

    A term may be yielded twice. `marked` is True if the query has marks; then terms with other
    marks are less likely, and of a `term` without marks the term that it is in Telex or VNI is
    yielded too, if the index has it.
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
    """True if `typed` has the marks of `meant` and no others; if it has fewer letters, marks of the
    letters that were left out may be missing."""
    letters, tone = parts(meant)
    typed_letters, typed_tone = parts(typed)
    wanted = [mark for _, mark in letters if mark]
    found = [mark for _, mark in typed_letters if mark]
    if len(letters) <= len(typed_letters):
        return (found, typed_tone) == (wanted, tone)
    rest = iter(wanted)
    return typed_tone in ("", tone) and all(mark in rest for mark in found)


def _near(folded: str, lexicon: Lexicon) -> list[tuple[str, float]]:
    """Return (folded syllable of the index, probability) for each that is one slip away from
    `folded`, ascending.

    A slip is a letter dropped, added, swapped with its neighbour, or wrong, or a sound that is
    confused with another (_SOUNDS, _ENDS).
    """
    vocabulary = _vocabulary(lexicon)
    chances: dict[str, float] = {}
    for slip in _one_slip_away(folded):
        other = fold(slip) if slip.endswith("y") else slip  # mmỹ: "my" is folded to "mi"
        if other in vocabulary:
            chance = _LIKELY_SLIP if _is_likely_slip(slip, folded) else _SLIP
            chances[other] = max(chances.get(other, 0.0), chance)
    chances.update((other, _CONFUSED) for other in vocabulary.intersection(_confused(folded)))
    return sorted(chances.items())


def _confused(folded: str) -> set[str]:
    """Return the strings that differ from a folded syllable in one sound that dialects confuse, at
    its beginning or end."""
    found = set()
    for pairs, cut in ((_SOUNDS, str.removeprefix), (_ENDS, str.removesuffix)):
        for pair in pairs:
            for typed, meant in (pair, pair[::-1]):
                rest = cut(folded, typed)
                if rest != folded and rest:
                    found.add(meant + rest if pairs is _SOUNDS else rest + meant)
    return found - {folded}


def _is_likely_slip(meant: str, typed: str) -> bool:
    """True if `typed`, which is one slip away from `meant`, lacks a letter of it, or has a
    neighbouring key, a letter doubled or two letters swapped."""
    if len(meant) == len(typed):
        differing = [(a, b) for a, b in zip(meant, typed, strict=True) if a != b]
        return len(differing) > 1 or differing[0][1] in _KEYS_BESIDE.get(differing[0][0], "")
    return len(meant) > len(typed) or any(
        a == b and typed[:at] + typed[at + 1 :] == meant
        for at, (a, b) in enumerate(pairwise(typed))
    )


def _one_slip_away(typed: str) -> set[str]:
    """Return all strings one slip away from `typed`, `typed` itself excluded (Norvig 2009, "Natural
    language corpus data").

    They are fewer than the syllables of an index, so looking them up is faster than comparing all.
    """
    cuts = [(typed[:at], typed[at:]) for at in range(len(typed) + 1)]
    dropped = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    wrong = {a + letter + b[1:] for a, b in cuts if b for letter in ascii_lowercase}
    added = {a + letter + b for a, b in cuts for letter in ascii_lowercase}
    return (dropped | swapped | wrong | added) - {typed}


def _vocabulary(lexicon: Lexicon) -> frozenset[str]:
    """Return the folded syllables of an index that a slip may be corrected to, cached per lexicon.

    Of a large index these are only the _MAX_FOLDS most frequent.
    """
    folds = _folds.get(lexicon)
    if folds is None:
        folds = frozenset(filter(_can_be_misspelt, lexicon.folds(_MAX_FOLDS)))
        _folds[lexicon] = folds
    return folds


def _dictionary_bonus(
    lefts: Sequence[str], rights: Sequence[str]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return _DICTIONARY_BONUS for each pair of a left and a right term that is a word of the
    dictionary, else 1: `(len(lefts), len(rights))` float64."""
    bonus = np.ones((len(lefts), len(rights)))
    for row, left in enumerate(lefts):
        seconds = second_syllables(left)
        if seconds:
            bonus[row, [right in seconds for right in rights]] = _DICTIONARY_BONUS
    return bonus


def _likeliest_sequence(
    slots: Sequence[Mapping[str, float]], lexicon: Lexicon
) -> tuple[tuple[str, ...], float]:
    """Return the likeliest sequence of terms, one from each slot, and the natural logarithm of its
    probability times that of the typed text (Viterbi 1967).

    `slots`, at least one, has term → probability for each syllable, as `_forms` returns it.
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
